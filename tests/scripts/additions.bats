#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# What is added is one file (CONTRIBUTING.md): each test adds one and finds it.

load helper

# guest: the sources of mmbench and what was built of them, in a folder of the test's own.
guest()
{
	local built
	built=$(dirname "$("$scripts/initramfs.sh")")
	mkdir "$BATS_TEST_TMPDIR/bench"
	cp -a "$top"/bench/{guest,workloads,schema.h} "$BATS_TEST_TMPDIR/bench/"
	cp -a "$built" "$BATS_TEST_TMPDIR/built"
	cases=$BATS_TEST_TMPDIR/bench/guest/cases properties=$BATS_TEST_TMPDIR/bench/guest/conform
	mmbench=$BATS_TEST_TMPDIR/built/mmbench
}

@test "a property is no part of mmbench, whose hash is in the key of every cell" {
	guest
	cp "$mmbench" "$BATS_TEST_TMPDIR/before"
	cp "${mmbench%/*}/mmconform" "$BATS_TEST_TMPDIR/judge"
	sed 's/"map-flags"/"added-property"/; s/\.number = .*/.number = 99,/' "$properties/map-flags.c" >"$properties/added-property.c"
	run make -s -C "$BATS_TEST_TMPDIR/bench/guest" O="$BATS_TEST_TMPDIR/built"
	[ "$status" -eq 0 ]
	cmp "$mmbench" "$BATS_TEST_TMPDIR/before"
	! cmp -s "${mmbench%/*}/mmconform" "$BATS_TEST_TMPDIR/judge"
}

@test "a case with its metric, a property, a workload: one file each" {
	guest
	sed 's/"scan-shape"/"scan-added"/; s/"shape_slope"/"added_slope"/' "$cases/scan-shape.c" >"$cases/scan-added.c"
	sed 's/"map-flags"/"added-property"/; s/\.number = .*/.number = 99,/' "$properties/map-flags.c" >"$properties/added-property.c"
	printf '# SPDX-License-Identifier: GPL-2.0-only\ntitle = added\ncommand = true\n' >"$BATS_TEST_TMPDIR/bench/workloads/added.conf"
	run make -s -C "$BATS_TEST_TMPDIR/bench/guest" O="$BATS_TEST_TMPDIR/built"
	echo "$output"
	[ "$status" -eq 0 ]
	"$mmbench" --list >"$BATS_TEST_TMPDIR/list"
	cat "$BATS_TEST_TMPDIR/list"
	grep -q '^scan-added' "$BATS_TEST_TMPDIR/list"
	grep -q '\<added_slope\>' "$BATS_TEST_TMPDIR/list"
	"${mmbench%/*}/mmconform" --list | cut -f 2 | grep -x added-property
	"$mmbench" --list-cells=full | grep -x 'workload@name=added'
}
