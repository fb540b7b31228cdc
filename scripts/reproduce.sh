#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Measure again what a bundle holds, and compare sample by sample.
#
# Usage: reproduce.sh BUNDLE        RUN=name, JOBS=cores; TRUST=1: build its own patches
# Only icount repeats to the byte.  The stacks are those of this tree, if they are the
# bundle's.  Others are built with TRUST=1 alone: a patch to a kernel can change its
# Makefiles, and so what runs here while it is built.  Nothing else out of it is used
# but the names of cases, variants and seeds.
# Exit 1 when a sample differs.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
[ $# -eq 1 ] || usage "reproduce.sh BUNDLE"
need zstd jq cmp
scripts=$MMVS_TOP/scripts bundle=$1
"$scripts/verify.sh" "$bundle" >&2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/run"
zstd -q -dc --memory=128MB -- "$bundle" | "$MMVS_TOP/build/host/mmcompare" --unpack "$work/run"
theirs=$work/run/run.json

# fact PATH: of run.json, one line of plain characters.
fact() { jq -r "$1 // empty" "$theirs" | head -n 1 | tr -cd '[:print:]'; }

mode=$(fact .mode)
family=$(fact .family)
# shellcheck disable=SC2016 # jq's
baseline=$(fact '.baseline as $b | .variants[] | select(.name == $b).word')
version=$(fact .kernel.version)
nodes=$(fact .vm.nodes)
[ "$mode" = icount ] || die "$bundle: measured with MODE=$mode, and time never repeats to the byte; measure here and compare with 'mmcompare A B'"
[[ $family =~ ^[A-Za-z0-9][A-Za-z0-9._-]*$ ]] || die "$bundle: its family has no plain name"
[[ $version =~ ^[0-9]+\.[0-9]+ ]] || die "$bundle: its kernel has no version"
release=${BASH_REMATCH[0]}
[[ $nodes =~ ^[1-9]$ ]] || die "$bundle: measured with VM_NUMA=$nodes, which is not repeated here"
lines names jq -r '.variants[].word' "$theirs"
# shellcheck disable=SC2154 # lines() fills it
for v in "${names[@]}"; do
	[[ $v =~ ^(kernel:[0-9.]+|[A-Za-z0-9][A-Za-z0-9._-]*)$ ]] ||
		die "$bundle: the variant '$(tr -cd '[:print:]' <<<"$v")' is neither a stack nor a release; its commits are not in the bundle"
done
count=$(jq '.seeds | length' "$theirs")
jq -e '.seeds == [range(1; (.seeds | length) + 1)] and (.steps | not)' "$theirs" >/dev/null ||
	die "$bundle: its seeds are not 1, 2, ..., or its variants are the patches of a series"

# stacks DIR: patches and configuration of each variant, one after the other.
stacks()
{
	local v file files
	for v in "${names[@]}"; do
		[[ $v != *:* && -f $1/$v/series ]] || continue
		echo "== $v"
		lines files sed '/^#/d; /^$/d' "$1/$v/series"
		files+=("$(conf "$1/$v/variant.conf" config)")
		for file in "${files[@]}"; do
			[[ $1 != "$work"/* || $file =~ ^([A-Za-z0-9][A-Za-z0-9._-]*)?$ ]] || die "$bundle: $v names a file elsewhere"
			[ -z "$file" ] || cat "$1/$v/$file"
		done
	done
}
ours=$MMVS_TOP/kernel-patches/$family
stacks "$work/run/stacks" >"$work/theirs"
{ stacks "$ours" 2>/dev/null || true; } >"$work/ours"
if ! cmp -s "$work/theirs" "$work/ours"; then
	[ "${TRUST:-0}" = 1 ] || die "$bundle: its stacks are not those of kernel-patches/$family here.  'git checkout $(fact .mmvs_commit)' has them, if they are of this project; TRUST=1 builds those of the bundle, which you have read: a patch can change what runs here during a build"
	family=$work/run/stacks
fi

export VARIANTS="${names[*]}" BASELINE=$baseline SEEDS=$count MODE=icount FRESH=1 VM_NUMA=$nodes
export RUN=${RUN:-reproduce-$(fact .name)}
CASES=$(jq -r '.specs | join(" ")' "$theirs" | tr -cd '[:print:]')
export CASES
[ -n "${KERNEL_SRC:-}${KERNEL:-}" ] || export KERNEL=$release
again=$("$scripts/run.sh" "$family") || [ -n "$again" ] || exit 1

# What may explain a difference.
for at in .kernel.base_commit .toolchain .qemu .initramfs_sha256 .mmbench_sha256; do
	here=$(jq -r "$at // empty" "$again/run.json")
	there=$(fact "$at")
	[ "$here" = "$there" ] || note "not the same: ${at#.} $there in the bundle, $here here"
done
differ=()
lines found find "$work/run/cells" -name samples.tsv -printf 'cells/%P\n'
# shellcheck disable=SC2154
cells=${#found[@]}
[ "$cells" -gt 0 ] || die "$bundle: no samples in it"
for f in "${found[@]}"; do
	cmp -s "$work/run/$f" "$again/$f" || differ+=("$f")
done
if [ "${#differ[@]}" -gt 0 ]; then
	printf '%s\n' "${differ[@]:0:10}" | sed 's/^/mmvs: differs: /' >&2
	die "$((cells - ${#differ[@]})) of $cells cells repeat to the byte, ${#differ[@]} do not; $again has what was measured here"
fi
echo "$cells cells repeat to the byte; measured here: $again"
