# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What the bats files share: a cache of their own and a kernel of one file.

top=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
scripts=$top/scripts
export MMCOMPARE=${MMCOMPARE:-$top/build/host/mmcompare}

own_cache()
{
	export MMVS_CACHE=$BATS_TEST_TMPDIR/cache
	mkdir -p "$MMVS_CACHE"
}

# fake_kernel DIR VERSION: what kernel-source.sh looks at, and a file to patch.
fake_kernel()
{
	local v=${2:-6.12.1}
	mkdir -p "$1/mm"
	IFS=. read -r major minor sub <<<"$v"
	printf 'VERSION = %s\nPATCHLEVEL = %s\nSUBLEVEL = %s\n' "$major" "$minor" "$sub" >"$1/Makefile"
	printf 'line %s\n' 1 2 3 4 5 6 7 8 9 >"$1/mm/vmscan.c"
}

# git_kernel DIR: the same as a git tree, checked out at "base", and two branches.
git_kernel()
{
	local b
	fake_kernel "$1"
	git -C "$1" init -q -b base
	git -C "$1" config user.name tester
	git -C "$1" config user.email t@mmvs.invalid
	git -C "$1" add .
	git -C "$1" commit -qm "the base"
	for b in topic/a topic/b; do
		git -C "$1" checkout -q -b "$b" base
		sed -i "s@line 5@line ${b}@" "$1/mm/vmscan.c"
		git -C "$1" commit -qam "mm/vmscan: change of $b"
	done
	git -C "$1" checkout -q base
}

# patch_of OLD NEW: a mail that turns OLD into NEW in mm/vmscan.c.
patch_of()
{
	cat <<-END
		From 0000000000000000000000000000000000000000 Mon Sep 17 00:00:00 2001
		From: A Tester <tester@mmvs.invalid>
		Date: Thu, 1 Jan 2026 12:00:00 +0000
		Subject: [PATCH] mm/vmscan: test

		Body.
		---
		 mm/vmscan.c | 2 +-
		 1 file changed, 1 insertion(+), 1 deletion(-)

		diff --git a/mm/vmscan.c b/mm/vmscan.c
		--- a/mm/vmscan.c
		+++ b/mm/vmscan.c
		@@ -4,3 +4,3 @@
		 line 4
		-$1
		+$2
		 line 6
	END
}
