/*
 * pr_cell.c
 *		SQL functions bin_bound, round_bound, date_trunc_bound and age_bound.
 *
 * A generalized column is a monotone function f of a source column, so that a
 * filter on it says something about the source column as well:
 *
 *	f(x) >= c	holds from one value of x on, f(x) <= c up to one value
 *
 * and that value is what these functions give: the outermost x that the filter
 * lets pass, NULL where it lets none pass.  The planner adds "x >= ..._bound"
 * to the filter (src/planner/pr_derive.c), so that an index on x is used.
 *
 * Invariants, and what an attacker would try here:
 *	- The bound is found by asking the transform itself (core/pr_monotone.h), so
 *	  that it cannot disagree with it, at the edges of a type least of all.
 *	- A bound separates whole cells, for parameters as for constants: where the
 *	  bound lies says nothing finer than what is released.
 *	- Functions of the query and of the rule only: no value of a source gets
 *	  here, so all may execute them.
 *	- Time zones in which a unit can come back (clocks set back over midnight)
 *	  have cells that are no intervals: there the bound is the type's end.
 */
#include "postgres.h"

#include "access/stratnum.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/lsyscache.h"
#include "utils/timestamp.h"

#include "common/pr_compat.h"
#include "core/pr_monotone.h"
#include "transform/pr_cell.h"
#include "transform/pr_mask.h"

PG_FUNCTION_INFO_V1(privrelease_bin_bound);
PG_FUNCTION_INFO_V1(privrelease_round_bound);
PG_FUNCTION_INFO_V1(privrelease_date_trunc_bound);
PG_FUNCTION_INFO_V1(privrelease_age_bound);

/* Arguments of every bound function: the bound, the operator, then the transform's own after its value. */
#define ARG_BOUND 0
#define ARG_OPERATOR 1
#define ARG_PARAMETERS 2
#define MAX_PARAMETERS 4

/* ---------- ordered types ---------- */

/* Finite dates, with the infinities as their neighbours. */
#define DATE_BEFORE_FIRST	(DATETIME_MIN_JULIAN - POSTGRES_EPOCH_JDATE - 1)
#define DATE_AFTER_LAST		(DATE_END_JULIAN - POSTGRES_EPOCH_JDATE)

bool
pr_cell_range(Oid type, int64 *first, int64 *last)
{
	PrIndexRange range;

	switch (type)
	{
		case INT2OID:
			range = (PrIndexRange) {PG_INT16_MIN, PG_INT16_MAX};
			break;
		case INT4OID:
			range = (PrIndexRange) {PG_INT32_MIN, PG_INT32_MAX};
			break;
		case INT8OID:
			range = (PrIndexRange) {PG_INT64_MIN, PG_INT64_MAX};
			break;
		case FLOAT4OID:
			range = pr_float4_range();
			break;
		case FLOAT8OID:
			range = pr_float8_range();
			break;
		case DATEOID:
			range = (PrIndexRange) {DATE_BEFORE_FIRST, DATE_AFTER_LAST};
			break;
		case TIMESTAMPOID:
		case TIMESTAMPTZOID:
			range = (PrIndexRange) {MIN_TIMESTAMP - 1, END_TIMESTAMP};
			break;
		default:
			return false;
	}
	*first = range.first;
	*last = range.last;
	return true;
}

bool
pr_cell_index(Oid type, Datum value, int64 *index)
{
	switch (type)
	{
		case INT2OID:
			*index = DatumGetInt16(value);
			return true;
		case INT4OID:
			*index = DatumGetInt32(value);
			return true;
		case INT8OID:
			*index = DatumGetInt64(value);
			return true;
		case FLOAT4OID:
			*index = pr_float4_to_index(DatumGetFloat4(value));
			return true;
		case FLOAT8OID:
			*index = pr_float8_to_index(DatumGetFloat8(value));
			return true;
		case DATEOID:
			*index = Max(Min((int64) DatumGetDateADT(value), DATE_AFTER_LAST), DATE_BEFORE_FIRST);
			return true;
		case TIMESTAMPOID:
		case TIMESTAMPTZOID:
			*index = Max(Min(DatumGetTimestamp(value), END_TIMESTAMP), MIN_TIMESTAMP - 1);
			return true;
		default:
			return false;
	}
}

Oid
pr_cell_bound_type(Oid result)
{
	switch (result)
	{
		case INT2OID:
		case INT4OID:
			return INT8OID;
		case FLOAT4OID:
			return FLOAT8OID;
		default:
			return result;
	}
}

