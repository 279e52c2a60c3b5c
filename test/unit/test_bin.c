/*
 * test_bin.c
 *		Bins and rounding against their definitions, over whole small domains
 *		and at the ends of large ones.
 */
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "core/pr_bin.h"
#include "tap.h"

static const PrIntRange tiny = {-128, 127};
static const PrIntRange int8_range = {INT64_MIN, INT64_MAX};

/* The definition, by counting. */
static int64_t
slow_bin(int64_t v, const PrIntBins *bins, PrIntRange type)
{
	int64_t		bound = bins->origin;

	if (v >= bins->top && bins->top != type.max)
		return bins->top;
	if (v < bins->bottom)
		return bins->bottom;
	while (bound > v)
		bound -= bins->width;
	while (bound + bins->width <= v)
		bound += bins->width;
	if (bound < type.min)
		bound = type.min;
	return bound < bins->bottom ? bins->bottom : bound;
}

static int64_t
slow_round(int64_t v, int64_t to, PrIntRange type)
{
	int64_t		best = 0;

	for (int64_t m = -3 * 128 / to * to; m <= 3 * 128; m += to)
	{
		int64_t		distance = llabs(v - m);
		int64_t		record = llabs(v - best);

		if (m < type.min || m > type.max)
			continue;
		if (distance < record || (distance == record && llabs(m) > llabs(best)))
			best = m;
	}
	return best;
}

static void
test_bin_definition(void)
{
	static const int64_t ends[][2] = {{-128, 127}, {0, 100}, {-5, 17}, {3, 3}, {-128, 40}, {-100, 127}, {10, 126}};

	for (int64_t width = 1; width <= 127; width += width < 20 ? 1 : 9)
		for (int64_t origin = -128; origin <= 127; origin += 5)
			for (size_t e = 0; e < sizeof(ends) / sizeof(ends[0]); e++)
			{
				PrIntBins	bins = {width, origin, ends[e][0], ends[e][1]};
				int64_t		before = INT64_MIN;

				for (int64_t v = -128; v <= 127; v++)
				{
					int64_t		bound = pr_bin_int(v, &bins, tiny);

					CHECK(bound == slow_bin(v, &bins, tiny));
					CHECK(bound >= before);
					CHECK(pr_bin_int(bound, &bins, tiny) == bound);
					CHECK(bound <= v || bound == bins.bottom);
					before = bound;
				}
			}
	done("integer bins follow their definition, are monotone and idempotent");
}

static void
test_bin_extremes(void)
{
	PrIntBins	all = {INT64_MAX, 0, INT64_MIN, INT64_MAX};
	PrIntBins	far = {10, INT64_MAX, INT64_MIN, INT64_MAX};
	PrIntBins	seven = {7, INT64_MIN, INT64_MIN, INT64_MAX};

	CHECK(pr_bin_int(INT64_MAX, &all, int8_range) == INT64_MAX);
	CHECK(pr_bin_int(INT64_MAX - 1, &all, int8_range) == 0);
	CHECK(pr_bin_int(-1, &all, int8_range) == -INT64_MAX);
	CHECK(pr_bin_int(INT64_MIN, &all, int8_range) == INT64_MIN);
	/* 2^63 - 1 = ...807, so bounds end in 7 above zero and in 3 below */
	CHECK(pr_bin_int(0, &far, int8_range) == -3);
	CHECK(pr_bin_int(INT64_MIN, &far, int8_range) == INT64_MIN);
	CHECK(pr_bin_int(INT64_MIN + 5, &far, int8_range) == INT64_MIN + 5);
	CHECK(pr_bin_int(INT64_MIN + 4, &far, int8_range) == INT64_MIN);
	/* 2^63 = 1 modulo 7 (2^3 = 8), so -2^63 + 7k meets 6, 13 ... and -1 */
	CHECK(pr_bin_int(5, &seven, int8_range) == -1);
	CHECK(pr_bin_int(6, &seven, int8_range) == 6);
	CHECK(pr_bin_int(INT64_MAX, &seven, int8_range) == INT64_MAX - 1);
	CHECK(!pr_bin_int_valid(&(PrIntBins) {0, 0, 0, 1}));
	CHECK(!pr_bin_int_valid(&(PrIntBins) {-1, 0, 0, 1}));
	CHECK(!pr_bin_int_valid(&(PrIntBins) {1, 0, 1, 0}));
	CHECK(pr_bin_int_valid(&(PrIntBins) {1, 0, 1, 1}));
	done("integer bins at the ends of 64 bits");
}

