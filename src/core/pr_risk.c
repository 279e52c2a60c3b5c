/*
 * pr_risk.c
 *		Frequencies with NULL as a wildcard, and risks from frequencies.
 *
 * Frequencies: rows are put together by their pattern of NULLs.  Rows of two
 * patterns are compatible if they agree where neither is NULL, so one hash table
 * over those variables answers for a pair of patterns, in time linear in their
 * rows.  Data has few patterns, and all but one of them hold few rows; a table
 * holds the rows of the smaller one.
 *
 * Risk: all terms of the series are positive, so nothing cancels.  Where it is
 * slow, at small p and small whole f, the integral behind it is taken instead.
 */
#include "core/pr_risk.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* ---------- patterns of NULLs ---------- */

typedef struct Pattern
{
	uint64_t	nulls;
	uint32_t	n;
	uint32_t   *rows;
} Pattern;

typedef struct Patterns
{
	Pattern    *pattern;
	uint32_t	n;
	uint32_t	allocated;
	uint32_t   *rows;			/* of all patterns, one after the other */
	uint32_t   *of_row;
} Patterns;

/* The least power of two that keeps a table of so many entries at most half full. */
static uint32_t
table_size(uint32_t entries)
{
	uint64_t	size = 16;

	while (size < (uint64_t) entries * 2)
		size *= 2;
	return (uint32_t) (size > (UINT64_C(1) << 31) ? UINT64_C(1) << 31 : size);
}

static int
compare_nulls(const void *a, const void *b)
{
	const Pattern *x = a;
	const Pattern *y = b;

	return x->nulls < y->nulls ? -1 : x->nulls > y->nulls;
}

/* The pattern of these NULLs; NULL if it is not there.  Sorted by nulls. */
static Pattern *
find_pattern(const Patterns *patterns, uint64_t nulls)
{
	Pattern		wanted = {.nulls = nulls};

	return bsearch(&wanted, patterns->pattern, patterns->n, sizeof(Pattern), compare_nulls);
}

static void
add_pattern(Patterns *patterns, uint64_t nulls, const PrRuntime *runtime)
{
	uint32_t	place = patterns->n;

	if (patterns->n == patterns->allocated)
	{
		uint32_t	wanted = patterns->allocated == 0 ? 64 : patterns->allocated * 2;
		Pattern    *more = runtime->alloc(runtime->state, wanted * sizeof(Pattern));

		if (patterns->n > 0)
		{
			memcpy(more, patterns->pattern, patterns->n * sizeof(Pattern));
			runtime->release(runtime->state, patterns->pattern);
		}
		patterns->pattern = more;
		patterns->allocated = wanted;
	}
	for (; place > 0 && patterns->pattern[place - 1].nulls > nulls; place--)
		patterns->pattern[place] = patterns->pattern[place - 1];
	patterns->pattern[place] = (Pattern) {.nulls = nulls};
	patterns->n++;
}

static void
collect_patterns(Patterns *patterns, const PrKeys *keys, const PrRuntime *runtime)
{
	uint32_t   *next;

	memset(patterns, 0, sizeof(*patterns));
	for (uint32_t row = 0; row < keys->n_rows; row++)
	{
		uint64_t	nulls = pr_key_nulls(keys, row);
		Pattern    *known = patterns->n > 0 ? find_pattern(patterns, nulls) : NULL;

		pr_key_tick(keys, row, runtime);
		if (known == NULL)
		{
			add_pattern(patterns, nulls, runtime);
			known = find_pattern(patterns, nulls);
		}
		known->n++;
	}
	patterns->rows = runtime->alloc(runtime->state, (size_t) keys->n_rows * sizeof(uint32_t));
	next = patterns->rows;
	for (uint32_t i = 0; i < patterns->n; i++)
	{
		patterns->pattern[i].rows = next;
		next += patterns->pattern[i].n;
		patterns->pattern[i].n = 0;
	}
	for (uint32_t row = 0; row < keys->n_rows; row++)
	{
		Pattern    *pattern = find_pattern(patterns, pr_key_nulls(keys, row));

		pattern->rows[pattern->n++] = row;
	}
}

/* ---------- frequencies ---------- */

/* Rows of one pattern that agree in the variables that are looked at. */
typedef struct Group
{
	uint32_t	row;			/* one of them */
	double		records;
	double		weight;
	double		other_records;	/* of the other pattern */
	double		other_weight;
} Group;

