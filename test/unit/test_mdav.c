/*
 * test_mdav.c
 *		Microaggregation: the groups of the definition, computed by comparing all
 *		with all; reference values of CASC and Tarragona; the optimal partition of
 *		one variable against all partitions.
 */
#include <math.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include "core/pr_mdav.h"
#include "tap.h"

/* ---------- runtime ---------- */

static uint64_t ticks;

static void *
get(void *state, size_t size)
{
	void	   *memory = malloc(size);

	if (memory == NULL)
		abort();
	memset(memory, 0xA5, size);
	return memory;
}

static void
release(void *state, void *memory)
{
	free(memory);
}

static void
tick(void *state, uint64_t done, uint64_t total)
{
	CHECK(done <= total);
	ticks++;
}

static const PrRuntime runtime = {get, release, tick, NULL};

static uint64_t seed = 1;

static uint32_t
below(uint32_t m)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t) ((seed >> 33) % m);
}

/* ---------- the definition ---------- */

#define MOST 700
#define MOST_VARIABLES 13

typedef struct Oracle
{
	uint32_t	n;
	int			p;
	double		z[MOST_VARIABLES][MOST];
	bool		gone[MOST];
	bool		has_null;
} Oracle;

static double
distance(const Oracle *o, const double *x, uint32_t record)
{
	double		sum = 0;
	int			shared = 0;

	for (int j = 0; j < o->p; j++)
		if (!isnan(x[j]) && !isnan(o->z[j][record]))
		{
			double		d = o->z[j][record] - x[j];

			sum += d * d;
			shared++;
		}
	if (shared == 0)
		return INFINITY;
	return o->has_null ? sum / shared : sum;
}

static uint32_t
find(const Oracle *o, const double *x, bool far)
{
	uint32_t	best = UINT32_MAX;
	double		best_distance = 0;

	for (uint32_t i = 0; i < o->n; i++)
		if (!o->gone[i])
		{
			double		d = distance(o, x, i);

			if (best == UINT32_MAX || (far ? d > best_distance : d < best_distance))
			{
				best = i;
				best_distance = d;
			}
		}
	return best;
}

static void
point(const Oracle *o, uint32_t record, double *x)
{
	for (int j = 0; j < o->p; j++)
		x[j] = o->z[j][record];
}

static void
centroid(const Oracle *o, double *x)
{
	for (int j = 0; j < o->p; j++)
	{
		long double sum = 0;
		int			values = 0;

		for (uint32_t i = 0; i < o->n; i++)
			if (!o->gone[i] && !isnan(o->z[j][i]))
			{
				sum += o->z[j][i];
				values++;
			}
		x[j] = values > 0 ? (double) sum / values : NAN;
	}
}

static void
take(Oracle *o, const double *x, uint32_t record, uint32_t k, uint32_t *group, uint32_t number)
{
	group[record] = number;
	o->gone[record] = true;
	for (uint32_t i = 1; i < k; i++)
	{
		record = find(o, x, false);
		group[record] = number;
		o->gone[record] = true;
	}
}

static uint32_t
define(Oracle *o, uint32_t k, uint32_t *group)
{
	uint32_t	left = o->n;
	uint32_t	number = 0;

	memset(o->gone, 0, sizeof(o->gone));
	while (left >= 2 * k)
	{
		double		x[MOST_VARIABLES];
		uint32_t	r;
		bool		two = left >= 3 * k;

		centroid(o, x);
		r = find(o, x, true);
		point(o, r, x);
		take(o, x, r, k, group, number++);
		left -= k;
		if (two)
		{
			uint32_t	s = find(o, x, true);

			point(o, s, x);
			take(o, x, s, k, group, number++);
			left -= k;
		}
	}
	for (uint32_t i = 0; i < o->n; i++)
		if (!o->gone[i])
			group[i] = number;
	return number + (left > 0);
}

/* ---------- against the definition ---------- */

/* The oracle takes the deviations as given, so that both see the same numbers: powers of two keep them exact. */
static void
compare_with_definition(uint32_t n, int p, uint32_t k, int values, bool nulls)
{
	static Oracle o;
	static double data[MOST_VARIABLES][MOST];
	const double *columns[MOST_VARIABLES];
	double		deviation[MOST_VARIABLES];
	uint32_t	group[MOST];
	uint32_t	expected[MOST];
	uint32_t	n_groups;
	PrRecords	records = {n, p, columns, deviation};

	o.n = n;
	o.p = p;
	o.has_null = false;
	for (int j = 0; j < p; j++)
	{
		double		sum = 0;
		double		mean;

		for (uint32_t i = 0; i < n; i++)
			data[j][i] = (double) below(values) + (values > 100 ? below(1000) / 1024.0 : 0);
		/* The mean is a whole number, subtracting it exact. */
		for (uint32_t i = 0; i < n; i++)
			sum += data[j][i];
		mean = ceil(sum / n);
		data[j][0] += n * mean - sum;
		for (uint32_t i = 0; nulls && i < n; i++)
			if (below(4) == 0)
				data[j][i] = NAN;
		columns[j] = data[j];
		deviation[j] = 1 << below(3);
		for (uint32_t i = 0; i < n; i++)
		{
			o.z[j][i] = (data[j][i] - mean) / deviation[j];
			o.has_null = o.has_null || isnan(data[j][i]);
		}
	}
	CHECK(pr_mdav(&records, k, 0, &runtime, group, &n_groups) == PR_CORE_OK);
	CHECK(define(&o, k, expected) == n_groups);
	for (uint32_t i = 0; i < n; i++)
		CHECK(group[i] == expected[i]);
}

