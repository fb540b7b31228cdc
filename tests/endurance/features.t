#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Kernels as features of a node, as doc/machines.md has them: Slurm boots a node into the
# kernel that a job asks for, and no node that runs it already.  The boot is a restart of
# slurmd here, and the kernel a word in a file: what is tested is Slurm's part.  TAP.
set -uo pipefail
# shellcheck source=tests/e2e/lib.bash
. "$(dirname "$0")/../e2e/lib.bash"
# shellcheck source=tests/e2e/slurm.bash
. tests/e2e/slurm.bash
trap 'cluster_off; rm -rf "$tmp"' EXIT
# shellcheck disable=SC2034 # slurm.bash's
node_words=Feature=k612,k73 cluster_words="NodeFeaturesPlugins=node_features/helpers
RebootProgram=$tmp/reboot
ResumeTimeout=60"

# power_on NODE: slurmd, and again whenever it ends, as after a boot.
power_on()
{
	# shellcheck disable=SC2016 # the node's
	"${end[@]}" "${isolate[@]}" env NODE="$1" sh -c 'while :; do /usr/sbin/slurmd -D -b -N "$NODE"; sleep 1; done' >"$tmp/slurmd-$1.out" 2>&1 &
	nodes[$1]=$!
}

# program NAME TEXT
program()
{
	# shellcheck disable=SC2016 # the node's
	printf '#!/bin/sh\necho "%s $NODE $*" >>%s\n%s\n' "$1" "$tmp/called" "$2" >"$tmp/$1"
	chmod +x "$tmp/$1"
}

# kernel FEATURE: where a job that asks for it runs, and on which kernel.
kernel()
{
	rm -f "$tmp/said"
	timeout 150 sbatch --wait --constraint="$1" --output="$tmp/said" --wrap "echo \$SLURMD_NODENAME \$(cat $tmp/runs-\$SLURMD_NODENAME)" >>"$tmp/log" 2>&1
	cat "$tmp/said" "$tmp/called" >>"$tmp/log"
	cat "$tmp/said"
}
boots() { grep -c '^reboot' "$tmp/called"; }

program helper "[ \$# -eq 0 ] && exec cat $tmp/runs-\$NODE; echo \"\$1\" >$tmp/next-\$NODE"
program reboot "cp $tmp/next-\$NODE $tmp/runs-\$NODE; pkill -x slurmd"
echo k612 | tee "$tmp/runs-one" >"$tmp/runs-two"
printf '%s\n' "Feature=k612 Helper=$tmp/helper" "Feature=k73 Helper=$tmp/helper" MutuallyExclusive=k612,k73 BootTime=60 >"$tmp/helpers.conf"
if ! cluster one two; then
	echo "1..0 # SKIP $(grep -v '^$' "$tmp/why" | tail -n 1)"
	exit 0
fi
echo "1..3"
[[ $(kernel k612) == *" k612" && $(boots) -eq 0 ]]
ok "a job gets a node that runs its kernel, without a boot"
booted=$(kernel k73)
[[ $booted == *" k73" && $(boots) -eq 1 ]] && grep -qx "helper ${booted% *} k73" "$tmp/called" &&
	[ "$(sinfo --noheader --nodes="${booted% *}" --format=%b)" = k73 ]
ok "one that asks for another kernel has a node booted into it"
[[ $(kernel k73) == "$booted" && $(kernel k612) == *" k612" && $(boots) -eq 1 ]]
ok "both kernels have a node now, and nothing is booted any more"
