/*
 * test_text.c
 *		Masks of strings: chosen values, a slow second opinion on all short
 *		strings over a hostile alphabet, and buffers of exact size.
 */
#include <stdint.h>
#include <stdlib.h>

#include "core/pr_text.h"
#include "tap.h"

/* A double-byte encoding in the manner of EUC: a lead byte and a trail byte, both above 0xA0. */
static int
euc_length(const char *s, size_t remaining)
{
	if ((unsigned char) s[0] < 0xA1)
		return 0;
	return remaining >= 2 && (unsigned char) s[1] >= 0xA1 ? 2 : 0;
}

static const PrCharset single = {PR_CHARSET_SINGLE_BYTE, NULL};
static const PrCharset utf8 = {PR_CHARSET_UTF8, NULL};
static const PrCharset euc = {PR_CHARSET_OTHER, euc_length};

static char out[PR_TEXT_OUTPUT_MAX];

static PrString
str(const char *s)
{
	return (PrString) {s, strlen(s)};
}

static bool
is(size_t n, const char *expected)
{
	return n == strlen(expected) && memcmp(out, expected, n) == 0;
}

#define partial(cs, v, l, r, f, n) pr_text_partial(&cs, str(v), l, r, str(f), n, out)
#define prefix(cs, v, n, f) pr_text_prefix(&cs, str(v), n, str(f), out)
#define email(v) pr_text_partial_email(str(v), out)

static void
test_partial(void)
{
	CHECK(is(partial(utf8, "13912345678", 3, 2, "*", 4), "139****78"));
	CHECK(is(partial(utf8, "abc", 1, 1, "*", 4), "a****c"));
	CHECK(is(partial(utf8, "ab", 1, 1, "*", 4), "****") && is(partial(utf8, "", 1, 1, "*", 4), "****"));
	CHECK(is(partial(utf8, "abc", 0, 0, "*", 2), "**") && is(partial(utf8, "", 0, 0, "*", 2), "**"));
	CHECK(is(partial(utf8, "abcdef", 2, 0, "x", 0), "ab") && is(partial(utf8, "abcdef", 0, 2, "x", 1), "xef"));
	CHECK(is(partial(utf8, "王小明", 1, 0, "*", 2), "王**") && is(partial(utf8, "王明", 1, 1, "*", 2), "**"));
	CHECK(is(partial(utf8, "王小明", 1, 1, "○", 2), "王○○明"));
	CHECK(is(partial(utf8, "aé", 1, 0, "*", 1), "a*") && is(partial(utf8, "é", 1, 0, "*", 1), "*"));
	/* a combining accent is a character of its own */
	CHECK(is(partial(utf8, "cafe\xCC\x81", 0, 1, "*", 1), "*\xCC\x81"));
	CHECK(is(partial(single, "\xFF\xFE\xFD", 1, 1, "*", 1), "\xFF*\xFD"));
	CHECK(is(partial(euc, "\xB0\xA1\xB0\xA2\xB0\xA3", 1, 1, "*", 1), "\xB0\xA1*\xB0\xA3"));
	CHECK(is(partial(euc, "\xB0\xA1\xB0\xA2", 1, 1, "*", 1), "*"));
	done("partial");
}

static void
test_prefix(void)
{
	CHECK(is(prefix(utf8, "100871", 3, "*"), "100*") && is(prefix(utf8, "100", 3, "*"), "1***"));
	CHECK(is(prefix(utf8, "10", 3, "*"), "1***") && is(prefix(utf8, "1", 3, "*"), "****"));
	CHECK(is(prefix(utf8, "", 3, "*"), "****") && is(prefix(utf8, "1008", 4, "0"), "10000"));
	CHECK(is(prefix(utf8, "abc", 0, "*"), "*") && is(prefix(utf8, "", 0, "*"), "*"));
	CHECK(is(prefix(utf8, "北京市海淀区", 3, "*"), "北京市*") && is(prefix(utf8, "北京市", 3, "*"), "北***"));
	CHECK(is(prefix(euc, "\xB0\xA1\xB0\xA2\xB0\xA3", 2, "*"), "\xB0\xA1\xB0\xA2*"));
	done("prefix");
}

static void
test_invalid_bytes(void)
{
	/* an invalid byte is a character, and never shown */
	CHECK(is(partial(utf8, "\xFF" "bcd", 1, 1, "*", 1), "**d"));
	CHECK(is(partial(utf8, "ab\xC3", 1, 1, "#", 1), "a##"));
	CHECK(is(prefix(utf8, "\xE4\xB8" "abc", 3, "*"), "**a*"));
	CHECK(is(prefix(utf8, "\xC0\x80\xED\xA0\x80\xF4\x90\x80\x80zz", 9, "*"), "**********"));
	CHECK(is(prefix(euc, "\xB0" "1234", 2, "*"), "*1*"));
	/* sequences that the end of the value cuts */
	for (size_t n = 1; n < 4; n++)
	{
		char	   *cut = malloc(n);

		memcpy(cut, "\xF0\x9F\x98", n);
		CHECK(pr_text_char_length(&utf8, cut, n) == 0);
		pr_text_partial(&utf8, (PrString) {cut, n}, 1, 1, str("*"), 1, out);
		pr_text_prefix(&utf8, (PrString) {cut, n}, 2, str("*"), out);
		free(cut);
	}
	done("invalid bytes");
}

