# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# QEMU's words for a guest.  Source it after lib.sh; it runs nothing by itself.
# shellcheck source=scripts/topology.sh
. "$MMVS_TOP/scripts/topology.sh"
# shellcheck source=scripts/place.sh
. "$MMVS_TOP/scripts/place.sh"

# shape SPEC KEY DEFAULT FORM: a case's options "cpus", "nodes" and "memory" shape its VM.
shape()
{
	[[ $1 =~ [@,]$2=($4)(,|$) ]] && echo "${BASH_REMATCH[1]}" || echo "$3"
}

# shape_of SPEC: nodes, memory and vCPUs, a tab between.
shape_of()
{
	printf '%s\t%s\t%s\n' "$(shape "$1" nodes "${VM_NUMA:-1}" '[A-Za-z0-9._+-]+')" \
		"$(shape "$1" memory "${VM_MEMORY:-1G}" '[0-9]+[GM]?')" "$(shape "$1" cpus "${VM_CPUS:-1}" '[0-9]+')"
}

# machine IMAGE_DIR INITRAMFS SPEC SEED: sets the array qemu (all but what becomes of
# the RAM and of a stop after the boot), still (what stands before it), accel, unit,
# memory, cpus and numa.  QEMU runs in a folder with the file "spec".
machine()
{
	local nodes append perf=${PERF:-auto}
	IFS=$'\t' read -r nodes memory cpus <<<"$(shape_of "$3")"
	placing
	topology "$nodes" "$memory" "$cpus"
	[ -z "$place" ] || "$place"
	[[ $perf =~ ^(auto|on|off)$ ]] || die "PERF=$perf: use auto, on or off"
	qemu=(qemu-system-x86_64 -nodefaults -no-user-config -display none -no-reboot
		-nic none -sandbox "on,elevateprivileges=deny,spawn=deny,resourcecontrol=deny"
		-m "$memory" -smp "$cpus" -seed "$4"
		-kernel "$1/bzImage" -initrd "$2" "${numa[@]}")
	append="console=ttyS0 loglevel=${VM_LOGLEVEL:-5} panic=-1 oops=panic reboot=t page_alloc.shuffle=1"
	still=()
	accelerate
	[ "$perf" = auto ] || append+=" MMVS_PERF=$perf"
	append+="${VM_APPEND:+ $VM_APPEND} MMVS_UNIT=$unit"
	# ioeventfd=off: the device answers within the instruction that asks, so that
	# no thread of the host has a say in the guest's timeline.
	qemu+=(-serial file:console.log
		-device "virtio-serial-pci,ioeventfd=off" -chardev "file,id=results,path=stream"
		-device "virtserialport,chardev=results,name=org.mmvs.results"
		-device pvpanic-pci -object "memory-backend-file,id=spec,size=4K,mem-path=spec,share=off"
		-device "ivshmem-plain,memdev=spec,master=on" -append "$append")
}

# accelerate: the part of machine that MODE decides.
# shellcheck disable=SC2034 # for who sources this
accelerate()
{
	case ${MODE:-icount} in
	icount)
		# String instructions are a loop turn a byte in TCG: have the kernel
		# use its unrolled loops (README: what the figures mean).  Calibrating
		# the local APIC timer polls a port, 2.5 s of wall time under TCG:
		# ticks come from the PIT instead, not the HPET, which as QEMU has it
		# ticks twice as fast as asked in periodic mode.  Proving that the
		# PIT's interrupt arrives spins for 50 ms on PAUSE, which leaves TCG's
		# loop each time (1.7 s); the PM timer, read 10000 times, is not used.
		# RDRAND is what seeds the kernel's random numbers; it answers from
		# -seed, after a snapshot from its beginning.
		accel=tcg unit=insn
		qemu+=(-accel "tcg,thread=single" -icount "shift=0,sleep=off"
			-cpu "max,-erms,-fsrm,-la57" -rtc "base=2026-01-01,clock=vm")
		# A clock of the host has a say in QEMU's TLBs: bench/still/still.c.
		still=(env "LD_PRELOAD=$MMVS_TOP/build/still/still.so")
		[ -e "$MMVS_TOP/build/still/still.so" ] || make -s -C "$MMVS_TOP/bench/still" >&2
		append+=" clearcpuid=rep_good nolapic_timer hpet=disable no_timer_check pmtmr=0 tsc=reliable" ;;
	kvm)
		accel=kvm unit=ns
		qemu+=(-accel kvm -cpu host) ;;
	tcg)
		# The default machine's table of interrupts is a loop for the kernel to
		# interpret, on which a debug kernel gives up after 30 s; q35's is a list.
		accel=tcg unit=ns
		qemu+=(-machine q35 -accel "tcg,thread=multi" -cpu max) ;;
	*) die "MODE=${MODE}: use icount, kvm or tcg" ;;
	esac
}

# known_of INITRAMFS: QEMU's version, the initramfs' digest and its path, a tab between.
known_of()
{
	printf '%s\t%s\t%s' "$(qemu-system-x86_64 --version | sed -n '1s/.*version \([0-9.]*\).*/\1/p')" "$(digest <"$1")" "$1"
}

# put_spec SPEC DIR: what the guest is handed in (bench/guest/run/handin.c).
put_spec()
{
	printf '%s' "$1" >"$2/spec"
	truncate -s 4096 "$2/spec"
}

# in_memory FILE SHARE: the object for QEMU, the guest's RAM in a file; one node alone.
in_memory()
{
	echo "memory-backend-file,id=ram,size=$memory,mem-path=$1,share=$2"
}
# shellcheck disable=SC2034 # for who sources this
incoming=(-machine "memory-backend=ram" -incoming defer -qmp stdio)

# qmp_pipes DIR: to and from QEMU, which is started with them.
qmp_pipes()
{
	mkfifo "$1/to" "$1/from"
	trap '' PIPE # QEMU may be gone
}

# qmp_open DIR: after the start; RAM that is in a file is not copied.
qmp_open()
{
	exec {QMP_TO}<>"$1/to" {QMP_FROM}<"$1/from"
	qmp qmp_capabilities
	qmp migrate-set-capabilities '{"capabilities":[{"capability":"x-ignore-shared","state":true},{"capability":"events","state":true}]}'
}

qmp_close()
{
	exec {QMP_TO}>&- {QMP_FROM}<&-
	trap - PIPE
	rm -f "$1/to" "$1/from"
}

# qmp COMMAND [ARGUMENTS]
qmp()
{
	printf '{"execute":"%s","arguments":%s}\n' "$1" "${2:-"{}"}" >&"$QMP_TO"
}

# qmp_wait PATTERN: until QEMU says so; 1 when it ends or fails before.
qmp_wait()
{
	local line
	while read -r line <&"$QMP_FROM"; do
		# shellcheck disable=SC2053 # a glob is wanted
		[[ $line != $1 ]] || return 0
		[[ $line != *'"status": "failed"'* && $line != *'"error":'* ]] || return 1
	done
	return 1
}
