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

#include "common/shortest_dec.h"
#include "fmgr.h"
#include "utils/memutils.h"
#include "utils/numeric.h"

#include "common/pr_numeric.h"
#include "core/pr_sampler.h"
#include "transform/pr_noise.h"

PG_FUNCTION_INFO_V1(privrelease_noise_int2);
PG_FUNCTION_INFO_V1(privrelease_noise_int4);
PG_FUNCTION_INFO_V1(privrelease_noise_int8);
PG_FUNCTION_INFO_V1(privrelease_noise_numeric);
PG_FUNCTION_INFO_V1(privrelease_noise_float4);
PG_FUNCTION_INFO_V1(privrelease_noise_float8);

static PrNoise *
get_state(FunctionCallInfo fcinfo)
{
	PrNoise    *state = fcinfo->flinfo->fn_extra;

	if (unlikely(state == NULL))
	{
		bool		is_new;

		state = pr_keyed_state(fcinfo, sizeof(PrNoise), &is_new);
		state->value = pr_keyed_canonical(fcinfo, PR_NOISE_ARG_VALUE);
		state->subject = pr_keyed_canonical(fcinfo, PR_NOISE_ARG_SUBJECT);
		if (PG_NARGS() > PR_NOISE_ARG_ROW)
			state->row = pr_keyed_canonical(fcinfo, PR_NOISE_ARG_ROW);
		state->context = AllocSetContextCreate(fcinfo->flinfo->fn_mcxt, "privrelease noise", ALLOCSET_SMALL_SIZES);
		fcinfo->flinfo->fn_extra = state;
	}
	if (!PR_KEYED_READY(&state->keyed))
		pr_keyed_prepare(fcinfo, &state->keyed, PR_PURPOSE_NOISE, PR_NOISE_ARG_KEY, PR_NOISE_ARG_DOMAIN);
	return state;
}

/* ---- the draw ---- */

/* Block of the stream: the fields of this row under its number.  A PrPrf whose key is in its state. */
static int
noise_block(void *state, const uint8 *unused, const uint8 *counter, size_t length, uint8 *block)
{
	PrKeyed    *keyed = state;

	memcpy(keyed->buffer.data + keyed->buffer.length - PR_NOISE_COUNTER_SIZE, counter, PR_NOISE_COUNTER_SIZE);
	return pr_hmac(keyed->hmac, keyed->buffer.data, keyed->buffer.length, block) ? 0 : 1;
}

static void
encode_row(FunctionCallInfo fcinfo, PrNoise *state)
{
	PrBuffer   *buffer = &state->keyed.buffer;

	buffer->length = 0;
	pr_canonical_append_field(state->subject, PG_GETARG_DATUM(PR_NOISE_ARG_SUBJECT), buffer);
	state->value_start = buffer->length + PR_ENC_LENGTH_SIZE + 1;	/* behind the tag */
	pr_canonical_append_field(state->value, PG_GETARG_DATUM(PR_NOISE_ARG_VALUE), buffer);
	state->value_length = buffer->length - state->value_start;
	if (state->row != NULL)
		pr_canonical_append_field(state->row, PG_GETARG_DATUM(PR_NOISE_ARG_ROW), buffer);
	pr_buffer_append(buffer, state->law.data, state->law.length);
}

/* Z for this row, in grid units. */
static pr_int128
draw(FunctionCallInfo fcinfo, PrNoise *state)
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
noise_on_integer(const PrNoise *state, int64 value, pr_int128 z)
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
round_to_units(const PrNoise *state, Numeric value)
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
bound_beside(const PrNoise *state, Numeric value)
{
	if (numeric_is_nan(value) || sign_of(value) > 0)
		return state->top;
	return state->bottom;
}

/* NULL stands for SQL NULL. */
static Numeric
noise_on_numeric(const PrNoise *state, Numeric value, pr_int128 z)
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
	PrNoise    *state = get_state(fcinfo);
	pr_int128	z;

	if (!pr_noise_prepare(fcinfo, state, type_min, type_max))
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

	if (!noise_int(fcinfo, PG_GETARG_INT16(PR_NOISE_ARG_VALUE), PG_INT16_MIN, PG_INT16_MAX, &result))
		PG_RETURN_NULL();
	PG_RETURN_INT16((int16) result);
}

Datum
privrelease_noise_int4(PG_FUNCTION_ARGS)
{
	int64		result;

	if (!noise_int(fcinfo, PG_GETARG_INT32(PR_NOISE_ARG_VALUE), PG_INT32_MIN, PG_INT32_MAX, &result))
		PG_RETURN_NULL();
	PG_RETURN_INT32((int32) result);
}

