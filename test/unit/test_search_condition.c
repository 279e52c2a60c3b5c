/*
 * test_search_condition.c
 *		The conditions of a class where floating point, or 64 bits, would decide
 *		wrongly; published distances.
 */
#include "core/pr_condition.h"
#include "core/pr_definition.h"
#include "core/pr_power.h"
#include "search_data.h"
#include "tap.h"

#define MOST 16

/* One class of one sensitive column. */
typedef struct Case
{
	uint32_t	n_codes;
	uint64_t	population[MOST];
	uint64_t	persons[MOST];
	int			levels;
	uint32_t	value[4][MOST];
} Case;

typedef struct Opinion
{
	bool		holds;
	bool		allowed;		/* by the second opinion */
} Opinion;

static Opinion
opinion(const Case *c, const PrDiversity *diversity, const PrCloseness *closeness)
{
	static const uint32_t n_values[4] = {MOST, MOST, MOST, MOST};
	const uint32_t *const values[4] = {c->value[0], c->value[1], c->value[2], c->value[3]};
	PrSensitive sensitive = {.n_codes = c->n_codes, .levels = c->levels, .n_values = n_values, .value = values};
	PrProblem	problem = {.n_sensitive = 1, .sensitive = &sensitive, .k = 1, .diversity = diversity, .closeness = closeness};
	uint32_t	code[MOST];
	uint64_t	persons[MOST];
	PrTally		tally = {.code = code, .persons = persons};
	uint64_t	all = 0;
	Heap		heap;
	PrRuntime	runtime = heap_runtime(&heap);
	PrConditions *conditions;
	PrDefinition *definition;
	Opinion		result = {false, false};

	sensitive.population = c->population;
	problem.n_diversity = diversity != NULL;
	problem.n_closeness = closeness != NULL;
	for (uint32_t v = 0; v < c->n_codes; v++)
		if (c->persons[v] > 0)
		{
			code[tally.n] = v;
			persons[tally.n++] = c->persons[v];
			all += c->persons[v];
		}
	if (pr_conditions_make(&problem, &runtime, &conditions) != PR_CORE_OK)
		return result;
	definition = pr_definition_make(&problem, &runtime);
	result.holds = pr_conditions_hold(conditions, all, &tally);
	result.allowed = pr_definition_allows(definition, all, &tally);
	pr_definition_free(definition);
	pr_conditions_free(conditions);
	CHECK(heap.blocks == 0);
	return result;
}

static bool
holds(const Case *c, const PrDiversity *diversity, const PrCloseness *closeness)
{
	Opinion		result = opinion(c, diversity, closeness);

	CHECK(result.allowed || !result.holds); /* what holds is never objected to */
	return result.holds;
}

static bool
is_entropy(const Case *c, uint64_t l_num, uint64_t l_den)
{
	PrDiversity rule = {.variant = PR_DIVERSITY_ENTROPY, .l_num = l_num, .l_den = l_den};

	return holds(c, &rule, NULL);
}

static void
test_entropy(void)
{
	/* counts of exactly l equal values hold for l, whatever the count */
	for (uint64_t count = 1; count < 2000; count += count < 10 ? 1 : 37)
		for (uint32_t l = 2; l <= 16; l++)
		{
			Case		c = {.n_codes = l};

			for (uint32_t v = 0; v < l; v++)
				c.persons[v] = count;
			CHECK(is_entropy(&c, l, 1));
			CHECK(!is_entropy(&c, (uint64_t) l * 1000000000000 + 1, 1000000000000));
			c.persons[0]++;
			CHECK(!is_entropy(&c, l, 1));
		}
	done("equal counts of exactly l values hold for entropy l");

	/* counts 4, 1, 1, 1, 1: exp H = 8 / 4^(4/8) = 4 */
	CHECK(is_entropy(&(Case) {.n_codes = 5, .persons = {4, 1, 1, 1, 1}}, 4, 1));
	CHECK(!is_entropy(&(Case) {.n_codes = 5, .persons = {4, 1, 1, 1, 1}}, 4000000000001, 1000000000000));
	CHECK(is_entropy(&(Case) {.n_codes = 5, .persons = {400000, 100000, 100000, 100000, 100000}}, 4, 1));
	CHECK(!is_entropy(&(Case) {.n_codes = 5, .persons = {400001, 100000, 100000, 100000, 100000}}, 4, 1));
	CHECK(is_entropy(&(Case) {.n_codes = 5, .persons = {400000, 100000, 100000, 100000, 100001}}, 4, 1));
	done("a tie of unequal counts, and one person beside it");

	/* one person more or less moves H by less than 1e-9 */
	CHECK(is_entropy(&(Case) {.n_codes = 3, .persons = {1000000000, 1000000000, 1}}, 2, 1));
	CHECK(!is_entropy(&(Case) {.n_codes = 2, .persons = {1000000000, 1000000001}}, 2, 1));
	CHECK(is_entropy(&(Case) {.n_codes = 2, .persons = {1000000000, 1000000000}}, 2, 1));
	CHECK(is_entropy(&(Case) {.n_codes = 2, .persons = {35184372088831, 35184372088831}}, 2, 1));
	CHECK(!is_entropy(&(Case) {.n_codes = 2, .persons = {35184372088831, 35184372088832}}, 2, 1));
	/* l = 5/2 of 2, 2, 1: 5^5 2^5 >= 5^5 2^4; of 3, 1, 1: 5^5 2^5 < 5^5 3^3 ... 32 >= 27 */
	CHECK(is_entropy(&(Case) {.n_codes = 3, .persons = {2, 2, 1}}, 5, 2));
	CHECK(is_entropy(&(Case) {.n_codes = 3, .persons = {3, 1, 1}}, 25, 10));
	CHECK(!is_entropy(&(Case) {.n_codes = 3, .persons = {3, 1, 1}}, 26, 10));
	CHECK(!is_entropy(&(Case) {.n_codes = 3, .persons = {4, 1, 0}}, 5, 2));
	done("entropy beyond the precision of a double, and fractions");
}

