/*
 * pr_keyring.h
 *		The keyring file: where the keys are.
 *
 * A text file of lines "key ID VERSION HEX" (64 hexadecimal digits) and
 * comments (#), mode 0600, owned by the server's user.  It belongs to the
 * cluster: key ids are unique in the file, whichever database asked for them.
 * Entries are added and never changed or removed.
 *
 * Invariants, and what an attacker would try here:
 *	- Only a regular file that nobody else can read or write is read: a file
 *	  planted through a link, a fifo, or with loose modes is refused.
 *	- The file is replaced by renaming a finished one, so that a crash leaves the
 *	  old or the new, and two databases that make keys at the same time take
 *	  turns (a heavyweight lock that belongs to no database).
 *	- Key bytes stay in this file's static storage, outside memory contexts, and
 *	  never enter a message.
 */
#ifndef PR_KEYRING_H
#define PR_KEYRING_H

#include "postgres.h"

#include "crypto/pr_hmac.h"

/* The file that privrelease.keyring_file means, palloc'd. */
extern char *pr_keyring_path(void);

/*
 * Copy the key to key[], reading the file if the entry is not known yet or
 * reread is asked for; false if the file has no such entry.  An unusable file is
 * an error (ERRCODE_PR_KEY_UNAVAILABLE).  The caller wipes key[].
 */
extern bool pr_keyring_get(int32 id, int32 version, bool reread, uint8_t key[PR_KEY_SIZE]);

/* Wait for other writers of the file, of any database, until the end of the transaction. */
extern void pr_keyring_lock(void);

/* Is there a file at all?  An error if it is there and unusable. */
extern bool pr_keyring_exists(void);

/* An id above floor and above all ids of the file. */
extern int32 pr_keyring_new_id(int32 floor);

/* The highest version of a key in the file; 0 if it has none. */
extern int32 pr_keyring_last_version(int32 id);

/* Add an entry, making the file if need be; under pr_keyring_lock(). */
extern void pr_keyring_add(int32 id, int32 version, const uint8_t key[PR_KEY_SIZE]);

/* Forget and zero what this backend has read. */
extern void pr_keyring_forget(void);

#endif							/* PR_KEYRING_H */
