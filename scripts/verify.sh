#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Does a bundle say what its samples say?  Hashes, then the tables made again from the
# raw samples and compared with those in it.  Nothing out of it is run.
#
# Usage: verify.sh BUNDLE       a file that bundle.sh made, anybody's
# Exit 1 when it does not agree.  The hashes in it are its own: they show damage, not
# who made it; for that compare the hash of the file, which is printed.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
[ $# -eq 1 ] || usage "verify.sh BUNDLE"
need zstd sha256sum
[ -f "$1" ] || die "BUNDLE=$1: no such file"
make -s -C "$MMVS_TOP/bench/host" O="$MMVS_TOP/build/host" >&2
mmcompare=$MMVS_TOP/build/host/mmcompare
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/run" "$work/again"
# mmcompare takes plain files of plain names and bounded size, and ends at anything else.
zstd -q -dc --memory=128MB -- "$1" | "$mmcompare" --unpack "$work/run" ||
	die "$1: not a bundle that can be read (above is why)"
cd "$work/run"
[ -s manifest.sha256 ] || die "$1: no manifest.sha256 in it"
grep -vqE '^[0-9a-f]{64}  [A-Za-z0-9[][][A-Za-z0-9._+@=,/-]*$' manifest.sha256 &&
	die "$1: manifest.sha256 has a line that is not a hash and a name"
listed=$(cut -c 67- manifest.sha256 | sort)
found=$(find . -type f -printf '%P\n' | grep -vx manifest.sha256 | sort)
[ "$listed" = "$found" ] || {
	{ diff <(echo "$listed") <(echo "$found") || true; } | head -n 10 >&2
	die "$1: its manifest names other files than it has (< only the manifest, > only the files)"
}
sha256sum --check --quiet --strict manifest.sha256 >&2 || die "$1: files are damaged (above is which)"
count=$(wc -l <manifest.sha256)
"$mmcompare" "$work/run" --to "$work/again" >/dev/null || die "$1: mmcompare makes no tables of its samples (above is why)"
differ=()
for f in values.tsv compare.tsv mail.txt; do
	cmp -s "$f" "$work/again/$f" && continue
	differ+=("$f")
	{ diff -u --label "$f in the bundle" --label "$f from its samples" "$f" "$work/again/$f" || true; } | head -n 12 | cat -v >&2
done
sha256sum "$1" | cat -v
[ "${#differ[@]}" -eq 0 ] || die "$1: $count hashes agree, but not what its samples say with ${differ[*]} (above is how it differs)"
echo "$count files have their hashes; values.tsv, compare.tsv and mail.txt are what its samples say"
