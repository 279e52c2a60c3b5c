/*
 * pr_numeric_loss.c
 *		What numeric columns lost that are released as numbers: IL1s and its kin.
 *
 * One statement sums in the engine.  Where nothing is suppressed it sums all
 * rows at once; where every row is released at the same levels, or not at all, it
 * groups by what is released; with local recoding it groups by the finest values,
 * and sums each level that a column could be released at.  What is suppressed is
 * left out here, where it is known.  Numbers beyond 1e100 are left out, so that no
 * sum overflows.  A column that is kept has lost nothing, and is not looked at.
 */
#include "postgres.h"

#include <math.h>

#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/plancache.h"

#include "anonymity/pr_ask.h"
#include "anonymity/pr_tuples.h"
#include "assess/pr_assess.h"
#include "core/pr_utility.h"
#include "release/pr_registry.h"

typedef struct Column
{
	const char *name;
	char	   *was;			/* SQL: the number in the source */
	int			qi;				/* -1: no quasi-identifier, or the level is known */
	int			levels;			/* that it could be released at */
	char	  **is;				/* [level] SQL: what is released */
	int			first;			/* column of the statement where its sums begin */
	PrNumericLoss loss;
	double		n;				/* of all numbers of the source: how many, their mean, squares about it */
	double		mean;
	double		squares;
} Column;

/* For a column: how many, mean, squares; for a level of it: */
#define MOMENTS 3
#define SUMS_OF_LEVEL 6

typedef enum Grouping
{
	ALL_ROWS,
	BY_RELEASED,				/* levels of the one recoding */
	BY_FINEST
} Grouping;

typedef struct Reader
{
	const PrAssessment *assessment;
	Grouping	grouping;
	List	   *columns;		/* Column */
	PrTuples   *released;		/* BY_RELEASED: classes that are not suppressed, by the numbers of their values */
	uint32	   *codes;
} Reader;

/* ---------- grouping ---------- */

static int
level_of(const PrAssessment *assessment, int qi)
{
	return assessment->solution->levels[qi];
}

static Grouping
choose_grouping(const PrAssessment *assessment)
{
	const PrSolution *solution = assessment->solution;

	if (assessment->inquiry->model != NULL && assessment->inquiry->model->local)
		return BY_FINEST;
	if (solution->n_recodings == 0)
		return BY_FINEST;		/* nothing is released */
	for (uint32 unit = 0; unit < assessment->study->problem.n_units; unit++)
		if (solution->recoding[unit] == PR_SUPPRESSED)
			return BY_RELEASED;
	return ALL_ROWS;
}

/* The expressions that the statement groups by. */
static List *
grouped(const Reader *reader)
{
	List	   *expressions = NIL;
	ListCell   *cell;

	if (reader->grouping == ALL_ROWS)
		return NIL;
	foreach(cell, reader->assessment->inquiry->quasi)
	{
		const PrQuasi *quasi = lfirst(cell);

		expressions = lappend(expressions, reader->grouping == BY_FINEST ? quasi->base
							  : quasi->direct[level_of(reader->assessment, foreach_current_index(cell))]);
	}
	return expressions;
}

static void
collect_released(Reader *reader)
{
	const PrStudy *study = reader->assessment->study;
	const PrProblem *problem = &study->problem;

	reader->codes = palloc((problem->n_qis + 1) * sizeof(uint32));
	if (reader->grouping != BY_RELEASED)
		return;
	reader->released = pr_tuples_make(problem->n_qis, study->context);
	for (uint32 unit = 0; unit < problem->n_units; unit++)
	{
		if (reader->assessment->solution->recoding[unit] == PR_SUPPRESSED)
			continue;
		for (int qi = 0; qi < problem->n_qis; qi++)
			reader->codes[qi] = problem->qis[qi].value[level_of(reader->assessment, qi)]
				[problem->codes[(Size) unit * problem->n_qis + qi]];
		(void) pr_tuples_code(reader->released, reader->codes);
	}
}

static bool
is_released(Reader *reader, const TupleTableSlot *slot)
{
	const PrStudy *study = reader->assessment->study;

	for (int qi = 0; qi < study->problem.n_qis; qi++)
	{
		reader->codes[qi] = pr_values_find(study->level[qi][level_of(reader->assessment, qi)], slot->tts_values[qi],
										   slot->tts_isnull[qi]);
		if (reader->codes[qi] == PR_NO_CODE)
			return false;
	}
	return pr_tuples_find(reader->released, reader->codes) != PR_NO_CODE;
}

/* ---------- columns ---------- */

/* Numbers nearer to zero than 1e-100 are zero, so that no square or quotient leaves the range of a double. */
static char *
as_number(const char *expression)
{
	return psprintf("CASE WHEN (%s) BETWEEN -1e-100 AND 1e-100 THEN 0"
					" WHEN (%s) BETWEEN -1e100 AND 1e100 THEN (%s)::pg_catalog.float8 END", expression, expression, expression);
}