static void
test_powers(void)
{
	Heap		heap;
	PrRuntime	runtime = heap_runtime(&heap);
	PrPower		same[] = {{.base = 12, .exponent = 5}, {.base = 2, .exponent = -10}, {.base = 3, .exponent = -5}};
	PrPower		large[] = {{.base = 1000003, .exponent = 1000000007}, {.base = 1000003, .exponent = -1000000007}};
	/* 3^k against 2^j at convergents of log2(3) */
	PrPower		close[] = {{.base = 3, .exponent = 190537}, {.base = 2, .exponent = -301994}};
	PrPower		closer[] = {{.base = 3, .exponent = 10590737}, {.base = 2, .exponent = -16785921}};
	PrPower		closest[] = {{.base = 3, .exponent = 1467411110}, {.base = 2, .exponent = -2325791584}};

	CHECK(pr_power_sign(same, 3, &runtime) == 0);
	CHECK(pr_power_sign(large, 2, &runtime) == 0);
	same[0].exponent = 6;
	CHECK(pr_power_sign(same, 3, &runtime) == 1);
	CHECK(pr_power_sign(close, 2, &runtime) != 0);
	CHECK(pr_power_sign(closer, 2, &runtime) != 0);
	CHECK(pr_power_sign(closest, 2, &runtime) != 0);
	for (int64_t k = 1; k <= 40; k++)
		for (int64_t j = 1; j <= 63; j++)
		{
			PrPower		pair[] = {{.base = 3, .exponent = k}, {.base = 2, .exponent = -j}};
			pr_uint128	three = 1;

			for (int64_t i = 0; i < k; i++)
				three *= 3;
			CHECK(pr_power_sign(pair, 2, &runtime) == (three > (pr_uint128) 1 << j ? 1 : -1));
		}
	CHECK(heap.blocks == 0);
	done("products of powers: equal, near, and against integers");

	/* the exact path, forced: 2^j against (2^31 - 1)^k and its neighbours, whose logarithms agree in many digits */
	for (int64_t k = 1; k <= 1000; k += 111)
	{
		PrPower		below[] = {{.base = (UINT64_C(1) << 61) - 1, .exponent = k}, {.base = 2, .exponent = -61 * k}};
		PrPower		above[] = {{.base = (UINT64_C(1) << 61) + 1, .exponent = k}, {.base = 2, .exponent = -61 * k}};

		CHECK(pr_power_sign(below, 2, &runtime) == -1);
		CHECK(pr_power_sign(above, 2, &runtime) == 1);
	}
	CHECK(heap.blocks == 0);
	done("neighbours of a power of two");
}

