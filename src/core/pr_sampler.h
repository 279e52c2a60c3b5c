/*
 * pr_sampler.h
 *		Exact samplers of the discrete Laplace and discrete Gaussian laws
 *		(Canonne, Kamath, Steinke 2020, arXiv 2004.00010), integers only.
 *
 * The order in which bytes are read is part of the specification: the same
 * stream gives the same draw in every version.  Nothing is rounded; arithmetic
 * that would leave 128 bits gives PR_CORE_LIMIT, never an approximation.
 */
#ifndef PR_SAMPLER_H
#define PR_SAMPLER_H

#include "core/pr_core.h"
#include "core/pr_stream.h"

/* Numerator and denominator of a Laplace scale are below this. */
#define PR_LAPLACE_LIMIT ((pr_uint128) 1 << 96)
/* Numerator and denominator of a Gaussian variance are at most this. */
#define PR_GAUSS_LIMIT ((pr_uint128) 1 << 50)

/* 1 with probability n/d; 0 <= n <= d, d >= 1. */
extern PrCoreResult pr_bern(PrBytes *bytes, pr_uint128 n, pr_uint128 d, int *result);

/* 1 with probability exp(-n/d); n >= 0, d >= 1. */
extern PrCoreResult pr_bexp(PrBytes *bytes, pr_uint128 n, pr_uint128 d, int *result);

/* x >= 0 with probability (1 - exp(-n/d)) exp(-x n/d); n, d >= 1. */
extern PrCoreResult pr_geom(PrBytes *bytes, pr_uint128 n, pr_uint128 d, pr_uint128 *result);

/* Discrete Laplace of scale n/d: P(x) proportional to exp(-|x| d/n). */
extern PrCoreResult pr_dlap(PrBytes *bytes, pr_uint128 n, pr_uint128 d, pr_int128 *result);

/* Discrete Gaussian of variance parameter n/d: P(x) proportional to exp(-x^2 d/(2n)). */
extern PrCoreResult pr_dgauss(PrBytes *bytes, pr_uint128 n, pr_uint128 d, pr_int128 *result);

#endif							/* PR_SAMPLER_H */
