/*
 * pr_key.c
 *		Keys at run time; see pr_key.h.  Making keys is in pr_key_create.c.
 *
 * Invariants, and what an attacker would try here:
 *	- A key from the file is used only if its fingerprint is the one that was
 *	  written to the catalogue when it was made: another file, an edited line or a
 *	  restored database gives an error, never other pseudonyms.
 *	- There is no fallback: whatever is missing is an error.
 *	- Each purpose has a subkey of its own, so that what one transform shows says
 *	  nothing about another.
 *	- Subkeys stay in static storage and are zeroed when the catalogue of keys
 *	  changes and when the backend ends.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "storage/ipc.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/rel.h"

#include "catalog/pr_catalog.h"
#include "catalog/pr_key.h"
#include "catalog/pr_key_fingerprint.h"
#include "common/pr_error.h"
#include "common/pr_session.h"
#include "crypto/pr_keyring.h"

/* Columns of privrelease.key and privrelease.key_version; see sql/25_keys.sql. */
#define KEY_ID 1
#define KEY_NAME 2
#define KEY_CURRENT_VERSION 3
#define VERSION_KEY 1
#define VERSION_VERSION 2
#define VERSION_FINGERPRINT 3

/* Key versions in use in one backend; more than this take turns. */
#define MAX_CACHED 64

typedef struct CachedKey
{
	int32		id;
	int32		version;
	uint8_t		subkey[PR_N_PURPOSES][PR_KEY_SIZE];
} CachedKey;

static CachedKey cache[MAX_CACHED];
static int	n_cached = 0;
static int	next_victim = 0;

static const char *const purpose_names[PR_N_PURPOSES] = {
	[PR_PURPOSE_PSEUDONYM] = "pseudonym",
	[PR_PURPOSE_FPE] = "fpe",
	[PR_PURPOSE_FAKE] = "fake",
	[PR_PURPOSE_NOISE] = "noise",
	[PR_PURPOSE_DATESHIFT] = "dateshift",
	[PR_PURPOSE_ROW] = "row",
	[PR_PURPOSE_PRAM] = "pram",
	[PR_PURPOSE_SHUFFLE] = "shuffle",
	[PR_PURPOSE_RANKSWAP] = "rankswap",
	[PR_PURPOSE_MICROAGGREGATE] = "microaggregate",
	[PR_PURPOSE_HISTORY] = "history",
	[PR_PURPOSE_LOG] = "log",
	[PR_PURPOSE_OBJECTION] = "objection",
};

const char *
pr_purpose_name(PrPurpose purpose)
{
	return purpose_names[purpose];
}

static void
forget_keys(void)
{
	pr_cleanse(cache, sizeof(cache));
	n_cached = 0;
	next_victim = 0;
}

static void
forget_at_exit(int code, Datum arg)
{
	forget_keys();
	pr_keyring_forget();
}

static CachedKey *
find_cached(int32 id, int32 version)
{
	for (int i = 0; i < n_cached; i++)
		if (cache[i].id == id && cache[i].version == version)
			return &cache[i];
	return NULL;
}

void
pr_key_fingerprint(const uint8_t key[PR_KEY_SIZE], char fingerprint[PR_FINGERPRINT_SIZE])
{
	static const char info[] = "fingerprint";
	static const char digits[] = "0123456789abcdef";
	uint8_t		bytes[(PR_FINGERPRINT_SIZE - 1) / 2];

	if (!pr_hkdf(key, PR_KEY_SIZE, NULL, 0, info, sizeof(info) - 1, bytes, sizeof(bytes)))
		ereport(ERROR,
				(errcode(ERRCODE_EXTERNAL_ROUTINE_EXCEPTION),
				 errmsg("could not derive a key fingerprint")));
	for (size_t i = 0; i < sizeof(bytes); i++)
	{
		fingerprint[2 * i] = digits[bytes[i] >> 4];
		fingerprint[2 * i + 1] = digits[bytes[i] & 15];
	}
	fingerprint[PR_FINGERPRINT_SIZE - 1] = '\0';
}

/* What the catalogue knows of a key version; palloc'd, NULL if nothing. */
static char *
catalogue_fingerprint(int32 id, int32 version)
{
	Relation	table = table_open(pr_catalog_table("key_version"), AccessShareLock);
	ScanKeyData key[2];
	SysScanDesc scan;
	HeapTuple	tuple;
	char	   *fingerprint = NULL;

	ScanKeyInit(&key[0], VERSION_KEY, BTEqualStrategyNumber, F_INT4EQ, Int32GetDatum(id));
	ScanKeyInit(&key[1], VERSION_VERSION, BTEqualStrategyNumber, F_INT4EQ, Int32GetDatum(version));
	scan = systable_beginscan(table, pr_catalog_index("key_version_pkey"), true, NULL, 2, key);
	tuple = systable_getnext(scan);
	if (HeapTupleIsValid(tuple))
	{
		bool		isnull;
		Datum		value = heap_getattr(tuple, VERSION_FINGERPRINT, RelationGetDescr(table), &isnull);

		if (!isnull)
			fingerprint = TextDatumGetCString(value);
	}
	systable_endscan(scan);
	table_close(table, AccessShareLock);
	return fingerprint;
}

