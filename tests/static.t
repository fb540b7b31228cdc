#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# What can be said of the tree without running it.  TAP.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
. scripts/lib.sh
set +e
n=0

# result STATUS NAME LOG
result()
{
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
		printf '%s\n' "$3" | sed 's/^/# /' | head -n 30
	fi
}

mapfile -t files < <(if [ -e .git ]; then git ls-files --cached --others --exclude-standard; else find . -type f; fi)
mapfile -t c_files < <(printf '%s\n' "${files[@]}" | grep -E '^(bench|tests|scripts|kernel-patches)/.*\.[ch]$')
mapfile -t shell < <({ grep -lE '^#!.*(bash|bats)' "${files[@]}" 2>/dev/null | grep -v '\.bats$'
	printf '%s\n' "${files[@]}" | grep -E '^scripts/.*\.sh$'; echo doc/mmvs.bash-completion; } | sort -u)
mapfile -t styled < <(printf '%s\n' "${files[@]}" | grep -E '(\.(c|h|sh|t|bats|bash|gp|awk|config|conf|md|yml)|Makefile|/series|\.ci/run)$' | grep -v '^results/reference/')

[ "${#c_files[@]}" -gt 20 ] && [ "${#shell[@]}" -gt 10 ]
result $? "the files to look at are found" "${#c_files[@]} C files, ${#shell[@]} scripts"

log=$(tests/shellcheck.sh "${shell[@]}" 2>&1)
result $? "shellcheck" "$log"

log=$(clang-format --dry-run -Werror "${c_files[@]}" 2>&1)
result $? "clang-format" "$log"

