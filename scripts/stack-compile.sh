#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Compile parts of one commit of the kernel tree, in object trees of their own,
# and keep what the tools said.
#
# Usage: stack-compile.sh warn COMMIT FILE.c...
#        stack-compile.sh arm64 COMMIT
# warn: the files with W=1, then sparse; writes warnings.tsv ("tool file line
# text"), unbuilt (files that are not part of this configuration) and
# figures.tsv (scripts/stack-probe.c).  arm64: mm/, fs/proc/ and arch/arm64/mm/
# with Debian's cross compiler; writes errors.tsv.
# Prints the folder, addressed by its content; a second call answers from there.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
[ $# -ge 2 ] || usage "stack-compile.sh warn|arm64 COMMIT [FILE.c...]"
what=$1 commit=$2
shift 2
# The stack's base, whose tree has the same Kconfig or more.
config=$(CONFIG=small "$MMVS_TOP/scripts/kernel-config.sh" "$commit")
case $what in
warn)
	arch=x86_64 cross='' targets=("${@/%.c/.o}")
	need gcc ccache sparse nm flock ;;
arm64)
	arch=arm64 cross=aarch64-linux-gnu- targets=(mm/ fs/proc/ arch/arm64/mm/)
	need "${cross}gcc" ccache flock ;;
*) usage "stack-compile.sh warn|arm64 COMMIT [FILE.c...]" ;;
esac
key=$({
	git --git-dir="$MMVS_CACHE/linux.git" rev-parse "$commit^{tree}"
	cat "$0" "$MMVS_TOP/scripts/stack-probe.c" "$config"
	"${cross}gcc" --version
	[ "$what" != warn ] || sparse --version
	printf '%s\n' "${targets[@]}"
} 2>&1 | digest)
out=$MMVS_CACHE/static/${key:0:32}
if [ -d "$out" ]; then
	echo "$out"
	exit 0
fi

lock "$MMVS_CACHE/build.lock"
# shellcheck source=scripts/kmake.sh
. "$MMVS_TOP/scripts/kmake.sh"
kcheckout "$commit"
obj=$MMVS_CACHE/obj/$(basename "$src" | sed 's/^src-\?//')static-$arch
new=$out.new.$$
trap 'rm -rf "$new" "$src/mm/mmvs_probe.c"' EXIT
mkdir -p "$new" "$obj"

configure()
{
	kmake -s allnoconfig
	"$src/scripts/kconfig/merge_config.sh" -m -O "$obj" "$obj/.config" "$config"
	kmake -s olddefconfig
	kmake -s -j "$(nproc)" W=1 prepare
}

# said TOOL LOG: "tool file line text" of each warning and error.
said()
{
	sed -E "s@^($src/|(\.\./)+src/|\./)@@" "$2" | awk -v tool="$1" '
		match($0, /^[^ :]+:[0-9]+:[0-9]+: (fatal )?(warning|error): /) {
			split($0, at, ":")
			text = substr($0, RSTART + RLENGTH)
			gsub(/\t/, " ", text)
			print tool "\t" at[1] "\t" at[2] "\t" text
		}' | sort -u
}

# probe: sizes of the arrays of stack-probe.c, as the kernel's compiler sees them.
probe()
{
	cp "$MMVS_TOP/scripts/stack-probe.c" "$src/mm/mmvs_probe.c"
	rm -f "$obj/mm/mmvs_probe.o"
	kmake -s W=1 mm/mmvs_probe.o >"$new/probe.log" 2>&1 ||
		die "scripts/stack-probe.c does not compile in ${commit:0:12}: $(grep -m 1 error: "$new/probe.log")"
	nm -t d -S "$obj/mm/mmvs_probe.o" | awk '$4 ~ /^mmvs_/ { print substr($4, 6) "\t" $2 - 1 }' | sort >"$new/figures.tsv"
	[ -s "$new/figures.tsv" ] || die "no figure in $obj/mm/mmvs_probe.o"
}

note "compiling ${targets[*]:0:4}${targets[4]:+ ...} of ${commit:0:12} ($what)"
configure >"$new/configure.log" 2>&1 ||
	die "$commit cannot be prepared for $arch: $(grep -E -m 1 'error:|Error|\*\*\*' "$new/configure.log" || tail -n 1 "$new/configure.log")"
if [ "$what" = arm64 ]; then
	kmake -k -j "$(nproc)" "${targets[@]}" >"$new/log" 2>&1 || touch "$new/failed"
	said gcc "$new/log" >"$new/errors.tsv"
else
	# make is silent about what is up to date: compile anew, ccache helps.
	for t in "${targets[@]}"; do rm -f "$obj/$t"; done
	kmake -k -j "$(nproc)" W=1 "${targets[@]}" >"$new/w1.log" 2>&1 || true
	for t in "${targets[@]}"; do [ -e "$obj/$t" ] || echo "${t%.o}.c"; done >"$new/unbuilt"
	[ -e "$obj/mm/memory.o" ] || die "mm/memory.c of ${commit:0:12} does not compile: $(grep -E -m 1 'error|\*\*\*' "$new/w1.log")"
	built=()
	for t in "${targets[@]}"; do [ ! -e "$obj/$t" ] || built+=("$t"); done
	[ "${#built[@]}" -eq 0 ] ||
		kmake -k -j "$(nproc)" W=1 C=2 CHECK=sparse "${built[@]}" >"$new/sparse.log" 2>&1 || true
	touch "$new/sparse.log"
	{ said W=1 "$new/w1.log"; said sparse "$new/sparse.log"; } >"$new/warnings.tsv"
	probe
fi
mv -T "$new" "$out" 2>/dev/null || true
echo "$out"