typedef struct Table
{
	const PrKeys *keys;
	int			n_common;
	int			common[PR_KEYS_MOST];	/* the variables */
	uint32_t	size;
	uint32_t   *slot;			/* group + 1; 0: empty */
	Group	   *group;
	uint32_t	n_groups;
	uint32_t   *group_of;		/* of the i-th row that was put in */
} Table;

static uint32_t
table_slot(const Table *table, uint32_t row)
{
	uint64_t	hash = 0;

	for (int i = 0; i < table->n_common; i++)
		hash = pr_key_mix(hash, pr_key_code(table->keys, row, table->common[i]));
	return (uint32_t) ((hash * UINT64_C(0xD6E8FEB86659FD93)) >> 32) & (table->size - 1);
}

static bool
table_equal(const Table *table, uint32_t a, uint32_t b)
{
	for (int i = 0; i < table->n_common; i++)
		if (pr_key_code(table->keys, a, table->common[i]) != pr_key_code(table->keys, b, table->common[i]))
			return false;
	return true;
}

/* The place of a row's group, which may be empty. */
static uint32_t *
table_find(const Table *table, uint32_t row)
{
	uint32_t	slot = table_slot(table, row);

	while (table->slot[slot] != 0 && !table_equal(table, table->group[table->slot[slot] - 1].row, row))
		slot = (slot + 1) & (table->size - 1);
	return &table->slot[slot];
}

static void
table_fill(Table *table, const Pattern *pattern, uint64_t common, const PrRuntime *runtime)
{
	table->n_common = 0;
	for (int key = 0; key < table->keys->n_keys; key++)
		if (common >> key & 1)
			table->common[table->n_common++] = key;
	table->size = table_size(pattern->n);
	table->n_groups = 0;
	memset(table->slot, 0, (size_t) table->size * sizeof(uint32_t));
	for (uint32_t i = 0; i < pattern->n; i++)
	{
		uint32_t	row = pattern->rows[i];
		uint32_t   *slot = table_find(table, row);

		pr_key_tick(table->keys, i, runtime);
		if (*slot == 0)
		{
			table->group[table->n_groups] = (Group) {.row = row};
			*slot = ++table->n_groups;
		}
		table->group[*slot - 1].records += (double) pr_key_records(table->keys, row);
		table->group[*slot - 1].weight += pr_key_weight(table->keys, row);
		table->group_of[i] = *slot - 1;
	}
}

/* Rows of one pattern help each other. */
static void
count_within(Table *table, const Pattern *pattern, const PrRuntime *runtime, double *f, double *F)
{
	table_fill(table, pattern, pr_key_all(table->keys) & ~pattern->nulls, runtime);
	for (uint32_t i = 0; i < pattern->n; i++)
	{
		const Group *group = &table->group[table->group_of[i]];

		f[pattern->rows[i]] += group->records;
		F[pattern->rows[i]] += group->weight;
	}
}

/* Rows of two patterns help each other, those with any NULL by alpha only. */
static void
count_across(Table *table, const Pattern *small, const Pattern *large, double alpha, const PrRuntime *runtime, double *f,
			 double *F)
{
	double		of_small = small->nulls != 0 ? alpha : 1;
	double		of_large = large->nulls != 0 ? alpha : 1;

	table_fill(table, small, pr_key_all(table->keys) & ~(small->nulls | large->nulls), runtime);
	for (uint32_t i = 0; i < large->n; i++)
	{
		uint32_t	row = large->rows[i];
		uint32_t	found = *table_find(table, row);
		Group	   *group;

		pr_key_tick(table->keys, i, runtime);
		if (found == 0)
			continue;
		group = &table->group[found - 1];
		f[row] += of_small * group->records;
		F[row] += of_small * group->weight;
		group->other_records += (double) pr_key_records(table->keys, row);
		group->other_weight += pr_key_weight(table->keys, row);
	}
	for (uint32_t i = 0; i < small->n; i++)
	{
		const Group *group = &table->group[table->group_of[i]];

		f[small->rows[i]] += of_large * group->other_records;
		F[small->rows[i]] += of_large * group->other_weight;
	}
}

static void
count_patterns(Table *table, const Patterns *patterns, double alpha, const PrRuntime *runtime, double *f, double *F)
{
	uint64_t	suppressed = pr_key_all(table->keys);

	for (uint32_t i = 0; i < patterns->n; i++)
	{
		const Pattern *a = &patterns->pattern[i];

		if (a->nulls == suppressed)
			continue;
		count_within(table, a, runtime, f, F);
		for (uint32_t j = 0; j < i; j++)
		{
			const Pattern *b = &patterns->pattern[j];

			if (b->nulls == suppressed)
				continue;
			runtime->tick(runtime->state, i, patterns->n);
			count_across(table, a->n < b->n ? a : b, a->n < b->n ? b : a, alpha, runtime, f, F);
		}
	}
}

