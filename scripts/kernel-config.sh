#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# What small.config (and CONFIG='s fragment on top; host.config alone for CONFIG=host)
# means for one kernel.
#
# Usage: kernel-config.sh COMMIT [OTHER...]
# A line of a fragment is an option as in .config, and may have
#   A | B      the first that this kernel has; with OTHERs, the commits that it is
#              compared with, the first that all of them have, if there is one
#   A ? B      A where this kernel has it, else B, whatever the others have; without
#              a B, else nothing
#   A + B      of an alternative: all of it together
# What a kernel has, Kconfig is asked, once for each state of its Kconfig files.
# Prints the path of a fragment without alternatives.  Above what was chosen stands
# "#: the line as it was asked -> what was chosen"; an option that was chosen to be off, and is off
# without being asked, has no line.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
[ $# -ge 1 ] || usage "kernel-config.sh COMMIT [OTHER...]"
need git make gcc ccache flex bison
commit=$1
fragments=("$MMVS_TOP/kernel-patches/config/small.config")
case ${CONFIG:-small} in
small) ;;
host) fragments=("$MMVS_TOP/kernel-patches/config/host.config") ;;
*) fragments+=("$MMVS_TOP/kernel-patches/config/$CONFIG.config") ;;
esac
for f in "${fragments[@]}"; do [ -r "$f" ] || die "CONFIG=${CONFIG:-small}: $f does not exist"; done
text=$(grep -hE '^(CONFIG_|# CONFIG_)' "${fragments[@]}")
mapfile -t asked <<<"$text"
kconfig=$MMVS_CACHE/kconfig obj=$MMVS_CACHE/kconfig/obj
mkdir -p "$kconfig"

# alternatives LINE: into the array of that name.
alternatives()
{
	local rest="${1% \?} | "

	rest=${rest// \? / | }
	alternatives=()
	while [ -n "$rest" ]; do
		alternatives+=("${rest%% | *}")
		rest=${rest#* | }
	done
}

# terms ALTERNATIVE: its lines.
terms()
{
	printf '%s\n' "${1// + /$'\n'}"
}

is_choice()
{
	[[ $1 == *' | '* || $1 == *' ?'* ]]
}

is_off()
{
	[[ $1 == '# '* ]] && is_choice "$1"
}

# all_have ALTERNATIVE ANSWERS...
all_have()
{
	local answer
	for answer in "${@:2}"; do
		grep -qxF -- "$1" "$answer" || return 1
	done
}

# choose LINE: the alternative to take; the answer of each kernel is a file.
choose()
{
	local alternative
	alternatives "$1"
	for alternative in "${alternatives[@]}"; do
		[[ $1 == *' ?'* ]] || ! all_have "$alternative" "${answers[@]}" ||
			{ echo "$alternative"; return 0; }
	done
	for alternative in "${alternatives[@]}"; do
		! all_have "$alternative" "${answers[0]}" || { echo "$alternative"; return 0; }
	done
	[[ $1 == *' ?' ]] ||
		die "Linux ${commit:0:12} has no option that this line asks for: $1 (in ${fragments[*]}); add an alternative"
}

# shellcheck source=scripts/kernel-probe.sh
. "$MMVS_TOP/scripts/kernel-probe.sh"
# shellcheck source=scripts/kmake.sh
. "$MMVS_TOP/scripts/kmake.sh"
answers=()
if grep -qE ' [|?]' <<<"$text"; then
	for c in "$@"; do
		answer=$(known "$c")
		answers+=("$answer")
	done
fi
new=$kconfig/new.$$
trap 'rm -f "$new"' EXIT
for line in "${asked[@]}"; do
	if is_choice "$line"; then
		chosen=$(choose "$line")
		echo "#: $line -> ${chosen:-nothing}"
		[ -z "$chosen" ] || grep -qxF "anyway $chosen" "${answers[0]}" || terms "$chosen"
	else
		echo "$line"
	fi
done >"$new"
fragment=$kconfig/$(digest <"$new" | cut -c 1-32).config
mv "$new" "$fragment"
echo "$fragment"
