#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# The QEMU plugin against what is known: loops of known length, the guest's own
# instruction clock, callgrind, and everything that can go wrong.  TAP.
set -uo pipefail
# shellcheck source=tests/e2e/lib.bash
. "$(dirname "$0")/lib.bash"
run_name=test-plugin-$$
trap 'rm -rf "$tmp" "results/$run_name"' EXIT
plan=37

: >"$tmp/log"
make -s -C bench/plugin O="$PWD/build/plugin" >>"$tmp/log" 2>&1
ok "the plugin and mmprofile build"
plugin=$PWD/build/plugin/mmcount.so mmprofile=build/plugin/mmprofile
image=$(scripts/kernel-build.sh droppable swapbacked-flag 2>"$tmp/log")
[ -n "$image" ] || { echo "Bail out! no kernel"; exit 1; }
initramfs=$(scripts/initramfs.sh)

# cell OUT SPEC [OPTIONS]: under the plugin; "none" for none.
cell()
{
	local VM_PLUGIN="$plugin,symbols=${SYMBOLS:-$image/System.map},out=.${3:+,$3}"
	[ "${3:-}" != none ] || VM_PLUGIN=
	export VM_PLUGIN
	VM_APPEND=nokaslr scripts/vm-run.sh "$image" "$initramfs" swapbacked-flag "$2" 1 "$tmp/$1" >>"$tmp/log" 2>&1
}

# has OUT COLUMN VALUE...: the columns of the only region of regions.tsv.
has()
{
	local dir=$tmp/$1
	shift
	grep -v '^#' "$dir/regions.tsv" | awk -v want="$*" 'BEGIN { FS = "\t"; n = split(want, w, " ") }
		NR == 1 { for (i = 1; i <= NF; i++) col[$i] = i; next }
		{ rows++; for (i = 1; i < n; i += 2) if ($col[w[i]] != w[i + 1]) { print w[i], $col[w[i]], "not", w[i + 1]; bad = 1 } }
		END { exit bad || rows != 1 }' >>"$tmp/log"
}

# operations OUT: what to divide by; then mmprofile's own checks.
checked()
{
	mmcompare --page passes "$tmp/$1" >>"$tmp/log" 2>&1 &&
		"$mmprofile" check "$tmp/$1" >>"$tmp/log" 2>&1
}

fault="fault-first-touch@map=droppable"
{ cell count selftest@mode=count & cell count-calls selftest@mode=count calls=on,addresses=on & wait; } 2>/dev/null
{ cell string selftest@mode=string & cell user selftest@mode=user & wait; } 2>/dev/null
{ cell none "$fault" none & cell self "$fault" & wait; } 2>/dev/null
{ cell calls "$fault" calls=on,addresses=on & cell again "$fault" calls=on,addresses=on & wait; } 2>/dev/null
{ cell model "$fault" calls=on,cache=on & cell model2 "$fault" calls=on,cache=on,l1d=32k:8:64 & wait; } 2>/dev/null
cell small "$fault" calls=on,cache=on,l1d=4k:1:64,dtlb=4:4
{ cell nested selftest@mode=nested & cell open selftest@mode=open & wait; } 2>/dev/null

# 8 passes of mov and 1000 turns of two instructions
has count operations 8 user_insn 16008 kernel_insn 0 irq_insn 0 min_insn 2001 max_insn 2001 loads 0 stores 0
ok "a loop of 2001 instructions counts 2001, eight times"
has count-calls operations 8 user_insn 16008 kernel_insn 0 irq_insn 0 min_insn 2001 max_insn 2001
ok "with call tracking too"
has string operations 8 self_insn 32 string_insn 8 string_turns 800 string_bytes 800 stores 800 loads 0
ok "a string instruction counts once, its bytes apart"
callgrind=$(cd "$tmp" && valgrind --tool=callgrind --toggle-collect='user_work*' --callgrind-out-file=/dev/null \
	"$OLDPWD/build/guest/mmbench" selftest --mode=user 2>&1 >/dev/null | sed -n 's/.*Collected : *//p')
