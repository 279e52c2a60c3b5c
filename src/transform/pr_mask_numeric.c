/*
 * pr_mask_numeric.c
 *		SQL functions bin and round on numeric.
 *
 * Parameters are constants in a view: they are parsed once into integers of
 * 10^-4g, the unit in which all bounds are whole.  A value is then cut off to
 * that unit, which loses nothing: whether it reaches a bound shows in the
 * whole units.  Values or parameters of more than 36 digits go through
 * numeric's own arithmetic instead.
 *
 * The result's number of decimals is that of the parameters, whatever the
 * value's was.  An attacker would try NaN, infinities, 10^131071 (at which a
 * subtraction overflows) and thousands of decimals: values of more than
 * MAX_WEIGHT digits that no open end catches give NULL.
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/fmgrprotos.h"
#include "utils/numeric.h"

#include "common/pr_compat.h"
#include "common/pr_numeric.h"

PG_FUNCTION_INFO_V1(privrelease_bin_numeric);
PG_FUNCTION_INFO_V1(privrelease_round_numeric);

/* Parameters: at most 1000 decimals and 10^1000. */
#define MAX_PARAM_SCALE		1000
#define MAX_PARAM_WEIGHT	250
/* Values: room for a carry below the largest weight of numeric, 32767. */
#define MAX_WEIGHT			32000
/* Decimals of parameters that the fast path takes: 16, in groups of four. */
#define MAX_FAST_GROUPS		4

/* An end of the bins: none, or a bound in two forms. */
typedef struct End
{
	bool		open;			/* has a bound */
	Numeric		bound;			/* with the decimals of all results */
	PrWide		units;			/* fast path only */
} End;

typedef struct Bins
{
	bool		valid;
	bool		fast;
	int			scale;			/* decimals of every result */
	int			groups;			/* the unit is 10^-(4 * groups) */
	PrWide		unit;			/* units in 10^-scale */
	PrWide		width;
	PrWide		origin;
	Numeric		slow_width;
	Numeric		slow_origin;
	End			bottom;
	End			top;
} Bins;

static Numeric
call2(PGFunction function, Numeric a, Numeric b)
{
	return DatumGetNumeric(DirectFunctionCall2(function, NumericGetDatum(a), NumericGetDatum(b)));
}

static int
compare(Numeric a, Numeric b)
{
	return DatumGetInt32(DirectFunctionCall2(numeric_cmp, NumericGetDatum(a), NumericGetDatum(b)));
}

static Numeric
with_scale(Numeric a, int scale)
{
	return DatumGetNumeric(DirectFunctionCall2(numeric_round, NumericGetDatum(a), Int32GetDatum(scale)));
}

static Numeric
negated(Numeric a)
{
	return DatumGetNumeric(DirectFunctionCall1(numeric_uminus, NumericGetDatum(a)));
}

/* Results must not point into the cache. */
static Datum
copied(Numeric a)
{
	return datumCopy(NumericGetDatum(a), false, -1);
}

/* ---------- parameters ---------- */

static bool
usable_param(const PrNumericParts *parts)
{
	return parts->kind == PR_NUMERIC_FINITE && parts->dscale <= MAX_PARAM_SCALE && parts->weight <= MAX_PARAM_WEIGHT;
}

static bool
param_units(Numeric param, int groups, PrWide *units)
{
	PrNumericParts parts;
	bool		exact;

	pr_numeric_parts((struct varlena *) param, &parts);
	if (!pr_numeric_magnitude(&parts, groups, units, &exact) || !exact)
		return false;
	if (parts.negative)
		*units = -*units;
	return true;
}

/* bound is an argument, or NULL where there is none; none_at is the infinity that means none. */
static bool
read_end(End *end, Numeric bound, PrNumericKind none_at, int *scale)
{
	PrNumericParts parts;

	end->open = false;
	if (bound == NULL)
		return true;
	pr_numeric_parts((struct varlena *) bound, &parts);
	if (parts.kind == none_at)
		return true;
	if (!usable_param(&parts))
		return false;
	end->open = true;
	end->bound = bound;
	*scale = Max(*scale, parts.dscale);
	return true;
}

static bool
finish_end(End *end, const Bins *bins)
{
	if (!end->open)
		return true;
	end->bound = with_scale(end->bound, bins->scale);
	return param_units(end->bound, bins->groups, &end->units);
}

static PrWide
power_of_ten(int n)
{
	PrWide		power = 1;

	while (n-- > 0)
		power *= 10;
	return power;
}

