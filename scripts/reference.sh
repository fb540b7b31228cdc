#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Make a run the committed reference: its tables, texts and pictures, and the
# hash of every samples.tsv, by which anybody can see that theirs are the same.
#
# Usage: reference.sh RUN_DIR [full]
# A run of 'make conform CONFIG=debug' becomes results/reference/debug/ instead, one
# of CASES=full, asked for by the word, results/reference/full/: tables, report and
# SVG pictures.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
[[ $# -eq 1 || ( $# -eq 2 && $2 == full ) ]] || usage "reference.sh RUN_DIR [full]"
run=$(realpath "$1")
to=$MMVS_TOP/results/reference
if [ -s "$run/conform/config" ] && [ "$(cat "$run/conform/config")" != small ]; then
	exec "$MMVS_TOP/scripts/debug-summary.sh" "$run" "$to/debug"
fi
[ -s "$run/mail.txt" ] || die "$run/mail.txt is missing; 'make report RUN=$(basename "$run")' makes it"
if [ "${2:-}" = full ]; then
	rm -rf "$to/full"
	mkdir -p "$to/full/plots"
	cp "$run"/{run.json,compare.tsv,report.md,mail.txt} "$to/full/"
	cp "$run"/plots/*.svg "$to/full/plots/"
	note "$to/full holds $(jq '.specs | length' "$run/run.json") cases"
	exit 0
fi
mkdir -p "$to"
find "$to" -mindepth 1 -maxdepth 1 ! -name debug ! -name full -exec rm -rf {} +
mkdir "$to/plots"
cp "$run"/{run.json,compare.tsv,values.tsv,report.md,mail.txt} "$to/"
cp "$run"/plots/*.svg "$run"/plots/*.png "$to/plots/"
for part in conform/matrix.md conform/matrix.tsv static/static.md static/static.tsv profile/diff; do
	[ -e "$run/$part" ] || { note "no $part in this run ('make conform', 'make stacks-check', 'make profile' make them)"; continue; }
	mkdir -p "$to/$(dirname "$part")"
	cp -r "$run/$part" "$to/$part"
done
cp "$run"/conform/*.tap "$to/conform/" 2>/dev/null || true
(cd "$run" && find cells -name samples.tsv | sort | xargs sha256sum) >"$to/samples.sha256"
note "$to holds $(wc -l <"$to/samples.sha256") cells' hashes"
