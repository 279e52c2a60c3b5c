/*
 * pr_datapackage.c
 *		datapackage(): a release as a Data Package 2.0 (datapackage.org).
 *
 * The rows are read once, for bytes and digest of the file; what the types of
 * JSON columns are, and whether a date is infinite, is seen in the same pass, so
 * that the schema claims nothing that the file does not hold.
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/builtins.h"

#include "portal/pr_portal.h"
#include "release/pr_table.h"

PG_FUNCTION_INFO_V1(privrelease_datapackage);

#define PROFILE "https://datapackage.org/profiles/2.0/"

/* ---------- fields ---------- */

/* What all values of a JSON column are. */
static const char *
json_type(int seen)
{
	switch (seen & (PR_SEEN_OBJECT | PR_SEEN_ARRAY | PR_SEEN_SCALAR))
	{
		case PR_SEEN_OBJECT:
			return "object";
		case PR_SEEN_ARRAY:
			return "array";
		default:
			return "any";
	}
}

static const char *
field_type(const PrCsvColumn *column)
{
	static const char *const types[] = {
		[PR_CSV_STRING] = "string", [PR_CSV_INTEGER] = "integer", [PR_CSV_NUMBER] = "number", [PR_CSV_BOOLEAN] = "boolean",
		[PR_CSV_DATE] = "date", [PR_CSV_DATETIME] = "datetime", [PR_CSV_TIME] = "time", [PR_CSV_DURATION] = "duration",
		[PR_CSV_UUID] = "string", [PR_CSV_BINARY] = "string", [PR_CSV_RANGE] = "string", [PR_CSV_ARRAY] = "array"
	};

	return column->kind == PR_CSV_JSON ? json_type(column->seen) : types[column->kind];
}

static void
write_constraints(const PrCsvColumn *column, bool is_key, PrJson *json)
{
	if (!column->required && column->kind != PR_CSV_RANGE)
		return;
	pr_json_open(json, "constraints");
	if (column->required)
		pr_json_boolean(json, "required", true);
	if (is_key)
		pr_json_boolean(json, "unique", true);
	if (column->kind == PR_CSV_RANGE)
		pr_json_text(json, "pattern", "empty|[\\[(][\\s\\S]*,[\\s\\S]*[\\])]");
	pr_json_close(json);
}

static void
write_field(const PrCsvColumn *column, bool is_key, PrJson *json)
{
	pr_json_open(json, NULL);
	pr_json_text(json, "name", column->field);
	pr_json_text(json, "type", field_type(column));
	if (column->kind == PR_CSV_UUID || column->kind == PR_CSV_BINARY)
		pr_json_text(json, "format", column->kind == PR_CSV_UUID ? "uuid" : "binary");
	if (is_key)
		pr_json_text(json, "description", "Key of the record, the same in later versions as long as its content is the same");
	if (column->seen & PR_SEEN_INFINITY)
		pr_json_texts(json, "missingValues", list_make3("", "infinity", "-infinity"));
	write_constraints(column, is_key, json);
	pr_json_close(json);
}

static void
write_schema(const PrPortal *portal, PrJson *json)
{
	bool		has_key = portal->release->is_table;

	pr_json_open(json, "schema");
	pr_json_text(json, "$schema", PROFILE "tableschema.json");
	pr_json_open_list(json, "fields");
	for (int i = 0; i < portal->csv.n; i++)
		write_field(&portal->csv.columns[i], has_key && strcmp(portal->csv.columns[i].name, PR_RELEASE_ROW) == 0, json);
	pr_json_close_list(json);
	pr_json_texts(json, "missingValues", list_make1(""));
	if (has_key)
		pr_json_texts(json, "primaryKey", list_make1(PR_RELEASE_ROW));
	pr_json_close(json);
}

/* ---------- the file ---------- */

static void
write_dialect(PrJson *json)
{
	pr_json_open(json, "dialect");
	pr_json_text(json, "$schema", PROFILE "tabledialect.json");
	pr_json_text(json, "delimiter", ",");
	pr_json_text(json, "lineTerminator", "\r\n");
	pr_json_text(json, "quoteChar", "\"");
	pr_json_boolean(json, "doubleQuote", true);
	pr_json_boolean(json, "header", true);
	pr_json_boolean(json, "skipInitialSpace", false);
	pr_json_close(json);
}

