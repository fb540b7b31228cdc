#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# MODE=metal without a boot: a plan on a machine made of files, whose kexec and systemctl
# write down what they are asked.

load helper

setup()
{
	own_cache
	plan=$BATS_TEST_TMPDIR/plan
	export METAL_ROOT=$BATS_TEST_TMPDIR/root PATH=$BATS_TEST_TMPDIR/bin:$PATH
	said=$BATS_TEST_TMPDIR/said units=$METAL_ROOT/etc/systemd/system
	mkdir -p "$plan"/{images,run,boots,tree} "$BATS_TEST_TMPDIR/bin" "$METAL_ROOT"/{proc/sys/kernel,run/systemd/system} "$units"
	tool kexec "echo kexec \"\$@\" >>'$said'"
	tool systemctl "echo systemctl \"\$@\" >>'$said'"
	tool id "echo 0"
	echo 0 >"$METAL_ROOT/proc/sys/kernel/kexec_load_disabled"
	echo 'BOOT_IMAGE=/vmlinuz root=/dev/sda1 initrd=/i quiet' >"$METAL_ROOT/proc/cmdline"
	printf 'name = m\nid = 12ab\nlimit = 600\nwait = 0\nrest = 0\nforce = 0\nappend = isolcpus=3\n' >"$plan/plan.conf"
	printf '%s\n' $'1\ta\t1' $'2\tb\t1' $'3\ta\t1001' $'4\tb\t2' $'5\ta\t2' >"$plan/boots.tsv"
	for v in a b; do
		echo "kernel $v" >"$plan/images/$v"
		printf '%s\t%s\tnotes-%s\n' "$v" "$(sha256sum <"$plan/images/$v" | cut -d ' ' -f 1)" "$v" >>"$plan/variants.tsv"
	done
	printf '%s\n' case-one case-two@x=1 >"$plan/specs"
	echo '{"schema": "mmvs-run 1", "name": "m"}' >"$plan/plan.json"
}

# tool NAME COMMANDS: a program of the machine.
tool()
{
	printf '#!/bin/sh\n%s\n' "$2" >"$BATS_TEST_TMPDIR/bin/$1"
	chmod +x "$BATS_TEST_TMPDIR/bin/$1"
}

boot()
{
	"$scripts/metal-boot.sh" "$1" "$plan" 2>&1
}

# events: "boot event" of the log.
events()
{
	awk -F '\t' '{ print $2, $3 }' "$plan/log.tsv" | paste -sd ,
}

@test "start installs three units and begins; next loads the first kernel with this command line" {
	boot start
	[ "$(cd "$units" && echo *)" = "mmvs-metal-limit.service mmvs-metal-measure.service mmvs-metal-next.service" ]
	grep -q '^systemctl start --no-block mmvs-metal-next.service$' "$said"
	boot next
	grep -q "^kexec -a -l $plan/images/a --append=root=/dev/sda1 quiet isolcpus=3 panic=10 oops=panic .* mmvs.boot=1 mmvs.plan=12ab$" "$said"
	[ "$(tail -n 1 "$said")" = "systemctl kexec" ]
	[ "$(events)" = "0 start,1 begun" ]
}

@test "a boot that did not come back is lost, its cells say so, and the next one is another" {
	boot start
	boot next
	mkdir -p "$plan/boots/1/cells/a/case-one/1" # what it had measured
	run boot next
	[[ $output == *"boot 1 did not come back"* ]]
	[ "$(events)" = "0 start,1 begun,1 lost,2 begun" ]
	[ "$(jq -r '.status + " " + .variant + " " + (.seed | tostring)' "$plan"/run/cells/a/*/1/cell.json | sort -u)" = "failed a 1" ]
	[ "$(find "$plan/run/cells" -name cell.json | wc -l)" -eq 2 ]
}

@test "three lost in a row end the plan; start goes on behind them" {
	boot start
	for _ in 1 2 3; do boot next; done
	run boot next
	[ "$status" -eq 1 ]
	[[ $output == *"three boots in a row"* ]]
	[ "$(events)" = "0 start,1 begun,1 lost,2 begun,2 lost,3 begun,3 lost" ]
	[ -z "$(ls "$units")" ]
	boot start
	boot next
	[ "$(tail -n 1 "$plan/log.tsv" | cut -f 2,3)" = $'4\tbegun' ]
}

@test "after the last boot: run.json, the table of the boots, no unit" {
	boot start
	for n in 1 2 3 4 5; do printf '100\t%s\tbegun\t\n160\t%s\tdone\t\n' "$n" "$n" >>"$plan/log.tsv"; done
	echo '{"cpu": 3, "tuned": [], "steal_pct": 1, "throttled_count": 2, "preflight": []}' >"$BATS_TEST_TMPDIR/state"
	for n in 1 2; do mkdir "$plan/boots/$n" && cp "$BATS_TEST_TMPDIR/state" "$plan/boots/$n/state.json"; done
	boot next
	[ "$(grep -c kexec "$said")" -eq 0 ]
	[ -z "$(ls "$units")" ]
	jq -e '.name == "m" and .native.cpu == 3 and .native.throttled_count == 4 and (.host.cores | type) == "number"' "$plan/run/run.json"
	[ "$(sed -n 2p "$plan/run/boots.tsv")" = $'1\ta\t1\tdone\t60\t' ]
	run boot start
	[ "$status" -eq 1 ]
	[[ $output == *"all its boots have ended"* ]]
}

