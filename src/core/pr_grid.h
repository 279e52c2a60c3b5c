/*
 * pr_grid.h
 *		Noise on a decimal number in fixed-point arithmetic: the quick way for
 *		numbers of up to 36 digits.  Where it would leave its integers it says so,
 *		and the caller takes the slow one, with the same result.
 */
#ifndef PR_GRID_H
#define PR_GRID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/pr_core.h"

/* Most digits that count, before and behind the point together. */
#define PR_FIXED_MAX_DIGITS 36

/* Most decimals of a grid: 10^18 fits 64 bits. */
#define PR_GRID_MAX_DECIMALS 18

/* (-)magnitude / 10^decimals */
typedef struct PrFixed
{
	bool		negative;
	int			decimals;
	pr_uint128	magnitude;
} PrFixed;

/* mantissa / 10^decimals, above 0 */
typedef struct PrGrid
{
	int64_t		mantissa;
	int			decimals;
} PrGrid;

/* [-]digits[.digits]; false for anything else, and for more digits. */
extern bool pr_fixed_parse(const char *decimal, size_t length, PrFixed *number);

/* The same for a grid, whose decimals are those that are written. */
extern bool pr_grid_parse(const char *decimal, size_t length, PrGrid *grid);

/*
 * grid * (z + the multiple of grid nearest to value, ties away from zero), in
 * units of 10^-grid->decimals; false if that or a step to it is too large.
 * Smallest and largest int64 are too large.
 */
extern bool pr_grid_add(const PrGrid *grid, const PrFixed *value, pr_int128 z, int64_t *result);

#endif							/* PR_GRID_H */
