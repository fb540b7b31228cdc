# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154 # kernel-source.sh's variables
# A source becomes a commit of the cache's repository.  kernel-source.sh sources it.

# commit_tree DIR ALL: everything below DIR as a parentless commit.
commit_tree()
{
	local dir=$1 version index
	[ -f "$dir/Makefile" ] || die "$src holds no kernel tree (no Makefile at its top)"
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
		commit=$(commit_tree "$tmp" --force)
	elif is_git; then
		check_version "$(git -C "$src" show "$head:Makefile" 2>/dev/null | version_of)"
		# A stack's commit is there already, with its history: a shallow fetch would
		# cut that off.  By hash, which a server allows when it is told to.
		git --git-dir="$repo" cat-file -e "$head^{tree}" 2>/dev/null || {
			note "importing ${ref:-HEAD} of $src (once)"
			git --git-dir="$repo" fetch -q --depth=1 --no-tags \
				--upload-pack='git -c uploadpack.allowAnySHA1InWant=true upload-pack' \
				"file://$src" "$head" || die "$src: git cannot fetch $head from it (above is why)"
		}
		commit=$head
	else
		note "importing the directory $src"
		commit=$(commit_tree "$src" --no-ignore-errors)
	fi
	git --git-dir="$repo" update-ref "refs/heads/base/$commit" "$commit"
	echo "$commit"
}
