/*
 * pr_search.c
 *		Full-domain search: of all nodes that keep the promise, the one of least
 *		cost, proven.
 *
 * A node is a level for each quasi-identifier.  Its classes are the units that
 * agree at these levels; those that do not hold the model are suppressed whole;
 * it is feasible if they have no more records than may be suppressed.
 *
 * What is known without looking
 *
 * Let A be less general than B.  The classes of B are unions of those of A.
 *
 * (1) A class that has fewer than k persons, or fewer than l sensitive values,
 * consists of parts that have no more.  So none of its records is released by A.
 * For entropy, recursive diversity and closeness a part may hold where the whole
 * does not, but not all of it: the released rest would pull the whole to the
 * other side of the bound, because entropy is concave, distance convex, and
 * c * tail - top superadditive.  pr_conditions_stuck() says how many records
 * must be missing.  Either way the sum over the classes of B, the "stuck"
 * records, is a lower bound for what A suppresses; it never rises with
 * generality.  This holds where feasibility itself is not monotone (entropy,
 * closeness, with suppression).  Where a person has rows in several classes only
 * the first kind is used.
 *
 * (2) Costs have lower bounds that never fall with generality.  Loss and entropy
 * of a node follow from its levels alone, but for what suppression adds, and for
 * loss it adds at least what the cheapest records add (pr_cost_bound()).
 * Discernibility is at least the sum of squares of all classes, and at least
 * n S; the average class size at least n over the classes there can be
 * (pr_cost_upwards(), pr_cost_downwards()).
 *
 * The search
 *
 * Loss and entropy: a first solution comes from one way up, halved until
 * feasibility begins (Samarati's binary search, on the way that costs least).
 * Then all nodes are visited by falling bound.  More general nodes come first,
 * since their bounds are no less; so by the time a node's turn comes, the stuck
 * records of everything above it are known, the most of them from its direct
 * parents.  It is checked only if these are within the limit and its bound, with
 * them suppressed, is not above the cost of the best solution.  So an infeasible
 * node speaks for all below it, as in OLA, and most nodes are left out by an
 * addition of logarithms.
 *
 * Discernibility and average class size need the classes to be bounded.  Ways
 * down the lattice, of nodes that are still open, are halved: each node checked
 * closes those below it, for what it must suppress, or those above it, for how
 * coarse it is, or it is a solution.  When a better solution is found all that
 * was seen is held against it again.
 *
 * The classes of a node come from those of a less general one that many nodes
 * share (pr_waypoints.c, in the spirit of Flash's history and Incognito's
 * roll-up), never again from records.
 *
 * Why it is the optimum
 *
 * A node that was not checked has either a lower bound of suppressed records
 * above the limit, or a lower bound of cost above the cost of a solution found
 * before, which is not below the final one.  Bounds are floating point, and
 * prune only beyond an error of 1e-11; among those checked costs are compared as
 * integers (pr_cost.c; entropy within 1e-12).  Equal costs are decided by fewer
 * suppressed records, then the smaller sum of levels, then the lexicographic
 * order.  A bound equal to the best cost prunes nothing: so the winner of a tie is
 * always checked, and the answer does not depend on the order of visits.
 *
 * Invariants: units, values and nodes are numbered by others; no decision depends
 * on the numbering of units or values.  Memory is some 150 bytes for each unit,
 * waypoints included (and some megabytes of those for few units), and at most 24
 * bytes for each node.
 *
 * What an attacker would try: counts that wrap, ties that fall on the wrong side,
 * a person with many rows who makes a class look large.  See pr_condition.c and
 * pr_cells.c; what the search finds is verified from the finished rows by code
 * that shares nothing with it.
 *
 * P. Samarati: Protecting respondents' identities in microdata release, 2001.
 * K. LeFevre, D. DeWitt, R. Ramakrishnan: Incognito, 2005.
 * K. El Emam et al.: A globally optimal k-anonymity method (OLA), 2009.
 * F. Kohlmayer et al.: Flash, 2012.
 */
#include "core/pr_search.h"

#include <math.h>
#include <stdlib.h>

