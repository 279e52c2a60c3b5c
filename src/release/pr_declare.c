/*
 * pr_declare.c
 *		classify(), create_release(), set_model(), drop_release(), uninstall(): what a steward
 *		says of a source and of a release as a whole.
 */
#include "postgres.h"

#include "access/table.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "anonymity/pr_model.h"
#include "audit/pr_log.h"
#include "catalog/pr_catalog.h"
#include "catalog/pr_key.h"
#include "common/pr_compat.h"
#include "common/pr_error.h"
#include "common/pr_event.h"
#include "release/pr_lifecycle.h"
#include "release/pr_registry.h"
#include "release/pr_release.h"
#include "release/pr_replicate.h"
#include "release/pr_schedule.h"
#include "transform/pr_canonical.h"

PG_FUNCTION_INFO_V1(privrelease_classify);
PG_FUNCTION_INFO_V1(privrelease_create_release);
PG_FUNCTION_INFO_V1(privrelease_set_model);
PG_FUNCTION_INFO_V1(privrelease_drop_release);
PG_FUNCTION_INFO_V1(privrelease_uninstall);

static char *
text_arg(FunctionCallInfo fcinfo, int n)
{
	return PG_ARGISNULL(n) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(n));
}

/* Arguments that may not be NULL in functions that take others that may. */
static void
require_args(FunctionCallInfo fcinfo, int n, const char *const *names)
{
	for (int i = 0; i < n; i++)
		if (PG_ARGISNULL(i))
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("argument \"%s\" must not be null", names[i])));
}

static AttrNumber
require_column(Relation rel, const char *column)
{
	AttrNumber	attnum = pr_find_column(rel, column);

	if (attnum == InvalidAttrNumber)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("column \"%s\" of %s does not exist", column, pr_relation_label(RelationGetRelid(rel)))));
	return attnum;
}

/* ---------- classify ---------- */

static void
check_class(const char *kind, const char *category)
{
	PrArgs		args = {0};

	if (strcmp(kind, "identifier") != 0 && strcmp(kind, "quasi_identifier") != 0 &&
		strcmp(kind, "sensitive") != 0 && strcmp(kind, "insensitive") != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("\"%s\" is no kind of column", kind),
				 errhint("Kinds: identifier, quasi_identifier, sensitive, insensitive.")));
	if (category == NULL)
		return;
	pr_arg_text(&args, category);
	if (pr_catalog_run("SELECT 1 FROM privrelease.category WHERE category = $1", &args) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("category \"%s\" does not exist", category),
				 errhint("SELECT category, title FROM privrelease.category;")));
}

/* A column that is released as it is has just been called an identifier: nothing may go on as if it were not. */
static void
warn_of_clear_rule(const PrRelease *release, const PrRule *rule)
{
	ereport(WARNING,
			(errcode(ERRCODE_PR_CLEAR_IDENTIFIER),
			 errmsg("release %s keeps identifier \"%s\" clear", release->label, rule->column_name),
			 errhint("SELECT privrelease.drop_rule(%s, %s); SELECT privrelease.%s(%s);",
					 quote_literal_cstr(release->label), quote_literal_cstr(rule->output_name),
					 pr_is_live(release) ? "publish" : release->is_table ? "refresh" : "build", quote_literal_cstr(release->label))));
}

static void
warn_of_clear_rules(Relation rel, AttrNumber attnum)
{
	ListCell   *cell;

	foreach(cell, pr_all_releases(false))
	{
		PrRelease  *release = lfirst(cell);
		ListCell   *other;

		if (release->source != RelationGetRelid(rel) || strcmp(release->binding, pr_this_binding()) != 0)
			continue;
		foreach(other, pr_release_rules(release))
		{
			PrRule	   *rule = lfirst(other);

			if (rule->attnum != attnum || rule->transform->is_clear == NULL)
				continue;
			pr_rule_set_type(rel, rule);
			if (rule->transform->is_clear(rule))
				warn_of_clear_rule(release, rule);
		}
	}
}

