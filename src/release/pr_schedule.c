/*
 * pr_schedule.c
 *		schedule(), unschedule(): a job of pg_cron that refreshes a release table.
 *
 * The job is pg_cron's own, made by its own functions with the rights of whoever
 * calls, and runs as that role.  It is found again by its name, its command and
 * its database together, so that a job of somebody else that only bears the name
 * is never touched.
 *
 * What an attacker would try here: a schema named cron with functions of his own
 * (what is called belongs to the extension pg_cron, and is told by its exact
 * types); SQL in the name of a release or in a schedule (both are parameters; the
 * command holds the name as a literal); a job with more rights than his (never
 * for a superuser, never for another role).
 */
#include "postgres.h"

#include "catalog/dependency.h"
#include "catalog/namespace.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_class.h"
#include "catalog/pg_language.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "commands/dbcommands.h"
#include "commands/extension.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "common/pr_compat.h"
#include "common/pr_error.h"
#include "common/pr_event.h"
#include "common/pr_try.h"
#include "release/pr_schedule.h"

PG_FUNCTION_INFO_V1(privrelease_schedule);
PG_FUNCTION_INFO_V1(privrelease_unschedule);

#define CRON "pg_cron"
#define CRON_SCHEMA "cron"

/* ---------- the job ---------- */

static char *
job_command(const PrRelease *release)
{
	return psprintf("CALL privrelease.run_scheduled(%s)", quote_literal_cstr(release->label));
}

/* Names end after 63 bytes in some versions of pg_cron: a longer one gives way to a number. */
static char *
job_name(const PrRelease *release, const char *database)
{
	char	   *name = psprintf("privrelease refresh %s%s%s", release->label, database != NULL ? " in " : "", database != NULL ? database : "");

	if (strlen(name) < NAMEDATALEN)
		return name;
	return database == NULL ? psprintf("privrelease refresh #%d", release->id) :
		psprintf("privrelease refresh #%d in #%u", release->id, MyDatabaseId);
}

/* ---------- pg_cron ---------- */

/* Its setting, if its library has made it; NULL where that is not loaded, whatever the configuration says. */
static const char *
cron_database(void)
{
	const char *database = GetConfigOption("cron.database_name", true, false);

	if (database == NULL || (GetConfigOptionFlags("cron.database_name", true) & GUC_CUSTOM_PLACEHOLDER) != 0)
		return NULL;
	return database;
}

static void
raise_elsewhere(const PrRelease *release, const char *database, const char *hint)
{
	ereport(ERROR,
			(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
			 errmsg("pg_cron runs jobs from database \"%s\", not from this one", database),
			 errhint("Type there, as a superuser: %s", hint)));
}

static void
raise_not_created(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
			 errmsg("extension pg_cron is not created in this database"),
			 errhint("A superuser makes it: CREATE EXTENSION pg_cron; GRANT USAGE ON SCHEMA cron TO %s;",
					 quote_identifier(pr_caller_name()))));
}

static void
raise_not_loaded(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
			 errmsg("pg_cron is not loaded in this server"),
			 errhint("Install it (Debian: apt-get install postgresql-%s-cron), add pg_cron to shared_preload_libraries, "
					 "set cron.database_name = %s, restart the server, and as a superuser: CREATE EXTENSION pg_cron; GRANT USAGE ON SCHEMA cron TO %s;",
					 PR_MAJOR, quote_literal_cstr(get_database_name(MyDatabaseId)), quote_identifier(pr_caller_name()))));
}

/* here: what to type where pg_cron is, if that is another database. */
static void
require_cron(const PrRelease *release, const char *hint)
{
	const char *database = cron_database();

	if (OidIsValid(get_extension_oid(CRON, true)))
		return;
	if (database == NULL)
		raise_not_loaded();
	if (strcmp(database, get_database_name(MyDatabaseId)) != 0)
		raise_elsewhere(release, database, hint);
	raise_not_created();
}

