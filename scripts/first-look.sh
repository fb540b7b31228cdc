# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154 # run.sh's variables
# Sourced by run.sh: a first table while most of a run is still to come, after as many
# seeds as show whether a figure varies at all: where people wait, and enough is left to
# wait for.
look=0
[[ $mode != icount || $seeds -lt 4 || ${#variants[@]} -lt 2 || -n $fleet$slurm || -n ${MMVS_LOOKS:-} ]] || look=2

# first_look: what moved, as far as the first seeds show it; most of a run is still to come.
first_look()
{
	local files=("$jobs_of/rest"-*) said
	[ -e "${files[0]}" ] || return 0
	rm -rf "$run/.look"
	mkdir "$run/.look"
	ln -s ../cells "$run/.look/cells"
	jq --argjson n "$look" '.seeds |= .[:$n] | .aa_seeds |= .[:$n]' "$run/run.json" >"$run/.look/run.json"
	said=$(mmcompare "$run/.look" --format look 2>/dev/null) || said="  (no table: a cell failed)"
	rm -rf "$run/.look"
	note "a first look, $look of $seeds seeds; nothing is proven:"$'\n'"$said"
}
