/*
 * pr_ff1.h
 *		FF1, format-preserving encryption (NIST SP 800-38G Rev. 1, 5.1).
 *
 * The block cipher is a callback.  Numeral strings are arrays of digits below
 * the radix.  A domain of less than PR_FF1_MIN_DOMAIN strings is refused, as the
 * standard demands: it could be learned by enumeration.
 */
#ifndef PR_FF1_H
#define PR_FF1_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/pr_core.h"

#define PR_FF1_MIN_DOMAIN 1000000
#define PR_FF1_MAX_RADIX 65536
#define PR_FF1_MAX_LENGTH 1024	/* digits; a cap of ours on work per value */
#define PR_FF1_MAX_TWEAK 65536	/* bytes; likewise */

/* One 16-byte block; in and out may be the same. */
typedef int (*PrBlockCipher) (void *state, const uint8_t in[16], uint8_t out[16]);

/* Is radix^length at least PR_FF1_MIN_DOMAIN, and both within their limits? */
extern bool pr_ff1_domain_ok(uint32_t radix, size_t length);

/*
 * Encrypt length digits in place.  PR_CORE_PARAMETER: domain too small, too
 * long, a digit not below the radix, or tweak too long.
 */
extern PrCoreResult pr_ff1_encrypt(PrBlockCipher cipher, void *state, uint32_t radix, const uint8_t *tweak,
								   size_t tweak_length, uint16_t *digits, size_t length);

/* Undoes pr_ff1_encrypt(); algorithm 8. */
extern PrCoreResult pr_ff1_decrypt(PrBlockCipher cipher, void *state, uint32_t radix, const uint8_t *tweak,
								   size_t tweak_length, uint16_t *digits, size_t length);

/* Encryption by multi-precision arithmetic whatever the size, to test one path against the other. */
extern PrCoreResult pr_ff1_encrypt_wide(PrBlockCipher cipher, void *state, uint32_t radix, const uint8_t *tweak,
										size_t tweak_length, uint16_t *digits, size_t length);

#endif							/* PR_FF1_H */