/* A function in C that belongs to pg_cron; NULL: its version has none with these types.  Looked up without anybody's rights. */
static char *
cron_function(const char *name, int n, const Oid *types)
{
	Oid			schema = get_namespace_oid(CRON_SCHEMA, true);
	HeapTuple	tuple = SearchSysCache3(PROCNAMEARGSNSP, CStringGetDatum(name), PointerGetDatum(buildoidvector(types, n)),
										ObjectIdGetDatum(schema));
	Form_pg_proc form;
	bool		fits;

	if (!HeapTupleIsValid(tuple))
		return NULL;
	form = (Form_pg_proc) GETSTRUCT(tuple);
	fits = form->prolang == ClanguageId && getExtensionOfObject(ProcedureRelationId, form->oid) == get_extension_oid(CRON, true);
	ReleaseSysCache(tuple);
	return fits ? quote_qualified_identifier(CRON_SCHEMA, name) : NULL;
}

static void
raise_too_old(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
			 errmsg("pg_cron in this database has not the functions that jobs with names need"),
			 errhint("ALTER EXTENSION pg_cron UPDATE; it needs to be version 1.4 or later.")));
}

static const Oid schedule_types[] = {TEXTOID, TEXTOID, TEXTOID};
static const Oid unschedule_types[] = {INT8OID};

static const char *
required_function(const char *name, int n, const Oid *types)
{
	const char *function = cron_function(name, n, types);

	if (function == NULL)
		raise_too_old();
	return function;
}

/* ---------- jobs that are there ---------- */

static bool
has_job_table(void)
{
	Oid			schema = get_namespace_oid(CRON_SCHEMA, true);
	Oid			table = OidIsValid(schema) ? get_relname_relid("job", schema) : InvalidOid;

	return OidIsValid(table) && get_rel_relkind(table) == RELKIND_RELATION &&
		getExtensionOfObject(RelationRelationId, table) == get_extension_oid(CRON, true);
}

/* Jobs of the release, but for those of one role (or of nobody), are removed, whoever made them; how many. */
static uint64
remove_jobs(const PrRelease *release, const char *but_of)
{
	PrArgs		args = {0};
	const char *unschedule = required_function("unschedule", 1, unschedule_types);

	if (!has_job_table())
		raise_too_old();
	pr_arg_text(&args, job_name(release, NULL));
	pr_arg_text(&args, job_command(release));
	pr_arg_text(&args, get_database_name(MyDatabaseId));
	pr_arg_text(&args, but_of);
	return pr_catalog_run(psprintf("WITH mine AS MATERIALIZED (SELECT j.jobid FROM cron.job AS j WHERE j.jobname::text = $1 AND j.command = $2"
								   " AND j.database = $3 AND ($4 IS NULL OR j.username <> $4))"
								   " SELECT %s(m.jobid) FROM mine AS m", unschedule), &args);
}

/* ---------- who may have a job ---------- */

static bool
can_log_in(Oid role)
{
	HeapTuple	tuple = SearchSysCache1(AUTHOID, ObjectIdGetDatum(role));
	bool		can = HeapTupleIsValid(tuple) && ((Form_pg_authid) GETSTRUCT(tuple))->rolcanlogin;

	if (HeapTupleIsValid(tuple))
		ReleaseSysCache(tuple);
	return can;
}

static void
require_role_for_job(const PrRelease *release)
{
	const char *owner = quote_identifier(GetUserNameFromId(pr_relation_owner(release->source), false));

	if (superuser())
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("a refresh is not scheduled for a superuser"),
				 errdetail("The job would run with all rights that there are."),
				 errhint("SET ROLE to a role that can log in and is a member of %s, the owner of the source, and call schedule() again.", owner)));
	if (!can_log_in(GetUserId()))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("role %s cannot log in, so it can run no job", quote_identifier(pr_caller_name())),
				 errhint("Call schedule() as a role that can log in and is a member of %s, the owner of the source.", owner)));
}

static void
require_table(const PrRelease *release)
{
	if (!release->is_table)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("release %s is a view, which is always up to date", release->label),
				 errhint("Only a release of kind table is refreshed.")));
}

