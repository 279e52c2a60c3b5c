/*
 * pr_record_risk.c
 *		Risk of households, and of single records: record_risk().
 *
 * Rows of the source are streamed, sorted by household and person in the engine,
 * which also says where a household or a person begins (rank()): equality is that
 * of the types, and nothing proportional to rows is held here.  The rows of one
 * household wait in a tuplestore, which goes to disk, until its risk is known.
 *
 * A person counts once in a household, with the largest risk of his records.
 * Rows of nobody (the subject is NULL) are not re-identified.
 */
#include "postgres.h"

#include <math.h>

#include "access/table.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/snapmgr.h"
#include "utils/tuplestore.h"

#include "anonymity/pr_ask.h"
#include "assess/pr_assess.h"
#include "common/pr_progress.h"
#include "core/pr_risk.h"
#include "release/pr_derive.h"

PG_FUNCTION_INFO_V1(privrelease_record_risk);

/* Columns after the quasi-identifiers. */
enum
{
	AT_HOUSEHOLD,				/* rank */
	AT_ALONE,					/* its household is NULL */
	AT_PERSON,					/* rank */
	AT_NOBODY,					/* its subject is NULL */
	AT_SUBJECT					/* as text; only for record_risk() */
};

/* Columns of record_risk(). */
enum
{
	OUT_SUBJECT, OUT_FK, OUT_POPULATION_FK, OUT_RISK, OUT_HOUSEHOLD_RISK, OUT_SUDA_SCORE, OUT_SUDA_DIS, OUT_COLUMNS
};

typedef struct Stream
{
	const PrAssessment *assessment;
	int			n_qis;

	/* the household that is being read */
	bool		any;
	int64		household;
	double		risk;			/* of its persons so far */
	uint64		persons;
	bool		has_person;
	int64		person;
	double		person_risk;
	bool		person_released;

	PrHouseholdRisk total;

	/* of record_risk() */
	ReturnSetInfo *rsinfo;		/* NULL: only households are asked for */
	Tuplestorestate *waiting;	/* rows of the household, without its risk */
	TupleTableSlot *slot;
} Stream;

/* ---------- households ---------- */

static void
end_person(Stream *stream)
{
	if (stream->has_person && stream->person_released)
	{
		stream->risk = pr_risk_household(stream->risk, stream->person_risk);
		stream->persons++;
	}
	stream->has_person = false;
}

static void
flush_waiting(Stream *stream)
{
	if (stream->waiting == NULL)
		return;
	while (tuplestore_gettupleslot(stream->waiting, true, false, stream->slot))
	{
		slot_getallattrs(stream->slot);
		if (!stream->slot->tts_isnull[OUT_HOUSEHOLD_RISK])
			stream->slot->tts_values[OUT_HOUSEHOLD_RISK] = Float8GetDatum(stream->risk);
		tuplestore_putvalues(stream->rsinfo->setResult, stream->rsinfo->setDesc, stream->slot->tts_values,
							 stream->slot->tts_isnull);
	}
	tuplestore_clear(stream->waiting);
}

static void
end_household(Stream *stream)
{
	end_person(stream);
	if (stream->any)
	{
		stream->total.expected += stream->risk * (double) stream->persons;
		stream->total.persons += stream->persons;
		stream->total.max = Max(stream->total.max, stream->risk);
		flush_waiting(stream);
	}
	stream->any = false;
	stream->risk = 0;
	stream->persons = 0;
}

/* A record of a person; class is PR_NO_CODE where it is suppressed. */
static void
add_to_household(Stream *stream, const TupleTableSlot *slot, uint32 class)
{
	int64		household = DatumGetInt64(slot->tts_values[stream->n_qis + AT_HOUSEHOLD]);
	bool		alone = DatumGetBool(slot->tts_values[stream->n_qis + AT_ALONE]);
	int64		person = DatumGetInt64(slot->tts_values[stream->n_qis + AT_PERSON]);
	bool		nobody = DatumGetBool(slot->tts_values[stream->n_qis + AT_NOBODY]);
	bool		same_person = stream->has_person && stream->person == person && !nobody;

	/* Rows without a household are households of one, each person his own. */
	if (!stream->any || household != stream->household || (alone && !same_person))
		end_household(stream);
	stream->any = true;
	stream->household = household;
	if (nobody)
		return;
	if (!same_person)
	{
		end_person(stream);
		stream->has_person = true;
		stream->person = person;
		stream->person_risk = 0;
		stream->person_released = false;
	}
	if (class == PR_NO_CODE)
		return;
	stream->person_released = true;
	stream->person_risk = Max(stream->person_risk, stream->assessment->risk[class]);
}

/* ---------- records ---------- */

static void
set_suda_scores(const PrAssessment *assessment, uint32 class, Datum *values, bool *nulls)
{
	const PrSuda *suda = assessment->suda;
	uint32		row = assessment->suda_row[class];

	if (suda == NULL || row == PR_NO_CODE)
		return;
	values[OUT_SUDA_SCORE] = Float8GetDatum(suda->score[row]);
	nulls[OUT_SUDA_SCORE] = false;
	values[OUT_SUDA_DIS] = Float8GetDatum(suda->dis[row]);
	nulls[OUT_SUDA_DIS] = !suda->has_dis;
}

