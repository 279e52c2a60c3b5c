/*
 * pr_stream.h
 *		Byte sources for the samplers, and the sticky stream PRS1.
 *
 *	block_i = PRF(seed, be64(i)), i = 0, 1, ...		stream = block_0 || block_1 || ...
 *
 * The PRF (HMAC-SHA-256) is a callback, because core knows no cryptography.  It
 * may take its key from its state and leave the seed alone.
 * A stream belongs to one sampler call and is never continued by another; who
 * made it wipes it.  The stream is a function of the seed alone: reading a
 * release a thousand times gives the same bytes a thousand times.
 */
#ifndef PR_STREAM_H
#define PR_STREAM_H

#include <stddef.h>
#include <stdint.h>

#include "core/pr_core.h"

#define PR_SEED_SIZE 32
#define PR_BLOCK_SIZE 32

/* out = PRF(key, message); 0 if it did. */
typedef int (*PrPrf) (void *state, const uint8_t key[PR_SEED_SIZE], const uint8_t *message, size_t length,
					  uint8_t out[PR_BLOCK_SIZE]);

typedef struct PrStream
{
	PrPrf		prf;
	void	   *prf_state;
	uint64_t	next_block;
	uint64_t	consumed;		/* bytes handed out so far */
	size_t		unread;			/* bytes left at the end of block */
	uint8_t		seed[PR_SEED_SIZE];
	uint8_t		block[PR_BLOCK_SIZE];
} PrStream;

/*
 * What samplers read from.  fill() writes the next n bytes to buf; 0 if it did,
 * anything else if it could not.  stream is NULL, or the stream behind fill(),
 * whose block is then read without a call.
 */
typedef struct PrBytes
{
	int			(*fill) (void *state, uint8_t *buf, size_t n);
	void	   *state;
	PrStream   *stream;
} PrBytes;

/* The next n bytes; samplers ask for one or two at a time. */
static inline int
pr_bytes_take(PrBytes *bytes, uint8_t *buf, size_t n)
{
	PrStream   *stream = bytes->stream;
	const uint8_t *next;

	if (stream == NULL || n > stream->unread)
		return bytes->fill(bytes->state, buf, n);
	next = stream->block + PR_BLOCK_SIZE - stream->unread;
	for (size_t i = 0; i < n; i++)
		buf[i] = next[i];
	stream->unread -= n;
	stream->consumed += n;
	return 0;
}

extern void pr_stream_start(PrStream *stream, PrPrf prf, void *prf_state, const uint8_t seed[PR_SEED_SIZE]);

/*
 * A stream that begins with the seed itself: seed || block_0 || block_1 || ...
 * For a choice that is made from a keyed digest and needs few bytes of it.
 */
extern void pr_stream_start_at_seed(PrStream *stream, PrPrf prf, void *prf_state, const uint8_t seed[PR_SEED_SIZE]);

extern int	pr_stream_fill(void *stream, uint8_t *buf, size_t n);
extern PrBytes pr_stream_bytes(PrStream *stream);

#endif							/* PR_STREAM_H */
