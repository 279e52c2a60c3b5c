/*
 * pr_cover.c
 *		From a comparison with a released value to the source values that it
 *		covers.
 *
 * Bounds come from the ..._bound functions beside each transform: computed here
 * for a constant, left as a call for what is known only when the query runs.
 * Either way they separate whole cells, so that what a plan reads says nothing
 * finer than what is released.
 */
#include "postgres.h"

#include "access/stratnum.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_type.h"
#include "mb/pg_wchar.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/float.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/timestamp.h"
#include "utils/typcache.h"

#include "catalog/pr_catalog.h"
#include "catalog/pr_hierarchy.h"
#include "common/pr_compat.h"
#include "planner/pr_derive.h"
#include "transform/pr_cell.h"

/* Leaves of a hierarchy are looked through while planning: no more than this, and no longer lists than that. */
#define MAX_HIERARCHY_SIZE	50000
#define MAX_VALUES			64

static Const *
text_constant(const char *value)
{
	return makeConst(TEXTOID, -1, DEFAULT_COLLATION_OID, -1, CStringGetTextDatum(value), false, false);
}

static Const *
integer_constant(Oid type, int64 number)
{
	switch (type)
	{
		case INT2OID:
			return makeConst(type, -1, InvalidOid, 2, Int16GetDatum((int16) number), false, true);
		case INT4OID:
			return makeConst(type, -1, InvalidOid, 4, Int32GetDatum((int32) number), false, true);
		default:
			return makeConst(type, -1, InvalidOid, 8, Int64GetDatum(number), false, FLOAT8PASSBYVAL);
	}
}

static bool
is_null_constant(Expr *expr)
{
	return IsA(expr, Const) && ((Const *) expr)->constisnull;
}

static List *
parameters_of(const PrCover *cover)
{
	return list_copy_tail(((FuncExpr *) cover->mask)->args, 1);
}

static Datum
parameter(const PrCover *cover, int number)
{
	return ((Const *) list_nth(((FuncExpr *) cover->mask)->args, number))->constvalue;
}

/* ---------- bounds ---------- */

/* The other side as the type of the bound: integers and floats are widened; NULL: another type. */
static Expr *
as_bound(const PrCover *cover, Expr *other)
{
	Oid			type = exprType((Node *) other);
	Oid			cast = InvalidOid;

	if (type == cover->transform.bound_type)
		return other;
	if (cover->transform.bound_type == INT8OID && type == INT4OID)
		cast = F_INT8_INT4;
	else if (cover->transform.bound_type == INT8OID && type == INT2OID)
		cast = F_INT8_INT2;
	else if (cover->transform.bound_type == FLOAT8OID && type == FLOAT4OID)
		cast = F_FLOAT8_FLOAT4;
	if (!OidIsValid(cast))
		return NULL;
	return (Expr *) makeFuncExpr(cast, cover->transform.bound_type, list_make1(other), InvalidOid, InvalidOid,
								 COERCE_IMPLICIT_CAST);
}

static Expr *
call_bound(PlannerInfo *root, const PrCover *cover, List *arguments)
{
	Oid			collation = cover->transform.source == TEXTOID ? DEFAULT_COLLATION_OID : InvalidOid;

	return (Expr *) eval_const_expressions(root, (Node *)
										   makeFuncExpr(cover->transform.bound, cover->transform.source, arguments,
														collation, DEFAULT_COLLATION_OID, COERCE_EXPLICIT_CALL));
}

static Expr *
bound(PlannerInfo *root, const PrCover *cover, const char *operator, Expr *other)
{
	return call_bound(root, cover, list_concat(list_make2(copyObject(other), text_constant(operator)), parameters_of(cover)));
}

/* ---------- ordered values ---------- */

static int
compare_constants(Oid type, Const *a, Const *b)
{
	TypeCacheEntry *entry = lookup_type_cache(type, TYPECACHE_CMP_PROC_FINFO);

	return DatumGetInt32(FunctionCall2Coll(&entry->cmp_proc_finfo, C_COLLATION_OID, a->constvalue, b->constvalue));
}

