/*
 * pr_refresh.h
 *		What the files of a refresh share.
 */
#ifndef PR_REFRESH_H
#define PR_REFRESH_H

#include "access/tupdesc.h"
#include "utils/tuplestore.h"

#include "anonymity/pr_study.h"
#include "release/pr_inquire.h"
#include "release/pr_release.h"

/* A refresh under way.  Lives in the SPI procedure context of its call. */
typedef struct PrRefresh
{
	PrRelease  *release;
	Relation	rel;			/* the source */
	List	   *rules;
	PrInquiry  *inquiry;
	PrStudy    *study;
	PrSolution *solution;
	PrClasses  *classes;		/* where there is a subject, for its history */
	TupleDesc	columns;		/* of the release, without release_row */
	bool	   *look_equal;		/* [column]: equal values look the same */
	Tuplestorestate *staged;	/* distinct released tuples: the columns, then how often (int8) */
	int64		n_staged;
	uint64		n_records;		/* rows of the new version */
	struct PrHistory *history;	/* persons of the new version; NULL: no subject */
} PrRefresh;

/* pr_stage.c: the distinct tuples of the new version, as the reader of the source */
extern void pr_stage_describe(PrRefresh *refresh);
extern void pr_stage(PrRefresh *refresh);

/*
 * The columns of the release, each after a prefix: by their names, or as staged
 * relations call them (c1, c2, ..., which no name of a user's column meets).
 * Ties are what else tells tuples apart that are equal but not the same.
 */
extern char *pr_stage_column(const PrRefresh *refresh, int column, bool staged);
extern char *pr_stage_column_list(const PrRefresh *refresh, const char *prefix, bool staged);
extern char *pr_stage_ties(const PrRefresh *refresh, const char *prefix, bool staged);

/* Row type of a staged relation: the columns, then int8 columns (and a uuid that is named digest). */
extern TupleDesc pr_stage_tuple_desc(const PrRefresh *refresh, int counts, const char *const *names);

/* A tuplestore under a name that statements can read. */
extern void pr_stage_register(const char *name, TupleDesc columns, Tuplestorestate *store, int64 rows);
extern void pr_stage_unregister(const char *name);

/* pr_refresh.c: the levels of a solution, by output column, as jsonb */
extern Datum pr_levels_document(const PrStudy *study, const PrSolution *solution);

#define PR_STAGED "pr_staged"
#define PR_DIFFERENCE "pr_difference"

/* pr_difference.c: applies what differs to the release table, as its owner */
typedef struct PrDifference
{
	uint64		deleted;
	uint64		inserted;
} PrDifference;

extern PrDifference pr_difference_apply(PrRefresh *refresh);

/*
 * pr_load_rows.c: puts the rows of a query, whose columns have these names in the
 * table, into it; false: the table is not as a refresh makes it, use INSERT.
 */
extern bool pr_load_rows(Oid relid, const char *sql, PrArgs *args, List *names, uint64 *rows);

/* pr_verify_rows.c: an error unless the finished rows are what was meant, and hold the model */
extern void pr_verify_rows(PrRefresh *refresh);

#endif							/* PR_REFRESH_H */
