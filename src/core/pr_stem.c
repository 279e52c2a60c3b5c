/*
 * pr_stem.c
 *		The cells of prefix().  See pr_stem.h.
 */
#include "core/pr_stem.h"

#include <stdint.h>
#include <string.h>

/* Bytes of the first n characters of a valid text; -1 if there are fewer. */
static long
bytes_of_characters(const PrCharset *charset, PrString text, int n)
{
	size_t		at = 0;

	for (; n > 0; n--)
	{
		if (at >= text.length)
			return -1;
		at += (size_t) pr_text_char_length(charset, text.bytes + at, text.length - at);
	}
	return (long) at;
}

static bool
is_fill(PrString fill, const char *bytes, size_t length)
{
	return length == fill.length && memcmp(bytes, fill.bytes, length) == 0;
}

/* Is every byte part of a valid character?  Else no output of prefix() is meant. */
static bool
is_valid(const PrCharset *charset, PrString text)
{
	size_t		at = 0;

	while (at < text.length)
	{
		int			length = pr_text_char_length(charset, text.bytes + at, text.length - at);

		if (length <= 0)
			return false;
		at += (size_t) length;
	}
	return true;
}

/* One character is always a stem, unless it is the fill. */
static PrStemResult
first_character(const PrCharset *charset, PrString text, PrString fill, size_t *length)
{
	*length = (size_t) bytes_of_characters(charset, text, 1);
	return is_fill(fill, text.bytes, *length) ? PR_STEM_ALL : PR_STEM_RANGE;
}

PrStemResult
pr_stem_of(const PrCharset *charset, PrString text, bool whole, int n, PrString fill, size_t *length)
{
	long		stem;
	long		but_last;

	if (n < 1 || n > PR_TEXT_MAX_CHARS || !pr_text_fill_valid(charset, fill) || !is_valid(charset, text))
		return PR_STEM_ALL;
	stem = bytes_of_characters(charset, text, n);
	if (stem >= 0 && (size_t) stem < text.length &&
		!is_fill(fill, text.bytes + stem, text.length - (size_t) stem))
		return PR_STEM_NONE;	/* the last character of every output is the fill */
	if (whole && (stem < 0 || (size_t) stem == text.length))
		return PR_STEM_NONE;	/* too short for an output */
	if (text.length == 0)
		return PR_STEM_ALL;
	if (stem < 0)
		return first_character(charset, text, fill, length);
	but_last = bytes_of_characters(charset, text, n - 1);
	if (is_fill(fill, text.bytes + but_last, (size_t) (stem - but_last)))
		return first_character(charset, text, fill, length);
	*length = (size_t) stem;
	return PR_STEM_RANGE;
}

/* ---------- the end of a stem ---------- */

static uint32_t
code_point(const char *bytes, int length)
{
	const unsigned char *b = (const unsigned char *) bytes;

	switch (length)
	{
		case 1:
			return b[0];
		case 2:
			return (b[0] & 0x1Fu) << 6 | (b[1] & 0x3Fu);
		case 3:
			return (b[0] & 0x0Fu) << 12 | (b[1] & 0x3Fu) << 6 | (b[2] & 0x3Fu);
		default:
			return (b[0] & 0x07u) << 18 | (b[1] & 0x3Fu) << 12 | (b[2] & 0x3Fu) << 6 | (b[3] & 0x3Fu);
	}
}

static size_t
put_code_point(uint32_t code, char *out)
{
	if (code < 0x80)
	{
		out[0] = (char) code;
		return 1;
	}
	if (code < 0x800)
	{
		out[0] = (char) (0xC0 | code >> 6);
		out[1] = (char) (0x80 | (code & 0x3F));
		return 2;
	}
	if (code < 0x10000)
	{
		out[0] = (char) (0xE0 | code >> 12);
		out[1] = (char) (0x80 | (code >> 6 & 0x3F));
		out[2] = (char) (0x80 | (code & 0x3F));
		return 3;
	}
	out[0] = (char) (0xF0 | code >> 18);
	out[1] = (char) (0x80 | (code >> 12 & 0x3F));
	out[2] = (char) (0x80 | (code >> 6 & 0x3F));
	out[3] = (char) (0x80 | (code & 0x3F));
	return 4;
}

/* The next character in the order of bytes; 0: there is none, or none that we know. */
static uint32_t
next_character(const PrCharset *charset, const char *bytes, int length)
{
	uint32_t	code;

	if (charset->kind != PR_CHARSET_UTF8)
		return length == 1 && (unsigned char) bytes[0] < 0x7F ? (unsigned char) bytes[0] + 1u : 0;
	code = code_point(bytes, length) + 1;
	if (code == 0xD800)
		code = 0xE000;
	return code <= 0x10FFFF ? code : 0;
}

size_t
pr_stem_successor(const PrCharset *charset, PrString stem, char *out)
{
	size_t		starts[PR_TEXT_MAX_CHARS + 1];
	int			n = 0;

	for (size_t at = 0; at < stem.length;)
	{
		int			length = pr_text_char_length(charset, stem.bytes + at, stem.length - at);

		if (length <= 0 || n >= PR_TEXT_MAX_CHARS)
			return 0;
		if (charset->kind != PR_CHARSET_UTF8 && (unsigned char) stem.bytes[at] >= 0x7F)
			return 0;
		starts[n++] = at;
		at += (size_t) length;
	}
	starts[n] = stem.length;
	while (n-- > 0)
	{
		uint32_t	next = next_character(charset, stem.bytes + starts[n], (int) (starts[n + 1] - starts[n]));

		if (next != 0)
		{
			memcpy(out, stem.bytes, starts[n]);
			return starts[n] + put_code_point(next, out + starts[n]);
		}
	}
	return 0;
}
