/*
 * pr_protected.c
 *		What the hooks must know of every release.  See pr_protected.h.
 *
 * All built releases of this database are read at once, by direct scans: no
 * privileges of anybody are involved and no SQL runs.  A database without the
 * extension, or without a release, answers from a flag.
 *
 * Invariants, and what an attacker would try here:
 *	- A declaration bound to another database is not looked at: its OIDs mean
 *	  nothing here.
 *	- Trees of partitions and children count as one source, whichever relation
 *	  of the tree was declared; attaching one later forgets the cache.
 *	- A release table is a relation like any other: its rows were verified, and
 *	  reading it reads no source.  Its role and its audience still count.
 *	- Invalidation only marks the cache as old; it is read again, and the former
 *	  one freed, at the next refresh, never under somebody who uses it.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/indexing.h"
#include "catalog/namespace.h"
#include "catalog/pg_inherits.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/hsearch.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/syscache.h"

#include "catalog/pr_catalog.h"
#include "catalog/pr_intact.h"
#include "catalog/pr_protected.h"
#include "common/pr_compat.h"

static MemoryContext cache_context = NULL;
static List *served = NIL;
static HTAB *tree = NULL;
static bool any_mapped = false;
static bool current = false;

/* ---------- forgetting ---------- */

/* Three functions, since pr_catalog_watch() knows a watch by its function. */
static void
forget_releases(void)
{
	current = false;
}

static void
forget_audiences(void)
{
	current = false;
}

static void
forget_maps(void)
{
	current = false;
}

/* A relation of a source's tree changed: it may have got or lost a partition; or a view, and the verdict on it is old. */
static void
on_relcache_invalidation(Datum arg, Oid relid)
{
	if (current && tree != NULL && (!OidIsValid(relid) || hash_search(tree, &relid, HASH_FIND, NULL) != NULL))
		current = false;
}

/* A schema came or went: perhaps the extension's. */
static void
on_namespace_invalidation(Datum arg, int cacheid, uint32 hash)
{
	if (served == NIL)
		current = false;
}

static void
register_callbacks(void)
{
	static bool registered = false;

	if (registered)
		return;
	CacheRegisterRelcacheCallback(on_relcache_invalidation, (Datum) 0);
	CacheRegisterSyscacheCallback(NAMESPACEOID, on_namespace_invalidation, (Datum) 0);
	registered = true;
}

/* ---------- reading ---------- */

static Oid
oid_field(Relation table, HeapTuple row, const char *column)
{
	bool		isnull;
	Datum		value = pr_catalog_field(table, row, column, &isnull);

	return isnull ? InvalidOid : DatumGetObjectId(value);
}

static char *
text_field(Relation table, HeapTuple row, const char *column)
{
	bool		isnull;
	Datum		value = pr_catalog_field(table, row, column, &isnull);

	return isnull ? NULL : TextDatumGetCString(value);
}

static bytea *
bytes_field(Relation table, HeapTuple row, const char *column)
{
	bool		isnull;
	Datum		value = pr_catalog_field(table, row, column, &isnull);

	return isnull ? NULL : DatumGetByteaPCopy(value);
}

static char *
label_of(Relation table, HeapTuple row)
{
	bool		isnull;
	Datum		schema = pr_catalog_field(table, row, "release_schema", &isnull);
	Datum		name = pr_catalog_field(table, row, "release_name", &isnull);

	return pstrdup(quote_qualified_identifier(NameStr(*DatumGetName(schema)), NameStr(*DatumGetName(name))));
}

/* What the view derives since it was built; versions before 0.2.0 said it of the declaration. */
static bool
derives(Relation table, HeapTuple row)
{
	bool		isnull;

	return DatumGetBool(pr_catalog_field(table, row, pr_catalog_has_column(table, "derives") ? "derives" : "derive_quals", &isnull));
}