@test "a kernel that changed on the disk, or that kexec refuses, is not booted" {
	boot start
	echo x >>"$plan/images/a"
	run boot next
	[ "$status" -eq 1 ]
	[[ $output == *"images/a is not the kernel that was built"* ]]
	[ -z "$(ls "$units")" ]
	echo "kernel a" >"$plan/images/a"
	tool kexec "echo 'kexec_file_load failed: Operation not permitted' >&2; exit 1"
	run boot next
	[ "$status" -eq 1 ]
	[[ $output == *"Operation not permitted"*"Secure Boot"* ]]
	[ "$(events)" = "0 start" ]
}

@test "measure takes the boot that was begun and no other, and not under another kernel" {
	boot start
	boot next
	echo 'root=/dev/sda1 mmvs.boot=2 mmvs.plan=12ab' >"$METAL_ROOT/proc/cmdline"
	run boot measure
	[ "$status" -eq 1 ]
	[[ $output == *"boot '2' is not the one that was begun"* ]]
	echo 'root=/dev/sda1 mmvs.boot=1 mmvs.plan=12ab' >"$METAL_ROOT/proc/cmdline"
	run boot measure
	[ "$status" -eq 0 ]
	[[ $output == *"is not the one of a"* ]]
	[ "$(events)" = "0 start,1 begun,1 failed" ]
	[ "$(find "$plan/run/cells" -name cell.json | wc -l)" -eq 2 ]
}

@test "what the machine cannot do is said before anything is installed" {
	echo 1 >"$METAL_ROOT/proc/sys/kernel/kexec_load_disabled"
	run boot start
	[ "$status" -eq 1 ]
	[[ $output == *"kexec_load_disabled"* ]]
	tool id "echo 1000"
	run boot start
	[[ $output == *"sudo $plan/tree/scripts/metal-boot.sh start $plan"* ]]
	[ -z "$(ls "$units")" ]
	run "$scripts/metal-boot.sh" next "$BATS_TEST_TMPDIR/nosuch"
	[ "$status" -eq 1 ]
}

@test "results come home from a finished plan, but not with a link among them" {
	export RESULTS=$BATS_TEST_TMPDIR/results RUN=m MODE=metal
	mkdir -p "$MMVS_CACHE/metal" "$plan/run/cells/a/case-one/1"
	mv "$plan" "$MMVS_CACHE/metal/m"
	plan=$MMVS_CACHE/metal/m
	run "$scripts/run.sh" droppable
	[ "$status" -eq 0 ]
	[[ $output == *"5 boots of 2 kernels"*"REBOOT=1 starts"* ]]
	echo '{"status": "ok"}' >"$plan/run/cells/a/case-one/1/cell.json"
	touch "$plan/run/"{criteria,boots.tsv}
	echo '{}' >"$plan/run/run.json"
	[ "$("$scripts/run.sh" droppable 2>/dev/null)" = "$RESULTS/m" ]
	[ -s "$RESULTS/m/cells/a/case-one/1/cell.json" ]
	ln -s /etc/passwd "$plan/run/cells/a/case-one/1/samples.tsv"
	run "$scripts/run.sh" droppable
	[ "$status" -eq 1 ]
	[[ $output == *"samples.tsv is no plain file"* ]]
	[ ! -e "$RESULTS/m/cells/a/case-one/1/samples.tsv" ]
}

@test "CONFIG=host: the names of modules count, not their order, size or use" {
	echo CONFIG_X86_64=y >"$BATS_TEST_TMPDIR/config"
	printf 'Module Size Used by\nvirtio_blk 1 2\next4 3 4 jbd2,\n' >"$BATS_TEST_TMPDIR/a"
	printf 'ext4 9 9\nvirtio_blk 8 8\n' >"$BATS_TEST_TMPDIR/b"
	printf 'ext4 9 9\n' >"$BATS_TEST_TMPDIR/c"
	export HOST_CONFIG=$BATS_TEST_TMPDIR/config
	a=$(LSMOD=$BATS_TEST_TMPDIR/a "$scripts/host-config.sh")
	[ "$(LSMOD=$BATS_TEST_TMPDIR/b "$scripts/host-config.sh")" = "$a" ]
	[ "$(LSMOD=$BATS_TEST_TMPDIR/c "$scripts/host-config.sh")" != "$a" ]
	[ "$(awk '{ print $1 }' "$a/lsmod" | paste -sd ' ')" = "Module ext4 virtio_blk" ]
	HOST_CONFIG=$BATS_TEST_TMPDIR/nosuch run "$scripts/host-config.sh"
	[ "$status" -eq 1 ]
	[[ $output == *"HOST_CONFIG="* ]]
}
