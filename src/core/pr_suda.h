/*
 * pr_suda.h
 *		Special uniques (SUDA2): which combinations of variables make a record
 *		unique in the sample, and how much that says of the population.
 *
 * Elliot, Manning and Ford (2002), Manning, Haglin and Keane (2008).  A minimal
 * sample unique (MSU) of a record is a set of variables in which no other record
 * has its values and no proper subset of which is such a set.  NULL matches
 * nothing, not even NULL, and belongs to no MSU.
 */
#ifndef PR_SUDA_H
#define PR_SUDA_H

#include <stdbool.h>

#include "core/pr_keys.h"

typedef enum PrSudaWeighting
{
	PR_SUDA_FACTORIAL,			/* (K - size)! */
	PR_SUDA_IHSN				/* (2^(K - size) - 1) * size! * (K - size)! / K! */
} PrSudaWeighting;

typedef struct PrSuda
{
	double	   *score;			/* [row]: of each of its records; 0: no MSU */
	double	   *dis;			/* [row]: DIS score */
	uint64_t	records;		/* with a score */
	uint64_t	msus;
	uint64_t	by_size[PR_KEYS_MOST + 1];	/* MSUs of so many variables */
	double		score_sum;
	double		score_max;
	double		dis_sum;
	double		dis_max;
	bool		has_dis;		/* the published exponent is defined for fewer than 28 variables */
	uint64_t	pairs;			/* records whose full key occurs twice */
	double		contribution[PR_KEYS_MOST]; /* [key]: percent of the score */
	uint32_t	n_codes[PR_KEYS_MOST];
	double	   *by_level[PR_KEYS_MOST]; /* [key][code]: percent of the variable's own total */
} PrSuda;

/*
 * sampling_fraction (0 .. 1, both excluded) is that which DIS assumes.  Arrays of the result come from the runtime.
 *
 *	PR_CORE_PARAMETER	no key variable, or a sampling fraction out of range
 *	PR_CORE_LIMIT		more than PR_KEYS_MOST variables, or more work than PR_SUDA_MOST_STEPS
 */
extern PrCoreResult pr_suda(const PrKeys *keys, PrSudaWeighting weighting, double sampling_fraction,
							const PrRuntime *runtime, PrSuda *result);

/* Rows that the search may look at, in all sets of variables together. */
#define PR_SUDA_MOST_STEPS UINT64_C(20000000000)

#endif							/* PR_SUDA_H */
