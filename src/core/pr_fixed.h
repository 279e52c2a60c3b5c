/*
 * pr_fixed.h
 *		Sums of x log2 x that do not depend on the order of their terms.
 */
#ifndef PR_FIXED_H
#define PR_FIXED_H

#include <math.h>
#include <stdint.h>

#include "core/pr_core.h"

/* In units of 2^-60: a double of 2^-8 or more is exact in it. */
static inline pr_int128
pr_fixed_x_log_x(uint64_t x)
{
	return x < 2 ? 0 : (pr_int128) ldexp((double) x * log2((double) x), 60);
}

static inline double
pr_fixed_double(pr_int128 sum)
{
	return ldexp((double) sum, -60);
}

#endif							/* PR_FIXED_H */
