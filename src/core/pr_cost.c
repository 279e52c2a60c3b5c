/*
 * pr_cost.c
 *		What a node costs and must cost at least; see pr_cost.h.
 *
 * Loss: with A_j the leaves of the released values, summed over records, each
 * suppressed record adding D_j, 1 + L_j = (A_j + n (D_j - 2)) / (n (D_j - 1)).  So
 * the products over j of A_j + n (D_j - 2) are in the order of the losses.
 * Suppressing a record adds D_j - leaf_j to A_j; of the least that S records can
 * add, those of the most leaves count.
 *
 * Entropy: with f(x) = x log2 x, column j contributes sum_g f(n_g) - sum_v f(n_v)
 * + f(S) - sum_g f(s_g).  Sums are kept in fixed point, so that they do not
 * depend on the order of their terms.
 */
#include "core/pr_cost.h"

#include <math.h>
#include <stdlib.h>

#include "core/pr_fixed.h"
#include "core/pr_runtime.h"

#define NEAR 1e-11				/* relative; no bound prunes what is nearer than this */
#define TIE 1e-12

/* Records whose value has this many leaves, and all with more. */
typedef struct Run
{
	uint64_t	leaves;
	uint64_t	records;		/* of all runs up to this one */
	pr_uint128	added;			/* to A, if they are suppressed */
} Run;

/* A column at a level. */
typedef struct Spread
{
	pr_uint128	leaves;			/* A, nothing being suppressed */
	double		bound;			/* loss: ln (1 + L); entropy: bits */
	uint32_t	n_runs;			/* by leaves, descending */
	Run		   *run;
} Spread;

struct PrCosts
{
	PrLattice  *lattice;
	PrMetric	metric;
	uint64_t	k;
	uint64_t	records;
	Spread	  **spread;			/* [qi][level] */
	uint64_t  **sum;			/* [qi][value]: all zero between calls */
	uint32_t   *touched;
};

/*
 * Columns at levels
 */

static int
compare_runs(const void *a, const void *b)
{
	uint64_t	x = ((const Run *) a)->leaves;
	uint64_t	y = ((const Run *) b)->leaves;

	return (x < y) - (x > y);
}

/* The values of a level, equal numbers of leaves together. */
static void
make_runs(const PrCosts *costs, int j, int level, const uint64_t *records, uint32_t n_values, Spread *spread)
{
	const PrQi *qi = &costs->lattice->problem->qis[j];
	uint32_t	n = 0;

	spread->run = pr_take(costs->lattice->runtime, n_values, sizeof(Run));
	for (uint32_t value = 0; value < n_values; value++)
	{
		uint64_t	leaves = qi->leaves[level][value];

		if (records[value] > 0)
			spread->run[n++] = (Run) {.leaves = leaves < qi->domain ? leaves : qi->domain, .records = records[value]};
	}
	qsort(spread->run, n, sizeof(Run), compare_runs);
	spread->n_runs = 0;
	for (uint32_t i = 0; i < n; i++)
	{
		Run			run = spread->run[i];
		Run		   *last = spread->n_runs == 0 ? NULL : &spread->run[spread->n_runs - 1];
		pr_uint128	added = (pr_uint128) run.records * (qi->domain - run.leaves);

		spread->leaves += (pr_uint128) run.records * run.leaves;
		if (last != NULL && last->leaves == run.leaves)
		{
			last->records += run.records;
			last->added += added;
			continue;
		}
		if (last != NULL)
		{
			run.records += last->records;
			added += last->added;
		}
		run.added = added;
		spread->run[spread->n_runs++] = run;
	}
}

/* ln (1 + L) of A */
static double
log_loss(const PrCosts *costs, int j, pr_uint128 leaves)
{
	uint64_t	domain = costs->lattice->problem->qis[j].domain;
	double		n = (double) costs->records;

	if (domain == 1 || costs->records == 0)
		return 0;
	return log1p(((double) leaves / n - 1) / ((double) domain - 1));
}

static void
make_spread(PrCosts *costs, int j, int level, const uint64_t *by_code, pr_int128 at_leaves)
{
	const PrQi *qi = &costs->lattice->problem->qis[j];
	uint32_t	n_values = qi->n_values[level];
	uint64_t   *records = costs->sum[j];
	Spread	   *spread = &costs->spread[j][level];
	pr_int128	sum = 0;

	for (uint32_t code = 0; code < qi->n_codes; code++)
		records[level == 0 ? code : qi->value[level][code]] += by_code[code];
	make_runs(costs, j, level, records, n_values, spread);
	for (uint32_t value = 0; value < n_values; value++)
	{
		sum += pr_fixed_x_log_x(records[value]);
		records[value] = 0;
	}
	spread->bound = costs->metric == PR_METRIC_LOSS ? log_loss(costs, j, spread->leaves) : pr_fixed_double(sum - at_leaves);
}

