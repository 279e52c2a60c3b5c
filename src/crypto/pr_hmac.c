/*
 * pr_hmac.c
 *		HMAC-SHA-256, HKDF-SHA-256 and AES through EVP; see pr_hmac.h.
 *
 * Nanoseconds for a message of 41 bytes (OpenSSL 3.0, SHA instructions):
 *
 *		copy of both prepared states				142		(used)
 *		copy of the inner one, raw outer			178
 *		EVP_MAC, re-initialised with a NULL key		184
 *		raw, context copied from a fresh one		190		(used where a key is new)
 *		raw, one context re-initialised				208
 *		EVP_Digest with a fetched digest			287
 *		EVP_MAC_CTX_dup								525
 *		one-shot HMAC()							   1070
 *		EVP_DigestSign								1396
 */
#include "crypto/pr_hmac.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#define SHA256_BLOCK 64

struct PrHmac
{
	EVP_MD_CTX *inner;			/* after K^ipad and the prefix */
	EVP_MD_CTX *outer;			/* after K^opad */
	EVP_MD_CTX *work;
};

struct PrAes
{
	EVP_CIPHER_CTX *ctx;
};

/* Fetched once in a process: a fetch per call costs more than the hash. */
static EVP_MD *
sha256(void)
{
	static EVP_MD *md = NULL;

	if (md == NULL)
		md = EVP_MD_fetch(NULL, "SHA256", NULL);
	return md;
}

/* block = key XOR pad, filled up with pad */
static inline void
pad_key(const uint8_t key[PR_KEY_SIZE], uint8_t pad, uint8_t block[SHA256_BLOCK])
{
	memset(block, pad, SHA256_BLOCK);
	for (int i = 0; i < PR_KEY_SIZE; i++)
		block[i] ^= key[i];
}

/* A context that has hashed nothing.  To copy one takes less time than to initialise one. */
static EVP_MD_CTX *
fresh_context(void)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	if (ctx == NULL || sha256() == NULL || EVP_DigestInit_ex2(ctx, sha256(), NULL) != 1)
	{
		EVP_MD_CTX_free(ctx);
		return NULL;
	}
	return ctx;
}

/* A context that has hashed the key block (key XOR pad). */
static EVP_MD_CTX *
keyed_context(const uint8_t key[PR_KEY_SIZE], uint8_t pad)
{
	EVP_MD_CTX *ctx = fresh_context();
	uint8_t		block[SHA256_BLOCK];
	bool		ok;

	if (ctx == NULL)
		return NULL;
	pad_key(key, pad, block);
	ok = EVP_DigestUpdate(ctx, block, sizeof(block)) == 1;
	pr_cleanse(block, sizeof(block));
	if (!ok)
	{
		EVP_MD_CTX_free(ctx);
		return NULL;
	}
	return ctx;
}

PrHmac *
pr_hmac_new(const uint8_t key[PR_KEY_SIZE], const void *prefix, size_t prefix_length)
{
	PrHmac	   *hmac = OPENSSL_zalloc(sizeof(PrHmac));

	if (hmac == NULL)
		return NULL;
	hmac->inner = keyed_context(key, 0x36);
	hmac->outer = keyed_context(key, 0x5c);
	hmac->work = EVP_MD_CTX_new();
	if (hmac->inner == NULL || hmac->outer == NULL || hmac->work == NULL ||
		EVP_DigestUpdate(hmac->inner, prefix, prefix_length) != 1)
	{
		pr_hmac_free(hmac);
		return NULL;
	}
	return hmac;
}

void
pr_hmac_free(PrHmac *hmac)
{
	if (hmac == NULL)
		return;
	EVP_MD_CTX_free(hmac->inner);
	EVP_MD_CTX_free(hmac->outer);
	EVP_MD_CTX_free(hmac->work);
	OPENSSL_free(hmac);
}

bool
pr_hmac(PrHmac *hmac, const void *message, size_t length, uint8_t out[PR_HMAC_SIZE])
{
	return EVP_MD_CTX_copy_ex(hmac->work, hmac->inner) == 1 &&
		EVP_DigestUpdate(hmac->work, message, length) == 1 &&
		EVP_DigestFinal_ex(hmac->work, out, NULL) == 1 &&
		EVP_MD_CTX_copy_ex(hmac->work, hmac->outer) == 1 &&
		EVP_DigestUpdate(hmac->work, out, PR_HMAC_SIZE) == 1 &&
		EVP_DigestFinal_ex(hmac->work, out, NULL) == 1;
}

/* Messages up to this length are hashed together with the key's block, in one call. */
#define SHORT_MESSAGE 64

