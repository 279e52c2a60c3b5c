/*
 * pr_match.c
 *		Filters on released columns, recognised.
 *
 * Looks at one member of a list of filters, as it stands after the view was
 * expanded and constants folded: "transform(s.column, parameters) = 30".  The
 * other side must be known without a row: a constant, a parameter, a stable
 * expression.  NOT, CASE and arguments of functions are not looked into; OR
 * only if every arm says something about one column.
 */
#include "postgres.h"

#include "catalog/pg_operator.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/clauses.h"
#include "optimizer/optimizer.h"
#include "utils/array.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

#include "common/pr_compat.h"
#include "planner/pr_derive.h"
#include "planner/pr_level.h"

/* More arms and elements than this are not looked at. */
#define MAX_ELEMENTS 64

static bool
are_constants(List *arguments)
{
	ListCell   *cell;

	foreach(cell, arguments)
		if (!IsA(lfirst(cell), Const) || ((Const *) lfirst(cell))->constisnull)
			return false;
	return true;
}

/* An empty cover, if the node is a transform of a column of the source; else NULL. */
static PrCover *
cover_of(Index relid, Node *node)
{
	FuncExpr   *call = (FuncExpr *) node;
	PrTransformInfo transform;
	PrCover    *cover;
	Var		   *column;

	if (node == NULL || !IsA(node, FuncExpr) || !pr_transform_info(call->funcid, &transform) ||
		!are_constants(list_copy_tail(call->args, 1)))
		return NULL;
	column = (Var *) pr_without_relabels(linitial(call->args));
	if (!IsA(column, Var) || column->varno != relid || column->varlevelsup != 0 || column->varattno <= 0 ||
		exprType(linitial(call->args)) != transform.source)
		return NULL;
	cover = palloc0(sizeof(PrCover));
	cover->transform = transform;
	cover->mask = (Expr *) node;
	cover->column = linitial(call->args);
	cover->attno = column->varattno;
	return cover;
}

/* Known without a row of this query level, and the same for all of them. */
static bool
is_known_beforehand(Node *node)
{
	return !contain_var_clause(node) && !contain_volatile_functions(node) && !contain_subplans(node);
}

/* Equality of texts must be equality of bytes. */
static bool
compares_bytes(Oid collation)
{
	return !OidIsValid(collation) || get_collation_isdeterministic(collation);
}

static int
strategy_of(Oid operator, Oid type)
{
	TypeCacheEntry *entry = lookup_type_cache(type, TYPECACHE_BTREE_OPFAMILY);

	return OidIsValid(entry->btree_opf) ? get_op_opfamily_strategy(operator, entry->btree_opf) : 0;
}

/* The released column on the left, whichever side it was written on; InvalidOid: it is on neither. */
static Oid
put_mask_left(Index relid, OpExpr *clause, PrCover **cover, Expr **other)
{
	if ((*cover = cover_of(relid, linitial(clause->args))) != NULL)
	{
		*other = lsecond(clause->args);
		return clause->opno;
	}
	if ((*cover = cover_of(relid, lsecond(clause->args))) != NULL)
	{
		*other = linitial(clause->args);
		return pr_commutator(clause->opno);
	}
	return InvalidOid;
}

static PrCover *
match_comparison(PlannerInfo *root, Index relid, OpExpr *clause)
{
	PrCover    *cover;
	Expr	   *other;
	Oid			operator;
	int			strategy;

	if (list_length(clause->args) != 2)
		return NULL;
	operator = put_mask_left(relid, clause, &cover, &other);
	if (!OidIsValid(operator) || !is_known_beforehand((Node *) other) || !compares_bytes(clause->inputcollid))
		return NULL;
	if (get_opcode(operator) == F_STARTS_WITH)
		return cover->transform.cells == PR_CELLS_PREFIX && pr_cover_prefix(root, cover, false, other) ? cover : NULL;
	strategy = strategy_of(operator, cover->transform.result);
	return strategy != 0 && pr_cover_comparison(root, cover, strategy, other) ? cover : NULL;
}

/* starts_with(column, 'x') called as a function */
static PrCover *
match_function(PlannerInfo *root, Index relid, FuncExpr *clause)
{
	PrCover    *cover;

	if (clause->funcid != F_STARTS_WITH || !compares_bytes(clause->inputcollid) ||
		(cover = cover_of(relid, linitial(clause->args))) == NULL || cover->transform.cells != PR_CELLS_PREFIX ||
		!is_known_beforehand(lsecond(clause->args)))
		return NULL;
	return pr_cover_prefix(root, cover, false, lsecond(clause->args)) ? cover : NULL;
}