ours=$(awk -F '\t' '$2 == "[user]" { print $6 }' "$tmp/user/functions.tsv")
echo "callgrind $callgrind, mmcount $ours" >>"$tmp/log"
[ "$callgrind" -gt 1000000 ] && awk -v a="$callgrind" -v b="$ours" 'BEGIN { d = (b - a) / a; exit !(d < 0.001 && d > -0.001) }'
ok "callgrind agrees within 0.1 % ($callgrind, here $ours)"

cmp "$tmp/none/samples.tsv" "$tmp/self/samples.tsv" >>"$tmp/log" && cmp "$tmp/none/samples.tsv" "$tmp/model/samples.tsv" >>"$tmp/log"
ok "the guest measures the same bytes with the plugin and without"
for f in functions regions passes addresses; do cmp "$tmp/calls/$f.tsv" "$tmp/again/$f.tsv"; done >>"$tmp/log" 2>&1 &&
	cmp "$tmp/calls/folded.txt" "$tmp/again/folded.txt" >>"$tmp/log" && cmp "$tmp/model/functions.tsv" "$tmp/model2/functions.tsv" >>"$tmp/log"
ok "two runs give equal files"
# The guest's clock counts the same instructions: sample - clock_cost = pass,
# but for a timer tick between a clock read and its marker.
paste <(grep -v '^#' "$tmp/calls/samples.tsv") <(grep -v '^#' "$tmp/calls/passes.tsv") | awk -F '\t' \
	-v cost="$(sed -n 's/^# clock_cost\t//p' "$tmp/calls/samples.tsv")" '
	NR > 1 { d = $2 - cost - $5 - $6; if (d < 0) bad++; if (d > 0) off++; rows++ }
	END { print rows " passes, " off + 0 " with more on the clock, " bad + 0 " with less"; exit bad || off > 8 || rows != 8192 }' >>"$tmp/log"
ok "each of 8192 faults: the plugin's count is the guest's clock, exactly"
checked self && checked calls && checked model
ok "the functions add up to their region"
[ "$(awk '{ s += $NF } END { print s }' "$tmp/calls/folded.txt")" = "$(awk -F '\t' '!/^#/ { s += $6 } END { print s }' "$tmp/calls/functions.tsv")" ]
ok "so do the folded stacks"
has calls operations 8192 page_faults 8192
ok "8192 page faults"
# Of what every fault runs, to a thousandth: after an interrupt another task may run
# for a while, which only call tracking tells from the fault.
self_counts()
{
	awk -F '\t' '!/^#/ && $3 != "irq" && $6 >= 8192 { print $2, $6 }' "$tmp/$1/functions.tsv" | sort |
		grep -v '^asm_\|error_entry\|other_context'
}
join -a 1 -a 2 -e 0 -o 0,1.2,2.2 <(self_counts self) <(self_counts calls) | tee -a "$tmp/log" |
	awk '{ d = $2 - $3; n++; if (d > $2 / 1000 || -d > $2 / 1000) bad = 1 } END { exit bad || n < 15 }'
ok "self counts of what every fault runs are the same with call tracking and without"
awk -F '\t' '$2 == "exc_page_fault" { e = $4 } $2 == "handle_mm_fault" { h = $4 } $2 == "do_anonymous_page" { a = $4 }
	$2 == "clear_page_orig" && $3 == "kernel" { c = $5 } END { exit !(e > h && h > a && a > 0 && c >= 8192) }' "$tmp/calls/functions.tsv"
ok "inclusive counts follow the calls: exception, fault handler, anonymous page"
grep -Eq ';\[interrupt\];asm_(sysvec_apic_timer|common)_interrupt;' "$tmp/calls/folded.txt" &&
	! grep -Eq 'asm_(sysvec|common_interrupt).*handle_mm_fault' "$tmp/calls/folded.txt"
