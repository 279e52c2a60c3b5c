/*
 * test_search.c
 *		The optimal search against brute force: random small lattices, all
 *		metrics and models, persons of several rows; and what must not matter.
 */
#include "search_data.h"
#include "search_random.h"
#include "tap.h"

#define TRIALS 4000

static bool
near(double a, long double b)
{
	return fabsl(a - b) <= 1e-9L * (1e-9L + fabsl(b));
}

/* Is the solution what the oracle says, and does it say so of itself? */
static void
check_solution(const Table *table, const Made *made, const PrSolution *solution, const uint8_t *best, const Outcome *outcome)
{
	const PrMeasures *measures = &solution->measures;
	bool		released[MOST_ROWS];

	CHECK(solution->n_recodings == 1);
	CHECK(memcmp(solution->levels, best, (size_t) table->n_qis) == 0);
	CHECK(measures->records == (uint64_t) table->n * table->times);
	CHECK(measures->suppressed == outcome->suppressed);
	CHECK(measures->classes == outcome->classes);
	CHECK(measures->min_class == outcome->smallest);
	CHECK(measures->discernibility == outcome->discernibility);
	CHECK(near(1 + measures->loss, powl(outcome->loss, 1.0L / table->n_qis)));
	CHECK(near(measures->aecs, outcome->aecs));
	CHECK(fabsl(measures->entropy - outcome->entropy) <= 1e-9L * (1 + outcome->entropy));
	oracle_node(table, &made->problem, best, released);
	for (int i = 0; i < table->n; i++)
		CHECK((solution->recoding[made->unit_of[i]] == 0) == released[i]);
}

/* Released rows as a problem whose codes are what is released; everything at level 0. */
static void
make_released(const Table *table, const Made *made, const PrSolution *solution, Table *released)
{
	*released = *table;
	released->n = 0;
	for (int i = 0; i < table->n; i++)
	{
		int32_t		recoding = solution->recoding[made->unit_of[i]];

		if (recoding == PR_SUPPRESSED)
			continue;
		for (int j = 0; j < table->n_qis; j++)
		{
			int			level = solution->levels[recoding * table->n_qis + j];

			released->code[released->n][j] = (uint32_t) (level * MOST_CODES) + released_code(table, i, j, level);
		}
		memcpy(released->value[released->n], table->value[i], sizeof(table->value[i]));
		released->person[released->n++] = table->person[i];
	}
	for (int j = 0; j < table->n_qis; j++)
	{
		released->levels[j] = 1;
		released->shares = false;
		released->n_codes[j] = MOST_CODES * (MOST_DEPTH + 1);
	}
}

static void
check_verified(const Table *table, const Made *made, const PrRuntime *runtime, const PrSolution *solution)
{
	Table		released;
	Made		rows;
	uint64_t	population[MOST_COLUMNS][MOST_CODES];
	uint64_t	smallest;
	bool		all[MOST_ROWS];

	make_released(table, made, solution, &released);
	make_problem(&released, &rows);
	memset(all, true, sizeof(all));
	for (int j = 0; j < table->n_sensitive; j++)
	{
		for (uint32_t v = 0; v < MOST_CODES; v++)
			population[j][v] = count_value(table, all, j, v) * table->times;
		rows.sensitive[j].population = population[j];
	}
	rows.problem.k = made->problem.k;
	rows.problem.n_diversity = made->problem.n_diversity;
	rows.problem.n_closeness = made->problem.n_closeness;
	rows.problem.diversity = made->diversity;
	rows.problem.closeness = made->closeness;
	CHECK(pr_verify(&rows.problem, runtime, &smallest) == 0);
	CHECK(smallest == solution->measures.min_class);
}

/* The number of classes that fail, everything at level 0. */
static void
check_failures(const Table *table, const Made *made, const PrRuntime *runtime)
{
	uint8_t		levels[MOST_ROWS][MOST_QIS];
	bool		all[MOST_ROWS];
	bool		in[MOST_ROWS];
	uint64_t	failures = 0;
	uint64_t	smallest;

	memset(levels, 0, sizeof(levels));
	memset(all, true, sizeof(all));
	for (int i = 0; i < table->n; i++)
	{
		bool		first = true;

		class_of_row(table, levels, all, i, in);
		for (int h = 0; h < i; h++)
			first &= !in[h];
		failures += first && !oracle_holds(table, &made->problem, in);
	}
	CHECK(pr_verify(&made->problem, runtime, &smallest) == failures);
}

