/*
 * pr_detect.c
 *		What a value looks like: numbers and codes.  Texts are in
 *		pr_detect_text.c.  See pr_detect.h.
 *
 * Forms and checks are those of the public standards named at each detector.
 * A number of one digit over and over is nothing: zeros pass many checks.
 */
#include "core/pr_detect.h"

#include <string.h>

#include "core/pr_checksum.h"
#include "core/pr_civil.h"
#include "core/pr_detect_text.h"
#include "core/pr_resident_id.h"

/* ---------- preparing a value ---------- */

int32_t
pr_detect_code_point(const char *s, size_t remaining, size_t *bytes)
{
	const unsigned char *u = (const unsigned char *) s;
	int32_t		point;
	size_t		n;
	size_t		i;

	*bytes = 1;
	if (u[0] < 0x80)
		return u[0];
	if (u[0] >= 0xC2 && u[0] <= 0xDF)
	{
		n = 2;
		point = u[0] & 0x1F;
	}
	else if (u[0] >= 0xE0 && u[0] <= 0xEF)
	{
		n = 3;
		point = u[0] & 0x0F;
	}
	else if (u[0] >= 0xF0 && u[0] <= 0xF4)
	{
		n = 4;
		point = u[0] & 0x07;
	}
	else
		return -1;
	if (remaining < n)
		return -1;
	for (i = 1; i < n; i++)
	{
		if ((u[i] & 0xC0) != 0x80)
			return -1;
		point = (point << 6) | (u[i] & 0x3F);
	}
	*bytes = n;
	return point;
}

/* White space that normal form KC leaves. */
static bool
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool
is_separator(char c)
{
	return is_space(c) || c == '-' || c == '(' || c == ')';
}

static void
make_compact(PrDetectValue *value)
{
	size_t		i;

	value->compact_length = 0;
	for (i = 0; i < value->length; i++)
	{
		char		c = value->text[i];

		if (is_separator(c))
			continue;
		if ((unsigned char) c >= 0x80 || value->compact_length == PR_COMPACT_MAX)
		{
			value->compact_length = 0;
			return;
		}
		value->compact[value->compact_length++] = (c >= 'a' && c <= 'z') ? (char) (c - 'a' + 'A') : c;
	}
}

void
pr_detect_prepare(PrDetectValue *value, const char *utf8, size_t length, int32_t today)
{
	while (length > 0 && is_space(utf8[0]))
	{
		utf8++;
		length--;
	}
	while (length > 0 && is_space(utf8[length - 1]))
		length--;
	value->text = utf8;
	value->length = length;
	value->today = today;
	make_compact(value);
}

/* ---------- characters of codes ---------- */

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool
all_digits(const char *s, size_t n)
{
	size_t		i;

	for (i = 0; i < n; i++)
	{
		if (!is_digit(s[i]))
			return false;
	}
	return true;
}

static bool
is_one_digit_repeated(const char *s, size_t n)
{
	size_t		i;

	for (i = 1; i < n; i++)
	{
		if (s[i] != s[0])
			return false;
	}
	return true;
}

static int
number_of(const char *s, int n)
{
	int			number = 0;

	while (n-- > 0)
		number = number * 10 + (*s++ - '0');
	return number;
}

/* A day from 1900 to today, as YYYYMMDD. */
static bool
is_past_day(const char *digits, int32_t today)
{
	return number_of(digits, 4) >= 1900 && number_of(digits, 8) <= today &&
		pr_civil_is_date(number_of(digits, 4), number_of(digits + 4, 2), number_of(digits + 6, 2));
}

/*
 * Does s follow the pattern?  9 stands for a digit, p for a letter other than I
 * and O, n for p or a digit; anything else for itself.
 */
static bool
follows(const char *s, size_t n, const char *pattern)
{
	size_t		i;

	if (strlen(pattern) != n)
		return false;
	for (i = 0; i < n; i++)
	{
		bool		plate_letter = is_letter(s[i]) && s[i] != 'I' && s[i] != 'O';
		bool		fits;

		switch (pattern[i])
		{
			case '9':
				fits = is_digit(s[i]);
				break;
			case 'p':
				fits = plate_letter;
				break;
			case 'n':
				fits = plate_letter || is_digit(s[i]);
				break;
			default:
				fits = s[i] == pattern[i];
				break;
		}
		if (!fits)
			return false;
	}
	return true;
}

static bool
follows_any(const char *s, size_t n, const char *const *patterns)
{
	for (; *patterns != NULL; patterns++)
	{
		if (follows(s, n, *patterns))
			return true;
	}
	return false;
}

static PrMatch
full_if(bool condition)
{
	return condition ? PR_MATCH_FULL : PR_MATCH_NONE;
}

/* ---------- papers ---------- */

/*
 * A permanent-residence card begins with 9, region and nationality fill its
 * first six digits; date and check stand where those of GB 11643 do.
 */
