/*
 * pr_noise_params.c
 *		The constant arguments of noise(), read once for a query.
 *
 * What an attacker would try here: parameters that raise at run time, or that
 * wrap.  Senseless ones give NULL; those too large for the quick integers leave
 * them unused.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/memutils.h"

#include "core/pr_fraction.h"
#include "transform/pr_noise.h"

static bool
parameters_are_constant(FunctionCallInfo fcinfo)
{
	for (int arg = PR_NOISE_ARG_DISTRIBUTION; arg <= PR_NOISE_ARG_TOP; arg++)
		if (!pr_keyed_arg_is_constant(fcinfo->flinfo, arg))
			return false;
	return true;
}

static bool
read_distribution(FunctionCallInfo fcinfo, PrNoise *state)
{
	char	   *name = text_to_cstring(PG_GETARG_TEXT_PP(PR_NOISE_ARG_DISTRIBUTION));

	state->gaussian = strcmp(name, "gaussian") == 0;
	return state->gaussian || strcmp(name, "laplace") == 0;
}

static const uint8 no_counter[PR_NOISE_COUNTER_SIZE] = {0};

/* The last fields of the blocks, already encoded; the counter is the last of them. */
static void
encode_law(PrNoise *state, Numeric scale)
{
	PrCanonical *number = pr_canonical_make(NUMERICOID, state->context);
	const char *name = state->gaussian ? "gaussian" : "laplace";
	uint32		length = (uint32) strlen(name);

	pr_buffer_init(&state->law, state->context);
	pr_enc_field(pr_buffer_reserve(&state->law, PR_ENC_FIELD_SIZE(length)), name, length);
	state->law.length += PR_ENC_FIELD_SIZE(length);
	pr_canonical_append_field(number, NumericGetDatum(scale), &state->law);
	pr_canonical_append_field(number, NumericGetDatum(state->grid), &state->law);
	pr_enc_field(pr_buffer_reserve(&state->law, PR_ENC_FIELD_SIZE(PR_NOISE_COUNTER_SIZE)), no_counter, PR_NOISE_COUNTER_SIZE);
	state->law.length += PR_ENC_FIELD_SIZE(PR_NOISE_COUNTER_SIZE);
}

static bool
read_bounds(FunctionCallInfo fcinfo, PrNoise *state)
{
	Numeric		bottom = PG_GETARG_NUMERIC_COPY(PR_NOISE_ARG_BOTTOM);
	Numeric		top = PG_GETARG_NUMERIC_COPY(PR_NOISE_ARG_TOP);

	if (numeric_is_nan(bottom) || numeric_is_nan(top) || compare(bottom, top) > 0)
		return false;
	state->bottom = numeric_is_inf(bottom) ? NULL : bottom;
	state->top = numeric_is_inf(top) ? NULL : top;

	/* Nothing lies above +Infinity or below -Infinity. */
	return (state->bottom != NULL || sign_of(bottom) < 0) && (state->top != NULL || sign_of(top) > 0);
}

/* Bounds as whole numbers of the value's type; false if no whole number lies between them. */
static bool
read_integer_bounds(PrNoise *state, int64 type_min, int64 type_max)
{
	state->int_bottom = type_min;
	state->int_top = type_max;
	if (state->bottom != NULL)
		state->int_bottom = Max(type_min, saturate_int64(NUMERIC_CALL1(numeric_ceil, state->bottom)));
	if (state->top != NULL)
		state->int_top = Min(type_max, saturate_int64(NUMERIC_CALL1(numeric_floor, state->top)));
	return state->int_bottom <= state->int_top;
}

/* bound * unit as a whole number; unit >= 1.  The product of a huge bound would overflow numeric. */
static int64
fixed_bound(Numeric bound, Numeric unit, PGFunction round)
{
	if (compare(NUMERIC_CALL1(numeric_abs, bound), int64_to_numeric(PG_INT64_MAX)) > 0)
		return sign_of(bound) < 0 ? PG_INT64_MIN : PG_INT64_MAX;
	return saturate_int64(NUMERIC_CALL1(round, NUMERIC_CALL2(numeric_mul, bound, unit)));
}

/* Bounds between multiples of the last decimal of the grid leave the multiples that lie inside. */
static void
read_fixed(PrNoise *state)
{
	const char *grid = text_of_numeric(state->grid);
	Numeric		unit;

	state->fixed = pr_grid_parse(grid, strlen(grid), &state->fixed_grid);
	if (!state->fixed)
		return;
	unit = numeric_of_text(psprintf("1e%d", state->fixed_grid.decimals));
	state->fixed_bottom = PG_INT64_MIN;
	state->fixed_top = PG_INT64_MAX;
	if (state->bottom != NULL)
	{
		state->fixed_bottom = fixed_bound(state->bottom, unit, numeric_ceil);
		state->float_bottom = saturated_float8(state->bottom);
	}
	if (state->top != NULL)
	{
		state->fixed_top = fixed_bound(state->top, unit, numeric_floor);
		state->float_top = saturated_float8(state->top);
	}
}

static bool
read_parameters(FunctionCallInfo fcinfo, PrNoise *state, int64 type_min, int64 type_max)
{
	Numeric		scale = PG_GETARG_NUMERIC(PR_NOISE_ARG_SCALE);
	pr_uint128	n;
	pr_uint128	d;
	pr_uint128	mantissa;
	int			decimals;

	state->grid = PG_GETARG_NUMERIC_COPY(PR_NOISE_ARG_GRID);
	if (!read_distribution(fcinfo, state) ||
		pr_noise_fraction(state->gaussian, text_of_numeric(scale), text_of_numeric(state->grid),
						  &n, &d) != PR_CORE_OK ||
		!read_bounds(fcinfo, state) ||
		!read_integer_bounds(state, type_min, type_max))
		return false;
	state->n = n;
	state->d = d;
	encode_law(state, scale);
	read_fixed(state);
	state->limit = NUMERIC_CALL2(numeric_mul, state->grid, numeric_of_text(PR_NOISE_MAX_UNITS));
	state->integral = pr_decimal_parse(text_of_numeric(state->grid), &mantissa, &decimals) == PR_CORE_OK &&
		decimals == 0 && mantissa <= PG_INT64_MAX;
	if (state->integral)
		state->int_grid = (int64) mantissa;
	return true;
}

bool
pr_noise_prepare(FunctionCallInfo fcinfo, PrNoise *state, int64 type_min, int64 type_max)
{
	MemoryContext old;

	if (likely(state->parameters_known && state->parameters_constant))
		return state->parameters_ok;
	MemoryContextReset(state->context);
	old = MemoryContextSwitchTo(state->context);
	state->parameters_constant = parameters_are_constant(fcinfo);
	state->parameters_ok = read_parameters(fcinfo, state, type_min, type_max);
	state->parameters_known = true;
	MemoryContextSwitchTo(old);
	return state->parameters_ok;
}
