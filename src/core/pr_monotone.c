/*
 * pr_monotone.c
 *		Where a monotone function passes a bound.  See pr_monotone.h.
 */
#include "core/pr_monotone.h"

#include <math.h>
#include <string.h>

bool
pr_monotone_first(PrIndexRange range, PrPassed passed, void *context, int64_t *found)
{
	int64_t		low = range.first;
	int64_t		high = range.last;

	if (!passed(high, context))
		return false;
	while (low < high)
	{
		/* Unsigned, since the distance may not fit int64. */
		int64_t		middle = (int64_t) ((uint64_t) low + ((uint64_t) high - (uint64_t) low) / 2);

		if (passed(middle, context))
			high = middle;
		else
			low = middle + 1;
	}
	*found = high;
	return true;
}

bool
pr_monotone_last(PrIndexRange range, PrPassed passed, void *context, int64_t *found)
{
	if (!pr_monotone_first(range, passed, context, found))
	{
		*found = range.last;
		return true;
	}
	if (*found == range.first)
		return false;
	(*found)--;
	return true;
}

/* IEEE 754: the bits of positive numbers are in order, those of negative ones in reverse. */
static int64_t
index_of_bits(int64_t bits)
{
	return bits >= 0 ? bits : -1 - (bits & INT64_MAX);
}

static int64_t
bits_of_index(int64_t index)
{
	return index >= 0 ? index : (-1 - index) | INT64_MIN;
}

int64_t
pr_float8_to_index(double value)
{
	int64_t		bits;

	if (isnan(value))
		return pr_float8_to_index(INFINITY) + 1;
	memcpy(&bits, &value, sizeof(bits));
	return index_of_bits(bits);
}

double
pr_float8_from_index(int64_t index)
{
	int64_t		bits = bits_of_index(index);
	double		value;

	if (index > pr_float8_to_index(INFINITY))
		return NAN;
	memcpy(&value, &bits, sizeof(value));
	return value;
}

PrIndexRange
pr_float8_range(void)
{
	return (PrIndexRange) {pr_float8_to_index(-INFINITY), pr_float8_to_index(NAN)};
}

int64_t
pr_float4_to_index(float value)
{
	int32_t		bits;

	if (isnan(value))
		return pr_float4_to_index(INFINITY) + 1;
	memcpy(&bits, &value, sizeof(bits));
	return bits >= 0 ? bits : -1 - (int64_t) (bits & INT32_MAX);
}

float
pr_float4_from_index(int64_t index)
{
	int32_t		bits;
	float		value;

	if (index > pr_float4_to_index(INFINITY))
		return NAN;
	bits = index >= 0 ? (int32_t) index : (int32_t) (-1 - index) | INT32_MIN;
	memcpy(&value, &bits, sizeof(value));
	return value;
}

PrIndexRange
pr_float4_range(void)
{
	return (PrIndexRange) {pr_float4_to_index(-INFINITY), pr_float4_to_index(NAN)};
}
