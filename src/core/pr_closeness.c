/*
 * pr_closeness.c
 *		How far the sensitive values of a class are from those of the whole
 *		input, as a fraction of integers; see pr_closeness.h.
 *
 * With e_v = M N_v - G c_v all distances are sums of |e_v| or of their prefix
 * sums over a common denominator.  The values that a class does not have are
 * never visited: a call costs the values of the class, times a logarithm for
 * ordered distance.  With fewer persons than PR_CLOSENESS_MOST everything stays
 * in 128 bits: M and G below 2^46, at most 2^32 values, at most 255 levels.
 */
#include "core/pr_closeness.h"

#include <stdlib.h>
#include <string.h>

#include "core/pr_runtime.h"

/* The whole input of one sensitive column, and room for the sums of a class. */
struct PrReference
{
	const PrSensitive *sensitive;
	const PrRuntime *runtime;
	uint64_t  **at;				/* [level][value]: persons; [0] by code */
	uint64_t	all;			/* G */
	pr_uint128 *sum;			/* [code]: persons of codes <= code */
	pr_uint128 *sum_sum;		/* [code]: sums of sum[] up to code */
	uint64_t  **have;			/* [level][value]: persons of the class; all zero between calls */
	pr_uint128 **lack;			/* [level][value]: what its children have too much; the same */
	uint32_t   *touched[2];		/* values of a level that the class has */
};

static int
compare_codes(const void *a, const void *b)
{
	uint32_t	x = *(const uint32_t *) a;
	uint32_t	y = *(const uint32_t *) b;

	return (x > y) - (x < y);
}

/* A group of persons counts once for each value that its units have. */
static void
count_group(const PrProblem *problem, int column, const PrPersonGroup *group, uint32_t *values, uint64_t *counts)
{
	for (uint32_t i = 0; i < group->n_units; i++)
		values[i] = problem->values[(size_t) group->units[i] * problem->n_sensitive + column];
	qsort(values, group->n_units, sizeof(uint32_t), compare_codes);
	for (uint32_t i = 0; i < group->n_units; i++)
		if (i == 0 || values[i] != values[i - 1])
			counts[values[i]] += group->persons;
}

static void
count_population(const PrProblem *problem, const PrRuntime *runtime, int column, uint64_t *counts)
{
	uint32_t	most = 0;
	uint32_t   *values;

	for (uint32_t unit = 0; unit < problem->n_units; unit++)
		counts[problem->values[(size_t) unit * problem->n_sensitive + column]] += problem->persons[unit];
	for (uint64_t i = 0; i < problem->n_groups; i++)
		if (problem->groups[i].n_units > most)
			most = problem->groups[i].n_units;
	values = pr_take_zeroed(runtime, most, sizeof(uint32_t));
	for (uint64_t i = 0; i < problem->n_groups; i++)
		count_group(problem, column, &problem->groups[i], values, counts);
	pr_give_back(runtime, values);
}

static void
make_order(PrReference *reference)
{
	uint32_t	n = reference->sensitive->n_codes;
	pr_uint128	sum = 0;
	pr_uint128	sum_sum = 0;

	if (reference->sum != NULL)
		return;
	reference->sum = pr_take_zeroed(reference->runtime, n, sizeof(pr_uint128));
	reference->sum_sum = pr_take_zeroed(reference->runtime, n, sizeof(pr_uint128));
	for (uint32_t code = 0; code < n; code++)
	{
		reference->sum[code] = sum += reference->at[0][code];
		reference->sum_sum[code] = sum_sum += sum;
	}
}

static void
make_level(PrReference *reference, int level)
{
	const PrSensitive *sensitive = reference->sensitive;
	uint32_t	n = level == 0 ? sensitive->n_codes : sensitive->n_values[level];

	reference->have[level] = pr_take_zeroed(reference->runtime, n, sizeof(uint64_t));
	reference->lack[level] = pr_take_zeroed(reference->runtime, n, sizeof(pr_uint128));
	if (level == 0)
		return;
	reference->at[level] = pr_take_zeroed(reference->runtime, n, sizeof(uint64_t));
	for (uint32_t code = 0; code < sensitive->n_codes; code++)
		reference->at[level][sensitive->value[level][code]] += reference->at[0][code];
}