ok "interrupts stand apart"
grep -q '^fault	common_interrupt_return	' "$tmp/calls/functions.tsv" && ! grep -Eq '_text_(start|end)' "$tmp/calls/functions.tsv" &&
	grep -q '^fault	irq_entries_start	irq	' "$tmp/calls/functions.tsv" && ! grep -q '^fault	irq_entries_start	kernel	' "$tmp/calls/functions.tsv"
ok "functions have their names, not those of the linker's marks"
awk -F '\t' '$2 == "clear_page_orig" && $3 == "kernel" { found = 1; bad = $8 != 512 * $5 || $7 != $5 } END { exit bad || !found }' \
	"$tmp/calls/functions.tsv"
ok "loads and stores: clearing a page stores 512 times and returns once"
awk -F '\t' '/^#/ { next } !h { for (i = 1; i <= NF; i++) c[$i] = i; h = 1; next }
	{ a = $c["loads"] + $c["stores"]; l += $c["l1d_misses_model"]; if ($c["l1d_misses_model"] > a + $c["string_bytes"] ||
	  $c["l2_misses_model"] > $c["l1d_misses_model"] || $c["llc_misses_model"] > $c["l2_misses_model"]) bad = 1 }
	END { exit bad || !l }' "$tmp/model/functions.tsv" && grep -q '^# model	l1d=32768:8:64' "$tmp/model/regions.tsv"
ok "the model's misses: fewer from level to level, named a model"
# misses CELL: of L1d and TLB.
misses() { grep -v '^#' "$tmp/$1/regions.tsv" | awk -F '\t' 'NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i; next } { print $c["l1d_misses_model"], $c["dtlb_misses_model"] }'; }
{ misses model && misses small; } | tee -a "$tmp/log" | awk 'NR == 1 { l1d = $1; tlb = $2 } END { exit !(NR == 2 && $1 > l1d && $2 > tlb && tlb > 0) }' &&
	grep -q '^# model	l1d=4096:1:64 .*dtlb=4:4:1' "$tmp/small/regions.tsv"
ok "smaller caches of fewer ways miss more, and say their sizes"

cell ok selftest@mode=ok calls=on
checked ok; [ $? -eq 1 ] && grep -q 'no region: the case has no marker' "$tmp/log"
ok "a case without a marker is reported"
checked nested; [ $? -eq 1 ] && grep -q 'nested regions' "$tmp/log"
ok "nested markers are reported"
[ "$(jq -r .status "$tmp/open/cell.json")" = failed ] && grep -q '^# error.*ended inside region' "$tmp/open/regions.tsv"
ok "a guest that dies inside a region: the cell fails, the file says so"
head -n 1000 "$image/System.map" | sed '500s/ . / /' >"$tmp/broken.map"
SYMBOLS=$tmp/broken.map cell broken selftest@mode=count
jq -r .reason "$tmp/broken/cell.json" "$tmp/broken/qemu.log" 2>/dev/null >>"$tmp/log"
grep -qs 'broken.map:500: not a line of System.map' "$tmp/broken/qemu.log"
ok "a broken symbol file is refused, with its line"
: >"$tmp/empty.map"
SYMBOLS=$tmp/empty.map cell broken selftest@mode=count
grep -qs '0 functions are no kernel' "$tmp/broken/qemu.log"
ok "an empty one too"
gcc -std=gnu11 -Wall -Wextra -Werror -o "$tmp/api" tests/e2e/plugin-api.c -ldl >>"$tmp/log" 2>&1 &&
	! "$tmp/api" "$plugin" 4 2 2>"$tmp/said" && grep -q 'version 4 (at least 2), mmcount knows version 1' "$tmp/said" &&
	! "$tmp/api" "$plugin" 0 0 2>"$tmp/said" && grep -q 'version 0 ' "$tmp/said" &&
	! "$tmp/api" "$plugin" 1 0 2>"$tmp/said" && grep -q 'symbols= and out= are needed' "$tmp/said"
