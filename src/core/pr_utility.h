/*
 * pr_utility.h
 *		What numeric columns lost: x as it was, y as it is released.
 *
 * Formulas: disclosure-control literature (Mateo-Sanz, Sebe and Domingo-Ferrer
 * 2004; Yancey, Winkler and Creecy 2002 for IL1s), as sdcMicro has them.
 * Matrices are by row: [row * p + column].
 */
#ifndef PR_UTILITY_H
#define PR_UTILITY_H

#include <stdbool.h>

#include "core/pr_problem.h"

/* One column, from sums that a database makes: sd is the sample standard deviation of x. */
typedef struct PrNumericLoss
{
	double		records;		/* with both x and y */
	double		sd;
	double		absolute;		/* sum |x - y| */
	double		squared;		/* sum (x - y)^2 */
	double		relative;		/* sum |x - y| / |x| over x <> 0 */
	double		zeros;			/* x = 0 */
	double		arc;			/* sum 2/pi atan |x - y| */
} PrNumericLoss;

typedef struct PrUtility
{
	double		il1s;
	double		il1s_per_cell;
	double		il1;
	double		il1_zeros;
	double		sse_sst;		/* percent */
	double		il_variables;
} PrUtility;

/* Of p columns together; a column without spread (sd = 0) leaves out what divides by it. */
extern void pr_utility_of(const PrNumericLoss *columns, int p, PrUtility *utility);

/* The sums of one column of n rows. */
extern PrNumericLoss pr_utility_column(const double *x, const double *y, uint32_t n, int p, int column);

/* Correlations of the columns, p * p. */
extern void pr_utility_correlations(const double *x, uint32_t n, int p, double *correlations);

/*
 * Relative change of the eigenvalues, and change of the diagonals of the
 * inverses, of two correlation matrices.  False: singular, there is none.
 */
extern bool pr_utility_eigen(const double *before, const double *after, int p, const PrRuntime *runtime, double *loss);
extern bool pr_utility_correlation_loss(const double *before, const double *after, int p, const PrRuntime *runtime,
										double *loss);

/* Share of records whose x lies within kappa standard deviations of y in all columns: a measure of disclosure. */
extern double pr_utility_interval_risk(const double *x, const double *y, uint32_t n, int p, double kappa,
									   const PrRuntime *runtime);

/*
 * Eigenvalues (ascending) of a symmetric matrix, and its eigenvectors in the
 * columns of vectors, by cyclic Jacobi rotations (Golub and Van Loan, Matrix
 * Computations, 8.5).  False: it did not converge, as with NaN.
 */
extern bool pr_symmetric_eigen(const double *matrix, int p, const PrRuntime *runtime, double *values, double *vectors);

#endif							/* PR_UTILITY_H */