static Datum
value_at(Oid type, int64 index)
{
	switch (type)
	{
		case INT2OID:
			return Int16GetDatum((int16) index);
		case INT4OID:
			return Int32GetDatum((int32) index);
		case FLOAT4OID:
			return Float4GetDatum(pr_float4_from_index(index));
		case FLOAT8OID:
			return Float8GetDatum(pr_float8_from_index(index));
		case DATEOID:
			if (index == DATE_BEFORE_FIRST)
				return DateADTGetDatum(DATEVAL_NOBEGIN);
			if (index == DATE_AFTER_LAST)
				return DateADTGetDatum(DATEVAL_NOEND);
			return DateADTGetDatum((DateADT) index);
		case TIMESTAMPOID:
		case TIMESTAMPTZOID:
			if (index == MIN_TIMESTAMP - 1)
				return TimestampGetDatum(DT_NOBEGIN);
			if (index == END_TIMESTAMP)
				return TimestampGetDatum(DT_NOEND);
			return TimestampGetDatum(index);
		default:
			return Int64GetDatum(index);
	}
}

/* ---------- the transform, asked ---------- */

/* Transforms by the type of their source column. */
typedef struct Mask
{
	Oid			type;
	PGFunction	function;
} Mask;

static const Mask bins[] = {
	{INT2OID, privrelease_bin_int2},
	{INT4OID, privrelease_bin_int4},
	{INT8OID, privrelease_bin_int8},
	{FLOAT4OID, privrelease_bin_float4},
	{FLOAT8OID, privrelease_bin_float8},
	{InvalidOid}
};

static const Mask rounds[] = {
	{INT2OID, privrelease_round_int2},
	{INT4OID, privrelease_round_int4},
	{INT8OID, privrelease_round_int8},
	{FLOAT4OID, privrelease_round_float4},
	{FLOAT8OID, privrelease_round_float8},
	{InvalidOid}
};

static const Mask date_truncs[] = {
	{DATEOID, privrelease_date_trunc_date},
	{TIMESTAMPOID, privrelease_date_trunc_timestamp},
	{TIMESTAMPTZOID, privrelease_date_trunc_timestamptz},
	{InvalidOid}
};

static const Mask ages[] = {
	{DATEOID, privrelease_age},
	{InvalidOid}
};

/* One question to a transform: its value at an index against the bound. */
typedef struct Question
{
	Oid			source;			/* type of the source column */
	Oid			result;			/* type of the released column */
	bool		descending;		/* age falls as the date rises */
	bool		or_equal;
	int64		bound;			/* position among the results */
	int64		least;			/* position of the least result: NULL is before everything */
	FunctionCallInfo call;		/* argument 0 is filled in for each question */
} Question;

/* Position of a result or a bound; floats of both widths in one order. */
static int64
position_of(Oid type, Datum value)
{
	int64		position = 0;

	if (type == FLOAT4OID)
		return pr_float8_to_index(DatumGetFloat4(value));
	(void) pr_cell_index(type, value, &position);
	return position;
}

/* Equal floats are -0 and 0. */
static int64
normal(Oid type, int64 position)
{
	return (type == FLOAT4OID || type == FLOAT8OID) && position == -1 ? 0 : position;
}

/* The transform's result at an index; false for NULL. */
static bool
ask(Question *question, int64 index, int64 *result)
{
	Datum		value;

	question->call->isnull = false;
	question->call->args[0].value = value_at(question->source, index);
	question->call->args[0].isnull = false;
	value = FunctionCallInvoke(question->call);
	if (question->call->isnull)
		return false;
	*result = normal(question->result, position_of(question->result, value));
	return true;
}

/*
 * Is the result at this index beyond the bound, in the direction in which
 * results go as the index grows?  NULL stands where dates are too early to be
 * truncated, and where births are after the day of the age.
 */
static bool
passed(int64 index, void *context)
{
	Question   *question = context;
	int64		result;

	if (!ask(question, index, &result))
	{
		if (question->descending)
			return true;
		result = question->least;
	}
	if (result == question->bound)
		return question->or_equal;
	return question->descending ? result < question->bound : result > question->bound;
}

static int
strategy_of(text *operator)
{
	const char *name = VARDATA_ANY(operator);
	int			length = VARSIZE_ANY_EXHDR(operator);

	if (length == 1)
		return *name == '<' ? BTLessStrategyNumber : *name == '>' ? BTGreaterStrategyNumber : InvalidStrategy;
	if (length == 2 && name[1] == '=')
		return *name == '<' ? BTLessEqualStrategyNumber : *name == '>' ? BTGreaterEqualStrategyNumber : InvalidStrategy;
	return InvalidStrategy;
}

static PGFunction
mask_for(const Mask *masks, Oid type)
{
	for (; OidIsValid(masks->type); masks++)
		if (masks->type == type)
			return masks->function;
	return NULL;
}

