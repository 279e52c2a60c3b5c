/*
 * pr_log_chain.c
 *		From an event to an entry of the log.
 *
 * A deferred trigger on privrelease.event writes the entry when the transaction
 * commits.  Until then nobody waits; then transactions take turns, with a lock
 * that is held until the commit is done, so that entries are numbered without
 * gaps in the order in which transactions committed.  A transaction that was
 * prepared keeps the lock until it is finished, since nobody can know before
 * what its entry's successor follows.
 *
 * The newest entry is read with SnapshotSelf: what has committed by now, however
 * old the transaction's own snapshot is, and without the predicate locks that
 * would make serializable transactions fail because of each other's entries.
 * The event is deleted by its address, for the same reason.
 *
 * What an attacker would try: have two entries follow the same one (the lock,
 * and the primary key); a name or a reason that reads as another entry (texts
 * are JSON strings, the body is one line); withdraw in a transaction that cannot
 * log it (then it fails as a whole).
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/heapam.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_extension.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "mb/pg_wchar.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/fmgrprotos.h"
#include "utils/json.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "audit/pr_log.h"
#include "catalog/pr_catalog.h"
#include "common/pr_session.h"
#include "core/pr_log_text.h"

PG_FUNCTION_INFO_V1(privrelease_log_chain);
PG_FUNCTION_INFO_V1(privrelease_log_kept);

/* ---------- texts ---------- */

char *
pr_log_digest(const char *previous, const char *body)
{
	char	   *message = psprintf(PR_LOG_HEADING "%s\n%s", previous, body);
	uint8_t		digest[PR_SHA256_SIZE];
	char	   *text = palloc(PR_LOG_DIGEST_LENGTH + 1);

	if (!pr_sha256(message, strlen(message), digest))
		ereport(ERROR,
				(errcode(ERRCODE_EXTERNAL_ROUTINE_EXCEPTION),
				 errmsg("could not compute a SHA-256 digest")));
	pfree(message);
	pr_log_text_hex(digest, sizeof(digest), text);
	return text;
}

char *
pr_log_signed_text(int64 entry, const char *digest)
{
	return psprintf(PR_LOG_HEADING "%lld\n%s\n", (long long) entry, digest);
}

/* The text in UTF-8, or NULL where the server's encoding has no answer. */
static char *
in_utf8(const char *text, size_t length)
{
	int			encoding = GetDatabaseEncoding();
	Oid			conversion;
	char	   *converted;
	size_t		size = length * MAX_CONVERSION_GROWTH + 1;

	if (encoding == PG_UTF8)
		return pstrdup(text);
	conversion = encoding == PG_SQL_ASCII ? InvalidOid : FindDefaultConversionProc(encoding, PG_UTF8);
	if (!OidIsValid(conversion))
		return NULL;
	converted = palloc(size);
	if (pg_do_encoding_conversion_buf(conversion, encoding, PG_UTF8, (unsigned char *) text, length,
									  (unsigned char *) converted, size, true) != (int) length)
		return NULL;
	return converted;
}

/* The document as it is hashed and stored: the same bytes wherever the log is taken to. */
static char *
canonical(const char *json)
{
	size_t		length = strlen(json);
	char	   *utf8 = in_utf8(json, length);
	size_t		utf8_length = utf8 != NULL ? strlen(utf8) : 0;
	char	   *out = palloc(PR_LOG_TEXT_GROWTH * Max(length, utf8_length) + 1);
	size_t		written = utf8 != NULL ? pr_log_text_ascii(utf8, utf8_length, out) : (size_t) -1;

	if (written == (size_t) -1)
		written = pr_log_text_bytes(json, length, out);
	out[written] = '\0';
	return out;
}

static char *
utc(TimestampTz at)
{
	struct pg_tm tm;
	fsec_t		fsec;

	if (timestamp2tm((Timestamp) at, NULL, &tm, &fsec, NULL, NULL) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("timestamp out of range")));
	return psprintf("%04d-%02d-%02dT%02d:%02d:%02d.%06dZ", tm.tm_year, tm.tm_mon, tm.tm_mday, tm.tm_hour, tm.tm_min,
					tm.tm_sec, (int) fsec);
}

/* ---------- the body ---------- */

static void
append_text(StringInfo body, const char *key, const char *value)
{
	appendStringInfo(body, "\"%s\": ", key);
	if (value != NULL)
		escape_json(body, value);
	else
		appendStringInfoString(body, "null");
	appendStringInfoString(body, ", ");
}

static char *
name_field(Relation events, HeapTuple row, const char *column)
{
	bool		isnull;
	Datum		value = pr_catalog_field(events, row, column, &isnull);

	return isnull ? NULL : pstrdup(NameStr(*DatumGetName(value)));
}

static char *
text_field(Relation events, HeapTuple row, const char *column)
{
	bool		isnull;
	Datum		value = pr_catalog_field(events, row, column, &isnull);

	return isnull ? NULL : TextDatumGetCString(value);
}

static char *
body_of(Relation events, HeapTuple row, int64 entry)
{
	StringInfoData body;
	bool		isnull;
	Datum		id;

	initStringInfo(&body);
	appendStringInfo(&body, PR_LOG_BODY_BEGIN, (long long) entry);
	append_text(&body, "at", utc(DatumGetTimestampTz(pr_catalog_field(events, row, "happened_at", &isnull))));
	append_text(&body, "database", pr_this_binding());
	append_text(&body, "session_role", name_field(events, row, "session_role"));
	append_text(&body, "acting_role", name_field(events, row, "acting_role"));
	append_text(&body, "event", text_field(events, row, "event"));
	append_text(&body, "release", text_field(events, row, "release"));
	id = pr_catalog_field(events, row, "release_id", &isnull);
	appendStringInfo(&body, "\"release_id\": %s, ", isnull ? "null" : psprintf("%d", DatumGetInt32(id)));
	append_text(&body, "source_owner", name_field(events, row, "source_owner"));
	appendStringInfo(&body, "\"details\": %s}",
					 DatumGetCString(DirectFunctionCall1(jsonb_out, pr_catalog_field(events, row, "details", &isnull))));
	return canonical(body.data);
}

