/*
 * test_monotone.c
 *		Binary search against a walk, on every step of small domains and at the
 *		ends of int64; floats and their positions, at every edge and at random.
 */
#include <math.h>
#include <stdint.h>

#include "core/pr_monotone.h"
#include "tap.h"

/* True from one index on; counts how often it is asked, and notes questions outside the range. */
typedef struct Step
{
	PrIndexRange range;
	int64_t		from;
	bool		never;
	int			asked;
	bool		outside;
} Step;

static bool
passed(int64_t index, void *context)
{
	Step	   *step = context;

	step->asked++;
	step->outside = step->outside || index < step->range.first || index > step->range.last;
	return !step->never && index >= step->from;
}

/* One range with every place of the step. */
static void
check_ranges(int64_t first, int64_t last)
{
	for (int64_t from = first;; from++)
	{
		Step		step = {{first, last}, from, false, 0, false};
		int64_t		found = 77;

		CHECK(pr_monotone_first(step.range, passed, &step, &found) && found == from);
		CHECK(step.asked <= 66 && !step.outside);
		found = 77;
		if (from == first)
			CHECK(!pr_monotone_last(step.range, passed, &step, &found));
		else
			CHECK(pr_monotone_last(step.range, passed, &step, &found) && found == from - 1);
		CHECK(!step.outside);
		if (from == last)
			break;
	}
}

static void
check_never(int64_t first, int64_t last)
{
	Step		step = {{first, last}, 0, true, 0, false};
	int64_t		found = 77;

	CHECK(!pr_monotone_first(step.range, passed, &step, &found) && found == 77);
	CHECK(pr_monotone_last(step.range, passed, &step, &found) && found == last && !step.outside);
}

static void
test_small(void)
{
	static const int64_t starts[] = {INT64_MIN, INT64_MIN + 1, -5, 0, 3, INT64_MAX - 20};

	for (size_t i = 0; i < sizeof(starts) / sizeof(*starts); i++)
		for (int64_t size = 0; size < 20; size++)
		{
			check_ranges(starts[i], starts[i] + size);
			check_never(starts[i], starts[i] + size);
		}
	check_ranges(INT64_MAX - 7, INT64_MAX);
	check_never(INT64_MAX, INT64_MAX);
	done("every step of small ranges");
}

static void
test_whole(void)
{
	static const int64_t steps[] = {INT64_MIN, INT64_MIN + 1, INT64_MIN + 2, INT64_MIN / 2, -2, -1, 0, 1, 2, 1000003,
		INT64_MAX / 2, INT64_MAX / 2 + 1, INT64_MAX - 1, INT64_MAX};

	check_never(INT64_MIN, INT64_MAX);
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++)
	{
		Step		step = {{INT64_MIN, INT64_MAX}, steps[i], false, 0, false};
		int64_t		found;

		CHECK(pr_monotone_first(step.range, passed, &step, &found) && found == steps[i]);
		CHECK(step.asked <= 66);
		if (steps[i] == INT64_MIN)
			CHECK(!pr_monotone_last(step.range, passed, &step, &found));
		else
			CHECK(pr_monotone_last(step.range, passed, &step, &found) && found == steps[i] - 1);
	}
	done("all of int64");
}

/* ---------- floats ---------- */

static bool
same8(double a, double b)
{
	return (isnan(a) && isnan(b)) || (a == b && !signbit(a) == !signbit(b));
}

static bool
same4(float a, float b)
{
	return same8(a, b);
}

/* The order that the positions are to give: -0 before 0, NaN last. */
static int
order8(double a, double b)
{
	if (isnan(a) || isnan(b))
		return !!isnan(a) - !!isnan(b);
	if (a != b)
		return a < b ? -1 : 1;
	return !!signbit(b) - !!signbit(a);
}

