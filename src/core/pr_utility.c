/*
 * pr_utility.c
 *		Utility of numeric columns; see pr_utility.h.
 */
#include "core/pr_utility.h"

#include <math.h>

#define PI 3.14159265358979323846

/* ---------- sums ---------- */

static double
mean_of(const double *x, uint32_t n, int p, int column)
{
	double		sum = 0;

	for (uint32_t i = 0; i < n; i++)
		sum += x[(size_t) i * p + column];
	return sum / n;
}

static double
sd_of(const double *x, uint32_t n, int p, int column)
{
	double		mean = mean_of(x, n, p, column);
	double		sum = 0;

	for (uint32_t i = 0; i < n; i++)
		sum += (x[(size_t) i * p + column] - mean) * (x[(size_t) i * p + column] - mean);
	return n > 1 ? sqrt(sum / (n - 1)) : 0;
}

PrNumericLoss
pr_utility_column(const double *x, const double *y, uint32_t n, int p, int column)
{
	PrNumericLoss loss = {.records = n, .sd = sd_of(x, n, p, column)};

	for (uint32_t i = 0; i < n; i++)
	{
		double		was = x[(size_t) i * p + column];
		double		d = fabs(was - y[(size_t) i * p + column]);

		loss.absolute += d;
		loss.squared += d * d;
		loss.arc += 2 / PI * atan(d);
		if (was == 0)
			loss.zeros++;
		else
			loss.relative += d / fabs(was);
	}
	return loss;
}

void
pr_utility_of(const PrNumericLoss *columns, int p, PrUtility *utility)
{
	double		cells = 0;
	double		free_cells = 0;	/* (n - 1) p */
	double		arc = 0;

	*utility = (PrUtility) {0};
	for (int i = 0; i < p; i++)
	{
		const PrNumericLoss *column = &columns[i];

		utility->il1 += 100 * column->relative;
		utility->il1_zeros += column->zeros;
		arc += column->arc;
		cells += column->records;
		if (!(column->sd > 0))
			continue;
		utility->il1s += column->absolute / (sqrt(2) * column->sd);
		utility->sse_sst += column->squared / (column->sd * column->sd);
		free_cells += column->records - 1;
	}
	utility->il1s_per_cell = cells > 0 ? utility->il1s / cells : 0;
	utility->sse_sst = free_cells > 0 ? 100 * utility->sse_sst / free_cells : 0;
	utility->il_variables = cells > 0 ? arc / cells : 0;
}

/* ---------- correlations ---------- */

void
pr_utility_correlations(const double *x, uint32_t n, int p, double *correlations)
{
	for (int a = 0; a < p; a++)
	{
		double		mean_a = mean_of(x, n, p, a);
		double		sd_a = sd_of(x, n, p, a);

		for (int b = 0; b <= a; b++)
		{
			double		mean_b = mean_of(x, n, p, b);
			double		sum = 0;

			for (uint32_t i = 0; i < n; i++)
				sum += (x[(size_t) i * p + a] - mean_a) * (x[(size_t) i * p + b] - mean_b);
			correlations[a * p + b] = correlations[b * p + a] =
				a == b ? 1 : sum / (n - 1) / sd_a / sd_of(x, n, p, b);
		}
	}
}

/* ---------- eigenvalues ---------- */

/* One rotation that makes a[row][column] zero. */
static void
rotate(double *a, double *vectors, int p, int row, int column)
{
	double		theta = (a[column * p + column] - a[row * p + row]) / (2 * a[row * p + column]);
	double		t = (theta < 0 ? -1 : 1) / (fabs(theta) + sqrt(theta * theta + 1));
	double		c = 1 / sqrt(t * t + 1);
	double		s = t * c;

	for (int i = 0; i < p; i++)
	{
		double		left = a[i * p + row];
		double		right = a[i * p + column];

		a[i * p + row] = c * left - s * right;
		a[i * p + column] = s * left + c * right;
	}
	for (int i = 0; i < p; i++)
	{
		double		left = a[row * p + i];
		double		right = a[column * p + i];

		a[row * p + i] = c * left - s * right;
		a[column * p + i] = s * left + c * right;
	}
	for (int i = 0; i < p; i++)
	{
		double		left = vectors[i * p + row];
		double		right = vectors[i * p + column];

		vectors[i * p + row] = c * left - s * right;
		vectors[i * p + column] = s * left + c * right;
	}
	a[row * p + column] = a[column * p + row] = 0;
}

/* What is left off the diagonal. */
static double
off_diagonal(const double *a, int p)
{
	double		sum = 0;

	for (int i = 0; i < p; i++)
		for (int j = 0; j < i; j++)
			sum += fabs(a[i * p + j]);
	return sum;
}

static double
diagonal(const double *a, int p)
{
	double		sum = 0;

	for (int i = 0; i < p; i++)
		sum += fabs(a[i * p + i]);
	return sum;
}