static void
make_column(PrCosts *costs, int j, const PrPartition *units)
{
	PrLattice  *lattice = costs->lattice;
	const PrQi *qi = &lattice->problem->qis[j];
	uint64_t   *by_code = pr_take_zeroed(lattice->runtime, qi->n_codes, sizeof(uint64_t));
	pr_int128	at_leaves = 0;

	for (uint32_t i = 0; i < units->n; i++)
		by_code[pr_lattice_value(lattice, &units->key[(size_t) i * lattice->words], j)] += units->records[i];
	for (uint32_t code = 0; code < qi->n_codes; code++)
		at_leaves += pr_fixed_x_log_x(by_code[code]);
	for (int level = 0; level < qi->levels; level++)
		make_spread(costs, j, level, by_code, at_leaves);
	pr_give_back(lattice->runtime, by_code);
}

PrCosts *
pr_costs_make(PrLattice *lattice, const PrPartition *units)
{
	const PrRuntime *runtime = lattice->runtime;
	const PrProblem *problem = lattice->problem;
	PrCosts    *costs = pr_take_zeroed(runtime, 1, sizeof(PrCosts));
	size_t		n = (size_t) problem->n_qis;
	uint32_t	most = 0;

	costs->lattice = lattice;
	costs->metric = problem->metric;
	costs->k = problem->k == 0 ? 1 : problem->k;
	for (uint32_t i = 0; i < units->n; i++)
		costs->records += units->records[i];
	costs->spread = pr_take_zeroed(runtime, n, sizeof(Spread *));
	costs->sum = pr_take_zeroed(runtime, n, sizeof(uint64_t *));
	for (int j = 0; j < problem->n_qis; j++)
	{
		const PrQi *qi = &problem->qis[j];

		costs->spread[j] = pr_take_zeroed(runtime, (size_t) qi->levels, sizeof(Spread));
		for (int level = 0; level < qi->levels; level++)
			if (qi->n_values[level] > most)
				most = qi->n_values[level];
		costs->sum[j] = pr_take_zeroed(runtime, most, sizeof(uint64_t));
		make_column(costs, j, units);
	}
	costs->touched = pr_take(runtime, most, sizeof(uint32_t));
	return costs;
}

void
pr_costs_free(PrCosts *costs)
{
	const PrRuntime *runtime = costs->lattice->runtime;

	for (int j = 0; j < costs->lattice->n_qis; j++)
	{
		for (int level = 0; level < costs->lattice->problem->qis[j].levels; level++)
			pr_give_back(runtime, costs->spread[j][level].run);
		pr_give_back(runtime, costs->spread[j]);
		pr_give_back(runtime, costs->sum[j]);
	}
	pr_give_back(runtime, costs->spread);
	pr_give_back(runtime, costs->sum);
	pr_give_back(runtime, costs->touched);
	pr_give_back(runtime, costs);
}

/*
 * Costs
 */

PrCost
pr_cost_make(const PrCosts *costs)
{
	return (PrCost) {.factor = pr_take_zeroed(costs->lattice->runtime, (size_t) costs->lattice->n_qis, sizeof(pr_uint128))};
}

void
pr_cost_free(const PrCosts *costs, PrCost *cost)
{
	pr_give_back(costs->lattice->runtime, cost->factor);
}

void
pr_cost_copy(const PrCosts *costs, PrCost *to, const PrCost *from)
{
	to->approximate = from->approximate;
	to->whole = from->whole;
	memcpy(to->factor, from->factor, (size_t) costs->lattice->n_qis * sizeof(pr_uint128));
}

static uint64_t
value_of(const PrCosts *costs, const PrPartition *partition, uint32_t class, int j)
{
	return pr_lattice_value(costs->lattice, &partition->key[(size_t) class * costs->lattice->words], j);
}

