/*
 * pr_derive.c
 *		Derived quals: filters on released columns become filters on source
 *		columns, so that indexes and partitions of the source are used.
 *
 * A release view shows date_trunc(s.born, 'month').  No index serves a filter
 * on that.  But "date_trunc(born, 'month') = '1984-05-01'" is true only for
 * births in that May, and "born >= '1984-05-01' AND born <= '1984-05-31'" an
 * index does serve.  The planner's hook for a relation's information is the
 * place where both are at hand: the view is expanded, the filter has been
 * pushed below its barrier by PostgreSQL's own rules, and neither partitions
 * nor indexes nor row estimates have been looked at.
 *
 * Correctness: to a list of filters that holds q, d is added with q TRUE => d
 * TRUE.  A list of filters keeps the rows for which all are true, so that "q"
 * and "q AND d" keep the same ones, whatever the list belongs to.  q stays.
 *
 * Safety, and what an attacker would try here:
 *	- d is made of leakproof comparisons of the bare source column with what
 *	  the query and the rule say; it reveals nothing to anybody's code.
 *	- The rows that pass d are whole cells of the released column, for whatever
 *	  constant or parameter: run times, counters and row counts then tell
 *	  numbers that the release itself gives (core/pr_stem.h has the one place
 *	  where that costs something).
 *	- That is harmless only where the release shows all its rows.  So nothing is
 *	  derived for a source with row-level security, for a source that is a view
 *	  or foreign, under another role than the release's own, or for a release
 *	  that somebody has objected to.
 *	- Pseudonyms are decrypted by a call in the plan: no source value gets into
 *	  a plan.  (Estimates evaluate the call, and keep a share.)
 *
 * Speed: several separate intervals are read as a bitmap of several index
 * scans, which past a few percent of the rows is slower than reading the table.
 * So they are derived only below MANY_PIECES_SHARE, or to leave partitions out;
 * and nothing is derived that lets most rows pass, or that no index serves.
 *
 * Estimates: d and q let the same rows pass, but the planner would multiply
 * their shares.  While it estimates, q stands in known_selectivity(q, share);
 * pr_derive_restore() takes it out again before the plan is made.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/table.h"
#include "catalog/pg_class.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_opfamily.h"
#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "optimizer/restrictinfo.h"
#include "rewrite/rewriteManip.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/relcache.h"

#include "catalog/pr_collation.h"
#include "catalog/pr_protected.h"
#include "common/pr_compat.h"
#include "common/pr_guc.h"
#include "planner/pr_derive.h"
#include "planner/pr_level.h"
#include "planner/pr_planner.h"

/* Shares of rows up to which one interval, and several, are worth an index. */
#define ONE_PIECE_SHARE		0.5
#define MANY_PIECES_SHARE	0.05

/* A range that leaves next to no partition out only costs its comparisons. */
#define PARTITIONS_SHARE	0.95

/* More intervals than this are never derived. */
#define MAX_PIECES	64

/* A filter that says something, and where it stands. */
typedef struct Filter
{
	ListCell   *cell;
	PrCover    *cover;
	bool		done;
} Filter;

/* What there is on a source column to use a derived qual. */
typedef struct Access
{
	bool		index;
	bool		partitions;
	bool		mask_index;		/* the transform itself is indexed: nothing to do */
	bool		single;			/* values that have been decrypted: which partition they lead to would show */
	PrTextOrder order;
} Access;

/* ---------- whether ---------- */

/* The only relation of a release view's own query, or NULL. */
static List **
filters_of_view(PlannerInfo *root, RelOptInfo *rel)
{
	FromExpr   *from = root->parse->jointree;

	if (list_length(from->fromlist) != 1 || !IsA(linitial(from->fromlist), RangeTblRef) ||
		((RangeTblRef *) linitial(from->fromlist))->rtindex != rel->relid ||
		from->quals == NULL || !IsA(from->quals, List))
		return NULL;
	return (List **) &from->quals;
}

