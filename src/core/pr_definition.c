/*
 * pr_definition.c
 *		A second opinion on whether a class holds; see pr_definition.h.
 *
 * What an attacker would try: a model with a condition that some error never
 * looks at.
 */
#include "core/pr_definition.h"

#include "core/pr_distribution.h"
#include "core/pr_runtime.h"

#define ROUNDING 1e-9

struct PrDefinition
{
	const PrProblem *problem;
	const PrRuntime *runtime;
	PrWhole   **whole;			/* [sensitive]; NULL: no closeness, or no population is known */
	PrSeen	   *seen;			/* room for the values of a class */
};

PrDefinition *
pr_definition_make(const PrProblem *problem, const PrRuntime *runtime)
{
	PrDefinition *definition = pr_take_zeroed(runtime, 1, sizeof(PrDefinition));
	uint32_t	most = 0;

	definition->problem = problem;
	definition->runtime = runtime;
	definition->whole = pr_take_zeroed(runtime, (size_t) problem->n_sensitive, sizeof(PrWhole *));
	for (int i = 0; i < problem->n_closeness; i++)
	{
		const PrSensitive *sensitive = &problem->sensitive[problem->closeness[i].sensitive];
		PrWhole   **whole = &definition->whole[problem->closeness[i].sensitive];

		if (*whole != NULL || sensitive->population == NULL)
			continue;
		*whole = pr_take_zeroed(runtime, 1, sizeof(PrWhole));
		pr_distribution_whole(sensitive, sensitive->population, runtime, *whole);
	}
	for (int i = 0; i < problem->n_sensitive; i++)
		if (problem->sensitive[i].n_codes > most)
			most = problem->sensitive[i].n_codes;
	definition->seen = pr_take(runtime, most, sizeof(PrSeen));
	return definition;
}

void
pr_definition_free(PrDefinition *definition)
{
	const PrRuntime *runtime = definition->runtime;

	for (int i = 0; i < definition->problem->n_sensitive; i++)
	{
		if (definition->whole[i] == NULL)
			continue;
		pr_distribution_forget(runtime, definition->whole[i]);
		pr_give_back(runtime, definition->whole[i]);
	}
	pr_give_back(runtime, definition->whole);
	pr_give_back(runtime, definition->seen);
	pr_give_back(runtime, definition);
}

static void
list_seen(PrDefinition *definition, const PrTally *tally)
{
	for (uint32_t i = 0; i < tally->n; i++)
		definition->seen[i] = (PrSeen) {.code = tally->code[i], .persons = tally->persons[i]};
}

static long double
persons_of(const PrTally *tally, uint32_t n)
{
	long double all = 0;

	for (uint32_t i = 0; i < n; i++)
		all += tally->persons[i];
	return all;
}

/* How many persons have one of the values that are not among the l - 1 most frequent, which are taken out one by one. */
static long double
tail_of(uint32_t n, const PrTally *tally, uint64_t l, long double all, uint64_t *top)
{
	uint64_t	below = UINT64_MAX; /* counts from here on are taken */
	uint64_t	taken = 0;

	*top = 0;
	while (taken < l - 1)
	{
		uint64_t	most = 0;
		uint64_t	times = 0;

		for (uint32_t i = 0; i < n; i++)
			if (tally->persons[i] < below && tally->persons[i] > most)
				most = tally->persons[i];
		for (uint32_t i = 0; i < n; i++)
			times += tally->persons[i] == most;
		if (most == 0)
			return 0;
		if (*top == 0)
			*top = most;
		if (times > l - 1 - taken)
			times = l - 1 - taken;
		all -= (long double) most * times;
		taken += times;
		below = most;
	}
	return all;
}

static bool
is_diverse(PrDefinition *definition, const PrDiversity *rule, const PrTally *tally)
{
	const PrSensitive *sensitive = &definition->problem->sensitive[rule->sensitive];
	long double l = (long double) rule->l_num / rule->l_den;
	PrDiversityMeasure measure;

	list_seen(definition, tally);
	pr_distribution_diversity(sensitive, definition->seen, tally->n, definition->runtime, &measure);
	if (measure.distinct == 0 || measure.distinct < l * (1 - ROUNDING))
		return false;
	if (rule->variant == PR_DIVERSITY_ENTROPY)
		return measure.entropy >= l * (1 - ROUNDING);
	if (rule->variant == PR_DIVERSITY_RECURSIVE && l >= 2)
	{
		/* NULL, which is no value, is the last one. */
		uint32_t	n = (uint32_t) measure.distinct;
		uint64_t	top;
		long double tail = tail_of(n, tally, rule->l_num / rule->l_den, persons_of(tally, n), &top);

		return top < tail * rule->c_num / rule->c_den * (1 + ROUNDING);
	}
	return true;
}

static bool
is_close(PrDefinition *definition, const PrCloseness *rule, const PrTally *tally)
{
	PrWhole    *whole = definition->whole[rule->sensitive];

	if (tally->n == 0)
		return false;
	if (whole == NULL)
		return true;
	list_seen(definition, tally);
	return pr_distribution_distance(whole, rule->distance, definition->seen, tally->n) <=
		(double) rule->t_num / rule->t_den + ROUNDING;
}

bool
pr_definition_allows(PrDefinition *definition, uint64_t persons, const PrTally *tallies)
{
	const PrProblem *problem = definition->problem;

	if (persons == 0 || persons < problem->k)
		return false;
	for (int i = 0; i < problem->n_diversity; i++)
		if (!is_diverse(definition, &problem->diversity[i], &tallies[problem->diversity[i].sensitive]))
			return false;
	for (int i = 0; i < problem->n_closeness; i++)
		if (!is_close(definition, &problem->closeness[i], &tallies[problem->closeness[i].sensitive]))
			return false;
	return true;
}
