/*
 * pr_policy.c
 *		export_policy() and import_policy(): a declaration as a document.
 *
 * The document says what a steward typed: names, not OIDs; parameters as they
 * were given; hierarchies whole, keys and dictionaries by name.  An import
 * goes through the same functions as the declarations by hand, one by one, so
 * it can do nothing that its caller could not type (an expression needs a
 * superuser here too), and it leaves alone what is already as the document
 * says: importing an export changes nothing.
 */
#include "postgres.h"

#include "access/table.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"

#include "common/pr_compat.h"
#include "common/pr_error.h"
#include "common/pr_event.h"
#include "release/pr_lifecycle.h"
#include "release/pr_registry.h"
#include "release/pr_release.h"

PG_FUNCTION_INFO_V1(privrelease_export_policy);
PG_FUNCTION_INFO_V1(privrelease_import_policy);

/* ---------- export ---------- */

static const char *const export_query =
"SELECT pg_catalog.jsonb_build_object("
" 'privrelease', 1,"
" 'release', pg_catalog.format('%I.%I', l.release_schema, l.release_name),"
" 'source', pg_catalog.format('%I.%I', n.nspname, c.relname),"
" 'kind', l.kind,"
" 'subject', (SELECT a.attname FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = l.source AND a.attnum = l.subject_attnum),"
" 'purpose', l.purpose,"
" 'derive_quals', l.derive_quals,"
" 'metadata', l.metadata,"
" 'columns', coalesce((SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object("
"   'column', a.attname, 'kind', k.kind, 'category', k.category) ORDER BY k.attnum)"
"   FROM privrelease.classification AS k JOIN pg_catalog.pg_attribute AS a"
"   ON a.attrelid = k.source AND a.attnum = k.attnum AND NOT a.attisdropped"
"   WHERE k.source = l.source AND k.binding = l.binding), '[]'),"
" 'hierarchies', coalesce((SELECT pg_catalog.jsonb_object_agg(h.name,"
"   (SELECT pg_catalog.jsonb_agg(pg_catalog.to_jsonb(v.leaf || v.path) ORDER BY v.leaf COLLATE \"C\")"
"    FROM privrelease.hierarchy_value AS v WHERE v.hierarchy = h.id))"
"   FROM privrelease.hierarchy AS h WHERE h.name IN"
"   (SELECT r.params ->> 'hierarchy' FROM privrelease.rule AS r WHERE r.release = l.id AND r.transform = 'hierarchy'"
"    UNION ALL SELECT m ->> 'hierarchy' FROM pg_catalog.jsonb_path_query(l.model, 'lax $.t[*]') AS m)), '{}'),"
" 'rules', coalesce((SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object("
"   'column', a.attname, 'output_name', r.output_name, 'transform', r.transform, 'params',"
/* a default domain is part of what was declared: elsewhere, or after a rename, it would be another */
"   CASE WHEN r.domain IS NULL THEN r.params ELSE r.params || pg_catalog.jsonb_build_object('domain', r.domain) END)"
"   ORDER BY r.position)"
"   FROM privrelease.rule AS r JOIN pg_catalog.pg_attribute AS a ON a.attrelid = l.source AND a.attnum = r.attnum"
"   WHERE r.release = l.id), '[]'))"
" || CASE l.kind WHEN 'table' THEN pg_catalog.jsonb_build_object('model', l.model) ELSE '{}' END"
" FROM privrelease.release AS l JOIN pg_catalog.pg_class AS c ON c.oid = l.source"
" JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace WHERE l.id = $1";

Datum
privrelease_export_policy(PG_FUNCTION_ARGS)
{
	PrRelease  *release;
	PrArgs		args = {0};
	Jsonb	   *policy;
	Jsonb	   *result;
	bool		isnull;

	pr_begin();
	release = pr_release_to_read(text_to_cstring(PG_GETARG_TEXT_PP(0)));
	pr_arg_int4(&args, release->id);
	pr_catalog_run(export_query, &args);
	policy = DatumGetJsonbP(pr_spi_datum(0, 1, &isnull));
	result = SPI_palloc(VARSIZE(policy));
	memcpy(result, policy, VARSIZE(policy));
	pr_end();
	PG_RETURN_POINTER(result);
}

/* ---------- import ---------- */

/* Run a query over the document with the caller's own rights. */
static uint64
query_document(const char *sql, Jsonb *document)
{
	PrArgs		args = {0};

	pr_arg(&args, JSONBOID, JsonbPGetDatum(document));
	return pr_spi(sql, &args);
}

static void
refuse_document(const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("the policy is not a document that export_policy() gives"),
			 errdetail_internal("%s", detail),
			 errhint("SELECT privrelease.export_policy('schema.release');")));
}

