/*
 * pr_sign.h
 *		SHA-256, Ed25519 signatures (RFC 8032) and base64, through OpenSSL.
 *
 * Nothing here knows PostgreSQL.  A private key is its seed of 32 bytes, which
 * the caller keeps; what OpenSSL makes of it is freed, and so zeroed, before
 * these functions return.
 */
#ifndef PR_SIGN_H
#define PR_SIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PR_SHA256_SIZE 32
#define PR_SEED_SIZE 32
#define PR_PUBLIC_KEY_SIZE 32
#define PR_SIGNATURE_SIZE 64

/* What "openssl pkey -pubin" reads: SubjectPublicKeyInfo (RFC 8410), 12 bytes that are always the same, and the key. */
#define PR_PUBLIC_KEY_INFO_SIZE (12 + PR_PUBLIC_KEY_SIZE)

/* Base64 of n bytes, with its NUL. */
#define PR_BASE64_SIZE(n) (((n) + 2) / 3 * 4 + 1)

/* All return false if OpenSSL fails, or if there is nothing to decode. */
extern bool pr_sha256(const void *message, size_t length, uint8_t out[PR_SHA256_SIZE]);

extern bool pr_sign_public_key(const uint8_t seed[PR_SEED_SIZE], uint8_t public_key[PR_PUBLIC_KEY_SIZE]);
extern bool pr_sign(const uint8_t seed[PR_SEED_SIZE], const void *message, size_t length,
					uint8_t signature[PR_SIGNATURE_SIZE]);

/* Is it the signature of this message? */
extern bool pr_sign_verify(const uint8_t public_key[PR_PUBLIC_KEY_SIZE], const void *message, size_t length,
						   const uint8_t signature[PR_SIGNATURE_SIZE]);

/* Public key and signature as text; decoding takes the one text that encoding gives, and no other. */
extern bool pr_sign_encode_public_key(const uint8_t public_key[PR_PUBLIC_KEY_SIZE],
									  char text[PR_BASE64_SIZE(PR_PUBLIC_KEY_INFO_SIZE)]);
extern bool pr_sign_decode_public_key(const char *text, uint8_t public_key[PR_PUBLIC_KEY_SIZE]);
extern bool pr_sign_encode_signature(const uint8_t signature[PR_SIGNATURE_SIZE],
									 char text[PR_BASE64_SIZE(PR_SIGNATURE_SIZE)]);
extern bool pr_sign_decode_signature(const char *text, uint8_t signature[PR_SIGNATURE_SIZE]);

#endif							/* PR_SIGN_H */
