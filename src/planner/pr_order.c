/*
 * pr_order.c
 *		Rows do not come in the order of a column that is not shown.
 *
 * An index that serves a derived qual gives the rows of a cell in the order of
 * their exact values: of all persons born in one week who is older than whom,
 * of all wages of one bin which is higher.  Who knows the values of some of them
 * then knows the others' between.  So such an index is only read as a bitmap,
 * which gives rows in the order of the table, as a sequential scan does.
 *
 * What an attacker would try here: SET enable_bitmapscan = off, cursors, LIMIT,
 * joins.  A path that is not there cannot be chosen, whatever it would cost.
 *
 * Left as they are: a scan of the index alone, where it has a single column, so
 * that rows of one cell cannot be told apart; and a scan for one exact value,
 * which all its rows have in common.
 */
#include "postgres.h"

#include "access/stratnum.h"
#include "access/sysattr.h"
#include "nodes/pathnodes.h"
#include "optimizer/optimizer.h"
#include "optimizer/pathnode.h"
#include "optimizer/paths.h"
#include "utils/lsyscache.h"

#include "common/pr_compat.h"
#include "planner/pr_planner.h"
#include "planner/pr_transform_info.h"

/* Columns of the source in filters from which something may have been derived. */
static Bitmapset *
hidden_columns(RelOptInfo *rel)
{
	Bitmapset  *columns = NULL;
	ListCell   *cell;

	foreach(cell, rel->baserestrictinfo)
	{
		Node	   *clause = (Node *) lfirst_node(RestrictInfo, cell)->clause;

		if (pr_is_with_selectivity(clause))
			pull_varattnos(clause, rel->relid, &columns);
	}
	return columns;
}

/* Read for one value of its only column? */
static bool
finds_one_value(const IndexPath *path)
{
	const IndexOptInfo *index = path->indexinfo;
	const IndexClause *only;
	const OpExpr *clause;

	if (index->nkeycolumns != 1 || list_length(path->indexclauses) != 1)
		return false;
	only = linitial_node(IndexClause, path->indexclauses);
	if (list_length(only->indexquals) != 1)
		return false;
	clause = (const OpExpr *) linitial_node(RestrictInfo, only->indexquals)->clause;
	return IsA(clause, OpExpr) && get_op_opfamily_strategy(clause->opno, index->opfamily[0]) == BTEqualStrategyNumber;
}

static bool
shows_order(const Path *path, const Bitmapset *hidden)
{
	const IndexPath *scan = (const IndexPath *) path;
	const IndexOptInfo *index;

	if (!IsA(path, IndexPath))
		return false;
	index = scan->indexinfo;
	if ((path->pathtype == T_IndexOnlyScan && index->ncolumns == 1) || finds_one_value(scan))
		return false;
	for (int i = 0; i < index->nkeycolumns; i++)
		if (bms_is_member(index->indexkeys[i] - FirstLowInvalidHeapAttributeNumber, hidden))
			return true;
	return false;
}

/* Takes the paths that show an order out of the list. */
static List *
take_out(List **paths, const Bitmapset *hidden)
{
	List	   *taken = NIL;
	ListCell   *cell;

	foreach(cell, *paths)
	{
		if (!shows_order(lfirst(cell), hidden))
			continue;
		taken = lappend(taken, lfirst(cell));
		*paths = foreach_delete_current(*paths, cell);
	}
	return taken;
}

/* The same conditions on the same index, to be read as a bitmap; NULL: it cannot be. */
static Path *
as_bitmap_source(const Path *path)
{
	IndexPath  *source;

	if (!((const IndexPath *) path)->indexinfo->amhasgetbitmap || ((const IndexPath *) path)->indexclauses == NIL)
		return NULL;
	source = makeNode(IndexPath);
	memcpy(source, path, sizeof(IndexPath));
	source->path.pathtype = T_IndexScan;
	source->path.pathkeys = NIL;
	source->path.parallel_aware = false;
	source->path.parallel_workers = 0;
	source->indexscandir = ForwardScanDirection;
	return (Path *) source;
}

/* Before the paths of a relation are compared: other ways for those that show an order. */
void
pr_order_hide(PlannerInfo *root, RelOptInfo *rel)
{
	Bitmapset  *hidden;
	List	   *taken;
	List	   *partial;
	ListCell   *cell;

	if (rel->rtekind != RTE_RELATION || (hidden = hidden_columns(rel)) == NULL)
		return;
	taken = take_out(&rel->pathlist, hidden);
	partial = take_out(&rel->partial_pathlist, hidden);
	if (taken == NIL && partial == NIL)
		return;

	/* It may have been left out beside a path that is gone now. */
	add_path(rel, create_seqscan_path(root, rel, rel->lateral_relids, 0));
	foreach(cell, taken)
	{
		Path	   *source = as_bitmap_source(lfirst(cell));

		if (source != NULL)
			add_path(rel, (Path *) create_bitmap_heap_path(root, rel, source, PATH_REQ_OUTER(source), 1.0, 0));
	}
	foreach(cell, partial)
	{
		Path	   *source = as_bitmap_source(lfirst(cell));

		if (source != NULL && rel->consider_parallel && rel->lateral_relids == NULL)
			create_partial_bitmap_paths(root, rel, source);
	}
}
