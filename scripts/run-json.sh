# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154 # run.sh's variables
# Sourced by run.sh: run.json, everything needed to repeat a run.

# variant_json VARIANT: one element of "variants".
variant_json()
{
	local dir=$MMVS_TOP/kernel-patches/$family/$1

	patches_of "$family" "$1" | while IFS= read -r p; do basename "$p"; done |
		jq -R . | jq -s --arg name "$1" --arg title "$(conf "$dir/variant.conf" title)" \
		--arg mechanism "$(conf "$dir/variant.conf" mechanism)" \
		--arg expect "$(conf "$dir/variant.conf" expect)" \
		--arg guest "$([ "${guests[$1]}" = "$initramfs" ] || digest <"${guests[$1]}")" \
		--slurpfile image "${images[$1]}/image.json" \
		'{name: $name, title: $title, mechanism: $mechanism, expect: $expect,
		  commit: $image[0].commit, image: $image[0].key,
		  image_sha256: $image[0].image_sha256,
		  config_sha256: $image[0].config_sha256, patches: .}
		 + if $guest == "" then {} else {guest_sha256: $guest} end'
}

host_json()
{
	jq -n --arg cpu "$(sed -n 's/^model name[[:space:]]*: //p' /proc/cpuinfo | head -n 1)" \
		--arg cores "$(nproc)" \
		--arg memory "$(awk '/^MemTotal/ { print int($2 / 1024) }' /proc/meminfo)" \
		--arg os "$(sed -n 's/^PRETTY_NAME="\(.*\)"/\1/p' /etc/os-release)" \
		--arg kernel "$(uname -sr)" \
		'{cpu: $cpu, cores: ($cores | tonumber),
		  memory_mib: ($memory | tonumber), os: $os, kernel: $kernel}'
}

# words NAME VALUE...: "NAME=VALUE " for the command line, when set.
command_line()
{
	local words="make bench FAMILY=$family SEEDS=$seeds MODE=$mode"

	[ -z "${VARIANTS:-}" ] || words+=" VARIANTS=\"$VARIANTS\""
	[ -z "${CASES:-}" ] || words+=" CASES=\"$CASES\""
	[ "${PERF:-auto}" = auto ] || words+=" PERF=$PERF"
	echo "$words"
}

write_run_json()
{
	local unit=insn accel=tcg

	[ "$mode" = icount ] || { unit=ns accel=kvm; }
	for v in "${variants[@]}"; do variant_json "$v"; done | jq -s \
		--arg name "$name" --arg date "$(date -u +%FT%TZ)" \
		--arg commit "$(git -C "$MMVS_TOP" rev-parse HEAD 2>/dev/null || echo unknown)" \
		--arg dirty "$(git -C "$MMVS_TOP" status --porcelain 2>/dev/null | head -n 1)" \
		--arg command "$(command_line)" --arg family "$family" --arg baseline "$baseline" \
		--arg mode "$mode" --arg accel "$accel" --arg unit "$unit" \
		--arg seeds "$seeds" --arg specs "$(printf '%s\n' "${specs[@]}")" \
		--arg initramfs "$(digest <"$initramfs")" --arg mmbench "$(digest <"$mmbench")" \
		--arg qemu "$qemu" --arg memory "${VM_MEMORY:-1G}" --arg cpus "${VM_CPUS:-1}" --arg nodes "${VM_NUMA:-1}" \
		--slurpfile image "${images[$baseline]}/image.json" --argjson host "$(host_json)" \
		'{schema: "mmvs-run 1", name: $name, date: $date, mmvs_commit: $commit,
		  mmvs_dirty: ($dirty != ""), command: $command, family: $family,
		  baseline: $baseline, mode: $mode, accel: $accel, unit: $unit,
		  delta_pct: 1, alpha: 0.05,
		  kernel: {version: $image[0].version, source: $image[0].source,
			   base_commit: $image[0].base_commit},
		  variants: ., specs: ($specs | split("\n")),
		  seeds: [range(1; ($seeds | tonumber) + 1)],
		  aa_seeds: [range(1001; ($seeds | tonumber) + 1001)],
		  initramfs_sha256: $initramfs, mmbench_sha256: $mmbench, qemu: $qemu,
		  toolchain: $image[0].toolchain, host: $host,
		  vm: {memory: $memory, cpus: ($cpus | tonumber), nodes: ($nodes | tonumber)}}'
}
