# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154 # native.sh's variables
# Sourced by native.sh: the CPU and run.json of a run on the machine itself.
# shellcheck source=scripts/host-numa.sh
. "$MMVS_TOP/scripts/host-numa.sh"

# pin_cpu: CPU=, or the last isolated one, or the last that we may run on.
pin_cpu()
{
	local cpu
	cpu=$(sed 's/.*[-,]//' /sys/devices/system/cpu/isolated 2>/dev/null || true)
	export CPU=${CPU:-${cpu:-$(taskset -cp $$ | sed 's/.*[-, ]//')}}
	{ [[ $CPU =~ ^[0-9]{1,5}$ ]] && taskset -c "$CPU" true 2>/dev/null; } || die "CPU=$CPU: no CPU that we may run on"
}

# native_state: "steal ticks, all ticks, throttled times" so far.
native_state()
{
	awk '/^cpu / { print $9, $2 + $3 + $4 + $5 + $6 + $7 + $8 + $9; exit }' /proc/stat
	{ cat /sys/devices/system/cpu/cpu[0-9]*/thermal_throttle/core_throttle_count 2>/dev/null || true; } | awk '{ s += $1 } END { print s + 0 }'
}

native_host()
{
	local nodes
	nodes=$(host_numa)
	jq -n --argjson nodes "$nodes" --arg cpu "$(sed -n 's/^model name[[:space:]]*: //p' /proc/cpuinfo | head -n 1)" --arg cores "$(nproc --all)" \
		--arg memory "$(awk '/^MemTotal/ { print int($2 / 1024) }' /proc/meminfo)" \
		--arg os "$(sed -n 's/^PRETTY_NAME="\(.*\)"/\1/p' /etc/os-release 2>/dev/null)" --arg kernel "$(uname -sr)" \
		'{cpu: $cpu, cores: ($cores | tonumber), memory_mib: ($memory | tonumber), os: $os, kernel: $kernel, $nodes}'
}

# native_command: what repeats this.
native_command()
{
	local words="make bench FAMILY=$family MODE=native SEEDS=$seeds VARIANTS=\"${variants[*]}\" BASELINE=$baseline CPU=$CPU" v
	for v in CASES PERF TUNE FORCE; do [ -z "${!v:-}" ] || words+=" $v=\"${!v}\""; done
	echo "$words"
}

# native_run_json BEFORE AFTER
native_run_json()
{
	local host
	host=$(native_host)
	# shellcheck disable=SC2016 # dollars are jq's
	printf '%s\n' "${variants[@]}" | jq -Rn \
		--arg name "$name" --arg date "$(date -u +%FT%TZ)" --arg commit "$(git -C "$MMVS_TOP" rev-parse HEAD 2>/dev/null || echo unknown)" \
		--arg dirty "$(git -C "$MMVS_TOP" status --porcelain 2>/dev/null | head -n 1)" --arg command "$(native_command)" \
		--arg family "$(basename "$family")" --arg baseline "$baseline" --arg seeds "$seeds" --arg specs "$specs_list" \
		--arg mmbench "$(basename "$(dirname "$mmbench")")" --arg kernel "$kernel" --arg release "$(uname -r)" --arg version "$(uname -v)" \
		--arg cpu "$CPU" --arg tuned "$settings_list" --arg before "$1" --arg after "$2" --arg forced "${FORCE:-0}" \
		--argjson host "$host" --argjson preflight "$preflight" \
		'{private: "private anonymous memory", droppable: "MAP_DROPPABLE", shmem: "shared anonymous memory (shmem)",
		  "private-free": "private anonymous memory after MADV_FREE", "private-redirtied": "the same, written to again",
		  running: "the kernel that runs"} as $titles |
		 ($before | split("\n") | map(split(" ") | map(tonumber))) as $b | ($after | split("\n") | map(split(" ") | map(tonumber))) as $a |
		 {schema: "mmvs-run 1", name: $name, date: $date, mmvs_commit: $commit, mmvs_dirty: ($dirty != ""), command: $command,
		  family: $family, baseline: $baseline, steps: false, mode: "native", accel: "none", unit: "ns", delta_pct: 1, alpha: 0.05,
		  kernel: {version: $release, source: ("the kernel that ran: " + $version), base_commit: ""},
		  variants: [inputs | {name: ., title: $titles[.], mechanism: (if . == "running" then "" else "map=" + . end), expect: "", commit: "",
			kernel_version: $release, image_sha256: $kernel, config_sha256: "", patches: []}],
		  config_differs: [], specs: ($specs | split("\n")), seeds: [range(1; ($seeds | tonumber) + 1)],
		  aa_seeds: [range(1001; ($seeds | tonumber) + 1001)], initramfs_sha256: "", mmbench_sha256: $mmbench, qemu: "", toolchain: "",
		  host: $host, vm: {},
		  native: {cpu: ($cpu | tonumber), tuned: ($tuned | split(" ") | map(select(. != ""))), forced: ($forced == "1"),
			steal_pct: (if $a[0][1] > $b[0][1] then 100 * ($a[0][0] - $b[0][0]) / ($a[0][1] - $b[0][1]) else 0 end),
			throttled_count: ($a[1][0] - $b[1][0])},
		  preflight: $preflight}'
}
