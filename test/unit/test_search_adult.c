/*
 * test_search_adult.c
 *		The reference results of the Adult table: optima, measures of single
 *		nodes, diversity and closeness, local recoding.
 */
#include <math.h>

#include "search_data.h"
#include "tap.h"

typedef struct Optimum
{
	uint64_t	k;
	uint64_t	limit;
	PrMetric	metric;
	double		value;
	uint8_t		node[ADULT_COLUMNS];
	uint64_t	suppressed;
	uint64_t	classes;
	uint64_t	smallest;
} Optimum;

static const Optimum optima[] = {
	{5, 0, PR_METRIC_LOSS, 0.573150965576, {0, 4, 1, 1, 3, 2, 2, 1, 0}, 0, 24, 69},
	{5, 0, PR_METRIC_DISCERNIBILITY, 33627534, {1, 1, 1, 2, 3, 2, 2, 1, 1}, 0, 45, 6},
	{5, 0, PR_METRIC_AECS, 628.375, {1, 2, 1, 1, 3, 2, 2, 1, 1}, 0, 48, 5},
	{5, 0, PR_METRIC_ENTROPY, 407289.538893, {1, 2, 1, 1, 3, 2, 2, 1, 1}, 0, 48, 5},
	{5, 1508, PR_METRIC_LOSS, 0.241932365103, {0, 3, 0, 0, 2, 1, 1, 2, 0}, 1346, 397, 5},
	{5, 1508, PR_METRIC_DISCERNIBILITY, 7220555, {0, 0, 1, 2, 3, 2, 2, 1, 1}, 105, 356, 5},
	{5, 1508, PR_METRIC_AECS, 28.8080229226, {1, 0, 1, 1, 3, 2, 2, 0, 1}, 906, 1046, 5},
	{5, 1508, PR_METRIC_ENTROPY, 264341.938304, {0, 0, 1, 1, 2, 2, 2, 1, 1}, 1285, 998, 5},
	{5, 30162, PR_METRIC_LOSS, 0.220411928550, {0, 3, 0, 0, 2, 1, 1, 1, 0}, 2553, 602, 5},
	{10, 0, PR_METRIC_LOSS, 0.573150965576, {0, 4, 1, 1, 3, 2, 2, 1, 0}, 0, 24, 69},
	{10, 603, PR_METRIC_LOSS, 0.342336703618, {0, 4, 0, 1, 2, 1, 1, 2, 0}, 592, 124, 10},
	{10, 1508, PR_METRIC_LOSS, 0.291270015664, {0, 3, 0, 1, 2, 1, 1, 2, 0}, 1437, 196, 10},
	{10, 3016, PR_METRIC_LOSS, 0.265451441868, {0, 3, 0, 1, 2, 1, 1, 1, 0}, 2630, 319, 10},
	{10, 30162, PR_METRIC_LOSS, 0.261394038951, {0, 3, 0, 0, 2, 1, 1, 1, 0}, 3983, 381, 10},
};

/* The tables give 10 to 12 significant digits. */
static bool
near(double a, double b)
{
	return fabs(a - b) <= 1e-9 * fabs(b) || fabs(a - b) <= 6e-13;
}

static void
test_optima(Adult *adult)
{
	for (size_t i = 0; i < sizeof(optima) / sizeof(optima[0]); i++)
	{
		const Optimum *expected = &optima[i];
		PrQi		qis[ADULT_COLUMNS];
		PrSensitive sensitive[1];
		PrProblem	problem = adult_problem(adult, qis, sensitive, -1, 1);
		PrSolution	solution;
		Heap		heap;
		PrRuntime	runtime = heap_runtime(&heap);

		problem.k = expected->k;
		problem.metric = expected->metric;
		problem.most_suppressed = expected->limit;
		CHECK(pr_search_optimal(&problem, &runtime, &solution) == PR_CORE_OK);
		CHECK(near(solution.cost, expected->value));
		CHECK(memcmp(solution.levels, expected->node, ADULT_COLUMNS) == 0);
		CHECK(solution.measures.suppressed == expected->suppressed);
		CHECK(solution.measures.classes == expected->classes);
		CHECK(solution.measures.min_class == expected->smallest);
		CHECK(heap.ticks > 0);
		CHECK(heap.most_bytes < 1000 * (size_t) problem.n_units);
		free_solution(&runtime, &solution);
		CHECK(heap.blocks == 0);
		free_units(&problem);
	}
	done("optima of k-anonymity");
}

/*
 * Single nodes
 */

typedef struct Node
{
	uint8_t		node[ADULT_COLUMNS];
	uint64_t	suppressed;
	uint64_t	classes;
	double		loss;
	double		loss_arithmetic;
	double		discernibility;
	double		aecs;
	double		entropy;
	double		entropy_utility;
	double		discernibility_utility;
	double		aecs_utility;
} Node;

