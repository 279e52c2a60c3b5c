/*
 * test_search_local.c
 *		Local recoding of random small tables: every class holds, judged from the
 *		rows; what must not matter; local suppression.
 */
#include "search_data.h"
#include "search_random.h"
#include "tap.h"

#define TRIALS 8000

/* Levels of each row, and whether it is released. */
static void
spread(const Table *table, const Made *made, const PrSolution *solution, uint8_t (*levels)[MOST_QIS], bool *released)
{
	memset(levels, 0, MOST_ROWS * MOST_QIS);
	for (int i = 0; i < table->n; i++)
	{
		int32_t		recoding = solution->recoding[made->unit_of[i]];

		released[i] = recoding != PR_SUPPRESSED;
		if (!released[i])
			continue;
		CHECK(recoding >= 0 && recoding < solution->n_recodings);
		memcpy(levels[i], solution->levels + recoding * table->n_qis, (size_t) table->n_qis);
	}
}

static bool
has_one_top(const Table *table, int j)
{
	for (uint32_t code = 0; code < table->n_codes[j]; code++)
		if (table->parent[j][table->levels[j] - 1][code] != table->parent[j][table->levels[j] - 1][0])
			return false;
	return true;
}

static void
check_rows(const Table *table, const Made *made, const PrSolution *solution)
{
	uint8_t		levels[MOST_ROWS][MOST_QIS];
	bool		released[MOST_ROWS];
	Outcome		outcome;

	spread(table, made, solution, levels, released);
	for (int i = 0; i < table->n; i++)
	{
		bool		in[MOST_ROWS];

		if (!released[i])
			continue;
		class_of_row(table, levels, released, i, in);
		CHECK(oracle_holds(table, &made->problem, in));
		for (int j = 0; j < table->n_qis; j++)
			CHECK(levels[i][j] < table->levels[j] || (levels[i][j] == table->levels[j] && !has_one_top(table, j)));
		for (int h = 0; h < i; h++)
			if (memcmp(table->code[h], table->code[i], sizeof(table->code[h])) == 0)
				CHECK(solution->recoding[made->unit_of[h]] == solution->recoding[made->unit_of[i]]);
	}
	outcome = oracle_measure(table, levels, released);
	CHECK(solution->measures.suppressed == outcome.suppressed && outcome.suppressed <= made->problem.most_suppressed);
	CHECK(solution->measures.classes == outcome.classes && solution->measures.min_class == outcome.smallest);
	CHECK(solution->measures.discernibility == outcome.discernibility);
	CHECK(fabsl(powl(outcome.loss, 1.0L / table->n_qis) - 1 - solution->measures.loss) < 1e-12L);
}

/* Does the class of all rows hold? */
static bool
all_hold(const Table *table, const Made *made)
{
	bool		in[MOST_ROWS];

	for (int i = 0; i < table->n; i++)
		in[i] = true;
	return oracle_holds(table, &made->problem, in);
}

/* One node for all is a recoding too: none is better, and where one is there, there is an answer. */
static void
check_nodes(const PrProblem *problem, PrCoreResult result, const PrSolution *local)
{
	Heap		heap;
	PrRuntime	runtime = heap_runtime(&heap);
	PrProblem	by_loss = *problem;
	PrSolution	node;

	by_loss.metric = PR_METRIC_LOSS;
	if (pr_search_optimal(&by_loss, &runtime, &node) != PR_CORE_OK)
		return;
	CHECK(result == PR_CORE_OK && local->measures.loss <= node.measures.loss);
	free_solution(&runtime, &node);
}

static void
test_random(void)
{
	int			impossible = 0;
	int			cells = 0;

	random_state = 4711;
	for (int trial = 0; trial < TRIALS; trial++)
	{
		Table		table;
		Made		made;
		PrSolution	solution;
		Heap		heap;
		PrRuntime	runtime = heap_runtime(&heap);
		PrCoreResult result;

		draw_table(&table);
		make_problem(&table, &made);
		draw_model(&table, &made);
		result = pr_search_local(&made.problem, &runtime, &solution);
		CHECK(result == PR_CORE_OK || (result == PR_CORE_NOTHING && !all_hold(&table, &made)));
		CHECK(result == PR_CORE_OK || made.problem.most_suppressed < (uint64_t) table.n);
		check_nodes(&made.problem, result, &solution);
		if (result == PR_CORE_OK)
		{
			check_rows(&table, &made, &solution);
			for (int i = 0; i < solution.n_recodings; i++)
				for (int j = 0; j < table.n_qis; j++)
					cells += solution.levels[i * table.n_qis + j] == table.levels[j];
			free_solution(&runtime, &solution);
		}
		else
			impossible++;
		CHECK(heap.blocks == 0);
		if (tap_failure != NULL)
		{
			fprintf(stderr, "trial %d\n", trial);
			break;
		}
	}
	CHECK(impossible > TRIALS / 50 && cells > TRIALS / 10);
	done("every class of local recoding holds, judged from the rows");
}

static void
swap_rows(Table *table, int a, int b)
{
	Table		copy = *table;

	memcpy(table->code[a], copy.code[b], sizeof(copy.code[b]));
	memcpy(table->code[b], copy.code[a], sizeof(copy.code[a]));
	memcpy(table->value[a], copy.value[b], sizeof(copy.value[b]));
	memcpy(table->value[b], copy.value[a], sizeof(copy.value[a]));
	table->person[a] = copy.person[b];
	table->person[b] = copy.person[a];
}

