/*
 * test_pram.c
 *		PRAM: the reference matrix, invariance, thresholds; and rank swapping.
 */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "core/pr_pram.h"
#include "core/pr_rank_swap.h"
#include "crypto/pr_hmac.h"
#include "tap.h"

static uint64_t seed = 7;

static uint32_t
below(uint32_t m)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t) ((seed >> 33) % m);
}

/* ---------- PRAM ---------- */

static void
test_reference(void)
{
	const double t[] = {50, 30, 20};
	const double expected[] = {
		16697.0 / 22320, 5329.0 / 37200, 758.0 / 6975,
		5329.0 / 22320, 23753.0 / 37200, 856.0 / 6975,
		379.0 / 1395, 428.0 / 2325, 3796.0 / 6975
	};
	double		matrix[9];
	double		soft[9];
	const double p[] = {.8, .1, .1, .1, .8, .1, .1, .1, .8};

	CHECK(pr_pram_matrix(3, t, .8, 1, matrix) == PR_CORE_OK);
	for (int i = 0; i < 9; i++)
		CHECK(fabs(matrix[i] - expected[i]) < 1e-15);
	CHECK(pr_pram_matrix(3, t, .8, .5, soft) == PR_CORE_OK);
	for (int i = 0; i < 9; i++)
		CHECK(fabs(soft[i] - (expected[i] + (i % 4 == 0)) / 2) < 1e-15);
	CHECK(fabs(pr_pram_epsilon(3, p) - 2.079442) < 5e-7);
	done("the reference matrix and its figure");
}

/* As it is defined, by multiplying matrices. */
static void
define(int n, const double *weight, double diagonal, double *matrix)
{
	double		total = 0;

	for (int i = 0; i < n; i++)
		total += weight[i];
	for (int i = 0; i < n; i++)
		for (int l = 0; l < n; l++)
		{
			matrix[i * n + l] = 0;
			for (int k = 0; k < n; k++)
			{
				double		off = (1 - diagonal) / (n - 1);
				double		below_line = 0;

				for (int j = 0; j < n; j++)
					below_line += (j == k ? diagonal : off) * weight[j] / total;
				matrix[i * n + l] += (i == k ? diagonal : off) * (l == k ? diagonal : off) * weight[l] / total / below_line;
			}
		}
}

static void
test_invariance(void)
{
	for (int round = 0; round < 200; round++)
	{
		int			n = 2 + below(20);
		double		weight[22];
		double		matrix[22 * 22];
		double		expected[22 * 22];
		double		diagonal = (1 + below(98)) / 100.0;
		double		total = 0;

		for (int l = 0; l < n; l++)
			total += weight[l] = 1 + below(round % 3 == 0 ? 1000000 : 10);
		CHECK(pr_pram_matrix(n, weight, diagonal, 1, matrix) == PR_CORE_OK);
		define(n, weight, diagonal, expected);
		for (int i = 0; i < n * n; i++)
			CHECK(fabs(matrix[i] - expected[i]) < 1e-12);
		CHECK(pr_pram_matrix(n, weight, diagonal, (1 + below(100)) / 100.0, matrix) == PR_CORE_OK);
		for (int l = 0; l < n; l++)
		{
			double		row = 0;
			double		kept = 0;

			for (int k = 0; k < n; k++)
			{
				row += matrix[l * n + k];
				kept += weight[k] * matrix[k * n + l];
			}
			CHECK(fabs(row - 1) < 1e-12);
			CHECK(fabs(kept - weight[l]) < 1e-9 * total);
		}
		CHECK(pr_pram_epsilon(n, matrix) >= 0);
	}
	done("matrices are those of the definition and keep the distribution");
}

