/*
 * test_sampler.c
 *		The samplers against known answers, against the exact laws (chi square,
 *		Dvoretzky-Kiefer-Wolfowitz, moments), and at their limits.
 *
 * Statistical tests draw 100,000 values, each from a seeded stream of its own, so
 * that a run is deterministic; each has a false-alarm rate of 1e-9.
 */
#include <math.h>

#include "core/pr_sampler.h"
#include "tap.h"
#include "vectors.h"

#define N_DRAWS 100000
#define DKW_LIMIT 0.010348		/* sqrt(ln(2 / 1e-9) / (2 N_DRAWS)) */
#define SIGMAS 6.2				/* two-sided, below 1e-9 */
#define SUPPORT 2000			/* the laws below put less than 1e-30 outside +-SUPPORT */

typedef PrCoreResult (*Sampler) (PrBytes *bytes, pr_uint128 n, pr_uint128 d, pr_int128 *result);

static void
test_vector(const char *name, Sampler sampler, int n, int d, const int expected[20], size_t consumed)
{
	PrStream	stream;
	PrBytes		bytes = start_test_stream(&stream);

	for (int i = 0; i < 20; i++)
	{
		pr_int128	value;

		CHECK(sampler(&bytes, (pr_uint128) n, (pr_uint128) d, &value) == PR_CORE_OK);
		CHECK(value == expected[i]);
	}
	CHECK(stream.consumed == consumed);
	done(name);
}

static void
test_vectors(void)
{
	static const int laplace_1[] = {0, 1, -1, 1, -3, -1, 0, -1, -1, 1, 0, 0, 0, -1, 1, -1, 0, 1, 3, 1};
	static const int laplace_7_2[] = {1, -1, 4, 1, -5, -3, 1, 1, 0, 2, 1, -1, 2, 10, 0, 1, -2, 2, 1, -3};
	static const int gauss_1[] = {0, 1, 0, -1, 1, 0, 0, -1, 0, 0, 2, 0, 0, 1, 0, 0, 0, -1, 1, -1};
	static const int gauss_100[] = {10, -18, 13, 23, -3, -3, 13, 0, -7, 3, -13, -12, -17, 8, -15, -14, -3, 0, 0, 6};

	test_vector("dlap(1), twenty draws", pr_dlap, 1, 1, laplace_1, 112);
	test_vector("dlap(7/2), twenty draws", pr_dlap, 7, 2, laplace_7_2, 169);
	test_vector("dgauss(1), twenty draws", pr_dgauss, 1, 1, gauss_1, 453);
	test_vector("dgauss(100), twenty draws", pr_dgauss, 100, 1, gauss_100, 325);
}

/* p[x + SUPPORT] for |x| <= SUPPORT */
static void
laplace_law(double *p, double b)
{
	double		q = exp(-1 / b);

	for (int x = -SUPPORT; x <= SUPPORT; x++)
		p[x + SUPPORT] = (1 - q) / (1 + q) * pow(q, abs(x));
}

static void
gauss_law(double *p, double variance)
{
	double		sum = 0;

	for (int x = -SUPPORT; x <= SUPPORT; x++)
		sum += p[x + SUPPORT] = exp(-x * (double) x / (2 * variance));
	for (int i = 0; i <= 2 * SUPPORT; i++)
		p[i] /= sum;
}

static void
check_chi_square(const double *p, const int *count, int half_cells, double limit)
{
	double		chi = 0;
	double		tail_p = 1;
	int			tail_count = N_DRAWS;

	for (int x = -half_cells; x <= half_cells; x++)
	{
		double		expected = N_DRAWS * p[x + SUPPORT];

		chi += pow(count[x + SUPPORT] - expected, 2) / expected;
		tail_p -= p[x + SUPPORT];
		tail_count -= count[x + SUPPORT];
	}
	CHECK(N_DRAWS * tail_p >= 5);
	chi += pow(tail_count - N_DRAWS * tail_p, 2) / (N_DRAWS * tail_p);
	CHECK(chi < limit);
}

static void
check_distribution_function(const double *p, const int *count)
{
	double		expected = 0;
	double		seen = 0;

	for (int i = 0; i <= 2 * SUPPORT; i++)
	{
		expected += p[i];
		seen += (double) count[i] / N_DRAWS;
		CHECK(fabs(expected - seen) < DKW_LIMIT);
	}
}

static void
check_moments(const double *p, const int *count)
{
	double		variance = 0;
	double		fourth = 0;
	double		mean_seen = 0;
	double		variance_seen = 0;

	for (int x = -SUPPORT; x <= SUPPORT; x++)
	{
		double		x2 = x * (double) x;

		variance += p[x + SUPPORT] * x2;
		fourth += p[x + SUPPORT] * x2 * x2;
		mean_seen += (double) count[x + SUPPORT] / N_DRAWS * x;
		variance_seen += (double) count[x + SUPPORT] / N_DRAWS * x2;
	}
	CHECK(fabs(mean_seen) < SIGMAS * sqrt(variance / N_DRAWS));
	CHECK(fabs(variance_seen - variance) < SIGMAS * sqrt((fourth - variance * variance) / N_DRAWS));
}

