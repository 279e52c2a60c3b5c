/*
 * pr_derive_groups.c
 *		microaggregate: persons in groups of at least k who are alike, and the
 *		means of the groups.
 *
 * What is aggregated are persons: the rows of one are averaged first, exactly
 * (as numeric), so that neither the order of rows nor the plan shows in the last
 * digit.  One column is cut at its optimal partition, several are grouped by MDAV
 * (core/pr_mdav.h).  More persons than a block holds are first cut into parts of
 * neighbours by the engine, at quantiles of one column after the other.
 *
 * A mean of fewer than k values is not released: in a group in which others have
 * no value in this column it would show somebody's.  NaN, infinities and numbers
 * beyond double precision count as no value.
 */
#include "postgres.h"

#include <float.h>
#include <math.h>

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/datum.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/numeric.h"

#include "anonymity/pr_ask.h"
#include "anonymity/pr_model.h"
#include "catalog/pr_catalog.h"
#include "common/pr_error.h"
#include "core/pr_mdav.h"
#include "release/pr_derivation.h"
#include "release/pr_derive.h"
#include "release/pr_render.h"

#define DEFAULT_K 3

/* What is being computed. */
typedef struct Groups
{
	PrDerived  *derived;
	List	   *rules;			/* one for each column */
	int			p;
	uint32		k;
	uint32		block;
	double	   *deviation;		/* of all persons, where there are several parts; else NULL */
	bool		parts;
	MemoryContext context;		/* of the columns */

	/* the records of one part */
	int64		part;
	uint32		n;
	uint32		room;
	Datum	   *subject;
	double	  **value;			/* [variable][record] */
	int16		length;
	bool		by_value;
	uint64		without;		/* persons whom no group holds */
} Groups;

/* ---------- the rules of a group ---------- */

static char *
k_of(const PrRelease *release, const PrRule *rule)
{
	char	   *k = pr_param(rule, "k");

	if (k == NULL && release->model != NULL)
		k = psprintf(INT64_FORMAT, pr_model_parse(release->model)->k);
	return k != NULL ? k : psprintf("%d", DEFAULT_K);
}

static void
refuse_different(const PrRule *a, const PrRule *b, const char *param)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("columns \"%s\" and \"%s\" are in one group of transform \"microaggregate\" but have different values of parameter \"%s\"",
					a->output_name, b->output_name, param),
			 errhint("Set one of the two rules again.")));
}

/* Columns of a group are aggregated together, so they agree. */
static void
require_agreement(const PrRelease *release, List *rules)
{
	const PrRule *first = linitial(rules);
	ListCell   *cell;

	foreach(cell, rules)
	{
		const PrRule *rule = lfirst(cell);

		if (strcmp(k_of(release, rule), k_of(release, first)) != 0)
			refuse_different(first, rule, "k");
		if (strcmp(pr_param(rule, "block"), pr_param(first, "block")) != 0)
			refuse_different(first, rule, "block");
		if (rule->key != first->key || rule->key_version != first->key_version)
			refuse_different(first, rule, "key");
	}
}

/* Source columns of the rules, each once, in the order of the table. */
static List *
distinct_columns(List *rules)
{
	List	   *columns = NIL;
	AttrNumber	last = 0;

	for (;;)
	{
		PrRule	   *next = NULL;
		ListCell   *cell;

		foreach(cell, rules)
		{
			PrRule	   *rule = lfirst(cell);

			if (rule->attnum > last && (next == NULL || rule->attnum < next->attnum))
				next = rule;
		}
		if (next == NULL)
			return columns;
		columns = lappend(columns, next);
		last = next->attnum;
	}
}

/* The columns of a group as text: "2 5 7". */
static char *
columns_text(List *columns)
{
	StringInfoData out;
	ListCell   *cell;

	initStringInfo(&out);
	foreach(cell, columns)
		appendStringInfo(&out, "%s%d", out.len > 0 ? " " : "", ((PrRule *) lfirst(cell))->attnum);
	return out.data;
}

