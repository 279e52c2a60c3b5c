/*
 * pr_transforms_mask.c
 *		Rules that keep, hide, mask or choose characters of a value.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "common/pr_error.h"
#include "release/pr_render.h"

static const PrParam no_params[] = {{NULL}};

/* ---------- keep ---------- */

static void
render_keep(StringInfo out, const PrRelease *release, const PrRule *rule, int output)
{
	appendStringInfo(out, "s.%s", quote_identifier(rule->column_name));
}

static bool
always(const PrRule *rule)
{
	return true;
}

const PrTransform pr_keep = {
	.name = "keep",
	.family = "none",
	.input = "any",
	.params = no_params,
	.monotone = true,
	.injective = true,
	.accepts = pr_type_any,
	.is_clear = always,
	.render = render_keep,
	.leaves_open = "everything: the value is released as it is",
};

/* ---------- suppress ---------- */

static void
render_suppress(StringInfo out, const PrRelease *release, const PrRule *rule, int output)
{
	appendStringInfo(out, "NULL::%s", pr_type_name(rule->type, rule->typmod));
}

const PrTransform pr_suppress = {
	.name = "suppress",
	.family = "suppression",
	.input = "any",
	.params = no_params,
	.accepts = pr_type_any,
	.ignores_value = true,
	.render = render_suppress,
	.leaves_open = "that the column exists",
};

/* ---------- constant ---------- */

static const PrParam constant_params[] = {
	{"value", PR_PARAM_SCALAR, NULL, true},
	{NULL}
};

/* The literal is read here once with the caller's rights, so that the build meets no surprise. */
static void
check_constant(const PrRelease *release, Relation rel, PrRule *rule)
{
	Oid			input;
	Oid			ioparam;

	getTypeInputInfo(rule->type, &input, &ioparam);
	(void) OidInputFunctionCall(input, pr_param(rule, "value"), ioparam, rule->typmod);
}

static void
render_constant(StringInfo out, const PrRelease *release, const PrRule *rule, int output)
{
	appendStringInfo(out, "%s::%s", quote_literal_cstr(pr_param(rule, "value")),
					 pr_type_name(rule->type, rule->typmod));
}

const PrTransform pr_constant = {
	.name = "constant",
	.family = "suppression",
	.input = "any type whose input runs no code of users",
	.params = constant_params,
	.accepts = pr_type_input_is_safe,
	.check = check_constant,
	.ignores_value = true,
	.render = render_constant,
	.leaves_open = "that the column exists",
};

/* ---------- partial ---------- */

static const PrParam partial_params[] = {
	{"left", PR_PARAM_INT, "0", false, 0, 1000},
	{"right", PR_PARAM_INT, "0", false, 0, 1000},
	{"fill", PR_PARAM_CHARACTER, "*"},
	{"length", PR_PARAM_INT, "4", false, 1, 1000},
	{NULL}
};

static void
render_partial(StringInfo out, const PrRelease *release, const PrRule *rule, int output)
{
	appendStringInfoString(out, "privrelease.partial(");
	pr_render_column(out, rule, TEXTOID);
	pr_render_param(out, rule, "left", INT4OID);
	pr_render_param(out, rule, "right", INT4OID);
	pr_render_param(out, rule, "fill", TEXTOID);
	pr_render_param(out, rule, "length", INT4OID);
	appendStringInfoChar(out, ')');
}

const PrTransform pr_partial = {
	.name = "partial",
	.family = "suppression",
	.input = "text, enum",
	.params = partial_params,
	.accepts = pr_type_text_or_enum,
	.render = render_partial,
	.leaves_open = "the characters that are shown; equal values that share them stay equal",
};

/* ---------- partial_email ---------- */

static void
render_partial_email(StringInfo out, const PrRelease *release, const PrRule *rule, int output)
{
	appendStringInfoString(out, "privrelease.partial_email(");
	pr_render_column(out, rule, TEXTOID);
	appendStringInfoChar(out, ')');
}

const PrTransform pr_partial_email = {
	.name = "partial_email",
	.family = "suppression",
	.input = "text",
	.params = no_params,
	.accepts = pr_type_text,
	.render = render_partial_email,
	.leaves_open = "the first character of the local part and the top-level domain",
};