static void
compute_loss(const PrCosts *costs, const PrPartition *partition, const bool *holds, PrCost *cost)
{
	cost->approximate = 0;
	for (int j = 0; j < costs->lattice->n_qis; j++)
	{
		const PrQi *qi = &costs->lattice->problem->qis[j];
		int			level = partition->levels[j];
		pr_uint128	leaves = costs->spread[j][level].leaves;

		for (uint32_t class = 0; class < partition->n; class++)
			if (!holds[class])
			{
				uint64_t	below = qi->leaves[level][value_of(costs, partition, class, j)];

				if (below < qi->domain)
					leaves += (pr_uint128) partition->records[class] * (qi->domain - below);
			}
		cost->approximate += log_loss(costs, j, leaves);
		cost->factor[j] = qi->domain < 2 ? 1 : leaves + (pr_uint128) costs->records * (qi->domain - 2);
	}
}

static void
compute_discernibility(const PrCosts *costs, const PrPartition *partition, const PrVerdict *verdict, const bool *holds,
					   PrCost *cost)
{
	cost->whole = (pr_uint128) verdict->suppressed * costs->records;
	for (uint32_t class = 0; class < partition->n; class++)
		if (holds[class])
			cost->whole += (pr_uint128) partition->records[class] * partition->records[class];
	cost->approximate = (double) cost->whole;
}

static double
average(const PrCosts *costs, uint64_t classes)
{
	return classes == 0 ? INFINITY : (double) costs->records / (double) classes;
}

/* f(S) - sum_g f(s_g) of a column, s_g being left in sum[] and taken from there */
static pr_int128
suppressed_bits(PrCosts *costs, const PrPartition *partition, uint64_t suppressed, const bool *holds, int j)
{
	uint64_t   *sum = costs->sum[j];
	pr_int128	result = pr_fixed_x_log_x(suppressed);
	uint32_t	n = 0;

	for (uint32_t class = 0; class < partition->n; class++)
		if (!holds[class])
		{
			uint64_t	value = value_of(costs, partition, class, j);

			if (sum[value] == 0)
				costs->touched[n++] = (uint32_t) value;
			sum[value] += partition->records[class];
		}
	for (uint32_t i = 0; i < n; i++)
	{
		result -= pr_fixed_x_log_x(sum[costs->touched[i]]);
		sum[costs->touched[i]] = 0;
	}
	return result;
}

static void
compute_entropy(PrCosts *costs, const PrPartition *partition, const PrVerdict *verdict, const bool *holds, PrCost *cost)
{
	pr_int128	sum = 0;

	cost->approximate = 0;
	for (int j = 0; j < costs->lattice->n_qis; j++)
	{
		cost->approximate += costs->spread[j][partition->levels[j]].bound;
		if (verdict->suppressed > 0)
			sum += suppressed_bits(costs, partition, verdict->suppressed, holds, j);
	}
	cost->approximate += pr_fixed_double(sum);
}

void
pr_cost_compute(PrCosts *costs, const PrPartition *partition, const PrVerdict *verdict, const bool *holds, PrCost *cost)
{
	uint64_t	classes = (uint64_t) verdict->classes + (verdict->suppressed > 0);

	switch (costs->metric)
	{
		case PR_METRIC_LOSS:
			compute_loss(costs, partition, holds, cost);
			break;
		case PR_METRIC_DISCERNIBILITY:
			compute_discernibility(costs, partition, verdict, holds, cost);
			break;
		case PR_METRIC_AECS:
			cost->approximate = average(costs, classes);
			cost->whole = UINT64_MAX - classes;
			break;
		case PR_METRIC_ENTROPY:
			compute_entropy(costs, partition, verdict, holds, cost);
			break;
	}
}

/*
 * Comparison
 */

/* product *= factor; product has n limbs, least first, and room for two more */
static size_t
multiply(uint64_t *product, size_t n, pr_uint128 factor)
{
	uint64_t	low = (uint64_t) factor;
	uint64_t	high = (uint64_t) (factor >> 64);
	uint64_t	before = 0;		/* the limb below, as it was */
	pr_uint128	carry = 0;

	product[n] = product[n + 1] = 0;
	for (size_t i = 0; i < n + 2; i++)
	{
		uint64_t	limb = product[i];
		pr_uint128	by_low = (pr_uint128) limb * low;
		pr_uint128	by_high = (pr_uint128) before * high;
		pr_uint128	sum = (pr_uint128) (uint64_t) by_low + (uint64_t) by_high + (uint64_t) carry;

		product[i] = (uint64_t) sum;
		carry = (carry >> 64) + (sum >> 64) + (by_low >> 64) + (by_high >> 64);
		before = limb;
	}
	return n + 2;
}

