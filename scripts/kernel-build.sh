#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Build one variant's kernel, or find it in the cache: an image is addressed by the
# tree that its patches make of the base (what their messages say is no part of it),
# config, toolchain and this recipe.
#
# Usage: kernel-build.sh FAMILY WORD [COMMIT...]
# WORD as in variant.sh; COMMITs are the bases of kernels that it is compared
# with, which have a say in its configuration (kernel-config.sh).
# KERNEL_SRC= or KERNEL= as in kernel-source.sh.  CONFIG=small (default) or another
# fragment of kernel-patches/config/ on top of it; CONFIG=host: host.config on top of the
# configuration of a machine (host-config.sh); CONFIG=shuffle: mm/ linked in another order.
# ONLY_FIRST=n builds vmlinux with the first n patches and keeps only that it builds.
# MMVS_CACHED=1 builds nothing, and prints nothing of what is not in the cache.
# Prints the image's folder: bzImage vmlinux System.map .config image.json
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
[ $# -ge 2 ] || usage "kernel-build.sh FAMILY WORD [COMMIT...]"
need git gcc ld make ccache bc bison flex lz4 jq flock

info=$("$MMVS_TOP/scripts/variant.sh" "$1" "$2")
facts=$(jq -r '.config, .name, .base, .version, .source, .patches[]' "$info")
{ IFS= read -r extra; IFS= read -r variant; IFS= read -r base; IFS= read -r version
	IFS= read -r source; mapfile -t patches; } <<<"$facts"
[ -z "${ONLY_FIRST:-}" ] || patches=("${patches[@]:0:ONLY_FIRST}")
fragment=$("$MMVS_TOP/scripts/kernel-config.sh" "$base" "${@:3}")
configs=("$fragment" ${extra:+"$extra"})
gcc=$(gcc --version | head -n 1)
ld=$(ld --version | head -n 1)
toolchain="$gcc; $ld"
host=
[ "${CONFIG:-small}" != host ] || host=$("$MMVS_TOP/scripts/host-config.sh")
KMAKE_AR=
[ "${CONFIG:-small}" != shuffle ] || KMAKE_AR=$MMVS_TOP/scripts/shuffled-ar.sh
config_hash=$({ grep -hE '^(CONFIG_|# CONFIG_)' "${configs[@]}"; [ -z "$host" ] || basename "$host"; [ -z "$KMAKE_AR" ] || cat "$KMAKE_AR"; } | digest)
commit=$("$MMVS_TOP/scripts/stack-apply.sh" "$base" "$variant" "${patches[@]}")
tree=$(git --git-dir="$MMVS_CACHE/linux.git" rev-parse "$commit^{tree}")
key=$(echo "recipe 3 $tree $config_hash $toolchain" | digest)
key=${key:0:32}
image=$MMVS_CACHE/images/$key

# There is nothing to do: the image is in the cache, or the step was built.
built()
{
	[ ! -s "$image/image.json" ] || { echo "$image"; return 0; }
	[ -n "${ONLY_FIRST:-}" ] && [ -e "$MMVS_CACHE/steps/$key" ]
}
if built || [ -n "${MMVS_CACHED:-}" ]; then exit 0; fi
lock "$MMVS_CACHE/build.lock"
# Another may have built it while this one waited.
if built; then exit 0; fi
[ "$(free_mib "$MMVS_CACHE")" -ge 2000 ] ||
	die "$MMVS_CACHE: less than 2 GB free, a build needs that; free some or set MMVS_CACHE= elsewhere"

# One object tree for all variants of a version: moving from stack to stack
# touches only the files that differ.  Kbuild rebuilds what depends on them, ccache
# answers for what was built before.
log=$MMVS_CACHE/build.log
# shellcheck source=scripts/kmake.sh
. "$MMVS_TOP/scripts/kmake.sh"
kcheckout "$commit"
obj=$MMVS_CACHE/obj/$(basename "$src" | sed 's/^src-\?//')${config_hash:0:16}

configure()
{
	local want wants lost=()
	kconfigure_once "$commit" "$toolchain" "$host" "${configs[@]}"
	wants=$(grep -hE '^(CONFIG_|# CONFIG_)' "${configs[@]}")
	while IFS= read -r want; do
		kconfig_has "$want" || lost+=("$want")
	done <<<"$wants"
	[ "${#lost[@]}" -eq 0 ] || die "Kconfig dropped options that $fragment${extra:+ and $extra} ask for: ${lost[*]} (a dependency is missing, or this kernel has another name for them: give the line in kernel-patches/config/ an alternative, 'A ? B')"
}

# watch PID: a line every 15 s, so that nobody wonders.  Its sleep ends with it: who reads
# what this script prints would wait for that, too.
watch()
{
	local start=$SECONDS total
	total=$(cat "$obj/.mmvs-steps" 2>/dev/null || echo 1500)
	while setpriv --pdeathsig TERM sleep 15 && kill -0 "$1" 2>/dev/null; do
		note "building $variant: $(grep -c '^  [A-Z]' "$log" || true) of at most $total steps, $((SECONDS - start)) s"
	done
}

start=$SECONDS
note "building the kernel of $variant ($version, ${#patches[@]} patches)"
# In the background, so that its errors end it: 'if configure' would not.
configure >"$log" 2>&1 &
if ! wait $!; then
	grep '^mmvs: error' "$log" >&2 || tail -n 20 "$log" >&2
	die "$variant: the kernel cannot be configured; $log has it all"
fi
target=bzImage
[ -z "${ONLY_FIRST:-}" ] || target=vmlinux
KMAKE_EXEC=1 kmake -j "$(nproc)" "$target" >>"$log" 2>&1 &
make_pid=$!
trap 'kill "$make_pid" ${watch_pid:+"$watch_pid"} 2>/dev/null || true' EXIT
watch "$make_pid" {MMVS_LOCK_FD}>&- &
watch_pid=$!
if ! wait "$make_pid"; then
	grep -E 'error:|Error ' "$log" | head -n 20 >&2 || tail -n 20 "$log" >&2
	die "$variant: the kernel does not build; $log has it all"
fi
kill "$watch_pid" 2>/dev/null || true
[ -s "$obj/.mmvs-steps" ] || grep -c '^  [A-Z]' "$log" >"$obj/.mmvs-steps"
if [ -n "${ONLY_FIRST:-}" ]; then
	mkdir -p "$MMVS_CACHE/steps"
	touch "$MMVS_CACHE/steps/$key"
	exit 0
fi

# payload FILE: what bzImage unpacks (Documentation/arch/x86/boot.rst: setup_sects,
# payload_offset, payload_length).
payload()
{
	local sects offset length
	sects=$(od -An -tu1 -j 497 -N 1 "$1")
	offset=$(od -An -tu4 -j 584 -N 4 "$1")
	length=$(od -An -tu4 -j 588 -N 4 "$1")
	head -c "$(((sects + 1) * 512 + offset + length))" "$1" | tail -c "$length"
}
compressed=("$obj"/arch/x86/boot/compressed/vmlinux.bin.*)
held=$(payload "$obj/arch/x86/boot/bzImage" | digest)
[ "$held" = "$(digest <"${compressed[0]}")" ] ||
	die "$variant: the bzImage does not hold the kernel that was linked; remove $obj and build again"

new=$image.new.$$
mkdir -p "$new"
cp "$obj/arch/x86/boot/bzImage" "$obj/vmlinux" "$obj/System.map" "$obj/.config" "$new/"
choices=$(jq -Rn '[inputs | capture("^#: (?<asked>.*) -> (?<chosen>.*)$")]' "$fragment")
jq -n --arg key "$key" --arg variant "$variant" --arg base "$base" --arg version "$version" \
	--arg source "$source" --arg commit "$commit" --arg toolchain "$toolchain" \
	--arg image "$(digest <"$new/bzImage")" --arg config "$(digest <"$new/.config")" \
	--argjson choices "$choices" \
	'{key: $key, variant: $variant, base_commit: $base, version: $version, source: $source,
	  commit: $commit, toolchain: $toolchain, image_sha256: $image, config_sha256: $config, choices: $choices}' >"$new/image.json"
sync -f "$new"
mv -T "$new" "$image" 2>/dev/null || { rm -rf "$image"; mv -T "$new" "$image"; }
note "built $variant in $((SECONDS - start)) s"
# What the next plan goes by.
printf '%s\t%s\t%s\n' "$version" "$variant" "$((SECONDS - start))" >>"$MMVS_CACHE/built.tsv"
echo "$image"
