/*
 * pr_local_input.c
 *		A problem in an order of its own, with a level of suppressed cells; see
 *		pr_local.h.
 *
 * Local recoding decides ties by the order of cells.  So that the answer does
 * not depend on how units are numbered, they are sorted by their codes first.
 */
#include <stdlib.h>

#include "core/pr_local.h"
#include "core/pr_runtime.h"

#define A_TICK 65536

static const uint32_t shown_null = PR_SHOWN_NULL;

static int
compare_arrays(const uint32_t *a, const uint32_t *b, int n)
{
	for (int i = 0; i < n; i++)
		if (a[i] != b[i])
			return a[i] < b[i] ? -1 : 1;
	return 0;
}

static int
compare_units(const PrProblem *problem, uint32_t a, uint32_t b)
{
	int			order = compare_arrays(problem->codes + (size_t) a * problem->n_qis,
									   problem->codes + (size_t) b * problem->n_qis, problem->n_qis);

	if (order != 0)
		return order;
	return compare_arrays(problem->values + (size_t) a * problem->n_sensitive,
						  problem->values + (size_t) b * problem->n_sensitive, problem->n_sensitive);
}

/* Merge sort from the bottom. */
static uint32_t *
sorted_units(const PrProblem *problem, const PrRuntime *runtime)
{
	uint32_t	n = problem->n_units;
	uint32_t   *from = pr_take(runtime, n, sizeof(uint32_t));
	uint32_t   *to = pr_take(runtime, n, sizeof(uint32_t));

	for (uint32_t i = 0; i < n; i++)
		from[i] = i;
	for (uint64_t width = 1; width < n; width *= 2)
	{
		uint32_t   *swap = from;

		for (uint64_t start = 0; start < n; start += 2 * width)
		{
			uint64_t	middle = start + width < n ? start + width : n;
			uint64_t	end = start + 2 * width < n ? start + 2 * width : n;
			uint64_t	left = start;
			uint64_t	right = middle;

			for (uint64_t at = start; at < end; at++)
			{
				to[at] = left < middle && (right == end || compare_units(problem, from[left], from[right]) <= 0) ?
					from[left++] : from[right++];
				if (at % A_TICK == 0)
					runtime->tick(runtime->state, 0, 0);
			}
		}
		from = to;
		to = swap;
	}
	pr_give_back(runtime, to);
	return from;
}

static void
sort_problem(PrLocalInput *input, const PrProblem *given, const PrRuntime *runtime)
{
	PrProblem  *problem = &input->problem;
	uint32_t	n = given->n_units;
	size_t		n_qis = (size_t) given->n_qis;
	size_t		n_sensitive = (size_t) given->n_sensitive;
	uint32_t   *codes = pr_take(runtime, n * n_qis, sizeof(uint32_t));
	uint32_t   *values = pr_take(runtime, n * n_sensitive, sizeof(uint32_t));
	uint64_t   *records = pr_take(runtime, n, sizeof(uint64_t));
	uint64_t   *persons = pr_take(runtime, n, sizeof(uint64_t));

	for (uint32_t i = 0; i < n; i++)
	{
		size_t		unit = input->unit[i];

		memcpy(codes + i * n_qis, given->codes + unit * n_qis, n_qis * sizeof(uint32_t));
		if (n_sensitive > 0)
			memcpy(values + i * n_sensitive, given->values + unit * n_sensitive, n_sensitive * sizeof(uint32_t));
		records[i] = given->records[unit];
		persons[i] = given->persons[unit];
	}
	problem->codes = codes;
	problem->values = values;
	problem->records = records;
	problem->persons = persons;
}

static void
renumber_groups(PrLocalInput *input, const PrProblem *given, const PrRuntime *runtime)
{
	PrPersonGroup *groups = pr_take(runtime, given->n_groups, sizeof(PrPersonGroup));
	uint32_t   *place = pr_take(runtime, given->n_units, sizeof(uint32_t));

	for (uint32_t i = 0; i < given->n_units; i++)
		place[input->unit[i]] = i;
	for (uint64_t i = 0; i < given->n_groups; i++)
	{
		uint32_t   *units = pr_take(runtime, given->groups[i].n_units, sizeof(uint32_t));

		for (uint32_t u = 0; u < given->groups[i].n_units; u++)
			units[u] = place[given->groups[i].units[u]];
		groups[i] = given->groups[i];
		groups[i].units = units;
	}
	pr_give_back(runtime, place);
	input->problem.groups = groups;
}

