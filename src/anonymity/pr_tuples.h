/*
 * pr_tuples.h
 *		A dictionary of vectors of codes, all of one width, numbered as they come.
 */
#ifndef PR_TUPLES_H
#define PR_TUPLES_H

#include "postgres.h"

typedef struct PrTuples PrTuples;

extern PrTuples *pr_tuples_make(int width, MemoryContext context);

/* The number of a vector, which is new if it has not been seen. */
extern uint32 pr_tuples_code(PrTuples *tuples, const uint32 *codes);

/* The same, PR_NO_CODE if it has not been seen. */
extern uint32 pr_tuples_find(PrTuples *tuples, const uint32 *codes);

extern uint32 pr_tuples_count(const PrTuples *tuples);

/* All vectors, one after the other; valid until the next new one. */
extern const uint32 *pr_tuples_all(const PrTuples *tuples);

#endif							/* PR_TUPLES_H */
