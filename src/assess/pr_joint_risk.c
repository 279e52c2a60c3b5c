/*
 * pr_joint_risk.c
 *		joint_risk(): the keys of assess() for readers who combine releases.
 *
 * A key of a class is in which class of each release it is, or that it is absent
 * there, so that SUDA tells which releases together single persons out.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/snapmgr.h"

#include "assess/pr_assess.h"
#include "common/pr_progress.h"
#include "release/pr_joint.h"

PG_FUNCTION_INFO_V1(privrelease_joint_risk);

/* ---------- the releases ---------- */

static bool
is_same_subject(const PrRelease *a, const PrRelease *b)
{
	return (a->subject == NULL) == (b->subject == NULL) && (a->subject == NULL || a->subject_attnum == b->subject_attnum);
}

static void
require_same_source(const PrRelease *first, const PrRelease *release)
{
	if (release->source != first->source)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("releases %s and %s have different sources", first->label, release->label),
				 errdetail("Only releases of one source have rows in common that could be followed.")));
	if (!is_same_subject(first, release))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("releases %s and %s have different subjects", first->label, release->label),
				 errdetail("They do not count the same persons.")));
}

static void
refuse_twice(List *releases, const PrRelease *release)
{
	ListCell   *cell;

	foreach(cell, releases)
		if (((PrRelease *) lfirst(cell))->id == release->id)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("release %s is named twice", release->label)));
}

static List *
find_releases(ArrayType *names)
{
	Datum	   *elements;
	bool	   *nulls;
	int			n;
	List	   *releases = NIL;

	deconstruct_array(names, TEXTOID, -1, false, TYPALIGN_INT, &elements, &nulls, &n);
	for (int i = 0; i < n; i++)
	{
		PrRelease  *release;

		if (nulls[i])
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("a release must not be null")));
		release = pr_release_to_read(TextDatumGetCString(elements[i]));
		refuse_twice(releases, release);
		releases = lappend(releases, release);
		require_same_source(linitial(releases), release);
	}
	if (list_length(releases) < 2)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("joint_risk needs at least two releases"),
				 errhint("Of one release: SELECT privrelease.assess('schema.release');")));
	return releases;
}

/* ---------- the report ---------- */

/* Numbers of the classes of each release; absent is one behind the last. */
static void
set_shown(PrAssessment *assessment, const PrJoint *joint)
{
	int			n = list_length(joint->members);
	ListCell   *cell;

	assessment->n_keys = n;
	assessment->shown = joint->shown;
	foreach(cell, joint->members)
	{
		const PrJointMember *member = lfirst(cell);

		assessment->key_names = lappend(assessment->key_names, member->release->label);
		for (uint32 class = 0; class < joint->classes->n; class++)
		{
			uint32	   *shown = &joint->shown[(Size) class * n + foreach_current_index(cell)];

			if (*shown == PR_NO_CODE)
				*shown = member->classes->n;
		}
	}
}

static void
report_levels(const PrJoint *joint, PrJson *json)
{
	ListCell   *cell;

	pr_json_open(json, "levels");
	foreach(cell, joint->members)
	{
		const PrJointMember *member = lfirst(cell);

		if (member->release->is_table)
			pr_json_document(json, member->release->label, member->levels);
	}
	pr_json_close(json);
}

static void
judge(PrAssessment *assessment, const PrJoint *joint)
{
	uint64		smallest = pr_joint_smallest(joint);

	if (joint->classes->n > 0 && smallest < joint->k)
		assessment->reasons = list_make1(psprintf("together the releases leave a class of %llu persons; the weakest model says %llu",
												  (unsigned long long) smallest, (unsigned long long) joint->k));
}

static Datum
report(PrJoint *joint)
{
	PrAssessment assessment = {
		.options = pr_options_parse(DatumGetJsonbP(DirectFunctionCall1(jsonb_in, CStringGetDatum("{}")))),
		.inquiry = joint->inquiry,
		.study = joint->study,
		.classes = joint->classes,
		.release = ((PrJointMember *) linitial(joint->members))->release
	};
	PrJson		json;

	set_shown(&assessment, joint);
	pr_progress_phase("measuring", 0);
	pr_assess_keys(&assessment);
	pr_json_begin(&json);
	pr_json_integer(&json, "records", joint->study->records);
	pr_json_integer(&json, "subjects", joint->study->subjects);
	pr_report_classes(&assessment, &json);
	report_levels(joint, &json);
	pr_report_risk(&assessment, &json);
	pr_report_sensitive(&assessment, &json);
	pr_json_missing(&json, "utility", "each release has its own");
	judge(&assessment, joint);
	pr_json_text(&json, "verdict", assessment.reasons == NIL ? "pass" : "fail");
	pr_json_texts(&json, "reasons", assessment.reasons);
	return pr_json_end(&json);
}

static Datum
measure(List *releases)
{
	PrJoint    *joint = pr_joint_bind(releases);
	PrIdentity	saved;
	Datum		result;

	PushActiveSnapshot(GetTransactionSnapshot());
	pr_read_as_owner(((PrRelease *) linitial(releases))->source, &saved);
	pr_plan_as_maintenance();
	pr_joint_load(joint);
	result = report(joint);
	pr_restore_identity(&saved);
	PopActiveSnapshot();
	result = SPI_datumTransfer(result, false, -1);
	pr_joint_free(joint);
	return result;
}

static Datum
measure_in_view(List *releases)
{
	const PrRelease *first = linitial(releases);
	volatile Datum result = (Datum) 0;

	pr_progress_begin(first->label, pr_relation_owner(first->source));
	PG_TRY();
	{
		result = measure(releases);
	}
	PG_FINALLY();
	{
		pr_progress_end();
	}
	PG_END_TRY();
	return result;
}

Datum
privrelease_joint_risk(PG_FUNCTION_ARGS)
{
	Datum		result;

	pr_begin();
	result = measure_in_view(find_releases(PG_GETARG_ARRAYTYPE_P(0)));
	pr_end();
	PG_RETURN_DATUM(result);
}
