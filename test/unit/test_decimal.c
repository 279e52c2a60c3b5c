/*
 * test_decimal.c
 *		Canonical decimal texts.
 */
#include <stdlib.h>

#include "core/pr_decimal.h"
#include "tap.h"

static bool
gives(const char *in, const char *out)
{
	size_t		length = strlen(in);
	char	   *copy = malloc(length ? length : 1);
	char	   *room = malloc(length + PR_DECIMAL_GROWTH);
	size_t		n;
	bool		equal;

	memcpy(copy, in, length);
	n = pr_decimal_canonical(copy, length, room);
	equal = n == strlen(out) && memcmp(room, out, n) == 0;
	free(copy);
	free(room);
	return equal;
}

int
main(void)
{
	char		digits[402];

	CHECK(gives("39", "39") && gives("39.0", "39") && gives("39.50", "39.5") && gives("-39.500", "-39.5"));
	CHECK(gives("3.9e+01", "39") && gives("3.95e1", "39.5") && gives("1e+03", "1000") && gives("100", "100"));
	CHECK(gives("1e-05", "0.00001") && gives("1.5e-07", "0.00000015") && gives("-2.50e-01", "-0.25"));
	done("the same text for the same number");

	CHECK(gives("0", "0") && gives("-0", "0") && gives("0.000", "0") && gives("-0.00", "0") && gives("0e+10", "0"));
	CHECK(gives("007", "7") && gives("00.5", "0.5") && gives("0.5e+3", "500"));
	done("zeros");

	CHECK(gives("NaN", "NaN") && gives("Infinity", "Infinity") && gives("-Infinity", "-Infinity"));
	CHECK(gives("", "") && gives("-", "-") && gives("e", "e") && gives(".", "."));
	CHECK(gives("1e99999999999", "1e99999999999") && gives("1e-401", "1e-401"));
	done("words, and what is no number, stay");

	memset(digits, '0', sizeof(digits));
	digits[0] = '1';
	digits[401] = '\0';
	CHECK(gives("1e+400", digits));
	memset(digits, '0', sizeof(digits));
	digits[1] = '.';
	digits[401] = '1';
	{
		char		terminated[403];

		memcpy(terminated, digits, 402);
		terminated[402] = '\0';
		CHECK(gives("1e-400", terminated));
		terminated[401] = '7';
		terminated[402] = '\0';
		CHECK(!gives("1e-400", terminated));
	}
	CHECK(gives("1.7976931348623157e+308",
				"179769313486231570000000000000000000000000000000000000000000000000000000000000000000000000000000"
				"00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
				"00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
				"00000000000000000"));
	done("exponents up to the limit stay within the room");
	return finish();
}
