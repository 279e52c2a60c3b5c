/*
 * pr_dictionary.c
 *		Dictionaries of fake(); see pr_dictionary.h.
 *
 * A dictionary is copied when a rule names it, so that a later change of the
 * table neither changes what a release shows nor lets its owner run code when an
 * audience reads.  Copies are addressed by the digest of their content and never
 * change; entries are in the order of their bytes, so that the same list gives
 * the same choices after a reload or on another server.
 *
 * What an attacker would try here: name a view or a table with a hostile cast or
 * policy and have a superuser read it (it is read as its owner, restricted), or
 * name a table that he may not read (read with his own rights).
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "common/cryptohash.h"
#include "common/sha2.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "port/pg_bswap.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

#include "catalog/pr_catalog.h"
#include "catalog/pr_dictionary.h"
#include "common/pr_compat.h"
#include "common/pr_installed.h"
#include "common/pr_error.h"
#include "common/pr_session.h"

/* Columns of privrelease.dictionary_entry; see sql/35_keyed.sql. */
#define ENTRY_DICTIONARY 1
#define ENTRY_POSITION 2
#define ENTRY_VALUE 3

typedef struct CachedDictionary
{
	PrDictionary dictionary;
	struct CachedDictionary *next;
} CachedDictionary;

static MemoryContext cache_context = NULL;
static CachedDictionary *cached = NULL;
static bool cache_stale = false;

/* ---- reading at run time ---- */

/* Only a mark: the callback may come while a caller holds entries. */
static void
forget_dictionaries(void)
{
	cache_stale = true;
}

static void
reset_cache(void)
{
	if (cache_context == NULL)
		cache_context = AllocSetContextCreate(CacheMemoryContext, "privrelease dictionaries", ALLOCSET_DEFAULT_SIZES);
	cached = NULL;
	MemoryContextReset(cache_context);
	cache_stale = false;
}

/* Append an entry, positions being 0, 1, ... */
static void
store_entry(PrDictionary *dictionary, uint32 *room, Datum value)
{
	if (dictionary->n >= *room)
	{
		*room *= 2;
		dictionary->entries = repalloc_huge(dictionary->entries, *room * sizeof(text *));
	}
	dictionary->entries[dictionary->n++] = DatumGetTextPCopy(value);
}

static void
scan_entries(PrDictionary *dictionary)
{
	Relation	table = table_open(pr_catalog_table("dictionary_entry"), AccessShareLock);
	Relation	index = index_open(pr_catalog_index("dictionary_entry_pkey"), AccessShareLock);
	uint32		room = 64;
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	tuple;

	dictionary->n = 0;
	dictionary->entries = palloc(room * sizeof(text *));
	ScanKeyInit(&key, ENTRY_DICTIONARY, BTEqualStrategyNumber, F_INT4EQ, Int32GetDatum(dictionary->id));
	scan = systable_beginscan_ordered(table, index, NULL, 1, &key);
	while (HeapTupleIsValid(tuple = systable_getnext_ordered(scan, ForwardScanDirection)))
	{
		bool		isnull;
		Datum		value = heap_getattr(tuple, ENTRY_VALUE, RelationGetDescr(table), &isnull);

		CHECK_FOR_INTERRUPTS();
		if (!isnull)
			store_entry(dictionary, &room, value);
	}
	systable_endscan_ordered(scan);
	index_close(index, AccessShareLock);
	table_close(table, AccessShareLock);
}

const PrDictionary *
pr_dictionary_get(int32 id)
{
	CachedDictionary *entry;
	MemoryContext old;

	if (cache_stale || cache_context == NULL)
		reset_cache();
	for (entry = cached; entry != NULL; entry = entry->next)
		if (entry->dictionary.id == id)
			return &entry->dictionary;

	pr_catalog_watch(pr_catalog_table("dictionary_entry"), forget_dictionaries);
	old = MemoryContextSwitchTo(cache_context);
	entry = palloc0(sizeof(CachedDictionary));
	entry->dictionary.id = id;
	scan_entries(&entry->dictionary);
	MemoryContextSwitchTo(old);
	if (entry->dictionary.n == 0)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("dictionary %d does not exist", id),
				 errhint("Declare the rule again with set_rule(), and build the release.")));
	entry->next = cached;
	cached = entry;
	return &entry->dictionary;
}

