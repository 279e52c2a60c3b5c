/*
 * pr_preview.c
 *		preview(): what the source's owner looks at before a build.
 *
 * It shows the source, so it is for its owner alone.  It evaluates the rules
 * without a view: it runs as the source's owner, restricted, and the
 * capabilities of keyed rules are parameters of the statement, so that no
 * capability ever has to be typed by somebody who may not.
 */
#include "postgres.h"

#include "access/table.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/rel.h"
#include "utils/tuplestore.h"

#include "common/pr_error.h"
#include "release/pr_derive.h"
#include "release/pr_registry.h"
#include "release/pr_table.h"
#include "transform/pr_capability.h"

PG_FUNCTION_INFO_V1(privrelease_preview);

/* ---------- capabilities as parameters ---------- */

/* "$n" for the capability, which becomes a parameter unless it is one already. */
char *
pr_capability_param(PrCapabilities *capabilities, int32 key, int32 version)
{
	PrArgs	   *args = &capabilities->args;
	Datum		capability = pr_capability_datum(key, version);

	for (int i = 0; i < args->n; i++)
		if (args->values[i] == capability)
			return psprintf("$%d", i + 1);
	if (args->n >= PR_MAX_ARGS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("a preview can show at most %d keys", PR_MAX_ARGS)));
	pr_arg(args, pr_capability_type(), capability);
	return psprintf("$%d", args->n);
}

/* ---------- preview ---------- */

/* Source and released value of each column, side by side. */
static char *
preview_query(const PrRelease *release, List *rules, int sample_rows, const char *joins)
{
	StringInfoData out;
	ListCell   *cell;

	initStringInfo(&out);
	foreach(cell, rules)
	{
		PrRule	   *rule = lfirst(cell);
		int			level = release->is_table ? pr_table_level(release, rule) : 0;

		for (int output = 0; output < Max(rule->transform->outputs, 1); output++)
		{
			appendStringInfo(&out, "%s s.%s, ", out.len > 0 ? "," : "SELECT", quote_identifier(rule->column_name));
			pr_render_level(&out, release, rule, output, level);
		}
	}
	appendStringInfo(&out, " FROM %s AS s%s LIMIT %d",
					 quote_qualified_identifier(release->source_schema, release->source_name), joins, sample_rows);
	return out.data;
}

static Datum
cell_text(uint64 row, int col, bool *isnull)
{
	char	   *value = pr_spi_text(row, col);

	*isnull = value == NULL;
	return value == NULL ? (Datum) 0 : CStringGetTextDatum(value);
}

static void
put_preview(ReturnSetInfo *rsinfo, List *rules, uint64 rows)
{
	for (uint64 row = 0; row < rows; row++)
	{
		ListCell   *cell;
		int			col = 1;

		CHECK_FOR_INTERRUPTS();
		foreach(cell, rules)
		{
			PrRule	   *rule = lfirst(cell);

			for (int output = 0; output < Max(rule->transform->outputs, 1); output++, col += 2)
			{
				Datum		values[4];
				bool		nulls[4] = {0};
				NameData	name;

				namestrcpy(&name, pr_output_column(rule, output));
				values[0] = Int32GetDatum((int32) row + 1);
				values[1] = NameGetDatum(&name);
				values[2] = cell_text(row, col, &nulls[2]);
				values[3] = cell_text(row, col + 1, &nulls[3]);
				tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
			}
		}
	}
}

#define MOST_PREVIEW_ROWS 10000

Datum
privrelease_preview(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	char	   *name = text_to_cstring(PG_GETARG_TEXT_PP(0));
	int			sample_rows = PG_GETARG_INT32(1);
	PrCapabilities capabilities = {0};
	PrIdentity	saved;
	PrRelease  *release;
	Relation	rel;
	List	   *rules;
	char	   *query;
	uint64		rows;

	if (sample_rows < 0 || sample_rows > MOST_PREVIEW_ROWS)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("sample_rows must be from 0 to %d", MOST_PREVIEW_ROWS)));
	InitMaterializedSRF(fcinfo, 0);
	pr_begin();
	release = pr_release_to_read(name);
	rules = pr_load_for_build(release, &rel, true);
	release->capabilities = &capabilities;
	pr_read_as_owner(release->source, &saved);
	query = preview_query(release, rules, sample_rows, pr_derive_columns(release, rules));
	rows = pr_spi(query, &capabilities.args);
	put_preview(rsinfo, rules, rows);
	pr_restore_identity(&saved);
	pr_derive_end(release);
	table_close(rel, NoLock);
	pr_end();
	return (Datum) 0;
}
