#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# What gcc -fanalyzer says of bench/guest, bench/host and bench/plugin, but for what
# tests/analyze.known lists with its reason.  A line of that list that gcc no longer finds
# is an error, too.
#
# Usage: analyze.sh
# Exit 0: nothing new, 1: findings, on standard output, 77: not the gcc of the list.
set -euo pipefail
export LC_ALL=C
top=$(cd "$(dirname "$0")/.." && pwd)
known=${ANALYZE_KNOWN:-$top/tests/analyze.known}
# "# gcc 12": analyzers of other releases find other things.
want=$(sed -n 's/^# gcc //p' "$known")
have=$(gcc -dumpversion)
if [ "${have%%.*}" != "$want" ]; then
	echo "the list is of gcc $want, this is $have"
	exit 77
fi
dirs=("$top"/bench/{guest,host,plugin})
[ -z "${ANALYZE_DIR:-}" ] || dirs=("$ANALYZE_DIR")
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
shopt -s nullglob
cache=${MMVS_CACHE:-${XDG_CACHE_HOME:-${HOME:-$out}/.cache}/mmvs}
awk -f "$top/bench/guest/workloads.awk" "$top"/bench/workloads/*.conf >"$out/workloads.h"
# What gcc has said of the same code ccache says again, so its options are the same in any
# checkout: the header that is made lies where its content says.
made=$(sha256sum <"$out/workloads.h" | cut -c 1-16)
made=$cache/analyze/$made
mkdir -p "$made"
mv "$out/workloads.h" "$made/"
export CCACHE_DIR=$cache/ccache CCACHE_MAXSIZE=8G CCACHE_NOHASHDIR=1
read -ra libs <<<"$(pkg-config --cflags gsl jansson)"
# Without -O: what gcc has optimized away it does not look at.
export flags="-std=gnu11 -O0 -D_GNU_SOURCE -iquote . -iquote $made ${libs[*]} -fanalyzer -fdiagnostics-plain-output -c" out
export compiler=gcc
! command -v ccache >/dev/null || compiler="ccache gcc"

# shellcheck disable=SC2317 # xargs calls it
# analyze FILE: its findings, in a file of their own.
analyze()
{
	local words said=$out/${PWD##*/}-${1//\//-}
	read -ra words <<<"$compiler $flags"
	"${words[@]}" "$1" -o "$said.o" 2>"$said" || { echo "$1: gcc fails"; return 1; }
}
export -f analyze
failed=0
for dir in "${dirs[@]}"; do
	cd "$dir"
	# shellcheck disable=SC2016 # the inner shell's
	printf '%s\0' *.c */*.c */lib/*.c | xargs -0 -P "$(nproc)" -I {} bash -c 'analyze "$1"' - {} || failed=1
done
cat "$out"/*.c >"$out/all"
# "FILE FUNCTION WARNING" of each finding; the whole line stays behind it.
awk '/: In function / { fn = $NF; gsub(/[^A-Za-z0-9_]/, "", fn) }
	/: warning: / { file = $1; sub(/:.*/, "", file)
		what = $NF; gsub(/[][]/, "", what); sub(/^-W(analyzer-)?/, "", what)
		print file " " fn " " what "\t" $0 }' "$out/all" >"$out/found"
awk '!/^#/ && NF { print $1 " " $2 " " $3 }' "$known" >"$out/known"
awk -F '\t' 'FILENAME == ARGV[1] { known[$1]; next } !($1 in known) { print $2; bad = 1 } END { exit bad }' \
	"$out/known" "$out/found" || failed=1
awk -F '\t' 'FILENAME == ARGV[1] { found[$1]; next } !($1 in found) { print "analyze.known: not found any more: " $1; bad = 1 } END { exit bad }' \
	"$out/found" "$out/known" || failed=1
exit "$failed"
