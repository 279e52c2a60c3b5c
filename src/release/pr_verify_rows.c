/*
 * pr_verify_rows.c
 *		Verification from the finished rows, before anybody can read them.
 *
 * The release table is read as it now is, and grouped anew by the engine:
 *	- its classes must be those that were meant, record by record and with the
 *	  sensitive values that were meant, so that nothing suppressed came through
 *	  and nothing was lost;
 *	- no more may be missing than the model lets be suppressed;
 *	- every class must hold the model, by pr_verify(), which knows nothing of how
 *	  the search formed its classes.
 * Persons cannot be counted in a release table, which has no subjects.  Where
 * each row is a person the rows are counted; where persons have several, the
 * persons of the source's units are counted under the values that were found in
 * the finished rows.
 */
#include "postgres.h"

#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "anonymity/pr_ask.h"
#include "anonymity/pr_tuples.h"
#include "common/pr_error.h"
#include "common/pr_progress.h"
#include "common/pr_session.h"
#include "core/pr_search.h"
#include "release/pr_refresh.h"

/* What is found in the table: units of finished rows. */
typedef struct Finished
{
	PrRefresh  *refresh;
	int			n_qis;
	int			n_sensitive;
	PrValues  **quasi;			/* [qi]: values as they were found */
	PrTuples   *units;			/* quasi-identifiers, sensitive codes */
	uint64	   *unit_records;
	Size		unit_room;
	uint64		records;
	uint32	   *codes;
	bool		unknown;		/* a sensitive value that the source does not have */
} Finished;

static void
refuse(const PrRefresh *refresh, const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_PR_NOT_ANONYMOUS),
			 errmsg("verification of the new version of release %s failed", refresh->release->label),
			 errdetail_internal("%s", detail),
			 errhint("The version before stays. SELECT privrelease.assess(%s); shows what the source holds.",
					 quote_literal_cstr(refresh->release->label))));
}

static uint64 *
counted(uint64 *counts, Size *room, uint32 number, bool is_new, uint64 more, MemoryContext context)
{
	if (number >= *room)
	{
		Size		wanted = Max(64, *room * 2);

		counts = counts == NULL ? MemoryContextAllocHuge(context, wanted * sizeof(uint64))
			: repalloc_huge(counts, wanted * sizeof(uint64));
		*room = wanted;
	}
	if (is_new)
		counts[number] = 0;
	counts[number] += more;
	return counts;
}

/* ---------- reading the table ---------- */

static void
describe_finished(TupleDesc columns, void *state)
{
	Finished   *finished = state;

	for (int qi = 0; qi < finished->n_qis; qi++)
	{
		Form_pg_attribute att = TupleDescAttr(columns, qi);

		finished->quasi[qi] = pr_values_make_seen(att->atttypid, att->attcollation, finished->refresh->study->context);
	}
}

static void
read_finished(TupleTableSlot *slot, void *state)
{
	Finished   *finished = state;
	PrStudy    *study = finished->refresh->study;
	uint64		records = DatumGetInt64(slot->tts_values[finished->n_qis + finished->n_sensitive]);
	uint32		before;
	uint32		number;

	pr_progress_step(1);
	for (int qi = 0; qi < finished->n_qis; qi++)
		finished->codes[qi] = pr_values_code(finished->quasi[qi], slot->tts_values[qi], slot->tts_isnull[qi]);
	for (int i = 0; i < finished->n_sensitive; i++)
	{
		uint32		seen = pr_values_find(study->sensitive[i], slot->tts_values[finished->n_qis + i],
										  slot->tts_isnull[finished->n_qis + i]);

		if (seen == PR_NO_CODE)
		{
			finished->unknown = true;
			return;
		}
		finished->codes[finished->n_qis + i] = study->sensitive_code[i][seen];
	}
	before = pr_tuples_count(finished->units);
	number = pr_tuples_code(finished->units, finished->codes);
	finished->unit_records = counted(finished->unit_records, &finished->unit_room, number, number == before,
									 records, study->context);
	finished->records += records;
}

static void
append_columns(StringInfo out, const PrInquiry *inquiry, PrColumnList list)
{
	List	   *ordered = list == PR_LIST_QUASI ? inquiry->quasi : inquiry->sensitive;
	ListCell   *cell;

	foreach(cell, ordered)
	{
		const char *name = list == PR_LIST_QUASI ? ((PrQuasi *) lfirst(cell))->name : ((PrSensitiveColumn *) lfirst(cell))->name;

		appendStringInfo(out, "%s, ", quote_identifier(name));
	}
}

