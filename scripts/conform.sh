#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Judge: boot every variant under each LRU and run bench/guest/conform/.
#
# Usage: conform.sh FAMILY
# VARIANTS="a b" (all), LRUS="mglru classic", PROPERTY=number (all), JOBS=cores,
# RUN=name, FRESH=1, MODE=icount|kvm, VM_NUMA=2, SELFTESTS=0 (the kernel's own skip).
# CONFIG=debug boots kernels that watch themselves (MODE=tcg), the first LRU with the
# kernel's selftests, which take longer than all else there, and each once more with the
# stress property on two vCPUs.
# Writes results/RUN/conform/{matrix.tsv,matrix.md,matrix.txt,VARIANT-LRU.tap}
# and prints the matrix.  Exit 1 when a property fails anywhere.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
[ $# -eq 1 ] || usage "conform.sh FAMILY"
family=$1 mode=${MODE:-icount} property=${PROPERTY:-} stress=90
need parallel jq qemu-system-x86_64 git
scripts=$MMVS_TOP/scripts
[[ $property =~ ^([1-9][0-9]*)?$ ]] || die "PROPERTY=$property: a number, see bench/guest/conform/"
words_list=$(VARIANTS=${VARIANTS:-all} measured_of "$family")
# A run of kernels that are no stacks: those that it measured.
if [[ -z ${VARIANTS:-} && -n ${RUN:-} && -s $MMVS_RESULTS/$RUN/run.json ]]; then
	measured=$(jq -r '.variants[].word' "$MMVS_RESULTS/$RUN/run.json")
	[[ $measured != *:* ]] || words_list=$measured
fi
mapfile -t words <<<"$words_list"
read -rd '' -a lrus <<<"${LRUS:-mglru classic}" || true
# Which properties, beside those of every kernel.
of=$(family_conf "$family" properties)
of=${of// /+} of=${of:-any}
"$scripts/images.sh" --resolve "$family" "${words[@]}"
mmbench=$("$scripts/initramfs.sh")
initramfs=$("$scripts/initramfs.sh" --conform)
initramfs=$(frozen "$initramfs")

config=${CONFIG:-small}
name=${RUN:-$(date +%F)-$(git -C "$MMVS_TOP" rev-parse --short HEAD 2>/dev/null || echo nogit)}
[ -n "${RUN:-}" ] || [ "$config" = small ] || name+=-$config
check_name RUN "$name"
run=$MMVS_RESULTS/$name/conform
mkdir -p "$run"
lock "$run/.lock"

if [ "$config" = debug ]; then
	# Many times the instructions.  Without -icount they take 2/3 of the time,
	# and what is sought is no figure.  Room for shadow memory; poisoning has to
	# be asked for; the log is read at the end.
	mode=${MODE:-tcg}
	VM_LIMIT=${VM_LIMIT:-10800} VM_MEMORY=${VM_MEMORY:-1280M}
	VM_APPEND="page_poison=1 log_buf_len=4M slub_debug=FZPU;-,Acpi-* MMVS_SLOWNESS=10${VM_APPEND:+ $VM_APPEND}"
	export VM_MEMORY VM_APPEND
	[ "$property" != "$stress" ] || lrus=()
fi
echo "$config" >"$run/config"
# An area for alloc_contig_range(), which only these boots have: one of the properties.
export VM_APPEND="cma=32M${VM_APPEND:+ $VM_APPEND}"
# Two nodes: migration between them is one of the properties.  Nothing is timed, so guests
# need no CPUs of their own.
export VM_LIMIT=${VM_LIMIT:-900} VM_NUMA=${VM_NUMA:-2} VM_PLACE=${VM_PLACE:-off} MODE=$mode
common=$(cat "$initramfs" "$scripts"/{vm-run,machine,topology}.sh | digest)-$mode-${VM_MEMORY:-1G}-${VM_CPUS:-1}-$VM_NUMA
common+=-${VM_APPEND:-}-$(qemu-system-x86_64 --version | sed -n '1s/.*version \([0-9.]*\).*/\1/p')
# add COLUMN SPEC MODE CPUS GUEST: one boot of variant $v with the initramfs GUEST.
add()
{
	local key
	key=$(echo "$common $image $v $2 $3 $4 $(basename "$5")" | digest)
	printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$image" "$v" "$2" "$key" "$3" "$4" "$1" "$5" >>"$todo"
	printf '%s\t%s\t%s-%s.tap\t%s\n' "$v" "$1" "$v" "$1" "$2" >>"$run/columns.tsv.new"
}
todo=$run/.todo
: >"$todo"
: >"$run/columns.tsv.new"
table=$("$scripts/images.sh" "$family" "${words[@]}")
while IFS=$'\t' read -r _ v image _; do
	[ "$config" != small ] || "$scripts/boots.sh" "$image" "$mmbench" "$v" </dev/null
	guest=$initramfs
	[ "${SELFTESTS:-1}" = 0 ] || guest=$("$scripts/selftests.sh" "$image" "$initramfs")
	for lru in "${lrus[@]}"; do
		# Half of a boot's time, and they do not look at the LRU.
		with=$guest
		[[ $config != debug || $lru = "${lrus[0]}" ]] || with=$initramfs
		add "$lru" "conform@of=$of,lru=$lru${property:+,property=$property}" "$mode" "${VM_CPUS:-1}" "$with"
	done
	# Races want vCPUs that really run at the same time: no icount there.
	[[ $config != debug || +$of+ != *+droppable+* || ${property:-$stress} != "$stress" ]] ||
		add stress "conform@lru=mglru,property=$stress" "${mode/icount/tcg}" 2 "$initramfs"
done <<<"$table"
mv "$run/columns.tsv.new" "$run/columns.tsv"
basename "$family" >"$run/family"
family_conf "$family" promise >"$run/promise"
note "conformance of ${#words[@]} variants: $(wc -l <"$todo") boots, results in $run"
# A cell that failed is judged below, from what it left; one that does not come is not
# replaced by that of an earlier run.
while IFS=$'\t' read -r _ v spec _; do rm -rf "$run/cells/$v/$spec/1"; done <"$todo"
ended=0
clean_work
"${tie[@]}" parallel --will-cite --quote --jobs "${JOBS:-$(nproc)}" --colsep '\t' --halt never \
	exec env 'MODE={5}' 'VM_CPUS={6}' "$scripts/cell.sh" "$run" '{1}' '{8}' '{2}' '{3}' 1 '{4}' '{#}' "$(wc -l <"$todo")" <"$todo" >&2 || ended=$?
[ "$ended" -le 101 ] || die "interrupted; boots that ended are kept, and 'make conform RUN=$name' goes on"

rm -f "$run"/*.tap
while IFS=$'\t' read -r _ v spec _ _ _ column _; do
	cell=$run/cells/$v/$spec/1
	[ -s "$cell/cell.json" ] || die "$v, $spec: no result at all (above is why)"
	mmcompare --page tap "$cell" >"$run/$v-$column.tap" </dev/null
done <"$todo"
rm -f "$todo"
failed=0
mmcompare --page conform "$run" || failed=$?
[ -s "$run/matrix.txt" ] || exit "$failed"
cat "$run/matrix.txt"
printf '\nmatrix: %s\nTAP:    %s\n' "$run/matrix.md" "$run/*.tap"
[ "$failed" -eq 0 ] || note "some variants break a promise; the reasons are above"
exit "$failed"
