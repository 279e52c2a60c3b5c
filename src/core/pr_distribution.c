/*
 * pr_distribution.c
 *		Measures of the sensitive values of a class; see pr_distribution.h.
 *
 * Machanavajjhala et al. (2007) for diversity, Li, Li and Venkatasubramanian
 * (2007) for the distances.  Between two values that a class has, its cumulative
 * share is constant while that of the whole goes up: the ordered distance is a
 * sum of areas between prefix sums.  In a hierarchy only nodes above values of
 * the class can have too much.
 */
#include "core/pr_distribution.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---------- diversity ---------- */

static int
compare_descending(const void *a, const void *b)
{
	uint64_t	x = *(const uint64_t *) a;
	uint64_t	y = *(const uint64_t *) b;

	return x > y ? -1 : x < y;
}

/* count[] descends: the largest l that holds together with all below it, for c = 2. */
static uint64_t
recursive_most(const uint64_t *count, uint64_t n)
{
	uint64_t	most = 1;
	pr_uint128	tail = 0;

	for (uint64_t i = 1; i < n; i++)
		tail += count[i];
	for (uint64_t l = 2; l <= n && count[0] < 2 * tail; l++)
	{
		most = l;
		tail -= count[l - 1];
	}
	return most;
}

void
pr_distribution_diversity(const PrSensitive *column, const PrSeen *seen, uint32_t n, const PrRuntime *runtime,
						  PrDiversityMeasure *measure)
{
	uint64_t   *count = runtime->alloc(runtime->state, ((size_t) n + 1) * sizeof(uint64_t));
	uint64_t	distinct = 0;
	double		total = 0;
	double		entropy = 0;

	for (uint32_t i = 0; i < n; i++)
	{
		if (column->has_null && seen[i].code == column->n_codes - 1)
			continue;
		count[distinct++] = seen[i].persons;
		total += (double) seen[i].persons;
	}
	qsort(count, distinct, sizeof(uint64_t), compare_descending);
	for (uint64_t i = 0; i < distinct; i++)
		entropy -= (double) count[i] / total * log((double) count[i] / total);
	measure->distinct = distinct;
	measure->entropy = distinct > 0 ? exp(entropy) : 0;
	measure->recursive = distinct > 0 ? recursive_most(count, distinct) : 0;
	runtime->release(runtime->state, count);
}

/* ---------- the whole ---------- */

static size_t
nodes_at(const PrSensitive *column, int level)
{
	return column->levels > 1 ? column->n_values[level] : column->n_codes;
}

static uint32_t
node_of(const PrSensitive *column, int level, uint32_t code)
{
	return column->levels > 1 ? column->value[level][code] : code;
}

static void *
zeroed(const PrRuntime *runtime, size_t n, size_t element)
{
	void	   *memory = runtime->alloc(runtime->state, (n + 1) * element);

	memset(memory, 0, (n + 1) * element);
	return memory;
}

void
pr_distribution_whole(const PrSensitive *column, const uint64_t *population, const PrRuntime *runtime, PrWhole *whole)
{
	int			levels = column->levels > 1 ? column->levels : 1;
	size_t		nodes = 0;

	*whole = (PrWhole) {.column = column};
	whole->offset = zeroed(runtime, levels, sizeof(size_t));
	for (int level = 0; level < levels; level++)
	{
		whole->offset[level] = nodes;
		nodes += nodes_at(column, level);
	}
	whole->sum = zeroed(runtime, nodes, sizeof(uint64_t));
	whole->parent = zeroed(runtime, nodes, sizeof(uint32_t));
	whole->mass = zeroed(runtime, nodes, sizeof(double));
	whole->below = zeroed(runtime, nodes, sizeof(double));
	whole->running = zeroed(runtime, column->n_codes, sizeof(uint64_t));
	whole->area = zeroed(runtime, column->n_codes, sizeof(uint64_t));
	whole->touched = zeroed(runtime, column->n_codes, sizeof(uint32_t));
	for (uint32_t code = 0; code < column->n_codes; code++)
	{
		whole->total += (double) population[code];
		whole->running[code] = population[code] + (code > 0 ? whole->running[code - 1] : 0);
		whole->area[code] = whole->running[code] + (code > 0 ? whole->area[code - 1] : 0);
		for (int level = 0; level < levels; level++)
			whole->sum[whole->offset[level] + node_of(column, level, code)] += population[code];
		for (int level = 1; level < levels; level++)
			whole->parent[whole->offset[level - 1] + node_of(column, level - 1, code)] = node_of(column, level, code);
	}
}

void
pr_distribution_forget(const PrRuntime *runtime, PrWhole *whole)
{
	runtime->release(runtime->state, whole->offset);
	runtime->release(runtime->state, whole->sum);
	runtime->release(runtime->state, whole->parent);
	runtime->release(runtime->state, whole->mass);
	runtime->release(runtime->state, whole->below);
	runtime->release(runtime->state, whole->running);
	runtime->release(runtime->state, whole->area);
	runtime->release(runtime->state, whole->touched);
}