static bool
shows_all_rows(PlannerInfo *root, RelOptInfo *rel, Relation relation)
{
	RangeTblEntry *rte = root->simple_rte_array[rel->relid];

	return rte->securityQuals == NIL && rte->tablesample == NULL && !relation->rd_rel->relrowsecurity &&
		(relation->rd_rel->relkind == RELKIND_RELATION || relation->rd_rel->relkind == RELKIND_PARTITIONED_TABLE ||
		 relation->rd_rel->relkind == RELKIND_MATVIEW);
}

static bool
may_derive(PlannerInfo *root, Oid relid, RelOptInfo *rel)
{
	const PrServed *release;

	if (!pr_guc_enable_derived_quals || rel->reloptkind != RELOPT_BASEREL || !OidIsValid(rel->userid) ||
		!pr_protected_refresh())
		return false;
	release = pr_protected_by_role(rel->userid);
	return release != NULL && release->source == relid && release->derive_quals && release->withdrawn == NULL;
}

/* ---------- access paths of a column ---------- */

/*
 * Could an index or partitions serve a comparison of this column?  Texts must
 * be in the order of bytes: in another one the bounds of a stem are none, so
 * that no other ever gets into *order.
 */
static bool
serves(const PrCover *cover, Oid opfamily, Oid collation, PrTextOrder *order)
{
	bool		pattern = opfamily == TEXT_PATTERN_BTREE_FAM_OID;

	if (cover->transform.source != TEXTOID || cover->intervals == NIL)
		return true;
	if (!pattern && !(opfamily == TEXT_BTREE_FAM_OID && pr_collation_is_c(collation)))
		return false;
	order->pattern = pattern;
	order->collation = collation;
	return true;
}

static bool
indexes_transform(Relation index, Index relid, const PrCover *cover)
{
	List	   *expressions = RelationGetIndexExpressions(index);
	ListCell   *cell;

	if (expressions != NIL && relid != 1)
		ChangeVarNodes((Node *) expressions, 1, relid, 0);
	foreach(cell, expressions)
		if (equal(lfirst(cell), cover->mask))
			return true;
	return false;
}

static void
look_at_index(Oid indexid, RelOptInfo *rel, const PrCover *cover, Access *access)
{
	Relation	index = index_open(indexid, AccessShareLock);
	Form_pg_index form = index->rd_index;

	if (form->indisvalid)
	{
		if (indexes_transform(index, rel->relid, cover))
			access->mask_index = true;
		for (int i = 0; i < form->indnkeyatts && !access->index; i++)
			if (form->indkey.values[i] == cover->attno &&
				serves(cover, index->rd_opfamily[i], index->rd_indcollation[i], &access->order))
				access->index = true;
	}
	index_close(index, AccessShareLock);
}

static bool
is_column(const Node *expression, AttrNumber attno)
{
	const Var  *column = (const Var *) pr_without_relabels(expression);

	return column != NULL && IsA(column, Var) && column->varattno == attno;
}

static void
look_at_partitions(RelOptInfo *rel, const PrCover *cover, Access *access)
{
	for (int i = 0; rel->part_scheme != NULL && i < rel->part_scheme->partnatts; i++)
	{
		ListCell   *cell;

		foreach(cell, rel->partexprs[i])
			if (is_column(lfirst(cell), cover->attno) &&
				serves(cover, rel->part_scheme->partopfamily[i], rel->part_scheme->partcollation[i], &access->order))
				access->partitions = true;
	}
}

static Access
access_of(RelOptInfo *rel, Relation relation, const PrCover *cover)
{
	Access		access = {.single = cover->transform.cells == PR_CELLS_SINGLE};
	List	   *indexes = RelationGetIndexList(relation);
	ListCell   *cell;

	foreach(cell, indexes)
		look_at_index(lfirst_oid(cell), rel, cover, &access);
	list_free(indexes);
	look_at_partitions(rel, cover, &access);
	return access;
}

/* ---------- shares of rows ---------- */

/* The relation is not known to the planner yet while its information is read. */
double
pr_share_of(PlannerInfo *root, RelOptInfo *rel, List *clauses)
{
	RelOptInfo *known = root->simple_rel_array[rel->relid];
	Selectivity share;

	root->simple_rel_array[rel->relid] = rel;
	share = clauselist_selectivity(root, clauses, rel->relid, JOIN_INNER, NULL);
	root->simple_rel_array[rel->relid] = known;
	return share;
}