log=$(awk '/SPDX-License-Identifier/ { ok[FILENAME] = 1 } FNR == 3 { nextfile }
	END { for (i = 1; i < ARGC; i++) if (!ok[ARGV[i]]) print "no SPDX line: " ARGV[i] }' "${styled[@]}")
[ -z "$log" ]
result $? "SPDX on every file" "$log"

# What a compiler made has the paths of one machine in it.
log=$(perl -e 'for (@ARGV) { open(my $f, "<:raw", $_) or next; read $f, my $b, 8; print "$_\n" if $b =~ /^(\x7fELF|!<arch>)/ }' "${files[@]}")
[ -z "$log" ]
result $? "nothing that was built is among the files" "$log"

log=$(awk 'FNR > 420 { print FILENAME ": more than 420 lines"; nextfile }' "${c_files[@]}" "${shell[@]}")
[ -z "$log" ]
result $? "files of at most about 400 lines" "$log"

# The bytes of vm-run.sh are part of every cell's address; it waits for the next reason.
log=$(wc -l scripts/*.sh | awk '$1 > 150 && $2 != "total" && $2 != "scripts/vm-run.sh" { print $2 ": " $1 " lines" }')
[ -z "$log" ]
result $? "scripts of at most 150 lines, vm-run.sh apart" "$log"

log=$(scripts/docs.sh --check 2>&1)
result $? "figures in documents are those of the committed run" "$log"

# What a command in < <(...) or in an array=( $(...) ) comes to is lost; lines() of
# lib.sh keeps it.
log=$(grep -nE '(^|[^<])< <\(|=\(\s*\$\(' scripts/*.sh mmvs | grep -v ':[[:space:]]*#')
[ -z "$log" ]
result $? "no command whose failure is lost" "$log"
# The bytes of three are part of every cell's address; they change with the next reason.
scripts=(mmvs)
for f in scripts/*.sh; do [[ $f =~ /(vm-run|machine|snapshot).sh$ ]] || scripts+=("$f"); done
log=$(perl tests/lost-status.pl "${scripts[@]}" 2>&1)
result $? "no \$(...) whose failure is lost" "$log"

# Half a minute where the machine is busy.
log=$(tests/analyze.sh 2>&1)
status=$?
if [ "$status" -eq 77 ]; then
	n=$((n + 1))
	echo "ok $n - gcc -fanalyzer of bench/host and bench/plugin # SKIP $log"
else
	result "$status" "gcc -fanalyzer of bench/guest, bench/host and bench/plugin says nothing that tests/analyze.known does not" "$log"
fi

for manual in doc/*.1; do
	name="$manual is a manual without a warning"
	if command -v man >/dev/null && command -v groff >/dev/null; then
		log=$(man --warnings -E UTF-8 -l -Tutf8 -Z "$manual" 2>&1 >/dev/null)
		[ -z "$log" ]
		result $? "$name" "$log"
	else
		n=$((n + 1))
		echo "ok $n - $name # SKIP no man and groff here"
	fi
done
# Every option in the usage text is in the manual, and the other way round.
log=$(for c in bench/host/cli/args.c:mmcompare bench/guest/mmbench.c:mmbench bench/guest/mmconform.c:mmconform; do
	usage=$(grep -oE '"[^"]*--[a-z]+[^"]*"' "${c%:*}" | grep -oE -- '--[a-z]+(-[a-z]+)*' | sort -u)
	manual=$(grep -oE '(Fl )+-[a-z]+(-[a-z]+)*' "doc/${c#*:}.1" | sed 's/.*Fl /-/' | sort -u)
	diff <(echo "$usage") <(echo "$manual") | sed -n "s@^[<>]@doc/${c#*:}.1 (> only there, < only in ${c%:*}): &@p"
done)
[ -z "$log" ]
result $? "mmcompare, mmbench and mmconform have the options that their manuals have" "$log"
# Every command of mmvs is in its manual and in its completion.
log=$(for c in $(sed -n 's/^#   \([a-z][a-z, ]*[a-z]\)  *\([A-Z].*\|A B.*\|tables.*\|cases.*\|this.*\)$/\1/p' mmvs | tr -d ','); do
	grep -q "Cm $c\b" doc/mmvs.1 || echo "doc/mmvs.1: no $c"
	grep -q "\b$c\b" doc/mmvs.bash-completion || echo "doc/mmvs.bash-completion: no $c"
done)
[ -z "$log" ]
result $? "mmvs, its manual and its completion know the same commands" "$log"

# The rooms of the guest and of the host, lowest first: an include names its
# room, and goes to the same or to a lower one.  A program is above them all.
mapfile -t roomed < <(printf '%s\n' "${c_files[@]}" | grep -E '^bench/(guest|host)/')
log=$(awk '
	BEGIN {
		n = split("guest/kernel guest/run guest/share guest/conform guest/cases host/load host/stats host/pages host/cli", room)
		for (i = 1; i <= n; i++)
			rank[room[i]] = i
	}
	FNR == 1 {
		files++
		parts = split(FILENAME, at, "/")
		own = parts == 3 && at[3] ~ /^(main|mmbench|mmconform)[.]c$/ ? n + 1 : rank[at[2] "/" at[3]] + 0
		if (!own)
			print FILENAME ": in no room"
	}
	/^[ \t]*#[ \t]*include[ \t]*"/ {
		split($0, quoted, "\"")
		name = quoted[2]
		if (name == "../schema.h" || name == "workloads.h")
			next
		includes++
		split(name, to, "/")
		other = rank[at[2] "/" to[1]]
		if (!other || name ~ /\.\./)
			print FILENAME ":" FNR ": " name " names no room"
		else if (other > own)
			print FILENAME ":" FNR ": " name " is above it"
	}
	END {
		if (files < 100 || includes < 200)
			print "looked at " files " files and " includes " includes only"
	}' "${roomed[@]}")
[ -z "$log" ]
result $? "includes go one way, from room to room" "$log"

# Stacks: named files exist, each patch is in git's form, checkpatch --strict
# of the very kernel they are for has nothing to say, and each stack applies.
read -r base _ < <(scripts/kernel-source.sh 2>/dev/null)
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
[ -n "${base:-}" ] && git --git-dir="$MMVS_CACHE/linux.git" archive "$base" scripts/checkpatch.pl scripts/spelling.txt \
	scripts/const_structs.checkpatch Documentation/process | tar -x -C "$tree"
result $? "the base kernel is there, with its checkpatch" "kernel-source.sh says: $(scripts/kernel-source.sh 2>&1 | head -n 3)"
for dir in kernel-patches/*/*/; do
	[ -e "$dir/series" ] || continue
	variant=$(basename "$dir")
	family=$(basename "$(dirname "$dir")")
	patches=()
	log=$(patches_of "$family" "$variant" 2>&1)
	result $? "$family/$variant: every patch that series names is there" "$log"
	[ -z "$log" ] || mapfile -t patches <<<"$log"
	log=$(grep -L '^title = ..*' "$dir/variant.conf" 2>&1; [ -e "$dir/cover.md" ] || echo "no cover.md")
	[ -z "$log" ]
	result $? "$family/$variant: variant.conf and cover letter" "$log"
	if [ "${#patches[@]}" -gt 0 ]; then
		log=$(cd "$tree" && scripts/checkpatch.pl --strict --ignore UNKNOWN_COMMIT_ID --no-tree --no-summary --terse "${patches[@]}" 2>&1)
		result $? "$family/$variant: checkpatch --strict on ${#patches[@]} patches" "$log"
	fi
	# What it has for another release; whether it applies, whoever builds it there finds
	# out.  A base out of a tarball has no history to know the commit of Fixes: by.
	for series in "$dir"/series.*; do
		[ -e "$series" ] || continue
		mapfile -t carried < <(series_of "$series")
		log=$(cd "$tree" && [ "${#carried[@]}" -gt 0 ] && scripts/checkpatch.pl --strict --ignore UNKNOWN_COMMIT_ID --no-tree --no-summary --terse "${carried[@]}" 2>&1)
		result $? "$family/$variant: checkpatch --strict on ${series##*/}" "$log"
	done
	log=$(scripts/stack-apply.sh "$base" "$variant" "${patches[@]}" 2>&1)
	result $? "$family/$variant: applies with git am" "$log"
done
echo "1..$n"
