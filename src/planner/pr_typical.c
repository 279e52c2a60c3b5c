/*
 * pr_typical.c
 *		The share of rows of a typical cell.
 *
 * For "released column = $1" the bounds of the cell are not known while the
 * query is planned, and PostgreSQL takes a fixed share for a range that it does
 * not know.  Cells of a release are much alike, so that the cells of a few
 * values from the statistics of the source column tell better.
 *
 * The values are looked at here and nowhere else: a share comes out of this
 * file, as one comes out of every estimate, and no value.
 */
#include "postgres.h"

#include "access/stratnum.h"
#include "catalog/pg_statistic.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "common/pr_compat.h"
#include "planner/pr_derive.h"

#define SAMPLES 3

/* The cover of "column = the transform of this value". */
static PrCover *
cover_of_cell(PlannerInfo *root, const PrCover *cover, const AttStatsSlot *slot, Datum value)
{
	FuncExpr   *call = copyObject((FuncExpr *) cover->mask);
	PrCover    *cell = palloc0(sizeof(PrCover));
	int16		length;
	bool		by_value;
	Expr	   *result;

	get_typlenbyval(cover->transform.source, &length, &by_value);
	linitial(call->args) = makeConst(cover->transform.source, -1, exprCollation((Node *) cover->column), length,
									 datumCopy(value, by_value, length), false, by_value);
	result = (Expr *) eval_const_expressions(root, (Node *) call);
	cell->transform = cover->transform;
	cell->mask = cover->mask;
	cell->column = cover->column;
	cell->attno = cover->attno;
	if (!IsA(result, Const) || !pr_cover_comparison(root, cell, BTEqualStrategyNumber, result))
		return NULL;
	return cell;
}

static double
average_share(PlannerInfo *root, RelOptInfo *rel, const PrCover *cover, const AttStatsSlot *slot)
{
	PrTextOrder order = {.collation = exprCollation((Node *) cover->column)};
	double		sum = 0;
	int			n = 0;

	for (int i = 0; i < SAMPLES; i++)
	{
		PrCover    *cell = cover_of_cell(root, cover, slot, slot->values[slot->nvalues * (2 * i + 1) / (2 * SAMPLES)]);

		if (cell == NULL)
			continue;
		sum += pr_share_of(root, rel, pr_cover_clauses(cell, &order));
		n++;
	}
	return n > 0 ? sum / n : -1;
}

double
pr_typical_share(PlannerInfo *root, RelOptInfo *rel, Oid relid, const PrCover *cover)
{
	bool		inherited = root->simple_rte_array[rel->relid]->inh;
	HeapTuple	statistics = SearchSysCache3(STATRELATTINH, ObjectIdGetDatum(relid), Int16GetDatum(cover->attno),
											 BoolGetDatum(inherited));
	AttStatsSlot slot;
	double		share = -1;

	if (!HeapTupleIsValid(statistics))
		return -1;
	if (get_attstatsslot(&slot, statistics, STATISTIC_KIND_HISTOGRAM, InvalidOid, ATTSTATSSLOT_VALUES) ||
		get_attstatsslot(&slot, statistics, STATISTIC_KIND_MCV, InvalidOid, ATTSTATSSLOT_VALUES))
	{
		if (slot.nvalues > 0)
			share = average_share(root, rel, cover, &slot);
		free_attstatsslot(&slot);
	}
	ReleaseSysCache(statistics);
	return share;
}
