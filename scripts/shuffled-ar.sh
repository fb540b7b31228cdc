#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# ar for CONFIG=shuffle: objects of mm/ are linked in another order, the same each time.
#
# Usage: shuffled-ar.sh OPERATION ARCHIVE [OBJECT...]       (as Kbuild calls ar)
set -euo pipefail
[ $# -ge 2 ] || exec ar "$@"
operation=$1 archive=$2
shift 2
if [[ $operation == c* && $archive == mm/built-in.a ]]; then
	objects=$(printf '%s\n' "$@" | shuf --random-source=<(yes mmvs))
	mapfile -t objects <<<"$objects"
	set -- "${objects[@]}"
fi
exec ar "$operation" "$archive" "$@"