static void
test_round_int(void)
{
	for (int64_t to = 1; to <= 127; to++)
	{
		int64_t		before = INT64_MIN;

		for (int64_t v = -128; v <= 127; v++)
		{
			int64_t		nearest = pr_round_int(v, to, tiny);

			CHECK(nearest == slow_round(v, to, tiny));
			CHECK(nearest >= before);
			CHECK(pr_round_int(nearest, to, tiny) == nearest);
			before = nearest;
		}
	}
	CHECK(pr_round_int(5, 10, tiny) == 10);
	CHECK(pr_round_int(-5, 10, tiny) == -10);
	CHECK(pr_round_int(INT64_MAX, 10, int8_range) == INT64_MAX - 7);
	CHECK(pr_round_int(INT64_MIN, 10, int8_range) == INT64_MIN + 8);
	CHECK(pr_round_int(INT64_MIN, 2, int8_range) == INT64_MIN);
	CHECK(pr_round_int(INT64_MIN, INT64_MAX, int8_range) == -INT64_MAX);
	done("integer rounding follows its definition, is monotone and idempotent");
}

/* ---------- floats ---------- */

static uint64_t random_state = 42;

static uint64_t
next_random(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

/* Any finite bit pattern, or a number of everyday size. */
static double
any_double(bool single)
{
	union
	{
		uint64_t	bits;
		double		value;
	}			u;

	do
	{
		u.bits = next_random();
		if (next_random() % 2 == 0)
			u.value = (double) (int64_t) (next_random() % 2000001 - 1000000) / (double) (1 + next_random() % 1000);
		if (single)
			u.value = fabs(u.value) > FLT_MAX ? NAN : (double) (float) u.value;
	} while (!isfinite(u.value));
	return u.value;
}

static double
bin(double v, double width, double origin)
{
	PrFloatGrid grid;

	return pr_float_grid_init(&grid, width, origin, false) ? pr_float_grid_floor(&grid, v) : NAN;
}

static double
nearest(double v, double to)
{
	PrFloatGrid grid;

	return pr_float_grid_init(&grid, to, 0, false) ? pr_float_grid_round(&grid, v) : NAN;
}

static void
test_float_values(void)
{
	CHECK(bin(39.5, 10, 0) == 30);
	CHECK(bin(-0.5, 10, 0) == -10);
	CHECK(bin(-10, 10, 0) == -10);
	CHECK(bin(0.3, 0.1, 0) == 0.3);
	CHECK(bin(0.7, 0.1, 0) == 0.7);
	CHECK(bin(0.29999999999999993, 0.1, 0) == 0.2);
	CHECK(bin(1.1, 0.01, 0) == 1.1);
	CHECK(bin(12.4, 2.5, 1.2) == 11.2);
	CHECK(bin(12.4, 0.3, 0) == 12.3);
	CHECK(!signbit(bin(-0.0, 10, 0)));
	CHECK(bin(INFINITY, 10, 0) == INFINITY && bin(-INFINITY, 10, 0) == -INFINITY && isnan(bin(NAN, 10, 0)));
	CHECK(bin(-DBL_MAX, 1e308, 0) == -DBL_MAX);	/* the bound, -2e308, is infinite */
	CHECK(bin(DBL_MAX, 1e308, 0) == 1e308);
	CHECK(bin(DBL_MAX, 1, 0) == DBL_MAX);
	CHECK(nearest(0.25, 0.1) == 0.3);	/* as far from the double 0.2 as from 0.3 */
	CHECK(nearest(2.5, 1) == 3 && nearest(-2.5, 1) == -3 && nearest(2.4999999999999996, 1) == 2);
	CHECK(nearest(-0.3, 1) == 0 && !signbit(nearest(0.3, 1)));
	CHECK(nearest(DBL_MAX, 1e308) == 1e308);	/* 2e308 is infinite */
	CHECK(nearest(-DBL_MAX, 1e308) == -1e308);
	CHECK(nearest(1.05, 0.05) == 1.05);
	done("float bins and rounding of chosen values");
}

static void
test_float_parameters(void)
{
	PrFloatGrid grid;

	CHECK(!pr_float_grid_init(&grid, 0, 0, false));
	CHECK(!pr_float_grid_init(&grid, -1, 0, false));
	CHECK(!pr_float_grid_init(&grid, NAN, 0, false));
	CHECK(!pr_float_grid_init(&grid, INFINITY, 0, false));
	CHECK(!pr_float_grid_init(&grid, 1, NAN, false));
	CHECK(!pr_float_grid_init(&grid, 1, INFINITY, false));
	CHECK(!pr_float_grid_init(&grid, 1, 1e300, false));
	CHECK(pr_float_grid_init(&grid, 5e-324, 0, false));
	CHECK(pr_float_ends_valid(-INFINITY, INFINITY) && pr_float_ends_valid(1, 1));
	CHECK(!pr_float_ends_valid(NAN, 1) && !pr_float_ends_valid(1, NAN) && !pr_float_ends_valid(2, 1));
	CHECK(!pr_float_ends_valid(INFINITY, INFINITY) && !pr_float_ends_valid(-INFINITY, -INFINITY));
	CHECK(pr_float_grid_init(&grid, 10, 0, false));
	CHECK(pr_bin_float(&grid, NAN, 0, 100) == 100 && isnan(pr_bin_float(&grid, NAN, 0, INFINITY)));
	CHECK(pr_bin_float(&grid, -INFINITY, 0, 100) == 0 && pr_bin_float(&grid, INFINITY, 0, 100) == 100);
	CHECK(pr_bin_float(&grid, 95, 3, 95) == 95 && pr_bin_float(&grid, 94.9, 3, 95) == 90);
	CHECK(pr_bin_float(&grid, 3, 3, 95) == 3 && pr_bin_float(&grid, 9, 3, 95) == 3 && pr_bin_float(&grid, 2.9, 3, 95) == 3);
	done("parameters of float bins");
}

static void
test_float_laws(bool single, const char *name)
{
	for (int i = 0; i < 300000; i++)
	{
		double		width = fabs(any_double(single));
		double		origin = next_random() % 2 ? 0 : any_double(single);
		double		a = any_double(single);
		/* Often a neighbour or a point near a bound, where laws break first. */
		double		b = next_random() % 2 ? any_double(single) :
			single ? (double) nextafterf((float) a, INFINITY) : nextafter(a, INFINITY);
		PrFloatGrid grid;
		PrFloatGrid round_grid;
		double		low = fmin(a, b);
		double		high = fmax(a, b);

		if (next_random() % 2)
			width = 1 / (double) (1 + next_random() % 1000);
		if (single)
			width = (double) (float) width;
		if (!pr_float_grid_init(&grid, width, origin, single) || !isfinite(high))
			continue;
		CHECK(pr_float_grid_floor(&grid, low) <= low);
		CHECK(pr_float_grid_floor(&grid, low) <= pr_float_grid_floor(&grid, high));
		CHECK(pr_float_grid_floor(&grid, pr_float_grid_floor(&grid, a)) == pr_float_grid_floor(&grid, a));
		CHECK(isfinite(pr_float_grid_floor(&grid, a)));
		CHECK(!single || pr_float_grid_floor(&grid, a) == (double) (float) pr_float_grid_floor(&grid, a));

		if (!pr_float_grid_init(&round_grid, width, 0, single))
			continue;
		CHECK(pr_float_grid_round(&round_grid, low) <= pr_float_grid_round(&round_grid, high));
		CHECK(pr_float_grid_round(&round_grid, pr_float_grid_round(&round_grid, a)) == pr_float_grid_round(&round_grid, a));
		CHECK(isfinite(pr_float_grid_round(&round_grid, a)));
	}
	done(name);
}

int
main(void)
{
	test_bin_definition();
	test_bin_extremes();
	test_round_int();
	test_float_values();
	test_float_parameters();
	test_float_laws(false, "double bins: monotone, idempotent, not above the value");
	test_float_laws(true, "single bins: monotone, idempotent, not above the value");
	return finish();
}
