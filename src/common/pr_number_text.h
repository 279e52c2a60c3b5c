/*
 * pr_number_text.h
 *		The text under which a number stands in a hierarchy.
 */
#ifndef PR_NUMBER_TEXT_H
#define PR_NUMBER_TEXT_H

#include "postgres.h"

/* int2, int4, int8, numeric, float4 or float8? */
extern bool pr_is_number(Oid type);

/*
 * The canonical decimal text of a number of such a type, palloc'd and
 * terminated; *length may be NULL.  No setting (extra_float_digits, locale)
 * changes it.
 */
extern char *pr_number_text(Datum value, Oid type, int *length);

#endif							/* PR_NUMBER_TEXT_H */
