/*
 * pr_text.c
 *		Masking of strings.  See pr_text.h for the rules.
 *
 * What an attacker would try: invalid or truncated sequences that make a
 * length function read past the end, strings whose output length betrays the
 * input's, and invalid bytes that make the conversion to the client encoding
 * fail with the bytes in its message.
 */
#include "core/pr_text.h"

#include <string.h>

typedef struct Output
{
	char	   *start;
	char	   *end;
} Output;

static void
put_bytes(Output *out, const char *bytes, size_t n)
{
	memcpy(out->end, bytes, n);
	out->end += n;
}

static void
put_fills(Output *out, PrString fill, int n)
{
	if (fill.length == 1)
	{
		memset(out->end, fill.bytes[0], n);
		out->end += n;
		return;
	}
	while (n-- > 0)
		put_bytes(out, fill.bytes, fill.length);
}

static bool
utf8_continues(unsigned char c)
{
	return (c & 0xC0) == 0x80;
}

/* Unicode 15, table 3-7: no overlong forms, no surrogates, nothing above U+10FFFF. */
static int
utf8_char_length(const unsigned char *s, size_t remaining)
{
	if (s[0] < 0x80)
		return 1;
	if (s[0] < 0xC2 || s[0] > 0xF4 || remaining < 2)
		return 0;
	if (s[0] < 0xE0)
		return utf8_continues(s[1]) ? 2 : 0;
	if (s[0] < 0xF0)
	{
		unsigned char least = s[0] == 0xE0 ? 0xA0 : 0x80;
		unsigned char most = s[0] == 0xED ? 0x9F : 0xBF;

		if (remaining < 3 || s[1] < least || s[1] > most)
			return 0;
		return utf8_continues(s[2]) ? 3 : 0;
	}
	else
	{
		unsigned char least = s[0] == 0xF0 ? 0x90 : 0x80;
		unsigned char most = s[0] == 0xF4 ? 0x8F : 0xBF;

		if (remaining < 4 || s[1] < least || s[1] > most)
			return 0;
		return utf8_continues(s[2]) && utf8_continues(s[3]) ? 4 : 0;
	}
}

int
pr_text_char_length(const PrCharset *charset, const char *s, size_t remaining)
{
	int			n;

	switch (charset->kind)
	{
		case PR_CHARSET_SINGLE_BYTE:
			return 1;
		case PR_CHARSET_UTF8:
			return utf8_char_length((const unsigned char *) s, remaining);
		case PR_CHARSET_OTHER:
			break;
	}
	if ((unsigned char) s[0] < 0x80)
		return 1;
	n = charset->char_length(s, remaining);
	return n > 0 && n <= PR_TEXT_MAX_CHAR_BYTES && (size_t) n <= remaining ? n : 0;
}

/* Bytes that the character at s takes up; an invalid byte is a character. */
static size_t
char_extent(const PrCharset *charset, const char *s, size_t remaining)
{
	int			n = pr_text_char_length(charset, s, remaining);

	return n > 0 ? (size_t) n : 1;
}

/* Offset after at most n characters from offset on; *walked counts them. */
static size_t
skip_chars(const PrCharset *charset, PrString value, size_t offset, int n, int *walked)
{
	int			i;

	for (i = 0; i < n && offset < value.length; i++)
		offset += char_extent(charset, value.bytes + offset, value.length - offset);
	*walked = i;
	return offset;
}

/*
 * Start of the character that ends at end (> 0).  In UTF-8 no valid character
 * holds the first byte of another, so forward and backward walks cut invalid
 * text alike.
 */
static size_t
char_before(const PrCharset *charset, PrString value, size_t end)
{
	size_t		n;

	if (charset->kind == PR_CHARSET_UTF8)
	{
		for (n = 1; n <= PR_TEXT_MAX_CHAR_BYTES && n <= end; n++)
		{
			const char *s = value.bytes + end - n;

			if (!utf8_continues((unsigned char) *s))
			{
				if (pr_text_char_length(charset, s, n) == (int) n)
					return end - n;
				break;
			}
		}
	}
	return end - 1;
}

/*
 * Start of the last n characters, not before floor; *walked counts the
 * characters found.  An encoding that cannot be walked backwards is walked
 * forwards twice.
 */
