/*
 * pr_noise.c
 *		noise(): sticky integer noise on a declared grid.
 *
 *	block_i = HMAC-SHA-256(subkey, enc("noise", domain, canonical(subject), canonical(value)[, canonical(row)],
 *								   distribution, canonical(scale), canonical(grid), be64(i)))
 *	out     = clamp(round_to_grid(value) + grid * Z, bottom, top)
 *
 * Z is an exact discrete Laplace or Gaussian draw on the stream block_0 ||
 * block_1 || ..., its scale in units of the grid.  Each block is a message of its
 * own under the subkey, and most draws take one: no key of their own is set up.  No floating-point number touches the value: a
 * float is taken as the shortest decimal that reads back as it, so that copies of
 * a column in another number type get the same noise.
 *
 * Invariants, and what an attacker would try here:
 *	- Averaging: the draw is a function of key, domain, subject and value, so that
 *	  a thousand reads give one answer.
 *	- Differencing an update: the value is in the blocks, so that the new value has
 *	  noise of its own.
 *	- Two columns of one value: distribution, scale and grid are in them too.  Draws
 *	  of two scales from one stream would be two equations for value and noise, and
 *	  solve exactly.  The bounds only cut and are not in it: another pair of bounds
 *	  is no second draw.
 *	- Low bits (Mironov 2012): every result is a multiple of the grid or a bound.
 *	- Errors as oracle: nothing raises.  A result beyond the type saturates; NaN
 *	  and infinities become the bound on their side, or NULL without one, and so do
 *	  values of more than 10^1000 grid units.
 *
 * Senseless parameters give NULL; set_rule() refuses them before.
 */
#include "postgres.h"

#include <float.h>
#include <math.h>

#include "catalog/pg_type.h"
#include "common/int.h"
#include "common/shortest_dec.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/numeric.h"

#include "core/pr_fraction.h"
#include "core/pr_sampler.h"
#include "transform/pr_keyed.h"

PG_FUNCTION_INFO_V1(privrelease_noise_int2);
PG_FUNCTION_INFO_V1(privrelease_noise_int4);
PG_FUNCTION_INFO_V1(privrelease_noise_int8);
PG_FUNCTION_INFO_V1(privrelease_noise_numeric);
PG_FUNCTION_INFO_V1(privrelease_noise_float4);
PG_FUNCTION_INFO_V1(privrelease_noise_float8);

#define ARG_VALUE 0
#define ARG_SUBJECT 1
#define ARG_KEY 2
#define ARG_DOMAIN 3
#define ARG_DISTRIBUTION 4
#define ARG_SCALE 5
#define ARG_GRID 6
#define ARG_BOTTOM 7
#define ARG_TOP 8
#define ARG_ROW 9

/* be64 in the last field of a block */
#define COUNTER_SIZE 8

/* Values further out than this many grid units get no noise at all. */
#define MAX_UNITS "1e1000"

typedef struct NoiseState
{
	PrKeyed		keyed;
	PrCanonical *value;
	PrCanonical *subject;
	PrCanonical *row;			/* NULL without that argument */

	bool		parameters_known;
	bool		parameters_constant;
	bool		parameters_ok;
	bool		gaussian;
	PrBuffer	law;			/* fields of the blocks: distribution, scale, grid, counter */
	uint128		n;				/* scale or variance in grid units: n/d; aligned as palloc() aligns */
	uint128		d;
	Numeric		grid;
	Numeric		limit;			/* grid * MAX_UNITS */
	Numeric		bottom;			/* NULL: open */
	Numeric		top;

	/* The same for whole numbers, where the grid is one. */
	bool		integral;
	int64		int_grid;
	int64		int_bottom;		/* within the value's type */
	int64		int_top;
	MemoryContext context;		/* of the numerics above */
} NoiseState;

/* ---- numeric, briefly ---- */