/*
 * The same column aggregated with other columns in a release that is there
 * already would be a second draw: whoever reads both knows in which groups a
 * person lies.
 */
static void
require_one_grouping(const PrRelease *release, List *columns)
{
	const PrRule *first = linitial(columns);
	PrArgs		args = {0};

	if (pr_param(first, "group") == NULL)
		return;
	pr_arg_int4(&args, release->id);
	pr_arg_oid(&args, release->source);
	pr_arg_text(&args, pr_this_binding());
	pr_arg_text(&args, pr_param(first, "group"));
	pr_arg_text(&args, columns_text(columns));
	if (pr_catalog_run("SELECT pg_catalog.format('%I.%I', l.release_schema, l.release_name)"
					   " FROM " PR_ANY_RULE " AS r JOIN privrelease.release AS l ON l.id = r.release"
					   " WHERE r.transform = 'microaggregate' AND r.params ->> 'group' = $4 AND l.id <> $1 AND l.source = $2"
					   " AND l.binding = $3 AND l.view IS NOT NULL GROUP BY l.id, l.release_schema, l.release_name"
					   " HAVING pg_catalog.string_agg(DISTINCT pg_catalog.lpad(r.attnum::text, 5, '0'), ' ') <>"
					   " (SELECT pg_catalog.string_agg(pg_catalog.lpad(c, 5, '0'), ' ' ORDER BY c::int4)"
					   " FROM pg_catalog.string_to_table($5, ' ') AS c) ORDER BY 1 LIMIT 1", &args) > 0)
		ereport(ERROR,
				(errcode(ERRCODE_PR_BOUNDARY),
				 errmsg("group \"%s\" of transform \"microaggregate\" has other columns in release %s",
						pr_param(first, "group"), pr_spi_text(0, 1)),
				 errdetail("Whoever reads both releases learns more of each person than either shows."),
				 errhint("Put the same columns into the group in both, or drop one of the releases.")));
}

/* The same column with another k is a second draw too; where the rule leaves it to the model, the model decides. */
static void
require_one_k(const PrRelease *release, List *columns)
{
	PrArgs		args = {0};

	pr_arg_int4(&args, release->id);
	pr_arg_oid(&args, release->source);
	pr_arg_text(&args, pr_this_binding());
	pr_arg_text(&args, columns_text(columns));
	pr_arg_text(&args, k_of(release, linitial(columns)));
	pr_arg_text(&args, psprintf("%d", DEFAULT_K));
	if (pr_catalog_run("SELECT pg_catalog.format('%I.%I', l.release_schema, l.release_name)"
					   " FROM " PR_ANY_RULE " AS r JOIN privrelease.release AS l ON l.id = r.release"
					   " WHERE r.transform = 'microaggregate' AND l.id <> $1 AND l.source = $2 AND l.binding = $3"
					   " AND l.view IS NOT NULL AND r.attnum::text = ANY (pg_catalog.string_to_array($4, ' '))"
					   " AND coalesce(r.params ->> 'k', l.model ->> 'k', $6) <> $5 ORDER BY 1 LIMIT 1", &args) > 0)
		ereport(ERROR,
				(errcode(ERRCODE_PR_BOUNDARY),
				 errmsg("transform \"microaggregate\" has another k for a column of release %s in release %s", release->label,
						pr_spi_text(0, 1)),
				 errdetail("Whoever reads both releases learns more of each person than either shows."),
				 errhint("Give the rules of both releases the same parameter \"k\".")));
}

/* ---------- reading ---------- */

/* A number that is finite, or NULL. */
static char *
number_of(const PrRule *rule)
{
	const char *column = quote_identifier(rule->column_name);

	if (rule->type == DATEOID)
		return psprintf("CASE WHEN pg_catalog.isfinite(s.%s) THEN pg_catalog.date_mi(s.%s, '2000-01-01') END", column, column);
	if (pr_type_integer(rule->type))
		return psprintf("s.%s::%s", column, pr_type_name(rule->type, -1));
	return psprintf("nullif(nullif(nullif(s.%s::numeric, 'NaN'), 'Infinity'), '-Infinity')", column);
}

