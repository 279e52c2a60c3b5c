/*
 * pr_method.c
 *		What was done to the data, for readers far away from this database.
 *
 * Invariants, and what an attacker would look for here:
 *	- Nothing names the source, its columns, its subject, its owner, or a key.
 *	- Nothing counts it: how many rows or persons were left out is not said, as a
 *	  number or as a share, since whoever has the file counts what was not.
 *	- Of parameters, only those are shown that say how coarse or how noisy values
 *	  are: a list of what may be shown, so that a new parameter is not.
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "anonymity/pr_model.h"
#include "portal/pr_portal.h"
#include "release/pr_registry.h"
#include "release/pr_table.h"

/* ---------- names ---------- */

/* What every portal takes for a name, and what pr_portal_slug() leaves of others. */
#define SLUG_MOST 100
#define SLUG_DIGEST 8

static bool
is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

static bool
is_plain_name(const char *name)
{
	while (is_plain(*name))
		name++;
	return *name == '\0';
}

static char *
simplified(const char *text)
{
	StringInfoData out;

	initStringInfo(&out);
	for (const char *c = text; *c != '\0'; c++)
	{
		char		low = pg_ascii_tolower((unsigned char) *c);

		if (is_plain(low))
			appendStringInfoChar(&out, low);
		else if (out.len > 0 && out.data[out.len - 1] != '-')
			appendStringInfoChar(&out, '-');
	}
	return out.data;
}

/* Two releases never have one slug: where something is lost, a digest of the name stands for it. */
char *
pr_portal_slug(const PrRelease *release)
{
	char	   *text = psprintf("%s-%s", release->schema, release->name);
	char		hex[PR_SHA256_HEX + 1];

	if (is_plain_name(release->schema) && is_plain_name(release->name) && strlen(text) <= SLUG_MOST)
		return text;
	pr_sha256_hex(release->label, strlen(release->label), hex);
	text = simplified(text);
	return psprintf("%.*s%s%.*s", SLUG_MOST - SLUG_DIGEST - 1, text, *text != '\0' && text[strlen(text) - 1] == '-' ? "" : "-", SLUG_DIGEST, hex);
}

/* ---------- transforms ---------- */

static const char *const public_params[] = {
	"width", "origin", "bottom", "top", "to", "unit", "timezone", "at", "length", "left", "right", "fill",
	"v4", "v6", "size", "show", "level", "levels", "distribution", "scale", "grid", "max_days", "as", NULL
};

/* The rule that made a column of the release; NULL for release_row. */
static const PrRule *
rule_of(List *rules, const char *column)
{
	ListCell   *cell;

	foreach(cell, rules)
	{
		const PrRule *rule = lfirst(cell);
		int			outputs = Max(rule->transform->outputs, 1);

		for (int output = 0; output < outputs; output++)
			if (strcmp(pr_output_column(rule, output), column) == 0)
				return rule;
	}
	return NULL;
}

static void
write_params(const PrRule *rule, PrJson *json)
{
	pr_json_open(json, "params");
	for (const char *const *name = public_params; *name != NULL; name++)
	{
		JsonbValue *value = getKeyJsonValueFromContainer(&rule->params->root, *name, strlen(*name), NULL);

		if (value != NULL)
			pr_json_document(json, *name, JsonbPGetDatum(JsonbValueToJsonb(value)));
	}
	pr_json_close(json);
}

static void
write_column(const PrRule *rule, const char *field, PrJson *json)
{
	pr_json_open(json, NULL);
	pr_json_text(json, "name", field);
	pr_json_text(json, "transform", rule->transform->name);
	pr_json_text(json, "family", rule->transform->family);
	pr_json_boolean(json, "keyed", rule->transform->key_use != PR_UNKEYED);
	write_params(rule, json);
	pr_json_close(json);
}

