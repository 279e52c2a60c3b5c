/*
 * pr_date_shift.c
 *		date_shift(): the dates of one subject, all moved by the same keyed
 *		number of days.
 *
 * w = floor(max_days / 7); days = 7 (below(2w + 1) - w) on the stream of
 * HMAC(subkey, enc("dateshift", canonical(subject), canonical(max_days))), so that
 * weekdays survive; with max_days < 7: days = below(2 max_days + 1) - max_days.  The
 * column is not in the seed: intervals between a subject's dates survive, in all
 * releases of the same max_days.
 *
 * What an attacker would try here: read a subject's date under two values of
 * max_days.  Two shifts from one stream are functions of the same few bytes and
 * betray each other and the date; max_days is in the seed, so that they are
 * independent.
 *
 * Infinite dates stay; a date that would leave its type's range gives NULL, as
 * does max_days < 1.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/date.h"
#include "utils/timestamp.h"

#include "core/pr_uniform.h"
#include "transform/pr_keyed.h"

PG_FUNCTION_INFO_V1(privrelease_date_shift_date);
PG_FUNCTION_INFO_V1(privrelease_date_shift_timestamp);

#define ARG_VALUE 0
#define ARG_SUBJECT 1
#define ARG_KEY 2
#define ARG_MAX_DAYS 3

typedef struct ShiftState
{
	PrKeyed		keyed;
	PrCanonical *subject;
	PrCanonical *max_days;
} ShiftState;

static int64
draw_symmetric(PrBytes *bytes, int64 limit)
{
	pr_uint128	draw;

	if (pr_below(bytes, (pr_uint128) (2 * limit + 1), &draw) != PR_CORE_OK)
		ereport(ERROR,
				(errcode(ERRCODE_EXTERNAL_ROUTINE_EXCEPTION),
				 errmsg("could not draw from a keyed stream")));
	return (int64) draw - limit;
}

/* The subject's shift in days; max_days >= 1. */
static int64
shift_of_subject(FunctionCallInfo fcinfo, int32 max_days)
{
	bool		is_new;
	ShiftState *state = pr_keyed_state(fcinfo, sizeof(ShiftState), &is_new);
	uint8		seed[PR_HMAC_SIZE];
	PrStream	stream;
	PrBytes		bytes;

	if (is_new)
	{
		state->subject = pr_keyed_canonical(fcinfo, ARG_SUBJECT);
		state->max_days = pr_canonical_make(INT4OID, fcinfo->flinfo->fn_mcxt);
		fcinfo->flinfo->fn_extra = state;
	}
	pr_keyed_prepare(fcinfo, &state->keyed, PR_PURPOSE_DATESHIFT, ARG_KEY, -1);
	state->keyed.buffer.length = 0;
	pr_canonical_append_field(state->subject, PG_GETARG_DATUM(ARG_SUBJECT), &state->keyed.buffer);
	pr_canonical_append_field(state->max_days, Int32GetDatum(max_days), &state->keyed.buffer);
	pr_keyed_digest(&state->keyed, seed);
	pr_stream_start(&stream, pr_hmac_prf, NULL, seed);
	bytes = pr_stream_bytes(&stream);
	return max_days < 7 ? draw_symmetric(&bytes, max_days) : 7 * draw_symmetric(&bytes, max_days / 7);
}

Datum
privrelease_date_shift_date(PG_FUNCTION_ARGS)
{
	DateADT		date = PG_GETARG_DATEADT(ARG_VALUE);
	int32		max_days = PG_GETARG_INT32(ARG_MAX_DAYS);
	int64		shifted;

	if (max_days < 1)
		PG_RETURN_NULL();
	shifted = date + shift_of_subject(fcinfo, max_days);
	if (DATE_NOT_FINITE(date))
		PG_RETURN_DATEADT(date);
	if (shifted < PG_INT32_MIN || shifted > PG_INT32_MAX || !IS_VALID_DATE(shifted))
		PG_RETURN_NULL();
	PG_RETURN_DATEADT((DateADT) shifted);
}

/* timestamp and timestamptz: days of 24 hours. */
Datum
privrelease_date_shift_timestamp(PG_FUNCTION_ARGS)
{
	Timestamp	timestamp = PG_GETARG_TIMESTAMP(ARG_VALUE);
	int32		max_days = PG_GETARG_INT32(ARG_MAX_DAYS);
	int64		shift;
	Timestamp	shifted;

	if (max_days < 1)
		PG_RETURN_NULL();
	shift = shift_of_subject(fcinfo, max_days);
	if (TIMESTAMP_NOT_FINITE(timestamp))
		PG_RETURN_TIMESTAMP(timestamp);
	if (__builtin_mul_overflow(shift, USECS_PER_DAY, &shift) ||
		__builtin_add_overflow(timestamp, shift, &shifted) ||
		!IS_VALID_TIMESTAMP(shifted))
		PG_RETURN_NULL();
	PG_RETURN_TIMESTAMP(shifted);
}