/* One typical cell, where it is one and not known yet; else below 0. */
static double
typical_share(PlannerInfo *root, RelOptInfo *rel, Oid relid, List *filters)
{
	const PrCover *cover = ((Filter *) linitial(filters))->cover;

	if (list_length(filters) > 1 || !cover->one_cell || list_length(cover->intervals) != 1)
		return -1;
	return pr_typical_share(root, rel, relid, cover);
}

/* ---------- deriving ---------- */

static bool
is_worth_it(const Access *access, int pieces, Selectivity share)
{
	if (access->partitions)
		return !access->single && pieces <= MAX_PIECES && share <= PARTITIONS_SHARE;
	if (!access->index || pieces > MAX_PIECES)
		return false;
	return share <= (pieces > 1 ? MANY_PIECES_SHARE : ONE_PIECE_SHARE);
}

/* The filters on one column in clauses that the planner estimates well: texts in the order of the column's statistics. */
static List *
clauses_to_estimate(List *filters)
{
	List	   *clauses = NIL;
	ListCell   *cell;

	foreach(cell, filters)
	{
		const PrCover *cover = ((Filter *) lfirst(cell))->cover;
		PrTextOrder order = {.collation = exprCollation((Node *) cover->column)};

		clauses = list_concat(clauses, pr_cover_clauses(cover, &order));
	}
	return clauses;
}

/* The same in clauses that the index or the partitions serve; the first carries the share of all. */
static List *
clauses_to_add(List *filters, PrTextOrder order, Selectivity share)
{
	List	   *clauses = NIL;
	ListCell   *cell;

	foreach(cell, filters)
	{
		const PrCover *cover = ((Filter *) lfirst(cell))->cover;

		order.share = cell == list_head(filters) ? share / Max(list_length(cover->intervals), 1) : 1.0;
		clauses = list_concat(clauses, pr_cover_clauses(cover, &order));
	}
	return clauses;
}

static int
most_pieces(List *filters)
{
	int			most = 0;
	ListCell   *cell;

	foreach(cell, filters)
		most = Max(most, pr_cover_pieces(((Filter *) lfirst(cell))->cover));
	return most;
}

static void
merge_covers(List *filters)
{
	ListCell   *cell;

	foreach(cell, filters)
		pr_cover_merge(((Filter *) lfirst(cell))->cover);
}

static bool
lets_nothing_pass(List *filters)
{
	ListCell   *cell;

	foreach(cell, filters)
		if (pr_cover_pieces(((Filter *) lfirst(cell))->cover) == 0)
			return true;
	return false;
}

/* Let the planner take this share for the filters together. */
static void
estimate_filters(List *filters, Selectivity share, bool scales_index)
{
	ListCell   *cell;

	foreach(cell, filters)
	{
		Filter	   *filter = lfirst(cell);

		lfirst(filter->cell) = pr_with_selectivity(lfirst(filter->cell), share, scales_index);
		share = 1.0;
		scales_index = false;
	}
}

/* The one that asks most of an index: intervals of texts need the order of bytes. */
static const PrCover *
most_demanding(List *filters)
{
	ListCell   *cell;

	foreach(cell, filters)
		if (((Filter *) lfirst(cell))->cover->intervals != NIL)
			return ((Filter *) lfirst(cell))->cover;
	return ((Filter *) linitial(filters))->cover;
}

static bool
is_any_value(const PrCover *cover)
{
	const PrInterval *interval = list_length(cover->intervals) == 1 ? linitial(cover->intervals) : NULL;

	return pr_cover_pieces(cover) == 1 && interval != NULL && interval->lower == NULL && interval->upper == NULL;
}

/*
 * IS NOT NULL leaves no partition out; and PostgreSQL 15.18, for one, loses the
 * default partition where it stands beside an OR on the same key.
 */
static List *
without_any_value(List *filters)
{
	List	   *rest = NIL;
	ListCell   *cell;

	foreach(cell, filters)
		if (!is_any_value(((Filter *) lfirst(cell))->cover))
			rest = lappend(rest, lfirst(cell));
	return rest;
}

