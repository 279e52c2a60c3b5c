/*
 * pr_condition.c
 *		What a class of released rows must hold, decided exactly; see
 *		pr_condition.h.
 *
 * Invariants: no decision depends on the rounding of a float.  Closeness is
 * compared in integers, with e_v = M N_v - G c_v and t = a/b: products of 128 by
 * 64 bits are compared in 192.  Entropy is compared in logarithms where they
 * differ by more than they can err, else as M^M >= l^M prod c^c (pr_power.c).
 *
 * What an attacker would try: counts at which 32 or 64 bits wrap, so that a
 * class that tells too much seems close; ties, where a rounded sum falls on the
 * wrong side.
 */
#include "core/pr_condition.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/pr_power.h"
#include "core/pr_runtime.h"

#define SMALL_COUNTS 1024		/* their c ln c is kept */

struct PrConditions
{
	const PrProblem *problem;
	const PrRuntime *runtime;
	bool	   *used;			/* [sensitive] */
	PrReference **reference;	/* [sensitive]; NULL: no closeness */
	uint64_t   *sorted;			/* room for the counts of a class */
	double		small[SMALL_COUNTS];	/* c ln c */
};

static PrCoreResult
check(const PrProblem *problem)
{
	pr_uint128	records = 0;

	for (uint32_t unit = 0; unit < problem->n_units; unit++)
		records += problem->records[unit];
	if (records > PR_CLOSENESS_MOST)
		return PR_CORE_LIMIT;
	for (int i = 0; i < problem->n_diversity; i++)
	{
		const PrDiversity *rule = &problem->diversity[i];

		if (rule->sensitive < 0 || rule->sensitive >= problem->n_sensitive || rule->l_den == 0 || rule->l_num < rule->l_den)
			return PR_CORE_PARAMETER;
		if (rule->l_num >> 62 != 0)
			return PR_CORE_LIMIT;
		if (rule->variant == PR_DIVERSITY_RECURSIVE && (rule->c_den == 0 || rule->l_num % rule->l_den != 0))
			return PR_CORE_PARAMETER;
	}
	for (int i = 0; i < problem->n_closeness; i++)
	{
		const PrCloseness *rule = &problem->closeness[i];

		if (rule->sensitive < 0 || rule->sensitive >= problem->n_sensitive || rule->t_den == 0)
			return PR_CORE_PARAMETER;
		if (rule->distance == PR_DISTANCE_HIERARCHICAL && problem->sensitive[rule->sensitive].levels < 2)
			return PR_CORE_PARAMETER;
	}
	return PR_CORE_OK;
}

static PrCoreResult
add_closeness(PrConditions *conditions, const PrCloseness *rule)
{
	PrReference **reference = &conditions->reference[rule->sensitive];

	conditions->used[rule->sensitive] = true;
	if (*reference == NULL)
		*reference = pr_closeness_make(conditions->problem, conditions->runtime, rule->sensitive);
	pr_closeness_prepare(*reference, rule->distance);
	return pr_closeness_all(*reference) > PR_CLOSENESS_MOST ? PR_CORE_LIMIT : PR_CORE_OK;
}

PrCoreResult
pr_conditions_make(const PrProblem *problem, const PrRuntime *runtime, PrConditions **made)
{
	PrCoreResult result = check(problem);
	PrConditions *conditions;
	uint32_t	most = 0;

	if (result != PR_CORE_OK)
		return result;
	conditions = pr_take_zeroed(runtime, 1, sizeof(PrConditions));
	conditions->problem = problem;
	conditions->runtime = runtime;
	conditions->used = pr_take_zeroed(runtime, (size_t) problem->n_sensitive, sizeof(bool));
	conditions->reference = pr_take_zeroed(runtime, (size_t) problem->n_sensitive, sizeof(PrReference *));
	for (int i = 0; i < problem->n_diversity; i++)
		conditions->used[problem->diversity[i].sensitive] = true;
	for (int i = 0; i < problem->n_closeness && result == PR_CORE_OK; i++)
		result = add_closeness(conditions, &problem->closeness[i]);
	for (int i = 0; i < problem->n_sensitive; i++)
		if (problem->sensitive[i].n_codes > most)
			most = problem->sensitive[i].n_codes;
	conditions->sorted = pr_take_zeroed(runtime, most, sizeof(uint64_t));
	for (int i = 1; i < SMALL_COUNTS; i++)
		conditions->small[i] = i * log(i);
	if (result != PR_CORE_OK)
	{
		pr_conditions_free(conditions);
		return result;
	}
	*made = conditions;
	return PR_CORE_OK;
}

void
pr_conditions_free(PrConditions *conditions)
{
	const PrRuntime *runtime = conditions->runtime;

	for (int i = 0; i < conditions->problem->n_sensitive; i++)
		if (conditions->reference[i] != NULL)
			pr_closeness_free(conditions->reference[i]);
	pr_give_back(runtime, conditions->used);
	pr_give_back(runtime, conditions->reference);
	pr_give_back(runtime, conditions->sorted);
	pr_give_back(runtime, conditions);
}

