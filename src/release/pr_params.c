/*
 * pr_params.c
 *		Typed access to the params of a rule.
 *
 * Params stay the jsonb that the steward gave, so that an export gives back
 * what was typed.  They are checked once, against the PrParam list of the
 * transform, when the rule is set; every later reader may rely on that.
 * Unknown keys are errors: a mistyped "tpo" must not silently mean no top code.
 */
#include "postgres.h"

#include <float.h>

#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/fmgrprotos.h"
#include "utils/jsonb.h"
#include "utils/numeric.h"

#include "common/pr_error.h"
#include "release/pr_registry.h"

#define MAX_PARAM_BYTES 10000	/* of a text; an expression is the longest thing that somebody types */

/* Taken by every transform. */
static const PrParam unique_param = {"unique", PR_PARAM_BOOL, "false"};

/* Words that the surface knows and that only a release table can honour. */
static const char *const table_params[] = {"levels", "bottom_quantile", "top_quantile", NULL};

static bool
get_value(Jsonb *params, const char *name, JsonbValue *value)
{
	return getKeyJsonValueFromContainer(&params->root, name, strlen(name), value) != NULL;
}

static char *
scalar_text(const JsonbValue *value)
{
	switch (value->type)
	{
		case jbvString:
			return pnstrdup(value->val.string.val, value->val.string.len);
		case jbvNumeric:
			return DatumGetCString(DirectFunctionCall1(numeric_out,
													   DirectFunctionCall1(numeric_trim_scale,
																		   NumericGetDatum(value->val.numeric))));
		case jbvBool:
			return pstrdup(value->val.boolean ? "true" : "false");
		default:
			return NULL;
	}
}

static const PrParam *
find_param(const PrTransform *transform, const char *name)
{
	for (const PrParam *param = transform->params; param->name != NULL; param++)
		if (strcmp(param->name, name) == 0)
			return param;
	return strcmp(name, unique_param.name) == 0 ? &unique_param : NULL;
}

static char *
list_params(const PrRelease *release, const PrTransform *transform)
{
	StringInfoData buf;

	initStringInfo(&buf);
	for (const PrParam *param = transform->params; param->name != NULL; param++)
		if (release->is_table || !param->table_only)
			appendStringInfo(&buf, "%s, ", param->name);
	appendStringInfoString(&buf, unique_param.name);
	return buf.data;
}

static void
refuse_unknown(const PrRelease *release, const PrTransform *transform, const char *name)
{
	for (int i = 0; table_params[i] != NULL && !release->is_table; i++)
		if (strcmp(name, table_params[i]) == 0)
			ereport(ERROR,
					(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					 errmsg("parameter \"%s\" of transform \"%s\" needs a release table", name, transform->name),
					 errdetail("A view has no search and no snapshot that it could be taken from."),
					 errhint("Give one fixed value instead; transform \"%s\" takes: %s.",
							 transform->name, list_params(release, transform))));
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("transform \"%s\" has no parameter \"%s\"", transform->name, name),
			 errhint("It takes: %s.", list_params(release, transform))));
}

static void
refuse_value(const PrTransform *transform, const PrParam *param, const char *wanted)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("parameter \"%s\" of transform \"%s\" must be %s", param->name, transform->name, wanted),
			 errhint("SELECT params FROM privrelease.transforms WHERE name = %s;", quote_literal_cstr(transform->name))));
}

static bool
parse_int(const char *text, int64 *result)
{
	char	   *end;

	errno = 0;
	*result = strtoll(text, &end, 10);
	return errno == 0 && end != text && *end == '\0';
}

static bool
is_iso_date(const char *text)
{
	int			year,
				month,
				day;
	char		rest;

	return strlen(text) == 10 && sscanf(text, "%4d-%2d-%2d%c", &year, &month, &day, &rest) == 3 &&
		text[4] == '-' && text[7] == '-' && year >= 1 && month >= 1 && month <= 12 &&
		day >= 1 && day <= day_tab[isleap(year)][month - 1];
}

static bool
is_one_of(const char *words, const char *text)
{
	size_t		len = strlen(text);

	for (const char *at = words; *at != '\0';)
	{
		const char *end = strchrnul(at, '|');

		if (end - at == len && strncmp(at, text, len) == 0)
			return true;
		at = *end == '|' ? end + 1 : end;
	}
	return false;
}

static void check_value(const PrRelease *release, const PrTransform *transform, const PrParam *param,
						const JsonbValue *value);

