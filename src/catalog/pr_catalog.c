/*
 * pr_catalog.c
 *		The extension's own tables, seen from C.  See pr_catalog.h.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/xlog.h"
#include "catalog/namespace.h"
#include "commands/trigger.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"

#include "catalog/pr_catalog.h"
#include "common/pr_compat.h"

PG_FUNCTION_INFO_V1(privrelease_catalog_changed);

typedef struct Watch
{
	Oid			relid;
	void		(*forget) (void);
} Watch;

/* One entry for each cached table: a handful. */
#define MAX_WATCHES 12
static Watch watches[MAX_WATCHES];
static int	n_watches = 0;

static Oid
find_relation(const char *name)
{
	Oid			relid = get_relname_relid(name, get_namespace_oid(PR_SCHEMA, false));

	if (!OidIsValid(relid))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("relation \"%s.%s\" does not exist", PR_SCHEMA, name),
				 errhint("CREATE EXTENSION privrelease;")));
	return relid;
}

Oid
pr_catalog_table(const char *name)
{
	return find_relation(name);
}

Oid
pr_catalog_index(const char *name)
{
	return find_relation(name);
}

Oid
pr_catalog_type(const char *name)
{
	Oid			type = GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid, CStringGetDatum(name),
									   ObjectIdGetDatum(get_namespace_oid(PR_SCHEMA, false)));

	if (!OidIsValid(type))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("type \"%s.%s\" does not exist", PR_SCHEMA, name),
				 errhint("CREATE EXTENSION privrelease;")));
	return type;
}

/* The table that a script of the extension makes last of those that hooks read. */
bool
pr_catalog_installed(void)
{
	Oid			schema = get_namespace_oid(PR_SCHEMA, true);

	return OidIsValid(schema) && OidIsValid(get_relname_relid("audience_map", schema));
}

const char *
pr_this_binding(void)
{
	return psprintf(UINT64_FORMAT "/%u", GetSystemIdentifier(), MyDatabaseId);
}

static AttrNumber
find_column(Relation table, const char *column)
{
	TupleDesc	desc = RelationGetDescr(table);

	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(desc, i);

		if (!attribute->attisdropped && namestrcmp(&attribute->attname, column) == 0)
			return attribute->attnum;
	}
	return InvalidAttrNumber;
}

bool
pr_catalog_has_column(Relation table, const char *column)
{
	return find_column(table, column) != InvalidAttrNumber;
}

AttrNumber
pr_catalog_column(Relation table, const char *column)
{
	AttrNumber	attnum = find_column(table, column);

	if (attnum == InvalidAttrNumber)
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR),
				 errmsg_internal("%s.%s has no column \"%s\"", PR_SCHEMA, RelationGetRelationName(table), column)));
	return attnum;
}

Datum
pr_catalog_field(Relation table, HeapTuple row, const char *column, bool *isnull)
{
	return heap_getattr(row, pr_catalog_column(table, column), RelationGetDescr(table), isnull);
}

Oid
pr_relation_owner(Oid relid)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	Oid			owner;

	if (!HeapTupleIsValid(tuple))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("relation with OID %u does not exist", relid)));
	owner = ((Form_pg_class) GETSTRUCT(tuple))->relowner;
	ReleaseSysCache(tuple);
	return owner;
}

static void
on_relcache_invalidation(Datum arg, Oid relid)
{
	for (int i = 0; i < n_watches; i++)
		if (!OidIsValid(relid) || watches[i].relid == relid)
			watches[i].forget();
}

void
pr_catalog_watch(Oid relid, void (*forget) (void))
{
	static bool registered = false;
	int			slot = n_watches;

	/* A re-created extension has new OIDs: the cache moves to the new one. */
	for (int i = 0; i < n_watches; i++)
		if (watches[i].forget == forget)
			slot = i;
	if (slot >= MAX_WATCHES)
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR),
				 errmsg_internal("too many cached privrelease tables")));
	watches[slot].relid = relid;
	watches[slot].forget = forget;
	n_watches = Max(n_watches, slot + 1);

	if (!registered)
	{
		CacheRegisterRelcacheCallback(on_relcache_invalidation, (Datum) 0);
		registered = true;
	}
}

/* Statement trigger of each cached table: tell every backend, at commit, to forget what it cached. */
Datum
privrelease_catalog_changed(PG_FUNCTION_ARGS)
{
	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"catalog_changed\" can only be called as a trigger")));
	CacheInvalidateRelcache(((TriggerData *) fcinfo->context)->tg_relation);
	return PointerGetDatum(NULL);		/* a trigger that says isnull is an error */
}
