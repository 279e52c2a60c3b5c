/*
 * pr_closeness.h
 *		How far the sensitive values of a class are from those of the whole
 *		input, as a fraction of integers.
 */
#ifndef PR_CLOSENESS_H
#define PR_CLOSENESS_H

#include "core/pr_problem.h"

/* Persons per sensitive value of a class: codes ascending, persons > 0. */
typedef struct PrTally
{
	uint32_t	n;
	const uint32_t *code;
	const uint64_t *persons;
} PrTally;

/* A distance. */
typedef struct PrRatio
{
	pr_uint128	above;
	pr_uint128	below;
} PrRatio;

/* The whole input of one sensitive column. */
typedef struct PrReference PrReference;

/* More persons than exact arithmetic in 128 bits has room for. */
#define PR_CLOSENESS_MOST (UINT64_C(1) << 46)

extern PrReference *pr_closeness_make(const PrProblem *problem, const PrRuntime *runtime, int column);
extern void pr_closeness_prepare(PrReference *reference, PrDistance distance);
extern uint64_t pr_closeness_all(const PrReference *reference);
extern void pr_closeness_free(PrReference *reference);

/* Of a class of m > 0 persons; distance has been prepared. */
extern PrRatio pr_closeness_distance(const PrReference *reference, PrDistance distance, const PrTally *tally,
									 uint64_t m);

#endif							/* PR_CLOSENESS_H */
