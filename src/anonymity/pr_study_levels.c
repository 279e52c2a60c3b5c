/*
 * pr_study_levels.c
 *		The quasi-identifiers of a problem: levels of the distinct values, and the
 *		leaves below each.
 *
 * Coarser levels are functions of the finest one, so they are asked for the
 * distinct values alone.  Leaves (disclosure-control 2.1): of a hierarchy its
 * own, whether they occur or not; of computed levels the distinct values of the
 * source column, NULL left out.
 */
#include "postgres.h"

#include "catalog/pg_collation.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "anonymity/pr_ask.h"
#include "anonymity/pr_study_load.h"
#include "common/pr_error.h"
#include "common/pr_progress.h"

/* One quasi-identifier while it is made. */
typedef struct Ladder
{
	PrStudy    *study;
	const PrQuasi *quasi;
	int			qi;
	PrValues  **level;			/* [level] */
	uint32	  **value;			/* [level][code] */
	uint64	  **leaves;			/* [level][value] */
	uint64		domain;
} Ladder;

static void *
study_array(const Ladder *ladder, Size n, Size element)
{
	return MemoryContextAllocExtended(ladder->study->context, Max(n, 1) * element, MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
}

static PrValues *
base_values(const Ladder *ladder)
{
	return ladder->study->base[ladder->qi];
}

/* ---------- levels ---------- */

/* Distinct values whose levels are asked for at a time. */
#define VALUES_AT_ONCE 100000

typedef struct Question
{
	PrStudy    *study;
	PrValues   *base;
	int			levels;
	char	  **coarser;
	PrValues  **level;
	uint32	  **value;
	uint32		first_code;		/* of the values that are being asked for */
} Question;

static void
describe_levels(TupleDesc columns, void *state)
{
	Question   *question = state;

	for (int level = 1; level < question->levels; level++)
	{
		Form_pg_attribute att = TupleDescAttr(columns, level);

		if (question->level[level] == NULL)
			question->level[level] = pr_values_make_seen(att->atttypid, att->attcollation, question->study->context);
	}
}

/* Number of a distinct value (from 1), then its coarser levels. */
static void
read_levels(TupleTableSlot *slot, void *state)
{
	Question   *question = state;
	uint32		code = question->first_code + (uint32) DatumGetInt64(slot->tts_values[0]) - 1;

	for (int level = 1; level < question->levels; level++)
		question->value[level][code] = pr_values_code(question->level[level], slot->tts_values[level], slot->tts_isnull[level]);
}

static char *
levels_statement(const Question *question)
{
	StringInfoData out;

	initStringInfo(&out);
	appendStringInfoString(&out, "SELECT b.i");
	for (int level = 1; level < question->levels; level++)
		appendStringInfo(&out, ", %s", question->coarser[level]);
	appendStringInfoString(&out, " FROM pg_catalog.unnest($1) WITH ORDINALITY AS b(v, i)");
	return out.data;
}

static void
ask_levels_of(Question *question, uint32 first, uint32 n)
{
	Oid			type = pr_values_type(question->base);
	Datum	   *values = palloc(Max(n, 1) * sizeof(Datum));
	bool	   *nulls = palloc(Max(n, 1) * sizeof(bool));
	int			dims[1] = {n};
	int			lbs[1] = {1};
	int16		length;
	bool		by_value;
	char		align;
	PrArgs		args = {0};

	for (uint32 i = 0; i < n; i++)
		values[i] = pr_values_get(question->base, first + i, &nulls[i]);
	get_typlenbyvalalign(type, &length, &by_value, &align);
	pr_arg(&args, get_array_type(type),
		   PointerGetDatum(construct_md_array(values, nulls, n > 0 ? 1 : 0, dims, lbs, type, length, by_value, align)));
	question->first_code = first;
	pr_ask(levels_statement(question), &args, describe_levels, read_levels, question);
	pfree(values);
	pfree(nulls);
}

void
pr_study_ask_levels(PrStudy *study, PrValues *base, int levels, char **coarser, PrValues **level, uint32 **value)
{
	Question	question = {.study = study,.base = base,.levels = levels,.coarser = coarser,.level = level,.value = value};
	uint32		n = pr_values_count(base);
	uint32		first = 0;

	level[0] = base;
	for (int i = 0; i < levels; i++)
		value[i] = MemoryContextAllocHuge(study->context, Max(n, 1) * sizeof(uint32));
	for (uint32 code = 0; code < n; code++)
		value[0][code] = code;
	if (levels == 1)
		return;
	do
	{
		ask_levels_of(&question, first, Min(n - first, VALUES_AT_ONCE));
		first += VALUES_AT_ONCE;
	} while (first < n);
}

/* ---------- leaves ---------- */

static uint64
sum_of(const uint64 *leaves, uint32 n)
{
	uint64		sum = 0;

	for (uint32 i = 0; i < n; i++)
		sum += leaves[i];
	return sum;
}

/* Leaves of level 0 are known: those of a coarser value are all that it holds. */
static void
add_up_leaves(Ladder *ladder)
{
	uint32		n = pr_values_count(base_values(ladder));

	ladder->domain = sum_of(ladder->leaves[0], n);
	for (int level = 1; level < ladder->quasi->levels; level++)
		for (uint32 code = 0; code < n; code++)
			ladder->leaves[level][ladder->value[level][code]] += ladder->leaves[0][code];
}

static void
count_each_as_leaf(Ladder *ladder)
{
	uint32		n = pr_values_count(base_values(ladder));
	bool		isnull;

	for (uint32 code = 0; code < n; code++)
	{
		CHECK_FOR_INTERRUPTS();
		(void) pr_values_get(base_values(ladder), code, &isnull);
		ladder->leaves[0][code] = isnull ? 0 : 1;
	}
	add_up_leaves(ladder);
}

static void
read_leaves(TupleTableSlot *slot, void *state)
{
	Ladder	   *ladder = state;
	uint32		code = pr_values_find(base_values(ladder), slot->tts_values[0], slot->tts_isnull[0]);

	/* A source view may have rows that no other query of it gives; what was counted before is what counts. */
	if (code != PR_NO_CODE)
		ladder->leaves[0][code] += DatumGetInt64(slot->tts_values[1]);
}

static void
count_source_values(Ladder *ladder)
{
	const PrInquiry *inquiry = ladder->study->inquiry;
	const char *source = ladder->quasi->source;
	const char *base = ladder->quasi->base;
	TupleDesc	columns = pr_ask_columns(psprintf("SELECT %s FROM %s", source, inquiry->from), &inquiry->args);
	Form_pg_attribute att = TupleDescAttr(columns, 0);
	char	   *sql;

	if (pr_values_look_equal(att->atttypid, att->attcollation))
		sql = psprintf("SELECT %s, pg_catalog.count(*) FROM (SELECT DISTINCT %s FROM %s WHERE %s IS NOT NULL) AS s GROUP BY 1",
					   base, source, inquiry->from, source);
	else
		/* Equal source values may give different ones: each counts there. */
		sql = psprintf("SELECT s.b, pg_catalog.count(*) FROM (SELECT DISTINCT %s, %s AS b%s AS t FROM %s WHERE %s IS NOT NULL) AS s"
					   " GROUP BY s.b, s.t", source, base, pr_values_tie(base), inquiry->from, source);
	pr_ask(sql, (PrArgs *) &inquiry->args, NULL, read_leaves, ladder);
	add_up_leaves(ladder);
}

/* Leaves of one level of the hierarchy, by label. */
static void
count_hierarchy_level(Ladder *ladder, int level)
{
	PrArgs		args = {0};
	PrIdentity	saved;
	uint64		rows;

	pr_arg_text(&args, ladder->quasi->hierarchy);
	pr_arg_int4(&args, ladder->quasi->first_level + level);
	pr_elevate(&saved);
	rows = pr_spi("SELECT CASE WHEN $2 = 0 THEN v.leaf ELSE v.path[$2] END, pg_catalog.count(*)"
				  " FROM privrelease.hierarchy AS h JOIN privrelease.hierarchy_value AS v ON v.hierarchy = h.id"
				  " WHERE h.name = $1 GROUP BY 1", &args);
	pr_restore_identity(&saved);
	ladder->domain = 0;
	for (uint64 row = 0; row < rows; row++)
	{
		bool		isnull;
		Datum		label = pr_spi_datum(row, 1, &isnull);
		int64		leaves = pr_spi_int(row, 2, NULL);
		uint32		value = pr_values_find(ladder->level[level], label, isnull);

		ladder->domain += leaves;
		if (value != PR_NO_CODE)
			ladder->leaves[level][value] = leaves;
	}
	SPI_freetuptable(SPI_tuptable);
}

static void
count_leaves(Ladder *ladder)
{
	for (int level = 0; level < ladder->quasi->levels; level++)
		ladder->leaves[level] = study_array(ladder, pr_values_count(ladder->level[level]), sizeof(uint64));
	if (ladder->quasi->hierarchy != NULL)
		for (int level = 0; level < ladder->quasi->levels; level++)
			count_hierarchy_level(ladder, level);
	else if (ladder->quasi->source != NULL)
		count_source_values(ladder);
	else
		count_each_as_leaf(ladder);
	/* NULL is no leaf, and costs nothing. */
	ladder->domain = Max(ladder->domain, 1);
	for (int level = 0; level < ladder->quasi->levels; level++)
		for (uint32 value = 0; value < pr_values_count(ladder->level[level]); value++)
			ladder->leaves[level][value] = Max(ladder->leaves[level][value], 1);
}

/* ---------- what a reader sees ---------- */

static const uint32_t *const *
number_shown(const Ladder *ladder)
{
	PrValues   *seen = pr_values_make_seen(pr_values_type(base_values(ladder)), pr_values_collation(base_values(ladder)),
										   ladder->study->context);
	uint32	  **shown = study_array(ladder, ladder->quasi->levels, sizeof(uint32 *));

	for (int level = 0; level < ladder->quasi->levels; level++)
	{
		uint32		n = pr_values_count(ladder->level[level]);

		shown[level] = study_array(ladder, n, sizeof(uint32));
		for (uint32 value = 0; value < n; value++)
		{
			bool		isnull;
			Datum		datum = pr_values_get(ladder->level[level], value, &isnull);

			shown[level][value] = isnull ? PR_SHOWN_NULL : pr_values_code(seen, datum, false) + 1;
		}
	}
	return (const uint32_t *const *) shown;
}

static void
require_one_type(const Ladder *ladder)
{
	for (int level = 1; level < ladder->quasi->levels; level++)
		if (pr_values_type(ladder->level[level]) != pr_values_type(ladder->level[0]))
			ereport(ERROR,
					(errcode(ERRCODE_DATATYPE_MISMATCH),
					 errmsg("levels of column \"%s\" of release %s have different types",
							ladder->quasi->name, ladder->study->inquiry->label)));
}

/* ---------- the quasi-identifiers ---------- */

static PrQi
make_qi(PrStudy *study, const PrQuasi *quasi, int number)
{
	Ladder		ladder = {.study = study,.quasi = quasi,.qi = number};
	uint32	   *n_values;
	PrQi		qi = {0};

	ladder.level = study_array(&ladder, quasi->levels, sizeof(PrValues *));
	ladder.value = study_array(&ladder, quasi->levels, sizeof(uint32 *));
	ladder.leaves = study_array(&ladder, quasi->levels, sizeof(uint64 *));
	pr_study_ask_levels(study, study->base[number], quasi->levels, quasi->coarser, ladder.level, ladder.value);
	require_one_type(&ladder);
	count_leaves(&ladder);
	n_values = study_array(&ladder, quasi->levels, sizeof(uint32));
	for (int level = 0; level < quasi->levels; level++)
		n_values[level] = pr_values_count(ladder.level[level]);
	study->level[number] = ladder.level;
	qi.levels = quasi->levels;
	qi.n_codes = n_values[0];
	qi.n_values = n_values;
	qi.value = (const uint32_t *const *) ladder.value;
	qi.leaves = (const uint64_t *const *) ladder.leaves;
	qi.domain = ladder.domain;
	qi.shown = number_shown(&ladder);
	/* By bytes: a collation's order changes with the system. */
	qi.place = pr_study_order(study, study->base[number],
							  OidIsValid(pr_values_collation(study->base[number])) ? C_COLLATION_OID : InvalidOid);
	return qi;
}

void
pr_study_make_qis(PrStudy *study)
{
	int			n = list_length(study->inquiry->quasi);
	PrQi	   *qis = MemoryContextAllocZero(study->context, (n + 1) * sizeof(PrQi));
	ListCell   *cell;

	study->level = MemoryContextAllocZero(study->context, (n + 1) * sizeof(PrValues **));
	study->problem.qis = qis;
	pr_progress_phase("reading levels", n);
	foreach(cell, study->inquiry->quasi)
	{
		int			number = foreach_current_index(cell);

		qis[number] = make_qi(study, lfirst(cell), number);
		pr_progress_step(1);
	}
}