static const double edges8[] = {
	-INFINITY, -1.7976931348623157e308, -1e300, -2.5, -1.0000000000000002, -1, -0.1, -2.2250738585072014e-308,
	-2.2250738585072009e-308, -4.9406564584124654e-324, -0.0, 0.0, 4.9406564584124654e-324, 2.2250738585072009e-308,
	2.2250738585072014e-308, 0.1, 0.3, 1, 1.0000000000000002, 2.5, 1e300, 1.7976931348623157e308, INFINITY, NAN
};

static void
test_float8(void)
{
	PrIndexRange range = pr_float8_range();
	size_t		n = sizeof(edges8) / sizeof(*edges8);

	CHECK(pr_float8_to_index(0.0) == 0 && pr_float8_to_index(-0.0) == -1);
	CHECK(range.first == pr_float8_to_index(-INFINITY) && range.last == pr_float8_to_index(NAN));
	CHECK(range.last == pr_float8_to_index(INFINITY) + 1 && isnan(pr_float8_from_index(INT64_MAX)));
	CHECK(pr_float8_to_index(-NAN) == range.last);
	for (size_t i = 0; i < n; i++)
	{
		int64_t		index = pr_float8_to_index(edges8[i]);

		CHECK(index >= range.first && index <= range.last && same8(pr_float8_from_index(index), edges8[i]));
		for (size_t j = 0; j < n; j++)
		{
			int64_t		other = pr_float8_to_index(edges8[j]);

			CHECK((index > other) - (index < other) == order8(edges8[i], edges8[j]));
		}
		if (i + 1 < n && !isinf(edges8[i]) && edges8[i] != 0)
			CHECK(same8(pr_float8_from_index(index + 1), nextafter(edges8[i], INFINITY)));
	}
	done("float8: edges, their neighbours and their order");
}

/* A walk with steps that fall on no pattern. */
static void
test_float8_walk(void)
{
	PrIndexRange range = pr_float8_range();
	double		before = -INFINITY;

	for (int64_t index = range.first + 1; index < range.last - INT64_C(9007199254740997); index += INT64_C(9007199254740997))
	{
		double		value = pr_float8_from_index(index);

		CHECK(pr_float8_to_index(value) == index && order8(before, value) < 0);
		before = value;
	}
	done("float8: a walk over all of them");
}

static void
check_float4(int64_t index)
{
	float		value = pr_float4_from_index(index);
	float		next = pr_float4_from_index(index + 1);

	CHECK(pr_float4_to_index(value) == index);
	CHECK(order8(value, next) < 0 || index == pr_float4_range().last);
	if (isfinite(value) && value != 0)
		CHECK(same4(next, nextafterf(value, INFINITY)));
}

/* All of them in steps of a prime, and whole stretches around the edges. */
static void
test_float4(void)
{
	PrIndexRange range = pr_float4_range();

	CHECK(pr_float4_to_index(0.0f) == 0 && pr_float4_to_index(-0.0f) == -1);
	CHECK(range.first == pr_float4_to_index(-INFINITY) && range.last == pr_float4_to_index(NAN));
	CHECK(isnan(pr_float4_from_index(range.last)) && isinf(pr_float4_from_index(range.last - 1)));
	CHECK(pr_float4_to_index(-NAN) == range.last && isnan(pr_float4_from_index(INT64_MAX)));
	for (int64_t index = range.first; index < range.last; index += 997)
		check_float4(index);
	for (int64_t index = -5000; index < 5000; index++)
	{
		check_float4(index);
		check_float4(pr_float4_to_index(1.0f) + index);
		check_float4(pr_float4_to_index(-1.17549435e-38f) + index);
	}
	for (int64_t index = 0; index < 5000; index++)
	{
		check_float4(range.first + index);
		check_float4(range.last - index);
	}
	done("float4: edges, and a walk over all of them");
}

int
main(void)
{
	test_small();
	test_whole();
	test_float8();
	test_float8_walk();
	test_float4();
	return finish();
}
