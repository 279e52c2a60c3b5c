/*
 * pr_log.h
 *		The log: entries that follow each other, each hashed with the one before
 *		it and signed.
 *
 * What is hashed is PR_LOG_HEADING, the digest of the entry before (of the
 * first: 64 zeros), a newline, and the body.  What is signed is PR_LOG_HEADING,
 * the number of the entry, a newline, the digest, and a newline: whoever has a
 * head can check it without the log.
 * Digests are SHA-256 in lower-case hexadecimal.  A body is one line of ASCII,
 * so that none of these texts can be read in two ways.
 *
 * What an attacker would try: change what was written.  One who may write to
 * every table can rewrite entries and hash them again, but signs nothing
 * without the keyring; who has no signature to put in can cut entries off the
 * end, and put back an older state of everything, which an exported head shows.
 */
#ifndef PR_LOG_H
#define PR_LOG_H

#include "postgres.h"

#include "crypto/pr_sign.h"

#define PR_LOG_HEADING "privrelease log 1\n"
#define PR_LOG_DIGEST_LENGTH 64
#define PR_LOG_NO_DIGEST "0000000000000000000000000000000000000000000000000000000000000000"
#define PR_LOG_SIGNATURE_SIZE PR_BASE64_SIZE(PR_SIGNATURE_SIZE)
#define PR_LOG_PUBLIC_KEY_SIZE PR_BASE64_SIZE(PR_PUBLIC_KEY_INFO_SIZE)

/* Begins every body of entry number %lld. */
#define PR_LOG_BODY_BEGIN "{\"entry\": %lld, "

/* pr_log_chain.c */
extern char *pr_log_digest(const char *previous, const char *body);
extern char *pr_log_signed_text(int64 entry, const char *digest);

/*
 * Writes the entries of this transaction's events now: DROP EXTENSION, which may
 * follow in the same transaction, is refused while there are any.  Until the
 * transaction ends, others wait to be logged.  Between SPI_connect() and
 * SPI_finish().
 */
extern void pr_log_flush(void);

/* pr_log_key.c */
typedef struct PrLogSignature
{
	int32		key_version;	/* of the reserved key */
	char		public_key[PR_LOG_PUBLIC_KEY_SIZE];
	char		signature[PR_LOG_SIGNATURE_SIZE];
} PrLogSignature;

/* False, and a warning where keys are kept, if it cannot be signed: an entry is written in any case. */
extern bool pr_log_sign(int64 entry, const char *digest, PrLogSignature *signature);

/* The public key of a version, from the keyring; false if it has none that this database knows. */
extern bool pr_log_derive_public_key(int32 key_version, uint8_t public_key[PR_PUBLIC_KEY_SIZE]);

/*
 * Before a decision that opens something: on a server that keeps keys
 * (preloaded) an error, PR001, if the log could not sign it.  Without preload
 * nothing can be signed, and verify_log() says so of each entry.
 */
extern void pr_log_require_key(void);

#endif							/* PR_LOG_H */
