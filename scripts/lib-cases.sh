# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# The cases that CASES= means, and who measures them.  lib.sh sources it.

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

# check_engine MODE: who measures is known, and MODE is one that may be measured elsewhere.
check_engine()
{
	local who=${HOSTS:+HOSTS=$HOSTS}

	case ${ENGINE:-local} in
	local) ;;
	slurm)
		[ -z "$who" ] || die "ENGINE=slurm and $who: cells go to one of them; leave the other out"
		who=ENGINE=slurm ;;
	*) die "ENGINE=$ENGINE: use local (this machine, or those of HOSTS=) or slurm" ;;
	esac
	[[ -z $who || $1 = icount ]] ||
		die "$who: MODE=$1 measures time, which is another on each machine; use MODE=icount, or leave ${who%%=*}= out"
}