static void
test_other_diversity(void)
{
	PrDiversity distinct = {.variant = PR_DIVERSITY_DISTINCT, .l_num = 3, .l_den = 1};
	PrDiversity recursive = {.variant = PR_DIVERSITY_RECURSIVE, .l_num = 2, .l_den = 1, .c_num = 5, .c_den = 2};
	Case		c = {.n_codes = 3, .persons = {5, 1, 1}};

	CHECK(holds(&c, &distinct, NULL));
	CHECK(!holds(&c, &recursive, NULL));	/* 5 < 5/2 * 2 is not */
	recursive.c_num = 5000000001;
	recursive.c_den = 2000000000;
	CHECK(holds(&c, &recursive, NULL));
	recursive.l_num = 4;
	CHECK(!holds(&c, &recursive, NULL));
	distinct.l_num = 4;
	CHECK(!holds(&c, &distinct, NULL));
	c.n_codes = 2;
	recursive.l_num = 2;
	c.persons[0] = UINT64_C(1) << 45;
	c.persons[1] = 1;
	recursive.c_num = UINT64_C(1) << 45;
	recursive.c_den = 1;
	CHECK(!holds(&c, &recursive, NULL));
	recursive.c_num++;
	CHECK(holds(&c, &recursive, NULL));
	done("distinct and recursive diversity");
}

/* Is this the distance? It holds for t = a/b, and not for a hair less. */
static bool
is_distance(const Case *c, PrDistance distance, uint64_t a, uint64_t b)
{
	PrCloseness at = {.distance = distance, .t_num = a, .t_den = b};
	PrCloseness below = {.distance = distance, .t_num = a * 1000000000 - 1, .t_den = b * 1000000000};

	return holds(c, NULL, &at) && (a == 0 || !holds(c, NULL, &below));
}

static void
test_closeness(void)
{
	Case		li = {.n_codes = 9, .population = {1, 1, 1, 1, 1, 1, 1, 1, 1}, .levels = 1};
	Case		tree = {.n_codes = 4, .population = {1, 1, 1, 1}, .persons = {1, 1, 0, 0}, .levels = 3,
	.value = {{0, 1, 2, 3}, {0, 0, 1, 1}, {0, 0, 0, 0}}};

	for (uint32_t v = 0; v < 3; v++)
		li.persons[v] = 1;
	CHECK(is_distance(&li, PR_DISTANCE_ORDERED, 3, 8));
	CHECK(is_distance(&li, PR_DISTANCE_EQUAL, 2, 3));
	memset(li.persons, 0, sizeof(li.persons));
	li.persons[3] = li.persons[5] = li.persons[8] = 1;
	CHECK(is_distance(&li, PR_DISTANCE_ORDERED, 1, 6));
	done("Li, Li and Venkatasubramanian's values");

	/* half the mass crosses the root: 1/2; within a pair it costs half as much */
	CHECK(is_distance(&tree, PR_DISTANCE_HIERARCHICAL, 1, 2));
	tree.persons[1] = 0;
	tree.persons[0] = tree.persons[2] = 1;
	CHECK(is_distance(&tree, PR_DISTANCE_HIERARCHICAL, 1, 4));
	tree.persons[0] = 3;
	tree.persons[1] = 3;
	tree.persons[2] = 3;
	tree.persons[3] = 3;
	CHECK(is_distance(&tree, PR_DISTANCE_HIERARCHICAL, 0, 1));
	tree.levels = 2;
	for (uint32_t v = 0; v < 4; v++)
		tree.value[1][v] = 0;
	tree.persons[3] = 7;
	CHECK(is_distance(&tree, PR_DISTANCE_EQUAL, 3, 16));
	CHECK(is_distance(&tree, PR_DISTANCE_HIERARCHICAL, 3, 16));
	done("hierarchical distance, and that of one level is equal distance");

	/* where products leave 31, 63 and nearly 127 bits */
	for (uint64_t scale = 1; scale <= UINT64_C(1) << 43; scale *= 2)
	{
		Case		large = tree;

		for (uint32_t v = 0; v < 4; v++)
		{
			large.population[v] *= scale;
			large.persons[v] = 3 * (scale / 4 + 1);
		}
		large.persons[3] = 7 * (large.persons[0] / 3);
		large.levels = 3;
		memcpy(large.value[1], (uint32_t[]) {0, 0, 1, 1}, 4 * sizeof(uint32_t));
		memset(large.value[2], 0, sizeof(large.value[2]));
		CHECK(is_distance(&large, PR_DISTANCE_EQUAL, 3, 16));
		CHECK(is_distance(&large, PR_DISTANCE_ORDERED, 1, 8));
		/* from 3 to 2: 1/16 at half a step each; across: 1/8 */
		CHECK(is_distance(&large, PR_DISTANCE_HIERARCHICAL, 5, 32));
	}
	done("distances do not change with the scale, up to 2^46 persons");
}

