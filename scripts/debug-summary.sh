#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# What the boots of 'make conform CONFIG=debug' came to, without their consoles.
#
# Usage: debug-summary.sh RUN_DIR OUTDIR
# Writes OUTDIR/{matrix.md,matrix.tsv,boots.tsv,config}: a line for each boot with
# wall time, splats, kmemleak's and lockdep's last word; the options on top of
# small.config.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
[ $# -eq 2 ] || usage "debug-summary.sh RUN_DIR OUTDIR"
need jq
run=$1/conform out=$2
config=$(cat "$run/config" 2>/dev/null || true)
[[ -n $config && $config != small ]] || die "$run: no run with CONFIG=debug; 'make conform CONFIG=debug RUN=...' makes one"
[ -s "$run/matrix.tsv" ] || die "$run/matrix.tsv is missing: the run has not ended"

# said CONSOLE WORD: the line that mmbench ends with on WORD.
said()
{
	sed -n "s/^debug: $2: //p; s/^mmbench: kernel: $2[a-z ]*: //p" "$1" | tr -cd '\12\40-\176' | tail -n 1 | grep . || echo none
}

mkdir -p "$out"
cp "$run/matrix.md" "$run/matrix.tsv" "$out/"
grep -hE '^(CONFIG_|# CONFIG_)' "$MMVS_TOP/kernel-patches/config/$config.config" >"$out/config"
{
	printf 'variant\tspec\tmode\tcpus\tstatus\twall_s\tsplats_count\tkmemleak\tlockdep\timage_sha256\n'
	find "$run/cells" -name cell.json | sort | while IFS= read -r cell; do
		console=$(dirname "$cell")/console.log
		splats=0
		[ "$(jq -r .status "$cell")" != failed ] ||
			splats=$(grep -aicE 'BUG|WARNING:|mmbench: kernel: ' "$console" || true)
		printf '%s\t%s\t%s\t%s\n' "$(jq -r '[.variant, .spec, .mode, (.command | .[index("-smp") + 1]), .status, .wall_s] | @tsv' "$cell")" \
			"$splats" "$(said "$console" kmemleak)" "$(said "$console" lockdep)	$(jq -r .image_sha256 "$cell")"
	done
} >"$out/boots.tsv"
note "$out: $(($(wc -l <"$out/boots.tsv") - 1)) boots, $(awk -F '\t' 'NR > 1 { n += $7 } END { print n + 0 }' "$out/boots.tsv") splats"
