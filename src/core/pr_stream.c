/*
 * pr_stream.c
 *		The sticky stream PRS1; see pr_stream.h.
 */
#include "core/pr_stream.h"

#include <string.h>

void
pr_stream_start(PrStream *stream, PrPrf prf, void *prf_state, const uint8_t seed[PR_SEED_SIZE])
{
	stream->prf = prf;
	stream->prf_state = prf_state;
	stream->next_block = 0;
	stream->consumed = 0;
	stream->unread = 0;
	memcpy(stream->seed, seed, PR_SEED_SIZE);
}

void
pr_stream_start_at_seed(PrStream *stream, PrPrf prf, void *prf_state, const uint8_t seed[PR_SEED_SIZE])
{
	pr_stream_start(stream, prf, prf_state, seed);
	memcpy(stream->block, seed, PR_BLOCK_SIZE);
	stream->unread = PR_BLOCK_SIZE;
}

static int
make_block(PrStream *stream)
{
	uint8_t		counter[8];
	int			rc;

	for (int i = 0; i < 8; i++)
		counter[i] = (uint8_t) (stream->next_block >> (56 - 8 * i));
	rc = stream->prf(stream->prf_state, stream->seed, counter, sizeof(counter), stream->block);
	if (rc == 0)
	{
		stream->next_block++;
		stream->unread = PR_BLOCK_SIZE;
	}
	return rc;
}

int
pr_stream_fill(void *state, uint8_t *buf, size_t n)
{
	PrStream   *stream = state;

	stream->consumed += n;
	while (n > 0)
	{
		size_t		take;

		if (stream->unread == 0)
		{
			int			rc = make_block(stream);

			if (rc != 0)
				return rc;
		}
		take = n < stream->unread ? n : stream->unread;
		memcpy(buf, stream->block + PR_BLOCK_SIZE - stream->unread, take);
		stream->unread -= take;
		buf += take;
		n -= take;
	}
	return 0;
}

PrBytes
pr_stream_bytes(PrStream *stream)
{
	PrBytes		bytes = {pr_stream_fill, stream, stream};

	return bytes;
}
