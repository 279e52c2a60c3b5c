/*
 * pr_run_scheduled.c
 *		CALL run_scheduled(): a refresh that nobody watches, whose failure is
 *		written down before it is raised.
 *
 *	1. refresh() runs in a subtransaction, with the rights of whoever calls.
 *	2. What fails, a cancel and a failing COMMIT too, is rolled back.  In a new
 *	   transaction the failure goes to the release and into the log, and that is
 *	   committed.
 *	3. Then the error is raised as it was, so that the caller's own table of
 *	   runs has it.
 *
 * So it ends transactions, and is a procedure without SET clause.  Its own
 * statements run elevated with a search_path of ours; refresh() sets its own.
 *
 * What an attacker would try: write into the row of a release that is not his
 * (the failure is recorded only for a caller who may refresh it); have a value
 * of a source written where many read it, by an error that carries one (the
 * message of an error is kept only if this library raised it, told by the file
 * that did, not by an SQLSTATE that anybody can raise).
 */
#include "postgres.h"

#include "access/xact.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "nodes/parsenodes.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"

#include "catalog/pr_catalog.h"
#include "common/pr_compat.h"
#include "common/pr_error.h"
#include "common/pr_event.h"
#include "common/pr_try.h"
#include "release/pr_release.h"

PG_FUNCTION_INFO_V1(privrelease_run_scheduled);

/* How long the record waits for somebody who is changing the declaration. */
#define RECORD_TIMEOUT "10s"

/* ---------- what may be told of an error ---------- */

static const struct
{
	const char *begin;
	const char *name;
}			conditions[] =
{
	{"25006", "read-only transaction"},
	{"40001", "serialization failure"},
	{"40P01", "deadlock detected"},
	{"42501", "insufficient privilege"},
	{"53100", "disk full"},
	{"53200", "out of memory"},
	{"53300", "too many connections"},
	{"53400", "configuration limit exceeded"},
	{"55P03", "lock not available"},
	{"57014", "query canceled"},
	{"58030", "input or output error"},
	{"08", "connection exception"},
	{"0A", "feature not supported"},
	{"21", "cardinality violation"},
	{"22", "data exception"},
	{"23", "integrity constraint violation"},
	{"25", "invalid transaction state"},
	{"28", "invalid authorization"},
	{"38", "external routine exception"},
	{"39", "external routine invocation exception"},
	{"40", "transaction rollback"},
	{"42", "syntax error or access rule violation"},
	{"44", "check option violation"},
	{"53", "insufficient resources"},
	{"54", "program limit exceeded"},
	{"55", "object not in prerequisite state"},
	{"57", "operator intervention"},
	{"58", "system error"},
	{"F0", "configuration file error"},
	{"HV", "foreign data wrapper error"},
	{"P0", "PL/pgSQL error"},
	{"XX", "internal error"},
};

static const char *
condition_of(const char *state)
{
	for (int i = 0; i < lengthof(conditions); i++)
		if (strncmp(state, conditions[i].begin, strlen(conditions[i].begin)) == 0)
			return conditions[i].name;
	return "condition of other code";
}

/* Our files, and no others of a server, are named so. */
static bool
is_ours(const ErrorData *error)
{
	const char *file = error->filename != NULL ? last_dir_separator(error->filename) : NULL;

	if (error->filename == NULL)
		return false;
	return strncmp(file != NULL ? file + 1 : error->filename, "pr_", 3) == 0;
}

static char *
describe(const ErrorData *error)
{
	const char *state = unpack_sql_state(error->sqlerrcode);

	if (is_ours(error) && error->message != NULL)
		return psprintf("%s: %s", state, error->message);
	return psprintf("%s (%s)", state, condition_of(state));
}

/* ---------- recording ---------- */

/* A run that is over. */
typedef struct Run
{
	int32		release;
	const char *label;
	const ErrorData *error;
} Run;

static void
log_failure(void *state)
{
	const Run  *run = state;

	pr_event("run_scheduled", run->label, "sqlstate", unpack_sql_state(run->error->sqlerrcode),
			 "failure", describe(run->error), NULL);
}

