/*
 * pr_report.c
 *		The document that assess() gives, and its verdict.
 *
 * A view promises nothing about classes: it passes if it shows no identifier as
 * it is.  A table passes if what would be written keeps its model; that is looked
 * at here from the measures, apart from the search.
 */
#include "postgres.h"

#include "assess/pr_assess.h"
#include "common/pr_progress.h"
#include "release/pr_refresh.h"
#include "release/pr_registry.h"

/* ---------- verdict ---------- */

static void
judge_identifiers(PrAssessment *assessment)
{
	ListCell   *cell;

	foreach(cell, assessment->rules)
	{
		const PrRule *rule = lfirst(cell);

		if (rule->transform->is_clear != NULL && rule->transform->is_clear(rule) &&
			pr_is_identifier(assessment->release->source, rule->attnum))
			assessment->reasons = lappend(assessment->reasons,
										  psprintf("column \"%s\" shows an identifier as it is", rule->output_name));
	}
}

static void
judge_classes(PrAssessment *assessment)
{
	const PrStudy *study = assessment->study;
	const PrClasses *classes = assessment->classes;
	uint64		suppressed = study->records;

	if (assessment->inquiry->model == NULL)
		return;
	for (uint32 class = 0; class < classes->n; class++)
		suppressed -= classes->records[class];
	if (suppressed > study->problem.most_suppressed)
		assessment->reasons = lappend(assessment->reasons,
									  psprintf("%llu of %llu records would be suppressed, and at most %llu may be",
											   (unsigned long long) suppressed, (unsigned long long) study->records,
											   (unsigned long long) study->problem.most_suppressed));
	for (uint32 class = 0; class < classes->n; class++)
		if (classes->persons[class] < study->problem.k)
		{
			assessment->reasons = lappend(assessment->reasons,
										  psprintf("a class has fewer persons than the %llu that the model asks for",
												   (unsigned long long) study->problem.k));
			break;
		}
}

/* ---------- what is there without a solution ---------- */

static void
report_infeasible(PrAssessment *assessment, PrJson *json)
{
	static const char *const numbers[] = {"suppressed", "classes", "min_class", "class_sizes", "levels"};
	static const char *const objects[] = {"risk", "diversity", "closeness", "utility"};
	const char *why = "nothing would be released";

	assessment->reasons = lappend(assessment->reasons,
								  psprintf("no combination of the declared levels keeps the model with at most %llu of %llu records suppressed",
										   (unsigned long long) assessment->study->problem.most_suppressed,
										   (unsigned long long) assessment->study->records));
	for (int i = 0; i < lengthof(numbers); i++)
		pr_json_missing(json, numbers[i], why);
	for (int i = 0; i < lengthof(objects); i++)
		pr_json_missing(json, objects[i], why);
}

/* ---------- the measures ---------- */

void
pr_report_classes(const PrAssessment *assessment, PrJson *json)
{
	const PrClasses *classes = assessment->classes;
	uint64		released = 0;
	uint64		smallest = 0;

	for (uint32 class = 0; class < classes->n; class++)
	{
		released += classes->records[class];
		if (class == 0 || classes->persons[class] < smallest)
			smallest = classes->persons[class];
	}
	pr_json_integer(json, "suppressed", assessment->study->records - released);
	pr_json_integer(json, "classes", classes->n);
	pr_json_integer(json, "min_class", smallest);
	pr_report_class_sizes(assessment, json);
}

/* Nobody chooses levels for a view. */
static void
report_levels(const PrAssessment *assessment, PrJson *json)
{
	if (assessment->release->is_table)
	{
		pr_json_document(json, "levels", pr_levels_document(assessment->study, assessment->solution));
		return;
	}
	pr_json_open(json, "levels");
	pr_json_close(json);
}

void
pr_report_risk(PrAssessment *assessment, PrJson *json)
{
	pr_json_open(json, "risk");
	pr_report_class_risk(assessment, json);
	pr_report_class_average(assessment, json);
	pr_report_key_risk(assessment, json);
	pr_report_population(assessment, json);
	pr_report_separation(assessment, json);
	pr_json_close(json);
}

static void
report_measures(PrAssessment *assessment, PrJson *json)
{
	pr_progress_phase("measuring", 0);
	pr_assess_keys(assessment);
	pr_report_classes(assessment, json);
	report_levels(assessment, json);
	pr_report_risk(assessment, json);
	judge_classes(assessment);
	pr_report_sensitive(assessment, json);
	pr_json_open(json, "utility");
	pr_report_utility(assessment, json);
	pr_json_close(json);
}

/* What readers see who combine it with the published releases of the source. */
static void
report_joint(const PrAssessment *assessment, PrJson *json)
{
	if (!assessment->has_joint)
		return;
	if (assessment->joint_missing != NULL)
	{
		pr_json_missing(json, "joint", assessment->joint_missing);
		return;
	}
	pr_json_open(json, "joint");
	pr_json_integer(json, "min_class", assessment->joint_smallest);
	pr_json_integer(json, "k", assessment->joint_k);
	pr_json_close(json);
}

Datum
pr_report(PrAssessment *assessment, bool *passes)
{
	PrJson		json;

	pr_json_begin(&json);
	pr_json_integer(&json, "records", assessment->study->records);
	pr_json_integer(&json, "subjects", assessment->study->subjects);
	judge_identifiers(assessment);
	if (assessment->solution == NULL)
		report_infeasible(assessment, &json);
	else
		report_measures(assessment, &json);
	report_joint(assessment, &json);
	*passes = assessment->reasons == NIL;
	pr_json_text(&json, "verdict", *passes ? "pass" : "fail");
	pr_json_texts(&json, "reasons", assessment->reasons);
	return pr_json_end(&json);
}