static const Node nodes[] = {
	{{0, 0, 0, 0, 0, 0, 0, 0, 0}, 23470, 763, 0.778131423646, 0.778131423646, 707980832, 39.479057591623,
	456092.255566, 0.183117933940, 0.221810209425, 0.999760480007},
	{{1, 4, 1, 2, 3, 2, 2, 2, 1}, 0, 1, 1, 1, 909746244, 30162, 558333.050163, 0, 0, 0},
	{{0, 4, 1, 1, 3, 2, 2, 1, 0}, 0, 24, 0.573150965576, 0.635543846704, 70009068, 1256.75,
	428778.768592, 0.232037636914, 0.923162582846, 0.958382476112},
	{{1, 1, 1, 2, 3, 2, 2, 1, 1}, 0, 45, 0.770969924039, 0.814126414418, 33627534, 670.266666666667,
	409484.568377, 0.266594430945, 0.963158514734, 0.977827917657},
	{{1, 2, 1, 1, 3, 2, 2, 1, 1}, 0, 48, 0.715603436372, 0.756755967916, 36472972, 628.375,
	407289.538893, 0.270525829030, 0.960030390877, 0.979216877767},
	{{0, 3, 0, 0, 2, 1, 1, 2, 0}, 1346, 397, 0.241932365103, 0.269634662789, 59199546, 75.783919597990,
	337481.388807, 0.395555414982, 0.935045998912, 0.997644671605},
	{{0, 0, 1, 2, 3, 2, 2, 1, 1}, 105, 356, 0.634113593085, 0.699580668946, 7220555, 84.487394957983,
	313704.757193, 0.438140448427, 0.992188949060, 0.997251925772},
	{{1, 0, 1, 1, 3, 2, 2, 0, 1}, 906, 1046, 0.665158985230, 0.723285001731, 28740226, 28.808022922636,
	264971.582558, 0.525423790548, 0.968531362341, 0.999123925747},
	{{0, 0, 1, 1, 2, 2, 2, 1, 1}, 1285, 998, 0.532734487409, 0.584246332860, 40157099, 30.192192192192,
	264341.938304, 0.526551512172, 0.955980256747, 0.999091914873},
	{{0, 3, 0, 0, 2, 1, 1, 1, 0}, 2553, 602, 0.220411928550, 0.227700323257, 84094395, 50.019900497512,
	307531.179475, 0.449197608155, 0.907677920233, 0.998530674752},
};

static uint32_t (*sort_keys)[ADULT_COLUMNS + 1];

static int
compare_keys(const void *a, const void *b)
{
	return memcmp(sort_keys[*(const uint32_t *) a], sort_keys[*(const uint32_t *) b], ADULT_COLUMNS * sizeof(uint32_t));
}

/* The solution of a node for k = 5, by sorting. */
static void
solve_node(const PrProblem *problem, uint8_t *node, PrSolution *solution, int32_t *recoding)
{
	uint32_t	n = problem->n_units;
	uint32_t   *order = malloc(n * sizeof(uint32_t));

	sort_keys = malloc(n * sizeof(*sort_keys));
	for (uint32_t unit = 0; unit < n; unit++)
	{
		order[unit] = unit;
		for (int j = 0; j < ADULT_COLUMNS; j++)
			sort_keys[unit][j] = problem->qis[j].value[node[j]][problem->codes[unit * ADULT_COLUMNS + j]];
	}
	qsort(order, n, sizeof(uint32_t), compare_keys);
	for (uint32_t start = 0, end; start < n; start = end)
	{
		uint64_t	persons = 0;

		for (end = start; end < n && compare_keys(&order[start], &order[end]) == 0; end++)
			persons += problem->persons[order[end]];
		for (uint32_t i = start; i < end; i++)
			recoding[order[i]] = persons >= 5 ? 0 : PR_SUPPRESSED;
	}
	free(order);
	free(sort_keys);
	*solution = (PrSolution) {.n_recodings = 1, .levels = node, .recoding = recoding};
}