static void
test_oracle(void)
{
	int			solved = 0;
	int			impossible = 0;

	random_state = 20240607;
	for (int trial = 0; trial < TRIALS; trial++)
	{
		Table		table;
		Made		made;
		Outcome		outcome = {0};
		PrSolution	solution;
		Heap		heap;
		PrRuntime	runtime = heap_runtime(&heap);
		uint8_t		best[MOST_QIS];
		bool		found;
		PrCoreResult result;

		draw_table(&table);
		make_problem(&table, &made);
		draw_model(&table, &made);
		found = oracle_optimum(&table, &made.problem, best, &outcome);
		result = pr_search_optimal(&made.problem, &runtime, &solution);
		CHECK(result == (found ? PR_CORE_OK : PR_CORE_NOTHING));
		if (result == PR_CORE_OK)
		{
			check_solution(&table, &made, &solution, best, &outcome);
			check_verified(&table, &made, &runtime, &solution);
			free_solution(&runtime, &solution);
		}
		check_failures(&table, &made, &runtime);
		CHECK(heap.blocks == 0);
		solved += found;
		impossible += !found;
		if (tap_failure != NULL)
		{
			fprintf(stderr, "trial %d\n", trial);
			break;
		}
	}
	CHECK(solved > TRIALS / 2 && impossible > TRIALS / 50);
	done("brute force agrees on every metric and model");
}

/*
 * What must not matter
 */

static void
shuffle_rows(Table *table)
{
	for (int i = table->n - 1; i > 0; i--)
	{
		int			h = (int) draw((uint32_t) i + 1);
		Table		copy = *table;

		memcpy(table->code[i], copy.code[h], sizeof(copy.code[h]));
		memcpy(table->value[i], copy.value[h], sizeof(copy.value[h]));
		table->person[i] = copy.person[h];
		memcpy(table->code[h], copy.code[i], sizeof(copy.code[i]));
		memcpy(table->value[h], copy.value[i], sizeof(copy.value[i]));
		table->person[h] = copy.person[i];
	}
}

static void
copy_model(Made *to, const Made *from)
{
	memcpy(to->diversity, from->diversity, sizeof(to->diversity));
	memcpy(to->closeness, from->closeness, sizeof(to->closeness));
	to->problem.k = from->problem.k;
	to->problem.metric = from->problem.metric;
	to->problem.most_suppressed = from->problem.most_suppressed;
	to->problem.n_diversity = from->problem.n_diversity;
	to->problem.n_closeness = from->problem.n_closeness;
}

static void
test_invariance(void)
{
	random_state = 99;
	for (int trial = 0; trial < TRIALS / 4; trial++)
	{
		Table		table;
		Made		made;
		Made		other;
		PrSolution	solution;
		PrSolution	again;
		Heap		heap;
		PrRuntime	runtime = heap_runtime(&heap);
		PrCoreResult result;

		draw_table(&table);
		make_problem(&table, &made);
		draw_model(&table, &made);
		result = pr_search_optimal(&made.problem, &runtime, &solution);
		shuffle_rows(&table);
		make_problem(&table, &other);
		copy_model(&other, &made);
		CHECK(pr_search_optimal(&other.problem, &runtime, &again) == result);
		if (result == PR_CORE_OK)
		{
			CHECK(memcmp(solution.levels, again.levels, (size_t) table.n_qis) == 0);
			CHECK(memcmp(&solution.measures.loss, &again.measures.loss, sizeof(double)) == 0);
			CHECK(memcmp(&solution.measures.entropy, &again.measures.entropy, sizeof(double)) == 0);
			CHECK(solution.measures.suppressed == again.measures.suppressed);
			CHECK(solution.nodes_checked == again.nodes_checked);
			free_solution(&runtime, &again);
		}
		table.times = 7;
		make_problem(&table, &other);
		copy_model(&other, &made);
		other.problem.k *= table.times;
		other.problem.most_suppressed *= table.times;
		CHECK(pr_search_optimal(&other.problem, &runtime, &again) == result);
		if (result == PR_CORE_OK)
		{
			CHECK(memcmp(solution.levels, again.levels, (size_t) table.n_qis) == 0);
			CHECK(again.measures.suppressed == table.times * solution.measures.suppressed);
			free_solution(&runtime, &again);
			free_solution(&runtime, &solution);
		}
		CHECK(heap.blocks == 0);
	}
	done("neither the order of units nor a common factor of all counts matters");
}