static void
read_release(Relation table, HeapTuple row)
{
	bool		isnull;
	PrServed   *release;

	if (strcmp(text_field(table, row, "binding"), pr_this_binding()) != 0 ||
		!OidIsValid(oid_field(table, row, "view")))
		return;
	release = palloc0(sizeof(PrServed));
	release->id = DatumGetInt32(pr_catalog_field(table, row, "id", &isnull));
	release->label = label_of(table, row);
	release->source = oid_field(table, row, "source");
	release->source_owner = oid_field(table, row, "source_owner_oid");
	release->view = oid_field(table, row, "view");
	release->is_table = strcmp(text_field(table, row, "kind"), "table") == 0;
	release->role = oid_field(table, row, "role_oid");
	release->derive_quals = derives(table, row);
	if (strcmp(text_field(table, row, "state"), "withdrawn") == 0)
		release->withdrawn = text_field(table, row, "withdrawn_reason");
	release->view_digest = bytes_field(table, row, "view_digest");
	release->source_digest = bytes_field(table, row, "source_digest");
	release->verdict = palloc0(sizeof(PrVerdict));
	served = lappend(served, release);
}

/* The order of declaration, so that messages do not depend on where rows lie. */
static int
compare_ids(const ListCell *a, const ListCell *b)
{
	return ((const PrServed *) lfirst(a))->id - ((const PrServed *) lfirst(b))->id;
}

static PrServed *
release_of(Relation table, HeapTuple row)
{
	bool		isnull;
	int32		id = DatumGetInt32(pr_catalog_field(table, row, "release", &isnull));
	ListCell   *cell;

	foreach(cell, served)
		if (((PrServed *) lfirst(cell))->id == id)
			return lfirst(cell);
	return NULL;
}

static void
read_audience(Relation table, HeapTuple row)
{
	PrServed   *release = release_of(table, row);

	if (release != NULL)
		release->audience = lappend_oid(release->audience, oid_field(table, row, "role_oid"));
}

static void
read_map(Relation table, HeapTuple row)
{
	PrServed   *release = release_of(table, row);

	if (release == NULL)
		return;
	release->mapped = lappend_oid(release->mapped, oid_field(table, row, "role_oid"));
	any_mapped = true;
}

static void
read_table(const char *name, void (*forget) (void), void (*read_row) (Relation table, HeapTuple row))
{
	Relation	table = table_open(pr_catalog_table(name), AccessShareLock);
	SysScanDesc scan;
	HeapTuple	row;

	pr_catalog_watch(RelationGetRelid(table), forget);
	scan = systable_beginscan(table, InvalidOid, false, NULL, 0, NULL);
	while (HeapTupleIsValid(row = systable_getnext(scan)))
		read_row(table, row);
	systable_endscan(scan);
	table_close(table, AccessShareLock);
}

/* ---------- trees ---------- */

static PrProtected *
entry_of(Oid relid)
{
	bool		found;
	PrProtected *entry = hash_search(tree, &relid, HASH_ENTER, &found);

	if (!found)
	{
		entry->releases = NIL;
		entry->view_of = NULL;
		entry->table_of = NULL;
	}
	return entry;
}

static Oid
toast_of(Oid relid)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	Oid			toast = InvalidOid;

	if (HeapTupleIsValid(tuple))
	{
		toast = ((Form_pg_class) GETSTRUCT(tuple))->reltoastrelid;
		ReleaseSysCache(tuple);
	}
	return toast;
}

/* A relation, and the one that holds its long values, which pg_read_all_data reads.  False: it was there already. */
static bool
add_to_tree(Oid relid, PrServed *release)
{
	PrProtected *entry = entry_of(relid);
	Oid			toast;

	if (list_member_ptr(entry->releases, release))
		return false;
	entry->releases = lappend(entry->releases, release);
	toast = toast_of(relid);
	if (OidIsValid(toast))
		add_to_tree(toast, release);
	return true;
}

/*
 * Parents of a relation and theirs, or its children and theirs.  From
 * pg_inherits alone: a relation that is being dropped must not be an error.
 */
