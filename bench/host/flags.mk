# SPDX-License-Identifier: GPL-2.0-only
# How mmcompare and its tests are built, for the Makefiles of bench/host and tests/unit.
#
# SAN=1 builds with the address and undefined-behaviour sanitizers; give it
# an O of its own.

# Relative: a path of the checkout's may have blanks.  Called by make -C.
top := ../..
src := .

ifeq ($(SAN),1)
O ?= $(top)/build/host-san
san := -fsanitize=address,undefined -fno-sanitize-recover=all \
	-fno-omit-frame-pointer
else
O ?= $(top)/build/host
endif

PKG_CONFIG ?= pkg-config
CFLAGS ?= -O2 -g
warn_cflags := -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Wstrict-prototypes \
	-Wmissing-prototypes -Werror -iquote $(top)/bench/host $(san)
