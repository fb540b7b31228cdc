#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# make bundle and make verify: the same bytes, and nothing taken on trust.

load helper

setup_file()
{
	make -s -C "$BATS_TEST_DIRNAME/../../bench/host" O="$BATS_TEST_DIRNAME/../../build/host"
}

setup()
{
	own_cache
	export TMPDIR=$BATS_TEST_TMPDIR/tmp
	mkdir "$TMPDIR"
	run_dir=$BATS_TEST_TMPDIR/results/x
	bundle=$run_dir.tar.zst
	mkdir "$BATS_TEST_TMPDIR/results"
	"$top/tests/golden/make-run.sh" "$run_dir"
	"$top/build/host/mmcompare" "$run_dir" --to "$run_dir" >/dev/null
}

verify() { make -s -C "$top" verify BUNDLE="${1:-$bundle}"; }

# opened: the bundle's files in $BATS_TEST_TMPDIR/o; closed: a bundle of them, with the
# manifest as it is; hashed: with one that fits.
opened() { mkdir "$BATS_TEST_TMPDIR/o"; zstd -qdc "$bundle" | tar -x -C "$BATS_TEST_TMPDIR/o"; }
closed() { (cd "$BATS_TEST_TMPDIR/o" && find . -type f -printf '%P\n' | sort | tar -c --format=ustar -T - | zstd -qc >"$bundle"); }
hashed()
{
	(cd "$BATS_TEST_TMPDIR/o" && rm manifest.sha256 && find . -type f -printf '%P\n' | sort >../l && xargs -d '\n' sha256sum <../l >manifest.sha256)
	closed
}

@test "the same run gives the same bytes, whenever and wherever it lies" {
	"$scripts/bundle.sh" "$run_dir"
	cp -r "$run_dir" "$BATS_TEST_TMPDIR/results/y"
	find "$BATS_TEST_TMPDIR/results/y" -exec touch -d '2001-01-01' {} +
	find "$BATS_TEST_TMPDIR/results/y" -type f -exec chmod 600 {} +
	(umask 077 && TZ=Asia/Tokyo LC_ALL=C "$scripts/bundle.sh" "$BATS_TEST_TMPDIR/results/y")
	cmp "$bundle" "$BATS_TEST_TMPDIR/results/y.tar.zst"
	[ "$(zstd -qdc "$bundle" | tar -tv | awk '{ print $1, $2, $4 }' | sort -u)" = '-rw-r--r-- 0/0 1970-01-01' ]
	zstd -qdc "$bundle" | tar -t >"$BATS_TEST_TMPDIR/list"
	for f in manifest.sha256 run.json report.md mail.txt values.tsv config/small.config stacks/family.conf stacks/pte-dirty-vma/series \
		cells/pte-dirty-vma/fault-first-touch@map=droppable/1/samples.tsv; do grep -qxF "$f" "$BATS_TEST_TMPDIR/list"; done
	[ "$(ls "$BATS_TEST_TMPDIR/results")" = "$(printf 'x\nx.tar.zst\ny\ny.tar.zst')" ]
	[ -z "$(ls "$TMPDIR")" ]
}

@test "a bundle as it was made is verified" {
	make -s -C "$top" bundle RUN=x RESULTS="$BATS_TEST_TMPDIR/results" | grep -q "$bundle"
	run verify
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == *"files have their hashes; values.tsv, compare.tsv and mail.txt are what its samples say"* ]]
	[[ $output == *"$(sha256sum <"$bundle" | cut -c 1-64)"* ]]
	[ -z "$(ls "$TMPDIR")" ]
}

@test "a table that its samples do not say is found, though every hash fits" {
	"$scripts/bundle.sh" "$run_dir"
	opened
	sed -i 's/\tbetter\t/\tworse\t/' "$BATS_TEST_TMPDIR/o/compare.tsv"
	sed -i 's/overshoot/undershoot/' "$BATS_TEST_TMPDIR/o/mail.txt"
	hashed
	run verify
	echo "$output"
	[ "$status" -ne 0 ]
	[[ $output == *"not what its samples say with compare.tsv mail.txt (above"* ]]
}

@test "so is a sample that is not what the tables say" {
	"$scripts/bundle.sh" "$run_dir"
	opened
	sed -i 's/^\([0-9]*\)\t30/\1\t40/' "$BATS_TEST_TMPDIR/o/cells/pte-dirty-vma/fault-first-touch@map=droppable/1/samples.tsv"
	hashed
	run verify
	[ "$status" -ne 0 ]
	[[ $output == *"not what its samples say with values.tsv compare.tsv"* ]]
}

@test "damage, files too many and too few are named" {
	"$scripts/bundle.sh" "$run_dir"
	opened
	echo >>"$BATS_TEST_TMPDIR/o/report.md"
	closed
	run verify
	[ "$status" -ne 0 ]
	[[ $output == *"report.md: FAILED"*"files are damaged"* ]]
	echo x >"$BATS_TEST_TMPDIR/o/more"
	closed
	run verify
	[ "$status" -ne 0 ]
	[[ $output == *"> more"*"names other files than it has"* ]]
	rm "$BATS_TEST_TMPDIR/o/"{more,report.md}
	closed
	run verify
	[ "$status" -ne 0 ]
	[[ $output == *"< report.md"* ]]
	echo 'cafe  ../../etc/passwd' >>"$BATS_TEST_TMPDIR/o/manifest.sha256"
	closed
	run verify
	[ "$status" -ne 0 ]
	[[ $output == *"a line that is not a hash and a name"* ]]
	rm "$BATS_TEST_TMPDIR/o/manifest.sha256"
	closed
	run verify
	[ "$status" -ne 0 ]
	[[ $output == *"no manifest.sha256"* ]]
	[ -z "$(ls "$TMPDIR")" ]
}

