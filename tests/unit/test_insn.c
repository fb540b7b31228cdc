// SPDX-License-Identifier: GPL-2.0-only
/*
 * bench/plugin: what it understands of x86-64, and where a beginning of an
 * instruction is told from a whole one.
 */
#include "../../bench/plugin/length.c"
#include "../../bench/plugin/insn.c"
#include "unit.h"

struct sample {
	const char *code;
	size_t len;
	enum insn_kind kind;
	bool may_stop;
};

#define CODE(bytes) bytes, sizeof(bytes) - 1

static const struct sample samples[] = {
	{ CODE("\x90"), INSN_PLAIN, false }, /* nop */
	{ CODE("\xf3\x0f\x1e\xfa"), INSN_PLAIN, false }, /* endbr64 */
	{ CODE("\x48\x89\xc1"), INSN_PLAIN, false }, /* mov rax, rcx */
	{ CODE("\x48\x8b\x07"), INSN_PLAIN, true }, /* mov (rdi), rax */
	{ CODE("\xc6\x07\x01"), INSN_PLAIN, true }, /* movb 1, (rdi) */
	{ CODE("\x48\x8d\x44\x24\x08"), INSN_PLAIN, false }, /* lea */
	{ CODE("\x81\xc1\x00\x10\x00\x00"), INSN_PLAIN, false }, /* add */
	{ CODE("\x66\x81\xc1\x00\x10"), INSN_PLAIN, false },
	{ CODE("\x0f\x84\x10\x00\x00\x00"), INSN_PLAIN, false }, /* je */
	{ CODE("\x48\xb8\x01\x02\x03\x04\x05\x06\x07\x08"), INSN_PLAIN, false },
	{ CODE("\x48\xf7\xf1"), INSN_PLAIN, true }, /* div */
	{ CODE("\x48\xf7\xd9"), INSN_PLAIN, false }, /* neg */
	{ CODE("\xf7\x04\x25\x00\x10\x00\x00\x01\x00\x00\x00"), INSN_PLAIN,
	  true }, /* testl 1, 0x1000 */
	{ CODE("\x55"), INSN_PLAIN, true }, /* push */
	{ CODE("\x0f\x0b"), INSN_PLAIN, true }, /* ud2 */
	{ CODE("\x0f\x31"), INSN_PLAIN, true }, /* rdtsc */
	{ CODE("\xe8\x00\x00\x00\x00"), INSN_CALL, true },
	{ CODE("\xff\xd0"), INSN_CALL, true }, /* call *rax */
	{ CODE("\xff\xe0"), INSN_PLAIN, false }, /* jmp *rax */
	{ CODE("\xc3"), INSN_RET, true },
	{ CODE("\xf3\xc3"), INSN_RET, true },
	{ CODE("\x48\xcf"), INSN_IRET, true },
	{ CODE("\x48\x0f\x07"), INSN_IRET, true }, /* sysretq */
	{ CODE("\xf3\x48\xab"), INSN_REP, true }, /* rep stosq */
	{ CODE("\x48\xab"), INSN_PLAIN, true }, /* stosq */
	{ CODE("\xf3\x90"), INSN_PLAIN, false }, /* pause */
	{ CODE("\x0f\x01\x38"), INSN_INVLPG, true },
	{ CODE("\x0f\x01\xf8"), INSN_PLAIN, true }, /* swapgs */
	{ CODE("\x66\x0f\x38\x82\x00"), INSN_INVPCID, true },
	{ CODE("\x0f\x22\xd8"), INSN_CR3, true },
	{ CODE("\x0f\x22\xe0"), INSN_PLAIN, true }, /* mov rax, cr4 */
	{ CODE("\x0f\x1f\x80\x00\x81\x6d\x6d"), INSN_MARKER, false },
	{ CODE("\x0f\x1f\x80\x00\x00\x00\x00"), INSN_PLAIN, false },
	{ CODE("\xc5\xfd\x6f\x07"), INSN_PLAIN, true }, /* vmovdqa */
	{ CODE("\xc4\xe2\x7d\x78\xc0"), INSN_PLAIN, true }, /* vpbroadcastb */
};

/* Of what may stop, only these go without memory. */
static void by_registers(void **state)
{
	static const char *const with[] = { "\x48\x8b\x07", "\x55",
					    "\x0f\x01\x38", "\x0f\xae\x07",
					    "\x48\xab" };
	static const char *const without[] = { "\x0f\x31",    "\x0f\x01\xf9",
					       "\x0f\x30",    "\x0f\xa2",
					       "\xec",	      "\xf4",
					       "\x0f\x01\xf8" };

	(void)state;
	for (size_t i = 0; i < sizeof(with) / sizeof(*with); i++)
		assert_false(
			insn_decode((const uint8_t *)with[i], strlen(with[i]))
				.no_access);
	for (size_t i = 0; i < sizeof(without) / sizeof(*without); i++)
		assert_true(insn_decode((const uint8_t *)without[i],
					strlen(without[i]))
				    .no_access);
}

static void kinds(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_OF(samples); i++) {
		const uint8_t *code = (const uint8_t *)samples[i].code;
		struct insn insn = insn_decode(code, samples[i].len);

		if (insn.kind != samples[i].kind ||
		    insn.may_stop != samples[i].may_stop)
			fail_msg("sample %zu: kind %d, may stop %d", i,
				 insn.kind, insn.may_stop);
	}
}

static void lengths(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_OF(samples); i++) {
		const uint8_t *code = (const uint8_t *)samples[i].code;

		for (size_t len = 1; len <= samples[i].len; len++)
			if (insn_is_whole(code, len) != (len == samples[i].len))
				fail_msg("sample %zu at %zu of %zu bytes", i,
					 len, samples[i].len);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_registers),
		cmocka_unit_test(kinds),
		cmocka_unit_test(lengths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