/* ---------- distances ---------- */

static double
share_of(const PrWhole *whole, uint32_t code)
{
	return (double) (whole->running[code] - (code > 0 ? whole->running[code - 1] : 0)) / whole->total;
}

/* What the class has too much of its values is what has to be moved. */
static double
equal_distance(const PrWhole *whole, const PrSeen *seen, uint32_t n, double m)
{
	double		sum = 0;

	for (uint32_t i = 0; i < n; i++)
		sum += fmax((double) seen[i].persons / m - share_of(whole, seen[i].code), 0);
	return sum;
}

/* Sum of |running/total - share| over the codes first .. end-1; running ascends. */
static double
area_between(const PrWhole *whole, uint32_t first, uint32_t end, double share)
{
	uint32_t	low = first;
	uint32_t	high = end;
	double		under;
	double		over;

	if (first >= end)
		return 0;
	while (low < high)
	{
		uint32_t	middle = low + (high - low) / 2;

		if ((double) whole->running[middle] / whole->total < share)
			low = middle + 1;
		else
			high = middle;
	}
	under = low > first ? (double) (whole->area[low - 1] - (first > 0 ? whole->area[first - 1] : 0)) : 0;
	over = end > low ? (double) (whole->area[end - 1] - (low > 0 ? whole->area[low - 1] : 0)) : 0;
	return (low - first) * share - under / whole->total + over / whole->total - (end - low) * share;
}

static double
ordered_distance(const PrWhole *whole, const PrSeen *seen, uint32_t n, double m)
{
	uint32_t	n_codes = whole->column->n_codes;
	double		taken = 0;
	double		sum = 0;
	uint32_t	first = 0;

	for (uint32_t i = 0; i < n; i++)
	{
		sum += area_between(whole, first, seen[i].code, taken / m);
		taken += (double) seen[i].persons;
		first = seen[i].code;
	}
	sum += area_between(whole, first, n_codes, taken / m);
	return n_codes > 1 ? sum / (n_codes - 1) : 0;
}

/*
 * One level up: the nodes in touched[] hand their mass to their parents, and
 * what they have too much (below).  Returns the number of parents, which replace
 * them; what moves at the parents is added to sum.
 */
static uint32_t
climb(PrWhole *whole, int level, uint32_t n, double *sum)
{
	size_t		here = whole->offset[level];
	size_t		up = whole->offset[level + 1];
	uint32_t	parents = 0;

	for (uint32_t i = 0; i < n; i++)
	{
		uint32_t	node = whole->touched[i];
		uint32_t	parent = whole->parent[here + node];
		double		excess = whole->mass[here + node] - (double) whole->sum[here + node] / whole->total;

		if (whole->mass[up + parent] == 0)
			whole->touched[parents++] = parent;
		whole->mass[up + parent] += whole->mass[here + node];
		whole->below[up + parent] += fmax(excess, 0);
		whole->mass[here + node] = whole->below[here + node] = 0;
	}
	for (uint32_t i = 0; i < parents; i++)
	{
		size_t		node = up + whole->touched[i];
		double		e = (double) whole->sum[node] / whole->total - whole->mass[node];

		*sum += fmax(fmin(e + whole->below[node], whole->below[node]), 0);
	}
	return parents;
}

static double
hierarchical_distance(PrWhole *whole, const PrSeen *seen, uint32_t n, double m)
{
	int			height = whole->column->levels - 1;
	double		distance = 0;
	uint32_t	left = 0;

	for (uint32_t i = 0; i < n; i++)
	{
		uint32_t	node = node_of(whole->column, 0, seen[i].code);

		if (whole->mass[node] == 0)
			whole->touched[left++] = node;
		whole->mass[node] += (double) seen[i].persons / m;
	}
	for (int level = 0; level < height; level++)
	{
		double		moved = 0;

		left = climb(whole, level, left, &moved);
		distance += (level + 1) * moved;
	}
	for (uint32_t i = 0; i < left; i++)
	{
		size_t		node = whole->offset[height] + whole->touched[i];

		whole->mass[node] = whole->below[node] = 0;
	}
	return distance / height;
}

double
pr_distribution_distance(PrWhole *whole, PrDistance distance, const PrSeen *seen, uint32_t n)
{
	double		m = 0;

	for (uint32_t i = 0; i < n; i++)
		m += (double) seen[i].persons;
	if (!(m > 0) || !(whole->total > 0))
		return 0;
	switch (distance)
	{
		case PR_DISTANCE_EQUAL:
			return equal_distance(whole, seen, n, m);
		case PR_DISTANCE_ORDERED:
			return ordered_distance(whole, seen, n, m);
		case PR_DISTANCE_HIERARCHICAL:
			return whole->column->levels > 1 ? hierarchical_distance(whole, seen, n, m) : equal_distance(whole, seen, n, m);
	}
	return 0;
}
