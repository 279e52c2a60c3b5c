/*
 * pr_status.c
 *		status(): does this server hold what only a preloaded library can?
 *
 * Everybody may ask.  Where the keyring lies and what is wrong with it is told
 * to superusers only.
 */
#include "postgres.h"

#include "access/xact.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/resowner.h"
#include "utils/tuplestore.h"

#include "common/pr_compat.h"
#include "common/pr_guc.h"
#include "common/pr_installed.h"
#include "common/pr_session.h"
#include "common/pr_try.h"
#include "core/pr_minor.h"
#include "crypto/pr_keyring.h"
#include "planner/pr_planner.h"

PG_FUNCTION_INFO_V1(privrelease_status);

static void
put_row(ReturnSetInfo *rsinfo, const char *item, const char *state, const char *hint)
{
	Datum		values[3] = {CStringGetTextDatum(item), CStringGetTextDatum(state)};
	bool		nulls[3] = {false, false, hint == NULL};

	if (hint != NULL)
		values[2] = CStringGetTextDatum(hint);
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
}

static void
put_preload(ReturnSetInfo *rsinfo)
{
	put_row(rsinfo, "preloaded", pr_preloaded() ? "yes" : "no",
			pr_preloaded() ? NULL : "Add privrelease to shared_preload_libraries and restart the server.");
}

static void
put_guard(ReturnSetInfo *rsinfo)
{
	const char *hint = NULL;

	if (!pr_preloaded())
		hint = "The guard works only in a library that is preloaded.";
	else if (!pr_guc_guard)
		hint = "ALTER SYSTEM RESET privrelease.guard; SELECT pg_reload_conf();";
	put_row(rsinfo, "guard", pr_preloaded() && pr_guc_guard ? "on" : "off", hint);
}

static void
look_for_keyring(void *state)
{
	*(const char **) state = pr_keyring_exists() ? "yes" : "none";
}

/* Reading an unusable file raises; the subtransaction closes what that leaves open. */
static const char *
keyring_state(const char **hint)
{
	const char *state = "no";
	ErrorData  *error = pr_try(look_for_keyring, &state);

	*hint = error != NULL ? error->message : NULL;
	return error != NULL ? "no" : state;
}

static void
put_keyring(ReturnSetInfo *rsinfo)
{
	const char *hint = NULL;
	const char *state = pr_preloaded() ? keyring_state(&hint) : "no";

	if (!pr_preloaded())
		hint = "Keys are used only by a library that is preloaded.";
	else if (!superuser())
	{
		hint = strcmp(state, "yes") == 0 ? NULL : "Keyed columns are errors. Ask a superuser.";
		state = strcmp(state, "yes") == 0 ? "yes" : "no";
	}
	else if (strcmp(state, "none") == 0)
		hint = psprintf("No file %s yet: SELECT privrelease.create_key('name');", pr_keyring_path());
	put_row(rsinfo, "keyring", state, hint);
}

static void
put_version(ReturnSetInfo *rsinfo)
{
	const char *installed = pr_installed_version();
	bool		same = installed != NULL && strcmp(installed, PR_VERSION) == 0;

	put_row(rsinfo, "version", psprintf("%s, library %s", installed != NULL ? installed : "none", PR_VERSION),
			same ? NULL : "ALTER EXTENSION privrelease UPDATE; and restart the server.");
}

static void
put_server(ReturnSetInfo *rsinfo)
{
	int			least;
	const char *version = GetConfigOption("server_version", false, false);
	bool		supported = pr_minor_check(atoi(GetConfigOption("server_version_num", false, false)), &least) == PR_SERVER_SUPPORTED;

	put_row(rsinfo, "server", psprintf("%s, %s", version, supported ? "supported" : "not supported"),
			supported ? NULL : "Update PostgreSQL to the newest minor version of a supported major version.");
}

Datum
privrelease_status(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;

	InitMaterializedSRF(fcinfo, 0);
	put_preload(rsinfo);
	put_guard(rsinfo);
	put_keyring(rsinfo);
	put_version(rsinfo);
	put_server(rsinfo);
	return (Datum) 0;
}
