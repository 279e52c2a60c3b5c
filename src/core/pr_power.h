/*
 * pr_power.h
 *		Which of two products of powers of integers is greater, exactly.
 */
#ifndef PR_POWER_H
#define PR_POWER_H

#include "core/pr_problem.h"

/* A positive integer to the power of an integer, which may be negative; base < 2^62. */
typedef struct PrPower
{
	uint64_t	base;
	int64_t		exponent;
} PrPower;

/*
 * The sign of the product of the powers minus 1.  Decided by logarithms in
 * floating point where their error allows it; otherwise equality by reduction to
 * coprime bases, which are multiplicatively independent, and the sign by
 * logarithms of as many bits as it takes.  The sum of |exponent| must stay
 * below 2^56.
 */
extern int	pr_power_sign(const PrPower *powers, size_t n, const PrRuntime *runtime);

#endif							/* PR_POWER_H */
