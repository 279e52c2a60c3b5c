/*
 * privrelease.c
 *		Module magic and one initialisation call per module.
 */
#include "postgres.h"

#include "fmgr.h"

#include "common/pr_compat.h"
#include "common/pr_guc.h"
#include "common/pr_progress.h"
#include "common/pr_server.h"
#include "common/pr_session.h"
#include "planner/pr_planner.h"

PR_MODULE_MAGIC;

void		_PG_init(void);

void
_PG_init(void)
{
	pr_server_check();
	pr_session_init();
	pr_guc_init();
	pr_progress_init();
	pr_hooks_init();
}
