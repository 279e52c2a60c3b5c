/*
 * pr_assess.c
 *		assess(): measures what a release shows, or would show now, and records it.
 *
 * The source is read with one snapshot, as its owner in a security-restricted
 * operation, and nothing is written but the assessment.  No lock keeps others
 * from withdrawing the release meanwhile: the definition that was measured is
 * recorded with the measures, so that nobody takes them for those of another.
 *
 * What an attacker would try: have measures that another steward's source gives
 * (only the owner of the source may ask), or values of it (there are numbers
 * only, under the names of columns).
 */
#include "postgres.h"

#include "access/table.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/snapmgr.h"

#include "assess/pr_assess.h"
#include "common/pr_error.h"
#include "common/pr_event.h"
#include "common/pr_progress.h"
#include "core/pr_search.h"
#include "release/pr_derive.h"
#include "release/pr_joint.h"
#include "release/pr_lifecycle.h"

PG_FUNCTION_INFO_V1(privrelease_assess);

/* ---------- what is measured ---------- */

static void
solve(PrAssessment *assessment)
{
	PrCoreResult result;

	if (assessment->inquiry->model == NULL)
	{
		assessment->solution = pr_study_all_released(assessment->study);
		return;
	}
	result = pr_study_search(assessment->study, &assessment->solution);
	if (result == PR_CORE_LIMIT)
		pr_study_solve(assessment->study);	/* says so */
	if (result != PR_CORE_OK)
		assessment->solution = NULL;
}

/*
 * A refresh does not look at sensitive columns that its model says nothing of, so
 * the search must not either; they are measured in a study of their own.
 */
static void
look_at_sensitive(PrAssessment *assessment)
{
	PrInquiry  *wider = pr_inquire_sensitive(assessment->inquiry);
	PrStudy    *solved = assessment->study;

	if (list_length(wider->sensitive) == list_length(assessment->inquiry->sensitive))
		return;
	assessment->inquiry = wider;
	assessment->study = pr_study_load(wider, CurrentMemoryContext);
	if (assessment->solution != NULL)
		assessment->solution = pr_study_carry(solved, assessment->solution, assessment->study);
	pr_study_free(solved);
}

/* What a reader sees of each class. */
static void
set_shown(PrAssessment *assessment)
{
	const PrStudy *study = assessment->study;
	int			n = study->problem.n_qis;
	ListCell   *cell;

	assessment->n_keys = n;
	foreach(cell, assessment->inquiry->quasi)
		assessment->key_names = lappend(assessment->key_names, (char *) ((PrQuasi *) lfirst(cell))->name);
	assessment->shown = pr_assess_array(assessment, (Size) assessment->classes->n * n, sizeof(uint32));
	for (uint32 unit = 0; unit < study->problem.n_units; unit++)
	{
		uint32		class = assessment->classes->class_of[unit];

		if (class != PR_NO_CODE)
			pr_study_shown(study, assessment->solution, unit, assessment->shown + (Size) class * n);
	}
	for (Size i = 0; i < (Size) assessment->classes->n * n; i++)
		assessment->shown[i] = assessment->shown[i] == PR_SHOWN_NULL ? PR_KEY_NULL : assessment->shown[i] - 1;
}

static void
require_model(const PrRelease *release)
{
	if (release->is_table && release->model == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("release %s has no model, so nothing says what a version must hold", release->label),
				 errhint("SELECT privrelease.set_model(%s, '{\"k\": 5}');", quote_literal_cstr(release->label))));
}

void
pr_assess_load(PrAssessment *assessment)
{
	PrInquiryOptions options = {.model_only = assessment->release->is_table};

	options.weight = pr_options_weight(assessment->options, assessment->rel);
	assessment->household = pr_options_household(assessment->options, assessment->rel);
	assessment->inquiry = pr_inquire(assessment->release, assessment->rel, assessment->rules, &options);
	pr_options_check_weights(assessment->options, assessment->inquiry);
	assessment->study = pr_study_load(assessment->inquiry, CurrentMemoryContext);
	solve(assessment);
	if (assessment->solution == NULL)
		return;
	look_at_sensitive(assessment);
	pr_measure(&assessment->study->problem, &assessment->study->runtime, assessment->solution);
	assessment->classes = pr_study_classes(assessment->study, assessment->solution);
	set_shown(assessment);
}