/* Classes are of what a reader sees. */
static void
append_ties(StringInfo out, const PrRefresh *refresh)
{
	ListCell   *cell;

	foreach(cell, refresh->inquiry->columns)
		if (((PrOutputColumn *) lfirst(cell))->list == PR_LIST_QUASI && !refresh->look_equal[foreach_current_index(cell)])
			appendStringInfoString(out, pr_values_tie(pr_stage_column(refresh, foreach_current_index(cell), false)));
}

static char *
finished_statement(const Finished *finished)
{
	StringInfoData out;

	initStringInfo(&out);
	appendStringInfoString(&out, "SELECT ");
	append_columns(&out, finished->refresh->inquiry, PR_LIST_QUASI);
	append_columns(&out, finished->refresh->inquiry, PR_LIST_SENSITIVE);
	appendStringInfo(&out, "pg_catalog.count(*) FROM ONLY %s", finished->refresh->release->label);
	for (int i = 1; i <= finished->n_qis + finished->n_sensitive; i++)
		appendStringInfo(&out, "%s%d", i == 1 ? " GROUP BY " : ", ", i);
	append_ties(&out, finished->refresh);
	return out.data;
}

static Finished *
read_table(PrRefresh *refresh)
{
	Finished   *finished = palloc0(sizeof(Finished));
	MemoryContext context = refresh->study->context;

	finished->refresh = refresh;
	finished->n_qis = refresh->study->problem.n_qis;
	finished->n_sensitive = refresh->study->problem.n_sensitive;
	finished->quasi = palloc0((finished->n_qis + 1) * sizeof(PrValues *));
	finished->codes = palloc0((finished->n_qis + finished->n_sensitive + 1) * sizeof(uint32));
	finished->units = pr_tuples_make(finished->n_qis + finished->n_sensitive, context);
	pr_ask(finished_statement(finished), NULL, describe_finished, read_finished, finished);
	/* An aggregate without groups gives a row of an empty table. */
	if (finished->records == 0)
		finished->units = pr_tuples_make(finished->n_qis + finished->n_sensitive, context);
	return finished;
}

/* ---------- are they the rows that were meant? ---------- */

/* What a unit is released as, in the numbers of the finished values; false: no finished row has it. */
static bool
finished_codes(const Finished *finished, uint32 unit, uint32 *codes)
{
	const PrStudy *study = finished->refresh->study;

	for (int qi = 0; qi < finished->n_qis; qi++)
	{
		bool		isnull;
		Datum		value = pr_study_released(study, finished->refresh->solution, unit, qi, &isnull);

		codes[qi] = pr_values_find(finished->quasi[qi], value, isnull);
		if (codes[qi] == PR_NO_CODE)
			return false;
	}
	return true;
}

/* The number of what a unit is released as among those that were found; PR_NO_CODE: no finished row is like it. */
static uint32
finished_unit(const Finished *finished, uint32 unit, uint32 *codes)
{
	const PrProblem *problem = &finished->refresh->study->problem;

	if (!finished_codes(finished, unit, codes))
		return PR_NO_CODE;
	memcpy(codes + finished->n_qis, problem->values + (Size) unit * finished->n_sensitive, finished->n_sensitive * sizeof(uint32));
	return pr_tuples_find(finished->units, codes);
}

