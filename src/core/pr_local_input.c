/*
 * pr_local_input.c
 *		A problem in an order of its own, with a level of suppressed cells; see
 *		pr_local.h.
 *
 * Local recoding decides ties by the order of cells.  So that the answer does
 * not depend on how units and values are numbered, codes become the places of
 * their values in an order of their own, and units are sorted by them.
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

static uint32_t
place_of(const PrQi *qi, uint32_t code)
{
	return qi->place == NULL ? code : qi->place[code];
}

/* The same units in their order, with places for codes. */
static uint32_t *
placed_codes(const PrProblem *given, const PrRuntime *runtime)
{
	size_t		n_qis = (size_t) given->n_qis;
	uint32_t   *codes = pr_take(runtime, given->n_units * n_qis, sizeof(uint32_t));

	for (uint32_t unit = 0; unit < given->n_units; unit++)
		for (size_t j = 0; j < n_qis; j++)
			codes[unit * n_qis + j] = place_of(&given->qis[j], given->codes[unit * n_qis + j]);
	return codes;
}

/* given has places for codes. */
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
	size_t		members = 0;

	for (uint64_t i = 0; i < given->n_groups; i++)
		members += given->groups[i].n_units;
	input->members = pr_take(runtime, members, sizeof(uint32_t));
	for (uint32_t i = 0; i < given->n_units; i++)
		place[input->unit[i]] = i;
	members = 0;
	for (uint64_t i = 0; i < given->n_groups; i++)
	{
		groups[i] = given->groups[i];
		groups[i].units = input->members + members;
		for (uint32_t u = 0; u < groups[i].n_units; u++)
			input->members[members++] = place[given->groups[i].units[u]];
	}
	pr_give_back(runtime, place);
	input->problem.groups = groups;
}

/* Before places: codes as given. */
static bool
has_one_top(const PrQi *qi)
{
	for (uint32_t code = 1; code < qi->n_codes; code++)
		if (!pr_local_agree(qi, qi->levels - 1, 0, code))
			return false;
	return true;
}

/* Values at level 0 by place, those of the other levels as they are. */
static void
place_level(const PrQi *given, int level, uint32_t *value, uint64_t *leaves, uint32_t *shown)
{
	for (uint32_t code = 0; code < given->n_codes; code++)
	{
		uint32_t	place = place_of(given, code);

		value[place] = level == 0 ? place : given->value[level][code];
		if (level == 0)
			leaves[place] = given->leaves[0][code];
		if (level == 0 && given->shown != NULL)
			shown[place] = given->shown[0][code];
	}
}

static void
make_column(PrLocalColumn *column, const PrQi *given, const PrRuntime *runtime)
{
	size_t		levels = (size_t) given->levels + 1;

	column->n_levels = given->levels + 1;
	column->n_values = pr_take(runtime, levels, sizeof(uint32_t));
	column->value = pr_take(runtime, levels, sizeof(uint32_t *));
	column->leaves = pr_take(runtime, levels, sizeof(uint64_t *));
	column->shown = pr_take(runtime, levels, sizeof(uint32_t *));
	column->own_leaves = pr_take(runtime, (size_t) given->n_codes + 1, sizeof(uint64_t));
	column->own_shown = pr_take(runtime, given->n_codes, sizeof(uint32_t));
	for (int level = 0; level < given->levels; level++)
	{
		column->n_values[level] = given->n_values[level];
		column->value[level] = pr_take(runtime, given->n_codes, sizeof(uint32_t));
		column->leaves[level] = level == 0 ? column->own_leaves : given->leaves[level];
		column->shown[level] = level == 0 || given->shown == NULL ? column->own_shown : given->shown[level];
		place_level(given, level, column->value[level], column->own_leaves, column->own_shown);
	}
	column->n_values[given->levels] = 1;
	column->value[given->levels] = pr_take_zeroed(runtime, given->n_codes, sizeof(uint32_t));
	column->own_leaves[given->n_codes] = given->domain;
	column->leaves[given->levels] = column->own_leaves + given->n_codes;
	column->shown[given->levels] = &shown_null;
}

static void
free_column(PrLocalColumn *column, const PrRuntime *runtime)
{
	for (int level = 0; level < column->n_levels; level++)
		pr_give_back(runtime, column->value[level]);
	pr_give_back(runtime, column->n_values);
	pr_give_back(runtime, column->value);
	pr_give_back(runtime, column->leaves);
	pr_give_back(runtime, column->shown);
	pr_give_back(runtime, column->own_leaves);
	pr_give_back(runtime, column->own_shown);
}

/* A column with places for codes and, unless its top is one value, a further level of one, NULL, that has all leaves below it. */
static PrQi
make_qi(const PrLocalColumn *column, const PrQi *given)
{
	return (PrQi)
	{
		.levels = has_one_top(given) ? given->levels : given->levels + 1,
		.n_codes = given->n_codes,
		.n_values = column->n_values,
		.value = (const uint32_t *const *) column->value,
		.leaves = column->leaves,
		.domain = given->domain,
		.shown = given->shown == NULL ? NULL : column->shown
	};
}

PrLocalInput *
pr_local_input_make(const PrProblem *given, const PrRuntime *runtime)
{
	PrLocalInput *input = pr_take_zeroed(runtime, 1, sizeof(PrLocalInput));
	PrProblem	placed = *given;

	input->problem = *given;
	input->problem.metric = PR_METRIC_LOSS;
	placed.codes = placed_codes(given, runtime);
	input->unit = sorted_units(&placed, runtime);
	sort_problem(input, &placed, runtime);
	pr_give_back(runtime, (void *) placed.codes);
	renumber_groups(input, given, runtime);
	input->column = pr_take(runtime, (size_t) given->n_qis, sizeof(PrLocalColumn));
	input->qis = pr_take(runtime, (size_t) given->n_qis, sizeof(PrQi));
	for (int j = 0; j < given->n_qis; j++)
	{
		make_column(&input->column[j], &given->qis[j], runtime);
		input->qis[j] = make_qi(&input->column[j], &given->qis[j]);
	}
	input->problem.qis = input->qis;
	return input;
}

void
pr_local_input_free(PrLocalInput *input, const PrRuntime *runtime)
{
	PrProblem  *problem = &input->problem;

	for (int j = 0; j < problem->n_qis; j++)
		free_column(&input->column[j], runtime);
	pr_give_back(runtime, input->column);
	pr_give_back(runtime, input->qis);
	pr_give_back(runtime, input->members);
	pr_give_back(runtime, (void *) problem->groups);
	pr_give_back(runtime, (void *) problem->codes);
	pr_give_back(runtime, (void *) problem->values);
	pr_give_back(runtime, (void *) problem->records);
	pr_give_back(runtime, (void *) problem->persons);
	pr_give_back(runtime, input->unit);
	pr_give_back(runtime, input);
}
