/*
 * pr_pram.c
 *		PRAM; see pr_pram.h.
 *
 * P is b everywhere and a more on its diagonal, so with D[k] = sum_j P[j][k] t[j]
 *
 *		P*[i][l] = t[l] (b^2 S + a b / D[i] + a b / D[l] + (a^2 / D[i] if i = l)),  S = sum_k 1 / D[k]
 */
#include "core/pr_pram.h"

#include <math.h>

static bool
is_sensible(int n, const double *weight, double diagonal, double alpha)
{
	if (n < 2 || n > PR_PRAM_MOST || !(diagonal > 0 && diagonal < 1) || !(alpha > 0 && alpha <= 1))
		return false;
	for (int l = 0; l < n; l++)
		if (!(weight[l] > 0) || isinf(weight[l]))
			return false;
	return true;
}

PrCoreResult
pr_pram_matrix(int n, const double *weight, double diagonal, double alpha, double *matrix)
{
	double		t[PR_PRAM_MOST];
	double		d[PR_PRAM_MOST];
	double		most = 0;
	double		total = 0;
	double		s = 0;
	double		a;
	double		b;

	if (!is_sensible(n, weight, diagonal, alpha))
		return PR_CORE_PARAMETER;
	b = (1 - diagonal) / (n - 1);
	a = diagonal - b;
	/* Against overflow of their sum. */
	for (int l = 0; l < n; l++)
		most = weight[l] > most ? weight[l] : most;
	for (int l = 0; l < n; l++)
		total += weight[l] / most;
	for (int l = 0; l < n; l++)
	{
		t[l] = weight[l] / most / total;
		if (!(t[l] > 0))
			return PR_CORE_PARAMETER;
		d[l] = a * t[l] + b;
		s += 1 / d[l];
	}
	for (int k = 0; k < n; k++)
		for (int l = 0; l < n; l++)
		{
			double		sum = b * b * s + a * b / d[k] + a * b / d[l] + (k == l ? a * a / d[k] : 0);

			matrix[k * n + l] = alpha * t[l] * sum + (k == l ? 1 - alpha : 0);
		}
	return PR_CORE_OK;
}

void
pr_pram_thresholds(int n, const double *matrix, uint64_t *threshold)
{
	for (int k = 0; k < n; k++)
	{
		double		sum = 0;

		for (int l = 0; l < n; l++)
		{
			sum += matrix[k * n + l];
			threshold[k * n + l] = sum < 1 ? (uint64_t) ldexp(sum, 64) : UINT64_MAX;
		}
	}
}

int
pr_pram_choose(int n, const uint64_t *threshold, int k, uint64_t u)
{
	int			low = 0;
	int			high = n - 1;

	while (low < high)
	{
		int			middle = (low + high) / 2;

		if (u < threshold[k * n + middle])
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

double
pr_pram_epsilon(int n, const double *matrix)
{
	double		epsilon = 0;

	for (int l = 0; l < n; l++)
	{
		double		least = INFINITY;
		double		most = 0;

		for (int k = 0; k < n; k++)
		{
			double		p = matrix[k * n + l];

			least = p < least ? p : least;
			most = p > most ? p : most;
		}
		if (!(least > 0))
			return INFINITY;
		epsilon = log(most / least) > epsilon ? log(most / least) : epsilon;
	}
	return epsilon;
}
