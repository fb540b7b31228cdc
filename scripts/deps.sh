#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Install what mmvs needs from Debian: what is missing, and nothing else.
#
# Usage: deps.sh
# Exit 1 with the one line to run when there are no rights to install.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
[ $# -eq 0 ] || usage "deps.sh"

packages=(
	# kernels
	build-essential bc bison flex libelf-dev libssl-dev ccache git patch lz4
	xz-utils cpio rsync
	# guests
	qemu-system-x86 socat libnuma-dev liburing-dev hyperfine
	# runs and comparisons
	parallel openssh-client jq time zstd libgsl-dev libjansson-dev gnuplot-nox
	# tests
	libcmocka-dev bats shellcheck clang-format sparse perl python3 valgrind
	gcovr
)
# What of them is called by name; headers and libraries show when they are compiled.
tools=(gcc make bc bison flex ccache git patch lz4 xz cpio rsync qemu-system-x86_64 socat hyperfine
	parallel ssh jq zstd gnuplot bats shellcheck clang-format sparse perl python3 valgrind
	gcovr)
# Of these a failure is no obstacle: without them tests skip, with the reason.
optional=(chromium)
missing=() wanted=()
source_package=$(conf "$MMVS_TOP/kernel-patches/base" package)
[ -n "${KERNEL_SRC:-}${KERNEL:-}" ] || [ -e "$(conf "$MMVS_TOP/kernel-patches/base" path)" ] || packages+=("$source_package")

if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
	# Whoever has the tools from elsewhere is not kept.
	for tool in "${tools[@]}"; do command -v "$tool" >/dev/null || missing+=("$tool"); done
	[ "${#missing[@]}" -gt 0 ] || exit 0
	note "no apt here, and these are missing: ${missing[*]}; mmvs needs what Debian calls:"
	printf '  %s\n' "${packages[@]}" "$source_package" >&2
	exit 1
fi
for package in "${packages[@]}"; do
	dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done
for package in "${optional[@]}"; do
	dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || wanted+=("$package")
done
[ "${#missing[@]}" -gt 0 ] || exit 0

apt=(apt-get)
[ "$(id -u)" -eq 0 ] || apt=(sudo -n apt-get)
if [ "$(id -u)" -ne 0 ] && ! sudo -n true 2>/dev/null; then
	note "packages are missing and there are no rights to install them; run:"
	echo "sudo apt-get update && sudo apt-get install -y --no-install-recommends ${missing[*]}" >&2
	exit 1
fi
note "installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
"${apt[@]}" update -qq || note "apt-get update failed; trying with the lists that are here"
"${apt[@]}" install -y -qq --no-install-recommends "${missing[@]}" >&2 </dev/null ||
	die "apt could not install ${missing[*]}"
[ "${#wanted[@]}" -eq 0 ] || "${apt[@]}" install -y -qq --no-install-recommends "${wanted[@]}" >&2 </dev/null ||
	note "apt could not install ${wanted[*]}; tests that need it skip"
