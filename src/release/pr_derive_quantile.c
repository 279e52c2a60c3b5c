/*
 * pr_derive_quantile.c
 *		bottom_quantile and top_quantile of bin: the end bins from the values of
 *		the persons whom the first version is made of.
 *
 * A quantile is the value of one person, so what becomes a bound is the lower
 * bound of its bin.  It is kept for all later versions: an end that moved with
 * each refresh would show, bit by bit, who came and went there.
 */
#include "postgres.h"

#include "common/shortest_dec.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "catalog/pg_type.h"

#include "anonymity/pr_ask.h"
#include "common/pr_error.h"
#include "release/pr_derivation.h"
#include "release/pr_derive.h"
#include "release/pr_objection.h"
#include "release/pr_render.h"

static bool
takes_quantiles(const PrRule *rule)
{
	return rule->transform == &pr_bin &&
		(pr_param(rule, "bottom_quantile") != NULL || pr_param(rule, "top_quantile") != NULL);
}

/* One value for each person, the most extreme one: SELECT v. */
static char *
values_of_persons(const PrRelease *release, const PrRule *rule, const char *extreme)
{
	char	   *source = psprintf("%s AS s%s", quote_qualified_identifier(release->source_schema, release->source_name),
								  pr_objection_join(release));
	char	   *type = pr_type_name(rule->type, -1);
	char	   *value = psprintf("s.%s::%s", quote_identifier(rule->column_name), type);
	char	   *finite = pr_type_integer(rule->type) ? psprintf("%s IS NOT NULL", value)
		: psprintf("%s > '-Infinity' AND %s < 'Infinity'", value, value);

	if (release->subject == NULL)
		return psprintf("SELECT %s AS v FROM %s WHERE %s", value, source, finite);
	return psprintf("SELECT pg_catalog.%s(%s) AS v FROM %s WHERE s.%s IS NOT NULL AND %s GROUP BY s.%s", extreme, value,
					source, quote_identifier(release->subject), finite, quote_identifier(release->subject));
}

typedef struct Bound
{
	Oid			type;
	MemoryContext context;
	char	   *text;
} Bound;

/* As text that no setting changes. */
static void
read_bound(TupleTableSlot *slot, void *state)
{
	Bound	   *bound = state;
	MemoryContext old;
	Oid			output;
	bool		is_varlena;

	if (slot->tts_isnull[0])
		return;
	old = MemoryContextSwitchTo(bound->context);
	if (bound->type == FLOAT8OID)
		bound->text = pstrdup(double_to_shortest_decimal(DatumGetFloat8(slot->tts_values[0])));
	else if (bound->type == FLOAT4OID)
		bound->text = pstrdup(float_to_shortest_decimal(DatumGetFloat4(slot->tts_values[0])));
	else
	{
		getTypeOutputInfo(bound->type, &output, &is_varlena);
		bound->text = OidOutputFunctionCall(output, slot->tts_values[0]);
	}
	MemoryContextSwitchTo(old);
}

/* The lower bound of the bin that holds the quantile; NULL if nobody has a value. */
static char *
bound_at(const PrRelease *release, const PrRule *rule, const char *quantile, const char *extreme)
{
	Bound		bound = {rule->type, CurrentMemoryContext, NULL};
	StringInfoData query;

	initStringInfo(&query);
	appendStringInfo(&query, "SELECT privrelease.bin(pg_catalog.percentile_disc('%s'::float8) WITHIN GROUP (ORDER BY u.v)",
					 pr_param(rule, quantile));
	pr_render_literal(&query, pr_level_param(rule, "width", 0), rule->type);
	pr_render_param(&query, rule, "origin", rule->type);
	appendStringInfo(&query, ") FROM (%s) AS u", values_of_persons(release, rule, extreme));
	pr_ask(query.data, &release->capabilities->args, NULL, read_bound, &bound);
	return bound.text;
}

static void
require_apart(const PrRule *rule)
{
	char	   *bottom = rule->quantile_bottom != NULL ? rule->quantile_bottom : pr_param(rule, "bottom");
	char	   *top = rule->quantile_top != NULL ? rule->quantile_top : pr_param(rule, "top");

	if (bottom != NULL && top != NULL && pr_number_compare(bottom, top) >= 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the quantiles of released column \"%s\" leave nothing between its bottom and its top", rule->output_name),
				 errhint("Use a smaller width, or quantiles that are farther apart.")));
}

void
pr_derive_quantiles(PrRelease *release, List *rules)
{
	ListCell   *cell;

	foreach(cell, rules)
	{
		PrRule	   *rule = lfirst(cell);

		if (!takes_quantiles(rule))
			continue;
		if (pr_param(rule, "bottom_quantile") != NULL && rule->quantile_bottom == NULL)
			rule->quantile_bottom = bound_at(release, rule, "bottom_quantile", "min");
		if (pr_param(rule, "top_quantile") != NULL && rule->quantile_top == NULL)
			rule->quantile_top = bound_at(release, rule, "top_quantile", "max");
		require_apart(rule);
	}
}

void
pr_derive_keep(const PrRelease *release, List *rules)
{
	ListCell   *cell;

	foreach(cell, rules)
	{
		const PrRule *rule = lfirst(cell);
		PrArgs		args = {0};

		if (!takes_quantiles(rule))
			continue;
		pr_arg_int4(&args, release->id);
		pr_arg_text(&args, rule->output_name);
		pr_arg_text(&args, rule->quantile_bottom);
		pr_arg_text(&args, rule->quantile_top);
		pr_catalog_run(psprintf("UPDATE %s SET quantile_bottom = $3, quantile_top = $4"
								" WHERE release = $1 AND output_name = $2::name"
								" AND (quantile_bottom, quantile_top) IS DISTINCT FROM ($3, $4)", pr_rule_table(release)), &args);
	}
}