static void
require_usage(void)
{
	if (pr_schema_aclcheck(get_namespace_oid(CRON_SCHEMA, false), GetUserId(), ACL_USAGE) != ACLCHECK_OK)
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("permission denied for schema %s", CRON_SCHEMA),
				 errhint("A superuser gives it: GRANT USAGE ON SCHEMA %s TO %s;", CRON_SCHEMA, quote_identifier(pr_caller_name()))));
}

/* ---------- the calls ---------- */

static char *
schedule_elsewhere(const PrRelease *release, const char *cron)
{
	const char *database = get_database_name(MyDatabaseId);

	return psprintf("SELECT cron.schedule_in_database(%s, %s, %s, %s, %s);", quote_literal_cstr(job_name(release, database)),
					quote_literal_cstr(cron), quote_literal_cstr(job_command(release)), quote_literal_cstr(database),
					quote_literal_cstr(pr_caller_name()));
}

static char *
unschedule_elsewhere(const PrRelease *release)
{
	return psprintf("SELECT cron.unschedule(jobid) FROM cron.job WHERE jobname = %s;",
					quote_literal_cstr(job_name(release, get_database_name(MyDatabaseId))));
}

Datum
privrelease_schedule(PG_FUNCTION_ARGS)
{
	char	   *name = text_to_cstring(PG_GETARG_TEXT_PP(0));
	char	   *cron = text_to_cstring(PG_GETARG_TEXT_PP(1));
	PrRelease  *release;
	const char *function;
	PrArgs		args = {0};

	pr_begin_to_write("schedule()");
	release = pr_release_for_owner(name);
	require_table(release);
	require_role_for_job(release);
	require_cron(release, schedule_elsewhere(release, cron));
	require_usage();
	function = required_function("schedule", 3, schedule_types);
	pr_arg_text(&args, job_name(release, NULL));
	pr_arg_text(&args, cron);
	pr_arg_text(&args, job_command(release));
	pr_spi(psprintf("SELECT %s($1, $2, $3)", function), &args);
	if (remove_jobs(release, pr_caller_name()) > 0)
		ereport(NOTICE,
				(errmsg("the job of another role that refreshed release %s is replaced", release->label)));
	pr_event("schedule", release->label, "cron", cron, NULL);
	pr_end();
	PG_RETURN_VOID();
}

Datum
privrelease_unschedule(PG_FUNCTION_ARGS)
{
	char	   *name = text_to_cstring(PG_GETARG_TEXT_PP(0));
	PrRelease  *release;

	pr_begin_to_write("unschedule()");
	release = pr_release_for_drop(name);
	require_cron(release, unschedule_elsewhere(release));
	if (remove_jobs(release, NULL) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("release %s is not scheduled", release->label),
				 errhint("SELECT privrelease.schedule(%s, '0 3 * * *');", quote_literal_cstr(release->label))));
	pr_event("unschedule", release->label, NULL);
	pr_end();
	PG_RETURN_VOID();
}

/* ---------- a release that goes ---------- */

static void
remove_all_jobs(void *state)
{
	(void) remove_jobs(state, NULL);
}

static void
notice_job(const PrRelease *release, const char *hint)
{
	ereport(NOTICE,
			(errmsg("a job that refreshes release %s, if there is one, has to be removed by hand", release->label),
			 errhint("%s", hint)));
}

void
pr_schedule_forget(const PrRelease *release)
{
	if (!release->is_table || release->version == 0)
		return;
	if (!OidIsValid(get_extension_oid(CRON, true)))
	{
		if (cron_database() != NULL)
			notice_job(release, psprintf("In database %s: %s", quote_identifier(cron_database()), unschedule_elsewhere(release)));
	}
	else if (pr_try(remove_all_jobs, unconstify(PrRelease *, release)) != NULL)
		notice_job(release, psprintf("SELECT cron.unschedule(jobid) FROM cron.job WHERE command = %s;", quote_literal_cstr(job_command(release))));
}
