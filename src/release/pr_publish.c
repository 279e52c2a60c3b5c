/*
 * pr_publish.c
 *		publish() and withdraw(): who may read a release.
 *
 * publish() is the moment at which something can be taken back no more, so it
 * checks everything once again: the build is of today's declaration and
 * source, no identifier is clear, the audience cannot read the source itself,
 * another person has approved it where that is required.  Of a release that is
 * published already and was changed since, it builds or refreshes what is
 * declared now, in the same transaction.
 */
#include "postgres.h"

#include "access/table.h"
#include "catalog/namespace.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "catalog/pg_type.h"

#include "audit/pr_log.h"
#include "common/pr_compat.h"
#include "common/pr_error.h"
#include "common/pr_event.h"
#include "common/pr_guc.h"
#include "common/pr_try.h"
#include "release/pr_impact.h"
#include "release/pr_joint.h"
#include "release/pr_lifecycle.h"
#include "release/pr_objection.h"
#include "release/pr_publish.h"
#include "release/pr_replicate.h"
#include "release/pr_table.h"

PG_FUNCTION_INFO_V1(privrelease_publish);
PG_FUNCTION_INFO_V1(privrelease_withdraw);

static void
require_guard(void)
{
	if (!pr_preloaded())
		ereport(ERROR,
				(errcode(ERRCODE_PR_NOT_PRELOADED),
				 errmsg("privrelease is not preloaded, so a release cannot be published"),
				 errdetail("Only a preloaded library can refuse what privileges alone do not."),
				 errhint("Add privrelease to shared_preload_libraries and restart the server.")));
	if (!pr_guc_guard)
		ereport(ERROR,
				(errcode(ERRCODE_PR_NOT_PRELOADED),
				 errmsg("the guard of privrelease is off, so a release cannot be published"),
				 errhint("A superuser turns it on: ALTER SYSTEM RESET privrelease.guard; SELECT pg_reload_conf();")));
}

/* The call that makes what is to be published. */
static char *
making(const PrRelease *release)
{
	return psprintf("SELECT privrelease.%s(%s);", release->is_table ? "refresh" : "build", quote_literal_cstr(release->label));
}

static void
require_built(const PrRelease *release)
{
	if (!OidIsValid(release->view) || get_rel_relkind(release->view) != pr_release_relkind(release))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("release %s is not %s", release->label, release->is_table ? "refreshed" : "built"),
				 errhint("%s", making(release))));
}

/* Schemas can be renamed, and what stands under the release's name may then be somebody else's table. */
static void
require_name(const PrRelease *release)
{
	LockRelationOid(release->view, AccessShareLock);
	pr_pin_schema(get_rel_namespace(release->view), release->schema);
	if (strcmp(pr_relation_label(release->view), release->label) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_PR_STALE),
				 errmsg("the %s of release %s is now named %s", release->is_table ? "table" : "view", release->label,
						pr_relation_label(release->view)),
				 errhint("Rename it back, or drop the release.")));
}

/* What an audience would see must be what the declaration says today. */
static void
require_current_build(PrRelease *release)
{
	Relation	rel;
	List	   *rules;
	PrArgs		args = {0};

	require_built(release);
	pr_check_schema(release->schema);
	pr_check_release_role(release, get_role_oid(release->role, true));
	rules = pr_load_for_build(release, &rel, false);
	require_name(release);		/* last, since the line before may wait */
	if (release->is_table)
		pr_table_require(release);
	pr_objection_require_refreshed(release);
	pr_arg_int4(&args, release->id);
	pr_arg_text(&args, pr_definition_text(release, rel, rules));
	table_close(rel, NoLock);
	/* What was built while something was otherwise is not what was approved, although that has come back since. */
	pr_arg_text(&args, pr_technical_digest(release, false));
	if (pr_catalog_run("SELECT 1 FROM privrelease.release WHERE id = $1 AND definition = $2 AND built_digest = $3", &args) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("release %s was changed after it was %s", release->label, release->is_table ? "refreshed" : "built"),
				 errhint("%s", making(release))));
}

