# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154 # slurm.sh's variables
# Sourced by slurm.sh: one array from sbatch to its last task.

# memory_of JOB_LIST...: in "memory" how many MiB a task needs: its largest guest, and
# what QEMU has besides.
memory_of()
{
	local spec specs most mib=0
	specs=$(cut -f 4 "$@" | sort -u)
	while IFS= read -r spec; do
		IFS=$'\t' read -r _ most _ <<<"$(shape_of "$spec")"
		case $most in *G) most=$((${most%G} * 1024)) ;; *) most=${most%M} ;; esac
		[ "$most" -le "$mib" ] || mib=$most
	done <<<"$specs"
	memory=$((mib + 1024))
}

# batch TASKS: what a node runs.  What is asked for in its lines, SBATCH_... overrides.
batch()
{
	local text words
	settings_there
	printf -v text ' %q' env -u CELLS_TOTAL -u MMVS_OURS -u MAKELEVEL "${words[@]}" \
		"$stage/trees/$tree/scripts/slurm-job.sh" "$work" "$1" "$id" "manifest-$tree" "$qemu"
	printf '%s\n' '#!/usr/bin/env bash' "#SBATCH --mem=${memory}M" "exec$text"
}

# ask_nodes JOB...: as one array, to its end.  A task is as many jobs as it takes for the
# array not to be longer than the cluster has them.
ask_nodes()
{
	local config most tasks=$work/tasks.$round seen=$work/seen.$round array
	config=$(scontrol show config)
	most=$(sed -n 's/^MaxArraySize *= *//p' <<<"$config")
	printf '%s\n' "$@" | xargs -n $((($# + most - 2) / (most - 1))) >"$tasks"
	batch "$tasks" >"$work/batch"
	if ! array=$(sbatch --parsable --job-name="$name" --requeue --nodes=1 --ntasks=1 --cpus-per-task=1 \
		--array="1-$(wc -l <"$tasks")${JOBS:+%$JOBS}" --output="$work/said/$round-%a" \
		${unfit:+--exclude="$unfit"} "$work/batch" 2>"$work/why" </dev/null); then
		note "sbatch takes no array: $(tail -n 1 "$work/why" | tr -cd '\40-\176'); SBATCH_... variables change what it asks for (man sbatch)"
		exit 102
	fi
	array=${array%%;*}
	echo 'task|state|node|restarts|start|end|exit' >"$seen"
	watch_array
	sed -n "s/^[0-9].*/$round|&/p" "$seen" | sort -t '|' -k 2n | sed 's/|$//' | tr '|' '\t' >>"$run/joblog.tsv"
	last_words
}

# watch_array: what has come is taken, until all has or no task is left.
watch_array()
{
	local running=1 due=0 silent=0 file
	while [ "$running" -eq 1 ]; do
		if [ "$SECONDS" -ge "$due" ]; then
			look
			due=$((SECONDS + 5))
		fi
		# NFS lists a folder anew after a change of one's own.
		: >"$work/came/.look" && rm -f "$work/came/.look"
		for file in "$work"/came/*@*; do
			[ -f "$file" ] || continue
			take "$file" </dev/null
			rm -f "$file"
		done
		unfit_nodes
		compgen -G "$run/.jobs/*" >/dev/null || break
		[ "$running" -eq 0 ] || sleep 0.5
	done
	# The last are on their way out; who is asked for what another one sent is stopped.
	for ((due = 0; due < 10 && running; due++)); do
		sleep 0.5
		look
	done
	[ "$running" -eq 0 ] || scancel --quiet --name="$name" || true
}

# look: what Slurm says of each task into "seen"; is one of them "running" or to run?
look()
{
	local now
	if ! now=$(squeue --noheader --array --states=all --jobs="$array" \
		--Format='ArrayTaskID:|,State:|,NodeList:|,RestartCnt:|,StartTime:|,EndTime:|,exit_code:|' 2>&1 </dev/null); then
		# It forgets those that ended a while ago.
		[[ $now != *"Invalid job id"* ]] || { running=0 && return 0; }
		[ "$silent" -eq 1 ] || note "Slurm does not answer ($(tail -n 1 <<<"$now" | tr -cd '\40-\176')); waiting for it"
		silent=1
		return 0
	fi
	silent=0
	awk -F '|' 'NR == FNR { line[$1] = $0; node[$1] = $3; restarts[$1] = $4; next }
		$4 > restarts[$1] + 0 { printf "mmvs: Slurm requeued task %s, which was on %s\n", $1, (node[$1] ? node[$1] : "a node") >"/dev/stderr" }
		{ line[$1] = $0 }
		END { for (task in line) print line[task] }' "$seen" - <<<"$now" >"$seen.new"
	mv "$seen.new" "$seen"
	running=$(awk -F '|' '$2 !~ /^(COMPLETED|FAILED|CANCELLED|TIMEOUT|OUT_OF_MEMORY|NODE_FAIL|BOOT_FAIL|DEADLINE|PREEMPTED)$/ { n = 1 }
		END { print n + 0 }' <<<"$now")
}

# unfit_nodes: who cannot measure has said so, and is asked for nothing more.
unfit_nodes()
{
	local file node
	for file in "$work"/unfit/*; do
		node=${file##*/}
		[[ -f $file && $node =~ ^[A-Za-z0-9][A-Za-z0-9._-]*$ && ,$unfit, != *,$node,* ]] || continue
		unfit+=${unfit:+,}$node
		note "node $node is left out: $(head -c 300 "$file" | tail -n 1 | tr -cd '\40-\176')"
	done
}

# last_words: of the tasks of this round that were no good, if jobs are not home.
last_words()
{
	local states said words
	compgen -G "$run/.jobs/*" >/dev/null || return 0
	states=$(sed -n '/^[0-9]/p' "$seen" | cut -d '|' -f 2 | sort | uniq -c | awk '{ print $1, $2 }' | paste -sd ,)
	said=$(find "$work/said" -type f -name "$round-*" -size +0 | sort -V | head -n 1)
	if compgen -G "$work/said/$round-*" >/dev/null; then
		words=$([ -z "$said" ] || tail -n 1 "$said" | tr -cd '\40-\176' | cut -c 1-200)
		note "not all came home; Slurm says of the tasks: $states${words:+; the first that said something: $words}"
	else
		note "no node wrote into $work (Slurm says of the tasks: $states); RESULTS=$MMVS_RESULTS has to be on a file system that the nodes see under this name"
	fi
}
