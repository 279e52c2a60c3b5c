/*
 * pr_mask_date.c
 *		SQL functions date_trunc (date, timestamp, timestamptz) and age.
 *
 * The zone of timestamptz is an argument, never the session's, so that a cell
 * is the same for every reader.  Infinities are cells of their own; a result
 * before the type's first value is NULL.
 */
#include "postgres.h"

#include "datatype/timestamp.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "pgtime.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/datetime.h"
#include "utils/timestamp.h"

#include "common/pr_compat.h"
#include "core/pr_civil.h"
#include "transform/pr_cell.h"
#include "transform/pr_mask.h"

PG_FUNCTION_INFO_V1(privrelease_date_trunc_date);
PG_FUNCTION_INFO_V1(privrelease_date_trunc_timestamp);
PG_FUNCTION_INFO_V1(privrelease_date_trunc_timestamptz);
PG_FUNCTION_INFO_V1(privrelease_age);

#define UNIX_TO_POSTGRES_DAYS	(POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE)

static PrDateUnit
unit_of(text *name)
{
	return pr_civil_unit(VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name));
}

/* The largest multiple of step that is not above value. */
static inline int64
floor_quotient(int64 value, int64 step)
{
	int64		quotient = value / step;

	return value % step < 0 ? quotient - 1 : quotient;
}

/* date_trunc(value date, unit text) → date */
Datum
privrelease_date_trunc_date(PG_FUNCTION_ARGS)
{
	DateADT		value = PG_GETARG_DATEADT(0);
	PrDateUnit	unit = unit_of(PG_GETARG_TEXT_PP(1));
	int64		day;

	if (unit == PR_UNIT_UNKNOWN)
		PG_RETURN_NULL();
	if (DATE_NOT_FINITE(value))
		PG_RETURN_DATEADT(value);
	day = pr_civil_truncate(value, unit);
	if (!IS_VALID_DATE(day))
		PG_RETURN_NULL();
	PG_RETURN_DATEADT((DateADT) day);
}

/* date_trunc(value timestamp, unit text) → timestamp */
Datum
privrelease_date_trunc_timestamp(PG_FUNCTION_ARGS)
{
	Timestamp	value = PG_GETARG_TIMESTAMP(0);
	PrDateUnit	unit = unit_of(PG_GETARG_TEXT_PP(1));
	int64		start;

	if (unit == PR_UNIT_UNKNOWN)
		PG_RETURN_NULL();
	if (TIMESTAMP_NOT_FINITE(value))
		PG_RETURN_TIMESTAMP(value);
	/* A finite timestamp is some 10^8 days from the epoch at most: no overflow. */
	start = pr_civil_truncate(floor_quotient(value, USECS_PER_DAY), unit) * USECS_PER_DAY;
	if (!IS_VALID_TIMESTAMP(start))
		PG_RETURN_NULL();
	PG_RETURN_TIMESTAMP(start);
}

/* ---------- with a time zone ---------- */

/* Starts of days and their instants that were last computed, by day. */
#define CACHED_DAYS		1024

typedef struct DayStart
{
	int64		day;
	int64		instant;
} DayStart;

typedef struct ZoneCache
{
	pg_tz	   *zone;			/* NULL: there is no such zone */
	int			length;			/* of the name, -1 before the first */
	char		name[TZ_STRLEN_MAX];
	DayStart	starts[CACHED_DAYS];
} ZoneCache;

static pg_tz *
zone_of_name(const char *name, int length)
{
	char		buffer[TZ_STRLEN_MAX + 1];
	pg_tz	   *zone;

	memcpy(buffer, name, length);
	buffer[length] = '\0';
	zone = pg_tzset(buffer);
	/* As SET timezone: no zones that count leap seconds. */
	return zone != NULL && pg_tz_acceptable(zone) ? zone : NULL;
}

