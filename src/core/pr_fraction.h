/*
 * pr_fraction.h
 *		Noise parameters as exact fractions: decimals in, integers out.
 */
#ifndef PR_FRACTION_H
#define PR_FRACTION_H

#include <stdbool.h>

#include "core/pr_core.h"

/*
 * A non-negative plain decimal ("12", "0.05"): mantissa / 10^decimals, trailing
 * zeros removed.  PR_CORE_PARAMETER for anything else, PR_CORE_LIMIT beyond 38
 * digits.
 */
extern PrCoreResult pr_decimal_parse(const char *decimal, pr_uint128 *mantissa, int *decimals);

/*
 * What the samplers take for noise of this scale on this grid: for Laplace the
 * scale b = scale/grid as a reduced fraction n/d, for Gaussian the variance
 * n = ceil((scale/grid)^2), d = 1 (rounded up: more noise, never less).
 * PR_CORE_PARAMETER unless both are positive decimals; PR_CORE_LIMIT if the
 * samplers would leave 128 bits: a coarser grid is needed.
 */
extern PrCoreResult pr_noise_fraction(bool gaussian, const char *scale, const char *grid, pr_uint128 *n,
									  pr_uint128 *d);

#endif							/* PR_FRACTION_H */
