/*
 * pr_resident_id.c
 *		The Chinese resident identity number.  See pr_resident_id.h.
 *
 * Only numbers that pass every check show anything: a mistyped number, or
 * another secret in the wrong column, shows nothing at all.
 */
#include "core/pr_resident_id.h"

#include <string.h>

#include "core/pr_civil.h"

static const struct
{
	const char *name;
	PrResidentPart part;
}			part_names[] = {
	{"region", PR_RESIDENT_REGION},
	{"city", PR_RESIDENT_CITY},
	{"province", PR_RESIDENT_PROVINCE},
	{"birth_year", PR_RESIDENT_BIRTH_YEAR},
	{"birth_month", PR_RESIDENT_BIRTH_MONTH},
	{"sex", PR_RESIDENT_SEX},
};

static bool
find_part(const char *name, size_t length, PrResidentPart *part)
{
	size_t		i;

	for (i = 0; i < sizeof(part_names) / sizeof(part_names[0]); i++)
	{
		if (strlen(part_names[i].name) == length && memcmp(part_names[i].name, name, length) == 0)
		{
			*part = part_names[i].part;
			return true;
		}
	}
	return false;
}

bool
pr_resident_id_parse_show(const char *text, size_t length, PrResidentShow *show)
{
	size_t		start = 0;
	size_t		i;
	unsigned	seen = 0;

	show->n = 0;
	for (i = 0; i <= length; i++)
	{
		PrResidentPart part;

		if (i < length && text[i] != '+')
			continue;
		if (!find_part(text + start, i - start, &part) || (seen & (1u << part)) != 0)
			return false;
		seen |= 1u << part;
		show->parts[show->n++] = part;
		start = i + 1;
	}
	return true;
}

static bool
all_digits(const char *s, size_t n)
{
	size_t		i;

	for (i = 0; i < n; i++)
	{
		if (s[i] < '0' || s[i] > '9')
			return false;
	}
	return true;
}

static int
digits(const char *s, int n)
{
	int			number = 0;

	while (n-- > 0)
		number = number * 10 + (*s++ - '0');
	return number;
}

/* In its running form. */
char
pr_resident_id_check_character(const char *number)
{
	int			p = 0;
	int			i;

	for (i = 0; i < PR_RESIDENT_ID_LENGTH - 1; i++)
		p = (p + (number[i] - '0')) * 2 % 11;
	return "0123456789X"[(12 - p) % 11];
}

/* GB/T 2260, first two digits; 81 to 83 are the permits of Hong Kong, Macao and Taiwan residents. */
static bool
is_province(int code)
{
	return (code >= 11 && code <= 15) || (code >= 21 && code <= 23) || (code >= 31 && code <= 37) ||
		(code >= 41 && code <= 46) || (code >= 50 && code <= 54) || (code >= 61 && code <= 65) ||
		code == 71 || (code >= 81 && code <= 83);
}

bool
pr_resident_id_normalize(const char *value, size_t length, char number[PR_RESIDENT_ID_LENGTH])
{
	int			year;

	if (length == PR_RESIDENT_ID_OLD_LENGTH)
	{
		if (!all_digits(value, length))
			return false;
		memcpy(number, value, 6);
		memcpy(number + 6, "19", 2);
		memcpy(number + 8, value + 6, 9);
		number[17] = pr_resident_id_check_character(number);
	}
	else if (length == PR_RESIDENT_ID_LENGTH)
	{
		if (!all_digits(value, length - 1))
			return false;
		memcpy(number, value, length);
		if (number[17] == 'x')
			number[17] = 'X';
		if (number[17] != pr_resident_id_check_character(number))
			return false;
	}
	else
		return false;

	year = digits(number + 6, 4);
	return is_province(digits(number, 2)) && year >= 1900 && year <= 2099 &&
		pr_civil_is_date(year, digits(number + 10, 2), digits(number + 12, 2));
}

static char *
put(char *out, const char *bytes, size_t n)
{
	memcpy(out, bytes, n);
	return out + n;
}

static char *
put_part(char *out, const char *number, PrResidentPart part)
{
	switch (part)
	{
		case PR_RESIDENT_REGION:
			return put(out, number, 6);
		case PR_RESIDENT_CITY:
			return put(out, number, 4);
		case PR_RESIDENT_PROVINCE:
			return put(out, number, 2);
		case PR_RESIDENT_BIRTH_YEAR:
			return put(out, number + 6, 4);
		case PR_RESIDENT_BIRTH_MONTH:
			out = put(out, number + 6, 4);
			out = put(out, "-", 1);
			return put(out, number + 10, 2);
		case PR_RESIDENT_SEX:
			return put(out, (number[16] - '0') % 2 == 1 ? "M" : "F", 1);
	}
	return out;
}

size_t
pr_resident_id_show(const char number[PR_RESIDENT_ID_LENGTH], const PrResidentShow *show, char *out)
{
	char	   *end = out;
	int			i;

	for (i = 0; i < show->n; i++)
	{
		if (i > 0)
			end = put(end, "-", 1);
		end = put_part(end, number, show->parts[i]);
	}
	return end - out;
}
