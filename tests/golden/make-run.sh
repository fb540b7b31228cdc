#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A small made-up run, the same to the byte wherever it is made: 3 variants x
# 2 specs x 8 seeds and 8 A/A seeds; some metrics without variance, one cell
# failed, one skipped, one absent, and text that wants escaping.
#
# Usage: make-run.sh OUTDIR
set -euo pipefail
export LC_ALL=C

die() { echo "${0##*/}: $*" >&2; exit 1; }

[[ $# -eq 1 ]] || { echo "Usage: ${0##*/} OUTDIR" >&2; exit 2; }
out=$1
[[ ! -e $out ]] || die "$out exists"

fault='fault-first-touch@map=droppable'
reclaim='reclaim-proactive@map=droppable,share=25'

# samples VARIANT SPEC SEED: fault cells
fault_samples() {
	local extra=0
	case $1 in
	pte-dirty-vma) extra=120 ;;
	lazyfree-always) extra=4 ;;
	esac
	printf '# mmvs-samples 1\n# case\tfault-first-touch\n# spec\t%s\n' "$2"
	printf '# unit\tinsn\n# clock_cost\t14\n# clocked\tlatency_insn\n'
	printf '# metric\tfault_p50\tinsn\tlower\tkey\tp50\tlatency_insn\t-\t-\twrite fault latency, median\n'
	printf '# metric\tfault_p99\tinsn\tlower\tkey\tp99\tlatency_insn\t-\t-\twrite fault latency, 99th percentile\n'
	printf '# metric\tfault_max\tinsn\tlower\tall\tmax\tlatency_insn\t-\t-\tworst fault | with a *tick* in it\n'
	printf '# metric\tmapped\tpages\tnone\tall\tlast\tmapped_pages\t-\t-\tpages mapped at the end\n'
	printf 'touch_index\tlatency_insn\tmapped_pages\n'
	awk -v seed="$3" -v extra="$extra" 'BEGIN {
		OFS = "\t"
		x = seed * 7919 + extra + 1
		for (i = 0; i < 200; i++) {
			x = (x * 16807) % 2147483647
			v = 2954 + extra + x % 7
			if (i % 50 == 49)
				v += 4000 + x % 900
			print i, v, i + 1
		}
	}'
}

# samples VARIANT SPEC SEED: reclaim cells
reclaim_samples() {
	local over=140 cost=300 spread=40 slope=300
	case $1 in
	pte-dirty-vma) over=104 slope=330 ;;
	lazyfree-always) over=141 cost=302 ;;
	esac
	printf '# mmvs-samples 1\n# case\treclaim-proactive\n# spec\t%s\n' "$2"
	printf '# unit\tinsn\n# clock_cost\t14\n# clocked\tpass_insn\n'
	printf '# metric\tovershoot\tratio\tone\tkey\tsum\tdropped_pages\trequested_pages\t-\tpages dropped for each page requested\n'
	printf '# metric\tcost\tinsn/page\tlower\tkey\tsum\tpass_insn\tdropped_pages\tfolio_pages\treclaim cost of a page, by folio size\n'
	printf '# metric\trefaults\tcount\tlower\tkey\tsum\trefault_count\t-\t-\trefaults afterwards\n'
	printf '# metric\tthrottled\tratio\tlower\tall\tsum\trefault_count\tstall_count\t-\trefaults a stall\n'
	printf '# metric\tscan_slope\tinsn\tlower\tall\tslope\twalk_insn\tmapped_pages\t-\tone more page in a walk: 3 and 3.3\n'
	printf 'folio_pages\tpass_insn\trequested_pages\tdropped_pages\trefault_count\tstall_count\twalk_insn\tmapped_pages\n'
	awk -v seed="$3" -v over="$over" -v cost="$cost" -v spread="$spread" -v slope="$slope" \
		'BEGIN {
		OFS = "\t"
		x = seed * 104729 + over
		for (i = 0; i < 8; i++) {
			x = (x * 16807) % 2147483647
			dropped = over * 10 + x % spread
			folio = i % 2 ? 16 : 1
			pass = int(dropped * (cost + x % 9) / folio) + 14
			mapped = 1000 * 2 ^ i
			print folio, pass, 1000, dropped, 0, 0, 700 + seed + mapped * slope / 100, mapped
		}
	}'
}

# cell VARIANT SPEC SEED STATUS REASON
cell() {
	local dir=$out/cells/$1/$2/$3
	mkdir -p "$dir"
	printf '{"schema":"mmvs-cell 1","variant":"%s","spec":"%s","case":"%s","seed":%s,"status":"%s","reason":"%s","mode":"icount","accel":"tcg","unit":"insn","image_sha256":"%s","exit":0,"wall_s":3.1}\n' \
		"$1" "$2" "${2%%@*}" "$3" "$4" "$5" "$1-image" >"$dir/cell.json"
	[[ $4 == ok ]] || return 0
	case $2 in
	fault-*) fault_samples "$1" "$2" "$3" >"$dir/samples.tsv" ;;
	*) reclaim_samples "$1" "$2" "$3" >"$dir/samples.tsv" ;;
	esac
}