/* Other numbers for the codes of a column; place[] says where they were. */
static void
renumber(Table *table, int j, uint32_t *place)
{
	Table		copy = *table;
	uint32_t	number[MOST_CODES];

	for (uint32_t code = 0; code < table->n_codes[j]; code++)
		number[code] = code;
	for (uint32_t code = table->n_codes[j] - 1; code > 0; code--)
	{
		uint32_t	other = draw(code + 1);
		uint32_t	old = number[code];

		number[code] = number[other];
		number[other] = old;
	}
	for (uint32_t code = 0; code < table->n_codes[j]; code++)
	{
		place[number[code]] = code;
		table->leaves[j][0][number[code]] = copy.leaves[j][0][code];
		table->shown[j][0][number[code]] = copy.shown[j][0][code];
		for (int level = 1; level < table->levels[j]; level++)
			table->parent[j][level][number[code]] = copy.parent[j][level][code];
	}
	for (int i = 0; i < table->n; i++)
		table->code[i][j] = number[copy.code[i][j]];
}

/* The same rows in another order, their codes with other numbers: each row is released as before. */
static void
test_order(void)
{
	random_state = 815;
	for (int trial = 0; trial < TRIALS / 4; trial++)
	{
		Table		table;
		Table		other;
		Made		made;
		Made		made_other;
		PrSolution	solution;
		PrSolution	again;
		Heap		heap;
		PrRuntime	runtime = heap_runtime(&heap);
		uint8_t		levels[MOST_ROWS][MOST_QIS];
		uint8_t		levels_again[MOST_ROWS][MOST_QIS];
		bool		released[MOST_ROWS];
		bool		released_again[MOST_ROWS];
		int			place[MOST_ROWS];
		uint32_t	code_place[MOST_QIS][MOST_CODES];
		PrCoreResult result;

		draw_table(&table);
		make_problem(&table, &made);
		draw_model(&table, &made);
		other = table;
		for (int i = 0; i < table.n; i++)
			place[i] = i;
		for (int i = table.n - 1; i > 0; i--)
		{
			int			h = (int) draw((uint32_t) i + 1);
			int			old = place[i];

			swap_rows(&other, i, h);
			place[i] = place[h];
			place[h] = old;
		}
		for (int j = 0; j < table.n_qis; j++)
			renumber(&other, j, code_place[j]);
		make_problem(&other, &made_other);
		for (int j = 0; j < table.n_qis; j++)
			made_other.qis[j].place = code_place[j];
		memcpy(made_other.diversity, made.diversity, sizeof(made.diversity));
		memcpy(made_other.closeness, made.closeness, sizeof(made.closeness));
		made_other.problem.k = made.problem.k;
		made_other.problem.most_suppressed = made.problem.most_suppressed;
		made_other.problem.n_diversity = made.problem.n_diversity;
		made_other.problem.n_closeness = made.problem.n_closeness;
		result = pr_search_local(&made.problem, &runtime, &solution);
		CHECK(pr_search_local(&made_other.problem, &runtime, &again) == result);
		if (result != PR_CORE_OK)
			continue;
		spread(&table, &made, &solution, levels, released);
		spread(&other, &made_other, &again, levels_again, released_again);
		for (int i = 0; i < table.n; i++)
		{
			CHECK(released_again[i] == released[place[i]]);
			CHECK(memcmp(levels_again[i], levels[place[i]], MOST_QIS) == 0);
		}
		CHECK(memcmp(&solution.measures.loss, &again.measures.loss, sizeof(double)) == 0);
		free_solution(&runtime, &solution);
		free_solution(&runtime, &again);
	}
	done("neither the order of units nor the numbers of codes matter");
}

/* francdat of the sdcMicro package by its structure: columns of one level, cells are suppressed. */
static void
test_suppression(void)
{
	static const uint32_t rows[8][4] = {
		{0, 0, 2, 0}, {0, 0, 0, 0}, {0, 0, 0, 0}, {1, 1, 0, 2}, {2, 1, 0, 1}, {2, 1, 0, 0}, {3, 0, 0, 2}, {0, 0, 2, 0}
	};
	Table		table = {.n = 8, .n_qis = 4, .times = 1};
	Made		made;
	PrSolution	solution;
	Heap		heap;
	PrRuntime	runtime = heap_runtime(&heap);
	int			cells = 0;

	for (int j = 0; j < 4; j++)
	{
		table.levels[j] = 1;
		table.n_codes[j] = 4;
		table.domain[j] = 4;
		for (uint32_t code = 0; code < 4; code++)
		{
			table.parent[j][0][code] = code;
			table.leaves[j][0][code] = 1;
		}
	}
	for (int i = 0; i < 8; i++)
	{
		memcpy(table.code[i], rows[i], sizeof(rows[i]));
		table.person[i] = i;
	}
	make_problem(&table, &made);
	made.problem.k = 2;
	CHECK(pr_search_local(&made.problem, &runtime, &solution) == PR_CORE_OK);
	check_rows(&table, &made, &solution);
	for (int i = 0; i < 8; i++)
		for (int j = 0; j < 4; j++)
			cells += solution.levels[solution.recoding[made.unit_of[i]] * 4 + j] == 1;
	/* the fourth and the seventh row differ in two columns, the fifth and the sixth in one */
	CHECK(cells == 6);
	free_solution(&runtime, &solution);
	CHECK(heap.blocks == 0);
	done("local suppression: few cells");
}

int
main(void)
{
	test_random();
	test_order();
	test_suppression();
	return finish();
}
