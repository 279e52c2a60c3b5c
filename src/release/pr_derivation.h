/*
 * pr_derivation.h
 *		What the files that derive columns share; see pr_derive.h.
 */
#ifndef PR_DERIVATION_H
#define PR_DERIVATION_H

#include "utils/tuplestore.h"

#include "core/pr_problem.h"
#include "release/pr_release.h"

/* Records that are worked on at once.  Results depend on it, so it is no setting. */
#define PR_DERIVE_BLOCK 100000

/* A relation that is being derived: (subject, ..., result, ...), a row for each subject or each value of one. */
typedef struct PrDerived
{
	PrRelease  *release;
	const PrRule *rule;			/* the rule, or the first of a group */
	Tuplestorestate *rows;
	TupleDesc	columns;
	uint64		n;
	MemoryContext block;		/* of the records that are worked on */
} PrDerived;

/* pr_derive.c */
/* A column of the source, as SQL over s: of its base type, and a number in the one form that all equal ones have. */
extern char *pr_derive_column(Oid source, AttrNumber attnum);
/* The one form of those that are equal, in a query that is grouped by the column: not every collation tells all values apart. */
extern char *pr_derive_form(Oid source, AttrNumber attnum);
extern char *pr_derive_from(const PrDerived *derived);	/* "schema.table AS s", without persons who have objected; needs capabilities */
extern PrArgs *pr_derive_args(PrDerived *derived);	/* none yet; capabilities that are rendered from here on */
extern char *pr_derive_key(const PrDerived *derived);	/* ", capability, domain" of the rule */
extern PrRuntime pr_derive_runtime(MemoryContext context);
extern void pr_derive_require_memory(const PrDerived *derived, uint64 records, Size bytes_each);	/* before a block */
extern void pr_derive_check_memory(const PrDerived *derived);	/* while it is filled: persons may have long names */
extern uint64 pr_derive_count(PrDerived *derived, const char *query);	/* with the capabilities of now */
extern void pr_derive_put(PrDerived *derived, Datum *values, bool *nulls);

/* pr_derive_ranks.c */
extern void pr_derive_shuffle(PrDerived *derived);
extern void pr_derive_rank_swap(PrDerived *derived);

/* pr_derive_groups.c; rules: those of one group */
extern void pr_derive_microaggregate(PrDerived *derived, List *rules);

/* pr_derive_quantile.c */
extern void pr_derive_quantiles(PrRelease *release, List *rules);

#endif							/* PR_DERIVATION_H */