/* subject, v1, v2, ...: a row for each person that has a value. */
static char *
persons(const Groups *groups)
{
	const PrRelease *release = groups->derived->release;
	StringInfoData out;
	StringInfoData any;
	ListCell   *cell;

	initStringInfo(&out);
	initStringInfo(&any);
	appendStringInfo(&out, "SELECT %s AS subject", pr_derive_form(release->source, release->subject_attnum));
	foreach(cell, groups->rules)
	{
		char	   *mean = psprintf("pg_catalog.avg(%s)", number_of(lfirst(cell)));

		appendStringInfo(&out, ", %s AS v%d", mean, foreach_current_index(cell) + 1);
		appendStringInfo(&any, "%s%s IS NOT NULL", any.len > 0 ? " OR " : "", mean);
	}
	appendStringInfo(&out, " FROM %s WHERE s.%s IS NOT NULL GROUP BY %s HAVING %s", pr_derive_from(groups->derived),
					 quote_identifier(release->subject), pr_derive_column(release->source, release->subject_attnum), any.data);
	return out.data;
}

static char *
variable_list(const Groups *groups, const char *format)
{
	StringInfoData out;

	initStringInfo(&out);
	for (int j = 1; j <= groups->p; j++)
	{
		appendStringInfoString(&out, ", ");
		appendStringInfo(&out, format, j);
	}
	return out.data;
}

/*
 * Parts of at most PR_DERIVE_BLOCK persons: so many slices of each column within
 * the slices of the columns before it that, at the last, no part is too large.
 */
static char *
cut_into_parts(const Groups *groups, char *query, uint64 n)
{
	char	   *within = pstrdup("");
	char	   *number = pstrdup("0::bigint");
	uint64		rest = n;

	for (int j = 1; j <= groups->p && rest > PR_DERIVE_BLOCK; j++)
	{
		double		parts = (double) rest / PR_DERIVE_BLOCK;
		uint64		slices = j == groups->p ? (rest + PR_DERIVE_BLOCK - 1) / PR_DERIVE_BLOCK
			: (uint64) ceil(pow(parts, 1.0 / (groups->p - j + 1)));

		if (slices <= 1)
			continue;
		query = psprintf("SELECT q.*, pg_catalog.ntile(%llu) OVER (%sORDER BY q.v%d, q.o) AS t%d FROM (%s) AS q",
						 (unsigned long long) slices, within, j, j, query);
		within = within[0] == '\0' ? psprintf("PARTITION BY q.t%d ", j) : psprintf("%.*s, q.t%d ", (int) strlen(within) - 1, within, j);
		number = psprintf("(%s) * %llu + r.t%d", number, (unsigned long long) slices, j);
		rest = (rest + slices - 1) / slices;
	}
	return psprintf("SELECT r.subject, %s AS part%s FROM (%s) AS r ORDER BY 2, r.o", number,
					variable_list(groups, "r.v%d"), query);
}

static void
read_deviations(TupleTableSlot *slot, void *state)
{
	Groups	   *groups = state;

	for (int j = 0; j < groups->p; j++)
		groups->deviation[j] = slot->tts_isnull[j] ? 0
			: DatumGetFloat8(DirectFunctionCall1(numeric_float8_no_overflow, slot->tts_values[j]));
}

/* ---------- results ---------- */

/* Digits behind the point that numeric(p, s) declares, from -1000 to 1000. */
static int32
declared_scale(int32 typmod)
{
	return (((typmod - VARHDRSZ) & 0x7ff) ^ 1024) - 1024;
}

/* To so many decimal digits: what is behind them says in which order numbers were added. */
static double
rounded(double mean, int digits)
{
	char		text[64];

	snprintf(text, sizeof(text), "%.*e", digits - 1, mean);
	return strtod(text, NULL);
}

