# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154 # run.sh's variables
# Sourced by run.sh: which cells a run has, and which of them are still to measure.
# cells prints all; share_out leaves the lists of jobs in $jobs_of/ and in
# $total how many cells they hold.

qemu=$(qemu-system-x86_64 --version | sed -n '1s/.*version \([0-9.]*\).*/\1/p')
common=$(cat "$initramfs" "$scripts"/{vm-run,machine,topology,snapshot}.sh "$MMVS_TOP/bench/still/still.c" | digest)-$mode-${VM_MEMORY:-1G}-${VM_CPUS:-1}-${VM_NUMA:-1}-$qemu
[ "${SNAPSHOT:-1}" = 1 ] || common+=-booted
[ "$mode" = icount ] || common+=-$(cat "$scripts"/{place,place-start,host-nodes}.sh | digest)
[ "${PERF:-auto}" = auto ] || common+=-perf=$PERF
# Whole commands need more in the guest than mmbench: an initramfs a variant.
declare -A guests
for v in "${variants[@]}"; do
	guests[$v]=$initramfs
	[[ $picked != *workload@* ]] || guests[$v]=$("$scripts/workloads.sh" "${images[$v]}" "$initramfs")
done

# guest VARIANT SPEC
guest()
{
	if [[ $2 == workload@* ]]; then echo "${guests[$1]}"; else echo "$initramfs"; fi
}

cell_key()
{
	local of=$common
	[ "$mode" = icount ] || of+=-${placement[$2]}
	[[ $2 != workload@* ]] || of+=-$(basename "${guests[$1]}")
	echo "$of ${images[$1]} $1 $2 $3" | digest
}

# cells: a line each; the baseline has seeds of its own for A/A besides.
cells()
{
	local v s seed aa guest key
	for ((seed = 1; seed <= seeds; seed++)); do
		for s in "${specs[@]}"; do
			for v in "${variants[@]}" A/A; do
				aa=0
				[ "$v" != A/A ] || v=$baseline aa=1000
				guest=$(guest "$v" "$s")
				key=$(cell_key "$v" "$s" $((seed + aa)))
				printf '%s\t%s\t%s\t%s\t%s\t%s\n' "${images[$v]}" "$guest" "$v" "$s" $((seed + aa)) "$key"
			done
		done
	done
}

list=$run/.cells jobs_of=$run/.jobs
declare -A shape=() job=()
total=0
# share_out: what goes on from one boot is one job: same kernel, seed and shape of the VM.
share_out()
{
	local image guest v s seed key of
	# What a killed run has left between two names (lib.sh: replace).
	[ ! -d "$run/cells" ] || find "$run/cells" -mindepth 3 -maxdepth 3 -regex '.*/[0-9]+[.][^/]*' -exec rm -rf {} +
	cells | if [ "$mode" = icount ]; then cat; else shuf --random-source=<(yes); fi >"$list"
	rm -rf "$jobs_of"
	mkdir -p "$jobs_of"
	: >"$run/.done"
	: >"$run/.failed"
	for s in "${specs[@]}"; do shape[$s]=$(shape_of "$s"); done
	while IFS=$'\t' read -r image guest v s seed key; do
		if [ "${FRESH:-0}" != 1 ] && [ -s "$MMVS_CACHE/cells/${key:0:2}/$key/cell.json" ]; then
			[ -n "${MMVS_PLAN:-}" ] || grep -qs "\"key\": \"$key\"" "$run/cells/$v/$s/$seed/cell.json" ||
				"$scripts/cell.sh" "$run" "$image" "$guest" "$v" "$s" "$seed" "$key"
			continue
		fi
		of="$guest $v $seed ${shape[$s]}"
		[ "$mode" = icount ] || of=$total
		[ -n "${job[$of]:-}" ] || job[$of]=$jobs_of/$(printf '%06d' "${#job[@]}")
		printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$image" "$guest" "$v" "$s" "$seed" "$key" >>"${job[$of]}"
		total=$((total + 1))
	done <"$list"
}