/* Does b begin where a ends? */
static bool
are_neighbours(Oid type, Const *a, Const *b)
{
	int64		x;
	int64		y;

	return pr_cell_index(type, a->constvalue, &x) && pr_cell_index(type, b->constvalue, &y) && x < PG_INT64_MAX && x + 1 >= y;
}

static bool
is_constant_interval(const PrInterval *interval)
{
	return interval->lower != NULL && IsA(interval->lower, Const) && interval->upper != NULL && IsA(interval->upper, Const);
}

/* Does the end say nothing, being the end of the type? */
static bool
is_end_of_type(Oid type, Expr *end, bool lower)
{
	int64		first;
	int64		last;
	int64		index;

	return IsA(end, Const) && pr_cell_range(type, &first, &last) &&
		pr_cell_index(type, ((Const *) end)->constvalue, &index) && index == (lower ? first : last);
}

/* An interval of the cover, unless it is empty; a bound of NULL lets nothing pass.  False: it is everything. */
static bool
add_interval(PrCover *cover, Expr *lower, Expr *upper)
{
	PrInterval *interval = palloc(sizeof(PrInterval));
	Oid			type = cover->transform.source;

	if ((lower != NULL && is_null_constant(lower)) || (upper != NULL && is_null_constant(upper)))
		return true;
	*interval = (PrInterval) {lower, upper};
	if ((lower == NULL || is_end_of_type(type, lower, true)) && (upper == NULL || is_end_of_type(type, upper, false)))
		return false;
	if (is_constant_interval(interval) && type != TEXTOID &&
		compare_constants(type, (Const *) lower, (Const *) upper) > 0)
		return true;
	cover->intervals = lappend(cover->intervals, interval);
	return true;
}

/* Where clocks went back over the unit's boundary, its cells are no intervals. */
static bool
cells_are_intervals(const PrCover *cover)
{
	if (cover->transform.source != TIMESTAMPTZOID)
		return true;
	return pr_zone_is_monotone(TextDatumGetCString(parameter(cover, 2)), TextDatumGetCString(parameter(cover, 1)));
}

/*
 * An end of an interval of births.  They have no age after the day of the age
 * and where they are infinite, on both sides of those that have one; so the
 * interval is closed at the end of all ages where the filter leaves it open.
 */
static Expr *
birth_bound(PlannerInfo *root, const PrCover *cover, const char *operator, Expr *value, const char *all, int64 end)
{
	if (operator != NULL)
		return bound(root, cover, operator, value);
	return bound(root, cover, all, (Expr *) integer_constant(INT8OID, end));
}

static bool
cover_ordered(PlannerInfo *root, PrCover *cover, int strategy, Expr *other)
{
	bool		falling = cover->transform.cells == PR_CELLS_FALLING;
	Expr	   *value = as_bound(cover, other);
	const char *lower = NULL;
	const char *upper = NULL;

	if (value == NULL || !cells_are_intervals(cover))
		return false;
	switch (strategy)
	{
		case BTLessStrategyNumber:
			upper = "<";
			break;
		case BTLessEqualStrategyNumber:
			upper = "<=";
			break;
		case BTEqualStrategyNumber:
			lower = ">=";
			upper = "<=";
			break;
		case BTGreaterEqualStrategyNumber:
			lower = ">=";
			break;
		case BTGreaterStrategyNumber:
			lower = ">";
			break;
	}
	if (falling)
		return add_interval(cover, birth_bound(root, cover, upper, value, "<=", PG_INT64_MAX),
							birth_bound(root, cover, lower, value, ">=", PG_INT64_MIN));
	return add_interval(cover, lower != NULL ? bound(root, cover, lower, value) : NULL,
						upper != NULL ? bound(root, cover, upper, value) : NULL);
}

/* ---------- prefixes ---------- */

static Const *
text_value(text *value)
{
	return makeConst(TEXTOID, -1, DEFAULT_COLLATION_OID, -1, PointerGetDatum(value), false, false);
}

/* The end of a stem is known at once or, as a parameter, by a function for databases in UTF-8. */
static bool
cover_unknown_prefix(PlannerInfo *root, PrCover *cover, bool whole, Expr *other)
{
	Const	   *is_whole = (Const *) makeBoolConst(whole, false);
	List	   *rest = lcons(is_whole, parameters_of(cover));

	if (GetDatabaseEncoding() != PG_UTF8)
		return false;
	return add_interval(cover,
						call_bound(root, cover, list_concat(list_make2(copyObject(other), text_constant(">=")), list_copy(rest))),
						call_bound(root, cover, list_concat(list_make2(copyObject(other), text_constant("<")), list_copy(rest))));
}