static PrMatch
detect_permanent_residence(const char *s, int32_t today)
{
	if (!is_past_day(s + 6, today))
		return PR_MATCH_NONE;
	return pr_resident_id_check_character(s) == s[17] ? PR_MATCH_FULL : PR_MATCH_NONE;
}

/* The old form has no check: only its form can be right. */
static PrMatch
detect_resident_id(const PrDetectValue *value)
{
	const char *s = value->compact;
	size_t		n = value->compact_length;
	char		number[PR_RESIDENT_ID_LENGTH];

	if (n == PR_RESIDENT_ID_OLD_LENGTH)
		return pr_resident_id_normalize(s, n, number) ? PR_MATCH_FORM : PR_MATCH_NONE;
	if (n != PR_RESIDENT_ID_LENGTH || !all_digits(s, n - 1) || !(is_digit(s[17]) || s[17] == 'X'))
		return PR_MATCH_NONE;
	if (s[0] == '9')
		return detect_permanent_residence(s, value->today);
	memcpy(number, s, sizeof(number));
	number[17] = pr_resident_id_check_character(number);
	if (!is_past_day(s + 6, value->today) || !pr_resident_id_normalize(number, sizeof(number), number))
		return PR_MATCH_NONE;
	return s[17] == number[17] ? PR_MATCH_FULL : PR_MATCH_FORM;
}

static PrMatch
detect_credit_code(const PrDetectValue *value)
{
	static const char *const alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
	const char *s = value->compact;
	int			i;

	if (value->compact_length != PR_CREDIT_CODE_LENGTH || !all_digits(s + 2, 6))
		return PR_MATCH_NONE;
	for (i = 0; i < PR_CREDIT_CODE_LENGTH; i++)
	{
		if (s[i] == '\0' || strchr(alphabet, s[i]) == NULL)
			return PR_MATCH_NONE;
	}
	return pr_check_credit_code(s) && pr_check_organization_code(s + 8) ? PR_MATCH_FULL : PR_MATCH_FORM;
}

/* The number has no check; what is copied from the machine-readable zone has a check digit behind it. */
static PrMatch
detect_passport(const PrDetectValue *value)
{
	static const char *const patterns[] = {"E99999999", "Ep9999999", "G99999999", "149999999", "159999999",
	"PE9999999", "SE9999999", "DE9999999", "K99999999", "MA9999999", NULL};
	const char *s = value->compact;
	size_t		n = value->compact_length;

	if (n == 10 && is_letter(s[0]) && s[9] == pr_check_digit_731(s, 9))
		n = 9;
	return full_if(follows_any(s, n, patterns) && !(all_digits(s, n) && is_one_digit_repeated(s, n)));
}

static PrMatch
detect_travel_permit(const PrDetectValue *value)
{
	static const char *const patterns[] = {"H99999999", "H9999999999", "M99999999", "M9999999999",
	"C99999999", "Cp9999999", NULL};

	return full_if(follows_any(value->compact, value->compact_length, patterns));
}

/* ---------- accounts and devices ---------- */

static PrMatch
luhn(const char *s, size_t n)
{
	if (is_one_digit_repeated(s, n))
		return PR_MATCH_NONE;
	return pr_check_luhn(s, n) ? PR_MATCH_FULL : PR_MATCH_FORM;
}

static PrMatch
detect_bank_card(const PrDetectValue *value)
{
	const char *s = value->compact;
	size_t		n = value->compact_length;

	if (n < 16 || n > 19 || !all_digits(s, n) || s[0] != '6' || s[1] != '2')
		return PR_MATCH_NONE;
	return luhn(s, n);
}

static bool
has_card_issuer(const char *s, size_t n)
{
	int			two = number_of(s, 2);
	int			four = number_of(s, 4);

	if (s[0] == '4')
		return n == 13 || n == 16 || n == 19;
	if (n == 15)
		return two == 34 || two == 37;
	return n == 16 && ((two >= 51 && two <= 55) || (four >= 2221 && four <= 2720) || (four >= 3528 && four <= 3589));
}

static PrMatch
detect_credit_card(const PrDetectValue *value)
{
	const char *s = value->compact;
	size_t		n = value->compact_length;

	if (n < 13 || n > 19 || !all_digits(s, n) || !has_card_issuer(s, n))
		return PR_MATCH_NONE;
	return luhn(s, n);
}

static PrMatch
detect_imei(const PrDetectValue *value)
{
	const char *s = value->compact;
	int			body;

	if (value->compact_length != 15 || !all_digits(s, 15))
		return PR_MATCH_NONE;
	body = number_of(s, 2);		/* that gives the numbers out */
	return body == 1 || body == 35 || body == 86 || body == 99 ? luhn(s, 15) : PR_MATCH_NONE;
}

static PrMatch
detect_iban(const PrDetectValue *value)
{
	const char *s = value->compact;
	size_t		n = value->compact_length;

	if (n < 15 || n > 34 || !is_letter(s[0]) || !is_letter(s[1]) || !all_digits(s + 2, 2) || pr_iban_length(s) != (int) n)
		return PR_MATCH_NONE;
	return pr_check_iban(s, n) ? PR_MATCH_FULL : PR_MATCH_FORM;
}

