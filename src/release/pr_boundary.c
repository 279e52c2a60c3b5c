/*
 * pr_boundary.c
 *		The roles and privileges that the security of a release rests on.
 *
 * A release view is owned by a role of its own: it cannot log in, nobody is a
 * member of it, it is a member of nothing, and it holds USAGE on the source's
 * schema and SELECT on exactly the source columns that rules and subject need.
 * The view's rights are that role's rights; the audience has none on the
 * source.  Take the library away and this still stands.
 *
 * What an attacker would try, and what stops it here:
 *	- have a role of the expected name ready, with himself as a member: names
 *	  carry random digits, and a role that exists is never adopted unless it is
 *	  as harmless as one that we made (pr_check_release_role);
 *	- publish to a role that can read the source anyway (pr_check_audience).
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/namespace.h"
#include "catalog/pg_auth_members.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_class.h"
#include "catalog/pg_namespace.h"
#include "executor/spi.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"

#include "catalog/pr_catalog.h"
#include "common/pr_compat.h"
#include "common/pr_error.h"
#include "release/pr_registry.h"
#include "release/pr_release.h"

/* ---------- the release role ---------- */

/* A name that tells a DBA what the role is for and that nobody could have guessed. */
static char *
new_role_name(const char *name)
{
	uint8		random[4];
	const int	room = NAMEDATALEN - 1 - (int) strlen("privrelease__") - 8;

	if (!pg_strong_random(random, sizeof(random)))
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR),
				 errmsg("could not generate random bytes")));
	return psprintf("privrelease_%.*s_%02x%02x%02x%02x", pg_mbcliplen(name, strlen(name), room), name,
					random[0], random[1], random[2], random[3]);
}

void
pr_make_release_role(const char *role)
{
	pr_ddl(psprintf("CREATE ROLE %s NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT NOREPLICATION NOBYPASSRLS",
					quote_identifier(role)));
	pr_ddl(psprintf("COMMENT ON ROLE %s IS %s", quote_identifier(role),
					quote_literal_cstr("owns a privrelease release; nobody is or may become a member")));
}

char *
pr_create_release_role(const char *name)
{
	char	   *role = new_role_name(name);

	pr_make_release_role(role);
	return role;
}

/* DROP OWNED takes what the role owns with it: by now that must be nothing but its mappings to foreign servers. */
static void
require_owns_nothing(const PrRelease *release, Oid role)
{
	PrArgs		args = {0};

	pr_arg_oid(&args, role);
	if (pr_catalog_run("SELECT pg_catalog.pg_describe_object(d.classid, d.objid, d.objsubid) FROM pg_catalog.pg_shdepend AS d"
					   " WHERE d.refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass AND d.refobjid = $1"
					   " AND d.deptype = 'o' AND d.classid <> 'pg_catalog.pg_user_mapping'::pg_catalog.regclass AND d.dbid = (SELECT b.oid FROM pg_catalog.pg_database AS b"
					   " WHERE b.datname = pg_catalog.current_database()) LIMIT 1", &args) > 0)
		ereport(ERROR,
				(errcode(ERRCODE_DEPENDENT_OBJECTS_STILL_EXIST),
				 errmsg("role %s of release %s owns %s", quote_identifier(release->role), release->label,
						pr_spi_text(0, 1)),
				 errhint("Give that object another owner first.")));
}

/* Rights in this database go; the role goes too, unless a copy of this database needs it. */
void
pr_drop_release_role(const PrRelease *release)
{
	PrArgs		args = {0};

	if (!OidIsValid(get_role_oid(release->role, true)))
		return;
	require_owns_nothing(release, get_role_oid(release->role, false));
	pr_lock_rights(release);
	pr_ddl(psprintf("DROP OWNED BY %s RESTRICT", quote_identifier(release->role)));
	pr_arg_oid(&args, get_role_oid(release->role, false));
	if (pr_catalog_run("SELECT 1 FROM pg_catalog.pg_shdepend WHERE refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass"
					   " AND refobjid = $1 LIMIT 1", &args) > 0)
		ereport(NOTICE,
				(errmsg("role %s stays: a release in another database uses it", quote_identifier(release->role))));
	else
		pr_ddl(psprintf("DROP ROLE %s", quote_identifier(release->role)));
}