/* The finite dates only: infinite ones have no age. */
static PrIndexRange
range_of(Oid type, bool descending)
{
	PrIndexRange range = {0, 0};

	(void) pr_cell_range(type, &range.first, &range.last);
	if (descending)
	{
		range.first++;
		range.last--;
	}
	return range;
}

/*
 * Outermost source value with "f(x) operator bound", NULL if there is none, or
 * if the parameters make no sense.
 */
static Datum
outermost(FunctionCallInfo fcinfo, const Mask *masks, Oid result, bool descending)
{
	LOCAL_FCINFO(call, MAX_PARAMETERS + 1);
	FmgrInfo	flinfo = {0};
	Question	question = {.result = result,.descending = descending,.call = call};
	int			strategy = strategy_of(PG_GETARG_TEXT_PP(ARG_OPERATOR));
	PrIndexRange range;
	PGFunction	mask;
	int64		probe;
	int64		index;
	bool		lower;
	bool		found;

	question.source = get_func_rettype(fcinfo->flinfo->fn_oid);
	if (!OidIsValid(question.result))
		question.result = question.source;
	mask = mask_for(masks, question.source);
	if (mask == NULL || strategy == InvalidStrategy || PG_NARGS() > ARG_PARAMETERS + MAX_PARAMETERS)
		PG_RETURN_NULL();

	flinfo.fn_addr = mask;
	flinfo.fn_oid = InvalidOid;
	flinfo.fn_nargs = PG_NARGS() - ARG_PARAMETERS + 1;
	flinfo.fn_strict = true;
	flinfo.fn_mcxt = CurrentMemoryContext;
	InitFunctionCallInfoData(*call, &flinfo, flinfo.fn_nargs, PG_GET_COLLATION(), NULL, NULL);
	for (int i = ARG_PARAMETERS; i < PG_NARGS(); i++)
		call->args[i - ARG_PARAMETERS + 1] = fcinfo->args[i];

	/* Parameters of no sense give NULL for every value, its greatest included; after the day of an age there is none anyhow. */
	range = range_of(question.source, descending);
	if (!ask(&question, descending ? range.first : range.last, &probe))
		PG_RETURN_NULL();

	question.least = range.first;
	question.bound = normal(question.result, position_of(pr_cell_bound_type(question.result), PG_GETARG_DATUM(ARG_BOUND)));

	/*
	 * As the index grows, results pass "> bound" after ">= bound"; the last
	 * index before ">= bound" is the outermost with "< bound", and so on.  With
	 * results that fall, the same with "<" for ">".
	 */
	lower = (strategy == BTGreaterStrategyNumber || strategy == BTGreaterEqualStrategyNumber) != descending;
	question.or_equal = (strategy == BTGreaterEqualStrategyNumber || strategy == BTLessEqualStrategyNumber) == lower;
	found = lower ? pr_monotone_first(range, passed, &question, &index) : pr_monotone_last(range, passed, &question, &index);
	if (!found)
		PG_RETURN_NULL();
	return value_at(question.source, index);
}

/* bin_bound(bound int8 | float8, operator text, width T, origin T [, bottom T, top T]) → T */
Datum
privrelease_bin_bound(PG_FUNCTION_ARGS)
{
	return outermost(fcinfo, bins, InvalidOid, false);
}

/* round_bound(bound int8 | float8, operator text, "to" T) → T */
Datum
privrelease_round_bound(PG_FUNCTION_ARGS)
{
	return outermost(fcinfo, rounds, InvalidOid, false);
}

static bool
zone_has_cells(FunctionCallInfo fcinfo)
{
	return PG_NARGS() == ARG_PARAMETERS + 1 ||
		pr_zone_is_monotone(text_to_cstring(PG_GETARG_TEXT_PP(ARG_PARAMETERS + 1)),
							text_to_cstring(PG_GETARG_TEXT_PP(ARG_PARAMETERS)));
}

/* date_trunc_bound(bound T, operator text, unit text [, timezone text]) → T */
Datum
privrelease_date_trunc_bound(PG_FUNCTION_ARGS)
{
	if (!zone_has_cells(fcinfo))
	{
		if (*text_to_cstring(PG_GETARG_TEXT_PP(ARG_OPERATOR)) == '>')
			PG_RETURN_TIMESTAMPTZ(DT_NOBEGIN);
		PG_RETURN_TIMESTAMPTZ(DT_NOEND);
	}
	return outermost(fcinfo, date_truncs, InvalidOid, false);
}

/* age_bound(bound int8, operator text, at date, width int4) → date: the latest birth for '>' and '>=', the earliest for '<' and '<=' */
Datum
privrelease_age_bound(PG_FUNCTION_ARGS)
{
	return outermost(fcinfo, ages, INT4OID, true);
}
