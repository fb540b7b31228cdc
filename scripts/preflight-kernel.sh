# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154 # preflight.sh's root, mode and us
# Sourced by preflight.sh: what of the kernel and of its memory is looked at.

check_memory()
{
	local f name free least=- of="" why="a short node falls back to others and to reclaim" thp
	thp=$(get /sys/kernel/mm/transparent_hugepage/enabled)
	if [[ $thp == *"[always]"* ]]; then say thp warn "$thp" "every mapping may get huge pages, asked for or not" "TUNE=1, or echo madvise >/sys/kernel/mm/transparent_hugepage/enabled"
	else say thp ok "${thp:-not in this kernel}" "every mapping may get huge pages, asked for or not" "-"; fi
	name=$(awk 'NR > 1 { s = s " " $1; used += $4 } END { if (s) print substr(s, 2) ", " int(used / 1024) " MiB used" }' "$root/proc/swaps" 2>/dev/null || true)
	if [ -n "$name" ]; then say swap warn "$name" "reclaim that writes to a disk measures the disk" "swapoff -a, or zram alone"
	else say swap ok none "reclaim that writes to a disk measures the disk" "-"; fi
	switch numa-balancing /proc/sys/kernel/numa_balancing 0 "it unmaps pages to see who touches them" "TUNE=1, or sysctl kernel.numa_balancing=0"
	switch ksm /sys/kernel/mm/ksm/run 0 "it merges what is alike, and runs when it likes" "TUNE=1, or echo 0 >/sys/kernel/mm/ksm/run"
	switch zswap /sys/module/zswap/parameters/enabled N "it compresses in the path of reclaim" "TUNE=1, or echo N >/sys/module/zswap/parameters/enabled"
	for f in "$root"/sys/devices/system/node/node[0-9]*/meminfo "$root/proc/meminfo"; do
		[[ -e $f && ( -z $of || $f != */proc/meminfo ) ]] || continue
		name=$(basename "$(dirname "$f")") free=$(sed -n 's/.*MemFree:[[:space:]]*\([0-9]*\) kB/\1/p' "$f" | head -n 1)
		# A node without memory (CPUs alone) is no short node.
		[[ -n $free && $(sed -n 's/.*MemTotal:[[:space:]]*\([0-9]*\) kB/\1/p' "$f" | head -n 1) != 0 ]] || continue
		of+="${of:+, }$name $((free / 1024)) MiB"
		[[ $least != - && $least -le $free ]] || least=$free
	done
	if [[ $least == - || $least -lt 524288 ]]; then say free-memory refuse "${of:-unknown}" "$why" "end what holds it, sync; echo 3 >/proc/sys/vm/drop_caches"
	elif [ "$least" -lt 2097152 ]; then say free-memory warn "$of" "$why" "echo 3 >/proc/sys/vm/drop_caches; a case takes up to 1.2 GiB"
	else say free-memory ok "$of" "$why" "-"; fi
}

check_kernel()
{
	local f n=0 bad=0 root_fs controllers
	for f in "$root"/sys/devices/system/cpu/vulnerabilities/*; do
		[ -r "$f" ] || continue
		case $(head -n 1 "$f") in Mitigation*) n=$((n + 1)) ;; Vulnerable*) bad=$((bad + 1)) ;; esac
	done
	say mitigations "$([ "$n" -eq 0 ] && echo ok || echo warn)" "$n on, $bad vulnerable" "each fault pays for them; icount's kernels have none" "mitigations=off, or compare only with figures that have them too"
	controllers=$(get /sys/fs/cgroup/cgroup.controllers) root_fs=$(awk '$2 == "/sys/fs/cgroup" { print $3 }' "$root/proc/mounts" 2>/dev/null | tail -n 1)
	if [[ " $controllers " == *" memory "* ]]; then say cgroup ok "v2 with memory" "what reclaims needs a memcg of its own" "-"
	else say cgroup warn "${root_fs:-none} without v2's memory controller" "reclaim-* and scan-* are skipped" "boot with systemd.unified_cgroup_hierarchy=1, or cgroup_no_v1=memory"; fi
	f=$(get /sys/kernel/mm/lru_gen/enabled)
	if [ $((${f:-0})) -ne 0 ] 2>/dev/null; then say mglru ok "$f" "scan-* ages and evicts through it" "-"
	else say mglru warn "${f:-not in this kernel}" "scan-* is skipped" "CONFIG_LRU_GEN=y, echo y >/sys/kernel/mm/lru_gen/enabled"; fi
	if [ -r "$root/sys/kernel/debug/lru_gen" ]; then say debugfs ok "lru_gen readable" "scan-* talks to MGLRU there" "-"
	else say debugfs warn "no /sys/kernel/debug/lru_gen for us" "scan-* is skipped" "as root: mount -t debugfs none /sys/kernel/debug"; fi
	f=$(get /proc/sys/kernel/perf_event_paranoid)
	if [ ! -d "$root/sys/bus/event_source/devices/cpu" ] && ! compgen -G "$root/sys/bus/event_source/devices/cpu_*" >/dev/null; then
		say perf warn "no PMU, paranoid ${f:--}" "cycles and misses say why ns differ" "a machine, or a VM with a vPMU"
	elif [[ $us -eq 0 || ${f:-4} -le 1 ]]; then say perf ok "PMU, paranoid ${f:--}" "cycles and misses say why ns differ" "-"
	else say perf warn "PMU, paranoid ${f:--}" "cycles and misses say why ns differ" "sysctl kernel.perf_event_paranoid=1, or run as root"; fi
	if [ "$us" -eq 0 ]; then say root ok "uid 0" "memcgs, MGLRU and folio orders are root's" "-"
	else say root warn "uid $us" "memcgs, MGLRU and folio orders are root's: those cases are skipped" "sudo make run MODE=native"; fi
}
