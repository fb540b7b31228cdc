#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Measure the cells of a run on the nodes of a Slurm cluster: one array of jobs.
#
# Usage: slurm.sh --check                 prints how many cells at a time, and on how many nodes
#        slurm.sh RUN_DIR JOB_LIST...     (called by run.sh; lists as cells.sh has them)
# A task of the array is a list: a boot and the cells that go on from there.  JOBS=: at
# most so many at a time.  SBATCH_PARTITION=, SBATCH_ACCOUNT= and the like are sbatch's own.
# Nodes read kernels, initramfs and scripts out of the run's folder and leave there what
# they measured, so they have to see it; sbcast(1) would not do instead, as it copies from
# a node.  What they boot and write meanwhile is in their own TMPDIR.
# A task whose node is lost is requeued by Slurm, one that ended without a result asked
# for again.  What comes home is checked (gather.sh).
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

# guard NAME WORK: when who holds the other end of standard input has ended, however he
# did, nothing of his array is left.
guard()
{
	trap '' INT TERM HUP
	cat >/dev/null || true
	scancel --quiet --name="$1" || true
	rm -rf "$2"
}

# check: does sbatch take a job of ours, and what is there for it?
check()
{
	local said
	said=$(sbatch --test-only --wrap true 2>&1 >/dev/null </dev/null) ||
		die "ENGINE=slurm: sbatch takes no job: $(tail -n 1 <<<"$said" | tr -cd '\40-\176'); see 'sinfo', and set SBATCH_PARTITION=, SBATCH_ACCOUNT= as sbatch wants them"
	said=$(sinfo --noheader --Node --format='%N %C %P' ${SBATCH_PARTITION:+--partition="$SBATCH_PARTITION"})
	awk -v all="${SBATCH_PARTITION:+1}" -v most="${JOBS:-0}" '
		(all || $3 ~ /\*$/) && !seen[$1]++ { split($2, cpus, "/"); n = cpus[1] + cpus[2]; slots += n; nodes += (n > 0) }
		END { print ((most > 0 && most < slots) ? most : slots + 0), nodes + 0 }' <<<"$said"
}

case ${1:-} in
--guard)
	[ $# -eq 3 ] || usage "slurm.sh --guard NAME WORK"
	guard "$2" "$3"
	exit 0 ;;
--check)
	[ $# -eq 1 ] || usage "slurm.sh --check"
	need sbatch sinfo squeue scancel scontrol
	check
	exit 0 ;;
esac
[ $# -ge 2 ] || usage "slurm.sh RUN_DIR JOB_LIST... | --check"
need sbatch squeue scancel scontrol jq tar sha256sum flock
# shellcheck source=scripts/gather.sh
. "$MMVS_TOP/scripts/gather.sh"
# shellcheck source=scripts/machine.sh
. "$MMVS_TOP/scripts/machine.sh"
# shellcheck source=scripts/slurm-array.sh
. "$MMVS_TOP/scripts/slurm-array.sh"
run=$(realpath "$1")
in=$MMVS_CACHE/cells/work/slurm.$$ unfit=
shift
# Of a machine that went down with its guard an array may be left.
for old in "$run"/.slurm.*; do
	[ -e "$old" ] || continue
	scancel --quiet --name="mmvs-${old##*.}" || true
	rm -rf "$old" || true # a node may still have it open
done
work=$(mktemp -d "$run/.slurm.XXXXXXXX")
name=mmvs-${work##*.} stage=$work/stage
mkdir -p "$stage"/{images,initramfs,lists} "$work"/{came,said,unfit}
trap 'rm -rf "$work" "$in"' EXIT
mkfifo "$work/alive"
env -u MMVS_OURS -u MAKELEVEL setsid "$0" --guard "$name" "$work" <"$work/alive" >/dev/null 2>&1 &
# shellcheck disable=SC2034 # it is held, no more
exec {alive}>"$work/alive"
fill "$@"
memory_of "$@"
printf 'round\ttask\tstate\tnode\trestarts\tstart\tend\texit\n' >"$run/joblog.tsv"
rounds ask_nodes