static void
test_law(const char *name, Sampler sampler, int n, int d, const double *p, int half_cells, double chi_limit)
{
	static int	count[2 * SUPPORT + 1];

	memset(count, 0, sizeof(count));
	for (uint32_t i = 0; i < N_DRAWS; i++)
	{
		PrStream	stream;
		PrBytes		bytes = start_numbered_stream(&stream, name, i);
		pr_int128	value = SUPPORT + 1;

		CHECK(sampler(&bytes, (pr_uint128) n, (pr_uint128) d, &value) == PR_CORE_OK);
		CHECK(value >= -SUPPORT && value <= SUPPORT);
		if (value >= -SUPPORT && value <= SUPPORT)
			count[(int) value + SUPPORT]++;
	}
	if (half_cells > 0)
		check_chi_square(p, count, half_cells, chi_limit);
	check_distribution_function(p, count);
	check_moments(p, count);
	done(name);
}

static void
test_laws(void)
{
	static double p[2 * SUPPORT + 1];

	laplace_law(p, 2);
	CHECK(fabs(p[SUPPORT] - tanh(0.25)) < 1e-12);
	test_law("dlap of scale 2 follows its law", pr_dlap, 2, 1, p, 12, 92.784);
	laplace_law(p, 10);
	CHECK(fabs(p[SUPPORT] - 0.0499583749579) < 1e-12);
	test_law("dlap of scale 10 follows its law", pr_dlap, 10, 1, p, 0, 0);
	laplace_law(p, 0.4);
	test_law("dlap of scale 2/5 follows its law", pr_dlap, 2, 5, p, 0, 0);
	gauss_law(p, 4);
	CHECK(fabs(p[SUPPORT] - 0.199471140201) < 1e-12);
	test_law("dgauss of variance 4 follows its law", pr_dgauss, 4, 1, p, 6, 69.481);
	gauss_law(p, 100);
	CHECK(fabs(p[SUPPORT + 2] - 0.0391042693975) < 1e-12);
	test_law("dgauss of variance 100 follows its law", pr_dgauss, 100, 1, p, 0, 0);
	gauss_law(p, 0.25);
	test_law("dgauss of variance 1/4 follows its law", pr_dgauss, 1, 4, p, 0, 0);
}

static int
failing_fill(void *state, uint8_t *buf, size_t n)
{
	return 1;
}

static void
test_limits(void)
{
	PrStream	stream;
	PrBytes		bytes = start_test_stream(&stream);
	PrBytes		failing = {failing_fill, NULL, NULL};
	pr_int128	value;
	pr_uint128	magnitude;
	int			coin;

	CHECK(pr_dlap(&bytes, 0, 1, &value) == PR_CORE_PARAMETER);
	CHECK(pr_dlap(&bytes, 1, 0, &value) == PR_CORE_PARAMETER);
	CHECK(pr_dgauss(&bytes, 0, 1, &value) == PR_CORE_PARAMETER);
	CHECK(pr_dgauss(&bytes, 1, 0, &value) == PR_CORE_PARAMETER);
	CHECK(pr_geom(&bytes, 0, 1, &magnitude) == PR_CORE_PARAMETER);
	CHECK(pr_bexp(&bytes, 1, 0, &coin) == PR_CORE_PARAMETER);
	done("parameters of zero are refused");

	CHECK(pr_dlap(&bytes, PR_LAPLACE_LIMIT, 1, &value) == PR_CORE_LIMIT);
	CHECK(pr_dlap(&bytes, 1, PR_LAPLACE_LIMIT, &value) == PR_CORE_LIMIT);
	CHECK(pr_dgauss(&bytes, PR_GAUSS_LIMIT + 1, 1, &value) == PR_CORE_LIMIT);
	CHECK(pr_dgauss(&bytes, 1, PR_GAUSS_LIMIT + 1, &value) == PR_CORE_LIMIT);
	for (uint32_t i = 0; i < 200; i++)
	{
		bytes = start_numbered_stream(&stream, "limits", i);
		CHECK(pr_dlap(&bytes, PR_LAPLACE_LIMIT - 1, 1, &value) == PR_CORE_OK);
		CHECK(pr_dlap(&bytes, PR_LAPLACE_LIMIT - 1, PR_LAPLACE_LIMIT - 3, &value) == PR_CORE_OK);
		CHECK(pr_dgauss(&bytes, PR_GAUSS_LIMIT, 1, &value) == PR_CORE_OK);
		CHECK(value < (pr_int128) 90 << 26 && value > -((pr_int128) 90 << 26));
	}
	done("largest parameters work, larger ones are refused");

	CHECK(pr_dlap(&failing, 1, 1, &value) == PR_CORE_SOURCE);
	CHECK(pr_dgauss(&failing, 1, 1, &value) == PR_CORE_SOURCE);
	done("a failing source is reported");

	bytes = start_test_stream(&stream);
	CHECK(pr_bern(&bytes, 0, 3, &coin) == PR_CORE_OK && coin == 0);
	CHECK(pr_bern(&bytes, 3, 3, &coin) == PR_CORE_OK && coin == 1);
	CHECK(pr_bexp(&bytes, 0, 3, &coin) == PR_CORE_OK && coin == 1);
	done("coins of probability 0 and 1");
}

int
main(void)
{
	test_vectors();
	test_laws();
	test_limits();
	return finish();
}
