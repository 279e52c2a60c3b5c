/*
 * pr_decimal.h
 *		One text for each number, whatever type it came from: 39, 39.0 and
 *		3.9e+01 are all '39'.
 */
#ifndef PR_DECIMAL_H
#define PR_DECIMAL_H

#include <stddef.h>

/* An exponent beyond this (a double has none) leaves the text as it is. */
#define PR_DECIMAL_MAX_EXPONENT		400

/* Room that pr_decimal_canonical() needs beyond the length of its input. */
#define PR_DECIMAL_GROWTH			(PR_DECIMAL_MAX_EXPONENT + 8)

/*
 * in is [-]digits[.digits][e[+-]digits] or a word (NaN, Infinity), which is
 * copied.  No exponent, no trailing zeros of the fraction, no -0.  Returns the
 * bytes written, without terminator.
 */
extern size_t pr_decimal_canonical(const char *in, size_t length, char *out);

#endif							/* PR_DECIMAL_H */
