/*
 * pr_approval.c
 *		submit(), approve(), reject(): two persons for what cannot be taken back.
 *
 * An approval is given to the digest of a declaration and to an assessment of it
 * that has passed, not to a version: refreshes keep it as long as they verify,
 * and any change of the declaration voids it (pr_release_changed).  What is
 * approved is published by the steward, and may be published again.
 *
 * What an attacker would try:
 *	- approve his own change, by SET ROLE, by a second role, by somebody else's
 *	  definer function, by SET SESSION AUTHORIZATION: the acting, the logged-in and
 *	  the authenticated role all count, of the change and of the approval, and a
 *	  constraint of the table compares them once more;
 *	- be the editor before the last one: all editors since the approval before count;
 *	- have something else approved than what was looked at: the digest is that of
 *	  the submission, and the approver may name it;
 *	- change what is not in the declaration (pr_declaration.c).
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "audit/pr_log.h"
#include "common/pr_error.h"
#include "common/pr_event.h"
#include "common/pr_guc.h"
#include "release/pr_impact.h"
#include "release/pr_lifecycle.h"
#include "release/pr_publish.h"

PG_FUNCTION_INFO_V1(privrelease_submit);
PG_FUNCTION_INFO_V1(privrelease_approve);
PG_FUNCTION_INFO_V1(privrelease_reject);

/* ---------- what must hold ---------- */

void
pr_require_steward(const char *function)
{
	if (pr_guc_require_approval)
		pr_require_duty("steward", function);
}

/* Verdict of the newest assessment of what decides what readers see; false: there is none. */
static bool
last_assessment(const PrRelease *release, int64 *id, char **verdict)
{
	PrArgs		args = {0};

	pr_arg_int4(&args, release->id);
	pr_arg_text(&args, pr_technical_digest(release, false));
	if (pr_catalog_look("SELECT a.id, a.verdict FROM privrelease.assessment AS a WHERE a.release = $1 AND a.declaration = $2"
					   " ORDER BY a.id DESC LIMIT 1", &args) == 0)
		return false;
	*id = pr_spi_int(0, 1, NULL);
	*verdict = pr_spi_text(0, 2);
	return true;
}

static void
refuse_failed(const PrRelease *release)
{
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("the last assessment of release %s has failed", release->label),
			 errhint("SELECT privrelease.assess(%s) -> 'reasons';", quote_literal_cstr(release->label))));
}

void
pr_require_not_failed(const PrRelease *release)
{
	int64		id;
	char	   *verdict;

	if (last_assessment(release, &id, &verdict) && strcmp(verdict, "pass") != 0)
		refuse_failed(release);
}

static int64
require_passed(const PrRelease *release)
{
	int64		id;
	char	   *verdict;

	if (!last_assessment(release, &id, &verdict))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("release %s has not been assessed as it is declared now", release->label),
				 errhint("SELECT privrelease.assess(%s);", quote_literal_cstr(release->label))));
	if (strcmp(verdict, "pass") != 0)
		refuse_failed(release);
	return id;
}

static void
require_metadata(const PrRelease *release)
{
	List	   *missing = pr_missing_metadata(release);
	List	   *example = NIL;
	ListCell   *cell;

	if (missing == NIL)
		return;
	foreach(cell, missing)
		example = lappend(example, psprintf("\"%s\": \"...\"", (char *) lfirst(cell)));
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("release %s does not say all that only a person can say", release->label),
			 errdetail("Missing: %s.", pr_join_texts(missing)),
			 errhint("SELECT privrelease.set_metadata(%s, '{%s}');", quote_literal_cstr(release->label), pr_join_texts(example))));
}

void
pr_require_approved(const PrRelease *release)
{
	if (!pr_guc_require_approval)
		return;
	if (release->approval == 0 || release->declaration == NULL || strcmp(release->declaration, pr_declaration_digest(release)) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_PR_NOT_APPROVED),
				 errmsg("release %s is not approved as it is declared now", release->label),
				 errhint("SELECT privrelease.submit(%s); an approver decides then.", quote_literal_cstr(release->label))));
}

/* ---------- where it stands ---------- */

/* State of what is declared: of the draft, where there is one beside what readers see. */
static const char *
stage(const PrRelease *release)
{
	return pr_is_live(release) ? release->draft : release->state;
}

