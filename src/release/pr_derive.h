/*
 * pr_derive.h
 *		Columns that depend on all rows of a snapshot: shuffle, microaggregate,
 *		rank_swap, and codes from quantiles.
 *
 * Such a transform renders as a column of a derived relation, which is made
 * before the source is asked, and is joined to it by the subject and the value.
 */
#ifndef PR_DERIVE_TABLE_H
#define PR_DERIVE_TABLE_H

#include "release/pr_release.h"

/*
 * Makes what the rules derive, with the active snapshot and as the current
 * user, and returns the joins that make their expressions valid after
 * "source AS s" (an empty text if nothing is derived).  Fills in what a rule
 * takes from quantiles.
 */
extern char *pr_derive_columns(PrRelease *release, Relation rel, List *rules);

#endif							/* PR_DERIVE_TABLE_H */