PrCoreResult
pr_risk_frequencies(const PrKeys *keys, double alpha, const PrRuntime *runtime, double *f, double *F)
{
	Patterns	patterns;
	Table		table = {.keys = keys};

	if (keys->n_keys < 1 || !(alpha >= 0 && alpha <= 1))
		return PR_CORE_PARAMETER;
	if (keys->n_keys > PR_KEYS_MOST)
		return PR_CORE_LIMIT;
	for (uint32_t row = 0; row < keys->n_rows; row++)
		f[row] = F[row] = 0;
	if (keys->n_rows == 0)
		return PR_CORE_OK;
	collect_patterns(&patterns, keys, runtime);
	table.slot = runtime->alloc(runtime->state, (size_t) table_size(keys->n_rows) * sizeof(uint32_t));
	table.group = runtime->alloc(runtime->state, (size_t) keys->n_rows * sizeof(Group));
	table.group_of = runtime->alloc(runtime->state, (size_t) keys->n_rows * sizeof(uint32_t));
	count_patterns(&table, &patterns, alpha, runtime, f, F);
	runtime->release(runtime->state, table.slot);
	runtime->release(runtime->state, table.group);
	runtime->release(runtime->state, table.group_of);
	runtime->release(runtime->state, patterns.rows);
	runtime->release(runtime->state, patterns.pattern);
	return PR_CORE_OK;
}

/* ---------- individual risk ---------- */

/* Up to this f and p the integral is quicker than the series, and as exact. */
#define INTEGRAL_MOST_F 16
#define INTEGRAL_MOST_P 0.1

/*
 * I(f) = integral of s^(f-1) / (p + qs) over 0 .. 1; the risk is p * I(f).
 * q*I(f+1) + p*I(f) = 1/f, which going up multiplies errors by p/q < 1/8.
 */
static double
by_integral(int f, double p)
{
	double		q = 1 - p;
	double		integral = -log(p) / q;

	for (int i = 1; i < f; i++)
		integral = (1.0 / i - p * integral) / q;
	return p * integral;
}

static double
by_series(double f, double p)
{
	double		q = 1 - p;
	double		term = 1;
	double		sum = 1;

	for (double i = 0; term > sum * 1e-17; i++)
	{
		term *= (i + 1) * q / (f + 1 + i);
		sum += term;
	}
	return p / f * sum;
}

double
pr_risk_individual(double f, double p)
{
	if (!(f > 0))
		return 0;
	if (p >= 1)
		return f > 1 ? 1 / f : 1;
	if (p < INTEGRAL_MOST_P && f <= INTEGRAL_MOST_F && f == floor(f))
		return by_integral((int) f, p);
	return by_series(f, p);
}

/* ---------- threshold ---------- */

typedef struct Weighed
{
	double		risk;
	uint64_t	records;
} Weighed;

static int
compare_risks(const void *a, const void *b)
{
	double		x = ((const Weighed *) a)->risk;
	double		y = ((const Weighed *) b)->risk;

	return x < y ? -1 : x > y;
}

double
pr_risk_threshold(const double *risk, const uint64_t *records, uint32_t n, double rate, const PrRuntime *runtime)
{
	Weighed    *sorted;
	double		below = 0;		/* expected, of those with a smaller risk */
	uint64_t	above = 0;		/* records with this risk or more */
	double		best = 0;
	double		all;

	if (n == 0)
		return INFINITY;
	sorted = runtime->alloc(runtime->state, (size_t) n * sizeof(Weighed));
	for (uint32_t i = 0; i < n; i++)
	{
		sorted[i] = (Weighed) {risk[i], records[i]};
		above += records[i];
	}
	all = rate * (double) above;
	qsort(sorted, n, sizeof(Weighed), compare_risks);
	for (uint32_t i = 0; i < n; i++)
	{
		if (below + (double) above * sorted[i].risk < all)
			best = sorted[i].risk;
		below += (double) sorted[i].records * sorted[i].risk;
		above -= sorted[i].records;
	}
	runtime->release(runtime->state, sorted);
	return below < all ? INFINITY : best;
}
