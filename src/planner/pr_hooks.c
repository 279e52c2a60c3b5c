/*
 * pr_hooks.c
 *		Saves, dispatches and restores the hooks of the planner, the executor
 *		and utility commands.  What they do is in the other files.
 *
 * Each hook calls the one that was there before, so that other extensions work
 * whichever is loaded first.
 */
#include "postgres.h"

#include "optimizer/planner.h"

#include "common/pr_compat.h"
#include "common/pr_guc.h"
#include "common/pr_session.h"
#include "planner/pr_planner.h"

static planner_hook_type previous_planner = NULL;

static PlannedStmt *
plan(Query *parse, const char *query_string, int cursor_options, ParamListInfo params)
{
	if (previous_planner != NULL)
		return previous_planner(parse, query_string, cursor_options, params);
	return standard_planner(parse, query_string, cursor_options, params);
}

static PlannedStmt *
on_planner(Query *parse, const char *query_string, int cursor_options, ParamListInfo params)
{
	return plan(parse, query_string, cursor_options, params);
}

void
pr_hooks_init(void)
{
	if (!pr_preloaded())
		return;
	previous_planner = planner_hook;
	planner_hook = on_planner;
}