static void
make_levels(PrReference *reference)
{
	const PrSensitive *sensitive = reference->sensitive;
	const PrRuntime *runtime = reference->runtime;

	if (reference->have != NULL)
		return;
	reference->have = pr_take_zeroed(runtime, (size_t) sensitive->levels, sizeof(uint64_t *));
	reference->lack = pr_take_zeroed(runtime, (size_t) sensitive->levels, sizeof(pr_uint128 *));
	for (int level = 0; level < sensitive->levels; level++)
		make_level(reference, level);
	for (int i = 0; i < 2; i++)
		reference->touched[i] = pr_take_zeroed(runtime, sensitive->n_codes, sizeof(uint32_t));
}

PrReference *
pr_closeness_make(const PrProblem *problem, const PrRuntime *runtime, int column)
{
	const PrSensitive *sensitive = &problem->sensitive[column];
	PrReference *reference = pr_take_zeroed(runtime, 1, sizeof(PrReference));

	reference->sensitive = sensitive;
	reference->runtime = runtime;
	reference->at = pr_take_zeroed(runtime, (size_t) sensitive->levels + 1, sizeof(uint64_t *));
	reference->at[0] = pr_take_zeroed(runtime, sensitive->n_codes, sizeof(uint64_t));
	if (sensitive->population != NULL)
		memcpy(reference->at[0], sensitive->population, sensitive->n_codes * sizeof(uint64_t));
	else
		count_population(problem, runtime, column, reference->at[0]);
	for (uint32_t code = 0; code < sensitive->n_codes; code++)
		reference->all += reference->at[0][code];
	return reference;
}

void
pr_closeness_prepare(PrReference *reference, PrDistance distance)
{
	if (distance == PR_DISTANCE_ORDERED)
		make_order(reference);
	else if (distance == PR_DISTANCE_HIERARCHICAL)
		make_levels(reference);
}

uint64_t
pr_closeness_all(const PrReference *reference)
{
	return reference->all;
}

void
pr_closeness_free(PrReference *reference)
{
	const PrRuntime *runtime = reference->runtime;

	for (int level = 0; level < reference->sensitive->levels || level == 0; level++)
	{
		pr_give_back(runtime, reference->at[level]);
		if (reference->have != NULL)
		{
			pr_give_back(runtime, reference->have[level]);
			pr_give_back(runtime, reference->lack[level]);
		}
	}
	pr_give_back(runtime, reference->at);
	pr_give_back(runtime, reference->have);
	pr_give_back(runtime, reference->lack);
	pr_give_back(runtime, reference->sum);
	pr_give_back(runtime, reference->sum_sum);
	pr_give_back(runtime, reference->touched[0]);
	pr_give_back(runtime, reference->touched[1]);
	pr_give_back(runtime, reference);
}

static pr_uint128
magnitude(pr_uint128 x, pr_uint128 y)
{
	return x > y ? x - y : y - x;
}

static PrRatio
distance_equal(const PrReference *reference, const PrTally *tally, uint64_t m)
{
	uint64_t	absent = reference->all;
	pr_uint128	sum = 0;

	for (uint32_t i = 0; i < tally->n; i++)
	{
		uint64_t	n_v = reference->at[0][tally->code[i]];

		sum += magnitude((pr_uint128) m * n_v, (pr_uint128) reference->all * tally->persons[i]);
		absent -= n_v;
	}
	return (PrRatio) {.above = sum + (pr_uint128) m * absent, .below = (pr_uint128) 2 * reference->all * m};
}

/*
 * The sum over codes from first to last of |M sum[code] - has|, where has = G
 * times the persons of the class below: one search for where the sign changes.
 */
static pr_uint128
stretch(const PrReference *reference, uint32_t first, uint32_t last, uint64_t m, pr_uint128 has)
{
	uint32_t	low = first;	/* the first code with M sum[code] >= has */
	uint32_t	high = last + 1;
	pr_uint128	before = first == 0 ? 0 : reference->sum_sum[first - 1];
	pr_uint128	middle;

	while (low < high)
	{
		uint32_t	at = low + (high - low) / 2;

		if (m * reference->sum[at] >= has)
			high = at;
		else
			low = at + 1;
	}
	middle = low == 0 ? 0 : reference->sum_sum[low - 1];
	return (has * (low - first) - m * (middle - before))
		+ (m * (reference->sum_sum[last] - middle) - has * (last + 1 - low));
}

