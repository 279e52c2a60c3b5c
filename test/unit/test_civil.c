/*
 * test_civil.c
 *		The calendar, walked day by day from before PostgreSQL's first date.
 */
#include "core/pr_civil.h"
#include "tap.h"

static bool
leap(int64_t year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int
month_length(int64_t year, int month)
{
	static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	return month == 2 && leap(year) ? 29 : lengths[month - 1];
}

static PrCivil
tomorrow(PrCivil c)
{
	if (++c.day > month_length(c.year, c.month))
	{
		c.day = 1;
		if (++c.month > 12)
		{
			c.month = 1;
			c.year++;
		}
	}
	return c;
}

static bool
same(PrCivil a, PrCivil b)
{
	return a.year == b.year && a.month == b.month && a.day == b.day;
}

static int64_t
floor_to(int64_t n, int64_t step)
{
	while (n % step != 0)
		n--;
	return n;
}

/* Starts of all units, carried along by a walk over 8,000 years. */
static void
test_walk(void)
{
	PrCivil		today = {-4801, 1, 1};
	int64_t		day = pr_civil_to_day(today);
	int64_t		starts[PR_UNIT_CENTURY + 1] = {0};

	for (; today.year < 3200; today = tomorrow(today), day++)
	{
		/* 2000-01-01 was a Saturday: Mondays are 2 modulo 7. */
		bool		monday = ((day - 2) % 7 + 7) % 7 == 0;

		CHECK(pr_civil_to_day(today) == day);
		CHECK(same(pr_civil_from_day(day), today));
		CHECK(pr_civil_is_date(today.year, today.month, today.day));
		if (monday)
			starts[PR_UNIT_WEEK] = day;
		if (today.day == 1)
			starts[PR_UNIT_MONTH] = day;
		if (today.day == 1 && today.month % 3 == 1)
			starts[PR_UNIT_QUARTER] = day;
		if (today.day == 1 && today.month == 1)
		{
			starts[PR_UNIT_YEAR] = day;
			if (floor_to(today.year, 10) == today.year)
				starts[PR_UNIT_DECADE] = day;
			if (floor_to(today.year - 1, 100) == today.year - 1)
				starts[PR_UNIT_CENTURY] = day;
		}
		starts[PR_UNIT_DAY] = day;
		if (today.year < -4699)
			continue;			/* now every unit has begun */
		for (PrDateUnit unit = PR_UNIT_DAY; unit <= PR_UNIT_CENTURY; unit++)
			CHECK(pr_civil_truncate(day, unit) == starts[unit]);
	}
	CHECK(day == pr_civil_to_day((PrCivil) {3200, 1, 1}));
	CHECK(pr_civil_to_day((PrCivil) {2000, 1, 1}) == 0);
	CHECK(pr_civil_to_day((PrCivil) {1970, 1, 1}) == -10957);
	done("each day of 8,000 years, and the start of each unit");
}

static void
test_units(void)
{
	CHECK(pr_civil_unit("day", 3) == PR_UNIT_DAY && pr_civil_unit("century", 7) == PR_UNIT_CENTURY);
	CHECK(pr_civil_unit("week", 4) == PR_UNIT_WEEK && pr_civil_unit("quarter", 7) == PR_UNIT_QUARTER);
	CHECK(pr_civil_unit("Day", 3) == PR_UNIT_UNKNOWN && pr_civil_unit("days", 4) == PR_UNIT_UNKNOWN);
	CHECK(pr_civil_unit("", 0) == PR_UNIT_UNKNOWN && pr_civil_unit("hour", 4) == PR_UNIT_UNKNOWN);
	done("names of units");
}

static void
test_dates(void)
{
	CHECK(pr_civil_is_date(2000, 2, 29) && !pr_civil_is_date(1900, 2, 29) && pr_civil_is_date(2024, 2, 29));
	CHECK(!pr_civil_is_date(2023, 2, 29) && !pr_civil_is_date(2023, 4, 31) && pr_civil_is_date(2023, 12, 31));
	CHECK(!pr_civil_is_date(2023, 0, 1) && !pr_civil_is_date(2023, 13, 1) && !pr_civil_is_date(2023, 1, 0));
	done("dates that exist");
}

static int64_t
age(int64_t y1, int m1, int d1, int64_t y2, int m2, int d2)
{
	return pr_civil_completed_years(pr_civil_to_day((PrCivil) {y1, m1, d1}), pr_civil_to_day((PrCivil) {y2, m2, d2}));
}

static void
test_age(void)
{
	CHECK(age(1984, 5, 17, 2024, 5, 16) == 39 && age(1984, 5, 17, 2024, 5, 17) == 40);
	CHECK(age(2000, 2, 29, 2001, 2, 28) == 0 && age(2000, 2, 29, 2001, 3, 1) == 1);
	CHECK(age(2000, 2, 29, 2004, 2, 28) == 3 && age(2000, 2, 29, 2004, 2, 29) == 4);
	CHECK(age(2024, 1, 1, 2024, 1, 1) == 0 && age(2023, 12, 31, 2024, 1, 1) == 0);
	CHECK(age(-1, 12, 31, 1, 12, 31) == 2);	/* 2 BC to AD 1 */
	done("completed years");
}

int
main(void)
{
	test_walk();
	test_units();
	test_dates();
	test_age();
	return finish();
}