/* ---- loading at declaration ---- */

/* The first column of a text type; its quoted name. */
static char *
first_text_column(Oid relid, const char *table_name)
{
	Relation	rel = table_open(relid, AccessShareLock);
	TupleDesc	desc = RelationGetDescr(rel);
	char	   *column = NULL;

	for (int i = 0; i < desc->natts && column == NULL; i++)
	{
		Form_pg_attribute att = TupleDescAttr(desc, i);
		Oid			type = getBaseType(att->atttypid);

		if (!att->attisdropped && (type == TEXTOID || type == VARCHAROID || type == BPCHAROID || type == NAMEOID))
			column = pstrdup(quote_identifier(NameStr(att->attname)));
	}
	table_close(rel, NoLock);
	if (column == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("dictionary table %s has no text column", table_name),
				 errhint("Create a table of one text column, one row for each word.")));
	return column;
}

static void
check_counts(int64 count, int64 distinct, const char *table_name)
{
	if (count == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("dictionary table %s has no word", table_name),
				 errhint("Insert the words that fake() is to choose from.")));
	if (count > PR_DICTIONARY_MAX_ENTRIES)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("dictionary table %s has more than %d words", table_name, PR_DICTIONARY_MAX_ENTRIES),
				 errhint("Use a smaller table.")));
	if (distinct != count)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("dictionary table %s has words twice", table_name),
				 errhint("CREATE TABLE words AS SELECT DISTINCT word FROM %s;", table_name)));
}

/* The words of a table in the order of their bytes, in the memory context of the caller of SPI_connect(). */
static ArrayType *
read_words(Oid relid, const char *table_name)
{
	char	   *column = first_text_column(relid, table_name);
	char	   *relation = quote_qualified_identifier(get_namespace_name(get_rel_namespace(relid)), get_rel_name(relid));
	char	   *sql;
	bool		isnull;
	Datum		words;

	sql = psprintf("SELECT pg_catalog.count(*), pg_catalog.count(DISTINCT w COLLATE pg_catalog.\"C\"), "
				   "pg_catalog.array_agg(w ORDER BY w COLLATE pg_catalog.\"C\") "
				   "FROM (SELECT %s::pg_catalog.text AS w FROM %s WHERE %s IS NOT NULL LIMIT %d) AS t",
				   column, relation, column, PR_DICTIONARY_MAX_ENTRIES + 1);
	if (SPI_execute(sql, true, 0) != SPI_OK_SELECT || SPI_processed != 1)
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR),
				 errmsg_internal("could not read dictionary table %s", table_name)));
	check_counts(pr_spi_int(0, 1, NULL), pr_spi_int(0, 2, NULL), table_name);
	words = pr_spi_datum(0, 3, &isnull);
	return (ArrayType *) DatumGetPointer(SPI_datumTransfer(PointerGetDatum(PG_DETOAST_DATUM(words)), false, -1));
}

