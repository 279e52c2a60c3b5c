/*
 * pr_values.h
 *		A dictionary: the distinct values of one column, numbered as they come.
 *
 * Equality is that of GROUP BY (the type's default, NULL equal to NULL).
 */
#ifndef PR_VALUES_H
#define PR_VALUES_H

#include "postgres.h"

typedef struct PrValues PrValues;

extern PrValues *pr_values_make(Oid type, Oid collation, MemoryContext context);

/* The number of a value, which is new if it has not been seen. */
extern uint32 pr_values_code(PrValues *values, Datum value, bool isnull);

#define PR_NO_CODE PG_UINT32_MAX

/* The same, PR_NO_CODE if it has not been seen. */
extern uint32 pr_values_find(PrValues *values, Datum value, bool isnull);

extern uint32 pr_values_count(const PrValues *values);
extern Datum pr_values_get(const PrValues *values, uint32 code, bool *isnull);
extern Oid	pr_values_type(const PrValues *values);
extern Oid	pr_values_collation(const PrValues *values);

#endif							/* PR_VALUES_H */