#include "core/pr_cost.h"
#include "core/pr_runtime.h"
#include "core/pr_waypoints.h"

#define A_TICK 16384

typedef struct Search
{
	const PrProblem *problem;
	const PrRuntime *runtime;
	PrLattice  *lattice;
	PrConditions *conditions;
	PrRollup   *rollup;
	PrPartition *units;
	PrPartition *combinations;
	PrWaypoints *waypoints;
	PrCosts    *costs;
	bool	   *holds;			/* room */
	uint8_t    *levels;			/* room: of the node being looked at */

	bool		found;
	uint64_t	best_node;
	uint8_t    *best_levels;
	uint64_t	best_suppressed;
	PrCost		best;
	PrCost		cost;			/* room */
	uint64_t	checked;
} Search;

/* What is known of a node once its classes were made. */
typedef struct Known
{
	uint64_t	node;
	uint64_t	stuck;
	double		upwards;		/* pr_cost_upwards() */
} Known;

static int
sum_of_levels(const Search *search, const uint8_t *levels)
{
	int			sum = 0;

	for (int j = 0; j < search->lattice->n_qis; j++)
		sum += levels[j];
	return sum;
}

/* Fewer suppressed records, then the smaller sum of levels, then the lexicographic order. */
static bool
wins_tie(const Search *search, uint64_t node, const uint8_t *levels, uint64_t suppressed)
{
	int			sum;
	int			best_sum;

	if (suppressed != search->best_suppressed)
		return suppressed < search->best_suppressed;
	sum = sum_of_levels(search, levels);
	best_sum = sum_of_levels(search, search->best_levels);
	return sum != best_sum ? sum < best_sum : node < search->best_node;
}

static void
consider(Search *search, uint64_t node, const PrPartition *partition, const PrVerdict *verdict)
{
	int			order;

	if (verdict->suppressed > search->problem->most_suppressed)
		return;
	if (search->found && pr_cost_by_levels(search->costs) &&
		pr_cost_exceeds(pr_cost_bound(search->costs, partition->levels, verdict->suppressed), &search->best))
		return;
	pr_cost_compute(search->costs, partition, verdict, search->holds, &search->cost);
	order = search->found ? pr_cost_compare(search->costs, &search->cost, &search->best) : -1;
	if (order > 0 || (order == 0 && !wins_tie(search, node, partition->levels, verdict->suppressed)))
		return;
	search->found = true;
	search->best_node = node;
	search->best_suppressed = verdict->suppressed;
	memcpy(search->best_levels, partition->levels, (size_t) search->lattice->n_qis);
	pr_cost_copy(search->costs, &search->best, &search->cost);
}

/* Makes the classes of a node, remembers it if it is the best so far. */
static Known
check_node(Search *search, uint64_t node)
{
	PrPartition *partition;
	PrVerdict	verdict;
	Known		known;

	pr_lattice_levels(search->lattice, node, search->levels);
	partition = pr_waypoints_reach(search->waypoints, search->levels);
	verdict = pr_classes_judge(search->rollup, partition, search->holds);
	search->checked++;
	consider(search, node, partition, &verdict);
	known = (Known) {.node = node, .stuck = verdict.stuck};
	if (!pr_cost_by_levels(search->costs))
		known.upwards = pr_cost_upwards(search->costs, partition, &verdict);
	pr_classes_free(search->rollup, partition);
	pr_lattice_tick(search->lattice);
	return known;
}

/* Of loops that mostly pass nodes by. */
static void
tick_at(const Search *search, uint64_t i)
{
	if (i % A_TICK == 0)
		pr_lattice_tick(search->lattice);
}

/*
 * Bounds that follow from the levels: loss and entropy
 */

static double
bound_of_node(Search *search, uint64_t node, uint64_t suppressed)
{
	pr_lattice_levels(search->lattice, node, search->levels);
	return pr_cost_bound(search->costs, search->levels, suppressed);
}

static bool
is_top(const Search *search, uint64_t node, int j)
{
	uint64_t	levels = (uint64_t) search->lattice->problem->qis[j].levels;

	return node / search->lattice->stride[j] % levels == levels - 1;
}

