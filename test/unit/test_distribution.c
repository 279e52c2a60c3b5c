/*
 * Diversity and distances of classes: worked examples, and the reference tables.
 */
#include "core/pr_distribution.h"
#include "reference.h"

static PrSensitive
plain(uint32_t n_codes)
{
	return (PrSensitive) {.n_codes = n_codes, .levels = 1};
}

static void
test_ordered(void)
{
	static const uint64_t population[9] = {1, 1, 1, 1, 1, 1, 1, 1, 1};
	static const uint64_t low[9] = {1, 1, 1, 0, 0, 0, 0, 0, 0};
	static const uint64_t spread[9] = {0, 0, 0, 1, 0, 1, 0, 0, 1};
	PrSensitive salary = plain(9);

	CHECK(near(pr_distribution_distance(&salary, PR_DISTANCE_ORDERED, low, population, &runtime), 0.375, 1e-14));
	CHECK(near(pr_distribution_distance(&salary, PR_DISTANCE_ORDERED, spread, population, &runtime), 1.0 / 6, 1e-14));
	CHECK(near(pr_distribution_distance(&salary, PR_DISTANCE_EQUAL, low, population, &runtime), 2.0 / 3, 1e-14));
	CHECK(pr_distribution_distance(&salary, PR_DISTANCE_ORDERED, population, population, &runtime) == 0);
	done("nine salaries (Li, Li and Venkatasubramanian)");
}

static void
test_hierarchical(void)
{
	static const uint32_t leaf[4] = {0, 1, 2, 3};
	static const uint32_t half[4] = {0, 0, 1, 1};
	static const uint32_t top[4] = {0, 0, 0, 0};
	static const uint32_t *three[3] = {leaf, half, top};
	static const uint32_t *two[2] = {leaf, top};
	static const uint32_t n_three[3] = {4, 2, 1};
	static const uint32_t n_two[2] = {4, 1};
	static const uint64_t population[4] = {10, 10, 10, 10};
	static const uint64_t within[4] = {4, 0, 2, 2};
	static const uint64_t across[4] = {4, 4, 0, 0};
	PrSensitive deep = {.n_codes = 4, .levels = 3, .n_values = n_three, .value = three};
	PrSensitive flat = {.n_codes = 4, .levels = 2, .n_values = n_two, .value = two};

	/* A quarter moves within a half, at 1 of 2 levels; a half moves across, at both. */
	CHECK(near(pr_distribution_distance(&deep, PR_DISTANCE_HIERARCHICAL, within, population, &runtime), 0.125, 1e-14));
	CHECK(near(pr_distribution_distance(&deep, PR_DISTANCE_HIERARCHICAL, across, population, &runtime), 0.5, 1e-14));
	CHECK(near(pr_distribution_distance(&flat, PR_DISTANCE_HIERARCHICAL, within, population, &runtime), 0.25, 1e-14));
	CHECK(near(pr_distribution_distance(&flat, PR_DISTANCE_EQUAL, within, population, &runtime), 0.25, 1e-14));
	done("hierarchical distance; one level is the equal distance");
}

static void
test_scale(void)
{
	static const uint64_t population[3] = {UINT64_C(7000000000), UINT64_C(2000000000), UINT64_C(1000000000)};
	static const uint64_t class[3] = {UINT64_C(1000000000), UINT64_C(3000000000), UINT64_C(0)};
	static const uint64_t small_population[3] = {7, 2, 1};
	static const uint64_t small_class[3] = {1, 3, 0};
	PrSensitive column = plain(3);

	for (int distance = PR_DISTANCE_EQUAL; distance <= PR_DISTANCE_ORDERED; distance++)
		CHECK(near(pr_distribution_distance(&column, distance, class, population, &runtime),
				   pr_distribution_distance(&column, distance, small_class, small_population, &runtime), 1e-14));
	done("distances do not depend on the number of copies");
}

static void
test_null(void)
{
	static const uint64_t count[3] = {2, 2, 5};
	static const uint64_t nulls[3] = {0, 0, 5};
	static const uint64_t none[3] = {0, 0, 0};
	PrSensitive column = plain(3);
	PrDiversityMeasure measure;

	column.has_null = true;
	pr_distribution_diversity(&column, count, &runtime, &measure);
	CHECK(measure.distinct == 2 && near(measure.entropy, 2, 1e-15) && measure.recursive == 2);
	pr_distribution_diversity(&column, nulls, &runtime, &measure);
	CHECK(measure.distinct == 0 && measure.entropy == 0 && measure.recursive == 0);
	CHECK(near(pr_distribution_distance(&column, PR_DISTANCE_EQUAL, nulls, count, &runtime), 4.0 / 9, 1e-14));
	CHECK(pr_distribution_distance(&column, PR_DISTANCE_EQUAL, none, count, &runtime) == 0);
	done("NULL: no diversity, a value for closeness");
}