/* What fails by more than rounding fails by the second opinion as well, which knows nothing of the first. */
static void
test_second_opinion(void)
{
	Case		c = {.n_codes = 4, .population = {10, 10, 10, 10}, .persons = {8, 3, 1, 0}, .levels = 3,
	.value = {{0, 1, 2, 3}, {0, 0, 1, 1}, {0, 0, 0, 0}}};
	PrDiversity diversity = {.variant = PR_DIVERSITY_DISTINCT, .l_num = 3, .l_den = 1, .c_num = 1, .c_den = 1};
	PrCloseness closeness = {.t_num = 1, .t_den = 1};

	CHECK(opinion(&c, &diversity, NULL).allowed);
	diversity.l_num = 4;
	CHECK(!opinion(&c, &diversity, NULL).allowed);
	/* 8, 3, 1: exp H is 2.28 */
	diversity = (PrDiversity) {.variant = PR_DIVERSITY_ENTROPY, .l_num = 22, .l_den = 10};
	CHECK(opinion(&c, &diversity, NULL).allowed);
	diversity.l_num = 23;
	CHECK(!opinion(&c, &diversity, NULL).allowed);
	/* 8 < c (3 + 1) for l = 2, 8 < c for l = 3 */
	diversity = (PrDiversity) {.variant = PR_DIVERSITY_RECURSIVE, .l_num = 2, .l_den = 1, .c_num = 21, .c_den = 10};
	CHECK(opinion(&c, &diversity, NULL).allowed);
	diversity.c_num = 19;
	CHECK(!opinion(&c, &diversity, NULL).allowed);
	diversity = (PrDiversity) {.variant = PR_DIVERSITY_RECURSIVE, .l_num = 3, .l_den = 1, .c_num = 81, .c_den = 10};
	CHECK(opinion(&c, &diversity, NULL).allowed);
	diversity.c_num = 79;
	CHECK(!opinion(&c, &diversity, NULL).allowed);
	/* equal counts are taken out one by one: 3 < c 3 */
	c.persons[0] = 3;
	c.persons[2] = 3;
	diversity = (PrDiversity) {.variant = PR_DIVERSITY_RECURSIVE, .l_num = 3, .l_den = 1, .c_num = 11, .c_den = 10};
	CHECK(opinion(&c, &diversity, NULL).allowed);
	diversity.c_num = 9;
	CHECK(!opinion(&c, &diversity, NULL).allowed);
	/* all of the first value, of four that are equally frequent: 3/4; (1/4 + 1/2 + 3/4)/3 = 1/2; (1/4)/2 + 1/2 = 5/8 */
	c.persons[0] = 12;
	c.persons[1] = c.persons[2] = 0;
	for (int distance = PR_DISTANCE_EQUAL; distance <= PR_DISTANCE_HIERARCHICAL; distance++)
	{
		static const uint64_t eighths[] = {6, 4, 5};

		closeness = (PrCloseness) {.distance = (PrDistance) distance, .t_num = eighths[distance], .t_den = 8};
		CHECK(opinion(&c, NULL, &closeness).allowed);
		closeness.t_num = eighths[distance] * 1000 - 1;
		closeness.t_den = 8000;
		CHECK(!opinion(&c, NULL, &closeness).allowed);
	}
	done("a second opinion on what fails");
}

static void
test_refused(void)
{
	PrDiversity none = {.variant = PR_DIVERSITY_ENTROPY, .l_num = 1, .l_den = 2};
	PrCloseness no_denominator = {.distance = PR_DISTANCE_EQUAL, .t_num = 1, .t_den = 0};
	PrCloseness no_levels = {.distance = PR_DISTANCE_HIERARCHICAL, .t_num = 1, .t_den = 1};
	Case		c = {.n_codes = 2, .population = {1, 1}, .persons = {1, 1}, .levels = 1};
	PrCloseness all = {.distance = PR_DISTANCE_EQUAL, .t_num = 1, .t_den = 1};

	CHECK(holds(&c, NULL, &all));
	CHECK(!holds(&c, &none, NULL));
	CHECK(!holds(&c, NULL, &no_denominator));
	CHECK(!holds(&c, NULL, &no_levels));
	c.population[0] = UINT64_C(1) << 46;
	CHECK(!holds(&c, NULL, &all));
	done("what is no condition, and more persons than there is room for");
}

int
main(void)
{
	test_entropy();
	test_powers();
	test_other_diversity();
	test_closeness();
	test_second_opinion();
	test_refused();
	return finish();
}
