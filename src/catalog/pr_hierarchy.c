/*
 * pr_hierarchy.c
 *		Reading and caching hierarchies.  See pr_hierarchy.h.
 *
 * The tables are read by direct scans: no privileges of the reader are
 * involved and no SQL of anybody runs.  An invalidation only marks the cache
 * as old; memory is given back at the next use, so that nothing is freed under
 * a running look-up.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/memutils.h"
#include "utils/rel.h"

#include "catalog/pr_catalog.h"
#include "catalog/pr_hierarchy.h"
#include "common/pr_compat.h"

/* Columns as sql/40_hierarchy.sql makes them. */
#define HIERARCHY_ID		1
#define HIERARCHY_NAME		2
#define HIERARCHY_LEVELS	4
#define VALUE_HIERARCHY		1
#define VALUE_LEAF			2
#define VALUE_PATH			3

typedef struct Key
{
	const char *bytes;
	int			length;
} Key;

/* A string that is known: a leaf with its path, or a pooled label. */
typedef struct Entry
{
	Key			key;
	uint32		hash;
	char		status;
	text	  **labels;			/* of a leaf: [0] itself, [1 .. levels] its path; of a pooled label: [0] */
} Entry;

static inline uint32
hash_key(Key key)
{
	return hash_bytes((const unsigned char *) key.bytes, key.length);
}

static inline bool
equal_keys(Key a, Key b)
{
	return a.length == b.length && memcmp(a.bytes, b.bytes, a.length) == 0;
}

#define SH_PREFIX			labels
#define SH_ELEMENT_TYPE		Entry
#define SH_KEY_TYPE			Key
#define SH_KEY				key
#define SH_HASH_KEY(tb, key)	hash_key(key)
#define SH_EQUAL(tb, a, b)	equal_keys(a, b)
#define SH_STORE_HASH
#define SH_GET_HASH(tb, a)	(a)->hash
#define SH_SCOPE			static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

struct PrHierarchy
{
	PrHierarchy *next;
	Key			name;
	int			levels;
	const text *top;
	labels_hash *leaves;
};

/* What the row of a hierarchy says. */
typedef struct Header
{
	int32		id;
	int32		levels;
} Header;

static MemoryContext cache_context = NULL;
static PrHierarchy *cached = NULL;
static uint64 cached_generation = 0;
static uint64 generation = 1;

/* Two functions, since pr_catalog_watch() knows a watch by its function. */
static void
forget_headers(void)
{
	generation++;
}

static void
forget_values(void)
{
	generation++;
}

uint64
pr_hierarchy_generation(void)
{
	return generation;
}

/* A handful of rows: no index is worth its collation questions. */
static bool
read_header(Key name, Header *header)
{
	Relation	rel = table_open(pr_catalog_table("hierarchy"), AccessShareLock);
	SysScanDesc scan = systable_beginscan(rel, InvalidOid, false, NULL, 0, NULL);
	HeapTuple	tuple;
	bool		found = false;

	while (!found && HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		bool		null;
		text	   *row_name = DatumGetTextPP(heap_getattr(tuple, HIERARCHY_NAME, RelationGetDescr(rel), &null));

		if (!equal_keys(name, (Key) {VARDATA_ANY(row_name), VARSIZE_ANY_EXHDR(row_name)}))
			continue;
		header->id = DatumGetInt32(heap_getattr(tuple, HIERARCHY_ID, RelationGetDescr(rel), &null));
		header->levels = DatumGetInt32(heap_getattr(tuple, HIERARCHY_LEVELS, RelationGetDescr(rel), &null));
		found = true;
	}
	systable_endscan(scan);
	table_close(rel, AccessShareLock);
	return found;
}

bool
pr_hierarchy_exists(const char *name, int *levels)
{
	Header		header;

	if (!read_header((Key) {name, strlen(name)}, &header))
		return false;
	if (levels != NULL)
		*levels = header.levels;
	return true;
}

/* Labels above the leaves are few and shared. */
static text *
pooled(labels_hash *pool, Datum label)
{
	text	   *value = DatumGetTextPP(label);
	bool		found;
	Entry	   *entry = labels_insert(pool, (Key) {VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value)}, &found);

	if (!found)
	{
		entry->labels = palloc(sizeof(text *));
		entry->labels[0] = cstring_to_text_with_len(VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value));
		entry->key.bytes = VARDATA_ANY(entry->labels[0]);
	}
	return entry->labels[0];
}

/*
 * A row that is not as create_hierarchy() writes it (levels of another length,
 * a NULL) is no leaf.  What is only read on the way goes to scratch.
 */