/* A mean as the column's type, on the grid that the type declares. */
static Datum
as_column(const PrRule *rule, double mean)
{
	double		whole = rint(mean);

	switch (rule->type)
	{
		case INT2OID:
			return Int16GetDatum((int16) Min(Max(whole, PG_INT16_MIN), PG_INT16_MAX));
		case INT4OID:
			return Int32GetDatum((int32) Min(Max(whole, PG_INT32_MIN), PG_INT32_MAX));
		case INT8OID:
			if (whole >= 9223372036854775808.0)
				return Int64GetDatum(PG_INT64_MAX);
			return Int64GetDatum(whole < -9223372036854775808.0 ? PG_INT64_MIN : (int64) whole);
		case DATEOID:
			return DateADTGetDatum((DateADT) whole);
		case FLOAT4OID:
			return Float4GetDatum((float4) rounded(mean, FLT_DIG));
		case FLOAT8OID:
			return Float8GetDatum(rounded(mean, DBL_DIG));
		default:
			{
				Datum		number = DirectFunctionCall1(float8_numeric, Float8GetDatum(mean));

				if (rule->typmod < (int32) VARHDRSZ)
					return number;
				return DirectFunctionCall2(numeric_round, number, Int32GetDatum(declared_scale(rule->typmod)));
			}
	}
}

static void
put_results(Groups *groups, double *const *mean)
{
	int			width = groups->p + 1;
	Datum	   *values = palloc(width * sizeof(Datum));
	bool	   *nulls = palloc(width * sizeof(bool));
	MemoryContext row = AllocSetContextCreate(CurrentMemoryContext, "privrelease derived row", ALLOCSET_SMALL_SIZES);

	for (uint32 i = 0; i < groups->n; i++)
	{
		MemoryContext old = MemoryContextSwitchTo(row);

		values[0] = groups->subject[i];
		nulls[0] = false;
		for (int j = 0; j < groups->p; j++)
		{
			nulls[j + 1] = isnan(mean[j][i]);
			values[j + 1] = nulls[j + 1] ? (Datum) 0 : as_column(list_nth(groups->rules, j), mean[j][i]);
		}
		pr_derive_put(groups->derived, values, nulls);
		MemoryContextSwitchTo(old);
		MemoryContextReset(row);
	}
	MemoryContextDelete(row);
}

/* ---------- a part ---------- */

static void *
block_memory(const Groups *groups, Size size)
{
	return MemoryContextAllocHuge(groups->derived->block, size);
}

static void
start_part(Groups *groups)
{
	MemoryContextReset(groups->derived->block);
	groups->n = 0;
	groups->subject = block_memory(groups, groups->room * sizeof(Datum));
	groups->value = block_memory(groups, groups->p * sizeof(double *));
	for (int j = 0; j < groups->p; j++)
		groups->value[j] = block_memory(groups, groups->room * sizeof(double));
}

static void
end_part(Groups *groups)
{
	PrRuntime	runtime = pr_derive_runtime(groups->derived->block);
	PrRecords	records = {groups->n, groups->p, (const double *const *) groups->value, groups->deviation};
	MemoryContext old = MemoryContextSwitchTo(groups->derived->block);
	uint32	   *group;
	uint32		n_groups;
	double	  **mean;
	PrCoreResult rc;

	if (groups->n < groups->k)
	{
		groups->without += groups->n;
		MemoryContextSwitchTo(old);
		return;
	}
	group = block_memory(groups, groups->n * sizeof(uint32));
	mean = block_memory(groups, groups->p * sizeof(double *));
	for (int j = 0; j < groups->p; j++)
		mean[j] = block_memory(groups, groups->n * sizeof(double));
	if (groups->p == 1)
		rc = pr_partition(&records, groups->k, &runtime, group, &n_groups);
	else
		rc = pr_mdav(&records, groups->k, groups->block, &runtime, group, &n_groups);
	if (rc != PR_CORE_OK)
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR),
				 errmsg_internal("could not group records: %d", rc)));
	pr_group_means(&records, group, n_groups, groups->k, &runtime, mean);
	put_results(groups, mean);
	MemoryContextSwitchTo(old);
}

