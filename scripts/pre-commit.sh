#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Git's pre-commit hook: no commit while a static test fails.  It looks at the files as
# they lie there, and says so where that is not what is committed.
#
# Usage: pre-commit.sh             (git calls it; "git commit --no-verify" does not)
#        pre-commit.sh --install   (make hooks)
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$MMVS_TOP"
call="exec scripts/pre-commit.sh"

if [ "${1:-}" = --install ] && [ $# -eq 1 ]; then
	hook=$(git rev-parse --git-path hooks/pre-commit 2>/dev/null) || die "$MMVS_TOP is no git checkout, so there is nothing to install a hook in"
	if [ -e "$hook" ] && ! grep -qxF "$call" "$hook"; then
		die "$hook is a hook of yours; put the line '$call' into it, or move it away"
	fi
	mkdir -p "$(dirname "$hook")"
	# Worktrees share it; one of a commit without the script is left in peace.
	printf '%s\n' '#!/bin/sh' '[ -x scripts/pre-commit.sh ] || exit 0' "$call" >"$hook"
	chmod +x "$hook"
	note "$hook: every commit runs the static tests; 'git commit --no-verify' does not"
	exit 0
fi
[ $# -eq 0 ] || usage "pre-commit.sh [--install]"
git diff --quiet || note "not everything is staged; the static tests look at all of it"
# Git names its index to hooks, and the tests use git on other trees.
names=()
lines names git rev-parse --local-env-vars
unset "${names[@]}"
exec scripts/test.sh static