#define MOST_ELEMENTS 100

static void
check_list(const PrRelease *release, const PrTransform *transform, const PrParam *param, const JsonbValue *value)
{
	PrParam		element = *param;
	JsonbContainer *array = value->type == jbvBinary ? value->val.binary.data : NULL;
	uint32		n;

	if (array == NULL || !JsonContainerIsArray(array) || JsonContainerIsScalar(array) || JsonContainerSize(array) == 0)
		refuse_value(transform, param, "an array that is not empty");
	n = JsonContainerSize(array);
	if (n > MOST_ELEMENTS)
		refuse_value(transform, param, psprintf("an array of at most %d elements", MOST_ELEMENTS));
	element.kind = param->elements;
	for (uint32 i = 0; i < n; i++)
	{
		element.name = psprintf("%s[%u]", param->name, i);
		check_value(release, transform, &element, getIthJsonbValueFromContainer(array, i));
	}
}

static void
check_weights(const PrTransform *transform, const PrParam *param, const JsonbValue *value)
{
	JsonbContainer *object = value->type == jbvBinary ? value->val.binary.data : NULL;
	JsonbIterator *iterator;
	JsonbIteratorToken token;
	JsonbValue	item;

	if (object == NULL || !JsonContainerIsObject(object))
		refuse_value(transform, param, "an object");
	iterator = JsonbIteratorInit(object);
	while ((token = JsonbIteratorNext(&iterator, &item, true)) != WJB_DONE)
	{
		if (token == WJB_KEY && item.val.string.len > MAX_PARAM_BYTES)
			refuse_value(transform, param, psprintf("an object with names of at most %d bytes", MAX_PARAM_BYTES));
		if (token != WJB_VALUE)
			continue;
		if (item.type != jbvNumeric || strlen(scalar_text(&item)) > 200 || scalar_text(&item)[0] == '-' ||
			strtod(scalar_text(&item), NULL) <= 0 || strtod(scalar_text(&item), NULL) > DBL_MAX)
			refuse_value(transform, param, "an object of numbers greater than 0");
	}
}

static void
check_value(const PrRelease *release, const PrTransform *transform, const PrParam *param, const JsonbValue *value)
{
	char	   *text = scalar_text(value);
	int64		integer;

	if (text != NULL && strlen(text) > MAX_PARAM_BYTES)
		refuse_value(transform, param, psprintf("at most %d bytes long", MAX_PARAM_BYTES));
	switch (param->kind)
	{
		case PR_PARAM_LIST:
			check_list(release, transform, param, value);
			break;
		case PR_PARAM_WEIGHTS:
			check_weights(transform, param, value);
			break;
		case PR_PARAM_LEVEL:
			if (value->type == jbvString && strcmp(text, "auto") == 0 && release->is_table)
				break;
			/* FALLTHROUGH */
		case PR_PARAM_INT:
			if (value->type == jbvString && strcmp(text, "auto") == 0)
				refuse_value(transform, param, "a number: \"auto\" needs a release table, which has a search");
			if (value->type != jbvNumeric || !parse_int(text, &integer) ||
				integer < param->least || integer > param->most)
				refuse_value(transform, param, psprintf("a whole number from " INT64_FORMAT " to " INT64_FORMAT,
														param->least, param->most));
			break;
		case PR_PARAM_NUMBER:
			if (value->type != jbvNumeric)
				refuse_value(transform, param, "a number");
			break;
		case PR_PARAM_BOOL:
			if (value->type != jbvBool)
				refuse_value(transform, param, "true or false");
			break;
		case PR_PARAM_CHARACTER:
			if (value->type != jbvString || pg_mbstrlen(text) != 1)
				refuse_value(transform, param, "exactly one character");
			break;
		case PR_PARAM_DATE:
			if (value->type != jbvString || !is_iso_date(text))
				refuse_value(transform, param, "a date of the form YYYY-MM-DD");
			break;
		case PR_PARAM_SCALAR:
			if (text == NULL)
				refuse_value(transform, param, "a text, a number, true or false");
			break;
		case PR_PARAM_ROW:
			if (value->type != jbvString && value->type != jbvBool)
				refuse_value(transform, param, "true (the primary key) or the name of a source column");
			break;
		case PR_PARAM_TEXT:
		case PR_PARAM_KEY:
			if (value->type != jbvString || text[0] == '\0')
				refuse_value(transform, param, "a text that is not empty");
			if (param->words != NULL && !is_one_of(param->words, text))
				refuse_value(transform, param, psprintf("one of: %s", param->words));
			break;
	}
}

