#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# make stacks-check on a kernel of one file, with the real git, gcc, sparse,
# checkpatch and bloat-o-meter: each planted defect is named by patch, file, line.

load helper

# The kernel's make in twenty lines: configured, each object, one image.
fake_makefile()
{
	cat <<-'END'
		VERSION = 6
		PATCHLEVEL = 12
		SUBLEVEL = 1
		objs = mm/memory.o mm/rmap.o mm/vmscan.o
		allnoconfig:
			@mkdir -p $(O)/mm; : >$(O)/.config
		olddefconfig prepare:
			@true
		%.o: %.c FORCE
			@echo "  CC $@"; mkdir -p $(O)/$(@D)
			@$(if $(C),$(CHECK) -Iinclude $<,$(CC) -Iinclude -O2 $(if $(W),-Wunused-but-set-variable) -c $< -o $(O)/$@)
		FORCE:
		vmlinux: $(objs)
			@cd $(O) && ld -r -o vmlinux $(objs)
		bzImage: vmlinux
			@mkdir -p $(O)/arch/x86/boot/compressed; cp $(O)/vmlinux $(O)/arch/x86/boot/compressed/vmlinux.bin.lz4; touch $(O)/System.map
			@[ -z "$(STALE)" ] || echo stale >$(O)/vmlinux
			@perl -0777 -ne 'print "\0" x 584, pack("VV", 80, length), $$_' $(O)/vmlinux >$(O)/arch/x86/boot/bzImage
	END
}

fake_headers()
{
	local h
	mkdir -p include/linux
	for h in backing-dev fs memcontrol mm_inline mmzone rmap sched; do touch "include/linux/$h.h"; done
	{
		printf '#define %s 1\n' SECTIONS_WIDTH NODES_WIDTH ZONES_WIDTH LAST_CPUPID_SHIFT KASAN_TAG_WIDTH LRU_GEN_WIDTH __LRU_REFS_WIDTH
		printf '#define BITS_PER_LONG 64\nenum pageflags {\n\tPG_locked,\n\tPG_dirty,\n\tNR_PAGEFLAGS\n};\n'
		printf 'struct %s {\n\tlong a;\n};\n' page folio vm_area_struct vm_operations_struct vm_fault mm_struct \
			anon_vma address_space inode lruvec mem_cgroup task_struct
	} >include/linux/mm.h
}

setup_file()
{
	local base real
	real=$BATS_TEST_DIRNAME/../../scripts
	base=$("$real/kernel-source.sh" 2>/dev/null | cut -d ' ' -f 1)
	mkdir -p "$BATS_FILE_TMPDIR"/{k,top,cache}
	cd "$BATS_FILE_TMPDIR/k"
	git --git-dir="${MMVS_CACHE:-$HOME/.cache/mmvs}/linux.git" archive "$base" scripts/checkpatch.pl scripts/spelling.txt \
		scripts/const_structs.checkpatch scripts/bloat-o-meter Documentation/process | tar -x
	mkdir -p scripts/kconfig mm
	fake_makefile | sed 's/^\t*//; s/^@/\t@/' >Makefile
	printf '#!/bin/sh\nshift 3; c=$1; shift; cat "$@" >>"$c"\n' >scripts/kconfig/merge_config.sh
	chmod +x scripts/kconfig/merge_config.sh
	fake_headers
	printf '#include <linux/mm.h>\nint memory;\n' | tee mm/memory.c >mm/rmap.c
	printf '#include <linux/mm.h>\nint scan(int n);\nint scan(int n)\n{\n\treturn n;\n}\n' >mm/vmscan.c
	sed -i 's/memory/rmap/' mm/rmap.c
	git init -q . && git config user.name "A Tester" && git config user.email tester@mmvs.invalid
	git add -f . && git commit -qm base && git tag base
	cp -r "$real" "$BATS_FILE_TMPDIR/top/"
	mkdir -p "$BATS_FILE_TMPDIR/top/kernel-patches/"{config,fam}
	cp "$real/../kernel-patches/base" "$BATS_FILE_TMPDIR/top/kernel-patches/"
	echo 'CONFIG_64BIT=y' >"$BATS_FILE_TMPDIR/top/kernel-patches/config/small.config"
	echo 'baseline = stock' >"$BATS_FILE_TMPDIR/top/kernel-patches/fam/family.conf"
	mkdir "$BATS_FILE_TMPDIR/top/kernel-patches/fam/stock"
	echo '# nothing' >"$BATS_FILE_TMPDIR/top/kernel-patches/fam/stock/series"
	touch "$BATS_FILE_TMPDIR/top/kernel-patches/fam/stock/variant.conf"
}

