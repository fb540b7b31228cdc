# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Sourced by who measures cells of a run: cells.sh, fleet.sh.

# progress RUN_DIR VARIANT SPEC SEED STATUS [WHERE]: one is done; how long the rest takes
# at the mean pace so far.  CELLS_TOTAL= all of the run; without it, not a word.
progress()
{
	local run=$1 variant=$2 spec=$3 seed=$4 n left

	echo "$variant $spec $seed" >>"$run/.done"
	[ "$5" -eq 0 ] || echo "$variant $spec $seed" >>"$run/.failed"
	[ -n "${CELLS_TOTAL:-}" ] || return 0
	n=$(wc -l <"$run/.done")
	left=$((($(date +%s) - $(stat -c %Y "$run/.cells")) * (CELLS_TOTAL - n) / n))
	left=$(printf '%d:%02d left' $((left / 60)) $((left % 60)))
	if [ -t 2 ]; then
		printf '\r\033[Kmmvs: %d of %d cells, %d failed, %s' "$n" "$CELLS_TOTAL" \
			"$(wc -l <"$run/.failed")" "$left" >&2
	else
		[[ $(<"$run/cells/$variant/$spec/$seed/cell.json") =~ '"status": "'([a-z]+)'",'.*'"wall_s": '([0-9.]+) ]] || true
		note "cell $n of $CELLS_TOTAL, $left: $variant $spec seed $seed, ${BASH_REMATCH[1]:-no cell}, ${BASH_REMATCH[2]:-?} s${6:+, on $6}"
	fi
}
