/*
 * pr_transforms_table.c
 *		Rules that work on all persons of a source at once, in release tables
 *		alone: shuffle, microaggregate, rank_swap; and pram.
 *
 * All but pram render as a column of a relation that is derived before the source
 * is read (pr_derive.c).  pram is a function of one row; it is among them
 * because what it keeps, the distribution, is a property of the whole.
 *
 * What an attacker would try: two draws of one value.  A draw is described for
 * each rule (rule->draw), and a second one of the same column is refused
 * (pr_key_use.c).
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/typcache.h"

#include "common/pr_error.h"
#include "core/pr_pram.h"
#include "release/pr_derive.h"
#include "release/pr_render.h"

#define DEFAULT_KEY "default"

static void
render_derived(StringInfo out, const PrRelease *release, const PrRule *rule, int output)
{
	appendStringInfo(out, "%s.%s", pr_derived_relation(release, rule), pr_derived_column(rule));
}

/* Its values are those of persons, only at other rows: no column whose values identify. */
static bool
shows_values(const PrRule *rule)
{
	return true;
}

/* ---------- shuffle ---------- */

static const PrParam shuffle_params[] = {
	{"key", PR_PARAM_KEY, DEFAULT_KEY},
	{"domain", PR_PARAM_TEXT},
	{NULL}
};

static bool
accepts_shuffle(Oid type)
{
	return pr_type_canonical(type) && OidIsValid(lookup_type_cache(type, TYPECACHE_EQ_OPR)->eq_opr);
}

static void
check_shuffle(const PrRelease *release, Relation rel, PrRule *rule)
{
	rule->draw = psprintf("subject %d", release->subject_attnum);
}

const PrTransform pr_shuffle = {
	.name = "shuffle",
	.family = "randomization",
	.input = "plain built-in types with an equality (text, numbers, dates and times, boolean, uuid, inet, bytea, jsonb and more), enum, and arrays of these",
	.params = shuffle_params,
	.key_use = PR_KEY_STAYS,
	.has_domain = true,
	.needs_subject = true,
	.table_only = true,
	.accepts = accepts_shuffle,
	.check = check_shuffle,
	.is_clear = shows_values,
	.render = render_derived,
	.leaves_open = "all values and how often each occurs, so whatever a value says by itself; that a value is missing; a value may come back to its person by chance; no relation to other columns is left",
};

/* ---------- rank_swap ---------- */

static const PrParam rank_swap_params[] = {
	{"p", PR_PARAM_INT, "10", false, 1, 100},
	{"key", PR_PARAM_KEY, DEFAULT_KEY},
	{"domain", PR_PARAM_TEXT},
	{NULL}
};

static bool
accepts_rank_swap(Oid type)
{
	return pr_type_number(type) || pr_type_calendar(type);
}

static void
check_rank_swap(const PrRelease *release, Relation rel, PrRule *rule)
{
	rule->draw = psprintf("p %s subject %d", pr_param(rule, "p"), release->subject_attnum);
}

const PrTransform pr_rank_swap_rule = {
	.name = "rank_swap",
	.family = "randomization",
	.input = "smallint, integer, bigint, numeric, real, double precision, date, timestamp, timestamp with time zone",
	.params = rank_swap_params,
	.key_use = PR_KEY_STAYS,
	.has_domain = true,
	.needs_subject = true,
	.table_only = true,
	.accepts = accepts_rank_swap,
	.check = check_rank_swap,
	.is_clear = shows_values,
	.render = render_derived,
	.leaves_open = "all values and how often each occurs; the rough rank, so that an outlier stays an outlier; frequent values, which are swapped with their equals; that a value is missing",
};

/* ---------- microaggregate ---------- */

static const PrParam microaggregate_params[] = {
	{"k", PR_PARAM_INT, NULL, false, 2, 1000},
	{"group", PR_PARAM_TEXT},
	{"block", PR_PARAM_INT, "100000", false, 2000, 100000},
	{"key", PR_PARAM_KEY, DEFAULT_KEY},
	{"domain", PR_PARAM_TEXT},
	{NULL}
};

#define MOST_GROUP_BYTES 30		/* it is part of a relation's name */

static bool
accepts_microaggregate(Oid type)
{
	return pr_type_number(type) || pr_type_date(type);
}

