/*
 * pr_preview.c
 *		preview() and drift(): what the source's owner looks at before a build.
 *
 * Both show the source, so both are for its owner alone.  preview() evaluates
 * the rules without a view: it runs as the source's owner, restricted, and the
 * capabilities of keyed rules are parameters of the statement, so that no
 * capability ever has to be typed by somebody who may not.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/relation.h"
#include "access/table.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"
#include "utils/tuplestore.h"

#include "common/pr_error.h"
#include "release/pr_derive.h"
#include "release/pr_registry.h"
#include "release/pr_table.h"
#include "transform/pr_capability.h"

PG_FUNCTION_INFO_V1(privrelease_preview);
PG_FUNCTION_INFO_V1(privrelease_drift);

/* ---------- capabilities as parameters ---------- */

/* "$n" for the capability, which becomes a parameter unless it is one already. */
char *
pr_capability_param(PrCapabilities *capabilities, int32 key, int32 version)
{
	PrArgs	   *args = &capabilities->args;
	Datum		capability = pr_capability_datum(key, version);

	for (int i = 0; i < args->n; i++)
		if (args->values[i] == capability)
			return psprintf("$%d", i + 1);
	if (args->n >= PR_MAX_ARGS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("a preview can show at most %d keys", PR_MAX_ARGS)));
	pr_arg(args, pr_capability_type(), capability);
	return psprintf("$%d", args->n);
}

/* ---------- preview ---------- */

/* Source and released value of each column, side by side. */
static char *
preview_query(const PrRelease *release, List *rules, int sample_rows, const char *joins)
{
	StringInfoData out;
	ListCell   *cell;

	initStringInfo(&out);
	foreach(cell, rules)
	{
		PrRule	   *rule = lfirst(cell);
		int			level = release->is_table ? pr_table_level(release, rule) : 0;

		for (int output = 0; output < Max(rule->transform->outputs, 1); output++)
		{
			appendStringInfo(&out, "%s s.%s, ", out.len > 0 ? "," : "SELECT", quote_identifier(rule->column_name));
			pr_render_level(&out, release, rule, output, level);
		}
	}
	appendStringInfo(&out, " FROM %s AS s%s LIMIT %d",
					 quote_qualified_identifier(release->source_schema, release->source_name), joins, sample_rows);
	return out.data;
}

static Datum
cell_text(uint64 row, int col, bool *isnull)
{
	char	   *value = pr_spi_text(row, col);

	*isnull = value == NULL;
	return value == NULL ? (Datum) 0 : CStringGetTextDatum(value);
}

static void
put_preview(ReturnSetInfo *rsinfo, List *rules, uint64 rows)
{
	for (uint64 row = 0; row < rows; row++)
	{
		ListCell   *cell;
		int			col = 1;

		CHECK_FOR_INTERRUPTS();
		foreach(cell, rules)
		{
			PrRule	   *rule = lfirst(cell);

			for (int output = 0; output < Max(rule->transform->outputs, 1); output++, col += 2)
			{
				Datum		values[4];
				bool		nulls[4] = {0};
				NameData	name;

				namestrcpy(&name, pr_output_column(rule, output));
				values[0] = Int32GetDatum((int32) row + 1);
				values[1] = NameGetDatum(&name);
				values[2] = cell_text(row, col, &nulls[2]);
				values[3] = cell_text(row, col + 1, &nulls[3]);
				tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
			}
		}
	}
}

#define MOST_PREVIEW_ROWS 10000

