#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Find or fetch the source of one Linux version as Debian packages it.
#
# Usage: kernel-fetch.sh VERSION      7.3 means the package linux-source-7.3
# An installed package comes first, then one fetched before, then the suites of
# the system's own lists, then newer ones of the same mirror, through lists of
# mmvs's own in $MMVS_CACHE: the system's apt is neither changed nor asked for
# rights.  Prints the tarball's path.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
[ $# -eq 1 ] || usage "kernel-fetch.sh VERSION"
version=$1
[[ $version =~ ^[1-9][0-9]?\.[0-9]{1,3}$ ]] ||
	die "KERNEL=$version: a version such as 6.12 is wanted, as in the package linux-source-6.12; for anything else set KERNEL_SRC="
package=linux-source-$version
dir=$MMVS_CACHE/packages

# kept: what is here already, installed or fetched.
kept()
{
	local f
	for f in "/usr/src/$package.tar.xz" "$dir/${package}"_*.tar.xz; do
		[ ! -s "$f" ] || { echo "$f"; return 0; }
	done
	return 1
}

# mirror CODENAME: where the system has its own suite from.
mirror()
{
	# shellcheck disable=SC2016 # apt's own variables
	apt-get indextargets --format '$(CODENAME) $(REPO_URI)' 2>/dev/null |
		awk -v c="$1" '$1 == c { print $2; found = 1; exit } END { if (!found) print "http://deb.debian.org/debian/" }'
}

# codename_of SUITE: what its lists call it, once they are here.
codename_of()
{
	sed -n 's/^Codename: \([a-z]*\)$/\1/p' "$dir/apt/$1"/lists/*_InRelease | head -n 1
}

# apt_of URI SUITE: the words that make apt use lists of one suite, and its own.
apt_of()
{
	local lists=$dir/apt/$2
	mkdir -p "$lists"/{lists,cache/archives}/partial
	echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $1 $2 main" >"$lists/sources.list"
	apt=(-qq -o "Dir::Etc::sourcelist=$lists/sources.list" -o Dir::Etc::sourceparts=-
		-o "Dir::State::lists=$lists/lists" -o "Dir::Cache=$lists/cache"
		-o APT::Sandbox::User="$(id -un)" -o Debug::NoLocking=1)
}

# take: download with the words in apt and unpack; fails when they know no such package.
take()
{
	local deb
	(cd "$work" && apt-get "${apt[@]}" download "$package") >"$work/log" 2>&1 || return 1
	deb=$(find "$work" -name "$package"_\*.deb)
	[ -s "$deb" ] || return 1
	name=$(basename "${deb%_*}" | sed 's/%3a/-/').tar.xz
	dpkg-deb --fsys-tarfile "$deb" | tar -xO "./usr/src/$package.tar.xz" >"$work/tar.xz" ||
		die "$package: the package holds no usr/src/$package.tar.xz, or there is no room in $MMVS_CACHE"
	mv "$work/tar.xz" "$dir/$name"
}

! kept || exit 0
need apt-get dpkg-deb tar awk
mkdir -p "$dir"
lock "$dir/.lock"
! kept || exit 0
work=$(mktemp -d "$dir/fetch.XXXXXX")
trap 'rm -rf "$work"' EXIT
asked=() apt=(-qq -o APT::Sandbox::User="$(id -un)")
if ! take; then
	codename=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
	uri=$(mirror "$codename")
	suites=("$codename-backports" stable testing unstable)
	# Not a for: stable's backports are known by its codename, which its lists tell.
	while [ "${#suites[@]}" -gt 0 ]; do
		suite=${suites[0]}
		suites=("${suites[@]:1}")
		asked+=("$suite")
		apt_of "$uri" "$suite"
		note "looking for $package in $suite ($uri)"
		apt-get "${apt[@]}" update >"$work/log" 2>&1 || continue
		! take || break
		[ "$suite" = stable ] || continue
		codename=$(codename_of stable)
		suites=("$codename-backports" "${suites[@]}")
	done
fi
kept || die "no package $package in this system's lists or in ${asked[*]} of its mirror (is there a network?); set KERNEL_SRC= to a git tree, a directory or a tarball"
