/*
 * pr_local.c
 *		Local recoding: records of one original value may be released at different
 *		levels, so that each class is as fine as it can be.
 *
 * A sweep over the nodes by rising price releases what a node can, takes it out,
 * and goes on with the rest; classes then drop to the finest levels at which
 * their cells agree.  What has found no company finds a home (pr_local_refine.c),
 * if need be by absorbing whole classes; so a table whose single class at the top
 * holds always has an answer.  The rest of the work goes into dissolving dear
 * classes.
 *
 * Invariants: units of one combination are released alike.  Tuples that are
 * equal, suppressed cells being equal to each other, are one class, and it holds:
 * classes merge before the last look at them.  What merging breaks, which it can
 * only where a person has several units, is absorbed.
 *
 * What an attacker would try: a class that is large only because suppressed cells
 * are taken to match anything.  Here NULL matches NULL.
 */
#include "core/pr_lattice.h"
#include "core/pr_local.h"
#include "core/pr_runtime.h"

#define FEW_NODES 1000			/* all of them are looked at besides */
#define MOST_WORK UINT64_C(320000000)	/* cells and classes looked at in refining */

static uint64_t
records_left_out(const PrLocal *local)
{
	uint64_t	records = 0;

	for (uint32_t cell = 0; cell < local->n_cells; cell++)
		if (local->class_of[cell] == PR_NOWHERE)
			records += local->records[cell];
	return records;
}

/* Everything is released but what may be suppressed, or PR_CORE_NOTHING. */
static PrCoreResult
house_all(PrLocal *local)
{
	if (records_left_out(local) == 0)
		return PR_CORE_OK;
	pr_local_house(local, false);
	if (records_left_out(local) <= local->problem->most_suppressed)
		return PR_CORE_OK;
	pr_local_house(local, true);
	return records_left_out(local) == 0 ? PR_CORE_OK : pr_local_absorb(local);
}

/* Classes that do not hold are taken apart; returns their number. */
static uint32_t
drop_failures(PrLocal *local)
{
	uint32_t	n = 0;

	for (uint32_t class = 0; class < local->n_classes; class++)
	{
		if (local->class[class].head == PR_NOWHERE || pr_local_holds(local, class))
			continue;
		while (local->class[class].head != PR_NOWHERE)
			pr_local_move(local, local->class[class].head, PR_NOWHERE);
		n++;
	}
	return n;
}

/* Each time round there are fewer classes than before, at last one. */
static PrCoreResult
merge_until_held(PrLocal *local)
{
	PrCoreResult result = PR_CORE_OK;
	uint32_t	failures;

	do
	{
		failures = pr_local_merge(local);
		failures += drop_failures(local);
		if (failures > 0 && records_left_out(local) > local->problem->most_suppressed)
			result = pr_local_absorb(local);
	} while (failures > 0 && result == PR_CORE_OK);
	return result;
}

static PrCoreResult
recode(PrLocal *local)
{
	PrCoreResult result = pr_local_sweep(local);

	if (result == PR_CORE_OK)
		result = house_all(local);
	if (result == PR_CORE_OK)
		result = merge_until_held(local);
	if (result != PR_CORE_OK)
		return result;
	pr_local_refine(local, MOST_WORK);
	return merge_until_held(local);
}

