#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# On a node of Slurm: measure what one task of the array has, and leave it for home.
#
# Usage: slurm-job.sh WORK TASKS ID MANIFEST QEMU   (called by what slurm.sh gives sbatch)
# WORK: slurm.sh's folder, which home and nodes see: stage/ is read, came/JOB@NODE is what
# fleet-job.sh prints, unfit/NODE why this node measures nothing.  TASKS: a line a task,
# its jobs.  QEMU: home's version.  Guests and cells are in a folder of TMPDIR until then.
set -euo pipefail
[ $# -eq 5 ] || { echo "Usage: slurm-job.sh WORK TASKS ID MANIFEST QEMU" >&2; exit 2; }
work=$1 tasks=$2 id=$3 manifest=$4 qemu=$5
stage=$work/stage node=${SLURMD_NODENAME:?} task=${SLURM_ARRAY_TASK_ID:?}

# unfit WHY: home asks this node for nothing more.
unfit()
{
	echo "$1" >"$work/unfit/.$node.$task"
	mv "$work/unfit/.$node.$task" "$work/unfit/$node"
	echo "$node: $1" >&2
	exit 1
}

# What killed tasks left here goes: nobody holds its lock.
tmp=${TMPDIR:-/tmp}
[[ -d $tmp && -w $tmp ]] || tmp=/tmp
for old in "$tmp/mmvs-$UID".*; do
	if [[ -d $old && -O $old && ! -L $old ]] && flock -n "$old" true; then rm -rf "$old"; fi
done
new=$(mktemp -d "$tmp/.mmvs.XXXXXXXX") || unfit "nothing can be written to $tmp there"
scratch=$tmp/mmvs-$UID.${new##*.}
trap 'rm -rf "$new" "$scratch"' EXIT
exec {held}<"$new"
flock -n "$held"
mv "$new" "$scratch"
export MMVS_CACHE=$scratch TMPDIR=$tmp
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

why=$( (need qemu-system-x86_64 jq socat tar gzip sha256sum flock setpriv timeout perl awk /usr/bin/time) 2>&1) || unfit "$why"
theirs=$(qemu-system-x86_64 --version | sed -n '1s/.*version \([0-9.]*\).*/\1/p')
[ "$theirs" = "$qemu" ] || unfit "it has QEMU '$theirs', home has '$qemu': the bytes would be others; install the same there"
said=$(LD_PRELOAD=$MMVS_TOP/build/still/still.so qemu-system-x86_64 --version 2>&1 >/dev/null) || said="QEMU does not start"
[ -z "$said" ] || unfit "$said"
read -ra jobs <<<"$(sed -n "${task}p" "$tasks")"
for job in "${jobs[@]}"; do
	IFS=$'\t' read -r image guest _ <"$stage/lists/$id/$job"
	# What it reads is what home wrote.
	why=$(cd "$stage" && grep -F -e ' ./trees/' -e " ./lists/$id/$job" -e " ./images/${image##*/}/" -e " ./initramfs/${guest##*/}" "lists/$id/$manifest" |
		sha256sum --check --quiet --strict 2>&1) || unfit "what it reads in $stage is not what home wrote: $(head -n 1 <<<"$why")"
	part=$work/came/.$job.$node.$task
	"$MMVS_TOP/scripts/fleet-job.sh" "$stage" "$id" "$job" "$node" "$MMVS_CACHE" >"$part" || note "$job: a cell has no result"
	mv "$part" "$work/came/$job@$node"
done