/*
 * spare is the number of decimals that the unit must have beyond those of the
 * parameters.  Allocates in the current context.
 */
static void
read_bins(Bins *bins, Numeric width, Numeric origin, Numeric bottom, Numeric top, int spare)
{
	PrNumericParts width_parts;
	PrNumericParts origin_parts;

	bins->valid = false;
	pr_numeric_parts((struct varlena *) width, &width_parts);
	pr_numeric_parts((struct varlena *) origin, &origin_parts);
	if (!usable_param(&width_parts) || width_parts.negative || width_parts.ndigits == 0 ||
		!usable_param(&origin_parts))
		return;
	bins->scale = Max(width_parts.dscale, origin_parts.dscale);
	if (!read_end(&bins->bottom, bottom, PR_NUMERIC_MINUS_INFINITY, &bins->scale) ||
		!read_end(&bins->top, top, PR_NUMERIC_PLUS_INFINITY, &bins->scale))
		return;
	if (bins->bottom.open && bins->top.open && compare(bins->bottom.bound, bins->top.bound) > 0)
		return;

	bins->valid = true;
	bins->slow_width = width;
	bins->slow_origin = origin;
	bins->groups = (bins->scale + spare + PR_NUMERIC_GROUP - 1) / PR_NUMERIC_GROUP;
	bins->fast = bins->groups <= MAX_FAST_GROUPS;
	/* Both ends get their final form in any case. */
	bins->fast = finish_end(&bins->bottom, bins) && bins->fast;
	bins->fast = finish_end(&bins->top, bins) && bins->fast;
	bins->fast = bins->fast && param_units(width, bins->groups, &bins->width) &&
		param_units(origin, bins->groups, &bins->origin);
	if (bins->fast)
		bins->unit = power_of_ten(bins->groups * PR_NUMERIC_GROUP - bins->scale);
}

static bool
params_are_constant(FunctionCallInfo fcinfo)
{
	for (int i = 1; i < PG_NARGS(); i++)
		if (!get_fn_expr_arg_stable(fcinfo->flinfo, i))
			return false;
	return true;
}

/* The parameters, parsed once where they cannot change; here is room for those that can. */
static Bins *
bins_of(FunctionCallInfo fcinfo, Bins *here, bool rounding)
{
	Bins	   *bins = fcinfo->flinfo->fn_extra;
	MemoryContext caller;
	bool		constant;

	if (likely(bins != NULL))
		return bins;
	constant = params_are_constant(fcinfo);
	caller = constant ? MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt) : CurrentMemoryContext;
	bins = constant ? palloc(sizeof(Bins)) : here;
	read_bins(bins,
			  PG_GETARG_NUMERIC_COPY(1),
			  rounding ? int64_to_numeric(0) : PG_GETARG_NUMERIC_COPY(2),
			  PG_NARGS() == 5 ? PG_GETARG_NUMERIC_COPY(3) : NULL,
			  PG_NARGS() == 5 ? PG_GETARG_NUMERIC_COPY(4) : NULL,
			  rounding ? 1 : 0);
	MemoryContextSwitchTo(caller);
	if (constant)
		fcinfo->flinfo->fn_extra = bins;
	return bins;
}

/* a modulo b of wide integers, b > 0, with a's sign. */
static inline PrWide
remainder_of(PrWide a, PrWide b)
{
	if (a == (int64) a && b == (int64) b)
		return (int64) a % (int64) b;
	return a % b;
}

/* units / unit: narrow where it can be, for a wide division is slow. */
static inline PrWide
in_result_scale(PrWide units, PrWide unit)
{
	if (unit == 1)
		return units;
	if (units == (int64) units && unit == (int64) unit)
		return (int64) units / (int64) unit;
	return units / unit;
}

/* ---------- bin ---------- */

/* NULL: the result does not fit the fast path. */
static Numeric
bin_fast(const Bins *bins, PrWide units)
{
	PrWide		offset;
	PrWide		bound;

	offset = remainder_of(units - bins->origin, bins->width);
	bound = units - (offset < 0 ? offset + bins->width : offset);
	if (bins->bottom.open && bound < bins->bottom.units)
		bound = bins->bottom.units;
	return pr_numeric_from_units(in_result_scale(bound, bins->unit), bins->scale);
}

