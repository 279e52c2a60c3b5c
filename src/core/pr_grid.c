/*
 * pr_grid.c
 *		Noise on a decimal number in fixed-point arithmetic; see pr_grid.h.
 *
 * What an attacker would try: a value whose scaling wraps.  Every step that can
 * is checked, and a failure is no error but another way to the same result.
 */
#include "core/pr_grid.h"

/* 10^k for 0 <= k <= 36 */
static pr_uint128
power_of_ten(int k)
{
	static const uint64_t powers[] = {
		1ULL, 10ULL, 100ULL, 1000ULL, 10000ULL, 100000ULL, 1000000ULL, 10000000ULL, 100000000ULL, 1000000000ULL,
		10000000000ULL, 100000000000ULL, 1000000000000ULL, 10000000000000ULL, 100000000000000ULL,
		1000000000000000ULL, 10000000000000000ULL, 100000000000000000ULL, 1000000000000000000ULL
	};

	return k <= 18 ? powers[k] : (pr_uint128) powers[18] * powers[k - 18];
}

bool
pr_fixed_parse(const char *decimal, size_t length, PrFixed *number)
{
	size_t		i = length > 0 && decimal[0] == '-' ? 1 : 0;
	size_t		start = i;
	size_t		point = length;
	uint64_t	low = 0;		/* the digits after the first 18, or all */
	int			digits = 0;		/* in low; at most 18 */

	number->negative = i == 1;
	number->magnitude = 0;
	if (length - i > PR_FIXED_MAX_DIGITS + 1)
		return false;
	for (; i < length; i++)
	{
		if (decimal[i] == '.' && point == length && i > start && i + 1 < length)
		{
			point = i;
			continue;
		}
		if (decimal[i] < '0' || decimal[i] > '9')
			return false;
		if (digits == 18)
		{
			number->magnitude = low;
			low = 0;
			digits = 0;
		}
		low = low * 10 + (uint64_t) (decimal[i] - '0');
		digits++;
	}
	number->magnitude = number->magnitude * power_of_ten(digits) + low;
	number->decimals = point == length ? 0 : (int) (length - point - 1);
	return length > start && length - start - (point < length) <= PR_FIXED_MAX_DIGITS;
}

bool
pr_grid_parse(const char *decimal, size_t length, PrGrid *grid)
{
	PrFixed		fixed;

	if (!pr_fixed_parse(decimal, length, &fixed) || fixed.negative || fixed.magnitude == 0 ||
		fixed.magnitude > INT64_MAX || fixed.decimals > PR_GRID_MAX_DECIMALS)
		return false;
	grid->mantissa = (int64_t) fixed.magnitude;
	grid->decimals = fixed.decimals;
	return true;
}

/* number * 10^k, if it stays below 2^127 */
static bool
scale_up(pr_uint128 number, int k, pr_uint128 *scaled)
{
	*scaled = number;
	if (k > 0 && __builtin_mul_overflow(number, power_of_ten(k), scaled))
		return false;
	return *scaled >> 127 == 0;
}

/* a / b to the nearest, half upwards */
static pr_uint128
divide_rounded(pr_uint128 a, pr_uint128 b)
{
	pr_uint128	quotient;
	pr_uint128	rest;

	if ((a | b) >> 64 == 0)
	{
		quotient = (uint64_t) a / (uint64_t) b;
		rest = (uint64_t) a % (uint64_t) b;
	}
	else
	{
		quotient = a / b;
		rest = a % b;
	}
	return quotient + (rest >= b - rest);
}

bool
pr_grid_add(const PrGrid *grid, const PrFixed *value, pr_int128 z, int64_t *result)
{
	int			decimals = value->decimals > grid->decimals ? value->decimals : grid->decimals;
	pr_uint128	magnitude;
	pr_uint128	step;
	pr_int128	units;
	pr_int128	sum;

	if (!scale_up(value->magnitude, decimals - value->decimals, &magnitude) ||
		!scale_up((pr_uint128) grid->mantissa, decimals - grid->decimals, &step))
		return false;
	units = (pr_int128) divide_rounded(magnitude, step);
	if (__builtin_add_overflow(value->negative ? -units : units, z, &sum) ||
		__builtin_mul_overflow(sum, (pr_int128) grid->mantissa, &sum) ||
		sum <= INT64_MIN || sum >= INT64_MAX)
		return false;
	*result = (int64_t) sum;
	return true;
}