/* What is derived from the filters on one column together. */
static List *
derive_from(PlannerInfo *root, RelOptInfo *rel, Relation relation, List *filters)
{
	Access		access = access_of(rel, relation, most_demanding(filters));
	Selectivity share;
	double		typical;

	if (access.partitions)
		filters = without_any_value(filters);
	if (access.mask_index || filters == NIL)
		return NIL;
	merge_covers(filters);
	if (lets_nothing_pass(filters))
		return list_make1(makeBoolConst(false, false));
	share = pr_share_of(root, rel, clauses_to_estimate(filters));
	typical = typical_share(root, rel, RelationGetRelid(relation), filters);
	if (!is_worth_it(&access, most_pieces(filters), Max(share, typical)))
	{
		estimate_filters(filters, typical >= 0 ? typical : share, false);
		return NIL;
	}
	/* What is derived can be given a greater share only where we say its share. */
	if (access.order.pattern)
		share = Max(share, typical);
	estimate_filters(filters, typical >= 0 ? Min(1.0, typical / Max(share, 1e-10)) : 1.0, typical >= 0);
	return clauses_to_add(filters, access.order, share);
}

static List *
match_filters(PlannerInfo *root, RelOptInfo *rel, List *quals)
{
	List	   *filters = NIL;
	ListCell   *cell;

	foreach(cell, quals)
	{
		PrCover    *cover = pr_match_filter(root, rel->relid, lfirst(cell));
		Filter	   *filter;

		if (cover == NULL)
			continue;
		filter = palloc0(sizeof(Filter));
		filter->cell = cell;
		filter->cover = cover;
		filters = lappend(filters, filter);
	}
	return filters;
}

/* The filters on the same column as this one, itself first. */
static List *
same_column(List *filters, Filter *first)
{
	List	   *same = NIL;
	ListCell   *cell;

	foreach(cell, filters)
	{
		Filter	   *filter = lfirst(cell);

		if (filter->done || !equal(filter->cover->mask, first->cover->mask))
			continue;
		filter->done = true;
		same = lappend(same, filter);
	}
	return same;
}

void
pr_derive_quals(PlannerInfo *root, Oid relid, bool inhparent, RelOptInfo *rel)
{
	List	  **quals;
	List	   *filters;
	List	   *derived = NIL;
	Relation	relation;
	ListCell   *cell;

	if (!may_derive(root, relid, rel) || (quals = filters_of_view(root, rel)) == NULL || pr_hides_rows((Node *) *quals))
		return;
	relation = table_open(relid, NoLock);
	if (shows_all_rows(root, rel, relation))
	{
		filters = match_filters(root, rel, *quals);
		foreach(cell, filters)
			if (!((Filter *) lfirst(cell))->done)
				derived = list_concat(derived, derive_from(root, rel, relation, same_column(filters, lfirst(cell))));
		*quals = list_concat(*quals, derived);
	}
	table_close(relation, NoLock);
}

/* ---------- after the estimates ---------- */

/* Reads through an index of a range whose share was taken too large cost as much less. */
static void
scale_index_paths(List *paths, double factor)
{
	ListCell   *cell;

	foreach(cell, paths)
	{
		Path	   *path = lfirst(cell);

		if ((IsA(path, IndexPath) && ((IndexPath *) path)->indexclauses != NIL) || IsA(path, BitmapHeapPath))
			path->total_cost = path->startup_cost + (path->total_cost - path->startup_cost) * factor;
	}
}

void
pr_derive_restore(RelOptInfo *rel)
{
	ListCell   *cell;

	foreach(cell, rel->baserestrictinfo)
	{
		RestrictInfo *info = lfirst_node(RestrictInfo, cell);
		FuncExpr   *wrapper = (FuncExpr *) info->clause;

		if (!pr_is_with_selectivity((Node *) wrapper))
			continue;
		info->clause = linitial(wrapper->args);
		if (DatumGetBool(((Const *) lthird(wrapper->args))->constvalue))
		{
			double		factor = DatumGetFloat8(((Const *) lsecond(wrapper->args))->constvalue);

			scale_index_paths(rel->pathlist, factor);
			scale_index_paths(rel->partial_pathlist, factor);
		}
	}
}
