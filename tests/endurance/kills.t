#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# One run, 50 kills at random moments: of make, run.sh, parallel, cells.sh, cell.sh,
# vm-run.sh and qemu; started again whenever it ended.  It comes to the bytes of a run
# that nobody touched.  TAP; KILLS=50, SEED=1 of the moments and the victims, KILL_LOG=
# where the table of kills goes.
set -uo pipefail
# shellcheck source=tests/endurance/lib.bash
. "$(dirname "$0")/lib.bash"
kills=${KILLS:-50} seeds=${ENDURANCE_SEEDS:-20}
RANDOM=${SEED:-1}
table=${KILL_LOG:-$tmp/kills.tsv}
leader='' calm=
trap '[ -z "$leader" ] || pkill -KILL -s "$leader"; [ -z "$calm" ] || pkill -KILL -s "$calm"; rm -rf "$tmp"' EXIT
echo "1..4"

cells_of_own "$tmp/calm"
cells_of_own "$tmp/cache"
measure "$tmp/calm" "$tmp/undisturbed" "$seeds" >"$tmp/calm.log" 2>&1 &
calm=$!

# one_of PID...: any of them.
one_of() { [ $# -eq 0 ] || { shift $((RANDOM % $#)); echo "$1"; }; }

# victims WHO: their ids, in the session of the run.
victims()
{
	case $1 in
	make) echo "$leader" ;;
	qemu) pgrep -s "$leader" -x qemu-system-x86 ;;
	parallel) pgrep -s "$leader" -f '/parallel --will-cite' | head -n 1 ;;
	*) pgrep -s "$leader" -f "bash .*scripts/$1[.]sh" ;;
	esac
}

started=$(date +%s%N)
since() { echo $((($(date +%s%N) - started) / 1000000)); }
done_cells() { find "$tmp/cache/cells" -mindepth 3 -name cell.json -not -path '*/work/*' 2>/dev/null | wc -l; }
start()
{
	measure "$tmp/cache" "$tmp/disturbed" "$seeds" >"$tmp/run.log" 2>&1 &
	leader=$!
}

printf 'kill\tms\tvictim\tsignal\tcells_kept\tguests_after_1_s\tlast_words\n' >"$table"
who=(qemu make cell vm-run run qemu cells parallel cell vm-run) left_over=0 n_kills=0 starts=0
# Every kind in turn, so that each has its share; when, and which of them, is chance.  Now
# and then a cell gets done first: the run is to be killed all along, not at its start.
while [ "$n_kills" -lt "$kills" ]; do
	if [ -z "$leader" ]; then
		start
		starts=$((starts + 1))
		[ "$starts" -le $((4 * kills)) ] || break
	fi
	victim=${who[n_kills % ${#who[@]}]} signal=KILL
	[ $((RANDOM % 2)) -eq 0 ] || signal=TERM
	wanted=$(($(done_cells) + RANDOM % 2))
	while [ "$(done_cells)" -lt "$wanted" ] && kill -0 "$leader" 2>/dev/null; do sleep 0.1; done
	sleep "$((RANDOM % 3)).$((RANDOM % 10))"
	# One that is not there yet is waited for, as is the next where one went by itself; a
	# run that ended is started again.
	killed=
	while [ -z "$killed" ] && kill -0 "$leader" 2>/dev/null; do
		mapfile -t ids <<<"$(victims "$victim")"
		pid=$(one_of "${ids[@]}")
		if [ -n "$pid" ] && kill -"$signal" "$pid" 2>/dev/null; then killed=1; else sleep 0.05; fi
	done
	if [ -z "$killed" ]; then
		wait "$leader" 2>/dev/null && break
		leader=''
		continue
	fi
	n_kills=$((n_kills + 1)) at=$(since) left=-
	if [[ $victim =~ ^(make|run|parallel)$ ]]; then
		sleep 1
		left=$(living "$leader" | grep -c qemu-system)
		# Who only has its last words to say has some time for it.
		for ((i = 0; i < 100; i++)); do [ -n "$(living "$leader")" ] || break; sleep 0.1; done
		if [ "$left" -gt 0 ] || [ "$i" -eq 100 ]; then
			living "$leader" >>"$tmp/log"
			left_over=$((left_over + 1))
			pkill -KILL -s "$leader"
		fi
		wait "$leader" 2>/dev/null
		leader=''
	fi
	printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$n_kills" "$at" "$victim" "$signal" "$(done_cells)" "$left" \
		"$(tail -n 1 "$tmp/run.log" | tr -cd '\40-\176' | sed "s@$tmp@TMP@g" | cut -c 1-160)" >>"$table"
done
[ "$n_kills" -eq "$kills" ]
ok "$kills kills in one run, which was not over before"
[ "$left_over" -eq 0 ]
ok "one second after make, run.sh or parallel was killed no guest of the run lived, soon nothing"

[ -z "$leader" ] || wait "$leader" 2>/dev/null
leader=''
status=1
for ((i = 0; i < 3 && status; i++)); do
	start
	status=0
	wait "$leader" || status=$?
	cat "$tmp/run.log" >>"$tmp/log"
done
leader=''
wait "$calm"
calm_status=$?
cat "$tmp/calm.log" >>"$tmp/log"
calm=
[ "$status" -eq 0 ] && [ "$calm_status" -eq 0 ] && same "$tmp/undisturbed" "$tmp/disturbed"
ok "cells and tables have the bytes of a run that nobody touched"
tidy "$tmp/cache" "$tmp/disturbed"
ok "nothing is left of what was on its way"
printf '# %s kills, %s starts, %s ms\n' "$n_kills" "$starts" "$(since)"
