# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154 # metal-boot.sh's plan
# Sourced by metal-boot.sh and metal-cells.sh: what the plan says, what became of it, and
# the run that it makes.

# log BOOT EVENT WHY: on disk before anything else happens.
log()
{
	printf '%s\t%s\t%s\t%s\n' "$(date +%s)" "$1" "$2" "$3" >>"$plan/log.tsv"
	sync "$plan/log.tsv"
}

# ended: "boot event time why" of each boot that has an end.
ended()
{
	[ ! -e "$plan/log.tsv" ] || awk -F '\t' -v OFS='\t' '$3 ~ /^(done|failed|lost)$/ { print $2, $3, $1, $4 }' "$plan/log.tsv"
}

# open_boot: the one that was begun and has no end.
open_boot()
{
	[ ! -e "$plan/log.tsv" ] || awk -F '\t' '$3 == "begun" { n = $2 } $3 ~ /^(done|failed|lost)$/ && $2 == n { n = "" } END { print n }' "$plan/log.tsv"
}

next_boot()
{
	ended | awk -F '\t' 'FILENAME == "-" { seen[$1] = 1; next } !($1 in seen) { print $1; exit }' - "$plan/boots.tsv"
}

lost_in_a_row()
{
	awk -F '\t' '$3 == "lost" { n++ } $3 ~ /^(done|failed|start)$/ { n = 0 } END { print n + 0 }' "$plan/log.tsv"
}

# what BOOT: variant and seed.
variant_of()
{
	awk -F '\t' -v n="$1" '$1 == n { print $2 }' "$plan/boots.tsv"
}

seed_of()
{
	awk -F '\t' -v n="$1" '$1 == n { print $3 }' "$plan/boots.tsv"
}

# of a variant: the hash of its image, and of what its linker wrote into it.
image_of()
{
	awk -F '\t' -v v="$1" '$1 == v { print $2 }' "$plan/variants.tsv"
}

notes_of()
{
	awk -F '\t' -v v="$1" '$1 == v { print $3 }' "$plan/variants.tsv"
}

# keep BOOT: its cells are the run's.
keep()
{
	local variant seed spec to
	variant=$(variant_of "$1")
	seed=$(seed_of "$1")
	while IFS= read -r spec; do
		to=$plan/run/cells/$variant/$spec
		mkdir -p "$to"
		rm -rf "${to:?}/$seed"
		mv -T "$plan/boots/$1/cells/$variant/$spec/$seed" "$to/$seed"
	done <"$plan/specs"
}

# not_measured BOOT EVENT WHY: the whole boot is lost to the run, what it had measured too:
# of a boot, all counts or nothing.
not_measured()
{
	local variant seed spec to image
	variant=$(variant_of "$1")
	seed=$(seed_of "$1")
	image=$(image_of "$variant")
	while IFS= read -r spec; do
		to=$plan/run/cells/$variant/$spec/$seed
		mkdir -p "$to"
		rm -f "$to"/*
		jq -n --arg variant "$variant" --arg spec "$spec" --arg seed "$seed" --arg image "$image" --arg why "$3" \
			'{schema: "mmvs-cell 1", variant: $variant, spec: $spec, case: ($spec | split("@")[0]), seed: ($seed | tonumber),
			  status: "failed", reason: $why, mode: "metal", accel: "none", unit: "ns", key: "", image: "", image_sha256: $image,
			  initramfs_sha256: "", qemu: "", command: [], exit: 1, wall_s: 0, max_rss_kib: 0}' >"$to/cell.json"
	done <"$plan/specs"
	log "$1" "$2" "$3"
	note "$3"
}

# status: how far it is, in a line.
status()
{
	ended | awk -F '\t' -v name="$(conf "$plan/plan.conf" name)" '
		FILENAME == "-" { end[$2]++; seen[$1] = 1; next }
		{ all++; if (!($1 in seen)) left++; if (!($2 in variant)) { variant[$2] = 1; variants++ } }
		END { printf "plan %s: %d boots of %d kernels (and A/A), %d measured, %d failed, %d lost, %d to go\n", name, all, variants, end["done"], end["failed"], end["lost"], left }' - "$plan/boots.tsv"
}

# table: "boot variant seed end seconds why" of each boot, in the order of the plan; the
# seconds are from its kexec to its end.
table()
{
	printf 'boot\tvariant\tseed\tend\tseconds\twhy\n'
	awk -F '\t' -v OFS='\t' 'FNR == NR { if ($3 == "begun") at[$2] = $1; else if ($3 ~ /^(done|failed|lost)$/) { end[$2] = $3; long[$2] = $1 - at[$2]; why[$2] = $4 } next }
		{ print $1, $2, $3, end[$1], long[$1], why[$1] }' "$plan/log.tsv" "$plan/boots.tsv"
}

# summary: run.json, out of the plan's and of what each boot saw of the machine.
summary()
{
	local host
	host=$(native_host)
	table >"$plan/run/boots.tsv"
	{ cat "$plan"/boots/*/state.json 2>/dev/null || true; } | jq -s --slurpfile plan "$plan/plan.json" --argjson host "$host" \
		--arg date "$(date -u +%FT%TZ)" --arg forced "$(conf "$plan/plan.conf" force)" '
		. as $boots | $plan[0] + {date: $date, host: $host} | if ($boots | length) == 0 then . else . +
		{native: {cpu: $boots[0].cpu, tuned: $boots[0].tuned, forced: ($forced == "1"),
			steal_pct: ([$boots[].steal_pct] | add / length), throttled_count: ([$boots[].throttled_count] | add)},
		 preflight: $boots[0].preflight} end'
}
