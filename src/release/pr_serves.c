/*
 * pr_serves.c
 *		release_serves(): is this view still the release that was built?
 *
 * Every release view has "WHERE privrelease.release_serves(id)".  The function
 * answers true or raises; it never answers false, so that an audience sees an
 * error and not an empty table.  It is declared IMMUTABLE although it reads
 * catalogues: the planner then evaluates it once, while the plan is made, and
 * nothing of it is left in the plan, which costs no row anything.  That is
 * safe because owner and options of the view are facts of pg_class, whose
 * change invalidates cached plans of the view.  Members and attributes of the
 * release role are looked at as well, but their change reaches new plans only;
 * a plan that was cached before goes on showing what the rules show.
 *
 * What it is there for: pg_dump carries no roles.  Restored where the release
 * role is missing, a view belongs to whoever restored it, often a superuser,
 * and would show the whole source, past row-level security.  The same after
 * ALTER VIEW ... OWNER, after losing the barrier, and in a copy of the database
 * in which nobody has looked at the declarations.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "catalog/pr_catalog.h"
#include "catalog/pr_intact.h"
#include "common/pr_compat.h"
#include "common/pr_error.h"
#include "release/pr_release.h"

PG_FUNCTION_INFO_V1(privrelease_release_serves);

/* What the catalogue records of a release, as far as it matters here. */
typedef struct BuildRecord
{
	bool		found;
	char	   *label;
	char	   *binding;
	Oid			role;
	Oid			view;
} BuildRecord;

static void
read_record(int32 id, BuildRecord *record)
{
	Relation	rel = table_open(pr_catalog_table("release"), AccessShareLock);
	ScanKeyData key;
	Snapshot	snapshot;
	SysScanDesc scan;
	HeapTuple	tuple;

	ScanKeyInit(&key, pr_catalog_column(rel, "id"), BTEqualStrategyNumber, F_INT4EQ, Int32GetDatum(id));
	snapshot = RegisterSnapshot(IsInParallelMode() ? GetActiveSnapshot() : GetLatestSnapshot());
	scan = systable_beginscan(rel, pr_catalog_index("release_pkey"), true, snapshot, 1, &key);
	tuple = systable_getnext(scan);
	record->found = HeapTupleIsValid(tuple);
	if (record->found)
	{
		bool		isnull;
		char	   *schema = pstrdup(NameStr(*DatumGetName(pr_catalog_field(rel, tuple, "release_schema", &isnull))));
		char	   *name = pstrdup(NameStr(*DatumGetName(pr_catalog_field(rel, tuple, "release_name", &isnull))));
		Datum		view;

		record->label = quote_qualified_identifier(schema, name);
		record->binding = TextDatumGetCString(pr_catalog_field(rel, tuple, "binding", &isnull));
		record->role = DatumGetObjectId(pr_catalog_field(rel, tuple, "role_oid", &isnull));
		view = pr_catalog_field(rel, tuple, "view", &isnull);
		record->view = isnull ? InvalidOid : DatumGetObjectId(view);
	}
	systable_endscan(scan);
	UnregisterSnapshot(snapshot);
	table_close(rel, AccessShareLock);
}

Datum
privrelease_release_serves(PG_FUNCTION_ARGS)
{
	BuildRecord record;

	read_record(PG_GETARG_INT32(0), &record);
	if (!record.found)
		ereport(ERROR,
				(errcode(ERRCODE_PR_STALE),
				 errmsg("this view is not a release that privrelease knows"),
				 errhint("Drop the view.")));
	if (strcmp(record.binding, pr_this_binding()) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_PR_UNBOUND),
				 errmsg("release %s was declared in another database and is unbound here", record.label),
				 errhint("A superuser checks and binds it: SELECT * FROM privrelease.rebind();")));
	if (!OidIsValid(record.view) || !pr_intact_role(record.role) || !pr_intact_view(record.view, record.role))
		ereport(ERROR,
				(errcode(ERRCODE_PR_STALE),
				 errmsg("release %s is no longer as it was built", record.label),
				 errdetail("Its owner, its barrier or its role was changed."),
				 errhint("The owner of the source builds it anew: SELECT privrelease.build(%s);",
						 quote_literal_cstr(record.label))));
	PG_RETURN_BOOL(true);
}