static void
write_columns(const PrPortal *portal, List *rules, PrJson *json)
{
	pr_json_open_list(json, "columns");
	for (int i = 0; i < portal->csv.n; i++)
	{
		const PrRule *rule = rule_of(rules, portal->csv.columns[i].name);

		if (rule != NULL)
			write_column(rule, portal->csv.columns[i].field, json);
	}
	pr_json_close_list(json);
}

/* ---------- the model ---------- */

static void
write_model(Jsonb *model, PrJson *json)
{
	static const char *const keys[] = {"k", "l", "t", NULL};

	pr_json_open(json, "model");
	for (const char *const *key = keys; *key != NULL; key++)
	{
		JsonbValue *value = getKeyJsonValueFromContainer(&model->root, *key, strlen(*key), NULL);

		if (value != NULL)
			pr_json_document(json, *key, JsonbPGetDatum(JsonbValueToJsonb(value)));
	}
	pr_json_close(json);
}

void
pr_method_write(const PrPortal *portal, PrJson *json)
{
	const PrRelease *release = portal->release;
	List	   *rules = pr_release_rules(release);

	pr_json_open(json, "privrelease");
	pr_json_text(json, "generated_by", "privrelease " PR_VERSION);
	pr_json_text(json, "release", release->label);
	pr_json_text(json, "kind", release->is_table ? "table" : "view");
	pr_json_text(json, "declaration", psprintf("sha256:%s", portal->declaration));
	pr_json_boolean(json, "approved", portal->approved);
	if (release->is_table)
		pr_json_integer(json, "version", portal->version);
	if (portal->model != NULL)
		write_model(portal->model, json);
	write_columns(portal, rules, json);
	pr_json_text(json, "formula_guard", pr_csv_guard_word(portal->csv.guard));
	pr_json_boolean(json, "byte_order_mark", portal->csv.bom);
	pr_json_close(json);
}

/* ---------- in words ---------- */

static void
describe_columns(const PrPortal *portal, StringInfo out)
{
	List	   *rules = pr_release_rules(portal->release);
	const char *separator = " Columns: ";

	for (int i = 0; i < portal->csv.n; i++)
	{
		const PrRule *rule = rule_of(rules, portal->csv.columns[i].name);

		if (rule == NULL)
			continue;
		appendStringInfo(out, "%s%s by %s (%s%s)", separator, portal->csv.columns[i].field, rule->transform->name,
						 strcmp(rule->transform->family, "none") == 0 ? "no technique" : rule->transform->family,
						 rule->transform->key_use != PR_UNKEYED ? ", under a secret key" : "");
		separator = "; ";
	}
	appendStringInfoChar(out, '.');
}

static void
describe_model(Jsonb *document, StringInfo out)
{
	PrModel    *model = pr_model_parse(document);
	ListCell   *cell;

	appendStringInfo(out, " Records that are equal in all quasi-identifiers belong to at least %lld persons (k-anonymity, k = %lld).",
					 (long long) model->k, (long long) model->k);
	foreach(cell, model->diversity)
		appendStringInfo(out, " Each such class holds several values of %s (l-diversity).", ((PrDiversityRule *) lfirst(cell))->column);
	foreach(cell, model->closeness)
		appendStringInfo(out, " In each such class the distribution of %s is close to that of the whole (t-closeness).", ((PrClosenessRule *) lfirst(cell))->column);
	appendStringInfoString(out, " This was verified on the finished records; records that no such class could be made for were left out.");
}

char *
pr_method_words(const PrPortal *portal)
{
	StringInfoData out;

	initStringInfo(&out);
	appendStringInfoString(&out, "Personal data, anonymized by privrelease " PR_VERSION ".");
	describe_columns(portal, &out);
	if (portal->model != NULL)
		describe_model(portal->model, &out);
	if (portal->csv.guard == PR_GUARD_PREFIX)
		appendStringInfoString(&out, " In the file, a text that a spreadsheet would run as a formula has an apostrophe before it.");
	return out.data;
}
