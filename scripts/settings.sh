#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Settings of the machine that a native run may change, and their way back: a guard of
# its own session waits until the last process of the run has gone, however it went
# (kill -9 too), and then puts back what differs.
#
# Usage: settings.sh guard STATE      (native.sh starts it; waits for the end of its input)
#        settings.sh restore STATE
# STATE: a line "file<TAB>value" each, first "boot<TAB>id": after a reboot there is
# nothing to put back.  The run, all that it starts and the guard hold a lock on it, so
# one that can be locked is of a run that was killed with its guard.
# PREFLIGHT_ROOT: where /proc and /sys are (for tests).
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
settings_root=${PREFLIGHT_ROOT:-}

# What mmbench's cases set on the machine that runs them; each restores it, but not
# when it is killed.
settings_watched=(/sys/kernel/mm/transparent_hugepage/enabled /sys/kernel/mm/transparent_hugepage/hugepages-*/enabled
	/sys/kernel/mm/lru_gen/enabled /proc/sys/vm/nr_hugepages /sys/devices/system/node/node*/hugepages/hugepages-*/nr_hugepages
	/proc/sys/vm/overcommit_memory /proc/sys/vm/watermark_scale_factor /proc/sys/vm/swappiness /proc/sys/vm/munmap_dead_min_bytes
	/proc/sys/kernel/numa_balancing /proc/sys/kernel/printk /sys/kernel/mm/ksm/run /sys/module/zswap/parameters/enabled
	/sys/devices/system/cpu/intel_pstate/no_turbo /sys/devices/system/cpu/cpufreq/boost /sys/devices/system/cpu/cpu*/cpufreq/scaling_governor)
# What TUNE=1 sets, where it says something else.
settings_tuned=(/sys/kernel/mm/transparent_hugepage/enabled=madvise /proc/sys/kernel/numa_balancing=0 /sys/kernel/mm/ksm/run=0
	/sys/module/zswap/parameters/enabled=N /sys/devices/system/cpu/intel_pstate/no_turbo=1 /sys/devices/system/cpu/cpufreq/boost=0
	'/sys/devices/system/cpu/cpu*/cpufreq/scaling_governor=performance')

# setting FILE: what it says; the word in brackets where it lists them.
setting()
{
	sed -n '1 { s/.*\[\(.*\)\].*/\1/; p }' "$1" 2>/dev/null
}

# snapshot STATE: what all of them say now.
snapshot()
{
	local pattern f

	printf 'boot\t%s\n' "$(cat "$settings_root/proc/sys/kernel/random/boot_id" 2>/dev/null || echo none)" >"$1.new"
	for pattern in "${settings_watched[@]}"; do
		for f in "$settings_root"$pattern; do
			[ ! -r "$f" ] || printf '%s\t%s\n' "$f" "$(setting "$f")" >>"$1.new"
		done
	done
	[[ " $(cat "$settings_root/sys/fs/cgroup/cgroup.subtree_control" 2>/dev/null || true) " == *" memory "* || ! -d $settings_root/sys/fs/cgroup ]] ||
		printf 'memcg\t-memory\n' >>"$1.new"
	mv "$1.new" "$1"
}

# restore STATE: put back what differs, say what; drop our memcgs.
restore()
{
	local f value group=$settings_root/sys/fs/cgroup/mmvs kept="" boot

	boot=$(cat "$settings_root/proc/sys/kernel/random/boot_id" 2>/dev/null || echo none)
	while IFS=$'\t' read -r f value; do
		case $f in
		boot) [ "$value" = "$boot" ] || break ;;
		memcg)
			[ ! -d "$group" ] || rmdir "$group"/* "$group" 2>/dev/null || true
			[ ! -w "$settings_root/sys/fs/cgroup/cgroup.subtree_control" ] ||
				echo "$value" 2>/dev/null >"$settings_root/sys/fs/cgroup/cgroup.subtree_control" || true ;;
		*)
			[ "$(setting "$f")" != "$value" ] || continue
			if echo "$value" 2>/dev/null >"$f"; then note "restored $f: $value"
			else note "cannot restore $f to $value" && kept=1; fi ;;
		esac
	done <"$1"
	[ ! -d "$group" ] || rmdir "$group"/* "$group" 2>/dev/null || true
	[ -n "$kept" ] || rm -f "$1"
}

# settings_left: put back what runs that were killed with their guards left behind.
settings_left()
{
	local state fd

	for state in "$MMVS_CACHE"/settings/*.tsv; do
		[ -r "$state" ] || continue
		exec {fd}<"$state"
		if flock -n "$fd"; then
			note "a run that was killed with its guard left settings behind"
			restore "$state"
		fi
		exec {fd}<&-
	done
}

# settings_hold: remember all, set what TUNE=1 asks for, start the guard.  It works
# when the caller and all that it has started have ended: then its input, which they
# hold, has an end.  $settings_list says what was set.
settings_hold()
{
	local dir=$MMVS_CACHE/settings word f turn

	mkdir -p "$dir"
	# Another run, that starts, has no lock on its state yet.
	exec {turn}>"$dir/lock"
	flock "$turn"
	settings_left
	settings_state=$dir/$$.tsv settings_list=
	snapshot "$settings_state"
	exec {settings_lock}<"$settings_state"
	flock "$settings_lock"
	exec {turn}>&-
	exec {settings_fd}> >(exec env -u MMVS_OURS -u MAKELEVEL setsid "$MMVS_TOP/scripts/settings.sh" guard "$settings_state" >/dev/null 2>"$dir/last.log")
	settings_guard=$!
	[ "${TUNE:-0}" = 1 ] || return 0
	for word in "${settings_tuned[@]}"; do
		# shellcheck disable=SC2295 # a pattern is wanted
		for f in "$settings_root"${word%=*}; do
			[[ -e $f && $(setting "$f") != "${word#*=}" ]] || continue
			if echo "${word#*=}" 2>/dev/null >"$f"; then settings_list+="${f#"$settings_root"}=${word#*=} "
			else note "TUNE=1: cannot set $f (root?)"; fi
		done
	done
	if [ -w "$settings_root/dev/cpu_dma_latency" ]; then
		# Held while it is open, by us and by what we start.
		exec {settings_latency_fd}>"$settings_root/dev/cpu_dma_latency"
		printf '\0\0\0\0' >&"$settings_latency_fd"
		settings_list+="/dev/cpu_dma_latency=0 "
	fi
}

# settings_release: for the ordinary end; waits until all is put back.
settings_release()
{
	[ -n "${settings_fd:-}" ] || return 0
	exec {settings_fd}>&-
	wait "$settings_guard" 2>/dev/null || true
	# There still: the guard was killed.
	[ ! -e "$settings_state" ] || restore "$settings_state"
	exec {settings_lock}<&-
	cat "$MMVS_CACHE/settings/last.log" >&2 2>/dev/null || true
	settings_fd=
}

[ "${BASH_SOURCE[0]}" = "$0" ] || return 0
case ${1:-} in
guard)
	[ $# -eq 2 ] || usage "settings.sh guard STATE"
	trap '' INT TERM HUP
	cat >/dev/null || true
	restore "$2" ;;
restore) [ $# -eq 2 ] || usage "settings.sh restore STATE" && restore "$2" ;;
*) usage "settings.sh guard STATE | restore STATE" ;;
esac
