/*
 * pr_verify.c
 *		Does every class of finished rows hold the model?  The last look before a
 *		version is committed.
 *
 * Invariants: classes are found by sorting, persons counted by listing them, so
 * that an error in the hashing or the roll-up of the search shows here.  The
 * conditions of the search (pr_condition.c) decide, and a second opinion that
 * shares nothing with them must agree (pr_definition.c).  A problem that is not
 * one, or counts beyond exact arithmetic, let every class fail.
 */
#include <stdlib.h>

#include "core/pr_condition.h"
#include "core/pr_definition.h"
#include "core/pr_runtime.h"
#include "core/pr_search.h"

#define A_TICK 65536

typedef struct Verify
{
	const PrProblem *problem;
	const PrRuntime *runtime;
	PrConditions *conditions;
	PrDefinition *definition;
	uint32_t   *order;			/* units, by their codes */
	uint32_t   *class_of;		/* [unit] */
	uint32_t	n_classes;
	uint32_t   *start;			/* [class + 1]: into order */
	uint64_t   *group_start;	/* [class + 1]: into the two below */
	uint64_t   *group;			/* in a class: number of a group of persons, equal ones together */
	uint32_t   *group_unit;		/* and its unit */
	uint64_t  **sum;			/* [sensitive][code]: persons; zero between classes */
	uint64_t  **seen;			/* [sensitive][code]: the last group counted, + 1; the same */
	uint32_t  **code;			/* [sensitive]: those of the tally */
	uint64_t  **persons;
	PrTally    *tally;
} Verify;

static int
compare_units(const PrProblem *problem, uint32_t a, uint32_t b)
{
	const uint32_t *x = problem->codes + (size_t) a * problem->n_qis;
	const uint32_t *y = problem->codes + (size_t) b * problem->n_qis;

	for (int j = 0; j < problem->n_qis; j++)
		if (x[j] != y[j])
			return x[j] < y[j] ? -1 : 1;
	return 0;
}

/* Merge sort from the bottom. */
static void
sort_units(Verify *verify)
{
	uint32_t	n = verify->problem->n_units;
	uint32_t   *from = verify->order;
	uint32_t   *to = pr_take(verify->runtime, n, sizeof(uint32_t));

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
				bool		take_left = left < middle &&
					(right == end || compare_units(verify->problem, from[left], from[right]) <= 0);

				to[at] = take_left ? from[left++] : from[right++];
				if (at % A_TICK == 0)
					verify->runtime->tick(verify->runtime->state, 0, 0);
			}
		}
		from = to;
		to = swap;
	}
	verify->order = from;
	pr_give_back(verify->runtime, to);
}

static void
find_classes(Verify *verify)
{
	uint32_t	n = verify->problem->n_units;

	for (uint32_t i = 0; i < n; i++)
	{
		if (i == 0 || compare_units(verify->problem, verify->order[i - 1], verify->order[i]) != 0)
			verify->start[verify->n_classes++] = i;
		verify->class_of[verify->order[i]] = verify->n_classes - 1;
	}
	verify->start[verify->n_classes] = n;
}

/* Which units of which groups a class has, by counting. */
static void
list_groups(Verify *verify)
{
	const PrProblem *problem = verify->problem;
	uint64_t	sum = 0;

	verify->group_start = pr_take_zeroed(verify->runtime, (size_t) verify->n_classes + 1, sizeof(uint64_t));
	for (uint64_t i = 0; i < problem->n_groups; i++)
		for (uint32_t u = 0; u < problem->groups[i].n_units; u++)
			verify->group_start[verify->class_of[problem->groups[i].units[u]]]++;
	for (uint32_t class = 0; class <= verify->n_classes; class++)
	{
		sum += verify->group_start[class];
		verify->group_start[class] = sum;
	}
	verify->group = pr_take(verify->runtime, sum, sizeof(uint64_t));
	verify->group_unit = pr_take(verify->runtime, sum, sizeof(uint32_t));
	for (uint64_t i = problem->n_groups; i-- > 0;)
		for (uint32_t u = 0; u < problem->groups[i].n_units; u++)
		{
			uint32_t	unit = problem->groups[i].units[u];
			uint64_t	at = --verify->group_start[verify->class_of[unit]];

			verify->group[at] = i;
			verify->group_unit[at] = unit;
		}
}

static uint32_t
sensitive_value(const Verify *verify, uint32_t unit, int column)
{
	return verify->problem->values[(size_t) unit * verify->problem->n_sensitive + column];
}

static int
compare_codes(const void *a, const void *b)
{
	uint32_t	x = *(const uint32_t *) a;
	uint32_t	y = *(const uint32_t *) b;

	return (x > y) - (x < y);
}

static void
count(Verify *verify, int column, uint32_t value, uint64_t persons)
{
	if (persons > 0 && verify->sum[column][value] == 0)
		verify->code[column][verify->tally[column].n++] = value;
	verify->sum[column][value] += persons;
}

