/*
 * pr_build_store.c
 *		What a build or a refresh leaves in the catalogue: when, by whom, from
 *		what, and the names that its objects have today.
 */
#include "postgres.h"

#include "access/relation.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "catalog/pr_catalog.h"
#include "catalog/pr_intact.h"
#include "release/pr_drift.h"
#include "release/pr_lifecycle.h"
#include "release/pr_objection.h"
#include "release/pr_release.h"

/* What a view says and reads; a table is not compared when it is read. */
static void
add_digests(PrArgs *args, const PrRelease *release)
{
	if (release->is_table)
	{
		pr_arg_null(args, BYTEAOID);
		pr_arg_null(args, BYTEAOID);
		return;
	}
	pr_arg(args, BYTEAOID, PointerGetDatum(pr_intact_view_digest(release->view)));
	pr_arg(args, BYTEAOID, PointerGetDatum(pr_intact_source_digest(release->source, release->view)));
}

static void
store_release(const PrRelease *release, const char *definition)
{
	PrArgs		args = {0};

	pr_arg_int4(&args, release->id);
	pr_arg_oid(&args, release->view);
	pr_arg_text(&args, definition);
	pr_arg_text(&args, pr_caller_name());
	pr_arg_text(&args, release->source_schema);
	pr_arg_text(&args, release->source_name);
	pr_arg_text(&args, release->subject);
	pr_arg_oid(&args, release->source);
	pr_arg_text(&args, GetUserNameFromId(pr_relation_owner(release->source), false));
	pr_arg_text(&args, release->role);
	pr_arg_oid(&args, pr_relation_owner(release->source));
	add_digests(&args, release);
	pr_arg_int8(&args, release->version);
	pr_arg_bool(&args, release->derive_quals);
	pr_arg_text(&args, pr_technical_digest(release, release->as_published));
	pr_catalog_run("UPDATE privrelease.release SET view = $2, definition = $3, built_at = pg_catalog.now(),"
				   " view_digest = $12, source_digest = $13, version = $14, built_digest = $16,"
				   " built_by = $4::name, source_schema = $5::name, source_name = $6::name, subject = $7::name, source_owner = $9::name, release_role = $10::name, source_owner_oid = $11,"
				   " state = CASE WHEN state <> 'withdrawn' OR suspended THEN state WHEN approval IS NULL THEN 'draft' ELSE 'approved' END,"
				   " withdrawn_reason = CASE WHEN suspended THEN withdrawn_reason END, derives = $15, failed_at = NULL, failure = NULL,"
				   " built_columns = (SELECT pg_catalog.jsonb_object_agg(a.attnum, pg_catalog.jsonb_build_object("
				   "'name', a.attname, 'type', pg_catalog.format_type(a.atttypid, a.atttypmod)))"
				   " FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = $8 AND a.attnum > 0 AND NOT a.attisdropped)"
				   " WHERE id = $1", &args);
}

static void
store_class_name(const PrRelease *release, Relation rel, AttrNumber attnum)
{
	PrArgs		args = {0};

	pr_arg_oid(&args, release->source);
	pr_arg_text(&args, release->source_schema);
	pr_arg_text(&args, release->source_name);
	pr_arg_text(&args, pr_this_binding());
	pr_arg_int4(&args, attnum);
	pr_arg_text(&args, NameStr(TupleDescAttr(RelationGetDescr(rel), attnum - 1)->attname));
	pr_arg_text(&args, pr_column_type(rel, attnum));
	pr_catalog_run("UPDATE privrelease.classification AS c"
				   " SET source_schema = $2::name, source_name = $3::name, column_name = $6::name, column_type = $7"
				   " WHERE c.source = $1 AND c.binding = $4 AND c.attnum = $5 AND (c.source_schema, c.source_name, c.column_name, c.column_type)"
				   " IS DISTINCT FROM ($2::name, $3::name, $6::name, $7)", &args);
}

