#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Whoever is killed, one second later no guest of the run boots any more, and the
# next run cleans up what was on its way.  TAP.
set -uo pipefail
# shellcheck source=tests/e2e/lib.bash
. "$(dirname "$0")/lib.bash"
run=test-killed-$$
trap 'rm -rf "$tmp" "$MMVS_RESULTS/$run"' EXIT
echo "1..8"

# living SESSION: its processes, without those that are dead and not yet reaped.
living()
{
	ps -o pid=,stat=,args= -s "$1" | awk '$2 !~ /^Z/'
}

# Of the session $leader, the process to kill.
victim()
{
	case $1 in
	make) echo "$leader" ;;
	run) pgrep -s "$leader" -f 'bash .*scripts/run[.]sh' | head -n 1 ;;
	parallel) pgrep -s "$leader" -f '/parallel --will-cite' | head -n 1 ;;
	esac
}

for signal in KILL TERM; do
	for who in make run parallel; do
		setsid make -s run RUN="$run" RESULTS="$MMVS_RESULTS" FRESH=1 VARIANTS=swapbacked-flag FAMILY=droppable \
			CASES=selftest@mode=hang SEEDS=3 MODE=icount </dev/null >>"$tmp/log" 2>&1 &
		leader=$!
		# A cell's guest, below parallel: neither "qemu-system-x86_64 --version"
		# nor the boot that tries a kernel, which both come before.
		for ((i = 0; i < 600; i++)); do
			[ -z "$(victim parallel)" ] || ! pgrep -s "$leader" -x qemu-system-x86 >/dev/null || break
			sleep 0.1
		done
		sleep 0.5
		victim=$(victim "$who")
		echo "$signal to $who, process ${victim:-none}" >>"$tmp/log"
		[ -n "$victim" ] && kill -"$signal" "$victim"
		killed=$?
		sleep 1
		left=$(living "$leader")
		echo "$left" >>"$tmp/log"
		[ "$killed" -eq 0 ] && [ -z "$left" ]
		ok "$signal to $who: no guest is left"
		[ -z "$left" ] || pkill -KILL -s "$leader"
		wait "$leader" 2>/dev/null
	done
done
# The jobs of a run are killed and nobody else: their cells are missed.
RUN=$run SEEDS=1 FRESH=1 CASES=selftest@mode=ok VARIANTS=swapbacked-flag MODE=icount \
	setsid scripts/run.sh droppable </dev/null >"$tmp/jobs" 2>&1 &
leader=$!
while kill -0 "$leader" 2>/dev/null; do
	pkill -KILL -s "$leader" -f 'bash .*scripts/cells[.]sh'
	sleep 0.02
done
wait "$leader"
[ $? -eq 1 ] && cat "$tmp/jobs" >>"$tmp/log" && grep -q '2 of 2 cells failed' "$tmp/jobs"
ok "KILL to every job: their cells are counted as failed"
between=$MMVS_RESULTS/$run/cells/swapbacked-flag/selftest@mode=ok/1.old.999999999
mkdir -p "$MMVS_CACHE/cells/work/gone.999999999" "$between"
RUN=$run SEEDS=1 CASES=selftest@mode=hang VARIANTS=swapbacked-flag MODE=icount \
	scripts/run.sh droppable >>"$tmp/log" 2>&1 </dev/null &
leader=$!
for ((i = 0; i < 300; i++)); do [[ -e $MMVS_CACHE/cells/work/gone.999999999 || -e $between ]] || break; sleep 0.1; done
kill "$leader"
wait "$leader" 2>/dev/null
[ "$i" -lt 300 ]
ok "the next run removes what they left"