/* Refuse params that are not what the transform takes. */
void
pr_params_check(const PrRelease *release, const PrTransform *transform, Jsonb *params)
{
	JsonbIterator *iterator;
	JsonbIteratorToken token;
	JsonbValue	value;

	if (!JB_ROOT_IS_OBJECT(params))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("params of a rule must be a JSON object"),
				 errhint("For example '{\"width\": 10}'.")));

	iterator = JsonbIteratorInit(&params->root);
	while ((token = JsonbIteratorNext(&iterator, &value, true)) != WJB_DONE)
	{
		const PrParam *param;
		char	   *name;

		if (token != WJB_KEY)
			continue;
		name = pnstrdup(value.val.string.val, value.val.string.len);
		param = find_param(transform, name);
		if (param == NULL || (param->table_only && !release->is_table))
			refuse_unknown(release, transform, name);
		(void) JsonbIteratorNext(&iterator, &value, true);
		check_value(release, transform, param, &value);
	}

	for (const PrParam *param = transform->params; param->name != NULL; param++)
		if (param->required && !get_value(params, param->name, &value))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("transform \"%s\" needs parameter \"%s\"", transform->name, param->name),
					 errhint("It takes: %s.", list_params(release, transform))));
}

/* A param as text, or its default, or NULL where it is absent and has none. */
char *
pr_param(const PrRule *rule, const char *name)
{
	JsonbValue	value;
	const PrParam *param = find_param(rule->transform, name);

	if (get_value(rule->params, name, &value))
		return scalar_text(&value);
	return param != NULL && param->fallback != NULL ? pstrdup(param->fallback) : NULL;
}

List *
pr_param_list(const PrRule *rule, const char *name)
{
	JsonbValue	value;
	List	   *elements = NIL;
	uint32		n;

	if (!get_value(rule->params, name, &value))
		return NIL;
	n = JsonContainerSize(value.val.binary.data);
	for (uint32 i = 0; i < n; i++)
		elements = lappend(elements, scalar_text(getIthJsonbValueFromContainer(value.val.binary.data, i)));
	return elements;
}

void
pr_param_weights(const PrRule *rule, const char *name, List **names, List **weights)
{
	JsonbIterator *iterator;
	JsonbIteratorToken token;
	JsonbValue	value;

	*names = NIL;
	*weights = NIL;
	if (!get_value(rule->params, name, &value))
		return;
	iterator = JsonbIteratorInit(value.val.binary.data);
	while ((token = JsonbIteratorNext(&iterator, &value, true)) != WJB_DONE)
	{
		if (token == WJB_KEY)
			*names = lappend(*names, pnstrdup(value.val.string.val, value.val.string.len));
		else if (token == WJB_VALUE)
			*weights = lappend(*weights, scalar_text(&value));
	}
}

int64
pr_param_int(const PrRule *rule, const char *name)
{
	return strtoll(pr_param(rule, name), NULL, 10);
}

bool
pr_param_bool(const PrRule *rule, const char *name)
{
	char	   *text = pr_param(rule, name);

	return text != NULL && strcmp(text, "true") == 0;
}

Jsonb *
pr_empty_params(void)
{
	return DatumGetJsonbP(DirectFunctionCall1(jsonb_in, CStringGetDatum("{}")));
}

/* ---------- levels ---------- */

void
pr_require_levels(const PrRelease *release, const PrRule *rule, const char *fixed)
{
	bool		has_fixed = pr_param(rule, fixed) != NULL;
	bool		has_levels = pr_param_list(rule, "levels") != NIL;

	if (has_fixed && has_levels)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("transform \"%s\" takes either parameter \"%s\" or \"levels\"", rule->transform->name, fixed),
				 errhint("Leave out \"%s\" to let the search choose.", fixed)));
	if (!has_fixed && !has_levels)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("transform \"%s\" needs parameter \"%s\"%s", rule->transform->name, fixed,
						release->is_table ? " or \"levels\"" : ""),
				 errhint("It takes: %s.", list_params(release, rule->transform))));
}

int
pr_level_count(const PrRule *rule)
{
	return Max(list_length(pr_param_list(rule, "levels")), 1);
}

char *
pr_level_param(const PrRule *rule, const char *fixed, int level)
{
	List	   *levels = pr_param_list(rule, "levels");

	return levels != NIL ? list_nth(levels, level) : pr_param(rule, fixed);
}