/* SHA-256 over the words, each preceded by its length, in hexadecimal. */
static char *
digest_words(ArrayType *words)
{
	pg_cryptohash_ctx *ctx = pg_cryptohash_create(PG_SHA256);
	uint8		digest[PG_SHA256_DIGEST_LENGTH];
	char	   *hex = palloc(2 * PG_SHA256_DIGEST_LENGTH + 1);
	Datum	   *elements;
	int			n;
	bool		ok;

	deconstruct_array(words, TEXTOID, -1, false, TYPALIGN_INT, &elements, NULL, &n);
	ok = pg_cryptohash_init(ctx) == 0;
	for (int i = 0; i < n && ok; i++)
	{
		text	   *word = DatumGetTextPP(elements[i]);
		uint32		length = pg_hton32((uint32) VARSIZE_ANY_EXHDR(word));

		ok = pg_cryptohash_update(ctx, (uint8 *) &length, sizeof(length)) == 0 &&
			pg_cryptohash_update(ctx, (uint8 *) VARDATA_ANY(word), VARSIZE_ANY_EXHDR(word)) == 0;
	}
	ok = ok && pg_cryptohash_final(ctx, digest, sizeof(digest)) == 0;
	pg_cryptohash_free(ctx);
	if (!ok)
		ereport(ERROR,
				(errcode(ERRCODE_EXTERNAL_ROUTINE_EXCEPTION),
				 errmsg("could not compute the digest of a dictionary")));
	hex_encode((char *) digest, sizeof(digest), hex);
	hex[2 * PG_SHA256_DIGEST_LENGTH] = '\0';
	pfree(elements);
	return hex;
}

/* Find or make the copy; elevated. */
static int32
store_words(ArrayType *words, const char *table_name)
{
	char	   *digest = digest_words(words);
	PrArgs		find = {0};
	PrArgs		entries = {0};
	int32		id;

	pr_spi("LOCK TABLE privrelease.dictionary IN SHARE ROW EXCLUSIVE MODE", NULL);
	pr_arg_text(&find, digest);
	if (pr_spi("SELECT id FROM privrelease.dictionary WHERE digest OPERATOR(pg_catalog.=) $1", &find) > 0)
		return (int32) pr_spi_int(0, 1, NULL);

	pr_arg_text(&find, table_name);
	pr_spi("INSERT INTO privrelease.dictionary (digest, loaded_from) VALUES ($1, $2) RETURNING id", &find);
	id = (int32) pr_spi_int(0, 1, NULL);
	pr_arg_int4(&entries, id);
	pr_arg(&entries, TEXTARRAYOID, PointerGetDatum(words));
	pr_spi("INSERT INTO privrelease.dictionary_entry (dictionary, position, value) "
		   "SELECT $1, w.n OPERATOR(pg_catalog.-) 1, w.word "
		   "FROM pg_catalog.unnest($2) WITH ORDINALITY AS w (word, n)", &entries);
	return id;
}

/* The table that the caller means, by his own search_path where he has one. */
static Oid
find_table(const char *table_name)
{
	LOCAL_FCINFO(fcinfo, 1);
	Datum		relid;

	InitFunctionCallInfoData(*fcinfo, NULL, 1, InvalidOid, NULL, NULL);
	fcinfo->args[0].value = CStringGetTextDatum(table_name);
	fcinfo->args[0].isnull = false;
	relid = to_regclass(fcinfo);
	if (fcinfo->isnull || !SearchSysCacheExists1(RELOID, relid))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("dictionary table %s does not exist", table_name),
				 errhint("Name it with its schema: a table of one text column, one row for each word.")));
	return DatumGetObjectId(relid);
}

int32
pr_dictionary_load(const char *table_name)
{
	PrIdentity	saved;
	Oid			relid;
	Oid			reader = GetUserId();
	ArrayType  *words;
	char	   *qualified;
	int32		id;

	pr_require_same_version();
	relid = find_table(table_name);
	qualified = quote_qualified_identifier(get_namespace_name(get_rel_namespace(relid)), get_rel_name(relid));
	if (superuser())
		reader = pr_relation_owner(relid);

	SPI_connect();
	pr_become(reader, &saved);
	words = read_words(relid, qualified);
	pr_restore_identity(&saved);
	SPI_finish();

	SPI_connect();
	pr_elevate(&saved);
	id = store_words(words, qualified);
	pr_restore_identity(&saved);
	SPI_finish();
	pfree(words);
	return id;
}