/* ---------- prefix ---------- */

static const PrParam prefix_params[] = {
	{"length", PR_PARAM_INT, .least = 1, .most = 1000},
	{"levels", PR_PARAM_LIST, .elements = PR_PARAM_INT, .least = 1, .most = 1000, .table_only = true},
	{"fill", PR_PARAM_CHARACTER, "*"},
	{NULL}
};

static void
check_prefix(const PrRelease *release, Relation rel, PrRule *rule)
{
	int			finer = 0;
	ListCell   *cell;

	pr_require_levels(release, rule, "length");
	foreach(cell, pr_param_list(rule, "levels"))
	{
		int			length = atoi(lfirst(cell));

		if (finer > 0 && length >= finer)
			pr_refuse_param(rule, "levels", psprintf("nest: each length is less than the one before it, and %d is not less than %d",
													 length, finer));
		finer = length;
	}
}

static void
render_prefix(StringInfo out, const PrRelease *release, const PrRule *rule, int output)
{
	appendStringInfoString(out, "privrelease.prefix(");
	pr_render_column(out, rule, TEXTOID);
	pr_render_literal(out, pr_level_param(rule, "length", 0), INT4OID);
	pr_render_param(out, rule, "fill", TEXTOID);
	appendStringInfoChar(out, ')');
}

/*
 * Characters of the finer value, whose rests of short inputs are filled already:
 * prefix() of the input would show a short one differently at each length, and
 * levels would not nest.
 */
static void
render_coarser_prefix(StringInfo out, const PrRule *rule, const char *base, int level)
{
	appendStringInfo(out, "pg_catalog.textcat(pg_catalog.\"left\"(%s", base);
	pr_render_literal(out, pr_level_param(rule, "length", level), INT4OID);
	appendStringInfoChar(out, ')');
	pr_render_param(out, rule, "fill", TEXTOID);
	appendStringInfoChar(out, ')');
}

const PrTransform pr_prefix = {
	.name = "prefix",
	.family = "generalization",
	.input = "text, enum",
	.params = prefix_params,
	.accepts = pr_type_text_or_enum,
	.check = check_prefix,
	.levels = pr_level_count,
	.render_coarser = render_coarser_prefix,
	.render = render_prefix,
	.leaves_open = "the first characters",
};

/* ---------- resident_id ---------- */

static const PrParam resident_id_params[] = {
	{"show", PR_PARAM_TEXT, "region"},
	{NULL}
};

static const char *const resident_id_parts[] = {"region", "province", "city", "birth_year", "birth_month", "sex", NULL};

static int
find_part(const char *word, size_t len)
{
	for (int i = 0; resident_id_parts[i] != NULL; i++)
		if (strlen(resident_id_parts[i]) == len && strncmp(resident_id_parts[i], word, len) == 0)
			return i;
	return -1;
}

static void
check_resident_id(const PrRelease *release, Relation rel, PrRule *rule)
{
	const char *at = pr_param(rule, "show");
	int			seen = 0;

	for (;;)
	{
		const char *end = strchrnul(at, '+');
		int			part = find_part(at, end - at);

		if (part < 0 || (seen & (1 << part)) != 0)
			pr_refuse_param(rule, "show", "be one or more of region, province, city, birth_year, birth_month, sex, each once, joined by +");
		if (*end == '\0')
			return;
		seen |= 1 << part;
		at = end + 1;
	}
}

static void
render_resident_id(StringInfo out, const PrRelease *release, const PrRule *rule, int output)
{
	appendStringInfoString(out, "privrelease.resident_id(");
	pr_render_column(out, rule, TEXTOID);
	pr_render_param(out, rule, "show", TEXTOID);
	appendStringInfoChar(out, ')');
}

const PrTransform pr_resident_id = {
	.name = "resident_id",
	.family = "generalization",
	.input = "text",
	.params = resident_id_params,
	.accepts = pr_type_text,
	.check = check_resident_id,
	.render = render_resident_id,
	.leaves_open = "the parts that are shown, which are quasi-identifiers",
};