static bool
is_classified_so(Oid source, AttrNumber attnum, const char *kind, const char *category)
{
	PrArgs		args = {0};

	pr_arg_oid(&args, source);
	pr_arg_int4(&args, attnum);
	pr_arg_text(&args, pr_this_binding());
	pr_arg_text(&args, kind);
	pr_arg_text(&args, category);
	return pr_catalog_run("SELECT 1 FROM privrelease.classification WHERE source = $1 AND attnum = $2 AND binding = $3"
						  " AND kind = $4 AND category IS NOT DISTINCT FROM $5", &args) > 0;
}

/* What uses the column is declared otherwise now; the rest is written to only so that no build has an older snapshot. */
static void
changes_releases(Oid source, AttrNumber attnum)
{
	PrArgs		args = {0};
	ListCell   *cell;

	pr_arg_oid(&args, source);
	pr_arg_text(&args, pr_this_binding());
	pr_catalog_run("UPDATE privrelease.release SET changed_at = pg_catalog.now() WHERE source = $1 AND binding = $2", &args);
	pr_arg_int4(&args, attnum);
	foreach(cell, pr_all_releases(false))
	{
		const PrRelease *release = lfirst(cell);

		args.n = 3;
		pr_arg_int4(&args, release->id);
		if (pr_catalog_run("SELECT 1 FROM privrelease.release AS l WHERE l.id = $4 AND l.source = $1 AND l.binding = $2"
						   " AND (l.subject_attnum = $3 OR EXISTS (SELECT FROM " PR_ANY_RULE " AS r WHERE r.release = l.id"
						   " AND (r.attnum = $3 OR $3 = ANY (r.used_attnums))))", &args) > 0)
			pr_release_changed(release);
	}
}

void
pr_classify(Oid source, const char *column, const char *kind, const char *category)
{
	Relation	rel = pr_open_source(source);
	AttrNumber	attnum;
	PrArgs		args = {0};

	pr_require_owner(source);
	pr_check_source_kind(rel);
	attnum = require_column(rel, column);
	check_class(kind, category);
	if (is_classified_so(source, attnum, kind, category))
	{
		table_close(rel, NoLock);
		return;
	}

	pr_arg_oid(&args, source);
	pr_arg_int4(&args, attnum);
	pr_arg_text(&args, get_namespace_name(RelationGetNamespace(rel)));
	pr_arg_text(&args, RelationGetRelationName(rel));
	pr_arg_text(&args, column);
	pr_arg_text(&args, pr_column_type(rel, attnum));
	pr_arg_text(&args, kind);
	pr_arg_text(&args, category);
	pr_arg_text(&args, pr_this_binding());
	/* What was said of a column that is gone gives way; what was said of one that was renamed stays. */
	pr_catalog_run("DELETE FROM privrelease.classification AS c WHERE c.source_schema = $3::name AND c.source_name = $4::name"
				   " AND c.column_name = $5::name AND (c.source, c.attnum, c.binding) IS DISTINCT FROM ($1, $2::int2, $9)"
				   " AND (c.binding <> $9 OR NOT EXISTS (SELECT FROM pg_catalog.pg_attribute AS a"
				   " WHERE a.attrelid = c.source AND a.attnum = c.attnum AND NOT a.attisdropped))", &args);
	pr_catalog_run("INSERT INTO privrelease.classification"
				   " (source, attnum, source_schema, source_name, column_name, column_type, kind, category, binding)"
				   " VALUES ($1, $2, $3::name, $4::name, $5::name, $6, $7, $8, $9)"
				   " ON CONFLICT (source, attnum, binding) DO UPDATE SET source_schema = EXCLUDED.source_schema,"
				   " source_name = EXCLUDED.source_name, column_name = EXCLUDED.column_name,"
				   " column_type = EXCLUDED.column_type, kind = EXCLUDED.kind, category = EXCLUDED.category", &args);
	changes_releases(source, attnum);
	if (strcmp(kind, "identifier") == 0)
		warn_of_clear_rules(rel, attnum);
	table_close(rel, NoLock);
	pr_event("classify", NULL, "source", pr_relation_label(source), "column_name", column, "kind", kind, "category", category,
			 NULL);
}