/* A withdrawal may have emptied the table, and what it was for may be in the source still: look, and verify, anew. */
static void
require_not_withdrawn(const PrRelease *release)
{
	if (release->is_table && strcmp(release->state, "withdrawn") == 0)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("release %s was withdrawn and not refreshed since", release->label),
				 errhint("%s", making(release))));
}

/* Somebody has been asked to decide: it is his turn. */
static void
require_not_submitted(const PrRelease *release)
{
	if (strcmp(release->state, "submitted") == 0 || strcmp(release->draft, "submitted") == 0)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("release %s is submitted and waits for a decision", release->label),
				 errhint("An approver decides: SELECT privrelease.approve(%s);", quote_literal_cstr(release->label))));
}

/* What is declared beside what readers see could be shown to them. */
static void
require_draft_builds(PrRelease *release)
{
	Relation	rel;
	List	   *rules = pr_load_for_build(release, &rel, false);

	pr_check_model(release, rules, false);
	table_close(rel, NoLock);
}

void
pr_require_publishable(PrRelease *release)
{
	if (pr_is_live(release))
	{
		require_draft_builds(release);
		return;
	}
	require_not_withdrawn(release);
	require_current_build(release);
}

/* ---------- audiences ---------- */

static List *
audience_names(ArrayType *array)
{
	Datum	   *elements;
	bool	   *nulls;
	int			n;
	List	   *names = NIL;

	deconstruct_array(array, NAMEOID, NAMEDATALEN, false, TYPALIGN_CHAR, &elements, &nulls, &n);
	for (int i = 0; i < n; i++)
	{
		if (nulls[i])
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("an audience must not be null")));
		names = lappend(names, pstrdup(NameStr(*DatumGetName(elements[i]))));
	}
	return names;
}

/* Whom it was published to, as far as they still exist. */
static List *
present_audience(const PrRelease *release)
{
	PrArgs		args = {0};

	pr_arg_int4(&args, release->id);
	return pr_catalog_texts("SELECT r.rolname FROM privrelease.audience AS a JOIN pg_catalog.pg_roles AS r ON r.oid = a.role_oid"
						  " WHERE a.release = $1 ORDER BY r.rolname", &args);
}

static bool
contains_name(List *names, const char *name)
{
	ListCell   *cell;

	foreach(cell, names)
		if (strcmp(lfirst(cell), name) == 0)
			return true;
	return false;
}

static void
require_audience(const PrRelease *release, List *names)
{
	if (names == NIL && !pr_is_live(release))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("publish needs at least one audience"),
				 errhint("SELECT privrelease.publish(%s, 'role');", quote_literal_cstr(release->label))));
}

/* As they would be typed. */
static char *
join_names(List *names)
{
	List	   *quoted = NIL;
	ListCell   *cell;

	foreach(cell, names)
		quoted = lappend(quoted, (char *) quote_identifier(lfirst(cell)));
	return pr_join_texts(quoted);
}

/* From when on it could read the release is kept for good. */
static void
begin_readership(const PrRelease *release, Oid audience, const char *name)
{
	PrArgs		args = {0};

	pr_arg_int4(&args, release->id);
	pr_arg_text(&args, release->schema);
	pr_arg_text(&args, release->name);
	pr_arg_text(&args, name);
	pr_arg_oid(&args, audience);
	pr_catalog_run("INSERT INTO privrelease.readership (release, release_schema, release_name, role_name, role_oid)"
				   " SELECT $1, $2::name, $3::name, $4::name, $5 WHERE NOT EXISTS (SELECT FROM privrelease.readership AS r"
				   " WHERE r.release = $1 AND r.role_oid = $5 AND r.until IS NULL)", &args);
}

void
pr_end_readership(const PrRelease *release)
{
	PrArgs		args = {0};

	pr_arg_int4(&args, release->id);
	pr_catalog_run("UPDATE privrelease.readership SET until = pg_catalog.clock_timestamp() WHERE release = $1 AND until IS NULL", &args);
}

