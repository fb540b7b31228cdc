#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# The patches of a mailbox in the order of their [n/m], as files of the cache; replies
# and the cover letter have no patch in them.
#
# Usage: mbox.sh FILE
# Prints their paths.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
[ $# -eq 1 ] || usage "mbox.sh FILE"
need git
hash=$(digest <"$1")
dir=$MMVS_CACHE/variants/mbox-${hash:0:32}
new=$dir.new.$$
trap 'rm -rf "$new"' EXIT
mkdir -p "$new"
git mailsplit -b -o"$new" "$1" >/dev/null 2>&1 || die "mbox:$1: not a mailbox that git can split"
for f in "$new"/[0-9]*; do
	subject=$(sed -n '/^$/q; s/^Subject: *//p' "$f" | head -n 1)
	if [[ $subject == [Rr][Ee]:* ]] || ! grep -q '^diff --git \|^--- a/' "$f"; then continue; fi
	[[ $subject =~ \[[^]]*\ 0*([0-9]+)/[0-9]+ ]] && number=${BASH_REMATCH[1]} || number=0
	printf '%04d\t%s\n' "$number" "$dir/${f##*/}"
done >"$new/order"
rm -rf "$dir"
mv -T "$new" "$dir"
sort -s -k 1,1n "$dir/order" | cut -f 2