static PrRatio
distance_ordered(const PrReference *reference, const PrTally *tally, uint64_t m)
{
	uint32_t	n_codes = reference->sensitive->n_codes;
	pr_uint128	has = 0;
	pr_uint128	sum = 0;
	uint32_t	first = 0;

	for (uint32_t i = 0; i < tally->n; i++)
	{
		if (tally->code[i] > first)
			sum += stretch(reference, first, tally->code[i] - 1, m, has);
		has += (pr_uint128) reference->all * tally->persons[i];
		first = tally->code[i];
	}
	sum += stretch(reference, first, n_codes - 1, m, has);
	return (PrRatio) {.above = sum, .below = (pr_uint128) reference->all * m * (n_codes - 1)};
}

/*
 * What the class has too much of the values of a level goes to their parents.
 * touched holds codes throughout, one for each value that the class has.
 */
static uint32_t
pass_up(const PrReference *reference, int level, uint32_t n, uint64_t m)
{
	const PrSensitive *sensitive = reference->sensitive;
	const uint32_t *from = reference->touched[level % 2];
	uint32_t   *to = reference->touched[(level + 1) % 2];
	uint64_t   *have = reference->have[level];
	uint64_t   *have_above = reference->have[level + 1];
	uint32_t	parents = 0;

	for (uint32_t i = 0; i < n; i++)
	{
		uint32_t	child = level == 0 ? from[i] : sensitive->value[level][from[i]];
		uint32_t	parent = sensitive->value[level + 1][from[i]];
		pr_uint128	wants = (pr_uint128) m * reference->at[level][child];
		pr_uint128	has = (pr_uint128) reference->all * have[child];

		if (have_above[parent] == 0)
			to[parents++] = from[i];
		have_above[parent] += have[child];
		if (has > wants)
			reference->lack[level + 1][parent] += has - wants;
		have[child] = 0;
	}
	return parents;
}

/* The sum of min(pos, neg) of a level's nodes.  pos - neg is a node's own e = M N - G c. */
static pr_uint128
moved_within(const PrReference *reference, int level, uint32_t n, uint64_t m)
{
	const uint32_t *touched = reference->touched[level % 2];
	pr_uint128	sum = 0;

	for (uint32_t i = 0; i < n; i++)
	{
		uint32_t	node = reference->sensitive->value[level][touched[i]];
		pr_uint128	neg = reference->lack[level][node];
		pr_uint128	pos = neg + (pr_uint128) m * reference->at[level][node]
			- (pr_uint128) reference->all * reference->have[level][node];

		sum += pos < neg ? pos : neg;
		reference->lack[level][node] = 0;
	}
	return sum;
}

/* neg comes from children that the class has: the others have e >= 0. */
static PrRatio
distance_hierarchical(const PrReference *reference, const PrTally *tally, uint64_t m)
{
	int			height = reference->sensitive->levels - 1;
	uint32_t	n = tally->n;
	pr_uint128	sum = 0;

	for (uint32_t i = 0; i < n; i++)
	{
		reference->have[0][tally->code[i]] = tally->persons[i];
		reference->touched[0][i] = tally->code[i];
	}
	for (int level = 0; level < height; level++)
	{
		n = pass_up(reference, level, n, m);
		sum += (pr_uint128) (level + 1) * moved_within(reference, level + 1, n, m);
	}
	for (uint32_t i = 0; i < n; i++)
		reference->have[height][reference->sensitive->value[height][reference->touched[height % 2][i]]] = 0;
	return (PrRatio) {.above = sum, .below = (pr_uint128) reference->all * m * (uint64_t) height};
}

PrRatio
pr_closeness_distance(const PrReference *reference, PrDistance distance, const PrTally *tally, uint64_t m)
{
	switch (distance)
	{
		case PR_DISTANCE_EQUAL:
			return distance_equal(reference, tally, m);
		case PR_DISTANCE_ORDERED:
			return distance_ordered(reference, tally, m);
		case PR_DISTANCE_HIERARCHICAL:
			return distance_hierarchical(reference, tally, m);
	}
	return (PrRatio) {.above = 1, .below = 0};
}
