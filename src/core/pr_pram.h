/*
 * pr_pram.h
 *		PRAM: random replacement of categories whose matrix keeps a declared
 *		distribution (post-randomisation, invariant).
 *
 *	P[k][l]  = diagonal if k = l, else (1 - diagonal) / (n - 1)
 *	Q[k][l]  = P[l][k] t[l] / sum_j P[j][k] t[j]			t: the distribution, of sum 1
 *	P*       = P Q, so that t P* = t
 *	matrix   = alpha P* + (1 - alpha) I
 *
 * matrix[k * n + l] is the probability that category k becomes l.  Publishing it
 * allows valid inference, and is safe while the key is secret.
 */
#ifndef PR_PRAM_H
#define PR_PRAM_H

#include <stdbool.h>
#include <stdint.h>

#include "core/pr_core.h"

#define PR_PRAM_MOST 500		/* categories */

/* weight[l] > 0, of any sum; 0 < diagonal < 1, 0 < alpha <= 1, 2 <= n <= PR_PRAM_MOST; else PR_CORE_PARAMETER. */
extern PrCoreResult pr_pram_matrix(int n, const double *weight, double diagonal, double alpha, double *matrix);

/* threshold[k * n + l] = floor(2^64 * sum of matrix[k][0..l]); the last of a row counts as 2^64. */
extern void pr_pram_thresholds(int n, const double *matrix, uint64_t *threshold);

/* The category that category k becomes: the first whose threshold is above u, which is uniform on 64 bits. */
extern int	pr_pram_choose(int n, const uint64_t *threshold, int k, uint64_t u);

/* Local differential privacy of one value: ln of the greatest ratio within a column; infinite if the matrix has a 0. */
extern double pr_pram_epsilon(int n, const double *matrix);

#endif							/* PR_PRAM_H */
