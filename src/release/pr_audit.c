/*
 * pr_audit.c
 *		audit(): every way in which an audience could reach a source now.
 *
 * What is looked for, and how, is SQL on PostgreSQL's catalogues
 * (sql/90_audit.sql, 91_audit.sql).  Here is decided who is told what, and the server itself
 * is looked at: without the guard, privileges are all that protects.
 *
 * What an attacker would try:
 *	- learn from the findings where to go: only superusers, auditors, and the
 *	  owner of a source are told, an owner of his sources only;
 *	- be overlooked: a catalogue that he cannot write is what is asked, and his
 *	  names are quoted, so that no name of an object is a line of its own.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/tuplestore.h"

#include "catalog/pr_catalog.h"
#include "catalog/pr_intact.h"
#include "common/pr_compat.h"
#include "common/pr_guc.h"
#include "common/pr_try.h"
#include "crypto/pr_keyring.h"
#include "release/pr_audit.h"
#include "release/pr_lifecycle.h"

PG_FUNCTION_INFO_V1(privrelease_audit);
PG_FUNCTION_INFO_V1(privrelease_audit_digest);

Datum
privrelease_audit_digest(PG_FUNCTION_ARGS)
{
	bytea	   *digest = pr_intact_view_digest(PG_GETARG_OID(0));

	if (digest == NULL)
		PG_RETURN_NULL();
	PG_RETURN_BYTEA_P(digest);
}

/* ---------- who is told what ---------- */

/* Releases of this database whose source the caller owns, as the array that findings are compared with. */
static ArrayType *
releases_of_caller(int *count)
{
	List	   *all = pr_all_releases(false);
	Datum	   *ids = palloc(sizeof(Datum) * Max(list_length(all), 1));
	ListCell   *cell;

	*count = 0;
	foreach(cell, all)
	{
		const PrRelease *release = lfirst(cell);

		if (strcmp(release->binding, pr_this_binding()) == 0 && OidIsValid(get_rel_namespace(release->source)) &&
			pr_owns_relation(release->source, GetUserId()))
			ids[(*count)++] = Int32GetDatum(release->id);
	}
	return construct_array(ids, *count, INT4OID, sizeof(int32), true, TYPALIGN_INT);
}

static void
require_any(bool everything, int releases)
{
	if (!everything && releases == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("permission denied to call %s", "audit()"),
				 errdetail("Findings are for superusers, auditors, and owners of sources."),
				 errhint("A superuser makes an auditor: SELECT privrelease.grant_duty('auditor', %s);",
						 quote_literal_cstr(pr_caller_name()))));
}

/* ---------- findings ---------- */

static void
put_finding(ReturnSetInfo *rsinfo, const char *severity, const char *object, const char *finding, const char *hint)
{
	Datum		values[4] = {CStringGetTextDatum(severity), CStringGetTextDatum(object), CStringGetTextDatum(finding),
	CStringGetTextDatum(hint)};
	bool		nulls[4] = {0};

	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
}

static bool
exists(const char *query)
{
	return pr_catalog_run(query, NULL) > 0;
}

static void
look_for_keyring(void *found)
{
	*(bool *) found = pr_keyring_exists();
}

/* Keyed columns are errors without it, and no release table can be refreshed. */
static bool
keyring_is_missing(void)
{
	bool		found = false;

	return (pr_try(look_for_keyring, &found) != NULL || !found) &&
		exists("SELECT 1 FROM privrelease.release AS l WHERE l.row_key IS NOT NULL"
			   " OR EXISTS (SELECT FROM privrelease.rule AS r WHERE r.release = l.id AND r.key IS NOT NULL) LIMIT 1");
}

static void
put_server(ReturnSetInfo *rsinfo)
{
	if (!exists("SELECT 1 FROM privrelease.audience LIMIT 1"))
		return;
	if (!pr_preloaded())
		put_finding(rsinfo, "critical", "server", "privrelease is not preloaded: views and functions of others, EXPLAIN and stale releases are open",
					"Add privrelease to shared_preload_libraries and restart the server.");
	else if (!pr_guc_guard)
		put_finding(rsinfo, "critical", "server", "the guard is off: views and functions of others, EXPLAIN and stale releases are open",
					"ALTER SYSTEM RESET privrelease.guard; SELECT pg_reload_conf();");
	if (pr_preloaded() && keyring_is_missing())
		put_finding(rsinfo, "warning", "server", "the keyring is missing or cannot be used: keyed columns are errors",
					"SELECT * FROM privrelease.status();");
}

/* Planning takes longer than asking, so a session plans once. */
static SPIPlanPtr
findings_plan(void)
{
	static SPIPlanPtr plan = NULL;
	Oid			types[] = {BOOLOID, INT4ARRAYOID};

	if (plan == NULL)
	{
		SPIPlanPtr	made = SPI_prepare_cursor("SELECT f.severity, f.object, f.finding, f.hint FROM privrelease.audit_findings() AS f"
											  " WHERE $1 OR f.releases IS NULL OR f.releases && $2"
											  " ORDER BY pg_catalog.array_position('{critical,warning,notice}', f.severity),"
											  " f.object COLLATE \"C\", f.finding COLLATE \"C\"", lengthof(types), types, CURSOR_OPT_GENERIC_PLAN);

		if (made == NULL || SPI_keepplan(made) != 0)
			ereport(ERROR,
					(errcode(ERRCODE_INTERNAL_ERROR),
					 errmsg_internal("could not prepare the findings of audit()")));
		plan = made;
	}
	return plan;
}

SPITupleTable *
pr_audit_findings(bool everything, ArrayType *releases, bool before)
{
	Datum		values[2] = {BoolGetDatum(everything), PointerGetDatum(releases)};
	PrIdentity	saved;

	pr_elevate(&saved);
	pr_plan_as_maintenance();	/* recursion is estimated at millions of rows, and compiling that takes longer than it all */
	if (SPI_execute_plan(findings_plan(), values, NULL, before, 0) != SPI_OK_SELECT)
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR),
				 errmsg_internal("could not ask for the findings of audit()")));
	pr_restore_identity(&saved);
	return SPI_tuptable;
}

static void
put_catalogue(ReturnSetInfo *rsinfo, const SPITupleTable *table)
{
	for (uint64 row = 0; row < table->numvals; row++)
		put_finding(rsinfo, SPI_getvalue(table->vals[row], table->tupdesc, PR_AUDIT_SEVERITY),
					SPI_getvalue(table->vals[row], table->tupdesc, PR_AUDIT_OBJECT),
					SPI_getvalue(table->vals[row], table->tupdesc, PR_AUDIT_FINDING),
					SPI_getvalue(table->vals[row], table->tupdesc, PR_AUDIT_HINT));
}

Datum
privrelease_audit(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	bool		everything;
	ArrayType  *releases;
	int			count;

	InitMaterializedSRF(fcinfo, 0);
	pr_begin();
	everything = superuser() || pr_has_duty("auditor");
	releases = releases_of_caller(&count);
	require_any(everything, count);
	put_server(rsinfo);
	put_catalogue(rsinfo, pr_audit_findings(everything, releases, false));
	pr_end();
	return (Datum) 0;
}
