#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# What make bridge refuses.  Its tables: tests/golden/bridge.t.

load helper

setup()
{
	own_cache
	runs=$BATS_TEST_TMPDIR
}

@test "make bridge: without a PMU nothing is measured, and the reason is said" {
	"$top/build/guest/mmbench" --perf=on fault-first-touch@map=private --pages=64 2>/dev/null | grep -q $'^# perf\thardware' &&
		skip "there is a PMU here"
	RESULTS=$runs RUN=none run "$scripts/bridge.sh" droppable
	[ "$status" -eq 77 ]
	[[ $output == *"bridge: SKIP, no hardware counter of instructions here"*"it takes a PMU"* ]]
	[ ! -e "$runs/none" ]
	RESULTS=$runs MODE=tcg run "$scripts/bridge.sh" droppable
	[ "$status" -eq 1 ]
	RESULTS=$runs RUN_B=nosuch run "$scripts/bridge.sh" droppable
	[ "$status" -eq 1 ]
	[[ $output == *"RUN_B=nosuch was not measured"* ]]
}
