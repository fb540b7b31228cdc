#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# An array of 52 tasks, 208 cells, on three nodes of a Slurm cluster of our own, two of
# which are lost on the way: the power of one fails; of another slurmd alone is
# killed, so that its task goes on, and comes home while Slurm asks another node for it or
# before Slurm knows.  It comes to the bytes of a run here.  TAP; LOSS_LOG= and JOB_LOG=
# are where the table of losses and the log of the array go, CALM= where the cells of the
# run here are kept for another try.
set -uo pipefail
# shellcheck source=tests/endurance/lib.bash
. "$(dirname "$0")/lib.bash"
# shellcheck source=tests/e2e/slurm.bash
. tests/e2e/slurm.bash
touch=fault-first-touch@map
specs=${ENDURANCE_CASES:-selftest@mode=ok $touch=private,pages=512 $touch=private,pages=256 $touch=droppable,pages=512}
export VM_LIMIT=600 # six guests at once
seeds=${ENDURANCE_SEEDS:-26} leader='' calm=
table=${LOSS_LOG:-$tmp/losses.tsv}
trap '[ -z "$leader" ] || pkill -KILL -s "$leader"; [ -z "$calm" ] || pkill -KILL -s "$calm"; cluster_off; rm -rf "$tmp"' EXIT
if ! cluster one two three; then
	echo "1..0 # SKIP $(grep -v '^$' "$tmp/why" | tail -n 1)"
	exit 0
fi
echo "1..4"
cells=$((8 * seeds))
started=$(date +%s%N)
since() { echo $((($(date +%s%N) - started) / 1000000)); }
home_cells() { find "$tmp/cache/cells" -mindepth 3 -name cell.json -not -path '*/work/*' 2>/dev/null | wc -l; }
requeued() { grep -c 'Slurm requeued task' "$tmp/run.log"; }

# lose NUMBER NODE HOW CELLS: when so many are home and it measures; the node is back once
# Slurm knows that it was lost.
lose()
{
	local before at home words i
	while [ "$(home_cells)" -lt "$4" ] && kill -0 "$leader" 2>/dev/null; do sleep 0.1; done
	while ! compgen -G "$tmp/tmp-$2/mmvs-*/cells/work/*" >/dev/null && kill -0 "$leader" 2>/dev/null; do sleep 0.1; done
	before=$(requeued) at=$(since) home=$(home_cells)
	"$3" "$2" || return 1
	while [[ $(timeout 10 sinfo --noheader --nodes="$2" --format=%t) != down* ]] && kill -0 "$leader" 2>/dev/null; do sleep 0.5; done
	# slurm.sh looks every five seconds, when it has time.
	for ((i = 0; i < 60 && $(requeued) == before; i++)); do
		[[ $3 = power_off || $i -lt 10 ]] || break
		sleep 1
	done
	words=$(grep 'Slurm requeued task' "$tmp/run.log" | tail -n +$((before + 1)) | paste -sd ';')
	printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$1" "$at" "$2" "$3" "$home" "$(since)" "${words:--}" >>"$table"
	[ -z "${nodes[$2]:-}" ] || power_off "$2"
	power_on "$2"
	up "$2"
	[ "$3" != power_off ] || [ -n "$words" ]
}

calm_cache=${CALM:-$tmp/calm}
cells_of_own "$calm_cache"
cells_of_own "$tmp/cache"
JOBS=3 measure "$calm_cache" "$tmp/undisturbed" "$seeds" >"$tmp/calm.log" 2>&1 &
calm=$!
ENGINE=slurm measure "$tmp/cache" "$tmp/disturbed" "$seeds" >"$tmp/run.log" 2>&1 &
leader=$!
printf 'loss\tms\tnode\thow\tcells_home\tnoticed_ms\twords\n' >"$table"
lost=0
lose 1 two power_off $((cells / 4)) && lose 2 one kill_slurmd $((cells / 2)) || lost=1
status=0
wait "$leader" || status=$?
leader=
took=$(since) calm_status=0
wait "$calm" || calm_status=$?
calm=
cat "$tmp/calm.log" "$tmp/run.log" >>"$tmp/log"
[ "$lost" -eq 0 ]
ok "two nodes are lost; Slurm requeues the task of the one without power"
log=$tmp/disturbed/endurance/joblog.tsv
[ -z "${JOB_LOG:-}" ] || cp "$log" "$JOB_LOG"
cat "$log" >>"$tmp/log"
[ "$(awk -F '\t' 'NR > 1 && $3 == "COMPLETED"' "$log" | wc -l)" -eq "$((2 * seeds))" ] && [ "$(awk -F '\t' '{ n += $5 } END { print n }' "$log")" -ge 1 ]
ok "one array, $((2 * seeds)) tasks, each of which came to its end in the end"
[ "$calm_status" -eq 0 ] && [ "$status" -eq 0 ] && [ "$(bytes "$tmp/disturbed" | wc -l)" -eq $((2 * cells)) ] && same "$tmp/undisturbed" "$tmp/disturbed"
ok "$cells cells: samples, counters and tables have the bytes of a run here"
sleep 2
left=$(find "$tmp/disturbed/endurance" -maxdepth 1 -name '.slurm*'; squeue --noheader; pgrep -af "qemu-system.*$tmp")
echo "$left" >>"$tmp/log"
tidy "$tmp/cache" "$tmp/disturbed" && [ -z "$left" ]
ok "nothing is left, neither here nor in the queue"
printf '# %s cells, %s ms\n' "$cells" "$took"
printf '# sums of the %s files: %s here, %s from the cluster\n' "$(wc -l <"$tmp/a.sums")" "$(digest <"$tmp/a.sums")" "$(digest <"$tmp/b.sums")"
printf '# by host: %s\n' "$(cat "$tmp"/disturbed/endurance/cells/*/*/*/cell.json | jq -r .host | sort | uniq -c | awk '{ print $1, "on", $2 }' | paste -sd ,)"
