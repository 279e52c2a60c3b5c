/*
 * test_hmac.c
 *		HMAC-SHA-256 (RFC 4231), HKDF-SHA-256 (RFC 5869) and AES-256 (FIPS 197)
 *		through every function that offers them.
 */
#include "crypto/pr_hmac.h"
#include "tap.h"
#include "vectors.h"

static void
test_rfc4231(void)
{
	uint8_t		key[131];
	uint8_t		out[PR_HMAC_SIZE];
	uint8_t		data[50];

	memset(key, 0x0b, 20);
	CHECK(pr_hmac_once(key, 20, "Hi There", 8, out));
	CHECK(is_hex(out, 32, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"));
	done("RFC 4231, 1");

	CHECK(pr_hmac_once((const uint8_t *) "Jefe", 4, "what do ya want for nothing?", 28, out));
	CHECK(is_hex(out, 32, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"));
	done("RFC 4231, 2");

	memset(key, 0xaa, 20);
	memset(data, 0xdd, 50);
	CHECK(pr_hmac_once(key, 20, data, 50, out));
	CHECK(is_hex(out, 32, "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"));
	done("RFC 4231, 3");

	memset(key, 0xaa, 131);
	CHECK(pr_hmac_once(key, 131, "Test Using Larger Than Block-Size Key - Hash Key First", 54, out));
	CHECK(is_hex(out, 32, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"));
	done("RFC 4231, 6");
}

/* The prepared contexts against the plain function: key, prefix and message of many lengths. */
static void
test_prepared(void)
{
	uint8_t		message[300];
	uint8_t		key[PR_KEY_SIZE];

	for (size_t i = 0; i < sizeof(message); i++)
		message[i] = (uint8_t) (i * 7 + 3);
	for (size_t prefix = 0; prefix <= 130; prefix += 13)
	{
		PrHmac	   *hmac;

		for (int i = 0; i < PR_KEY_SIZE; i++)
			key[i] = (uint8_t) ((size_t) i + prefix);
		hmac = pr_hmac_new(key, message, prefix);
		CHECK(hmac != NULL);
		if (hmac == NULL)
			continue;
		for (size_t length = prefix; length <= sizeof(message); length++)
		{
			uint8_t		expected[PR_HMAC_SIZE];
			uint8_t		prepared[PR_HMAC_SIZE];
			uint8_t		prf[PR_HMAC_SIZE];

			CHECK(pr_hmac_once(key, PR_KEY_SIZE, message, length, expected));
			CHECK(pr_hmac(hmac, message + prefix, length - prefix, prepared));
			CHECK(pr_hmac_prf(NULL, key, message, length, prf) == 0);
			CHECK(memcmp(expected, prepared, PR_HMAC_SIZE) == 0);
			CHECK(memcmp(expected, prf, PR_HMAC_SIZE) == 0);
		}
		pr_hmac_free(hmac);
	}
	pr_hmac_free(NULL);
	done("prepared and single-use contexts agree with the plain function");
}

static void
test_rfc5869(void)
{
	uint8_t		key[80];
	uint8_t		salt[80];
	uint8_t		info[80];
	uint8_t		out[82];

	memset(key, 0x0b, 22);
	from_hex("000102030405060708090a0b0c", salt);
	from_hex("f0f1f2f3f4f5f6f7f8f9", info);
	CHECK(pr_hkdf(key, 22, salt, 13, info, 10, out, 42));
	CHECK(is_hex(out, 42, "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"));
	done("RFC 5869, 1");

	for (int i = 0; i < 80; i++)
	{
		key[i] = (uint8_t) i;
		salt[i] = (uint8_t) (0x60 + i);
		info[i] = (uint8_t) (0xb0 + i);
	}
	CHECK(pr_hkdf(key, 80, salt, 80, info, 80, out, 82));
	CHECK(is_hex(out, 82,
				 "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09"
				 "da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87"));
	done("RFC 5869, 2");

	memset(key, 0x0b, 22);
	CHECK(pr_hkdf(key, 22, NULL, 0, NULL, 0, out, 42));
	CHECK(is_hex(out, 42, "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"));
	done("RFC 5869, 3");
}

static void
test_aes(void)
{
	uint8_t		key[32];
	uint8_t		block[16];
	PrAes	   *aes;

	for (int i = 0; i < 32; i++)
		key[i] = (uint8_t) i;
	from_hex("00112233445566778899aabbccddeeff", block);
	aes = pr_aes_new(key, 32);
	CHECK(aes != NULL && pr_aes_block(aes, block, block) == 0);
	CHECK(is_hex(block, 16, "8ea2b7ca516745bfeafc49904b496089"));
	pr_aes_free(aes);
	CHECK(pr_aes_new(key, 17) == NULL);
	pr_aes_free(NULL);
	done("AES-256, FIPS 197 appendix C.3, in place");
}

static void
test_cleanse(void)
{
	uint8_t		secret[100];
	int			sum = 0;

	memset(secret, 1, sizeof(secret));
	pr_cleanse(secret, sizeof(secret));
	for (size_t i = 0; i < sizeof(secret); i++)
		sum += secret[i];
	CHECK(sum == 0);
	done("cleanse");
}

int
main(void)
{
	test_rfc4231();
	test_prepared();
	test_rfc5869();
	test_aes();
	test_cleanse();
	return finish();
}
