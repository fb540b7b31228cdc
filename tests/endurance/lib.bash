# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What the endurance tests share: kernels out of the cache as it is, cells in one of
# their own, and one small run of one stack that has to come to the same bytes whatever
# happened on the way.
# shellcheck source=tests/e2e/lib.bash
. "$(dirname "${BASH_SOURCE[0]}")/../e2e/lib.bash"
kernels=$MMVS_CACHE
specs=${ENDURANCE_CASES:-selftest@mode=ok bystander-brk}

# cells_of_own DIR: a cache with kernels, trees and initramfs of the real one, no cell.
cells_of_own()
{
	local at

	mkdir -p "$1"
	for at in "$kernels"/*; do
		[ "${at##*/}" = cells ] || ln -sfn "$at" "$1/${at##*/}"
	done
}

# measure CACHE RESULTS SEEDS [WORD...]: make run (or these words of make) in a session of
# its own, whose leader becomes this process: start it with & and have its id as $!.
measure()
{
	local cache=$1 results=$2 seeds=$3
	shift 3
	[ $# -gt 0 ] || set -- run
	exec setsid env -u RESULTS -u RUN -u FRESH MMVS_CACHE="$cache" make -s "$@" RUN="${run:-endurance}" RESULTS="$results" SEEDS="$seeds" \
		FAMILY=droppable VARIANTS=swapbacked-flag MODE=icount CASES="$specs" </dev/null
}

# bytes RESULTS: a hash for each file of the cells that is measured.
bytes()
{
	(cd "$1/${run:-endurance}/cells" && find . -name samples.tsv -o -name counters.tsv | sort | xargs sha256sum)
}

# tables RESULTS OUT: what is made of them.
tables()
{
	mkdir -p "$2"
	build/host/mmcompare "$1/${run:-endurance}" --to "$2" >/dev/null
}

# same RESULTS_A RESULTS_B: the same cells, and the same tables of them.
same()
{
	bytes "$1" >"$tmp/a.sums" && bytes "$2" >"$tmp/b.sums" && [ -s "$tmp/a.sums" ] &&
		diff "$tmp/a.sums" "$tmp/b.sums" >>"$tmp/log" &&
		tables "$1" "$tmp/a.tables" && tables "$2" "$tmp/b.tables" &&
		cmp "$tmp"/{a,b}.tables/values.tsv && cmp "$tmp"/{a,b}.tables/compare.tsv
}

# living SESSION: its processes, without those that are dead and not yet reaped.
living()
{
	ps -o pid=,stat=,args= -s "$1" | awk '$2 !~ /^Z/'
}

# tidy CACHE RESULTS: nothing is left of what was on its way.
tidy()
{
	local left

	left=$(find "$1/cells/work" -mindepth 1 -maxdepth 1 2>/dev/null; find "$2" -name '*.new*' -o -name .cells -o -name .jobs)
	[ -z "$left" ] || { echo "left: $left" >>"$tmp/log"; return 1; }
}
make -s -C bench/host O="$MMVS_TOP/build/host" >&2