/* The next more general node of least bound; UINT64_MAX at the top. */
static uint64_t
step_up(Search *search, uint64_t node)
{
	uint64_t	next = UINT64_MAX;
	double		least = INFINITY;

	for (int j = 0; j < search->lattice->n_qis; j++)
	{
		double		bound;

		if (is_top(search, node, j))
			continue;
		bound = bound_of_node(search, node + search->lattice->stride[j], 0);
		if (next == UINT64_MAX || bound < least)
		{
			next = node + search->lattice->stride[j];
			least = bound;
		}
	}
	return next;
}

/* A first solution: where feasibility begins, or seems to, on one way from the bottom to the top. */
static void
climb(Search *search)
{
	size_t		length = 1;
	size_t		low = 0;
	size_t		high;
	uint64_t   *way;

	for (int j = 0; j < search->lattice->n_qis; j++)
		length += (size_t) search->problem->qis[j].levels - 1;
	way = pr_take(search->runtime, length, sizeof(uint64_t));
	way[0] = 0;
	for (size_t i = 1; i < length; i++)
		way[i] = step_up(search, way[i - 1]);
	high = length;
	while (low < high)
	{
		size_t		middle = low + (high - low) / 2;
		Known		known = check_node(search, way[middle]);

		if (known.stuck > search->problem->most_suppressed)
			low = middle + 1;
		else
			high = middle;
	}
	pr_give_back(search->runtime, way);
}

typedef struct Bounded
{
	double		bound;
	uint32_t	node;
} Bounded;

/* More general nodes come before less general ones: their bounds are no less and their numbers greater. */
static int
compare_bounded(const void *a, const void *b)
{
	const Bounded *x = a;
	const Bounded *y = b;

	if (x->bound != y->bound)
		return x->bound > y->bound ? -1 : 1;
	return (x->node < y->node) - (x->node > y->node);
}

static uint64_t
most_stuck_above(const Search *search, const uint64_t *stuck, uint64_t node)
{
	uint64_t	most = 0;

	for (int j = 0; j < search->lattice->n_qis; j++)
		if (!is_top(search, node, j) && stuck[node + search->lattice->stride[j]] > most)
			most = stuck[node + search->lattice->stride[j]];
	return most;
}

static void
search_by_bounds(Search *search)
{
	uint64_t	n = search->lattice->n_nodes;
	Bounded    *nodes = pr_take(search->runtime, n, sizeof(Bounded));
	uint64_t   *stuck = pr_take_zeroed(search->runtime, n, sizeof(uint64_t));

	climb(search);
	for (uint64_t node = 0; node < n; node++)
	{
		nodes[node] = (Bounded) {.bound = bound_of_node(search, node, 0), .node = (uint32_t) node};
		tick_at(search, node);
	}
	qsort(nodes, n, sizeof(Bounded), compare_bounded);
	for (uint64_t i = 0; i < n; i++)
	{
		uint64_t	node = nodes[i].node;

		search->lattice->done = i;
		tick_at(search, i);
		stuck[node] = most_stuck_above(search, stuck, node);
		if (stuck[node] > search->problem->most_suppressed ||
			(search->found && pr_cost_exceeds(nodes[i].bound, &search->best)) ||
			(search->found && pr_cost_exceeds(bound_of_node(search, node, stuck[node]), &search->best)))
			continue;
		stuck[node] = check_node(search, node).stuck;
	}
	pr_give_back(search->runtime, nodes);
	pr_give_back(search->runtime, stuck);
}

/*
 * Bounds that need classes: discernibility and average class size
 */

#define DEAD_DOWN	1			/* this and all less general nodes are out */
#define DEAD_UP		2			/* this and all more general nodes are out */
#define CHECKED		4

typedef struct Cut
{
	Search	   *search;
	uint8_t    *mark;			/* [node] */
	uint32_t   *stack;
	Known	   *known;
	uint64_t	n_known;
	uint64_t	room;
} Cut;

