#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# ENGINE=: which are known, and what sbatch is asked for.  Slurm is a few programs that
# say what they were called with; tests/e2e/slurm.t measures on a real one.

load helper

setup()
{
	own_cache
	export RESULTS=$BATS_TEST_TMPDIR/r
	bin=$BATS_TEST_TMPDIR/bin
	mkdir "$bin"
	for tool in sbatch sinfo squeue scancel scontrol; do program "$tool" 'exit 0'; done
	PATH=$bin:$PATH
}

# program NAME TEXT: a shell script of that name.
program()
{
	printf '#!/bin/sh\n%s\n' "$2" >"$bin/$1"
	chmod +x "$bin/$1"
}

# array WORD...: slurm-array.sh's functions, then these words.
array()
{
	run bash -euo pipefail -c '. "$1/lib.sh"; . "$1/gather.sh"; . "$1/machine.sh"; . "$1/slurm-array.sh"
		note() { echo "$*"; }; run=$2 work=$2/work name=mmvs-x unfit= round=1 stage=$2/stage tree=t id=i memory=2048
		mkdir -p "$work"/{said,came,unfit} "$run/.jobs"; eval "$3"' - "$scripts" "$BATS_TEST_TMPDIR" "$1"
	echo "$output"
}

@test "an engine that is not known, or two at once, is refused, by run and by plan" {
	for script in run plan; do
		ENGINE=nosuch run "$scripts/$script.sh" droppable
		[[ $status -eq 1 && $output == *"ENGINE=nosuch: use local (this machine, or those of HOSTS=) or slurm"* ]]
		ENGINE=slurm HOSTS=/a run "$scripts/$script.sh" droppable
		[[ $status -eq 1 && $output == *"ENGINE=slurm and HOSTS=/a: cells go to one of them"* ]]
		ENGINE=slurm MODE=kvm run "$scripts/$script.sh" droppable
		[[ $status -eq 1 && $output == *"ENGINE=slurm: MODE=kvm measures time"*"leave ENGINE= out"* ]]
	done
	[ ! -e "$MMVS_CACHE/images" ]
}

@test "what sbatch would refuse is said before anything is built" {
	program sbatch 'echo "sbatch: error: x" >&2; echo "allocation failure: Invalid partition name specified" >&2; exit 1'
	ENGINE=slurm run "$scripts/run.sh" droppable
	[[ $status -eq 1 && $output == *"ENGINE=slurm: sbatch takes no job: allocation failure: Invalid partition name specified; see 'sinfo'"* ]]
	[ ! -e "$MMVS_CACHE/images" ]
	rm "$bin"/{sbatch,sinfo}
	ln -s "$(command -v bash)" "$(command -v dirname)" "$bin/"
	PATH=$bin run "$scripts/slurm.sh" --check
	[[ $status -eq 1 && $output == *"missing tools: sbatch sinfo; "* ]]
}

@test "cells at a time: the CPUs of nodes that are up, in the partition that is meant; JOBS= at most" {
	program sinfo 'echo "$*" >>'"$BATS_TEST_TMPDIR/asked"'
		printf "%s\n" "a 2/6/0/8 big*" "a 2/6/0/8 small" "b 0/0/4/4 big*" "c 0/4/0/4 small"'
	run "$scripts/slurm.sh" --check
	[ "$output" = "8 1" ]
	SBATCH_PARTITION=small run "$scripts/slurm.sh" --check
	[ "$output" = "12 2" ] # this sinfo filters nothing
	[[ $(tail -n 1 "$BATS_TEST_TMPDIR/asked") == *"--partition=small"* ]]
	JOBS=3 run "$scripts/slurm.sh" --check
	[ "$output" = "3 1" ]
}

