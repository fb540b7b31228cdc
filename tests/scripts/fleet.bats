#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# HOSTS=: what its file says, and which hosts are refused, with the reason.  What is
# measured on hosts is tests/e2e/fleet.t's.

load helper

setup()
{
	own_cache
	hosts=$BATS_TEST_TMPDIR/hosts
	export RESULTS=$BATS_TEST_TMPDIR/r
}

# table: of the file on standard input, where every host answers as this one does.
table()
{
	cat >"$hosts"
	run bash -euo pipefail -c '. "$1/lib.sh"; . "$1/fleet-hosts.sh"; tie=()
		on() { bash -c "$2"; }; check_hosts "$2"' - "$scripts" "$hosts"
}

@test "a line: cells at a time, ssh's own command, port, this machine; and where each keeps its cells" {
	JOBS=3 table <<-END
		# hosts
		big
		# MMVS_CACHE=$BATS_TEST_TMPDIR/a b
		8/ssh -p 22 me@other
		@fast+near/2/me@other:2222

		1/:
	END
	echo "$output"
	[ "$status" -eq 0 ]
	options="-o BatchMode=yes -o ConnectTimeout=10 -o ServerAliveInterval=10 -o ServerAliveCountMax=3"
	[ "${lines[0]}" = "ssh $options big"$'\t'"3"$'\t'"$MMVS_CACHE/fleet"$'\t'"big" ]
	[ "${lines[1]}" = "ssh -p 22 $options me@other"$'\t'"8"$'\t'"$BATS_TEST_TMPDIR/a b/fleet"$'\t'"me@other" ]
	[ "${lines[2]}" = "ssh -p 2222 $options me@other"$'\t'"2"$'\t'"$BATS_TEST_TMPDIR/a b/fleet"$'\t'"me@other:2222" ]
	[ "${lines[3]}" = ":"$'\t'"1"$'\t'"$BATS_TEST_TMPDIR/a b/fleet"$'\t'":" ]
}

@test "what is no line of it is refused with the line" {
	table <<<"a,b"
	[[ $status -eq 1 && $output == *"'a,b': one host a line"* ]]
	table <<<"me:secret@host"
	[[ $status -eq 1 && $output == *"is no [user@]host (no password"* ]]
	table <<<$'2/big\n4/big'
	[[ $status -eq 1 && $output == *"names 'big' twice"* ]]
	table <<<"# nobody"
	[[ $status -eq 1 && $output == *"names no host"* ]]
	run "$scripts/fleet.sh" --check "$BATS_TEST_TMPDIR/none"
	[[ $status -eq 1 && $output == *"HOSTS=$BATS_TEST_TMPDIR/none: no such file"* ]]
	run "$scripts/fleet.sh"
	[ "$status" -eq 2 ]
}

@test "every host that cannot take part is named, and nothing is started" {
	cat >"$hosts" <<-END
		# MMVS_CACHE=/proc/none
		1/:
		ssh -F /dev/null nowhere.invalid
	END
	HOSTS=$hosts run "$scripts/run.sh" droppable
	echo "$output"
	[[ $status -eq 1 && $output == *"host :: it cannot be asked"* && $output == *"host nowhere.invalid: it cannot be asked (ssh: Could not resolve"* ]]
	[[ $output == *"2 of 2 hosts cannot take part"* && $output != *"to measure"* ]]
	[ ! -e "$MMVS_CACHE/images" ]
}

@test "time is not measured on several machines" {
	echo : >"$hosts"
	for mode in kvm native; do
		MODE=$mode HOSTS=$hosts run "$scripts/run.sh" droppable
		[[ $status -eq 1 && $output == *"HOSTS=$hosts: MODE=$mode measures time"* ]]
	done
}
