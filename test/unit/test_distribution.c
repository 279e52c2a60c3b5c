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

/* A class by all its counts. */
static uint32_t
seen_of(const PrSensitive *column, const uint64_t *count, PrSeen *seen)
{
	uint32_t	n = 0;

	for (uint32_t code = 0; code < column->n_codes; code++)
		if (count[code] > 0)
			seen[n++] = (PrSeen) {code, count[code]};
	return n;
}

static double
measured(const PrSensitive *column, PrDistance distance, const uint64_t *count, const uint64_t *population)
{
	PrSeen	   *seen = malloc((column->n_codes + 1) * sizeof(PrSeen));
	PrWhole		whole;
	double		first;
	double		second;

	pr_distribution_whole(column, population, &runtime, &whole);
	first = pr_distribution_distance(&whole, distance, seen, seen_of(column, count, seen));
	second = pr_distribution_distance(&whole, distance, seen, seen_of(column, count, seen));
	CHECK(first == second);
	pr_distribution_forget(&runtime, &whole);
	free(seen);
	return first;
}

static void
diversity(const PrSensitive *column, const uint64_t *count, PrDiversityMeasure *measure)
{
	PrSeen	   *seen = malloc((column->n_codes + 1) * sizeof(PrSeen));

	pr_distribution_diversity(column, seen, seen_of(column, count, seen), &runtime, measure);
	free(seen);
}

/* ---------- by definition ---------- */

static double
by_definition(const PrSensitive *column, PrDistance distance, const uint64_t *count, const uint64_t *population)
{
	double		e[64];
	double		m = 0;
	double		g = 0;
	double		sum = 0;
	double		running = 0;

	for (uint32_t code = 0; code < column->n_codes; code++)
	{
		m += count[code];
		g += population[code];
	}
	for (uint32_t code = 0; code < column->n_codes; code++)
		e[code] = population[code] / g - count[code] / m;
	if (distance == PR_DISTANCE_EQUAL)
	{
		for (uint32_t code = 0; code < column->n_codes; code++)
			sum += fabs(e[code]) / 2;
		return sum;
	}
	if (distance == PR_DISTANCE_ORDERED)
	{
		for (uint32_t code = 0; code < column->n_codes; code++)
		{
			running += e[code];
			sum += fabs(running);
		}
		return sum / (column->n_codes - 1);
	}
	for (int level = 1; level < column->levels; level++)
		for (uint32_t node = 0; node < column->n_values[level]; node++)
		{
			double		positive = 0;
			double		negative = 0;

			for (uint32_t child = 0; child < column->n_values[level - 1]; child++)
			{
				double		of_child = 0;
				bool		here = false;

				for (uint32_t code = 0; code < column->n_codes; code++)
					if (column->value[level - 1][code] == child)
					{
						of_child += e[code];
						here = column->value[level][code] == node;
					}
				if (here)
					*(of_child > 0 ? &positive : &negative) += fabs(of_child);
			}
			sum += level * fmin(positive, negative);
		}
	return sum / (column->levels - 1);
}

static void
test_by_definition(void)
{
	uint32_t	level0[40];
	uint32_t	level1[40];
	uint32_t	level2[40];
	uint32_t	level3[40];
	const uint32_t *value[4] = {level0, level1, level2, level3};
	uint32_t	n_values[4] = {40, 13, 4, 1};
	uint64_t	population[40];
	uint64_t	count[40];
	PrSensitive column = {.n_codes = 40, .levels = 4, .n_values = n_values, .value = value};

	srand(3);
	for (int i = 0; i < 40; i++)
	{
		level0[i] = (i * 7) % 40;
		level1[i] = level0[i] / 3 % 13;
		level2[i] = level1[i] % 4;
		level3[i] = 0;
	}
	for (int trial = 0; trial < 300; trial++)
	{
		for (int i = 0; i < 40; i++)
		{
			population[i] = 1 + rand() % 50;
			count[i] = rand() % 3 == 0 ? rand() % (population[i] + 1) : 0;
		}
		count[trial % 40] = 1;
		for (int distance = PR_DISTANCE_EQUAL; distance <= PR_DISTANCE_HIERARCHICAL; distance++)
			CHECK(close_to(measured(&column, distance, count, population),
						   by_definition(&column, distance, count, population), 1e-12));
	}
	done("distances are those of the definitions");
}

static void
test_ordered(void)
{
	static const uint64_t population[9] = {1, 1, 1, 1, 1, 1, 1, 1, 1};
	static const uint64_t low[9] = {1, 1, 1, 0, 0, 0, 0, 0, 0};
	static const uint64_t spread[9] = {0, 0, 0, 1, 0, 1, 0, 0, 1};
	PrSensitive salary = plain(9);

	CHECK(near(measured(&salary, PR_DISTANCE_ORDERED, low, population), 0.375, 1e-14));
	CHECK(near(measured(&salary, PR_DISTANCE_ORDERED, spread, population), 1.0 / 6, 1e-14));
	CHECK(near(measured(&salary, PR_DISTANCE_EQUAL, low, population), 2.0 / 3, 1e-14));
	CHECK(measured(&salary, PR_DISTANCE_ORDERED, population, population) == 0);
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
	CHECK(near(measured(&deep, PR_DISTANCE_HIERARCHICAL, within, population), 0.125, 1e-14));
	CHECK(near(measured(&deep, PR_DISTANCE_HIERARCHICAL, across, population), 0.5, 1e-14));
	CHECK(near(measured(&flat, PR_DISTANCE_HIERARCHICAL, within, population), 0.25, 1e-14));
	CHECK(near(measured(&flat, PR_DISTANCE_EQUAL, within, population), 0.25, 1e-14));
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
		CHECK(near(measured(&column, distance, class, population),
				   measured(&column, distance, small_class, small_population), 1e-14));
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
	diversity(&column, count, &measure);
	CHECK(measure.distinct == 2 && near(measure.entropy, 2, 1e-15) && measure.recursive == 2);
	diversity(&column, nulls, &measure);
	CHECK(measure.distinct == 0 && measure.entropy == 0 && measure.recursive == 0);
	CHECK(near(measured(&column, PR_DISTANCE_EQUAL, nulls, count), 4.0 / 9, 1e-14));
	CHECK(measured(&column, PR_DISTANCE_EQUAL, none, count) == 0);
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

		diversity(&column, count + (size_t) class_of[row] * column.n_codes, &m);
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

	test_by_definition();
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
