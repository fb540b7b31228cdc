#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# A run on two hosts gives the bytes of one here, also when one of them dies on the way;
# a host with another QEMU is refused by name, and so is what a host sends that does not
# have its hash.  The hosts are two sshd of ours on loopback, each with a cache of its
# own.  TAP.
set -uo pipefail
# shellcheck source=tests/e2e/lib.bash
. "$(dirname "$0")/lib.bash"
export RESULTS=$tmp/results VARIANTS=swapbacked-flag SEEDS=2 MODE=icount
export CASES="fault-first-touch@map=private,pages=512 selftest@mode=ok"
declare -A sshd=()
plan=10

# family PID: it and all below it.
family()
{
	local child
	echo "$1"
	for child in $(pgrep -P "$1"); do family "$child"; done
}

# crash HOST: it and all that runs on it, at once.
crash()
{
	local pids
	mapfile -t pids < <(family "${sshd[$1]}")
	kill -KILL "${pids[@]}" 2>/dev/null
	unset "sshd[$1]"
}
trap 'for host in "${!sshd[@]}"; do crash "$host"; done; rm -rf "$tmp"' EXIT

skip()
{
	echo "1..0 # SKIP $1"
	exit 0
}

# serve NAME PORT: an sshd with a key, a configuration and a cache of its own; 1 when it
# does not come up.
serve()
{
	local i
	ssh-keygen -q -t ed25519 -N '' -f "$tmp/host-$1" || return 1
	mkdir -p "$tmp/bin-$1"
	printf '%s\n' "Port $2" "ListenAddress 127.0.0.1" "HostKey $tmp/host-$1" "PidFile none" "UsePAM no" "StrictModes no" \
		"AuthorizedKeysFile $tmp/authorized" "PasswordAuthentication no" "KbdInteractiveAuthentication no" \
		"PermitRootLogin prohibit-password" "SetEnv MMVS_CACHE=$tmp/cache-$1 PATH=$tmp/bin-$1:$PATH" >"$tmp/sshd-$1"
	"$daemon" -D -e -f "$tmp/sshd-$1" 2>"$tmp/said-$1" &
	sshd[$1]=$!
	printf 'Host %s\n\tHostName 127.0.0.1\n\tPort %s\n' "$1" "$2" >>"$tmp/ssh"
	for ((i = 0; i < 50; i++)); do
		! ssh -F "$tmp/ssh" "$1" true </dev/null 2>"$tmp/log" || return 0
		kill -0 "${sshd[$1]}" 2>/dev/null || break
		sleep 0.1
	done
	return 1
}

# sums RUN: of every samples.tsv and counters.tsv.
sums()
{
	(cd "$RESULTS/$1/cells" && find . -name samples.tsv -o -name counters.tsv | sort | xargs -d '\n' sha256sum)
}

# fleet RUN: on both hosts.
fleet()
{
	HOSTS=$tmp/hosts RUN=$1 FRESH=1 scripts/run.sh droppable </dev/null >"$tmp/$1.log" 2>&1
	local status=$?
	cp "$tmp/$1.log" "$tmp/log"
	return "$status"
}

daemon=$(PATH=$PATH:/usr/sbin command -v sshd) || skip "no sshd here (Debian's openssh-server)"
[ "$(id -u)" -ne 0 ] || mkdir -p /run/sshd # sshd wants it of root
ssh-keygen -q -t ed25519 -N '' -f "$tmp/key" || skip "ssh-keygen makes no key"
cp "$tmp/key.pub" "$tmp/authorized"
printf 'IdentityFile %s\nIdentitiesOnly yes\nStrictHostKeyChecking no\nUserKnownHostsFile %s\nLogLevel ERROR\n' "$tmp/key" "$tmp/known" >"$tmp/ssh"
port=$((20000 + $$ % 20000))
for host in here there; do
	serve "$host" "$((port++))" || skip "sshd does not start or let us in: $(cat "$tmp/said-$host" "$tmp/log" | grep -v '^Server listening' | tail -n 2 | tr '\n' ' ')"
done
printf '# two of them\n1/ssh -F %s here\n1/ssh -F %s there\n' "$tmp/ssh" "$tmp/ssh" >"$tmp/hosts"
echo "1..$plan"

