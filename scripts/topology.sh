# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# NUMA nodes of a guest, from a description to QEMU's words.  Source it after
# lib.sh; it runs nothing by itself.
#
# A description is 1, 2 or 4 (nodes that share memory and vCPUs evenly), or
# virtme-ng's words: "1G,cpus=0-1 1G,cpus=2-3 1G 0,2=40", a node each with memory
# and its vCPUs or without any, then distances; or the same as it fits into a spec:
# 1G.0-1+1G.2-3+1G_0-2-40.

# topology DESCRIPTION MEMORY CPUS: sets the array numa (words for QEMU), memory and
# cpus; a description has its own.
topology()
{
	local nodes=${1//[[:space:]]/ }
	memory=$2 cpus=$3
	numa=()
	if [[ $nodes =~ ^[0-9]+$ ]]; then
		even_nodes "$nodes"
	else
		described_nodes "$nodes"
	fi
}

# even_nodes N: memory shared evenly, vCPUs in turn, each a package of its own: cores
# that share a cache across nodes are a kernel warning.  A node beyond the last vCPU
# has none.  Four nodes are two near pairs.
even_nodes()
{
	local i j n=$1
	[[ $n =~ ^[124]$ ]] || die "$n NUMA nodes (VM_NUMA=, option nodes): use 1, 2 or 4, or describe them (scripts/topology.sh)"
	[ "$n" -eq 1 ] || numa+=(-smp "$cpus,sockets=$cpus")
	for ((i = 0; n > 1 && i < n; i++)); do
		numa+=(-object "memory-backend-ram,id=ram$i,size=$(($(numfmt --from=iec "$memory") / n))"
			-numa "node,nodeid=$i,memdev=ram$i$(seq -f ",cpus=%g" -s "" "$i" "$n" $((cpus - 1)))")
		for ((j = 0; j < i; j++)); do
			numa+=(-numa "dist,src=$i,dst=$j,val=$((n == 4 && i / 2 == j / 2 ? 12 : 21))")
		done
	done
}

# described_nodes WORDS
described_nodes()
{
	local words word total=0 n=0 i j owner=() text
	local -A distance=()
	text=$(spell_out "$1")
	read -ra words <<<"$text"
	for word in "${words[@]}"; do
		if [[ $word =~ ^([0-9]+),([0-9]+)=([0-9]+)$ ]]; then
			distance[${BASH_REMATCH[1]},${BASH_REMATCH[2]}]=${BASH_REMATCH[3]}
			distance[${BASH_REMATCH[2]},${BASH_REMATCH[1]}]=${BASH_REMATCH[3]}
		elif [[ $word =~ ^([1-9][0-9]*[MG])((,cpus=[0-9]+(-[0-9]+)?)*)$ ]]; then
			total=$((total + $(numfmt --from=iec "${BASH_REMATCH[1]}")))
			numa+=(-object "memory-backend-ram,id=ram$n,size=${BASH_REMATCH[1]}"
				-numa "node,nodeid=$n,memdev=ram$n${BASH_REMATCH[2]}")
			own_cpus "$n" "${BASH_REMATCH[2]}"
			n=$((n + 1))
		else
			die "NUMA nodes '$1': '$word' is neither a node (512M or 1G,cpus=0-1) nor a distance (0,1=20)"
		fi
	done
	[ "${#owner[@]}" -ge 1 ] || die "NUMA nodes '$1': no node has a vCPU (1G,cpus=0)"
	memory=$((total >> 20))M cpus=${#owner[@]}
	for ((i = 0; i < cpus; i++)); do
		[ -n "${owner[i]:-}" ] || die "NUMA nodes '$1': vCPU $i belongs to no node"
	done
	numa+=(-smp "$cpus,sockets=$cpus")
	put_distances "$1"
}

# spell_out TEXT: the form of specs as virtme-ng's words; those as they are.
spell_out()
{
	local text=$1 nodes
	[[ $text != *[,\ ]* ]] || { echo "$text"; return 0; }
	nodes=${text%%_*}
	nodes=${nodes//./,cpus=}
	text=${text#"${text%%_*}"}
	sed -E 's/_([0-9]+)-([0-9]+)-([0-9]+)/ \1,\2=\3/g' <<<"${nodes//+/ }$text"
}

# own_cpus NODE ",cpus=0-1,cpus=3": into the array owner.
own_cpus()
{
	local part parts i
	IFS=, read -ra parts <<<"${2#,}"
	for part in "${parts[@]}"; do
		part=${part#cpus=}
		for ((i = ${part%-*}; i <= ${part#*-}; i++)); do
			[ -z "${owner[i]:-}" ] || die "NUMA nodes: vCPU $i belongs to node ${owner[i]} and to node $1"
			owner[i]=$1
		done
	done
}

# put_distances TEXT: all or none, as QEMU wants them; 20 where none is named.
put_distances()
{
	local pair
	[ "${#distance[@]}" -gt 0 ] || return 0
	for pair in "${!distance[@]}"; do
		i=${pair%,*} j=${pair#*,}
		[[ i -lt n && j -lt n && i -ne j && ${distance[$pair]} -gt 10 && ${distance[$pair]} -le 254 ]] ||
			die "NUMA nodes '$1': the distance $pair=${distance[$pair]} is not one of two of its $n nodes, from 11 to 254"
	done
	for ((i = 0; i < n; i++)); do
		for ((j = 0; j < i; j++)); do
			numa+=(-numa "dist,src=$i,dst=$j,val=${distance[$i,$j]:-20}")
		done
	done
}