/* ---------- telephones ---------- */

/* Leave out the prefix of China. */
static void
skip_country(const char **s, size_t *n)
{
	static const char *const prefixes[] = {"+86", "0086", "86"};
	size_t		i;

	for (i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
	{
		size_t		length = strlen(prefixes[i]);

		if (*n == length + 11 && memcmp(*s, prefixes[i], length) == 0)
		{
			*s += length;
			*n -= length;
			return;
		}
	}
}

static PrMatch
detect_mobile(const PrDetectValue *value)
{
	const char *s = value->compact;
	size_t		n = value->compact_length;

	skip_country(&s, &n);
	return full_if(n == 11 && all_digits(s, n) && s[0] == '1' && s[1] >= '3');
}

static PrMatch
detect_landline(const PrDetectValue *value)
{
	const char *s = value->compact;
	size_t		n = value->compact_length;

	if (n < 10 || n > 12 || !all_digits(s, n) || s[0] != '0' || s[1] == '0')
		return PR_MATCH_NONE;
	/* Area codes of two digits are 10 and 20 to 29, and have numbers of eight. */
	if (s[1] == '1' || s[1] == '2')
		return full_if(n == 11 && (s[1] == '2' || s[2] == '0'));
	return full_if(n >= 11);
}

/* Any number of one to fifteen digits would do; what a telephone answers has seven at least. */
static PrMatch
detect_phone(const PrDetectValue *value)
{
	const char *s = value->compact;
	size_t		n = value->compact_length;

	return full_if(n >= 8 && n <= 16 && s[0] == '+' && s[1] != '0' && all_digits(s + 1, n - 1) &&
				   !is_one_digit_repeated(s + 1, n - 1));
}

/* ---------- vehicles ---------- */

/* Ordinary plates end with five characters after the authority, those of cars that run on electricity with six. */
static PrMatch
detect_licence_plate(const PrDetectValue *value)
{
	static const char *const provinces = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼";
	static const char *const last = "挂学警港澳";
	static const char *const patterns[] = {"pnnnnn", "pDn9999", "pFn9999", "p99999D", "p99999F", NULL};
	char		rest[16];
	size_t		n;
	bool		marked;

	n = pr_detect_plate(value->text, value->length, provinces, last, rest, sizeof(rest), &marked);
	if (marked)
		return full_if(follows(rest, n, "pnnnn"));
	return full_if(follows_any(rest, n, patterns));
}

/* ---------- days ---------- */

static PrMatch
detect_date(const PrDetectValue *value)
{
	char		digits[8];

	if (!pr_detect_day_digits(value->text, value->length, digits))
		return PR_MATCH_NONE;
	return full_if(number_of(digits, 4) >= 1850 && number_of(digits, 4) <= 2150 &&
				   pr_civil_is_date(number_of(digits, 4), number_of(digits + 4, 2), number_of(digits + 6, 2)));
}

PrMatch
pr_detect(PrDetector detector, const PrDetectValue *value)
{
	if (value->length == 0)
		return PR_MATCH_NONE;
	switch (detector)
	{
		case PR_DETECT_RESIDENT_ID:
			return detect_resident_id(value);
		case PR_DETECT_CREDIT_CODE:
			return detect_credit_code(value);
		case PR_DETECT_PASSPORT:
			return detect_passport(value);
		case PR_DETECT_TRAVEL_PERMIT:
			return detect_travel_permit(value);
		case PR_DETECT_BANK_CARD:
			return detect_bank_card(value);
		case PR_DETECT_CREDIT_CARD:
			return detect_credit_card(value);
		case PR_DETECT_IBAN:
			return detect_iban(value);
		case PR_DETECT_IMEI:
			return detect_imei(value);
		case PR_DETECT_LICENCE_PLATE:
			return detect_licence_plate(value);
		case PR_DETECT_MOBILE:
			return detect_mobile(value);
		case PR_DETECT_LANDLINE:
			return detect_landline(value);
		case PR_DETECT_PHONE:
			return detect_phone(value);
		case PR_DETECT_DATE:
			return detect_date(value);
		case PR_DETECT_EMAIL:
			return full_if(pr_detect_is_email(value->text, value->length));
		case PR_DETECT_IP:
			return full_if(pr_detect_is_ip(value->text, value->length));
		case PR_DETECT_MAC:
			return full_if(pr_detect_is_mac(value->text, value->length));
		case PR_DETECT_URL:
			return full_if(pr_detect_is_url(value->text, value->length));
		case PR_DETECT_PERSON_NAME:
			return pr_detect_person_name(value->text, value->length);
		case PR_DETECT_SEX:
			return full_if(pr_detect_is_sex(value->text, value->length));
		case PR_DETECT_ETHNIC_GROUP:
			return full_if(pr_detect_is_ethnic_group(value->text, value->length));
	}
	return PR_MATCH_NONE;
}
