#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Two runs at once, of one name and of two; a checkout whose path has a blank, without
# .git, reached by make -C from elsewhere, in another locale and time zone: the same bytes.
# TAP.
set -uo pipefail
# shellcheck source=tests/endurance/lib.bash
. "$(dirname "$0")/lib.bash"
trap 'rm -rf "$tmp"' EXIT
echo "1..4"

cells_of_own "$tmp/calm"
(measure "$tmp/calm" "$tmp/undisturbed" 1) >"$tmp/log" 2>&1
[ -s "$tmp/undisturbed/endurance/run.json" ]
ok "a run that nobody disturbs"

# both RUN_A RUN_B: at once, in one cache; both end well.
both()
{
	local a b

	cells_of_own "$tmp/cache"
	rm -rf "$tmp/cache/cells"
	(run=$1; measure "$tmp/cache" "$tmp/results" 1) >"$tmp/a.log" 2>&1 &
	a=$!
	(run=$2; measure "$tmp/cache" "$tmp/results" 1) >"$tmp/b.log" 2>&1 &
	b=$!
	wait "$a" && a=0
	wait "$b" && b=0
	cat "$tmp/a.log" "$tmp/b.log" >>"$tmp/log"
	[ "$a" = 0 ] && [ "$b" = 0 ] && tidy "$tmp/cache" "$tmp/results"
}
both endurance endurance && same "$tmp/undisturbed" "$tmp/results"
ok "two at once of one name"
rm -rf "$tmp/results"
both endurance other && same "$tmp/undisturbed" "$tmp/results" &&
	[ "$(run=endurance bytes "$tmp/results")" = "$(run=other bytes "$tmp/results")" ]
ok "two at once of two names"

there="$tmp/a checkout/of mmvs"
mkdir -p "$there"
{ if [ -e .git ]; then git ls-files --cached --others --exclude-standard -z; else find . -type f -not -path './build/*' -print0; fi; } |
	tar --create --null --files-from=- | tar -x -C "$there"
cells_of_own "$tmp/third"
(
	cd /
	exec env -u RESULTS -u LC_ALL LANG=C LC_ALL=C TZ=Asia/Kathmandu MMVS_CACHE="$tmp/third" make -s -C "$there" run RUN=endurance \
		SEEDS=1 FAMILY=droppable VARIANTS=swapbacked-flag MODE=icount CASES="$specs" </dev/null
) >>"$tmp/log" 2>&1 && same "$tmp/undisturbed" "$there/results" &&
	make -s -C "$there" report RESULTS="$there/results" MMVS_CACHE="$tmp/third" >>"$tmp/log" 2>&1 && [ -s "$there/results/endurance/mail.txt" ]
ok "a path with a blank, no .git, make -C, LC_ALL=C, TZ=Asia/Kathmandu"