Datum
privrelease_classify(PG_FUNCTION_ARGS)
{
	static const char *const names[] = {"source", "column_name", "kind"};

	require_args(fcinfo, 3, names);
	pr_begin_to_write("classify()");
	pr_classify(PG_GETARG_OID(0), NameStr(*PG_GETARG_NAME(1)), text_arg(fcinfo, 2), text_arg(fcinfo, 3));
	pr_end();
	PG_RETURN_VOID();
}

/* ---------- create_release ---------- */

/* An error if there is no such kind of release. */
bool
pr_kind_is_table(const char *kind)
{
	if (strcmp(kind, "view") != 0 && strcmp(kind, "table") != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("\"%s\" is no kind of release", kind),
				 errhint("Use kind => 'view' or kind => 'table'.")));
	return strcmp(kind, "table") == 0;
}

static void
refuse_model_of_view(const char *hint)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("a release of kind \"view\" promises no anonymity model"),
			 errdetail("A live view protects columns; it hides no rows and guarantees no class size."),
			 errhint("%s", hint)));
}

static void
refuse_duplicate(const char *label)
{
	ereport(ERROR,
			(errcode(ERRCODE_DUPLICATE_OBJECT),
			 errmsg("release %s exists already", label),
			 errhint("SELECT privrelease.drop_release(%s);", quote_literal_cstr(label))));
}

static void
check_name_is_free(const char *schema, const char *name)
{
	PrArgs		args = {0};
	Oid			nspid = get_namespace_oid(schema, true);
	char	   *label = quote_qualified_identifier(schema, name);

	pr_arg_text(&args, schema);
	pr_arg_text(&args, name);
	if (pr_catalog_run("SELECT 1 FROM privrelease.release WHERE release_schema = $1::name AND release_name = $2::name",
					   &args) > 0)
		refuse_duplicate(label);
	if (OidIsValid(nspid) && OidIsValid(get_relname_relid(name, nspid)))
		ereport(ERROR,
				(errcode(ERRCODE_DUPLICATE_TABLE),
				 errmsg("relation %s exists already and was not built by privrelease", label),
				 errhint("Choose another name for the release.")));
}

static void
check_subject(const PrRelease *release, Relation rel)
{
	Form_pg_attribute att = TupleDescAttr(RelationGetDescr(rel), release->subject_attnum - 1);

	if (!pr_canonical_supports(getBaseType(att->atttypid)))
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("column \"%s\" of type %s cannot tell persons apart", release->subject, release->subject_type),
				 errhint("Use a column of a plain type, such as a number, text or uuid.")));
}

/* Row-level security holds for the release role, so its policies decide what rows appear: say so. */
static void
notice_row_security(const PrRelease *release, Relation rel)
{
	if (rel->rd_rel->relrowsecurity)
		ereport(NOTICE,
				(errmsg("%s has row-level security: release %s shows the rows that role %s may see",
						pr_relation_label(release->source), release->label, quote_identifier(release->role)),
				 errhint("CREATE POLICY ... ON %s FOR SELECT TO %s USING (...);",
						 pr_relation_label(release->source), quote_identifier(release->role))));
}

/* Model, and the key of release_row: NULL of a view. */
static void
add_table_args(PrArgs *args, const PrRelease *release)
{
	if (release->model != NULL)
		pr_arg(args, JSONBOID, JsonbPGetDatum(release->model));
	else
		pr_arg_null(args, JSONBOID);
	if (release->is_table)
	{
		pr_arg_int4(args, release->row_key);
		pr_arg_int4(args, release->row_key_version);
	}
	else
	{
		pr_arg_null(args, INT4OID);
		pr_arg_null(args, INT4OID);
	}
}

