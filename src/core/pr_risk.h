/*
 * pr_risk.h
 *		Risk of records from the frequency of their keys: sample and population
 *		frequencies, individual, global and household risk.
 *
 * Benedetti and Franconi (1998): given the sample frequency f of a key whose
 * population frequency F is estimated by the sum of weights, F is negative
 * binomial, and the risk of a record is E(1/F | f).  Franconi and Polettini
 * (2004) have the series.
 */
#ifndef PR_RISK_H
#define PR_RISK_H

#include "core/pr_keys.h"

/*
 * Frequencies of the keys of all rows.  NULL is a wildcard: two rows are
 * compatible if in each variable they are equal or one of them is NULL.  A row
 * with another pattern of NULLs that has any NULL counts alpha instead of 1,
 * 0 <= alpha <= 1.  A row whose keys are all NULL was suppressed: it has
 * frequency 0 and helps nobody.
 *
 *	f[row]	records compatible with a record of the row, itself included
 *	F[row]	their weights
 *
 *	PR_CORE_PARAMETER	no key variable, or alpha outside 0 .. 1
 *	PR_CORE_LIMIT		more than PR_KEYS_MOST key variables
 */
extern PrCoreResult pr_risk_frequencies(const PrKeys *keys, double alpha, const PrRuntime *runtime, double *f, double *F);

/*
 * E(1/F | f) for a sampling fraction p = f/F of the key; f >= 1 need not be
 * whole.  Weights below 1 give p > 1, which counts as 1: risk 1/f.  f <= 0 has
 * no risk.  Relative error below 1e-13.
 */
extern double pr_risk_individual(double f, double p);

/* 1 - product of (1 - r): the risk that one of a household is re-identified; start with 0. */
static inline double
pr_risk_household(double risk, double member)
{
	return risk + (1 - risk) * member;
}

/*
 * The largest t among the risks such that the expected number of
 * re-identifications is below rate times the records when no risk is above t.
 * records[i] records have risk[i].  INFINITY: none is needed; 0: none does.
 */
extern double pr_risk_threshold(const double *risk, const uint64_t *records, uint32_t n, double rate,
								const PrRuntime *runtime);

#endif							/* PR_RISK_H */
