/*
 * pr_order.c
 *		Rows of a release do not come in the order of a column that it does not
 *		show.
 *
 * An index gives rows in the order of its columns.  Pseudonyms read from the
 * index of what they stand for come in the order of that: their row numbers are
 * ranks.  If an index serves a derived qual, the rows of one released week come
 * by exact birthday.  A filter on a clear column finds its rows in the order of
 * a hidden one, where an index has both.  So such an index is only read as a
 * bitmap, which gives rows in the order of the table, as a sequential scan does.
 *
 * What an attacker would try here: SET enable_bitmapscan = off, or
 * privrelease.enable_derived_quals = off, cursors, LIMIT, joins.  The planner
 * does not get to know that the index could be read otherwise.  And a filter
 * that shows nothing but is true from the n-th row on, or takes longer the later
 * its row comes: columns of filters count as shown.
 *
 * Below a source that is a view, or another release, no index has an order that
 * this release shows.
 *
 * Left as they are: indexes of columns and expressions that the release shows,
 * and any index where no column is used, as in count(*).
 */
#include "postgres.h"

#include "access/table.h"
#include "nodes/pathnodes.h"
#include "optimizer/optimizer.h"
#include "rewrite/rewriteHandler.h"
#include "rewrite/rewriteManip.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "catalog/pr_protected.h"
#include "common/pr_compat.h"
#include "planner/pr_level.h"
#include "planner/pr_planner.h"

/* What a release shows of its source as it is. */
typedef struct Shown
{
	Oid			source;
	Bitmapset  *columns;		/* clear ones, by number in the source */
	List	   *expressions;	/* of its columns, as relation number 1 */
} Shown;

/* From the view's own query, whose last relation is the source.  Of a view that is gone nothing is shown. */
static void
look_at_view(const PrServed *release, Shown *shown)
{
	Relation	view = try_table_open(release->view, AccessShareLock);
	Query	   *definition;
	List	   *list;
	Index		source;
	ListCell   *cell;

	shown->source = release->source;
	if (view == NULL || view->rd_rel->relkind != RELKIND_VIEW)
		return;
	definition = get_view_query(view);
	source = list_length(definition->rtable);
	list = copyObject(definition->targetList);
	table_close(view, NoLock);
	foreach(cell, list)
	{
		Node	   *expression = (Node *) lfirst_node(TargetEntry, cell)->expr;
		const Var  *column = (const Var *) pr_without_relabels(expression);

		if (IsA(column, Var) && column->varno == source)
			shown->columns = bms_add_member(shown->columns, column->varattno);
		ChangeVarNodes(expression, source, 1, 0);
		shown->expressions = lappend(shown->expressions, expression);
	}
}

/* A partition has the columns of its parent in an order of its own. */
static AttrNumber
column_of_source(const Shown *shown, Oid relid, AttrNumber attno)
{
	return relid == shown->source ? attno : get_attnum(shown->source, get_attname(relid, attno, false));
}

/* Only an expression that is shown as such; not of a partition, which may number its columns otherwise. */
static bool
is_shown_expression(const Shown *shown, const RelOptInfo *rel, Oid relid, const Node *expression)
{
	Node	   *copy = copyObject(unconstify(Node *, expression));

	if (relid != shown->source)
		return false;
	ChangeVarNodes(copy, rel->relid, 1, 0);
	return list_member(shown->expressions, copy);
}

/* Does the index give rows in an order that the release shows anyhow? */
static bool
has_shown_order(const Shown *shown, const RelOptInfo *rel, Oid relid, const IndexOptInfo *index)
{
	ListCell   *expression = list_head(index->indexprs);

	for (int i = 0; i < index->nkeycolumns; i++)
	{
		AttrNumber	attno = index->indexkeys[i];

		if (attno == InvalidAttrNumber)
		{
			if (!is_shown_expression(shown, rel, relid, lfirst(expression)))
				return false;
			expression = lnext(index->indexprs, expression);
		}
		else if (attno < 0 || !bms_is_member(column_of_source(shown, relid, attno), shown->columns))
			return false;
	}
	return true;
}

/* The relation of the view's query: of a partition the one at the top. */
static Index
varno_of_source(PlannerInfo *root, const RelOptInfo *rel)
{
	Index		varno = rel->relid;

	while (root->append_rel_array != NULL && root->append_rel_array[varno] != NULL)
		varno = root->append_rel_array[varno]->parent_relid;
	return varno;
}

static bool
uses_columns(PlannerInfo *root, const RelOptInfo *rel)
{
	Bitmapset  *columns = NULL;
	Index		varno = varno_of_source(root, rel);

	pull_varattnos((Node *) root->parse->targetList, varno, &columns);
	pull_varattnos((Node *) root->parse->jointree, varno, &columns);
	return !bms_is_empty(columns);
}

static void
forbid_order(IndexOptInfo *index)
{
	index->amhasgettuple = false;
	index->amcanparallel = false;	/* parallel reads other than of bitmaps */
}

/* Is the relation read for a release of which it is not the source itself? */
static bool
is_below_release(PlannerInfo *root, const RelOptInfo *rel)
{
	ListCell   *cell;

	foreach(cell, pr_reading_roles(root))
		if (lfirst_oid(cell) != rel->userid)
			return true;
	return false;
}

void
pr_order_hide(PlannerInfo *root, Oid relid, RelOptInfo *rel)
{
	const PrServed *release;
	Shown		shown = {InvalidOid};
	bool		is_below;
	ListCell   *cell;

	if (rel->indexlist == NIL || !pr_protected_refresh())
		return;
	is_below = is_below_release(root, rel);
	release = OidIsValid(rel->userid) ? pr_protected_by_role(rel->userid) : NULL;
	if (!is_below && (release == NULL || !uses_columns(root, rel)))
		return;
	if (!is_below)
		look_at_view(release, &shown);
	foreach(cell, rel->indexlist)
		if (is_below || !has_shown_order(&shown, rel, relid, lfirst(cell)))
			forbid_order(lfirst(cell));
}
