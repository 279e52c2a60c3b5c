/*
 * test_stream.c
 *		enc(), the stream PRS1 and uniform integers: known answers, and below()
 *		exactly uniform for every small m.
 */
#include "core/pr_enc.h"
#include "core/pr_stream.h"
#include "core/pr_uniform.h"
#include "crypto/pr_hmac.h"
#include "tap.h"
#include "vectors.h"

static size_t
encode(uint8_t *out, int n, const char *const *fields)
{
	uint8_t    *end = pr_enc_start(out);

	for (int i = 0; i < n; i++)
		end = pr_enc_field(end, fields[i], (uint32_t) strlen(fields[i]));
	return (size_t) (end - out);
}

static void
test_enc(void)
{
	static const char *const fields[] = {"rel1", "colA", "row-1", "42"};
	static const char *const ab_c[] = {"ab", "c"};
	static const char *const a_bc[] = {"a", "bc"};
	static const char *const abc[] = {"abc"};
	uint8_t		x[64];
	uint8_t		y[64];
	uint8_t		z[64];
	size_t		nx;
	size_t		ny;
	size_t		nz;

	nx = encode(x, 4, fields);
	CHECK(is_hex(x, nx, "7072697672656c656173652f76310000000472656c3100000004636f6c4100000005726f772d31000000023432"));
	done("enc of four fields");

	nx = encode(x, 2, ab_c);
	ny = encode(y, 2, a_bc);
	nz = encode(z, 1, abc);
	CHECK(nx == ny && memcmp(x, y, nx) != 0);
	CHECK(nz != nx);
	nx = encode(x, 0, NULL);
	CHECK(nx == PR_ENC_TAG_SIZE);
	done("enc is injective where concatenation is not");
}

static void
test_prs1(void)
{
	PrStream	stream;
	uint8_t		bytes[64];
	uint8_t		pieces[64];

	test_seed(stream.seed);
	CHECK(is_hex(stream.seed, 32, "48c9039c2a0f0bf77315fd5a02c28c8942b18d7f12703b1a3ef20255711b2ff8"));
	done("seed");

	start_test_stream(&stream);
	CHECK(pr_stream_fill(&stream, bytes, 64) == 0);
	CHECK(is_hex(bytes, 32, "dccfcaee3beb5a8b1706cb2747d2f9d2346ef59f36be8aa68a9a799d7a51ed9c"));
	CHECK(is_hex(bytes + 32, 32, "893f736d50c2540059fb47e73cc1d8882d24f20f64b4bb8b52cf6a6f30cbcd1f"));
	done("first two blocks");

	start_test_stream(&stream);
	for (size_t at = 0, n = 1; at < 64; at += n, n = n % 7 + 1)
	{
		if (n > 64 - at)
			n = 64 - at;
		CHECK(pr_stream_fill(&stream, pieces + at, n) == 0);
	}
	CHECK(memcmp(bytes, pieces, 64) == 0);
	CHECK(stream.consumed == 64);
	done("pieces of any size give the same bytes");

	{
		uint8_t		seed[32];

		test_seed(seed);
		pr_stream_start_at_seed(&stream, pr_hmac_prf, NULL, seed);
		CHECK(pr_stream_fill(&stream, pieces, 48) == 0);
		CHECK(memcmp(pieces, seed, 32) == 0 && memcmp(pieces + 32, bytes, 16) == 0);
		done("a stream that begins with its seed");
	}
}

static void
test_below_vector(void)
{
	static const int expected[] = {7, 6, 7, 7, 2, 9, 2, 4, 5, 6, 6, 9, 1, 9, 3, 0, 2, 4, 0, 9};
	PrStream	stream;
	PrBytes		bytes = start_test_stream(&stream);

	for (int i = 0; i < 20; i++)
	{
		pr_uint128	value;

		CHECK(pr_below(&bytes, 10, &value) == PR_CORE_OK);
		CHECK(value == (pr_uint128) expected[i]);
	}
	CHECK(stream.consumed == 41);
	done("below(10), twenty draws in 41 bytes");
}

/* Gives bytes from a list, then fails. */
typedef struct Script
{
	const uint8_t *bytes;
	size_t		left;
} Script;

static int
script_fill(void *state, uint8_t *buf, size_t n)
{
	Script	   *script = state;

	if (script->left < n)
		return 1;
	memcpy(buf, script->bytes, n);
	script->bytes += n;
	script->left -= n;
	return 0;
}

/* Every byte is fed once: each value below m must come equally often, all else is rejected. */
static void
test_below_uniform(void)
{
	for (int m = 2; m <= 256; m++)
	{
		int			count[256] = {0};
		int			bits = 0;

		while ((1 << bits) < m)
			bits++;
		for (int b = 0; b < 256; b++)
		{
			uint8_t		byte = (uint8_t) b;
			Script		script = {&byte, 1};
			PrBytes		bytes = {script_fill, &script, NULL};
			pr_uint128	value;
			PrCoreResult rc = pr_below(&bytes, (pr_uint128) m, &value);

			CHECK(rc == ((b & ((1 << bits) - 1)) < m ? PR_CORE_OK : PR_CORE_SOURCE));
			if (rc == PR_CORE_OK)
			{
				CHECK(value < (pr_uint128) m);
				count[(int) value]++;
			}
		}
		for (int i = 0; i < m; i++)
			CHECK(count[i] == 256 >> bits);
	}
	done("below(m) is exactly uniform for m = 2 .. 256");
}

static void
test_below_edges(void)
{
	uint8_t		ones[16];
	Script		script = {ones, 0};
	PrBytes		bytes = {script_fill, &script, NULL};
	pr_uint128	value;

	memset(ones, 0xff, sizeof(ones));
	CHECK(pr_below(&bytes, 1, &value) == PR_CORE_OK && value == 0);
	CHECK(pr_below(&bytes, 0, &value) == PR_CORE_PARAMETER);
	CHECK(pr_below(&bytes, 2, &value) == PR_CORE_SOURCE);
	script.left = 16;
	CHECK(pr_below(&bytes, ~(pr_uint128) 0, &value) == PR_CORE_SOURCE);
	ones[15] = 0xfe;
	script.bytes = ones;
	script.left = 16;
	CHECK(pr_below(&bytes, ~(pr_uint128) 0, &value) == PR_CORE_OK && value == ~(pr_uint128) 1);
	done("below at 0, 1 and 2^128 - 1");
}

int
main(void)
{
	test_enc();
	test_prs1();
	test_below_vector();
	test_below_uniform();
	test_below_edges();
	return finish();
}
