#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Where the time of a kernel build goes, by folder: CPU seconds of the compiler and of
# the linker, without ccache.
#
# Usage: kernel-times.sh [FILE]     the table, on standard output and in FILE
# Builds the base kernel in an object tree of its own; some minutes on two cores.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/../scripts/lib.sh"
[ $# -le 1 ] || usage "kernel-times.sh [FILE]"
need git gcc ld make time awk jq bc bison flex lz4
scripts=$MMVS_TOP/scripts
tmp=$(mktemp -d)
trap 'rm -rf "$tmp" "${obj:-$tmp}"' EXIT
info=$("$scripts/variant.sh" droppable swapbacked-flag)
base=$(jq -r .base "$info")
fragment=$("$scripts/kernel-config.sh" "$base")
lock "$MMVS_CACHE/build.lock"
# shellcheck source=scripts/kmake.sh
. "$scripts/kmake.sh"
kcheckout "$base"
obj=$MMVS_CACHE/obj/times.$$
note "building $base without ccache, for its times"
kconfigure "$fragment" >"$tmp/log" 2>&1 || { tail -n 5 "$tmp/log" >&2; die "the kernel cannot be configured"; }

# Each call of the compiler and the linker, with what it made and the CPU time of it.
cat >"$tmp/timed" <<'END'
#!/bin/sh
made=
for word; do [ "$last" != -o ] || made=$word; last=$word; done
exec time -a -o "$MMVS_TIMES" -f "%U %S $(basename "$1") $made" "$@"
END
chmod +x "$tmp/timed"
export MMVS_TIMES=$tmp/times
start=$SECONDS
kmake -j "$(nproc)" "CC=$tmp/timed gcc" "LD=$tmp/timed ld" bzImage >"$tmp/log" 2>&1 ||
	{ tail -n 5 "$tmp/log" >&2; die "the kernel does not build"; }
took=$((SECONDS - start))

table()
{
	printf '# tests/kernel-times.sh: CPU seconds of gcc and ld, %s, %s\n' "$(nproc) cores" "$(gcc --version | head -n 1)"
	printf '# %s with small.config; %s s of wall time, all else (make, objtool, host tools) is not in the table\n' "$base" "$took"
	awk '
		$3 == "ld" && $4 ~ /vmlinux/ { n["the link of vmlinux"]++; s["the link of vmlinux"] += $1 + $2; next }
		$4 !~ /\.o$/ { n["probes of Kbuild"]++; s["probes of Kbuild"] += $1 + $2; next }
		{ where = $4; if (!sub("/.*", "", where)) where = "."; n[where]++; s[where] += $1 + $2 }
		END { for (w in n) { printf "%s\t%d\t%.1f\n", w, n[w], s[w]; all += n[w]; sum += s[w] }
			printf "all\t%d\t%.1f\n", all, sum }' "$MMVS_TIMES" | sort -t $'\t' -k 3,3nr |
		awk -F '\t' 'BEGIN { print "folder\tcalls\tcpu_s\tshare_pct" }
			$1 == "all" { all = $3 } { printf "%s\t%d\t%.1f\t%.1f\n", $1, $2, $3, all ? 100 * $3 / all : 0 }'
}
table >"$tmp/table"
[ $# -eq 0 ] || cp "$tmp/table" "$1"
cat "$tmp/table"
