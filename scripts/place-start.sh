# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154 # place.sh's and vm-run.sh's variables
# Sourced by place.sh: one placed guest at a time, and each of its threads on its CPUs.

# place_lock: two guests never share CPUs.  JOBS is 1 where time is measured; this is for
# two runs at once, whatever their caches.  It ends with this process and its guest.
place_lock()
{
	local of=${PREFLIGHT_ROOT:-}/sys/devices/system/cpu
	[[ -z ${held:-} && -d $of ]] || return 0
	exec {held}<"$of"
	flock -n "$held" && return 0
	note "another placed guest has the CPUs; waiting for its end ('lslocks' names it)"
	flock "$held"
}

# pin ANSWER: the threads of QEMU, from what it says to query-cpus-fast.
pin()
{
	local threads thread tgid i=0
	lines threads jq -r '.return | sort_by(.["cpu-index"])[]["thread-id"]' <<<"$1"
	tgid=$(sed -n 's/^Tgid:[[:space:]]*//p' "/proc/${threads[0]}/status")
	# Threads that start later are the main thread's heirs.
	[ -z "$others" ] || taskset -a -p -c "$others" "$tgid" >/dev/null || placed+="; CPUs $others refused"
	for thread in "${threads[@]}"; do
		taskset -p -c "${pinned[i]}" "$thread" >/dev/null || placed+="; CPU ${pinned[i]} refused"
		i=$((i + 1))
	done
}

# start_placed DIR: QEMU stopped, its threads to their CPUs, then the guest runs.
start_placed()
{
	local line status=0
	qmp_pipes "$1"
	(guest -S -qmp stdio <"$1/to" >"$1/from") &
	qmp_open "$1"
	qmp query-cpus-fast
	while read -r line <&"$QMP_FROM"; do
		[[ $line == *'"thread-id"'* ]] || continue
		[ "${#pinned[@]}" -eq 0 ] || pin "$line"
		break
	done
	qmp cont
	wait "$!" || status=$?
	qmp_close "$1"
	return "$status"
}
