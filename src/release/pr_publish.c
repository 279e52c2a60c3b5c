/*
 * pr_publish.c
 *		publish() and withdraw(): who may read a release.
 *
 * publish() is the moment at which something can be taken back no more, so it
 * checks everything once again: the build is of today's declaration and
 * source, no identifier is clear, the audience cannot read the source itself.
 */
#include "postgres.h"

#include "access/table.h"
#include "catalog/namespace.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "catalog/pg_type.h"

#include "common/pr_compat.h"
#include "common/pr_error.h"
#include "common/pr_guc.h"
#include "release/pr_joint.h"
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
	pr_arg_int4(&args, release->id);
	pr_arg_text(&args, pr_definition_text(release, rel, rules));
	table_close(rel, NoLock);
	if (pr_catalog_run("SELECT 1 FROM privrelease.release WHERE id = $1 AND definition = $2", &args) == 0)
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

static List *
audience_names(ArrayType *array)
{
	Datum	   *elements;
	bool	   *nulls;
	int			n;
	List	   *names = NIL;

	deconstruct_array(array, NAMEOID, NAMEDATALEN, false, TYPALIGN_CHAR, &elements, &nulls, &n);
	if (n == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("publish needs at least one audience"),
				 errhint("SELECT privrelease.publish('schema.release', 'role');")));
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
}

static void
set_state(const PrRelease *release, const char *state, const char *reason)
{
	PrArgs		args = {0};

	pr_arg_int4(&args, release->id);
	pr_arg_text(&args, state);
	pr_arg_text(&args, reason);
	pr_catalog_run("UPDATE privrelease.release SET state = $2, withdrawn_reason = $3 WHERE id = $1", &args);
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
	require_current_build(release);
	require_not_withdrawn(release);
	require_guard();
	pr_joint_check(release);
	foreach(cell, names)
		grant_to(release, lfirst(cell));
	set_state(release, "published", NULL);
	pr_end();
	PG_RETURN_VOID();
}

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

Datum
privrelease_withdraw(PG_FUNCTION_ARGS)
{
	PrRelease  *release;
	char	   *reason;

	pr_begin_to_write("withdraw()");
	release = pr_release_for_owner(text_to_cstring(PG_GETARG_TEXT_PP(0)));
	reason = text_to_cstring(PG_GETARG_TEXT_PP(1));
	if (strspn(reason, " \t\r\n") == strlen(reason))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a withdrawal needs a reason"),
				 errhint("SELECT privrelease.withdraw(%s, 'why');", quote_literal_cstr(release->label))));
	require_built(release);
	pr_revoke_from_everybody(release);
	pr_forget_audience(release);
	empty_if_in_publication(release);
	set_state(release, "withdrawn", reason);
	pr_end();
	PG_RETURN_VOID();
}
