/*
 * pr_population.h
 *		How many of the population are unique in their keys, estimated from the
 *		sizes of the classes of a sample.
 *
 * Zayatz (1991); Pitman's model as in Hoshino (2001); the choice between them by
 * Dankar, El Emam, Neisa and Roffey (2012).
 */
#ifndef PR_POPULATION_H
#define PR_POPULATION_H

#include <stdbool.h>

#include "core/pr_problem.h"

/* classes[i] classes have size[i] records; sizes ascend. */
typedef struct PrClassSizes
{
	uint32_t	n;
	const uint64_t *size;
	const uint64_t *classes;
} PrClassSizes;

typedef enum PrEstimate
{
	PR_ESTIMATE_OK,
	PR_ESTIMATE_POPULATION,		/* the population is smaller than the sample, or there is no sample */
	PR_ESTIMATE_NO_MODEL,		/* no parameters between 0 and 1 explain these classes */
	PR_ESTIMATE_NOT_OFFERED
} PrEstimate;

typedef struct PrPitman
{
	double		alpha;
	double		theta;
	double		asymptotic;		/* unique in the population, as a share of it */
	double		finite;
} PrPitman;

extern PrEstimate pr_population_zayatz(const PrClassSizes *sizes, double population, double *share);
extern PrEstimate pr_population_pitman(const PrClassSizes *sizes, double population, PrPitman *result);

/* Is Pitman the one to look at?  Otherwise it is Zayatz. */
extern bool pr_population_prefers_pitman(double sample, double population);

/* psi(x + m) - psi(x) for x > 0, m >= 0: the sum of 1/(x + i) over i = 0 .. m-1 if m is whole. */
extern double pr_digamma_difference(double x, double m);

#endif							/* PR_POPULATION_H */
