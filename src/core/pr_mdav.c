/*
 * pr_mdav.c
 *		MDAV; see pr_mdav.h.
 *
 * The result is that of comparing all records with all; pr_mdav_near.c spares
 * most comparisons.  The centroid is kept as an exact sum (two doubles for each
 * variable), so that it does not depend on the order in which records went.
 */
#include "core/pr_mdav.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/pr_mdav_part.h"

/* ---------- sums ---------- */

/* Knuth's two-sum, and the error carried along. */
void
pr_sum_add(Sum *sum, double x)
{
	double		high = sum->high + x;
	double		part = high - sum->high;
	double		low = (sum->high - (high - part)) + (x - part) + sum->low;

	sum->high = high + low;
	sum->low = low - (sum->high - high);
}

/* Greatest absolute value, for scaling that neither overflows nor underflows. */
static double
magnitude(const double *x, uint32_t n)
{
	double		most = 0;

	for (uint32_t i = 0; i < n; i++)
		if (fabs(x[i]) > most)
			most = fabs(x[i]);
	return most;
}

/* Population mean and standard deviation, both as multiples of unit. */
static void
describe(const double *x, uint32_t n, double unit, double *mean, double *deviation)
{
	Sum			sum = {0, 0};
	Sum			squares = {0, 0};
	uint32_t	values = 0;

	*mean = 0;
	*deviation = 0;
	for (uint32_t i = 0; i < n; i++)
		if (!isnan(x[i]))
		{
			pr_sum_add(&sum, x[i] / unit);
			values++;
		}
	if (values == 0)
		return;
	*mean = sum.high / values;
	for (uint32_t i = 0; i < n; i++)
		if (!isnan(x[i]))
			pr_sum_add(&squares, (x[i] / unit - *mean) * (x[i] / unit - *mean));
	*deviation = sqrt(squares.high / values);
}

/* z = (x - mean) / deviation; a power of two as unit keeps it exact. */
static void
standardize(const double *x, uint32_t n, const double *given, double *z)
{
	double		most = magnitude(x, n);
	double		unit = 1;
	double		mean;
	double		deviation;
	int			exponent;

	if (most > 0)
	{
		(void) frexp(most, &exponent);
		unit = ldexp(1, exponent > 1000 ? 1000 : exponent < -1000 ? -1000 : exponent);
	}
	describe(x, n, unit, &mean, &deviation);
	if (given != NULL)
		deviation = *given / unit;
	if (!(deviation > 0) || isinf(deviation))
		deviation = 1;
	for (uint32_t i = 0; i < n; i++)
		z[i] = (x[i] / unit - mean) / deviation;
}

/* ---------- splitting ---------- */

/* NaN is the greatest; equal values are told apart by their record. */
static bool
comes_before(const double *x, uint32_t a, uint32_t b)
{
	if (isnan(x[a]) || isnan(x[b]))
		return isnan(x[a]) == isnan(x[b]) ? a < b : isnan(x[b]);
	return x[a] < x[b] || (x[a] == x[b] && a < b);
}

/* Quickselect: the first rank records are those that come first by x. */
static void
split_at_rank(const double *x, uint32_t *records, uint32_t n, uint32_t rank)
{
	uint64_t	random = 88172645463325252u;

	while (n > 1)
	{
		uint32_t	pivot;
		uint32_t	less = 0;

		random ^= random << 13;
		random ^= random >> 7;
		random ^= random << 17;
		pivot = random % n;
		{
			uint32_t	chosen = records[pivot];

			records[pivot] = records[n - 1];
			for (uint32_t i = 0; i + 1 < n; i++)
				if (comes_before(x, records[i], chosen))
				{
					uint32_t	moved = records[i];

					records[i] = records[less];
					records[less++] = moved;
				}
			records[n - 1] = records[less];
			records[less] = chosen;
		}
		if (rank == less || rank == less + 1)
			return;
		if (rank < less)
			n = less;
		else
		{
			records += less + 1;
			n -= less + 1;
			rank -= less + 1;
		}
	}
}

/* The variable in which the records are farthest apart. */
static int
widest(const double *z, size_t stride, int p, const uint32_t *records, uint32_t n)
{
	int			best = 0;
	double		width = -1;

	for (int j = 0; j < p; j++)
	{
		const double *x = z + (size_t) j * stride;
		double		low = INFINITY;
		double		high = -INFINITY;

		for (uint32_t i = 0; i < n; i++)
		{
			low = x[records[i]] < low ? x[records[i]] : low;
			high = x[records[i]] > high ? x[records[i]] : high;
		}
		if (high - low > width)
		{
			best = j;
			width = high - low;
		}
	}
	return best;
}

void
pr_part_halve(const double *z, size_t stride, int p, uint32_t *records, uint32_t n, uint32_t rank)
{
	split_at_rank(z + (size_t) widest(z, stride, p, records, n) * stride, records, n, rank);
}

/* ---------- groups ---------- */

static void
set_query(Query *query, const Part *part, uint32_t record)
{
	query->m = 0;
	for (int j = 0; j < part->p; j++)
	{
		query->x[j] = part->z[(size_t) j * part->n + record];
		if (!isnan(query->x[j]))
			query->variable[query->m++] = j;
	}
}