static void
require_meant(const Finished *finished)
{
	const PrRefresh *refresh = finished->refresh;
	const PrStudy *study = refresh->study;
	uint32		n = pr_tuples_count(finished->units);
	uint64	   *meant = MemoryContextAllocExtended(study->context, Max(n, 1) * sizeof(uint64), MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	uint32	   *codes = palloc((finished->n_qis + finished->n_sensitive + 1) * sizeof(uint32));

	if (finished->unknown)
		refuse(refresh, "A sensitive value of the finished rows is not one of the source.");
	if (finished->records != refresh->n_records)
		refuse(refresh, "The finished rows are not as many as were to be released.");
	for (uint32 unit = 0; unit < study->problem.n_units; unit++)
	{
		uint32		number;

		CHECK_FOR_INTERRUPTS();
		if (refresh->solution->recoding[unit] == PR_SUPPRESSED)
			continue;
		number = finished_unit(finished, unit, codes);
		if (number == PR_NO_CODE)
			refuse(refresh, "Values that were to be released are missing from the finished rows.");
		meant[number] += study->problem.records[unit];
	}
	for (uint32 number = 0; number < n; number++)
		if (meant[number] != finished->unit_records[number])
			refuse(refresh, "A class of the finished rows has more or fewer records, or other sensitive values, than were to be released in it.");
	pfree(meant);
	pfree(codes);
}

static void
require_limit(const Finished *finished)
{
	const PrStudy *study = finished->refresh->study;

	if (finished->records > study->records || study->records - finished->records > study->problem.most_suppressed)
		refuse(finished->refresh, "More records of the source are missing from the finished rows than the model lets be suppressed.");
}

/* ---------- do they hold the model? ---------- */

static void *
study_array(const Finished *finished, Size n, Size element)
{
	return MemoryContextAllocExtended(finished->refresh->study->context, Max(n, 1) * element, MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
}

/* Quasi-identifiers whose values are as found: one level, no leaves to count. */
static PrQi *
flat_qis(const Finished *finished)
{
	PrQi	   *qis = study_array(finished, finished->n_qis + 1, sizeof(PrQi));

	for (int qi = 0; qi < finished->n_qis; qi++)
	{
		uint32		n = pr_values_count(finished->quasi[qi]);
		uint32	   *identity = study_array(finished, n, sizeof(uint32));
		uint32	   *n_values = study_array(finished, 1, sizeof(uint32));
		uint64	   *leaves = study_array(finished, n, sizeof(uint64));
		uint32	  **value = study_array(finished, 1, sizeof(uint32 *));
		uint64	  **leaf = study_array(finished, 1, sizeof(uint64 *));

		for (uint32 code = 0; code < n; code++)
		{
			CHECK_FOR_INTERRUPTS();
			identity[code] = code;
			leaves[code] = 1;
		}
		n_values[0] = n;
		value[0] = identity;
		leaf[0] = leaves;
		qis[qi] = (PrQi) {.levels = 1,.n_codes = n,.n_values = n_values,.value = (const uint32_t *const *) value,
			.leaves = (const uint64_t *const *) leaf,.domain = Max(n, 1)};
	}
	return qis;
}

/* Persons that have each value of a sensitive column, suppressed ones too. */
static uint64 *
population_of(const Finished *finished, int column)
{
	const PrProblem *problem = &finished->refresh->study->problem;
	uint64	   *persons = study_array(finished, problem->sensitive[column].n_codes, sizeof(uint64));
	uint64	   *last_group = study_array(finished, problem->sensitive[column].n_codes, sizeof(uint64));

	for (uint32 unit = 0; unit < problem->n_units; unit++)
		persons[problem->values[(Size) unit * problem->n_sensitive + column]] += problem->persons[unit];
	for (uint64 group = 0; group < problem->n_groups; group++)
	{
		const PrPersonGroup *set = &problem->groups[group];

		CHECK_FOR_INTERRUPTS();
		for (uint32 i = 0; i < set->n_units; i++)
		{
			uint32		value = problem->values[(Size) set->units[i] * problem->n_sensitive + column];

			CHECK_FOR_INTERRUPTS();
			if (last_group[value] == group + 1)
				continue;
			last_group[value] = group + 1;
			persons[value] += set->persons;
		}
	}
	pfree(last_group);
	return persons;
}

static PrSensitive *
sensitive_columns(const Finished *finished)
{
	const PrProblem *problem = &finished->refresh->study->problem;
	PrSensitive *sensitive = study_array(finished, finished->n_sensitive + 1, sizeof(PrSensitive));

	for (int i = 0; i < finished->n_sensitive; i++)
	{
		sensitive[i] = problem->sensitive[i];
		sensitive[i].population = population_of(finished, i);
	}
	return sensitive;
}

/* Units from the finished rows, each row a person. */
static void
units_of_rows(const Finished *finished, PrProblem *problem)
{
	int			width = finished->n_qis + finished->n_sensitive;
	uint32		n = finished->records > 0 ? pr_tuples_count(finished->units) : 0;
	const uint32 *all = pr_tuples_all(finished->units);
	uint32	   *codes = study_array(finished, (Size) n * finished->n_qis, sizeof(uint32));
	uint32	   *values = study_array(finished, (Size) n * finished->n_sensitive, sizeof(uint32));

	for (uint32 unit = 0; unit < n; unit++)
	{
		CHECK_FOR_INTERRUPTS();
		memcpy(codes + (Size) unit * finished->n_qis, all + (Size) unit * width, finished->n_qis * sizeof(uint32));
		memcpy(values + (Size) unit * finished->n_sensitive, all + (Size) unit * width + finished->n_qis,
			   finished->n_sensitive * sizeof(uint32));
	}
	problem->n_units = n;
	problem->codes = codes;
	problem->values = values;
	problem->records = problem->persons = finished->unit_records;
	problem->n_groups = 0;
}

/* Units of the source under the values of the finished rows; suppressed ones lose their persons to nobody. */
static void
units_of_source(const Finished *finished, PrProblem *problem)
{
	const PrProblem *source = &finished->refresh->study->problem;
	const PrSolution *solution = finished->refresh->solution;
	uint32	   *number = study_array(finished, source->n_units, sizeof(uint32));
	uint32	   *codes = study_array(finished, (Size) source->n_units * finished->n_qis, sizeof(uint32));
	uint32	   *values = study_array(finished, (Size) source->n_units * finished->n_sensitive, sizeof(uint32));
	uint64	   *records = study_array(finished, source->n_units, sizeof(uint64));
	uint64	   *persons = study_array(finished, source->n_units, sizeof(uint64));
	PrPersonGroup *groups = study_array(finished, source->n_groups, sizeof(PrPersonGroup));
	uint32		n = 0;
	uint64		n_groups = 0;

	for (uint32 unit = 0; unit < source->n_units; unit++)
	{
		CHECK_FOR_INTERRUPTS();
		number[unit] = PR_NO_CODE;
		if (solution->recoding[unit] == PR_SUPPRESSED)
			continue;
		(void) finished_codes(finished, unit, codes + (Size) n * finished->n_qis);
		memcpy(values + (Size) n * finished->n_sensitive, source->values + (Size) unit * finished->n_sensitive,
			   finished->n_sensitive * sizeof(uint32));
		records[n] = source->records[unit];
		persons[n] = source->persons[unit];
		number[unit] = n++;
	}
	for (uint64 group = 0; group < source->n_groups; group++)
	{
		const PrPersonGroup *set = &source->groups[group];
		uint32	   *units = study_array(finished, set->n_units, sizeof(uint32));
		uint32		kept = 0;

		CHECK_FOR_INTERRUPTS();
		for (uint32 i = 0; i < set->n_units; i++)
			if (number[set->units[i]] != PR_NO_CODE)
				units[kept++] = number[set->units[i]];
		if (kept == 1)
			persons[units[0]] += set->persons;
		else if (kept > 1)
			groups[n_groups++] = (PrPersonGroup) {set->persons, kept, units};
	}
	problem->n_units = n;
	problem->codes = codes;
	problem->values = values;
	problem->records = records;
	problem->persons = persons;
	problem->groups = groups;
	problem->n_groups = n_groups;
}

static bool
rows_are_persons(const PrStudy *study)
{
	return study->inquiry->subject == NULL || (study->inquiry->one_row_each && study->records == study->subjects);
}

static void
require_model(const Finished *finished)
{
	PrStudy    *study = finished->refresh->study;
	PrProblem	problem = study->problem;
	uint64_t	smallest = 0;
	uint64_t	violating;

	problem.qis = flat_qis(finished);
	problem.sensitive = sensitive_columns(finished);
	if (rows_are_persons(study))
		units_of_rows(finished, &problem);
	else
		units_of_source(finished, &problem);
	if (problem.n_units == 0)
		return;
	violating = pr_verify(&problem, &study->runtime, &smallest);
	if (violating > 0)
		refuse(finished->refresh, psprintf("%llu classes of the finished rows do not hold the model; the smallest class has %llu persons.",
										   (unsigned long long) violating, (unsigned long long) smallest));
}

void
pr_verify_rows(PrRefresh *refresh)
{
	Finished   *finished;

	pr_progress_phase("verifying", 0);
	pr_plan_for_few_groups();
	finished = read_table(refresh);
	require_meant(finished);
	require_limit(finished);
	require_model(finished);
}
