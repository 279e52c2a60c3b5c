/*
 * pr_intact.c
 *		Is a release still what was built?  See pr_intact.h.
 *
 * Invariants, and what an attacker would try here:
 *	- The digest is taken of the stored rule, not of its text: text leaves open
 *	  which function or table a name means.
 *	- Only what the view uses of the source is digested: a new column, an index
 *	  or a statistics target of the source stops no reader.  Nor does a policy:
 *	  it is made for the release's role after the build, where that role is new.
 *	- The verdict on view and source is kept with the cached release, which is
 *	  forgotten when either is invalidated (pr_protected.c).  Role and
 *	  membership are looked at each time: their change invalidates no relation.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/relation.h"
#include "access/table.h"
#include "catalog/dependency.h"
#include "catalog/indexing.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_depend.h"
#include "catalog/pg_rewrite.h"
#include "lib/stringinfo.h"
#include "rewrite/rewriteSupport.h"
#include "utils/builtins.h"
#include "utils/catcache.h"
#include "utils/fmgroids.h"
#include "utils/fmgrprotos.h"
#include "utils/rel.h"
#include "utils/syscache.h"

#include "catalog/pr_intact.h"
#include "common/pr_compat.h"

/* ---------- role and view ---------- */

/* Has somebody with CREATEROLE made a member of the release role? */
static bool
has_members(Oid role)
{
	CatCList   *members = SearchSysCacheList1(AUTHMEMROLEMEM, ObjectIdGetDatum(role));
	bool		found = members->n_members > 0;

	ReleaseSysCacheList(members);
	return found;
}

bool
pr_intact_role(Oid role)
{
	HeapTuple	tuple = SearchSysCache1(AUTHOID, ObjectIdGetDatum(role));
	Form_pg_authid form;
	bool		powerless;

	if (!HeapTupleIsValid(tuple))
		return false;
	form = (Form_pg_authid) GETSTRUCT(tuple);
	powerless = !form->rolsuper && !form->rolbypassrls && !form->rolcanlogin;
	ReleaseSysCache(tuple);
	return powerless && !has_members(role);
}

bool
pr_intact_view(Oid view, Oid role)
{
	Relation	rel = try_relation_open(view, AccessShareLock);
	bool		intact;

	if (rel == NULL)
		return false;
	intact = rel->rd_rel->relkind == RELKIND_VIEW && rel->rd_rel->relowner == role &&
		RelationIsSecurityView(rel) && !RelationHasSecurityInvoker(rel);
	relation_close(rel, AccessShareLock);
	return intact;
}

/* ---------- digests ---------- */

static Oid
owner_of(Oid relid)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	Oid			owner = InvalidOid;

	if (HeapTupleIsValid(tuple))
	{
		owner = ((Form_pg_class) GETSTRUCT(tuple))->relowner;
		ReleaseSysCache(tuple);
	}
	return owner;
}

static bytea *
digest(StringInfo content)
{
	bytea	   *bytes = palloc(VARHDRSZ + content->len);

	SET_VARSIZE(bytes, VARHDRSZ + content->len);
	memcpy(VARDATA(bytes), content->data, content->len);
	return DatumGetByteaP(DirectFunctionCall1(sha256_bytea, PointerGetDatum(bytes)));
}

/* A name may hold anything but a zero byte, so that ends it. */
static void
add_column(StringInfo out, Oid relid, AttrNumber attnum)
{
	HeapTuple	tuple = SearchSysCache2(ATTNUM, ObjectIdGetDatum(relid), Int16GetDatum(attnum));
	Form_pg_attribute att;

	if (!HeapTupleIsValid(tuple))
		return;
	att = (Form_pg_attribute) GETSTRUCT(tuple);
	appendStringInfo(out, "%d %u %d %u %d ", attnum, att->atttypid, att->atttypmod, att->attcollation, att->attisdropped);
	appendBinaryStringInfo(out, NameStr(att->attname), strlen(NameStr(att->attname)) + 1);
	ReleaseSysCache(tuple);
}

/* The stored query of a view as a string, which lists every function, operator and relation by OID. */
static bool
add_rule(StringInfo out, Oid view, Oid *rule)
{
	HeapTuple	tuple = SearchSysCache2(RULERELNAME, ObjectIdGetDatum(view), PointerGetDatum(ViewSelectRuleName));
	bool		isnull;
	Datum		action;

	if (!HeapTupleIsValid(tuple))
		return false;
	*rule = ((Form_pg_rewrite) GETSTRUCT(tuple))->oid;
	action = SysCacheGetAttr(RULERELNAME, tuple, Anum_pg_rewrite_ev_action, &isnull);
	if (!isnull && out != NULL)
		appendStringInfoString(out, TextDatumGetCString(action));
	ReleaseSysCache(tuple);
	return !isnull;
}

bytea *
pr_intact_view_digest(Oid view)
{
	StringInfoData content;
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(view));
	AttrNumber	columns;
	Oid			rule;

	if (!HeapTupleIsValid(tuple))
		return NULL;
	columns = ((Form_pg_class) GETSTRUCT(tuple))->relnatts;
	ReleaseSysCache(tuple);
	initStringInfo(&content);
	if (!add_rule(&content, view, &rule))
		return NULL;
	for (AttrNumber attnum = 1; attnum <= columns; attnum++)
		add_column(&content, view, attnum);
	return digest(&content);
}

