#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# What CONFIG=host starts from: the configuration of a machine's kernel and the names
# of the modules that it has loaded, frozen under the hash of both.
#
# Usage: host-config.sh
# HOST_CONFIG=a .config (default: the running kernel's), LSMOD=what lsmod says there
# (default: what it says here), for a machine that is not this one.
# Prints the folder: config lsmod
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
[ $# -eq 0 ] || usage "host-config.sh (HOST_CONFIG= and LSMOD= in the environment)"
new=$MMVS_CACHE/host.$$
trap 'rm -rf "$new"' EXIT
mkdir -p "$new"
config=${HOST_CONFIG:-/boot/config-$(uname -r)}
if [[ -z ${HOST_CONFIG:-} && ! -r $config && -r /proc/config.gz ]]; then
	zcat /proc/config.gz >"$new/config"
else
	[ -r "$config" ] || die "$config: no configuration of a kernel there, nor /proc/config.gz; name one with HOST_CONFIG="
	cp "$config" "$new/config"
fi
grep -q '^CONFIG_X86_64=y' "$new/config" || die "${HOST_CONFIG:-the running kernel}: no configuration of an x86-64 kernel (it does not say CONFIG_X86_64=y)"
# Names alone, in order: sizes and counts move while nothing changes.
if [ -n "${LSMOD:-}" ]; then
	[ -r "$LSMOD" ] || die "LSMOD=$LSMOD: no such file; 'lsmod >FILE' on the machine makes it"
	cp "$LSMOD" "$new/said"
elif [ -r /proc/modules ]; then cp /proc/modules "$new/said"
else : >"$new/said"; fi
awk '$1 != "Module" && $1 ~ /^[A-Za-z0-9_-]+$/ { print $1, 0, 0 }' "$new/said" | sort -u >"$new/names"
{ echo "Module Size Used by"; cat "$new/names"; } >"$new/lsmod"
host=$MMVS_CACHE/host/$(cat "$new/config" "$new/lsmod" | digest | cut -c 1-32)
mkdir -p "$(dirname "$host")"
rm "$new/said" "$new/names"
[ -e "$host" ] || mv -T "$new" "$host"
echo "$host"