bool
pr_key_find(const char *name, int32 *id, int32 *current_version)
{
	Relation	table = table_open(pr_catalog_table("key"), AccessShareLock);
	TupleDesc	desc = RelationGetDescr(table);
	SysScanDesc scan = systable_beginscan(table, InvalidOid, false, NULL, 0, NULL);
	HeapTuple	tuple;
	bool		found = false;

	while (!found && HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		bool		isnull;
		char	   *key_name = TextDatumGetCString(heap_getattr(tuple, KEY_NAME, desc, &isnull));

		if (strcmp(key_name, name) == 0)
		{
			*id = DatumGetInt32(heap_getattr(tuple, KEY_ID, desc, &isnull));
			*current_version = DatumGetInt32(heap_getattr(tuple, KEY_CURRENT_VERSION, desc, &isnull));
			found = true;
		}
		pfree(key_name);
	}
	systable_endscan(scan);
	table_close(table, AccessShareLock);
	return found;
}

/* Does the file's key have this fingerprint?  An absent entry has not. */
static bool
read_matching_key(int32 id, int32 version, const char *expected, bool reread, uint8_t key[PR_KEY_SIZE], bool *found)
{
	char		fingerprint[PR_FINGERPRINT_SIZE];

	*found = pr_keyring_get(id, version, reread, key);
	if (!*found)
		return false;
	pr_key_fingerprint(key, fingerprint);
	if (strcmp(fingerprint, expected) == 0)
		return true;
	pr_cleanse(key, PR_KEY_SIZE);
	return false;
}

/* The key of the file, proven to be the one of the catalogue. */
static void
read_key(int32 id, int32 version, uint8_t key[PR_KEY_SIZE])
{
	char	   *expected = catalogue_fingerprint(id, version);
	bool		found;

	if (expected == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_PR_KEY_UNAVAILABLE),
				 errmsg("key version %d.%d is not known in this database", id, version),
				 errhint("SELECT * FROM privrelease.keys; lists the keys, privrelease.create_key() makes one.")));

	/* The file may have been replaced since this backend read it. */
	if (!read_matching_key(id, version, expected, false, key, &found) &&
		!read_matching_key(id, version, expected, true, key, &found))
	{
		char	   *path = pr_keyring_path();

		if (found)
			ereport(ERROR,
					(errcode(ERRCODE_PR_KEY_UNAVAILABLE),
					 errmsg("key version %d.%d of keyring file \"%s\" is not the key that this database knows",
							id, version, path),
					 errhint("Restore the keyring file that belongs to this database.")));
		ereport(ERROR,
				(errcode(ERRCODE_PR_KEY_UNAVAILABLE),
				 errmsg("keyring file \"%s\" has no key version %d.%d", path, id, version),
				 errhint("Restore the keyring file that belongs to this database.")));
	}
	pfree(expected);
}

static CachedKey *
take_slot(void)
{
	static bool at_exit = false;
	CachedKey  *slot;

	if (!at_exit)
	{
		on_proc_exit(forget_at_exit, (Datum) 0);
		at_exit = true;
	}
	if (n_cached < MAX_CACHED)
		slot = &cache[n_cached++];
	else
	{
		slot = &cache[next_victim];
		next_victim = (next_victim + 1) % MAX_CACHED;
	}
	pr_cleanse(slot, sizeof(*slot));
	return slot;
}

/* Put a key version into the cache. */
static CachedKey *
derive_subkeys(int32 id, int32 version)
{
	uint8_t		key[PR_KEY_SIZE];
	CachedKey  *slot;
	bool		ok = true;

	pr_catalog_watch(pr_catalog_table("key_version"), forget_keys);
	read_key(id, version, key);
	slot = take_slot();
	for (int i = 0; i < PR_N_PURPOSES && ok; i++)
		ok = pr_hkdf(key, PR_KEY_SIZE, NULL, 0, purpose_names[i], strlen(purpose_names[i]), slot->subkey[i],
					 PR_KEY_SIZE);
	pr_cleanse(key, sizeof(key));
	if (!ok)
		ereport(ERROR,
				(errcode(ERRCODE_EXTERNAL_ROUTINE_EXCEPTION),
				 errmsg("could not derive the subkeys of key version %d.%d", id, version)));
	/* Last, so that a slot of a failed derivation is never found. */
	slot->id = id;
	slot->version = version;
	return slot;
}

const uint8_t *
pr_key_subkey(int32 id, int32 version, PrPurpose purpose)
{
	CachedKey  *cached;

	pr_key_require_preloaded();
	cached = find_cached(id, version);
	if (cached == NULL)
		cached = derive_subkeys(id, version);
	return cached->subkey[purpose];
}

void
pr_key_require_preloaded(void)
{
	if (!pr_preloaded())
		ereport(ERROR,
				(errcode(ERRCODE_PR_NOT_PRELOADED),
				 errmsg("keys cannot be used because privrelease is not preloaded"),
				 errhint("Add privrelease to shared_preload_libraries in postgresql.conf and restart the server.")));
}
