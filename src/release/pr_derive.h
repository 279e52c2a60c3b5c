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
 * user, and returns pr_objection_join() and pr_derive_joins(), which are valid
 * within the same connection to SPI.  Fills in what a rule takes from quantiles, unless that is
 * known already.
 */
extern char *pr_derive_columns(PrRelease *release, List *rules);

/* Gives back what the relations hold, after the last statement that reads them: files that are open at commit are warned of. */
extern void pr_derive_end(PrRelease *release);

/* What makes the rules' expressions valid after "source AS s": LEFT JOINs; an empty text if nothing is derived. */
extern char *pr_derive_joins(const PrRelease *release, List *rules);

/* Keeps what rules took from quantiles for all later versions: for a refresh that succeeds. */
extern void pr_derive_keep(const PrRelease *release, List *rules);

/* The derived relation that a rule reads, quoted, and its column. */
extern char *pr_derived_relation(const PrRelease *release, const PrRule *rule);
extern char *pr_derived_column(const PrRule *rule);

#endif							/* PR_DERIVE_TABLE_H */
