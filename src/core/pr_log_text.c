/*
 * pr_log_text.c
 *		The text of a log entry.  See pr_log_text.h.
 */
#include "core/pr_log_text.h"

#include <string.h>

static const char digits[] = "0123456789abcdef";

/*
 * The character at s and its bytes (1 to 4); 0 if no character of UTF-8 (RFC
 * 3629: shortest form, no surrogates, up to U+10FFFF) begins there.
 */
static int
decode(const unsigned char *s, size_t left, uint32_t *code)
{
	static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
	int			n = s[0] < 0x80 ? 1 : (s[0] & 0xe0) == 0xc0 ? 2 : (s[0] & 0xf0) == 0xe0 ? 3 : (s[0] & 0xf8) == 0xf0 ? 4 : 0;

	if (n == 0 || (size_t) n > left)
		return 0;
	*code = n == 1 ? s[0] : s[0] & (0x7fU >> n);
	for (int i = 1; i < n; i++)
	{
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		*code = *code << 6 | (s[i] & 0x3f);
	}
	return *code >= smallest[n] && *code <= 0x10ffff && (*code < 0xd800 || *code > 0xdfff) ? n : 0;
}

static char *
append_escape(char *out, uint32_t unit)
{
	*out++ = '\\';
	*out++ = 'u';
	for (int shift = 12; shift >= 0; shift -= 4)
		*out++ = digits[unit >> shift & 15];
	return out;
}

size_t
pr_log_text_ascii(const char *json, size_t length, char *out)
{
	char	   *at = out;

	for (size_t i = 0; i < length;)
	{
		uint32_t	code;
		int			n = decode((const unsigned char *) json + i, length - i, &code);

		if (n == 0)
			return (size_t) -1;
		if (n == 1)
			*at++ = json[i];
		else if (code < 0x10000)
			at = append_escape(at, code);
		else
		{
			at = append_escape(at, 0xd800 + ((code - 0x10000) >> 10));
			at = append_escape(at, 0xdc00 + ((code - 0x10000) & 0x3ff));
		}
		i += (size_t) n;
	}
	return (size_t) (at - out);
}

size_t
pr_log_text_bytes(const char *json, size_t length, char *out)
{
	char	   *at = out;

	for (size_t i = 0; i < length; i++)
	{
		unsigned char byte = (unsigned char) json[i];

		if (byte < 0x80)
			*at++ = json[i];
		else
		{
			memcpy(at, "\\\\x", 3);
			at[3] = digits[byte >> 4];
			at[4] = digits[byte & 15];
			at += 5;
		}
	}
	return (size_t) (at - out);
}

void
pr_log_text_hex(const uint8_t *bytes, size_t length, char *out)
{
	for (size_t i = 0; i < length; i++)
	{
		*out++ = digits[bytes[i] >> 4];
		*out++ = digits[bytes[i] & 15];
	}
	*out = '\0';
}

bool
pr_log_text_is_hex(const char *text, size_t n)
{
	return strlen(text) == n && strspn(text, digits) == n;
}
