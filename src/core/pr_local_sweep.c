/*
 * pr_local_sweep.c
 *		Local recoding, first part: each cell is released by the first node, by
 *		rising price, where it has company; see pr_local.h.
 *
 * The nodes are visited once.  What a node releases is taken out, so that the
 * rest grows smaller as nodes grow coarser.  Where the lattice is too large for
 * that, nodes are skipped evenly; the last one, of the highest price, is always
 * visited.
 */
#include <stdlib.h>

#include "core/pr_classes.h"
#include "core/pr_local.h"
#include "core/pr_runtime.h"

#define MOST_WORK UINT64_C(200000000)	/* cells that are grouped, over all nodes */
#define SHRINKING 4				/* the rest at the present node is so many times the mean of those to come */

typedef struct Priced
{
	double		price;
	uint32_t	node;
} Priced;

typedef struct Sweep
{
	PrLocal    *local;
	PrLattice  *lattice;
	PrRollup   *rollup;
	PrPartition *rest;
	uint32_t   *cell;			/* [class of rest] */
	uint32_t   *class_of;		/* [class of rest]: in the partition of a node */
	uint32_t   *made;			/* [class of a node]: class of local */
	bool	   *holds;
	bool	   *keep;
	uint8_t    *levels;
	uint64_t	work;
} Sweep;

static int
compare_priced(const void *a, const void *b)
{
	const Priced *x = a;
	const Priced *y = b;

	if (x->price != y->price)
		return x->price < y->price ? -1 : 1;
	return (x->node > y->node) - (x->node < y->node);
}

/* [qi][level]: what all records cost there */
static double **
level_prices(const PrLocal *local)
{
	double	  **price = pr_take(local->runtime, (size_t) local->n_qis, sizeof(double *));

	for (int j = 0; j < local->n_qis; j++)
	{
		price[j] = pr_take_zeroed(local->runtime, (size_t) local->problem->qis[j].levels, sizeof(double));
		for (int level = 0; level < local->problem->qis[j].levels; level++)
			for (uint32_t cell = 0; cell < local->n_cells; cell++)
				price[j][level] += (double) local->records[cell] *
					local->price[j][level][local->code[(size_t) cell * local->n_qis + j]];
	}
	return price;
}

static Priced *
nodes_by_price(const Sweep *sweep)
{
	const PrLocal *local = sweep->local;
	uint64_t	n = sweep->lattice->n_nodes;
	double	  **price = level_prices(local);
	Priced	   *nodes = pr_take(local->runtime, n, sizeof(Priced));

	for (uint64_t node = 0; node < n; node++)
	{
		nodes[node] = (Priced) {.node = (uint32_t) node};
		pr_lattice_levels(sweep->lattice, node, sweep->levels);
		for (int j = 0; j < local->n_qis; j++)
			nodes[node].price += price[j][sweep->levels[j]];
	}
	qsort(nodes, n, sizeof(Priced), compare_priced);
	for (int j = 0; j < local->n_qis; j++)
		pr_give_back(local->runtime, price[j]);
	pr_give_back(local->runtime, price);
	return nodes;
}

static void
release_classes(Sweep *sweep, const PrPartition *partition)
{
	PrLocal    *local = sweep->local;
	uint32_t	n = 0;

	for (uint32_t class = 0; class < partition->n; class++)
		if (sweep->holds[class])
		{
			sweep->made[class] = pr_local_class_make(local);
			pr_local_set_levels(local, sweep->made[class], partition->levels);
		}
	for (uint32_t i = 0; i < sweep->rest->n; i++)
	{
		uint32_t	class = sweep->class_of[i];

		sweep->keep[i] = !sweep->holds[class];
		if (sweep->keep[i])
			sweep->cell[n++] = sweep->cell[i];
		else
			pr_local_move(local, sweep->cell[i], sweep->made[class]);
	}
	pr_classes_keep(sweep->rollup, sweep->rest, sweep->keep);
}

