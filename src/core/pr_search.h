/*
 * pr_search.h
 *		Full-domain search and local recoding.  The hard file's essay is in
 *		pr_search.c.
 */
#ifndef PR_SEARCH_H
#define PR_SEARCH_H

#include "core/pr_problem.h"

#define PR_SEARCH_MOST_NODES 1000000

/*
 * The feasible node of least cost; ties: fewer suppressed records, then the
 * smaller sum of levels, then lexicographic order.  The answer is a function of
 * the multiset of units, whatever their numbering.  Arrays of the solution come
 * from the runtime.
 *
 *	PR_CORE_OK			solved
 *	PR_CORE_NOTHING		no node is feasible
 *	PR_CORE_LIMIT		the lattice has more than PR_SEARCH_MOST_NODES nodes
 */
extern PrCoreResult pr_search_optimal(const PrProblem *problem, const PrRuntime *runtime, PrSolution *solution);

/*
 * Local recoding: each combination at levels of its own, in classes as fine as
 * company allows; cells may be suppressed.  What looks alike to a reader is one
 * class, and every class holds the model.  Never more loss than the best node of
 * a small lattice, and an answer wherever one node is one or all rows together
 * hold.  It depends on the order of values (PrQi.place), never on numbering.
 * Same results as above.
 */
extern PrCoreResult pr_search_local(const PrProblem *problem, const PrRuntime *runtime, PrSolution *solution);

/* Costs and counts of a given solution (levels and recoding filled in), from the formulas alone. */
extern void pr_measure(const PrProblem *problem, const PrRuntime *runtime, PrSolution *solution);

/*
 * Does every class hold the model, everything being released at level 0?  For
 * the verification of finished rows.  Returns the number of classes that do
 * not; smallest is the persons in the smallest class.  Shares no code of the
 * search but the conditions themselves (core/pr_condition.h).
 */
extern uint64_t pr_verify(const PrProblem *problem, const PrRuntime *runtime, uint64_t *smallest);

#endif							/* PR_SEARCH_H */