/* Has the role USAGE on the schema for another reason than that some release was published to it? */
static bool
has_usage_of_its_own(Oid schema, Oid audience)
{
	PrArgs		args = {0};

	if (pr_schema_aclcheck(schema, audience, ACL_USAGE) != ACLCHECK_OK)
		return false;
	pr_arg_oid(&args, audience);
	pr_arg_oid(&args, schema);
	return pr_catalog_run("SELECT 1 FROM privrelease.audience WHERE role_oid = $1 AND schema_oid = $2 AND granted_usage",
						  &args) == 0;
}

static void
grant_to(const PrRelease *release, const char *name)
{
	Oid			audience = get_role_oid(name, false);
	Oid			schema = get_rel_namespace(release->view);
	bool		had_usage = has_usage_of_its_own(schema, audience);
	PrArgs		args = {0};

	pr_check_audience(release, audience, name);
	if (!had_usage)
	{
		pr_lock_rights(release);
		pr_ddl(psprintf("GRANT USAGE ON SCHEMA %s TO %s", quote_identifier(release->schema), quote_identifier(name)));
	}
	if (release->is_table)
		pr_table_grant(release, name);
	else
		pr_ddl(psprintf("GRANT SELECT ON %s TO %s", release->label, quote_identifier(name)));

	pr_arg_int4(&args, release->id);
	pr_arg_text(&args, name);
	pr_arg_bool(&args, !had_usage);
	pr_arg_text(&args, pr_caller_name());
	pr_arg_oid(&args, schema);
	pr_arg_oid(&args, audience);
	pr_catalog_run("INSERT INTO privrelease.audience (release, role_name, granted_usage, published_by, schema_oid, role_oid)"
				   " VALUES ($1, $2::name, $3, $4::name, $5, $6)"
				   " ON CONFLICT (release, role_oid) DO UPDATE SET published_at = pg_catalog.now(),"
				   " role_name = EXCLUDED.role_name, published_by = EXCLUDED.published_by", &args);
	begin_readership(release, audience, name);
}

static void
grant_to_all(const PrRelease *release, List *names)
{
	ListCell   *cell;

	foreach(cell, names)
		grant_to(release, lfirst(cell));
}

/* ---------- publish ---------- */

/* What readers are to see is there, or is made here from what is declared now. */
static void
show_what_is_declared(PrRelease *release)
{
	if (!pr_has_draft(release))
	{
		require_current_build(release);
		return;
	}
	if (release->is_table)
		(void) pr_refresh(release);
	else
		(void) pr_build(release, true);
}

static void
require_not_suspended(const PrRelease *release)
{
	if (release->suspended && !pr_has_draft(release))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("release %s is suspended until its next refresh", release->label),
				 errhint("%s", making(release))));
}

static void
log_publication(const PrRelease *release, List *names)
{
	pr_event("publish", release->label, "audience", join_names(names), "declaration", pr_declaration_digest(release),
			 "version", release->is_table ? psprintf(INT64_FORMAT, release->version) : NULL, NULL);
}

Datum
privrelease_publish(PG_FUNCTION_ARGS)
{
	PrRelease  *release;
	List	   *names;
	ListCell   *cell;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("release and audience must not be null")));
	pr_begin_to_write("publish()");
	names = audience_names(PG_GETARG_ARRAYTYPE_P(1));
	release = pr_release_for_owner(text_to_cstring(PG_GETARG_TEXT_PP(0)));
	pr_require_steward("publish()");
	require_audience(release, names);
	require_not_suspended(release);
	require_not_submitted(release);
	if (!pr_is_live(release))
		pr_require_publishable(release);	/* tells what to do first */
	pr_require_approved(release);
	pr_require_not_failed(release);
	require_guard();
	pr_log_require_key();
	show_what_is_declared(release);
	pr_require_approved(release);	/* once more: whatever was read is locked by now */
	pr_joint_check(release);
	if (pr_is_live(release))
		foreach(cell, present_audience(release))
			if (!contains_name(names, lfirst(cell)))
				names = lappend(names, lfirst(cell));
	grant_to_all(release, names);
	pr_mark_published(release);
	(void) pr_impact_record(release, "publish", pr_declaration_digest(release));
	pr_replicate_publish(release);
	log_publication(release, names);
	pr_end();
	PG_RETURN_VOID();
}

