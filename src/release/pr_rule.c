/*
 * pr_rule.c
 *		set_rule() and drop_rule(): how one source column appears.
 *
 * set_rule() refuses whatever could only fail later, when an audience reads:
 * types that the transform does not take, params out of range, a hierarchy
 * that lacks a value, a key that does not exist.  What depends on other rules
 * or on the classification is checked again by each build, because those
 * change after the rule was set.
 */
#include "postgres.h"

#include "access/table.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "executor/spi.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "catalog/pr_dictionary.h"
#include "common/pr_compat.h"
#include "common/pr_error.h"
#include "common/pr_event.h"
#include "release/pr_registry.h"
#include "release/pr_release.h"

PG_FUNCTION_INFO_V1(privrelease_set_rule);
PG_FUNCTION_INFO_V1(privrelease_drop_rule);

/* The rule that has this output name now, or NULL. */
static PrRule *
find_rule(const PrRelease *release, const char *output_name)
{
	ListCell   *cell;

	foreach(cell, pr_release_rules(release))
	{
		PrRule	   *rule = lfirst(cell);

		if (strcmp(rule->output_name, output_name) == 0)
			return rule;
	}
	return NULL;
}

static void
require_accepted_type(const PrRule *rule)
{
	if (!rule->transform->accepts(rule->type))
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("transform \"%s\" does not apply to column \"%s\" of type %s",
						rule->transform->name, rule->column_name, rule->column_type),
				 errhint("It applies to: %s.", rule->transform->input)));
}

static void
require_subject(const PrRelease *release, const PrRule *rule)
{
	if (rule->transform->needs_subject && release->subject == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("transform \"%s\" needs a release with a subject", rule->transform->name),
				 errdetail("It is the same for all values of one person, so it must know whose they are."),
				 errhint("Drop the release and create it with subject => 'column'.")));
}

static void
require_injective(const PrRule *rule)
{
	if (pr_param_bool(rule, "unique") && !rule->transform->injective)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("transform \"%s\" does not keep the values of column \"%s\" unique",
						rule->transform->name, rule->column_name),
				 errhint("Use keep, pseudonymize or encrypt_fpe, or leave out \"unique\".")));
}

static Datum
name_list(List *columns, bool types)
{
	Datum	   *elements = palloc(sizeof(Datum) * Max(list_length(columns), 1));
	int			n = 0;
	ListCell   *cell;

	foreach(cell, columns)
	{
		PrColumn   *column = lfirst(cell);

		elements[n++] = CStringGetTextDatum(types ? column->type : column->name);
	}
	return PointerGetDatum(construct_array(elements, n, TEXTOID, -1, false, TYPALIGN_INT));
}

static Datum
attnum_list(List *columns)
{
	Datum	   *elements = palloc(sizeof(Datum) * Max(list_length(columns), 1));
	int			n = 0;
	ListCell   *cell;

	foreach(cell, columns)
		elements[n++] = Int16GetDatum(((PrColumn *) lfirst(cell))->attnum);
	return PointerGetDatum(construct_array(elements, n, INT2OID, 2, true, TYPALIGN_SHORT));
}

static void
store_rule(const PrRelease *release, const PrRule *rule)
{
	PrArgs		args = {0};

	pr_arg_int4(&args, release->id);
	pr_arg_text(&args, rule->output_name);
	pr_arg_int4(&args, rule->attnum);
	pr_arg_text(&args, rule->column_name);
	pr_arg_text(&args, rule->column_type);
	pr_arg_text(&args, rule->transform->name);
	pr_arg(&args, JSONBOID, JsonbPGetDatum(rule->params));
	pr_arg_text(&args, rule->domain);
	if (rule->key != 0)
	{
		pr_arg_int4(&args, rule->key);
		pr_arg_int4(&args, rule->key_version);
	}
	else
	{
		pr_arg_null(&args, INT4OID);
		pr_arg_null(&args, INT4OID);
	}
	if (rule->dictionary != 0)
		pr_arg_int4(&args, rule->dictionary);
	else
		pr_arg_null(&args, INT4OID);
	pr_arg(&args, INT2ARRAYOID, attnum_list(rule->used));
	pr_arg(&args, TEXTARRAYOID, name_list(rule->used, false));
	pr_arg(&args, TEXTARRAYOID, name_list(rule->used, true));
	pr_arg_text(&args, pr_caller_name());
	pr_arg_bool(&args, rule->domain_shared);
	pr_arg_text(&args, rule->draw);
	pr_catalog_run("INSERT INTO privrelease.rule AS r (release, output_name, position, attnum, column_name, column_type,"
				   " transform, params, domain, key, key_version, dictionary, used_attnums, used_columns, used_types,"
				   " declared_by, domain_shared, draw)"
				   " SELECT $1, $2::name, coalesce(pg_catalog.max(position), 0) + 1, $3, $4::name, $5,"
				   " $6, $7, $8, $9, $10, $11, $12, $13::name[], $14, $15::name, $16, $17"
				   " FROM privrelease.rule WHERE release = $1"
				   " ON CONFLICT (release, output_name) DO UPDATE SET attnum = EXCLUDED.attnum,"
				   " column_name = EXCLUDED.column_name, column_type = EXCLUDED.column_type,"
				   " transform = EXCLUDED.transform, params = EXCLUDED.params, domain = EXCLUDED.domain,"
				   " key = EXCLUDED.key, key_version = EXCLUDED.key_version, dictionary = EXCLUDED.dictionary,"
				   " used_attnums = EXCLUDED.used_attnums, used_columns = EXCLUDED.used_columns,"
				   " used_types = EXCLUDED.used_types, declared_at = pg_catalog.now(),"
				   " declared_by = EXCLUDED.declared_by, domain_shared = EXCLUDED.domain_shared, draw = EXCLUDED.draw,"
				   " quantile_bottom = NULL, quantile_top = NULL", &args);
}