static void
visit(Sweep *sweep, uint64_t node)
{
	PrPartition *partition;
	PrVerdict	verdict;

	pr_lattice_levels(sweep->lattice, node, sweep->levels);
	partition = pr_classes_make(sweep->rollup, sweep->rest, sweep->levels, sweep->class_of);
	verdict = pr_classes_judge(sweep->rollup, partition, sweep->holds);
	if (verdict.classes > 0)
		release_classes(sweep, partition);
	pr_classes_free(sweep->rollup, partition);
}

/* How far it is to the next node, for the work that is left to suffice. */
static uint64_t
stride(const Sweep *sweep, uint64_t nodes_left)
{
	uint64_t	left = sweep->work < MOST_WORK ? MOST_WORK - sweep->work : 1;
	uint64_t	wanted = nodes_left * ((uint64_t) sweep->rest->n / SHRINKING + 16);

	return wanted / left + 1;
}

static void
sweep_nodes(Sweep *sweep)
{
	Priced	   *nodes = nodes_by_price(sweep);
	uint64_t	n = sweep->lattice->n_nodes;

	for (uint64_t i = 0; i < n && sweep->rest->n > 0;)
	{
		uint64_t	step = stride(sweep, n - i);

		sweep->lattice->done = i;
		sweep->work += sweep->rest->n;
		visit(sweep, nodes[i].node);
		i = i + step >= n && i + 1 < n ? n - 1 : i + step;
	}
	pr_give_back(sweep->local->runtime, nodes);
}

static void
open_sweep(Sweep *sweep)
{
	PrLocal    *local = sweep->local;
	const PrRuntime *runtime = local->runtime;
	size_t		n = local->n_cells;
	PrPartition *units;

	sweep->lattice->total = sweep->lattice->n_nodes;
	sweep->rollup = pr_rollup_make(sweep->lattice, local->conditions);
	units = pr_classes_units(sweep->rollup);
	sweep->rest = pr_classes_make(sweep->rollup, units, units->levels, NULL);
	pr_classes_free(sweep->rollup, units);
	sweep->cell = pr_take(runtime, n, sizeof(uint32_t));
	sweep->class_of = pr_take(runtime, n, sizeof(uint32_t));
	sweep->made = pr_take(runtime, n, sizeof(uint32_t));
	sweep->holds = pr_take(runtime, n, sizeof(bool));
	sweep->keep = pr_take(runtime, n, sizeof(bool));
	sweep->levels = pr_take(runtime, (size_t) local->n_qis, sizeof(uint8_t));
	for (uint32_t cell = 0; cell < local->n_cells; cell++)
		sweep->cell[cell] = cell;
}

static void
close_sweep(Sweep *sweep)
{
	const PrRuntime *runtime = sweep->local->runtime;

	pr_classes_free(sweep->rollup, sweep->rest);
	pr_rollup_free(sweep->rollup);
	pr_give_back(runtime, sweep->cell);
	pr_give_back(runtime, sweep->class_of);
	pr_give_back(runtime, sweep->made);
	pr_give_back(runtime, sweep->holds);
	pr_give_back(runtime, sweep->keep);
	pr_give_back(runtime, sweep->levels);
}

PrCoreResult
pr_local_sweep(PrLocal *local)
{
	Sweep		sweep = {.local = local};
	PrCoreResult result = pr_lattice_make(local->problem, local->runtime, &sweep.lattice);

	if (result != PR_CORE_OK)
		return result;
	if (sweep.lattice->n_nodes > PR_SEARCH_MOST_NODES)
		result = PR_CORE_LIMIT;
	else
	{
		open_sweep(&sweep);
		sweep_nodes(&sweep);
		close_sweep(&sweep);
		for (uint32_t class = 0; class < local->n_classes; class++)
			pr_local_tighten(local, class);
	}
	pr_lattice_free(sweep.lattice);
	return result;
}
