/*
 * pr_drift.c
 *		drift(): what has changed in a source since the last build.
 *
 * A build keeps what it saw of the source; what came later is reported, and not
 * released: new columns are not in the release, and a view whose source says
 * something else than it did is refused.  Rows of a new partition or child are
 * the content of the source, and appear as any other row.
 *
 * What is compared is SQL on the catalogues (sql/91_drift.sql); what needs the
 * rules or a policy is here.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/relation.h"
#include "access/table.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"
#include "utils/tuplestore.h"

#include "common/pr_compat.h"
#include "release/pr_drift.h"

PG_FUNCTION_INFO_V1(privrelease_drift);

void
pr_drift_record(const PrRelease *release)
{
	PrArgs		args = {0};

	pr_arg_int4(&args, release->id);
	pr_arg_oid(&args, release->source);
	pr_arg_oid(&args, release->view);
	pr_catalog_run("UPDATE privrelease.release SET built_source = privrelease.source_state($2, $3) WHERE id = $1", &args);
}

static void
put_drift(ReturnSetInfo *rsinfo, const char *column, const char *finding)
{
	Datum		values[2];
	bool		nulls[2] = {column == NULL, false};
	NameData	name;

	namestrcpy(&name, column != NULL ? column : "");
	values[0] = NameGetDatum(&name);
	values[1] = CStringGetTextDatum(finding);
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
}

/* A policy that came after the build is in force at once: the build's check is repeated here. */
static void
put_session_dependence(ReturnSetInfo *rsinfo, const PrRelease *release)
{
	Relation	rel = try_relation_open(release->source, AccessShareLock);
	Oid			role = get_role_oid(release->role, true);
	char	   *found;

	if (rel == NULL)
		return;
	found = OidIsValid(role) ? pr_session_dependence(rel, role) : NULL;
	if (found != NULL)
		put_drift(rsinfo, NULL, psprintf("%s depends on the session that reads", found));
	relation_close(rel, NoLock);
}

/* A right that the release's role has lost makes the release an error for its readers. */
static void
put_lost_rights(ReturnSetInfo *rsinfo, const PrRelease *release)
{
	Oid			role = get_role_oid(release->role, true);
	ListCell   *cell;

	if (!OidIsValid(role) || !OidIsValid(release->view) || !OidIsValid(get_rel_namespace(release->source)))
		return;
	foreach(cell, pr_needed_columns(release, pr_release_rules(release)))
	{
		HeapTuple	column = SearchSysCacheAttNum(release->source, lfirst_int(cell));

		if (!HeapTupleIsValid(column))
			continue;			/* gone, which is another finding */
		if (pg_attribute_aclcheck(release->source, lfirst_int(cell), role, ACL_SELECT) != ACLCHECK_OK &&
			pg_class_aclcheck(release->source, role, ACL_SELECT) != ACLCHECK_OK)
			put_drift(rsinfo, NameStr(((Form_pg_attribute) GETSTRUCT(column))->attname),
					  release->is_table ? "not readable by the release's role, refreshed again it will be"
					  : "not readable by the release's role, built again it will be");
		ReleaseSysCache(column);
	}
}

Datum
privrelease_drift(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	PrRelease  *release;
	PrArgs		args = {0};
	uint64		rows;

	InitMaterializedSRF(fcinfo, 0);
	pr_begin();
	release = pr_release_for_drift(text_to_cstring(PG_GETARG_TEXT_PP(0)));
	pr_arg_int4(&args, release->id);
	rows = pr_catalog_run("SELECT f.column_name, f.finding FROM (SELECT * FROM privrelease.drift_source($1)"
						  " UNION ALL SELECT * FROM privrelease.drift_columns($1)) AS f ORDER BY f.rank, f.attnum, f.finding COLLATE \"C\"", &args);
	for (uint64 row = 0; row < rows; row++)
		put_drift(rsinfo, pr_spi_text(row, 1), pr_spi_text(row, 2));
	put_session_dependence(rsinfo, release);
	put_lost_rights(rsinfo, release);
	pr_end();
	return (Datum) 0;
}