RUN=local FRESH=1 JOBS=2 scripts/run.sh droppable </dev/null >"$tmp/log" 2>&1 && sums local >"$tmp/local" && [ "$(wc -l <"$tmp/local")" -eq 16 ]
ok "a run here: eight cells"

printf '#!/bin/sh\necho "QEMU emulator version 9.9.9"\n' >"$tmp/bin-there/qemu-system-x86_64"
chmod +x "$tmp/bin-there/qemu-system-x86_64"
! fleet refused && grep -q "host there has 'QEMU emulator version 9.9.9', here it is" "$tmp/refused.log" &&
	grep -q '1 of 2 hosts cannot take part' "$tmp/refused.log" && ! grep -q 'to measure' "$tmp/refused.log" && [ ! -e "$RESULTS/refused" ]
ok "a host with another QEMU is refused by name, before anything starts"
rm "$tmp/bin-there/qemu-system-x86_64"

HOSTS=$tmp/hosts FRESH=1 scripts/plan.sh droppable >"$tmp/log" 2>&1 </dev/null && grep -q '^ *8 to measure' "$tmp/log" && grep -q '^time: .*, 2 at a time' "$tmp/log"
ok "the plan counts their slots"
fleet both && sums both | cmp - "$tmp/local" >>"$tmp/log"
ok "on two hosts: the bytes of the run here"
[ "$(cat "$RESULTS"/both/cells/*/*/*/cell.json | jq -r .host | sort -u | wc -l)" -eq 2 ] &&
	[ -n "$(find "$tmp/cache-here/cells" -name samples.tsv)" ] && [ -n "$(find "$tmp/cache-there/cells" -name samples.tsv)" ]
ok "both took part, each with a cache of its own"
RUN=again scripts/run.sh droppable </dev/null >"$tmp/log" 2>&1 && grep -q '8 cells, 0 to measure' "$tmp/log" && sums again | cmp - "$tmp/local" &&
	[ "$(cat "$RESULTS"/again/cells/*/*/*/cell.json | jq -r .host | sort -u | wc -l)" -eq 2 ]
ok "what came home is in the cache: the next run asks nobody"

# One tar that a host sends is not what its hashes say: once.
cat >"$tmp/bin-there/tar" <<END
#!/bin/sh
[ -e "$tmp/bent" ] || { : >"$tmp/bent"; for f in cells/*/*/*/samples.tsv; do echo >>"\$f"; done; }
PATH=$PATH exec tar "\$@"
END
chmod +x "$tmp/bin-there/tar"
fleet bent && [ -e "$tmp/bent" ] && grep -q 'is refused, and measured again' "$tmp/bent.log" && sums bent | cmp - "$tmp/local" >>"$tmp/log"
ok "what does not have its hash is refused and measured again"
rm "$tmp/bin-there/tar"

# Of a host that is killed while it measures, guest and all, the cells run elsewhere.
fleet crashed &
running=$!
for ((i = 0; i < 600; i++)); do
	! compgen -G "$tmp/cache-there/cells/work/*" >/dev/null || break
	sleep 0.1
done
crash there
wait "$running"
status=$?
cp "$tmp/crashed.log" "$tmp/log"
[ "$status" -eq 0 ] && [ "$i" -gt 0 ] && [ "$i" -lt 600 ] && grep -q "host there is lost" "$tmp/log" && sums crashed | cmp - "$tmp/local" >>"$tmp/log"
ok "a host is killed midway: nothing is lost, and the bytes are those of the run here"
! fleet gone && grep -q "host there: it cannot be asked" "$tmp/gone.log"
ok "asked for again, it is missed by name"

# Home is killed: the host that is left stops measuring.
sed -i '/there$/d' "$tmp/hosts"
HOSTS=$tmp/hosts RUN=killed FRESH=1 CASES=selftest@mode=hang setsid scripts/run.sh droppable </dev/null >"$tmp/log" 2>&1 &
leader=$!
for ((i = 0; i < 600; i++)); do
	[ -z "$(pgrep -f "qemu-system.*$tmp/cache-here/cells")" ] || break
	sleep 0.1
done
kill -KILL "$leader"
wait "$leader" 2>/dev/null
sleep 3
left=$(pgrep -af "qemu-system.*$tmp/cache-here/cells")
echo "$left" >>"$tmp/log"
[ "$i" -lt 600 ] && [ -z "$left" ]
ok "home is killed: three seconds later no host boots a guest for it"
