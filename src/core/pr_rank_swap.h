/*
 * pr_rank_swap.h
 *		Rank swapping: values change places with values of near rank.
 *
 * Going up the ranks, each record that has not been swapped changes places with
 * one of those not swapped either that are at most reach ranks ahead, chosen by
 * below() on the stream of its seed.  One that finds none takes part in an
 * exchange behind it, so that no record keeps its place.
 */
#ifndef PR_RANK_SWAP_H
#define PR_RANK_SWAP_H

#include "core/pr_problem.h"
#include "core/pr_stream.h"

/*
 * source[rank] becomes the rank whose value the record of that rank gets; a
 * permutation without a fixed point in which nothing moves by more than 2 * reach.
 * seeds holds PR_SEED_SIZE bytes for each rank.  PR_CORE_PARAMETER if n < 2 or
 * reach < 1, PR_CORE_SOURCE if the PRF fails.
 */
extern PrCoreResult pr_rank_swap(uint32_t n, uint32_t reach, const uint8_t *seeds, PrPrf prf, void *prf_state,
								 const PrRuntime *runtime, uint32_t *source);

#endif							/* PR_RANK_SWAP_H */
