# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What every script shares: paths, messages, small parsers, and with lib-*.sh beside it
# families, cases and files.  Source it; it runs nothing by itself.

MMVS_TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
if [ -z "${MMVS_CACHE:-}${XDG_CACHE_HOME:-}${HOME:-}" ]; then
	echo "mmvs: error: neither MMVS_CACHE= nor HOME= says where kernels are kept; set one of them" >&2
	exit 1
fi
MMVS_CACHE=${MMVS_CACHE:-${XDG_CACHE_HOME:-${HOME:-}/.cache}/mmvs}
# A name without blanks for a checkout whose path has some: make's targets and the
# loader's LD_PRELOAD end at them.
if [[ $MMVS_TOP == *[[:space:]]* ]]; then
	mkdir -p "$MMVS_CACHE/checkouts"
	mmvs_link=$MMVS_CACHE/checkouts/$(sha256sum <<<"$MMVS_TOP" | cut -c 1-16)
	ln -sfn "$MMVS_TOP" "$mmvs_link"
	MMVS_TOP=$mmvs_link
fi
# RESULTS=: where runs go.
MMVS_RESULTS=${RESULTS:-$MMVS_TOP/results}
export MMVS_TOP MMVS_CACHE MMVS_RESULTS LC_ALL=C
# A failure inside $(...) is a failure.
shopt -s inherit_errexit

# What make or another script of ours has called ends with it, however that ends:
# the kernel sends TERM, to this process (not to what it forks: that is tied by the
# same words, or by "${tie[@]}").  Called by hand a script is on its own.
tie=(setpriv --pdeathsig TERM)
command -v setpriv >/dev/null || tie=()
if [[ ${#tie[@]} -gt 0 && -n ${MMVS_OURS:-${MAKELEVEL:-}} && ${MMVS_TIED:-} != "$$" && ${BASH_SOURCE[-1]} == "$0" && $0 == *scripts/*.sh ]]; then
	MMVS_TIED=$$ exec "${tie[@]}" "$0" "$@"
fi
export MMVS_OURS=1

# die MESSAGE...: the file, the cause and the mend in one message; exit 1.
die()
{
	note "error: $*"
	exit 1
}

# usage TEXT: wrong use of a script; exit 2.
usage()
{
	printf 'Usage: %s\n' "$*" >&2
	exit 2
}

note()
{
	# Not behind the line of progress, which has no end.
	[ ! -t 2 ] || printf '\r\033[K' >&2
	printf 'mmvs: %s\n' "$*" >&2
}

# need TOOL...: name every missing tool at once.
need()
{
	local tool missing=()

	for tool in "$@"; do
		command -v "$tool" >/dev/null 2>&1 || missing+=("$tool")
	done
	[ "${#missing[@]}" -eq 0 ] || die "missing tools: ${missing[*]}; run 'make deps'"
}

# lines NAME COMMAND...: the lines that it prints, into the array NAME; a failure of
# the command is one of the caller.  (mapfile < <(command) goes on without it.)
lines()
{
	local -n mmvs_lines=$1
	local mmvs_text

	shift
	# set -e holds within, as it would not before "|| exit".
	mmvs_text=$("$@")
	# shellcheck disable=SC2181
	[ $? -eq 0 ] || exit
	mmvs_lines=()
	# shellcheck disable=SC2034 # the caller's array
	[ -z "$mmvs_text" ] || mapfile -t mmvs_lines <<<"$mmvs_text"
}

# conf FILE KEY: value of "key = value", empty when absent.  Never sourced.
conf()
{
	sed -n "s/^$2[[:space:]]*=[[:space:]]*//p" "$1" | head -n 1
}

# check_name WHAT NAME: names become folders and words of commands.
check_name()
{
	[[ $2 =~ ^[A-Za-z0-9][A-Za-z0-9._@=,+-]*$ && ${#2} -le 128 ]] ||
		die "$1 '$2': use letters, digits and . _ @ = , + - only"
}

# digest: one hash of standard input, 64 hex digits.
digest()
{
	sha256sum | cut -d ' ' -f 1
}

# mmcompare WORDS...: the one of this tree, built first; MMCOMPARE= names another.
mmcompare()
{
	[ -n "${MMCOMPARE:-}" ] || make -s -C "$MMVS_TOP/bench/host" O="$MMVS_TOP/build/host" >&2 || return
	"${MMCOMPARE:-$MMVS_TOP/build/host/mmcompare}" "$@"
}

# shellcheck source=scripts/lib-family.sh
. "$MMVS_TOP/scripts/lib-family.sh"
# shellcheck source=scripts/lib-cases.sh
. "$MMVS_TOP/scripts/lib-cases.sh"
# shellcheck source=scripts/lib-files.sh
. "$MMVS_TOP/scripts/lib-files.sh"