static size_t
last_chars(const PrCharset *charset, PrString value, size_t floor, int n, int *walked)
{
	size_t		offset = value.length;
	size_t		total = 0;
	int			i;

	if (charset->kind != PR_CHARSET_OTHER)
	{
		for (i = 0; i < n && offset > floor; i++)
			offset = char_before(charset, value, offset);
		*walked = i;
		return offset;
	}
	for (offset = floor; offset < value.length; total++)
		offset += char_extent(charset, value.bytes + offset, value.length - offset);
	*walked = total < (size_t) n ? (int) total : n;
	for (offset = floor; total > (size_t) n; total--)
		offset += char_extent(charset, value.bytes + offset, value.length - offset);
	return offset;
}

/* Copy characters from one offset to another, a fill for each invalid byte. */
static void
put_chars(Output *out, const PrCharset *charset, PrString value, size_t from, size_t to, PrString fill)
{
	while (from < to)
	{
		int			n = pr_text_char_length(charset, value.bytes + from, to - from);

		if (n == 0)
			put_bytes(out, fill.bytes, fill.length);
		else if (n == 1)
			*out->end++ = value.bytes[from];
		else
			put_bytes(out, value.bytes + from, n);
		from += n > 0 ? n : 1;
	}
}

/* No byte above 0x7F: each is a character, in every charset. */
static inline bool
is_ascii(const char *bytes, size_t n)
{
	unsigned char seen = 0;
	size_t		i;

	for (i = 0; i < n; i++)
		seen |= (unsigned char) bytes[i];
	return seen < 0x80;
}

bool
pr_text_fill_valid(const PrCharset *charset, PrString fill)
{
	if (fill.length == 1 && (unsigned char) fill.bytes[0] < 0x80)
		return true;
	return fill.length > 0 && fill.length <= PR_TEXT_MAX_CHAR_BYTES &&
		(size_t) pr_text_char_length(charset, fill.bytes, fill.length) == fill.length;
}

size_t
pr_text_partial(const PrCharset *charset, PrString value, int left, int right,
				PrString fill, int length, char *buffer)
{
	Output		out = {buffer, buffer};
	int			walked_left;
	int			walked_right;
	size_t		left_end;
	size_t		right_start;
	bool		shows;

	/* The common case; in an encoding that cannot be read backwards the last bytes say nothing. */
	if (value.length > (size_t) left + right && charset->kind != PR_CHARSET_OTHER &&
		is_ascii(value.bytes, left) && is_ascii(value.bytes + value.length - right, right))
	{
		put_bytes(&out, value.bytes, left);
		put_fills(&out, fill, length);
		put_bytes(&out, value.bytes + value.length - right, right);
		return out.end - out.start;
	}

	left_end = skip_chars(charset, value, 0, left, &walked_left);
	right_start = last_chars(charset, value, left_end, right, &walked_right);
	/* Something must lie between the parts that are shown. */
	shows = walked_left == left && walked_right == right && right_start > left_end;

	if (shows)
		put_chars(&out, charset, value, 0, left_end, fill);
	put_fills(&out, fill, length);
	if (shows)
		put_chars(&out, charset, value, right_start, value.length, fill);
	return out.end - out.start;
}

size_t
pr_text_prefix(const PrCharset *charset, PrString value, int n, PrString fill, char *buffer)
{
	Output		out = {buffer, buffer};
	int			shown;
	size_t		end;

	if (value.length > (size_t) n && is_ascii(value.bytes, n))
	{
		put_bytes(&out, value.bytes, n);
		put_fills(&out, fill, 1);
		return out.end - out.start;
	}

	end = skip_chars(charset, value, 0, n, &shown);
	if (end == value.length)
		end = skip_chars(charset, value, 0, shown / 2, &shown);
	put_chars(&out, charset, value, 0, end, fill);
	put_fills(&out, fill, n - shown + 1);
	return out.end - out.start;
}

/* ---------- e-mail addresses ---------- */

#define LETTER	1
#define DIGIT	2
#define HYPHEN	4
#define DOT		8
#define MARK	16				/* the other characters of a dot-atom */

