/*
 * pr_values.h
 *		A dictionary: the distinct values of one column, numbered as they come.
 *
 * Equality is that of GROUP BY (the type's default, NULL equal to NULL).  Of
 * some types equal values can look different (1.0 and 1.00, a collation that
 * ignores case): a dictionary of what is seen tells those apart as well, since a
 * reader does.
 */
#ifndef PR_VALUES_H
#define PR_VALUES_H

#include "postgres.h"

typedef struct PrValues PrValues;

extern PrValues *pr_values_make(Oid type, Oid collation, MemoryContext context);
extern PrValues *pr_values_make_seen(Oid type, Oid collation, MemoryContext context);

/* Do values that are equal look the same? */
extern bool pr_values_look_equal(Oid type, Oid collation);

/* What a GROUP BY of an expression needs besides, where they do not. */
extern char *pr_values_tie(const char *expression);

/* The number of a value, which is new if it has not come before. */
extern uint32 pr_values_code(PrValues *values, Datum value, bool isnull);

#define PR_NO_CODE PG_UINT32_MAX

/* The same, PR_NO_CODE if it has not come before. */
extern uint32 pr_values_find(PrValues *values, Datum value, bool isnull);

extern uint32 pr_values_count(const PrValues *values);
extern Datum pr_values_get(const PrValues *values, uint32 code, bool *isnull);
extern Oid	pr_values_type(const PrValues *values);
extern Oid	pr_values_collation(const PrValues *values);

#endif							/* PR_VALUES_H */
