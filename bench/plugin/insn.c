// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "insn.h"
#include "../guest/run/marker.h"

/* After the prefixes: opcode and ModRM, what matters of the rest. */
struct op {
	const uint8_t *p, *end;
	bool rep, opsize;
};

bool insn_is_prefix(uint8_t c)
{
	return c == 0x66 || c == 0x67 || c == 0xf0 || c == 0xf2 || c == 0xf3 ||
	       c == 0x2e || c == 0x36 || c == 0x3e || c == 0x26 || c == 0x64 ||
	       c == 0x65 || (c & 0xf0) == 0x40;
}

static uint8_t byte_at(const struct op *o, size_t i)
{
	return o->p + i < o->end ? o->p[i] : 0;
}

/* Both operands are registers. */
static bool registers_only(uint8_t modrm)
{
	return modrm >> 6 == 3;
}

/* One-byte opcodes that cannot stop. */
static bool harmless(uint8_t c, uint8_t modrm)
{
	unsigned int reg = modrm >> 3 & 7;

	if (c < 0x40 && (c & 7) < 4) /* add, or, ... cmp */
		return registers_only(modrm);
	if (c < 0x40)
		return (c & 7) < 6; /* with an immediate */
	if ((c >= 0x70 && c <= 0x7f) || (c >= 0x90 && c <= 0x99) ||
	    (c >= 0xb0 && c <= 0xbf))
		return c != 0x9b && c != 0x9a; /* jcc, nop, xchg, cdq, mov */
	switch (c) {
	case 0x63: /* movsxd */
	case 0x69:
	case 0x6b: /* imul */
	case 0x80:
	case 0x81:
	case 0x83:
	case 0x84 ... 0x8b: /* test, xchg, mov */
	case 0xc0:
	case 0xc1:
	case 0xc6:
	case 0xc7:
	case 0xd0 ... 0xd3: /* shifts */
		return registers_only(modrm);
	case 0x8d: /* lea */
	case 0xa8:
	case 0xa9: /* test */
	case 0xe0 ... 0xe3: /* loop, jrcxz */
	case 0xe9:
	case 0xeb: /* jmp */
		return true;
	case 0xf6:
	case 0xf7: /* not div */
		return registers_only(modrm) && reg < 6;
	case 0xfe:
	case 0xff: /* inc, dec, jmp */
		return registers_only(modrm) && (reg < 2 || reg == 4);
	}
	return false;
}

/* The same for opcodes behind 0f. */
static bool harmless_0f(uint8_t c, uint8_t modrm)
{
	switch (c) {
	case 0x1e: /* endbr64 and other hints */
		return registers_only(modrm);
	case 0x1f: /* nop: its operand is not accessed */
	case 0x80 ... 0x8f: /* jcc */
	case 0xc8 ... 0xcf: /* bswap */
		return true;
	case 0x40 ... 0x4f: /* cmov */
	case 0x90 ... 0x9f: /* setcc */
	case 0xa3 ... 0xa5: /* bt, shld */
	case 0xab ... 0xad: /* bts, shrd */
	case 0xaf: /* imul */
	case 0xb0:
	case 0xb1: /* cmpxchg */
	case 0xb3: /* btr */
	case 0xb6 ... 0xb7: /* movzx */
	case 0xba ... 0xbf: /* bt, btc, bsf, bsr, movsx */
	case 0xc0:
	case 0xc1: /* xadd */
		return registers_only(modrm);
	}
	return false;
}

/* Far jumps, segments, x87 and the state of the FPU; indirect jumps. */
static bool odd_access(uint8_t c, uint8_t next)
{
	if (c == 0x0f)
		return next == 0x00 || next == 0x02 || next == 0x03 ||
		       next == 0xa1 || next == 0xa9 || next == 0xae ||
		       next == 0xb2 || next == 0xb4 || next == 0xb5 ||
		       next == 0xc7 || next == 0xf7;
	return c == 0x8e || c == 0xc8 || c == 0xca || c == 0xcb || c == 0xcd ||
	       c == 0xcf || (c >= 0xd8 && c <= 0xdf) || c == 0xff;
}

/* System instructions that go by registers: time, MSRs, ports, cpuid, hlt. */
static bool no_access(uint8_t c, uint8_t next, uint8_t modrm)
{
	if (c == 0x0f)
		return (next >= 0x30 && next <= 0x33) || next == 0xa2 ||
		       (next == 0x01 && registers_only(modrm));
	return (c >= 0xe4 && c <= 0xe7) || (c >= 0xec && c <= 0xef) ||
	       c == 0xf4;
}

static bool is_string(uint8_t c)
{
	return (c >= 0xa4 && c <= 0xa7) || (c >= 0xaa && c <= 0xaf) ||
	       (c >= 0x6c && c <= 0x6f);
}

static enum insn_kind kind_0f(const struct op *o)
{
	uint8_t c = byte_at(o, 1), modrm = byte_at(o, 2);
	unsigned int reg = modrm >> 3 & 7;

	if (c == 0x01 && reg == 7 && !registers_only(modrm))
		return INSN_INVLPG;
	if (c == 0x38 && modrm == 0x82 && o->opsize)
		return INSN_INVPCID;
	if (c == 0x22 && reg == 3)
		return INSN_CR3;
	if (c == 0x07 || c == 0x35)
		return INSN_IRET;
	return INSN_PLAIN;
}

static enum insn_kind kind_of(const struct op *o)
{
	uint8_t c = byte_at(o, 0);

	if (c == 0x0f)
		return kind_0f(o);
	if (c == 0xe8 || (c == 0xff && (byte_at(o, 1) >> 3 & 7) == 2))
		return INSN_CALL;
	if (c == 0xc3 || c == 0xc2)
		return INSN_RET;
	if (c == 0xcf)
		return INSN_IRET;
	if (o->rep && is_string(c))
		return INSN_REP;
	return INSN_PLAIN;
}

struct insn insn_decode(const uint8_t *code, size_t len)
{
	struct op o = { .p = code, .end = code + len };
	struct insn insn = { .kind = INSN_PLAIN };

	if (len == 7 && code[0] == 0x0f && code[1] == 0x1f && code[2] == 0x80) {
		memcpy(&insn.marker, code + 3, 4);
		if (insn.marker >> 16 == MARKER_MAGIC)
			insn.kind = INSN_MARKER;
		return insn;
	}
	for (; o.p < o.end && insn_is_prefix(*o.p); o.p++) {
		o.rep |= *o.p == 0xf2 || *o.p == 0xf3;
		o.opsize |= *o.p == 0x66;
	}
	insn.kind = kind_of(&o);
	insn.may_stop = insn.kind != INSN_PLAIN ||
			!(byte_at(&o, 0) == 0x0f
				  ? harmless_0f(byte_at(&o, 1), byte_at(&o, 2))
				  : harmless(byte_at(&o, 0), byte_at(&o, 1)));
	insn.odd_access = insn.kind == INSN_REP ||
			  odd_access(byte_at(&o, 0), byte_at(&o, 1));
	insn.no_access =
		no_access(byte_at(&o, 0), byte_at(&o, 1), byte_at(&o, 2));
	insn.load = byte_at(&o, 0) == 0x8b && insn.may_stop;
	return insn;
}