Datum
privrelease_preview(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	char	   *name = text_to_cstring(PG_GETARG_TEXT_PP(0));
	int			sample_rows = PG_GETARG_INT32(1);
	PrCapabilities capabilities = {0};
	PrIdentity	saved;
	PrRelease  *release;
	Relation	rel;
	List	   *rules;
	char	   *query;
	uint64		rows;

	if (sample_rows < 0 || sample_rows > MOST_PREVIEW_ROWS)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("sample_rows must be from 0 to %d", MOST_PREVIEW_ROWS)));
	InitMaterializedSRF(fcinfo, 0);
	pr_begin();
	release = pr_release_to_read(name);
	rules = pr_load_for_build(release, &rel, true);
	release->capabilities = &capabilities;
	pr_read_as_owner(release->source, &saved);
	query = preview_query(release, rules, sample_rows, pr_derive_columns(release, rules));
	rows = pr_spi(query, &capabilities.args);
	put_preview(rsinfo, rules, rows);
	pr_restore_identity(&saved);
	pr_derive_end(release);
	table_close(rel, NoLock);
	pr_end();
	return (Datum) 0;
}

/* ---------- drift ---------- */

/*
 * One statement compares the source of today with the source of the build, or
 * of the declaration where there was no build.
 */
static const char *const drift_query =
"WITH l AS (SELECT * FROM privrelease.release WHERE id = $1),"
" now AS (SELECT a.attnum, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod) AS type"
"  FROM pg_catalog.pg_attribute AS a, l WHERE a.attrelid = l.source AND a.attnum > 0 AND NOT a.attisdropped),"
" built AS (SELECT b.key::int2 AS attnum, (b.value ->> 'name')::name AS attname, b.value ->> 'type' AS type"
"  FROM l, LATERAL pg_catalog.jsonb_each(l.built_columns) AS b),"
" known AS (SELECT attnum, attname FROM built UNION ALL SELECT DISTINCT r.attnum, r.column_name"
"  FROM privrelease.rule AS r, l WHERE r.release = l.id AND NOT EXISTS (SELECT FROM built WHERE built.attnum = r.attnum)),"
" classified AS (SELECT c.attnum FROM privrelease.classification AS c, l WHERE c.source = l.source AND c.binding = l.binding)"
" SELECT column_name, finding FROM ("
" SELECT 1 AS rank, 0::int2 AS attnum, NULL::name AS column_name, pg_catalog.format('source no longer exists') AS finding"
"  FROM l WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_class AS c WHERE c.oid = l.source)"
" UNION ALL SELECT 2, 0::int2, NULL, pg_catalog.format('source was %I.%I and is now %s', l.source_schema, l.source_name, l.source::pg_catalog.regclass)"
"  FROM l, pg_catalog.pg_class AS c, pg_catalog.pg_namespace AS n"
"  WHERE c.oid = l.source AND n.oid = c.relnamespace AND (n.nspname, c.relname) IS DISTINCT FROM (l.source_schema, l.source_name)"
" UNION ALL SELECT 3, now.attnum, now.attname, 'new since the last build, not released'"
"  FROM now, l WHERE l.built_columns IS NOT NULL AND NOT EXISTS (SELECT FROM built WHERE built.attnum = now.attnum)"
" UNION ALL SELECT 4, b.attnum, b.attname, 'gone'"
"  FROM known AS b WHERE NOT EXISTS (SELECT FROM now WHERE now.attnum = b.attnum)"
" UNION ALL SELECT 5, now.attnum, now.attname, pg_catalog.format('renamed from %I', b.attname)"
"  FROM now JOIN known AS b USING (attnum) WHERE now.attname <> b.attname"
" UNION ALL SELECT 6, now.attnum, now.attname, pg_catalog.format('retyped from %s to %s', built.type, now.type)"
"  FROM now JOIN built USING (attnum) WHERE now.type <> built.type"
" UNION ALL SELECT 7, now.attnum, now.attname, 'unclassified'"
"  FROM now WHERE NOT EXISTS (SELECT FROM classified WHERE classified.attnum = now.attnum)"
" ) AS f ORDER BY rank, attnum, finding";

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
	rows = pr_catalog_run(drift_query, &args);
	for (uint64 row = 0; row < rows; row++)
		put_drift(rsinfo, pr_spi_text(row, 1), pr_spi_text(row, 2));
	put_session_dependence(rsinfo, release);
	put_lost_rights(rsinfo, release);
	pr_end();
	return (Datum) 0;
}