static bool
role_has_members_or_is_member(Oid role)
{
	PrArgs		args = {0};

	pr_arg_oid(&args, role);
	return pr_catalog_run("SELECT 1 FROM pg_catalog.pg_auth_members WHERE roleid = $1 OR member = $1 LIMIT 1", &args) > 0;
}

/* Is it still the powerless role that we made? */
void
pr_check_release_role(const PrRelease *release, Oid role)
{
	HeapTuple	tuple = SearchSysCache1(AUTHOID, ObjectIdGetDatum(role));
	Form_pg_authid form;
	bool		powerful;

	if (!HeapTupleIsValid(tuple))
		ereport(ERROR,
				(errcode(ERRCODE_PR_STALE),
				 errmsg("role %s of release %s does not exist", quote_identifier(release->role), release->label),
				 errhint("SELECT * FROM privrelease.rebind();")));
	form = (Form_pg_authid) GETSTRUCT(tuple);
	powerful = form->rolsuper || form->rolcanlogin || form->rolcreaterole || form->rolcreatedb ||
		form->rolbypassrls || form->rolreplication;
	ReleaseSysCache(tuple);

	if (powerful || role_has_members_or_is_member(role))
		ereport(ERROR,
				(errcode(ERRCODE_PR_BOUNDARY),
				 errmsg("role %s of release %s has members, memberships or attributes that it must not have",
						quote_identifier(release->role), release->label),
				 errhint("Revoke them: the role may only own its release.")));
}

/* ---------- privileges on the source ---------- */

/* Attribute numbers that rules and subject need, ascending. */
List *
pr_needed_columns(const PrRelease *release, List *rules)
{
	List	   *columns = NIL;
	ListCell   *cell;

	if (release->subject != NULL)
		columns = list_append_unique_int(columns, release->subject_attnum);
	foreach(cell, rules)
	{
		PrRule	   *rule = lfirst(cell);
		ListCell   *used;

		if (!rule->transform->by_name && !rule->transform->ignores_value)
			columns = list_append_unique_int(columns, rule->attnum);
		foreach(used, rule->used)
			columns = list_append_unique_int(columns, ((PrColumn *) lfirst(used))->attnum);
	}
	/* Even a view that shows no value of its source needs one column's privilege to read it. */
	if (columns == NIL)
		columns = list_make1_int(((PrRule *) linitial(rules))->attnum);
	list_sort(columns, list_int_cmp);
	return columns;
}

/* A source that was moved to another schema leaves a right on the former one behind.  The owner of a table needs its schema. */
static List *
revoke_other_schemas(const PrRelease *release)
{
	PrArgs		args = {0};
	List	   *statements = NIL;
	uint64		rows;

	pr_arg_oid(&args, get_role_oid(release->role, true));
	pr_arg_text(&args, release->source_schema);
	pr_arg_text(&args, release->is_table ? release->schema : release->source_schema);
	rows = pr_catalog_run("SELECT DISTINCT n.nspname FROM pg_catalog.pg_namespace AS n, LATERAL pg_catalog.aclexplode(n.nspacl) AS a"
						  " WHERE a.grantee = $1 AND $1 <> 0 AND n.nspname NOT IN ($2::name, $3::name) ORDER BY 1", &args);
	for (uint64 row = 0; row < rows; row++)
		statements = lappend(statements, psprintf("REVOKE ALL ON SCHEMA %s FROM %s", quote_identifier(pr_spi_text(row, 1)),
												  quote_identifier(release->role)));
	return statements;
}

/* The statements that leave the release role with exactly what it needs of the source. */
List *
pr_source_grants(const PrRelease *release, Relation rel, List *rules)
{
	const char *role = quote_identifier(release->role);
	char	   *source = quote_qualified_identifier(release->source_schema, release->source_name);
	StringInfoData columns;
	List	   *schemas = revoke_other_schemas(release);
	ListCell   *cell;

	if (release->is_table)
		schemas = lappend(schemas, psprintf("GRANT USAGE ON SCHEMA %s TO %s", quote_identifier(release->schema), role));
	initStringInfo(&columns);
	foreach(cell, pr_needed_columns(release, rules))
	{
		Form_pg_attribute att = TupleDescAttr(RelationGetDescr(rel), lfirst_int(cell) - 1);

		appendStringInfo(&columns, "%s%s", columns.len > 0 ? ", " : "", quote_identifier(NameStr(att->attname)));
	}
	return list_concat(schemas,
					   list_make3(psprintf("GRANT USAGE ON SCHEMA %s TO %s", quote_identifier(release->source_schema), role),
								  psprintf("REVOKE ALL ON TABLE %s FROM %s", source, role),
								  psprintf("GRANT SELECT (%s) ON TABLE %s TO %s", columns.data, source, role)));
}

