/*
 * pr_log_verify.c
 *		verify_log(): is the log what was written?
 *
 * One pass in the order of the entries, some at a time.  Of each entry: its
 * number follows, its body says the same number, it follows the digest of the
 * entry before, its digest is that of its body, and its signature is that of its
 * digest.  A public key is the one that the keyring gives; without it the
 * one of the head; and if there is neither, that is a finding too, since keys
 * in a table are worth what the table is worth.
 *
 * What an attacker would try: change an entry (digest), and hash all that
 * follows again (signatures), with a key of his own (keyring or head); leave
 * signatures out (said of each entry); cut off the end or put back an old dump
 * (the head); keep events from being chained by turning triggers off (they are
 * looked at, and so are events that were left).
 */
#include "postgres.h"

#include "access/xact.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "audit/pr_log_head.h"
#include "common/pr_progress.h"
#include "common/pr_session.h"

PG_FUNCTION_INFO_V1(privrelease_verify_log);

/* Entries read at a time. */
#define BATCH 200

/* A log of which so much is wrong is not read to its end. */
#define MAX_FINDINGS 1000

typedef struct Key
{
	int32		version;
	bool		usable;
	uint8_t		public_key[PR_PUBLIC_KEY_SIZE];
	struct Key *next;
} Key;

typedef struct Check
{
	ReturnSetInfo *result;
	MemoryContext context;		/* of what outlives a batch */
	PrLogHead  *head;			/* NULL: none given */
	int64		last;			/* entry that was looked at last; 0: none */
	char		digest[PR_LOG_DIGEST_LENGTH + 1];	/* its digest */
	bool		gap;			/* entries are missing before the next one */
	int64		unsigned_from;	/* entries that are not signed and not told of yet; 0: none */
	int64		unsigned_to;
	Key		   *keys;
	int			findings;
} Check;

typedef struct Entry
{
	int64		entry;
	char	   *body;
	char	   *previous;
	char	   *digest;
	char	   *signature;
	int32		key_version;
} Entry;

/* ---------- findings ---------- */

/* entry 0: of the log as a whole */
static void
put(Check *check, int64 entry, const char *finding)
{
	Datum		values[2] = {Int64GetDatum(entry), CStringGetTextDatum(finding)};
	bool		nulls[2] = {entry == 0, false};

	tuplestore_putvalues(check->result->setResult, check->result->setDesc, values, nulls);
	check->findings++;
}

/* Entries without signature are told as one, before whatever comes after them. */
static void
flush_unsigned(Check *check)
{
	int64		from = check->unsigned_from;

	check->unsigned_from = 0;
	if (from != 0 && from < check->unsigned_to)
		put(check, from, psprintf("not signed, nor are the entries up to %lld", (long long) check->unsigned_to));
	else if (from != 0)
		put(check, from, "not signed");
}

static void
report(Check *check, int64 entry, const char *finding)
{
	flush_unsigned(check);
	put(check, entry, finding);
}

/* ---------- keys ---------- */

static bool
read_public_key(int32 version, uint8_t public_key[PR_PUBLIC_KEY_SIZE])
{
	PrArgs		args = {0};

	pr_arg_int4(&args, version);
	return pr_spi("SELECT public_key FROM privrelease.log_key WHERE version = $1", &args) > 0 &&
		pr_sign_decode_public_key(pr_spi_text(0, 1), public_key);
}

/* Which key a version is, and what is wrong with it, said once. */
static Key *
learn_key(Check *check, int64 entry, int32 version)
{
	Key		   *key = MemoryContextAllocZero(check->context, sizeof(Key));
	uint8_t		listed[PR_PUBLIC_KEY_SIZE];
	bool		is_listed = read_public_key(version, listed);
	bool		is_vouched = pr_log_derive_public_key(version, key->public_key);

	key->version = version;
	key->next = check->keys;
	check->keys = key;
	key->usable = is_listed || is_vouched;
	if (!is_vouched && check->head != NULL && check->head->has_key && check->head->key_version == version)
	{
		memcpy(key->public_key, check->head->public_key, PR_PUBLIC_KEY_SIZE);
		key->usable = is_vouched = true;
	}
	if (!is_listed)
		report(check, entry, psprintf("public key %d is not among those of the log", version));
	else if (is_vouched && memcmp(listed, key->public_key, PR_PUBLIC_KEY_SIZE) != 0)
		report(check, entry, psprintf("public key %d of the log was replaced", version));
	else if (!is_vouched)
	{
		memcpy(key->public_key, listed, PR_PUBLIC_KEY_SIZE);
		report(check, entry, psprintf("public key %d cannot be compared: the keyring does not have it here, and no head with it was given", version));
	}
	return key;
}