ok "an unsupported API version is refused with both numbers"
! "$tmp/api" "$plugin" 1 0 cache=on l1d=48k:8:64 2>"$tmp/said" && grep -q "'l1d=48k:8:64': .*the sets, is a power of two" "$tmp/said" &&
	! "$tmp/api" "$plugin" 1 0 l4=1m:16:64 2>"$tmp/said" && grep -q "'l4=1m:16:64': what is it" "$tmp/said" &&
	! RUN=$run_name CACHE_MODEL="l1d=48k:8:64" VARIANTS=swapbacked-flag CASES=selftest@mode=count scripts/profile.sh droppable >/dev/null 2>"$tmp/said" &&
	grep -q "selftest@mode=count: failed, 'l1d=48k:8:64': .*the sets, is a power of two" "$tmp/said" &&
	! CACHE_MODEL="l1d=1,out=/" scripts/profile.sh droppable 2>"$tmp/said" && grep -q 'is not NAME=SIZE:WAYS:LINE' "$tmp/said"
ok "sizes of caches that cannot be are refused, with the reason"

# The second view.  mmbench, which has DWARF, stands in for the kernel.
mmbench=build/guest/mmbench
scripts/profile-inline.sh "$mmbench" "$mmbench" "$tmp/count-calls" 2>>"$tmp/log" && checked count-calls &&
	"$mmprofile" --inlined check "$tmp/count-calls" 2>>"$tmp/log" &&
	grep -qx "test	count_turns	user	16008	0	16008" "$tmp/count-calls/functions-inlined.tsv" &&
	grep -qx "test	count_region	user	16008	0	0" "$tmp/count-calls/functions-inlined.tsv" &&
	grep -qx 'test;count_region;count_turns 16008' "$tmp/count-calls/folded-inlined.txt"
ok "an inlined loop of 2001 instructions counts for its function, and for its caller's sum"
# Without DWARF addr2line names symbols: the addresses must give the functions
# that the blocks gave.  Assembly has several labels for one address.
addresses() { awk -F '\t' '$3 ~ /^0x/ { print $3 }' "$tmp/calls/addresses.tsv"; }
{ addresses | addr2line -a -f -i -e "$image/vmlinux" >"$tmp/chains" && awk -v FOLDED="$tmp/folded" -f bench/plugin/inlined.awk \
	"$tmp/chains" "$tmp/calls/addresses.tsv"; } 2>>"$tmp/log" | awk -F '\t' '
	NR == FNR { n[$2 FS $3] += $6; next }
	/^#/ || !($2 FS $3 in n) || $2 ~ /_entr|_irq|restore_regs|_return/ { next }
	{ sum += $6 } $6 != n[$2 FS $3] { print $2, $3, $6, "by address", n[$2 FS $3]; bad = 1 }
	END { print sum " instructions compared"; exit bad || sum < 20000000 }' - "$tmp/calls/functions.tsv" >>"$tmp/log"
ok "counted by address or by block, the functions have the same instructions"
awk -F '\t' '/^#/ || $1 == "region" { next } NR == FNR { n[$2] += $4; next }
	{ printf "user %d, kernel %d, irq %d by address\n", n["user"], n["kernel"], n["irq"]
	  exit n["user"] != $3 || n["kernel"] != $4 || n["irq"] != $5 || !n["irq"] }' "$tmp/calls/addresses.tsv" "$tmp/calls/regions.tsv" >>"$tmp/log"
ok "the addresses add up to their region: user, kernel and interrupts"
cp -r "$tmp/count-calls" "$tmp/bad-inlined"
sed -i 's/\t16008$/\t16007/' "$tmp/bad-inlined/functions-inlined.tsv"
! "$mmprofile" --inlined check "$tmp/bad-inlined" 2>"$tmp/said" && grep -q '16008 instructions, its functions 16007' "$tmp/said"
ok "inlined functions that do not add up are refused"
strip -o "$tmp/stripped" "$mmbench"
! scripts/profile-inline.sh "$mmbench" "$tmp/stripped" "$tmp/count-calls" 2>"$tmp/said" && grep -q 'has no DWARF' "$tmp/said"
ok "a vmlinux without DWARF is refused"
! scripts/profile-inline.sh "$image/vmlinux" "$mmbench" "$tmp/count-calls" 2>"$tmp/said" && grep -q 'is not the code of .*[.]text' "$tmp/said"
ok "so is one of other code, with its sections"