static void
test_definition(void)
{
	for (int round = 0; round < 60; round++)
		compare_with_definition(2 + below(MOST - 2), 1 + below(4), 1 + below(2), 1000000, false);
	done("groups are those of the definition, k = 1 and 2");
	for (int round = 0; round < 60; round++)
	{
		uint32_t	k = 3 + below(20);

		compare_with_definition(k + below(MOST - k), 1 + below(6), k, 1000000, false);
	}
	done("groups are those of the definition, k from 3 to 22");
	for (int round = 0; round < 60; round++)
	{
		uint32_t	k = 2 + below(6);

		compare_with_definition(k + below(MOST - k), 1 + below(3), k, 1 + below(8), false);
	}
	done("of equals the first in the input is taken");
	for (int round = 0; round < 60; round++)
	{
		uint32_t	k = 2 + below(6);

		compare_with_definition(k + below(MOST - k), 1 + below(4), k, 1000000, true);
	}
	done("NULL takes part in no distance");
}

/* ---------- reference data ---------- */

#define MOST_ROWS 1100

typedef struct Table
{
	uint32_t	n;
	int			p;
	double		value[MOST_VARIABLES][MOST_ROWS];
} Table;

static bool
read_table(const char *name, Table *table)
{
	const char *folder = getenv("PR_DATA");
	char		path[1000];
	char		line[4096];
	FILE	   *file;

	snprintf(path, sizeof(path), "%s/sdc/%s", folder != NULL ? folder : "../shared/data", name);
	file = fopen(path, "r");
	if (file == NULL)
		return false;
	memset(table, 0, sizeof(*table));
	for (bool header = true; fgets(line, sizeof(line), file) != NULL; header = false)
	{
		int			p = 0;

		if (header)
			continue;
		for (char *at = strtok(line, ",\r\n"); at != NULL; at = strtok(NULL, ",\r\n"))
			table->value[p++][table->n] = strtod(at, NULL);
		table->p = p;
		table->n++;
	}
	fclose(file);
	return true;
}

static bool
near(double value, double expected)
{
	return fabs(value - expected) <= 1e-9 * fabs(expected);
}

/* SSE/SST in percent and IL1s. */
static void
measure(const Table *table, double *const *mean, double *error, double *il1s)
{
	*error = 0;
	*il1s = 0;
	for (int j = 0; j < table->p; j++)
	{
		long double sum = 0;
		long double squares = 0;
		long double off = 0;
		long double kept = 0;
		long double apart = 0;

		for (uint32_t i = 0; i < table->n; i++)
			sum += table->value[j][i];
		for (uint32_t i = 0; i < table->n; i++)
		{
			long double d = table->value[j][i] - sum / table->n;
			long double e = table->value[j][i] - mean[j][i];

			squares += d * d;
			off += e * e;
			apart += fabsl(e);
			kept += mean[j][i];
		}
		CHECK(near((double) kept, (double) sum));
		*error += (double) (100 * off / (squares / (table->n - 1)) / (table->n - 1) / table->p);
		*il1s += (double) (apart / sqrtl(squares / (table->n - 1)) / sqrtl(2));
	}
}

static bool
is_group(const uint32_t *group, uint32_t n, uint32_t a, uint32_t b, uint32_t c)
{
	uint32_t	members = 0;

	for (uint32_t i = 0; i < n; i++)
		members += group[i] == group[a - 1];
	return members == 3 && group[a - 1] == group[b - 1] && group[a - 1] == group[c - 1];
}

typedef struct Reference
{
	const char *file;
	uint32_t	groups;
	double		error;
	double		il1s;
	uint32_t	group[3][3];
	double		mean[4];
} Reference;

static const Reference references[] = {
	{"CASCrefmicrodata.csv", 360, 5.692186278771, 1607.939908800652,
		{{1, 87, 172}, {2, 85, 313}, {3, 470, 1011}}, {265865.666667, 50009.333333, 4774, 4937}},
	{"Tarragona.csv", 278, 16.932587622824, 1092.096486065634,
		{{1, 586, 662}, {2, 96, 104}, {3, 54, 328}}, {62138.333333, 60385.333333, 4110.666667, 51467.666667}},
};