static Key *
key_of(Check *check, int64 entry, int32 version)
{
	for (Key *key = check->keys; key != NULL; key = key->next)
		if (key->version == version)
			return key;
	return learn_key(check, entry, version);
}

/* ---------- one entry ---------- */

static void
check_number(Check *check, const Entry *entry)
{
	char	   *begin = psprintf(PR_LOG_BODY_BEGIN, (long long) entry->entry);

	check->gap = entry->entry != check->last + 1;
	if (entry->entry <= check->last)
		report(check, entry->entry, "is there twice");
	else if (entry->entry == check->last + 2)
		report(check, check->last + 1, "missing");
	else if (check->gap)
		report(check, check->last + 1, psprintf("missing, and so are the entries up to %lld", (long long) entry->entry - 1));
	if (strncmp(entry->body, begin, strlen(begin)) != 0)
		report(check, entry->entry, "was written as another entry");
}

static void
check_digest(Check *check, const Entry *entry)
{
	if (!check->gap && strcmp(entry->previous, check->digest) != 0)
		report(check, entry->entry, entry->entry == 1 ? "does not begin the log" : "does not follow the entry before it");
	if (strcmp(pr_log_digest(entry->previous, entry->body), entry->digest) != 0)
		report(check, entry->entry, "was changed: its digest is another");
}

static void
check_signature(Check *check, const Entry *entry)
{
	uint8_t		signature[PR_SIGNATURE_SIZE];
	char	   *text;
	Key		   *key;

	if (entry->signature == NULL)
	{
		if (check->unsigned_from == 0)
			check->unsigned_from = entry->entry;
		check->unsigned_to = entry->entry;
		return;
	}
	flush_unsigned(check);
	key = key_of(check, entry->entry, entry->key_version);
	text = pr_log_signed_text(entry->entry, entry->digest);
	if (key->usable &&
		(!pr_sign_decode_signature(entry->signature, signature) ||
		 !pr_sign_verify(key->public_key, text, strlen(text), signature)))
		report(check, entry->entry, psprintf("its signature is not that of key %d", entry->key_version));
}

static void
check_against_head(Check *check, const Entry *entry)
{
	if (check->head != NULL && check->head->entry == entry->entry && strcmp(check->head->digest, entry->digest) != 0)
		report(check, entry->entry, "is not the entry of the head: the log was replaced");
}

static void
check_entry(Check *check, const Entry *entry)
{
	check_number(check, entry);
	check_digest(check, entry);
	check_signature(check, entry);
	check_against_head(check, entry);
	check->last = entry->entry;
	strlcpy(check->digest, entry->digest, sizeof(check->digest));
}

/* ---------- all of them ---------- */

static Entry
entry_from_row(uint64 row)
{
	Entry		entry;

	entry.entry = pr_spi_int(row, 1, NULL);
	entry.body = pr_spi_text(row, 2);
	entry.previous = pr_spi_text(row, 3);
	entry.digest = pr_spi_text(row, 4);
	entry.signature = pr_spi_text(row, 5);
	entry.key_version = (int32) pr_spi_int(row, 6, NULL);
	return entry;
}

static uint64
fetch(Portal portal)
{
	SPI_cursor_fetch(portal, true, BATCH);
	return SPI_processed;
}

/* Statements that look for keys change SPI_tuptable, so it is put back for each row. */
static void
check_batch(Check *check, SPITupleTable *rows, uint64 n)
{
	for (uint64 row = 0; row < n && check->findings < MAX_FINDINGS; row++)
	{
		Entry		entry;

		CHECK_FOR_INTERRUPTS();
		SPI_tuptable = rows;
		entry = entry_from_row(row);
		check_entry(check, &entry);
	}
	SPI_freetuptable(rows);
	pr_progress_step(n);
}

