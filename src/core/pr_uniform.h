/*
 * pr_uniform.h
 *		Uniform integers from a byte source, without bias.
 *
 * Inline, because a draw of noise takes dozens of them.  A test replaces this
 * header by a fork over all outcomes and so checks the samplers exactly.
 */
#ifndef PR_UNIFORM_H
#define PR_UNIFORM_H

#include "core/pr_core.h"
#include "core/pr_stream.h"

/* below() for m <= 2^64, in machine words */
static inline PrCoreResult
pr_below_word(PrBytes *bytes, uint64_t largest, pr_uint128 *result)
{
	int			bits = 64 - __builtin_clzll(largest);
	size_t		size = (size_t) (bits + 7) / 8;
	uint64_t	mask = ~(uint64_t) 0 >> (64 - bits);

	for (;;)
	{
		uint8_t		buf[8];
		uint64_t	v = 0;

		if (pr_bytes_take(bytes, buf, size) != 0)
			return PR_CORE_SOURCE;
		for (size_t i = 0; i < size; i++)
			v = v << 8 | buf[i];
		v &= mask;
		if (v <= largest)
		{
			*result = v;
			return PR_CORE_OK;
		}
	}
}

/* pr_below() for m > 2^64 */
extern PrCoreResult pr_below_wide(PrBytes *bytes, pr_uint128 m, pr_uint128 *result);

/*
 * Uniform on 0 .. m-1 for any m >= 1, by masking and rejection.  m = 1 takes no
 * byte.  How many bytes are taken is a function of the bytes alone.
 */
static inline PrCoreResult
pr_below(PrBytes *bytes, pr_uint128 m, pr_uint128 *result)
{
	*result = 0;
	if (m == 0)
		return PR_CORE_PARAMETER;
	if (m == 1)
		return PR_CORE_OK;
	if ((m - 1) >> 64 == 0)
		return pr_below_word(bytes, (uint64_t) (m - 1), result);
	return pr_below_wide(bytes, m, result);
}

#endif							/* PR_UNIFORM_H */