bool
pr_conditions_use(const PrConditions *conditions, int sensitive)
{
	return conditions->used[sensitive];
}

/*
 * Diversity
 */

/* The counts of a class without NULL. */
typedef struct Counts
{
	uint32_t	n;				/* d */
	const uint64_t *count;
	uint64_t	all;			/* M */
} Counts;

static Counts
counts_of(const PrConditions *conditions, int column, const PrTally *tally)
{
	const PrSensitive *sensitive = &conditions->problem->sensitive[column];
	Counts		counts = {.n = tally->n, .count = tally->persons};

	if (counts.n > 0 && sensitive->has_null && tally->code[counts.n - 1] == sensitive->n_codes - 1)
		counts.n--;
	for (uint32_t i = 0; i < counts.n; i++)
		counts.all += counts.count[i];
	return counts;
}

static bool
enough_values(const PrDiversity *rule, uint32_t n)
{
	return (pr_uint128) n * rule->l_den >= rule->l_num;
}

/* H */
static double
entropy(const PrConditions *conditions, const Counts *counts)
{
	double		sum = 0;

	for (uint32_t i = 0; i < counts->n; i++)
	{
		uint64_t	count = counts->count[i];

		sum += count < SMALL_COUNTS ? conditions->small[count] : (double) count * log((double) count);
	}
	return log((double) counts->all) - sum / (double) counts->all;
}

/* M^M l_den^M >= l_num^M prod c^c, exactly */
static bool
diverse_in_integers(const PrConditions *conditions, const PrDiversity *rule, const Counts *counts)
{
	const PrRuntime *runtime = conditions->runtime;
	PrPower    *powers = pr_take_zeroed(runtime, (size_t) counts->n + 3, sizeof(PrPower));
	int64_t		all = (int64_t) counts->all;
	size_t		n = 0;
	int			sign;

	powers[n++] = (PrPower) {.base = counts->all, .exponent = all};
	powers[n++] = (PrPower) {.base = rule->l_den, .exponent = all};
	powers[n++] = (PrPower) {.base = rule->l_num, .exponent = -all};
	for (uint32_t i = 0; i < counts->n; i++)
		powers[n++] = (PrPower) {.base = counts->count[i], .exponent = -(int64_t) counts->count[i]};
	sign = pr_power_sign(powers, n, runtime);
	pr_give_back(runtime, powers);
	return sign >= 0;
}

static bool
holds_entropy(const PrConditions *conditions, const PrDiversity *rule, const Counts *counts)
{
	double		margin;

	if (!enough_values(rule, counts->n))
		return false;			/* exp H is at most the number of values */
	margin = entropy(conditions, counts) - log((double) rule->l_num / (double) rule->l_den);
	if (fabs(margin) > 1e-9 * (1 + counts->n * 1e-6))
		return margin > 0;
	return diverse_in_integers(conditions, rule, counts);
}

static int
compare_descending(const void *a, const void *b)
{
	uint64_t	x = *(const uint64_t *) a;
	uint64_t	y = *(const uint64_t *) b;

	return (x < y) - (x > y);
}

/* c_1 and c_l + ... + c_d; there are l values */
static void
top_and_tail(const PrConditions *conditions, const PrDiversity *rule, const Counts *counts, uint64_t *top, uint64_t *tail)
{
	uint64_t	l = rule->l_num / rule->l_den;

	memcpy(conditions->sorted, counts->count, counts->n * sizeof(uint64_t));
	qsort(conditions->sorted, counts->n, sizeof(uint64_t), compare_descending);
	*top = conditions->sorted[0];
	*tail = 0;
	for (uint64_t i = l - 1; i < counts->n; i++)
		*tail += conditions->sorted[i];
}

static bool
holds_recursive(const PrConditions *conditions, const PrDiversity *rule, const Counts *counts)
{
	uint64_t	top;
	uint64_t	tail;

	if (!enough_values(rule, counts->n))
		return false;
	top_and_tail(conditions, rule, counts, &top, &tail);
	return (pr_uint128) top * rule->c_den < (pr_uint128) tail * rule->c_num;
}

static bool
holds_diversity(const PrConditions *conditions, const PrDiversity *rule, const PrTally *tally)
{
	Counts		counts = counts_of(conditions, rule->sensitive, tally);

	switch (rule->variant)
	{
		case PR_DIVERSITY_DISTINCT:
			return enough_values(rule, counts.n);
		case PR_DIVERSITY_ENTROPY:
			return holds_entropy(conditions, rule, &counts);
		case PR_DIVERSITY_RECURSIVE:
			return holds_recursive(conditions, rule, &counts);
	}
	return false;
}

/*
 * Closeness
 */

typedef struct Wide
{
	uint64_t	high;
	pr_uint128	low;
} Wide;

