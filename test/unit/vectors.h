/*
 * vectors.h
 *		What the tests of keyed streams share: the reference seed, hexadecimal,
 *		and one seeded stream for each draw of a statistical test.
 */
#ifndef VECTORS_H
#define VECTORS_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/pr_enc.h"
#include "core/pr_stream.h"
#include "crypto/pr_hmac.h"

static inline size_t
from_hex(const char *hex, uint8_t *out)
{
	size_t		n = strlen(hex) / 2;

	for (size_t i = 0; i < n; i++)
	{
		char		pair[3] = {hex[2 * i], hex[2 * i + 1], '\0'};

		out[i] = (uint8_t) strtoul(pair, NULL, 16);
	}
	return n;
}

static inline bool
is_hex(const uint8_t *bytes, size_t n, const char *hex)
{
	uint8_t		expected[256];

	return from_hex(hex, expected) == n && memcmp(bytes, expected, n) == 0;
}

/* HMAC(00 01 .. 1f, enc("rel1", "colA", "row-1", "42")) */
static inline void
test_seed(uint8_t seed[32])
{
	uint8_t		key[32];
	uint8_t		message[64];
	uint8_t    *end = pr_enc_start(message);

	for (int i = 0; i < 32; i++)
		key[i] = (uint8_t) i;
	end = pr_enc_field(end, "rel1", 4);
	end = pr_enc_field(end, "colA", 4);
	end = pr_enc_field(end, "row-1", 5);
	end = pr_enc_field(end, "42", 2);
	pr_hmac_prf(NULL, key, message, (size_t) (end - message), seed);
}

static inline PrBytes
start_test_stream(PrStream *stream)
{
	uint8_t		seed[32];

	test_seed(seed);
	pr_stream_start(stream, pr_hmac_prf, NULL, seed);
	return pr_stream_bytes(stream);
}

/* The stream of the i-th draw of a named test. */
static inline PrBytes
start_numbered_stream(PrStream *stream, const char *test, uint32_t i)
{
	uint8_t		key[32] = {0};
	uint8_t		seed[32];
	uint8_t		message[128];
	uint8_t		number[4];
	uint8_t    *end = pr_enc_start(message);

	pr_enc_length(number, i);
	end = pr_enc_field(end, test, (uint32_t) strlen(test));
	end = pr_enc_field(end, number, 4);
	pr_hmac_prf(NULL, key, message, (size_t) (end - message), seed);
	pr_stream_start(stream, pr_hmac_prf, NULL, seed);
	return pr_stream_bytes(stream);
}

#endif							/* VECTORS_H */