static Numeric
bin_slow(const Bins *bins, Numeric value)
{
	Numeric		offset = call2(numeric_mod, call2(numeric_sub, value, bins->slow_origin), bins->slow_width);
	Numeric		bound;

	if (compare(offset, int64_to_numeric(0)) < 0)
		offset = call2(numeric_add, offset, bins->slow_width);
	bound = with_scale(call2(numeric_sub, value, offset), bins->scale);
	if (bins->bottom.open && compare(bound, bins->bottom.bound) < 0)
		return DatumGetNumeric(copied(bins->bottom.bound));
	return bound;
}

static bool
whole_units(const Bins *bins, const PrNumericParts *parts, PrWide *units)
{
	bool		exact;

	if (!bins->fast || !pr_numeric_magnitude(parts, bins->groups, units, &exact))
		return false;
	/* Down, not towards zero. */
	if (parts->negative)
		*units = exact ? -*units : -*units - 1;
	return true;
}

/* bin(value numeric, width numeric, origin numeric [, bottom numeric, top numeric]) → numeric */
Datum
privrelease_bin_numeric(PG_FUNCTION_ARGS)
{
	struct varlena *stored = PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(0));
	Bins		here;
	const Bins *bins = bins_of(fcinfo, &here, false);
	PrNumericParts parts;
	PrWide		units;
	Numeric		value;

	if (!bins->valid)
		PG_RETURN_NULL();
	pr_numeric_parts(stored, &parts);
	if (parts.kind != PR_NUMERIC_FINITE)
	{
		const End  *end = parts.kind == PR_NUMERIC_MINUS_INFINITY ? &bins->bottom : &bins->top;

		return copied(end->open ? end->bound : PG_GETARG_NUMERIC(0));
	}
	if (whole_units(bins, &parts, &units))
	{
		Numeric		result;

		if (bins->top.open && units >= bins->top.units)
			return copied(bins->top.bound);
		if (bins->bottom.open && units < bins->bottom.units)
			return copied(bins->bottom.bound);
		result = bin_fast(bins, units);
		if (result != NULL)
			PG_RETURN_NUMERIC(result);
	}
	value = PG_GETARG_NUMERIC(0);
	if (bins->top.open && compare(value, bins->top.bound) >= 0)
		return copied(bins->top.bound);
	if (bins->bottom.open && compare(value, bins->bottom.bound) < 0)
		return copied(bins->bottom.bound);
	if (parts.weight > MAX_WEIGHT)
		PG_RETURN_NULL();
	PG_RETURN_NUMERIC(bin_slow(bins, value));
}

/* ---------- round ---------- */

static Numeric
round_fast(const Bins *bins, const PrNumericParts *parts)
{
	PrWide		magnitude;
	PrWide		rest;
	bool		exact;

	if (!bins->fast || !pr_numeric_magnitude(parts, bins->groups, &magnitude, &exact))
		return NULL;
	/* The unit has a decimal to spare, so that half a step is whole and what was cut off decides nothing. */
	rest = remainder_of(magnitude, bins->width);
	magnitude += rest >= bins->width - rest ? bins->width - rest : -rest;
	return pr_numeric_from_units(in_result_scale(parts->negative ? -magnitude : magnitude, bins->unit), bins->scale);
}

static Numeric
round_slow(const Bins *bins, Numeric value, bool negative)
{
	Numeric		magnitude = negative ? negated(value) : value;
	Numeric		rest = call2(numeric_mod, magnitude, bins->slow_width);
	Numeric		missing = call2(numeric_sub, bins->slow_width, rest);

	magnitude = compare(rest, missing) >= 0 ? call2(numeric_add, magnitude, missing) : call2(numeric_sub, magnitude, rest);
	return with_scale(negative ? negated(magnitude) : magnitude, bins->scale);
}

/* round(value numeric, "to" numeric) → numeric */
Datum
privrelease_round_numeric(PG_FUNCTION_ARGS)
{
	struct varlena *stored = PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(0));
	Bins		here;
	const Bins *bins = bins_of(fcinfo, &here, true);
	PrNumericParts parts;
	Numeric		result;

	if (!bins->valid)
		PG_RETURN_NULL();
	pr_numeric_parts(stored, &parts);
	if (parts.kind != PR_NUMERIC_FINITE)
		return copied(PG_GETARG_NUMERIC(0));
	result = round_fast(bins, &parts);
	if (result == NULL)
	{
		if (parts.weight > MAX_WEIGHT)
			PG_RETURN_NULL();
		result = round_slow(bins, PG_GETARG_NUMERIC(0), parts.negative);
	}
	PG_RETURN_NUMERIC(result);
}
