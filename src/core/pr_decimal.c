/*
 * pr_decimal.c
 *		One text for each number.  See pr_decimal.h.
 */
#include "core/pr_decimal.h"

#include <stdbool.h>
#include <string.h>

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Value of the exponent after 'e', or one beyond PR_DECIMAL_MAX_EXPONENT. */
static int
read_exponent(const char *s, size_t length)
{
	bool		negative = length > 0 && s[0] == '-';
	size_t		i = length > 0 && (s[0] == '-' || s[0] == '+') ? 1 : 0;
	int			exponent = 0;

	for (; i < length && is_digit(s[i]) && exponent <= PR_DECIMAL_MAX_EXPONENT; i++)
		exponent = exponent * 10 + (s[i] - '0');
	return negative ? -exponent : exponent;
}

size_t
pr_decimal_canonical(const char *in, size_t length, char *out)
{
	bool		negative = length > 0 && in[0] == '-';
	size_t		start = negative ? 1 : 0;
	const char *e = length > 0 ? memchr(in, 'e', length) : NULL;
	size_t		end = e != NULL ? (size_t) (e - in) : length;
	int			exponent = e != NULL ? read_exponent(e + 1, length - end - 1) : 0;
	const char *dot;
	long		whole;			/* digits before the point; may be negative */
	size_t		n = 0;			/* digits, in digits[] */
	size_t		first = 0;
	char	   *digits = out + PR_DECIMAL_GROWTH;	/* the room behind serves as scratch */
	char	   *at = out;
	size_t		i;
	long		k;

	if (start == end || !is_digit(in[start]) ||
		exponent > PR_DECIMAL_MAX_EXPONENT || exponent < -PR_DECIMAL_MAX_EXPONENT)
	{
		memcpy(out, in, length);
		return length;
	}
	dot = memchr(in + start, '.', end - start);
	whole = (dot != NULL ? dot - (in + start) : (long) (end - start)) + exponent;
	for (i = start; i < end; i++)
		if (in[i] != '.')
			digits[n++] = in[i];

	while (n > 0 && (long) n > whole && digits[n - 1] == '0')
		n--;
	while (first < n && digits[first] == '0' && (long) first < whole - 1)
		first++;
	for (i = 0; i < n && digits[i] == '0'; i++)
		;
	if (i == n)
	{
		*out = '0';
		return 1;
	}

	/* at never overtakes digits: it is GROWTH bytes behind and gains fewer. */
	if (negative)
		*at++ = '-';
	if (whole <= 0)
		*at++ = '0';
	for (k = (long) first; k < whole; k++)
		*at++ = k < (long) n ? digits[k] : '0';
	if ((long) n > whole)
	{
		*at++ = '.';
		for (k = whole; k < 0; k++)
			*at++ = '0';
		for (k = whole > 0 ? whole : 0; k < (long) n; k++)
			*at++ = digits[k];
	}
	return at - out;
}
