/*
 * pr_stage.c
 *		The new version of a release table before anybody sees it: its distinct
 *		tuples and how often each occurs.
 *
 * Where the units of the search say all that is released, nothing is read again.
 * Else a second parallel statement reads the source with the snapshot of the
 * first.  A full-domain solution is in its SQL, so that the engine groups what is
 * released; of a local one the finest levels are read, and each tuple is
 * recoded here.  What is suppressed is left out here, tuple by tuple: only a
 * class that the search has released is let through, anything else is not.
 *
 * The tuples are kept in a tuplestore that statements read as an ephemeral named
 * relation: no table is made in a security-restricted operation, and nothing is
 * left behind by a crash.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/queryenvironment.h"
#include "utils/typcache.h"

#include "anonymity/pr_ask.h"
#include "anonymity/pr_tuples.h"
#include "common/pr_compat.h"
#include "common/pr_error.h"
#include "common/pr_progress.h"
#include "release/pr_refresh.h"

/* ---------- the columns ---------- */

/* Is the value of a column at its finest level, in the order of the release. */
static char *
expression_of(const PrInquiry *inquiry, const PrOutputColumn *column, const PrSolution *solution)
{
	switch (column->list)
	{
		case PR_LIST_QUASI:
			{
				const PrQuasi *quasi = list_nth(inquiry->quasi, column->number);
				int			level = solution != NULL && !inquiry->model->local && solution->n_recodings > 0
					? solution->levels[column->number] : 0;

				return quasi->direct[level];
			}
		case PR_LIST_SENSITIVE:
			return ((PrSensitiveColumn *) list_nth(inquiry->sensitive, column->number))->value;
		default:
			return ((PrFurther *) list_nth(inquiry->further, column->number))->value;
	}
}

/* SELECT <released columns>, the rest to be added. */
static StringInfo
select_list(const PrInquiry *inquiry, const PrSolution *solution)
{
	StringInfo	out = makeStringInfo();
	ListCell   *cell;

	appendStringInfoString(out, "SELECT ");
	foreach(cell, inquiry->columns)
	{
		const PrOutputColumn *column = lfirst(cell);

		appendStringInfo(out, "%s%s AS %s", cell == list_head(inquiry->columns) ? "" : ", ",
						 expression_of(inquiry, column, solution), quote_identifier(column->name));
	}
	return out;
}

static void
require_equality(const PrRefresh *refresh, int column)
{
	Form_pg_attribute att = TupleDescAttr(refresh->columns, column);

	if (!OidIsValid(lookup_type_cache(getBaseType(att->atttypid), TYPECACHE_EQ_OPR)->eq_opr))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_FUNCTION),
				 errmsg("column \"%s\" of release %s has type %s, which has no equality", NameStr(att->attname),
						refresh->release->label, format_type_be(att->atttypid)),
				 errhint("Drop its rule, or release it by a transform that gives another type.")));
}

void
pr_stage_describe(PrRefresh *refresh)
{
	const PrInquiry *inquiry = refresh->inquiry;

	refresh->columns = pr_ask_columns(psprintf("%s FROM %s", select_list(inquiry, NULL)->data, inquiry->from), &inquiry->args);
	refresh->look_equal = palloc(Max(refresh->columns->natts, 1) * sizeof(bool));
	for (int i = 0; i < refresh->columns->natts; i++)
	{
		require_equality(refresh, i);
		refresh->look_equal[i] = pr_values_look_equal(TupleDescAttr(refresh->columns, i)->atttypid,
													  TupleDescAttr(refresh->columns, i)->attcollation);
	}
}

char *
pr_stage_column(const PrRefresh *refresh, int column, bool staged)
{
	if (staged)
		return psprintf("c%d", column + 1);
	return pstrdup(quote_identifier(NameStr(TupleDescAttr(refresh->columns, column)->attname)));
}

char *
pr_stage_column_list(const PrRefresh *refresh, const char *prefix, bool staged)
{
	StringInfoData out;

	initStringInfo(&out);
	for (int i = 0; i < refresh->columns->natts; i++)
		appendStringInfo(&out, "%s%s%s", i > 0 ? ", " : "", prefix, pr_stage_column(refresh, i, staged));
	return out.data;
}

