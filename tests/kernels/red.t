#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# For each patch of red/, a stack minus a line: the test that it names (Turns-red:)
# passes on the stack and fails on the broken kernel.  A file is called
# NUMBER-STACK.patch or NUMBER-STACK_WHAT.patch, by the property and the stack that it
# goes on top of; it may name the kernel that it is for (Kernel:).  RED="35-*"
# tries these alone.  TAP.
set -uo pipefail
# shellcheck source=tests/e2e/lib.bash
. "$(dirname "$0")/../e2e/lib.bash"
export RUN=test-red-$$ LRUS=${LRUS:-mglru}
trap 'rm -rf "$tmp" "$MMVS_RESULTS/$RUN"' EXIT
# shellcheck disable=SC2206 # RED= is a glob
patches=(tests/kernels/red/${RED:-*}.patch)
echo "1..$((2 * ${#patches[@]}))"

# verdict COLUMN TEST: "ok", "not ok", or with " # SKIP why" behind it.
verdict()
{
	sed -nE "s/^((not )?ok) [0-9]+ - [a-z-]+: $2( # .*)?\$/\1\3/p" "$MMVS_RESULTS/$RUN/conform/$1-mglru.tap"
}

for patch in "${patches[@]}"; do
	name=$(basename "$patch" .patch)
	property=${name%%-*} stack=${name#*-}
	stack=${stack%%_*} kernel=$(sed -n 's/^Kernel: //p' "$patch")
	export KERNEL=$kernel
	test=$(sed -n 's/^Turns-red: //p' "$patch")
	broken=$tmp/red-$name
	mkdir "$broken"
	lines series jq -r '.patches[]' "$(scripts/variant.sh droppable "$stack")"
	i=100
	for p in "${series[@]}" "$patch"; do cp "$p" "$broken/$((i++)).patch"; done
	rm -rf "${MMVS_RESULTS:?}/$RUN"
	# The broken kernel has to fail, so the whole does.
	make -s conform FAMILY=droppable VARIANTS="$stack patches:$broken" PROPERTY="$property" >>"$tmp/log" 2>&1 </dev/null
	said=$(verdict "$stack" "$test")
	[ "$said" = ok ]
	ok "$name: \"$test\" passes on the stack (${said:-not run})"
	said=$(verdict "red-$name" "$test")
	[[ $said == 'not ok'* ]]
	ok "$name: and fails on the broken kernel (${said:-not run})"
done