#define NUMERIC_CALL1(function, a) DatumGetNumeric(DirectFunctionCall1(function, NumericGetDatum(a)))
#define NUMERIC_CALL2(function, a, b) \
	DatumGetNumeric(DirectFunctionCall2(function, NumericGetDatum(a), NumericGetDatum(b)))

static int
compare(Numeric a, Numeric b)
{
	return DatumGetInt32(DirectFunctionCall2(numeric_cmp, NumericGetDatum(a), NumericGetDatum(b)));
}

static Numeric
numeric_of_text(const char *text)
{
	return DatumGetNumeric(DirectFunctionCall3(numeric_in, CStringGetDatum(text), ObjectIdGetDatum(InvalidOid),
											   Int32GetDatum(-1)));
}

static char *
text_of_numeric(Numeric number)
{
	return DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(number)));
}

static bool
is_special(Numeric number)
{
	return numeric_is_nan(number) || numeric_is_inf(number);
}

static int
sign_of(Numeric number)
{
	return compare(number, int64_to_numeric(0));
}

/* Smallest or largest bigint if the number is beyond them; rounds to the nearest, ties away from zero. */
static int64
saturate_int64(Numeric number)
{
	if (compare(number, int64_to_numeric(PG_INT64_MAX)) >= 0)
		return PG_INT64_MAX;
	if (compare(number, int64_to_numeric(PG_INT64_MIN)) <= 0)
		return PG_INT64_MIN;
	return DatumGetInt64(DirectFunctionCall1(numeric_int8, NumericGetDatum(number)));
}

/* ---- parameters ---- */

static bool
parameters_are_constant(FunctionCallInfo fcinfo)
{
	for (int arg = ARG_DISTRIBUTION; arg <= ARG_TOP; arg++)
		if (!pr_keyed_arg_is_constant(fcinfo->flinfo, arg))
			return false;
	return true;
}

static bool
read_distribution(FunctionCallInfo fcinfo, NoiseState *state)
{
	char	   *name = text_to_cstring(PG_GETARG_TEXT_PP(ARG_DISTRIBUTION));

	state->gaussian = strcmp(name, "gaussian") == 0;
	return state->gaussian || strcmp(name, "laplace") == 0;
}

static const uint8 no_counter[COUNTER_SIZE] = {0};

/* The last fields of the blocks, already encoded; the counter is the last of them. */
static void
encode_law(NoiseState *state, Numeric scale)
{
	PrCanonical *number = pr_canonical_make(NUMERICOID, state->context);
	const char *name = state->gaussian ? "gaussian" : "laplace";
	uint32		length = (uint32) strlen(name);

	pr_buffer_init(&state->law, state->context);
	pr_enc_field(pr_buffer_reserve(&state->law, PR_ENC_FIELD_SIZE(length)), name, length);
	state->law.length += PR_ENC_FIELD_SIZE(length);
	pr_canonical_append_field(number, NumericGetDatum(scale), &state->law);
	pr_canonical_append_field(number, NumericGetDatum(state->grid), &state->law);
	pr_enc_field(pr_buffer_reserve(&state->law, PR_ENC_FIELD_SIZE(COUNTER_SIZE)), no_counter, COUNTER_SIZE);
	state->law.length += PR_ENC_FIELD_SIZE(COUNTER_SIZE);
}

static bool
read_bounds(FunctionCallInfo fcinfo, NoiseState *state)
{
	Numeric		bottom = PG_GETARG_NUMERIC_COPY(ARG_BOTTOM);
	Numeric		top = PG_GETARG_NUMERIC_COPY(ARG_TOP);

	if (numeric_is_nan(bottom) || numeric_is_nan(top) || compare(bottom, top) > 0)
		return false;
	state->bottom = numeric_is_inf(bottom) ? NULL : bottom;
	state->top = numeric_is_inf(top) ? NULL : top;

	/* Nothing lies above +Infinity or below -Infinity. */
	return (state->bottom != NULL || sign_of(bottom) < 0) && (state->top != NULL || sign_of(top) > 0);
}