/* Types of all released columns, as the parser finds them. */
static TupleDesc
released_types(const PrInquiry *inquiry, List *expressions)
{
	StringInfoData sql;
	ListCell   *cell;
	SPIPlanPtr	plan;
	TupleDesc	result;

	initStringInfo(&sql);
	foreach(cell, expressions)
		appendStringInfo(&sql, "%s%s", cell == list_head(expressions) ? "SELECT " : ", ", (char *) lfirst(cell));
	appendStringInfo(&sql, " FROM %s", inquiry->from);
	plan = SPI_prepare(sql.data, inquiry->args.n, (Oid *) inquiry->args.types);
	if (plan == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR),
				 errmsg_internal("could not prepare a statement on a source: %s", SPI_result_code_string(SPI_result))));
	result = CreateTupleDescCopy(((CachedPlanSource *) linitial(SPI_plan_get_plan_sources(plan)))->resultDesc);
	SPI_freeplan(plan);
	return result;
}

static char *
released_expression(const PrInquiry *inquiry, const PrOutputColumn *output)
{
	switch (output->list)
	{
		case PR_LIST_QUASI:
			return ((PrQuasi *) list_nth(inquiry->quasi, output->number))->base;
		case PR_LIST_SENSITIVE:
			return ((PrSensitiveColumn *) list_nth(inquiry->sensitive, output->number))->value;
		default:
			return ((PrFurther *) list_nth(inquiry->further, output->number))->value;
	}
}

static Column *
make_column(const Reader *reader, const PrOutputColumn *output, const PrRule *rule, char *expression)
{
	const PrInquiry *inquiry = reader->assessment->inquiry;
	Column	   *column = palloc0(sizeof(Column));
	const PrQuasi *quasi = output->list == PR_LIST_QUASI ? list_nth(inquiry->quasi, output->number) : NULL;

	column->name = output->name;
	column->was = as_number(psprintf("s.%s", quote_identifier(rule->column_name)));
	column->qi = quasi != NULL && reader->grouping == BY_FINEST ? output->number : -1;
	column->levels = column->qi >= 0 ? quasi->levels : 1;
	column->is = palloc(column->levels * sizeof(char *));
	if (quasi != NULL && column->qi < 0)
		expression = quasi->direct[level_of(reader->assessment, output->number)];
	for (int level = 0; level < column->levels; level++)
		column->is[level] = as_number(column->qi >= 0 ? quasi->direct[level] : expression);
	return column;
}

/* Numbers in, other numbers out; a pseudonym or a constant is no such number. */
static bool
is_numeric(const PrRule *rule, Oid released)
{
	return pr_type_number(rule->type) && pr_type_number(getBaseType(released)) &&
		rule->transform->key_use != PR_KEY_ROTATES && !rule->transform->ignores_value &&
		strcmp(rule->transform->name, "keep") != 0;
}

static List *
find_columns(const Reader *reader)
{
	const PrInquiry *inquiry = reader->assessment->inquiry;
	List	   *expressions = NIL;
	List	   *columns = NIL;
	TupleDesc	types;
	ListCell   *cell;
	int			i = 0;

	foreach(cell, inquiry->columns)
		expressions = lappend(expressions, released_expression(inquiry, lfirst(cell)));
	types = released_types(inquiry, expressions);
	foreach(cell, reader->assessment->rules)
	{
		const PrRule *rule = lfirst(cell);

		for (int output = 0; output < Max(rule->transform->outputs, 1); output++, i++)
			if (is_numeric(rule, TupleDescAttr(types, i)->atttypid))
				columns = lappend(columns, make_column(reader, list_nth(inquiry->columns, i), rule, list_nth(expressions, i)));
	}
	return columns;
}

/* ---------- the statement ---------- */

static void
append_level(StringInfo out, const Column *column, int level)
{
	char	   *d = psprintf("pg_catalog.abs(%s - %s)", column->was, column->is[level]);

	appendStringInfo(out,
					 ", pg_catalog.count(%s), pg_catalog.sum(%s), pg_catalog.sum(%s * %s)"
					 ", pg_catalog.sum(%s / pg_catalog.abs(NULLIF(%s, 0)))"
					 ", pg_catalog.count(%s) FILTER (WHERE %s = 0), pg_catalog.sum(pg_catalog.atan(%s))",
					 d, d, d, d, d, column->was, d, column->was, d);
}

/* Values that are equal but look different are of different classes. */
static void
append_ties(StringInfo out, const Reader *reader, List *groups)
{
	ListCell   *cell;

	foreach(cell, groups)
	{
		const PrValues *values = reader->assessment->study->base[foreach_current_index(cell)];

		if (!pr_values_look_equal(pr_values_type(values), pr_values_collation(values)))
			appendStringInfoString(out, pr_values_tie(lfirst(cell)));
	}
}

