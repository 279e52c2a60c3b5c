/*
 * pr_rank_swap.c
 *		Rank swapping; see pr_rank_swap.h.
 *
 * The seed belongs to the record, not to its place: a record more or less
 * somewhere else changes few of the choices, so that two versions of a table are
 * hardly two draws.
 */
#include "core/pr_rank_swap.h"

#include <string.h>

#include "core/pr_uniform.h"

/* Which ranks are not swapped yet: a tree of sums (Fenwick), 1-based. */
typedef struct Free
{
	uint32_t	n;
	uint32_t	top;			/* greatest power of two that is at most n */
	uint32_t   *sum;
} Free;

static void
start_free(Free *ranks, uint32_t n, uint32_t *memory)
{
	ranks->n = n;
	ranks->sum = memory;
	ranks->top = 1;
	while (ranks->top <= n / 2)
		ranks->top *= 2;
	for (uint32_t i = 1; i <= n; i++)
		ranks->sum[i] = i & -i;
}

static void
take(Free *ranks, uint32_t rank)
{
	for (uint32_t i = rank + 1; i <= ranks->n; i += i & -i)
		ranks->sum[i]--;
}

/* How many ranks below this one are free? */
static uint32_t
count_below(const Free *ranks, uint32_t rank)
{
	uint32_t	count = 0;

	for (uint32_t i = rank; i > 0; i -= i & -i)
		count += ranks->sum[i];
	return count;
}

/* The free rank that has so many free ranks below it. */
static uint32_t
find(const Free *ranks, uint32_t count)
{
	uint32_t	at = 0;

	for (uint32_t step = ranks->top; step > 0; step /= 2)
		if (at + step <= ranks->n && ranks->sum[at + step] <= count)
		{
			at += step;
			count -= ranks->sum[at];
		}
	return at;
}

static PrCoreResult
choose(const uint8_t *seed, PrPrf prf, void *prf_state, uint32_t m, uint32_t *choice)
{
	PrStream	stream;
	PrBytes		bytes;
	pr_uint128	result;
	PrCoreResult rc;

	pr_stream_start(&stream, prf, prf_state, seed);
	bytes = pr_stream_bytes(&stream);
	rc = pr_below(&bytes, m, &result);
	*choice = (uint32_t) result;
	return rc;
}

static void
exchange(uint32_t *source, uint32_t a, uint32_t b)
{
	uint32_t	kept = source[a];

	source[a] = source[b];
	source[b] = kept;
}

PrCoreResult
pr_rank_swap(uint32_t n, uint32_t reach, const uint8_t *seeds, PrPrf prf, void *prf_state, const PrRuntime *runtime,
			 uint32_t *source)
{
	PrCoreResult rc = PR_CORE_OK;
	uint32_t   *memory;
	Free		ranks;

	if (n < 2 || n > UINT32_MAX / 4 || reach < 1)
		return PR_CORE_PARAMETER;
	reach = reach < n ? reach : n;
	memory = runtime->alloc(runtime->state, ((size_t) n + 1) * sizeof(uint32_t));
	start_free(&ranks, n, memory);
	for (uint32_t rank = 0; rank < n; rank++)
		source[rank] = rank;
	for (uint32_t rank = 0; rank < n && rc == PR_CORE_OK; rank++)
	{
		uint32_t	end = rank + reach < n ? rank + reach + 1 : n;
		uint32_t	behind = rank < reach ? rank : reach;
		uint32_t	before;
		uint32_t	ahead;
		uint32_t	choice;

		if (rank % 1024 == 0)
			runtime->tick(runtime->state, rank, n);
		if (source[rank] != rank)
			continue;
		take(&ranks, rank);
		before = count_below(&ranks, rank);
		ahead = count_below(&ranks, end) - before;
		rc = choose(seeds + (size_t) rank * PR_SEED_SIZE, prf, prf_state, ahead > 0 ? ahead : behind, &choice);
		if (ahead > 0)
		{
			uint32_t	partner = find(&ranks, before + choice);

			take(&ranks, partner);
			exchange(source, rank, partner);
		}
		else
			exchange(source, rank, rank - 1 - choice);
	}
	runtime->release(runtime->state, memory);
	return rc;
}
