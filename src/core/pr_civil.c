/*
 * pr_civil.c
 *		Dates of the proleptic Gregorian calendar.  See pr_civil.h.
 *
 * Days are counted from 1 March of year 0, so that a leap day is the last of
 * its year; 400 years have 146,097 days, and the months from March on have
 * 153 days in each five.
 */
#include "core/pr_civil.h"

#include <string.h>

#define DAYS_PER_ERA		146097	/* 400 years */
#define DAY_OF_2000_01_01	730425	/* counted from 0000-03-01 */

static int64_t
floor_div(int64_t a, int64_t b)
{
	int64_t		q = a / b;

	return a % b < 0 ? q - 1 : q;
}

PrDateUnit
pr_civil_unit(const char *name, size_t length)
{
	static const struct
	{
		const char *name;
		size_t		length;
		PrDateUnit	unit;
	}			units[] = {
		{"day", 3, PR_UNIT_DAY},
		{"week", 4, PR_UNIT_WEEK},
		{"month", 5, PR_UNIT_MONTH},
		{"quarter", 7, PR_UNIT_QUARTER},
		{"year", 4, PR_UNIT_YEAR},
		{"decade", 6, PR_UNIT_DECADE},
		{"century", 7, PR_UNIT_CENTURY},
	};
	size_t		i;

	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++)
	{
		if (units[i].length == length && memcmp(units[i].name, name, length) == 0)
			return units[i].unit;
	}
	return PR_UNIT_UNKNOWN;
}

PrCivil
pr_civil_from_day(int64_t day)
{
	int64_t		since = day + DAY_OF_2000_01_01;
	int64_t		era = floor_div(since, DAYS_PER_ERA);
	uint32_t	in_era = (uint32_t) (since - era * DAYS_PER_ERA);
	uint32_t	year = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
	uint32_t	in_year = in_era - (365 * year + year / 4 - year / 100);
	uint32_t	month = (5 * in_year + 2) / 153;	/* 0 = March */
	PrCivil		civil;

	civil.day = (int) (in_year - (153 * month + 2) / 5) + 1;
	civil.month = (int) (month < 10 ? month + 3 : month - 9);
	civil.year = era * 400 + year + (civil.month <= 2 ? 1 : 0);
	return civil;
}

int64_t
pr_civil_to_day(PrCivil civil)
{
	int64_t		year = civil.year - (civil.month <= 2 ? 1 : 0);
	int64_t		era = floor_div(year, 400);
	int64_t		in_era_year = year - era * 400;
	int64_t		month = civil.month > 2 ? civil.month - 3 : civil.month + 9;
	int64_t		in_year = (153 * month + 2) / 5 + civil.day - 1;

	return era * DAYS_PER_ERA + in_era_year * 365 + in_era_year / 4 - in_era_year / 100 + in_year -
		DAY_OF_2000_01_01;
}

int64_t
pr_civil_truncate(int64_t day, PrDateUnit unit)
{
	PrCivil		civil;

	if (unit == PR_UNIT_DAY || unit == PR_UNIT_UNKNOWN)
		return day;
	if (unit == PR_UNIT_WEEK)
		return floor_div(day + 5, 7) * 7 - 5;	/* 2000-01-01 was a Saturday */

	civil = pr_civil_from_day(day);
	if (unit == PR_UNIT_MONTH)
		return day - (civil.day - 1);
	civil.day = 1;
	if (unit == PR_UNIT_QUARTER)
		civil.month = (civil.month - 1) / 3 * 3 + 1;
	else
		civil.month = 1;
	if (unit == PR_UNIT_DECADE)
		civil.year = floor_div(civil.year, 10) * 10;
	else if (unit == PR_UNIT_CENTURY)
		civil.year = floor_div(civil.year - 1, 100) * 100 + 1;
	return pr_civil_to_day(civil);
}

bool
pr_civil_is_date(int64_t year, int month, int day)
{
	static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool		leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	if (month < 1 || month > 12 || day < 1)
		return false;
	return day <= lengths[month - 1] + (month == 2 && leap ? 1 : 0);
}

int64_t
pr_civil_completed_years(int64_t birth, int64_t at)
{
	PrCivil		from = pr_civil_from_day(birth);
	PrCivil		to = pr_civil_from_day(at);
	bool		before_birthday = to.month < from.month || (to.month == from.month && to.day < from.day);

	return to.year - from.year - (before_birthday ? 1 : 0);
}
