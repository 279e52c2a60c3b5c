/*
 * pr_transforms_hierarchy.c
 *		Rules that replace a value by a label of a hierarchy.
 *
 * What an attacker would try: be the one who may replace the hierarchy, and
 * later map every value to itself.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "catalog/pr_hierarchy.h"
#include "common/pr_compat.h"
#include "common/pr_error.h"
#include "release/pr_render.h"

static const PrParam hierarchy_params[] = {
	{"hierarchy", PR_PARAM_TEXT, NULL, true},
	{"level", PR_PARAM_LEVEL, NULL, true, 0, 1000},
	{NULL}
};

/* "auto": all levels are the search's to choose from, the value itself first. */
static bool
is_auto(const PrRule *rule)
{
	return strcmp(pr_param(rule, "level"), "auto") == 0;
}

/* The level that is rendered: the finest. */
static const char *
first_level(const PrRule *rule)
{
	return is_auto(rule) ? "0" : pr_param(rule, "level");
}

static Oid
leaf_type(const PrRule *rule)
{
	return pr_type_number(rule->type) ? rule->type : TEXTOID;
}

static void
render_level(StringInfo out, const PrRule *rule, const char *level)
{
	appendStringInfoString(out, "privrelease.hierarchy(");
	pr_render_column(out, rule, leaf_type(rule));
	pr_render_param(out, rule, "hierarchy", TEXTOID);
	pr_render_literal(out, level, INT4OID);
	appendStringInfoChar(out, ')');
}

/*
 * Whoever may replace the hierarchy decides what the release shows.  So it must
 * be the owner of the source, a role that he is a member of, or a superuser:
 * else its maker could later map every value to itself.
 */
static void
require_trusted_hierarchy(const PrRelease *release, const char *name)
{
	PrArgs		args = {0};
	Oid			owner;

	pr_arg_text(&args, name);
	pr_catalog_run("SELECT owner FROM privrelease.hierarchy WHERE name = $1", &args);
	owner = get_role_oid(pr_spi_text(0, 1), true);
	if (!OidIsValid(owner) ||
		(!superuser_arg(owner) && owner != pr_relation_owner(release->source) && !is_member_of_role_nosuper(pr_relation_owner(release->source), owner)))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("hierarchy \"%s\" belongs to role %s, not to the owner of %s", name,
						quote_identifier(pr_spi_text(0, 1)), pr_relation_label(release->source)),
				 errdetail("Its owner may replace it, and so change what the release shows."),
				 errhint("Make a hierarchy of your own under another name.")));
}

int
pr_require_hierarchy(const PrRelease *release, const char *name)
{
	int			levels;

	if (!pr_hierarchy_exists(name, &levels))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("hierarchy \"%s\" does not exist", name),
				 errhint("SELECT privrelease.load_hierarchy(%s, 'schema.table');", quote_literal_cstr(name))));
	require_trusted_hierarchy(release, name);
	return levels;
}

/* The hierarchy is there, belongs to the right role, and has the level. */
static void
recheck_hierarchy(const PrRelease *release, const PrRule *rule)
{
	char	   *name = pr_param(rule, "hierarchy");
	int			levels = pr_require_hierarchy(release, name);

	if (atoi(first_level(rule)) > levels)
		pr_refuse_param(rule, "level", psprintf("be at most %d, the top level of hierarchy \"%s\"", levels, name));
}

/* Values outside the hierarchy would silently become NULL: refuse while somebody is there to mend it. */
static void
check_hierarchy(const PrRelease *release, Relation rel, PrRule *rule)
{
	StringInfoData missing;

	recheck_hierarchy(release, rule);
	initStringInfo(&missing);
	appendStringInfo(&missing, "bool_or(s.%s IS NOT NULL AND ", quote_identifier(rule->column_name));
	render_level(&missing, rule, "0");
	appendStringInfoString(&missing, " IS NULL)");
	if (pg_strcasecmp(pr_source_aggregate(release, psprintf("coalesce(%s, false)", missing.data)), "t") == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("column \"%s\" holds values that hierarchy \"%s\" does not have", rule->column_name,
						pr_param(rule, "hierarchy")),
				 errhint("List them with SELECT DISTINCT, add them, and load the hierarchy again.")));
}

static void
render_hierarchy(StringInfo out, const PrRelease *release, const PrRule *rule, int output)
{
	render_level(out, rule, first_level(rule));
}

/* The value at the first level is a label, which is its own leaf; NULL becomes the label of all at the top. */
static void
render_coarser_label(StringInfo out, const PrRule *rule, const char *base, int level)
{
	appendStringInfo(out, "privrelease.hierarchy(%s", base);
	pr_render_param(out, rule, "hierarchy", TEXTOID);
	appendStringInfo(out, ", %d)", level);
}

static int
hierarchy_levels(const PrRule *rule)
{
	int			levels;

	if (!is_auto(rule) || !pr_hierarchy_exists(pr_param(rule, "hierarchy"), &levels))
		return 1;
	return levels + 1;
}

static const char *
hierarchy_leaves(const PrRule *rule, int *first)
{
	*first = atoi(first_level(rule));
	return pr_param(rule, "hierarchy");
}

/* Level 0 is the value, and so is a label that repeats its leaf. */
static bool
hierarchy_is_clear(const PrRule *rule)
{
	PrArgs		args = {0};

	pr_arg_text(&args, pr_param(rule, "hierarchy"));
	pr_arg_int4(&args, atoi(first_level(rule)));
	return atoi(first_level(rule)) == 0 ||
		pr_catalog_run("SELECT 1 FROM privrelease.hierarchy AS h JOIN privrelease.hierarchy_value AS v ON v.hierarchy = h.id"
					   " WHERE h.name = $1 AND v.leaf = v.path[$2] LIMIT 1", &args) > 0;
}

const PrTransform pr_hierarchy = {
	.name = "hierarchy",
	.family = "generalization",
	.input = "text, numbers, enum, boolean, uuid",
	.params = hierarchy_params,
	.accepts = pr_type_leaf,
	.check = check_hierarchy,
	.recheck = recheck_hierarchy,
	.is_clear = hierarchy_is_clear,
	.levels = hierarchy_levels,
	.render_coarser = render_coarser_label,
	.leaves = hierarchy_leaves,
	.render = render_hierarchy,
	.leaves_open = "the node of the hierarchy",
};
