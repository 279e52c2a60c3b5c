/*
 * pr_waypoints.c
 *		The partition of any node, by way of nodes that many others come by; see
 *		pr_waypoints.h.
 *
 * A search jumps about in the lattice.  From the raw combinations every node
 * would cost as much as there are combinations.  So columns are put in an order,
 * those first that make the fewest classes when they are generalized; a node is
 * reached by setting its levels in this order, and the partition after each
 * step, which serves every node with the same first levels, is kept while there
 * is room.  The room is proportional to the combinations.
 */
#include "core/pr_waypoints.h"

#include <stdlib.h>

#include "core/pr_runtime.h"

#define LEAST_ROOM		 400000 /* classes kept, whatever the size */
#define ROOM_PER_CLASS	 4
#define WORTH_A_STOP	 512	/* classes: from fewer the rest of the way is short */
#define LEAST_SHARED	 6		/* nodes that a waypoint must serve */

typedef struct Stop
{
	uint64_t	node;
	PrPartition *partition;		/* NULL: an empty slot */
} Stop;

struct PrWaypoints
{
	PrRollup   *rollup;
	PrLattice  *lattice;
	const PrPartition *from;
	int		   *column;			/* in the order of the steps */
	uint64_t   *sharing;		/* [step]: nodes that a partition after it serves */
	uint8_t    *reached;		/* levels on the way */
	uint64_t	room;
	Stop	   *stops;			/* by hash of node */
	uint64_t	n_slots;
	uint64_t	n_stops;
};

/*
 * The order of columns
 */

typedef struct Rank
{
	int			column;
	uint32_t	classes;		/* where it alone is at its top */
} Rank;

static int
compare_ranks(const void *a, const void *b)
{
	const Rank *x = a;
	const Rank *y = b;

	if (x->classes != y->classes)
		return x->classes < y->classes ? -1 : 1;
	return x->column - y->column;
}

static void
order_columns(PrWaypoints *waypoints)
{
	PrLattice  *lattice = waypoints->lattice;
	int			n = lattice->n_qis;
	Rank	   *ranks = pr_take(lattice->runtime, (size_t) n, sizeof(Rank));
	uint8_t    *levels = pr_take(lattice->runtime, (size_t) n, sizeof(uint8_t));
	uint64_t	sharing = 1;

	memcpy(levels, waypoints->from->levels, (size_t) n);
	for (int j = 0; j < n; j++)
	{
		uint8_t		level = levels[j];
		int			top = lattice->problem->qis[j].levels - 1;

		ranks[j] = (Rank) {.column = j, .classes = waypoints->from->n};
		if (top > level)
		{
			PrPartition *partition;

			levels[j] = (uint8_t) top;
			partition = pr_classes_make(waypoints->rollup, waypoints->from, levels, NULL);
			ranks[j].classes = partition->n;
			pr_classes_free(waypoints->rollup, partition);
			levels[j] = level;
		}
	}
	qsort(ranks, (size_t) n, sizeof(Rank), compare_ranks);
	for (int step = n - 1; step >= 0; step--)
	{
		int			j = ranks[step].column;

		waypoints->column[step] = j;
		waypoints->sharing[step] = sharing;
		if (sharing < LEAST_SHARED)
			sharing *= (uint64_t) lattice->problem->qis[j].levels;
	}
	pr_give_back(lattice->runtime, ranks);
	pr_give_back(lattice->runtime, levels);
}

/*
 * Stops
 */

static Stop *
find_stop(const PrWaypoints *waypoints, uint64_t node)
{
	uint64_t	slot = node * UINT64_C(0x9E3779B97F4A7C15) >> 32 & (waypoints->n_slots - 1);

	while (waypoints->stops[slot].partition != NULL && waypoints->stops[slot].node != node)
		slot = (slot + 1) & (waypoints->n_slots - 1);
	return &waypoints->stops[slot];
}