char *
pr_stage_ties(const PrRefresh *refresh, const char *prefix, bool staged)
{
	StringInfoData out;

	initStringInfo(&out);
	for (int i = 0; i < refresh->columns->natts; i++)
		if (!refresh->look_equal[i])
			appendStringInfoString(&out, pr_values_tie(psprintf("%s%s", prefix, pr_stage_column(refresh, i, staged))));
	return out.data;
}

/* ---------- tuplestores that statements read ---------- */

void
pr_stage_register(const char *name, TupleDesc columns, Tuplestorestate *store, int64 rows)
{
	EphemeralNamedRelation enr = palloc0(sizeof(EphemeralNamedRelationData));
	int			rc;

	enr->md.name = pstrdup(name);
	enr->md.tupdesc = columns;
	enr->md.enrtype = ENR_NAMED_TUPLESTORE;
	enr->md.enrtuples = rows;
	enr->reldata = store;
	rc = SPI_register_relation(enr);
	if (rc != SPI_OK_REL_REGISTER)
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR),
				 errmsg_internal("could not register a staged version: %s", SPI_result_code_string(rc))));
}

void
pr_stage_unregister(const char *name)
{
	(void) SPI_unregister_relation(name);
}

/* ---------- the tuples ---------- */

typedef struct Staging
{
	PrRefresh  *refresh;
	TupleDesc	columns;		/* with the count */
	PrTuples   *released;		/* of a full-domain solution: classes, as numbers of their values */
	uint32	   *codes;
	Datum	   *quasi;			/* of the row, in the order of the inquiry */
	bool	   *quasi_null;
	Datum	   *values;
	bool	   *nulls;
} Staging;

/* The classes that a full-domain solution releases. */
static PrTuples *
released_classes(const PrRefresh *refresh)
{
	const PrProblem *problem = &refresh->study->problem;
	const PrSolution *solution = refresh->solution;
	PrTuples   *released = pr_tuples_make(problem->n_qis, refresh->study->context);
	uint32	   *codes = palloc((problem->n_qis + 1) * sizeof(uint32));

	for (uint32 unit = 0; unit < problem->n_units; unit++)
	{
		CHECK_FOR_INTERRUPTS();
		if (solution->recoding[unit] == PR_SUPPRESSED)
			continue;
		for (int qi = 0; qi < problem->n_qis; qi++)
			codes[qi] = problem->qis[qi].value[solution->levels[qi]][problem->codes[(Size) unit * problem->n_qis + qi]];
		(void) pr_tuples_code(released, codes);
	}
	pfree(codes);
	return released;
}

static bool
is_released_class(Staging *staging)
{
	const PrStudy *study = staging->refresh->study;
	const PrSolution *solution = staging->refresh->solution;

	for (int qi = 0; qi < study->problem.n_qis; qi++)
	{
		staging->codes[qi] = pr_values_find(study->level[qi][solution->levels[qi]], staging->quasi[qi], staging->quasi_null[qi]);
		if (staging->codes[qi] == PR_NO_CODE)
			return false;
	}
	return pr_tuples_find(staging->released, staging->codes) != PR_NO_CODE;
}

/* The row's quasi-identifiers at the finest level become what their unit is released as. */
static bool
recode(Staging *staging)
{
	const PrStudy *study = staging->refresh->study;
	const PrSolution *solution = staging->refresh->solution;
	uint32		unit = pr_study_unit(study, staging->quasi, staging->quasi_null);

	if (unit == PR_NO_CODE || solution->recoding[unit] == PR_SUPPRESSED)
		return false;
	for (int qi = 0; qi < study->problem.n_qis; qi++)
		staging->quasi[qi] = pr_study_released(study, solution, unit, qi, &staging->quasi_null[qi]);
	return true;
}

static void
take_quasi(Staging *staging, const TupleTableSlot *slot, bool back)
{
	ListCell   *cell;

	foreach(cell, staging->refresh->inquiry->columns)
	{
		const PrOutputColumn *column = lfirst(cell);
		int			i = foreach_current_index(cell);

		if (column->list != PR_LIST_QUASI)
			continue;
		if (back)
		{
			staging->values[i] = staging->quasi[column->number];
			staging->nulls[i] = staging->quasi_null[column->number];
		}
		else
		{
			staging->quasi[column->number] = slot->tts_values[i];
			staging->quasi_null[column->number] = slot->tts_isnull[i];
		}
	}
}