static void
kill_nodes(Cut *cut, uint64_t start, uint8_t dead)
{
	const PrLattice *lattice = cut->search->lattice;
	size_t		depth = 0;

	if (cut->mark[start] & dead)
		return;
	cut->mark[start] |= dead;
	cut->stack[depth++] = (uint32_t) start;
	while (depth > 0)
	{
		uint64_t	node = cut->stack[--depth];

		for (int j = 0; j < lattice->n_qis; j++)
		{
			uint64_t	next;

			if (dead == DEAD_UP ? is_top(cut->search, node, j) : node / lattice->stride[j] % (uint64_t) lattice->problem->qis[j].levels == 0)
				continue;
			next = dead == DEAD_UP ? node + lattice->stride[j] : node - lattice->stride[j];
			if (cut->mark[next] & dead)
				continue;
			cut->mark[next] |= dead;
			cut->stack[depth++] = (uint32_t) next;
		}
	}
}

static void
apply(Cut *cut, const Known *known)
{
	const Search *search = cut->search;

	if (known->stuck > search->problem->most_suppressed ||
		(search->found && pr_cost_exceeds(pr_cost_downwards(search->costs, known->stuck), &search->best)))
		kill_nodes(cut, known->node, DEAD_DOWN);
	if (search->found && pr_cost_exceeds(known->upwards, &search->best))
		kill_nodes(cut, known->node, DEAD_UP);
}

static void
check_and_cut(Cut *cut, uint64_t node)
{
	Search	   *search = cut->search;
	bool		found = search->found;
	uint64_t	best = search->best_node;
	Known		known = check_node(search, node);

	cut->mark[node] |= CHECKED;
	if (cut->n_known == cut->room)
	{
		Known	   *larger = pr_take(search->runtime, cut->room * 2, sizeof(Known));

		memcpy(larger, cut->known, cut->n_known * sizeof(Known));
		pr_give_back(search->runtime, cut->known);
		cut->known = larger;
		cut->room *= 2;
	}
	cut->known[cut->n_known++] = known;
	if (search->found != found || search->best_node != best)
		for (uint64_t i = 0; i < cut->n_known; i++)
			apply(cut, &cut->known[i]);
	else
		apply(cut, &known);
}

/* The next less general node that is alive, of most bound; UINT64_MAX if there is none. */
static uint64_t
step_down(Cut *cut, uint64_t node)
{
	Search	   *search = cut->search;
	uint64_t	next = UINT64_MAX;
	double		most = -INFINITY;

	for (int j = 0; j < search->lattice->n_qis; j++)
	{
		uint64_t	below = node - search->lattice->stride[j];
		double		bound;

		if (node / search->lattice->stride[j] % (uint64_t) search->problem->qis[j].levels == 0 || cut->mark[below] != 0)
			continue;
		bound = bound_of_node(search, below, 0);
		if (next == UINT64_MAX || bound > most)
		{
			next = below;
			most = bound;
		}
	}
	return next;
}

/* Halves a way of nodes that are alive until its first is dead. */
static void
bisect(Cut *cut, uint64_t start, uint64_t *way)
{
	while (cut->mark[start] == 0)
	{
		size_t		length = 0;

		for (uint64_t node = start; node != UINT64_MAX; node = step_down(cut, node))
			way[length++] = node;
		check_and_cut(cut, way[(length - 1) / 2]);
	}
}

static void
search_by_cuts(Search *search)
{
	uint64_t	n = search->lattice->n_nodes;
	Cut			cut = {.search = search, .room = 256};
	size_t		length = 1;
	uint64_t   *way;

	for (int j = 0; j < search->lattice->n_qis; j++)
		length += (size_t) search->problem->qis[j].levels - 1;
	way = pr_take(search->runtime, length, sizeof(uint64_t));
	cut.mark = pr_take_zeroed(search->runtime, n, sizeof(uint8_t));
	cut.stack = pr_take(search->runtime, n, sizeof(uint32_t));
	cut.known = pr_take(search->runtime, cut.room, sizeof(Known));
	for (uint64_t node = n; node-- > 0;)
	{
		search->lattice->done = n - node;
		tick_at(search, node);
		bisect(&cut, node, way);
	}
	pr_give_back(search->runtime, way);
	pr_give_back(search->runtime, cut.mark);
	pr_give_back(search->runtime, cut.stack);
	pr_give_back(search->runtime, cut.known);
}