/* Each row: what is wrong with the shape of the document. */
static const char *const shape_query =
"SELECT e FROM ("
" SELECT 'It is not an object.' WHERE pg_catalog.jsonb_typeof($1) <> 'object'"
" UNION ALL SELECT pg_catalog.format('Unknown key %s.', pg_catalog.quote_literal(k))"
"  FROM pg_catalog.jsonb_object_keys(CASE pg_catalog.jsonb_typeof($1) WHEN 'object' THEN $1 ELSE '{}' END) AS k"
"  WHERE k NOT IN ('privrelease', 'release', 'source', 'kind', 'subject', 'purpose', 'derive_quals', 'metadata', 'columns', 'hierarchies', 'rules', 'model')"
" UNION ALL SELECT 'Key \"privrelease\", the version of the document, must be 1.' WHERE ($1 -> 'privrelease') IS DISTINCT FROM '1'"
" UNION ALL SELECT pg_catalog.format('Key %s must be a text.', k) FROM pg_catalog.unnest(ARRAY['release', 'source']) AS k"
"  WHERE pg_catalog.jsonb_typeof($1 -> k) IS DISTINCT FROM 'string'"
" UNION ALL SELECT pg_catalog.format('Key %s must be a text or null.', k) FROM pg_catalog.unnest(ARRAY['subject', 'purpose', 'kind']) AS k"
"  WHERE pg_catalog.jsonb_typeof($1 -> k) NOT IN ('string', 'null')"
" UNION ALL SELECT 'Key model must be an object or null.' WHERE pg_catalog.jsonb_typeof($1 -> 'model') NOT IN ('object', 'null')"
" UNION ALL SELECT 'Key derive_quals must be true or false.' WHERE pg_catalog.jsonb_typeof($1 -> 'derive_quals') <> 'boolean'"
" UNION ALL SELECT pg_catalog.format('Key %s must be an array of objects.', k) FROM pg_catalog.unnest(ARRAY['columns', 'rules']) AS k"
"  WHERE pg_catalog.jsonb_typeof($1 -> k) <> 'array' OR (pg_catalog.jsonb_typeof($1 -> k) = 'array' AND EXISTS"
"  (SELECT FROM pg_catalog.jsonb_array_elements(CASE pg_catalog.jsonb_typeof($1 -> k) WHEN 'array' THEN $1 -> k ELSE '[]' END) AS x"
"   WHERE pg_catalog.jsonb_typeof(x) <> 'object'))"
" UNION ALL SELECT 'Key hierarchies must be an object of arrays of arrays.' WHERE pg_catalog.jsonb_typeof($1 -> 'hierarchies') <> 'object'"
"  OR EXISTS (SELECT FROM pg_catalog.jsonb_each(CASE pg_catalog.jsonb_typeof($1 -> 'hierarchies') WHEN 'object' THEN $1 -> 'hierarchies' ELSE '{}' END) AS h"
"  WHERE pg_catalog.jsonb_typeof(h.value) <> 'array' OR EXISTS (SELECT FROM pg_catalog.jsonb_array_elements("
"   CASE pg_catalog.jsonb_typeof(h.value) WHEN 'array' THEN h.value ELSE '[]' END) AS r WHERE pg_catalog.jsonb_typeof(r) <> 'array'))"
") AS s(e) LIMIT 1";

static void
check_shape(Jsonb *document)
{
	if (query_document(shape_query, document) > 0)
		refuse_document(pr_spi_text(0, 1));
}

