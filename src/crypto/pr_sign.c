/*
 * pr_sign.c
 *		SHA-256, Ed25519 and base64 through EVP; see pr_sign.h.
 */
#include "crypto/pr_sign.h"

#include <openssl/evp.h>
#include <string.h>

static const uint8_t key_info[PR_PUBLIC_KEY_INFO_SIZE - PR_PUBLIC_KEY_SIZE] =
{0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};

bool
pr_sha256(const void *message, size_t length, uint8_t out[PR_SHA256_SIZE])
{
	size_t		written;

	return EVP_Q_digest(NULL, "SHA256", NULL, message, length, out, &written) == 1 && written == PR_SHA256_SIZE;
}

bool
pr_sign_public_key(const uint8_t seed[PR_SEED_SIZE], uint8_t public_key[PR_PUBLIC_KEY_SIZE])
{
	EVP_PKEY   *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, PR_SEED_SIZE);
	size_t		length = PR_PUBLIC_KEY_SIZE;
	bool		ok = key != NULL && EVP_PKEY_get_raw_public_key(key, public_key, &length) == 1 && length == PR_PUBLIC_KEY_SIZE;

	EVP_PKEY_free(key);
	return ok;
}

bool
pr_sign(const uint8_t seed[PR_SEED_SIZE], const void *message, size_t length, uint8_t signature[PR_SIGNATURE_SIZE])
{
	EVP_PKEY   *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, PR_SEED_SIZE);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	size_t		written = PR_SIGNATURE_SIZE;
	bool		ok = key != NULL && ctx != NULL &&
		EVP_DigestSignInit(ctx, NULL, NULL, NULL, key) == 1 &&
		EVP_DigestSign(ctx, signature, &written, message, length) == 1 && written == PR_SIGNATURE_SIZE;

	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
	return ok;
}

bool
pr_sign_verify(const uint8_t public_key[PR_PUBLIC_KEY_SIZE], const void *message, size_t length,
			   const uint8_t signature[PR_SIGNATURE_SIZE])
{
	EVP_PKEY   *key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, public_key, PR_PUBLIC_KEY_SIZE);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool		ok = key != NULL && ctx != NULL &&
		EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, key) == 1 &&
		EVP_DigestVerify(ctx, signature, PR_SIGNATURE_SIZE, message, length) == 1;

	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
	return ok;
}

/* The size is a multiple of 3, or the text ends in padding; both ways EVP writes what PR_BASE64_SIZE says. */
static bool
encode(const uint8_t *bytes, int size, char *text)
{
	return EVP_EncodeBlock((unsigned char *) text, bytes, size) == PR_BASE64_SIZE(size) - 1;
}

/* EVP_DecodeBlock() overlooks much, so what it gives is encoded again and compared. */
static bool
decode(const char *text, uint8_t *bytes, int size)
{
	unsigned char decoded[PR_BASE64_SIZE(PR_SIGNATURE_SIZE)];
	char		again[PR_BASE64_SIZE(PR_SIGNATURE_SIZE)];
	int			length = PR_BASE64_SIZE(size) - 1;

	if (size > PR_SIGNATURE_SIZE || strlen(text) != (size_t) length ||
		EVP_DecodeBlock(decoded, (const unsigned char *) text, length) != length / 4 * 3 ||
		!encode(decoded, size, again) || strcmp(again, text) != 0)
		return false;
	memcpy(bytes, decoded, (size_t) size);
	return true;
}

bool
pr_sign_encode_public_key(const uint8_t public_key[PR_PUBLIC_KEY_SIZE], char text[PR_BASE64_SIZE(PR_PUBLIC_KEY_INFO_SIZE)])
{
	uint8_t		info[PR_PUBLIC_KEY_INFO_SIZE];

	memcpy(info, key_info, sizeof(key_info));
	memcpy(info + sizeof(key_info), public_key, PR_PUBLIC_KEY_SIZE);
	return encode(info, sizeof(info), text);
}

bool
pr_sign_decode_public_key(const char *text, uint8_t public_key[PR_PUBLIC_KEY_SIZE])
{
	uint8_t		info[PR_PUBLIC_KEY_INFO_SIZE];

	if (!decode(text, info, sizeof(info)) || memcmp(info, key_info, sizeof(key_info)) != 0)
		return false;
	memcpy(public_key, info + sizeof(key_info), PR_PUBLIC_KEY_SIZE);
	return true;
}

bool
pr_sign_encode_signature(const uint8_t signature[PR_SIGNATURE_SIZE], char text[PR_BASE64_SIZE(PR_SIGNATURE_SIZE)])
{
	return encode(signature, PR_SIGNATURE_SIZE, text);
}

bool
pr_sign_decode_signature(const char *text, uint8_t signature[PR_SIGNATURE_SIZE])
{
	return decode(text, signature, PR_SIGNATURE_SIZE);
}
