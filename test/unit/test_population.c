/*
 * Population uniques: definitions by brute force, and Adult.
 */
#include "core/pr_population.h"
#include "reference.h"

static void
test_digamma(void)
{
	for (double x = 0.001; x < 2000; x *= 1.9)
		for (int m = 0; m < 2000; m = m * 2 + 1)
		{
			double		sum = 0;

			for (int i = 0; i < m; i++)
				sum += 1 / (x + i);
			CHECK(near(pr_digamma_difference(x, m), sum, 1e-13));
		}
	/* psi(1/2 + 1/2) - psi(1/2) = 2 ln 2 */
	CHECK(near(pr_digamma_difference(0.5, 0.5), 2 * log(2), 1e-14));
	CHECK(near(pr_digamma_difference(1e15, 10), 1e-14, 1e-12));
	done("differences of digamma are sums");
}

/* h(i) as it is defined, with logarithms. */
static double
exactly_one(double i, double n, double N)
{
	double		log_h = log(i) + lgamma(N - i + 1) - lgamma(n) - lgamma(N - i - n + 2) -
		(lgamma(N + 1) - lgamma(n + 1) - lgamma(N - n + 1));

	return i <= N - n + 1 ? exp(log_h) : 0;
}

static void
test_zayatz(void)
{
	static const uint64_t size[] = {1, 2, 5, 9};
	static const uint64_t classes[] = {12, 4, 2, 1};
	PrClassSizes sizes = {4, size, classes};
	double		n = 39;
	double		share;

	for (double N = 39; N < 1000; N += 13)
	{
		double		sum = 0;

		for (int i = 0; i < 4; i++)
			sum += classes[i] * exactly_one(size[i], n, N);
		CHECK(pr_population_zayatz(&sizes, N, &share) == PR_ESTIMATE_OK);
		CHECK(near(share, 12 * (12 * exactly_one(1, n, N) / sum) / n, 1e-10));
	}
	CHECK(pr_population_zayatz(&sizes, 39, &share) == PR_ESTIMATE_OK && near(share, 12 / 39.0, 1e-14));
	CHECK(pr_population_zayatz(&sizes, 38, &share) == PR_ESTIMATE_POPULATION);
	done("Zayatz by its definition; the sample is the population");
}

static void
test_nothing(void)
{
	static const uint64_t size[] = {2, 4};
	static const uint64_t one[] = {1};
	static const uint64_t classes[] = {3, 1};
	static const uint64_t many[] = {50};
	PrClassSizes no_uniques = {2, size, classes};
	PrClassSizes all_unique = {1, one, many};
	PrClassSizes empty = {0, NULL, NULL};
	PrPitman	pitman;
	double		share = -1;

	CHECK(pr_population_zayatz(&no_uniques, 1000, &share) == PR_ESTIMATE_OK && share == 0);
	CHECK(pr_population_pitman(&no_uniques, 1000, &pitman) == PR_ESTIMATE_OK && pitman.finite == 0);
	CHECK(pr_population_zayatz(&all_unique, 1000, &share) == PR_ESTIMATE_OK && near(share, 1, 1e-14));
	CHECK(pr_population_pitman(&all_unique, 1000, &pitman) == PR_ESTIMATE_NO_MODEL);
	CHECK(pr_population_pitman(&all_unique, 10, &pitman) == PR_ESTIMATE_POPULATION);
	CHECK(pr_population_zayatz(&empty, 1000, &share) == PR_ESTIMATE_POPULATION);
	CHECK(pr_population_pitman(&empty, 1000, &pitman) == PR_ESTIMATE_POPULATION);
	CHECK(pr_population_prefers_pitman(10, 100) && !pr_population_prefers_pitman(11, 100));
	done("no uniques, nothing but uniques, no sample");
}

/* Sizes of the classes of whole lines. */
static int
compare_lines(const void *a, const void *b)
{
	return strcmp(*(char *const *) a, *(char *const *) b);
}

static int
compare_sizes(const void *a, const void *b)
{
	uint64_t	x = *(const uint64_t *) a;
	uint64_t	y = *(const uint64_t *) b;

	return x < y ? -1 : x > y;
}

static void
test_adult(const Csv *csv)
{
	static const double N[4] = {317238626, 3016200, 301620, 150810};
	static const double asymptotic[4] = {0.0388961885, 0.144608353, 0.276849939, 0.336628017};
	static const double finite[4] = {0.0388960564, 0.144565439, 0.276033321, 0.334655303};
	static const double zayatz[4] = {0.264564702, 0.271712720, 0.320740239, 0.357709924};
	uint64_t   *size = malloc(csv->n_rows * sizeof(uint64_t));
	uint64_t   *classes = malloc(csv->n_rows * sizeof(uint64_t));
	PrClassSizes sizes = {0, size, classes};
	PrPitman	pitman;
	uint32_t	n = 0;
	double		share;

	for (uint32_t first = 0, next; first < csv->n_rows; first = next)
	{
		for (next = first; next < csv->n_rows && strcmp(csv->cells[next], csv->cells[first]) == 0; next++)
			;
		size[n++] = next - first;
	}
	qsort(size, n, sizeof(uint64_t), compare_sizes);
	CHECK(n == 19502);
	for (uint32_t first = 0, next; first < n; first = next)
	{
		for (next = first; next < n && size[next] == size[first]; next++)
			;
		size[sizes.n] = size[first];
		classes[sizes.n++] = next - first;
	}
	for (int i = 0; i < 4; i++)
	{
		CHECK(pr_population_pitman(&sizes, N[i], &pitman) == PR_ESTIMATE_OK);
		CHECK(near(pitman.alpha, 0.717948948248, 1e-11) && near(pitman.theta, 3176.233518, 1e-9));
		CHECK(near(pitman.asymptotic, asymptotic[i], 2e-9) && near(pitman.finite, finite[i], 1e-6));
		CHECK(pr_population_zayatz(&sizes, N[i], &share) == PR_ESTIMATE_OK && near(share, zayatz[i], 1e-6));
	}
	done("Adult: Pitman and Zayatz");
	free(size);
	free(classes);
}

int
main(void)
{
	Csv			csv;

	test_digamma();
	test_zayatz();
	test_nothing();
	/* A separator that does not occur: each line is one cell. */
	if (csv_read(&csv, "adult/adult.csv", '\1'))
	{
		qsort(csv.cells, csv.n_rows, sizeof(char *), compare_lines);
		test_adult(&csv);
		csv_free(&csv);
	}
	return finish();
}
