# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154 # fleet.sh's variables
# Sourced by fleet.sh: the file of hosts, what they are asked, and what they get.
# A table has a host a line: "login<TAB>cells at a time<TAB>root<TAB>name"; login is the
# ssh command with its options and, last, the host, or ":"; root is MMVS_CACHE/fleet there.

# A host that is gone is missed within half a minute; nobody is asked for a password.
ssh_options="-o BatchMode=yes -o ConnectTimeout=10 -o ServerAliveInterval=10 -o ServerAliveCountMax=3"

# parse FILE LINE: slots, login, name, whole of one line of parallel's sshloginfile.
parse()
{
	local line=${2//,,/$'\1'} ssh=ssh
	[[ $line != *,* ]] || die "$1: '$2': one host a line (a comma that is meant is written ,,)"
	line=${line//$'\1'/,} slots=0
	[[ ! $line =~ ^@[^/]*/(.*)$ ]] || line=${BASH_REMATCH[1]}
	[[ ! $line =~ ^([0-9]{1,4})/(.*)$ ]] || { slots=${BASH_REMATCH[1]} && line=${BASH_REMATCH[2]}; }
	line=${line%"${line##*[![:space:]]}"} login=: name=$line whole=$line
	[ "$line" != : ] || return 0
	[[ ! $line =~ ^(.*[^ ])\ +([^ ]+)$ ]] || { ssh=${BASH_REMATCH[1]} && line=${BASH_REMATCH[2]}; }
	[[ ! $line =~ ^([^:]+):([0-9]+)$ ]] || { ssh+=" -p ${BASH_REMATCH[2]}" && line=${BASH_REMATCH[1]}; }
	[[ $line =~ ^[A-Za-z0-9_][A-Za-z0-9._@%-]*$ ]] ||
		die "$1: '$2': '$line' is no [user@]host (no password: use a key; IPv6: give it a name in ~/.ssh/config)"
	name=$line
	login="${tie[*]} $ssh $ssh_options $line"
	login=${login# }
}

# on LOGIN SCRIPT: there, by bash.
on()
{
	local quoted
	printf -v quoted '%q' "$2"
	if [ "$1" = : ]; then bash -c "$2"; else bash -c "${1% *} \"\$@\"" ssh "${1##* }" "bash -c $quoted"; fi
}

# ask: what a host says of itself; in $1 the cache that HOSTS names for it.
# shellcheck disable=SC2016 # it runs there
ask='set -- "$cache"; missing=; case $1 in "~/"*) set -- "$HOME/${1#"~/"}" ;; esac
for t in qemu-system-x86_64 jq socat rsync tar gzip sha256sum flock setpriv timeout perl awk /usr/bin/time; do
	command -v "$t" >/dev/null || missing="$missing $t"; done
root=${1:-${MMVS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/mmvs}}/fleet
mkdir -p "$root" && [ -w "$root" ] || exit 1
printf "mmvs-host\t%s\t%s\t%s\t%s\n" "${missing:--}" "$(nproc)" "$root" "$(qemu-system-x86_64 --version 2>/dev/null | head -n 1)"'

# check_hosts FILE: the table; every host that cannot take part is named, and 1.
check_hosts()
{
	local -A seen=()
	local line cache='' bad=0 n=0 ours said why missing cores root theirs quoted
	[ -r "$1" ] || die "HOSTS=$1: no such file; it is one for 'parallel --sshloginfile', a host a line"
	ours=$(qemu-system-x86_64 --version | head -n 1)
	why=$(mktemp)
	while IFS= read -r line || [ -n "$line" ]; do
		[[ ! $line =~ ^#[[:space:]]*MMVS_CACHE=(.*)$ ]] || cache=${BASH_REMATCH[1]}
		[[ ! $line =~ ^[[:space:]]*(#|$) ]] || continue
		parse "HOSTS=$1" "$line"
		n=$((n + 1))
		[ -z "${seen[$name]:-}" ] || name=$whole
		[ -z "${seen[$name]:-}" ] || die "HOSTS=$1 names '$name' twice; say in one line how many cells it takes at a time: 4/$name"
		seen[$name]=1
		printf -v quoted '%q' "$cache"
		said=$(on "$login" "cache=$quoted; $ask" 2>"$why" </dev/null | grep '^mmvs-host') || said=
		IFS=$'\t' read -r _ missing cores root theirs <<<"$said"
		if [ -z "$said" ]; then
			note "host $name: it cannot be asked ($(tail -n 1 "$why" | tr -cd '\40-\176')); 'ssh' has to work without a password, and its MMVS_CACHE has to take files"
		elif [ "$missing" != - ]; then
			note "host $name: missing there:$missing; install what 'make deps' would"
		elif [ "$theirs" != "$ours" ]; then
			note "host $name has '$theirs', here it is '$ours': the bytes would be others; install the same QEMU there"
		else
			[ "$slots" -gt 0 ] || slots=${JOBS:-$cores}
			printf '%s\t%s\t%s\t%s\n' "$login" "$slots" "$root" "$name"
			continue
		fi
		bad=$((bad + 1))
	done <"$1"
	rm -f "$why"
	[ "$n" -gt 0 ] || die "HOSTS=$1 names no host"
	[ "$bad" -eq 0 ] || die "HOSTS=$1: $bad of $n hosts cannot take part (above is why); mend them, or take out their lines"
}

# copy_to LOGIN ROOT STAGE MANIFEST STILL: what is in STAGE, each file with its hash.
copy_to()
{
	local to=$2/ quoted
	printf -v quoted '%q' "$2"
	if [ "$1" = : ]; then mkdir -p "$2"; else to="${1##* }:$2/"; fi
	rsync -rlpts --checksum -e "${1% *}" "$3/" "$to" &&
		on "$1" "cd $quoted && sha256sum --check --quiet --strict $4 &&
			said=\$(LD_PRELOAD=$quoted/$5 qemu-system-x86_64 --version 2>&1 >/dev/null) && [ -z \"\$said\" ] || { echo \"\$said\" >&2; false; }"
}

# command_there TABLE TREE ID: the command of a job for parallel, the same for every host,
# which looks up where it is.
command_there()
{
	# shellcheck disable=SC2016 # the dollar is for the shell of parallel
	local login slots root name script='case $PARALLEL_SSHLOGIN in' words text
	while IFS=$'\t' read -r login slots root name; do
		printf -v text ' %q) set -- %q %q;;' "$login" "$root" "$name"
		script+=$text
	done <"$1"
	settings_there
	printf -v text ' %q' env -u CELLS_TOTAL "${words[@]}"
	script+=" esac; exec$text \"\$1/trees/$2/scripts/fleet-job.sh\" \"\$1\" $3 \"\$0\" \"\$2\""
	printf -v text '%q' "$script"
	echo "exec bash -c $text {}"
}

# spread: to every host of the table what fleet.sh has in "stage"; who cannot get it is
# left out.
spread()
{
	local login root name line got=$work/got
	: >"$got"
	while IFS= read -r line; do
		IFS=$'\t' read -r login _ root name <<<"$line"
		if copy_to "$login" "$root" "$stage" "lists/$id/manifest-$tree" "trees/$tree/build/still/still.so" </dev/null; then
			echo "$line" >>"$got"
		else
			note "host $name is left out: it did not get what it needs (above is why)"
		fi
	done <"$table"
	mv "$got" "$table"
}

# lost: the hosts that do not answer any more are named, and out of the table.
lost()
{
	local login name line alive=$work/alive
	: >"$alive"
	while IFS= read -r line; do
		IFS=$'\t' read -r login _ _ name <<<"$line"
		if on "$login" true </dev/null 2>/dev/null; then echo "$line" >>"$alive"
		else note "host $name is lost; what it had not sent is measured elsewhere"; fi
	done <"$table"
	mv "$alive" "$table"
}
