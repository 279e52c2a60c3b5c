/*
 * pr_duty.c
 *		grant_duty(), revoke_duty(): who declares, who approves, who looks.
 *
 * A duty is given to a role, and whoever has the privileges of that role has
 * it, as with everything else in PostgreSQL.  A superuser has every duty that
 * somebody was given; a duty that nobody was given is nobody's.
 *
 * What an attacker would try: give himself a duty (superusers only), or have it
 * by a role that was dropped and made anew under the same name (kept by OID), or
 * by a role that has the same number in another cluster, where a dump was
 * restored (a duty is bound to a database, and rebind() goes by names).
 */
#include "postgres.h"

#include "catalog/pg_authid.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"

#include "common/pr_compat.h"
#include "common/pr_error.h"
#include "common/pr_event.h"
#include "release/pr_lifecycle.h"

PG_FUNCTION_INFO_V1(privrelease_grant_duty);
PG_FUNCTION_INFO_V1(privrelease_revoke_duty);
PG_FUNCTION_INFO_V1(privrelease_has_duty);
PG_FUNCTION_INFO_V1(privrelease_this_binding);
PG_FUNCTION_INFO_V1(privrelease_may_inspect);

/* ---------- who has it ---------- */

/* Now: a transaction that has begun before a duty was taken does not keep it. */
bool
pr_has_duty(const char *duty)
{
	PrArgs		args = {0};
	uint64		rows;

	pr_arg_text(&args, duty);
	pr_arg_text(&args, pr_this_binding());
	rows = pr_catalog_look("SELECT d.role_oid FROM privrelease.duty AS d JOIN pg_catalog.pg_authid AS a ON a.oid = d.role_oid"
						   " WHERE d.duty = $1 AND d.binding = $2", &args);
	for (uint64 row = 0; row < rows; row++)
		if (has_privs_of_role(GetUserId(), (Oid) pr_spi_int(row, 1, NULL)))
			return true;
	return false;
}

void
pr_require_duty(const char *duty, const char *function)
{
	if (!pr_has_duty(duty))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("permission denied to call %s", function),
				 errdetail("Role %s does not have the duty \"%s\".", quote_identifier(pr_caller_name()), duty),
				 errhint("A superuser gives it: SELECT privrelease.grant_duty('%s', 'role');", duty)));
}

/* May the caller see what was measured of a source that belongs, or belonged, to this role? */
static bool
may_inspect(const char *source_owner, int32 release)
{
	PrArgs		args = {0};
	Oid			owner = get_role_oid(source_owner, true);
	char	   *today;

	if (superuser() || (OidIsValid(owner) && has_privs_of_role(GetUserId(), owner)))
		return true;
	pr_arg_int4(&args, release);
	if (pr_catalog_run("SELECT source_owner FROM privrelease.release WHERE id = $1", &args) > 0)
	{
		today = pr_spi_text(0, 1);
		owner = get_role_oid(today, true);
		if (OidIsValid(owner) && has_privs_of_role(GetUserId(), owner))
			return true;
	}
	return pr_has_duty("approver") || pr_has_duty("auditor");
}

Datum
privrelease_this_binding(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text(pr_this_binding()));
}

Datum
privrelease_has_duty(PG_FUNCTION_ARGS)
{
	bool		result;

	pr_begin();
	result = pr_has_duty(text_to_cstring(PG_GETARG_TEXT_PP(0)));
	pr_end();
	PG_RETURN_BOOL(result);
}

Datum
privrelease_may_inspect(PG_FUNCTION_ARGS)
{
	bool		result;

	pr_begin();
	result = may_inspect(NameStr(*PG_GETARG_NAME(0)), PG_GETARG_INT32(1));
	pr_end();
	PG_RETURN_BOOL(result);
}

PrRelease *
pr_release_to_inspect(const char *name)
{
	PrRelease  *release;

	if (!pr_has_duty("approver") && !pr_has_duty("auditor"))
		return pr_release_to_read(name);
	release = pr_release_find_to_read(name);
	pr_require_bound(release);
	return release;
}

/* ---------- giving and taking ---------- */

static void
require_known(const char *duty)
{
	if (strcmp(duty, "steward") != 0 && strcmp(duty, "approver") != 0 && strcmp(duty, "auditor") != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("\"%s\" is no duty", duty),
				 errhint("Duties: steward, approver, auditor.")));
}

static void
require_superuser(const char *function)
{
	if (!superuser())
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("permission denied to call %s", function),
				 errhint("Ask a superuser: duties are given from outside.")));
}

/* The release's own roles read sources: none of them decides anything. */
static void
refuse_release_role(Oid role, const char *name)
{
	PrArgs		args = {0};

	pr_arg_oid(&args, role);
	if (pr_catalog_run("SELECT 1 FROM privrelease.release WHERE role_oid = $1", &args) > 0)
		ereport(ERROR,
				(errcode(ERRCODE_PR_BOUNDARY),
				 errmsg("role %s belongs to a release and can have no duty", quote_identifier(name))));
}

Datum
privrelease_grant_duty(PG_FUNCTION_ARGS)
{
	char	   *duty = text_to_cstring(PG_GETARG_TEXT_PP(0));
	char	   *name = NameStr(*PG_GETARG_NAME(1));
	PrArgs		args = {0};
	Oid			role;

	require_superuser("grant_duty()");
	pr_begin_to_write("grant_duty()");
	require_known(duty);
	role = get_role_oid(name, false);
	refuse_release_role(role, name);
	pr_arg_text(&args, duty);
	pr_arg_oid(&args, role);
	pr_arg_text(&args, name);
	pr_arg_text(&args, pr_caller_name());
	pr_arg_text(&args, pr_this_binding());
	if (pr_catalog_run("INSERT INTO privrelease.duty (duty, role_oid, role_name, granted_by, binding) VALUES ($1, $2, $3::name, $4::name, $5)"
					   " ON CONFLICT DO NOTHING RETURNING 1", &args) > 0)
		pr_event("grant_duty", NULL, "duty", duty, "role", name, NULL);
	pr_end();
	PG_RETURN_VOID();
}

Datum
privrelease_revoke_duty(PG_FUNCTION_ARGS)
{
	char	   *duty = text_to_cstring(PG_GETARG_TEXT_PP(0));
	char	   *name = NameStr(*PG_GETARG_NAME(1));
	PrArgs		args = {0};

	require_superuser("revoke_duty()");
	pr_begin_to_write("revoke_duty()");
	require_known(duty);
	pr_arg_text(&args, duty);
	pr_arg_text(&args, name);
	/* A role that was dropped has its name only. */
	if (pr_catalog_run("DELETE FROM privrelease.duty AS d WHERE d.duty = $1 AND (d.role_oid = (SELECT r.oid FROM pg_catalog.pg_roles AS r"
					   " WHERE r.rolname = $2::name) OR (d.role_name = $2::name AND NOT EXISTS"
					   " (SELECT FROM pg_catalog.pg_roles AS r WHERE r.oid = d.role_oid))) RETURNING 1", &args) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("role %s does not have the duty \"%s\"", quote_identifier(name), duty),
				 errhint("SELECT * FROM privrelease.duties;")));
	pr_event("revoke_duty", NULL, "duty", duty, "role", name, NULL);
	pr_end();
	PG_RETURN_VOID();
}