static void
test_reference(const Reference *reference)
{
	static Table table;
	static double mean[MOST_VARIABLES][MOST_ROWS];
	const double *columns[MOST_VARIABLES];
	double	   *means[MOST_VARIABLES];
	uint32_t	group[MOST_ROWS];
	uint32_t	n_groups = 0;
	double		error;
	double		il1s;

	if (!read_table(reference->file, &table))
	{
		printf("ok %d - %s # SKIP the data are not here\n", ++tap_number, reference->file);
		return;
	}
	for (int j = 0; j < table.p; j++)
	{
		columns[j] = table.value[j];
		means[j] = mean[j];
	}
	CHECK(table.p == 13);
	CHECK(pr_mdav(&(PrRecords) {table.n, table.p, columns, NULL}, 3, 0, &runtime, group, &n_groups) == PR_CORE_OK);
	pr_group_means(&(PrRecords) {table.n, table.p, columns, NULL}, group, n_groups, 3, &runtime, means);
	CHECK(n_groups == reference->groups);
	for (int i = 0; i < 3; i++)
		CHECK(is_group(group, table.n, reference->group[i][0], reference->group[i][1], reference->group[i][2]));
	for (int j = 0; j < 4; j++)
		CHECK(fabs(mean[j][0] - reference->mean[j]) < 1e-6);
	measure(&table, means, &error, &il1s);
	CHECK(near(error, reference->error));
	CHECK(near(il1s, reference->il1s));
	done(reference->file);
}

/* ---------- blocks ---------- */

#define MANY 5000

static void
test_blocks(void)
{
	static double data[3][MANY];
	static uint32_t group[MANY];
	static uint32_t again[MANY];
	static uint32_t members[MANY];
	const double *columns[3] = {data[0], data[1], data[2]};
	PrRecords	records = {MANY, 3, columns, NULL};
	uint32_t	n_groups;

	for (int j = 0; j < 3; j++)
		for (uint32_t i = 0; i < MANY; i++)
			data[j][i] = j == 2 && i % 7 == 0 ? NAN : below(50);
	for (uint32_t block = 10; block <= MANY; block *= 3)
	{
		ticks = 0;
		CHECK(pr_mdav(&records, 5, block, &runtime, group, &n_groups) == PR_CORE_OK);
		CHECK(ticks > 100);
		memset(members, 0, sizeof(members));
		for (uint32_t i = 0; i < MANY; i++)
			members[group[i]]++;
		for (uint32_t g = 0; g < n_groups; g++)
			CHECK(members[g] >= 5 && members[g] < 10);
		CHECK(pr_mdav(&records, 5, block, &runtime, again, &n_groups) == PR_CORE_OK);
		CHECK(memcmp(group, again, sizeof(group)) == 0);
	}
	done("blocks of any size hold groups of k to 2k-1, the same each time");
	CHECK(pr_mdav(&records, 5, 9, &runtime, group, &n_groups) == PR_CORE_PARAMETER);
	CHECK(pr_mdav(&records, 0, 0, &runtime, group, &n_groups) == PR_CORE_PARAMETER);
	CHECK(pr_mdav(&records, MANY + 1, 0, &runtime, group, &n_groups) == PR_CORE_PARAMETER);
	CHECK(pr_mdav(&records, MANY, 0, &runtime, group, &n_groups) == PR_CORE_OK && n_groups == 1);
	data[1][7] = INFINITY;
	CHECK(pr_mdav(&records, 5, 0, &runtime, group, &n_groups) == PR_CORE_PARAMETER);
	done("what makes no sense is refused");
}

static void
test_extremes(void)
{
	static double data[2][200];
	const double *columns[2] = {data[0], data[1]};
	uint32_t	group[200];
	uint32_t	members[200] = {0};
	uint32_t	n_groups;

	for (uint32_t i = 0; i < 200; i++)
	{
		data[0][i] = i % 2 == 0 ? 1.7e308 : -1.7e308;
		data[1][i] = i % 3 == 0 ? 5e-324 : i % 5 == 0 ? NAN : 0;
	}
	CHECK(pr_mdav(&(PrRecords) {200, 2, columns, NULL}, 4, 0, &runtime, group, &n_groups) == PR_CORE_OK);
	for (uint32_t i = 0; i < 200; i++)
		members[group[i]]++;
	for (uint32_t g = 0; g < n_groups; g++)
		CHECK(members[g] >= 4 && members[g] < 8);
	for (uint32_t i = 0; i < 200; i++)
		data[0][i] = data[1][i] = NAN;
	CHECK(pr_mdav(&(PrRecords) {200, 2, columns, NULL}, 4, 0, &runtime, group, &n_groups) == PR_CORE_OK);
	CHECK(n_groups == 50);
	done("greatest, smallest and no values");
}