static void
set_centroid(Part *part)
{
	part->centroid.m = 0;
	for (int j = 0; j < part->p; j++)
		if (part->values[j] > 0)
		{
			part->centroid.x[j] = part->sum[j].high / part->values[j];
			part->centroid.variable[part->centroid.m++] = j;
		}
}

static void
put_in_group(Part *part, uint32_t record)
{
	part->group[record] = part->n_groups;
	pr_part_remove(part, record);
}

/* The record of part->extreme and its nearest. */
static void
make_group(Part *part, uint32_t record)
{
	put_in_group(part, record);
	pr_part_nearest(part, &part->extreme);
	for (uint32_t i = 0; i < part->heap_size; i++)
		put_in_group(part, part->heap[i].record);
	part->n_groups++;
	if (part->in_cells < part->celled / 2)
		pr_part_remake_cells(part);
}

static void
make_last_group(Part *part)
{
	for (uint32_t cell = 0; cell < part->n_cells; cell++)
		for (uint32_t i = 0; i < part->count[cell]; i++)
			part->group[part->record[(size_t) cell * LANES + i]] = part->n_groups;
	for (uint32_t i = 0; i < part->n_loose; i++)
		part->group[part->loose[i]] = part->n_groups;
	if (part->left > 0)
		part->n_groups++;
}

static void
make_groups(Part *part, uint64_t done, uint64_t total)
{
	while (part->left >= 2 * (uint64_t) part->k)
	{
		bool		two = part->left >= 3 * (uint64_t) part->k;
		uint32_t	record;

		part->runtime->tick(part->runtime->state, done + part->n - part->left, total);
		set_centroid(part);
		record = pr_part_farthest(part, &part->centroid);
		set_query(&part->extreme, part, record);
		make_group(part, record);
		if (two)
		{
			record = pr_part_farthest(part, &part->extreme);
			set_query(&part->extreme, part, record);
			make_group(part, record);
		}
	}
	make_last_group(part);
}

/* ---------- all records ---------- */

/* All records standardized, and how they are split. */
typedef struct Whole
{
	const PrRuntime *runtime;
	uint32_t	n;
	int			p;
	uint32_t	k;
	uint32_t	block;
	double	   *z;				/* [variable * n + record] */
	uint64_t	done;
	uint32_t   *group;
	uint32_t	n_groups;
} Whole;

static int
compare_records(const void *a, const void *b)
{
	uint32_t	x = *(const uint32_t *) a;
	uint32_t	y = *(const uint32_t *) b;

	return (x > y) - (x < y);
}

static void
group_part(Whole *whole, uint32_t *records, uint32_t n)
{
	double	   *z = whole->z;
	Part		part;

	if (n < whole->n)
	{
		/* In the order of the input, which decides ties. */
		qsort(records, n, sizeof(uint32_t), compare_records);
		z = get_memory(whole->runtime, (size_t) n * whole->p, sizeof(double));
		for (int j = 0; j < whole->p; j++)
			for (uint32_t i = 0; i < n; i++)
				z[(size_t) j * n + i] = whole->z[(size_t) j * whole->n + records[i]];
	}
	pr_part_start(&part, whole->runtime, n, whole->p, whole->k, z);
	make_groups(&part, whole->done, whole->n);
	for (uint32_t i = 0; i < n; i++)
		whole->group[records[i]] = whole->n_groups + part.group[i];
	whole->n_groups += part.n_groups;
	whole->done += n;
	pr_part_end(&part);
	if (z != whole->z)
		give_back(whole->runtime, z);
}

static void
split_into_parts(Whole *whole, uint32_t *records, uint32_t n)
{
	uint32_t	half = n / 2;

	if (whole->block == 0 || n <= whole->block)
	{
		group_part(whole, records, n);
		return;
	}
	pr_part_halve(whole->z, whole->n, whole->p, records, n, half);
	split_into_parts(whole, records, half);
	split_into_parts(whole, records + half, n - half);
}

PrCoreResult
pr_mdav(const PrRecords *records, uint32_t k, uint32_t block, const PrRuntime *runtime, uint32_t *group,
		uint32_t *n_groups)
{
	Whole		whole = {runtime, records->n, records->p, k, block, NULL, 0, group, 0};
	uint32_t   *order;

	if (k < 1 || records->p < 1 || records->n < k || (block > 0 && block / 2 < k))
		return PR_CORE_PARAMETER;
	for (int j = 0; j < records->p; j++)
		for (uint32_t i = 0; i < records->n; i++)
			if (isinf(records->value[j][i]))
				return PR_CORE_PARAMETER;
	whole.z = get_memory(runtime, (size_t) records->n * records->p, sizeof(double));
	for (int j = 0; j < records->p; j++)
		standardize(records->value[j], records->n, records->deviation != NULL ? &records->deviation[j] : NULL,
					whole.z + (size_t) j * records->n);
	order = get_memory(runtime, records->n, sizeof(uint32_t));
	for (uint32_t i = 0; i < records->n; i++)
		order[i] = i;
	split_into_parts(&whole, order, records->n);
	give_back(runtime, order);
	give_back(runtime, whole.z);
	*n_groups = whole.n_groups;
	return PR_CORE_OK;
}
