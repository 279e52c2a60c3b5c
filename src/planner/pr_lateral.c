/*
 * pr_lateral.c
 *		Joins with a released column as parameterised scans of the source.
 *
 * PostgreSQL makes no parameterised path into a barrier: "small JOIN release ON
 * release.month = small.month" reads the whole source.  As
 *
 *	small CROSS JOIN LATERAL (SELECT ... FROM source s
 *		WHERE date_trunc(s.born, 'month') = small.month) AS release
 *
 * it is a nested loop over the source's index, since pr_derive.c derives from
 * that filter as from any other.  But then it can be nothing else.  So such a
 * query is planned both ways, and the cheaper plan is taken.
 *
 * Correctness: the join clause moves into the release's own query, as a filter
 * of the side that it restricts anyhow.  That is the same for inner joins, and
 * for the nullable side of a left join.
 *
 * Safety: only leakproof equality moves, as PostgreSQL would let it below a
 * barrier; it is computed from the released column, as above the barrier.
 */
#include "postgres.h"

#include "access/table.h"
#include "catalog/pg_index.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/clauses.h"
#include "optimizer/optimizer.h"
#include "parser/parsetree.h"
#include "rewrite/rewriteManip.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/relcache.h"
#include "utils/syscache.h"

#include "catalog/pr_protected.h"
#include "common/pr_compat.h"
#include "common/pr_guc.h"
#include "planner/pr_level.h"
#include "planner/pr_planner.h"
#include "planner/pr_transform_info.h"

/* Relations that a list of filters belongs to. */
typedef struct Scope
{
	Bitmapset  *restricted;		/* which its filters restrict */
	Bitmapset  *others;			/* whose columns may be handed to those */
} Scope;

/* ---------- is it worth planning twice? ---------- */

static bool
is_indexed(Oid relid, AttrNumber attno)
{
	Relation	relation = table_open(relid, NoLock);
	List	   *indexes = RelationGetIndexList(relation);
	bool		found = relation->rd_rel->relkind == RELKIND_PARTITIONED_TABLE;
	ListCell   *cell;

	table_close(relation, NoLock);
	foreach(cell, indexes)
	{
		HeapTuple	index = SearchSysCache1(INDEXRELID, ObjectIdGetDatum(lfirst_oid(cell)));
		Form_pg_index form;

		if (!HeapTupleIsValid(index))
			continue;
		form = (Form_pg_index) GETSTRUCT(index);
		for (int i = 0; i < form->indnkeyatts; i++)
			if (form->indkey.values[i] == attno)
				found = true;
		ReleaseSysCache(index);
	}
	list_free(indexes);
	return found;
}

/* The expression of a released column whose cells an index of the source could find; NULL: there is none. */
static Expr *
indexed_transform(const RangeTblEntry *rte, AttrNumber column)
{
	TargetEntry *entry = get_tle_by_resno(rte->subquery->targetList, column);
	FuncExpr   *call = entry != NULL ? (FuncExpr *) entry->expr : NULL;
	PrTransformInfo transform;
	const Node *argument;

	if (call == NULL || !IsA(call, FuncExpr) || !pr_transform_info(call->funcid, &transform) ||
		transform.cells == PR_CELLS_HIERARCHY)
		return NULL;
	argument = pr_without_relabels(linitial(call->args));
	if (!IsA(argument, Var) || !is_indexed(pr_protected_by_view(pr_view_of(rte))->source, ((const Var *) argument)->varattno))
		return NULL;
	return entry->expr;
}

/* ---------- join clauses ---------- */

static bool
is_lateral(const Query *query, Bitmapset *varnos)
{
	int			varno = -1;

	while ((varno = bms_next_member(varnos, varno)) >= 0)
		if (rt_fetch(varno, query->rtable)->lateral)
			return true;
	return false;
}

/* Relations of this level that a side mentions; NULL: none, or a side that may not move. */
static Bitmapset *
relations_of(Node *side)
{
	if (contain_volatile_functions(side) || checkExprHasSubLink(side))
		return NULL;
	return pull_varnos(NULL, side);
}

/* "release column = side", where the side can be handed to the release's query. */
static bool
moves(const Query *query, const Scope *scope, Node *column, Node *side, Index *varno)
{
	Bitmapset  *relations;
	Var		   *var = (Var *) column;

	*varno = pr_released_column(query, column);
	if (*varno == 0 || !IsA(column, Var) || !bms_is_member(*varno, scope->restricted) ||
		rt_fetch(*varno, query->rtable)->lateral)
		return false;
	relations = relations_of(side);
	return !bms_is_empty(relations) && !bms_is_member(*varno, relations) && bms_is_subset(relations, scope->others) &&
		!is_lateral(query, relations) && indexed_transform(rt_fetch(*varno, query->rtable), var->varattno) != NULL;
}

