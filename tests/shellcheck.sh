#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# What shellcheck says of each FILE.  What was clean is not looked at again
# ($MMVS_CACHE/shellcheck) until it, anything that is sourced, or shellcheck is another.
#
# Usage: shellcheck.sh FILE...     Exit 1: findings, on standard output.
set -euo pipefail
cache=${MMVS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/mmvs}/shellcheck
mkdir -p "$cache"
hash() { sha256sum | cut -c 1-32; }
sources=$(sed -n 's/^[[:space:]]*# shellcheck source=//p' "$@" | sort -u)
all=$({ shellcheck --version; cat .shellcheckrc 2>/dev/null || true; while IFS= read -r f; do [ ! -f "$f" ] || cat "$f"; done <<<"$sources"; } | hash)
todo=()
for f in "$@"; do
	key=$({ echo "$all $f" && cat "$f"; } | hash)
	[ -e "$cache/$key" ] || todo+=("$f" "$cache/$key")
done
[ "${#todo[@]}" -gt 0 ] || exit 0
# shellcheck disable=SC2016 # bash -c's
printf '%s\0' "${todo[@]}" | xargs -0 -n 2 -P "$(nproc)" bash -c 'shellcheck -x "$1" && touch "$2"' _ || exit 1