bool
pr_cover_prefix(PlannerInfo *root, PrCover *cover, bool whole, Expr *other)
{
	text	   *lower;
	text	   *upper;

	if (exprType((Node *) other) != TEXTOID)
		return false;
	if (!IsA(other, Const))
		return cover_unknown_prefix(root, cover, whole, other);
	switch (pr_prefix_cell(DatumGetTextPP(((Const *) other)->constvalue), whole, DatumGetInt32(parameter(cover, 1)),
						   DatumGetTextPP(parameter(cover, 2)), &lower, &upper))
	{
		case PR_STEM_ALL:
			return false;
		case PR_STEM_NONE:
			return true;
		case PR_STEM_RANGE:
			break;
	}
	return add_interval(cover, (Expr *) text_value(lower), (Expr *) text_value(upper));
}

/* ---------- hierarchies ---------- */

/* The leaf as a value of the column's type; false: no value of the type has this text. */
static bool
leaf_value(Oid type, const text *leaf, int64 *number)
{
	char	   *digits = text_to_cstring(leaf);
	char	   *end;
	int64		first;
	int64		last;

	errno = 0;
	*number = strtoll(digits, &end, 10);
	return errno == 0 && *digits != '\0' && *end == '\0' && pr_cell_range(type, &first, &last) && *number >= first &&
		*number <= last && strcmp(digits, psprintf(INT64_FORMAT, *number)) == 0;
}

static int
compare_numbers(const void *a, const void *b)
{
	int64		x = *(const int64 *) a;
	int64		y = *(const int64 *) b;

	return x < y ? -1 : x > y;
}

/* Consecutive numbers are one interval. */
static bool
cover_numbers(PrCover *cover, int64 *numbers, int n)
{
	Oid			type = cover->transform.source;

	qsort(numbers, n, sizeof(int64), compare_numbers);
	if (n > 0 && (uint64) numbers[n - 1] - (uint64) numbers[0] == n - 1)
		return add_interval(cover, (Expr *) integer_constant(type, numbers[0]), (Expr *) integer_constant(type, numbers[n - 1]));
	if (n > MAX_VALUES)
		return false;
	for (int i = 0; i < n; i++)
		cover->values = lappend(cover->values, integer_constant(type, numbers[i]));
	return true;
}

static bool
cover_integer_leaves(PrCover *cover, List *leaves)
{
	int64	   *numbers = palloc((list_length(leaves) + 1) * sizeof(int64));
	int			n = 0;
	ListCell   *cell;

	foreach(cell, leaves)
		if (leaf_value(cover->transform.source, lfirst(cell), &numbers[n]))
			n++;
	return cover_numbers(cover, numbers, n);
}

static bool
cover_text_leaves(PrCover *cover, List *leaves)
{
	ListCell   *cell;

	if (list_length(leaves) > MAX_VALUES || !get_collation_isdeterministic(exprCollation((Node *) cover->column)))
		return false;
	foreach(cell, leaves)
	{
		const text *leaf = lfirst(cell);

		cover->values = lappend(cover->values, text_value(cstring_to_text_with_len(VARDATA_ANY(leaf), VARSIZE_ANY_EXHDR(leaf))));
	}
	return true;
}

/* A plan that holds leaves is made anew when a hierarchy is loaded. */
static void
depend_on_hierarchies(PlannerInfo *root)
{
	root->glob->relationOids = list_append_unique_oid(root->glob->relationOids, pr_catalog_table("hierarchy"));
	root->glob->relationOids = list_append_unique_oid(root->glob->relationOids, pr_catalog_table("hierarchy_value"));
}