setup()
{
	export MMVS_CACHE=$BATS_FILE_TMPDIR/cache KERNEL_SRC=$BATS_FILE_TMPDIR/k
	fam=$BATS_FILE_TMPDIR/top/kernel-patches/fam
	cd "$KERNEL_SRC"
	git checkout -q --force --detach base
}

# commit SUBJECT: what was edited, as a patch of a stack.
commit()
{
	git commit -qam "mm/vmscan: $1" -m "Planted by a test, so that there is a change to look at." \
		-m "Signed-off-by: A Tester <tester@mmvs.invalid>"
}

# stack NAME: the commits since base as a variant; KERNEL_SRC is the base again.
stack()
{
	mkdir -p "$fam/$1"
	touch "$fam/$1/variant.conf"
	git format-patch -q -o "$fam/$1" base
	(cd "$fam/$1" && ls ./*.patch) >"$fam/$1/series"
	git checkout -q --force --detach base
}

check()
{
	VARIANTS=$1 RUN=$1 run "$BATS_FILE_TMPDIR/top/scripts/stacks-check.sh" fam
	tsv=$BATS_FILE_TMPDIR/top/results/$1/static/static.tsv
}

# says CHECK RESULT [VALUE [WHY]]
says()
{
	local row
	row=$(awk -F '\t' -v c="$1" '$2 == c' "$tsv")
	IFS=$'\t' read -r _ _ result value why <<<"${row//$'\t'/$'\t'}"
	[ "$result" = "$2" ] && [[ -z ${3:-} || $value == $3 ]] && [[ $why == *"${4:-}"* ]] || { echo "$row"; false; }
}

@test "a clean stack: every check passes, its costs are counted; then it is cached" {
	sed -i 's/return n;/return n * n + 7 * rmap;/; s/^int scan(int n);/extern int rmap;\n&/' mm/vmscan.c
	sed -i 's/PG_dirty,/&\n\tPG_more,/; s/struct mm_struct {/&\n\tlong more;/' include/linux/mm.h
	commit "scan more"
	stack clean
	check clean
	echo "$output"
	[ "$status" -eq 0 ]
	for c in apply checkpatch sparse W=1 steps; do says "$c" pass; done
	says patches info 1
	says files info 2
	says added info 4
	says removed info 1
	says pageflags info "3 (+1), 54 left"
	says sizeof info "mm_struct +8 (16)"
	says text info "+[1-9]*" "scan +"
	[ -z "$(awk 'length > 72' "${tsv%.tsv}.txt")" ]
	check clean
	[ "$status" -eq 0 ]
	[[ $output != *"static checks of"* ]]
	says text info "+[1-9]*" "scan +"
	rm -r "$MMVS_CACHE/static" # the kernels are still there
	check clean
	[ "$status" -eq 0 ]
	[ -z "$(awk -F '\t' 'NF != 5' "$tsv")" ]
}

@test "the three largest changes, the largest first, whichever way it goes" {
	local f
	for f in a b c; do printf 'int %s(int n);\nint %s(int n)\n{\n\treturn n;\n}\n' $f $f; done >>mm/vmscan.c
	printf 'int z(int *p);\nint z(int *p)\n{\n\treturn p[1] * p[2] + p[3] * p[4];\n}\n' >>mm/vmscan.c
	commit "grow"
	stack grow
	check grow
	says text info "+[1-9]*" "z +"
	[[ $(awk -F '\t' '$2 == "text" { print $5 }' "$tsv") =~ ^z\ \+[0-9]+,\ a\ \+[0-9]+,\ b\ \+[0-9]+$ ]]
}

@test "a bzImage of another kernel is no image" {
	echo 'int w(void);' >>mm/vmscan.c
	commit stale
	stack stale
	STALE=1 run "$BATS_FILE_TMPDIR/top/scripts/kernel-build.sh" fam stale
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output == *"stale: the bzImage does not hold the kernel that was linked"* ]]
	[ -z "$(grep -l '"variant": "stale"' "$MMVS_CACHE"/images/*/image.json 2>/dev/null)" ]
	rm -rf "$MMVS_CACHE/obj"
	"$BATS_FILE_TMPDIR/top/scripts/kernel-build.sh" fam stale
}