/* ---------- privileges on the view ---------- */

/* Roles other than the release role and the source's owner that hold anything on the view, 'PUBLIC' included. */
static uint64
find_grantees(const PrRelease *release)
{
	PrArgs		args = {0};

	pr_arg_oid(&args, release->view);
	pr_arg_oid(&args, pr_relation_owner(release->source));
	return pr_catalog_run("SELECT DISTINCT CASE a.grantee WHEN 0 THEN 'PUBLIC'"
						  " ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(a.grantee)) END"
						  " FROM (SELECT relacl AS acl, relowner FROM pg_catalog.pg_class WHERE oid = $1"
						  " UNION ALL SELECT t.attacl, v.relowner FROM pg_catalog.pg_attribute AS t"
						  " JOIN pg_catalog.pg_class AS v ON v.oid = t.attrelid WHERE t.attrelid = $1) AS c,"
						  " LATERAL pg_catalog.aclexplode(c.acl) AS a WHERE a.grantee NOT IN (c.relowner, $2)", &args);
}

void
pr_revoke_from_everybody(const PrRelease *release)
{
	uint64		rows = find_grantees(release);
	List	   *grantees = NIL;
	ListCell   *cell;

	for (uint64 row = 0; row < rows; row++)
		grantees = lappend(grantees, pr_spi_text(row, 1));
	foreach(cell, grantees)
		pr_ddl(psprintf("REVOKE ALL ON %s FROM %s CASCADE", pr_relation_label(release->view), (char *) lfirst(cell)));
}

/*
 * Nobody is audience of the release any more, nor mapped to it.  USAGE on a schema that came with
 * it goes with the last release there that brought it.
 */
void
pr_forget_audience(const PrRelease *release)
{
	PrArgs		args = {0};
	uint64		rows;
	List	   *statements = NIL;
	ListCell   *cell;

	pr_arg_int4(&args, release->id);
	pr_catalog_run("DELETE FROM privrelease.audience_map WHERE release = $1", &args);
	rows = pr_catalog_run("WITH gone AS (DELETE FROM privrelease.audience WHERE release = $1"
						  " RETURNING role_oid, schema_oid, granted_usage)"
						  " SELECT n.nspname, r.rolname FROM gone AS g"
						  " JOIN pg_catalog.pg_namespace AS n ON n.oid = g.schema_oid"
						  " JOIN pg_catalog.pg_roles AS r ON r.oid = g.role_oid"
						  " WHERE g.granted_usage AND NOT EXISTS (SELECT FROM privrelease.audience AS a"
						  " WHERE a.role_oid = g.role_oid AND a.schema_oid = g.schema_oid AND a.release <> $1)", &args);
	if (strcmp(release->binding, pr_this_binding()) != 0)
		return;					/* the schema was another database's */
	for (uint64 row = 0; row < rows; row++)
		statements = lappend(statements, psprintf("REVOKE USAGE ON SCHEMA %s FROM %s",
												  quote_identifier(pr_spi_text(row, 1)),
												  quote_identifier(pr_spi_text(row, 2))));
	if (statements != NIL)
		pr_lock_rights(release);
	foreach(cell, statements)
		pr_ddl(lfirst(cell));
}

/* ---------- the schema of the release ---------- */

void
pr_check_schema(const char *schema)
{
	Oid			nspid;

	if (strncmp(schema, "pg_", 3) == 0 || strcmp(schema, "information_schema") == 0 || strcmp(schema, PR_SCHEMA) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_SCHEMA_NAME),
				 errmsg("a release cannot appear in system schema \"%s\"", schema)));
	nspid = get_namespace_oid(schema, true);
	if (!OidIsValid(nspid) && !superuser())
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_SCHEMA),
				 errmsg("schema \"%s\" does not exist", schema),
				 errhint("CREATE SCHEMA %s;", quote_identifier(schema))));
	if (OidIsValid(nspid) && pr_schema_aclcheck(nspid, GetUserId(), ACL_CREATE) != ACLCHECK_OK)
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("permission denied for schema %s", quote_identifier(schema)),
				 errhint("Whoever declares a release there needs: GRANT USAGE, CREATE ON SCHEMA %s TO %s;",
						 quote_identifier(schema), quote_identifier(pr_caller_name()))));
}

