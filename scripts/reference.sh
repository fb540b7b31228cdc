#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Make a run the committed reference: its tables, texts and pictures, and the
# hash of every samples.tsv, by which anybody can see that theirs are the same.
#
# Usage: reference.sh RUN_DIR [full|stacks|covers|versions|linux-7.3|stacks-7.3|covers-7.3|
#	calibration-tcg|steps|native|FAMILY|static]
# The matrix of 'make conform' goes to results/reference/conform/<family>/, and of a
# run that only judged, nothing else is touched.  The boots of 'make conform
# CONFIG=debug' go to results/reference/debug/ instead, one by one (debug-summary.sh).
# full, stacks and so on: a run of CASES=full, of all stacks, of another family or
# of those kernels becomes results/reference/full/ and so on: tables, report, SVG
# pictures, profile and matrix.  static: the stacks that 'make stacks-check' looked at in this run take
# the place of what results/reference/static/ had of them; the others stay.  The next
# run made the reference has this table in report and mail.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
of_families=$(families)
read -ra asides <<<"full stacks covers versions linux-7.3 stacks-7.3 covers-7.3 calibration-tcg steps native $of_families"
[[ $# -eq 1 || ( $# -eq 2 && " ${asides[*]} static " == *" $2 "* ) ]] ||
	usage "reference.sh RUN_DIR [$(printf '%s|' "${asides[@]}")static]"
run=$(realpath "$1")
to=$MMVS_TOP/results/reference

# shellcheck source=scripts/reference-family.sh
. "$MMVS_TOP/scripts/reference-family.sh"

# take_page DIR: the report as a page, without links to the cells that stay behind; one of
# many stacks or cases is too large for a repository, and report.md has it all.
take_page()
{
	if [ -s "$run/report.html" ]; then
		"$MMVS_TOP/build/host/mmcompare" "$run" --format html --bare >"$1/report.html"
		[ "$(stat -c %s "$1/report.html")" -le $((2 << 20)) ] || { rm "$1/report.html" && note "$1 is without report.html, which has more than 2 MiB"; }
	fi
	[ ! -e "$run/criteria" ] || cp "$run/criteria" "$1/"
}

# take_aside NAME: beside the reference's own figures.
take_aside()
{
	local file
	rm -rf "${to:?}/$1"
	mkdir -p "$to/$1/plots"
	cp "$run"/{run.json,compare.tsv,report.md,mail.txt,mail-full.txt} "$to/$1/"
	cp "$run"/plots/*.svg "$to/$1/plots/"
	take_page "$to/$1"
	for file in calibrate.md steps.tsv; do
		[ ! -e "$run/$file" ] || cp "$run/$file" "$to/$1/"
	done
	if [ -e "$run/profile/diff" ]; then
		mkdir "$to/$1/profile"
		cp -r "$run/profile/diff/." "$to/$1/profile/"
	fi
	# Of another release than the base, the static cost of the stacks for it.
	if [[ $1 == *-[0-9]* && -s $run/static/static.md ]]; then
		mkdir "$to/$1/static"
		cp "$run"/static/static.{tsv,md} "$to/$1/static/"
	fi
	# Of the release that conform/ is about, the matrix lies there.
	if [[ $1 == linux-* && -s $run/conform/matrix.tsv ]]; then
		mkdir "$to/$1/conform"
		cp "$run"/conform/{columns.tsv,config,family,matrix.tsv,matrix.md} "$run"/conform/*.tap "$to/$1/conform/"
	fi
	note "$to/$1 holds $(jq '.specs | length' "$run/run.json") cases"
}

take_figures()
{
	# Other folders are not of this run.
	find "$to" -mindepth 1 -maxdepth 1 -type f -delete
	rm -rf "$to/plots" "$to/profile"
	mkdir "$to/plots"
	cp "$run"/{run.json,compare.tsv,values.tsv,report.md,mail.txt,mail-full.txt} "$to/"
	cp "$run"/plots/*.svg "$run"/plots/*.png "$to/plots/"
	take_page "$to"
	add_static
	if [ -e "$run/profile/diff" ]; then
		mkdir "$to/profile"
		cp -r "$run/profile/diff" "$to/profile/"
	else
		note "no profile in this run ('make profile' makes it)"
	fi
	(cd "$run" && find cells -name samples.tsv | sort | xargs sha256sum) >"$to/samples.sha256"
	note "$to holds $(wc -l <"$to/samples.sha256") cells' hashes"
}

[ "${2:-}" != static ] || { take_static; exit 0; }
judged=$(cat "$run/conform/config" 2>/dev/null || true)
[[ -z $judged || $judged == small ]] || exec "$MMVS_TOP/scripts/debug-summary.sh" "$run" "$to/debug"
if [[ $# -eq 1 && -n $judged && ! -e $run/compare.tsv ]]; then
	take_conform
	exit 0
fi
[ -s "$run/mail.txt" ] || die "$run/mail.txt is missing; 'make report RUN=$(basename "$run")' makes it"
if [ $# -eq 2 ]; then
	take_aside "$2"
	exit 0
fi
mkdir -p "$to"
lend_static
if [ -n "$judged" ]; then
	take_conform
else
	note "no conform in this run ('make conform' makes it); $to/conform stays"
fi
take_figures