run_json() {
	cat <<-END
	{"schema":"mmvs-run 1","name":"golden","date":"2026-01-01T12:00:00Z",
	"mmvs_commit":"0123456789abcdef0123456789abcdef01234567","mmvs_dirty":true,
	"command":"make bench FAMILY=droppable VARIANTS='swapbacked-flag pte-dirty-vma lazyfree-always' CASES='fault-first-touch reclaim-proactive' SEEDS=8 MODE=icount RUN=golden",
	"family":"droppable","baseline":"swapbacked-flag","mode":"icount",
	"accel":"tcg","unit":"insn","delta_pct":1,"alpha":0.05,
	"kernel":{"version":"6.12.117","source":"linux-source-6.12.tar.xz",
	"base_commit":"adc218676eef25575469234709c2d87185ca223a"},
	"variants":[
	{"name":"swapbacked-flag","title":"drop by the absence of PG_swapbacked","mechanism":"Droppable pages are lazyfree pages: reclaim drops them when clean.","expect":"nothing, it is the baseline","commit":"1111111111111111111111111111111111111111","image_sha256":"swapbacked-flag-image","config_sha256":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","patches":["0001-mm-add-VM_DROPPABLE.patch"]},
	{"name":"pte-dirty-vma","title":"look at the VMA \u2014 not the page | \u001b[31mred","mechanism":"<b>Reclaim</b> walks the VMAs that map a page and drops it if one of them says VM_DROPPABLE.","expect":"fault path longer, no overshoot","commit":"2222222222222222222222222222222222222222","image_sha256":"pte-dirty-vma-image","config_sha256":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","patches":["0001-mm-add-VM_DROPPABLE.patch","0002-mm-rmap-walk.patch"]},
	{"name":"lazyfree-always","title":"treat every droppable page as lazyfree","mechanism":"Sets the page clean on each pass.","expect":"same","commit":"3333333333333333333333333333333333333333","image_sha256":"lazyfree-always-image","config_sha256":"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb","patches":[]}],
	"specs":["$fault","$reclaim"],"seeds":[1,2,3,4,5,6,7,8],
	"aa_seeds":[1001,1002,1003,1004,1005,1006,1007,1008],
	"initramfs_sha256":"","mmbench_sha256":"","qemu":"7.2.22",
	"toolchain":"gcc (Debian 12.2.0-14) 12.2.0; GNU ld 2.40",
	"host":{"cpu":"Example CPU","cores":2,"memory_mib":24000,"os":"Debian 12","kernel":"6.1.0"},
	"vm":{"memory":"1G","cpus":1}}
	END
}

mkdir -p "$out/plots"
run_json >"$out/run.json"
for spec in "$fault" "$reclaim"; do
	for variant in swapbacked-flag pte-dirty-vma lazyfree-always; do
		for seed in 1 2 3 4 5 6 7 8; do
			cell "$variant" "$spec" "$seed" ok ''
		done
	done
	for seed in 1001 1002 1003 1004 1005 1006 1007 1008; do
		cell swapbacked-flag "$spec" "$seed" ok ''
	done
done

# What goes wrong in real runs.
cell pte-dirty-vma "$reclaim" 5 failed \
	'console: WARNING: CPU: 0 at mm/rmap.c:123 | <script>'
rm "$out/cells/pte-dirty-vma/$reclaim/5/samples.tsv"
printf '# mmvs-samples 1\n# case\treclaim-proactive\n# unit\tinsn\n# skip\tno swap: \033[31mpages stayed\033[0m\n' \
	>"$out/cells/lazyfree-always/$reclaim/3/samples.tsv"
rm -r "$out/cells/lazyfree-always/$fault/8"

# One variant fails, one does not, of the baseline nothing is known.
mkdir "$out/conform"
{
	printf 'property\tvariant\tlru\tresult\tpassed_count\tfailed_count\tskipped_count\twhy\n'
	printf 'fork\tlazyfree-always\tmglru\tpass\t2\t0\t0\t\n'
	printf 'thp\tlazyfree-always\tmglru\tskip\t0\t0\t2\ta: no huge page\n'
	printf 'never-in-swap\tpte-dirty-vma\tmglru\tpass\t2\t0\t0\t\n'
	printf 'never-in-swap\tpte-dirty-vma\tclassic\tFAIL\t1\t1\t0\t\033[31m| <b>\n'
	printf 'fork\tpte-dirty-vma\tclassic\tpass\t2\t0\t0\t\n'
	printf 'thp\tpte-dirty-vma\tclassic\tFAIL\t0\t1\t1\tx\n'
	printf 'thp\tnot-measured\tclassic\tFAIL\t0\t1\t0\tx\n'
} >"$out/conform/matrix.tsv"

# What the decision goes by; of the third nothing was measured.
printf '%s\n' 'fault: fault-first-touch@*:fault_p50' 'overshoot: *@map=droppable,share=25:overshoot' \
	'reclaim cost: reclaim-proactive@*:cost*' 'refault: fault-refault@*:*' >"$out/criteria"
mkdir "$out/static"
{
	printf 'variant\tcheck\tresult\tvalue\twhy\n'
	printf 'swapbacked-flag\tadded\tinfo\t0\t\nswapbacked-flag\tremoved\tinfo\t0\t\n'
	printf 'pte-dirty-vma\tadded\tinfo\t234\t\npte-dirty-vma\tremoved\tinfo\t138\t\n'
	printf 'pte-dirty-vma\ttext\tinfo\t+435\t\npte-dirty-vma\tpageflags\tinfo\t21 (+1), 11 left\t\n'
} >"$out/static/static.tsv"

touch "$out/plots/ecdf.svg" "$out/plots/a[1].svg" "$out/plots/notes.txt"
