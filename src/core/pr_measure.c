/*
 * pr_measure.c
 *		What a solution reveals and costs, from the formulas alone.
 *
 * With n records, S of them suppressed, D_j leaves of a column, K released
 * classes C:
 *
 *	x_j				(sum over released records of leaf_j + S D_j) / (n D_j)
 *	L_j				(x_j - 1/D_j) / (1 - 1/D_j)
 *	loss			(prod_j (1 + L_j))^(1/m) - 1; arithmetic: mean of L_j
 *	discernibility	sum |C|^2 + S n
 *	aecs			n / (K + [S > 0])
 *	entropy			sum_j [sum_v n_v log2 (n_g / n_v) + sum_g s_g log2 (S / s_g)]
 *
 * Sums are of integers or in fixed point: units in another order give the same
 * last digit.  A suppressed cell has all leaves below it.  Where there are several
 * recodings, entropy counts a suppressed record as if all its cells were.
 *
 * Nothing here is shared with the search but the problem.
 */
#include <math.h>

#include "core/pr_fixed.h"
#include "core/pr_runtime.h"
#include "core/pr_search.h"

#define A_TICK 65536
#define NO_UNIT UINT32_MAX

typedef struct Measure
{
	const PrProblem *problem;
	const PrRuntime *runtime;
	const PrSolution *solution;
	uint32_t   *class_of;		/* [unit]; NO_UNIT: suppressed */
	uint32_t   *table;			/* first unit of a class, or NO_UNIT */
	uint64_t	slots;
	uint64_t   *records;		/* [class] */
	uint32_t	n_classes;
} Measure;

static const uint8_t *
levels_of(const Measure *measure, uint32_t recoding)
{
	return measure->solution->levels + (size_t) recoding * measure->problem->n_qis;
}

/* A number for what a reader sees of a cell. */
static uint64_t
released(const Measure *measure, uint32_t unit, int j, int level)
{
	const PrQi *qi = &measure->problem->qis[j];
	uint32_t	code = measure->problem->codes[(size_t) unit * measure->problem->n_qis + j];
	uint32_t	value;

	if (level == qi->levels)
		return PR_SHOWN_NULL;
	value = level == 0 ? code : qi->value[level][code];
	return qi->shown != NULL ? qi->shown[level][value] : (uint64_t) (level + 1) << 32 | value;
}

/* levels NULL: everything at level 0 */
static uint64_t
hash_unit(const Measure *measure, uint32_t unit, const uint8_t *levels)
{
	uint64_t	hash = 1;

	for (int j = 0; j < measure->problem->n_qis; j++)
	{
		hash = (hash ^ released(measure, unit, j, levels == NULL ? 0 : levels[j])) * UINT64_C(0x9E3779B97F4A7C15);
		hash ^= hash >> 32;
	}
	return hash;
}

/* Units of two recodings may look the same. */
static bool
same_tuple(const Measure *measure, uint32_t a, const uint8_t *levels_a, uint32_t b, const uint8_t *levels_b)
{
	for (int j = 0; j < measure->problem->n_qis; j++)
		if (released(measure, a, j, levels_a == NULL ? 0 : levels_a[j]) !=
			released(measure, b, j, levels_b == NULL ? 0 : levels_b[j]))
			return false;
	return true;
}

static const uint8_t *
levels_of_unit(const Measure *measure, uint32_t unit, bool raw)
{
	return raw ? NULL : levels_of(measure, (uint32_t) measure->solution->recoding[unit]);
}

/* Classes of the released tuples, or, if raw, of all units as they are. */
static void
make_classes(Measure *measure, bool raw)
{
	const PrProblem *problem = measure->problem;

	memset(measure->table, 0xFF, measure->slots * sizeof(uint32_t));
	measure->n_classes = 0;
	for (uint32_t unit = 0; unit < problem->n_units; unit++)
	{
		const uint8_t *levels;
		uint64_t	slot;
		uint32_t	other;

		if (unit % A_TICK == 0)
			measure->runtime->tick(measure->runtime->state, 0, 0);
		measure->class_of[unit] = NO_UNIT;
		if (!raw && measure->solution->recoding[unit] == PR_SUPPRESSED)
			continue;
		levels = levels_of_unit(measure, unit, raw);
		slot = hash_unit(measure, unit, levels) & (measure->slots - 1);
		while ((other = measure->table[slot]) != NO_UNIT &&
			   !same_tuple(measure, unit, levels, other, levels_of_unit(measure, other, raw)))
			slot = (slot + 1) & (measure->slots - 1);
		if (other == NO_UNIT)
		{
			measure->table[slot] = unit;
			measure->class_of[unit] = measure->n_classes;
			measure->records[measure->n_classes++] = 0;
		}
		else
			measure->class_of[unit] = measure->class_of[other];
		measure->records[measure->class_of[unit]] += problem->records[unit];
	}
}

