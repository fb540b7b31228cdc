#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Make a run the committed reference: its tables, texts and pictures, and the
# hash of every samples.tsv, by which anybody can see that theirs are the same.
#
# Usage: reference.sh RUN_DIR
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
[ $# -eq 1 ] || usage "reference.sh RUN_DIR"
run=$(realpath "$1")
to=$MMVS_TOP/results/reference
[ -s "$run/mail.txt" ] || die "$run/mail.txt is missing; 'make report RUN=$(basename "$run")' makes it"
rm -rf "$to"
mkdir -p "$to/plots"
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
