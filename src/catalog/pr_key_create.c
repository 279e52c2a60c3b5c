/*
 * pr_key_create.c
 *		create_key() and rotate_key(): a new entry in the keyring file and its
 *		fingerprint in the catalogue.  And the key that release tables need, which
 *		nobody has to make.
 *
 * The file comes first.  A transaction that fails afterwards leaves an entry
 * that nobody knows, which is harmless; the other order would leave a catalogue
 * entry without a key.  Versions are numbered above both file and catalogue, so
 * that such an entry is never taken for a new one.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "catalog/pr_key.h"
#include "catalog/pr_key_fingerprint.h"
#include "common/pr_error.h"
#include "common/pr_event.h"
#include "common/pr_session.h"
#include "crypto/pr_keyring.h"

PG_FUNCTION_INFO_V1(privrelease_create_key);
PG_FUNCTION_INFO_V1(privrelease_rotate_key);

#define MAX_NAME_LENGTH 63

/* Who may, when it may be, and one at a time. */
static void
start_writing(const char *function)
{
	if (!superuser())
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("permission denied to call %s", function),
				 errhint("Ask a superuser: keys belong to the whole server.")));
	pr_key_require_preloaded();
	pr_require_writable(function);
	pr_keyring_lock();
}

/* Draw a key, put it into the file, and give its fingerprint. */
static void
add_random_key(int32 id, int32 version, char fingerprint[PR_FINGERPRINT_SIZE])
{
	uint8_t		key[PR_KEY_SIZE];

	if (!pg_strong_random(key, sizeof(key)))
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR),
				 errmsg("could not generate a random key")));
	PG_TRY();
	{
		pr_key_fingerprint(key, fingerprint);
		pr_keyring_add(id, version, key);
	}
	PG_FINALLY();
	{
		pr_cleanse(key, sizeof(key));
	}
	PG_END_TRY();
}

static void
insert_version(int32 id, int32 version, const char *fingerprint)
{
	PrArgs		args = {0};

	pr_arg_int4(&args, id);
	pr_arg_int4(&args, version);
	pr_arg_text(&args, fingerprint);
	pr_spi("INSERT INTO privrelease.key_version (key, version, fingerprint) VALUES ($1, $2, $3)", &args);
}

static void
check_name(const char *name)
{
	size_t		length = strlen(name);

	if (strcmp(name, PR_RESERVED_KEY) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_RESERVED_NAME),
				 errmsg("key name \"%s\" is reserved", name),
				 errdetail("The log makes a key of this name, for its signatures and for the rows of release tables."),
				 errhint("SELECT privrelease.create_key('pseudonyms');")));
	if (length == 0 || length > MAX_NAME_LENGTH)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_NAME),
				 errmsg("a key name has 1 to %d bytes", MAX_NAME_LENGTH),
				 errhint("SELECT privrelease.create_key('pseudonyms');")));
}

/* The highest id of the catalogue; 0 if it has no key. */
static int32
highest_known_id(void)
{
	pr_spi("SELECT pg_catalog.max(id) FROM privrelease.key", NULL);
	return (int32) pr_spi_int(0, 1, NULL);
}

/* A key of a name that is free. */
static int32
make_key(const char *name)
{
	char		fingerprint[PR_FINGERPRINT_SIZE];
	PrArgs		args = {0};
	bool		file_exists;
	int32		known;
	int32		id;

	file_exists = pr_keyring_exists();
	SPI_connect();
	known = highest_known_id();
	if (known > 0 && !file_exists)
		ereport(ERROR,
				(errcode(ERRCODE_PR_KEY_UNAVAILABLE),
				 errmsg("keyring file \"%s\" does not exist, but this database has keys", pr_keyring_path()),
				 errhint("Restore the file from its backup with mode 0600; a new file would not have those keys.")));

	id = pr_keyring_new_id(known);
	add_random_key(id, 1, fingerprint);
	pr_arg_int4(&args, id);
	pr_arg_text(&args, name);
	pr_spi("INSERT INTO privrelease.key (id, name, current_version) VALUES ($1, $2, 1)", &args);
	insert_version(id, 1, fingerprint);
	SPI_finish();
	return id;
}

Datum
privrelease_create_key(PG_FUNCTION_ARGS)
{
	char	   *name = text_to_cstring(PG_GETARG_TEXT_PP(0));
	int32		id;
	int32		unused;

	start_writing("create_key()");
	check_name(name);
	if (pr_key_find(name, &id, &unused))
		ereport(ERROR,
				(errcode(ERRCODE_DUPLICATE_OBJECT),
				 errmsg("key \"%s\" already exists", name),
				 errhint("SELECT privrelease.rotate_key('%s'); gives it a new version.", name)));
	id = make_key(name);
	SPI_connect();
	pr_event("create_key", NULL, "key", name, PR_EVENT_JSON("id"), psprintf("%d", id), NULL);
	SPI_finish();
	PG_RETURN_INT32(id);
}

/* Looked for again under the lock: another session may have been faster. */
void
pr_key_reserved(int32 *id, int32 *version)
{
	PrIdentity	saved;

	if (pr_key_find(PR_RESERVED_KEY, id, version))
		return;
	pr_key_require_preloaded();
	pr_keyring_lock();
	if (pr_key_find(PR_RESERVED_KEY, id, version))
		return;
	pr_elevate(&saved);
	*id = make_key(PR_RESERVED_KEY);
	*version = 1;
	pr_restore_identity(&saved);
}

Datum
privrelease_rotate_key(PG_FUNCTION_ARGS)
{
	char	   *name = text_to_cstring(PG_GETARG_TEXT_PP(0));
	char		fingerprint[PR_FINGERPRINT_SIZE];
	PrArgs		args = {0};
	int32		id;
	int32		version;

	start_writing("rotate_key()");
	if (!pr_key_find(name, &id, &version))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("key \"%s\" does not exist", name),
				 errhint("SELECT privrelease.create_key('%s');", name)));

	/* Proves that the file is there and is the one of this database. */
	(void) pr_key_subkey(id, version, PR_PURPOSE_PSEUDONYM);
	(void) pr_keyring_exists();
	version = Max(version, pr_keyring_last_version(id)) + 1;
	add_random_key(id, version, fingerprint);

	SPI_connect();
	insert_version(id, version, fingerprint);
	pr_arg_int4(&args, id);
	pr_arg_int4(&args, version);
	pr_spi("UPDATE privrelease.key SET current_version = $2 WHERE id OPERATOR(pg_catalog.=) $1", &args);
	pr_event("rotate_key", NULL, "key", name, PR_EVENT_JSON("version"), psprintf("%d", version), NULL);
	SPI_finish();
	PG_RETURN_INT32(version);
}