/* NULL if there is no such zone. */
static ZoneCache *
zone_cache(FunctionCallInfo fcinfo, text *name)
{
	ZoneCache  *cache = fcinfo->flinfo->fn_extra;
	const char *bytes = VARDATA_ANY(name);
	int			length = VARSIZE_ANY_EXHDR(name);

	if (length == 0 || length > TZ_STRLEN_MAX || memchr(bytes, '\0', length) != NULL)
		return NULL;
	if (unlikely(cache == NULL))
	{
		cache = MemoryContextAlloc(fcinfo->flinfo->fn_mcxt, sizeof(ZoneCache));
		cache->length = -1;
		fcinfo->flinfo->fn_extra = cache;
	}
	if (unlikely(cache->length != length || memcmp(cache->name, bytes, length) != 0))
	{
		cache->length = -1;
		cache->zone = zone_of_name(bytes, length);
		memcpy(cache->name, bytes, length);
		cache->length = length;
		for (int i = 0; i < CACHED_DAYS; i++)
			cache->starts[i].day = PG_INT64_MAX;
	}
	return cache->zone != NULL ? cache : NULL;
}

/* The instant at which a day begins in the zone; in a gap or overlap of clocks the one that PostgreSQL chooses. */
static int64
start_of_day(ZoneCache *cache, int64 day)
{
	DayStart   *start = &cache->starts[(uint64) day % CACHED_DAYS];

	if (start->day != day)
	{
		PrCivil		civil = pr_civil_from_day(day);
		struct pg_tm tm = {0};

		tm.tm_year = (int) civil.year;
		tm.tm_mon = civil.month;
		tm.tm_mday = civil.day;
		start->instant = day * USECS_PER_DAY + DetermineTimeZoneOffset(&tm, cache->zone) * USECS_PER_SEC;
		start->day = day;
	}
	return start->instant;
}

/* Start of the unit that holds a finite instant; false if it cannot be told. */
static bool
truncate_in_zone(ZoneCache *cache, TimestampTz value, PrDateUnit unit, int64 *start)
{
	pg_time_t	seconds = floor_quotient(value, USECS_PER_SEC) + UNIX_TO_POSTGRES_DAYS * (int64) SECS_PER_DAY;
	struct pg_tm *local = pg_localtime(&seconds, cache->zone);

	if (local == NULL)
		return false;
	*start = floor_quotient(seconds + local->tm_gmtoff, SECS_PER_DAY) - UNIX_TO_POSTGRES_DAYS;
	*start = start_of_day(cache, pr_civil_truncate(*start, unit));
	return IS_VALID_TIMESTAMP(*start);
}

/* date_trunc(value timestamptz, unit text, timezone text) → timestamptz */
Datum
privrelease_date_trunc_timestamptz(PG_FUNCTION_ARGS)
{
	TimestampTz value = PG_GETARG_TIMESTAMPTZ(0);
	PrDateUnit	unit = unit_of(PG_GETARG_TEXT_PP(1));
	ZoneCache  *cache = zone_cache(fcinfo, PG_GETARG_TEXT_PP(2));
	int64		start;

	if (unit == PR_UNIT_UNKNOWN || cache == NULL)
		PG_RETURN_NULL();
	if (TIMESTAMP_NOT_FINITE(value))
		PG_RETURN_TIMESTAMPTZ(value);
	if (!truncate_in_zone(cache, value, unit, &start))
		PG_RETURN_NULL();
	PG_RETURN_TIMESTAMPTZ(start);
}

/* ---------- are the units of a zone intervals? ---------- */

/*
 * Where clocks are set back over midnight, a unit ends, comes back and ends
 * again.  Between two changes of its offset a zone's days are in order; so it
 * is enough to look at the changes, and at the days around each: days are in
 * order there, and the unit after a change is not before the unit before it.
 * Rules for the future repeat after 400 years, the period of the calendar.
 */
