/*
 * pr_cover_clause.c
 *		A cover as clauses on the source column.
 *
 * Only built-in comparisons that are LEAKPROOF are used: they show nothing of
 * a row to anybody, and may run before everything else.
 */
#include "postgres.h"

#include "access/stratnum.h"
#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "utils/array.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

#include "common/pr_compat.h"
#include "planner/pr_derive.h"

static Oid
comparison(Oid type, int strategy)
{
	TypeCacheEntry *entry = lookup_type_cache(type, TYPECACHE_BTREE_OPFAMILY);
	Oid			operator = get_opfamily_member(entry->btree_opf, entry->btree_opintype, entry->btree_opintype, strategy);

	if (!OidIsValid(operator) || !get_func_leakproof(get_opcode(operator)))
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR),
				 errmsg_internal("type %u has no leakproof comparison", type)));
	return operator;
}

static Expr *
compare(const PrCover *cover, Oid operator, Oid collation, Expr *end)
{
	return make_opclause(operator, BOOLOID, false, copyObject(cover->column), end, InvalidOid, collation);
}

static Expr *
is_null(const PrCover *cover, NullTestType test)
{
	NullTest   *clause = makeNode(NullTest);

	clause->arg = copyObject(cover->column);
	clause->nulltesttype = test;
	clause->argisrow = false;
	clause->location = -1;
	return (Expr *) clause;
}

/* in_byte_range(column, lower, upper, share) */
static Expr *
byte_range(const PrCover *cover, const PrInterval *interval, double share)
{
	Const	   *value = makeConst(FLOAT8OID, -1, InvalidOid, 8, Float8GetDatum(share), false, FLOAT8PASSBYVAL);

	return (Expr *) makeFuncExpr(pr_byte_range_function(), BOOLOID,
								 list_make4(copyObject(cover->column), interval->lower, interval->upper, value),
								 InvalidOid, exprCollation((Node *) cover->column), COERCE_EXPLICIT_CALL);
}

/* Intervals of texts have both ends, the upper one exclusive. */
static List *
text_clauses(const PrCover *cover, const PrInterval *interval, const PrTextOrder *order)
{
	if (order->pattern)
		return list_make1(byte_range(cover, interval, order->share));
	return list_make2(compare(cover, comparison(TEXTOID, BTGreaterEqualStrategyNumber), order->collation, interval->lower),
					  compare(cover, comparison(TEXTOID, BTLessStrategyNumber), order->collation, interval->upper));
}

static List *
interval_clauses(const PrCover *cover, const PrInterval *interval, const PrTextOrder *order)
{
	Oid			type = cover->transform.source;
	List	   *clauses = NIL;

	if (interval->lower == NULL && interval->upper == NULL)
		return list_make1(is_null(cover, IS_NOT_NULL));
	if (type == TEXTOID)
		return text_clauses(cover, interval, order);
	if (interval->lower != NULL)
		clauses = lappend(clauses, compare(cover, comparison(type, BTGreaterEqualStrategyNumber), InvalidOid, interval->lower));
	if (interval->upper != NULL)
		clauses = lappend(clauses, compare(cover, comparison(type, BTLessEqualStrategyNumber), InvalidOid, interval->upper));
	return clauses;
}

static bool
all_constant(List *values)
{
	ListCell   *cell;

	foreach(cell, values)
		if (!IsA(lfirst(cell), Const))
			return false;
	return true;
}

static Expr *
constant_array(Oid type, Oid array_type, Oid collation, List *values)
{
	Datum	   *datums = palloc(list_length(values) * sizeof(Datum));
	int			n = 0;
	ListCell   *cell;
	int16		length;
	bool		by_value;
	char		align;

	get_typlenbyvalalign(type, &length, &by_value, &align);
	foreach(cell, values)
		datums[n++] = ((Const *) lfirst(cell))->constvalue;
	return (Expr *) makeConst(array_type, -1, collation, -1,
							  PointerGetDatum(construct_array(datums, n, type, length, by_value, align)), false, false);
}

static Expr *
array_of(Oid type, Oid collation, List *values)
{
	Oid			array_type = get_array_type(type);
	ArrayExpr  *array;

	if (all_constant(values))
		return constant_array(type, array_type, collation, values);
	array = makeNode(ArrayExpr);
	array->array_typeid = array_type;
	array->array_collid = collation;
	array->element_typeid = type;
	array->elements = values;
	array->location = -1;
	return (Expr *) array;
}

static Expr *
value_clause(const PrCover *cover)
{
	Oid			type = cover->transform.source;
	Oid			collation = exprCollation((Node *) cover->column);
	Oid			equal = comparison(type, BTEqualStrategyNumber);
	ScalarArrayOpExpr *any;

	if (list_length(cover->values) == 1)
		return compare(cover, equal, collation, linitial(cover->values));
	any = makeNode(ScalarArrayOpExpr);
	any->opno = equal;
	any->opfuncid = get_opcode(equal);
	any->useOr = true;
	any->inputcollid = collation;
	any->args = list_make2(copyObject(cover->column), array_of(type, collation, cover->values));
	any->location = -1;
	return (Expr *) any;
}

List *
pr_cover_clauses(const PrCover *cover, const PrTextOrder *order)
{
	List	   *pieces = NIL;
	ListCell   *cell;

	if (pr_cover_pieces(cover) == 0)
		return list_make1(makeBoolConst(false, false));
	if (list_length(cover->intervals) == 1 && cover->values == NIL && !cover->null)
		return interval_clauses(cover, linitial(cover->intervals), order);

	foreach(cell, cover->intervals)
		pieces = lappend(pieces, make_ands_explicit(interval_clauses(cover, lfirst(cell), order)));
	if (cover->values != NIL)
		pieces = lappend(pieces, value_clause(cover));
	if (cover->null)
		pieces = lappend(pieces, is_null(cover, IS_NULL));
	return list_make1(list_length(pieces) == 1 ? linitial(pieces) : make_orclause(pieces));
}
