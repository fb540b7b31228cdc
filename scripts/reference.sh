#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Make a run the committed reference: its tables, texts and pictures, and the
# hash of every samples.tsv, by which anybody can see that theirs are the same.
#
# Usage: reference.sh RUN_DIR [full|static]
# The boots of 'make conform CONFIG=debug' go to results/reference/debug/ instead,
# one by one (debug-summary.sh).
# full: a run of CASES=full becomes results/reference/full/: tables, report and SVG
# pictures.  static: the stacks that 'make stacks-check' looked at in this run take
# the place of what results/reference/static/ had of them; the others stay.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
[[ $# -eq 1 || ( $# -eq 2 && $2 =~ ^(full|static)$ ) ]] || usage "reference.sh RUN_DIR [full|static]"
run=$(realpath "$1")
to=$MMVS_TOP/results/reference
if [ -s "$run/conform/config" ] && [ "$(cat "$run/conform/config")" != small ]; then
	exec "$MMVS_TOP/scripts/debug-summary.sh" "$run" "$to/debug"
fi
if [ "${2:-}" = static ]; then
	[ -s "$run/static/static.tsv" ] || die "$run/static/static.tsv is missing; 'make stacks-check RUN=$(basename "$run")' makes it"
	family=$(cat "$run/static/family")
	check_name family "$family"
	static=$to/static/$family
	mkdir -p "$static"
	touch "$static/static.tsv"
	awk -F '\t' 'FILENAME == ARGV[1] { new[$1] = 1; print; next } !($1 in new)' \
		"$run/static/static.tsv" "$static/static.tsv" >"$static/static.tsv.new"
	mv "$static/static.tsv.new" "$static/static.tsv"
	"$MMVS_TOP/scripts/static-table.sh" "$static" || note "some stacks are not clean"
	note "$static holds $(cut -f 1 "$static/static.tsv" | sort -u | grep -vcx variant) stacks"
	exit 0
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
find "$to" -mindepth 1 -maxdepth 1 ! -name debug ! -name full ! -name static -exec rm -rf {} +
mkdir "$to/plots"
cp "$run"/{run.json,compare.tsv,values.tsv,report.md,mail.txt} "$to/"
cp "$run"/plots/*.svg "$run"/plots/*.png "$to/plots/"
for part in conform/matrix.md conform/matrix.tsv profile/diff; do
	[ -e "$run/$part" ] || { note "no $part in this run ('make conform', 'make profile' make them)"; continue; }
	mkdir -p "$to/$(dirname "$part")"
	cp -r "$run/$part" "$to/$part"
done
cp "$run"/conform/*.tap "$to/conform/" 2>/dev/null || true
(cd "$run" && find cells -name samples.tsv | sort | xargs sha256sum) >"$to/samples.sha256"
note "$to holds $(wc -l <"$to/samples.sha256") cells' hashes"
