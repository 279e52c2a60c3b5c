/*
 * test_checksum.c
 *		Check digits: numbers made for tests, and what one wrong digit does.
 */
#include "core/pr_checksum.h"
#include "tap.h"

static bool
luhn(const char *digits)
{
	return pr_check_luhn(digits, strlen(digits));
}

static bool
iban(const char *text)
{
	return pr_check_iban(text, strlen(text)) && pr_iban_length(text) == (int) strlen(text);
}

static void
test_luhn(void)
{
	static const char *const good[] = {"6200000000000005", "6222000000000000012", "4000000000000002", "5100000000000008",
	"860000000000009", "350000000000006"};

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
	{
		char		wrong[32];

		CHECK(luhn(good[i]));
		/* Any one digit changed is found. */
		for (size_t at = 0; at < strlen(good[i]); at++)
			for (char c = '0'; c <= '9'; c++)
			{
				strcpy(wrong, good[i]);
				wrong[at] = c;
				CHECK(luhn(wrong) == (c == good[i][at]));
			}
	}
	CHECK(!luhn("") && !luhn("0") && !luhn("0000000000000000") && !luhn("62000000000000O5") && !luhn("6200 00000000000"));
	done("Luhn");
}

static void
test_iban(void)
{
	CHECK(iban("DE79000000001234567890") && iban("GB21TEST00000012345678"));
	CHECK(!iban("DE78000000001234567890") && !iban("GB21TEST00000012345687") && !iban("DE7900000000123456789"));
	CHECK(!iban("de79000000001234567890") && !iban("DE79 00000001234567890") && !iban("XX79000000001234567890"));
	CHECK(pr_iban_length("FR") == 27 && pr_iban_length("ES") == 24 && pr_iban_length("IT") == 27 && pr_iban_length("NL") == 18 &&
		  pr_iban_length("CH") == 21 && pr_iban_length("XK") == 20 && pr_iban_length("CN") == 0 && pr_iban_length("D2") == 0 &&
		  pr_iban_length("22") == 0 && pr_iban_length("4 ") == 0);
	done("IBAN");
}

/* The sum over the table of weights, as the standard prints it. */
static char
credit_code_check(const char *code)
{
	static const int weights[] = {1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28};
	static const char *const alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
	int			sum = 0;

	for (int i = 0; i < 17; i++)
		sum += (int) (strchr(alphabet, code[i]) - alphabet) * weights[i];
	return alphabet[(31 - sum % 31) % 31];
}

static void
test_credit_code(void)
{
	CHECK(pr_check_credit_code("91110101MA000XY115") && pr_check_organization_code("MA000XY11"));
	CHECK(pr_check_credit_code("12310101000000019H") && pr_check_organization_code("000000019"));
	CHECK(!pr_check_credit_code("91110101MA000XY116") && !pr_check_credit_code("12310101000000019I"));
	CHECK(!pr_check_credit_code("9111010IMA000XY115") && !pr_check_organization_code("MA000XY12"));
	CHECK(!pr_check_organization_code("MA00 XY11"));
	for (int n = 0; n < 100; n++)
	{
		char		code[32];
		char		right;

		snprintf(code, sizeof(code), "911101%02dMA%03dXY1", n, n * 7);
		snprintf(code + 15, sizeof(code) - 15, "%02d", n);
		right = credit_code_check(code);
		code[17] = right;
		CHECK(pr_check_credit_code(code));
		code[17] = right == '0' ? '1' : '0';
		CHECK(!pr_check_credit_code(code));
	}
	done("unified social credit code and the organization code in it");
}

static void
test_machine_readable(void)
{
	CHECK(pr_check_digit_731("E00000001", 9) == '9' && pr_check_digit_731("EA0000001", 9) == '9');
	/* the example of ICAO 9303: a date, a number with fillers */
	CHECK(pr_check_digit_731("520727", 6) == '3' && pr_check_digit_731("AB2134<<<", 9) == '5');
	CHECK(pr_check_digit_731("e00000001", 9) == '\0' && pr_check_digit_731("", 0) == '0');
	done("machine-readable zone");
}

int
main(void)
{
	test_luhn();
	test_iban();
	test_credit_code();
	test_machine_readable();
	return finish();
}
