/*
 * pr_bin.h
 *		Bins and rounding of integers and floats.
 *
 * A bin is named by its lower bound.  Every function here is total, monotone
 * (v <= w gives f(v) <= f(w)) and idempotent (f(f(v)) = f(v)), and a bin's
 * bound is never above the value, the open bottom bin excepted.
 */
#ifndef PR_BIN_H
#define PR_BIN_H

#include <stdbool.h>
#include <stdint.h>

/* Smallest and largest value of an integer type. */
typedef struct PrIntRange
{
	int64_t		min;
	int64_t		max;
} PrIntRange;

typedef struct PrIntBins
{
	int64_t		width;			/* > 0 */
	int64_t		origin;			/* one of the bounds */
	int64_t		bottom;			/* values below become this; type minimum: none */
	int64_t		top;			/* values from here become this; type maximum: none */
} PrIntBins;

extern bool pr_bin_int_valid(const PrIntBins *bins);

/* Bound of the bin of v; a bound below the type's minimum becomes that minimum. */
extern int64_t pr_bin_int(int64_t v, const PrIntBins *bins, PrIntRange type);

/* Nearest multiple of to (> 0), ties away from zero; outside the type: the multiple on the inner side. */
extern int64_t pr_round_int(int64_t v, int64_t to, PrIntRange type);

/*
 * The bounds b(k) = origin + k * width of floats, k integer, |k| <= 2^53.
 * Where width and origin are short decimals, as people write them, b(k) is the
 * float nearest to the decimal (with width 0.1, b(3) is 0.3).  b never falls
 * as k grows; a value's bin is the largest b(k) <= v.  Monotony, idempotence
 * and b <= v follow from that definition, whatever rounding does.
 */
typedef struct PrFloatGrid
{
	double		origin;			/* b(k) = (origin + k * step) / scale */
	double		step;
	double		scale;
	double		first;			/* b(-2^53): below it every value is its own bin */
	double		end;			/* b(2^53): from here on too */
	bool		single;			/* bounds are rounded to IEEE single precision */
} PrFloatGrid;

/* False if width or origin is unusable: not finite, width <= 0, or origin so far out that no bin near it can be told apart. */
extern bool pr_float_grid_init(PrFloatGrid *grid, double width, double origin, bool single);

/* NaN and infinities give themselves; a bound below the least finite value gives that. */
extern double pr_float_grid_floor(const PrFloatGrid *grid, double v);

/* Nearest bound, ties away from zero (grid made with origin 0); never to an infinity. */
extern double pr_float_grid_round(const PrFloatGrid *grid, double v);

/* Bounds of the open-ended bins; -infinity and +infinity mean none. */
extern bool pr_float_ends_valid(double bottom, double top);
extern double pr_bin_float(const PrFloatGrid *grid, double v, double bottom, double top);

#endif							/* PR_BIN_H */