static int
compare_products(const PrCosts *costs, const pr_uint128 *a, const pr_uint128 *b)
{
	size_t		n = (size_t) costs->lattice->n_qis;
	uint64_t   *left = pr_take_zeroed(costs->lattice->runtime, 4 * n + 2, sizeof(uint64_t));
	uint64_t   *right = left + 2 * n + 1;
	size_t		limbs = 1;
	int			order = 0;

	left[0] = right[0] = 1;
	for (size_t j = 0; j < n; j++)
	{
		multiply(left, limbs, a[j]);
		limbs = multiply(right, limbs, b[j]);
	}
	for (size_t i = limbs; i-- > 0 && order == 0;)
		order = (left[i] > right[i]) - (left[i] < right[i]);
	pr_give_back(costs->lattice->runtime, left);
	return order;
}

int
pr_cost_compare(const PrCosts *costs, const PrCost *a, const PrCost *b)
{
	double		difference = a->approximate - b->approximate;
	double		size = fabs(a->approximate) + fabs(b->approximate);

	switch (costs->metric)
	{
		case PR_METRIC_LOSS:
			if (fabs(difference) > NEAR * (1 + size))
				return difference < 0 ? -1 : 1;
			return compare_products(costs, a->factor, b->factor);
		case PR_METRIC_DISCERNIBILITY:
		case PR_METRIC_AECS:
			return (a->whole > b->whole) - (a->whole < b->whole);
		case PR_METRIC_ENTROPY:
			return fabs(difference) <= TIE * size ? 0 : difference < 0 ? -1 : 1;
	}
	return 0;
}

bool
pr_cost_exceeds(double bound, const PrCost *cost)
{
	return bound > cost->approximate + NEAR * (1 + fabs(cost->approximate));
}

/*
 * Bounds
 */

bool
pr_cost_by_levels(const PrCosts *costs)
{
	return costs->metric == PR_METRIC_LOSS || costs->metric == PR_METRIC_ENTROPY;
}

/* What suppressing so many records adds to A at least. */
static pr_uint128
least_added(const Spread *spread, uint64_t domain, uint64_t suppressed)
{
	uint32_t	low = 0;		/* the first run that is not wholly suppressed */
	uint32_t	high = spread->n_runs;
	pr_uint128	added = 0;

	while (low < high)
	{
		uint32_t	middle = low + (high - low) / 2;

		if (spread->run[middle].records <= suppressed)
			low = middle + 1;
		else
			high = middle;
	}
	if (low > 0)
	{
		added = spread->run[low - 1].added;
		suppressed -= spread->run[low - 1].records;
	}
	if (low < spread->n_runs)
		added += (pr_uint128) suppressed * (domain - spread->run[low].leaves);
	return added;
}

double
pr_cost_bound(const PrCosts *costs, const uint8_t *levels, uint64_t suppressed)
{
	double		sum = 0;

	for (int j = 0; j < costs->lattice->n_qis; j++)
	{
		const Spread *spread = &costs->spread[j][levels[j]];

		if (suppressed > 0 && costs->metric == PR_METRIC_LOSS)
			sum += log_loss(costs, j, spread->leaves + least_added(spread, costs->lattice->problem->qis[j].domain, suppressed));
		else
			sum += spread->bound;
	}
	return sum;
}

/*
 * A released class of a more general node has a class that holds here in it, or
 * consists of suppressed ones and has k persons of those.  Unless persons may
 * be without a record, or in several classes, those are at most the suppressed
 * records.
 */
double
pr_cost_upwards(const PrCosts *costs, const PrPartition *partition, const PrVerdict *verdict)
{
	uint64_t	classes = partition->n;
	uint64_t	most = verdict->classes + verdict->suppressed / costs->k;
	pr_uint128	sum = 0;

	if (costs->metric == PR_METRIC_AECS)
	{
		if (partition->persons == partition->records && most + 1 < classes)
			classes = most + 1; /* and one of the suppressed */
		return average(costs, classes);
	}
	for (uint32_t class = 0; class < partition->n; class++)
		sum += (pr_uint128) partition->records[class] * partition->records[class];
	return (double) sum;
}

double
pr_cost_downwards(const PrCosts *costs, uint64_t suppressed)
{
	if (costs->metric == PR_METRIC_DISCERNIBILITY)
		return (double) suppressed * (double) costs->records;
	return 0;
}
