#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Where the time of a kernel build goes: CPU seconds of the compiler by folder, of the
# links, and of the rest (make, shell, objtool, kallsyms, compression), from an object
# tree of its own and without ccache.  Then how many objects read a header that stacks
# change: so many are compiled anew when it changes.
#
# Usage: kernel-times.sh        (KERNEL= or KERNEL_SRC= as in kernel-source.sh)
# Prints the table; the committed one is results/reference/bench-self/kernel-times.txt.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/../scripts/lib.sh"
[ $# -eq 0 ] || usage "kernel-times.sh (KERNEL= or KERNEL_SRC= in the environment)"
need git gcc ld perl
[ -x /usr/bin/time ] || die "/usr/bin/time is missing; Debian's package 'time' has it"
"$MMVS_TOP/scripts/kernel-source.sh" >/dev/null
tmp=$(mktemp -d "${TMPDIR:-/tmp}/kernel-times.XXXXXX")
trap 'rm -rf "$tmp"' EXIT

# A cache of its own, with the same sources.
mkdir -p "$tmp/cache/bin"
git clone -q --bare --shared "$MMVS_CACHE/linux.git" "$tmp/cache/linux.git"
git --git-dir="$MMVS_CACHE/linux.git" for-each-ref --format='create %(refname) %(objectname)' |
	git --git-dir="$tmp/cache/linux.git" update-ref --stdin 2>/dev/null || true
cp -r "$MMVS_CACHE/sources" "$tmp/cache/"
# Called as the compiler (scripts/kmake.sh): what it took, and for which file.
cat >"$tmp/cache/bin/kcc" <<EOF
#!/bin/sh
for a; do [ "\$last" = -o ] && file=\$a; last=\$a; done
exec /usr/bin/time -q -a -o "$tmp/times" -f "%U\t%S\t\${file:--}" "\$@"
EOF
chmod +x "$tmp/cache/bin/kcc"
: >"$tmp/times"

start=$SECONDS
MMVS_CACHE=$tmp/cache CCACHE_DISABLE=1 /usr/bin/time -o "$tmp/all" -f '%U %S' \
	"$MMVS_TOP/scripts/kernel-build.sh" droppable swapbacked-flag >/dev/null
wall=$((SECONDS - start))

# By the first part of a path; of arch/x86 and drivers the second as well.
perl -lne '
	BEGIN { open my $all, "<", shift or die; $total += $_ for split " ", <$all> }
	my ($user, $sys, $file) = split /\t/;
	next unless $file =~ s{\.o$}{} && $file =~ s{^(\./)?}{};
	my @part = split m{/}, $file;
	my $depth = @part < 2 ? 0 : $part[0] =~ /^(arch|drivers)$/ && @part > 2 ? ($part[0] eq "arch" && @part > 3 ? 3 : 2) : 1;
	my $folder = $depth ? join("/", @part[0 .. $depth - 1]) : "(top)";
	$cpu{$folder} += $user + $sys; $n{$folder}++; $compiler += $user + $sys; $objects++;
	END {
		sub row { printf "%-28s %8s %8s %6s%%\n", $_[0], sprintf("%.1f", $_[1]), $_[2], sprintf "%.1f", 100 * $_[1] / $total }
		printf "%-28s %8s %8s %7s\n", "folder", "CPU s", "objects", "share";
		for (sort { $cpu{$b} <=> $cpu{$a} || $a cmp $b } keys %cpu) {
			if ($rows++ < 24) { row($_, $cpu{$_}, $n{$_}) } else { $rest += $cpu{$_}; $more += $n{$_} }
		}
		row("(other folders)", $rest, $more) if $more;
		row("links and all but the compiler", $total - $compiler, "");
		row("all", $total, $objects);
	}' "$tmp/all" "$tmp/times"
printf '\n%-40s %8s\n' header objects
commands=("$tmp"/cache/obj/*)
for header in include/linux/{mm_types,page-flags,mm,pgtable,huge_mm,memcontrol,swap,swapops,rmap,mm_inline}.h \
	mm/internal.h include/uapi/{asm-generic/mman-common,linux/mman}.h; do
	printf '%s\t%d\n' "$header" "$(find "${commands[@]}" -name '.*.o.cmd' -exec grep -lF -e "/$header" -e " $header" {} + | wc -l)"
done | sort -t $'\t' -k 2,2nr -k 1,1 | perl -F'\t' -lane 'printf "%-40s %8d\n", @F'
printf '\n%d s of wall time on %d cores; %s\n' "$wall" "$(nproc)" "$(gcc --version | head -n 1)"
