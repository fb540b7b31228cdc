#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Measure the cells of a run on other machines, through ssh and GNU parallel.
#
# Usage: fleet.sh --check HOSTS             prints the hosts as the second form takes them
#        fleet.sh RUN_DIR TABLE JOB_LIST... (called by run.sh; lists as cells.sh has them)
# HOSTS: a file as 'parallel --sshloginfile' has it, a host a line ("4/ssh -p 22 me@big":
# four cells at a time; ":" is this machine).  A line "# MMVS_CACHE=/folder" says where the
# hosts below it keep their kernels and cells; else it is the MMVS_CACHE of their own
# environment, or ~/.cache/mmvs.  A host needs bash, tar, rsync, jq, socat, time and the
# very QEMU that is here; nothing is built there.
# A job whose host is lost goes to another one.  What comes home is checked (gather.sh).
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=scripts/fleet-hosts.sh
. "$MMVS_TOP/scripts/fleet-hosts.sh"
need parallel ssh rsync jq tar sha256sum flock
if [ "${1:-}" = --check ]; then
	[ $# -eq 2 ] || usage "fleet.sh --check HOSTS"
	check_hosts "$2"
	exit 0
fi
[ $# -ge 3 ] || usage "fleet.sh RUN_DIR TABLE JOB_LIST... | --check HOSTS"
# shellcheck source=scripts/gather.sh
. "$MMVS_TOP/scripts/gather.sh"
run=$1 table=$2
shift 2
work=$run/.fleet stage=$run/.fleet/stage in=$MMVS_CACHE/cells/work/fleet.$$
rm -rf "$work"
mkdir -p "$stage"/{images,initramfs,lists} "$work/came"
mkfifo "$work/pipe"
trap 'rm -rf "$work" "$in"' EXIT

# ask_hosts JOB...: each on one of the hosts that are left.
ask_hosts()
{
	local there asked ended=0 file
	there=$(command_there "$table" "$tree" "$id")
	awk -F '\t' '{ gsub(",", ",,", $1); print $2 "/" $1 }' "$table" >"$work/hosts"
	# Not in a pipeline: it ends with this process, and its ssh with it.
	"${tie[@]}" parallel --will-cite --sshloginfile "$work/hosts" --sshdelay 0.1 --retries $(($(wc -l <"$table") + 1)) --halt never \
		--joblog "$run/joblog.tsv" --tmpdir "$work/came" --files "$there" ::: "$@" >"$work/pipe" &
	asked=$!
	while IFS= read -r file; do
		take "$file" </dev/null
		rm -f "$file"
	done <"$work/pipe"
	wait "$asked" || ended=$?
	[ "$ended" -le 101 ] || exit "$ended"
	lost
	[ -s "$table" ] || nobody=1
}

fill "$@"
spread
[ -s "$table" ] || nobody=1
rounds ask_hosts
