/*
 * test_log_text.c
 *		Entries of the log as ASCII: characters, bytes, what is not UTF-8.
 */
#include "core/pr_log_text.h"
#include "tap.h"

static bool
gives(size_t (*function) (const char *, size_t, char *), const char *in, const char *expected)
{
	char		out[200];
	size_t		n = function(in, strlen(in), out);

	return n != (size_t) -1 && n == strlen(expected) && memcmp(out, expected, n) == 0;
}

static bool
refuses(const char *in)
{
	char		out[200];

	return pr_log_text_ascii(in, strlen(in), out) == (size_t) -1;
}

static void
test_ascii(void)
{
	CHECK(gives(pr_log_text_ascii, "", ""));
	CHECK(gives(pr_log_text_ascii, "{\"a\": \"b\\n\\u4e2d\"}", "{\"a\": \"b\\n\\u4e2d\"}"));
	CHECK(gives(pr_log_text_ascii, "\xc2\x80\xdf\xbf", "\\u0080\\u07ff"));
	CHECK(gives(pr_log_text_ascii, "\xe0\xa0\x80\xe4\xb8\xad\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf", "\\u0800\\u4e2d\\ud7ff\\ue000\\uffff"));
	CHECK(gives(pr_log_text_ascii, "\xf0\x90\x80\x80", "\\ud800\\udc00"));
	CHECK(gives(pr_log_text_ascii, "\xf4\x8f\xbf\xbf", "\\udbff\\udfff"));
	done("characters past ASCII are escaped, two escapes past U+FFFF");
}

static void
test_not_utf8(void)
{
	CHECK(refuses("\x80"));
	CHECK(refuses("a\xc3"));
	CHECK(refuses("\xc3("));
	CHECK(refuses("\xe4\xb8"));
	CHECK(refuses("\xc0\xaf"));
	CHECK(refuses("\xe0\x9f\xbf"));
	CHECK(refuses("\xed\xa0\x80"));
	CHECK(refuses("\xf0\x8f\xbf\xbf"));
	CHECK(refuses("\xf4\x90\x80\x80"));
	CHECK(refuses("\xff"));
	done("cut, overlong, surrogate and too large characters are refused");
}

static void
test_bytes(void)
{
	char		in[129];
	char		out[PR_LOG_TEXT_GROWTH * 128];

	CHECK(gives(pr_log_text_bytes, "{\"a\": \"\xff\xe9z\"}", "{\"a\": \"\\\\xff\\\\xe9z\"}"));
	memset(in, 0xfe, 128);
	CHECK(pr_log_text_bytes(in, 128, out) == 5 * 128);
	done("bytes of no known encoding");
}

static void
test_hex(void)
{
	uint8_t		bytes[3] = {0x00, 0xff, 0x1a};
	char		text[7];

	pr_log_text_hex(bytes, 3, text);
	CHECK(strcmp(text, "00ff1a") == 0);
	CHECK(pr_log_text_is_hex("00ff1a", 6));
	CHECK(!pr_log_text_is_hex("00ff1a", 5));
	CHECK(!pr_log_text_is_hex("00ff1", 6));
	CHECK(!pr_log_text_is_hex("00FF1a", 6));
	CHECK(!pr_log_text_is_hex("00ff1g", 6));
	done("hexadecimal");
}

int
main(void)
{
	test_ascii();
	test_not_utf8();
	test_bytes();
	test_hex();
	return finish();
}