static void
test_measures(Adult *adult)
{
	PrQi		qis[ADULT_COLUMNS];
	PrSensitive sensitive[1];
	PrProblem	problem = adult_problem(adult, qis, sensitive, -1, 1);
	int32_t    *recoding = malloc(problem.n_units * sizeof(int32_t));

	for (size_t i = 0; i < sizeof(nodes) / sizeof(nodes[0]); i++)
	{
		Node		node = nodes[i];
		PrSolution	solution;
		PrMeasures *measures = &solution.measures;
		Heap		heap;
		PrRuntime	runtime = heap_runtime(&heap);
		double		n = ADULT_ROWS;
		double		least;

		solve_node(&problem, node.node, &solution, recoding);
		pr_measure(&problem, &runtime, &solution);
		least = (double) measures->discernibility_least;
		CHECK(measures->records == ADULT_ROWS && measures->raw_classes == 19502 && measures->discernibility_least == 115382);
		CHECK(near(measures->entropy_most, 558333.050163));
		CHECK(measures->suppressed == node.suppressed && measures->classes == node.classes);
		CHECK(near(measures->loss, node.loss));
		CHECK(near(measures->loss_arithmetic, node.loss_arithmetic));
		CHECK((double) measures->discernibility == node.discernibility);
		CHECK(near(measures->aecs, node.aecs));
		CHECK(near(measures->entropy, node.entropy));
		CHECK(fabs(1 - measures->entropy / measures->entropy_most - node.entropy_utility) < 2e-12);
		CHECK(fabs(1 - ((double) measures->discernibility - least) / (n * n - least) - node.discernibility_utility) < 2e-12);
		CHECK(fabs(1 - ((n - (double) measures->suppressed) / (double) measures->classes - n / 19502) / (n - n / 19502) -
				   node.aecs_utility) < 2e-12);
		CHECK(heap.blocks == 0);
	}
	free(recoding);
	free_units(&problem);
	done("measures of single nodes");
}

/*
 * Diversity and closeness of occupation
 */

static void
check_sensitive(Adult *adult, uint64_t times, const PrDiversity *diversity, const PrCloseness *closeness, double value,
				const uint8_t *node, uint64_t suppressed, uint64_t classes)
{
	PrQi		qis[ADULT_COLUMNS];
	PrSensitive sensitive[1];
	PrProblem	problem = adult_problem(adult, qis, sensitive, 7, times);
	PrSolution	solution;
	Heap		heap;
	PrRuntime	runtime = heap_runtime(&heap);

	problem.k = 5 * times;
	problem.most_suppressed = 1508 * times;
	problem.diversity = diversity;
	problem.n_diversity = diversity != NULL;
	problem.closeness = closeness;
	problem.n_closeness = closeness != NULL;
	CHECK(pr_search_optimal(&problem, &runtime, &solution) == PR_CORE_OK);
	if (value > 0)
		CHECK(near(solution.cost, value));
	CHECK(memcmp(solution.levels, node, ADULT_COLUMNS - 1) == 0);
	CHECK(solution.measures.suppressed == suppressed * times);
	CHECK(classes == 0 || solution.measures.classes == classes);
	free_solution(&runtime, &solution);
	CHECK(heap.blocks == 0);
	free_units(&problem);
}

static void
test_sensitive(Adult *adult)
{
	static const uint8_t fine[] = {0, 3, 0, 0, 2, 1, 1, 0};
	static const uint8_t coarse[] = {1, 4, 1, 1, 3, 1, 2, 1};
	PrDiversity rule = {.variant = PR_DIVERSITY_DISTINCT, .l_num = 2, .l_den = 1, .c_num = 4, .c_den = 1};
	PrCloseness close = {.distance = PR_DISTANCE_EQUAL, .t_num = 2, .t_den = 10};

	check_sensitive(adult, 1, &rule, NULL, 0.170122791987, fine, 1346, 397);
	rule.l_num = 3;
	check_sensitive(adult, 1, &rule, NULL, 0.171702181275, fine, 1400, 387);
	rule.l_num = 2;
	rule.variant = PR_DIVERSITY_ENTROPY;
	check_sensitive(adult, 1, &rule, NULL, 0.171966709734, fine, 1409, 386);
	rule.variant = PR_DIVERSITY_RECURSIVE;
	check_sensitive(adult, 1, &rule, NULL, 0.170911349202, fine, 1373, 392);
	done("optima of diversity");
	check_sensitive(adult, 1, NULL, &close, 0.815003186228, coarse, 235, 6);
	check_sensitive(adult, 10, NULL, &close, 0.815003186228, coarse, 235, 6);
	done("optimum of closeness, and of the table ten times over");
}

