/*
 * pr_mdav.h
 *		Microaggregation: records in groups of k and more that are near to each
 *		other, and the means of the groups.
 *
 * Several variables: MDAV (Domingo-Ferrer and Mateo-Sanz 2002), exactly as
 *
 *		while at least 2k records are left:
 *			r = the record farthest from the centroid; r and its k-1 nearest are a group
 *			if there were at least 3k: s = the record farthest from r of those
 *			that are left; s and its k-1 nearest are a group
 *		the rest is the last group
 *
 * with squared Euclidean distance of the variables divided by their standard
 * deviation.  One variable: the partition of the least squared error (Hansen and
 * Mukherjee 2003).
 *
 * A NULL (NaN here) takes no part in distance or mean: a distance is divided by
 * the number of variables that both records have, a mean by the number of values.
 * Records that share no variable are farther apart than all others.
 *
 * Of equals the first in the input is taken, so the caller's order decides ties
 * and nothing else; the caller makes it a keyed one.
 */
#ifndef PR_MDAV_H
#define PR_MDAV_H

#include "core/pr_problem.h"

/* A relation of n records and p variables; value[variable][record], NaN for NULL, nothing infinite. */
typedef struct PrRecords
{
	uint32_t	n;
	int			p;
	const double *const *value;
	const double *deviation;	/* [variable]: what a difference is divided by; NULL: the population standard deviation */
} PrRecords;

/*
 * group[record] becomes the number of the record's group, from 0; *n_groups how
 * many there are.  More than block records are first split at medians of their
 * widest variable into parts of at most block, each with groups of its own; 0:
 * never.  PR_CORE_PARAMETER if n < k, k < 1, p < 1, block < 2k or a value is
 * infinite; ticks with records done.
 */
extern PrCoreResult pr_mdav(const PrRecords *records, uint32_t k, uint32_t block, const PrRuntime *runtime,
							uint32_t *group, uint32_t *n_groups);

/* The same for one variable, without NULL, by the optimal partition in time n * k. */
extern PrCoreResult pr_partition(const PrRecords *records, uint32_t k, const PrRuntime *runtime, uint32_t *group,
								 uint32_t *n_groups);

/*
 * mean[variable][record] becomes the mean of the record's group; NaN where the
 * record has none, or where fewer than least records of the group have a value,
 * since the mean of few shows them.
 */
extern void pr_group_means(const PrRecords *records, const uint32_t *group, uint32_t n_groups, uint32_t least,
						   const PrRuntime *runtime, double *const *mean);

#endif							/* PR_MDAV_H */
