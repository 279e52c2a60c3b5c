/*
 * pr_local_tally.c
 *		Does a class of local recoding hold?  Counted exactly, from its units; see
 *		pr_local.h.
 */
#include <stdlib.h>

#include "core/pr_local.h"
#include "core/pr_runtime.h"

/* For exact counts of a class. */
struct PrLocalTally
{
	uint64_t   *group_start;	/* [unit + 1]: the groups of persons a unit has */
	uint64_t   *group;
	uint64_t   *seen;			/* [group]: the last count that saw it */
	uint64_t	count;
	uint32_t  **code;			/* [sensitive] */
	uint64_t  **persons;
	PrTally    *tally;
	uint64_t   *unit;			/* room: value << 32 | unit, of a class */
};

static void
list_groups(PrLocal *local, struct PrLocalTally *tally)
{
	const PrProblem *problem = local->problem;
	uint64_t	sum = 0;

	tally->group_start = pr_take_zeroed(local->runtime, (size_t) problem->n_units + 1, sizeof(uint64_t));
	for (uint64_t i = 0; i < problem->n_groups; i++)
		for (uint32_t u = 0; u < problem->groups[i].n_units; u++)
			tally->group_start[problem->groups[i].units[u]]++;
	for (uint32_t unit = 0; unit <= problem->n_units; unit++)
	{
		sum += tally->group_start[unit];
		tally->group_start[unit] = sum;
	}
	tally->group = pr_take(local->runtime, sum, sizeof(uint64_t));
	for (uint64_t i = problem->n_groups; i-- > 0;)
		for (uint32_t u = 0; u < problem->groups[i].n_units; u++)
			tally->group[--tally->group_start[problem->groups[i].units[u]]] = i;
	tally->seen = pr_take_zeroed(local->runtime, problem->n_groups, sizeof(uint64_t));
}

/* The persons of groups count in every cell they are in: an upper bound, for choices; pr_local_holds() is exact. */
static void
weigh_groups(PrLocal *local)
{
	const struct PrLocalTally *tally = local->tally;

	for (uint32_t cell = 0; cell < local->n_cells; cell++)
		for (uint64_t i = tally->group_start[local->first_unit[cell]]; i < tally->group_start[local->first_unit[cell + 1]]; i++)
			local->weight[cell] += local->problem->groups[tally->group[i]].persons;
}

void
pr_local_tally_make(PrLocal *local)
{
	const PrProblem *problem = local->problem;
	const PrRuntime *runtime = local->runtime;
	struct PrLocalTally *tally = pr_take_zeroed(runtime, 1, sizeof(struct PrLocalTally));
	size_t		n = (size_t) problem->n_sensitive;

	list_groups(local, tally);
	tally->tally = pr_take_zeroed(runtime, n, sizeof(PrTally));
	tally->code = pr_take(runtime, n, sizeof(uint32_t *));
	tally->persons = pr_take(runtime, n, sizeof(uint64_t *));
	for (size_t j = 0; j < n; j++)
	{
		size_t		codes = problem->sensitive[j].n_codes;

		tally->code[j] = pr_take(runtime, codes, sizeof(uint32_t));
		tally->persons[j] = pr_take(runtime, codes, sizeof(uint64_t));
	}
	tally->unit = pr_take(runtime, problem->n_units, sizeof(uint64_t));
	local->tally = tally;
	weigh_groups(local);
}

void
pr_local_tally_free(PrLocal *local)
{
	const PrRuntime *runtime = local->runtime;
	struct PrLocalTally *tally = local->tally;

	for (int j = 0; j < local->problem->n_sensitive; j++)
	{
		pr_give_back(runtime, tally->code[j]);
		pr_give_back(runtime, tally->persons[j]);
	}
	pr_give_back(runtime, tally->code);
	pr_give_back(runtime, tally->persons);
	pr_give_back(runtime, tally->tally);
	pr_give_back(runtime, tally->group_start);
	pr_give_back(runtime, tally->group);
	pr_give_back(runtime, tally->seen);
	pr_give_back(runtime, tally->unit);
	pr_give_back(runtime, tally);
}

/* Persons of the units, those of a group once. */
static uint64_t
count_persons(PrLocal *local, const uint64_t *units, uint32_t n)
{
	struct PrLocalTally *tally = local->tally;
	uint64_t	persons = 0;

	tally->count++;
	for (uint32_t i = 0; i < n; i++)
	{
		uint32_t	unit = (uint32_t) units[i];

		persons += local->problem->persons[unit];
		for (uint64_t g = tally->group_start[unit]; g < tally->group_start[unit + 1]; g++)
		{
			if (tally->seen[tally->group[g]] != tally->count)
				persons += local->problem->groups[tally->group[g]].persons;
			tally->seen[tally->group[g]] = tally->count;
		}
	}
	return persons;
}

/* Appends the units of a class to n that are there; returns their number. */
static uint32_t
list_units(PrLocal *local, uint32_t class, uint32_t n)
{
	for (uint32_t cell = local->class[class].head; cell != PR_NOWHERE; cell = local->next[cell])
		for (uint32_t unit = local->first_unit[cell]; unit < local->first_unit[cell + 1]; unit++)
			local->tally->unit[n++] = unit;
	return n;
}

static int
compare_numbers(const void *a, const void *b)
{
	uint64_t	x = *(const uint64_t *) a;
	uint64_t	y = *(const uint64_t *) b;

	return (x > y) - (x < y);
}

/* The persons of each value, those of a group once for each. */
static void
tally_column(PrLocal *local, uint32_t n, int column)
{
	const PrProblem *problem = local->problem;
	struct PrLocalTally *tally = local->tally;
	uint64_t   *units = tally->unit;
	PrTally    *to = &tally->tally[column];
	uint32_t	end;

	for (uint32_t i = 0; i < n; i++)
	{
		uint32_t	unit = (uint32_t) units[i];

		units[i] = (uint64_t) problem->values[(size_t) unit * problem->n_sensitive + column] << 32 | unit;
	}
	qsort(units, n, sizeof(uint64_t), compare_numbers);
	*to = (PrTally) {.code = tally->code[column], .persons = tally->persons[column]};
	for (uint32_t start = 0; start < n; start = end)
	{
		uint64_t	persons;

		for (end = start + 1; end < n && units[end] >> 32 == units[start] >> 32; end++)
			;
		persons = count_persons(local, units + start, end - start);
		if (persons == 0)
			continue;
		tally->code[column][to->n] = (uint32_t) (units[start] >> 32);
		tally->persons[column][to->n++] = persons;
	}
}

/* Does a class of these units hold? */
static bool
units_hold(PrLocal *local, uint32_t n)
{
	uint64_t	persons = count_persons(local, local->tally->unit, n);

	if (persons < local->problem->k)
		return false;
	for (int j = 0; j < local->problem->n_sensitive; j++)
		if (pr_conditions_use(local->conditions, j))
			tally_column(local, n, j);
	return pr_conditions_hold(local->conditions, persons, local->tally->tally);
}

bool
pr_local_holds(PrLocal *local, uint32_t class)
{
	uint64_t	weight = local->class[class].weight;

	if (local->only_k)
		return weight >= local->problem->k && weight > 0;
	return units_hold(local, list_units(local, class, 0));
}

bool
pr_local_hold_together(PrLocal *local, uint32_t first, const uint32_t *next)
{
	uint32_t	n = 0;

	for (uint32_t class = first; class != PR_NOWHERE; class = next[class])
		n = list_units(local, class, n);
	return units_hold(local, n);
}
