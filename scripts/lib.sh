# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What every script shares: messages, cleanup, paths, small parsers.
# Source it; it runs nothing by itself.

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
	printf 'mmvs: error: %s\n' "$*" >&2
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

# frozen FILE: a copy of the initramfs FILE that a later build does not change under
# a run, addressed by its content.
frozen()
{
	local copy
	copy=$MMVS_CACHE/initramfs/$(digest <"$1").cpio
	mkdir -p "$(dirname "$copy")"
	[ -s "$copy" ] || { cp "$1" "$copy.$$" && mv "$copy.$$" "$copy"; }
	echo "$copy"
}

# family_dir FAMILY: its folder, in kernel-patches/ or, with a / in it, anywhere.
family_dir()
{
	local dir=$MMVS_TOP/kernel-patches/$1

	[[ $1 != */* ]] || dir=$1
	[ -f "$dir/family.conf" ] ||
		die "FAMILY=$1: $dir/family.conf does not exist; a family is a name in kernel-patches/ ($(families)) or the path of such a folder"
	realpath "$dir"
}

families()
{
	local f found=()

	for f in "$MMVS_TOP"/kernel-patches/*/family.conf; do
		found+=("$(basename "$(dirname "$f")")")
	done
	echo "${found[*]}"
}

# family_conf FAMILY KEY: of its family.conf.
family_conf()
{
	local dir

	dir=$(family_dir "$1") || exit 1
	conf "$dir/family.conf" "$2"
}

# variants_of FAMILY: every stack's name; of a family without stacks, the words of
# its "variants".  The smallest stack first: kernels are built in this order in one
# tree, and each step touches the least.
variants_of()
{
	local dir f words

	local size named

	dir=$(family_dir "$1") || exit 1
	for f in "$dir"/*/series; do
		if [ ! -e "$f" ]; then
			words=$(conf "$dir/family.conf" variants)
			[ -n "$words" ] || die "$dir has no variant: no folder with a file 'series', no 'variants' in family.conf"
			tr ' ' '\n' <<<"$words"
			return 0
		fi
		f=$(basename "$(dirname "$f")")
		named=$(patches_of "$1" "$f")
		size=$(xargs -r cat <<<"$named" | wc -c)
		echo "$size $f"
	done | sort -n | cut -d ' ' -f 2
}

# measured_of FAMILY: the words of VARIANTS=; "all" is every stack, nothing is
# what family.conf names as "variants", or every stack.
measured_of()
{
	local words=${VARIANTS:-}

	words=${words:-$(family_conf "$1" variants)}
	if [ "${words:-all}" = all ]; then
		variants_of "$1"
	else
		tr -s ' \t\n' '\n' <<<"$words" | grep .
	fi
}

# series_of FILE: the patches that a series names, absolute, in order.
series_of()
{
	local dir line

	dir=$(dirname "$1")
	while IFS= read -r line || [ -n "$line" ]; do
		line=${line%%#*}
		line=${line//[[:space:]]/}
		[ -n "$line" ] || continue
		[ -f "$dir/$line" ] || die "$1 names '$line', which does not exist"
		realpath "$dir/$line"
	done <"$1"
}

# patches_of FAMILY VARIANT [VERSION]: the stack's patch files, absolute, in order;
# for Linux 7.3.4 what series.7.3 names, where there is one.
patches_of()
{
	local dir series line=${3:-}

	dir=$(family_dir "$1") || exit 1
	series=$dir/$2/series line=${line%.*}
	[ -f "$series" ] || die "no variant '$2' in family '$1' ($series does not exist); it has: $(cd "$dir" && echo */series | sed 's@/series@@g')"
	[[ -z $line || ! -f $series.$line ]] || series+=.$line
	series_of "$series"
}

# baseline_of FAMILY: the word of the variant that the others are compared with:
# BASELINE=, the first of VARIANTS= where they are no mere names of stacks, else
# the family's.
baseline_of()
{
	local word

	if [ -n "${BASELINE:-}" ]; then
		echo "$BASELINE"
	elif [[ ${VARIANTS:-} == *:* ]]; then
		read -r word _ <<<"$VARIANTS"
		echo "$word"
	else
		family_conf "$1" baseline
	fi
}

# run_words FAMILY: what a run of it measures, as words of VARIANTS=, in "words", and the
# baseline's in "baseline_word"; with STEPS=1 the one variant after each of its patches.
# shellcheck disable=SC2034 # the caller's
run_words()
{
	local list

	list=$(measured_of "$1")
	if [ "${STEPS:-0}" = 1 ]; then
		[ "$(wc -l <<<"$list")" -eq 1 ] || die "STEPS=1 goes through the patches of one variant: VARIANTS=NAME, mbox:FILE or patches:DIR"
		list=$("$MMVS_TOP/scripts/steps.sh" "$1" "$list")
		read -r BASELINE <<<"$list"
	fi
	mapfile -t words <<<"$list"
	baseline_word=$(baseline_of "$1")
	[[ " ${words[*]} " == *" $baseline_word "* ]] || words=("$baseline_word" "${words[@]}")
}

# specs_of MMBENCH FAMILY PATTERNS: the specs that PATTERNS name, each once:
# "quick" (no pattern: that) and "full" are the family's own, what "cases" in its
# family.conf picks of the cases' own, and besides what "quick_cases" and (full)
# "full_cases" pick out of all; else a glob of specs or of cases
# out of all, or a spec spelt out with its options, which is taken as it is.
specs_of()
{
	local all quick own always more found pattern patterns=()

	all=$("$1" --list-cells=full)
	quick=$("$1" --list-cells=quick)
	own=$(family_conf "$2" cases)
	always=$(family_conf "$2" quick_cases)
	more=$(family_conf "$2" full_cases)
	read -rd '' -a patterns <<<"${3:-quick}" || true
	found=$(for pattern in "${patterns[@]}"; do
		case $pattern in
		quick) own_specs "${own:-*}" "$quick"; own_specs "$always" "$all" ;;
		full) own_specs "${own:-*} $always $more" "$all" ;;
		*) picked_of "$pattern" "$all" ;;
		esac
	done) || exit 1
	awk '!seen[$0]++' <<<"$found"
}