/* Bounds as whole numbers of the value's type; false if no whole number lies between them. */
static bool
read_integer_bounds(NoiseState *state, int64 type_min, int64 type_max)
{
	state->int_bottom = type_min;
	state->int_top = type_max;
	if (state->bottom != NULL)
		state->int_bottom = Max(type_min, saturate_int64(NUMERIC_CALL1(numeric_ceil, state->bottom)));
	if (state->top != NULL)
		state->int_top = Min(type_max, saturate_int64(NUMERIC_CALL1(numeric_floor, state->top)));
	return state->int_bottom <= state->int_top;
}

static bool
read_parameters(FunctionCallInfo fcinfo, NoiseState *state, int64 type_min, int64 type_max)
{
	Numeric		scale = PG_GETARG_NUMERIC(ARG_SCALE);
	pr_uint128	n;
	pr_uint128	d;
	pr_uint128	mantissa;
	int			decimals;

	state->grid = PG_GETARG_NUMERIC_COPY(ARG_GRID);
	if (!read_distribution(fcinfo, state) ||
		pr_noise_fraction(state->gaussian, text_of_numeric(scale), text_of_numeric(state->grid),
						  &n, &d) != PR_CORE_OK ||
		!read_bounds(fcinfo, state) ||
		!read_integer_bounds(state, type_min, type_max))
		return false;
	state->n = n;
	state->d = d;
	encode_law(state, scale);
	state->limit = NUMERIC_CALL2(numeric_mul, state->grid, numeric_of_text(MAX_UNITS));
	state->integral = pr_decimal_parse(text_of_numeric(state->grid), &mantissa, &decimals) == PR_CORE_OK &&
		decimals == 0 && mantissa <= PG_INT64_MAX;
	if (state->integral)
		state->int_grid = (int64) mantissa;
	return true;
}

/* Parameters for this row; false if they make no sense. */
static bool
prepare_parameters(FunctionCallInfo fcinfo, NoiseState *state, int64 type_min, int64 type_max)
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

static NoiseState *
get_state(FunctionCallInfo fcinfo)
{
	NoiseState *state = fcinfo->flinfo->fn_extra;

	if (unlikely(state == NULL))
	{
		bool		is_new;

		state = pr_keyed_state(fcinfo, sizeof(NoiseState), &is_new);
		state->value = pr_keyed_canonical(fcinfo, ARG_VALUE);
		state->subject = pr_keyed_canonical(fcinfo, ARG_SUBJECT);
		if (PG_NARGS() > ARG_ROW)
			state->row = pr_keyed_canonical(fcinfo, ARG_ROW);
		state->context = AllocSetContextCreate(fcinfo->flinfo->fn_mcxt, "privrelease noise", ALLOCSET_SMALL_SIZES);
		fcinfo->flinfo->fn_extra = state;
	}
	if (!PR_KEYED_READY(&state->keyed))
		pr_keyed_prepare(fcinfo, &state->keyed, PR_PURPOSE_NOISE, ARG_KEY, ARG_DOMAIN);
	return state;
}

/* ---- the draw ---- */

/* Block of the stream: the fields of this row under its number.  A PrPrf whose key is in its state. */
static int
noise_block(void *state, const uint8 *unused, const uint8 *counter, size_t length, uint8 *block)
{
	PrKeyed    *keyed = state;

	memcpy(keyed->buffer.data + keyed->buffer.length - COUNTER_SIZE, counter, COUNTER_SIZE);
	return pr_hmac(keyed->hmac, keyed->buffer.data, keyed->buffer.length, block) ? 0 : 1;
}

static void
encode_row(FunctionCallInfo fcinfo, NoiseState *state)
{
	PrBuffer   *buffer = &state->keyed.buffer;

	buffer->length = 0;
	pr_canonical_append_field(state->subject, PG_GETARG_DATUM(ARG_SUBJECT), buffer);
	pr_canonical_append_field(state->value, PG_GETARG_DATUM(ARG_VALUE), buffer);
	if (state->row != NULL)
		pr_canonical_append_field(state->row, PG_GETARG_DATUM(ARG_ROW), buffer);
	pr_buffer_append(buffer, state->law.data, state->law.length);
}

