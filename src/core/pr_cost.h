/*
 * pr_cost.h
 *		What a node costs, exactly where two nodes are compared, and what it must
 *		cost at least.
 *
 * Loss is compared as a product of integers, discernibility and the average
 * class size as integers; non-uniform entropy in floating point, equal within
 * 1e-12 of the value.
 */
#ifndef PR_COST_H
#define PR_COST_H

#include "core/pr_classes.h"

typedef struct PrCost
{
	double		approximate;	/* monotone in the cost, comparable with pr_cost_bound() */
	pr_uint128	whole;			/* discernibility; aecs: -(number of classes) */
	pr_uint128 *factor;			/* [qi] of loss */
} PrCost;

typedef struct PrCosts PrCosts;

/* Of classes that are not suppressed, and of those that are. */
extern PrCosts *pr_costs_make(PrLattice *lattice, const PrPartition *units);
extern void pr_costs_free(PrCosts *costs);

extern PrCost pr_cost_make(const PrCosts *costs);
extern void pr_cost_free(const PrCosts *costs, PrCost *cost);
extern void pr_cost_copy(const PrCosts *costs, PrCost *to, const PrCost *from);

/* The cost of a partition, of which those classes are released that hold. */
extern void pr_cost_compute(PrCosts *costs, const PrPartition *partition, const PrVerdict *verdict, const bool *holds,
							PrCost *cost);

/* < 0: a is less. */
extern int	pr_cost_compare(const PrCosts *costs, const PrCost *a, const PrCost *b);

/* Is a lower bound certainly above this cost? */
extern bool pr_cost_exceeds(double bound, const PrCost *cost);

/* Do lower bounds follow from the levels alone?  They do for loss and entropy. */
extern bool pr_cost_by_levels(const PrCosts *costs);

/* No node with these levels, at least so many records of it being suppressed, costs less; monotone in both. */
extern double pr_cost_bound(const PrCosts *costs, const uint8_t *levels, uint64_t suppressed);

/*
 * For the others.  Upwards: neither this node nor any more general one costs
 * less.  Downwards: nor does any that suppresses at least so many records.
 */
extern double pr_cost_upwards(const PrCosts *costs, const PrPartition *partition, const PrVerdict *verdict);
extern double pr_cost_downwards(const PrCosts *costs, uint64_t suppressed);

#endif							/* PR_COST_H */
