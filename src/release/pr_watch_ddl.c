/*
 * pr_watch_ddl.c
 *		A warning when a command opens a way from an audience to a source.
 *
 * After a command that can do so, audit()'s findings are compared with those
 * of before.  Both are asked afterwards: the snapshot that the command was
 * started with still shows the catalogues as they were.
 *
 * Looked at are GRANT, default privileges, publications, new and attached
 * partitions and children, owners, options of views, and functions that run as
 * their definer.  What cannot open anything is told from the statement alone,
 * and costs nothing: CREATE TABLE and ALTER TABLE are much used, and a query of
 * a fraction of a second after each would be felt; so would it be when a dump
 * with thousands of GRANTs is restored, so that those on other tables, views
 * and functions are passed by, and so are new partitions of a source that are
 * as open as it is.  CREATE VIEW is not looked at: a new view is its
 * owner's alone until a GRANT or default privileges, which are.  Memberships
 * and attributes of roles fire no event trigger; audit() tells them.
 *
 * It runs as whoever gives the command, who may have no right to know: it says
 * how many findings there are, not which.  It never fails the command.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "commands/event_trigger.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "parser/parse_func.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

#include "catalog/pr_protected.h"
#include "common/pr_compat.h"
#include "common/pr_error.h"
#include "common/pr_installed.h"
#include "common/pr_try.h"
#include "release/pr_audit.h"
#include "release/pr_release.h"

PG_FUNCTION_INFO_V1(privrelease_watch_ddl);

/* ---------- what can open a way ---------- */

/* What it is or, a view, reads: a source, or what a source view reads; or a foreign table, of which nobody knows. */
static const char *const reads_source_query =
"WITH RECURSIVE below (relid) AS (SELECT $1 UNION SELECT p.refobjid FROM below AS b"
" JOIN pg_catalog.pg_rewrite AS w ON w.ev_class = b.relid"
" JOIN pg_catalog.pg_depend AS p ON p.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass AND p.objid = w.oid"
" AND p.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass)"
" SELECT 1 FROM below AS b JOIN pg_catalog.pg_class AS c ON c.oid = b.relid"
" WHERE c.relkind = 'f' OR EXISTS (SELECT FROM privrelease.audit_sources() AS s WHERE s.relid = c.oid) LIMIT 1";

static bool
reads_source(Oid relid)
{
	PrArgs		args = {0};

	pr_arg_oid(&args, relid);
	return pr_catalog_run(reads_source_query, &args) > 0;
}

static bool
any_source_is_view(void)
{
	ListCell   *cell;

	foreach(cell, pr_protected_all())
	{
		char		kind = get_rel_relkind(((const PrServed *) lfirst(cell))->source);

		if (kind == RELKIND_VIEW || kind == RELKIND_MATVIEW)
			return true;
	}
	return false;
}

/* Privileges on it may be privileges on a source: it is one, a release, may be one's base, or a view on one; or all tables' statistics. */
static bool
concerns_source(Oid relid)
{
	char		kind = get_rel_relkind(relid);

	if (pr_protected_find(relid) != NULL || kind == RELKIND_FOREIGN_TABLE || get_rel_namespace(relid) == get_namespace_oid(PR_SCHEMA, true) ||
		get_rel_namespace(relid) == PG_CATALOG_NAMESPACE || get_rel_namespace(relid) == PG_TOAST_NAMESPACE)
		return true;
	return (kind == RELKIND_VIEW || kind == RELKIND_MATVIEW || any_source_is_view()) && reads_source(relid);
}

static bool
runs_as_definer(Oid function)
{
	HeapTuple	tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
	bool		definer;

	if (!HeapTupleIsValid(tuple))
		return false;
	definer = ((Form_pg_proc) GETSTRUCT(tuple))->prosecdef;
	ReleaseSysCache(tuple);
	return definer || get_func_namespace(function) == PG_CATALOG_NAMESPACE;
}

static bool
grants_way(const GrantStmt *grant)
{
	ListCell   *cell;

	if (!grant->is_grant)
		return false;
	if (grant->targtype != ACL_TARGET_OBJECT || grant->objtype == OBJECT_FOREIGN_SERVER || grant->objtype == OBJECT_FDW)
		return true;
	foreach(cell, grant->objects)
	{
		if (grant->objtype == OBJECT_TABLE && concerns_source(RangeVarGetRelid(lfirst(cell), NoLock, true)))
			return true;
		if ((grant->objtype == OBJECT_FUNCTION || grant->objtype == OBJECT_PROCEDURE || grant->objtype == OBJECT_ROUTINE) &&
			runs_as_definer(LookupFuncWithArgs(grant->objtype, lfirst(cell), true)))
			return true;
	}
	return false;
}

/* A new child that nobody holds anything on, of its parent's owner and in its schema, is as open as its parent. */
static bool
is_plain_child(Oid relid, Oid parent)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	bool		plain;

	if (!HeapTupleIsValid(tuple))
		return false;
	plain = heap_attisnull(tuple, Anum_pg_class_relacl, NULL) && has_superclass(relid) &&
		((Form_pg_class) GETSTRUCT(tuple))->relowner == pr_relation_owner(parent) &&
		((Form_pg_class) GETSTRUCT(tuple))->relnamespace == get_rel_namespace(parent);
	ReleaseSysCache(tuple);
	return plain;
}

