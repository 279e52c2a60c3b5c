/*
 * pr_civil.h
 *		Dates of the proleptic Gregorian calendar: truncation and age.
 *
 * A day is a number, 0 = 2000-01-01.  Years are astronomical: 0 is 1 BC, -1 is
 * 2 BC.  Days within about +-10^15 are safe; PostgreSQL's are below 2^32.
 */
#ifndef PR_CIVIL_H
#define PR_CIVIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct PrCivil
{
	int64_t		year;
	int			month;			/* 1 .. 12 */
	int			day;			/* 1 .. 31 */
} PrCivil;

typedef enum PrDateUnit
{
	PR_UNIT_UNKNOWN,
	PR_UNIT_DAY,
	PR_UNIT_WEEK,				/* ISO 8601, from Monday */
	PR_UNIT_MONTH,
	PR_UNIT_QUARTER,
	PR_UNIT_YEAR,
	PR_UNIT_DECADE,				/* years 2000 .. 2009, as PostgreSQL counts */
	PR_UNIT_CENTURY				/* years 2001 .. 2100; there is no year 0 */
} PrDateUnit;

/* The unit of that name, in lower case; PR_UNIT_UNKNOWN for any other. */
extern PrDateUnit pr_civil_unit(const char *name, size_t length);

extern PrCivil pr_civil_from_day(int64_t day);
extern int64_t pr_civil_to_day(PrCivil civil);

/* First day of the unit that holds day. */
extern int64_t pr_civil_truncate(int64_t day, PrDateUnit unit);

extern bool pr_civil_is_date(int64_t year, int month, int day);

/* Completed years from birth to at (not before birth).  Who was born on 29 February completes one on 1 March of a common year. */
extern int64_t pr_civil_completed_years(int64_t birth, int64_t at);

#endif							/* PR_CIVIL_H */