# Hostile files: a number that is none, a lost line, a cut file.
cp -r "$tmp/calls" "$tmp/bad"
sed -i '10s/\t[0-9]*$/&x/; 10s/\t\([0-9]*\)\t/\t-\1\t/' "$tmp/bad/functions.tsv"
! "$mmprofile" check "$tmp/bad" 2>>"$tmp/log" && grep -q 'is not sound' "$tmp/log"
ok "a row that is not sound is refused"
sed '20d' "$tmp/calls/functions.tsv" >"$tmp/bad/functions.tsv"
! "$mmprofile" check "$tmp/bad" 2>>"$tmp/log" && grep -q 'instructions, its functions' "$tmp/log"
ok "functions that do not add up are refused"
cp "$tmp/calls/functions.tsv" "$tmp/bad/"
sed -i '$d' "$tmp/bad/regions.tsv"
! "$mmprofile" check "$tmp/bad" 2>>"$tmp/log" && grep -q 'is cut off' "$tmp/log"
ok "a file that is cut off is refused"
cp "$tmp/calls/regions.tsv" "$tmp/bad/"
echo 'fault;<script>&"x" 90000000' >>"$tmp/bad/folded.txt"
"$mmprofile" flame "$tmp/calls" "$tmp/bad" 'a <b> & c' >"$tmp/flame.svg" 2>>"$tmp/log" &&
	grep -q '&lt;script&gt;&amp;&quot;x&quot;' "$tmp/flame.svg" && ! grep -q '<script\|<b>\|href' "$tmp/flame.svg" &&
	(for tag in g title text svg; do [ "$(grep -o "<${tag}[ >]" "$tmp/flame.svg" | wc -l)" -eq "$(grep -o "</$tag>" "$tmp/flame.svg" | wc -l)" ] || exit 1; done)
ok "the flame graph escapes its text and needs no script"

# The whole way, with a profile and a report that uses it.
RUN=$run_name VARIANTS="swapbacked-flag swapbacked-accounted" CASES="reclaim-proactive@map=droppable,pages=2048,share=25" \
	scripts/profile.sh droppable >"$tmp/table" 2>>"$tmp/log" && grep -q 'per freed page' "$tmp/table" &&
	awk '/^region/ { s = 0; groups = / by group$/ } /^total/ { t[++n] = $4; if (!groups && (t[n] - s > 0.2 || s - t[n] > 0.2)) bad = 1 }
		!groups && /^[^ ]/ && NF > 3 && $NF ~ /^[+-][0-9]/ && !/^total/ { s += $NF }
		END { exit bad || n < 2 || t[1] - t[2] > 0.02 || t[2] - t[1] > 0.02 }' "$tmp/table" &&
	[ -s "results/$run_name/profile/diff/reclaim-proactive@map=droppable,pages=2048,share=25/bars.svg" ]
ok "make profile: the table's differences add up to the total, which is that of the groups"
spec=reclaim-proactive@map=droppable,pages=2048,share=25
printf '# mmvs-compare 1\nspec\tmetric\tvariant\tverdict\n%s\tcost_per_freed\tswapbacked-accounted\tbetter\n' "$spec" >"results/$run_name/compare.tsv"
mmcompare --page profile "results/$run_name" >"$tmp/md" 2>>"$tmp/log" &&
	grep -q "^swapbacked-accounted, $spec: cost_per_freed better (profiled against swapbacked-flag)" "$tmp/md" &&
	grep -q '^- reclaim, per freed page: [^,]*, [^,]*, [^,]*$' "$tmp/md"
ok "the report names the three functions that explain most of it"
echo "1..$plan"
