#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# Is a machine fit to measure time, and are its settings put back?  On a machine made
# of files.

load helper

setup()
{
	own_cache
	export PREFLIGHT_ROOT=$BATS_TEST_TMPDIR/root PREFLIGHT_REST=0 PREFLIGHT_UID=0 MODE=native
	unset FORCE
	put proc/cpuinfo $'model name\t: A real CPU\nflags\t\t: fpu tsc'
	put sys/devices/system/clocksource/clocksource0/current_clocksource tsc
	put sys/devices/system/cpu/cpu0/cpufreq/scaling_governor performance
	put sys/devices/system/cpu/intel_pstate/no_turbo 1
	put sys/devices/system/cpu/smt/active 0
	put sys/devices/system/cpu/isolated 1
	put sys/devices/system/cpu/nohz_full 1
	put sys/kernel/mm/transparent_hugepage/enabled 'always [madvise] never'
	put sys/kernel/mm/ksm/run 0
	put sys/kernel/mm/lru_gen/enabled 0x0007
	put sys/kernel/debug/lru_gen memcg
	put sys/fs/cgroup/cgroup.controllers 'cpu memory pids'
	put sys/bus/event_source/devices/cpu/type 4
	put sys/class/thermal/thermal_zone0/temp 40000
	put sys/devices/system/node/node0/meminfo $'Node 0 MemTotal: 9000000 kB\nNode 0 MemFree: 8000000 kB'
	put proc/sys/kernel/numa_balancing 0
	put proc/sys/kernel/perf_event_paranoid 2
	put proc/sys/kernel/random/boot_id this-boot
	put proc/stat 'cpu 100 0 100 9000 0 0 0 0 0 0'
	put proc/swaps 'Filename Type Size Used Priority'
}

# put FILE TEXT
put()
{
	mkdir -p "$(dirname "$PREFLIGHT_ROOT/$1")"
	printf '%s\n' "$2" >"$PREFLIGHT_ROOT/$1"
}