@test "an array is never longer than the cluster has them: a task is several jobs then" {
	program scontrol 'echo "MaxArraySize            = 4"'
	program sbatch 'echo "$@" >'"$BATS_TEST_TMPDIR/asked; cat $BATS_TEST_TMPDIR/work/batch >>$BATS_TEST_TMPDIR/asked; echo '12;here'"
	JOBS=2 array 'watch_array() { echo "array $array"; }; unfit=a,b; ask_nodes 000000 000001 000002 000003 000004 000005 000006; cat "$work/tasks.1"'
	[ "$status" -eq 0 ]
	[[ $output == *"array 12"*"000000 000001 000002"$'\n'"000003 000004 000005"$'\n'"000006"* ]]
	grep -q -- '--array=1-3%2 .*--exclude=a,b' "$BATS_TEST_TMPDIR/asked"
	grep -q '^#SBATCH --mem=2048M$' "$BATS_TEST_TMPDIR/asked"
	array 'watch_array() { :; }; ask_nodes 000000 000001 000002; cat "$work/tasks.1"'
	[[ $output == *"000000"$'\n'"000001"$'\n'"000002"* ]]
	grep -q -- '--array=1-3 ' "$BATS_TEST_TMPDIR/asked"
}

@test "an array that sbatch takes not ends the run early, with its words" {
	program scontrol 'echo "MaxArraySize = 1001"'
	program sbatch 'echo "sbatch: error: Memory specification can not be satisfied" >&2; exit 1'
	array 'ask_nodes 000000'
	[[ $status -eq 102 && $output == *"sbatch takes no array: sbatch: error: Memory specification can not be satisfied; SBATCH_... variables"* ]]
}

@test "memory: the largest guest and a gigabyte" {
	printf 'i\tg\tv\t%s\t1\tk\n' a@memory=512M b@memory=3G c >"$BATS_TEST_TMPDIR/list"
	array 'memory_of "$run/list"; echo "$memory"'
	[ "$output" = 4096 ]
}

@test "a controller that is away is waited for; states and requeues are Slurm's" {
	# squeue: first no answer, then two tasks of which one is requeued, then no such job.
	program squeue "n=\$(cat $BATS_TEST_TMPDIR/n 2>/dev/null || echo 0); echo \$((n + 1)) >$BATS_TEST_TMPDIR/n
		case \$n in 0) echo 'slurm_load_jobs error: Unable to contact slurm controller' >&2; exit 1 ;;
		1) printf '1|RUNNING|a|0|x|x|0|\n2|RUNNING|b|0|x|x|0|\n' ;;
		2) printf '1|COMPLETED|a|0|x|x|0|\n2|PENDING||1|x|x|0|\n' ;;
		3) printf '3|PREEMPTED|a|0|x|x|0|\n4|TIMEOUT|a|0|x|x|0|\n5|FAILED|a|0|x|x|0|\n6|COMPLETING|a|0|x|x|0|\n' ;;
		4) printf '3|PREEMPTED|a|0|x|x|0|\n4|TIMEOUT|a|0|x|x|0|\n5|FAILED|a|0|x|x|0|\n6|NODE_FAIL|a|0|x|x|0|\n' ;;
		*) echo 'slurm_load_jobs error: Invalid job id specified' >&2; exit 1 ;; esac"
	array 'array=7 seen=$work/seen running=1 silent=0; echo head >"$seen"
		for n in 1 2 3 4 5; do look; echo -n "$running "; done; running=1; look; echo "$running."; sort "$seen"'
	[ "$status" -eq 0 ]
	[[ $output == *"Slurm does not answer (slurm_load_jobs error: Unable to contact slurm controller); waiting for it"*"1 1 "*"Slurm requeued task 2, which was on b"*"1 1 0 0."* ]]
	[[ $output == *"1|COMPLETED|a|0|x|x|0|"$'\n'"2|PENDING||1|x|x|0|"* ]]
}

@test "nodes that cannot measure are left out once; a name that is none is not heard" {
	array 'echo "no QEMU" >"$work/unfit/a.b-1"; echo x >"$work/unfit/--y,z"; unfit_nodes; unfit_nodes; echo "unfit $unfit"'
	[ "$output" = "node a.b-1 is left out: no QEMU"$'\n'"unfit a.b-1" ]
}

@test "where no node wrote anything, that is what is said" {
	array 'touch "$run/.jobs/000000"; seen=$work/seen; printf "task|state\n1|FAILED|a\n2|FAILED|a\n" >"$seen"; last_words
		echo "slurmstepd: error: killed" >"$work/said/1-2"; last_words'
	[[ $output == *"no node wrote into $BATS_TEST_TMPDIR/work (Slurm says of the tasks: 2 FAILED); RESULTS="*"has to be on a file system that the nodes see"* ]]
	[[ $output == *"not all came home; Slurm says of the tasks: 2 FAILED; the first that said something: slurmstepd: error: killed"* ]]
}
