# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154 # run.sh's variables
# Sourced by run.sh: run.json, everything needed to repeat a run.
# shellcheck source=scripts/host-numa.sh
. "$MMVS_TOP/scripts/host-numa.sh"

# variant_json VARIANT: one element of "variants".
variant_json()
{
	jq -n --arg guest "$([ "${guests[$1]}" = "$initramfs" ] || digest <"${guests[$1]}")" \
		--slurpfile info "${infos[$1]}" --slurpfile image "${images[$1]}/image.json" \
		'$info[0] as $v | $image[0] as $i |
		 {name: $v.name, title: $v.title, mechanism: $v.mechanism, expect: $v.expect,
		  word: $v.word, kernel_version: $v.version, kernel_source: $v.source, base_commit: $v.base, fork: ($v.fork // ""),
		  commit: $i.commit, image: $i.key, image_sha256: $i.image_sha256,
		  config_sha256: $i.config_sha256, choices: ($i.choices // []),
		  patches: [$v.patches[] | split("/")[-1]]}
		 + if $guest == "" then {} else {guest_sha256: $guest} end'
}

# config_json: the options that are not set alike in all kernels, by variant.
config_json()
{
	local v

	for v in "${variants[@]}"; do
		jq -Rn --arg v "$v" '{($v): [inputs | capture("^(# )?(?<o>CONFIG_[A-Za-z0-9_]+)(=(?<v>.*)| is not set)$")
			| {key: .o, value: (.v // "n")}] | from_entries}' "${images[$v]}/.config"
	done | jq -s 'add as $all | ($all | keys_unsorted) as $names |
		[$all[] | keys_unsorted[]] | unique |
		map(. as $o | {option: $o, values: ($all | map_values(.[$o] // "absent"))} |
			select(.values | [.[]] | unique | length > 1) |
			select(.option | test("^CONFIG_(CC_|GCC_|AS_|LD_|RUSTC_|CLANG_|LLD_|PAHOLE_)?[A-Z0-9_]*(VERSION|VERSION_TEXT)$") | not))'
}

host_json()
{
	local nodes='[]'
	# Instructions do not know where they ran.
	[ "$mode" = icount ] || nodes=$(host_numa)
	jq -n --argjson nodes "$nodes" --arg cpu "$(sed -n 's/^model name[[:space:]]*: //p' /proc/cpuinfo | head -n 1)" \
		--arg cores "$(nproc)" \
		--arg memory "$(awk '/^MemTotal/ { print int($2 / 1024) }' /proc/meminfo)" \
		--arg os "$(sed -n 's/^PRETTY_NAME="\(.*\)"/\1/p' /etc/os-release)" \
		--arg kernel "$(uname -sr)" \
		'{cpu: $cpu, cores: ($cores | tonumber),
		  memory_mib: ($memory | tonumber), os: $os, kernel: $kernel} + if $nodes == [] then {} else {$nodes} end'
}

# words NAME VALUE...: "NAME=VALUE " for the command line, when set.
command_line()
{
	local words="make bench FAMILY=$family SEEDS=$seeds MODE=$mode"

	[ -z "${MMVS_LOOKS:-}" ] || words="make bench FAMILY=$family SEEDS=auto MAX_SEEDS=${MMVS_LOOKS##* } MODE=$mode"

	[ -z "${KERNEL:-}" ] || words+=" KERNEL=$KERNEL"
	[ -z "${KERNEL_SRC:-}" ] || words+=" KERNEL_SRC=\"$KERNEL_SRC\""
	[ -z "${VARIANTS:-}" ] || words+=" VARIANTS=\"$VARIANTS\""
	if [ "${STEPS:-0}" = 1 ]; then words+=" STEPS=1"
	elif [ -n "${BASELINE:-}" ]; then words+=" BASELINE=\"$BASELINE\""; fi
	[ -z "${CASES:-}" ] || words+=" CASES=\"$CASES\""
	[ "${CONFIG:-small}" = small ] || words+=" CONFIG=$CONFIG"
	[ "${PERF:-auto}" = auto ] || words+=" PERF=$PERF"
	echo "$words"
}

write_run_json()
{
	local unit=insn accel=tcg nodes memory cpus host differs

	host=$(host_json)
	differs=$(config_json)
	[ "$mode" = icount ] || unit=ns
	[ "$mode" != kvm ] || accel=kvm
	nodes=${VM_NUMA:-1}
	topology "${nodes/#host/1}" "${VM_MEMORY:-1G}" "${VM_CPUS:-1}"
	for v in "${variants[@]}"; do variant_json "$v"; done | jq -s \
		--arg name "$name" --arg date "$(date -u +%FT%TZ)" \
		--arg commit "$(git -C "$MMVS_TOP" rev-parse HEAD 2>/dev/null || echo unknown)" \
		--arg dirty "$(git -C "$MMVS_TOP" status --porcelain 2>/dev/null | head -n 1)" \
		--arg command "$(command_line)" --arg family "$(basename "$family")" --arg baseline "$baseline" \
		--arg steps "${STEPS:-0}" --arg mode "$mode" --arg accel "$accel" --arg unit "$unit" \
		--arg seeds "$seeds" --arg looks "${MMVS_LOOKS:-}" --arg specs "$(printf '%s\n' "${specs[@]}")" \
		--arg initramfs "$(digest <"$initramfs")" --arg mmbench "$(digest <"$mmbench")" \
		--arg qemu "$qemu" --arg memory "$memory" --arg cpus "$cpus" --arg nodes "$nodes" \
		--slurpfile image "${images[$baseline]}/image.json" --argjson host "$host" \
		--argjson config "$differs" --argjson preflight "${preflight:-null}" \
		'{schema: "mmvs-run 1", name: $name, date: $date, mmvs_commit: $commit,
		  mmvs_dirty: ($dirty != ""), command: $command, family: $family,
		  baseline: $baseline, steps: ($steps == "1"), mode: $mode, accel: $accel, unit: $unit,
		  delta_pct: 1, alpha: 0.05,
		  kernel: {version: $image[0].version, source: $image[0].source,
			   base_commit: $image[0].base_commit},
		  variants: ., config_differs: $config, specs: ($specs | split("\n")),
		  seeds: [range(1; ($seeds | tonumber) + 1)],
		  aa_seeds: [range(1001; ($seeds | tonumber) + 1001)],
		  initramfs_sha256: $initramfs, mmbench_sha256: $mmbench, qemu: $qemu,
		  toolchain: $image[0].toolchain, host: $host,
		  vm: {memory: $memory, cpus: ($cpus | tonumber), nodes: (try ($nodes | tonumber) catch $nodes)}}
		 | if $preflight == null then . else . + {preflight: $preflight} end
		 | ($looks | split(" ")) as $at | if $looks == "" then . else
			. + {alpha: (.alpha / ($at | length)), looks: ($at | length), look: (($at | index($seeds)) + 1)} end'
}
