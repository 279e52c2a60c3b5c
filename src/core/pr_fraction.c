/*
 * pr_fraction.c
 *		Noise parameters as exact fractions; see pr_fraction.h.
 */
#include "core/pr_fraction.h"

#include <string.h>

#include "core/pr_sampler.h"

#define MAX_DIGITS 38			/* all of which fit 127 bits */

PrCoreResult
pr_decimal_parse(const char *decimal, pr_uint128 *mantissa, int *decimals)
{
	const char *point = strchr(decimal, '.');
	size_t		length = strlen(decimal);
	pr_uint128	value = 0;
	int			digits = 0;
	int			fraction = 0;

	if (point != NULL)
		while (length > 0 && decimal[length - 1] == '0')
			length--;
	if (length == 0 || (point == decimal && length == 1))
		return PR_CORE_PARAMETER;

	for (const char *at = decimal; at < decimal + length; at++)
	{
		if (at == point)
			continue;
		if (*at < '0' || *at > '9')
			return PR_CORE_PARAMETER;
		if (point != NULL && at > point && ++fraction > MAX_DIGITS)
			return PR_CORE_LIMIT;
		if ((value != 0 || *at != '0') && ++digits > MAX_DIGITS)
			return PR_CORE_LIMIT;
		value = value * 10 + (pr_uint128) (*at - '0');
	}
	*mantissa = value;
	*decimals = fraction;
	return PR_CORE_OK;
}

static pr_uint128
gcd(pr_uint128 a, pr_uint128 b)
{
	while (b != 0)
	{
		pr_uint128	rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

/* a / b = n / d, reduced */
static void
reduce(pr_uint128 *n, pr_uint128 *d)
{
	pr_uint128	common = gcd(*n, *d);

	*n /= common;
	*d /= common;
}

/* n / d multiplied by ten, staying reduced if it was. */
static PrCoreResult
times_ten(pr_uint128 *n, pr_uint128 *d)
{
	pr_uint128	factor = 10;

	if (*d % 2 == 0)
	{
		*d /= 2;
		factor /= 2;
	}
	if (*d % 5 == 0)
	{
		*d /= 5;
		factor /= 5;
	}
	return __builtin_mul_overflow(*n, factor, n) ? PR_CORE_LIMIT : PR_CORE_OK;
}

PrCoreResult
pr_noise_fraction(bool gaussian, const char *scale, const char *grid, pr_uint128 *n, pr_uint128 *d)
{
	PrCoreResult rc;
	int			scale_decimals;
	int			grid_decimals;
	pr_uint128	n2;
	pr_uint128	d2;

	if ((rc = pr_decimal_parse(scale, n, &scale_decimals)) != PR_CORE_OK ||
		(rc = pr_decimal_parse(grid, d, &grid_decimals)) != PR_CORE_OK)
		return rc;
	if (*n == 0 || *d == 0)
		return PR_CORE_PARAMETER;

	reduce(n, d);
	for (; grid_decimals > scale_decimals; scale_decimals++)
		if (times_ten(n, d) != PR_CORE_OK)
			return PR_CORE_LIMIT;
	for (; scale_decimals > grid_decimals; grid_decimals++)
		if (times_ten(d, n) != PR_CORE_OK)
			return PR_CORE_LIMIT;

	if (!gaussian)
		return *n < PR_LAPLACE_LIMIT && *d < PR_LAPLACE_LIMIT ? PR_CORE_OK : PR_CORE_LIMIT;

	if (__builtin_mul_overflow(*n, *n, &n2) || __builtin_mul_overflow(*d, *d, &d2))
		return PR_CORE_LIMIT;
	*n = n2 / d2 + (n2 % d2 != 0);
	*d = 1;
	return *n <= PR_GAUSS_LIMIT ? PR_CORE_OK : PR_CORE_LIMIT;
}
