# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# A Slurm cluster of our own on loopback, for who sources this after lib.bash: munged,
# slurmctld and nodes of one CPU, in $tmp and on ports of their own.  No service of this
# machine is touched.  A node is a PID namespace: it can be killed as if its power failed.
# All of it ends with the test, even one that is killed.
declare -A nodes=()
daemons=() end=(setpriv --pdeathsig KILL)

# cluster NODE...: up, or 1 with the reason in $tmp/why.  cluster_words=: more lines of
# slurm.conf; node_words=: more of each node.
cluster()
{
	local tool node i port=$((20000 + $$ % 20000)) here
	for tool in munged slurmctld slurmd sbatch unshare; do
		PATH=$PATH:/usr/sbin:/sbin command -v "$tool" >/dev/null || { echo "no $tool here (Debian's slurmctld slurmd slurm-client munge)" >"$tmp/why" && return 1; }
	done
	here=$(hostname) us=$(id -un)
	isolate=(unshare --pid --fork --kill-child --mount-proc)
	[ "$(id -u)" -eq 0 ] || isolate=(unshare --user --map-current-user --pid --fork --kill-child --mount-proc)
	"${isolate[@]}" true 2>"$tmp/why" || return 1
	chmod 755 "$tmp" # munged asks who could change its socket's folder
	mkdir -p "$tmp"/{munge,state}
	head -c 128 /dev/urandom >"$tmp/munge/key"
	chmod 600 "$tmp/munge/key"
	"${end[@]}" /usr/sbin/munged --foreground --socket="$tmp/munge/socket" --key-file="$tmp/munge/key" --pid-file="$tmp/munge/pid" \
		--seed-file="$tmp/munge/seed" --log-file="$tmp/munge/log" >"$tmp/why" 2>&1 &
	daemons+=("$!")
	cat >"$tmp/slurm.conf" <<-END
		ClusterName=mmvs
		SlurmctldHost=$here(127.0.0.1)
		SlurmctldPort=$port
		AuthType=auth/munge
		AuthInfo=socket=$tmp/munge/socket,cred_expire=5
		CredType=cred/munge
		SlurmUser=$us
		SlurmdUser=$us
		StateSaveLocation=$tmp/state
		SlurmdSpoolDir=$tmp/spool-%n
		SlurmctldPidFile=$tmp/slurmctld.pid
		SlurmdPidFile=$tmp/slurmd-%n.pid
		SlurmctldLogFile=$tmp/slurmctld.log
		SlurmdLogFile=$tmp/slurmd-%n.log
		ProctrackType=proctrack/linuxproc
		TaskPlugin=task/none
		TaskProlog=$tmp/prolog
		SelectType=select/cons_tres
		SelectTypeParameters=CR_CPU
		SlurmdTimeout=8
		SlurmdParameters=config_overrides
		ReturnToService=2
		KillWait=5
		MessageTimeout=5
		SchedulerParameters=sched_interval=2,bf_interval=2
		$(for node; do echo "NodeName=$node NodeHostname=$here NodeAddr=127.0.0.1 Port=$((++port)) CPUs=1 RealMemory=4000 ${node_words:-}"; done)
		${cluster_words:-}
		PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
	END
	# Each node has programs and a TMPDIR of its own.
	cat >"$tmp/prolog" <<-END
		#!/bin/sh
		mkdir -p "$tmp/tmp-\$SLURMD_NODENAME"
		echo "export TMPDIR=$tmp/tmp-\$SLURMD_NODENAME"
		echo "export PATH=$tmp/bin-\$SLURMD_NODENAME:\$PATH"
	END
	chmod +x "$tmp/prolog"
	export SLURM_CONF=$tmp/slurm.conf
	for ((i = 0; i < 50; i++)); do [ ! -S "$tmp/munge/socket" ] || break; sleep 0.1; done
	[ -S "$tmp/munge/socket" ] || return 1
	"${end[@]}" /usr/sbin/slurmctld -D >"$tmp/why" 2>&1 &
	daemons+=("$!")
	for node; do power_on "$node"; done
	for node; do up "$node" || return 1; done
}

power_on()
{
	"${end[@]}" "${isolate[@]}" sh -c '/usr/sbin/slurmd -D -N "$1"; exec sleep infinity' - "$1" >"$tmp/slurmd-$1.out" 2>&1 &
	nodes[$1]=$!
}

# up NODE: Slurm can have it work.
up()
{
	local until=$((SECONDS + 60))
	while [ "$SECONDS" -lt "$until" ]; do
		[[ $(timeout 10 sinfo --noheader --nodes="$1" --format=%t 2>>"$tmp/why") != @(idle|mix|alloc) ]] || return 0
		sleep 0.2
	done
	echo "node $1 does not come up" >>"$tmp/why"
	return 1
}

# power_off NODE: KILL to all that runs there.
power_off()
{
	pkill -KILL -P "${nodes[$1]}"
	wait "${nodes[$1]}" 2>/dev/null
	unset "nodes[$1]"
}

# kill_slurmd NODE: it alone; what it has started runs on.
kill_slurmd()
{
	pkill -KILL -P "$(pgrep -P "${nodes[$1]}")" -x slurmd
}

cluster_off()
{
	local node
	for node in "${!nodes[@]}"; do power_off "$node"; done
	[ "${#daemons[@]}" -eq 0 ] || kill -KILL "${daemons[@]}" 2>/dev/null
	wait "${daemons[@]}" 2>/dev/null
}