static void
insert_release(const PrRelease *release)
{
	PrArgs		args = {0};

	pr_arg_text(&args, release->schema);
	pr_arg_text(&args, release->name);
	pr_arg_text(&args, pr_this_binding());
	pr_arg_oid(&args, release->source);
	pr_arg_text(&args, psprintf("%c", release->source_kind));
	pr_arg_text(&args, release->source_schema);
	pr_arg_text(&args, release->source_name);
	pr_arg_text(&args, release->subject);
	if (release->subject != NULL)
		pr_arg_int4(&args, release->subject_attnum);
	else
		pr_arg_null(&args, INT4OID);
	pr_arg_text(&args, release->subject_type);
	pr_arg_text(&args, release->purpose);
	pr_arg_bool(&args, release->derive_quals);
	pr_arg_text(&args, release->role);
	pr_arg_text(&args, pr_caller_name());
	pr_arg_text(&args, GetUserNameFromId(pr_relation_owner(release->source), false));
	pr_arg_oid(&args, get_role_oid(release->role, false));
	pr_arg_oid(&args, pr_relation_owner(release->source));
	pr_arg_text(&args, release->is_table ? "table" : "view");
	add_table_args(&args, release);
	if (pr_catalog_run("INSERT INTO privrelease.release (release_schema, release_name, kind, binding, source, source_kind,"
					   " source_schema, source_name, subject, subject_attnum, subject_type, purpose, derive_quals,"
					   " release_role, declared_by, source_owner, changed_by, role_oid, source_owner_oid, model, row_key, row_key_version, version)"
					   " VALUES ($1::name, $2::name, $18, $3, $4, $5::\"char\", $6::name, $7::name, $8::name, $9, $10,"
					   " $11, $12, $13::name, $14::name, $15::name, $14::name, $16, $17, $19, $20, $21,"
					   /* a name has one row of versions, whatever was dropped in between */
					   " CASE WHEN $18 = 'table' THEN coalesce((SELECT pg_catalog.max(v.version) FROM privrelease.version AS v"
					   " WHERE v.release_schema = $1::name AND v.release_name = $2::name), 0) ELSE 0 END)"
					   " ON CONFLICT (release_schema, release_name) DO NOTHING RETURNING 1", &args) == 0)
		refuse_duplicate(release->label);	/* another session was faster */
}

/* NULL: none */
static char *
model_text(Jsonb *model)
{
	return model != NULL ? JsonbToCString(NULL, &model->root, VARSIZE(model)) : NULL;
}

/* Declare the release whose name, source, subject, purpose, derive_quals, is_table and model are filled in. */
void
pr_create_release(PrRelease *release)
{
	Relation	rel = pr_open_source(release->source);

	if (release->model != NULL && !release->is_table)
		refuse_model_of_view("Leave out model, or use kind => 'table'.");
	if (release->model != NULL)
		(void) pr_model_parse(release->model);
	pr_require_owner(release->source);
	pr_check_source_kind(rel);
	pr_check_schema(release->schema);
	check_name_is_free(release->schema, release->name);

	release->label = quote_qualified_identifier(release->schema, release->name);
	release->source_kind = rel->rd_rel->relkind;
	release->source_schema = get_namespace_name(RelationGetNamespace(rel));
	release->source_name = pstrdup(RelationGetRelationName(rel));
	if (release->subject != NULL)
	{
		release->subject_attnum = require_column(rel, release->subject);
		release->subject_type = pr_column_type(rel, release->subject_attnum);
		check_subject(release, rel);
	}
	if (release->is_table)
		pr_key_reserved(&release->row_key, &release->row_key_version);
	release->role = pr_create_release_role(release->name);
	pr_check_policies(rel, release->role);
	insert_release(release);
	pr_release_changed(pr_release_find(release->label));
	notice_row_security(release, rel);
	table_close(rel, NoLock);
	pr_event("create_release", release->label, "source", pr_relation_label(release->source), "subject", release->subject,
			 "kind", release->is_table ? "table" : "view", "purpose", release->purpose, PR_EVENT_JSON("derive_quals"),
			 release->derive_quals ? "true" : "false", PR_EVENT_JSON("model"), model_text(release->model),
			 "release_role", release->role, NULL);
}