@test "a build is over when its kernel is there: nobody waits for its progress" {
	echo 'int v(void);' >>mm/vmscan.c
	commit quick
	stack quick
	SECONDS=0
	[[ $("$BATS_FILE_TMPDIR/top/scripts/kernel-build.sh" fam quick) == "$MMVS_CACHE"/images/* ]]
	echo "$SECONDS s"
	[ "$SECONDS" -lt 14 ]
}

@test "another message of a patch is the same kernel, another line of it is not" {
	local build="$BATS_FILE_TMPDIR/top/scripts/kernel-build.sh" image before
	echo 'int u(void);' >>mm/vmscan.c
	commit message
	stack message
	image=$("$build" fam message)
	before=$(wc -l <"$MMVS_CACHE/built.tsv")
	sed -i 's/^Subject: .*/Subject: [PATCH] said better/' "$fam"/message/0001-*.patch
	[ "$("$build" fam message)" = "$image" ]
	[ "$(wc -l <"$MMVS_CACHE/built.tsv")" -eq "$before" ]
	sed -i 's/^+int u(void);/+int u(int);/' "$fam"/message/0001-*.patch
	[ "$("$build" fam message)" != "$image" ]
}

# noapply: a stack of that name, whose patch is against something else.
noapply()
{
	sed -i 's/return n;/return 1;/' mm/vmscan.c
	commit one
	stack noapply
	sed -i 's/return n;/return m;/' "$fam"/noapply/0001-*.patch
}

@test "a patch that does not apply" {
	noapply
	check noapply
	[ "$status" -eq 1 ]
	says apply FAIL no "0001-mm-vmscan-one.patch does not apply"
	[[ $output == *mm/vmscan.c:* ]]
}

@test "a patch that checkpatch rejects" {
	sed -i 's/return n;/return  n+1 ;/' mm/vmscan.c
	commit style
	stack style
	check style
	[ "$status" -eq 1 ]
	says checkpatch FAIL '*' "0001-mm-vmscan-style.patch: mm/vmscan.c:5: WARNING: space prohibited"
	says steps pass
}

@test "a second step that does not build, mended by the third" {
	sed -i 's/return n;/return n + 1;/' mm/vmscan.c && commit first
	sed -i 's/n + 1;/n + nowhere;/' mm/vmscan.c && commit second
	sed -i 's/nowhere;/2;/' mm/vmscan.c && commit third
	stack steps
	check steps
	[ "$status" -eq 1 ]
	says steps FAIL no "0002-mm-vmscan-second.patch: mm/vmscan.c:5"
	[[ $(awk -F '\t' '$2 == "steps"' "$tsv") != *000[13]-* ]]
	says apply pass
	says W=1 pass
}

@test "a warning of W=1 and one of sparse: patch, file and line" {
	sed -i 's/return n;/int unused;\n\n\tunused = n;\n\treturn n;/' mm/vmscan.c && commit "warn at W=1"
	sed -i 's/return n;/char *p = 0;\n\n\treturn n + !p;/' mm/vmscan.c && commit "warn in sparse"
	stack warns
	check warns
	[ "$status" -eq 1 ]
	says W=1 FAIL 1 "0001-mm-vmscan-warn-at-W-1.patch: mm/vmscan.c:5: variable 'unused' set but not used"
	says sparse FAIL 1 "0002-mm-vmscan-warn-in-sparse.patch: mm/vmscan.c:8: Using plain integer as NULL pointer"
}

@test "a warning that the base has too is not the stack's, wherever it moves" {
	sed -i 's/^int rmap;/static int *old_warning = 0;\n&\nint *use(void);\nint *use(void)\n{\n\treturn old_warning;\n}/' mm/rmap.c
	git commit -qam "base warns" && git tag -f base >/dev/null
	git checkout -q -B main base
	sed -i 's/^int rmap;/\/* more *\/\n&/; s/#include.*/&\n\n\/* lines *\//' mm/rmap.c
	commit move
	stack moved
	git checkout -q main 2>/dev/null; git reset -q --hard base
	check moved
	says sparse pass 0
}

@test "no cross compiler is a skip with the reason; an arm64 file asks for it" {
	mkdir -p arch/arm64/mm && echo 'int arm;' >arch/arm64/mm/fault.c
	git add -f arch && commit arm
	stack arm
	mkdir -p "$BATS_TEST_TMPDIR/bin"
	for d in ${PATH//:/ }; do ln -s "$d"/* "$BATS_TEST_TMPDIR/bin/" 2>/dev/null || true; done
	rm -f "$BATS_TEST_TMPDIR"/bin/aarch64-*
	PATH=$BATS_TEST_TMPDIR/bin check arm
	says arm64 skip SKIP gcc-aarch64-linux-gnu
	says architectures info 1 arm64
}

@test "the reference takes stacks in one by one, each in the place of what it was" {
	local reference=$BATS_FILE_TMPDIR/top/scripts/reference.sh
	local kept=$BATS_FILE_TMPDIR/top/results/reference/static/fam/static.tsv
	noapply
	check noapply
	run "$reference" "${tsv%/static/*}" static
	[ "$status" -eq 0 ]
	check stock
	"$reference" "${tsv%/static/*}" static
	"$reference" "${tsv%/static/*}" static
	[ "$(head -n 1 "$kept")" = "$(head -n 1 "$tsv")" ]
	[ "$(grep -c '^variant' "$kept")" -eq 1 ]
	[ "$(grep -c $'^noapply\tapply\tFAIL' "$kept")" -eq 1 ]
	[ "$(grep -c $'^stock\tapply\tpass' "$kept")" -eq 1 ]
	grep -q '| noapply' "${kept%.tsv}.md"
	run "$reference" "$BATS_TEST_TMPDIR" static
	[ "$status" -eq 1 ]
	[[ $output == *"stacks-check"* ]]
}

@test "the report and the mail take the table in" {
	mkdir -p "$BATS_TEST_TMPDIR/static"
	printf 'variant\tcheck\tresult\tvalue\twhy\na\tsteps\tFAIL\tno\t0001-x.patch: mm/x.c:1: error\na\ttext\tinfo\t+1\tf +1\n' >"$BATS_TEST_TMPDIR/static/static.tsv"
	run "$MMCOMPARE" --page static "$BATS_TEST_TMPDIR/static"
	[ "$status" -eq 1 ]
	grep -qF '| every step builds | **FAIL** no |' "$BATS_TEST_TMPDIR/static/static.md"
	grep -qF -- '- **a**, steps: 0001-x.patch: mm/x.c:1: error' "$BATS_TEST_TMPDIR/static/static.md"
	run "$MMCOMPARE" --page static "$BATS_TEST_TMPDIR"
	[ "$status" -eq 1 ]
	[[ $output == *static.tsv* ]]
}
