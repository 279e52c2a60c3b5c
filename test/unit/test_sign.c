/*
 * test_sign.c
 *		SHA-256 (FIPS 180-4), Ed25519 (RFC 8032), and their text forms.
 */
#include "crypto/pr_sign.h"
#include "tap.h"
#include "vectors.h"

static void
test_sha256(void)
{
	uint8_t		out[PR_SHA256_SIZE];

	CHECK(pr_sha256("", 0, out));
	CHECK(is_hex(out, 32, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
	CHECK(pr_sha256("abc", 3, out));
	CHECK(is_hex(out, 32, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
	done("SHA-256");
}

static void
check_vector(const char *seed_hex, const char *public_hex, const char *message_hex, const char *signature_hex)
{
	uint8_t		seed[PR_SEED_SIZE];
	uint8_t		public_key[PR_PUBLIC_KEY_SIZE];
	uint8_t		message[16];
	size_t		length = from_hex(message_hex, message);
	uint8_t		signature[PR_SIGNATURE_SIZE];

	from_hex(seed_hex, seed);
	CHECK(pr_sign_public_key(seed, public_key));
	CHECK(is_hex(public_key, PR_PUBLIC_KEY_SIZE, public_hex));
	CHECK(pr_sign(seed, message, length, signature));
	CHECK(is_hex(signature, PR_SIGNATURE_SIZE, signature_hex));
	CHECK(pr_sign_verify(public_key, message, length, signature));
	signature[0] ^= 1;
	CHECK(!pr_sign_verify(public_key, message, length, signature));
	signature[0] ^= 1;
	signature[63] ^= 0x10;
	CHECK(!pr_sign_verify(public_key, message, length, signature));
	signature[63] ^= 0x10;
	message[length] = 0;
	CHECK(!pr_sign_verify(public_key, message, length + 1, signature));
	public_key[5] ^= 1;
	CHECK(!pr_sign_verify(public_key, message, length, signature));
}

static void
test_ed25519(void)
{
	check_vector("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
				 "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
				 "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b");
	done("RFC 8032, 7.1, 1");
	check_vector("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
				 "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
				 "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
	done("RFC 8032, 7.1, 2");
}

static void
test_text(void)
{
	/* RFC 8410, 10.1 */
	static const char published[] = "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=";
	uint8_t		key[PR_PUBLIC_KEY_SIZE];
	uint8_t		signature[PR_SIGNATURE_SIZE];
	uint8_t		decoded[PR_SIGNATURE_SIZE];
	char		text[PR_BASE64_SIZE(PR_SIGNATURE_SIZE)];

	CHECK(pr_sign_decode_public_key(published, key));
	CHECK(is_hex(key, PR_PUBLIC_KEY_SIZE, "19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1"));
	CHECK(pr_sign_encode_public_key(key, text) && strcmp(text, published) == 0);
	for (int i = 0; i < PR_SIGNATURE_SIZE; i++)
		signature[i] = (uint8_t) (255 - 3 * i);
	CHECK(pr_sign_encode_signature(signature, text) && strlen(text) == 88);
	CHECK(pr_sign_decode_signature(text, decoded) && memcmp(decoded, signature, sizeof(signature)) == 0);
	done("keys and signatures as text");

	CHECK(!pr_sign_decode_public_key("", key));
	CHECK(!pr_sign_decode_public_key("MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuF=", key));
	CHECK(!pr_sign_decode_public_key("MCowBQYDK2VuAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=", key));
	CHECK(!pr_sign_decode_public_key(" CowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=", key));
	CHECK(!pr_sign_decode_public_key("MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE", key));
	CHECK(!pr_sign_decode_signature(published, decoded));
	text[87] = 'A';
	CHECK(!pr_sign_decode_signature(text, decoded));
	text[87] = '\n';
	CHECK(!pr_sign_decode_signature(text, decoded));
	done("text that is none is refused");
}

int
main(void)
{
	test_sha256();
	test_ed25519();
	test_text();
	return finish();
}
