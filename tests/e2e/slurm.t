#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# ENGINE=slurm gives the bytes of a run here, also when the power of a node fails on the
# way; a node with another QEMU is left out; of a home that is killed nothing is left in
# the queue.  The cluster is one of our own on loopback
# (slurm.bash).  TAP.
set -uo pipefail
# shellcheck source=tests/e2e/lib.bash
. "$(dirname "$0")/lib.bash"
# shellcheck source=tests/e2e/slurm.bash
. tests/e2e/slurm.bash
export RESULTS=$tmp/results VARIANTS=swapbacked-flag SEEDS=2 MODE=icount
export CASES="fault-first-touch@map=private,pages=512 selftest@mode=ok"
trap 'cluster_off; rm -rf "$tmp"' EXIT

# sums RUN: of every samples.tsv and counters.tsv.
sums()
{
	(cd "$RESULTS/$1/cells" && find . -name samples.tsv -o -name counters.tsv | sort | xargs -d '\n' sha256sum)
}

# slurm RUN: on the cluster.
slurm()
{
	local status=0
	ENGINE=slurm RUN=$1 FRESH=1 scripts/run.sh droppable </dev/null >"$tmp/$1.log" 2>&1 || status=$?
	cp "$tmp/$1.log" "$tmp/log"
	return "$status"
}

# hosts RUN: who measured its cells.
hosts() { cat "$RESULTS/$1"/cells/*/*/*/cell.json | jq -r .host | sort -u | paste -sd ' '; }

# measures NODE: wait until a guest runs there.
measures()
{
	local i
	for ((i = 0; i < 600; i++)); do
		! compgen -G "$tmp/tmp-$1/mmvs-*/cells/work/*" >/dev/null || return 0
		sleep 0.1
	done
	return 1
}

# guests: QEMU that runs for one of the nodes.
guests() { pgrep -af "qemu-system.*$RESULTS"; }

if ! cluster one two; then
	echo "1..0 # SKIP $(grep -v '^$' "$tmp/why" | tail -n 1)"
	exit 0
fi
echo "1..7"

RUN=local FRESH=1 JOBS=2 scripts/run.sh droppable </dev/null >"$tmp/log" 2>&1 && sums local >"$tmp/local" && [ "$(wc -l <"$tmp/local")" -eq 16 ]
ok "a run here: eight cells"

ENGINE=slurm FRESH=1 scripts/plan.sh droppable >"$tmp/log" 2>&1 </dev/null && grep -q '^Slurm:   2 nodes that are up, 2 cells at a time' "$tmp/log" && grep -q '^ *8 to measure' "$tmp/log"
ok "the plan counts the nodes' CPUs"

slurm crashed &
running=$!
measures two && measures one
started=$?
power_off two
wait "$running"
status=$?
cp "$tmp/crashed.log" "$tmp/log"
[ "$started" -eq 0 ] && [ "$status" -eq 0 ] && grep -q '^mmvs: Slurm requeued task [1-4], which was on two' "$tmp/log" && sums crashed | cmp - "$tmp/local" >>"$tmp/log"
ok "the power of a node fails midway: nothing is lost, and the bytes are those of the run here"
cp "$RESULTS/crashed/joblog.tsv" "$tmp/log"
[ "$(awk -F '\t' 'NR > 1 && $3 == "COMPLETED"' "$tmp/log" | wc -l)" -eq 4 ] && awk -F '\t' '$5 == 1 { n++ } END { exit n != 1 }' "$tmp/log" &&
	[ -z "$(ls -A "$tmp/tmp-one")" ] && [ -z "$(find "$RESULTS/crashed" -maxdepth 1 -name '.slurm*')" ]
ok "the log of the run has the task that ran twice; on the node that is left nothing is"

# A node that comes back with another QEMU.
mkdir "$tmp/bin-two"
printf '#!/bin/sh\necho "QEMU emulator version 9.9.9"\n' >"$tmp/bin-two/qemu-system-x86_64"
chmod +x "$tmp/bin-two/qemu-system-x86_64"
power_on two
up two && slurm unfit && grep -q "node two is left out: it has QEMU '9.9.9', home has" "$tmp/log" && [ "$(hosts unfit)" = one ] && sums unfit | cmp - "$tmp/local" >>"$tmp/log"
ok "a node with another QEMU is left out by name, and the other one measures all"
[ -z "$(ls -A "$tmp/tmp-two")" ]
ok "what was left on the node when its power failed is gone"
rm -r "$tmp/bin-two"

# Home is killed, all that it has started with it, while a guest hangs.
ENGINE=slurm RUN=killed FRESH=1 CASES=selftest@mode=hang setsid scripts/run.sh droppable </dev/null >"$tmp/log" 2>&1 &
leader=$!
measures one && for ((i = 0; i < 600; i++)); do ! guests | grep -qe '-incoming' || break; sleep 0.1; done
started=$(guests | grep -e '-incoming')
pkill -KILL -s "$leader"
wait "$leader" 2>/dev/null
until=$((SECONDS + 10))
while [ "$SECONDS" -lt "$until" ] && [ -n "$(guests; squeue --noheader)" ]; do sleep 0.1; done
{ guests; squeue; find "$RESULTS/killed" -maxdepth 1; } >>"$tmp/log"
[ -n "$started" ] && [ -z "$(guests; squeue --noheader)" ] && [ -z "$(find "$RESULTS/killed" -maxdepth 1 -name '.slurm*')" ]
ok "home is killed: within ten seconds no guest is left, nor a task in the queue"
