/*
 * pr_distribution.h
 *		The sensitive values of one class, as numbers to report: how diverse they
 *		are, and how far from those of the whole.
 *
 * The conditions of a model are decided exactly elsewhere (pr_condition.h); these
 * are the measures behind them, as doubles.  count[] has the persons of the class
 * by code, population[] those of the whole.
 */
#ifndef PR_DISTRIBUTION_H
#define PR_DISTRIBUTION_H

#include "core/pr_problem.h"

typedef struct PrDiversityMeasure
{
	uint64_t	distinct;		/* values */
	double		entropy;		/* exp(H): that many values if all were equally frequent */
	uint64_t	recursive;		/* the largest l such that (c, 2) .. (c, l) hold with c = 2; 1: none */
} PrDiversityMeasure;

/* NULL, where the column has it, is left out; a class of NULLs has no diversity, 0. */
extern void pr_distribution_diversity(const PrSensitive *column, const uint64_t *count, const PrRuntime *runtime,
									  PrDiversityMeasure *measure);

/* Earth mover's distances; 0 for an empty class. */
extern double pr_distribution_distance(const PrSensitive *column, PrDistance distance, const uint64_t *count,
									   const uint64_t *population, const PrRuntime *runtime);

#endif							/* PR_DISTRIBUTION_H */
