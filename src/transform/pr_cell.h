/*
 * pr_cell.h
 *		The cells of ordered transforms: which source values lie on which side
 *		of a released value.
 */
#ifndef PR_CELL_H
#define PR_CELL_H

#include "postgres.h"

#include "core/pr_stem.h"

/* Position of a value in the order of an integer, float or calendar type; false for other types. */
extern bool pr_cell_index(Oid type, Datum value, int64 *index);

/* Least and greatest value of such a type, as positions. */
extern bool pr_cell_range(Oid type, int64 *first, int64 *last);

/* Type of a bound for results of this type: integers of any width are compared as int8, floats as float8. */
extern Oid	pr_cell_bound_type(Oid result);

/* Do instants of this zone never go back to a former unit?  Only then are the cells of date_trunc intervals. */
extern bool pr_zone_is_monotone(const char *zone, const char *unit);

/*
 * Values with prefix(x, length, fill) = value (whole), or beginning with it.
 * PR_STEM_RANGE: x >= lower and x < upper in the order of bytes.
 */
extern PrStemResult pr_prefix_cell(text *value, bool whole, int32 length, text *fill, text **lower, text **upper);

#endif							/* PR_CELL_H */