/* Ascending, by insertion; vectors move along. */
static void
sort_eigen(double *values, double *vectors, int p)
{
	for (int i = 1; i < p; i++)
		for (int j = i; j > 0 && values[j] < values[j - 1]; j--)
		{
			double		value = values[j];

			values[j] = values[j - 1];
			values[j - 1] = value;
			for (int k = 0; k < p; k++)
			{
				double		entry = vectors[k * p + j];

				vectors[k * p + j] = vectors[k * p + j - 1];
				vectors[k * p + j - 1] = entry;
			}
		}
}

#define MOST_SWEEPS 60

bool
pr_symmetric_eigen(const double *matrix, int p, const PrRuntime *runtime, double *values, double *vectors)
{
	double	   *a = runtime->alloc(runtime->state, (size_t) p * p * sizeof(double));
	bool		converged = false;

	for (int i = 0; i < p * p; i++)
	{
		a[i] = matrix[i];
		vectors[i] = i % (p + 1) == 0;
	}
	for (int sweep = 0; sweep < MOST_SWEEPS && !converged; sweep++)
	{
		runtime->tick(runtime->state, 0, 0);
		for (int i = 0; i < p; i++)
			for (int j = i + 1; j < p; j++)
				if (a[i * p + j] != 0)
					rotate(a, vectors, p, i, j);
		converged = off_diagonal(a, p) <= 1e-17 * diagonal(a, p);
	}
	for (int i = 0; i < p; i++)
		values[i] = a[i * p + i];
	sort_eigen(values, vectors, p);
	runtime->release(runtime->state, a);
	return converged;
}

/* A correlation matrix whose least eigenvalue is below this share of the largest one has no inverse to speak of. */
#define SINGULAR 1e-8

static bool
regular_eigen(const double *matrix, int p, const PrRuntime *runtime, double *values, double *vectors)
{
	for (int i = 0; i < p * p; i++)
		if (!isfinite(matrix[i]))
			return false;
	return pr_symmetric_eigen(matrix, p, runtime, values, vectors) && values[0] > SINGULAR * values[p - 1];
}

bool
pr_utility_eigen(const double *before, const double *after, int p, const PrRuntime *runtime, double *loss)
{
	double	   *values = runtime->alloc(runtime->state, (size_t) p * 2 * sizeof(double));
	double	   *vectors = runtime->alloc(runtime->state, (size_t) p * p * sizeof(double));
	bool		regular = regular_eigen(before, p, runtime, values, vectors);

	for (int i = 0; i < p * p && regular; i++)
		regular = isfinite(after[i]);
	regular = regular && pr_symmetric_eigen(after, p, runtime, values + p, vectors);
	*loss = 0;
	for (int i = 0; i < p && regular; i++)
		*loss += fabs(values[i] - values[p + i]) / values[i];
	runtime->release(runtime->state, values);
	runtime->release(runtime->state, vectors);
	return regular;
}

/* The diagonal of the inverse, scaled to length 1. */
static bool
inverse_diagonal(const double *matrix, int p, const PrRuntime *runtime, double *diagonal)
{
	double	   *values = runtime->alloc(runtime->state, (size_t) p * sizeof(double));
	double	   *vectors = runtime->alloc(runtime->state, (size_t) p * p * sizeof(double));
	bool		regular = regular_eigen(matrix, p, runtime, values, vectors);
	double		square = 0;

	for (int i = 0; i < p && regular; i++)
	{
		diagonal[i] = 0;
		for (int k = 0; k < p; k++)
			diagonal[i] += vectors[i * p + k] * vectors[i * p + k] / values[k];
		square += diagonal[i] * diagonal[i];
	}
	for (int i = 0; i < p && regular; i++)
		diagonal[i] /= sqrt(square);
	runtime->release(runtime->state, values);
	runtime->release(runtime->state, vectors);
	return regular;
}

bool
pr_utility_correlation_loss(const double *before, const double *after, int p, const PrRuntime *runtime, double *loss)
{
	double	   *a = runtime->alloc(runtime->state, (size_t) p * 2 * sizeof(double));
	double	   *b = a + p;
	bool		regular = inverse_diagonal(before, p, runtime, a) && inverse_diagonal(after, p, runtime, b);
	double		square = 0;

	for (int i = 0; i < p && regular; i++)
		square += (a[i] - b[i]) * (a[i] - b[i]);
	*loss = sqrt(square / 2);
	runtime->release(runtime->state, a);
	return regular;
}

/* ---------- interval disclosure ---------- */

double
pr_utility_interval_risk(const double *x, const double *y, uint32_t n, int p, double kappa, const PrRuntime *runtime)
{
	double	   *width = runtime->alloc(runtime->state, (size_t) p * sizeof(double));
	uint32_t	within = 0;

	for (int j = 0; j < p; j++)
		width[j] = kappa * sd_of(y, n, p, j);
	for (uint32_t i = 0; i < n; i++)
	{
		bool		all = true;

		for (int j = 0; j < p && all; j++)
			all = fabs(x[(size_t) i * p + j] - y[(size_t) i * p + j]) <= width[j];
		within += all;
	}
	runtime->release(runtime->state, width);
	return n > 0 ? (double) within / n : 0;
}
