/*
 * pr_map.c
 *		map_audience() and unmap_audience(): transparent mode, in which queries
 *		of a role that name a source are answered from a release of it.
 *
 * A mapping gives no right to anybody: the role must be an audience of the
 * release already, and what it reads is the release.  Nobody is mapped before
 * the owner of the source does it, and withdrawing or dropping the release
 * takes the mappings with it (pr_forget_audience).
 *
 * Cached plans of everybody that mention the source or the view are made anew.
 */
#include "postgres.h"

#include "executor/spi.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"

#include "catalog/pr_catalog.h"
#include "common/pr_compat.h"
#include "common/pr_error.h"
#include "common/pr_event.h"
#include "release/pr_release.h"

PG_FUNCTION_INFO_V1(privrelease_map_audience);
PG_FUNCTION_INFO_V1(privrelease_unmap_audience);

/* ---------- checks ---------- */

static void
require_published(const PrRelease *release)
{
	if (strcmp(release->state, "published") != 0)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("release %s is not published", release->label),
				 errhint("SELECT privrelease.publish(%s, 'role');", quote_literal_cstr(release->label))));
}

/* An audience, or a role that has an audience's rights without SET ROLE. */
static void
require_audience(const PrRelease *release, Oid role, const char *name)
{
	PrArgs		args = {0};

	pr_arg_int4(&args, release->id);
	pr_arg_oid(&args, role);
	if (pr_catalog_run("SELECT 1 FROM privrelease.audience AS a JOIN pg_catalog.pg_roles AS r ON r.oid = a.role_oid"
					   " WHERE a.release = $1 AND pg_catalog.pg_has_role($2, r.oid, 'USAGE') LIMIT 1", &args) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("release %s is not published to role %s", release->label, quote_identifier(name)),
				 errhint("SELECT privrelease.publish(%s, %s);", quote_literal_cstr(release->label), quote_literal_cstr(name))));
}

/*
 * One release for a role and a source.  Memberships, and two sessions at once,
 * can still make two: queries are refused then.
 */
static void
require_only_release(const PrRelease *release, Oid role, const char *name)
{
	PrArgs		args = {0};

	pr_arg_int4(&args, release->id);
	pr_arg_oid(&args, role);
	pr_arg_oid(&args, release->source);
	pr_arg_text(&args, pr_this_binding());
	if (pr_catalog_run("SELECT pg_catalog.format('%I.%I', l.release_schema, l.release_name)"
					   " FROM privrelease.audience_map AS m JOIN privrelease.release AS l ON l.id = m.release"
					   " WHERE l.id <> $1 AND l.source = $3 AND l.binding = $4 AND m.role_oid = $2", &args) > 0)
		ereport(ERROR,
				(errcode(ERRCODE_DUPLICATE_OBJECT),
				 errmsg("role %s is mapped to release %s of the same source already", quote_identifier(name), pr_spi_text(0, 1)),
				 errhint("SELECT privrelease.unmap_audience(%s, %s);", quote_literal_cstr(name),
						 quote_literal_cstr(pr_spi_text(0, 1)))));
}

static void
notice_schema(const PrRelease *release, Oid role, const char *name)
{
	Oid			schema = get_rel_namespace(release->source);
	const char *schema_name = quote_identifier(get_namespace_name(schema));

	if (pr_schema_aclcheck(schema, role, ACL_USAGE) != ACLCHECK_OK)
		ereport(NOTICE,
				(errmsg("role %s cannot name the source: it has no USAGE on schema %s", quote_identifier(name), schema_name),
				 errhint("GRANT USAGE ON SCHEMA %s TO %s;", schema_name, quote_identifier(name))));
}

/* ---------- mapping ---------- */

static void
forget_plans(const PrRelease *release)
{
	CacheInvalidateRelcacheByRelid(release->source);
	if (OidIsValid(get_rel_namespace(release->view)))
		CacheInvalidateRelcacheByRelid(release->view);
}

static void
map(const PrRelease *release, Oid role, const char *name)
{
	PrArgs		args = {0};

	pr_arg_int4(&args, release->id);
	pr_arg_oid(&args, role);
	pr_arg_text(&args, name);
	pr_arg_text(&args, pr_caller_name());
	if (pr_catalog_run("INSERT INTO privrelease.audience_map (release, role_oid, role_name, mapped_by)"
					   " SELECT $1, $2, $3::name, $4::name WHERE NOT EXISTS"
					   " (SELECT FROM privrelease.audience_map AS m WHERE m.release = $1 AND m.role_oid = $2) RETURNING 1", &args) > 0)
		pr_event("map_audience", release->label, "role", name, NULL);
	forget_plans(release);
}

Datum
privrelease_map_audience(PG_FUNCTION_ARGS)
{
	char	   *name = NameStr(*PG_GETARG_NAME(0));
	Oid			role;
	PrRelease  *release;

	pr_begin_to_write("map_audience()");
	release = pr_release_for_owner(text_to_cstring(PG_GETARG_TEXT_PP(1)));
	role = get_role_oid(name, false);
	if (release->is_table)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("release %s is a table, and queries on a source are answered from views only", release->label),
				 errdetail("A table holds the rows of its last refresh, not those of the source.")));
	require_published(release);
	pr_check_audience(release, role, name);
	require_audience(release, role, name);
	require_only_release(release, role, name);
	map(release, role, name);
	notice_schema(release, role, name);
	pr_end();
	PG_RETURN_VOID();
}

/* ---------- unmapping ---------- */

static bool
unmap(const PrRelease *release, Oid role)
{
	PrArgs		args = {0};

	pr_arg_int4(&args, release->id);
	pr_arg_oid(&args, role);
	if (pr_catalog_run("DELETE FROM privrelease.audience_map WHERE release = $1 AND role_oid = $2", &args) == 0)
		return false;
	forget_plans(release);
	pr_event("unmap_audience", release->label, "role", GetUserNameFromId(role, false), NULL);
	return true;
}

/* From every release whose source the caller owns. */
static bool
unmap_all(Oid role)
{
	bool		any = false;
	ListCell   *cell;

	foreach(cell, pr_all_releases(false))
	{
		const PrRelease *release = lfirst(cell);

		if (strcmp(release->binding, pr_this_binding()) == 0 && OidIsValid(get_rel_namespace(release->source)) &&
			pr_owns_relation(release->source, GetUserId()))
			any |= unmap(release, role);
	}
	return any;
}

Datum
privrelease_unmap_audience(PG_FUNCTION_ARGS)
{
	char	   *name;
	Oid			role;
	bool		done;

	if (PG_ARGISNULL(0))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("role must not be null")));
	name = NameStr(*PG_GETARG_NAME(0));
	pr_begin_to_write("unmap_audience()");
	role = get_role_oid(name, false);
	if (PG_ARGISNULL(1))
		done = unmap_all(role);
	else
		done = unmap(pr_release_for_owner(text_to_cstring(PG_GETARG_TEXT_PP(1))), role);
	if (!done)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("role %s is not mapped to %s", quote_identifier(name),
						PG_ARGISNULL(1) ? "any release of yours" : "that release"),
				 errhint("SELECT release, mapped FROM privrelease.releases;")));
	pr_end();
	PG_RETURN_VOID();
}