/* Elements of an array that is written out or constant; NIL: neither, or too many. */
static List *
elements_of(Node *array)
{
	List	   *elements = NIL;
	Const	   *constant = (Const *) array;
	ArrayType  *value;
	Datum	   *datums;
	bool	   *nulls;
	int			n;
	int16		length;
	bool		by_value;
	char		align;

	if (IsA(array, ArrayExpr) && !((ArrayExpr *) array)->multidims)
		return ((ArrayExpr *) array)->elements;
	if (!IsA(array, Const) || constant->constisnull)
		return NIL;
	value = DatumGetArrayTypeP(constant->constvalue);
	get_typlenbyvalalign(ARR_ELEMTYPE(value), &length, &by_value, &align);
	deconstruct_array(value, ARR_ELEMTYPE(value), length, by_value, align, &datums, &nulls, &n);
	for (int i = 0; i < n && n <= MAX_ELEMENTS; i++)
		elements = lappend(elements, makeConst(ARR_ELEMTYPE(value), -1, constant->constcollid, length, datums[i],
											   nulls[i], by_value));
	return elements;
}

/* column = ANY (array), which IN (list) is too */
static PrCover *
match_any(PlannerInfo *root, Index relid, ScalarArrayOpExpr *clause)
{
	PrCover    *cover = cover_of(relid, linitial(clause->args));
	List	   *elements;
	ListCell   *cell;

	if (cover == NULL || !clause->useOr || !compares_bytes(clause->inputcollid) ||
		strategy_of(clause->opno, cover->transform.result) != BTEqualStrategyNumber)
		return NULL;
	elements = elements_of(lsecond(clause->args));
	if (elements == NIL || list_length(elements) > MAX_ELEMENTS)
		return NULL;
	foreach(cell, elements)
	{
		PrCover    *one = cover_of(relid, linitial(clause->args));
		Const	   *element = lfirst(cell);

		if (IsA(element, Const) && element->constisnull)
			continue;
		if (!is_known_beforehand((Node *) element) ||
			!pr_cover_comparison(root, one, BTEqualStrategyNumber, (Expr *) element))
			return NULL;
		pr_cover_unite(cover, one);
	}
	return cover;
}

static PrCover *
match_null_test(PlannerInfo *root, Index relid, NullTest *clause)
{
	PrCover    *cover = cover_of(relid, (Node *) clause->arg);

	if (cover == NULL || clause->argisrow || !pr_cover_null(root, cover, clause->nulltesttype == IS_NULL))
		return NULL;
	return cover;
}

/* What the members that say something about one column say together. */
static PrCover *
match_and(PlannerInfo *root, Index relid, BoolExpr *clause)
{
	PrCover    *cover = NULL;
	ListCell   *cell;

	foreach(cell, clause->args)
	{
		PrCover    *member = pr_match_filter(root, relid, lfirst(cell));

		if (member == NULL)
			continue;
		if (cover == NULL)
			cover = member;
		else if (cover->attno == member->attno)
			pr_cover_intersect(cover, member);
	}
	return cover;
}

static PrCover *
match_or(PlannerInfo *root, Index relid, BoolExpr *clause)
{
	PrCover    *cover = NULL;
	ListCell   *cell;

	if (list_length(clause->args) > MAX_ELEMENTS)
		return NULL;
	foreach(cell, clause->args)
	{
		PrCover    *arm = pr_match_filter(root, relid, lfirst(cell));

		if (arm == NULL || (cover != NULL && !equal(cover->mask, arm->mask)))
			return NULL;
		if (cover == NULL)
			cover = arm;
		else
			pr_cover_unite(cover, arm);
	}
	return cover;
}

PrCover *
pr_match_filter(PlannerInfo *root, Index relid, Node *clause)
{
	CHECK_FOR_INTERRUPTS();
	check_stack_depth();
	switch (nodeTag(clause))
	{
		case T_OpExpr:
			return match_comparison(root, relid, (OpExpr *) clause);
		case T_FuncExpr:
			return match_function(root, relid, (FuncExpr *) clause);
		case T_ScalarArrayOpExpr:
			return match_any(root, relid, (ScalarArrayOpExpr *) clause);
		case T_NullTest:
			return match_null_test(root, relid, (NullTest *) clause);
		case T_BoolExpr:
			if (is_orclause(clause))
				return match_or(root, relid, (BoolExpr *) clause);
			if (is_andclause(clause))
				return match_and(root, relid, (BoolExpr *) clause);
			return NULL;
		default:
			return NULL;
	}
}