static void
check_microaggregate(const PrRelease *release, Relation rel, PrRule *rule)
{
	char	   *k = pr_param(rule, "k");
	char	   *group = pr_param(rule, "group");

	if (group != NULL && strlen(group) > MOST_GROUP_BYTES)
		pr_refuse_param(rule, "group", psprintf("be at most %d bytes long", MOST_GROUP_BYTES));
	rule->draw = psprintf("k %s group %s block %s subject %d", k != NULL ? k : "of the model",
						  group != NULL ? quote_identifier(group) : "none", pr_param(rule, "block"), release->subject_attnum);
}

/* A person's value in a group may stand in a row where it is missing: there it stays so. */
static void
render_microaggregate(StringInfo out, const PrRelease *release, const PrRule *rule, int output)
{
	appendStringInfo(out, "CASE WHEN s.%s IS NOT NULL THEN ", quote_identifier(rule->column_name));
	render_derived(out, release, rule, output);
	appendStringInfoString(out, " END");
}

const PrTransform pr_microaggregate = {
	.name = "microaggregate",
	.family = "generalization",
	.input = "smallint, integer, bigint, numeric, real, double precision, date",
	.params = microaggregate_params,
	.key_use = PR_KEY_STAYS,
	.has_domain = true,
	.needs_subject = true,
	.table_only = true,
	.accepts = accepts_microaggregate,
	.check = check_microaggregate,
	.render = render_microaggregate,
	.leaves_open = "the mean of at least k persons who are alike, which is the value where they are equal; columns that are not in one group are aggregated each with other persons, and tell persons apart together; groups change when persons come and go; that a value is missing",
};

/* ---------- pram ---------- */

static const PrParam pram_params[] = {
	{"distribution", PR_PARAM_WEIGHTS, NULL, true},
	{"diagonal", PR_PARAM_NUMBER, "0.8"},
	{"alpha", PR_PARAM_NUMBER, "1"},
	{"key", PR_PARAM_KEY, DEFAULT_KEY},
	{"domain", PR_PARAM_TEXT},
	{NULL}
};

static bool
accepts_pram(Oid type)
{
	return pr_type_text_or_enum(type) || pr_type_integer(type) || type == BOOLOID;
}

/* Arguments of pram() from categories on. */
static void
render_law(StringInfo out, const PrRule *rule)
{
	List	   *categories;
	List	   *weights;
	Datum	   *elements;
	int			n;
	StringInfoData numbers;
	ListCell   *cell;

	pr_param_weights(rule, "distribution", &categories, &weights);
	elements = palloc(list_length(categories) * sizeof(Datum));
	n = 0;
	foreach(cell, categories)
		elements[n++] = CStringGetTextDatum(lfirst(cell));
	initStringInfo(&numbers);
	foreach(cell, weights)
		appendStringInfo(&numbers, "%s%s", numbers.len > 0 ? "," : "", (char *) lfirst(cell));
	pr_render_literal(out, DatumGetCString(OidFunctionCall1(F_ARRAY_OUT, PointerGetDatum(construct_array(elements, n, TEXTOID, -1, false, TYPALIGN_INT)))),
					  TEXTARRAYOID);
	pr_render_literal(out, psprintf("{%s}", numbers.data), FLOAT8ARRAYOID);
	pr_render_param(out, rule, "diagonal", FLOAT8OID);
	pr_render_param(out, rule, "alpha", FLOAT8OID);
}

static void
render_pram(StringInfo out, const PrRelease *release, const PrRule *rule, int output)
{
	bool		is_text = pr_type_text_or_enum(rule->type);

	appendStringInfoString(out, is_text ? "privrelease.pram(" : "(privrelease.pram(");
	if (is_text)
		pr_render_column(out, rule, TEXTOID);
	else
		appendStringInfo(out, "s.%s::pg_catalog.text", quote_identifier(rule->column_name));
	appendStringInfo(out, ", s.%s", quote_identifier(release->subject));
	pr_render_capability(out, release, rule);
	pr_render_literal(out, rule->domain, TEXTOID);
	render_law(out, rule);
	appendStringInfoChar(out, ')');
	if (!is_text)
		appendStringInfo(out, ")::%s", pr_type_name(rule->type, -1));
}