static char *
sums_statement(const Reader *reader)
{
	List	   *groups = grouped(reader);
	int			next = list_length(groups);
	StringInfoData out;
	ListCell   *cell;

	initStringInfo(&out);
	appendStringInfoString(&out, "SELECT ");
	foreach(cell, groups)
		appendStringInfo(&out, "%s, ", (char *) lfirst(cell));
	foreach(cell, reader->columns)
	{
		Column	   *column = lfirst(cell);

		column->first = next;
		next += MOMENTS + column->levels * SUMS_OF_LEVEL;
		appendStringInfo(&out, "%spg_catalog.count(%s), pg_catalog.avg(%s), pg_catalog.var_pop(%s)",
						 cell == list_head(reader->columns) ? "" : ", ", column->was, column->was, column->was);
		for (int level = 0; level < column->levels; level++)
			append_level(&out, column, level);
	}
	appendStringInfo(&out, " FROM %s", reader->assessment->inquiry->from);
	for (int i = 1; i <= list_length(groups); i++)
		appendStringInfo(&out, "%s%d", i == 1 ? " GROUP BY " : ", ", i);
	append_ties(&out, reader, groups);
	return out.data;
}

/* ---------- sums ---------- */

static double
number_at(const TupleTableSlot *slot, int i)
{
	return slot->tts_isnull[i] ? 0 : DatumGetFloat8(slot->tts_values[i]);
}

static double
count_at(const TupleTableSlot *slot, int i)
{
	return slot->tts_isnull[i] ? 0 : (double) DatumGetInt64(slot->tts_values[i]);
}

/* Chan, Golub and LeVeque (1983): squares about the mean of two parts. */
static void
add_moments(Column *column, const TupleTableSlot *slot)
{
	double		n = count_at(slot, column->first);
	double		mean = number_at(slot, column->first + 1);
	double		d = mean - column->mean;

	if (n == 0)
		return;
	column->squares += number_at(slot, column->first + 2) * n + d * d * column->n * n / (column->n + n);
	column->mean += d * n / (column->n + n);
	column->n += n;
}

static void
add_level(Column *column, const TupleTableSlot *slot, int level)
{
	int			at = column->first + MOMENTS + level * SUMS_OF_LEVEL;

	column->loss.records += count_at(slot, at);
	column->loss.absolute += number_at(slot, at + 1);
	column->loss.squared += number_at(slot, at + 2);
	column->loss.relative += number_at(slot, at + 3);
	column->loss.zeros += count_at(slot, at + 4);
	column->loss.arc += number_at(slot, at + 5) * 2 / M_PI;
}

/* A row of the statement; unit is that of its finest values, if they are there. */
static void
add_row(Reader *reader, const TupleTableSlot *slot, bool released, uint32 unit)
{
	const PrSolution *solution = reader->assessment->solution;
	int			n_qis = reader->assessment->study->problem.n_qis;
	ListCell   *cell;

	foreach(cell, reader->columns)
	{
		Column	   *column = lfirst(cell);
		int			level = 0;

		add_moments(column, slot);
		if (released && column->qi >= 0)
			level = solution->levels[(Size) solution->recoding[unit] * n_qis + column->qi];
		if (released && level < column->levels)
			add_level(column, slot, level);
	}
}

static void
read_sums(TupleTableSlot *slot, void *state)
{
	Reader	   *reader = state;
	uint32		unit = PR_NO_CODE;

	switch (reader->grouping)
	{
		case ALL_ROWS:
			add_row(reader, slot, true, unit);
			break;
		case BY_RELEASED:
			add_row(reader, slot, is_released(reader, slot), unit);
			break;
		case BY_FINEST:
			unit = pr_study_unit(reader->assessment->study, slot->tts_values, slot->tts_isnull);
			add_row(reader, slot, unit != PR_NO_CODE && reader->assessment->solution->recoding[unit] != PR_SUPPRESSED, unit);
			break;
	}
}

/* ---------- report ---------- */

static void
report_loss(PrJson *json, const char *key, const PrNumericLoss *losses, int n)
{
	PrUtility	utility;

	pr_utility_of(losses, n, &utility);
	pr_json_open(json, key);
	pr_json_number(json, "il1s", utility.il1s);
	pr_json_number(json, "il1s_per_cell", utility.il1s_per_cell);
	pr_json_number(json, "il1", utility.il1);
	pr_json_number(json, "il1_zeros", utility.il1_zeros);
	pr_json_number(json, "sse_sst", utility.sse_sst);
	pr_json_number(json, "il_variables", utility.il_variables);
	pr_json_close(json);
}

void
pr_report_numeric(const PrAssessment *assessment, PrJson *json)
{
	Reader		reader = {.assessment = assessment,.grouping = choose_grouping(assessment)};
	PrNumericLoss *losses;
	ListCell   *cell;
	int			n;

	reader.columns = find_columns(&reader);
	n = list_length(reader.columns);
	losses = palloc0((n + 1) * sizeof(PrNumericLoss));
	collect_released(&reader);
	if (n > 0)
		pr_ask(sums_statement(&reader), (PrArgs *) &assessment->inquiry->args, NULL, read_sums, &reader);
	pr_json_open(json, "numeric");
	foreach(cell, reader.columns)
	{
		Column	   *column = lfirst(cell);

		column->loss.sd = column->n > 1 ? sqrt(column->squares / (column->n - 1)) : 0;
		losses[foreach_current_index(cell)] = column->loss;
		report_loss(json, column->name, &column->loss, 1);
	}
	pr_json_close(json);
	if (n > 1)
		report_loss(json, "numeric_together", losses, n);
}
