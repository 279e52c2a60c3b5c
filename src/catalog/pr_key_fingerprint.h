/*
 * pr_key_fingerprint.h
 *		What the two halves of the key module share: pr_key.c (use) and
 *		pr_key_create.c (make, rotate).
 */
#ifndef PR_KEY_FINGERPRINT_H
#define PR_KEY_FINGERPRINT_H

#include "postgres.h"

#include "crypto/pr_hmac.h"

/* 128 bits in hexadecimal and a NUL: enough to tell keys apart, nothing to invert. */
#define PR_FINGERPRINT_SIZE 33

extern void pr_key_fingerprint(const uint8_t key[PR_KEY_SIZE], char fingerprint[PR_FINGERPRINT_SIZE]);

/* An error unless the library came by shared_preload_libraries. */
extern void pr_key_require_preloaded(void);

#endif							/* PR_KEY_FINGERPRINT_H */
