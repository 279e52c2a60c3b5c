/*
 * pr_hmac.h
 *		HMAC-SHA-256, HKDF-SHA-256 and AES-256 through OpenSSL's EVP interface.
 *
 * This folder is the only one that includes openssl headers; nothing here
 * knows PostgreSQL, so that unit tests can link it.  Contexts live in OpenSSL's
 * heap and are zeroed when freed: key material never enters a memory context of
 * the server.
 *
 * A PrHmac holds the two states of HMAC after their first block (and after a
 * fixed prefix of the message), and copies them for each message: of all ways
 * through EVP that is the fastest for messages of less than 100 bytes, because
 * it spends two compressions where a plain HMAC spends four.
 */
#ifndef PR_HMAC_H
#define PR_HMAC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define PR_HMAC_SIZE 32
#define PR_KEY_SIZE 32

typedef struct PrHmac PrHmac;
typedef struct PrAes PrAes;

/* A keyed context for messages that begin with prefix; NULL if OpenSSL fails. */
extern PrHmac *pr_hmac_new(const uint8_t key[PR_KEY_SIZE], const void *prefix, size_t prefix_length);
extern void pr_hmac_free(PrHmac *hmac);

/* out = HMAC(key, prefix || message) */
extern bool pr_hmac(PrHmac *hmac, const void *message, size_t length, uint8_t out[PR_HMAC_SIZE]);

/* out = HMAC(key, message) for a key that is used a few times only; a PrPrf of core. */
extern int	pr_hmac_prf(void *unused, const uint8_t key[PR_KEY_SIZE], const uint8_t *message, size_t length,
						uint8_t out[PR_HMAC_SIZE]);

/* out = HMAC(key, message) for any key length, slow. */
extern bool pr_hmac_once(const uint8_t *key, size_t key_length, const void *message, size_t length,
						 uint8_t out[PR_HMAC_SIZE]);

/* HKDF (RFC 5869): extract with salt, expand with info. */
extern bool pr_hkdf(const uint8_t *key, size_t key_length, const uint8_t *salt, size_t salt_length, const void *info,
					size_t info_length, uint8_t *out, size_t out_length);

/* AES with a key of 16, 24 or 32 bytes on single blocks; pr_aes_block is a PrBlockCipher of core. */
extern PrAes *pr_aes_new(const uint8_t *key, size_t key_length);
extern void pr_aes_free(PrAes *aes);
extern int	pr_aes_block(void *aes, const uint8_t in[16], uint8_t out[16]);

/* Zero memory so that no compiler removes it; inline, as it is done for each row. */
static inline void
pr_cleanse(void *memory, size_t length)
{
	memset(memory, 0, length);
	__asm__ __volatile__("" : : "r" (memory) : "memory");
}

#endif							/* PR_HMAC_H */
