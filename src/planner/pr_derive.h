/*
 * pr_derive.h
 *		What the files of the derivation share.
 *
 * A cover is what a filter on a released column says about its source column:
 * the source values that the filter can let pass are among the cover's, and
 * the cover is a union of whole cells.
 */
#ifndef PR_DERIVE_H
#define PR_DERIVE_H

#include "postgres.h"

#include "nodes/pathnodes.h"

#include "planner/pr_transform_info.h"

/* Neighbouring source values; an end that is NULL is open. */
typedef struct PrInterval
{
	Expr	   *lower;			/* inclusive */
	Expr	   *upper;			/* inclusive; of texts exclusive */
} PrInterval;

typedef struct PrCover
{
	PrTransformInfo transform;
	Expr	   *mask;			/* the transform's call */
	Expr	   *column;			/* the source column in it, perhaps relabelled */
	AttrNumber	attno;
	List	   *intervals;		/* PrInterval *; both ends open: all but NULL */
	List	   *values;			/* Expr *, single values */
	bool		null;			/* NULL too */
	bool		one_cell;		/* of a value that is known only when the query runs */
} PrCover;

/* pr_match.c: the cover of a filter; NULL: it says nothing.  relid: of the source in the query. */
extern PrCover *pr_match_filter(PlannerInfo *root, Index relid, Node *clause);

/* pr_cover.c: covers from comparisons, and of several filters */
extern bool pr_cover_comparison(PlannerInfo *root, PrCover *cover, int strategy, Expr *other);
extern bool pr_cover_prefix(PlannerInfo *root, PrCover *cover, bool whole, Expr *other);
extern bool pr_cover_null(PlannerInfo *root, PrCover *cover, bool is_null);
extern void pr_cover_unite(PrCover *cover, const PrCover *other);
extern void pr_cover_intersect(PrCover *cover, const PrCover *other);
extern void pr_cover_merge(PrCover *cover);

/*
 * pr_cover_clause.c: a cover as a list of clauses, implicitly ANDed.  Intervals
 * of texts are compared as their index does: by >= and < of a collation, or by
 * in_byte_range() for an index of text_pattern_ops, with the share of rows that
 * the planner is to take for it.
 */
typedef struct PrTextOrder
{
	bool		pattern;
	Oid			collation;
	double		share;
} PrTextOrder;

extern List *pr_cover_clauses(const PrCover *cover, const PrTextOrder *order);

/* pr_typical.c: the share of rows of a cell that is not known yet; below 0: nobody knows */
extern double pr_typical_share(PlannerInfo *root, RelOptInfo *rel, Oid relid, const PrCover *cover);

/* pr_derive.c: the share of rows that clauses let pass, while the relation's information is read */
extern double pr_share_of(PlannerInfo *root, RelOptInfo *rel, List *clauses);

/* Number of separate pieces: more than one makes an OR. */
extern int	pr_cover_pieces(const PrCover *cover);

#endif							/* PR_DERIVE_H */