/* ---------- the chain ---------- */

/* An arbitrary sub-object of the table, so that vacuum and dump, which lock the table itself, do not matter. */
#define CHAIN_LOCK 1

/* Our turn, until the transaction has committed. */
static void
take_turn(void)
{
	LockDatabaseObject(ExtensionRelationId, pr_catalog_table("log_entry"), CHAIN_LOCK, ExclusiveLock);
}

typedef struct Newest
{
	int64		entry;
	char	   *digest;
} Newest;

static Newest
newest_entry(void)
{
	Relation	table = table_open(pr_catalog_table("log_entry"), AccessShareLock);
	Relation	index = index_open(pr_catalog_index("log_entry_pkey"), AccessShareLock);
	SysScanDesc scan = systable_beginscan_ordered(table, index, SnapshotSelf, 0, NULL);
	HeapTuple	row = systable_getnext_ordered(scan, BackwardScanDirection);
	Newest		newest = {0, PR_LOG_NO_DIGEST};
	bool		isnull;

	if (HeapTupleIsValid(row))
	{
		newest.entry = DatumGetInt64(pr_catalog_field(table, row, "entry", &isnull));
		newest.digest = text_field(table, row, "digest");
	}
	systable_endscan_ordered(scan);
	index_close(index, AccessShareLock);
	table_close(table, AccessShareLock);
	return newest;
}

static bool
knows_public_key(int32 version)
{
	Relation	table = table_open(pr_catalog_table("log_key"), AccessShareLock);
	ScanKeyData key;
	SysScanDesc scan;
	bool		found;

	ScanKeyInit(&key, 1, BTEqualStrategyNumber, F_INT4EQ, Int32GetDatum(version));
	scan = systable_beginscan(table, pr_catalog_index("log_key_pkey"), true, SnapshotSelf, 1, &key);
	found = HeapTupleIsValid(systable_getnext(scan));
	systable_endscan(scan);
	table_close(table, AccessShareLock);
	return found;
}

static void
keep_public_key(const PrLogSignature *signature)
{
	PrArgs		args = {0};

	if (knows_public_key(signature->key_version))
		return;
	pr_arg_int4(&args, signature->key_version);
	pr_arg_text(&args, signature->public_key);
	pr_spi("INSERT INTO privrelease.log_key (version, public_key) VALUES ($1, $2)", &args);
}

static void
insert_entry(int64 entry, const char *body, const char *previous, const char *digest, const PrLogSignature *signature)
{
	PrArgs		args = {0};

	pr_arg_int8(&args, entry);
	pr_arg_text(&args, body);
	pr_arg_text(&args, previous);
	pr_arg_text(&args, digest);
	pr_arg_text(&args, signature != NULL ? signature->signature : NULL);
	if (signature != NULL)
		pr_arg_int4(&args, signature->key_version);
	else
		pr_arg_null(&args, INT4OID);
	pr_spi("INSERT INTO privrelease.log_entry (entry, body, previous, digest, signature, key_version)"
		   " VALUES ($1, $2, $3, $4, $5, $6)", &args);
}

static void
chain(Relation events, HeapTuple event)
{
	PrLogSignature signature;
	Newest		newest;
	char	   *body;
	char	   *digest;
	bool		signs;

	take_turn();
	newest = newest_entry();
	body = body_of(events, event, newest.entry + 1);
	digest = pr_log_digest(newest.digest, body);
	signs = pr_log_sign(newest.entry + 1, digest, &signature);
	if (signs)
		keep_public_key(&signature);
	insert_entry(newest.entry + 1, body, newest.digest, digest, signs ? &signature : NULL);
	CommandCounterIncrement();
	simple_heap_delete(events, &event->t_self);
}

void
pr_log_flush(void)
{
	PrIdentity	saved;

	pr_elevate(&saved);
	pr_spi("SET CONSTRAINTS privrelease.log_chain IMMEDIATE", NULL);
	pr_spi("SET CONSTRAINTS privrelease.log_chain DEFERRED", NULL);
	pr_restore_identity(&saved);
}

static TriggerData *
trigger_data(FunctionCallInfo fcinfo, const char *function)
{
	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("%s is a trigger", function)));
	return (TriggerData *) fcinfo->context;
}

/* Deferred, for each row of privrelease.event. */
Datum
privrelease_log_chain(PG_FUNCTION_ARGS)
{
	TriggerData *data = trigger_data(fcinfo, "log_chain()");
	PrIdentity	saved;

	pr_elevate(&saved);
	SPI_connect();
	chain(data->tg_relation, data->tg_trigtuple);
	SPI_finish();
	pr_restore_identity(&saved);
	PG_RETURN_POINTER(NULL);
}

/* Before UPDATE, DELETE and TRUNCATE of the log: an administrator's mistake. */
Datum
privrelease_log_kept(PG_FUNCTION_ARGS)
{
	TriggerData *data = trigger_data(fcinfo, "log_kept()");

	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("rows of %s.%s are only ever added", PR_SCHEMA, RelationGetRelationName(data->tg_relation)),
			 errdetail("Each entry of the log is hashed with the one before it."),
			 errhint("SELECT * FROM privrelease.verify_log(); tells whether the log is whole.")));
}
