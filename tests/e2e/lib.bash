# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What the end-to-end tests share: each starts at the top of the tree, with
# lib.sh, a scratch folder $tmp whose log is a failure's diagnosis, and ok().
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
. scripts/lib.sh
set +e +u
tmp=$(mktemp -d)
: >"$tmp/log"
n=0

# ok NAME: a test whose verdict is the exit status of the step before.
ok()
{
	local status=$? name=$1
	n=$((n + 1))
	if [ "$status" -eq 0 ]; then echo "ok $n - $name"; else
		echo "not ok $n - $name"
		tail -n 30 "$tmp/log" | sed 's/^/# /'
	fi
	: >"$tmp/log"
}