/* ---------- means ---------- */

static void
test_means(void)
{
	double		x[] = {1, 2, 6, NAN, 4, 8, 1.7e308, 1.7e308};
	uint32_t	group[] = {0, 0, 0, 1, 1, 1, 2, 2};
	double		mean[8];
	const double *columns[] = {x};
	double	   *means[] = {mean};

	pr_group_means(&(PrRecords) {8, 1, columns, NULL}, group, 3, 2, &runtime, means);
	CHECK(mean[0] == 3 && mean[1] == 3 && mean[2] == 3);
	CHECK(isnan(mean[3]) && mean[4] == 6 && mean[5] == 6);
	CHECK(mean[6] == 1.7e308 && mean[7] == 1.7e308);
	pr_group_means(&(PrRecords) {8, 1, columns, NULL}, group, 3, 3, &runtime, means);
	CHECK(mean[0] == 3 && isnan(mean[4]) && isnan(mean[5]) && isnan(mean[6]));
	done("means of values that are there, and of enough of them");
}

/* ---------- one variable ---------- */

static double
error_of_run(const double *x, int from, int to)
{
	double		mean = 0;
	double		error = 0;

	for (int i = from; i < to; i++)
		mean += x[i] / (to - from);
	for (int i = from; i < to; i++)
		error += (x[i] - mean) * (x[i] - mean);
	return error;
}

/* All ways to cut the sorted values. */
static double
least_error(const double *x, int n, int k)
{
	double		best = n == 0 ? 0 : INFINITY;

	for (int m = k; m <= n; m++)
	{
		double		error = least_error(x, n - m, k) + error_of_run(x, n - m, n);

		best = error < best ? error : best;
	}
	return best;
}

static int
compare_doubles(const void *a, const void *b)
{
	double		x = *(const double *) a;
	double		y = *(const double *) b;

	return (x > y) - (x < y);
}

static void
test_partition(void)
{
	for (int round = 0; round < 300; round++)
	{
		double		x[16];
		double		sorted[16];
		double		mean[16];
		const double *columns[] = {x};
		double	   *means[] = {mean};
		uint32_t	group[16];
		uint32_t	n_groups = 0;
		uint32_t	members[16] = {0};
		uint32_t	k = 1 + below(4);
		uint32_t	n = k + below(16 - k);
		double		error = 0;

		for (uint32_t i = 0; i < n; i++)
			sorted[i] = x[i] = below(round % 2 == 0 ? 10 : 1000);
		qsort(sorted, n, sizeof(double), compare_doubles);
		CHECK(pr_partition(&(PrRecords) {n, 1, columns, NULL}, k, &runtime, group, &n_groups) == PR_CORE_OK);
		pr_group_means(&(PrRecords) {n, 1, columns, NULL}, group, n_groups, k, &runtime, means);
		for (uint32_t i = 0; i < n; i++)
		{
			members[group[i]]++;
			error += (x[i] - mean[i]) * (x[i] - mean[i]);
		}
		for (uint32_t g = 0; g < n_groups; g++)
			CHECK(members[g] >= k && members[g] < 2 * k);
		CHECK(fabs(error - least_error(sorted, n, k)) < 1e-6);
	}
	done("the partition of one variable has the least error");
}

/* ---------- speed, for whoever asks: PR_TIME=1 ---------- */

#define ROWS 91600

static void
show_time(void)
{
	static double data[3][ROWS];
	static uint32_t group[ROWS];
	const double *columns[3] = {data[0], data[1], data[2]};
	uint32_t	n_groups;
	uint32_t	blocks[] = {0, 10000};

	if (getenv("PR_TIME") == NULL)
		return;
	for (uint32_t i = 0; i < ROWS; i++)
		for (int j = 0; j < 3; j++)
			data[j][i] = below(1000000000) * (j == 2 ? 0.01 : 0.1) * (0.9 + below(1000000) * 2e-7);
	for (int i = 0; i < 2; i++)
	{
		clock_t		start = clock();

		CHECK(pr_mdav(&(PrRecords) {ROWS, 3, columns, NULL}, 3, blocks[i], &runtime, group, &n_groups) == PR_CORE_OK);
		printf("# %d records, 3 variables, k = 3, blocks of %u: %.2f s\n", ROWS, blocks[i],
			   (double) (clock() - start) / CLOCKS_PER_SEC);
	}
}

int
main(void)
{
	test_definition();
	for (size_t i = 0; i < sizeof(references) / sizeof(references[0]); i++)
		test_reference(&references[i]);
	test_blocks();
	test_extremes();
	test_means();
	test_partition();
	show_time();
	return finish();
}
