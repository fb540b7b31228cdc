# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154 # kernel-config.sh's variables
# What a kernel has of the lines of a fragment: Kconfig is asked.  kernel-config.sh
# sources it.

# round N: every line with its Nth alternative, or its last; -1: the first, and
# nothing is asked to be off.
round()
{
	local line n=$1
	for line in "${asked[@]}"; do
		[ "$n" -ge 0 ] || ! is_off "$line" || continue
		alternatives "$line"
		terms "${alternatives[n < ${#alternatives[@]} ? (n > 0 ? n : 0) : -1]}"
	done
}

# probe COMMIT: the alternatives that its Kconfig keeps.
probe()
{
	local n line term most=1 needed=()
	kcheckout "$1" || return
	for line in "${asked[@]}"; do
		alternatives "$line"
		[ "${#alternatives[@]}" -le "$most" ] || most=${#alternatives[@]}
	done
	for ((n = -1; n < most; n++)); do
		round "$n" >"$kconfig/round.config"
		rm -rf "$obj"
		# Who asks looks at the status, so set -e is off here.
		kconfigure "$kconfig/round.config" >"$kconfig/log" 2>&1 || return
		for line in "${asked[@]}"; do
			is_choice "$line" || continue
			alternatives "$line"
			if [ "$n" -lt 0 ]; then
				! is_off "$line" || ! kconfig_has "${alternatives[0]}" || echo "anyway ${alternatives[0]}"
				continue
			fi
			[ "$n" -lt "${#alternatives[@]}" ] || continue
			lines needed terms "${alternatives[n]}"
			for term in "${needed[@]}"; do
				kconfig_has "$term" || continue 2
			done
			echo "${alternatives[n]}"
		done
	done
}

# known COMMIT: the file of what a kernel has.  Which one that is does not change, and
# takes a look at 90000 names.
known()
{
	local key new memo
	memo=$({ echo "$1"; gcc --version; echo "$text"; } | digest)
	memo=$kconfig/of-${memo:0:32}
	if [ -s "$memo" ] && key=$(<"$memo") && [ -e "$key" ]; then
		echo "$key"
		return 0
	fi
	key=$({ git --git-dir="$MMVS_CACHE/linux.git" ls-tree -r "$1" | grep -E 'Kconfig|scripts/.*(version|\.sh)$'
		gcc --version; echo "$text"; } | digest)
	key=$kconfig/${key:0:32}
	if [ ! -e "$key" ]; then
		lock "$MMVS_CACHE/build.lock"
		note "asking Kconfig of ${1:0:12} what it has"
		new=$(probe "$1") || { tail -n 20 "$kconfig/log" >&2; die "Kconfig of ${1:0:12} fails; $kconfig/log has it all"; }
		echo "$new" >"$key.new"
		mv "$key.new" "$key"
		rm -rf "$obj"
	fi
	echo "$key" >"$memo.$$"
	mv "$memo.$$" "$memo"
	echo "$key"
}