static bool
has_one_top(const PrQi *qi)
{
	for (uint32_t code = 1; code < qi->n_codes; code++)
		if (!pr_local_agree(qi, qi->levels - 1, 0, code))
			return false;
	return true;
}

/* The same with a further level of one value, NULL, that has all leaves below it. */
static void
add_suppressed_level(PrQi *qi, const PrRuntime *runtime)
{
	size_t		levels = (size_t) qi->levels;
	uint32_t   *n_values = pr_take(runtime, levels + 1, sizeof(uint32_t));
	const uint32_t **value = pr_take(runtime, levels + 1, sizeof(uint32_t *));
	const uint64_t **leaves = pr_take(runtime, levels + 1, sizeof(uint64_t *));
	uint64_t   *all = pr_take(runtime, 1, sizeof(uint64_t));
	const uint32_t **shown = pr_take(runtime, levels + 1, sizeof(uint32_t *));

	memcpy(n_values, qi->n_values, levels * sizeof(uint32_t));
	memcpy(value, qi->value, levels * sizeof(uint32_t *));
	memcpy(leaves, qi->leaves, levels * sizeof(uint64_t *));
	*all = qi->domain;
	n_values[levels] = 1;
	value[levels] = pr_take_zeroed(runtime, qi->n_codes, sizeof(uint32_t));
	leaves[levels] = all;
	shown[levels] = &shown_null;
	if (qi->shown != NULL)
	{
		memcpy(shown, qi->shown, levels * sizeof(uint32_t *));
		qi->shown = shown;
	}
	else
		pr_give_back(runtime, shown);
	qi->n_values = n_values;
	qi->value = value;
	qi->leaves = leaves;
	qi->levels++;
}

PrLocalInput *
pr_local_input_make(const PrProblem *given, const PrRuntime *runtime)
{
	PrLocalInput *input = pr_take_zeroed(runtime, 1, sizeof(PrLocalInput));
	PrQi	   *qis = pr_take(runtime, (size_t) given->n_qis, sizeof(PrQi));

	input->problem = *given;
	input->given_qis = given->qis;
	input->problem.metric = PR_METRIC_LOSS;
	input->unit = sorted_units(given, runtime);
	sort_problem(input, given, runtime);
	renumber_groups(input, given, runtime);
	for (int j = 0; j < given->n_qis; j++)
	{
		qis[j] = given->qis[j];
		if (!has_one_top(&qis[j]))
			add_suppressed_level(&qis[j], runtime);
	}
	input->problem.qis = qis;
	return input;
}

static void
free_suppressed_level(PrQi *qi, const PrRuntime *runtime)
{
	pr_give_back(runtime, (void *) qi->value[qi->levels - 1]);
	pr_give_back(runtime, (void *) qi->leaves[qi->levels - 1]);
	pr_give_back(runtime, (void *) qi->shown);
	pr_give_back(runtime, (void *) qi->n_values);
	pr_give_back(runtime, (void *) qi->value);
	pr_give_back(runtime, (void *) qi->leaves);
}

void
pr_local_input_free(PrLocalInput *input, const PrRuntime *runtime)
{
	PrProblem  *problem = &input->problem;
	PrQi	   *qis = (PrQi *) problem->qis;

	for (int j = 0; j < problem->n_qis; j++)
		if (input->given_qis[j].levels != qis[j].levels)
			free_suppressed_level(&qis[j], runtime);
	for (uint64_t i = 0; i < problem->n_groups; i++)
		pr_give_back(runtime, (void *) problem->groups[i].units);
	pr_give_back(runtime, (void *) problem->groups);
	pr_give_back(runtime, (void *) problem->codes);
	pr_give_back(runtime, (void *) problem->values);
	pr_give_back(runtime, (void *) problem->records);
	pr_give_back(runtime, (void *) problem->persons);
	pr_give_back(runtime, qis);
	pr_give_back(runtime, input->unit);
	pr_give_back(runtime, input);
}