/* ---------- views below ---------- */

static char
kind_of(Oid relid)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	char		kind = '\0';

	if (HeapTupleIsValid(tuple))
	{
		kind = ((Form_pg_class) GETSTRUCT(tuple))->relkind;
		ReleaseSysCache(tuple);
	}
	return kind;
}

/* Appends the views that a view's rule names to those that are there. */
static List *
add_named_views(List *views, Oid rule)
{
	Relation	depend = table_open(DependRelationId, AccessShareLock);
	ScanKeyData keys[2];
	SysScanDesc scan;
	HeapTuple	row;

	ScanKeyInit(&keys[0], Anum_pg_depend_classid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(RewriteRelationId));
	ScanKeyInit(&keys[1], Anum_pg_depend_objid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(rule));
	scan = systable_beginscan(depend, DependDependerIndexId, true, NULL, 2, keys);
	while (HeapTupleIsValid(row = systable_getnext(scan)))
	{
		Form_pg_depend form = (Form_pg_depend) GETSTRUCT(row);

		if (form->refclassid == RelationRelationId && kind_of(form->refobjid) == RELKIND_VIEW)
			views = list_append_unique_oid(views, form->refobjid);
	}
	systable_endscan(scan);
	table_close(depend, AccessShareLock);
	return views;
}

/* In an order that does not depend on where rows lie. */
List *
pr_intact_views_below(Oid source)
{
	List	   *views = list_make1_oid(source);
	Oid			rule;

	if (kind_of(source) != RELKIND_VIEW)
		return NIL;
	for (int i = 0; i < list_length(views); i++)	/* it grows meanwhile */
		if (add_rule(NULL, list_nth_oid(views, i), &rule))
			views = add_named_views(views, rule);
	views = list_delete_first(views);
	list_sort(views, list_oid_cmp);
	return views;
}

/* Columns of the source that the view's rule depends on, in ascending order. */
static List *
used_columns(Oid source, Oid rule)
{
	Relation	depend = table_open(DependRelationId, AccessShareLock);
	List	   *columns = NIL;
	ScanKeyData keys[2];
	SysScanDesc scan;
	HeapTuple	row;

	ScanKeyInit(&keys[0], Anum_pg_depend_classid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(RewriteRelationId));
	ScanKeyInit(&keys[1], Anum_pg_depend_objid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(rule));
	scan = systable_beginscan(depend, DependDependerIndexId, true, NULL, 2, keys);
	while (HeapTupleIsValid(row = systable_getnext(scan)))
	{
		Form_pg_depend form = (Form_pg_depend) GETSTRUCT(row);

		if (form->refclassid == RelationRelationId && form->refobjid == source && form->refobjsubid > 0)
			columns = list_append_unique_int(columns, form->refobjsubid);
	}
	systable_endscan(scan);
	table_close(depend, AccessShareLock);
	list_sort(columns, list_int_cmp);
	return columns;
}

bytea *
pr_intact_source_digest(Oid source, Oid view)
{
	StringInfoData content;
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(source));
	Form_pg_class form;
	ListCell   *cell;
	Oid			rule;
	char		kind;

	if (!HeapTupleIsValid(tuple))
		return NULL;
	form = (Form_pg_class) GETSTRUCT(tuple);
	initStringInfo(&content);
	kind = form->relkind;
	appendStringInfo(&content, "%c %d ", kind, form->relrowsecurity);
	ReleaseSysCache(tuple);
	if (kind == RELKIND_VIEW && !add_rule(&content, source, &rule))
		return NULL;
	foreach(cell, pr_intact_views_below(source))
		if (!add_rule(&content, lfirst_oid(cell), &rule))
			return NULL;
	if (!add_rule(NULL, view, &rule))
		return NULL;
	foreach(cell, used_columns(source, rule))
		add_column(&content, source, lfirst_int(cell));
	return digest(&content);
}

static bool
same(const bytea *a, const bytea *b)
{
	return a != NULL && b != NULL && VARSIZE_ANY(a) == VARSIZE_ANY(b) && memcmp(a, b, VARSIZE_ANY(a)) == 0;
}

/* ---------- the verdict ---------- */

static const char *
find_flaw(const PrServed *release)
{
	if (!pr_intact_view(release->view, release->role))
		return "The view's owner or its barrier was changed.";
	if (owner_of(release->source) != release->source_owner)
		return "The source belongs to another role.";
	if (!same(pr_intact_view_digest(release->view), release->view_digest))
		return "The view says something else than was built.";
	if (!same(pr_intact_source_digest(release->source, release->view), release->source_digest))
		return "The source, a column that is used, or its row-level security was changed.";
	return NULL;
}

/* The kept verdict is a constant string: nothing is allocated with it. */
const char *
pr_intact_flaw(const PrServed *release)
{
	if (!pr_intact_role(release->role))
		return "The release's role has members or powers that it must not have.";
	if (release->is_table)
		return owner_of(release->view) == release->role ? NULL : "The table belongs to another role.";
	if (!release->verdict->known)
	{
		release->verdict->flaw = find_flaw(release);
		release->verdict->known = true;
	}
	return release->verdict->flaw;
}