/* The release that the document names: the one that is there, or a new one. */
static PrRelease *
import_release(Jsonb *document)
{
	PrRelease  *wanted = palloc0(sizeof(PrRelease));
	PrRelease  *found;
	char	   *name;
	char	   *source;
	char	   *kind;
	Datum		model;
	bool		isnull;
	Relation	rel;
	PrArgs		args = {0};

	query_document("SELECT $1 ->> 'release', $1 ->> 'source', pg_catalog.to_regclass($1 ->> 'source')::pg_catalog.oid,"
				   " $1 ->> 'subject', $1 ->> 'purpose', coalesce(($1 ->> 'derive_quals')::boolean, true),"
				   " coalesce($1 ->> 'kind', 'view'), nullif($1 -> 'model', 'null')", document);
	name = pr_spi_text(0, 1);
	source = pr_spi_text(0, 2);
	wanted->source = (Oid) pr_spi_int(0, 3, NULL);
	wanted->subject = pr_spi_text(0, 4);
	wanted->purpose = pr_spi_text(0, 5);
	wanted->derive_quals = pr_spi_text(0, 6)[0] == 't';
	kind = pr_spi_text(0, 7);
	model = pr_spi_datum(0, 8, &isnull);
	wanted->model = isnull ? NULL : DatumGetJsonbPCopy(model);

	if (!OidIsValid(wanted->source))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("source %s does not exist", source)));
	if (wanted->subject != NULL && strlen(wanted->subject) >= NAMEDATALEN)
		refuse_document("The subject's name is too long.");
	wanted->is_table = pr_kind_is_table(kind);
	pr_parse_release_name(name, &wanted->schema, &wanted->name);

	found = pr_release_lookup(name);
	if (found == NULL)
	{
		pr_create_release(wanted);
		return pr_release_for_owner(name);
	}

	found = pr_release_for_owner(name);
	rel = pr_bind_source(found);
	pr_bind_subject(found, rel);
	table_close(rel, NoLock);
	if (found->source != wanted->source || found->is_table != wanted->is_table || (found->subject == NULL) != (wanted->subject == NULL) ||
		(found->subject != NULL && strcmp(found->subject, wanted->subject) != 0))
		ereport(ERROR,
				(errcode(ERRCODE_DUPLICATE_OBJECT),
				 errmsg("release %s exists with another source, subject or kind than the policy says", found->label),
				 errhint("SELECT privrelease.drop_release(%s);", quote_literal_cstr(found->label))));
	pr_arg_int4(&args, found->id);
	pr_arg_text(&args, wanted->purpose);
	pr_arg_bool(&args, wanted->derive_quals);
	if (pr_catalog_run("UPDATE privrelease.release SET purpose = $2, derive_quals = $3"
					   " WHERE id = $1 AND (purpose, derive_quals) IS DISTINCT FROM ($2, $3) RETURNING 1", &args) > 0)
	{
		pr_release_changed(found);
		pr_event("import_policy", found->label, "purpose", wanted->purpose, PR_EVENT_JSON("derive_quals"),
				 wanted->derive_quals ? "true" : "false", NULL);
	}
	/* Rules and model change together; how they fit is looked at when both are there. */
	if (wanted->model != NULL)
		pr_store_model(found, wanted->model);
	else if (found->model != NULL)
		refuse_document("It has no \"model\", and the release has one.");
	return found;
}

/* A document of before there were metadata leaves them as they are. */
static void
import_metadata(const PrRelease *release, Jsonb *document)
{
	bool		isnull;
	Datum		metadata;

	query_document("SELECT $1 -> 'metadata'", document);
	metadata = pr_spi_datum(0, 1, &isnull);
	if (!isnull)
		pr_replace_metadata(release, DatumGetJsonbPCopy(metadata));
}

static void
import_columns(const PrRelease *release, Jsonb *document)
{
	uint64		rows = query_document("SELECT c ->> 'column', c ->> 'kind', c ->> 'category'"
									  " FROM pg_catalog.jsonb_array_elements($1 -> 'columns') AS c", document);
	SPITupleTable *table = SPI_tuptable;

	for (uint64 row = 0; row < rows; row++)
	{
		char	   *column = SPI_getvalue(table->vals[row], table->tupdesc, 1);
		char	   *kind = SPI_getvalue(table->vals[row], table->tupdesc, 2);

		if (column == NULL || kind == NULL)
			refuse_document("An entry of \"columns\" lacks \"column\" or \"kind\".");
		pr_classify(release->source, column, kind, SPI_getvalue(table->vals[row], table->tupdesc, 3));
	}
}

/* Make the hierarchies that are missing or differ. */
static void
import_hierarchies(Jsonb *document)
{
	uint64		rows = query_document("SELECT h.key, h.value FROM pg_catalog.jsonb_each($1 -> 'hierarchies') AS h", document);
	SPITupleTable *table = SPI_tuptable;

	for (uint64 row = 0; row < rows; row++)
	{
		PrArgs		args = {0};
		bool		isnull;

		pr_arg_text(&args, SPI_getvalue(table->vals[row], table->tupdesc, 1));
		pr_arg(&args, JSONBOID, SPI_getbinval(table->vals[row], table->tupdesc, 2, &isnull));
		if (pr_catalog_run("SELECT 1 FROM privrelease.hierarchy AS h WHERE h.name = $1 AND"
						   " (SELECT pg_catalog.jsonb_agg(pg_catalog.to_jsonb(v.leaf || v.path) ORDER BY v.leaf COLLATE \"C\")"
						   " FROM privrelease.hierarchy_value AS v WHERE v.hierarchy = h.id)"
						   " = (SELECT pg_catalog.jsonb_agg(r ORDER BY (r ->> 0) COLLATE \"C\") FROM pg_catalog.jsonb_array_elements($2) AS r)",
						   &args) == 0)
			pr_spi("SELECT privrelease.create_hierarchy($1, (SELECT pg_catalog.array_agg("
				   "ARRAY(SELECT x FROM pg_catalog.jsonb_array_elements_text(r) WITH ORDINALITY AS e(x, n) ORDER BY n))"
				   " FROM pg_catalog.jsonb_array_elements($2) AS r))", &args);
	}
}