static bool
cover_node(PlannerInfo *root, PrCover *cover, Expr *other)
{
	text	   *name = DatumGetTextPP(parameter(cover, 1));
	int			level = DatumGetInt32(parameter(cover, 2));
	const PrHierarchy *hierarchy;
	text	   *label;
	List	   *leaves;

	if (!IsA(other, Const) || ((Const *) other)->consttype != TEXTOID)
		return false;
	if (!pr_hierarchy_exists(text_to_cstring(name), NULL))
		return false;
	label = DatumGetTextPP(((Const *) other)->constvalue);
	hierarchy = pr_hierarchy_get(VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name));
	/* At the top every value has one label, NULL too. */
	if (level < 1 || level >= pr_hierarchy_levels(hierarchy) || pr_hierarchy_size(hierarchy) > MAX_HIERARCHY_SIZE)
		return false;
	leaves = pr_hierarchy_leaves(hierarchy, level, VARDATA_ANY(label), VARSIZE_ANY_EXHDR(label));
	depend_on_hierarchies(root);
	return cover->transform.source == TEXTOID ? cover_text_leaves(cover, leaves) : cover_integer_leaves(cover, leaves);
}

/* ---------- single values ---------- */

static bool
cover_decrypted(PlannerInfo *root, PrCover *cover, Expr *other)
{
	if (exprType((Node *) other) != TEXTOID || !get_collation_isdeterministic(exprCollation((Node *) cover->column)))
		return false;
	cover->values = lappend(cover->values, call_bound(root, cover, lcons(copyObject(other), parameters_of(cover))));
	return true;
}

/* ---------- comparisons ---------- */

bool
pr_cover_comparison(PlannerInfo *root, PrCover *cover, int strategy, Expr *other)
{
	if (is_null_constant(other))
		return false;
	cover->one_cell = strategy == BTEqualStrategyNumber && !IsA(other, Const);
	switch (cover->transform.cells)
	{
		case PR_CELLS_RISING:
		case PR_CELLS_FALLING:
			return cover_ordered(root, cover, strategy, other);
		case PR_CELLS_PREFIX:
			return strategy == BTEqualStrategyNumber && pr_cover_prefix(root, cover, true, other);
		case PR_CELLS_HIERARCHY:
			return strategy == BTEqualStrategyNumber && cover_node(root, cover, other);
		case PR_CELLS_SINGLE:
			return strategy == BTEqualStrategyNumber && cover_decrypted(root, cover, other);
	}
	return false;
}

/* Parameters that make no sense give NULL for every value: then nothing has a bound. */
static bool
gives_results(PlannerInfo *root, PrCover *cover)
{
	Expr	   *least;

	if (cover->transform.cells == PR_CELLS_PREFIX)
		return !is_null_constant(call_bound(root, cover, list_concat(list_make3(text_constant(""), text_constant(">="),
																				makeBoolConst(false, false)), parameters_of(cover))));
	switch (cover->transform.bound_type)
	{
		case INT8OID:
			least = (Expr *) integer_constant(INT8OID, PG_INT64_MIN);
			break;
		case FLOAT8OID:
			least = (Expr *) makeConst(FLOAT8OID, -1, InvalidOid, 8, Float8GetDatum(-get_float8_infinity()), false, FLOAT8PASSBYVAL);
			break;
		case INETOID:
			least = (Expr *) makeConst(INETOID, -1, InvalidOid, -1, DirectFunctionCall1(inet_in, CStringGetDatum("0.0.0.0/0")), false, false);
			break;
		default:
			return false;
	}
	return !is_null_constant(bound(root, cover, ">=", least));
}

/* Dates before the first of their unit have none: they lie below every result but -infinity. */
static bool
cover_early_dates(PlannerInfo *root, PrCover *cover)
{
	Oid			type = cover->transform.source;
	Const	   *least = type == DATEOID ?
		makeConst(type, -1, InvalidOid, 4, DateADTGetDatum(DATEVAL_NOBEGIN), false, true) :
		makeConst(type, -1, InvalidOid, 8, TimestampGetDatum(DT_NOBEGIN), false, FLOAT8PASSBYVAL);
	PrInterval *early = palloc0(sizeof(PrInterval));

	if (!cells_are_intervals(cover))
		return false;
	early->upper = bound(root, cover, "<=", (Expr *) least);
	if (is_null_constant(early->upper))
		return false;
	cover->intervals = list_make1(early);
	cover->null = true;
	return true;
}