static bool
makes_child_of_source(const CreateStmt *create)
{
	ListCell   *cell;

	foreach(cell, create->inhRelations)
	{
		Oid			parent = RangeVarGetRelid(lfirst(cell), NoLock, true);

		if (OidIsValid(parent) && concerns_source(parent) && !is_plain_child(RangeVarGetRelid(create->relation, NoLock, true), parent))
			return true;
	}
	return false;
}

static bool
alters_way(const AlterTableStmt *alter)
{
	ListCell   *cell;

	foreach(cell, alter->cmds)
	{
		switch (((AlterTableCmd *) lfirst(cell))->subtype)
		{
			case AT_AttachPartition:
			case AT_AddInherit:
			case AT_ChangeOwner:
			case AT_SetRelOptions:
			case AT_ResetRelOptions:
				if (concerns_source(RangeVarGetRelid(alter->relation, NoLock, true)))
					return true;
				break;
			default:
				break;
		}
	}
	return false;
}

static bool
sets_definer(List *options)
{
	ListCell   *cell;

	foreach(cell, options)
	{
		DefElem    *option = lfirst(cell);

		if (strcmp(option->defname, "security") == 0 && boolVal(option->arg))
			return true;
	}
	return false;
}

static bool
opens_way(Node *statement)
{
	switch (nodeTag(statement))
	{
		case T_GrantStmt:
			return grants_way((GrantStmt *) statement);
		case T_AlterDefaultPrivilegesStmt:
			return ((AlterDefaultPrivilegesStmt *) statement)->action->is_grant;
		case T_CreatePublicationStmt:
		case T_AlterPublicationStmt:
			return true;
		case T_CreateStmt:
			return makes_child_of_source((CreateStmt *) statement);
		case T_AlterTableStmt:
			return alters_way((AlterTableStmt *) statement);
		case T_CreateFunctionStmt:
			return sets_definer(((CreateFunctionStmt *) statement)->options);
		case T_AlterFunctionStmt:
			return sets_definer(((AlterFunctionStmt *) statement)->actions);
		default:
			return false;
	}
}

static bool
anything_published(void)
{
	ListCell   *cell;

	if (!pr_protected_refresh())
		return false;
	foreach(cell, pr_protected_all())
		if (((const PrServed *) lfirst(cell))->audience != NIL)
			return true;
	return false;
}

/* ---------- findings before and after ---------- */

static bool
is_same(const SPITupleTable *a, uint64 row_a, const SPITupleTable *b, uint64 row_b)
{
	for (int column = PR_AUDIT_SEVERITY; column <= PR_AUDIT_FINDING; column++)
		if (strcmp(SPI_getvalue(a->vals[row_a], a->tupdesc, column), SPI_getvalue(b->vals[row_b], b->tupdesc, column)) != 0)
			return false;
	return true;
}

static bool
is_among(const SPITupleTable *after, uint64 row, const SPITupleTable *before)
{
	for (uint64 i = 0; i < before->numvals; i++)
		if (is_same(after, row, before, i))
			return true;
	return false;
}

static void
warn_of_new(const SPITupleTable *before, const SPITupleTable *after)
{
	int			added = 0;
	int			critical = 0;

	for (uint64 row = 0; row < after->numvals; row++)
	{
		CHECK_FOR_INTERRUPTS();
		if (is_among(after, row, before))
			continue;
		added++;
		if (strcmp(SPI_getvalue(after->vals[row], after->tupdesc, PR_AUDIT_SEVERITY), "critical") == 0)
			critical++;
	}
	if (added > 0)
		ereport(WARNING,
				(errcode(ERRCODE_PR_BOUNDARY),
				 errmsg("privrelease.audit() has new findings: %d, critical: %d", added, critical),
				 errhint("SELECT * FROM privrelease.audit();")));
}

static void
look(void *statement)
{
	const char *installed = pr_installed_version();
	ArrayType  *none = construct_empty_array(INT4OID);
	SPITupleTable *before;

	if (installed == NULL || strcmp(installed, PR_VERSION) != 0 || !ActiveSnapshotSet() ||
		!anything_published())
		return;
	SPI_connect();
	if (opens_way(statement))
	{
		before = pr_audit_findings(true, none, true);
		warn_of_new(before, pr_audit_findings(true, none, false));
	}
	SPI_finish();
}

Datum
privrelease_watch_ddl(PG_FUNCTION_ARGS)
{
	ErrorData  *error;

	if (!CALLED_AS_EVENT_TRIGGER(fcinfo))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_EVENT_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("watch_ddl() is for an event trigger")));
	if (pr_ddl_is_ours())
		PG_RETURN_NULL();
	error = pr_try(look, ((EventTriggerData *) fcinfo->context)->parsetree);
	if (error != NULL)
		ereport(WARNING,
				(errcode(error->sqlerrcode),
				 errmsg("privrelease could not look for new ways from an audience to a source: %s", error->message),
				 errhint("SELECT * FROM privrelease.audit();")));
	PG_RETURN_NULL();
}
