/*
 * pr_distribution.h
 *		The sensitive values of one class, as numbers to report: how diverse they
 *		are, and how far from those of the whole.
 *
 * The conditions of a model are decided exactly elsewhere (pr_condition.h); these
 * are the measures behind them, as doubles.  A class is given by the values that
 * it has, so that it costs what it holds, however many values the column has.
 */
#ifndef PR_DISTRIBUTION_H
#define PR_DISTRIBUTION_H

#include "core/pr_problem.h"

/* Persons of a class with a value, at least 1; values ascend. */
typedef struct PrSeen
{
	uint32_t	code;
	uint64_t	persons;
} PrSeen;

typedef struct PrDiversityMeasure
{
	uint64_t	distinct;		/* values */
	double		entropy;		/* exp(H): that many values if all were equally frequent */
	uint64_t	recursive;		/* the largest l such that (c, 2) .. (c, l) hold with c = 2; 1: none */
} PrDiversityMeasure;

/* NULL, where the column has it, is left out; a class of NULLs has no diversity, 0. */
extern void pr_distribution_diversity(const PrSensitive *column, const PrSeen *seen, uint32_t n, const PrRuntime *runtime,
									  PrDiversityMeasure *measure);

/* What classes are compared with. */
typedef struct PrWhole
{
	const PrSensitive *column;
	double		total;
	uint64_t   *sum;			/* [level][node]: persons, level 0 being the codes */
	uint64_t   *running;		/* [code]: persons with this or a smaller code */
	uint64_t   *area;			/* [code]: sum of running[] up to this code */
	uint32_t   *parent;			/* [level][node] */
	double	   *mass;			/* scratch, [level][node] */
	double	   *below;
	uint32_t   *touched;		/* scratch */
	size_t	   *offset;			/* [level]: where the nodes of a level begin */
} PrWhole;

/* population[code]: persons with each value.  Arrays come from the runtime, and go by pr_distribution_forget(). */
extern void pr_distribution_whole(const PrSensitive *column, const uint64_t *population, const PrRuntime *runtime,
								  PrWhole *whole);
extern void pr_distribution_forget(const PrRuntime *runtime, PrWhole *whole);

/* Earth mover's distances; 0 for an empty class.  Without a hierarchy the hierarchical one is the equal one. */
extern double pr_distribution_distance(PrWhole *whole, PrDistance distance, const PrSeen *seen, uint32_t n);

#endif							/* PR_DISTRIBUTION_H */