/* One recoding for each set of levels, in the order of the first cell that has it. */
static void
fill_solution(const PrLocal *local, const PrLocalInput *input, PrSolution *solution)
{
	const PrRuntime *runtime = local->runtime;
	size_t		n_qis = (size_t) local->n_qis;
	int32_t    *recoding = pr_take(runtime, local->n_classes, sizeof(int32_t));
	uint64_t	slots = 16;
	int32_t    *table;

	while (slots < (uint64_t) local->n_classes * 2)
		slots *= 2;
	table = pr_take(runtime, slots, sizeof(int32_t));
	for (uint64_t i = 0; i < slots; i++)
		table[i] = PR_SUPPRESSED;
	solution->n_recodings = 0;
	solution->levels = pr_take(runtime, (local->n_classes + 1) * n_qis, sizeof(uint8_t));
	for (uint32_t class = 0; class < local->n_classes; class++)
	{
		const uint8_t *levels = local->levels + class * n_qis;
		uint64_t	slot = 0;

		if (local->class[class].head == PR_NOWHERE)
			continue;
		for (size_t j = 0; j < n_qis; j++)
			slot = (slot + levels[j] + 1) * UINT64_C(0x9E3779B97F4A7C15);
		slot = slot >> 32 & (slots - 1);
		while (table[slot] != PR_SUPPRESSED && memcmp(solution->levels + (size_t) table[slot] * n_qis, levels, n_qis) != 0)
			slot = (slot + 1) & (slots - 1);
		if (table[slot] == PR_SUPPRESSED)
		{
			memcpy(solution->levels + (size_t) solution->n_recodings * n_qis, levels, n_qis);
			table[slot] = solution->n_recodings++;
		}
		recoding[class] = table[slot];
	}
	if (solution->n_recodings == 0)
		memset(solution->levels, 0, n_qis * (size_t) (solution->n_recodings = 1));
	solution->recoding = pr_take(runtime, local->problem->n_units, sizeof(int32_t));
	for (uint32_t cell = 0; cell < local->n_cells; cell++)
		for (uint32_t unit = local->first_unit[cell]; unit < local->first_unit[cell + 1]; unit++)
			solution->recoding[input->unit[unit]] = local->class_of[cell] == PR_NOWHERE ? PR_SUPPRESSED :
				recoding[local->class_of[cell]];
	pr_give_back(runtime, recoding);
	pr_give_back(runtime, table);
}

static PrCoreResult
search_input(const PrLocalInput *input, const PrRuntime *runtime, PrSolution *solution)
{
	PrConditions *conditions;
	PrCoreResult result = pr_conditions_make(&input->problem, runtime, &conditions);
	PrLocal    *local;

	if (result != PR_CORE_OK)
		return result;
	local = pr_local_make(input, runtime, conditions);
	result = recode(local);
	if (result == PR_CORE_OK)
		fill_solution(local, input, solution);
	pr_local_free(local);
	pr_conditions_free(conditions);
	return result;
}

static void
forget_solution(const PrRuntime *runtime, PrSolution *solution)
{
	pr_give_back(runtime, solution->levels);
	pr_give_back(runtime, solution->recoding);
}

/*
 * The least loss of one node is the answer where the sweep has found none, and
 * where it has found a dearer one: conditions on sensitive values can drive it
 * into a corner.
 */
static PrCoreResult
compare_with_nodes(const PrProblem *problem, const PrRuntime *runtime, PrCoreResult result, PrSolution *solution)
{
	PrProblem	by_loss = *problem;
	PrSolution	node = {0};

	by_loss.metric = PR_METRIC_LOSS;
	if (pr_search_optimal(&by_loss, runtime, &node) != PR_CORE_OK)
		return result;
	if (result == PR_CORE_OK && solution->measures.loss <= node.measures.loss)
		forget_solution(runtime, &node);
	else
	{
		if (result == PR_CORE_OK)
			forget_solution(runtime, solution);
		*solution = node;
	}
	return PR_CORE_OK;
}

PrCoreResult
pr_search_local(const PrProblem *problem, const PrRuntime *runtime, PrSolution *solution)
{
	PrLattice  *lattice;
	PrLocalInput *input;
	PrCoreResult result = pr_lattice_make(problem, runtime, &lattice);
	bool		few_nodes;

	if (result != PR_CORE_OK)
		return result;
	few_nodes = lattice->n_nodes <= FEW_NODES;
	pr_lattice_free(lattice);
	input = pr_local_input_make(problem, runtime);
	result = search_input(input, runtime, solution);
	pr_local_input_free(input, runtime);
	if (result == PR_CORE_OK)
	{
		solution->nodes_checked = 0;
		pr_measure(problem, runtime, solution);
	}
	if (result == PR_CORE_NOTHING || (result == PR_CORE_OK && few_nodes))
		result = compare_with_nodes(problem, runtime, result, solution);
	return result;
}
