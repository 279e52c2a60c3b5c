/*
 * pr_uniform.c
 *		Uniform integers from a byte source; see pr_uniform.h.
 *
 * In a file of its own so that a test can replace it by a fork over all
 * outcomes and check the samplers exactly.
 */
#include "core/pr_uniform.h"

static int
bit_length(pr_uint128 x)
{
	uint64_t	high = (uint64_t) (x >> 64);
	uint64_t	low = (uint64_t) x;

	if (high != 0)
		return 128 - __builtin_clzll(high);
	return low != 0 ? 64 - __builtin_clzll(low) : 0;
}

/* below() for m <= 2^64, in machine words */
static PrCoreResult
below_word(PrBytes *bytes, uint64_t largest, pr_uint128 *result)
{
	int			bits = 64 - __builtin_clzll(largest);
	size_t		size = (size_t) (bits + 7) / 8;
	uint64_t	mask = ~(uint64_t) 0 >> (64 - bits);

	for (;;)
	{
		uint8_t		buf[8];
		uint64_t	v = 0;

		if (bytes->fill(bytes->state, buf, size) != 0)
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

PrCoreResult
pr_below(PrBytes *bytes, pr_uint128 m, pr_uint128 *result)
{
	int			bits;
	int			size;
	pr_uint128	mask;

	*result = 0;
	if (m == 0)
		return PR_CORE_PARAMETER;
	if (m == 1)
		return PR_CORE_OK;
	if ((m - 1) >> 64 == 0)
		return below_word(bytes, (uint64_t) (m - 1), result);

	bits = bit_length(m - 1);
	size = (bits + 7) / 8;
	mask = ~(pr_uint128) 0 >> (128 - bits);
	for (;;)
	{
		uint8_t		buf[16];
		pr_uint128	v = 0;

		if (bytes->fill(bytes->state, buf, (size_t) size) != 0)
			return PR_CORE_SOURCE;
		for (int i = 0; i < size; i++)
			v = v << 8 | buf[i];
		v &= mask;
		if (v < m)
		{
			*result = v;
			return PR_CORE_OK;
		}
	}
}
