/*
 * pr_key.h
 *		Keys: their names and fingerprints in the catalogue, their bytes in the
 *		keyring file, their subkeys in this backend.
 */
#ifndef PR_KEY_H
#define PR_KEY_H

#include "postgres.h"

#include "crypto/pr_hmac.h"

/* What a key is used for.  The name is HKDF's info and the first field of enc(). */
typedef enum PrPurpose
{
	PR_PURPOSE_PSEUDONYM,
	PR_PURPOSE_FPE,
	PR_PURPOSE_FAKE,
	PR_PURPOSE_NOISE,
	PR_PURPOSE_DATESHIFT,
	PR_PURPOSE_ROW,
	PR_PURPOSE_PRAM,
	PR_PURPOSE_SHUFFLE,
	PR_PURPOSE_RANKSWAP,
	PR_PURPOSE_MICROAGGREGATE,
	PR_PURPOSE_HISTORY,
	PR_PURPOSE_LOG,
	PR_PURPOSE_OBJECTION
} PrPurpose;

#define PR_N_PURPOSES (PR_PURPOSE_OBJECTION + 1)

extern const char *pr_purpose_name(PrPurpose purpose);

/* The key of release_row and of the log: one in a database, made by its first event or table.  No rule draws from it. */
#define PR_RESERVED_KEY "privrelease"
extern void pr_key_reserved(int32 *id, int32 *version);

/* Id and current version of a key by name; false if there is none. */
extern bool pr_key_find(const char *name, int32 *id, int32 *current_version);

/*
 * The subkey of a key version, PR_KEY_SIZE bytes that stay valid until the next
 * call into this module.  Errors: library not preloaded; keyring, key or version
 * missing; key in the file not the one that the catalogue knows.
 */
extern const uint8_t *pr_key_subkey(int32 id, int32 version, PrPurpose purpose);

#endif							/* PR_KEY_H */
