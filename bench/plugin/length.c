// SPDX-License-Identifier: GPL-2.0-only
/*
 * The length of an x86-64 instruction.  One use: QEMU 7.2 reads the first
 * bytes of an instruction that crosses into the next page, takes it out of
 * the block again, and still shows it to plugins as the block's last.  It
 * must not be counted, and only its length tells it from a real one.
 */
#include "insn.h"

struct code {
	const uint8_t *p, *end;
	bool short_of; /* more bytes are needed than there are */
	bool opsize, addrsize, wide;
};

static uint8_t next(struct code *c)
{
	if (c->p < c->end)
		return *c->p++;
	c->short_of = true;
	return 0;
}

static void skip(struct code *c, long n)
{
	if (c->end - c->p < n)
		c->short_of = true;
	else
		c->p += n;
}

/* ModRM, SIB and displacement; returns the ModRM byte. */
static uint8_t modrm(struct code *c)
{
	uint8_t m = next(c), base = m & 7;

	if (m >> 6 == 3)
		return m;
	if (base == 4)
		base = next(c) & 7;
	if (m >> 6 == 1)
		skip(c, 1);
	else if (m >> 6 == 2 || base == 5)
		skip(c, 4);
	return m;
}

/* An immediate of the operand's size, at most four bytes. */
static void immediate(struct code *c)
{
	skip(c, c->opsize && !c->wide ? 2 : 4);
}

static void map_0f3a(struct code *c)
{
	modrm(c);
	skip(c, 1);
}

static void map_0f(struct code *c, uint8_t op)
{
	switch (op) {
	case 0x05 ... 0x09:
	case 0x0b:
	case 0x30 ... 0x37:
	case 0x77:
	case 0xa0 ... 0xa2:
	case 0xa8 ... 0xaa:
	case 0xc8 ... 0xcf:
		break;
	case 0x80 ... 0x8f:
		skip(c, 4);
		break;
	case 0x38:
		next(c);
		modrm(c);
		break;
	case 0x3a:
		next(c);
		map_0f3a(c);
		break;
	case 0x70 ... 0x73:
	case 0xa4:
	case 0xac:
	case 0xba:
	case 0xc2:
	case 0xc4 ... 0xc6:
		map_0f3a(c);
		break;
	default:
		modrm(c);
	}
}

static void vex(struct code *c, unsigned int bytes)
{
	unsigned int map = 1;

	if (bytes == 2)
		map = next(c) & 0x1f;
	next(c);
	if (map == 1)
		map_0f(c, next(c));
	else if (map == 2)
		skip(c, 1), modrm(c);
	else
		skip(c, 1), map_0f3a(c);
}

/* Opcodes without ModRM below c0, and what follows those with an immediate. */
static void low(struct code *c, uint8_t op)
{
	if (op < 0x40 && (op & 7) >= 4) {
		if ((op & 7) == 4)
			skip(c, 1);
		else if ((op & 7) == 5)
			immediate(c);
	} else if (op < 0x40 || op == 0x63 || (op >= 0x84 && op <= 0x8f)) {
		modrm(c);
	} else if (op == 0x68 || op == 0xa9) {
		immediate(c);
	} else if (op == 0x69 || op == 0x81) {
		modrm(c);
		immediate(c);
	} else if (op == 0x6b || op == 0x80 || op == 0x83) {
		modrm(c);
		skip(c, 1);
	} else if (op == 0x6a || (op >= 0x70 && op <= 0x7f) || op == 0xa8 ||
		   (op >= 0xb0 && op <= 0xb7)) {
		skip(c, 1);
	} else if (op >= 0xa0 && op <= 0xa3) {
		skip(c, c->addrsize ? 4 : 8);
	} else if (op >= 0xb8 && op <= 0xbf) {
		if (c->wide)
			skip(c, 8);
		else
			immediate(c);
	}
}

static void high(struct code *c, uint8_t op)
{
	switch (op) {
	case 0xc0 ... 0xc1:
	case 0xc6:
		map_0f3a(c);
		break;
	case 0xc7:
		modrm(c);
		immediate(c);
		break;
	case 0xc2:
	case 0xca:
		skip(c, 2);
		break;
	case 0xc4:
	case 0xc5:
		vex(c, op == 0xc4 ? 2 : 1);
		break;
	case 0xc8:
		skip(c, 3);
		break;
	case 0xd0 ... 0xd3:
	case 0xd8 ... 0xdf:
	case 0xfe:
	case 0xff:
		modrm(c);
		break;
	case 0xcd:
	case 0xe0 ... 0xe7:
	case 0xeb:
		skip(c, 1);
		break;
	case 0xe8:
	case 0xe9:
		skip(c, 4);
		break;
	case 0xf6:
	case 0xf7:
		if ((modrm(c) >> 3 & 7) > 1)
			break;
		if (op == 0xf6)
			skip(c, 1);
		else
			immediate(c);
		break;
	}
}

bool insn_is_whole(const uint8_t *code, size_t len)
{
	struct code c = { .p = code, .end = code + len };
	uint8_t op = next(&c);

	for (; insn_is_prefix(op) && !c.short_of; op = next(&c)) {
		c.opsize |= op == 0x66;
		c.addrsize |= op == 0x67;
		c.wide |= (op & 0xf8) == 0x48;
	}
	if (op == 0x0f)
		map_0f(&c, next(&c));
	else if (op < 0xc0)
		low(&c, op);
	else
		high(&c, op);
	return !c.short_of;
}
