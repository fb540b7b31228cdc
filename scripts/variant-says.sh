# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154,SC2034 # variant.sh's variables
# What a variant says of itself: name, title and mechanism, from commits and mails.
# variant.sh sources it.

# fit TEXT: as a name of files and columns.
fit()
{
	local text=${1//[^A-Za-z0-9._+-]/-}
	text=${text#"${text%%[A-Za-z0-9]*}"}
	text=${text//../.}
	echo "${text:0:40}"
}

# subject_of MAIL: without [PATCH ...].
subject_of()
{
	git mailinfo /dev/null /dev/null <"$1" 2>/dev/null | sed -n 's/^Subject: //p' | tr -cd '\40-\176' | cut -c 1-200
}

# list TEXT...: "a; b; c", shortened where there are many.
list()
{
	local n=$# text
	text=$(printf '%s; ' "${@:1:8}")
	[ "$n" -le 8 ] || text+="and $((n - 8)) more; "
	echo "${text%; }"
}

# count N NOUN [PLURAL]: "1 commit", "2 patches".
count()
{
	echo "$1 $2$([ "$1" -eq 1 ] || echo "${3:-s}")"
}

about_ref()
{
	local src subjects=() text
	src=$(realpath "$KERNEL_SRC")
	title=$(git -C "$src" log -1 --format=%s "$base")
	# What the baseline does not have, where the two have a past in common.
	if [ -n "${BASELINE_REF:-}" ]; then
		fork=$(git -C "$src" merge-base "$base" "$BASELINE_REF^{commit}" 2>/dev/null) || fork=
	fi
	mechanism="commit ${base:0:12} of ${source}"
	if [[ -n $fork && $fork != "$base" ]]; then
		text=$(git -C "$src" log --format=%s "$fork..$base")
		mapfile -t subjects <<<"$text"
		mechanism+=", $(count "${#subjects[@]}" commit) on $(git -C "$src" describe --always --abbrev=12 "$fork" 2>/dev/null || echo "${fork:0:12}"): $(list "${subjects[@]}")"
	fi
}

# folder DIR: its patches in order.
folder()
{
	if [ -f "$1/series" ]; then
		series_of "$1/series"
	else
		find "$1" -maxdepth 1 -name '*.patch' -exec realpath {} + | sort
	fi
}

# from_patches FILES: title and mechanism of a series from elsewhere.
from_patches()
{
	local p subjects=()
	[ -n "$1" ] || die "$word: no patch in there (a mail with a diff, or a file *.patch)"
	mapfile -t patches <<<"$1"
	for p in "${patches[@]}"; do subjects+=("$(subject_of "$p")"); done
	title=${subjects[0]}
	mechanism="$(count "${#patches[@]}" patch es) of $(basename "${word#*:}"): $(list "${subjects[@]}")"
}
