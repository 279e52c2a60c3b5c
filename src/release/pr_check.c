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
#include "utils/rel.h"

#include "common/pr_error.h"
#include "release/pr_registry.h"
#include "release/pr_release.h"

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