Datum
privrelease_create_release(PG_FUNCTION_ARGS)
{
	static const char *const names[] = {"release", "source"};
	PrRelease	release = {0};

	require_args(fcinfo, 2, names);
	pr_begin_to_write("create_release()");
	release.is_table = !PG_ARGISNULL(3) && pr_kind_is_table(text_arg(fcinfo, 3));
	release.model = PG_ARGISNULL(4) ? NULL : PG_GETARG_JSONB_P_COPY(4);
	pr_parse_release_name(text_arg(fcinfo, 0), &release.schema, &release.name);
	release.source = PG_GETARG_OID(1);
	release.subject = PG_ARGISNULL(2) ? NULL : NameStr(*PG_GETARG_NAME(2));
	release.purpose = text_arg(fcinfo, 5);
	release.derive_quals = PG_ARGISNULL(6) ? true : PG_GETARG_BOOL(6);
	pr_require_steward("create_release()");
	pr_create_release(&release);
	pr_end();
	PG_RETURN_VOID();
}

/* ---------- set_model ---------- */

/* The model that a release table promises from its next refresh on. */
void
pr_store_model(PrRelease *release, Jsonb *model)
{
	PrArgs		args = {0};

	if (!release->is_table)
		refuse_model_of_view("Declare the release with kind => 'table'.");
	(void) pr_model_parse(model);
	release->model = model;
	pr_arg_int4(&args, release->id);
	pr_arg(&args, JSONBOID, JsonbPGetDatum(model));
	if (pr_catalog_run("UPDATE privrelease.release SET model = $2 WHERE id = $1 AND model IS DISTINCT FROM $2 RETURNING 1",
					   &args) == 0)
		return;
	pr_release_changed(release);
	pr_event("set_model", release->label, PR_EVENT_JSON("model"), model_text(model), NULL);
}

Datum
privrelease_set_model(PG_FUNCTION_ARGS)
{
	static const char *const names[] = {"release", "model"};
	PrRelease  *release;

	require_args(fcinfo, 2, names);
	pr_begin_to_write("set_model()");
	release = pr_release_for_owner(text_arg(fcinfo, 0));
	pr_store_model(release, PG_GETARG_JSONB_P_COPY(1));
	pr_check_model(release, pr_release_rules(release), false);
	pr_end();
	PG_RETURN_VOID();
}

/* ---------- drop_release, uninstall ---------- */

static void
drop_release(const PrRelease *release)
{
	PrArgs		args = {0};

	/* Before, so that it is still known whose source it was. */
	pr_event("drop_release", release->label, "state", release->state, NULL);
	pr_schedule_forget(release);
	pr_drop_relation(release);
	pr_end_readership(release);
	pr_replicate_forget(release);
	pr_forget_audience(release);
	pr_drop_release_role(release);
	pr_arg_int4(&args, release->id);
	pr_catalog_run("DELETE FROM privrelease.release WHERE id = $1", &args);
}

Datum
privrelease_drop_release(PG_FUNCTION_ARGS)
{
	pr_begin_to_write("drop_release()");
	drop_release(pr_release_for_drop(text_to_cstring(PG_GETARG_TEXT_PP(0))));
	pr_end();
	PG_RETURN_VOID();
}

/* Everything that DROP EXTENSION would leave behind: release views and their roles. */
Datum
privrelease_uninstall(PG_FUNCTION_ARGS)
{
	ListCell   *cell;

	if (!superuser())
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("must be superuser to uninstall privrelease")));
	pr_begin_to_write("uninstall()");
	foreach(cell, pr_all_releases(true))
		drop_release(pr_release_for_drop(((PrRelease *) lfirst(cell))->label));
	pr_event("uninstall", NULL, NULL);
	pr_log_flush();
	pr_end();
	PG_RETURN_VOID();
}