static void
grow_stops(PrWaypoints *waypoints)
{
	const PrRuntime *runtime = waypoints->lattice->runtime;
	Stop	   *old = waypoints->stops;
	uint64_t	n_old = waypoints->n_slots;

	waypoints->n_slots = n_old * 2;
	waypoints->stops = pr_take_zeroed(runtime, waypoints->n_slots, sizeof(Stop));
	for (uint64_t i = 0; i < n_old; i++)
		if (old[i].partition != NULL)
			*find_stop(waypoints, old[i].node) = old[i];
	pr_give_back(runtime, old);
}

static void
keep(PrWaypoints *waypoints, uint64_t node, PrPartition *partition)
{
	if ((waypoints->n_stops + 1) * 2 > waypoints->n_slots)
		grow_stops(waypoints);
	*find_stop(waypoints, node) = (Stop) {.node = node, .partition = partition};
	waypoints->n_stops++;
	waypoints->room -= partition->n;
}

PrWaypoints *
pr_waypoints_make(PrLattice *lattice, PrRollup *rollup, const PrPartition *from)
{
	const PrRuntime *runtime = lattice->runtime;
	PrWaypoints *waypoints = pr_take_zeroed(runtime, 1, sizeof(PrWaypoints));
	size_t		n = (size_t) lattice->n_qis;

	waypoints->rollup = rollup;
	waypoints->lattice = lattice;
	waypoints->from = from;
	waypoints->column = pr_take_zeroed(runtime, n, sizeof(int));
	waypoints->sharing = pr_take_zeroed(runtime, n, sizeof(uint64_t));
	waypoints->reached = pr_take(runtime, n, sizeof(uint8_t));
	waypoints->room = LEAST_ROOM + (uint64_t) from->n * ROOM_PER_CLASS;
	waypoints->n_slots = 64;
	waypoints->stops = pr_take_zeroed(runtime, waypoints->n_slots, sizeof(Stop));
	order_columns(waypoints);
	return waypoints;
}

void
pr_waypoints_free(PrWaypoints *waypoints)
{
	const PrRuntime *runtime = waypoints->lattice->runtime;

	for (uint64_t i = 0; i < waypoints->n_slots; i++)
		if (waypoints->stops[i].partition != NULL)
			pr_classes_free(waypoints->rollup, waypoints->stops[i].partition);
	pr_give_back(runtime, waypoints->stops);
	pr_give_back(runtime, waypoints->column);
	pr_give_back(runtime, waypoints->reached);
	pr_give_back(runtime, waypoints->sharing);
	pr_give_back(runtime, waypoints);
}

/* The smallest partition that is kept of those with the last step done in part, or from. */
static const PrPartition *
best_start(const PrWaypoints *waypoints, uint64_t node, int column, int steps, const PrPartition *from)
{
	for (int less = 1; less < steps; less++)
	{
		const Stop *stop = find_stop(waypoints, node - (uint64_t) less * waypoints->lattice->stride[column]);

		if (stop->partition != NULL)
			return stop->partition->n < from->n ? stop->partition : from;
	}
	return from;
}

/*
 * Steps are skipped where the way is short already, or what they lead to is
 * shared by few; the last one is made with what was skipped.
 */
PrPartition *
pr_waypoints_reach(PrWaypoints *waypoints, const uint8_t *levels)
{
	const PrLattice *lattice = waypoints->lattice;
	const PrPartition *at = waypoints->from;
	uint8_t    *reached = waypoints->reached;
	uint64_t	node = pr_lattice_node(lattice, at->levels);

	memcpy(reached, at->levels, (size_t) lattice->n_qis);
	for (int step = 0; step < lattice->n_qis && at->n > WORTH_A_STOP; step++)
	{
		int			column = waypoints->column[step];
		int			steps = levels[column] - reached[column];
		Stop	   *stop;

		if (steps == 0)
			continue;
		reached[column] = levels[column];
		node += (uint64_t) steps * lattice->stride[column];
		stop = find_stop(waypoints, node);
		if (stop->partition != NULL)
			at = stop->partition;
		else if (waypoints->sharing[step] >= LEAST_SHARED && waypoints->room > at->n)
		{
			PrPartition *made = pr_classes_make(waypoints->rollup, best_start(waypoints, node, column, steps, at), reached, NULL);

			keep(waypoints, node, made);
			at = made;
		}
	}
	return pr_classes_make(waypoints->rollup, at, levels, NULL);
}