/* Characters of valid or invalid text, one after the other. */
static int
cut_chars(const PrCharset *charset, PrString s, PrString chars[], bool valid[])
{
	int			n = 0;

	for (size_t i = 0; i < s.length; n++)
	{
		int			step = pr_text_char_length(charset, s.bytes + i, s.length - i);

		valid[n] = step > 0;
		chars[n] = (PrString) {s.bytes + i, step > 0 ? (size_t) step : 1};
		i += chars[n].length;
	}
	return n;
}

static char *
append(char *at, PrString s)
{
	memcpy(at, s.bytes, s.length);
	return at + s.length;
}

static size_t
slow_partial(const PrCharset *charset, PrString value, int left, int right, PrString fill, int length, char *to)
{
	PrString	chars[8];
	bool		valid[8];
	int			n = cut_chars(charset, value, chars, valid);
	char	   *at = to;

	for (int i = 0; i < left && n > left + right; i++)
		at = append(at, valid[i] ? chars[i] : fill);
	for (int i = 0; i < length; i++)
		at = append(at, fill);
	for (int i = n - right; i < n && n > left + right; i++)
		at = append(at, valid[i] ? chars[i] : fill);
	return at - to;
}

static size_t
slow_prefix(const PrCharset *charset, PrString value, int length, PrString fill, char *to)
{
	PrString	chars[8];
	bool		valid[8];
	int			n = cut_chars(charset, value, chars, valid);
	int			shown = n > length ? length : n / 2;
	char	   *at = to;

	for (int i = 0; i < shown; i++)
		at = append(at, valid[i] ? chars[i] : fill);
	for (int i = shown; i < length + 1; i++)
		at = append(at, fill);
	return at - to;
}

/* All strings of up to 5 bytes over bytes that begin, continue, break and end sequences. */
static void
test_all_short_strings(const PrCharset *charset, const char *name)
{
	static const unsigned char alphabet[] = {'a', 'b', 0x80, 0xBF, 0xC3, 0xE2, 0xF0, 0x9F, 0xFF};
	static const int base = sizeof(alphabet);
	PrString	fills[] = {{"*", 1}, {"\xC2\xB7", 2}};

	for (int length = 0; length <= 5; length++)
	{
		char	   *bytes = malloc(length ? length : 1);
		int			count = 1;

		for (int i = 0; i < length; i++)
			count *= base;
		for (int number = 0; number < count; number++)
		{
			PrString	value = {bytes, length};
			char		expected[64];
			int			rest = number;

			for (int i = 0; i < length; i++, rest /= base)
				bytes[i] = (char) alphabet[rest % base];
			for (int shape = 0; shape < 9; shape++)
			{
				int			left = shape % 3;
				int			right = shape / 3;
				PrString	fill = fills[charset->kind == PR_CHARSET_UTF8 && number % 2];
				size_t		n = slow_partial(charset, value, left, right, fill, 2, expected);

				CHECK(pr_text_partial(charset, value, left, right, fill, 2, out) == n);
				CHECK(memcmp(out, expected, n) == 0);
				n = slow_prefix(charset, value, shape % 5, fill, expected);
				CHECK(pr_text_prefix(charset, value, shape % 5, fill, out) == n);
				CHECK(memcmp(out, expected, n) == 0);
			}
		}
		free(bytes);
	}
	done(name);
}

static void
test_utf8_table(void)
{
	/* every lead byte with every second byte, by the ranges of Unicode's table 3-7 */
	for (int a = 0; a < 256; a++)
		for (int b = 0; b < 256; b++)
		{
			char		s[4] = {(char) a, (char) b, (char) 0x80, (char) 0x80};
			bool		trail = b >= 0x80 && b <= 0xBF;
			int			expected = 0;

			if (a < 0x80)
				expected = 1;
			else if (a >= 0xC2 && a <= 0xDF)
				expected = trail ? 2 : 0;
			else if (a >= 0xE0 && a <= 0xEF)
				expected = trail && !(a == 0xE0 && b < 0xA0) && !(a == 0xED && b > 0x9F) ? 3 : 0;
			else if (a >= 0xF0 && a <= 0xF4)
				expected = trail && !(a == 0xF0 && b < 0x90) && !(a == 0xF4 && b > 0x8F) ? 4 : 0;
			CHECK(pr_text_char_length(&utf8, s, 4) == expected);
			for (size_t n = 1; n < 4; n++)
				CHECK(pr_text_char_length(&utf8, s, n) == ((size_t) expected <= n ? expected : 0));
		}
	done("UTF-8 sequences");
}

