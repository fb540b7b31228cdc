// SPDX-License-Identifier: GPL-2.0-only
/* A kernel compared with itself: how often is a difference seen? */
#include "decided.h"

#include "stats/calibrate.h"

/* The last arm is A/A; noise that differs from seed to seed and arm to arm. */
static void noisy(void)
{
	unsigned int state = 1;

	prepare();
	f.arms[ARMS - 1].aa = true;
	for (size_t m = 0; m < METRICS; m++)
		for (size_t i = 0; i < ARMS * SEEDS; i++) {
			state = state * 1103515245u + 12345u;
			f.values[m][i] = 100 + (double)(state >> 16) / 65536;
		}
}

static int run_calibration(size_t draws, struct calibration *cal)
{
	struct err err = { "" };

	return calibrate(&f.data, draws, 0.01, 0.05, cal, &err);
}

static void alarms_are_rare(void **state)
{
	struct calibration cal, again;

	(void)state;
	noisy();
	assert_int_equal(run_calibration(1000, &cal), 0);
	assert_int_equal(cal.draws, 924); /* 12 over 6 */
	assert_true(cal.all);
	assert_int_equal(cal.seeds, SEEDS);
	assert_int_equal(cal.metrics, METRICS);
	assert_in_range(cal.alarmed, 1, 46); /* 5 % */
	assert_true(cal.alarms >= cal.alarmed);
	assert_int_equal(run_calibration(900, &cal), 0);
	assert_int_equal(cal.draws, 900);
	assert_false(cal.all);
	assert_in_range(cal.alarmed, 1, 60); /* and chance */
	assert_int_equal(run_calibration(900, &again), 0);
	assert_memory_equal(&cal, &again, sizeof(cal));
}

/* Whatever sets the two sets of seeds apart is dealt out evenly. */
static void sides_are_mixed(void **state)
{
	struct calibration cal;

	(void)state;
	noisy();
	scale(0, ARMS - 1, 10);
	assert_int_equal(run_calibration(1000, &cal), 0);
	assert_in_range(cal.alarmed, 1, 46);
}

static void metrics_without_a_value_stay_out(void **state)
{
	struct calibration cal;

	(void)state;
	noisy();
	f.values[0][2] = NAN;
	assert_int_equal(run_calibration(10, &cal), 0);
	assert_int_equal(cal.metrics, METRICS - 1);
	f.metrics[1].key = false;
	assert_int_equal(run_calibration(10, &cal), 0);
	assert_int_equal(cal.metrics, 0);
	assert_int_equal(cal.alarms, 0);
}

static void without_aa_nothing(void **state)
{
	struct calibration cal;

	(void)state;
	noisy();
	f.arms[ARMS - 1].aa = false;
	assert_int_equal(run_calibration(10, &cal), -ENODATA);
	noisy();
	f.arms[ARMS - 1].n_seeds--;
	assert_int_equal(run_calibration(10, &cal), -ENODATA);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(alarms_are_rare),
		cmocka_unit_test(sides_are_mixed),
		cmocka_unit_test(metrics_without_a_value_stay_out),
		cmocka_unit_test(without_aa_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