static void
tally_column(Verify *verify, uint32_t class, int column)
{
	const PrProblem *problem = verify->problem;
	uint64_t   *seen = verify->seen[column];
	PrTally    *tally = &verify->tally[column];

	tally->n = 0;
	for (uint32_t i = verify->start[class]; i < verify->start[class + 1]; i++)
		count(verify, column, sensitive_value(verify, verify->order[i], column), problem->persons[verify->order[i]]);
	for (uint64_t i = verify->group_start[class]; i < verify->group_start[class + 1]; i++)
	{
		uint32_t	value = sensitive_value(verify, verify->group_unit[i], column);

		if (seen[value] != verify->group[i] + 1)
			count(verify, column, value, problem->groups[verify->group[i]].persons);
		seen[value] = verify->group[i] + 1;
	}
	for (uint64_t i = verify->group_start[class]; i < verify->group_start[class + 1]; i++)
		seen[sensitive_value(verify, verify->group_unit[i], column)] = 0;
	qsort(verify->code[column], tally->n, sizeof(uint32_t), compare_codes);
	for (uint32_t i = 0; i < tally->n; i++)
	{
		verify->persons[column][i] = verify->sum[column][verify->code[column][i]];
		verify->sum[column][verify->code[column][i]] = 0;
	}
}

static uint64_t
persons_of(const Verify *verify, uint32_t class)
{
	const PrProblem *problem = verify->problem;
	uint64_t	persons = 0;

	for (uint32_t i = verify->start[class]; i < verify->start[class + 1]; i++)
		persons += problem->persons[verify->order[i]];
	for (uint64_t i = verify->group_start[class]; i < verify->group_start[class + 1]; i++)
		if (i == verify->group_start[class] || verify->group[i] != verify->group[i - 1])
			persons += problem->groups[verify->group[i]].persons;
	return persons;
}

static uint64_t
judge(Verify *verify, uint64_t *smallest)
{
	uint64_t	failures = 0;

	for (uint32_t class = 0; class < verify->n_classes; class++)
	{
		uint64_t	persons = persons_of(verify, class);

		for (int j = 0; j < verify->problem->n_sensitive; j++)
			if (pr_conditions_use(verify->conditions, j))
				tally_column(verify, class, j);
		if (!pr_conditions_hold(verify->conditions, persons, verify->tally) ||
			!pr_definition_allows(verify->definition, persons, verify->tally))
			failures++;
		if (class == 0 || persons < *smallest)
			*smallest = persons;
		verify->runtime->tick(verify->runtime->state, class, verify->n_classes);
	}
	return failures;
}

static void
make_room(Verify *verify)
{
	const PrProblem *problem = verify->problem;
	const PrRuntime *runtime = verify->runtime;
	size_t		n = (size_t) problem->n_sensitive;

	verify->order = pr_take(runtime, problem->n_units, sizeof(uint32_t));
	verify->class_of = pr_take(runtime, problem->n_units, sizeof(uint32_t));
	verify->start = pr_take(runtime, (size_t) problem->n_units + 1, sizeof(uint32_t));
	verify->sum = pr_take(runtime, n, sizeof(uint64_t *));
	verify->seen = pr_take(runtime, n, sizeof(uint64_t *));
	verify->code = pr_take(runtime, n, sizeof(uint32_t *));
	verify->persons = pr_take(runtime, n, sizeof(uint64_t *));
	verify->tally = pr_take_zeroed(runtime, n, sizeof(PrTally));
	for (size_t j = 0; j < n; j++)
	{
		size_t		codes = problem->sensitive[j].n_codes;

		verify->sum[j] = pr_take_zeroed(runtime, codes, sizeof(uint64_t));
		verify->seen[j] = pr_take_zeroed(runtime, codes, sizeof(uint64_t));
		verify->code[j] = pr_take(runtime, codes, sizeof(uint32_t));
		verify->persons[j] = pr_take(runtime, codes, sizeof(uint64_t));
		verify->tally[j].code = verify->code[j];
		verify->tally[j].persons = verify->persons[j];
	}
}

static void
free_room(Verify *verify)
{
	const PrRuntime *runtime = verify->runtime;

	for (int j = 0; j < verify->problem->n_sensitive; j++)
	{
		pr_give_back(runtime, verify->sum[j]);
		pr_give_back(runtime, verify->seen[j]);
		pr_give_back(runtime, verify->code[j]);
		pr_give_back(runtime, verify->persons[j]);
	}
	pr_give_back(runtime, verify->sum);
	pr_give_back(runtime, verify->seen);
	pr_give_back(runtime, verify->code);
	pr_give_back(runtime, verify->persons);
	pr_give_back(runtime, verify->tally);
	pr_give_back(runtime, verify->order);
	pr_give_back(runtime, verify->class_of);
	pr_give_back(runtime, verify->start);
	pr_give_back(runtime, verify->group_start);
	pr_give_back(runtime, verify->group);
	pr_give_back(runtime, verify->group_unit);
}

uint64_t
pr_verify(const PrProblem *problem, const PrRuntime *runtime, uint64_t *smallest)
{
	Verify		verify = {.problem = problem, .runtime = runtime};
	uint64_t	failures;

	*smallest = 0;
	if (problem->n_units == 0)
		return 0;
	if (pr_conditions_make(problem, runtime, &verify.conditions) != PR_CORE_OK)
		return UINT64_MAX;
	verify.definition = pr_definition_make(problem, runtime);
	make_room(&verify);
	sort_units(&verify);
	find_classes(&verify);
	list_groups(&verify);
	failures = judge(&verify, smallest);
	free_room(&verify);
	pr_definition_free(verify.definition);
	pr_conditions_free(verify.conditions);
	return failures;
}