int
pr_hmac_prf(void *unused, const uint8_t key[PR_KEY_SIZE], const uint8_t *message, size_t length,
			uint8_t out[PR_HMAC_SIZE])
{
	static EVP_MD_CTX *fresh = NULL;
	static EVP_MD_CTX *work = NULL;
	uint8_t		buffer[SHA256_BLOCK + SHORT_MESSAGE];
	bool		together = length <= SHORT_MESSAGE;
	bool		ok;

	(void) unused;
	if (fresh == NULL && (fresh = fresh_context()) == NULL)
		return 1;
	if (work == NULL && (work = EVP_MD_CTX_new()) == NULL)
		return 1;
	pad_key(key, 0x36, buffer);
	if (together)
		memcpy(buffer + SHA256_BLOCK, message, length);
	ok = EVP_MD_CTX_copy_ex(work, fresh) == 1 &&
		EVP_DigestUpdate(work, buffer, SHA256_BLOCK + (together ? length : 0)) == 1 &&
		(together || EVP_DigestUpdate(work, message, length) == 1) &&
		EVP_DigestFinal_ex(work, buffer + SHA256_BLOCK, NULL) == 1;
	pad_key(key, 0x5c, buffer);
	ok = ok &&
		EVP_MD_CTX_copy_ex(work, fresh) == 1 &&
		EVP_DigestUpdate(work, buffer, SHA256_BLOCK + PR_HMAC_SIZE) == 1 &&
		EVP_DigestFinal_ex(work, out, NULL) == 1;
	pr_cleanse(buffer, sizeof(buffer));
	return ok ? 0 : 1;
}

bool
pr_hmac_once(const uint8_t *key, size_t key_length, const void *message, size_t length, uint8_t out[PR_HMAC_SIZE])
{
	size_t		written;

	return EVP_Q_mac(NULL, "HMAC", NULL, "SHA256", NULL, key, key_length, message, length, out, PR_HMAC_SIZE,
					 &written) != NULL;
}

bool
pr_hkdf(const uint8_t *key, size_t key_length, const uint8_t *salt, size_t salt_length, const void *info,
		size_t info_length, uint8_t *out, size_t out_length)
{
	EVP_KDF    *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
	EVP_KDF_CTX *ctx = kdf != NULL ? EVP_KDF_CTX_new(kdf) : NULL;
	OSSL_PARAM	params[5];
	int			n = 0;
	bool		ok;

	params[n++] = OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, (char *) "SHA256", 0);
	params[n++] = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, (void *) key, key_length);
	if (salt_length > 0)
		params[n++] = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, (void *) salt, salt_length);
	if (info_length > 0)
		params[n++] = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, (void *) info, info_length);
	params[n] = OSSL_PARAM_construct_end();

	ok = ctx != NULL && EVP_KDF_derive(ctx, out, out_length, params) == 1;
	EVP_KDF_CTX_free(ctx);
	EVP_KDF_free(kdf);
	return ok;
}

static const char *
aes_name(size_t key_length)
{
	switch (key_length)
	{
		case 16:
			return "AES-128-ECB";
		case 24:
			return "AES-192-ECB";
		case 32:
			return "AES-256-ECB";
		default:
			return NULL;
	}
}

PrAes *
pr_aes_new(const uint8_t *key, size_t key_length)
{
	PrAes	   *aes = aes_name(key_length) != NULL ? OPENSSL_zalloc(sizeof(PrAes)) : NULL;
	EVP_CIPHER *cipher;
	bool		ok;

	if (aes == NULL)
		return NULL;
	cipher = EVP_CIPHER_fetch(NULL, aes_name(key_length), NULL);
	aes->ctx = EVP_CIPHER_CTX_new();
	ok = cipher != NULL && aes->ctx != NULL &&
		EVP_EncryptInit_ex2(aes->ctx, cipher, key, NULL, NULL) == 1 &&
		EVP_CIPHER_CTX_set_padding(aes->ctx, 0) == 1;
	EVP_CIPHER_free(cipher);
	if (!ok)
	{
		pr_aes_free(aes);
		return NULL;
	}
	return aes;
}

void
pr_aes_free(PrAes *aes)
{
	if (aes == NULL)
		return;
	EVP_CIPHER_CTX_free(aes->ctx);
	OPENSSL_free(aes);
}

int
pr_aes_block(void *aes, const uint8_t in[16], uint8_t out[16])
{
	int			written;

	return EVP_EncryptUpdate(((PrAes *) aes)->ctx, out, &written, in, 16) == 1 && written == 16 ? 0 : 1;
}
