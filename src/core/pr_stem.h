/*
 * pr_stem.h
 *		The cells of prefix(): which values begin how.
 *
 * prefix(x) shows the first n characters of a longer value, and of a value of
 * m <= n characters the first m / 2, filled up.  In the order of bytes, two
 * kinds of intervals are unions of whole cells:
 *
 *	values that begin with n given characters, of which the last is not the
 *	fill, and go on: exactly one cell;
 *	values that begin with one given character, not the fill, and go on.
 *
 * Between the two, a bound would cut the cells of short values: "ab" and "ax"
 * both show as "a***", and the rows from "ab" on hold one and not the other.
 * So nothing is derived there, however a filter is written.
 */
#ifndef PR_STEM_H
#define PR_STEM_H

#include "core/pr_text.h"

typedef enum PrStemResult
{
	PR_STEM_ALL,				/* nothing can be said */
	PR_STEM_NONE,				/* no value */
	PR_STEM_RANGE				/* values that begin with the stem and go on */
} PrStemResult;

/*
 * Values with prefix(x, n, fill) = text (whole), or beginning with text.  The
 * stem is the first *length bytes of text.
 */
extern PrStemResult pr_stem_of(const PrCharset *charset, PrString text, bool whole, int n, PrString fill, size_t *length);

/* Bytes by which a successor can be longer than its stem. */
#define PR_STEM_GROWTH	3

/*
 * The least string, in the order of bytes, after all that begin with the stem:
 * written to out (up to PR_STEM_GROWTH bytes longer than the stem), length
 * returned, 0 if there is none.  For ASCII stems, in UTF-8 for any.
 */
extern size_t pr_stem_successor(const PrCharset *charset, PrString stem, char *out);

#endif							/* PR_STEM_H */
