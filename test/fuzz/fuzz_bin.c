/*
 * fuzz_bin.c
 *		Bins, rounding and dates on any numbers: monotone, idempotent, never
 *		outside the type, and never undefined.
 */
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/pr_bin.h"
#include "core/pr_civil.h"

#define REQUIRE(condition) do { if (!(condition)) abort(); } while (0)

static const PrIntRange ranges[] = {
	{INT16_MIN, INT16_MAX}, {INT32_MIN, INT32_MAX}, {INT64_MIN, INT64_MAX}
};

static int64_t
clamp(int64_t v, PrIntRange type)
{
	return v < type.min ? type.min : v > type.max ? type.max : v;
}

static void
try_integers(const int64_t n[6], PrIntRange type)
{
	int64_t		a = clamp(n[0] < n[1] ? n[0] : n[1], type);
	int64_t		b = clamp(n[0] < n[1] ? n[1] : n[0], type);
	PrIntBins	bins = {clamp(n[2], type), clamp(n[3], type), clamp(n[4], type), clamp(n[5], type)};
	int64_t		x;
	int64_t		y;

	if (pr_bin_int_valid(&bins))
	{
		x = pr_bin_int(a, &bins, type);
		y = pr_bin_int(b, &bins, type);
		REQUIRE(x >= type.min && y <= type.max);
		REQUIRE(x <= y);
		REQUIRE(pr_bin_int(x, &bins, type) == x);
		REQUIRE(x <= a || x == bins.bottom);
	}
	if (bins.width > 0)
	{
		x = pr_round_int(a, bins.width, type);
		y = pr_round_int(b, bins.width, type);
		REQUIRE(x >= type.min && y <= type.max);
		REQUIRE(x <= y);
		REQUIRE(x % bins.width == 0);
		REQUIRE(pr_round_int(x, bins.width, type) == x);
	}
}

static void
try_floats(const double n[5])
{
	PrFloatGrid grid;
	double		x;
	double		y;

	if (!pr_float_grid_init(&grid, n[2], n[3], false))
		return;
	x = pr_float_grid_floor(&grid, n[0]);
	y = pr_float_grid_floor(&grid, n[1]);
	REQUIRE(isnan(x) == isnan(n[0]));
	if (!isnan(n[0]) && !isnan(n[1]))
		REQUIRE(n[0] <= n[1] ? x <= y : x >= y);
	if (!isnan(n[0]))
		REQUIRE(pr_float_grid_floor(&grid, x) == x);
}

static void
try_dates(const int64_t n[6])
{
	/* Days of PostgreSQL's dates: 4713 BC to AD 5874897. */
	int64_t		a = n[0] % 2147483648;
	int64_t		b = n[1] % 2147483648;
	PrDateUnit	unit = (PrDateUnit) (PR_UNIT_DAY + (uint64_t) n[2] % PR_UNIT_CENTURY);
	PrCivil		civil = pr_civil_from_day(a);
	int64_t		x = pr_civil_truncate(a, unit);
	int64_t		y = pr_civil_truncate(b, unit);

	REQUIRE(pr_civil_is_date(civil.year, civil.month, civil.day));
	REQUIRE(pr_civil_to_day(civil) == a);
	REQUIRE(x <= a);
	REQUIRE(a <= b ? x <= y : x >= y);
	REQUIRE(pr_civil_truncate(x, unit) == x);
	if (a <= b)
		REQUIRE(pr_civil_completed_years(a, b) >= 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int64_t		integers[6];
	double		floats[5];

	if (size < 1 + sizeof(integers))
		return 0;
	memcpy(integers, data + 1, sizeof(integers));
	memcpy(floats, data + 1, sizeof(floats));
	try_integers(integers, ranges[data[0] % 3]);
	try_floats(floats);
	try_dates(integers);
	return 0;
}