static void
add_relatives(Oid relid, PrServed *release, bool parents)
{
	Relation	inherits = table_open(InheritsRelationId, AccessShareLock);
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	row;

	ScanKeyInit(&key, parents ? Anum_pg_inherits_inhrelid : Anum_pg_inherits_inhparent, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(relid));
	scan = systable_beginscan(inherits, parents ? InheritsRelidSeqnoIndexId : InheritsParentIndexId, true, NULL, 1, &key);
	while (HeapTupleIsValid(row = systable_getnext(scan)))
	{
		Form_pg_inherits form = (Form_pg_inherits) GETSTRUCT(row);
		Oid			relative = parents ? form->inhparent : form->inhrelid;

		if (add_to_tree(relative, release))
			add_relatives(relative, release, parents);
	}
	systable_endscan(scan);
	table_close(inherits, AccessShareLock);
}

static void
add_trees(void)
{
	HASHCTL		ctl = {.keysize = sizeof(Oid), .entrysize = sizeof(PrProtected), .hcxt = CurrentMemoryContext};
	ListCell   *cell;

	tree = hash_create("privrelease sources", 64, &ctl, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	foreach(cell, served)
	{
		PrServed   *release = lfirst(cell);

		add_to_tree(release->source, release);
		add_relatives(release->source, release, false);
		add_relatives(release->source, release, true);
		if (release->is_table)
			entry_of(release->view)->table_of = release;
		else
		{
			ListCell   *below;

			entry_of(release->view)->view_of = release;
			/* Of no release, but their change makes a verdict old. */
			foreach(below, pr_intact_views_below(release->source))
				(void) entry_of(lfirst_oid(below));
		}
	}
}

/* ---------- the cache ---------- */

static void
discard(void)
{
	MemoryContext old = cache_context;

	served = NIL;
	tree = NULL;
	any_mapped = false;
	cache_context = NULL;
	if (old != NULL)
		MemoryContextDelete(old);
}

/* An error on the way leaves an empty cache that is not current. */
static void
load(void)
{
	MemoryContext caller;

	discard();
	register_callbacks();
	current = true;				/* before reading: what comes in meanwhile makes it old again */
	if (!pr_catalog_installed())
	{
		/* Without the schema a new schema tells; half an extension is looked at each time. */
		current = !OidIsValid(get_namespace_oid(PR_SCHEMA, true));
		return;
	}
	cache_context = AllocSetContextCreate(CacheMemoryContext, "privrelease releases", ALLOCSET_DEFAULT_SIZES);
	caller = MemoryContextSwitchTo(cache_context);
	PG_TRY();
	{
		read_table("release", forget_releases, read_release);
		list_sort(served, compare_ids);
		read_table("audience", forget_audiences, read_audience);
		read_table("audience_map", forget_maps, read_map);
		add_trees();
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(caller);
		current = false;
		discard();
		PG_RE_THROW();
	}
	PG_END_TRY();
	MemoryContextSwitchTo(caller);
}

bool
pr_protected_refresh(void)
{
	if (!current)
		load();
	return served != NIL;
}

List *
pr_protected_all(void)
{
	return served;
}

bool
pr_protected_any_mapped(void)
{
	return any_mapped;
}

const PrServed *
pr_protected_by_role(Oid role)
{
	ListCell   *cell;

	foreach(cell, served)
		if (((PrServed *) lfirst(cell))->role == role)
			return lfirst(cell);
	return NULL;
}

const PrProtected *
pr_protected_find(Oid relid)
{
	return tree != NULL ? hash_search(tree, &relid, HASH_FIND, NULL) : NULL;
}

const PrServed *
pr_protected_by_view(Oid view)
{
	const PrProtected *entry = pr_protected_find(view);

	return entry != NULL ? entry->view_of : NULL;
}

List *
pr_protected_by_source(Oid relid)
{
	const PrProtected *entry = pr_protected_find(relid);

	return entry != NULL ? entry->releases : NIL;
}