static void
set_stage(const PrRelease *release, const char *state, const char *declaration, int64 approval)
{
	PrArgs		args = {0};

	pr_arg_int4(&args, release->id);
	pr_arg_text(&args, state);
	pr_arg_text(&args, declaration);
	if (approval != 0)
		pr_arg_int8(&args, approval);
	else
		pr_arg_null(&args, INT8OID);
	pr_catalog_run(pr_is_live(release)
				   ? "UPDATE privrelease.release SET draft = $2, declaration = $3, approval = $4 WHERE id = $1"
				   : "UPDATE privrelease.release SET state = $2, declaration = $3, approval = $4 WHERE id = $1", &args);
}

static const char *
hint_for_stage(const PrRelease *release, const char *function)
{
	const char *label = quote_literal_cstr(release->label);

	if (strcmp(function, "submit") != 0)
		return psprintf("Its steward submits it: SELECT privrelease.submit(%s);", label);
	if (strcmp(stage(release), "withdrawn") == 0)
		return psprintf("SELECT privrelease.%s(%s);", release->is_table ? "refresh" : "build", label);
	return psprintf("An approver decides: SELECT privrelease.approve(%s);", label);
}

static void
refuse_stage(const PrRelease *release, const char *function)
{
	if (strcmp(stage(release), "none") == 0)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("release %s is published as it is declared: there is nothing to %s", release->label, function),
				 errhint("A change makes a draft beside it: SELECT privrelease.set_rule(%s, ...);", quote_literal_cstr(release->label))));
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("cannot %s release %s: it is %s", function, release->label,
					strcmp(stage(release), "draft") == 0 ? "a draft" : stage(release)),
			 errhint("%s", hint_for_stage(release, function))));
}

/* Persons decide; that the numbers say otherwise is told to them. */
static void
warn_of_verdict(const PrRelease *release, const char *verdict)
{
	if (strcmp(verdict, "acceptable") != 0)
		ereport(WARNING,
				(errmsg("the impact assessment of release %s is: %s", release->label, verdict),
				 errhint("SELECT privrelease.impact_assessment(%s) -> 'reasons';", quote_literal_cstr(release->label))));
}

/* ---------- submit ---------- */

Datum
privrelease_submit(PG_FUNCTION_ARGS)
{
	PrRelease  *release;
	char	   *digest;

	pr_begin_to_write("submit()");
	release = pr_release_for_owner(text_to_cstring(PG_GETARG_TEXT_PP(0)));
	pr_require_steward("submit()");
	/* What readers see beside a hierarchy or a class that was changed since is a draft, too. */
	if (strcmp(stage(release), "none") == 0 && pr_has_draft(release))
	{
		pr_release_changed(release);
		release = pr_release_for_owner(release->label);
	}
	if (strcmp(stage(release), "draft") != 0)
		refuse_stage(release, "submit");
	pr_require_publishable(release);
	require_metadata(release);
	(void) require_passed(release);
	digest = pr_declaration_digest(release);
	set_stage(release, "submitted", digest, 0);
	warn_of_verdict(release, pr_impact_record(release, "submit", digest));
	pr_event("submit", release->label, "declaration", digest, NULL);
	pr_end();
	PG_RETURN_VOID();
}

/* ---------- approve, reject ---------- */

static PrRelease *
find_to_decide(const char *name)
{
	PrRelease  *release = pr_release_find(name);

	pr_require_bound(release);
	return release;
}

static void
require_as_submitted(const PrRelease *release, const char *looked_at)
{
	if (strcmp(release->declaration, pr_declaration_digest(release)) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_PR_STALE),
				 errmsg("release %s is not what was submitted", release->label),
				 errdetail("Its source, a hierarchy or a classification has changed since."),
				 errhint("SELECT privrelease.reject(%s, 'changed after it was submitted');", quote_literal_cstr(release->label))));
	if (looked_at != NULL && strcmp(looked_at, release->declaration) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_PR_STALE),
				 errmsg("release %s is not the declaration that you have looked at", release->label),
				 errhint("SELECT privrelease.impact_assessment(%s);", quote_literal_cstr(release->label))));
}

/* None of the roles behind this call has changed the declaration since it was approved the last time. */
static void
require_no_editor(const PrRelease *release)
{
	ListCell   *cell;

	foreach(cell, pr_acting_roles())
	{
		PrArgs		args = {0};

		pr_arg_int4(&args, release->id);
		pr_arg_oid(&args, lfirst_oid(cell));
		if (pr_catalog_run("SELECT 1 FROM privrelease.editor WHERE release = $1 AND role_oid = $2", &args) > 0)
			ereport(ERROR,
					(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
					 errmsg("role %s has changed release %s and cannot approve it",
							quote_identifier(GetUserNameFromId(lfirst_oid(cell), false)), release->label),
					 errhint("Another approver decides.")));
	}
}