static void
describe_persons(TupleDesc columns, void *state)
{
	Groups	   *groups = state;
	MemoryContext old = MemoryContextSwitchTo(groups->context);
	TupleDesc	result = CreateTemplateTupleDesc(groups->p + 1);
	ListCell   *cell;

	TupleDescCopyEntry(result, 1, columns, 1);
	namestrcpy(&TupleDescAttr(result, 0)->attname, "subject");
	foreach(cell, groups->rules)
	{
		const PrRule *rule = lfirst(cell);

		TupleDescInitEntry(result, foreach_current_index(cell) + 2, pr_derived_column(rule), rule->type, -1, 0);
	}
	groups->derived->columns = result;
	groups->length = TupleDescAttr(columns, 0)->attlen;
	groups->by_value = TupleDescAttr(columns, 0)->attbyval;
	MemoryContextSwitchTo(old);
	start_part(groups);
}

/* Infinite where it is beyond double precision: no value. */
static double
double_of(Datum number)
{
	double		result = DatumGetFloat8(DirectFunctionCall1(numeric_float8_no_overflow, number));

	return isinf(result) ? NAN : result;
}

/* subject, part, values; sorted by part and keyed order */
static void
read_person(TupleTableSlot *slot, void *state)
{
	Groups	   *groups = state;
	bool		any = false;
	MemoryContext old;

	if (groups->n > 0 && DatumGetInt64(slot->tts_values[1]) != groups->part)
	{
		end_part(groups);
		start_part(groups);
	}
	Assert(groups->n < groups->room);
	groups->part = DatumGetInt64(slot->tts_values[1]);
	for (int j = 0; j < groups->p; j++)
	{
		groups->value[j][groups->n] = slot->tts_isnull[j + 2] ? NAN : double_of(slot->tts_values[j + 2]);
		any = any || !isnan(groups->value[j][groups->n]);
	}
	if (!any)
		return;
	old = MemoryContextSwitchTo(groups->derived->block);
	groups->subject[groups->n++] = datumCopy(slot->tts_values[0], groups->by_value, groups->length);
	MemoryContextSwitchTo(old);
	pr_derive_check_memory(groups->derived);
}

/* ---------- all ---------- */

static void
notice_without(const Groups *groups)
{
	if (groups->without > 0 || groups->derived->n == 0)
		ereport(NOTICE,
				(errmsg("released column \"%s\" is NULL everywhere: fewer than %u persons have a value",
						((PrRule *) linitial(groups->rules))->output_name, groups->k)));
}

void
pr_derive_microaggregate(PrDerived *derived, List *rules)
{
	Groups		groups = {.derived = derived,.rules = distinct_columns(rules),.context = CurrentMemoryContext};
	PrArgs	   *args;
	char	   *key;
	uint64		n;

	require_agreement(derived->release, rules);
	derived->rule = linitial(groups.rules);
	require_one_grouping(derived->release, groups.rules);
	require_one_k(derived->release, groups.rules);
	groups.p = list_length(groups.rules);
	groups.k = strtoul(k_of(derived->release, derived->rule), NULL, 10);
	groups.block = pr_param_int(derived->rule, "block");

	n = pr_derive_count(derived, psprintf("SELECT pg_catalog.count(*) FROM (%s) AS u", persons(&groups)));
	groups.room = Min(n, PR_DERIVE_BLOCK);
	pr_derive_require_memory(derived, n, sizeof(Datum) + 32 + 64 + groups.p * 5 * sizeof(double));
	if (n > PR_DERIVE_BLOCK)
	{
		groups.deviation = palloc0(groups.p * sizeof(double));
		pr_ask(psprintf("SELECT %s FROM (%s) AS u", variable_list(&groups, "pg_catalog.stddev_pop(u.v%d)") + 2, persons(&groups)),
			   &derived->release->capabilities->args, NULL, read_deviations, &groups);
	}
	args = pr_derive_args(derived);
	key = pr_derive_key(derived);
	pr_ask(cut_into_parts(&groups, psprintf("SELECT u.*, privrelease.microaggregate_order(u.subject%s) AS o FROM (%s) AS u",
											key, persons(&groups)), n),
		   args, describe_persons, read_person, &groups);
	end_part(&groups);
	notice_without(&groups);
}