static void
test_fill(void)
{
	CHECK(pr_text_fill_valid(&utf8, str("*")) && pr_text_fill_valid(&utf8, str("○")) && pr_text_fill_valid(&utf8, str("😀")));
	CHECK(!pr_text_fill_valid(&utf8, str("")) && !pr_text_fill_valid(&utf8, str("**")) && !pr_text_fill_valid(&utf8, str("é*")));
	CHECK(!pr_text_fill_valid(&utf8, str("\xFF")) && pr_text_fill_valid(&single, str("\xFF")));
	done("a fill is one character");
}

static void
test_largest(void)
{
	static char value[4 * 3000];
	size_t		n;

	for (size_t i = 0; i < sizeof(value); i += 4)
		memcpy(value + i, "\xF0\x9F\x98\x80", 4);
	n = pr_text_partial(&utf8, (PrString) {value, sizeof(value)}, PR_TEXT_MAX_CHARS, PR_TEXT_MAX_CHARS,
						str("😀"), PR_TEXT_MAX_CHARS, out);
	CHECK(n == PR_TEXT_OUTPUT_MAX);
	n = pr_text_prefix(&utf8, (PrString) {value, sizeof(value)}, PR_TEXT_MAX_CHARS, str("😀"), out);
	CHECK(n == 4 * (PR_TEXT_MAX_CHARS + 1));
	/* an input of invalid bytes, each shown as a fill four times as long */
	memset(value, 0xFF, sizeof(value));
	n = pr_text_partial(&utf8, (PrString) {value, sizeof(value)}, PR_TEXT_MAX_CHARS, PR_TEXT_MAX_CHARS,
						str("😀"), PR_TEXT_MAX_CHARS, out);
	CHECK(n == PR_TEXT_OUTPUT_MAX);
	done("the longest results fit");
}

static void
test_email(void)
{
	static const char *const malformed[] = {
		"", "@", "a", "a@", "@a.com", "ab", "ab@localhost", "ab@.com", "ab@a..com", "ab@a.com.", "ab@-a.com",
		"ab@a-.com", "ab@a.com-", "ab@a.c", "ab@a.1om", "ab@a@b.com", " ab@a.com", "ab@a.com ", "a b@a.com",
		".ab@a.com", "ab.@a.com", "a..b@a.com", "\"ab\"@a.com", "ab@[192.0.2.1]", "ab@a_b.com", "\xC3\xA9" "b@a.com",
		"ab@\xC3\xA9.com", "ab\n@a.com", "ab@192.0.2.1"
	};
	char		label[300];

	CHECK(is(email("li.ming@example.com"), "l***@***.com") && is(email("a+b@mail.example.org"), "a***@***.org"));
	CHECK(is(email("LI.Ming@EXAMPLE.COM"), "L***@***.com") && is(email("x!#$%&'*+/=?^_`{|}~-y@a.cn"), "x***@***.cn"));
	CHECK(is(email("a@example.com"), "***@***.com") && is(email("13912345678@139.com"), "***@***.com"));
	CHECK(is(email("1a@example.com"), "***@***.com") && is(email("_ab@example.com"), "***@***.com"));
	CHECK(is(email("ab@x.museum"), "a***@***.museum") && is(email("ab@x.insurance"), "a***@***.***"));
	CHECK(is(email("ab@xn--fiq228c.xn--fiqs8s"), "a***@***.***") && is(email("ab@a.c1"), "a***@***.***"));
	for (size_t i = 0; i < sizeof(malformed) / sizeof(malformed[0]); i++)
		CHECK(is(email(malformed[i]), "***@***"));
	done("partial_email");

	memset(label, 'a', sizeof(label));
	memcpy(label + 64, "@b.com", 7);
	CHECK(is(email(label), "a***@***.com"));
	memcpy(label + 64, "a@b.com", 8);
	CHECK(is(email(label), "***@***"));
	memset(label, 'a', sizeof(label));
	memcpy(label, "ab@", 3);
	memcpy(label + 3 + 63, ".com", 5);
	CHECK(is(email(label), "a***@***.com"));
	memcpy(label + 3 + 63, "a.com", 6);
	CHECK(is(email(label), "***@***"));
	/* 2 + 1 + 4 * (60 + 1) + 7 = 254 bytes pass, 255 do not */
	memset(label, 'a', sizeof(label));
	label[2] = '@';
	for (int i = 1; i <= 4; i++)
		label[2 + i * 61] = '.';
	memcpy(label + 247, "travelx", 8);
	CHECK(strlen(label) == 254 && is(email(label), "a***@***.***"));
	memcpy(label + 247, "travelxy", 9);
	CHECK(strlen(label) == 255 && is(email(label), "***@***"));
	done("lengths of addresses");
}

int
main(void)
{
	test_partial();
	test_prefix();
	test_invalid_bytes();
	test_all_short_strings(&utf8, "every short string in UTF-8, against a second opinion");
	test_all_short_strings(&single, "every short string in a single-byte encoding");
	test_all_short_strings(&euc, "every short string in a double-byte encoding");
	test_utf8_table();
	test_fill();
	test_largest();
	test_email();
	return finish();
}
