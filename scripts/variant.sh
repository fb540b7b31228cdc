#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# What one word of VARIANTS= means.
#
# Usage: variant.sh FAMILY WORD
# WORD is one of
#   NAME           a stack: a folder of the family, on the base kernel
#   kernel:7.3     Debian's linux-source-7.3
#   ref:topic/a    a branch, tag or hash of KERNEL_SRC
#   mbox:FILE      mails or patches of a mailbox, applied with git am
#   patches:DIR    a folder of patches: what its file 'series' names, or *.patch
# and a stack, an mbox or a folder may name its base (mbox:FILE@kernel:7.3,
# NAME@ref:v6.12) and be cut short: NAME+2 is its first two patches (steps.sh).
# Prints the path of a JSON file: name, title, mechanism, expect, word; base (a
# commit), version and source of the kernel; patches and config (paths); of a ref
# also fork, the commit where it left the history of BASELINE_REF (environment).
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
[ $# -eq 2 ] || usage "variant.sh FAMILY WORD"
need git jq
family=$1 word=$2 scripts=$MMVS_TOP/scripts
variants=$MMVS_CACHE/variants
title='' mechanism='' expect='' config='' fork='' first='' patches=()
mkdir -p "$variants"

# kernel WORD: base, version and source, from kernel:V, ref:R or nothing.
kernel()
{
	local said
	case $1 in
	kernel:*) said=$(KERNEL_SRC='' KERNEL=${1#kernel:} "$scripts/kernel-source.sh") ;;
	ref:*) said=$("$scripts/kernel-source.sh" "${1#ref:}") ;;
	'') said=$("$scripts/kernel-source.sh") ;;
	*) die "$word: behind the @ stands kernel:VERSION or ref:NAME, not '$1'" ;;
	esac
	read -r base version source <<<"$said"
}

# split: @BASE, then +N, off the end of the word; a file may have both in its name.
split()
{
	on=
	if [[ $word =~ ^(.*)@((kernel|ref):[^@]*)$ ]]; then
		word=${BASH_REMATCH[1]} on=${BASH_REMATCH[2]}
	fi
	local path=${word#*:} dir
	if [[ $word != *:* ]]; then
		dir=$(family_dir "$family")
		path=$dir/$word
	fi
	if [[ ! -e $path && $word =~ ^(.*)\+([0-9]{1,4})$ ]]; then
		word=${BASH_REMATCH[1]} first=${BASH_REMATCH[2]}
	fi
}

# cut_short: of the patches the first few, if the word says so.
cut_short()
{
	[ -n "$first" ] || return 0
	[ "$first" -le "${#patches[@]}" ] || die "$asked: $word has $(count "${#patches[@]}" patch es)"
	title="$title: before its first patch"
	[ "$first" -eq 0 ] || title="patch $first of ${#patches[@]}: $(subject_of "${patches[first - 1]}")"
	patches=("${patches[@]:0:first}")
	name+=+$first
}

stack()
{
	local dir text
	dir=$(family_dir "$family")
	dir+=/$word
	text=$(patches_of "$family" "$word" "$version")
	[ -z "$text" ] || mapfile -t patches <<<"$text"
	title=$(conf "$dir/variant.conf" title) mechanism=$(conf "$dir/variant.conf" mechanism)
	expect=$(conf "$dir/variant.conf" expect) config=$(conf "$dir/variant.conf" config)
	[ -z "$config" ] || config=$dir/$config
}

# shellcheck source=scripts/variant-says.sh
. "$scripts/variant-says.sh"
asked=$word
case $word in
kernel:* | ref:*)
	kernel "$word"
	if [[ $word == kernel:* ]]; then
		name=linux-${word#kernel:} title="Linux $version"
		mechanism="$source as it is"
	else
		name=$(fit "${word#ref:}")
		about_ref
	fi ;;
mbox:* | patches:*)
	split
	path=${word#*:}
	if [[ $word == mbox:* ]]; then
		[ -f "$path" ] || die "$asked: no file $path"
		files=$("$scripts/mbox.sh" "$path")
	else
		[ -d "$path" ] || die "$asked: no folder $path"
		files=$(folder "$path")
	fi
	from_patches "$files"
	kernel "$on"
	name=$(basename "$path")
	name=$(fit "${name%.*}")
	cut_short ;;
*)
	split
	check_name variant "$word"
	kernel "$on"
	stack
	name=$word${on:+-$(fit "${on#*:}")}
	cut_short ;;
esac
[ -n "$name" ] || die "$asked: no name can be made of that"
json=$(jq -n --arg name "$name" --arg word "$asked" --arg title "$title" --arg mechanism "$mechanism" \
	--arg expect "$expect" --arg base "$base" --arg version "$version" --arg source "$source" \
	--arg config "$config" --arg fork "$fork" \
	'{name: $name, word: $word, title: $title, mechanism: $mechanism, expect: $expect, base: $base,
	  version: $version, source: $source, fork: $fork, config: $config, patches: $ARGS.positional}' --args -- "${patches[@]}")
file=$variants/$(digest <<<"$json" | cut -c 1-32).json
echo "$json" >"$file.$$"
mv "$file.$$" "$file"
echo "$file"