/*
 * A result that is not NULL.  Every transform is NULL for NULL but the top of a
 * hierarchy.  What else encrypt_fpe() is NULL for lies among the other values.
 */
static bool
cover_results(PlannerInfo *root, PrCover *cover)
{
	switch (cover->transform.cells)
	{
		case PR_CELLS_FALLING:
			return add_interval(cover, birth_bound(root, cover, NULL, NULL, "<=", PG_INT64_MAX),
								birth_bound(root, cover, NULL, NULL, ">=", PG_INT64_MIN));
		case PR_CELLS_RISING:
		case PR_CELLS_PREFIX:
			cover->intervals = list_make1(palloc0(sizeof(PrInterval)));
			return true;
		case PR_CELLS_HIERARCHY:
		case PR_CELLS_SINGLE:
			break;
	}
	return false;
}

/* A result that is NULL covers NULL only where it is known what else the transform is NULL for. */
bool
pr_cover_null(PlannerInfo *root, PrCover *cover, bool is_null)
{
	Oid			type = cover->transform.source;

	if (!is_null)
		return cover_results(root, cover);
	if (cover->transform.cells == PR_CELLS_RISING && (type == DATEOID || type == TIMESTAMPOID || type == TIMESTAMPTZOID))
		return cover_early_dates(root, cover);
	if (!cover->transform.null_for_null_only || !gives_results(root, cover))
		return false;
	cover->null = true;
	return true;
}

/* ---------- sets ---------- */

void
pr_cover_unite(PrCover *cover, const PrCover *other)
{
	cover->intervals = list_concat(cover->intervals, other->intervals);
	cover->values = list_concat(cover->values, other->values);
	cover->null = cover->null || other->null;
}

/* The inner one of two ends; of ends that are not known yet the first, which holds too. */
static Expr *
inner_end(Oid type, Expr *a, Expr *b, bool lower)
{
	int			order;

	if (a == NULL || b == NULL)
		return a == NULL ? b : a;
	if (!IsA(a, Const) || !IsA(b, Const))
		return IsA(a, Const) ? b : a;
	order = compare_constants(type, (Const *) a, (Const *) b);
	return (lower ? order >= 0 : order <= 0) ? a : b;
}

/* Only where each is one interval; otherwise the first of them stands, which covers both. */
void
pr_cover_intersect(PrCover *cover, const PrCover *other)
{
	PrInterval *a;
	PrInterval *b;

	if (list_length(cover->intervals) != 1 || list_length(other->intervals) != 1 || cover->values != NIL ||
		other->values != NIL || cover->null || other->null || cover->transform.source != other->transform.source)
		return;
	a = linitial(cover->intervals);
	b = linitial(other->intervals);
	a->lower = inner_end(cover->transform.source, a->lower, b->lower, true);
	a->upper = inner_end(cover->transform.source, a->upper, b->upper, false);
}

static int
compare_lower(const ListCell *a, const ListCell *b)
{
	PrInterval *x = lfirst(a);
	PrInterval *y = lfirst(b);

	return compare_constants(exprType((Node *) x->lower), (Const *) x->lower, (Const *) y->lower);
}

/* Intervals of constants that overlap or touch become one. */
void
pr_cover_merge(PrCover *cover)
{
	List	   *merged = NIL;
	ListCell   *cell;
	Oid			type = cover->transform.source;

	foreach(cell, cover->intervals)
		if (!is_constant_interval(lfirst(cell)) || type == TEXTOID)
			return;
	list_sort(cover->intervals, compare_lower);
	foreach(cell, cover->intervals)
	{
		PrInterval *next = lfirst(cell);
		PrInterval *last = merged != NIL ? llast(merged) : NULL;

		if (last != NULL && (are_neighbours(type, (Const *) last->upper, (Const *) next->lower) ||
							 compare_constants(type, (Const *) last->upper, (Const *) next->lower) >= 0))
		{
			if (compare_constants(type, (Const *) last->upper, (Const *) next->upper) < 0)
				last->upper = next->upper;
		}
		else
			merged = lappend(merged, next);
	}
	cover->intervals = merged;
}

int
pr_cover_pieces(const PrCover *cover)
{
	return list_length(cover->intervals) + (cover->values != NIL) + cover->null;
}
