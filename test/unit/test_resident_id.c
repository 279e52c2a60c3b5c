/*
 * test_resident_id.c
 *		Resident identity numbers: the standard's examples, each check, and
 *		what is shown.
 */
#include "core/pr_resident_id.h"
#include "tap.h"

static bool
valid(const char *value)
{
	char		number[PR_RESIDENT_ID_LENGTH];

	return pr_resident_id_normalize(value, strlen(value), number);
}

static bool
shows(const char *value, const char *show_text, const char *expected)
{
	PrResidentShow show;
	char		number[PR_RESIDENT_ID_LENGTH];
	char		out[PR_RESIDENT_OUTPUT_MAX];
	size_t		n;

	if (!pr_resident_id_parse_show(show_text, strlen(show_text), &show) ||
		!pr_resident_id_normalize(value, strlen(value), number))
		return false;
	n = pr_resident_id_show(number, &show, out);
	return n <= sizeof(out) && n == strlen(expected) && memcmp(out, expected, n) == 0;
}

static bool
parses(const char *text)
{
	PrResidentShow show;

	return pr_resident_id_parse_show(text, strlen(text), &show);
}

/* Sum of digits by weights, another way than the running form of the code. */
static char
check_by_weights(const char *digits)
{
	static const int weights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
	int			sum = 0;

	for (int i = 0; i < 17; i++)
		sum += (digits[i] - '0') * weights[i];
	return "10X98765432"[sum % 11];
}

static void
test_check(void)
{
	CHECK(valid("110101190102280013") && valid("11010119010301004X") && valid("11010119010301004x"));
	for (int sequence = 0; sequence < 1000; sequence++)
	{
		char		number[32];
		char		right;

		snprintf(number, sizeof(number), "11010119900307%03d0", sequence);
		right = check_by_weights(number);
		for (const char *c = "0123456789X"; *c != '\0'; c++)
		{
			number[17] = *c;
			CHECK(valid(number) == (*c == right));
		}
	}
	done("only the right check character passes");
}

/* With its right check character appended, is the number of 17 digits valid? */
static bool
body_valid(const char *digits)
{
	char		number[32];

	snprintf(number, sizeof(number), "%.17s%c", digits, check_by_weights(digits));
	return valid(number);
}

static void
test_body(void)
{
	static const char *const provinces = "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 "
		"50 51 52 53 54 61 62 63 64 65 71 81 82 83 ";

	for (int province = 0; province < 100; province++)
	{
		char		digits[32];
		char		word[16];

		snprintf(digits, sizeof(digits), "%02d010119901231123", province);
		snprintf(word, sizeof(word), "%02d ", province);
		CHECK(body_valid(digits) == (strstr(provinces, word) != NULL));
	}
	CHECK(body_valid("11010119000101123") && !body_valid("11010118991231123"));
	CHECK(body_valid("11010120991231123") && !body_valid("11010121000101123"));
	CHECK(body_valid("11010120000229123") && !body_valid("11010119000229123"));
	CHECK(!body_valid("11010119901301123") && !body_valid("11010119900001123") && !body_valid("11010119900431123"));
	done("provinces and dates");
}

static void
test_shape(void)
{
	CHECK(!valid("") && !valid("1") && !valid("11010119010228001") && !valid("1101011901022800133"));
	CHECK(!valid("11010119010228001 ") && !valid("1101O1190102280013") && !valid("X10101190102280013"));
	CHECK(!valid("11010101022800X") && !valid("110101 10228001"));
	done("other lengths and characters");
}

static void
test_show(void)
{
	CHECK(shows("110101190102280013", "region", "110101") && shows("110101190102280013", "city", "1101"));
	CHECK(shows("110101190102280013", "province", "11") && shows("110101190102280013", "birth_year", "1901"));
	CHECK(shows("110101190102280013", "birth_month", "1901-02") && shows("110101190102280013", "sex", "M"));
	CHECK(shows("11010119010301004X", "sex", "F"));
	CHECK(shows("110101190102280013", "region+birth_year+sex", "110101-1901-M"));
	CHECK(shows("110101190102280013", "sex+province", "M-11"));
	CHECK(shows("110101190102280013", "region+city+province+birth_year+birth_month+sex",
				"110101-1101-11-1901-1901-02-M"));
	/* the old form of the first number */
	CHECK(shows("110101010228001", "region+birth_year+sex", "110101-1901-M"));
	done("parts");

	CHECK(!parses("") && !parses("+") && !parses("region+") && !parses("+region") && !parses("region++sex"));
	CHECK(!parses("Region") && !parses("name") && !parses("region, sex") && !parses("sex+sex"));
	done("words that are no parts");
}

int
main(void)
{
	test_check();
	test_body();
	test_shape();
	test_show();
	return finish();
}