static void
stage_row(TupleTableSlot *slot, void *state)
{
	Staging    *staging = state;
	PrRefresh  *refresh = staging->refresh;
	int			natts = staging->columns->natts;

	pr_progress_step(1);
	take_quasi(staging, slot, false);
	if (!(refresh->inquiry->model->local ? recode(staging) : is_released_class(staging)))
		return;
	memcpy(staging->values, slot->tts_values, natts * sizeof(Datum));
	memcpy(staging->nulls, slot->tts_isnull, natts * sizeof(bool));
	take_quasi(staging, slot, true);
	tuplestore_putvalues(refresh->staged, staging->columns, staging->values, staging->nulls);
	refresh->n_staged++;
	refresh->n_records += DatumGetInt64(slot->tts_values[natts - 1]);
}

TupleDesc
pr_stage_tuple_desc(const PrRefresh *refresh, int counts, const char *const *names)
{
	int			n = refresh->columns->natts;
	TupleDesc	result = CreateTemplateTupleDesc(n + counts);

	for (int i = 0; i < n; i++)
	{
		TupleDescCopyEntry(result, i + 1, refresh->columns, i + 1);
		namestrcpy(&TupleDescAttr(result, i)->attname, pr_stage_column(refresh, i, true));
	}
	for (int i = 0; i < counts; i++)
		TupleDescInitEntry(result, n + i + 1, names[i], strcmp(names[i], "digest") == 0 ? UUIDOID : INT8OID, -1, 0);
	return result;
}

static char *
stage_statement(const PrRefresh *refresh)
{
	const PrInquiry *inquiry = refresh->inquiry;
	const PrSolution *solution = refresh->solution;
	StringInfo	out = select_list(inquiry, solution);
	ListCell   *cell;

	appendStringInfo(out, ", pg_catalog.count(*) FROM %s", inquiry->from);
	foreach(cell, inquiry->columns)
		appendStringInfo(out, "%s%d", cell == list_head(inquiry->columns) ? " GROUP BY " : ", ", foreach_current_index(cell) + 1);
	foreach(cell, inquiry->columns)
		if (!refresh->look_equal[foreach_current_index(cell)])
			appendStringInfoString(out, pr_values_tie(expression_of(inquiry, lfirst(cell), solution)));
	return out->data;
}

static void
put_row(TupleTableSlot *slot, void *state)
{
	PrRefresh  *refresh = state;

	tuplestore_puttupleslot(refresh->staged, slot);
	refresh->n_staged++;
}

/* Tuples that local recoding made equal become one. */
static void
merge_equal(PrRefresh *refresh, TupleDesc columns)
{
	Tuplestorestate *parts = refresh->staged;
	char	   *list = pr_stage_column_list(refresh, "p.", true);

	pr_stage_register(PR_STAGED, columns, parts, refresh->n_staged);
	refresh->staged = tuplestore_begin_heap(true, false, work_mem);
	refresh->n_staged = 0;
	pr_ask(psprintf("SELECT %s, pg_catalog.sum(p.n)::pg_catalog.int8 FROM " PR_STAGED " AS p GROUP BY %s%s",
					list, list, pr_stage_ties(refresh, "p.", true)), NULL, NULL, put_row, refresh);
	pr_stage_unregister(PR_STAGED);
	tuplestore_end(parts);
}

/* ---------- without reading again ---------- */

/* Do the units of the search say all that is released?  Then there is nothing more to read. */
static bool
units_say_all(const PrRefresh *refresh)
{
	ListCell   *cell;

	foreach(cell, refresh->inquiry->columns)
	{
		const PrOutputColumn *column = lfirst(cell);

		if (column->list == PR_LIST_FURTHER ||
			(column->list == PR_LIST_SENSITIVE && !refresh->look_equal[foreach_current_index(cell)]))
			return false;
	}
	return true;
}

/* Numbers of sensitive values as they were seen, by their codes. */
static uint32 *
seen_by_code(const PrStudy *study, int column)
{
	uint32		n = pr_values_count(study->sensitive[column]);
	uint32	   *seen = MemoryContextAllocHuge(study->context, Max(n, 1) * sizeof(uint32));

	for (uint32 i = 0; i < n; i++)
		seen[study->sensitive_code[column][i]] = i;
	return seen;
}