/* ---------- withdraw ---------- */

/* What replicas hold is theirs to read: an empty table empties them.  DELETE, which every publication of rows sends. */
static void
empty_if_in_publication(const PrRelease *release)
{
	PrArgs		args = {0};
	PrIdentity	saved;

	pr_arg_oid(&args, release->view);
	if (!release->is_table ||
		pr_catalog_run("SELECT 1 FROM pg_catalog.pg_publication_tables AS p JOIN pg_catalog.pg_namespace AS n ON n.nspname = p.schemaname"
					   " JOIN pg_catalog.pg_class AS c ON c.relname = p.tablename AND c.relnamespace = n.oid"
					   " WHERE c.oid = $1 LIMIT 1", &args) == 0)
		return;
	pr_become(get_role_oid(release->role, false), &saved);
	pr_spi(psprintf("DELETE FROM ONLY %s", pr_relation_label(release->view)), NULL);
	pr_restore_identity(&saved);
}

static void
take_grants_away(const PrRelease *release)
{
	pr_revoke_from_everybody(release);
	pr_end_readership(release);
	empty_if_in_publication(release);
}

void
pr_withdraw(PrRelease *release, const char *reason)
{
	take_grants_away(release);
	pr_replicate_withdraw(release);
	pr_forget_audience(release);
	pr_mark_withdrawn(release, reason);
}

void
pr_suspend(PrRelease *release, const char *reason)
{
	if (strcmp(release->state, "published") != 0)
		return;
	take_grants_away(release);
	pr_mark_suspended(release, reason);
	release->state = "withdrawn";
	release->suspended = true;
	pr_event("suspend", release->label, "reason", reason, NULL);
}

/* Whoever can read the source by now stays away, and does not keep the others away. */
static void
give_back(void *state)
{
	void	  **arguments = state;

	grant_to(arguments[0], arguments[1]);
}

void
pr_resume(PrRelease *release)
{
	List	   *names;
	ListCell   *cell;

	if (!release->suspended)
		return;
	names = present_audience(release);
	foreach(cell, names)
	{
		void	   *arguments[2] = {release, lfirst(cell)};
		ErrorData  *error = pr_try(give_back, arguments);

		if (error != NULL)
			ereport(WARNING,
					(errcode(error->sqlerrcode),
					 errmsg("release %s is not given back to role %s", release->label, quote_identifier(lfirst(cell))),
					 errdetail_internal("%s", error->message)));
	}
	pr_mark_resumed(release);
	release->suspended = false;
	release->state = "published";
	pr_event("resume", release->label, "audience", join_names(names), NULL);
}

/* An approver who sees harm need not wait for the steward, who does not publish it again before an approver has decided anew. */
static PrRelease *
find_to_withdraw(const char *name)
{
	PrRelease  *release;

	if (!pr_has_duty("approver"))
		return pr_release_for_owner(name);
	release = pr_release_find(name);
	pr_require_bound(release);
	return release;
}

Datum
privrelease_withdraw(PG_FUNCTION_ARGS)
{
	PrRelease  *release;
	char	   *reason;

	pr_begin_to_write("withdraw()");
	release = find_to_withdraw(text_to_cstring(PG_GETARG_TEXT_PP(0)));
	reason = text_to_cstring(PG_GETARG_TEXT_PP(1));
	if (strspn(reason, " \t\r\n") == strlen(reason))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a withdrawal needs a reason"),
				 errhint("SELECT privrelease.withdraw(%s, 'why');", quote_literal_cstr(release->label))));
	require_built(release);
	pr_withdraw(release, reason);
	if (!pr_owns_relation(release->source, GetUserId()))
		pr_void_approval(release);
	pr_event("withdraw", release->label, "reason", reason, NULL);
	pr_end();
	PG_RETURN_VOID();
}