#define FIRST_SECOND	(-UNIX_EPOCH_JDATE * INT64CONST(86400))		/* of Julian day 0 */
#define LAST_CHANGE		((INT64CONST(2500) - 1970) * 31556952)	/* seconds from 1970 to 2500 */

static bool
change_keeps_order(ZoneCache *cache, pg_time_t change, PrDateUnit unit)
{
	int64		instant;
	int64		day;
	int64		before;
	int64		after;

	if (change <= FIRST_SECOND)
		return true;
	instant = (change - UNIX_TO_POSTGRES_DAYS * (int64) SECS_PER_DAY) * USECS_PER_SEC;
	day = floor_quotient(instant, USECS_PER_DAY);
	if (!truncate_in_zone(cache, instant - 1, unit, &before) || !truncate_in_zone(cache, instant, unit, &after) ||
		before > after)
		return false;
	for (int64 d = day - 2; d <= day + 2; d++)
		if (start_of_day(cache, d) > start_of_day(cache, d + 1))
			return false;
	return true;
}

static bool
units_are_intervals(ZoneCache *cache, PrDateUnit unit)
{
	pg_time_t	at = FIRST_SECOND;
	pg_time_t	change;
	long		offset_before;
	long		offset_after;
	int			dst_before;
	int			dst_after;
	int			found;

	while ((found = pg_next_dst_boundary(&at, &offset_before, &dst_before, &change, &offset_after, &dst_after,
										 cache->zone)) == 1 && change <= LAST_CHANGE)
	{
		CHECK_FOR_INTERRUPTS();
		if (!change_keeps_order(cache, change, unit))
			return false;
		at = change;
	}
	return found >= 0;
}

/* Verdicts of this backend; a server knows its zones for its lifetime. */
typedef struct Verdict
{
	char		zone[TZ_STRLEN_MAX + 1];
	PrDateUnit	unit;
	bool		intervals;
} Verdict;

#define MAX_VERDICTS 32
static Verdict verdicts[MAX_VERDICTS];
static int	n_verdicts = 0;

static bool
find_verdict(const char *zone, PrDateUnit unit)
{
	Verdict    *verdict = &verdicts[n_verdicts % MAX_VERDICTS];
	ZoneCache  *cache = palloc(sizeof(ZoneCache));

	cache->zone = zone_of_name(zone, strlen(zone));
	for (int i = 0; i < CACHED_DAYS; i++)
		cache->starts[i].day = PG_INT64_MAX;
	verdict->unit = PR_UNIT_UNKNOWN;	/* until it is found */
	verdict->intervals = cache->zone != NULL && units_are_intervals(cache, unit);
	strlcpy(verdict->zone, zone, sizeof(verdict->zone));
	verdict->unit = unit;
	pfree(cache);
	n_verdicts++;
	return verdict->intervals;
}

bool
pr_zone_is_monotone(const char *zone, const char *unit)
{
	PrDateUnit	wanted = pr_civil_unit(unit, strlen(unit));

	if (wanted == PR_UNIT_UNKNOWN || strlen(zone) == 0 || strlen(zone) > TZ_STRLEN_MAX)
		return false;
	for (int i = 0; i < Min(n_verdicts, MAX_VERDICTS); i++)
		if (verdicts[i].unit == wanted && strcmp(verdicts[i].zone, zone) == 0)
			return verdicts[i].intervals;
	return find_verdict(zone, wanted);
}

/* ---------- age ---------- */

/* age(value date, at date, width int4) → int4 */
Datum
privrelease_age(PG_FUNCTION_ARGS)
{
	DateADT		birth = PG_GETARG_DATEADT(0);
	DateADT		at = PG_GETARG_DATEADT(1);
	int32		width = PG_GETARG_INT32(2);
	int32		years;

	if (width <= 0 || DATE_NOT_FINITE(birth) || DATE_NOT_FINITE(at) || birth > at)
		PG_RETURN_NULL();
	years = (int32) pr_civil_completed_years(birth, at);
	PG_RETURN_INT32(years - years % width);
}
