# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154 # stack-static.sh's variables
# The checks of stack-static.sh, each a line or two of its table.  It sources them.

# diff of the whole stack: what a maintainer would have to read.
diffstat()
{
	git --git-dir="$repo" diff --numstat "$base" "$commit" >"$tmp/numstat"
	put patches info "${#patches[@]}"
	put files info "$(wc -l <"$tmp/numstat")"
	put added info "$(awk '{ n += $1 } END { print n + 0 }' "$tmp/numstat")"
	put removed info "$(awk '{ n += $2 } END { print n + 0 }' "$tmp/numstat")"
	# shellcheck disable=SC2016 # awk's dollars
	lines archs awk -F '\t' 'match($3, /^arch\/[^\/]*\//) { a = substr($3, 6, RLENGTH - 6); if (!seen[a]++) print a }' "$tmp/numstat"
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
		found=$(awk -F '\t' -v tool="$tool" '
			$1 != tool { next }
			FILENAME == ARGV[1] { had[$2 FS $4]++; next }
			{ if (--had[$2 FS $4] < 0) print }' "$1/warnings.tsv" "$2/warnings.tsv")
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
	local flags
	flags=$(join -t $'\t' "$1/figures.tsv" "$2/figures.tsv" | awk -F '\t' '
		{ old[$1] = $2; new[$1] = $3 }
		END {
			more = new["pageflags"] - old["pageflags"]
			printf "%d%s, %d left", new["pageflags"], more ? sprintf(" (%+d)", more) : "", new["flags_bits"] - new["flags_wanted"]
		}')
	put pageflags info "$flags"
	put sizeof info "$(join -t $'\t' "$1/figures.tsv" "$2/figures.tsv" | sed -n 's/^sizeof_//p' |
		awk -F '\t' '$2 != $3 { printf "%s%s %+d (%d)", sep, $1, $3 - $2, $3; sep = ", " }' | grep . || echo same)"
}

# bloat FROM TO: text and data of vmlinux, the three largest changes.
bloat()
{
	local kind
	git --git-dir="$repo" show "$base:scripts/bloat-o-meter" >"$tmp/bloat-o-meter"
	for kind in text data; do
		python3 "$tmp/bloat-o-meter" "-${kind:0:1}" "$1" "$2" >"$tmp/bloat" || die "bloat-o-meter fails on $1 $2"
		put "$kind" info "$(awk '/^add\/remove/ { gsub(/[()]/, ""); print ($NF > 0 ? "+" : "") $NF }' "$tmp/bloat")" \
			"$(awk 'NF == 4 && $4 ~ /^[-+][0-9]+$/ { print ($4 < 0 ? -$4 : $4 + 0) "\t" $1 " " $4 }' "$tmp/bloat" |
				sort -k 1,1nr -k 2 | head -n 3 | cut -f 2 | paste -sd ',' | sed 's/,/, /g')"
	done
}

cross()
{
	local at why
	[[ " ${archs[*]} " == *" arm64 "* ]] || { put arm64 info "-"; return 0; }
	command -v aarch64-linux-gnu-gcc >/dev/null ||
		{ put arm64 skip SKIP "no aarch64-linux-gnu-gcc: apt-get install gcc-aarch64-linux-gnu"; return 0; }
	at=$("$scripts/stack-compile.sh" arm64 "$commit")
	why=$(awk -F '\t' '$4 != "" { print $2 ":" $3 ": " $4 }' "$at/errors.tsv" | head -n 3)
	if [ -e "$at/failed" ]; then put arm64 FAIL no "${why:-see $at/log}"; else put arm64 pass yes "$why"; fi
}