/* Products beyond 32 and 64 bits: the same node and a multiple of the records, whatever the scale. */
static void
test_scale(Adult *adult)
{
	PrQi		qis[ADULT_COLUMNS];
	PrSensitive sensitive[1];
	PrCloseness close = {.distance = PR_DISTANCE_HIERARCHICAL, .t_num = 15, .t_den = 100};
	PrProblem	problem = adult_problem(adult, qis, sensitive, 7, 1);
	PrSolution	solution;
	Heap		heap;
	PrRuntime	runtime = heap_runtime(&heap);
	uint8_t		node[ADULT_COLUMNS];

	problem.most_suppressed = 1508;
	problem.closeness = &close;
	problem.n_closeness = 1;
	CHECK(pr_search_optimal(&problem, &runtime, &solution) == PR_CORE_OK);
	memcpy(node, solution.levels, ADULT_COLUMNS - 1);
	check_sensitive(adult, 10, NULL, &close, 0, node, solution.measures.suppressed, solution.measures.classes);
	check_sensitive(adult, 1000000000, NULL, &close, 0, node, solution.measures.suppressed, solution.measures.classes);
	free_solution(&runtime, &solution);
	free_units(&problem);
	done("hierarchical closeness does not overflow");
}

/*
 * Local recoding
 */

/* What is released, every value a code of its own, as the verification of finished rows sees it. */
static uint64_t
failures(const PrProblem *problem, const PrRuntime *runtime, const PrSolution *solution, uint64_t *smallest)
{
	PrProblem	rows = *problem;
	uint32_t   *codes = malloc((size_t) problem->n_units * problem->n_qis * sizeof(uint32_t));
	PrQi		qis[ADULT_COLUMNS];
	uint64_t	result;

	for (int j = 0; j < problem->n_qis; j++)
	{
		qis[j] = problem->qis[j];
		qis[j].levels = 1;
		qis[j].n_codes = MOST_LEVELS * MOST_LABELS;
	}
	for (uint32_t unit = 0; unit < problem->n_units; unit++)
		for (int j = 0; j < problem->n_qis; j++)
		{
			int			level = solution->levels[solution->recoding[unit] * problem->n_qis + j];
			uint32_t	code = problem->codes[unit * problem->n_qis + j];

			codes[unit * problem->n_qis + j] = (uint32_t) (level * MOST_LABELS) +
				(level == problem->qis[j].levels ? 0 : problem->qis[j].value[level][code]);
		}
	rows.codes = codes;
	rows.qis = qis;
	result = pr_verify(&rows, runtime, smallest);
	free(codes);
	return result;
}

static void
test_local(Adult *adult)
{
	PrQi		qis[ADULT_COLUMNS];
	PrSensitive sensitive[1];
	PrProblem	problem = adult_problem(adult, qis, sensitive, -1, 1);
	PrSolution	solution;
	Heap		heap;
	PrRuntime	runtime = heap_runtime(&heap);
	uint64_t	smallest;

	CHECK(pr_search_local(&problem, &runtime, &solution) == PR_CORE_OK);
	CHECK(solution.measures.suppressed == 0);
	CHECK(solution.measures.loss <= 0.0515);
	CHECK(solution.measures.min_class >= 5);
	CHECK(failures(&problem, &runtime, &solution, &smallest) == 0 && smallest == solution.measures.min_class);
	CHECK(heap.ticks > 1000);
	free_solution(&runtime, &solution);
	CHECK(heap.blocks == 0);
	free_units(&problem);
	done("local recoding loses less than the reference, and every class holds");
}

static void
test_local_sensitive(Adult *adult)
{
	PrQi		qis[ADULT_COLUMNS];
	PrSensitive sensitive[1];
	PrProblem	problem = adult_problem(adult, qis, sensitive, 7, 1);
	PrDiversity rule = {.variant = PR_DIVERSITY_ENTROPY, .l_num = 3, .l_den = 1};
	PrCloseness close = {.distance = PR_DISTANCE_EQUAL, .t_num = 4, .t_den = 10};
	PrSolution	solution;
	Heap		heap;
	PrRuntime	runtime = heap_runtime(&heap);
	uint64_t	smallest;

	problem.diversity = &rule;
	problem.n_diversity = 1;
	problem.closeness = &close;
	problem.n_closeness = 1;
	CHECK(pr_search_local(&problem, &runtime, &solution) == PR_CORE_OK);
	CHECK(solution.measures.suppressed == 0);
	CHECK(solution.measures.loss < 0.35);
	CHECK(failures(&problem, &runtime, &solution, &smallest) == 0 && smallest >= 5);
	free_solution(&runtime, &solution);
	CHECK(heap.blocks == 0);
	free_units(&problem);
	done("local recoding with diversity and closeness");
}

int
main(void)
{
	Adult	   *adult = read_adult();

	if (adult == NULL)
	{
		printf("ok 1 # SKIP no Adult table in PR_DATA or ../shared/data\n1..1\n");
		return 0;
	}
	test_optima(adult);
	test_measures(adult);
	test_sensitive(adult);
	test_scale(adult);
	test_local(adult);
	test_local_sensitive(adult);
	free(adult);
	return finish();
}