static void
write_resource(const PrPortal *portal, const char *name, const PrFileDigest *file, PrJson *json)
{
	pr_json_open_list(json, "resources");
	pr_json_open(json, NULL);
	pr_json_text(json, "name", name);
	pr_json_text(json, "type", "table");
	pr_json_text(json, "path", psprintf("%s.csv", name));
	pr_json_text(json, "format", "csv");
	pr_json_text(json, "mediatype", "text/csv");
	pr_json_text(json, "encoding", "utf-8");
	pr_json_integer(json, "bytes", file->bytes);
	pr_json_text(json, "hash", psprintf("sha256:%s", file->hex));
	write_dialect(json);
	write_schema(portal, json);
	pr_json_close(json);
	pr_json_close_list(json);
}

/* ---------- the package ---------- */

static void
write_text(PrJson *json, const char *key, const char *text)
{
	if (text != NULL)
		pr_json_text(json, key, text);
}

/* An identifier as the Open Definition's list has them: what is written without spaces. */
static bool
is_licence_name(const char *text)
{
	return text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")] == '\0';
}

static void
write_licence(const PrPortal *portal, PrJson *json)
{
	char	   *name = pr_portal_text(portal, "licence");
	char	   *path = pr_portal_url(portal, "licence_url");

	if (name == NULL && path == NULL)
		return;
	if (name != NULL && !is_licence_name(name))
		pr_portal_bad_metadata(portal, "licence", "an identifier of a licence, such as CC-BY-4.0");
	pr_json_open_list(json, "licenses");
	pr_json_open(json, NULL);
	write_text(json, "name", name);
	write_text(json, "path", path);
	write_text(json, "title", pr_portal_text(portal, "licence_title"));
	pr_json_close(json);
	pr_json_close_list(json);
}

static void
write_contributor(PrJson *json, const char *title, const char *path, const char *email, const char *role)
{
	if (title == NULL)
		return;
	pr_json_open(json, NULL);
	pr_json_text(json, "title", title);
	write_text(json, "path", path);
	write_text(json, "email", email);
	pr_json_texts(json, "roles", list_make1(unconstify(char *, role)));
	pr_json_close(json);
}

static void
write_contributors(const PrPortal *portal, PrJson *json)
{
	char	   *publisher = pr_portal_text(portal, "publisher");
	char	   *contact = pr_portal_text(portal, "contact");

	if (publisher == NULL && contact == NULL)
		return;
	pr_json_open_list(json, "contributors");
	write_contributor(json, publisher, pr_portal_url(portal, "publisher_url"), NULL, "publisher");
	write_contributor(json, contact, NULL, pr_portal_email(portal, "contact_email"), "contact");
	pr_json_close_list(json);
}

static void
write_package(const PrPortal *portal, const PrFileDigest *file, PrJson *json)
{
	char	   *name = pr_portal_slug(portal->release);
	List	   *keywords = pr_portal_texts(portal, "keywords");

	pr_json_text(json, "$schema", PROFILE "datapackage.json");
	pr_json_text(json, "name", name);
	write_text(json, "id", pr_portal_text(portal, "identifier"));
	write_text(json, "title", pr_portal_text(portal, "title"));
	write_text(json, "description", pr_portal_text(portal, "description"));
	write_text(json, "homepage", pr_portal_url(portal, "homepage"));
	if (portal->release->is_table)
		pr_json_text(json, "version", psprintf(INT64_FORMAT ".0.0", portal->version));
	pr_json_text(json, "created", pr_csv_time(portal->made_at));
	if (keywords != NIL)
		pr_json_texts(json, "keywords", keywords);
	write_contributors(portal, json);
	write_licence(portal, json);
	write_resource(portal, name, file, json);
	pr_method_write(portal, json);
}

Datum
privrelease_datapackage(PG_FUNCTION_ARGS)
{
	PrPortal   *portal = pr_portal_open(text_to_cstring(PG_GETARG_TEXT_PP(0)), "datapackage()", true);
	PrFileDigest file;
	PrJson		json;

	portal->csv.guard = pr_csv_guard(text_to_cstring(PG_GETARG_TEXT_PP(1)));
	portal->csv.bom = PG_GETARG_BOOL(2);
	pr_portal_digest(portal, &file);
	pr_json_begin(&json);
	write_package(portal, &file, &json);
	return pr_portal_close_with(portal, pr_json_end_plain(&json));
}
