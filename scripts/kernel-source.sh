#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Import a kernel source once into a git repository in the cache.
#
# Usage: kernel-source.sh [REF]
# KERNEL_SRC=  a git tree, a directory or a tarball of Linux 6.1 or later;
# KERNEL=7.3   Debian's package of that version (kernel-fetch.sh); default: the
#              version that kernel-patches/base names.
# REF          a branch, tag or hash of KERNEL_SRC, a git tree; default: its HEAD.
# Prints: "<commit> <version> <source>".  The commit depends on the content
# alone: same source, same commit, on any machine.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
[ $# -le 1 ] || usage "kernel-source.sh [REF] (KERNEL_SRC= or KERNEL= in the environment)"
need git tar xz sha256sum flock

ref=${1:-}
repo=$MMVS_CACHE/linux.git
if [ -n "${KERNEL_SRC:-}" ]; then
	src=$KERNEL_SRC
	[ -e "$src" ] || die "KERNEL_SRC=$src: nothing is there; name a git tree, a directory or a tarball of Linux"
else
	[ -z "$ref" ] || die "ref:$ref: set KERNEL_SRC= to the git tree that has it"
	src=$("$MMVS_TOP/scripts/kernel-fetch.sh" "${KERNEL:-$(conf "$MMVS_TOP/kernel-patches/base" version)}")
fi
src=$(realpath "$src")

# version_of: VERSION.PATCHLEVEL.SUBLEVEL of the Makefile on standard input.
version_of()
{
	awk -F ' *= *' '/^(VERSION|PATCHLEVEL|SUBLEVEL) *=/ { v[$1] = $2 }
		END { if (v["VERSION"] != "") print v["VERSION"] "." v["PATCHLEVEL"] "." v["SUBLEVEL"] }'
}

# is_git: the source is the top of a git tree or a bare repository, not a folder
# inside one.
is_git()
{
	[ -d "$src" ] && { [ "$(git -C "$src" rev-parse --show-toplevel 2>/dev/null)" = "$src" ] ||
		[ "$(git -C "$src" rev-parse --is-bare-repository 2>/dev/null)" = true ]; }
}

# check_version VERSION: Linux, and one with MGLRU.
check_version()
{
	local major minor
	[[ $1 =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]] || die "$src${ref:+ ($ref)} is no Linux source: its Makefile names no version"
	IFS=. read -r major minor _ <<<"$1"
	[ $((major * 1000 + minor)) -ge 6001 ] ||
		die "$src${ref:+ ($ref)} is Linux $1; mmvs measures 6.1 and later, the first with MGLRU"
}

# head_of: the hash that is asked for.  Its tree is taken as it was committed.
head_of()
{
	local hash checked_out
	hash=$(git -C "$src" rev-parse -q --verify "${ref:-HEAD}^{commit}") ||
		die "$src has no commit '${ref:-HEAD}'; 'git -C $src branch -a' and 'git tag' list its names"
	checked_out=$(git -C "$src" rev-parse -q --verify HEAD) || checked_out=
	if [[ $hash != "$ref"* || -z $ref ]] && [ "$hash" = "$checked_out" ] &&
		[ -n "$(git -C "$src" status --porcelain -uno 2>/dev/null | head -n 1)" ]; then
		die "$src has uncommitted changes, which are not part of ${ref:-HEAD}: commit or stash them, or name the commit by its hash (ref:${hash:0:12})"
	fi
	echo "$hash"
}

# identity: changes when the source may have changed.
identity()
{
	local files
	if [ -f "$src" ]; then
		stat -c 'file %n %s %Y' "$src"
	elif is_git; then
		echo "git $src $head"
	else
		files=$(find "$src" -name .git -prune -o -type f -printf '%P %s %T@\n' | sort | digest)
		echo "dir $src $files"
	fi
}

# shellcheck source=scripts/kernel-import.sh
. "$MMVS_TOP/scripts/kernel-import.sh"
export GIT_AUTHOR_NAME=mmvs GIT_AUTHOR_EMAIL=mmvs@mmvs.invalid
export GIT_COMMITTER_NAME=mmvs GIT_COMMITTER_EMAIL=mmvs@mmvs.invalid
export GIT_AUTHOR_DATE='2026-01-01T00:00:00Z' GIT_COMMITTER_DATE='2026-01-01T00:00:00Z'

head=
if is_git; then
	head=$(head_of)
elif [ -n "$ref" ]; then
	die "ref:$ref: KERNEL_SRC=$src is no git tree, so it has no refs"
fi
mkdir -p "$MMVS_CACHE/sources"
lock "$MMVS_CACHE/source.lock"
[ -d "$repo/objects" ] || git init -q --bare "$repo"
git --git-dir="$repo" config gc.auto 0
key=$(identity | digest)
known=$MMVS_CACHE/sources/$key
if [ ! -s "$known" ]; then
	[ "$(free_mib "$MMVS_CACHE")" -ge 6000 ] ||
		die "$MMVS_CACHE: less than 6 GB free; a base, its objects and three images need that much (set MMVS_CACHE= elsewhere)"
	commit=$(import)
	version=$(git --git-dir="$repo" show "$commit:Makefile" | version_of)
	echo "$commit $version $(basename "$src")" >"$known.new"
	mv "$known.new" "$known"
fi
cat "$known"