# own_specs GLOBS SPECS: the lines of SPECS that one of GLOBS matches.
own_specs()
{
	local spec glob globs=()

	read -rd '' -a globs <<<"$1" || true
	while IFS= read -r spec; do
		for glob in "${globs[@]}"; do
			# shellcheck disable=SC2053 # a glob is wanted
			[[ $spec == $glob || ${spec%%@*} == $glob ]] && echo "$spec" && break
		done
	done <<<"$2"
	return 0
}

# picked_of PATTERN SPECS: the lines of SPECS that one pattern means.
picked_of()
{
	local spec found=0

	while IFS= read -r spec; do
		# shellcheck disable=SC2053 # a glob is wanted
		[[ $spec == $1 || ${spec%%@*} == $1 ]] && echo "$spec" && found=1
	done <<<"$2"
	[ "$found" -eq 0 ] || return 0
	[[ $1 == *@* ]] || die "CASES=$1 names no case; 'build/guest/mmbench --list' shows them"
	check_name spec "$1"
	echo "$1"
}

# instead_of N OLD NEW: tables: the lines of NEW, then those of OLD whose first N columns no
# line of NEW has.
instead_of()
{
	jq -nRr --argjson n "$1" --rawfile old "$2" --rawfile new "$3" '
		def lines: split("\n")[] | select(. != "");
		def key: split("\t")[:$n] | join("\t");
		([$new | lines | {(key): true}] | add) as $known |
		($new | lines), ($old | lines | select($known[key] | not))' </dev/null
}

# lock FILE: hold FILE until the script ends; say so when it has to wait.
lock()
{
	mkdir -p "$(dirname "$1")"
	exec {MMVS_LOCK_FD}>"$1"
	if ! flock -n "$MMVS_LOCK_FD"; then
		note "waiting for another mmvs that holds $1"
		flock "$MMVS_LOCK_FD"
	fi
}

# replace DIR BY: at once, as far as a reader can see that it is not there.
replace()
{
	rm -rf "$1".old.*
	[ ! -e "$1" ] || mv -T "$1" "$1.old.$$"
	mv -T "$2" "$1"
	rm -rf "$1.old.$$"
}

# clean_work: what killed runs left of cells on their way; those of a living process
# stay.
clean_work()
{
	local at

	for at in "$MMVS_CACHE"/cells/work/*; do
		if [ -e "$at" ] && ! kill -0 "${at##*.}" 2>/dev/null; then rm -rf "$at"; fi
	done
}

# writable DIR SETTING: DIR is there, made if need be, and takes files; of a disk that is
# all but full is said so here, not by whoever writes next.
writable()
{
	local why

	why=$({ mkdir -p "$1" && : >"$1/.mmvs.$$"; } 2>&1) ||
		die "$2=$1: nothing can be written there (${why##*: }); set $2= to a folder of yours"
	rm -f "$1/.mmvs.$$"
	[ "$(free_mib "$1")" -ge 16 ] || die "$2=$1: its disk is full (less than 16 MiB free); make room, or set $2= to a folder elsewhere"
}

# free_mib DIR: free space below DIR's file system.
free_mib()
{
	df -Pm "$1" | awk 'NR == 2 { print $4 }'
}

# mmcompare WORDS...: the one of this tree, built first; MMCOMPARE= names another.
mmcompare()
{
	[ -n "${MMCOMPARE:-}" ] || make -s -C "$MMVS_TOP/bench/host" O="$MMVS_TOP/build/host" >&2 || return
	"${MMCOMPARE:-$MMVS_TOP/build/host/mmcompare}" "$@"
}
