/*
 * pr_noise.h
 *		noise(): its state, and the numeric arithmetic of its files.
 */
#ifndef PR_NOISE_H
#define PR_NOISE_H

#include "postgres.h"

#include <float.h>

#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/numeric.h"

#include "core/pr_grid.h"
#include "transform/pr_keyed.h"

#define PR_NOISE_ARG_VALUE 0
#define PR_NOISE_ARG_SUBJECT 1
#define PR_NOISE_ARG_KEY 2
#define PR_NOISE_ARG_DOMAIN 3
#define PR_NOISE_ARG_DISTRIBUTION 4
#define PR_NOISE_ARG_SCALE 5
#define PR_NOISE_ARG_GRID 6
#define PR_NOISE_ARG_BOTTOM 7
#define PR_NOISE_ARG_TOP 8
#define PR_NOISE_ARG_ROW 9

/* be64 in the last field of a block */
#define PR_NOISE_COUNTER_SIZE 8

/* Values further out than this many grid units get no noise at all. */
#define PR_NOISE_MAX_UNITS "1e1000"

typedef struct PrNoise
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

	/* The same in units of the last decimal of the grid, where that fits int64. */
	bool		fixed;
	PrGrid		fixed_grid;
	int64		fixed_bottom;
	int64		fixed_top;
	float8		float_bottom;	/* if there is one */
	float8		float_top;
	Size		value_start;	/* of the value's decimal in keyed.buffer */
	Size		value_length;

	/* The same for whole numbers, where the grid is one. */
	bool		integral;
	int64		int_grid;
	int64		int_bottom;		/* within the value's type */
	int64		int_top;
	MemoryContext context;		/* of the numerics above */
} PrNoise;

/* Parameters for this row, bounds within the value's type; false if they make no sense. */
extern bool pr_noise_prepare(FunctionCallInfo fcinfo, PrNoise *state, int64 type_min, int64 type_max);

/* ---- numeric, briefly ---- */

#define NUMERIC_CALL1(function, a) DatumGetNumeric(DirectFunctionCall1(function, NumericGetDatum(a)))
#define NUMERIC_CALL2(function, a, b) \
	DatumGetNumeric(DirectFunctionCall2(function, NumericGetDatum(a), NumericGetDatum(b)))

static inline int
compare(Numeric a, Numeric b)
{
	return DatumGetInt32(DirectFunctionCall2(numeric_cmp, NumericGetDatum(a), NumericGetDatum(b)));
}

static inline Numeric
numeric_of_text(const char *text)
{
	return DatumGetNumeric(DirectFunctionCall3(numeric_in, CStringGetDatum(text), ObjectIdGetDatum(InvalidOid),
											   Int32GetDatum(-1)));
}

static inline char *
text_of_numeric(Numeric number)
{
	return DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(number)));
}

static inline bool
is_special(Numeric number)
{
	return numeric_is_nan(number) || numeric_is_inf(number);
}

static inline int
sign_of(Numeric number)
{
	return compare(number, int64_to_numeric(0));
}

/* Smallest or largest bigint if the number is beyond them; rounds to the nearest, ties away from zero. */
static inline int64
saturate_int64(Numeric number)
{
	if (compare(number, int64_to_numeric(PG_INT64_MAX)) >= 0)
		return PG_INT64_MAX;
	if (compare(number, int64_to_numeric(PG_INT64_MIN)) <= 0)
		return PG_INT64_MIN;
	return DatumGetInt64(DirectFunctionCall1(numeric_int8, NumericGetDatum(number)));
}

static inline float8
saturated_float8(Numeric number)
{
	float8		result = DatumGetFloat8(DirectFunctionCall1(numeric_float8_no_overflow, NumericGetDatum(number)));

	return Min(Max(result, -DBL_MAX), DBL_MAX);
}

#endif							/* PR_NOISE_H */
