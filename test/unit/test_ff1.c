/*
 * test_ff1.c
 *		FF1 against the nine samples of NIST, one arithmetic against the other,
 *		and as a permutation.
 */
#include "core/pr_ff1.h"
#include "crypto/pr_hmac.h"
#include "tap.h"
#include "vectors.h"

#define KEY "2b7e151628aed2a6abf7158809cf4f3cef4359d8d580aa4f7f036d6f04fc6a94"

typedef struct Sample
{
	size_t		key_length;
	uint32_t	radix;
	const char *tweak;
	const char *plain;
	const char *cipher;
} Sample;

/* Key lengths in bytes are prefixes of KEY, as in the standard's examples. */
static const Sample samples[] = {
	{16, 10, "", "0123456789", "2433477484"},
	{16, 10, "39383736353433323130", "0123456789", "6124200773"},
	{16, 36, "3737373770717273373737", "0123456789abcdefghi", "a9tv40mll9kdu509eum"},
	{24, 10, "", "0123456789", "2830668132"},
	{24, 10, "39383736353433323130", "0123456789", "2496655549"},
	{24, 36, "3737373770717273373737", "0123456789abcdefghi", "xbj3kv35jrawxv32ysr"},
	{32, 10, "", "0123456789", "6657667009"},
	{32, 10, "39383736353433323130", "0123456789", "1001623463"},
	{32, 36, "3737373770717273373737", "0123456789abcdefghi", "xs8a0azh2avyalyzuwd"},
};

static int
digit_value(char c)
{
	return c <= '9' ? c - '0' : c - 'a' + 10;
}

static PrAes *
make_cipher(size_t key_length)
{
	uint8_t		key[32];

	from_hex(KEY, key);
	return pr_aes_new(key, key_length);
}

static void
test_samples(void)
{
	for (size_t s = 0; s < sizeof(samples) / sizeof(samples[0]); s++)
	{
		const Sample *sample = &samples[s];
		PrAes	   *aes = make_cipher(sample->key_length);
		uint8_t		tweak[32];
		size_t		tweak_length = from_hex(sample->tweak, tweak);
		size_t		n = strlen(sample->plain);
		uint16_t	narrow[32];
		uint16_t	wide[32];
		char		name[64];

		for (size_t i = 0; i < n; i++)
			narrow[i] = wide[i] = (uint16_t) digit_value(sample->plain[i]);
		CHECK(pr_ff1_encrypt(pr_aes_block, aes, sample->radix, tweak, tweak_length, narrow, n) == PR_CORE_OK);
		CHECK(pr_ff1_encrypt_wide(pr_aes_block, aes, sample->radix, tweak, tweak_length, wide, n) == PR_CORE_OK);
		for (size_t i = 0; i < n; i++)
		{
			CHECK(narrow[i] == digit_value(sample->cipher[i]));
			CHECK(wide[i] == digit_value(sample->cipher[i]));
		}
		pr_aes_free(aes);
		snprintf(name, sizeof(name), "SP 800-38G, FF1 sample %zu", s + 1);
		done(name);
	}
}

/* Radices and lengths on both sides of what fits a machine word, tweaks on both sides of a block. */
static void
test_agreement(void)
{
	static const uint32_t radices[] = {2, 3, 10, 26, 62, 255, 256, 1000, 4096, 65535, 65536};
	PrAes	   *aes = make_cipher(32);
	uint8_t		tweak[70];

	for (size_t i = 0; i < sizeof(tweak); i++)
		tweak[i] = (uint8_t) (i * 31);
	for (size_t r = 0; r < sizeof(radices) / sizeof(radices[0]); r++)
		for (size_t n = 2; n <= 60; n++)
			for (size_t t = 0; t <= sizeof(tweak); t += 7)
			{
				uint16_t	narrow[60];
				uint16_t	wide[60];

				if (!pr_ff1_domain_ok(radices[r], n))
					continue;
				for (size_t i = 0; i < n; i++)
					narrow[i] = wide[i] = (uint16_t) ((i * 40503 + n * 7 + t) % radices[r]);
				CHECK(pr_ff1_encrypt(pr_aes_block, aes, radices[r], tweak, t, narrow, n) == PR_CORE_OK);
				CHECK(pr_ff1_encrypt_wide(pr_aes_block, aes, radices[r], tweak, t, wide, n) == PR_CORE_OK);
				CHECK(memcmp(narrow, wide, n * sizeof(uint16_t)) == 0);
				for (size_t i = 0; i < n; i++)
					CHECK(narrow[i] < radices[r]);
				CHECK(pr_ff1_decrypt(pr_aes_block, aes, radices[r], tweak, t, narrow, n) == PR_CORE_OK);
				for (size_t i = 0; i < n; i++)
					CHECK(narrow[i] == (uint16_t) ((i * 40503 + n * 7 + t) % radices[r]));
			}
	pr_aes_free(aes);
	done("both arithmetics agree, and decryption undoes them");
}

static void
test_permutation(void)
{
	static uint8_t seen[1000000];
	PrAes	   *aes = make_cipher(32);

	for (uint32_t x = 0; x < 1000000; x++)
	{
		uint16_t	digits[6];
		uint32_t	rest = x;
		uint32_t	y = 0;

		for (int i = 5; i >= 0; i--, rest /= 10)
			digits[i] = (uint16_t) (rest % 10);
		CHECK(pr_ff1_encrypt(pr_aes_block, aes, 10, (const uint8_t *) "tweak", 5, digits, 6) == PR_CORE_OK);
		for (int i = 0; i < 6; i++)
			y = y * 10 + digits[i];
		seen[y]++;
	}
	for (uint32_t x = 0; x < 1000000; x++)
		CHECK(seen[x] == 1);
	pr_aes_free(aes);
	done("a permutation of all six-digit numbers");
}

static void
test_refusals(void)
{
	PrAes	   *aes = make_cipher(32);
	uint16_t	digits[PR_FF1_MAX_LENGTH + 1] = {0};
	uint8_t		tweak[1] = {0};

	CHECK(!pr_ff1_domain_ok(10, 5));
	CHECK(pr_ff1_domain_ok(10, 6));
	CHECK(!pr_ff1_domain_ok(2, 19));
	CHECK(pr_ff1_domain_ok(2, 20));
	CHECK(!pr_ff1_domain_ok(1, 100));
	CHECK(!pr_ff1_domain_ok(65537, 2));
	CHECK(!pr_ff1_domain_ok(65536, 1));
	CHECK(!pr_ff1_domain_ok(10, PR_FF1_MAX_LENGTH + 1));
	CHECK(pr_ff1_encrypt(pr_aes_block, aes, 10, tweak, 0, digits, 5) == PR_CORE_PARAMETER);
	CHECK(pr_ff1_encrypt(pr_aes_block, aes, 10, tweak, 0, digits, PR_FF1_MAX_LENGTH) == PR_CORE_OK);
	CHECK(pr_ff1_encrypt(pr_aes_block, aes, 10, tweak, 0, digits, PR_FF1_MAX_LENGTH + 1) == PR_CORE_PARAMETER);
	digits[3] = 10;
	CHECK(pr_ff1_encrypt(pr_aes_block, aes, 10, tweak, 0, digits, 10) == PR_CORE_PARAMETER);
	pr_aes_free(aes);
	done("small domains, long strings and foreign digits are refused");
}

int
main(void)
{
	test_samples();
	test_agreement();
	test_permutation();
	test_refusals();
	return finish();
}
