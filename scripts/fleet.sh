#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Measure the cells of a run on other machines, through ssh and GNU parallel.
#
# Usage: fleet.sh --check HOSTS             prints the hosts as the second form takes them
#        fleet.sh RUN_DIR TABLE JOB_LIST... (called by run.sh; lists as cells.sh has them)
# HOSTS: a file as 'parallel --sshloginfile' has it, a host a line ("4/ssh -p 22 me@big":
# four cells at a time; ":" is this machine).  A line "# MMVS_CACHE=/folder" says where the
# hosts below it keep their kernels and cells; else it is the MMVS_CACHE of their own
# environment, or ~/.cache/mmvs.  A host needs bash, tar, rsync, jq, socat, time and the
# very QEMU that is here; nothing is built there.
# A job whose host is lost goes to another one.  What comes home is checked by its hashes,
# by key and by the image, the initramfs and the QEMU that it was measured with.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=scripts/fleet-hosts.sh
. "$MMVS_TOP/scripts/fleet-hosts.sh"
need parallel ssh rsync jq tar sha256sum flock
if [ "${1:-}" = --check ]; then
	[ $# -eq 2 ] || usage "fleet.sh --check HOSTS"
	check_hosts "$2"
	exit 0
fi
[ $# -ge 3 ] || usage "fleet.sh RUN_DIR TABLE JOB_LIST... | --check HOSTS"
# shellcheck source=scripts/progress.sh
. "$MMVS_TOP/scripts/progress.sh"
run=$1 table=$2
shift 2
work=$run/.fleet stage=$run/.fleet/stage in=$MMVS_CACHE/cells/work/fleet.$$
rm -rf "$work"
mkdir -p "$stage"/{images,initramfs,lists} "$work/came"
mkfifo "$work/pipe"
trap 'rm -rf "$work" "$in"' EXIT

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
	mkdir "$in"
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
	cd "$2"
	files=$(find . ! -type f ! -type d)
	[[ -z $files && $(<job) =~ ^[0-9]{6}$ ]] || { echo "it holds what it should not"; return 1; }
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

qemu=$(qemu-system-x86_64 --version | sed -n '1s/.*version \([0-9.]*\).*/\1/p')
fill "$@"
spread
for round in 1 2 3; do
	jobs=("$run"/.jobs/*)
	[[ -e ${jobs[0]} && -s $table ]] || break
	[ "$round" -eq 1 ] || note "asking again for ${#jobs[@]} jobs that did not come home"
	there=$(command_there "$table" "$tree" "$id")
	awk -F '\t' '{ gsub(",", ",,", $1); print $2 "/" $1 }' "$table" >"$work/hosts"
	# Not in a pipeline: it ends with this process, and its ssh with it.
	"${tie[@]}" parallel --will-cite --sshloginfile "$work/hosts" --sshdelay 0.1 --retries $(($(wc -l <"$table") + 1)) --halt never \
		--joblog "$run/joblog.tsv" --tmpdir "$work/came" --files "$there" ::: "${jobs[@]##*/}" >"$work/pipe" &
	asked=$! ended=0
	while IFS= read -r file; do
		take "$file" </dev/null
		rm -f "$file"
	done <"$work/pipe"
	wait "$asked" || ended=$?
	[ "$ended" -le 101 ] || exit "$ended"
	lost
done
jobs=("$run"/.jobs/*)
[ ! -e "${jobs[0]}" ] || note "$(cat "${jobs[@]}" | wc -l) cells did not come home from any host (above is why); the same command goes on from there"