/* Z for this row, in grid units. */
static pr_int128
draw(FunctionCallInfo fcinfo, NoiseState *state)
{
	static const uint8 no_seed[PR_SEED_SIZE] = {0};
	PrStream	stream;
	PrBytes		bytes;
	pr_int128	z;
	PrCoreResult rc;

	encode_row(fcinfo, state);
	pr_stream_start(&stream, noise_block, &state->keyed, no_seed);
	bytes = pr_stream_bytes(&stream);
	rc = state->gaussian ? pr_dgauss(&bytes, state->n, state->d, &z) : pr_dlap(&bytes, state->n, state->d, &z);
	pr_cleanse(&stream, sizeof(stream));
	if (rc != PR_CORE_OK)
		ereport(ERROR,
				(errcode(ERRCODE_EXTERNAL_ROUTINE_EXCEPTION),
				 errmsg("could not draw from a keyed stream")));
	return z;
}

static Numeric
numeric_of_int128(pr_int128 number)
{
	char		digits[48];
	char	   *at = digits + sizeof(digits);
	pr_uint128	rest = number < 0 ? -(pr_uint128) number : (pr_uint128) number;

	if (number >= PG_INT64_MIN && number <= PG_INT64_MAX)
		return int64_to_numeric((int64) number);
	*--at = '\0';
	for (; rest != 0; rest /= 10)
		*--at = (char) ('0' + (int) (rest % 10));
	if (number < 0)
		*--at = '-';
	return numeric_of_text(at);
}

/* ---- whole numbers on a grid of whole numbers ---- */

static int64
noise_on_integer(const NoiseState *state, int64 value, pr_int128 z)
{
	int64		grid = state->int_grid;
	pr_int128	units = value / grid;
	pr_int128	rest = value % grid;
	pr_int128	result;

	if (2 * (rest < 0 ? -rest : rest) >= grid)
		units += value < 0 ? -1 : 1;
	if (__builtin_add_overflow(units, z, &units) || __builtin_mul_overflow(units, (pr_int128) grid, &result))
		return z < 0 ? state->int_bottom : state->int_top;
	if (result < state->int_bottom)
		return state->int_bottom;
	if (result > state->int_top)
		return state->int_top;
	return (int64) result;
}

/* ---- any number, exactly ---- */

/* Nearest multiple of the grid in grid units, ties away from zero. */
static Numeric
round_to_units(const NoiseState *state, Numeric value)
{
	Numeric		units = NUMERIC_CALL2(numeric_div_trunc, value, state->grid);
	Numeric		rest = NUMERIC_CALL2(numeric_sub, value, NUMERIC_CALL2(numeric_mul, units, state->grid));
	Numeric		size = NUMERIC_CALL1(numeric_abs, rest);

	if (compare(NUMERIC_CALL2(numeric_add, size, size), state->grid) >= 0)
		units = NUMERIC_CALL2(numeric_add, units, int64_to_numeric(sign_of(value) < 0 ? -1 : 1));
	return units;
}

/* The bound on the side of a value that noise does not apply to; NULL if that side is open. */
static Numeric
bound_beside(const NoiseState *state, Numeric value)
{
	if (numeric_is_nan(value) || sign_of(value) > 0)
		return state->top;
	return state->bottom;
}

/* NULL stands for SQL NULL. */
static Numeric
noise_on_numeric(const NoiseState *state, Numeric value, pr_int128 z)
{
	Numeric		result;

	if (is_special(value) || compare(NUMERIC_CALL1(numeric_abs, value), state->limit) > 0)
		return bound_beside(state, value);
	result = NUMERIC_CALL2(numeric_add, round_to_units(state, value), numeric_of_int128(z));
	result = NUMERIC_CALL2(numeric_mul, result, state->grid);
	if (state->bottom != NULL && compare(result, state->bottom) < 0)
		return state->bottom;
	if (state->top != NULL && compare(result, state->top) > 0)
		return state->top;
	return result;
}

