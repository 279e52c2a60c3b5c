/*
 * pr_text.h
 *		Masking of strings: partial, partial_email, prefix.
 *
 * A string is bytes plus a charset.  A character is what the charset says; a
 * byte that starts no valid character counts as one character and is never
 * copied out: the mask shows a fill in its place, so the output is valid text
 * whatever the input was.  Nothing here reads past the given length.
 *
 * Output is written into a buffer of PR_TEXT_OUTPUT_MAX bytes or of what the
 * function's own bound says; the functions return the bytes written.
 */
#ifndef PR_TEXT_H
#define PR_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* Most characters that left, right, length (partial) and length (prefix) may ask for. */
#define PR_TEXT_MAX_CHARS		1000

/* No character of a server encoding is longer. */
#define PR_TEXT_MAX_CHAR_BYTES	4

/* Room for the longest result: left + right + fills. */
#define PR_TEXT_OUTPUT_MAX		(3 * PR_TEXT_MAX_CHARS * PR_TEXT_MAX_CHAR_BYTES)

typedef enum PrCharsetKind
{
	PR_CHARSET_SINGLE_BYTE,		/* every byte is a valid character */
	PR_CHARSET_UTF8,
	PR_CHARSET_OTHER			/* char_length decides */
} PrCharsetKind;

typedef struct PrCharset
{
	PrCharsetKind kind;
	/* Bytes (1 .. remaining) of the valid character at s, or 0; remaining is at least 1. */
	int			(*char_length) (const char *s, size_t remaining);
} PrCharset;

typedef struct PrString
{
	const char *bytes;
	size_t		length;
} PrString;

/* Bytes of the valid character at the start of s, or 0 if there is none; remaining >= 1. */
extern int	pr_text_char_length(const PrCharset *charset, const char *s, size_t remaining);

/* Is fill exactly one valid character? */
extern bool pr_text_fill_valid(const PrCharset *charset, PrString fill);

/*
 * The first left characters, length fills, the last right characters; a value
 * of at most left + right characters gives length fills only.  The three
 * numbers lie in 0 .. PR_TEXT_MAX_CHARS and fill is one valid character.
 */
extern size_t pr_text_partial(const PrCharset *charset, PrString value, int left, int right,
							  PrString fill, int length, char *out);

/*
 * The first n characters and one fill; of a value of m <= n characters the
 * first m / 2, filled up to n, and one fill.  Always n + 1 characters.
 */
extern size_t pr_text_prefix(const PrCharset *charset, PrString value, int n, PrString fill, char *out);

/* Longest address (RFC 5321) and longest result of pr_text_partial_email(). */
#define PR_EMAIL_MAX			254
#define PR_EMAIL_OUTPUT_MAX		32

/*
 * 'l***@***.com': the first letter of the local part and the top-level domain
 * in lower case.  A local part that is a single character or does not start
 * with a letter is hidden wholly, a top-level domain of more than
 * PR_EMAIL_TLD_MAX letters too.  What is no address gives '***@***'.
 */
#define PR_EMAIL_TLD_MAX		6
extern size_t pr_text_partial_email(PrString value, char *out);

#endif							/* PR_TEXT_H */
