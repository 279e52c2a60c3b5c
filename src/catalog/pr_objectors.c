/*
 * pr_objectors.c
 *		Who has objected to a release; see pr_objectors.h.
 *
 * Read at run time by a scan with a snapshot of that moment, so that an
 * objection counts from the next statement on, whatever snapshot the reader's
 * transaction has.
 *
 * Invariants, and what an attacker would try here:
 *	- An invalidation, also one that comes while the table is read, makes what
 *	  was found old at once: pr_objectors_generation moves on.
 *	- pr_objectors_find() opens the table at each call, which takes in what
 *	  other sessions have invalidated: also in the second statement of an open
 *	  transaction that holds all its other locks already.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"
#include "utils/rel.h"

#include "catalog/pr_catalog.h"
#include "catalog/pr_objectors.h"

struct PrObjectors
{
	const char *domain;
	const char *release_schema;
	const char *release_name;
	HTAB	   *digests;
	struct PrObjectors *next;
};

uint64		pr_objectors_generation = 0;

static MemoryContext cache_context = NULL;
static PrObjectors *cached = NULL;
static bool stale = true;

/* Only a mark: somebody may be looking at what is cached. */
static void
forget_objectors(void)
{
	stale = true;
	pr_objectors_generation++;
}

static void
reset_cache(void)
{
	if (cache_context == NULL)
		cache_context = AllocSetContextCreate(CacheMemoryContext, "privrelease objections", ALLOCSET_DEFAULT_SIZES);
	cached = NULL;
	MemoryContextReset(cache_context);
	stale = false;
}

/* Is this row about the release, or about all of the source? */
static bool
concerns(Relation table, HeapTuple row, const PrObjectors *objectors)
{
	bool		every;
	bool		isnull;
	Datum		name = pr_catalog_field(table, row, "release_name", &every);
	Datum		schema = pr_catalog_field(table, row, "release_schema", &isnull);

	return every || (namestrcmp(DatumGetName(name), objectors->release_name) == 0 &&
					 namestrcmp(DatumGetName(schema), objectors->release_schema) == 0);
}

static void
read_objectors(Relation table, PrObjectors *objectors)
{
	HASHCTL		ctl = {.keysize = UUID_LEN,.entrysize = UUID_LEN,.hcxt = CurrentMemoryContext};
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	row;

	objectors->digests = hash_create("privrelease objectors", 64, &ctl, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	ScanKeyInit(&key, pr_catalog_column(table, "domain"), BTEqualStrategyNumber, F_TEXTEQ, CStringGetTextDatum(objectors->domain));
	scan = systable_beginscan(table, pr_catalog_index("objection_once"), true, NULL, 1, &key);
	while (HeapTupleIsValid(row = systable_getnext(scan)))
	{
		bool		isnull;
		Datum		digest = pr_catalog_field(table, row, "digest", &isnull);

		CHECK_FOR_INTERRUPTS();
		if (concerns(table, row, objectors))
			(void) hash_search(objectors->digests, DatumGetUUIDP(digest)->data, HASH_ENTER, NULL);
	}
	systable_endscan(scan);
}

static PrObjectors *
load(Relation table, const char *domain, const char *release_schema, const char *release_name)
{
	MemoryContext old = MemoryContextSwitchTo(cache_context);
	PrObjectors *objectors = palloc(sizeof(PrObjectors));

	objectors->domain = pstrdup(domain);
	objectors->release_schema = pstrdup(release_schema);
	objectors->release_name = pstrdup(release_name);
	read_objectors(table, objectors);
	MemoryContextSwitchTo(old);
	objectors->next = cached;
	cached = objectors;
	return objectors;
}

const PrObjectors *
pr_objectors_find(const char *domain, const char *release_schema, const char *release_name)
{
	Relation	table = table_open(pr_catalog_table("objection"), AccessShareLock);
	PrObjectors *found;

	pr_catalog_watch(RelationGetRelid(table), forget_objectors);
	if (stale)
		reset_cache();
	for (found = cached; found != NULL; found = found->next)
		if (strcmp(found->domain, domain) == 0 && strcmp(found->release_schema, release_schema) == 0 &&
			strcmp(found->release_name, release_name) == 0)
			break;
	if (found == NULL)
		found = load(table, domain, release_schema, release_name);
	table_close(table, AccessShareLock);
	return found;
}

bool
pr_objectors_is_empty(const PrObjectors *objectors)
{
	return hash_get_num_entries(objectors->digests) == 0;
}

bool
pr_objectors_has(const PrObjectors *objectors, const pg_uuid_t *digest)
{
	return hash_search(objectors->digests, digest->data, HASH_FIND, NULL) != NULL;
}