static pr_uint128
sum_of_squares(const Measure *measure)
{
	pr_uint128	sum = 0;

	for (uint32_t class = 0; class < measure->n_classes; class++)
		sum += (pr_uint128) measure->records[class] * measure->records[class];
	return sum;
}

/* A person counts once in each class. */
static uint64_t
smallest_class(const Measure *measure)
{
	const PrProblem *problem = measure->problem;
	uint64_t   *persons = pr_take_zeroed(measure->runtime, measure->n_classes, sizeof(uint64_t));
	uint64_t   *seen = pr_take_zeroed(measure->runtime, measure->n_classes, sizeof(uint64_t));
	uint64_t	least = 0;

	for (uint32_t unit = 0; unit < problem->n_units; unit++)
		if (measure->class_of[unit] != NO_UNIT)
			persons[measure->class_of[unit]] += problem->persons[unit];
	for (uint64_t i = 0; i < problem->n_groups; i++)
		for (uint32_t u = 0; u < problem->groups[i].n_units; u++)
		{
			uint32_t	class = measure->class_of[problem->groups[i].units[u]];

			if (class != NO_UNIT && seen[class] != i + 1)
			{
				seen[class] = i + 1;
				persons[class] += problem->groups[i].persons;
			}
		}
	for (uint32_t class = 0; class < measure->n_classes; class++)
		if (class == 0 || persons[class] < least)
			least = persons[class];
	pr_give_back(measure->runtime, persons);
	pr_give_back(measure->runtime, seen);
	return least;
}

/*
 * Columns
 */

/* One column, summed over units; the last level is that of suppressed cells. */
typedef struct Cells
{
	uint64_t   *by_code;		/* n_v */
	uint64_t  **at_level;		/* [level][code]: records released there */
	uint64_t   *suppressed;		/* [code]: suppressed records */
} Cells;

static Cells
sum_cells(const Measure *measure, int j)
{
	const PrProblem *problem = measure->problem;
	const PrQi *qi = &problem->qis[j];
	Cells		cells;

	cells.by_code = pr_take_zeroed(measure->runtime, qi->n_codes, sizeof(uint64_t));
	cells.suppressed = pr_take_zeroed(measure->runtime, qi->n_codes, sizeof(uint64_t));
	cells.at_level = pr_take(measure->runtime, (size_t) qi->levels + 1, sizeof(uint64_t *));
	for (int level = 0; level <= qi->levels; level++)
		cells.at_level[level] = pr_take_zeroed(measure->runtime, qi->n_codes, sizeof(uint64_t));
	for (uint32_t unit = 0; unit < problem->n_units; unit++)
	{
		uint32_t	code = problem->codes[(size_t) unit * problem->n_qis + j];
		int32_t		recoding = measure->solution->recoding[unit];

		cells.by_code[code] += problem->records[unit];
		if (recoding == PR_SUPPRESSED)
			cells.suppressed[code] += problem->records[unit];
		else
			cells.at_level[levels_of(measure, (uint32_t) recoding)[j]][code] += problem->records[unit];
	}
	measure->runtime->tick(measure->runtime->state, 0, 0);
	return cells;
}

static void
free_cells(const Measure *measure, int j, Cells *cells)
{
	for (int level = 0; level <= measure->problem->qis[j].levels; level++)
		pr_give_back(measure->runtime, cells->at_level[level]);
	pr_give_back(measure->runtime, cells->at_level);
	pr_give_back(measure->runtime, cells->suppressed);
	pr_give_back(measure->runtime, cells->by_code);
}

/* L_j */
static double
column_loss(const Measure *measure, int j, const Cells *cells, uint64_t n, uint64_t suppressed)
{
	const PrQi *qi = &measure->problem->qis[j];
	pr_uint128	leaves = (pr_uint128) suppressed * qi->domain;

	if (qi->domain == 1 || n == 0)
		return 0;
	for (int level = 0; level <= qi->levels; level++)
		for (uint32_t code = 0; code < qi->n_codes; code++)
			if (cells->at_level[level][code] > 0)
				leaves += (pr_uint128) cells->at_level[level][code] *
					(level == qi->levels ? qi->domain : qi->leaves[level][level == 0 ? code : qi->value[level][code]]);
	return ((double) leaves / (double) n - 1) / ((double) qi->domain - 1);
}

/* sum over codes of count log2 (group / n_v), group being all records with the same value at the level */
static pr_int128
generalization(const Measure *measure, int j, int level, const Cells *cells, const uint64_t *count, uint64_t n)
{
	const PrQi *qi = &measure->problem->qis[j];
	uint64_t   *group = pr_take_zeroed(measure->runtime, level == qi->levels ? 1 : qi->n_values[level], sizeof(uint64_t));
	pr_int128	sum = 0;

	for (uint32_t code = 0; code < qi->n_codes; code++)
		group[level == qi->levels ? 0 : level == 0 ? code : qi->value[level][code]] += cells->by_code[code];
	for (uint32_t code = 0; code < qi->n_codes; code++)
		if (count[code] > 0)
		{
			double		wide = level == qi->levels ? (double) n : (double) group[level == 0 ? code : qi->value[level][code]];

			sum += (pr_int128) ldexp((double) count[code] * log2(wide / (double) cells->by_code[code]), 60);
		}
	pr_give_back(measure->runtime, group);
	return sum;
}