Datum
privrelease_noise_int8(PG_FUNCTION_ARGS)
{
	int64		result;

	if (!noise_int(fcinfo, PG_GETARG_INT64(PR_NOISE_ARG_VALUE), PG_INT64_MIN, PG_INT64_MAX, &result))
		PG_RETURN_NULL();
	PG_RETURN_INT64(result);
}

/* ---- numbers of few digits, the same result in fixed point ---- */

/*
 * The noisy value of the row that was drawn for, in units of the last decimal
 * of the grid and not yet cut to the bounds.  The value is read from its
 * canonical form, whatever its type.  False if it takes the exact way.
 */
static bool
noise_on_fixed(const PrNoise *state, pr_int128 z, int64 *result)
{
	const char *decimal = (const char *) state->keyed.buffer.data + state->value_start;
	PrFixed		value;

	return state->fixed && pr_fixed_parse(decimal, state->value_length, &value) &&
		pr_grid_add(&state->fixed_grid, &value, z, result);
}

Datum
privrelease_noise_numeric(PG_FUNCTION_ARGS)
{
	PrNoise    *state = get_state(fcinfo);
	Numeric		result;
	pr_int128	z;
	int64		fixed;

	if (!pr_noise_prepare(fcinfo, state, PG_INT64_MIN, PG_INT64_MAX))
		PG_RETURN_NULL();
	z = draw(fcinfo, state);
	if (!noise_on_fixed(state, z, &fixed))
		result = noise_on_numeric(state, PG_GETARG_NUMERIC(PR_NOISE_ARG_VALUE), z);
	else if (fixed < state->fixed_bottom)
		result = state->bottom;
	else if (fixed > state->fixed_top)
		result = state->top;
	else
		PG_RETURN_NUMERIC(pr_numeric_from_units(fixed, state->fixed_grid.decimals));
	if (result == NULL)
		PG_RETURN_NULL();
	/* A copy: a bound belongs to the state. */
	PG_RETURN_NUMERIC(DatumGetNumericCopy(NumericGetDatum(result)));
}

/* The double nearest to a number of units.  One division is exact if both sides are. */
static float8
float8_of_fixed(const PrNoise *state, int64 fixed)
{
	static const float8 powers[] = {
		1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18
	};
	int			decimals = state->fixed_grid.decimals;

	if (fixed < state->fixed_bottom)
		return state->float_bottom;
	if (fixed > state->fixed_top)
		return state->float_top;
	if (fixed >= -(INT64CONST(1) << DBL_MANT_DIG) && fixed <= INT64CONST(1) << DBL_MANT_DIG)
		return (float8) fixed / powers[decimals];
	return saturated_float8(pr_numeric_from_units(fixed, decimals));
}

/* shortest: the value as text, for the exact way.  False: SQL NULL */
static bool
noise_float(FunctionCallInfo fcinfo, void (*shortest) (Datum value, char *text), float8 *result)
{
	PrNoise    *state = get_state(fcinfo);
	char		text[DOUBLE_SHORTEST_DECIMAL_LEN];
	Numeric		exact;
	pr_int128	z;
	int64		fixed;

	if (!pr_noise_prepare(fcinfo, state, PG_INT64_MIN, PG_INT64_MAX))
		return false;
	z = draw(fcinfo, state);
	if (noise_on_fixed(state, z, &fixed))
	{
		*result = float8_of_fixed(state, fixed);
		return true;
	}
	shortest(PG_GETARG_DATUM(PR_NOISE_ARG_VALUE), text);
	exact = noise_on_numeric(state, numeric_of_text(text), z);
	if (exact == NULL)
		return false;
	*result = saturated_float8(exact);
	return true;
}

static void
float4_text(Datum value, char *text)
{
	float_to_shortest_decimal_buf(DatumGetFloat4(value), text);
}

static void
float8_text(Datum value, char *text)
{
	double_to_shortest_decimal_buf(DatumGetFloat8(value), text);
}

Datum
privrelease_noise_float4(PG_FUNCTION_ARGS)
{
	float8		result;

	if (!noise_float(fcinfo, float4_text, &result))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT4((float4) Min(Max(result, -FLT_MAX), FLT_MAX));
}

Datum
privrelease_noise_float8(PG_FUNCTION_ARGS)
{
	float8		result;

	if (!noise_float(fcinfo, float8_text, &result))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(result);
}
