/*
 * pr_numeric.h
 *		numeric as integers of a fixed unit, without numeric.c's detours.
 *
 * numeric's own functions allocate and convert at every step; a mask in a
 * scan wants one integer division.  Reading the stored form directly is safe
 * to rely on: it is data on disk, unchanged since 9.1, and pg_upgrade keeps
 * it so.  Results are made by PostgreSQL's own int64_div_fast_to_numeric().
 */
#ifndef PR_NUMERIC_H
#define PR_NUMERIC_H

#include "postgres.h"

#include "utils/numeric.h"

/* A stored numeric has digits of base 10^4. */
#define PR_NUMERIC_GROUP	4

/* PostgreSQL's int128 is aligned as palloc() aligns; a plain __int128 in a palloc'd struct traps. */
typedef int128 PrWide;

typedef enum PrNumericKind
{
	PR_NUMERIC_FINITE,
	PR_NUMERIC_NAN,
	PR_NUMERIC_MINUS_INFINITY,
	PR_NUMERIC_PLUS_INFINITY
} PrNumericKind;

/* A numeric taken apart; digits point into the datum, unaligned. */
typedef struct PrNumericParts
{
	PrNumericKind kind;
	bool		negative;
	int			dscale;			/* decimals shown */
	int			weight;			/* of the first digit, in powers of 10^4 */
	int			ndigits;
	const char *digits;			/* int16 each, most significant first */
} PrNumericParts;

/* The value must not be toasted; a short varlena header is fine. */
extern void pr_numeric_parts(const struct varlena *value, PrNumericParts *parts);

/*
 * |value| * 10^(4 * groups), cut off after the units.  *exact tells whether
 * nothing was cut off.  False if it is 10^36 or more.
 */
extern bool pr_numeric_magnitude(const PrNumericParts *parts, int groups, PrWide *magnitude, bool *exact);

/*
 * Plain decimal of a finite number: no trailing zeros, whatever decimals it
 * shows.  Writes no terminator; returns the bytes written, at most
 * pr_numeric_decimal_size().
 */
extern Size pr_numeric_decimal_size(const PrNumericParts *parts);
extern Size pr_numeric_decimal(const PrNumericParts *parts, char *out);

/* units / 10^scale with scale decimals; NULL if units does not fit an int64. */
extern Numeric pr_numeric_from_units(PrWide units, int scale);

#endif							/* PR_NUMERIC_H */