/* The clause with the column's expression for the column, as the release's query sees the other side. */
static void
move_into_release(Query *query, OpExpr *clause, Var *column, Node *side, bool column_first)
{
	RangeTblEntry *rte = rt_fetch(column->varno, query->rtable);
	Expr	   *transform = copyObject(indexed_transform(rte, column->varattno));
	OpExpr	   *moved = copyObject(clause);

	side = copyObject(side);
	IncrementVarSublevelsUp(side, 1, 0);
	moved->args = column_first ? list_make2(transform, side) : list_make2(side, transform);
	rte->subquery->jointree->quals = make_and_qual(rte->subquery->jointree->quals, (Node *) moved);
	rte->lateral = true;
}

static bool
is_leakproof_equality(const OpExpr *clause)
{
	return list_length(clause->args) == 2 && op_mergejoinable(clause->opno, exprType(linitial(clause->args))) &&
		get_func_leakproof(get_opcode(clause->opno));
}

/* What is left of a filter after its joins have moved; *found tells whether one moved, or could. */
static Node *
move_from_quals(Query *query, const Scope *scope, Node *quals, bool apply, bool *found)
{
	OpExpr	   *clause = (OpExpr *) quals;
	bool		first;
	Index		varno;

	check_stack_depth();
	if (quals == NULL)
		return NULL;
	if (is_andclause(quals))
	{
		List	   *members = NIL;
		ListCell   *cell;

		foreach(cell, ((BoolExpr *) quals)->args)
			members = lappend(members, move_from_quals(query, scope, lfirst(cell), apply, found));
		return (Node *) make_andclause(members);
	}
	if (!IsA(quals, OpExpr) || !is_leakproof_equality(clause))
		return quals;
	first = moves(query, scope, linitial(clause->args), lsecond(clause->args), &varno);
	if (!first && !moves(query, scope, lsecond(clause->args), linitial(clause->args), &varno))
		return quals;
	*found = true;
	if (!apply)
		return quals;
	move_into_release(query, clause, first ? linitial(clause->args) : lsecond(clause->args),
					  first ? lsecond(clause->args) : linitial(clause->args), first);
	return makeBoolConst(true, false);
}

/* ---------- join trees ---------- */

/* Relations below a node that no outer join makes nullable. */
static Bitmapset *
inner_relations(Node *node)
{
	Bitmapset  *relations = NULL;
	ListCell   *cell;

	if (IsA(node, RangeTblRef))
		return bms_make_singleton(((RangeTblRef *) node)->rtindex);
	if (IsA(node, FromExpr))
		foreach(cell, ((FromExpr *) node)->fromlist)
			relations = bms_join(relations, inner_relations(lfirst(cell)));
	else if (IsA(node, JoinExpr) && ((JoinExpr *) node)->jointype == JOIN_INNER)
		relations = bms_join(inner_relations(((JoinExpr *) node)->larg), inner_relations(((JoinExpr *) node)->rarg));
	return relations;
}

static void
move_in_jointree(Query *query, Node *node, bool apply, bool *found)
{
	Scope		scope;
	ListCell   *cell;

	check_stack_depth();
	if (node == NULL)
		return;
	if (IsA(node, FromExpr))
	{
		FromExpr   *from = (FromExpr *) node;

		foreach(cell, from->fromlist)
			move_in_jointree(query, lfirst(cell), apply, found);
		scope.restricted = scope.others = inner_relations(node);
		from->quals = move_from_quals(query, &scope, from->quals, apply, found);
	}
	else if (IsA(node, JoinExpr))
	{
		JoinExpr   *join = (JoinExpr *) node;

		move_in_jointree(query, join->larg, apply, found);
		move_in_jointree(query, join->rarg, apply, found);
		if (join->jointype != JOIN_INNER && join->jointype != JOIN_LEFT)
			return;
		scope.restricted = join->jointype == JOIN_INNER ? inner_relations(node) : inner_relations(join->rarg);
		scope.others = join->jointype == JOIN_INNER ? inner_relations(node) : inner_relations(join->larg);
		join->quals = move_from_quals(query, &scope, join->quals, apply, found);
	}
}

/* ---------- all levels ---------- */

typedef struct Walk
{
	bool		apply;
	bool		found;
} Walk;

static bool
move_in_query(Node *node, void *context)
{
	Walk	   *walk = context;

	if (node == NULL)
		return false;
	if (IsA(node, Query))
	{
		Query	   *query = (Query *) node;

		if (query->commandType == CMD_SELECT && query->rowMarks == NIL && list_length(query->rtable) > 1 &&
			pr_level_has_release(query))
			move_in_jointree(query, (Node *) query->jointree, walk->apply, &walk->found);
		return query_tree_walker(query, move_in_query, context, 0);
	}
	return expression_tree_walker(node, move_in_query, context);
}

Query *
pr_lateral_alternative(Query *parse)
{
	Walk		walk = {false, false};
	Query	   *alternative;

	if (!pr_guc_enable_derived_quals || parse->commandType != CMD_SELECT || !pr_protected_refresh())
		return NULL;
	(void) move_in_query((Node *) parse, &walk);
	if (!walk.found)
		return NULL;
	alternative = copyObject(parse);
	walk.apply = true;
	(void) move_in_query((Node *) alternative, &walk);
	return alternative;
}