# says CHECK STATE
says()
{
	run "$scripts/preflight.sh" --json
	[ "$(sed '/^mmvs:/d' <<<"$output" | jq -r ".[] | select(.check == \"$1\") | .state")" = "$2" ]
}

@test "a quiet machine is fit: nothing refuses, nothing warns" {
	run "$scripts/preflight.sh"
	[ "$status" -eq 0 ]
	[[ $output == *"ok, 0 warn, 0 refuse"* ]]
}

@test "each thing that blurs time is named, with why and how" {
	while IFS=$'\t' read -r check state file text; do
		setup
		put "$file" "$text"
		says "$check" "$state" || { echo "$check is not $state: $output"; return 1; }
	done <<-'END'
		accelerator	refuse	proc/cpuinfo	model name	: QEMU TCG CPU version 2.5+
		clock	refuse	sys/devices/system/clocksource/clocksource0/current_clocksource	hpet
		clock	warn	sys/devices/system/clocksource/clocksource0/current_clocksource	kvm-clock
		governor	warn	sys/devices/system/cpu/cpu0/cpufreq/scaling_governor	powersave
		turbo	warn	sys/devices/system/cpu/intel_pstate/no_turbo	0
		smt	warn	sys/devices/system/cpu/smt/active	1
		isolation	warn	sys/devices/system/cpu/isolated	
		thp	warn	sys/kernel/mm/transparent_hugepage/enabled	[always] madvise never
		ksm	warn	sys/kernel/mm/ksm/run	1
		numa-balancing	warn	proc/sys/kernel/numa_balancing	1
		mglru	warn	sys/kernel/mm/lru_gen/enabled	0x0000
		cgroup	warn	sys/fs/cgroup/cgroup.controllers	cpu pids
		mitigations	warn	sys/devices/system/cpu/vulnerabilities/meltdown	Mitigation: PTI
		free-memory	refuse	sys/devices/system/node/node0/meminfo	Node 0 MemFree: 1000 kB
	END
}

@test "a refusal ends in 1, and FORCE=1 goes on and says so" {
	put sys/devices/system/clocksource/clocksource0/current_clocksource hpet
	run "$scripts/preflight.sh"
	[ "$status" -eq 1 ]
	[[ $output == *"why: "* && $output == *"how: "* && $output == *"preflight refuses MODE=native: clock"* ]]
	FORCE=1 run "$scripts/preflight.sh"
	[ "$status" -eq 0 ]
	[[ $output == *"FORCE=1 goes on"* ]]
}

@test "KVM that is closed to us is refused" {
	MODE=kvm run "$scripts/preflight.sh"
	[ "$status" -eq 1 ]
	[[ $output == *"/dev/kvm is missing or closed to us"* ]]
}

@test "where a guest of MODE=kvm will live is named; what cannot be had is refused" {
	put sys/devices/system/node/node0/cpulist 0-3
	put proc/self/status $'Cpus_allowed_list:\t0-3'
	export MODE=kvm
	VM_CPUS=2 says place ok
	[[ $output == *"ram on node 0; vCPUs on CPU 1 3, other threads on 2,0"* ]]
	VM_CPUS=5 says place warn
	[[ $output == *"not pinned: 5 vCPUs, 4 CPUs"* ]]
	VM_PLACE=off says place warn
	VM_HUGE=1G says place refuse
	[[ $output == *"node 0 of the host has 0 pages free, the guest needs 1"* ]]
}

@test "a file of the machine with control characters stays one line" {
	put sys/devices/system/cpu/cpu0/cpufreq/scaling_governor $'power\033[2J\tsave'
	run "$scripts/preflight.sh" --json
	sed '/^mmvs:/d' <<<"$output" | jq -e '.[] | select(.check == "governor") | .found | test("[[:cntrl:]]") | not'
}

@test "settings that were changed are put back, those of another boot are not" {
	# shellcheck source=scripts/settings.sh
	. "$scripts/settings.sh"
	snapshot "$BATS_TEST_TMPDIR/state"
	put sys/kernel/mm/ksm/run 1
	put sys/kernel/mm/transparent_hugepage/enabled '[always] madvise never'
	run "$scripts/settings.sh" restore "$BATS_TEST_TMPDIR/state"
	[ "$status" -eq 0 ]
	[ "$(cat "$PREFLIGHT_ROOT/sys/kernel/mm/ksm/run")" = 0 ]
	[ "$(cat "$PREFLIGHT_ROOT/sys/kernel/mm/transparent_hugepage/enabled")" = madvise ]
	snapshot "$BATS_TEST_TMPDIR/state"
	put proc/sys/kernel/random/boot_id another-boot
	put sys/kernel/mm/ksm/run 1
	"$scripts/settings.sh" restore "$BATS_TEST_TMPDIR/state"
	[ "$(cat "$PREFLIGHT_ROOT/sys/kernel/mm/ksm/run")" = 1 ]
}

# tuned_run SECONDS: a run of its own session that has set all that TUNE=1 sets and then
# takes so long, in a child; its pid in $run.
tuned_run()
{
	put sys/kernel/mm/ksm/run 1
	put sys/devices/system/cpu/cpu0/cpufreq/scaling_governor powersave
	TUNE=1 setsid bash -c '. "$1/settings.sh"; trap settings_release EXIT; settings_hold; sleep "$2"; : done' _ "$scripts" "$1" \
		</dev/null >/dev/null 2>"$BATS_TEST_TMPDIR/run.log" 3>&- &
	run=$!
	within tuned || { cat "$BATS_TEST_TMPDIR/run.log"; return 1; }
}

# within COMMAND...: is it so within ten seconds?
within()
{
	local i

	for ((i = 0; i < 100; i++)); do
		! "$@" || return 0
		sleep 0.1
	done
	return 1
}

says_now() { [ "$(cat "$PREFLIGHT_ROOT/sys/kernel/mm/ksm/run") $(cat "$PREFLIGHT_ROOT/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")" = "$1" ]; }
gone() { ! kill -0 "$1" 2>/dev/null; }
tuned() { says_now "0 performance"; }
put_back() { says_now "1 powersave" && ! compgen -G "$MMVS_CACHE/settings/*.tsv" >/dev/null; }
guard_of() { pgrep -f "settings.sh guard $MMVS_CACHE/settings/$run.tsv"; }

@test "TUNE=1: kill -9 of a run and all its children: the guard puts back, and ends" {
	tuned_run 60
	guard=$(guard_of)
	kill -KILL -- "-$run"
	within put_back
	within gone "$guard"
}

@test "TUNE=1: what the killed run had started keeps its settings until it ends" {
	tuned_run 2
	kill -KILL "$run"
	sleep 0.5
	tuned
	within put_back
}

@test "TUNE=1: without its guard the run itself puts back" {
	tuned_run 1
	kill -KILL "$(guard_of)"
	tuned
	within put_back
}

@test "TUNE=1: of a run that was killed with its guard the next one puts back" {
	tuned_run 60
	kill -KILL "$(guard_of)" -- "-$run"
	sleep 0.5
	tuned
	(. "$scripts/settings.sh"; settings_hold; settings_release) 2>"$BATS_TEST_TMPDIR/next.log"
	grep -q 'killed with its guard left settings behind' "$BATS_TEST_TMPDIR/next.log"
	put_back
}

@test "TUNE=1: the settings of a run that goes on are left alone by another one" {
	tuned_run 3
	(. "$scripts/settings.sh"; settings_hold; settings_release)
	tuned
	within put_back
}
