# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154 # preflight.sh's root, mode and us
# Sourced by preflight.sh: what is looked at, and what is said of it.  Each check
# prints one line, "name state found why how"; state is ok, warn or refuse.

# say NAME STATE FOUND WHY HOW
say()
{
	local field row=()

	for field in "$@"; do row+=("$(tr -s '[:cntrl:]' ' ' <<<"$field" | sed 's/ $//')"); done
	(IFS=$'\t' && printf '%s\n' "${row[*]}")
}

# get FILE: its first line, or nothing.
get()
{
	head -n 1 "$root$1" 2>/dev/null | tr -d '\000' || true
}

# each GLOB: the distinct first lines of such files, "a*2 b" for two a and one b.
each()
{
	local f

	for f in "$root"$1; do [ ! -r "$f" ] || head -n 1 "$f"; done 2>/dev/null | sort | uniq -c |
		awk '{ n = $1; sub(/^ *[0-9]+ /, ""); printf "%s%s", s, $0 (n > 1 ? "*" n : ""); s = " " }'
}

# switch NAME FILE GOOD WHY HOW: a file that should say GOOD (a pattern).
switch()
{
	local now

	now=$(get "$2")
	# shellcheck disable=SC2053 # a pattern is wanted
	if [ ! -e "$root$2" ]; then say "$1" ok "not in this kernel" "$4" "-"
	elif [[ $now == $3 ]]; then say "$1" ok "$now" "$4" "-"
	else say "$1" warn "$now" "$4" "$5"; fi
}

check_accelerator()
{
	local model why="time is the accelerator's: TCG interprets, a hypervisor shares" flags
	model=$(sed -n 's/^model name[[:space:]]*: //p' "$root/proc/cpuinfo" 2>/dev/null | head -n 1)
	flags=$(sed -n 's/^flags[[:space:]]*: //p' "$root/proc/cpuinfo" 2>/dev/null | head -n 1)
	if [[ $model == *TCG* ]]; then
		say accelerator refuse "TCG: $model" "$why" "run on the machine itself or under KVM, or use MODE=icount"
	elif [ "$mode" = kvm ] && ! { [ -r "$root/dev/kvm" ] && [ -w "$root/dev/kvm" ]; }; then
		say accelerator refuse "/dev/kvm is missing or closed to us" "$why" "modprobe kvm_intel or kvm_amd (VT-x, SVM in the BIOS), join group kvm"
	elif [[ " $flags " == *" hypervisor "* ]]; then
		say accelerator warn "a VM: $model" "$why: steal and nested paging are in the figures" "measure on the host itself"
	else
		say accelerator ok "$model" "$why" "-"
	fi
}

check_clock()
{
	local now why="each sample holds two reads of the clock" how="echo tsc >/sys/devices/system/clocksource/clocksource0/current_clocksource, or find in dmesg why tsc is unstable"
	now=$(get /sys/devices/system/clocksource/clocksource0/current_clocksource)
	case $now in
	tsc | arch_sys_counter) say clock ok "$now" "$why" "-" ;;
	kvm-clock | hyperv*) say clock warn "$now" "$why" "$how" ;;
	*) say clock refuse "${now:-unknown}" "$why: this one is a device, microseconds a read" "$how" ;;
	esac
}

check_frequency()
{
	local governor turbo=/sys/devices/system/cpu/intel_pstate/no_turbo boost=/sys/devices/system/cpu/cpufreq/boost
	governor=$(each '/sys/devices/system/cpu/cpu[0-9]*/cpufreq/scaling_governor')
	if [ -z "$governor" ]; then say governor warn "no cpufreq here" "ns follow the frequency" "if this is a VM, set the host's; else load the cpufreq driver"
	elif [[ $governor =~ ^performance(\*[0-9]+)?$ ]]; then say governor ok "$governor" "ns follow the frequency" "-"
	else say governor warn "$governor" "ns follow the frequency" "TUNE=1, or cpupower frequency-set -g performance"; fi
	if [ -e "$root$turbo" ]; then switch turbo $turbo 1 "turbo depends on heat and on what other cores do" "TUNE=1, or echo 1 >$turbo"
	elif [ -e "$root$boost" ]; then switch turbo $boost 0 "turbo depends on heat and on what other cores do" "TUNE=1, or echo 0 >$boost"
	else say turbo warn "cannot be seen here" "turbo depends on heat and on what other cores do" "off in the BIOS"; fi
}