/* ---- the functions ---- */

/* false: SQL NULL */
static bool
noise_int(FunctionCallInfo fcinfo, int64 value, int64 type_min, int64 type_max, int64 *result)
{
	NoiseState *state = get_state(fcinfo);
	pr_int128	z;

	if (!prepare_parameters(fcinfo, state, type_min, type_max))
		return false;
	z = draw(fcinfo, state);
	if (state->integral)
		*result = noise_on_integer(state, value, z);
	else
	{
		int64		rounded = saturate_int64(noise_on_numeric(state, int64_to_numeric(value), z));

		*result = Min(Max(rounded, state->int_bottom), state->int_top);
	}
	return true;
}

Datum
privrelease_noise_int2(PG_FUNCTION_ARGS)
{
	int64		result;

	if (!noise_int(fcinfo, PG_GETARG_INT16(ARG_VALUE), PG_INT16_MIN, PG_INT16_MAX, &result))
		PG_RETURN_NULL();
	PG_RETURN_INT16((int16) result);
}

Datum
privrelease_noise_int4(PG_FUNCTION_ARGS)
{
	int64		result;

	if (!noise_int(fcinfo, PG_GETARG_INT32(ARG_VALUE), PG_INT32_MIN, PG_INT32_MAX, &result))
		PG_RETURN_NULL();
	PG_RETURN_INT32((int32) result);
}

Datum
privrelease_noise_int8(PG_FUNCTION_ARGS)
{
	int64		result;

	if (!noise_int(fcinfo, PG_GETARG_INT64(ARG_VALUE), PG_INT64_MIN, PG_INT64_MAX, &result))
		PG_RETURN_NULL();
	PG_RETURN_INT64(result);
}

/* NULL stands for SQL NULL. */
static Numeric
noise_any(FunctionCallInfo fcinfo, Numeric value)
{
	NoiseState *state = get_state(fcinfo);

	if (!prepare_parameters(fcinfo, state, PG_INT64_MIN, PG_INT64_MAX))
		return NULL;
	return noise_on_numeric(state, value, draw(fcinfo, state));
}

Datum
privrelease_noise_numeric(PG_FUNCTION_ARGS)
{
	Numeric		result = noise_any(fcinfo, PG_GETARG_NUMERIC(ARG_VALUE));

	if (result == NULL)
		PG_RETURN_NULL();
	/* A copy: a bound belongs to the state. */
	PG_RETURN_NUMERIC(DatumGetNumericCopy(NumericGetDatum(result)));
}

static float8
saturated_float8(Numeric number)
{
	float8		result = DatumGetFloat8(DirectFunctionCall1(numeric_float8_no_overflow, NumericGetDatum(number)));

	return Min(Max(result, -DBL_MAX), DBL_MAX);
}

Datum
privrelease_noise_float4(PG_FUNCTION_ARGS)
{
	char		shortest[FLOAT_SHORTEST_DECIMAL_LEN];
	Numeric		result;
	float8		number;

	float_to_shortest_decimal_buf(PG_GETARG_FLOAT4(ARG_VALUE), shortest);
	result = noise_any(fcinfo, numeric_of_text(shortest));
	if (result == NULL)
		PG_RETURN_NULL();
	number = saturated_float8(result);
	PG_RETURN_FLOAT4((float4) Min(Max(number, -FLT_MAX), FLT_MAX));
}

Datum
privrelease_noise_float8(PG_FUNCTION_ARGS)
{
	char		shortest[DOUBLE_SHORTEST_DECIMAL_LEN];
	Numeric		result;

	double_to_shortest_decimal_buf(PG_GETARG_FLOAT8(ARG_VALUE), shortest);
	result = noise_any(fcinfo, numeric_of_text(shortest));
	if (result == NULL)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(saturated_float8(result));
}
