/*
 * pr_json.c
 *		Writes a JSON object key by key.
 *
 * Numbers are written so that reading them gives the same double again.
 */
#include "postgres.h"

#include <math.h>

#include "common/shortest_dec.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/json.h"
#include "utils/jsonb.h"

#include "common/pr_json.h"

static void
begin_value(PrJson *json, const char *key)
{
	char		last = json->text.data[json->text.len - 1];

	if (last != '{' && last != '[')
		appendStringInfoChar(&json->text, ',');
	if (key == NULL)
		return;
	escape_json(&json->text, key);
	appendStringInfoChar(&json->text, ':');
}

void
pr_json_begin(PrJson *json)
{
	initStringInfo(&json->text);
	json->path = json->missing = NIL;
	appendStringInfoChar(&json->text, '{');
}

void
pr_json_open(PrJson *json, const char *key)
{
	begin_value(json, key);
	appendStringInfoChar(&json->text, '{');
	json->path = lappend(json->path, pstrdup(key != NULL ? key : ""));
}

void
pr_json_close(PrJson *json)
{
	appendStringInfoChar(&json->text, '}');
	json->path = list_delete_last(json->path);
}

void
pr_json_open_list(PrJson *json, const char *key)
{
	begin_value(json, key);
	appendStringInfoChar(&json->text, '[');
}

void
pr_json_close_list(PrJson *json)
{
	appendStringInfoChar(&json->text, ']');
}

void
pr_json_boolean(PrJson *json, const char *key, bool value)
{
	begin_value(json, key);
	appendStringInfoString(&json->text, value ? "true" : "false");
}

void
pr_json_integer(PrJson *json, const char *key, uint64 value)
{
	begin_value(json, key);
	appendStringInfo(&json->text, UINT64_FORMAT, value);
}

void
pr_json_number(PrJson *json, const char *key, double value)
{
	char		digits[DOUBLE_SHORTEST_DECIMAL_LEN];

	begin_value(json, key);
	if (!isfinite(value))
	{
		appendStringInfoString(&json->text, "null");
		return;
	}
	double_to_shortest_decimal_buf(value, digits);
	appendStringInfoString(&json->text, digits);
}

void
pr_json_text(PrJson *json, const char *key, const char *value)
{
	begin_value(json, key);
	escape_json(&json->text, value);
}

void
pr_json_texts(PrJson *json, const char *key, List *values)
{
	ListCell   *cell;

	pr_json_open_list(json, key);
	foreach(cell, values)
		pr_json_text(json, NULL, lfirst(cell));
	pr_json_close_list(json);
}

void
pr_json_document(PrJson *json, const char *key, Datum jsonb)
{
	begin_value(json, key);
	appendStringInfoString(&json->text, DatumGetCString(DirectFunctionCall1(jsonb_out, jsonb)));
}

void
pr_json_missing(PrJson *json, const char *key, const char *why)
{
	StringInfoData path;
	ListCell   *cell;

	begin_value(json, key);
	appendStringInfoString(&json->text, "null");
	initStringInfo(&path);
	foreach(cell, json->path)
		appendStringInfo(&path, "%s.", (char *) lfirst(cell));
	appendStringInfoString(&path, key);
	json->missing = lappend(json->missing, path.data);
	json->missing = lappend(json->missing, pstrdup(why));
}

Datum
pr_json_end(PrJson *json)
{
	pr_json_open(json, "unavailable");
	for (int i = 0; i < list_length(json->missing); i += 2)
		pr_json_text(json, list_nth(json->missing, i), list_nth(json->missing, i + 1));
	pr_json_close(json);
	return pr_json_end_plain(json);
}

Datum
pr_json_end_plain(PrJson *json)
{
	appendStringInfoChar(&json->text, '}');
	return DirectFunctionCall1(jsonb_in, CStringGetDatum(json->text.data));
}