/*
 * Limits
 */

/* Columns of 2^20 nodes and more; keys of several words. */
static void
test_limits(void)
{
	static uint32_t value[2][300];
	static uint64_t leaves[2][300];
	static const uint32_t n_values[2] = {300, 1};
	static const uint32_t *const values[2] = {value[0], value[1]};
	static const uint64_t *const leaf[2] = {leaves[0], leaves[1]};
	static uint32_t codes[600 * 21];
	static uint64_t ones[600];
	PrQi		qis[21];
	PrProblem	problem = {.n_qis = 20, .qis = qis, .n_units = 600, .codes = codes, .records = ones, .persons = ones, .k = 2};
	PrSolution	solution;
	Heap		heap;
	PrRuntime	runtime = heap_runtime(&heap);

	for (uint32_t code = 0; code < 300; code++)
	{
		value[0][code] = code;
		leaves[0][code] = 1;
	}
	leaves[1][0] = 300;
	for (int j = 0; j < 21; j++)
		qis[j] = (PrQi) {.levels = 2, .n_codes = 300, .n_values = n_values, .value = values, .leaves = leaf, .domain = 300};
	CHECK(pr_search_optimal(&problem, &runtime, &solution) == PR_CORE_LIMIT);
	CHECK(heap.blocks == 0);

	/* 9 bits each, 12 columns: two words.  Pairs that differ in the last column only. */
	problem.n_qis = 12;
	for (uint32_t unit = 0; unit < 600; unit++)
	{
		ones[unit] = 1;
		for (uint32_t j = 0; j < 12; j++)
			codes[unit * 12 + j] = j == 11 ? unit % 2 + 7 : (unit / 2 + j) % 300;
	}
	CHECK(pr_search_optimal(&problem, &runtime, &solution) == PR_CORE_OK);
	for (int j = 0; j < 12; j++)
		CHECK(solution.levels[j] == (j == 11));
	CHECK(solution.measures.classes == 300 && solution.measures.min_class == 2 && solution.measures.suppressed == 0);
	free_solution(&runtime, &solution);
	CHECK(heap.blocks == 0);

	problem.n_units = 0;
	CHECK(pr_search_optimal(&problem, &runtime, &solution) == PR_CORE_OK);
	CHECK(solution.measures.records == 0 && solution.measures.classes == 0 && solution.cost == 0);
	free_solution(&runtime, &solution);
	done("too many nodes, keys of two words, no rows");
}

static void
test_nesting(void)
{
	static uint32_t value[3][3] = {{0, 1, 2}, {0, 0, 1}, {0, 1, 1}};
	static const uint64_t leaves[3][3] = {{1, 1, 1}, {2, 1}, {1, 2}};
	static const uint32_t n_values[3] = {3, 2, 2};
	const uint32_t *const values[3] = {value[0], value[1], value[2]};
	const uint64_t *const leaf[3] = {leaves[0], leaves[1], leaves[2]};
	const uint32_t codes[3] = {0, 1, 2};
	const uint64_t ones[3] = {1, 1, 1};
	PrQi		qi = {.levels = 3, .n_codes = 3, .n_values = n_values, .value = values, .leaves = leaf, .domain = 3};
	PrProblem	problem = {.n_qis = 1, .qis = &qi, .n_units = 3, .codes = codes, .records = ones, .persons = ones, .k = 1};
	PrSolution	solution;
	Heap		heap;
	PrRuntime	runtime = heap_runtime(&heap);

	CHECK(pr_search_optimal(&problem, &runtime, &solution) == PR_CORE_PARAMETER);
	CHECK(pr_search_local(&problem, &runtime, &solution) == PR_CORE_PARAMETER);
	qi.levels = 2;
	qi.n_codes = 2;
	CHECK(pr_search_optimal(&problem, &runtime, &solution) == PR_CORE_PARAMETER);
	CHECK(heap.blocks == 0);
	done("levels that do not nest and codes out of range are refused");
}

int
main(void)
{
	test_oracle();
	test_invariance();
	test_limits();
	test_nesting();
	return finish();
}
