# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# The kernel's make, with one source tree for all commits of a version.  Source
# it after lib.sh, hold $MMVS_CACHE/build.lock, set $obj; it runs nothing by
# itself.

# Nothing of the machine, the user or the hour gets into the image.
export KBUILD_BUILD_TIMESTAMP='Thu Jan  1 00:00:00 UTC 2026' KBUILD_BUILD_VERSION=1
export KBUILD_BUILD_USER=mmvs KBUILD_BUILD_HOST=mmvs LOCALVERSION=
export CCACHE_DIR=$MMVS_CACHE/ccache CCACHE_BASEDIR=$MMVS_CACHE CCACHE_NOHASHDIR=1
# Depend mode: no run of the preprocessor of its own, a quarter less CPU when cold.  It
# does not see what an assembler file takes in by .incbin, and piggy.o is the whole
# kernel: two of the same compressed size were one.  So no .S goes through ccache.
export CCACHE_MAXSIZE=8G CCACHE_DEPEND=1 TZ=UTC
kcc=$MMVS_CACHE/bin/kcc
if [ ! -x "$kcc" ]; then
	mkdir -p "$MMVS_CACHE/bin"
	# shellcheck disable=SC2016 # expanded when it runs
	printf '#!/bin/sh\ncase " $* " in *.S\\ *) exec "$@" ;; esac\nexec ccache "$@"\n' >"$kcc.$$"
	chmod +x "$kcc.$$"
	mv "$kcc.$$" "$kcc"
fi

# KMAKE_AR=: what to call for ar.  KMAKE_EXEC=1: become make, so that in the background $! is make's own, a kill ends
# it, and so does the end of the script.  Variables and options of a make above are
# none of the kernel's: with 'make -s' the log, and so the progress, would be empty.
kmake()
{
	${KMAKE_EXEC:+exec setpriv --pdeathsig TERM} env -u MAKEFLAGS -u MAKELEVEL make -C "$src" O="${obj:?}" ARCH="${arch:-x86_64}" CROSS_COMPILE="${cross:-}" \
		CC="$kcc ${cross:-}gcc" ${KMAKE_AR:+AR="$KMAKE_AR"} HOSTCC='ccache gcc' \
		KCFLAGS="-ffile-prefix-map=$src/=" "$@"
}

# kline COMMIT: its version line, "6.12".
kline()
{
	local text
	text=$(git --git-dir="$MMVS_CACHE/linux.git" show "$1:Makefile")
	awk -F ' *= *' '/^(VERSION|PATCHLEVEL) *=/ { v[$1] = $2 } END { print v["VERSION"] "." v["PATCHLEVEL"] }' <<<"$text"
}

# kcheckout COMMIT: its line's source tree, $src, at COMMIT; only files that differ
# change.  Lines have trees of their own: almost every file differs between them.
kcheckout()
{
	local line name=src
	line=$(kline "$1")
	[ "$line" = "$(conf "$MMVS_TOP/kernel-patches/base" version)" ] || name=src-$line
	src=$MMVS_CACHE/$name
	[ -e "$src/.git" ] || git --git-dir="$MMVS_CACHE/linux.git" worktree add -q --no-checkout --detach "$src" "$1"
	rm -f "$MMVS_CACHE/linux.git/worktrees/$name/index.lock"
	git -C "$src" checkout -q --force --detach "$1"
}

# kconfigure FRAGMENT...: $obj/.config out of what the fragments ask for.
kconfigure()
{
	kconfigure_on "" "$@"
}

# kconfigure_on HOST FRAGMENT...: the same on top of a machine's (host-config.sh).
kconfigure_on()
{
	local host=$1
	shift
	# Who asks may look at the status, with set -e off; merge_config.sh writes where it
	# stands.
	mkdir -p "$obj" && if [ -n "$host" ]; then khost "$host"; else kmake -s allnoconfig; fi &&
		(cd "$obj" && "$src/scripts/kconfig/merge_config.sh" -m -O "$obj" "$obj/.config" "$@") &&
		kmake -s olddefconfig
}

# kconfigure_once COMMIT TOOLCHAIN HOST FRAGMENT...: kconfigure_on, unless $obj/.config is,
# untouched, what the same Kconfig made of the same last time.
kconfigure_once()
{
	local asked made='' kconfig
	kconfig=$(git -C "$src" ls-tree -r "$1")
	asked=$({ grep -E $'\tscripts/kconfig/|Kconfig[^/]*$' <<<"$kconfig"; echo "$2 $3"; cat "${@:4}"; } | digest)
	[ ! -e "$obj/.config" ] || made=$(digest <"$obj/.config")
	! grep -qsxF "$asked $made" "$obj/.mmvs-asked" || return 0
	rm -f "$obj/.mmvs-asked"
	kconfigure_on "${@:3}" || return
	made=$(digest <"$obj/.config")
	echo "$asked $made" >"$obj/.mmvs-asked"
}

# khost HOST: $obj/.config of that machine: what is loaded there built in, every other
# module left out; of a distribution's keys only it has the file.
khost()
{
	cp "$1/config" "$obj/.config" && kmake -s olddefconfig || return
	printf '\n%.0s' {1..10000} >"$obj/.mmvs-answers" # the defaults of what is asked
	kmake -s LSMOD="$1/lsmod" localyesconfig <"$obj/.mmvs-answers" &&
		sed -i -E 's/^(CONFIG_[A-Za-z0-9_]*)=m$/# \1 is not set/; s/^(CONFIG_SYSTEM_(TRUSTED|REVOCATION)_KEYS)=.*/\1=""/' "$obj/.config"
}

# kconfig_has LINE: does $obj/.config say what this line of a fragment asks?
kconfig_has()
{
	local option=${1#\# }
	case $1 in
	'# '*) ! grep -q "^${option%% *}=" "$obj/.config" ;;
	*) grep -qxF "$1" "$obj/.config" ;;
	esac
}