static Datum
oid_array(List *oids)
{
	Datum	   *elements = palloc(sizeof(Datum) * list_length(oids));
	ListCell   *cell;

	foreach(cell, oids)
		elements[foreach_current_index(cell)] = ObjectIdGetDatum(lfirst_oid(cell));
	return PointerGetDatum(construct_array(elements, list_length(oids), OIDOID, sizeof(Oid), true, TYPALIGN_INT));
}

static int64
store_decision(const PrRelease *release, const char *decision, int64 assessment, const char *verdict, const char *note)
{
	PrArgs		args = {0};

	pr_arg_int4(&args, release->id);
	pr_arg_text(&args, release->source_owner);
	pr_arg_text(&args, decision);
	pr_arg_text(&args, release->declaration);
	if (assessment != 0)
		pr_arg_int8(&args, assessment);
	else
		pr_arg_null(&args, INT8OID);
	pr_arg_text(&args, verdict);
	pr_arg_text(&args, note);
	pr_arg_text(&args, pr_caller_name());
	pr_arg(&args, OIDARRAYOID, oid_array(pr_acting_roles()));
	pr_arg_text(&args, release->schema);
	pr_arg_text(&args, release->name);
	pr_catalog_run("INSERT INTO privrelease.approval (release, release_schema, release_name, source_owner, decision, declaration,"
				   " assessment, verdict, note, decided_by, decided_roles, editors, editor_names)"
				   " VALUES ($1, $10::name, $11::name, $2::name, $3, $4, $5, $6, $7, $8::name, $9,"
				   " ARRAY(SELECT e.role_oid FROM privrelease.editor AS e WHERE e.release = $1 ORDER BY e.role_name),"
				   " ARRAY(SELECT e.role_name FROM privrelease.editor AS e WHERE e.release = $1 ORDER BY e.role_name)) RETURNING id", &args);
	return pr_spi_int(0, 1, NULL);
}

static void
forget_editors(const PrRelease *release)
{
	PrArgs		args = {0};

	pr_arg_int4(&args, release->id);
	pr_catalog_run("DELETE FROM privrelease.editor WHERE release = $1", &args);
}

static char *
optional_text(FunctionCallInfo fcinfo, int n)
{
	return PG_ARGISNULL(n) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(n));
}

Datum
privrelease_approve(PG_FUNCTION_ARGS)
{
	PrRelease  *release;
	int64		assessment;
	int64		approval;

	if (PG_ARGISNULL(0))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("release must not be null")));
	pr_begin_to_write("approve()");
	pr_require_duty("approver", "approve()");
	pr_log_require_key();
	release = find_to_decide(text_to_cstring(PG_GETARG_TEXT_PP(0)));
	if (strcmp(stage(release), "submitted") != 0)
		refuse_stage(release, "approve");
	require_as_submitted(release, optional_text(fcinfo, 2));
	require_no_editor(release);
	assessment = require_passed(release);
	approval = store_decision(release, "approved", assessment, "pass", optional_text(fcinfo, 1));
	set_stage(release, "approved", release->declaration, approval);
	forget_editors(release);
	warn_of_verdict(release, pr_impact_record(release, "approve", release->declaration));
	pr_event("approve", release->label, "declaration", release->declaration, "assessment", psprintf(INT64_FORMAT, assessment),
			 "note", optional_text(fcinfo, 1), NULL);
	pr_end();
	PG_RETURN_VOID();
}

Datum
privrelease_reject(PG_FUNCTION_ARGS)
{
	PrRelease  *release;
	char	   *note = text_to_cstring(PG_GETARG_TEXT_PP(1));
	int64		assessment = 0;
	char	   *verdict = "none";

	pr_begin_to_write("reject()");
	pr_require_duty("approver", "reject()");
	if (strspn(note, " \t\r\n") == strlen(note))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a rejection needs a note that says why")));
	release = find_to_decide(text_to_cstring(PG_GETARG_TEXT_PP(0)));
	if (strcmp(stage(release), "submitted") != 0 && strcmp(stage(release), "approved") != 0)
		refuse_stage(release, "reject");
	(void) last_assessment(release, &assessment, &verdict);
	(void) store_decision(release, "rejected", assessment, verdict, note);
	set_stage(release, "draft", NULL, 0);
	(void) pr_impact_record(release, "reject", release->declaration);
	pr_event("reject", release->label, "declaration", release->declaration, "note", note, NULL);
	pr_end();
	PG_RETURN_VOID();
}
