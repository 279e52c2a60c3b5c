/*
 * pr_checksum.c
 *		Check digits.  See pr_checksum.h.
 *
 * Sums are taken modulo as they go, so that no length overflows them.
 */
#include "core/pr_checksum.h"

#include <string.h>

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* 0 to 9, A = 10 to Z = 35; -1 for anything else. */
static int
value_base36(char c)
{
	if (is_digit(c))
		return c - '0';
	if (c >= 'A' && c <= 'Z')
		return c - 'A' + 10;
	return -1;
}

static bool
is_one_digit_repeated(const char *digits, size_t n)
{
	size_t		i;

	for (i = 1; i < n; i++)
	{
		if (digits[i] != digits[0])
			return false;
	}
	return true;
}

bool
pr_check_luhn(const char *digits, size_t n)
{
	int			sum = 0;
	size_t		i;

	if (n < 2 || is_one_digit_repeated(digits, n))
		return false;
	for (i = 0; i < n; i++)
	{
		int			value = digits[n - 1 - i] - '0';

		if (!is_digit(digits[n - 1 - i]))
			return false;
		if (i % 2 == 1)
			value = value > 4 ? value * 2 - 9 : value * 2;
		sum = (sum + value) % 10;
	}
	return sum == 0;
}

/* rest, followed by the digits of a character, modulo 97. */
static int
continue_mod97(int rest, char c)
{
	int			value = value_base36(c);

	return value < 10 ? (rest * 10 + value) % 97 : (rest * 100 + value) % 97;
}

bool
pr_check_iban(const char *iban, size_t n)
{
	int			rest = 0;
	size_t		i;

	if (n < 5)
		return false;
	for (i = 0; i < n; i++)
	{
		char		c = iban[(i + 4) % n];

		if (value_base36(c) < 0)
			return false;
		rest = continue_mod97(rest, c);
	}
	return rest == 1;
}

int
pr_iban_length(const char *iban)
{
	static const char *const lengths =
		"AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 "
		"ES24 FI18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 "
		"LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 "
		"QA29 RO24 RS22 SA24 SC31 SE24 SI19 SK24 SM27 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 ";
	const char *entry;

	for (entry = lengths; *entry != '\0'; entry += 5)
	{
		if (memcmp(entry, iban, 2) == 0)
			return (entry[2] - '0') * 10 + (entry[3] - '0');
	}
	return 0;
}

/* 31 characters: no I, O, S, V, Z. */
static int
value_base31(char c)
{
	static const char *const alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
	const char *found = c == '\0' ? NULL : strchr(alphabet, c);

	return found == NULL ? -1 : (int) (found - alphabet);
}

bool
pr_check_credit_code(const char code[PR_CREDIT_CODE_LENGTH])
{
	int			weight = 1;
	int			sum = 0;
	int			i;

	for (i = 0; i < PR_CREDIT_CODE_LENGTH; i++)
	{
		if (value_base31(code[i]) < 0)
			return false;
	}
	for (i = 0; i < PR_CREDIT_CODE_LENGTH - 1; i++)
	{
		sum = (sum + value_base31(code[i]) * weight) % 31;
		weight = weight * 3 % 31;
	}
	return value_base31(code[PR_CREDIT_CODE_LENGTH - 1]) == (31 - sum) % 31;
}

bool
pr_check_organization_code(const char code[PR_ORGANIZATION_CODE_LENGTH])
{
	static const int weights[PR_ORGANIZATION_CODE_LENGTH - 1] = {3, 7, 9, 10, 5, 8, 4, 2};
	int			sum = 0;
	int			i;

	for (i = 0; i < PR_ORGANIZATION_CODE_LENGTH - 1; i++)
	{
		int			value = value_base36(code[i]);

		if (value < 0)
			return false;
		sum += value * weights[i];
	}
	return code[PR_ORGANIZATION_CODE_LENGTH - 1] == "0123456789X"[(11 - sum % 11) % 11];
}

char
pr_check_digit_731(const char *field, size_t n)
{
	static const int weights[3] = {7, 3, 1};
	int			sum = 0;
	size_t		i;

	for (i = 0; i < n; i++)
	{
		int			value = field[i] == '<' ? 0 : value_base36(field[i]);

		if (value < 0)
			return '\0';
		sum = (sum + value * weights[i % 3]) % 10;
	}
	return (char) ('0' + sum);
}
