#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Apply one patch stack to the base with git am, in a scratch tree that holds
# only the files the stack touches.  All or nothing: the stack's commit is kept
# as a branch of the cache's repository, or nothing is.
#
# Usage: stack-apply.sh BASE_COMMIT NAME [PATCH...]
# Prints: the commit.  Same base and patches, same commit, on any machine.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
[ $# -ge 2 ] || usage "stack-apply.sh BASE_COMMIT NAME [PATCH...]"
need git
base=$1 name=$2
shift 2
repo=$MMVS_CACHE/linux.git
key=$({ echo "$base"; [ $# -eq 0 ] || cat "$@"; } | digest)
ref=refs/heads/stack/$name-${key:0:16}

if git --git-dir="$repo" rev-parse -q --verify "$ref"; then
	exit 0
fi
tree=$MMVS_CACHE/apply.$$
trap 'rm -rf "$tree" "$tree.log"; git --git-dir="$repo" worktree prune' EXIT

# failed PATCH: name the patch, the file and the hunk.
failed()
{
	local why
	why=$(git -C "$tree" apply --check "$1" 2>&1 | sed 's/^error: //' | head -n 6 || true)
	[ -n "$why" ] || why=$(tail -n 5 "$tree.log")
	git -C "$tree" am --abort >/dev/null 2>&1 || true
	die "$1 does not apply to base ${base:0:12}
$why
The number behind the file is the line where the hunk begins in the patched
tree; refresh the patch against the base, or set KERNEL_SRC= to the kernel it
was made for.  No tree was left half applied."
}

git --git-dir="$repo" worktree add -q --no-checkout --detach "$tree" "$base"
if [ $# -gt 0 ]; then
	files=()
	lines files sed -n 's@^[-+]\{3\} [ab]/\([^[:space:]]*\).*@/\1@p' "$@"
	git -C "$tree" sparse-checkout set --no-cone "${files[@]}"
	git -C "$tree" checkout -q
fi
export GIT_COMMITTER_NAME=mmvs GIT_COMMITTER_EMAIL=mmvs@mmvs.invalid
for patch in "$@"; do
	git -C "$tree" -c gc.auto=0 am -q --keep-cr --committer-date-is-author-date \
		"$patch" >"$tree.log" 2>&1 || failed "$patch"
	rm -f "$tree.log"
done
commit=$(git -C "$tree" rev-parse HEAD)
git --git-dir="$repo" update-ref "$ref" "$commit"
echo "$commit"
