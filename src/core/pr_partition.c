/*
 * pr_partition.c
 *		Microaggregation of one variable, and the means of groups; see pr_mdav.h.
 *
 * The best groups of at least k are runs of the sorted values, and none has 2k or
 * more, because it could be cut in two without loss.  So the partition is a
 * shortest path: from 0 to n over steps of k to 2k-1 records, the squared error
 * of the run being the length of a step.
 */
#include "core/pr_mdav.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct Value
{
	double		x;
	uint32_t	record;
} Value;

static int
compare_values(const void *a, const void *b)
{
	const Value *x = a;
	const Value *y = b;

	if (x->x != y->x)
		return x->x < y->x ? -1 : 1;
	return (x->record > y->record) - (x->record < y->record);
}

/* Values of magnitude 1 at most, so that no square overflows. */
static void
read_values(const PrRecords *records, Value *values)
{
	double		most = 0;
	int			exponent = 0;

	for (uint32_t i = 0; i < records->n; i++)
		if (fabs(records->value[0][i]) > most)
			most = fabs(records->value[0][i]);
	if (most > 0)
		(void) frexp(most, &exponent);
	for (uint32_t i = 0; i < records->n; i++)
		values[i] = (Value) {ldexp(records->value[0][i], -exponent), i};
}

/*
 * cost[end] of the best partition of the first end values, and the size of its
 * last run.  A run grows backwards from end, with its squared error (Welford).
 */
static void
find_path(const Value *values, uint32_t n, uint32_t k, const PrRuntime *runtime, double *cost, uint32_t *size)
{
	cost[0] = 0;
	for (uint32_t end = 1; end <= n; end++)
	{
		double		mean = 0;
		double		error = 0;

		if (end % 1024 == 0)
			runtime->tick(runtime->state, end, n);
		cost[end] = INFINITY;
		size[end] = 0;
		for (uint32_t m = 1; m < 2 * (uint64_t) k && m <= end; m++)
		{
			double		x = values[end - m].x;
			double		off = x - mean;

			mean += off / m;
			error += off * (x - mean);
			if (m >= k && cost[end - m] + error < cost[end])
			{
				cost[end] = cost[end - m] + error;
				size[end] = m;
			}
		}
	}
}

PrCoreResult
pr_partition(const PrRecords *records, uint32_t k, const PrRuntime *runtime, uint32_t *group, uint32_t *n_groups)
{
	uint32_t	n = records->n;
	Value	   *values;
	double	   *cost;
	uint32_t   *size;

	*n_groups = 0;
	if (k < 1 || records->p != 1 || n < k)
		return PR_CORE_PARAMETER;
	for (uint32_t i = 0; i < n; i++)
		if (!isfinite(records->value[0][i]))
			return PR_CORE_PARAMETER;
	values = runtime->alloc(runtime->state, n * sizeof(Value));
	cost = runtime->alloc(runtime->state, ((size_t) n + 1) * sizeof(double));
	size = runtime->alloc(runtime->state, ((size_t) n + 1) * sizeof(uint32_t));
	read_values(records, values);
	qsort(values, n, sizeof(Value), compare_values);
	find_path(values, n, k, runtime, cost, size);
	for (uint32_t end = n; end > 0; end -= size[end])
	{
		for (uint32_t m = 1; m <= size[end]; m++)
			group[values[end - m].record] = *n_groups;
		(*n_groups)++;
	}
	runtime->release(runtime->state, size);
	runtime->release(runtime->state, cost);
	runtime->release(runtime->state, values);
	return PR_CORE_OK;
}

/* ---------- means ---------- */

/* The mean of each group as first + the mean of differences from it: no overflow, and equal values give just that value. */
static void
means_of_variable(const PrRecords *records, const double *x, const uint32_t *group, uint32_t n_groups, uint32_t least,
				  double *first, double *sum, uint32_t *values, double *mean)
{
	for (uint32_t g = 0; g < n_groups; g++)
	{
		sum[g] = 0;
		values[g] = 0;
	}
	for (uint32_t i = 0; i < records->n; i++)
		if (!isnan(x[i]))
		{
			uint32_t	g = group[i];

			if (values[g]++ == 0)
				first[g] = x[i];
			sum[g] += x[i] / 2 - first[g] / 2;
		}
	for (uint32_t i = 0; i < records->n; i++)
	{
		uint32_t	g = group[i];

		mean[i] = isnan(x[i]) || values[g] < least ? NAN : first[g] + sum[g] / values[g] * 2;
	}
}

void
pr_group_means(const PrRecords *records, const uint32_t *group, uint32_t n_groups, uint32_t least,
			   const PrRuntime *runtime, double *const *mean)
{
	double	   *first = runtime->alloc(runtime->state, n_groups * sizeof(double));
	double	   *sum = runtime->alloc(runtime->state, n_groups * sizeof(double));
	uint32_t   *values = runtime->alloc(runtime->state, n_groups * sizeof(uint32_t));

	for (int j = 0; j < records->p; j++)
	{
		means_of_variable(records, records->value[j], group, n_groups, least, first, sum, values, mean[j]);
		runtime->tick(runtime->state, j, records->p);
	}
	runtime->release(runtime->state, values);
	runtime->release(runtime->state, sum);
	runtime->release(runtime->state, first);
}