static void
add_leaf(PrHierarchy *hierarchy, labels_hash *pool, MemoryContext scratch, Datum leaf, Datum path)
{
	MemoryContext context = MemoryContextSwitchTo(scratch);
	text	   *stored = DatumGetTextPP(leaf);
	text	   *own;
	Datum	   *labels;
	bool	   *nulls;
	int			n;
	bool		found;
	Entry	   *entry;

	deconstruct_array(DatumGetArrayTypeP(path), TEXTOID, -1, false, TYPALIGN_INT, &labels, &nulls, &n);
	MemoryContextSwitchTo(context);
	if (n != hierarchy->levels)
		return;
	for (int i = 0; i < n; i++)
		if (nulls[i])
			return;

	own = cstring_to_text_with_len(VARDATA_ANY(stored), VARSIZE_ANY_EXHDR(stored));
	entry = labels_insert(hierarchy->leaves, (Key) {VARDATA_ANY(own), VARSIZE_ANY_EXHDR(own)}, &found);
	entry->labels = palloc((n + 1) * sizeof(text *));
	entry->labels[0] = own;
	for (int i = 0; i < n; i++)
		entry->labels[i + 1] = pooled(pool, labels[i]);
	hierarchy->top = entry->labels[n];
}

static void
read_leaves(PrHierarchy *hierarchy, int32 id)
{
	Relation	rel = table_open(pr_catalog_table("hierarchy_value"), AccessShareLock);
	labels_hash *pool = labels_create(CurrentMemoryContext, 64, NULL);
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext, "privrelease hierarchy row", ALLOCSET_DEFAULT_SIZES);
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	tuple;

	ScanKeyInit(&key, VALUE_HIERARCHY, BTEqualStrategyNumber, F_INT4EQ, Int32GetDatum(id));
	scan = systable_beginscan(rel, pr_catalog_index("hierarchy_value_pkey"), true, NULL, 1, &key);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		bool		null;
		Datum		leaf = heap_getattr(tuple, VALUE_LEAF, RelationGetDescr(rel), &null);

		CHECK_FOR_INTERRUPTS();
		add_leaf(hierarchy, pool, scratch, leaf, heap_getattr(tuple, VALUE_PATH, RelationGetDescr(rel), &null));
		MemoryContextReset(scratch);
	}
	systable_endscan(scan);
	table_close(rel, AccessShareLock);
	MemoryContextDelete(scratch);
	labels_destroy(pool);
}

/* Build in a context of its own, which becomes part of the cache only when it is complete. */
static PrHierarchy *
load(Key name)
{
	MemoryContext context;
	MemoryContext caller;
	PrHierarchy *hierarchy;
	Header		header;

	pr_catalog_watch(pr_catalog_table("hierarchy"), forget_headers);
	pr_catalog_watch(pr_catalog_table("hierarchy_value"), forget_values);
	if (!read_header(name, &header))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("hierarchy \"%s\" does not exist", pnstrdup(name.bytes, name.length)),
				 errhint("SELECT name FROM privrelease.hierarchies;")));

	context = AllocSetContextCreate(CurrentMemoryContext, "privrelease hierarchy", ALLOCSET_DEFAULT_SIZES);
	caller = MemoryContextSwitchTo(context);
	hierarchy = palloc0(sizeof(PrHierarchy));
	hierarchy->name = (Key) {pnstrdup(name.bytes, name.length), name.length};
	hierarchy->levels = header.levels;
	hierarchy->leaves = labels_create(context, 1024, NULL);
	read_leaves(hierarchy, header.id);
	MemoryContextSwitchTo(caller);

	MemoryContextSetParent(context, cache_context);
	hierarchy->next = cached;
	cached = hierarchy;
	return hierarchy;
}

const PrHierarchy *
pr_hierarchy_get(const char *name, int length)
{
	Key			key = {name, length};

	if (cache_context == NULL)
		cache_context = AllocSetContextCreate(CacheMemoryContext, "privrelease hierarchies", ALLOCSET_SMALL_SIZES);
	if (cached_generation != generation)
	{
		cached = NULL;
		MemoryContextReset(cache_context);
		cached_generation = generation;
	}
	for (PrHierarchy *h = cached; h != NULL; h = h->next)
		if (equal_keys(h->name, key))
			return h;
	return load(key);
}

int
pr_hierarchy_levels(const PrHierarchy *hierarchy)
{
	return hierarchy->levels;
}

const text *
pr_hierarchy_top(const PrHierarchy *hierarchy)
{
	return hierarchy->top;
}

const text *
pr_hierarchy_label(const PrHierarchy *hierarchy, const char *leaf, int length, int level)
{
	Entry	   *entry = labels_lookup(hierarchy->leaves, (Key) {leaf, length});

	return entry != NULL ? entry->labels[level] : NULL;
}

int64
pr_hierarchy_size(const PrHierarchy *hierarchy)
{
	return hierarchy->leaves->members;
}

List *
pr_hierarchy_leaves(const PrHierarchy *hierarchy, int level, const char *label, int length)
{
	List	   *leaves = NIL;
	labels_iterator iterator;
	Entry	   *entry;

	labels_start_iterate(hierarchy->leaves, &iterator);
	while ((entry = labels_iterate(hierarchy->leaves, &iterator)) != NULL)
		if (equal_keys((Key) {VARDATA_ANY(entry->labels[level]), VARSIZE_ANY_EXHDR(entry->labels[level])}, (Key) {label, length}))
			leaves = lappend(leaves, entry->labels[0]);
	return leaves;
}
