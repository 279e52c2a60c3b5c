/*
 * pr_population.c
 *		Estimators of population uniques; see pr_population.h.
 *
 * Both work on differences and ratios, never on large logarithms that cancel.
 */
#include "core/pr_population.h"

#include <math.h>

static double
sample_of(const PrClassSizes *sizes)
{
	double		sample = 0;

	for (uint32_t i = 0; i < sizes->n; i++)
		sample += (double) sizes->size[i] * (double) sizes->classes[i];
	return sample;
}

static double
classes_of(const PrClassSizes *sizes)
{
	double		classes = 0;

	for (uint32_t i = 0; i < sizes->n; i++)
		classes += (double) sizes->classes[i];
	return classes;
}

static double
uniques_of(const PrClassSizes *sizes)
{
	return sizes->n > 0 && sizes->size[0] == 1 ? (double) sizes->classes[0] : 0;
}

/* ---------- Zayatz ---------- */

/*
 * h(i) = i C(N-i, n-1) / C(N, n) is the probability that exactly one of a class
 * of i is in the sample.  h(i)/h(1) is i times a product of i - 1 factors, which
 * is taken along the sizes.
 */
PrEstimate
pr_population_zayatz(const PrClassSizes *sizes, double population, double *share)
{
	double		n = sample_of(sizes);
	double		uniques = uniques_of(sizes);
	double		product = 1;
	uint64_t	reached = 1;	/* product is that of this size */
	double		sum = 0;

	if (!(n > 0) || population < n)
		return PR_ESTIMATE_POPULATION;
	*share = 0;
	if (uniques == 0)
		return PR_ESTIMATE_OK;
	for (uint32_t i = 0; i < sizes->n && product > 0; i++)
	{
		for (; reached < sizes->size[i] && product > 0; reached++)
		{
			double		left = population - (double) reached - n + 1;

			product = left > 0 ? product * (left / (population - (double) reached)) : 0;
		}
		sum += (double) sizes->classes[i] * (double) sizes->size[i] * product;
	}
	*share = uniques / sum * uniques / n;
	return PR_ESTIMATE_OK;
}

/* ---------- digamma ---------- */

/* Abramowitz and Stegun 6.3.18 as a difference, after 6.3.5 has made x large. */
double
pr_digamma_difference(double x, double m)
{
	static const double coefficient[] = {1.0 / 12, -1.0 / 120, 1.0 / 252, -1.0 / 240, 1.0 / 132, -691.0 / 32760, 1.0 / 12};
	double		sum = 0;
	double		x_power = 1;
	double		y_power = 1;
	double		y;

	for (; x < 16; x++)
		sum += m / x / (x + m);
	y = x + m;
	sum += log1p(m / x) + m / x / y / 2;
	for (int i = 0; i < 7; i++)
	{
		x_power /= x * x;
		y_power /= y * y;
		sum += coefficient[i] * (x_power - y_power);
	}
	return sum;
}

/* ---------- Pitman ---------- */

typedef struct Pitman
{
	const PrClassSizes *sizes;
	double		n;
	double		u;
} Pitman;

/* Sum of 1/(theta + i alpha), i = 1 .. u-1. */
static double
class_sum(const Pitman *pitman, double theta, double alpha)
{
	return pr_digamma_difference(theta / alpha + 1, pitman->u - 1) / alpha;
}

#define BISECTIONS 200

/*
 * The theta > -alpha that solves the first equation for this alpha.  The left side leaves all
 * bounds where theta comes near -alpha, and is the smaller one for large theta, since u < n.
 */
static double
theta_for(const Pitman *pitman, double alpha)
{
	double		low = -60;		/* log(theta + alpha) */
	double		high = 60;

	for (int i = 0; i < BISECTIONS && high - low > 1e-15 * fabs(low); i++)
	{
		double		middle = (low + high) / 2;
		double		theta = exp(middle) - alpha;

		if (class_sum(pitman, theta, alpha) > pr_digamma_difference(theta + 1, pitman->n - 1))
			low = middle;
		else
			high = middle;
	}
	return exp((low + high) / 2) - alpha;
}

/* Left side less right side of the second equation. */
static double
second_equation(const Pitman *pitman, double alpha)
{
	double		theta = theta_for(pitman, alpha);
	double		left = (pitman->u - 1 - theta * class_sum(pitman, theta, alpha)) / alpha;
	double		right = 0;

	for (uint32_t i = 0; i < pitman->sizes->n; i++)
		if (pitman->sizes->size[i] > 1)
			right += (double) pitman->sizes->classes[i] *
				pr_digamma_difference(1 - alpha, (double) pitman->sizes->size[i] - 1);
	return left - right;
}

#define ALPHA_LEAST 1e-6

static PrEstimate
solve(const Pitman *pitman, PrPitman *result)
{
	double		low = ALPHA_LEAST;
	double		high = 1 - ALPHA_LEAST;

	/* Near 1 the right side leaves all bounds; a root needs that it is the smaller one near 0. */
	if (!(second_equation(pitman, low) > 0) || !(second_equation(pitman, high) < 0))
		return PR_ESTIMATE_NO_MODEL;
	for (int i = 0; i < BISECTIONS && high - low > 1e-16; i++)
	{
		double		middle = (low + high) / 2;

		if (second_equation(pitman, middle) > 0)
			low = middle;
		else
			high = middle;
	}
	result->alpha = (low + high) / 2;
	result->theta = theta_for(pitman, result->alpha);
	return PR_ESTIMATE_OK;
}

/* log(Gamma(x + m) / Gamma(x)) for large x, |m| small: Stirling's series as a difference. */
static double
gamma_ratio(double x, double m)
{
	double		y = x + m;

	return (x - 0.5) * log1p(m / x) + m * log(y) - m - m / x / y / 12 - (1 / (y * y * y) - 1 / (x * x * x)) / 360;
}

static void
estimate(PrPitman *result, double population)
{
	double		theta = result->theta;
	double		alpha = result->alpha;
	double		front = lgamma(theta + 1) - lgamma(theta + alpha);

	result->asymptotic = exp(front + (alpha - 1) * log(population));
	result->finite = exp(front + (population + theta > 1e4 ? gamma_ratio(population + theta, alpha - 1)
								  : lgamma(population + theta + alpha - 1) - lgamma(population + theta)));
}

PrEstimate
pr_population_pitman(const PrClassSizes *sizes, double population, PrPitman *result)
{
	Pitman		pitman = {.sizes = sizes, .n = sample_of(sizes), .u = classes_of(sizes)};
	PrEstimate	solved;

	*result = (PrPitman) {0};
	if (!(pitman.n > 0) || population < pitman.n)
		return PR_ESTIMATE_POPULATION;
	if (uniques_of(sizes) == 0)
		return PR_ESTIMATE_OK;
	if (pitman.u < 2 || pitman.u >= pitman.n)
		return PR_ESTIMATE_NO_MODEL;
	solved = solve(&pitman, result);
	if (solved != PR_ESTIMATE_OK)
		return solved;
	estimate(result, population);
	return result->finite <= 1 && isfinite(result->finite) ? PR_ESTIMATE_OK : PR_ESTIMATE_NO_MODEL;
}

bool
pr_population_prefers_pitman(double sample, double population)
{
	return sample <= 0.1 * population;
}