check_cpus()
{
	local isolated nohz deep=0 n=0 state latency
	switch smt /sys/devices/system/cpu/smt/active 0 "a sibling takes half of the core when it pleases" "echo off >/sys/devices/system/cpu/smt/control, or the BIOS"
	for state in "$root"/sys/devices/system/cpu/cpu[0-9]*/cpuidle/state*; do
		[ -e "$state/latency" ] || continue
		n=$((n + 1))
		latency=$(head -n 1 "$state/latency")
		[[ ! $latency =~ ^[0-9]+$ || $latency -le 10 || $(cat "$state/disable" 2>/dev/null) == 1 ]] || deep=$((deep + 1))
	done
	if [ "$deep" -gt 0 ]; then say cstates warn "$deep of $n states take over 10 us to leave" "a wake-up pays for how long the CPU slept" "TUNE=1 (holds /dev/cpu_dma_latency), or cpupower idle-set -D 10"
	else say cstates ok "$n states, none deep" "a wake-up pays for how long the CPU slept" "-"; fi
	isolated=$(get /sys/devices/system/cpu/isolated) nohz=$(get /sys/devices/system/cpu/nohz_full)
	[[ $nohz != *null* ]] || nohz=
	if [[ -n $isolated && -n $nohz ]]; then say isolation ok "isolcpus=$isolated nohz_full=$nohz" "ticks and other tasks fall into samples" "-"
	else say isolation warn "isolcpus=${isolated:--} nohz_full=${nohz:--}" "ticks and other tasks fall into samples (they are marked)" "boot with isolcpus=managed_irq,domain,N nohz_full=N, and CPU=N"; fi
}

# check_place: where a guest of MODE=kvm will live (place.sh), asked for no turn of its own.
check_place()
{
	local at why="a vCPU that moves, or shares its CPU, pays for it; memory of another node is slower"
	[ "$mode" = kvm ] || return 0
	if ! at=$(held=none MODE=kvm place_specs guest 2>&1); then
		say place refuse "${at#mmvs: error: }" "$why" "reserve the pages, or leave VM_HUGE= and VM_NUMA= out"
	elif [[ $at == *$'\t' || $at == *"not pinned"* ]]; then
		say place warn "${at#*$'\t'}${VM_PLACE:+ VM_PLACE=$VM_PLACE}" "$why" "VM_CPUS= of one node's CPUs at most, VM_PLACE=on"
	else
		say place ok "${at#*$'\t'}" "$why" "-"
	fi
}

# sum_cpu: "all idle steal" of /proc/stat, in ticks.
sum_cpu()
{
	awk '/^cpu / { print $2 + $3 + $4 + $5 + $6 + $7 + $8 + $9, $5 + $6, $9; exit }' "$root/proc/stat" 2>/dev/null
}

# rest_state PERCENT WARN REFUSE
rest_state()
{
	if [ "$1" -ge "$3" ]; then echo refuse; elif [ "$1" -ge "$2" ]; then echo warn; else echo ok; fi
}

# check_rest SECONDS: what the machine does while we wait, and how warm it is.
check_rest()
{
	local a b busy steal f trip hot=0 warmest=0 throttled=0 n=0 what
	a=$(sum_cpu)
	sleep "$1"
	b=$(sum_cpu)
	what=$(awk -v a="$a" -v b="$b" 'BEGIN { split(a, x, " "); split(b, y, " "); t = y[1] - x[1]
		if (t <= 0) { print "0 0"; exit } # not a tick went by
		printf "%d %d", 100 * (t - (y[2] - x[2]) - (y[3] - x[3])) / t + 0.5, 100 * (y[3] - x[3]) / t + 0.5 }')
	busy=${what% *} steal=${what#* }
	say load "$(rest_state "$busy" 5 50)" "$busy % of all CPUs busy over $1 s, loadavg $(get /proc/loadavg)" "others take cache, memory bandwidth and the core" "end what runs; systemctl isolate rescue.target"
	say steal "$(rest_state "$steal" 1 10)" "$steal % over $1 s" "the hypervisor gave our CPU to others" "pin the VM, or measure on the host"
	for f in "$root"/sys/class/thermal/thermal_zone*; do
		[[ -r $f/temp && $(head -n 1 "$f/temp") =~ ^[0-9]+$ ]] || continue
		n=$((n + 1)) what=$(head -n 1 "$f/temp") trip=$({ cat "$f"/trip_point_*_temp 2>/dev/null || true; } | awk '$1 > 0' | sort -n | head -n 1)
		[ "$what" -le "$warmest" ] || warmest=$what
		[[ -z $trip || $what -lt $trip ]] || hot=$((hot + 1))
	done
	throttled=$({ cat "$root"/sys/devices/system/cpu/cpu[0-9]*/thermal_throttle/core_throttle_count 2>/dev/null || true; } | awk '{ s += $1 } END { print s + 0 }')
	if [ "$hot" -gt 0 ]; then f=refuse; elif [[ $throttled -gt 0 || $n -eq 0 ]]; then f=warn; else f=ok; fi
	say thermal "$f" "$([ "$n" -gt 0 ] && echo "$n zones, warmest $((warmest / 1000)) C" || echo "no zone to be seen"), throttled $throttled times since boot" "a hot CPU slows down" "let it cool; see to the fans"
}