static void
notice_subject(const PrRelease *release, const PrRule *rule)
{
	if (release->subject == NULL || rule->attnum != release->subject_attnum)
		return;
	if (rule->transform->is_clear != NULL && rule->transform->is_clear(rule))
		ereport(WARNING,
				(errmsg("release %s keeps its subject \"%s\" clear", release->label, rule->column_name),
				 errhint("If it identifies a person: SELECT privrelease.classify(%s, %s, 'identifier');",
						 quote_literal_cstr(pr_relation_label(release->source)),
						 quote_literal_cstr(rule->column_name))));
	else if (rule->transform->injective && release->model == NULL)	/* pr_check_model() tells of it */
		ereport(NOTICE,
				(errmsg("released column \"%s\" is a pseudonym of the subject and makes the rows of one person linkable",
						rule->output_name)));
}

void
pr_set_rule(PrRelease *release, const char *column, const char *transform, Jsonb *params, const char *output_name)
{
	Relation	rel = pr_bind_source(release);
	PrRule	   *rule = palloc0(sizeof(PrRule));
	PrRule	   *old;

	pr_bind_subject(release, rel);
	rule->attnum = pr_find_column(rel, column);
	if (rule->attnum == InvalidAttrNumber)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("column \"%s\" of %s does not exist", column, pr_relation_label(release->source))));
	rule->column_name = pstrdup(column);
	rule->column_type = pr_column_type(rel, rule->attnum);
	rule->output_name = pstrdup(output_name != NULL ? output_name : column);
	if (rule->output_name[0] == '\0')
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_NAME),
				 errmsg("output_name must not be empty")));
	rule->transform = pr_transform_find(transform);
	rule->params = params;
	pr_bind_rule(release, rel, rule);

	require_accepted_type(rule);
	pr_require_table_for(release, rule);
	pr_params_check(release, rule->transform, params);
	require_subject(release, rule);
	require_injective(rule);
	if (rule->transform->check != NULL)
		rule->transform->check(release, rel, rule);
	pr_require_not_clear(release, rule);

	old = find_rule(release, rule->output_name);
	pr_set_key(release, rule, old);
	pr_require_one_draw(release, rule, old);
	if (rule->transform == pr_transform_find("fake"))
		rule->dictionary = pr_dictionary_load(pr_param(rule, "dictionary"));
	pr_require_fits_kind(release, rule);

	store_rule(release, rule);
	pr_release_changed(release);
	pr_require_distinct_outputs(release, pr_release_rules(release));
	notice_subject(release, rule);
	table_close(rel, NoLock);
	pr_event("set_rule", release->label, "output_name", rule->output_name, "column_name", rule->column_name,
			 "transform", transform, PR_EVENT_JSON("params"), JsonbToCString(NULL, &params->root, VARSIZE(params)), NULL);
}

Datum
privrelease_set_rule(PG_FUNCTION_ARGS)
{
	for (int i = 0; i < 3; i++)
		if (PG_ARGISNULL(i))
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("release, column_name and transform must not be null")));

	pr_begin_to_write("set_rule()");
	pr_set_rule(pr_release_for_owner(text_to_cstring(PG_GETARG_TEXT_PP(0))),
				NameStr(*PG_GETARG_NAME(1)),
				text_to_cstring(PG_GETARG_TEXT_PP(2)),
				PG_ARGISNULL(3) ? pr_empty_params() : PG_GETARG_JSONB_P_COPY(3),
				PG_ARGISNULL(4) ? NULL : NameStr(*PG_GETARG_NAME(4)));
	pr_end();
	PG_RETURN_VOID();
}

void
pr_drop_rule(const PrRelease *release, const char *output_name)
{
	PrArgs		args = {0};

	pr_arg_int4(&args, release->id);
	pr_arg_text(&args, output_name);
	if (pr_catalog_run("DELETE FROM privrelease.rule WHERE release = $1 AND output_name = $2::name RETURNING 1", &args) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("release %s has no column \"%s\"", release->label, output_name),
				 errhint("SELECT output_name FROM privrelease.rules WHERE release = %s;",
						 quote_literal_cstr(release->label))));
	pr_release_changed(release);
	pr_event("drop_rule", release->label, "output_name", output_name, NULL);
}

Datum
privrelease_drop_rule(PG_FUNCTION_ARGS)
{
	pr_begin_to_write("drop_rule()");
	pr_drop_rule(pr_release_for_owner(text_to_cstring(PG_GETARG_TEXT_PP(0))), NameStr(*PG_GETARG_NAME(1)));
	pr_end();
	PG_RETURN_VOID();
}