/* Classes of bytes, by what RFC 5321 and 5322 let them be; 0: not in an address. */
static const unsigned char classes[256] = {
	['A'] = LETTER, ['B'] = LETTER, ['C'] = LETTER, ['D'] = LETTER, ['E'] = LETTER, ['F'] = LETTER,
	['G'] = LETTER, ['H'] = LETTER, ['I'] = LETTER, ['J'] = LETTER, ['K'] = LETTER, ['L'] = LETTER,
	['M'] = LETTER, ['N'] = LETTER, ['O'] = LETTER, ['P'] = LETTER, ['Q'] = LETTER, ['R'] = LETTER,
	['S'] = LETTER, ['T'] = LETTER, ['U'] = LETTER, ['V'] = LETTER, ['W'] = LETTER, ['X'] = LETTER,
	['Y'] = LETTER, ['Z'] = LETTER,
	['a'] = LETTER, ['b'] = LETTER, ['c'] = LETTER, ['d'] = LETTER, ['e'] = LETTER, ['f'] = LETTER,
	['g'] = LETTER, ['h'] = LETTER, ['i'] = LETTER, ['j'] = LETTER, ['k'] = LETTER, ['l'] = LETTER,
	['m'] = LETTER, ['n'] = LETTER, ['o'] = LETTER, ['p'] = LETTER, ['q'] = LETTER, ['r'] = LETTER,
	['s'] = LETTER, ['t'] = LETTER, ['u'] = LETTER, ['v'] = LETTER, ['w'] = LETTER, ['x'] = LETTER,
	['y'] = LETTER, ['z'] = LETTER,
	['0'] = DIGIT, ['1'] = DIGIT, ['2'] = DIGIT, ['3'] = DIGIT, ['4'] = DIGIT, ['5'] = DIGIT,
	['6'] = DIGIT, ['7'] = DIGIT, ['8'] = DIGIT, ['9'] = DIGIT,
	['!'] = MARK, ['#'] = MARK, ['$'] = MARK, ['%'] = MARK, ['&'] = MARK, ['\''] = MARK, ['*'] = MARK,
	['+'] = MARK, ['/'] = MARK, ['='] = MARK, ['?'] = MARK, ['^'] = MARK, ['_'] = MARK, ['`'] = MARK,
	['{'] = MARK, ['|'] = MARK, ['}'] = MARK, ['~'] = MARK,
	['-'] = HYPHEN, ['.'] = DOT,
};

static inline unsigned
class_of(char c)
{
	return classes[(unsigned char) c];
}

/* Dot-atom of RFC 5322 of 1 to 64 bytes, before the '@': its length, 0 if there is none. */
static size_t
local_part(PrString address)
{
	size_t		limit = address.length < 66 ? address.length : 66;
	unsigned	before = DOT;
	unsigned	repeated = 0;
	size_t		i;

	for (i = 0; i < limit; i++)
	{
		unsigned	class = class_of(address.bytes[i]);

		if (class == 0)
			break;
		repeated |= class & before;
		before = class;
	}
	/* A dot stands between two other characters; "before" the first is counted as one. */
	return ((repeated | before) & DOT) == 0 && i <= 64 && i < address.length && address.bytes[i] == '@' ? i : 0;
}

/*
 * Labels of letters, digits and inner hyphens, 1 to 63 bytes each, at least
 * two; the last begins with a letter, has two bytes or more, and goes to *tld,
 * the classes of its bytes to *tld_classes.
 */
static bool
is_domain(PrString domain, PrString *tld, unsigned *tld_classes)
{
	unsigned	before = DOT;
	unsigned	seen = 0;
	size_t		start = 0;
	size_t		i;

	for (i = 0; i < domain.length; i++)
	{
		unsigned	class = class_of(domain.bytes[i]);

		if (class == DOT)
		{
			if ((before & (DOT | HYPHEN)) != 0 || i - start > 63)
				return false;
			start = i + 1;
			seen = 0;
		}
		else if ((class & (LETTER | DIGIT | HYPHEN)) == 0 || (class == HYPHEN && before == DOT))
			return false;
		else
			seen |= class;
		before = class;
	}
	*tld_classes = seen;
	tld->bytes = domain.bytes + start;
	tld->length = domain.length - start;
	return start > 0 && before != HYPHEN && tld->length >= 2 && tld->length <= 63 &&
		class_of(tld->bytes[0]) == LETTER;
}

size_t
pr_text_partial_email(PrString value, char *buffer)
{
	size_t		local = value.length <= PR_EMAIL_MAX ? local_part(value) : 0;
	PrString	tld;
	unsigned	tld_classes;
	char	   *at = buffer;
	size_t		i;

	if (local == 0 ||
		!is_domain((PrString) {value.bytes + local + 1, value.length - local - 1}, &tld, &tld_classes))
	{
		memcpy(at, "***@***", 7);
		return 7;
	}
	if (local > 1 && class_of(value.bytes[0]) == LETTER)
		*at++ = value.bytes[0];
	memcpy(at, "***@***.", 8);
	at += 8;
	if (tld.length > PR_EMAIL_TLD_MAX || tld_classes != LETTER)
	{
		memcpy(at, "***", 3);
		return at + 3 - buffer;
	}
	for (i = 0; i < tld.length; i++)
		*at++ = tld.bytes[i] | 0x20;	/* lower case */
	return at - buffer;
}
