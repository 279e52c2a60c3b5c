/*
 * pr_session.c
 *		Acting as another role, and SQL run on the extension's own catalogue.
 *		See pr_session.h for the rules.
 */
#include "postgres.h"

#include "access/xact.h"
#include "access/xlog.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "tcop/utility.h"
#include "utils/builtins.h"
#include "utils/guc.h"

#include "common/pr_compat.h"
#include "common/pr_error.h"
#include "common/pr_installed.h"
#include "common/pr_session.h"

static bool preloaded = false;

void
pr_session_init(void)
{
	preloaded = process_shared_preload_libraries_in_progress;
}

bool
pr_preloaded(void)
{
	return preloaded;
}

void
pr_require_writable(const char *function)
{
	if (RecoveryInProgress())
		ereport(ERROR,
				(errcode(ERRCODE_READ_ONLY_SQL_TRANSACTION),
				 errmsg("cannot execute %s on a standby", function),
				 errhint("Run it on the primary; the standby follows.")));
	PreventCommandIfReadOnly(function);
	pr_require_same_version();
}

static void
switch_identity(Oid role, int flags, PrIdentity *saved)
{
	GetUserIdAndSecContext(&saved->userid, &saved->sec_context);
	SetUserIdAndSecContext(role, saved->sec_context | flags);
	saved->nestlevel = 0;
	saved->reads = false;
}

static void
set_while_other(const char *name, const char *value)
{
	(void) set_config_option(name, value, PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
}

/*
 * The functions of ours that are called set search_path, but code of a source
 * that has run since may have set another one, in which = is his.
 */
static void
pin_search_path(PrIdentity *saved)
{
	saved->nestlevel = NewGUCNestLevel();
	set_while_other("search_path", "pg_catalog, pg_temp");
}

void
pr_elevate(PrIdentity *saved)
{
	switch_identity(BOOTSTRAP_SUPERUSERID, SECURITY_LOCAL_USERID_CHANGE, saved);
	pin_search_path(saved);
}

void
pr_become(Oid role, PrIdentity *saved)
{
	switch_identity(role, SECURITY_LOCAL_USERID_CHANGE | SECURITY_RESTRICTED_OPERATION, saved);
	pin_search_path(saved);
}

void
pr_become_reader(Oid role, PrIdentity *saved)
{
	pr_become(role, saved);
	/* Not as a setting, which PostgreSQL 17 refuses inside a function.  The end of a subtransaction that fails puts it back. */
	saved->was_read_only = XactReadOnly;
	XactReadOnly = true;
	CommandCounterIncrement();
	saved->reads = true;
	saved->command = GetCurrentCommandId(false);
}

void
pr_plan_as_maintenance(void)
{
	if (maintenance_work_mem > work_mem)
		set_while_other("work_mem", psprintf("%d", maintenance_work_mem));
	set_while_other("jit", "off");
}

void
pr_plan_for_few_groups(void)
{
	set_while_other("parallel_setup_cost", "100");
	set_while_other("parallel_tuple_cost", "0.001");
}

/* Whatever is written takes the number of a command, also what is rolled back. */
static void
require_nothing_written(CommandId command)
{
	CommandCounterIncrement();
	if (GetCurrentCommandId(false) != command)
		ereport(ERROR,
				(errcode(ERRCODE_PR_BOUNDARY),
				 errmsg("something was written while a source was read as the role of its release"),
				 errdetail("A function or an operator of the source wrote it."),
				 errhint("Look into the views and functions that the source is made of.")));
}

void
pr_restore_identity(const PrIdentity *saved)
{
	if (saved->nestlevel > 0)
		AtEOXact_GUC(false, saved->nestlevel);
	SetUserIdAndSecContext(saved->userid, saved->sec_context);
	if (saved->reads)
	{
		XactReadOnly = saved->was_read_only;
		require_nothing_written(saved->command);
	}
}

static int	asking = 0;

void
pr_session_ask(bool on)
{
	asking += on ? 1 : -1;
}

bool
pr_session_asks(void)
{
	return asking > 0 && InSecurityRestrictedOperation();
}

void
pr_arg(PrArgs *args, Oid type, Datum value)
{
	if (args->n >= PR_MAX_ARGS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("a statement of privrelease can have at most %d parameters", PR_MAX_ARGS)));
	args->types[args->n] = type;
	args->values[args->n] = value;
	args->nulls[args->n++] = ' ';
}

void
pr_arg_null(PrArgs *args, Oid type)
{
	pr_arg(args, type, (Datum) 0);
	args->nulls[args->n - 1] = 'n';
}

void
pr_arg_text(PrArgs *args, const char *value)
{
	if (value == NULL)
		pr_arg_null(args, TEXTOID);
	else
		pr_arg(args, TEXTOID, CStringGetTextDatum(value));
}

void
pr_arg_int4(PrArgs *args, int32 value)
{
	pr_arg(args, INT4OID, Int32GetDatum(value));
}

void
pr_arg_int8(PrArgs *args, int64 value)
{
	pr_arg(args, INT8OID, Int64GetDatum(value));
}

void
pr_arg_oid(PrArgs *args, Oid value)
{
	pr_arg(args, OIDOID, ObjectIdGetDatum(value));
}

void
pr_arg_bool(PrArgs *args, bool value)
{
	pr_arg(args, BOOLOID, BoolGetDatum(value));
}

uint64
pr_spi(const char *sql, PrArgs *args)
{
	int			rc;

	if (args != NULL && args->n > 0)
		rc = SPI_execute_with_args(sql, args->n, args->types, args->values, args->nulls, false, 0);
	else
		rc = SPI_execute(sql, false, 0);
	if (rc < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR),
				 errmsg_internal("statement on the privrelease catalogue failed: %s", SPI_result_code_string(rc))));
	return SPI_processed;
}

/* A statement that must have found something may see nothing in a transaction with an old snapshot. */
static void
require_row(uint64 row)
{
	if (SPI_tuptable == NULL || row >= SPI_tuptable->numvals)
		ereport(ERROR,
				(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
				 errmsg("the privrelease catalogue was changed by another transaction"),
				 errhint("Try again in a new transaction.")));
}

char *
pr_spi_text(uint64 row, int col)
{
	require_row(row);
	return SPI_getvalue(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, col);
}

Datum
pr_spi_datum(uint64 row, int col, bool *isnull)
{
	require_row(row);
	return SPI_getbinval(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, col, isnull);
}

int64
pr_spi_int(uint64 row, int col, bool *isnull)
{
	bool		null;
	Datum		value = pr_spi_datum(row, col, &null);
	if (isnull != NULL)
		*isnull = null;
	if (null)
		return 0;
	switch (SPI_gettypeid(SPI_tuptable->tupdesc, col))
	{
		case INT2OID:
			return DatumGetInt16(value);
		case INT8OID:
			return DatumGetInt64(value);
		case OIDOID:
			return (int64) DatumGetObjectId(value);
		default:
			return DatumGetInt32(value);
	}
}
