/*
 * pr_condition.h
 *		What a class of released rows must hold: k persons, l-diversity and
 *		t-closeness, decided exactly.
 *
 * With c_1 >= c_2 >= ... the persons per sensitive value of the class, M their
 * sum, d the number of values, N_v and G the same of the whole input:
 *
 *	distinct	d >= l
 *	entropy		-sum (c/M) ln (c/M) >= ln l
 *	recursive	d >= l and c_1 < c (c_l + ... + c_d)
 *	equal		1/2 sum |N_v/G - c_v/M| <= t
 *	ordered		1/(r-1) sum_i |sum_{v<=i} (N_v/G - c_v/M)| <= t, of r values
 *	hierarchical	sum_v (v/H) sum_{g at level v} min (pos(g), neg(g)) <= t
 *
 * where pos and neg are what the children of a node have too much and too
 * little.  NULL is a value for closeness; diversity leaves it out of c and M.
 */
#ifndef PR_CONDITION_H
#define PR_CONDITION_H

#include "core/pr_closeness.h"

typedef struct PrConditions PrConditions;

/*
 * PR_CORE_PARAMETER if a condition is none: l < 1, a denominator of 0, a column
 * that does not exist.  PR_CORE_LIMIT beyond 2^46 records or persons.
 */
extern PrCoreResult pr_conditions_make(const PrProblem *problem, const PrRuntime *runtime, PrConditions **made);
extern void pr_conditions_free(PrConditions *conditions);

/* Does any condition look at this sensitive column? */
extern bool pr_conditions_use(const PrConditions *conditions, int sensitive);

/* Does a class hold?  tallies[sensitive], of the columns in use. */
extern bool pr_conditions_hold(PrConditions *conditions, uint64_t persons, const PrTally *tallies);

/*
 * Of a class that does not hold: how many of its records, at least, can be in
 * no released class of any partition of it, itself included.  UINT64_MAX: all.
 * That counts of persons add up is taken for granted only if additive.
 */
extern uint64_t pr_conditions_stuck(PrConditions *conditions, uint64_t persons, const PrTally *tallies, bool additive);

#endif							/* PR_CONDITION_H */