static void
test_thresholds(void)
{
	const double t[] = {1, 2, 3, 4};
	double		matrix[16];
	uint64_t	threshold[16];
	double		huge[PR_PRAM_MOST + 1];

	CHECK(pr_pram_matrix(4, t, .9, .7, matrix) == PR_CORE_OK);
	pr_pram_thresholds(4, matrix, threshold);
	for (int k = 0; k < 4; k++)
	{
		CHECK(pr_pram_choose(4, threshold, k, 0) == 0);
		CHECK(pr_pram_choose(4, threshold, k, UINT64_MAX) == 3);
		for (int l = 0; l < 3; l++)
		{
			CHECK(pr_pram_choose(4, threshold, k, threshold[k * 4 + l] - 1) == l);
			CHECK(pr_pram_choose(4, threshold, k, threshold[k * 4 + l]) == l + 1);
			CHECK(fabs(ldexp((double) threshold[k * 4 + l], -64) - ldexp((double) (l > 0 ? threshold[k * 4 + l - 1] : 0), -64) -
					   matrix[k * 4 + l]) < 1e-15);
		}
	}
	done("thresholds cut 64 bits as the matrix says");

	for (int l = 0; l <= PR_PRAM_MOST; l++)
		huge[l] = 1.7e308;
	CHECK(pr_pram_matrix(2, huge, .8, 1, matrix) == PR_CORE_OK && fabs(matrix[0] - (.64 + .04)) < 1e-15);
	CHECK(pr_pram_matrix(1, t, .8, 1, matrix) == PR_CORE_PARAMETER);
	CHECK(pr_pram_matrix(PR_PRAM_MOST + 1, huge, .8, 1, matrix) == PR_CORE_PARAMETER);
	CHECK(pr_pram_matrix(2, t, 1, 1, matrix) == PR_CORE_PARAMETER);
	CHECK(pr_pram_matrix(2, t, 0, 1, matrix) == PR_CORE_PARAMETER);
	CHECK(pr_pram_matrix(2, t, NAN, 1, matrix) == PR_CORE_PARAMETER);
	CHECK(pr_pram_matrix(2, t, .8, 0, matrix) == PR_CORE_PARAMETER);
	CHECK(pr_pram_matrix(2, t, .8, 1.5, matrix) == PR_CORE_PARAMETER);
	CHECK(pr_pram_matrix(2, (const double[]) {1, 0}, .8, 1, matrix) == PR_CORE_PARAMETER);
	CHECK(pr_pram_matrix(2, (const double[]) {1e308, 5e-324}, .8, 1, matrix) == PR_CORE_PARAMETER);
	done("what makes no sense is refused");
}

/* ---------- rank swapping ---------- */

#define MOST 3000

static void *
get(void *state, size_t size)
{
	void	   *memory = malloc(size);

	if (memory == NULL)
		abort();
	return memory;
}

static void
release(void *state, void *memory)
{
	free(memory);
}

static void
tick(void *state, uint64_t finished, uint64_t total)
{
	CHECK(finished <= total);
}

static const PrRuntime runtime = {get, release, tick, NULL};

static int
fail(void *state, const uint8_t *key, const uint8_t *message, size_t length, uint8_t *out)
{
	return 1;
}

static void
test_rank_swap(void)
{
	static uint8_t seeds[MOST * PR_SEED_SIZE];
	uint32_t	source[MOST];
	uint32_t	again[MOST];
	uint64_t	moved = 0;

	for (size_t i = 0; i < sizeof(seeds); i++)
		seeds[i] = (uint8_t) below(256);
	for (int round = 0; round < 200; round++)
	{
		uint32_t	n = 2 + below(round < 100 ? 30 : MOST - 2);
		uint32_t	reach = 1 + below(round < 100 ? 40 : 300);
		bool		seen[MOST] = {false};

		CHECK(pr_rank_swap(n, reach, seeds, pr_hmac_prf, NULL, &runtime, source) == PR_CORE_OK);
		for (uint32_t i = 0; i < n; i++)
		{
			uint32_t	by = source[i] > i ? source[i] - i : i - source[i];

			CHECK(source[i] < n && !seen[source[i]]);
			seen[source[i]] = true;
			CHECK(by >= 1 && by <= 2 * reach);
		}
		CHECK(pr_rank_swap(n, reach, seeds, pr_hmac_prf, NULL, &runtime, again) == PR_CORE_OK);
		CHECK(memcmp(source, again, n * sizeof(uint32_t)) == 0);
	}
	done("rank swapping is a permutation, moves all, none far, and is the same each time");

	/* Half the reach on average. */
	CHECK(pr_rank_swap(MOST, 100, seeds, pr_hmac_prf, NULL, &runtime, source) == PR_CORE_OK);
	for (uint32_t i = 0; i < MOST; i++)
		moved += source[i] > i ? source[i] - i : i - source[i];
	CHECK(moved > 40 * (uint64_t) MOST && moved < 60 * (uint64_t) MOST);
	done("values move by half the reach on average");

	CHECK(pr_rank_swap(1, 1, seeds, pr_hmac_prf, NULL, &runtime, source) == PR_CORE_PARAMETER);
	CHECK(pr_rank_swap(10, 0, seeds, pr_hmac_prf, NULL, &runtime, source) == PR_CORE_PARAMETER);
	CHECK(pr_rank_swap(10, 5, seeds, fail, NULL, &runtime, source) == PR_CORE_SOURCE);
	done("rank swapping refuses what makes no sense");
}

int
main(void)
{
	test_reference();
	test_invariance();
	test_thresholds();
	test_rank_swap();
	return finish();
}
