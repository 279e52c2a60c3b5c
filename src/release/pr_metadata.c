/*
 * pr_metadata.c
 *		set_metadata(): what only a person can say of a release.
 *
 * The keys are rows of privrelease.metadata_key.  An approver weighs the governed
 * ones, so that changing one is changing the declaration; the others describe.
 *
 * What an attacker would try: text that is taken for markup, SQL or a formula by
 * whoever shows it (it is data here, and quoted by whoever shows it).
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"

#include "common/pr_error.h"
#include "common/pr_event.h"
#include "release/pr_lifecycle.h"

PG_FUNCTION_INFO_V1(privrelease_set_metadata);

#define MAX_METADATA_SIZE (256 * 1024)

/* Each row: what is wrong with the document. */
static const char *const problem_query =
"SELECT p FROM ("
" SELECT 'It is not an object.' AS p WHERE pg_catalog.jsonb_typeof($1) <> 'object'"
" UNION ALL SELECT pg_catalog.format('Unknown key %s.', pg_catalog.quote_literal(e.key)) FROM pg_catalog.jsonb_each($2) AS e"
"  WHERE NOT EXISTS (SELECT FROM privrelease.metadata_key AS k WHERE k.key = e.key)"
" UNION ALL SELECT pg_catalog.format('Key %s must be %s.', pg_catalog.quote_literal(e.key),"
"  CASE k.type WHEN 'text' THEN 'a text that is not empty' WHEN 'texts' THEN 'an array of texts' ELSE 'a date such as 2026-01-31' END)"
"  FROM pg_catalog.jsonb_each($2) AS e JOIN privrelease.metadata_key AS k USING (key)"
"  WHERE e.value <> 'null' AND NOT CASE k.type"
"  WHEN 'text' THEN pg_catalog.jsonb_typeof(e.value) = 'string' AND (e.value #>> '{}') ~ '\\S'"
"  WHEN 'texts' THEN pg_catalog.jsonb_typeof(e.value) = 'array' AND NOT EXISTS (SELECT FROM pg_catalog.jsonb_array_elements("
"   CASE pg_catalog.jsonb_typeof(e.value) WHEN 'array' THEN e.value ELSE '[]' END) AS x WHERE pg_catalog.jsonb_typeof(x) <> 'string')"
"  ELSE pg_catalog.jsonb_typeof(e.value) = 'string' AND (e.value #>> '{}') ~ '^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$' END"
") AS s LIMIT 1";

static void
check_document(Jsonb *document)
{
	PrArgs		args = {0};

	if (VARSIZE(document) > MAX_METADATA_SIZE)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("metadata of a release have at most %d kB", MAX_METADATA_SIZE / 1024)));
	pr_arg(&args, JSONBOID, JsonbPGetDatum(document));
	pr_arg(&args, JSONBOID, JB_ROOT_IS_OBJECT(document) ? JsonbPGetDatum(document) : DirectFunctionCall1(jsonb_in, CStringGetDatum("{}")));
	if (pr_catalog_run(problem_query, &args) > 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("these are no metadata of a release"),
				 errdetail_internal("%s", pr_spi_text(0, 1)),
				 errhint("SELECT key, type, title FROM privrelease.metadata_key;")));
}

/* The names of the keys that it changes; NIL: none. */
static List *
changed_keys(const PrRelease *release, Jsonb *document, bool governed)
{
	PrArgs		args = {0};

	pr_arg_int4(&args, release->id);
	pr_arg(&args, JSONBOID, JsonbPGetDatum(document));
	pr_arg_bool(&args, governed);
	return pr_catalog_texts("SELECT e.key FROM privrelease.release AS l, pg_catalog.jsonb_each($2) AS e"
						  " JOIN privrelease.metadata_key AS k USING (key)"
						  " WHERE l.id = $1 AND (k.governed OR NOT $3)"
						  " AND coalesce(l.metadata -> e.key, 'null') <> e.value ORDER BY e.key", &args);
}

void
pr_set_metadata(const PrRelease *release, Jsonb *document)
{
	List	   *changed;
	bool		is_governed;
	PrArgs		args = {0};

	check_document(document);
	changed = changed_keys(release, document, false);
	if (changed == NIL)
		return;
	is_governed = changed_keys(release, document, true) != NIL;
	pr_arg_int4(&args, release->id);
	pr_arg(&args, JSONBOID, JsonbPGetDatum(document));
	pr_catalog_run("UPDATE privrelease.release SET metadata = pg_catalog.jsonb_strip_nulls(metadata || $2) WHERE id = $1", &args);
	if (is_governed)
		pr_release_changed(release);
	pr_event("set_metadata", release->label, "keys", pr_join_texts(changed), NULL);
}

/* The metadata are what the document says, and nothing else. */
void
pr_replace_metadata(const PrRelease *release, Jsonb *document)
{
	PrArgs		args = {0};
	bool		isnull;

	check_document(document);
	pr_arg_int4(&args, release->id);
	pr_arg(&args, JSONBOID, JsonbPGetDatum(document));
	pr_catalog_run("SELECT coalesce((SELECT pg_catalog.jsonb_object_agg(k, NULL) FROM pg_catalog.jsonb_object_keys(l.metadata) AS k), '{}')"
				   " || $2 FROM privrelease.release AS l WHERE l.id = $1", &args);
	pr_set_metadata(release, DatumGetJsonbPCopy(pr_spi_datum(0, 1, &isnull)));
}

Datum
privrelease_set_metadata(PG_FUNCTION_ARGS)
{
	pr_begin_to_write("set_metadata()");
	pr_set_metadata(pr_release_for_owner(text_to_cstring(PG_GETARG_TEXT_PP(0))), PG_GETARG_JSONB_P_COPY(1));
	pr_end();
	PG_RETURN_VOID();
}

List *
pr_missing_metadata(const PrRelease *release)
{
	PrArgs		args = {0};

	pr_arg_int4(&args, release->id);
	return pr_catalog_texts("SELECT k.key FROM privrelease.release AS l, privrelease.metadata_key AS k"
						  " WHERE l.id = $1 AND k.required AND NOT l.metadata ? k.key"
						  " AND NOT (k.key = 'purpose' AND l.purpose ~ '\\S') ORDER BY k.key", &args);
}
