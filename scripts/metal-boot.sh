#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Carry out a plan of MODE=metal, on the machine that it is for, as root under systemd.
#
# Usage: metal-boot.sh start|next|measure|stop|status PLAN
#   start    install three units, begin (or go on)
#   next     in the distribution's kernel (mmvs-metal-next.service): judge the boot that
#            was begun, load the next one's kernel, kexec into it; after the last, uninstall
#   measure  in a variant's kernel (mmvs-metal-measure.service): the cells of this boot;
#            when it ends, well or not, systemd reboots into the distribution's kernel
#   stop     uninstall; the plan stays, start goes on with it
# PLAN/log.tsv is the state: time, boot, event (begun, done, failed, lost), why.  A boot is
# begun once: one that does not come back is lost, and three of these in a row end it.
# The kernel's command line without mmvs.boot= is the distribution's; mmvs.stop there
# keeps the plan from going on.  METAL_ROOT: where /etc, /proc, /run and /boot are (for
# tests).
set -euo pipefail
# A unit has no HOME=; nothing here is of the cache.
export MMVS_CACHE=${2:-.}/cache
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
synopsis="metal-boot.sh start|next|measure|stop|status PLAN"
[ $# -eq 2 ] || usage "$synopsis"
plan=$(realpath "$2")
root=${METAL_ROOT:-}
[ -s "$plan/plan.conf" ] || die "$plan: no plan there (no plan.conf); 'make run MODE=metal' makes one"
# shellcheck source=scripts/metal-units.sh
. "$MMVS_TOP/scripts/metal-units.sh"
# shellcheck source=scripts/metal-log.sh
. "$MMVS_TOP/scripts/metal-log.sh"
# shellcheck source=scripts/native-json.sh
. "$MMVS_TOP/scripts/native-json.sh"

# word NAME: what the command line of the running kernel says of it.
word()
{
	tr ' ' '\n' <"$root/proc/cmdline" | sed -n "s/^$1=//p" | tail -n 1
}

# as_root VERB: units and kernels are root's; sudo make would have root's cache.
as_root()
{
	local us
	us=$(id -u)
	[ "$us" -eq 0 ] || die "root's privileges are needed: sudo $plan/tree/scripts/metal-boot.sh $1 $plan"
}

start()
{
	local n
	as_root start
	[ -d "$root/run/systemd/system" ] || die "the plan is carried out by systemd, which does not run here"
	command -v kexec >/dev/null || die "no kexec here; apt install kexec-tools"
	need jq systemctl taskset setsid shuf dmesg /usr/bin/time
	[ "$(cat "$root/proc/sys/kernel/kexec_load_disabled" 2>/dev/null || echo 1)" = 0 ] ||
		die "this kernel loads no other one (kernel.kexec_load_disabled is 1, or CONFIG_KEXEC is off)"
	n=$(next_boot)
	[ -n "$n" ] || die "$plan: all its boots have ended"
	[[ $plan =~ ^[A-Za-z0-9/._@=,+-]+$ ]] || die "$plan: a unit of systemd cannot name that; move the plan where the path has no blanks"
	units_install
	log 0 start ""
	systemctl start --no-block mmvs-metal-next.service
	note "begun; 'journalctl -fu mmvs-metal-next' tells, STOP=1 ends it, and so does mmvs.stop on the command line in the boot loader"
}

# load N: the kernel of boot N, with this machine's own command line and initramfs.
load()
{
	local variant image append initrd=() said
	variant=$(variant_of "$1")
	image=$(image_of "$variant")
	[ "$(digest <"$plan/images/$variant")" = "$image" ] || stop_for "$plan/images/$variant is not the kernel that was built (a damaged disk?)"
	append=$(sed -E 's/(^| )(BOOT_IMAGE|initrd)=[^ ]*//g' "$root/proc/cmdline")
	append+=" $(conf "$plan/plan.conf" append) panic=10 oops=panic softlockup_panic=1 hung_task_panic=1 nmi_watchdog=panic"
	append+=" mmvs.boot=$1 mmvs.plan=$(conf "$plan/plan.conf" id)"
	[ ! -r "$root/boot/initrd.img-$(uname -r)" ] || initrd=("--initrd=$root/boot/initrd.img-$(uname -r)")
	said=$(kexec -a -l "$plan/images/$variant" "${initrd[@]}" "--append=${append# }" 2>&1) ||
		stop_for "kexec does not load the kernel of $variant: $(tail -n 1 <<<"$said") (Secure Boot takes signed kernels only)"
}

# stop_for WHY: nothing more can be done, and the machine stays as it is.
stop_for()
{
	units_remove
	die "the plan is stopped: $1"
}

next()
{
	local open n wait lost
	lock "$plan/.lock"
	open=$(open_boot)
	[ -z "$open" ] || not_measured "$open" lost "boot $open did not come back from its kernel: it panicked, hung or was reset"
	lost=$(lost_in_a_row)
	[ "$lost" -lt 3 ] || stop_for "three boots in a row did not come back; mend what keeps them (a serial console shows it), then start again"
	n=$(next_boot)
	[ -n "$n" ] || { finish; return 0; }
	wait=$(conf "$plan/plan.conf" wait)
	load "$n"
	note "$(status): boot $n ($(variant_of "$n")) in $wait s; 'systemctl stop mmvs-metal-next' keeps this machine up"
	sleep "$wait"
	log "$n" begun ""
	sync
	systemctl kexec
}

# finish: run.json, and the units go.
finish()
{
	summary >"$plan/run/run.json.new"
	mv "$plan/run/run.json.new" "$plan/run/run.json"
	units_remove
	sync
	note "$(status); 'make run MODE=metal RUN=$(conf "$plan/plan.conf" name)' brings the results home"
}

measure()
{
	local n id open status=0
	n=$(word mmvs.boot)
	id=$(word mmvs.plan)
	open=$(open_boot)
	[[ $n =~ ^[0-9]{1,6}$ && $n == "$open" && $id == "$(conf "$plan/plan.conf" id)" ]] ||
		die "$plan: boot '$n' is not the one that was begun"
	rm -rf "$plan/boots/$n"
	mkdir -p "$plan/boots/$n/cells"
	# A process of its own: what ends it does not end the verdict.
	"$MMVS_TOP/scripts/metal-cells.sh" "$plan" "$n" || status=$?
	if [ "$status" -eq 0 ]; then
		keep "$n"
		log "$n" 'done' ""
	else
		not_measured "$n" failed "boot $n: $(cat "$plan/boots/$n/why" 2>/dev/null || echo "its cells ended with status $status")"
	fi
	sync
}

case $1 in
start | next | measure | status) "$1" ;;
stop)
	as_root stop
	units_remove
	status ;;
*) usage "$synopsis" ;;
esac