/* The classification follows renames and changed types as well, so that rebind() finds a column by its name and type of today. */
static void
store_class_names(const PrRelease *release)
{
	Relation	rel = relation_open(release->source, AccessShareLock);
	PrArgs		args = {0};
	SPITupleTable *classes;
	uint64		rows;

	pr_arg_oid(&args, release->source);
	pr_arg_text(&args, pr_this_binding());
	rows = pr_catalog_run("SELECT c.attnum FROM privrelease.classification AS c JOIN pg_catalog.pg_attribute AS a"
						  " ON a.attrelid = c.source AND a.attnum = c.attnum AND NOT a.attisdropped"
						  " WHERE c.source = $1 AND c.binding = $2", &args);
	classes = SPI_tuptable;
	for (uint64 row = 0; row < rows; row++)
	{
		bool		is_null;

		store_class_name(release, rel, DatumGetInt16(SPI_getbinval(classes->vals[row], classes->tupdesc, 1, &is_null)));
	}
	relation_close(rel, NoLock);
}

/* Audiences that were renamed: a dump carries their names. */
static void
store_audience_names(const PrRelease *release)
{
	PrArgs		args = {0};

	pr_arg_int4(&args, release->id);
	pr_catalog_run("UPDATE privrelease.audience AS a SET role_name = r.rolname FROM pg_catalog.pg_roles AS r"
				   " WHERE a.release = $1 AND r.oid = a.role_oid AND r.rolname <> a.role_name", &args);
	pr_catalog_run("UPDATE privrelease.audience_map AS m SET role_name = r.rolname FROM pg_catalog.pg_roles AS r"
				   " WHERE m.release = $1 AND r.oid = m.role_oid AND r.rolname <> m.role_name", &args);
}

/* A published release has its rules twice: what is declared now names the column and the key version of today too, where it is the same rule. */
#define SAME_RULE_DECLARED \
"UPDATE privrelease.rule AS d SET column_name = $3::name, key_version = $4 FROM privrelease.published_rule AS p" \
" WHERE d.release = $1 AND d.output_name = $2::name AND p.release = d.release AND p.output_name = d.output_name" \
" AND (d.attnum, d.transform, d.params, d.domain, d.key) IS NOT DISTINCT FROM (p.attnum, p.transform, p.params, p.domain, p.key)" \
" AND (d.column_name, d.key_version) IS DISTINCT FROM ($3::name, $4)"

static void
store_rule_names(const PrRelease *release, List *rules)
{
	ListCell   *cell;

	foreach(cell, rules)
	{
		PrRule	   *rule = lfirst(cell);
		PrArgs		args = {0};

		pr_arg_int4(&args, release->id);
		pr_arg_text(&args, rule->output_name);
		pr_arg_text(&args, rule->column_name);
		if (rule->key != 0)
			pr_arg_int4(&args, rule->key_version);
		else
			pr_arg_null(&args, INT4OID);
		pr_catalog_run(psprintf("UPDATE %s SET column_name = $3::name, key_version = $4"
								" WHERE release = $1 AND output_name = $2::name"
								" AND (column_name, key_version) IS DISTINCT FROM ($3::name, $4)", pr_rule_table(release)), &args);
		if (release->as_published)
			pr_catalog_run(SAME_RULE_DECLARED, &args);
	}
}

/* release->view, and of a table release->version, are the ones to store. */
void
pr_store_build(const PrRelease *release, List *rules, const char *definition)
{
	store_release(release, definition);
	store_rule_names(release, rules);
	store_class_names(release);
	store_audience_names(release);
	pr_objection_store_names(release);
	pr_drift_record(release);
}

/* Whoever owned the source when the release was built before had SELECT as its owner, and not as an audience. */
void
pr_revoke_from_former_owner(const PrRelease *release)
{
	Oid			former = release->source_owner_oid;
	PrArgs		args = {0};

	if (GetUserNameFromId(former, true) == NULL || former == pr_relation_owner(release->source))
		return;
	pr_arg_int4(&args, release->id);
	pr_arg_oid(&args, former);
	if (pr_catalog_run("SELECT 1 FROM privrelease.audience WHERE release = $1 AND role_oid = $2", &args) == 0)
		pr_ddl(psprintf("REVOKE ALL ON %s FROM %s", release->label, quote_identifier(GetUserNameFromId(former, false))));
}