static Wide
product(pr_uint128 x, uint64_t y)
{
	pr_uint128	low = (pr_uint128) (uint64_t) x * y;
	pr_uint128	high = (x >> 64) * y + (low >> 64);

	return (Wide) {.high = (uint64_t) (high >> 64), .low = high << 64 | (uint64_t) low};
}

/* x * a <= y * b */
static bool
at_most(pr_uint128 x, uint64_t a, pr_uint128 y, uint64_t b)
{
	Wide		left = product(x, a);
	Wide		right = product(y, b);

	return left.high != right.high ? left.high < right.high : left.low <= right.low;
}

static uint64_t
tally_sum(const PrTally *tally)
{
	uint64_t	sum = 0;

	for (uint32_t i = 0; i < tally->n; i++)
		sum += tally->persons[i];
	return sum;
}

static bool
holds_closeness(const PrConditions *conditions, const PrCloseness *rule, const PrTally *tally)
{
	uint64_t	m = tally_sum(tally);
	PrRatio		ratio;

	if (m == 0)
		return false;
	ratio = pr_closeness_distance(conditions->reference[rule->sensitive], rule->distance, tally, m);
	return at_most(ratio.above, rule->t_den, ratio.below, rule->t_num);
}

bool
pr_conditions_hold(PrConditions *conditions, uint64_t persons, const PrTally *tallies)
{
	const PrProblem *problem = conditions->problem;

	if (persons < problem->k || persons == 0)
		return false;
	for (int i = 0; i < problem->n_diversity; i++)
		if (!holds_diversity(conditions, &problem->diversity[i], &tallies[problem->diversity[i].sensitive]))
			return false;
	for (int i = 0; i < problem->n_closeness; i++)
		if (!holds_closeness(conditions, &problem->closeness[i], &tallies[problem->closeness[i].sensitive]))
			return false;
	return true;
}

/*
 * What no partition can release
 */

/* Rounded so far down that no rounding error is left in it. */
static uint64_t
surely(double share, uint64_t m)
{
	double		least = (share - 1e-9) * (double) m * (1 - 1e-6) - 1e-3;

	return least > 0 ? (uint64_t) ceil(least) : 0;
}

/*
 * The released part R of a class is a union of classes that hold.  Entropy is
 * concave, so that H(R) >= ln l and H(class) >= (1 - rest) ln l; and of
 * recursive diversity c * tail - top adds up to no less than the sum of its
 * parts, R's being positive and that of the rest at least -|rest|.
 */
static uint64_t
stuck_diversity(const PrConditions *conditions, const PrDiversity *rule, const PrTally *tally)
{
	Counts		counts = counts_of(conditions, rule->sensitive, tally);
	uint64_t	top;
	uint64_t	tail;

	if (!enough_values(rule, counts.n))
		return UINT64_MAX;
	if (rule->variant == PR_DIVERSITY_ENTROPY)
		return surely(1 - entropy(conditions, &counts) / log((double) rule->l_num / (double) rule->l_den), counts.all);
	if (rule->variant == PR_DIVERSITY_RECURSIVE)
	{
		top_and_tail(conditions, rule, &counts, &top, &tail);
		return surely(((double) top - (double) tail * ((double) rule->c_num / (double) rule->c_den)) / (double) counts.all,
					  counts.all);
	}
	return 0;
}

/* Distance is convex and at most 1: distance(class) <= (1 - rest) t + rest. */
static uint64_t
stuck_closeness(const PrConditions *conditions, const PrCloseness *rule, const PrTally *tally)
{
	uint64_t	m = tally_sum(tally);
	double		t = (double) rule->t_num / (double) rule->t_den;
	PrRatio		ratio;

	if (m == 0 || t >= 1)
		return 0;
	ratio = pr_closeness_distance(conditions->reference[rule->sensitive], rule->distance, tally, m);
	if (ratio.below == 0)
		return 0;
	return surely(((double) ratio.above / (double) ratio.below - t) / (1 - t), m);
}

uint64_t
pr_conditions_stuck(PrConditions *conditions, uint64_t persons, const PrTally *tallies, bool additive)
{
	const PrProblem *problem = conditions->problem;
	uint64_t	most = 0;

	if (persons < problem->k || persons == 0)
		return UINT64_MAX;
	for (int i = 0; i < problem->n_diversity; i++)
	{
		uint64_t	stuck = stuck_diversity(conditions, &problem->diversity[i], &tallies[problem->diversity[i].sensitive]);

		if (stuck == UINT64_MAX || (additive && stuck > most))
			most = stuck;
	}
	for (int i = 0; i < problem->n_closeness && additive && most != UINT64_MAX; i++)
	{
		uint64_t	stuck = stuck_closeness(conditions, &problem->closeness[i], &tallies[problem->closeness[i].sensitive]);

		if (stuck > most)
			most = stuck;
	}
	return most;
}
