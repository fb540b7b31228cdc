// SPDX-License-Identifier: GPL-2.0-only
/* bench/plugin: the model of caches and TLB, access by access. */
#include "../../bench/plugin/cache.c"
#include "unit.h"

static unsigned int misses[NR_COUNTERS];
static uint64_t physical;

void track_count(enum counter c)
{
	misses[c]++;
}

struct qemu_plugin_hwaddr *qemu_plugin_get_hwaddr(uint32_t info, uint64_t vaddr)
{
	(void)info;
	physical = vaddr;
	return (struct qemu_plugin_hwaddr *)&physical;
}

bool qemu_plugin_hwaddr_is_io(const struct qemu_plugin_hwaddr *addr)
{
	(void)addr;
	return false;
}

uint64_t qemu_plugin_hwaddr_phys_addr(const struct qemu_plugin_hwaddr *addr)
{
	return *(const uint64_t *)addr;
}

/* Misses of @level in an access to @addr. */
static unsigned int missed(enum counter level, uint64_t addr)
{
	memset(misses, 0, sizeof(misses));
	cache_access(0, 0, addr, NULL);
	return misses[level];
}

static void options(void **state)
{
	static const struct {
		const char *option, *why;
	} bad[] = {
		{ "l1d=32k:8", "SIZE:WAYS:LINE" },
		{ "l1d=", "SIZE:WAYS:LINE" },
		{ "l1d=-1:8:64", "SIZE:WAYS:LINE" },
		{ "l1d=32k:8:64:1", "SIZE:WAYS:LINE" },
		{ "dtlb=64:4:1", "ENTRIES:WAYS" },
		{ "dtlb=64k4", "ENTRIES:WAYS" },
		{ "l2=1m:0:64", "ways" },
		{ "l2=1m:65:64", "ways" },
		{ "l2=1m:16:48", "line" },
		{ "l2=0:16:64", "sets" },
		{ "l2=48k:8:64", "sets" },
		{ "l2=1025m:16:64", "1 GiB" },
	};
	char why[200];

	(void)state;
	assert_int_equal(cache_option("l3=1m:16:64", why, sizeof(why)),
			 -ENOENT);
	for (size_t i = 0; i < N_OF(bad); i++) {
		why[0] = '\0';
		assert_int_equal(cache_option(bad[i].option, why, sizeof(why)),
				 -EINVAL);
		if (!strstr(why, bad[i].why))
			fail_msg("%s: %s", bad[i].option, why);
	}
	/* Two sets of two ways; sixteen entries in sets of four. */
	assert_int_equal(cache_option("l1d=256:2:64", why, sizeof(why)), 0);
	assert_int_equal(cache_option("l2=4k:4:64", why, sizeof(why)), 0);
	assert_int_equal(cache_option("dtlb=16:4", why, sizeof(why)), 0);
	assert_int_equal(cache_init(), 0);
}

static void replacement(void **state)
{
	(void)state;
	assert_int_equal(missed(C_L1D, 0), 1);
	assert_int_equal(missed(C_L1D, 63), 0);
	assert_int_equal(missed(C_L1D, 64), 1); /* the other set */
	assert_int_equal(missed(C_L1D, 128), 1);
	assert_int_equal(missed(C_L1D, 0), 0);
	assert_int_equal(missed(C_L1D, 256), 1); /* drops 128, not 0 */
	assert_int_equal(missed(C_L1D, 0), 0);
	assert_int_equal(missed(C_L1D, 128), 1);
	assert_int_equal(misses[C_L2], 0); /* it was there before */
}

static void tlb(void **state)
{
	(void)state;
	assert_int_equal(missed(C_DTLB, 5 << 12), 1);
	assert_int_equal(missed(C_DTLB, 5 << 12 | 8), 0);
	for (uint64_t page = 9; page <= 21; page += 4)
		assert_int_equal(missed(C_DTLB, page << 12), 1);
	assert_int_equal(missed(C_DTLB, 5 << 12), 1); /* four others since */
	cache_flush_tlb(0, NULL);
	assert_int_equal(missed(C_DTLB, 5 << 12), 1);
	assert_int_equal(misses[C_L1D], 0); /* the caches stay */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options),
		cmocka_unit_test(replacement),
		cmocka_unit_test(tlb),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
