/*
 * pr_selectivity.c
 *		SQL functions that stand in plans for the planner's sake:
 *		known_selectivity, in_byte_range, and conversions of dates that raise
 *		nothing.
 *
 * A filter on a released column and the bound that is derived from it select
 * the same rows; a planner that multiplies their shares expects far too few.
 * known_selectivity() is put around the filter while that is estimated.
 *
 * Ranges in the order of bytes cannot be estimated from statistics that are in
 * another order.  in_byte_range() is such a range with its share; an index of
 * text_pattern_ops serves it.
 */
#include "postgres.h"

#include "access/stratnum.h"
#include "catalog/pg_opfamily.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "nodes/makefuncs.h"
#include "nodes/supportnodes.h"
#include "optimizer/optimizer.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"
#include "utils/timestamp.h"

#include "common/pr_compat.h"

PG_FUNCTION_INFO_V1(privrelease_known_selectivity);
PG_FUNCTION_INFO_V1(privrelease_known_selectivity_support);
PG_FUNCTION_INFO_V1(privrelease_in_byte_range);
PG_FUNCTION_INFO_V1(privrelease_in_byte_range_support);
PG_FUNCTION_INFO_V1(privrelease_as_timestamp);
PG_FUNCTION_INFO_V1(privrelease_as_timestamptz_date);
PG_FUNCTION_INFO_V1(privrelease_as_timestamptz_timestamp);

Datum
privrelease_known_selectivity(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(PG_GETARG_BOOL(0));
}

/* The share of rows is an argument of both functions. */
static Node *
answer_selectivity(SupportRequestSelectivity *request, int argument)
{
	Const	   *selectivity = list_nth(request->args, argument);

	if (request->is_join || !IsA(selectivity, Const) || selectivity->constisnull)
		return NULL;
	request->selectivity = DatumGetFloat8(selectivity->constvalue);
	/* NaN is neither. */
	if (!(request->selectivity >= 0 && request->selectivity <= 1))
		return NULL;
	return (Node *) request;
}

Datum
privrelease_known_selectivity_support(PG_FUNCTION_ARGS)
{
	Node	   *request = (Node *) PG_GETARG_POINTER(0);

	if (IsA(request, SupportRequestSelectivity))
		PG_RETURN_POINTER(answer_selectivity((SupportRequestSelectivity *) request, 1));
	PG_RETURN_POINTER(NULL);
}

/* in_byte_range(value text, lower text, upper text, selectivity float8) → bool */
Datum
privrelease_in_byte_range(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(DatumGetBool(DirectFunctionCall2(text_pattern_ge, PG_GETARG_DATUM(0), PG_GETARG_DATUM(1))) &&
				   DatumGetBool(DirectFunctionCall2(text_pattern_lt, PG_GETARG_DATUM(0), PG_GETARG_DATUM(2))));
}

static Expr *
pattern_comparison(SupportRequestIndexCondition *request, int strategy, int argument)
{
	List	   *args = ((FuncExpr *) request->node)->args;

	return make_opclause(get_opfamily_member(TEXT_PATTERN_BTREE_FAM_OID, TEXTOID, TEXTOID, strategy), BOOLOID, false,
						 linitial(args), list_nth(args, argument), InvalidOid, request->indexcollation);
}

static List *
answer_index_condition(SupportRequestIndexCondition *request)
{
	List	   *args;

	if (!IsA(request->node, FuncExpr) || request->indexarg != 0 || request->opfamily != TEXT_PATTERN_BTREE_FAM_OID)
		return NIL;
	/* Anybody may call the function, with columns of the same row for bounds. */
	args = ((FuncExpr *) request->node)->args;
	if (!is_pseudo_constant_for_index(request->root, lsecond(args), request->index) ||
		!is_pseudo_constant_for_index(request->root, lthird(args), request->index))
		return NIL;
	request->lossy = false;
	return list_make2(pattern_comparison(request, BTGreaterEqualStrategyNumber, 1),
					  pattern_comparison(request, BTLessStrategyNumber, 2));
}

Datum
privrelease_in_byte_range_support(PG_FUNCTION_ARGS)
{
	Node	   *request = (Node *) PG_GETARG_POINTER(0);

	if (IsA(request, SupportRequestSelectivity))
		PG_RETURN_POINTER(answer_selectivity((SupportRequestSelectivity *) request, 3));
	if (IsA(request, SupportRequestIndexCondition))
		PG_RETURN_POINTER(answer_index_condition((SupportRequestIndexCondition *) request));
	PG_RETURN_POINTER(NULL);
}

/* as_timestamp(value date) → timestamp */
Datum
privrelease_as_timestamp(PG_FUNCTION_ARGS)
{
	int			overflow;

	PG_RETURN_TIMESTAMP(date2timestamp_opt_overflow(PG_GETARG_DATEADT(0), &overflow));
}

/* as_timestamptz(value date) → timestamptz, in the session's time zone */
Datum
privrelease_as_timestamptz_date(PG_FUNCTION_ARGS)
{
	int			overflow;

	PG_RETURN_TIMESTAMPTZ(date2timestamptz_opt_overflow(PG_GETARG_DATEADT(0), &overflow));
}

/* as_timestamptz(value timestamp) → timestamptz, in the session's time zone */
Datum
privrelease_as_timestamptz_timestamp(PG_FUNCTION_ARGS)
{
	int			overflow;

	PG_RETURN_TIMESTAMPTZ(timestamp2timestamptz_opt_overflow(PG_GETARG_TIMESTAMP(0), &overflow));
}
