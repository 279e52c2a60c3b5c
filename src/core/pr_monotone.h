/*
 * pr_monotone.h
 *		Where a monotone function passes a bound, by binary search.
 *
 * A generalization f cuts an ordered domain into cells, sets of neighbours with
 * one result.  "f(x) >= bound" holds from some x on; that x is found by asking
 * f itself, so that it is right at every edge at which f is.  No formula for
 * the inverse of f exists that could disagree with f.
 */
#ifndef PR_MONOTONE_H
#define PR_MONOTONE_H

#include <stdbool.h>
#include <stdint.h>

/* An ordered domain, counted from first to last. */
typedef struct PrIndexRange
{
	int64_t		first;
	int64_t		last;
} PrIndexRange;

/* False up to some index, true from there on. */
typedef bool (*PrPassed) (int64_t index, void *context);

/* Least index with passed(); false if there is none. At most 64 questions. */
extern bool pr_monotone_first(PrIndexRange range, PrPassed passed, void *context, int64_t *found);

/* Greatest index without passed(); false if there is none. */
extern bool pr_monotone_last(PrIndexRange range, PrPassed passed, void *context, int64_t *found);

/*
 * Floats in their order as consecutive integers: -infinity, the finite ones
 * (with -0 before 0), infinity, one NaN.
 */
extern PrIndexRange pr_float8_range(void);
extern int64_t pr_float8_to_index(double value);
extern double pr_float8_from_index(int64_t index);
extern PrIndexRange pr_float4_range(void);
extern int64_t pr_float4_to_index(float value);
extern float pr_float4_from_index(int64_t index);

#endif							/* PR_MONOTONE_H */