/* Is there already exactly this rule? */
static bool
rule_is_set(const PrRelease *release, const char *output_name, const char *column, const char *transform, Jsonb *params)
{
	PrArgs		args = {0};

	pr_arg_int4(&args, release->id);
	pr_arg_text(&args, output_name);
	pr_arg_text(&args, column);
	pr_arg_text(&args, transform);
	pr_arg(&args, JSONBOID, JsonbPGetDatum(params));
	pr_arg_oid(&args, release->source);
	return pr_catalog_run("SELECT 1 FROM privrelease.rule AS r JOIN pg_catalog.pg_attribute AS a"
						  " ON a.attrelid = $6 AND a.attnum = r.attnum"
						  " WHERE r.release = $1 AND r.output_name = $2::name AND a.attname = $3::name AND r.transform = $4"
						  " AND $5 IN (r.params, r.params || pg_catalog.jsonb_build_object('domain', r.domain))", &args) > 0;
}

static void
import_rules(PrRelease *release, Jsonb *document)
{
	PrArgs		args = {0};
	uint64		rows = query_document("SELECT r ->> 'column', r ->> 'transform', coalesce(r -> 'params', '{}'),"
									  " coalesce(r ->> 'output_name', r ->> 'column')"
									  " FROM pg_catalog.jsonb_array_elements($1 -> 'rules') WITH ORDINALITY AS e(r, n) ORDER BY n",
									  document);
	SPITupleTable *table = SPI_tuptable;

	/* What the document does not have goes first, so that its names are free. */
	pr_arg_int4(&args, release->id);
	pr_arg(&args, JSONBOID, JsonbPGetDatum(document));
	if (pr_catalog_run("WITH gone AS (DELETE FROM privrelease.rule WHERE release = $1 AND output_name NOT IN"
					   " (SELECT coalesce(r ->> 'output_name', r ->> 'column', '')::name FROM pg_catalog.jsonb_array_elements($2 -> 'rules') AS r)"
					   " RETURNING position, output_name)"
					   " SELECT pg_catalog.jsonb_agg(output_name ORDER BY position) FROM gone HAVING count(*) > 0", &args) > 0)
	{
		char	   *gone = pr_spi_text(0, 1);

		pr_release_changed(release);
		pr_event("import_policy", release->label, PR_EVENT_JSON("dropped_rules"), gone, NULL);
	}

	for (uint64 row = 0; row < rows; row++)
	{
		char	   *column = SPI_getvalue(table->vals[row], table->tupdesc, 1);
		char	   *transform = SPI_getvalue(table->vals[row], table->tupdesc, 2);
		char	   *output_name = SPI_getvalue(table->vals[row], table->tupdesc, 4);
		bool		isnull;
		Jsonb	   *params = DatumGetJsonbPCopy(SPI_getbinval(table->vals[row], table->tupdesc, 3, &isnull));

		if (column == NULL || transform == NULL)
			refuse_document("An entry of \"rules\" lacks \"column\" or \"transform\".");
		if (strlen(output_name) >= NAMEDATALEN)
			refuse_document("The name of a released column is too long.");
		if (!rule_is_set(release, output_name, column, transform, params))
			pr_set_rule(release, column, transform, params, output_name);
	}

	if (pr_catalog_run("UPDATE privrelease.rule AS r SET position = e.n FROM"
					   " (SELECT coalesce(x ->> 'output_name', x ->> 'column')::name AS output_name, pg_catalog.min(n) AS n"
					   " FROM pg_catalog.jsonb_array_elements($2 -> 'rules') WITH ORDINALITY AS j(x, n) GROUP BY 1) AS e"
					   " WHERE r.release = $1 AND r.output_name = e.output_name AND r.position <> e.n"
					   " RETURNING 1", &args) > 0)
	{
		pr_release_changed(release);
		pr_event("import_policy", release->label, PR_EVENT_JSON("order_changed"), "true", NULL);
	}
}

Datum
privrelease_import_policy(PG_FUNCTION_ARGS)
{
	Jsonb	   *document = PG_GETARG_JSONB_P_COPY(0);
	PrRelease  *release;

	pr_begin_to_write("import_policy()");
	check_shape(document);
	release = import_release(document);
	import_metadata(release, document);
	import_columns(release, document);
	import_hierarchies(document);
	import_rules(release, document);
	pr_check_model(release, pr_release_rules(release), false);
	return pr_end_text(release->label);
}
