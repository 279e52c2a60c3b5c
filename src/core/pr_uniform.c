/*
 * pr_uniform.c
 *		Uniform integers of more than 64 bits; see pr_uniform.h.
 */
#include "core/pr_uniform.h"

PrCoreResult
pr_below_wide(PrBytes *bytes, pr_uint128 m, pr_uint128 *result)
{
	int			bits = 128 - __builtin_clzll((uint64_t) ((m - 1) >> 64));
	size_t		size = (size_t) (bits + 7) / 8;
	pr_uint128	mask = ~(pr_uint128) 0 >> (128 - bits);

	for (;;)
	{
		uint8_t		buf[16];
		pr_uint128	v = 0;

		if (pr_bytes_take(bytes, buf, size) != 0)
			return PR_CORE_SOURCE;
		for (size_t i = 0; i < size; i++)
			v = v << 8 | buf[i];
		v &= mask;
		if (v < m)
		{
			*result = v;
			return PR_CORE_OK;
		}
	}
}