static void
put_record(Stream *stream, const TupleTableSlot *slot, uint32 class)
{
	const PrAssessment *assessment = stream->assessment;
	int			subject = stream->n_qis + AT_SUBJECT;
	Datum		values[OUT_COLUMNS] = {0};
	bool		nulls[OUT_COLUMNS];

	memset(nulls, true, sizeof(nulls));
	values[OUT_SUBJECT] = slot->tts_values[subject];
	nulls[OUT_SUBJECT] = slot->tts_isnull[subject];
	if (class != PR_NO_CODE)
	{
		values[OUT_FK] = Int64GetDatum((int64) llround(assessment->f[class]));
		values[OUT_POPULATION_FK] = Float8GetDatum(assessment->population_f[class]);
		values[OUT_RISK] = Float8GetDatum(assessment->risk[class]);
		nulls[OUT_FK] = nulls[OUT_POPULATION_FK] = nulls[OUT_RISK] = false;
		nulls[OUT_HOUSEHOLD_RISK] = stream->waiting == NULL;
		set_suda_scores(assessment, class, values, nulls);
	}
	tuplestore_putvalues(stream->waiting != NULL ? stream->waiting : stream->rsinfo->setResult, stream->rsinfo->setDesc,
						 values, nulls);
}

/* ---------- the stream ---------- */

static void
read_record(TupleTableSlot *slot, void *state)
{
	Stream	   *stream = state;
	const PrAssessment *assessment = stream->assessment;
	uint32		unit = pr_study_unit(assessment->study, slot->tts_values, slot->tts_isnull);
	uint32		class = unit == PR_NO_CODE ? PR_NO_CODE : assessment->classes->class_of[unit];

	pr_progress_step(1);
	if (assessment->household != NULL)
		add_to_household(stream, slot, class);
	if (stream->rsinfo != NULL)
		put_record(stream, slot, class);
}

static char *
stream_statement(const PrAssessment *assessment, bool with_subject)
{
	const PrInquiry *inquiry = assessment->inquiry;
	const char *subject = inquiry->subject;
	StringInfoData out;
	StringInfoData order;
	ListCell   *cell;

	initStringInfo(&order);
	if (assessment->household != NULL)
		appendStringInfo(&order, "%s NULLS LAST%s%s", assessment->household, subject != NULL ? ", " : "",
						 subject != NULL ? subject : "");
	initStringInfo(&out);
	appendStringInfoString(&out, "SELECT ");
	foreach(cell, inquiry->quasi)
		appendStringInfo(&out, "%s, ", ((PrQuasi *) lfirst(cell))->base);
	if (assessment->household == NULL)
		appendStringInfoString(&out, "0::pg_catalog.int8, false, ");
	else
		appendStringInfo(&out, "pg_catalog.rank() OVER (ORDER BY %s NULLS LAST), %s IS NULL, ",
						 assessment->household, assessment->household);
	if (assessment->household == NULL || subject == NULL)
		appendStringInfoString(&out, "pg_catalog.row_number() OVER (), false");
	else
		appendStringInfo(&out, "pg_catalog.rank() OVER (ORDER BY %s), %s IS NULL", order.data, subject);
	if (with_subject)
		appendStringInfo(&out, ", %s", subject != NULL ? psprintf("(%s)::pg_catalog.text", subject) : "NULL::pg_catalog.text");
	appendStringInfo(&out, " FROM %s", inquiry->from);
	if (assessment->household != NULL)
		appendStringInfo(&out, " ORDER BY %s", order.data);
	return out.data;
}

static void
read_stream(Stream *stream)
{
	const PrAssessment *assessment = stream->assessment;

	stream->n_qis = list_length(assessment->inquiry->quasi);
	pr_progress_phase("reading records", assessment->study->records);
	pr_ask(stream_statement(assessment, stream->rsinfo != NULL), (PrArgs *) &assessment->inquiry->args, NULL, read_record, stream);
	if (assessment->household != NULL)
		end_household(stream);
}

PrHouseholdRisk
pr_assess_households(const PrAssessment *assessment)
{
	Stream		stream = {.assessment = assessment};

	read_stream(&stream);
	return stream.total;
}

/* ---------- record_risk() ---------- */

static void
put_records(PrAssessment *assessment, ReturnSetInfo *rsinfo)
{
	Stream		stream = {.assessment = assessment,.rsinfo = rsinfo};

	if (assessment->household != NULL)
	{
		stream.waiting = tuplestore_begin_heap(false, false, work_mem);
		stream.slot = MakeSingleTupleTableSlot(rsinfo->setDesc, &TTSOpsMinimalTuple);
	}
	read_stream(&stream);
	if (assessment->household != NULL)
	{
		ExecDropSingleTupleTableSlot(stream.slot);
		tuplestore_end(stream.waiting);
	}
}

static void
measure_records(PrAssessment *assessment, ReturnSetInfo *rsinfo)
{
	PrIdentity	saved;

	PushActiveSnapshot(GetTransactionSnapshot());
	pr_read_as_owner(assessment->release->source, &saved);
	pr_plan_as_maintenance();
	pr_assess_load(assessment);
	if (assessment->solution == NULL)
		pr_study_solve(assessment->study);	/* says why */
	pr_assess_keys(assessment);
	put_records(assessment, rsinfo);
	pr_restore_identity(&saved);
	PopActiveSnapshot();
}

Datum
privrelease_record_risk(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	char	   *name = text_to_cstring(PG_GETARG_TEXT_PP(0));
	PrAssessment assessment = {0};

	InitMaterializedSRF(fcinfo, 0);
	pr_begin();
	assessment.options = pr_options_parse(PG_GETARG_JSONB_P(1));
	assessment.release = pr_release_to_read(name);
	assessment.rules = pr_load_to_look(assessment.release, &assessment.rel, true);
	pr_progress_begin(assessment.release->label, pr_relation_owner(assessment.release->source));
	PG_TRY();
	{
		measure_records(&assessment, rsinfo);
	}
	PG_FINALLY();
	{
		pr_progress_end();
	}
	PG_END_TRY();
	pr_derive_end(assessment.release);
	table_close(assessment.rel, NoLock);
	pr_end();
	return (Datum) 0;
}