/* ---------- testdata ---------- */

static const char *const survey_keys[] = {"urbrur", "roof", "walls", "water", "electcon", "relat", "sex"};

/* The class of each record, by comparing all with all. */
static uint32_t
classes(const PrKeys *keys, uint32_t *class_of)
{
	uint32_t	n = 0;

	for (uint32_t i = 0; i < keys->n_rows; i++)
	{
		uint32_t	j = 0;

		while (memcmp(keys->codes + i * keys->n_keys, keys->codes + j * keys->n_keys, keys->n_keys * sizeof(uint32_t)) != 0)
			j++;
		class_of[i] = j < i ? class_of[j] : n++;
	}
	return n;
}

typedef struct Expected
{
	const char *column;
	uint32_t	distinct[3];	/* violating 2, 3, 5 */
	uint32_t	entropy[3];
	uint32_t	recursive[3];
	double		sum;
	double		largest;
	double		rows[6][3];
} Expected;

static const Expected expected[2] = {
	{"hhcivil", {2466, 3689, 4580}, {4564, 4580, 4580}, {4564, 4580, 4580}, 5069.243074157, 2,
	{{3, 1.236335989, 1}, {1, 1, 1}, {3, 1.128909004, 1}, {3, 1.128909004, 1}, {2, 1.110413467, 1}, {1, 1, 1}}},
	{"age", {161, 290, 469}, {170, 318, 534}, {170, 318, 534}, 84424.981182275, 37.880743675,
	{{47, 37.880743675, 44}, {39, 33.060936247, 35}, {32, 25.841490200, 26}, {32, 25.841490200, 26},
	{24, 21.536037366, 22}, {25, 21.116671301, 23}}},
};

static void
test_survey_column(const Csv *csv, const Expected *wanted, const uint32_t *class_of, uint32_t n_classes)
{
	static const uint32_t limit[3] = {2, 3, 5};
	uint32_t   *values = malloc(csv->n_rows * sizeof(uint32_t));
	PrSensitive column = plain(csv_codes(csv, csv_column(csv, wanted->column), values, 1, true));
	uint64_t   *count = calloc((size_t) n_classes * column.n_codes, sizeof(uint64_t));
	uint32_t	violating[3][3] = {0};
	double		sum = 0;
	double		largest = 0;

	for (uint32_t row = 0; row < csv->n_rows; row++)
		count[(size_t) class_of[row] * column.n_codes + values[row]]++;
	for (uint32_t row = 0; row < csv->n_rows; row++)
	{
		PrDiversityMeasure m;

		pr_distribution_diversity(&column, count + (size_t) class_of[row] * column.n_codes, &runtime, &m);
		for (int i = 0; i < 3; i++)
		{
			violating[0][i] += m.distinct < limit[i];
			violating[1][i] += m.entropy < limit[i] - 1e-9;
			violating[2][i] += m.recursive < limit[i];
		}
		sum += m.entropy;
		largest = fmax(largest, m.entropy);
		if (row < 6)
			CHECK(m.distinct == wanted->rows[row][0] && close_to(m.entropy, wanted->rows[row][1], 5.1e-10) &&
				  m.recursive == wanted->rows[row][2]);
	}
	for (int i = 0; i < 3; i++)
		CHECK(violating[0][i] == wanted->distinct[i] && violating[1][i] == wanted->entropy[i] &&
			  violating[2][i] == wanted->recursive[i]);
	CHECK(near(sum, wanted->sum, 1e-12) && near(largest, wanted->largest, 1e-10));
	free(values);
	free(count);
	done(wanted->column);
}

static void
test_survey(const Csv *csv)
{
	PrKeys		keys;
	uint32_t   *codes = csv_keys(csv, survey_keys, 7, &keys);
	uint32_t   *class_of = malloc(keys.n_rows * sizeof(uint32_t));
	uint32_t	n = classes(&keys, class_of);

	CHECK(n == 412);
	for (int i = 0; i < 2; i++)
		test_survey_column(csv, &expected[i], class_of, n);
	free(codes);
	free(class_of);
}

int
main(void)
{
	Csv			csv;

	test_ordered();
	test_hierarchical();
	test_scale();
	test_null();
	if (csv_read(&csv, "sdc/testdata.csv", ','))
	{
		test_survey(&csv);
		csv_free(&csv);
	}
	return finish();
}
