# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Files and folders: locks, whole replacements, copies, space, tables.  lib.sh sources it.

# frozen FILE: a copy of the initramfs FILE that a later build does not change under
# a run, addressed by its content.
frozen()
{
	local copy
	copy=$MMVS_CACHE/initramfs/$(digest <"$1").cpio
	mkdir -p "$(dirname "$copy")"
	[ -s "$copy" ] || { cp "$1" "$copy.$$" && mv "$copy.$$" "$copy"; }
	echo "$copy"
}

# lock FILE: hold FILE until the script ends; say so when it has to wait.
lock()
{
	local why

	why=$({ mkdir -p "$(dirname "$1")" && : >>"$1"; } 2>&1) ||
		die "$1: cannot be written (${why##*: }); work in a checkout, and with MMVS_CACHE= and RESULTS=, of your own"
	exec {MMVS_LOCK_FD}>"$1"
	if ! flock -n "$MMVS_LOCK_FD"; then
		note "waiting for another mmvs that holds $1"
		flock "$MMVS_LOCK_FD"
	fi
}

# remove PATH...: what of it is there; a process only where there is something.
remove()
{
	local at such=()
	for at in "$@"; do
		[ ! -e "$at" ] || such+=("$at")
	done
	[ "${#such[@]}" -eq 0 ] || rm -rf "${such[@]}"
}

# replace DIR BY: at once, as far as a reader can see that it is not there.
replace()
{
	remove "$1".old.* && { [ ! -e "$1" ] || mv -T "$1" "$1.old.$$"; } && mv -T "$2" "$1" && remove "$1.old.$$"
}

# put_cell FROM PLACE: copy beside, then rename: the cell is in the run or it is not.
put_cell()
{
	{ [ -d "${2%/*}" ] || mkdir -p "${2%/*}"; } && remove "$2".new.* && cp -a --reflink=auto "$1" "$2.new.$$" &&
		replace "$2" "$2.new.$$"
}

# clean_work: what killed runs left of cells on their way; those of a living process
# stay.
clean_work()
{
	local at

	for at in "$MMVS_CACHE"/cells/work/*; do
		if [ -e "$at" ] && ! kill -0 "${at##*.}" 2>/dev/null; then rm -rf "$at"; fi
	done
}

# writable DIR SETTING: DIR is there, made if need be, and takes files; of a disk that is
# all but full is said so here, not by whoever writes next.
writable()
{
	local why

	why=$({ mkdir -p "$1" && : >"$1/.mmvs.$$"; } 2>&1) ||
		die "$2=$1: nothing can be written there (${why##*: }); set $2= to a folder of yours"
	rm -f "$1/.mmvs.$$"
	[ "$(free_mib "$1")" -ge 16 ] || die "$2=$1: its disk is full (less than 16 MiB free); make room, or set $2= to a folder elsewhere"
}

# free_mib DIR: free space below DIR's file system.
free_mib()
{
	df -Pm "$1" | awk 'NR == 2 { print $4 }'
}

# instead_of N OLD NEW: tables: the lines of NEW, then those of OLD whose first N columns no
# line of NEW has.
instead_of()
{
	jq -nRr --argjson n "$1" --rawfile old "$2" --rawfile new "$3" '
		def lines: split("\n")[] | select(. != "");
		def key: split("\t")[:$n] | join("\t");
		([$new | lines | {(key): true}] | add) as $known |
		($new | lines), ($old | lines | select($known[key] | not))' </dev/null
}