static Datum
measure(PrAssessment *assessment, bool *passes)
{
	PrIdentity	saved;
	Datum		result;

	PushActiveSnapshot(GetTransactionSnapshot());
	pr_read_as_owner(assessment->release->source, &saved);
	pr_plan_as_maintenance();
	pr_assess_load(assessment);
	result = pr_report(assessment, passes);
	pr_restore_identity(&saved);
	PopActiveSnapshot();
	return result;
}

/* ---------- recording it ---------- */

static void
record_assessment(const PrRelease *release, Jsonb *options, Datum result, bool passes, const char *definition)
{
	PrArgs		args = {0};

	pr_arg_int4(&args, release->id);
	pr_arg_text(&args, release->schema);
	pr_arg_text(&args, release->name);
	pr_arg_text(&args, release->is_table ? "table" : "view");
	pr_arg_text(&args, GetUserNameFromId(pr_relation_owner(release->source), false));
	pr_arg_text(&args, pr_caller_name());
	pr_arg(&args, JSONBOID, JsonbPGetDatum(options));
	pr_arg(&args, JSONBOID, result);
	pr_arg_text(&args, passes ? "pass" : "fail");
	if (release->model != NULL)
		pr_arg(&args, JSONBOID, JsonbPGetDatum(release->model));
	else
		pr_arg_null(&args, JSONBOID);
	pr_arg_text(&args, definition);
	pr_arg_text(&args, pr_technical_digest(release, false));
	if (pr_catalog_run("INSERT INTO privrelease.assessment (release, release_schema, release_name, kind, source_owner, assessed_by,"
					   " options, result, verdict, model, definition, declaration)"
					   " VALUES ($1, $2::name, $3::name, $4, $5::name, $6::name, $7, $8, $9, $10, $11, $12) RETURNING id", &args) > 0)
		pr_event("assess", release->label, PR_EVENT_JSON("assessment"), pr_spi_text(0, 1), "verdict", passes ? "pass" : "fail",
				 NULL);
}

/* ---------- the call ---------- */

static Datum
assess_release(PrRelease *release, Jsonb *document)
{
	PrAssessment assessment = {.release = release,.options = pr_options_parse(document)};
	char	   *definition;
	Datum		result;
	bool		passes;

	require_model(release);
	assessment.rules = pr_load_to_look(release, &assessment.rel, true);
	pr_check_model(release, assessment.rules, true);
	pr_require_model_fits(release, assessment.rules);
	definition = pr_definition_text(release, assessment.rel, assessment.rules);
	assessment.has_joint = pr_joint_measure(release, &assessment.joint_smallest, &assessment.joint_k, &assessment.joint_missing);
	result = measure(&assessment, &passes);
	record_assessment(release, document, result, passes, definition);
	pr_study_free(assessment.study);
	pr_derive_end(release);
	table_close(assessment.rel, NoLock);
	return SPI_datumTransfer(result, false, -1);
}

Datum
privrelease_assess(PG_FUNCTION_ARGS)
{
	char	   *name = text_to_cstring(PG_GETARG_TEXT_PP(0));
	PrRelease  *release;
	volatile Datum result = (Datum) 0;

	pr_begin_to_write("assess()");
	release = pr_release_to_read(name);
	pr_progress_begin(release->label, pr_relation_owner(release->source));
	PG_TRY();
	{
		result = assess_release(release, PG_GETARG_JSONB_P(1));
	}
	PG_FINALLY();
	{
		pr_progress_end();
	}
	PG_END_TRY();
	pr_end();
	PG_RETURN_DATUM(result);
}
