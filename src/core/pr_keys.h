/*
 * pr_keys.h
 *		Records as risk sees them: codes of key variables, with counts and weights.
 *
 * A row stands for one record, or for several that are equal in every key
 * variable.  Codes of one variable are small numbers from 0; a cell may be NULL,
 * and what NULL means is said by each measure.
 */
#ifndef PR_KEYS_H
#define PR_KEYS_H

#include <stddef.h>
#include <stdint.h>

#include "core/pr_core.h"
#include "core/pr_problem.h"

#define PR_KEY_NULL UINT32_MAX

/* A set of key variables is a word. */
#define PR_KEYS_MOST 64

typedef struct PrKeys
{
	uint32_t	n_rows;
	int			n_keys;			/* 1 .. PR_KEYS_MOST */
	const uint32_t *codes;		/* [row * n_keys + key] */
	const uint64_t *records;	/* [row], at least 1; NULL: 1 each */
	const double *weight;		/* [row]: sum over its records; NULL: each record weighs 1 */
} PrKeys;

static inline uint32_t
pr_key_code(const PrKeys *keys, uint32_t row, int key)
{
	return keys->codes[(size_t) row * keys->n_keys + key];
}

static inline uint64_t
pr_key_records(const PrKeys *keys, uint32_t row)
{
	return keys->records != NULL ? keys->records[row] : 1;
}

static inline double
pr_key_weight(const PrKeys *keys, uint32_t row)
{
	return keys->weight != NULL ? keys->weight[row] : (double) pr_key_records(keys, row);
}

/* Bits of the variables that are NULL in a row. */
static inline uint64_t
pr_key_nulls(const PrKeys *keys, uint32_t row)
{
	uint64_t	nulls = 0;

	for (int key = 0; key < keys->n_keys; key++)
		if (pr_key_code(keys, row, key) == PR_KEY_NULL)
			nulls |= UINT64_C(1) << key;
	return nulls;
}

static inline uint64_t
pr_key_all(const PrKeys *keys)
{
	return keys->n_keys == PR_KEYS_MOST ? UINT64_MAX : (UINT64_C(1) << keys->n_keys) - 1;
}

/* Now and then in a loop over rows. */
static inline void
pr_key_tick(const PrKeys *keys, uint32_t row, const PrRuntime *runtime)
{
	if ((row & 0xFFFF) == 0)
		runtime->tick(runtime->state, row, keys->n_rows);
}

/* One step of a hash over codes. */
static inline uint64_t
pr_key_mix(uint64_t hash, uint32_t code)
{
	hash = (hash ^ code) * UINT64_C(0x9E3779B97F4A7C15);
	return hash ^ (hash >> 29);
}

#endif							/* PR_KEYS_H */