static void
check_entries(Check *check)
{
	Portal		portal = SPI_cursor_open_with_args(NULL, "SELECT entry, body, previous, digest, signature, key_version"
												   " FROM privrelease.log_entry ORDER BY entry", 0, NULL, NULL, NULL, true, 0);
	MemoryContext batch = AllocSetContextCreate(CurrentMemoryContext, "privrelease verify_log", ALLOCSET_DEFAULT_SIZES);
	uint64		n;

	while (check->findings < MAX_FINDINGS && (n = fetch(portal)) > 0)
	{
		MemoryContext old = MemoryContextSwitchTo(batch);

		check_batch(check, SPI_tuptable, n);
		MemoryContextSwitchTo(old);
		MemoryContextReset(batch);
	}
	flush_unsigned(check);
	SPI_cursor_close(portal);
	MemoryContextDelete(batch);
}

static void
check_end(Check *check)
{
	if (check->findings >= MAX_FINDINGS)
		put(check, check->last + 1, "not looked at, nor what follows: too much is wrong before");
	else if (check->head != NULL && check->head->entry > check->last)
		put(check, check->last + 1, psprintf("missing: the log ends before entry %lld of the head", (long long) check->head->entry));
}

/* Events of transactions that have ended are entries, or a trigger was off. */
static void
check_events(Check *check)
{
	uint64		rows = pr_spi("SELECT id, xmin FROM privrelease.event ORDER BY id", NULL);
	bool		isnull;
	int			left = 0;

	for (uint64 row = 0; row < rows; row++)
		if (!TransactionIdIsCurrentTransactionId(DatumGetTransactionId(pr_spi_datum(row, 2, &isnull))))
			left++;
	if (left > 0)
		put(check, 0, psprintf("events that are in no entry: %d", left));
}

static void
check_triggers(Check *check)
{
	uint64		rows = pr_spi("SELECT t.name, t.relation FROM (VALUES ('log_prepare', 'event'), ('log_chain', 'event'),"
							  " ('log_kept', 'log_entry'), ('log_kept', 'log_key')) AS t (name, relation)"
							  " WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_trigger AS g JOIN pg_catalog.pg_class AS c ON c.oid = g.tgrelid"
							  " JOIN pg_catalog.pg_proc AS p ON p.oid = g.tgfoid"
							  " WHERE c.relnamespace = 'privrelease'::regnamespace AND c.relname = t.relation AND g.tgname = t.name"
							  " AND p.pronamespace = 'privrelease'::regnamespace AND p.proname = t.name AND g.tgenabled IN ('O', 'A'))", NULL);
	SPITupleTable *found = SPI_tuptable;

	for (uint64 row = 0; row < rows; row++)
	{
		SPI_tuptable = found;
		put(check, 0, psprintf("trigger %s of privrelease.%s is off or not there", pr_spi_text(row, 1), pr_spi_text(row, 2)));
	}
}

/* ---------- the function ---------- */

static void
require_reader(void)
{
	pr_spi("SELECT pg_catalog.int4(privrelease.may_inspect('', 0))", NULL);
	if (pr_spi_int(0, 1, NULL) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("permission denied to call verify_log()"),
				 errhint("A superuser gives the duty: SELECT privrelease.grant_duty('auditor', 'role');")));
}

static uint64
about_how_many(void)
{
	pr_spi("SELECT coalesce(pg_catalog.max(entry), 0) FROM privrelease.log_entry", NULL);
	return (uint64) pr_spi_int(0, 1, NULL);
}

static void
verify(Check *check)
{
	PrIdentity	saved;

	pr_elevate(&saved);
	pr_progress_phase("verifying the log", about_how_many());
	check_triggers(check);
	check_events(check);
	check_entries(check);
	check_end(check);
	pr_restore_identity(&saved);
}

Datum
privrelease_verify_log(PG_FUNCTION_ARGS)
{
	Check		check = {0};

	InitMaterializedSRF(fcinfo, 0);
	check.result = (ReturnSetInfo *) fcinfo->resultinfo;
	strcpy(check.digest, PR_LOG_NO_DIGEST);
	SPI_connect();
	check.context = CurrentMemoryContext;
	require_reader();
	check.head = PG_ARGISNULL(0) ? NULL : pr_log_head_parse(PG_GETARG_JSONB_P(0));
	pr_progress_begin("log", GetUserId());
	verify(&check);
	pr_progress_end();
	SPI_finish();
	return (Datum) 0;
}