/* The tuples of units that look alike are one; returns each tuple's first unit, and counts its records. */
static uint32
merge_units(const PrRefresh *refresh, uint32 *first_unit, uint64 *records)
{
	const PrStudy *study = refresh->study;
	const PrProblem *problem = &study->problem;
	PrTuples   *tuples = pr_tuples_make(problem->n_qis + problem->n_sensitive, study->context);
	uint32	   *codes = palloc((problem->n_qis + problem->n_sensitive + 1) * sizeof(uint32));

	for (uint32 unit = 0; unit < problem->n_units; unit++)
	{
		uint32		before = pr_tuples_count(tuples);
		uint32		tuple;

		CHECK_FOR_INTERRUPTS();
		if (refresh->solution->recoding[unit] == PR_SUPPRESSED)
			continue;
		pr_study_shown(study, refresh->solution, unit, codes);
		memcpy(codes + problem->n_qis, problem->values + (Size) unit * problem->n_sensitive,
			   problem->n_sensitive * sizeof(uint32));
		tuple = pr_tuples_code(tuples, codes);
		if (tuple == before)
		{
			first_unit[tuple] = unit;
			records[tuple] = 0;
		}
		records[tuple] += problem->records[unit];
	}
	pfree(codes);
	return pr_tuples_count(tuples);
}

static void
put_unit(Staging *staging, uint32 unit, uint64 records, uint32 **seen)
{
	PrRefresh  *refresh = staging->refresh;
	const PrStudy *study = refresh->study;
	ListCell   *cell;

	foreach(cell, refresh->inquiry->columns)
	{
		const PrOutputColumn *column = lfirst(cell);
		int			i = foreach_current_index(cell);

		if (column->list == PR_LIST_QUASI)
			staging->values[i] = pr_study_released(study, refresh->solution, unit, column->number, &staging->nulls[i]);
		else
			staging->values[i] = pr_values_get(study->sensitive[column->number],
											   seen[column->number][study->problem.values[(Size) unit * study->problem.n_sensitive + column->number]],
											   &staging->nulls[i]);
	}
	staging->values[refresh->columns->natts] = Int64GetDatum((int64) records);
	staging->nulls[refresh->columns->natts] = false;
	tuplestore_putvalues(refresh->staged, staging->columns, staging->values, staging->nulls);
	refresh->n_staged++;
	refresh->n_records += records;
}

static void
stage_units(Staging *staging)
{
	const PrStudy *study = staging->refresh->study;
	uint32		n_units = Max(study->problem.n_units, 1);
	uint32	   *first_unit = MemoryContextAllocHuge(study->context, n_units * sizeof(uint32));
	uint64	   *records = MemoryContextAllocHuge(study->context, n_units * sizeof(uint64));
	uint32	  **seen = palloc((study->problem.n_sensitive + 1) * sizeof(uint32 *));
	uint32		n = merge_units(staging->refresh, first_unit, records);

	for (int i = 0; i < study->problem.n_sensitive; i++)
		seen[i] = seen_by_code(study, i);
	for (uint32 tuple = 0; tuple < n; tuple++)
	{
		CHECK_FOR_INTERRUPTS();
		put_unit(staging, first_unit[tuple], records[tuple], seen);
	}
	pfree(first_unit);
	pfree(records);
}

/* ---------- the new version ---------- */

static void
read_rows(Staging *staging)
{
	PrRefresh  *refresh = staging->refresh;

	if (!refresh->inquiry->model->local)
		staging->released = released_classes(refresh);
	pr_ask(stage_statement(refresh), &refresh->inquiry->args, NULL, stage_row, staging);
	if (refresh->inquiry->model->local)
		merge_equal(refresh, staging->columns);
}

void
pr_stage(PrRefresh *refresh)
{
	static const char *const count_column[] = {"n"};
	Staging		staging = {.refresh = refresh,.columns = pr_stage_tuple_desc(refresh, 1, count_column)};
	int			n_qis = refresh->study->problem.n_qis;

	staging.codes = palloc((n_qis + 1) * sizeof(uint32));
	staging.quasi = palloc((n_qis + 1) * sizeof(Datum));
	staging.quasi_null = palloc((n_qis + 1) * sizeof(bool));
	staging.values = palloc(staging.columns->natts * sizeof(Datum));
	staging.nulls = palloc(staging.columns->natts * sizeof(bool));
	refresh->staged = tuplestore_begin_heap(true, false, work_mem);
	pr_progress_phase("staging", 0);
	if (units_say_all(refresh))
		stage_units(&staging);
	else
		read_rows(&staging);
	pr_stage_register(PR_STAGED, staging.columns, refresh->staged, refresh->n_staged);
}
