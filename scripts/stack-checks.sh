# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154 # stack-static.sh's variables
# The checks of stack-static.sh, each a line or two of its table.  It sources them.

# diff of the whole stack: what a maintainer would have to read.
diffstat()
{
	local sums n_files n_added n_removed
	git --git-dir="$repo" diff --numstat "$base" "$commit" >"$tmp/numstat"
	sums=$(jq -nRr '[inputs | split("\t")] |
		length, (map(.[0] | tonumber? // 0) | add // 0), (map(.[1] | tonumber? // 0) | add // 0),
		(map(.[2] | capture("^arch/(?<name>[^/]+)/").name) | unique[])' "$tmp/numstat")
	{ IFS= read -r n_files; IFS= read -r n_added; IFS= read -r n_removed; mapfile -t archs; } <<<"$sums"
	put patches info "${#patches[@]}"
	put files info "$n_files"
	put added info "$n_added"
	put removed info "$n_removed"
	put architectures info "${#archs[@]}" "${archs[*]}"
}

# Without the commits that Fixes: names: the source is a package's, without history.
checkpatch()
{
	local patch said='' n=0
	mkdir "$tmp/tree"
	git --git-dir="$repo" archive "$base" scripts/checkpatch.pl scripts/spelling.txt \
		scripts/const_structs.checkpatch Documentation/process | tar -x -C "$tmp/tree"
	for patch in "${patches[@]}"; do
		(cd "$tmp/tree" && scripts/checkpatch.pl --strict --ignore UNKNOWN_COMMIT_ID --no-tree --no-summary --terse --showfile "$patch") \
			>"$tmp/checkpatch" 2>&1 || said+=$(sed "s@^$patch:@@; s@^@${patch##*/}: @" "$tmp/checkpatch")$'\n'
	done
	n=$(grep -c . <<<"$said" || true)
	if [ "$n" -eq 0 ]; then put checkpatch pass 0; else put checkpatch FAIL "$n" "${said%$'\n'}"; fi
}

# Every step builds vmlinux; the last one the image that is booted.
steps()
{
	local i bad='' n=0
	for ((i = 1; i <= ${#patches[@]}; i++)); do
		ONLY_FIRST=$i "$scripts/kernel-build.sh" "$family" "$variant" >/dev/null 2>"$tmp/step" && continue
		n=$((n + 1))
		bad+="${patches[i - 1]##*/}: $(grep -E -m 1 ' error: |cannot be|does not build' "$tmp/step" | sed "s@$MMVS_CACHE/src/@@")"$'\n'
	done
	if [ "$n" -eq 0 ]; then put steps pass yes; else put steps FAIL no "${bad%$'\n'}"; fi
}

# patch_at FILE LINE: the patch that wrote this line, or the last on the file.
patch_at()
{
	local hash n
	hash=$(git --git-dir="$repo" blame -s -l -L "$2,$2" "$base..$commit" -- "$1" 2>/dev/null | cut -d ' ' -f 1)
	[[ $hash != ^* && -n $hash ]] || hash=$(git --git-dir="$repo" log -1 --format=%H "$base..$commit" -- "$1")
	n=$(git --git-dir="$repo" rev-list --reverse "$base..$commit" | grep -n "$hash" | cut -d : -f 1)
	[ -z "$hash" ] || echo "${patches[n - 1]##*/}: "
}

# Warnings that the base does not have, wherever its lines have moved to.
warnings()
{
	local tool n why line text file found patch
	for tool in sparse W=1; do
		n=0 why=''
		found=$(jq -nRr --arg tool "$tool" --rawfile had "$1/warnings.tsv" '
			def of_tool: split("\t") | select(.[0] == $tool);
			def key: "\(.[1]) \(.[3])";
			(reduce ($had | split("\n")[] | of_tool | key) as $key ({}; .[$key] += 1)) as $had |
			foreach (inputs | of_tool) as $row ($had; .[$row | key] = (.[$row | key] // 0) - 1;
				select(.[$row | key] < 0) | $row | join("\t"))' "$2/warnings.tsv")
		while IFS=$'\t' read -r _ file line text; do
			[ -n "$file" ] || continue
			n=$((n + 1))
			patch=$(patch_at "$file" "$line")
			why+="$patch$file:$line: $text"$'\n'
		done <<<"$found"
		if [ "$n" -eq 0 ]; then put "$tool" pass 0; else put "$tool" FAIL "$n" "${why%$'\n'}"; fi
	done
	put unbuilt info "$(wc -l <"$2/unbuilt")" "$(paste -sd ' ' "$2/unbuilt")"
}

# layout BASE NEW: what changed in scripts/stack-probe.c's figures.
layout()
{
	local said
	said=$(jq -nr --rawfile old "$1/figures.tsv" --rawfile new "$2/figures.tsv" '
		def figures: [split("\n")[] | select(. != "") | split("\t") | {(.[0]): (.[1] | tonumber)}] | add;
		def signed: if . > 0 then "+\(.)" else "\(.)" end;
		($old | figures) as $old | ($new | figures) as $new |
		($new.pageflags - $old.pageflags) as $more |
		"\($new.pageflags)\(if $more == 0 then "" else " (\($more | signed))" end), \($new.flags_bits - $new.flags_wanted) left",
		([$new | to_entries[] | select(.key | startswith("sizeof_")) | select($old[.key] != null and $old[.key] != .value) |
			"\(.key | ltrimstr("sizeof_")) \(.value - $old[.key] | signed) (\(.value))"] | join(", ") | if . == "" then "same" else . end)')
	put pageflags info "${said%%$'\n'*}"
	put sizeof info "${said#*$'\n'}"
}

# bloat FROM TO: text and data of vmlinux, the three largest changes.
bloat()
{
	local kind said
	git --git-dir="$repo" show "$base:scripts/bloat-o-meter" >"$tmp/bloat-o-meter"
	for kind in text data; do
		python3 "$tmp/bloat-o-meter" "-${kind:0:1}" "$1" "$2" >"$tmp/bloat" || die "bloat-o-meter fails on $1 $2"
		said=$(jq -nRr '[inputs] |
			(map(capture("^add/remove.*\\((?<n>-?[0-9]+)\\)$").n | tonumber)[0] | if . > 0 then "+\(.)" else "\(.)" end),
			(map(capture("^(?<name>\\S+) +\\S+ +\\S+ +(?<by>[-+][0-9]+)$") | .size = (.by | tonumber | fabs)) |
				sort_by([-.size, .name])[:3] | map("\(.name) \(.by)") | join(", "))' "$tmp/bloat")
		put "$kind" info "${said%%$'\n'*}" "${said#*$'\n'}"
	done
}

cross()
{
	local at why
	[[ " ${archs[*]} " == *" arm64 "* ]] || { put arm64 info "-"; return 0; }
	command -v aarch64-linux-gnu-gcc >/dev/null ||
		{ put arm64 skip SKIP "no aarch64-linux-gnu-gcc: apt-get install gcc-aarch64-linux-gnu"; return 0; }
	at=$("$scripts/stack-compile.sh" arm64 "$commit")
	why=$(jq -nRr '[inputs | split("\t") | select(.[3] != "" and .[3] != null) | "\(.[1]):\(.[2]): \(.[3])"][:3][]' "$at/errors.tsv")
	if [ -e "$at/failed" ]; then put arm64 FAIL no "${why:-see $at/log}"; else put arm64 pass yes "$why"; fi
}