/*
 * Keep a schema under its name until the transaction ends, so that statements
 * that name it mean it: a rename waits for this lock on its catalogue row.  An
 * error if the name has changed already.
 */
void
pr_pin_schema(Oid nspid, const char *name)
{
	PrArgs		args = {0};

	pr_arg_oid(&args, nspid);
	if (pr_catalog_run("SELECT nspname FROM pg_catalog.pg_namespace WHERE oid = $1 FOR KEY SHARE", &args) == 0 ||
		strcmp(pr_spi_text(0, 1), name) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_PR_STALE),
				 errmsg("schema \"%s\" was renamed or dropped", name),
				 errhint("Rename it back, or try again.")));
}

/*
 * Of two transactions that change who has rights on one object, PostgreSQL
 * fails the second one with an internal error.  Here it waits instead: for the
 * schemas and the source of the release, in the order of schemas that all take.
 */
void
pr_lock_rights(const PrRelease *release)
{
	Oid			first = get_namespace_oid(release->schema, true);
	Oid			second = OidIsValid(release->source) ? get_rel_namespace(release->source) : InvalidOid;

	if (OidIsValid(Min(first, second)))
		LockDatabaseObject(NamespaceRelationId, Min(first, second), 0, ShareUpdateExclusiveLock);
	if (OidIsValid(Max(first, second)))
		LockDatabaseObject(NamespaceRelationId, Max(first, second), 0, ShareUpdateExclusiveLock);
	if (OidIsValid(release->source))
		LockDatabaseObject(RelationRelationId, release->source, 0, ShareUpdateExclusiveLock);
}

/* ---------- audiences ---------- */

/* Any way in which the role, or a role that it can become, may read a column of the source, its partitions or parents. */
static bool
can_read_source(const PrRelease *release, Oid audience)
{
	PrArgs		args = {0};

	pr_arg_oid(&args, release->source);
	pr_arg_oid(&args, audience);
	return pr_catalog_run("WITH RECURSIVE down(relid) AS (SELECT $1 UNION SELECT i.inhrelid"
						  " FROM pg_catalog.pg_inherits AS i JOIN down ON i.inhparent = down.relid),"
						  " up(relid) AS (SELECT $1 UNION SELECT i.inhparent"
						  " FROM pg_catalog.pg_inherits AS i JOIN up ON i.inhrelid = up.relid)"
						  " SELECT 1 FROM pg_catalog.pg_roles AS r, (SELECT relid FROM down UNION SELECT relid FROM up) AS t"
						  " WHERE pg_catalog.pg_has_role($2, r.oid, 'MEMBER')"
						  " AND pg_catalog.has_any_column_privilege(r.oid, t.relid, 'SELECT') LIMIT 1", &args) > 0;
}

void
pr_check_audience(const PrRelease *release, Oid audience, const char *name)
{
	if (superuser_arg(audience))
		ereport(ERROR,
				(errcode(ERRCODE_PR_BOUNDARY),
				 errmsg("role %s is a superuser and cannot be an audience", quote_identifier(name))));
	if (is_member_of_role(audience, get_role_oid(release->role, false)))
		ereport(ERROR,
				(errcode(ERRCODE_PR_BOUNDARY),
				 errmsg("role %s is a member of the release's own role", quote_identifier(name)),
				 errhint("REVOKE %s FROM %s;", quote_identifier(release->role), quote_identifier(name))));
	if (can_read_source(release, audience))
		ereport(ERROR,
				(errcode(ERRCODE_PR_BOUNDARY),
				 errmsg("role %s can read the source %s itself", quote_identifier(name),
						pr_relation_label(release->source)),
				 errhint("REVOKE ALL ON %s FROM %s (and from PUBLIC and the roles that it is a member of).",
						 pr_relation_label(release->source), quote_identifier(name))));
}
