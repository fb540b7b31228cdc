#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Import the base kernel once into a git repository in the cache.
#
# Usage: kernel-source.sh
# KERNEL_SRC=  a git tree, a directory or a tarball of 6.12.y; default: the
#              tarball of the package that kernel-patches/base names.
# Prints: "<commit> <version> <source>".  The commit depends on the content
# alone: same source, same commit, on any machine.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
[ $# -eq 0 ] || usage "kernel-source.sh (KERNEL_SRC= in the environment)"
need git tar xz sha256sum flock

base=$MMVS_TOP/kernel-patches/base
repo=$MMVS_CACHE/linux.git
src=${KERNEL_SRC:-$(conf "$base" path)}
[ -e "$src" ] || die "$src: no kernel source there; install the package $(conf "$base" package) ('make deps') or set KERNEL_SRC= to a git tree, a directory or a tarball"
src=$(realpath "$src")

# version_of: VERSION.PATCHLEVEL.SUBLEVEL of the Makefile on standard input.
version_of()
{
	awk -F ' *= *' '/^(VERSION|PATCHLEVEL|SUBLEVEL) *=/ { v[$1] = $2 }
		END { print v["VERSION"] "." v["PATCHLEVEL"] "." v["SUBLEVEL"] }'
}

# is_git: the source is the top of a git tree, not a folder inside one.
is_git()
{
	[ "$(git -C "$src" rev-parse --show-toplevel 2>/dev/null)" = "$src" ] &&
		git -C "$src" rev-parse -q --verify 'HEAD^{commit}' >/dev/null
}

check_version()
{
	local want
	want=$(conf "$base" version)
	[[ $1 == "$want".* ]] || die "$src is Linux ${1:-of no version}, the stacks are for $want.y: set KERNEL_SRC= to a $want.y tree"
}

# commit_tree DIR ALL: everything below DIR as a parentless commit.
commit_tree()
{
	local dir=$1 version index
	version=$(version_of <"$dir/Makefile")
	check_version "$version"
	index=$(mktemp -u "$MMVS_CACHE/index.XXXXXX")
	# Debian's tarball carries a .gitignore that ignores everything.
	GIT_INDEX_FILE=$index git --git-dir="$repo" --work-tree="$dir" \
		add --all "$2" .
	GIT_INDEX_FILE=$index git --git-dir="$repo" write-tree >"$index.tree"
	git --git-dir="$repo" commit-tree -m "Linux $version" "$(cat "$index.tree")"
	rm -f "$index" "$index.tree"
}

import()
{
	local tmp=$MMVS_CACHE/import.$$ commit
	trap 'rm -rf "$MMVS_CACHE"/import.$$ "$MMVS_CACHE"/index.*' EXIT
	mkdir -p "$tmp"
	if [ -f "$src" ]; then
		note "importing $src (once, about a minute)"
		tar -C "$tmp" --strip-components=1 -xf "$src" ||
			die "$src: not a kernel tarball that tar can read"
		[ -f "$tmp/Makefile" ] || die "$src: holds no kernel tree (no Makefile at its top)"
		commit=$(commit_tree "$tmp" --force)
	elif is_git; then
		note "importing HEAD of $src (once)"
		[ -z "$(git -C "$src" status --porcelain -uno)" ] ||
			note "note: $src has uncommitted changes; they are not part of the base"
		git --git-dir="$repo" fetch -q --depth=1 "file://$src" HEAD ||
			die "$src: git fetch failed"
		git --git-dir="$repo" show FETCH_HEAD:Makefile >"$tmp/Makefile"
		check_version "$(version_of <"$tmp/Makefile")"
		commit=$(git --git-dir="$repo" rev-parse FETCH_HEAD)
	else
		[ -f "$src/Makefile" ] || die "$src: holds no kernel tree (no Makefile at its top)"
		note "importing the directory $src"
		commit=$(commit_tree "$src" --no-ignore-errors)
	fi
	git --git-dir="$repo" update-ref "refs/heads/base/$commit" "$commit"
	echo "$commit"
}

# identity: changes when the source may have changed.
identity()
{
	if [ -f "$src" ]; then
		stat -c 'file %n %s %Y' "$src"
	elif is_git; then
		echo "git $src $(git -C "$src" rev-parse HEAD)"
	else
		echo "dir $src $(find "$src" -name .git -prune -o -type f -printf '%P %s %T@\n' | sort | digest)"
	fi
}

export GIT_AUTHOR_NAME=mmvs GIT_AUTHOR_EMAIL=mmvs@mmvs.invalid
export GIT_COMMITTER_NAME=mmvs GIT_COMMITTER_EMAIL=mmvs@mmvs.invalid
export GIT_AUTHOR_DATE='2026-01-01T00:00:00Z' GIT_COMMITTER_DATE='2026-01-01T00:00:00Z'

mkdir -p "$MMVS_CACHE/sources"
lock "$MMVS_CACHE/source.lock"
[ -d "$repo/objects" ] || git init -q --bare "$repo"
git --git-dir="$repo" config gc.auto 0
known=$MMVS_CACHE/sources/$(identity | digest)
if [ ! -s "$known" ]; then
	[ "$(free_mib "$MMVS_CACHE")" -ge 6000 ] ||
		die "$MMVS_CACHE: less than 6 GB free; a base, its objects and three images need that much (set MMVS_CACHE= elsewhere)"
	commit=$(import)
	version=$(git --git-dir="$repo" show "$commit:Makefile" | version_of)
	echo "$commit $version $(basename "$src")" >"$known.new"
	mv "$known.new" "$known"
	[ "$version" = "$(conf "$base" tested)" ] ||
		note "note: the stacks were tested on $(conf "$base" tested), this is $version"
fi
cat "$known"