/*
 * The whole
 */

static void
open_search(Search *search)
{
	const PrProblem *problem = search->problem;
	size_t		n = (size_t) problem->n_qis;

	search->rollup = pr_rollup_make(search->lattice, search->conditions);
	search->units = pr_classes_units(search->rollup);
	search->combinations = pr_classes_make(search->rollup, search->units, search->units->levels, NULL);
	search->costs = pr_costs_make(search->lattice, search->combinations);
	search->waypoints = pr_waypoints_make(search->lattice, search->rollup, search->combinations);
	search->holds = pr_take(search->runtime, problem->n_units, sizeof(bool));
	search->levels = pr_take_zeroed(search->runtime, n, sizeof(uint8_t));
	search->best_levels = pr_take_zeroed(search->runtime, n, sizeof(uint8_t));
	search->best = pr_cost_make(search->costs);
	search->cost = pr_cost_make(search->costs);
}

static void
close_search(Search *search)
{
	pr_cost_free(search->costs, &search->best);
	pr_cost_free(search->costs, &search->cost);
	pr_give_back(search->runtime, search->best_levels);
	pr_give_back(search->runtime, search->levels);
	pr_give_back(search->runtime, search->holds);
	pr_waypoints_free(search->waypoints);
	pr_costs_free(search->costs);
	pr_classes_free(search->rollup, search->combinations);
	pr_classes_free(search->rollup, search->units);
	pr_rollup_free(search->rollup);
}

static void
fill_solution(Search *search, PrSolution *solution)
{
	uint32_t	n = search->problem->n_units;
	uint32_t   *class_of = pr_take(search->runtime, n, sizeof(uint32_t));
	PrPartition *partition = pr_classes_make(search->rollup, search->units, search->best_levels, class_of);

	pr_classes_judge(search->rollup, partition, search->holds);
	solution->n_recodings = 1;
	solution->levels = pr_take(search->runtime, (size_t) search->problem->n_qis, sizeof(uint8_t));
	memcpy(solution->levels, search->best_levels, (size_t) search->problem->n_qis);
	solution->recoding = pr_take(search->runtime, n, sizeof(int32_t));
	for (uint32_t unit = 0; unit < n; unit++)
		solution->recoding[unit] = search->holds[class_of[unit]] ? 0 : PR_SUPPRESSED;
	solution->nodes_checked = search->checked;
	pr_classes_free(search->rollup, partition);
	pr_give_back(search->runtime, class_of);
}

static PrCoreResult
search_lattice(Search *search, PrSolution *solution)
{
	PrCoreResult result = PR_CORE_NOTHING;

	open_search(search);
	if (pr_cost_by_levels(search->costs))
		search_by_bounds(search);
	else
		search_by_cuts(search);
	if (search->found)
	{
		fill_solution(search, solution);
		result = PR_CORE_OK;
	}
	close_search(search);
	if (result == PR_CORE_OK)
		pr_measure(search->problem, search->runtime, solution);
	return result;
}

PrCoreResult
pr_search_optimal(const PrProblem *problem, const PrRuntime *runtime, PrSolution *solution)
{
	Search		search = {.problem = problem, .runtime = runtime};
	PrCoreResult result = pr_lattice_make(problem, runtime, &search.lattice);

	if (result != PR_CORE_OK)
		return result;
	search.lattice->total = search.lattice->n_nodes;
	if (search.lattice->n_nodes > PR_SEARCH_MOST_NODES)
		result = PR_CORE_LIMIT;
	else
		result = pr_conditions_make(problem, runtime, &search.conditions);
	if (result == PR_CORE_OK)
	{
		result = search_lattice(&search, solution);
		pr_conditions_free(search.conditions);
	}
	pr_lattice_free(search.lattice);
	return result;
}
