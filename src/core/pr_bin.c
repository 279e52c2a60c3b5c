/*
 * pr_bin.c
 *		Bins and rounding of integers and floats.  See pr_bin.h.
 *
 * What an attacker would try: type minimum and maximum, widths of 0 and of the
 * whole type, NaN and infinities, and floats at which v - origin or k * width
 * overflows or is absorbed.
 */
#include "core/pr_bin.h"

#include <float.h>
#include <math.h>
#include <stddef.h>

typedef __int128 wide;

/* 2^53: doubles hold every integer up to it. */
#define EXACT_LIMIT		((int64_t) 1 << 53)

/* ---------- integers ---------- */

bool
pr_bin_int_valid(const PrIntBins *bins)
{
	return bins->width > 0 && bins->bottom <= bins->top;
}

/* (v - origin) modulo width, in 0 .. width - 1. */
static int64_t
offset_in_bin(int64_t v, int64_t width, int64_t origin)
{
	int64_t		distance;
	int64_t		rest;

	if (__builtin_sub_overflow(v, origin, &distance))
		rest = (int64_t) (((wide) v - origin) % width);
	else if (distance >= 0 && distance <= UINT32_MAX && width <= UINT32_MAX)
		return (uint32_t) distance % (uint32_t) width;	/* a 32-bit division takes half the time */
	else
		rest = distance % width;
	return rest < 0 ? rest + width : rest;
}

int64_t
pr_bin_int(int64_t v, const PrIntBins *bins, PrIntRange type)
{
	int64_t		offset;
	int64_t		bound;

	if (v >= bins->top && bins->top != type.max)
		return bins->top;
	if (v < bins->bottom)
		return bins->bottom;
	offset = offset_in_bin(v, bins->width, bins->origin);
	bound = v < type.min + offset ? type.min : v - offset;
	return bound > bins->bottom ? bound : bins->bottom;
}

int64_t
pr_round_int(int64_t v, int64_t to, PrIntRange type)
{
	uint64_t	magnitude = v < 0 ? -(uint64_t) v : (uint64_t) v;
	uint64_t	limit = v < 0 ? -(uint64_t) type.min : (uint64_t) type.max;
	uint64_t	rest = magnitude % (uint64_t) to;
	uint64_t	inner = magnitude - rest;
	uint64_t	outer = inner + (uint64_t) to;	/* below 2^64: both are at most 2^63 */
	uint64_t	nearest = rest >= (uint64_t) to - rest && outer <= limit ? outer : inner;

	return v < 0 ? (int64_t) -nearest : (int64_t) nearest;
}

/* ---------- floats ---------- */

static double
to_single(double x)
{
	if (x > FLT_MAX)
		return INFINITY;
	if (x < -FLT_MAX)
		return -INFINITY;
	return (double) (float) x;
}

/* Never falls as k grows: product, sum, quotient and narrowing round monotonically. */
static double
bound_at(const PrFloatGrid *grid, double k)
{
	double		bound = (grid->origin + k * grid->step) / grid->scale;

	return grid->single ? to_single(bound) : bound;
}

/* x = *units / scale with an integer that a double holds? */
static bool
as_decimal(double x, double scale, bool single, double *units)
{
	double		quotient;

	*units = nearbyint(x * scale);
	if (!(fabs(*units) <= (double) EXACT_LIMIT))
		return false;
	quotient = *units / scale;
	return (single ? to_single(quotient) : quotient) == x;
}

bool
pr_float_grid_init(PrFloatGrid *grid, double width, double origin, bool single)
{
	double		scale = 1;
	int			digits;

	if (!isfinite(width) || !isfinite(origin) || width <= 0 ||
		!(fabs(origin) <= width * (double) (EXACT_LIMIT / 2)))
		return false;
	*grid = (PrFloatGrid) {.origin = origin + 0.0, .step = width, .scale = 1, .single = single};
	for (digits = 0; digits <= 15; digits++, scale *= 10)
	{
		double		step;
		double		start;

		if (as_decimal(width, scale, single, &step) && as_decimal(origin, scale, single, &start))
		{
			grid->origin = start + 0.0;
			grid->step = step;
			grid->scale = scale;
			break;
		}
	}
	grid->first = bound_at(grid, -(double) EXACT_LIMIT);
	grid->end = bound_at(grid, (double) EXACT_LIMIT);
	return true;
}

/* Largest k with b(k) <= v, knowing that b(-2^53) <= v < b(2^53). */
static double
search_cell(const PrFloatGrid *grid, double v)
{
	int64_t		below = -EXACT_LIMIT;
	int64_t		above = EXACT_LIMIT;

	while (above - below > 1)
	{
		int64_t		middle = below + (above - below) / 2;

		if (bound_at(grid, (double) middle) <= v)
			below = middle;
		else
			above = middle;
	}
	return (double) below;
}

/*
 * Bounds of the cell of v: *lower <= v < *upper.  False if v lies so far out
 * that bounds cannot be told from values.
 */
static bool
find_cell(const PrFloatGrid *grid, double v, double *lower, double *upper)
{
	double		k;

	if (!(v >= grid->first && v < grid->end))
		return false;
	k = floor((v * grid->scale - grid->origin) / grid->step);
	if (fabs(k) < (double) (EXACT_LIMIT - 1))
	{
		*lower = bound_at(grid, k);
		*upper = bound_at(grid, k + 1);
		if (*lower <= v && v < *upper)
			return true;
	}
	k = search_cell(grid, v);
	*lower = bound_at(grid, k);
	*upper = bound_at(grid, k + 1);
	return true;
}

static double
least_finite(const PrFloatGrid *grid)
{
	return grid->single ? -(double) FLT_MAX : -DBL_MAX;
}

double
pr_float_grid_floor(const PrFloatGrid *grid, double v)
{
	double		lower;
	double		upper;

	if (!isfinite(v) || !find_cell(grid, v, &lower, &upper))
		return v;
	return isinf(lower) ? least_finite(grid) : lower;
}

double
pr_float_grid_round(const PrFloatGrid *grid, double v)
{
	double		lower;
	double		upper;
	bool		down;

	if (!isfinite(v) || !find_cell(grid, v, &lower, &upper))
		return v;
	if (isinf(upper))
		return lower;
	if (isinf(lower))
		return upper;
	/* Both distances round monotonically, so the choice flips once in a cell. */
	down = v < 0 ? v - lower <= upper - v : v - lower < upper - v;
	return down ? lower : upper;
}

bool
pr_float_ends_valid(double bottom, double top)
{
	/* A comparison with NaN is false. */
	return bottom <= top && bottom < INFINITY && top > -INFINITY;
}

double
pr_bin_float(const PrFloatGrid *grid, double v, double bottom, double top)
{
	double		bound;

	/* NaN sorts above every number. */
	if (isnan(v))
		return isinf(top) ? v : top;
	if (v >= top)
		return top;
	if (v < bottom)
		return bottom;
	bound = pr_float_grid_floor(grid, v);
	return bound > bottom ? bound : bottom;
}