/* statement_timeout may have fired already, so a lock that somebody holds for long would be waited for as long. */
static void
mark_failed(void *state)
{
	const Run  *run = state;
	int			nest = NewGUCNestLevel();
	PrArgs		args = {0};

	(void) set_config_option("lock_timeout", RECORD_TIMEOUT, PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
	pr_arg_int4(&args, run->release);
	pr_arg_text(&args, describe(run->error));
	pr_catalog_run("UPDATE privrelease.release SET failed_at = pg_catalog.clock_timestamp(), failure = $2 WHERE id = $1", &args);
	AtEOXact_GUC(false, nest);
}

/* COMMIT of what was done so far; its error, after which a new transaction has begun. */
static ErrorData *
commit(void)
{
	MemoryContext context = CurrentMemoryContext;
	ErrorData  *volatile error = NULL;

	PG_TRY();
	{
		SPI_commit();
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(context);
		error = CopyErrorData();
		FlushErrorState();
	}
	PG_END_TRY();
	MemoryContextSwitchTo(context);
	return error;
}

static void
warn_unrecorded(const Run *run, const ErrorData *why, const char *where)
{
	if (why != NULL)
		ereport(WARNING,
				(errmsg("the failure of a scheduled refresh of release %s could not be written into %s", run->label, where),
				 errdetail_internal("%s", describe(why))));
}

/* What went wrong here is told as well; the error that is raised stays the first one. */
static void
record_failure(Run *run)
{
	warn_unrecorded(run, pr_try_all(log_failure, run), "the log");
	warn_unrecorded(run, pr_try_all(mark_failed, run), "privrelease.releases");
	warn_unrecorded(run, commit(), "the database");
}

/* ---------- the run ---------- */

/* Whoever owns the source; where it is gone, whoever owned it. */
static bool
may_refresh(const PrRelease *release)
{
	if (strcmp(release->binding, pr_this_binding()) != 0)
		return false;
	if (OidIsValid(get_rel_namespace(release->source)))
		return pr_owns_relation(release->source, GetUserId());
	return get_role_oid(release->source_owner, true) == release->source_owner_oid &&
		has_privs_of_role(GetUserId(), release->source_owner_oid);
}

static void
require_refresher(const PrRelease *release)
{
	if (may_refresh(release))
		return;
	(void) pr_release_to_read(release->label);	/* says why not */
	ereport(ERROR,
			(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
			 errmsg("permission denied to refresh release %s", release->label)));
}

static void
require_table(const PrRelease *release)
{
	if (!release->is_table)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("release %s is a view, which is always up to date", release->label),
				 errhint("SELECT privrelease.unschedule(%s);", quote_literal_cstr(release->label))));
}

static void
refresh(void *state)
{
	PrArgs		args = {0};

	pr_arg_text(&args, ((const Run *) state)->label);
	pr_spi("SELECT privrelease.refresh($1)", &args);
}

static void
run_now(PrRelease *release)
{
	Run			run = {.release = release->id,.label = release->label};
	ErrorData  *error = pr_try_all(refresh, &run);

	if (error == NULL)
		error = commit();
	else
		SPI_rollback();
	if (error == NULL)
		return;
	run.error = error;
	record_failure(&run);
	ReThrowError(error);
}

static void
require_top_level(FunctionCallInfo fcinfo, const char *name)
{
	CallContext *context = fcinfo->context != NULL && IsA(fcinfo->context, CallContext) ? (CallContext *) fcinfo->context : NULL;

	if (context == NULL || context->atomic || IsSubTransaction())
		ereport(ERROR,
				(errcode(ERRCODE_ACTIVE_SQL_TRANSACTION),
				 errmsg("run_scheduled() cannot run inside a transaction block or a function"),
				 errdetail("It commits, so that a failure stays on record."),
				 errhint("SELECT privrelease.refresh(%s);", quote_literal_cstr(name))));
}

Datum
privrelease_run_scheduled(PG_FUNCTION_ARGS)
{
	char	   *name;
	PrRelease  *release;

	if (PG_ARGISNULL(0))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("argument \"release\" must not be null")));
	name = text_to_cstring(PG_GETARG_TEXT_PP(0));
	pr_require_writable("run_scheduled()");
	require_top_level(fcinfo, name);
	SPI_connect_ext(SPI_OPT_NONATOMIC);
	release = pr_release_find_to_read(name);
	require_refresher(release);
	require_table(release);
	if (strcmp(release->state, "withdrawn") == 0 && !release->suspended)
		ereport(NOTICE,
				(errmsg("release %s is withdrawn, so it is not refreshed", release->label),
				 errhint("SELECT privrelease.unschedule(%s); or refresh and publish it.", quote_literal_cstr(release->label))));
	else
		run_now(release);
	SPI_finish();
	PG_RETURN_VOID();
}