@test "no path gets out, nothing is followed, nothing is unbounded" {
	local o=$BATS_TEST_TMPDIR/evil victim=$BATS_TEST_TMPDIR/victim
	mkdir "$o"
	cd "$o"
	echo safe >"$victim"
	echo evil >f
	ln -s "$victim" link
	ln f hard
	echo evil >g
	mkfifo fifo
	truncate -s 65M big
	refuse() { # NAME MESSAGE TAR-ARGUMENT...
		local name=$1 message=$2
		shift 2
		tar -cP --format=ustar "$@" | zstd -qc >"$BATS_TEST_TMPDIR/$name.zst"
		run verify "$BATS_TEST_TMPDIR/$name.zst"
		echo "$name: $output"
		[ "$status" -ne 0 ]
		[[ $output == *"$message"*"not a bundle that can be read"* ]]
		[ "$(cat "$victim")" = safe ]
		[ -z "$(ls "$TMPDIR")" ]
	}
	refuse up 'not a name' --transform "s@^f@../../../victim@" f
	refuse absolute 'not a name' --transform "s@^f@$victim@" f
	refuse link 'not a plain file' link
	refuse through 'not a plain file' link --transform 's@^f@link/x@' f
	refuse hard 'not a plain file' f hard
	refuse fifo 'not a plain file' fifo
	refuse folder 'not a name' --transform 's@^\.@x@' --no-recursion .
	refuse big 'larger than' big
	refuse twice 'there twice' --transform 's@^g@f@' f g
	refuse hidden 'not a name' --transform 's@^f@.bashrc@' f
	refuse blank 'not a name' --transform 's@^f@a b@' f
	echo 'no archive' >"$BATS_TEST_TMPDIR/no"
	run verify "$BATS_TEST_TMPDIR/no"
	[ "$status" -ne 0 ]
	[[ $output == *"not a bundle that can be read"* ]]
	head -c 20000 /dev/zero | tr '\0' x | zstd -qc >"$BATS_TEST_TMPDIR/x"
	run verify "$BATS_TEST_TMPDIR/x"
	[ "$status" -ne 0 ]
	[[ $output == *"not a ustar header"* ]]
	run verify "$BATS_TEST_TMPDIR/none"
	[ "$status" -ne 0 ]
	[[ $output == *"no such file"* ]]
}

@test "nothing out of a bundle is run" {
	"$scripts/bundle.sh" "$run_dir"
	opened
	for f in Makefile make sh mmcompare sha256sum scripts.sh; do
		printf '#!/bin/sh\ntouch %s/ran\n' "$BATS_TEST_TMPDIR" >"$BATS_TEST_TMPDIR/o/$f"
		chmod +x "$BATS_TEST_TMPDIR/o/$f"
	done
	hashed
	PATH=$PATH: run verify # even where the folder one is in is searched, last
	echo "$output"
	[ "$status" -eq 0 ]
	[ ! -e "$BATS_TEST_TMPDIR/ran" ]
}

@test "a cut bundle, at any place, is refused" {
	"$scripts/bundle.sh" "$run_dir"
	size=$(stat -c %s "$bundle")
	for part in 0 1 100 $((size / 2)) $((size - 1)); do
		head -c "$part" "$bundle" >"$BATS_TEST_TMPDIR/cut"
		run verify "$BATS_TEST_TMPDIR/cut"
		echo "$part: $output"
		[ "$status" -ne 0 ]
	done
	run "$scripts/bundle.sh" "$BATS_TEST_TMPDIR"
	[ "$status" -ne 0 ]
	[[ $output == *"run.json is missing"* ]]
}

@test "who writes a bundle's end late is not cut off" {
	local out=$BATS_TEST_TMPDIR/late
	mkdir "$out" "$BATS_TEST_TMPDIR/files"
	echo x >"$BATS_TEST_TMPDIR/files/a"
	tar -cf "$BATS_TEST_TMPDIR/tar" --format=ustar -C "$BATS_TEST_TMPDIR/files" a
	truncate -s 2048 "$BATS_TEST_TMPDIR/tar"
	(
		set -o pipefail
		{ cat "$BATS_TEST_TMPDIR/tar" && sleep 0.3 && head -c 8192 /dev/zero; } | "$MMCOMPARE" --unpack "$out"
	)
	[ "$(cat "$out/a")" = x ]
	for bytes in 1 512 2000000; do
		rm "$out/a"
		run bash -c '{ cat "$1/tar"; head -c "$2" "$3"; } | "$MMCOMPARE" --unpack "$1/late"' - "$BATS_TEST_TMPDIR" "$bytes" /dev/zero
		if [ "$bytes" -eq 512 ]; then [ "$status" -eq 0 ]; else
			[ "$status" -eq 1 ]
			[[ $output == *"data behind its end"* ]]
		fi
	done
}
