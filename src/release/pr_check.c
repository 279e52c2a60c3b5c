/*
 * pr_check.c
 *		What must hold for the rules of one release together.
 *
 * Checked when a rule is set, and again by every build and publish, since
 * columns are classified, and hierarchies and policies changed, after rules
 * were set.
 */
#include "postgres.h"

#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/plancache.h"
#include "utils/rel.h"
#include "utils/typcache.h"

#include "common/pr_compat.h"
#include "common/pr_error.h"
#include "release/pr_registry.h"
#include "release/pr_release.h"
#include "release/pr_table.h"

/* Name of the output-th column that the rule makes: one, or name_x and name_y. */
char *
pr_output_column(const PrRule *rule, int output)
{
	char	   *name;

	if (rule->transform->outputs <= 1)
		return rule->output_name;
	name = psprintf("%s_%c", rule->output_name, "xy"[output]);
	if (strlen(name) >= NAMEDATALEN)
		ereport(ERROR,
				(errcode(ERRCODE_NAME_TOO_LONG),
				 errmsg("column name \"%s\" is too long", name),
				 errhint("Give the rule a shorter output_name.")));
	return name;
}

void
pr_require_distinct_outputs(const PrRelease *release, List *rules)
{
	List	   *names = NIL;
	ListCell   *cell;

	foreach(cell, rules)
	{
		PrRule	   *rule = lfirst(cell);

		for (int output = 0; output < Max(rule->transform->outputs, 1); output++)
		{
			char	   *name = pr_output_column(rule, output);
			ListCell   *other;

			foreach(other, names)
				if (strcmp(lfirst(other), name) == 0)
					ereport(ERROR,
							(errcode(ERRCODE_DUPLICATE_COLUMN),
							 errmsg("release %s would have column \"%s\" twice", release->label, name),
							 errhint("Give one of the rules another output_name.")));
			names = lappend(names, name);
		}
	}
}

/* A column that is classified as an identifier never appears as it is. */
void
pr_require_not_clear(const PrRelease *release, const PrRule *rule)
{
	if (rule->transform->is_clear != NULL && rule->transform->is_clear(rule) &&
		pr_is_identifier(release->source, rule->attnum))
		ereport(ERROR,
				(errcode(ERRCODE_PR_CLEAR_IDENTIFIER),
				 errmsg("column \"%s\" is classified as an identifier and must not be kept clear", rule->column_name),
				 errdetail("Transform \"%s\" with these parameters shows the value as it is.", rule->transform->name),
				 errhint("SELECT privrelease.set_rule(%s, %s, 'pseudonymize');",
						 quote_literal_cstr(release->label), quote_literal_cstr(rule->column_name))));
}

/* ---------- release tables ---------- */

void
pr_require_comparable(const char *column, Oid type)
{
	if (!OidIsValid(lookup_type_cache(type, TYPECACHE_EQ_OPR)->eq_opr))
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("column \"%s\" of type %s is refused in a release table", column, pr_type_name(type, -1)),
				 errdetail("The type has no equality, so nobody could count which rows are equal."),
				 errhint("Leave the column out, or use another transform.")));
}

/* Types of the columns that the rule makes, as the parser finds them: nothing is evaluated. */
static void
require_comparable_outputs(const PrRelease *release, const PrRule *rule)
{
	for (int output = 0; output < Max(rule->transform->outputs, 1); output++)
	{
		StringInfoData select;
		PrIdentity	saved;
		SPIPlanPtr	plan;
		TupleDesc	columns;

		initStringInfo(&select);
		appendStringInfoString(&select, "SELECT ");
		rule->transform->render(&select, release, rule, output);
		appendStringInfo(&select, " FROM %s AS s", quote_qualified_identifier(release->source_schema, release->source_name));
		pr_elevate(&saved);
		plan = SPI_prepare(select.data, 0, NULL);
		pr_restore_identity(&saved);
		if (plan == NULL)
			ereport(ERROR,
					(errcode(ERRCODE_INTERNAL_ERROR),
					 errmsg_internal("could not prepare a released column: %s", SPI_result_code_string(SPI_result))));
		columns = ((CachedPlanSource *) linitial(SPI_plan_get_plan_sources(plan)))->resultDesc;
		pr_require_comparable(pr_output_column(rule, output), TupleDescAttr(columns, 0)->atttypid);
		SPI_freeplan(plan);
	}
}

void
pr_require_table_for(const PrRelease *release, const PrRule *rule)
{
	if (rule->transform->table_only && !release->is_table)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("transform \"%s\" needs a release table", rule->transform->name),
				 errdetail("It works on all rows at once; a view shows each row by itself."),
				 errhint("Drop the release and create it with kind => 'table' and a model.")));
}

void
pr_require_fits_kind(const PrRelease *release, const PrRule *rule)
{
	if (!release->is_table)
		return;
	for (int output = 0; output < Max(rule->transform->outputs, 1); output++)
		if (strcmp(pr_output_column(rule, output), PR_RELEASE_ROW) == 0)
			ereport(ERROR,
					(errcode(ERRCODE_RESERVED_NAME),
					 errmsg("column name \"%s\" is reserved for the key of a release table", PR_RELEASE_ROW),
					 errhint("Give the rule another output_name.")));
	if (rule->transform->table_only)
		pr_require_comparable(rule->output_name, rule->type);
	else
		require_comparable_outputs(release, rule);
	pr_check_model(release, list_make1((PrRule *) rule), true);
}
