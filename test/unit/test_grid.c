/*
 * test_grid.c
 *		Fixed-point noise against its definition, over all small numbers and at
 *		the edges.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/pr_grid.h"
#include "tap.h"

static bool
parse(const char *text, PrFixed *number)
{
	return pr_fixed_parse(text, strlen(text), number);
}

static bool
add(const char *value, const char *grid_text, pr_int128 z, int64_t *result)
{
	PrFixed		fixed;
	PrGrid		grid;

	return parse(value, &fixed) && pr_grid_parse(grid_text, strlen(grid_text), &grid) && pr_grid_add(&grid, &fixed, z, result);
}

static void
test_parse(void)
{
	static const char *const bad[] = {
		"", "-", ".", "-.", "1.", ".1", "1..2", "1.2.3", "+1", " 1", "1 ", "1e5", "NaN", "Infinity", "-Infinity", "--1",
		"1234567890123456789012345678901234567", "0.123456789012345678901234567890123456", "1234567890123456789012345678901234567."
	};
	PrFixed		number;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK(!parse(bad[i], &number));
	CHECK(parse("-12.050", &number) && number.negative && number.magnitude == 12050 && number.decimals == 3);
	CHECK(parse("0", &number) && !number.negative && number.magnitude == 0 && number.decimals == 0);
	CHECK(parse("123456789012345678901234567890123456", &number) &&
		  number.magnitude == (pr_uint128) 123456789012345678 * 1000000000000000000 + 901234567890123456);
	CHECK(parse("1234567890123456789.12345678901234567", &number) && number.decimals == 17 &&
		  number.magnitude == (pr_uint128) 123456789012345678 * 1000000000000000000 + 912345678901234567);
	done("decimals are read or refused");
}

/* The multiple of b nearest to a, ties away from zero, found by trying. */
static int64_t
nearest(int64_t a, int64_t b)
{
	int64_t		best = 0;

	for (int64_t k = -400; k <= 400; k++)
	{
		int64_t		distance = llabs(a - k * b);
		int64_t		best_distance = llabs(a - best * b);

		if (distance < best_distance || (distance == best_distance && llabs(k) > llabs(best)))
			best = k;
	}
	return best;
}

/* Values of two decimals, grids of none to three. */
static void
test_small(void)
{
	static const struct
	{
		const char *text;
		int64_t		thousandths;
		int64_t		mantissa;
	}			grids[] = {{"1", 1000, 1}, {"3", 3000, 3}, {"0.5", 500, 5}, {"0.07", 70, 7}, {"0.010", 10, 10}, {"0.125", 125, 125}};

	for (size_t g = 0; g < sizeof(grids) / sizeof(grids[0]); g++)
		for (int value = -350; value <= 350; value++)
			for (int z = -3; z <= 3; z += 3)
			{
				char		text[16];
				int64_t		result;

				snprintf(text, sizeof(text), "%s%d.%02d", value < 0 ? "-" : "", abs(value) / 100, abs(value) % 100);
				CHECK(add(text, grids[g].text, z, &result));
				CHECK(result == (nearest(value * 10, grids[g].thousandths) + z) * grids[g].mantissa);
			}
	done("all small values");
}

static void
test_edges(void)
{
	int64_t		result;

	CHECK(add("9223372036854775806", "1", 0, &result) && result == INT64_MAX - 1);
	CHECK(!add("9223372036854775807", "1", 0, &result));
	CHECK(!add("-9223372036854775808", "1", 0, &result));
	CHECK(add("-9223372036854775807", "1", 0, &result) && result == -INT64_MAX);
	CHECK(add("99999999999999999999", "1", -(pr_int128) 99999999999 * 1000000000, &result) && result == 999999999);
	CHECK(add("100000000000000000000", "1", -(pr_int128) 100 * 1000000000000000000, &result) && result == 0);
	CHECK(!add("999999999999999999999999999999999999", "0.01", 0, &result));
	CHECK(!add("1", "1", (pr_int128) ((~(pr_uint128) 0) >> 1), &result));
	CHECK(!add("-1", "1", -(pr_int128) ((~(pr_uint128) 0) >> 1) - 1, &result));
	CHECK(add("0.00000000000000000000000000000000001", "0.000000000000000001", 7, &result) && result == 7);
	CHECK(add("0.4999999999999999999999999999", "1", 0, &result) && result == 0);
	CHECK(add("0.5", "9223372036854775807", 0, &result) && result == 0);
	CHECK(!add("1", "9223372036854775808", 0, &result));
	CHECK(!add("1", "0.0000000000000000001", 0, &result));
	CHECK(!add("1", "0", 0, &result) && !add("1", "0.00", 0, &result) && !add("1", "-1", 0, &result));
	done("edges of the integers");
}

int
main(void)
{
	test_parse();
	test_small();
	test_edges();
	return finish();
}