/* Values that are no category would become NULL without a word: refuse while somebody is there to mend it. */
static void
require_categories(const PrRelease *release, const PrRule *rule, List *categories)
{
	StringInfoData list;
	StringInfoData value;
	ListCell   *cell;
	char	   *missing;

	initStringInfo(&list);
	foreach(cell, categories)
		appendStringInfo(&list, "%s%s", list.len > 0 ? ", " : "", quote_literal_cstr(lfirst(cell)));
	initStringInfo(&value);
	if (pr_type_text_or_enum(rule->type))
		pr_render_column(&value, rule, TEXTOID);
	else
		appendStringInfo(&value, "s.%s::pg_catalog.text", quote_identifier(rule->column_name));
	missing = pr_source_aggregate(release, psprintf("bool_or((%s COLLATE pg_catalog.\"C\") NOT IN (%s))", value.data, list.data));
	if (missing != NULL && missing[0] == 't')
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("column \"%s\" holds values that the distribution of transform \"pram\" does not have", rule->column_name),
				 errdetail("They would all become NULL."),
				 errhint("Add every value that may occur, with a weight from published counts.")));
}

/* What a category must look like to be what a value of the column looks like. */
static void
require_canonical(const PrRule *rule, const char *category)
{
	bool		ok = true;

	if (rule->type == BOOLOID)
		ok = strcmp(category, "true") == 0 || strcmp(category, "false") == 0;
	else if (pr_type_integer(rule->type))
	{
		char	   *end;
		int64		number = strtoll(category, &end, 10);

		ok = *end == '\0' && strcmp(psprintf(INT64_FORMAT, number), category) == 0 && pr_number_fits(category, rule->type);
	}
	if (!ok)
		pr_refuse_param(rule, "distribution", psprintf("name values of the column's type %s as they are written", pr_type_name(rule->type, -1)));
}

static double *
doubles_of(List *numbers)
{
	double	   *result = palloc(list_length(numbers) * sizeof(double));
	ListCell   *cell;

	foreach(cell, numbers)
		result[foreach_current_index(cell)] = strtod(lfirst(cell), NULL);
	return result;
}

/* How little it hides, in words that a steward can compare. */
static void
notice_epsilon(const PrRule *rule, int n, const double *matrix)
{
	double		least = 1;
	char	   *epsilon;

	for (int i = 0; i < n; i++)
		least = Min(least, matrix[i * n + i]);
	epsilon = psprintf("%.3f", pr_pram_epsilon(n, matrix));
	ereport(NOTICE,
			(errmsg("transform \"pram\" on column \"%s\": one value is %s-locally differentially private", rule->column_name, epsilon),
			 errdetail("Any two categories give a result with probabilities that differ by a factor of at most e^%s; the one that changes most often stays with probability %s.",
					   epsilon, psprintf("%.3f", least))));
}

static void
check_pram(const PrRelease *release, Relation rel, PrRule *rule)
{
	double		diagonal = strtod(pr_param(rule, "diagonal"), NULL);
	double		alpha = strtod(pr_param(rule, "alpha"), NULL);
	StringInfoData law;
	List	   *categories;
	List	   *weights;
	double	   *matrix;
	ListCell   *cell;
	int			n;

	pr_param_weights(rule, "distribution", &categories, &weights);
	n = list_length(categories);
	if (n < 2 || n > PR_PRAM_MOST)
		pr_refuse_param(rule, "distribution", psprintf("have from 2 to %d categories", PR_PRAM_MOST));
	foreach(cell, categories)
		require_canonical(rule, lfirst(cell));
	if (!(diagonal > 0 && diagonal < 1))
		pr_refuse_param(rule, "diagonal", "be greater than 0 and less than 1");
	if (!(alpha > 0 && alpha <= 1))
		pr_refuse_param(rule, "alpha", "be greater than 0 and at most 1");
	matrix = palloc((Size) n * n * sizeof(double));
	if (pr_pram_matrix(n, doubles_of(weights), diagonal, alpha, matrix) != PR_CORE_OK)
		pr_refuse_param(rule, "distribution", "have weights greater than 0 that can be compared with each other");
	require_categories(release, rule, categories);
	notice_epsilon(rule, n, matrix);

	initStringInfo(&law);
	render_law(&law, rule);
	rule->draw = psprintf("law%s subject %d", law.data, release->subject_attnum);
}

const PrTransform pr_pram_rule = {
	.name = "pram",
	.family = "randomization",
	.input = "text, enum, smallint, integer, bigint, boolean",
	.params = pram_params,
	.key_use = PR_KEY_STAYS,
	.has_domain = true,
	.needs_subject = true,
	.table_only = true,
	.accepts = accepts_pram,
	.check = check_pram,
	.render = render_pram,
	.leaves_open = "the value in most rows: set_rule tells how often one stays, and the epsilon of one value's local differential privacy; values of one person or of correlated columns can be combined against it; that a value is missing",
};
