# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154 # of who sources it: run, work, stage, in
# Sourced by who has cells measured elsewhere (fleet.sh, slurm.sh): what goes there, and
# what comes home.  It is checked by its hashes, by key and by the image, the initramfs
# and the QEMU that it was measured with.
# shellcheck source=scripts/progress.sh
. "$MMVS_TOP/scripts/progress.sh"
qemu=$(qemu-system-x86_64 --version | sed -n '1s/.*version \([0-9.]*\).*/\1/p')

# fill JOB_LIST...: what every host gets, in "stage", with the hash of each file; tree, id.
fill()
{
	local image guest of
	make -s -C "$MMVS_TOP/bench/still" >&2
	tree=$(cat "$MMVS_TOP"/scripts/*.sh "$MMVS_TOP/build/still/still.so" | digest | cut -c 1-16)
	mkdir -p "$stage/trees/$tree/build"
	cp -r "$MMVS_TOP/scripts" "$stage/trees/$tree/"
	cp -r "$MMVS_TOP/build/still" "$stage/trees/$tree/build/"
	id=$(cat "$@" | digest | cut -c 1-16)
	mkdir "$stage/lists/$id"
	cp "$@" "$stage/lists/$id/"
	of=$(cut -f 1,2 "$@" | sort -u)
	while IFS=$'\t' read -r image guest; do
		mkdir -p "$stage/images/${image##*/}"
		cp --reflink=auto "$image"/{bzImage,image.json} "$stage/images/${image##*/}/"
		cp --reflink=auto "$guest" "$stage/initramfs/"
	done <<<"$of"
	(cd "$stage" && find . -type f ! -name 'manifest-*' | sort | tr '\n' '\0' | xargs -0 sha256sum >"lists/$id/manifest-$tree")
}

# take FILE: what a job sent; its cells go into cache and run, and out of its list.
take()
{
	local said job host list left=() image guest variant spec seed key line
	rm -rf "$in"
	mkdir -p "$in"
	if ! said=$(arrived "$1" "$in" 2>&1); then
		note "what a host sent is refused, and measured again: $(tail -n 1 <<<"$said" | tr -cd '\40-\176' | cut -c 1-200)"
		return 0
	fi
	job=$(<"$in/job") host=$(<"$in/host")
	list=$run/.jobs/$job
	[ -s "$list" ] || return 0
	while IFS= read -r line; do
		IFS=$'\t' read -r image guest variant spec seed key <<<"$line"
		cell "$in/cells/$variant/$spec/$seed" || left+=("$line")
	done <"$list"
	[ "${#left[@]}" -gt 0 ] || { rm -f "$list" && return 0; }
	printf '%s\n' "${left[@]}" >"$list"
	note "host $host: $(grep -v ': cell ' "$in/said" | tail -n 1 | tr -cd '\40-\176')"
}

# arrived FILE DIR: unpacked into DIR; every file has its hash, and no file is without.
arrived()
{
	local files
	if ! tar -xz --no-same-owner -f "$1" -C "$2" 2>/dev/null; then
		files=$(tr -cd '\12\40-\176' <"$1" 2>/dev/null | head -c 300 | head -n 1)
		if [[ $files == mmvs:* ]]; then echo "$files"; else echo "no whole tar, $(stat -c %s "$1") bytes"; fi
		return 1
	fi
	cd "$2" || return 1
	files=$(find . ! -type f ! -type d)
	[[ -z $files && $(<job) =~ ^(first|rest)-[0-9]{6}(-[a-z]{2})?$ ]] || { echo "it holds what it should not"; return 1; }
	files=$(find cells job host said -type f | sort)
	[ "$(cut -c 67- manifest.sha256)" = "$files" ] || { echo "files without a hash, or hashes without a file"; return 1; }
	sha256sum --check --quiet --strict manifest.sha256
}

# cell FROM: one cell of take(), if it is there and what was asked for.
cell()
{
	local state cached=$MMVS_CACHE/cells/${key:0:2}/$key place=$run/cells/$variant/$spec/$seed failed=0
	[ -s "$1/cell.json" ] || return 1
	state=$(jq -r --arg key "$key" --arg qemu "$qemu" --slurpfile image "$image/image.json" --arg guest "$(digest <"$guest")" '
		if .key == $key and .image_sha256 == $image[0].image_sha256 and .initramfs_sha256 == $guest and .qemu == $qemu
		then .status else "another" end' "$1/cell.json") || return 1
	if [ "$state" = another ]; then
		note "refused, and measured again: $variant $spec seed $seed of $host is of another kernel, initramfs or QEMU"
		return 1
	fi
	jq --arg host "$host" '. + {host: $host}' "$1/cell.json" >"$1/new" && mv "$1/new" "$1/cell.json" || return 1
	mkdir -p "$(dirname "$cached")" "$(dirname "$place")"
	rm -rf "$place"
	if [ "$state" = failed ]; then
		cp -a "$1" "$place.new.$$" && mv -T "$place.new.$$" "$place" || return 1
		failed=1
		note "FAILED $variant $spec seed $seed on $host: $(jq -r .reason "$place/cell.json") (console: $place/console.log)"
	else
		exec {lock}>"$MMVS_CACHE/cells/lock"
		flock "$lock"
		replace "$cached" "$1"
		exec {lock}>&-
		FRESH=0 "$MMVS_TOP/scripts/cell.sh" "$run" "$image" "$guest" "$variant" "$spec" "$seed" "$key" || return 1
	fi
	progress "$run" "$variant" "$spec" "$seed" "$failed" "$host"
}

# settings_there: in "words" what cells.sh is to be told there.
settings_there()
{
	local v
	words=()
	for v in MODE SNAPSHOT PERF FRESH VM_MEMORY VM_CPUS VM_NUMA VM_LIMIT VM_APPEND VM_LOGLEVEL; do
		[ -z "${!v:-}" ] || words+=("$v=${!v}")
	done
}

# rounds FUNCTION: calls it with the names of all jobs that are not home, up to three
# times, as long as there is somebody to ask: "nobody" is empty.
nobody=
rounds()
{
	local round jobs
	for round in 1 2 3; do
		jobs=("$run"/.jobs/*)
		[[ -e ${jobs[0]} && -z $nobody ]] || break
		[ "$round" -eq 1 ] || note "asking again for ${#jobs[@]} jobs that did not come home"
		"$1" "${jobs[@]##*/}"
	done
	jobs=("$run"/.jobs/*)
	[ ! -e "${jobs[0]}" ] || note "$(cat "${jobs[@]}" | wc -l) cells did not come home from any host (above is why); the same command goes on from there"
}
