/*
 * fuzz_mask.c
 *		The masks of strings, on any bytes and any parameters: they stay within
 *		the room that they promise, and show no more than they may.
 *
 * The first bytes of an input choose the mask and its parameters, the rest is
 * the value.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/pr_resident_id.h"
#include "core/pr_text.h"

#define REQUIRE(condition) do { if (!(condition)) abort(); } while (0)

static char output[PR_TEXT_OUTPUT_MAX];

static size_t
count_chars(const PrCharset *charset, const char *s, size_t length)
{
	size_t		n = 0;

	while (length > 0)
	{
		int			step = pr_text_char_length(charset, s, length);

		REQUIRE(step >= 1 && (size_t) step <= length);
		s += step;
		length -= step;
		n++;
	}
	return n;
}

/* A constant number of characters for values long and short, unless they are cut in the middle of one. */
static void
try_prefix(const PrCharset *charset, PrString value, int n)
{
	PrString	fill = {"*", 1};
	size_t		length = pr_text_prefix(charset, value, n, fill, output);

	REQUIRE(length <= sizeof(output));
	REQUIRE(count_chars(charset, output, length) == (size_t) n + 1);
	REQUIRE(output[length - 1] == '*');
}

static void
try_partial(const PrCharset *charset, PrString value, int left, int right, int fills)
{
	PrString	fill = {"*", 1};
	size_t		length = pr_text_partial(charset, value, left, right, fill, fills, output);
	size_t		chars;

	REQUIRE(length <= sizeof(output));
	chars = count_chars(charset, output, length);
	REQUIRE(chars == (size_t) fills || chars == (size_t) (left + fills + right));
}

static void
try_email(PrString value)
{
	size_t		length = pr_text_partial_email(value, output);

	REQUIRE(length > 0 && length <= PR_EMAIL_OUTPUT_MAX);
}

static void
try_resident_id(PrString value, uint8_t choice)
{
	static const char *const shows[] = {"region", "city", "province", "region+birth_year", "birth_month", "sex", "province+sex"};
	const char *text = shows[choice % (sizeof(shows) / sizeof(shows[0]))];
	char		number[PR_RESIDENT_ID_LENGTH];
	char		again[PR_RESIDENT_ID_LENGTH];
	PrResidentShow show;
	size_t		length;

	REQUIRE(pr_resident_id_parse_show(text, strlen(text), &show));
	if (!pr_resident_id_normalize(value.bytes, value.length, number))
		return;
	REQUIRE(pr_resident_id_normalize(number, sizeof(number), again));
	REQUIRE(memcmp(number, again, sizeof(number)) == 0);
	length = pr_resident_id_show(number, &show, output);
	REQUIRE(length > 0 && length <= PR_RESIDENT_OUTPUT_MAX);
	/* Sequence and check digit stay hidden. */
	REQUIRE(length < PR_RESIDENT_ID_LENGTH);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	PrCharset	charset = {PR_CHARSET_UTF8, NULL};
	PrString	value;

	if (size < 5)
		return 0;
	if (data[0] & 0x80)
		charset.kind = PR_CHARSET_SINGLE_BYTE;
	value.bytes = (const char *) data + 5;
	value.length = size - 5;

	switch (data[0] % 4)
	{
		case 0:
			try_prefix(&charset, value, 1 + data[1] % 64);
			break;
		case 1:
			try_partial(&charset, value, data[1] % 32, data[2] % 32, 1 + data[3] % 32);
			break;
		case 2:
			try_email(value);
			break;
		default:
			try_resident_id(value, data[4]);
			break;
	}
	return 0;
}
