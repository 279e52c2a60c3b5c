/*
 * pr_distribution.c
 *		Measures of the sensitive values of a class; see pr_distribution.h.
 *
 * Machanavajjhala et al. (2007) for diversity, Li, Li and Venkatasubramanian
 * (2007) for the distances.  Differences of shares are formed as differences of
 * products of integers, and divided once.
 */
#include "core/pr_distribution.h"

#include <math.h>
#include <stdlib.h>

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
pr_distribution_diversity(const PrSensitive *column, const uint64_t *count, const PrRuntime *runtime,
						  PrDiversityMeasure *measure)
{
	uint32_t	n_codes = column->n_codes - (column->has_null ? 1 : 0);
	uint64_t   *seen = runtime->alloc(runtime->state, ((size_t) n_codes + 1) * sizeof(uint64_t));
	uint64_t	n = 0;
	double		total = 0;
	double		entropy = 0;

	for (uint32_t code = 0; code < n_codes; code++)
		if (count[code] > 0)
		{
			seen[n++] = count[code];
			total += (double) count[code];
		}
	qsort(seen, n, sizeof(uint64_t), compare_descending);
	for (uint64_t i = 0; i < n; i++)
		entropy -= (double) seen[i] / total * log((double) seen[i] / total);
	measure->distinct = n;
	measure->entropy = n > 0 ? exp(entropy) : 0;
	measure->recursive = n > 0 ? recursive_most(seen, n) : 0;
	runtime->release(runtime->state, seen);
}

/* ---------- closeness ---------- */

typedef struct Shares
{
	const uint64_t *count;
	const uint64_t *population;
	double		m;				/* of the class */
	double		g;				/* of the whole */
} Shares;

/* P - Q of one value. */
static double
difference(const Shares *shares, uint32_t code)
{
	double		p = (double) shares->population[code] * shares->m;
	double		q = (double) shares->count[code] * shares->g;

	return (p - q) / (shares->m * shares->g);
}

static double
equal_distance(const PrSensitive *column, const Shares *shares)
{
	double		sum = 0;

	for (uint32_t code = 0; code < column->n_codes; code++)
		sum += fabs(difference(shares, code));
	return sum / 2;
}

static double
ordered_distance(const PrSensitive *column, const Shares *shares)
{
	double		sum = 0;
	double		running = 0;

	for (uint32_t code = 0; code < column->n_codes; code++)
	{
		running += difference(shares, code);
		sum += fabs(running);
	}
	return column->n_codes > 1 ? sum / (column->n_codes - 1) : 0;
}

/* What has to be moved between the children of each node of a level; sums of the nodes replace those of their children. */
static double
moved_at(const PrSensitive *column, int level, double *e, double *next, double *positive, double *negative,
		 const uint32_t *parent)
{
	double		sum = 0;

	for (uint32_t node = 0; node < column->n_values[level]; node++)
		next[node] = positive[node] = negative[node] = 0;
	for (uint32_t child = 0; child < column->n_values[level - 1]; child++)
	{
		next[parent[child]] += e[child];
		if (e[child] > 0)
			positive[parent[child]] += e[child];
		else
			negative[parent[child]] -= e[child];
	}
	for (uint32_t node = 0; node < column->n_values[level]; node++)
	{
		sum += fmin(positive[node], negative[node]);
		e[node] = next[node];
	}
	return sum;
}

static double
hierarchical_distance(const PrSensitive *column, const Shares *shares, const PrRuntime *runtime)
{
	size_t		n = column->n_codes;
	double	   *work;
	uint32_t   *parent;
	double		sum = 0;
	int			height = column->levels - 1;

	for (int level = 0; level <= height; level++)
		n = column->n_values[level] > n ? column->n_values[level] : n;
	work = runtime->alloc(runtime->state, 4 * n * sizeof(double));
	parent = runtime->alloc(runtime->state, n * sizeof(uint32_t));
	for (uint32_t value = 0; value < column->n_values[0]; value++)
		work[value] = 0;
	for (uint32_t code = 0; code < column->n_codes; code++)
		work[column->value[0][code]] += difference(shares, code);
	for (int level = 1; level <= height; level++)
	{
		for (uint32_t code = 0; code < column->n_codes; code++)
			parent[column->value[level - 1][code]] = column->value[level][code];
		sum += level * moved_at(column, level, work, work + n, work + 2 * n, work + 3 * n, parent);
	}
	runtime->release(runtime->state, work);
	runtime->release(runtime->state, parent);
	return sum / height;
}

double
pr_distribution_distance(const PrSensitive *column, PrDistance distance, const uint64_t *count,
						 const uint64_t *population, const PrRuntime *runtime)
{
	Shares		shares = {.count = count, .population = population};

	for (uint32_t code = 0; code < column->n_codes; code++)
	{
		shares.m += (double) count[code];
		shares.g += (double) population[code];
	}
	if (!(shares.m > 0))
		return 0;
	switch (distance)
	{
		case PR_DISTANCE_EQUAL:
			return equal_distance(column, &shares);
		case PR_DISTANCE_ORDERED:
			return ordered_distance(column, &shares);
		case PR_DISTANCE_HIERARCHICAL:
			return column->levels > 1 ? hierarchical_distance(column, &shares, runtime) : equal_distance(column, &shares);
	}
	return 0;
}
