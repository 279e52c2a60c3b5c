/*
 * pr_table_definition.c
 *		A release table in words and in SQL.
 *
 * What a refresh holds is compared with what is declared, so the declaration
 * has one text: model, rules and what each column is to the model, without the
 * levels, which the search chooses anew each time.
 */
#include "postgres.h"

#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"

#include "release/pr_derive.h"
#include "release/pr_inquire.h"
#include "release/pr_objection.h"
#include "release/pr_registry.h"
#include "release/pr_table.h"

/* ---------- the declaration ---------- */

static char *
jsonb_text(Jsonb *document)
{
	return JsonbToCString(NULL, &document->root, VARSIZE(document));
}

/* A text of a user in a comment of SQL must not end it. */
static char *
one_line(char *text)
{
	for (char *at = text; *at != '\0'; at++)
		if (*at == '\n' || *at == '\r')
			*at = ' ';
	return text;
}

static const char *
role_in_words(PrColumnRole role)
{
	switch (role)
	{
		case PR_ROLE_QUASI:
			return "quasi-identifier";
		case PR_ROLE_SENSITIVE:
			return "sensitive";
		default:
			return "further column";
	}
}

static void
declare_column(StringInfo out, const PrRelease *release, const PrRule *rule, const PrModel *model)
{
	appendStringInfo(out, "-- %s, %s: %s of %s (%s)%s%s", quote_identifier(rule->output_name),
					 role_in_words(pr_column_role(release, rule, model, false)), rule->transform->name,
					 quote_identifier(rule->column_name), rule->column_type,
					 JB_ROOT_COUNT(rule->params) > 0 ? " " : "",
					 JB_ROOT_COUNT(rule->params) > 0 ? jsonb_text(rule->params) : "");
	if (rule->domain != NULL)
		appendStringInfo(out, ", domain %s", rule->domain);
	if (rule->key != 0)
		appendStringInfo(out, ", key %d version %d", rule->key, rule->key_version);
	if (rule->dictionary != 0)
		appendStringInfo(out, ", dictionary %d", rule->dictionary);
}

char *
pr_table_declaration(const PrRelease *release, List *rules)
{
	const PrModel *model = release->model != NULL ? pr_model_parse(release->model) : NULL;
	StringInfoData out;
	ListCell   *cell;

	pr_require_model_fits(release, rules);
	initStringInfo(&out);
	appendStringInfo(&out, "-- release table %s, subject %s, model %s", release->label,
					 release->subject != NULL ? quote_identifier(release->subject) : "none: each row is a person",
					 release->model != NULL ? jsonb_text(release->model) : "none yet");
	one_line(out.data);
	foreach(cell, rules)
	{
		StringInfoData line;

		initStringInfo(&line);
		declare_column(&line, release, lfirst(cell), model);
		appendStringInfo(&out, "\n%s", one_line(line.data));
	}
	return out.data;
}

/* ---------- levels ---------- */

void
pr_render_level(StringInfo out, const PrRelease *release, const PrRule *rule, int output, int level)
{
	StringInfoData base;

	if (level == 0)
	{
		rule->transform->render(out, release, rule, output);
		return;
	}
	initStringInfo(&base);
	rule->transform->render(&base, release, rule, output);
	rule->transform->render_coarser(out, rule, base.data, level);
}

/* Local recoding has no one level of a column: it is shown at the first. */
int
pr_table_level(const PrRelease *release, const PrRule *rule)
{
	int			levels = rule->transform->levels != NULL ? rule->transform->levels(rule) : 1;
	PrArgs		args = {0};
	int			level;

	if (levels == 1)
		return 0;
	pr_arg_int4(&args, release->id);
	pr_arg_int8(&args, release->version);
	pr_arg_text(&args, rule->output_name);
	if (pr_catalog_run("SELECT (v.levels ->> $3)::pg_catalog.int4 FROM privrelease.version AS v"
					   " WHERE v.release = $1 AND v.version = $2"
					   " AND pg_catalog.jsonb_typeof(v.levels) = 'object' AND pg_catalog.jsonb_typeof(v.levels -> $3) = 'number'",
					   &args) == 0)
		return 0;
	level = pr_spi_int(0, 1, NULL);
	return level >= 0 && level < levels ? level : 0;	/* the rule may have been changed since */
}

char *
pr_table_select(const PrRelease *release, List *rules)
{
	StringInfoData out;
	ListCell   *cell;

	initStringInfo(&out);
	appendStringInfoString(&out, "SELECT ");
	foreach(cell, rules)
	{
		PrRule	   *rule = lfirst(cell);
		int			level = pr_table_level(release, rule);

		for (int output = 0; output < Max(rule->transform->outputs, 1); output++)
		{
			if (out.len > strlen("SELECT "))
				appendStringInfoString(&out, ",\n       ");
			pr_render_level(&out, release, rule, output, level);
			appendStringInfo(&out, " AS %s", quote_identifier(pr_output_column(rule, output)));
		}
	}
	appendStringInfo(&out, "\n  FROM %s AS s%s%s", quote_qualified_identifier(release->source_schema, release->source_name),
					 pr_objection_join(release), pr_derive_joins(release, rules));
	return out.data;
}
