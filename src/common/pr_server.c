/*
 * pr_server.c
 *		Refuses to load into a server on which a release would not hold.
 *
 * Asked is the server that runs, not the one whose headers we were compiled
 * with: Debian builds a major's extensions once and installs them beside any of
 * its minors, and a server that was updated but not restarted is still the old
 * one.  A library of another major is refused by the server itself, by the
 * magic block.
 */
#include "postgres.h"

#include "utils/guc.h"

#include "common/pr_server.h"
#include "core/pr_minor.h"

void
pr_server_check(void)
{
	int			least;
	int			server = atoi(GetConfigOption("server_version_num", false, false));
	const char *version = GetConfigOption("server_version", false, false);

	switch (pr_minor_check(server, &least))
	{
		case PR_SERVER_SUPPORTED:
			return;
		case PR_SERVER_OLD_MINOR:
			ereport(ERROR,
					(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					 errmsg("privrelease cannot be loaded into PostgreSQL %s", version),
					 errdetail("Before %d.%d the planner showed sampled values of a table to functions of the reader's choice, past any view (CVE-2025-8713).",
							   least / 10000, least % 10000),
					 errhint("Update PostgreSQL to %d.%d or a later minor version and restart it.",
							 least / 10000, least % 10000)));
			break;
		case PR_SERVER_UNKNOWN_MAJOR:
			ereport(ERROR,
					(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					 errmsg("privrelease cannot be loaded into PostgreSQL %s", version),
					 errdetail("This version of privrelease was never tried on that major version."),
					 errhint("Install a version of privrelease that names PostgreSQL %d in its changes.", server / 10000)));
			break;
	}
}
