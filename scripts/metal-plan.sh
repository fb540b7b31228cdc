#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# The plan of MODE=metal: kernels, cases and the order of boots, in one folder that needs
# neither mmvs nor a compiler where it is carried out (metal-boot.sh).
#
# Usage: metal-plan.sh FAMILY DIR           (metal.sh calls it; variables as in run.sh)
# DIR/boots.tsv      boot, variant, seed: blocks that hold each variant and A/A once, each
#                    block in random order
# DIR/variants.tsv   variant, sha256 of the image, sha256 of /sys/kernel/notes under it
# DIR/{plan.conf,specs,plan.json,images/,tree/,mmbench}   what else the machine needs
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
[ $# -eq 2 ] || usage "metal-plan.sh FAMILY DIR"
need jq objcopy shuf git
family=$1 dir=$2 mode=metal seeds=${SEEDS:-5} scripts=$MMVS_TOP/scripts
[[ $seeds =~ ^[1-9][0-9]{0,2}$ ]] || die "SEEDS=$seeds: MODE=metal takes a number from 1 to 999: a seed is a boot of each variant"
[[ ${PERF:-auto} =~ ^(auto|on|off)$ ]] || die "PERF=$PERF: use auto, on or off"
[[ -z ${CPU:-} || $CPU =~ ^[0-9]{1,5}$ ]] || die "CPU=$CPU: the number of a CPU"
[[ ${METAL_LIMIT:-} =~ ^([1-9][0-9]{1,5})?$ ]] || die "METAL_LIMIT=$METAL_LIMIT: seconds that a boot may take, 10 or more"
run_words "$family"
"$scripts/images.sh" --resolve "$family" "${words[@]}"
initramfs=$("$scripts/initramfs.sh")
mmbench=$(dirname "$initramfs")/mmbench
picked=$(specs_of "$mmbench" "$family" "${CASES:-}")
mapfile -t specs <<<"$picked"
"$mmbench" --check-specs "${specs[@]}" || die "CASES=${CASES:-quick}: not measured (above is why)"
table=$("$scripts/images.sh" "$family" "${words[@]}")

new=$dir.new.$$
trap 'rm -rf "$new"' EXIT
mkdir -p "$new"/{images,tree,boots,run}
declare -A images infos guests
variants=()
while IFS=$'\t' read -r word v image info; do
	variants+=("$v")
	# shellcheck disable=SC2034 # run-json.sh's
	images[$v]=$image infos[$v]=$info guests[$v]=$initramfs
	[ "$word" != "$baseline_word" ] || baseline=$v
	lacks=$(grep -hE '^CONFIG_' "$MMVS_TOP/kernel-patches/config/host.config" | grep -vxFf "$image/.config" | paste -sd ' ' || true)
	[ -z "$lacks" ] || die "$v: its kernel might boot nowhere but in our guests, it lacks $lacks; use CONFIG=host"
	cp "$image/bzImage" "$new/images/$v"
	# What identifies a kernel that runs is what its linker wrote into it: the build-id.
	notes=$(objcopy -O binary --only-section=.notes "$image/vmlinux" /dev/stdout | digest)
	printf '%s\t%s\t%s\n' "$v" "$(digest <"$image/bzImage")" "$notes" >>"$new/variants.tsv"
done <<<"$table"
same=$(cut -f 3 "$new/variants.tsv" | sort | uniq -d)
[ -z "$same" ] || die "two of ${variants[*]} have one build-id: the machine could not tell them apart; leave one out"

boots()
{
	local seed v
	for ((seed = 1; seed <= seeds; seed++)); do
		{ for v in "${variants[@]}"; do printf '%s\t%s\n' "$v" "$seed"; done
			printf '%s\t%s\n' "$baseline" $((seed + 1000)); } | shuf
	done
}
boots | awk '{ print NR "\t" $0 }' >"$new/boots.tsv"
printf '%s\n' "${specs[@]}" >"$new/specs"
cp "$mmbench" "$new/mmbench"
cp -r "$scripts" "$new/tree/scripts"
"$scripts/criteria.sh" "$family" >"$new/run/criteria"
qemu='' name=$(basename "$dir")
# shellcheck source=scripts/machine.sh
. "$scripts/machine.sh"
# shellcheck source=scripts/run-json.sh
. "$scripts/run-json.sh"
write_run_json | jq '. + {accel: "none", qemu: "", initramfs_sha256: "", vm: {}}' >"$new/plan.json"
cat >"$new/plan.conf" <<END
# What metal-boot.sh goes by; the plan is what it was when it was made.
name = $name
id = $(cat "$new/boots.tsv" "$new/variants.tsv" "$new/specs" | digest | cut -c 1-16)
cpu = ${CPU:-}
tune = ${TUNE:-0}
force = ${FORCE:-0}
perf = ${PERF:-auto}
# seconds: until a boot that does not end is ended; at rest before the first cell; in
# which a person can stop the next boot
limit = ${METAL_LIMIT:-$((900 + 60 * ${#specs[@]}))}
rest = ${METAL_REST:-10}
wait = ${METAL_WAIT:-20}
# words for the kernels' command line
append = ${METAL_APPEND:-}
END
mkdir -p "$(dirname "$dir")"
replace "$dir" "$new"
