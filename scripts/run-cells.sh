# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154 # run.sh's variables
# Sourced by run.sh: which cells a run has, and which of them are still to measure.
# cells prints all; share_out leaves the lists of jobs in $jobs_of/, how many they are in
# $boots, and in $total how many cells they hold.  Jobs of the first look are called
# first-*, the others rest-*.

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

# key_text VARIANT SPEC SEED: all that the cell depends on.
key_text()
{
	local of=$common
	[ "$mode" = icount ] || of+=-${placement[$2]}
	[[ $2 != workload@* ]] || of+=-$(basename "${guests[$1]}")
	echo "$of ${images[$1]} $1 $2 $3"
}

# cells: a line each; the baseline has seeds of its own for A/A besides.  Its key is the
# digest of what it depends on: one process for all of them.
cells()
{
	local v s seed aa guest n=1000000 rows=() keys=() texts=$run/.keys
	rm -rf "$texts"
	mkdir "$texts"
	for ((seed = 1; seed <= seeds; seed++)); do
		for s in "${specs[@]}"; do
			for v in "${variants[@]}" A/A; do
				aa=0
				[ "$v" != A/A ] || v=$baseline aa=1000
				guest=$initramfs
				[[ $s != workload@* ]] || guest=${guests[$v]}
				key_text "$v" "$s" $((seed + aa)) >"$texts/$n"
				n=$((n + 1))
				rows+=("${images[$v]}"$'\t'"$guest"$'\t'"$v"$'\t'"$s"$'\t'$((seed + aa)))
			done
		done
	done
	lines keys digests "$texts"
	rm -rf "$texts"
	for n in "${!rows[@]}"; do
		printf '%s\t%s\n' "${rows[n]}" "${keys[n]}"
	done
}

# digests DIR: of its files, in the order of their names.
digests()
{
	(cd "$1" && printf '%s\0' * | xargs -0 sha256sum) | cut -d ' ' -f 1
}

# piece JOB PIECES: share its cells out to so many jobs, each of which boots once.
piece()
{
	local n
	n=$(wc -l <"$1")
	split -l $(((n + $2 - 1) / $2)) "$1" "$1-"
	rm "$1"
}

# even_out JOB...: those that are left over when all others have come in turn would keep
# one CPU busy for a whole job.  A boot takes as long as three cells: no piece has less
# than four.
even_out()
{
	local of left all=("$@") n pieces
	left=$((${#all[@]} % jobs))
	[ "$left" -gt 0 ] || return 0
	for of in "${all[@]: -left}"; do
		n=$(wc -l <"$of")
		pieces=$((jobs / left < n / 4 ? jobs / left : n / 4))
		[ "$pieces" -lt 2 ] || piece "$of" "$pieces"
	done
}

list=$run/.cells jobs_of=$run/.jobs
declare -A shape=() job=()
total=0 boots=0
# taken VARIANT SPEC SEED KEY: the cell is in the cache, and now in the run.
taken()
{
	local cached=$MMVS_CACHE/cells/${4:0:2}/$4 place=$run/cells/$1/$2/$3
	[ "${FRESH:-0}" != 1 ] && [ -s "$cached/cell.json" ] || return 1
	[ -z "${MMVS_PLAN:-}" ] || return 0
	! grep -qs "\"key\": \"$4\"" "$place/cell.json" || return 0
	flock -s "$shared"
	put_cell "$cached" "$place" || die "$place: cannot be written"
	flock -u "$shared"
}

# share_out: what goes on from one boot is one job: same kernel, seed and shape of the VM.
share_out()
{
	local image guest v s seed key of part files shared
	# What a killed run has left between two names (lib.sh: replace).
	[ ! -d "$run/cells" ] || find "$run/cells" -mindepth 3 -maxdepth 3 -regex '.*/[0-9]+[.][^/]*' -exec rm -rf {} +
	cells | if [ "$mode" = icount ]; then cat; else shuf --random-source=<(yes); fi >"$list"
	rm -rf "$jobs_of"
	mkdir -p "$jobs_of"
	: >"$run/.done"
	: >"$run/.failed"
	for s in "${specs[@]}"; do shape[$s]=$(shape_of "$s"); done
	exec {shared}>"$MMVS_CACHE/cells/lock"
	while IFS=$'\t' read -r image guest v s seed key; do
		! taken "$v" "$s" "$seed" "$key" || continue
		of="$guest $v $seed ${shape[$s]}"
		[ "$mode" = icount ] || of=$total
		part=rest
		[ $((seed % 1000)) -gt "$look" ] || part=first
		[ -n "${job[$of]:-}" ] || job[$of]=$jobs_of/$part-$(printf '%06d' "${#job[@]}")
		printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$image" "$guest" "$v" "$s" "$seed" "$key" >>"${job[$of]}"
		total=$((total + 1))
	done <"$list"
	exec {shared}>&-
	[ "$total" -gt 0 ] || return 0
	for part in first rest; do
		files=("$jobs_of/$part"-*)
		[[ $mode != icount || -n $fleet$slurm || ! -e ${files[0]} ]] || even_out "${files[@]}"
	done
	files=("$jobs_of"/*)
	boots=${#files[@]}
}
