/*
 * pr_sampler.c
 *		Exact samplers; see pr_sampler.h for the laws and the invariants.
 *
 * What an attacker would try: make the arithmetic wrap (every product is
 * checked), make a draw fail visibly (an improbably large Gaussian candidate is
 * redrawn, not reported), or learn a draw from another one (a stream serves one
 * call).
 */
#include "core/pr_sampler.h"

#include <stdbool.h>

#include "core/pr_uniform.h"

/* More trials than this happen with probability exp(-2^31). */
#define MAX_TRIALS ((pr_uint128) 1 << 31)

/* A Gaussian candidate further out than this many t would leave 128 bits; it has probability exp(-90). */
#define MAX_GAUSS_T 90

#define RETURN_IF_FAILED(call) \
	do { \
		PrCoreResult rc_ = (call); \
		if (rc_ != PR_CORE_OK) \
			return rc_; \
	} while (0)

/* Is the product beyond 128 bits?  Small factors, the usual ones, need no test. */
static inline bool
multiply(pr_uint128 a, pr_uint128 b, pr_uint128 *product)
{
	if ((a | b) >> 64 == 0)
	{
		*product = (pr_uint128) (uint64_t) a * (uint64_t) b;
		return false;
	}
	return __builtin_mul_overflow(a, b, product);
}

static inline pr_uint128
divide(pr_uint128 a, pr_uint128 b)
{
	return (a | b) >> 64 == 0 ? (pr_uint128) ((uint64_t) a / (uint64_t) b) : a / b;
}

PrCoreResult
pr_bern(PrBytes *bytes, pr_uint128 n, pr_uint128 d, int *result)
{
	pr_uint128	u;

	RETURN_IF_FAILED(pr_below(bytes, d, &u));
	*result = u < n;
	return PR_CORE_OK;
}

/* bexp1() for n and d of 32 bits, which is where samplers spend their time. */
static PrCoreResult
bexp1_word(PrBytes *bytes, uint32_t n, uint32_t d, int *result)
{
	uint64_t	k = 1;
	uint64_t	dk = d;

	for (;;)
	{
		pr_uint128	u;

		RETURN_IF_FAILED(pr_below(bytes, dk, &u));
		if ((uint64_t) u >= n)
			break;
		k++;
		if (__builtin_add_overflow(dk, d, &dk))
			return PR_CORE_LIMIT;
	}
	*result = (int) (k & 1);
	return PR_CORE_OK;
}

/* exp(-n/d) for 0 <= n <= d: the parity of a run of ever rarer coins. */
static PrCoreResult
bexp1(PrBytes *bytes, pr_uint128 n, pr_uint128 d, int *result)
{
	pr_uint128	k = 1;

	if ((n | d) >> 32 == 0)
		return bexp1_word(bytes, (uint32_t) n, (uint32_t) d, result);
	for (;;)
	{
		pr_uint128	dk;
		int			coin;

		if (multiply(d, k, &dk))
			return PR_CORE_LIMIT;
		RETURN_IF_FAILED(pr_bern(bytes, n, dk, &coin));
		if (!coin)
			break;
		k++;
	}
	*result = (int) (k & 1);
	return PR_CORE_OK;
}

PrCoreResult
pr_bexp(PrBytes *bytes, pr_uint128 n, pr_uint128 d, int *result)
{
	if (d == 0)
		return PR_CORE_PARAMETER;
	while (n > d)
	{
		RETURN_IF_FAILED(bexp1(bytes, 1, 1, result));
		if (!*result)
			return PR_CORE_OK;
		n -= d;
	}
	return bexp1(bytes, n, d, result);
}

PrCoreResult
pr_geom(PrBytes *bytes, pr_uint128 n, pr_uint128 d, pr_uint128 *result)
{
	pr_uint128	u;
	pr_uint128	v = 0;
	pr_uint128	x;
	int			coin;

	if (n == 0 || d == 0)
		return PR_CORE_PARAMETER;
	do
	{
		RETURN_IF_FAILED(pr_below(bytes, d, &u));
		RETURN_IF_FAILED(pr_bexp(bytes, u, d, &coin));
	} while (!coin);

	for (;;)
	{
		RETURN_IF_FAILED(bexp1(bytes, 1, 1, &coin));
		if (!coin)
			break;
		if (++v >= MAX_TRIALS)
			return PR_CORE_LIMIT;
	}
	if (multiply(v, d, &x) || __builtin_add_overflow(x, u, &x))
		return PR_CORE_LIMIT;
	*result = divide(x, n);
	return PR_CORE_OK;
}

PrCoreResult
pr_dlap(PrBytes *bytes, pr_uint128 n, pr_uint128 d, pr_int128 *result)
{
	if (n == 0 || d == 0)
		return PR_CORE_PARAMETER;
	if (n >= PR_LAPLACE_LIMIT || d >= PR_LAPLACE_LIMIT)
		return PR_CORE_LIMIT;
	for (;;)
	{
		pr_uint128	negative;
		pr_uint128	m;

		RETURN_IF_FAILED(pr_below(bytes, 2, &negative));
		RETURN_IF_FAILED(pr_geom(bytes, d, n, &m));
		if (negative && m == 0)
			continue;			/* else zero would count twice */
		if (m >> 127)
			return PR_CORE_LIMIT;
		*result = negative ? -(pr_int128) m : (pr_int128) m;
		return PR_CORE_OK;
	}
}

/* Largest r with r*r <= x, for x <= 2^50. */
static uint64_t
integer_sqrt(uint64_t x)
{
	uint64_t	r = 0;

	for (uint64_t bit = (uint64_t) 1 << 25; bit != 0; bit >>= 1)
		if ((r | bit) * (r | bit) <= x)
			r |= bit;
	return r;
}

PrCoreResult
pr_dgauss(PrBytes *bytes, pr_uint128 n, pr_uint128 d, pr_int128 *result)
{
	pr_uint128	t;
	pr_uint128	den;

	if (n == 0 || d == 0)
		return PR_CORE_PARAMETER;
	if (n > PR_GAUSS_LIMIT || d > PR_GAUSS_LIMIT)
		return PR_CORE_LIMIT;
	t = (pr_uint128) integer_sqrt((uint64_t) (n / d)) + 1;
	if (multiply(2 * n * d, t * t, &den))
		return PR_CORE_LIMIT;
	for (;;)
	{
		pr_int128	y;
		pr_uint128	size;
		pr_uint128	scaled;
		pr_uint128	distance;
		pr_uint128	num;
		int			accepted;

		RETURN_IF_FAILED(pr_dlap(bytes, t, 1, &y));
		size = (pr_uint128) (y < 0 ? -y : y);
		if (size > MAX_GAUSS_T * t)
			continue;
		if (multiply(size, t * d, &scaled))
			return PR_CORE_LIMIT;
		distance = scaled > n ? scaled - n : n - scaled;
		if (multiply(distance, distance, &num))
			return PR_CORE_LIMIT;
		RETURN_IF_FAILED(pr_bexp(bytes, num, den, &accepted));
		if (accepted)
		{
			*result = y;
			return PR_CORE_OK;
		}
	}
}