/* sum_g s_g log2 (S / s_g) */
static pr_int128
suppression(const Measure *measure, int j, int level, const Cells *cells, uint64_t suppressed)
{
	const PrQi *qi = &measure->problem->qis[j];
	uint64_t   *group = pr_take_zeroed(measure->runtime, qi->n_values[level], sizeof(uint64_t));
	pr_int128	sum = pr_fixed_x_log_x(suppressed);

	for (uint32_t code = 0; code < qi->n_codes; code++)
		group[level == 0 ? code : qi->value[level][code]] += cells->suppressed[code];
	for (uint32_t value = 0; value < qi->n_values[level]; value++)
		sum -= pr_fixed_x_log_x(group[value]);
	pr_give_back(measure->runtime, group);
	return sum;
}

static pr_int128
column_entropy(const Measure *measure, int j, const Cells *cells, uint64_t n, uint64_t suppressed)
{
	const PrQi *qi = &measure->problem->qis[j];
	bool		single = measure->solution->n_recodings == 1;
	int			whole = single ? measure->solution->levels[j] : qi->levels;
	pr_int128	sum = 0;

	for (int level = 0; level <= qi->levels; level++)
		sum += generalization(measure, j, level, cells, cells->at_level[level], n);
	if (suppressed > 0)
		sum += generalization(measure, j, whole, cells, cells->suppressed, n);
	if (suppressed > 0 && whole < qi->levels)
		sum += suppression(measure, j, whole, cells, suppressed);
	return sum;
}

static void
measure_columns(const Measure *measure, PrMeasures *to)
{
	int			m = measure->problem->n_qis;
	double		log_sum = 0;
	double		sum = 0;
	pr_int128	entropy = 0;
	pr_int128	entropy_most = 0;

	for (int j = 0; j < m; j++)
	{
		Cells		cells = sum_cells(measure, j);
		double		loss = column_loss(measure, j, &cells, to->records, to->suppressed);

		log_sum += log1p(loss);
		sum += loss;
		entropy += column_entropy(measure, j, &cells, to->records, to->suppressed);
		entropy_most += pr_fixed_x_log_x(to->records);
		for (uint32_t code = 0; code < measure->problem->qis[j].n_codes; code++)
			entropy_most -= pr_fixed_x_log_x(cells.by_code[code]);
		free_cells(measure, j, &cells);
	}
	to->loss = m == 0 ? 0 : expm1(log_sum / m);
	to->loss_arithmetic = m == 0 ? 0 : sum / m;
	to->entropy = pr_fixed_double(entropy);
	to->entropy_most = pr_fixed_double(entropy_most);
}

static double
cost_of(PrMetric metric, const PrMeasures *measures)
{
	switch (metric)
	{
		case PR_METRIC_LOSS:
			return measures->loss;
		case PR_METRIC_DISCERNIBILITY:
			return (double) measures->discernibility;
		case PR_METRIC_AECS:
			return measures->aecs;
		case PR_METRIC_ENTROPY:
			return measures->entropy;
	}
	return 0;
}

void
pr_measure(const PrProblem *problem, const PrRuntime *runtime, PrSolution *solution)
{
	Measure		measure = {.problem = problem, .runtime = runtime, .solution = solution, .slots = 16};
	PrMeasures *to = &solution->measures;

	*to = (PrMeasures) {0};
	while (measure.slots < (uint64_t) problem->n_units * 2)
		measure.slots *= 2;
	measure.table = pr_take(runtime, measure.slots, sizeof(uint32_t));
	measure.class_of = pr_take(runtime, problem->n_units, sizeof(uint32_t));
	measure.records = pr_take(runtime, problem->n_units, sizeof(uint64_t));

	make_classes(&measure, true);
	to->discernibility_least = sum_of_squares(&measure);
	to->raw_classes = measure.n_classes;
	make_classes(&measure, false);
	for (uint32_t unit = 0; unit < problem->n_units; unit++)
	{
		to->records += problem->records[unit];
		if (solution->recoding[unit] == PR_SUPPRESSED)
			to->suppressed += problem->records[unit];
	}
	to->classes = measure.n_classes;
	to->min_class = smallest_class(&measure);
	to->discernibility = sum_of_squares(&measure) + (pr_uint128) to->suppressed * to->records;
	if (to->records > 0)
		to->aecs = (double) to->records / (double) (to->classes + (to->suppressed > 0));
	measure_columns(&measure, to);
	solution->cost = cost_of(problem->metric, to);

	pr_give_back(runtime, measure.table);
	pr_give_back(runtime, measure.class_of);
	pr_give_back(runtime, measure.records);
}
