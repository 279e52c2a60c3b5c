/*
 * pr_hooks.c
 *		Saves, dispatches and restores the hooks of the parser, the planner, the
 *		executor, utility commands and the log.  What they do is in the other
 *		files.
 *
 * Each hook calls the one that was there before, so that other extensions work
 * whichever is loaded first.
 */
#include "postgres.h"

#include "executor/executor.h"
#include "optimizer/paths.h"
#include "optimizer/plancat.h"
#include "optimizer/planner.h"
#include "parser/analyze.h"
#include "tcop/utility.h"
#include "utils/elog.h"

#include "common/pr_compat.h"
#include "common/pr_guc.h"
#include "common/pr_session.h"
#include "planner/pr_planner.h"

static post_parse_analyze_hook_type previous_post_parse = NULL;
static planner_hook_type previous_planner = NULL;
static get_relation_info_hook_type previous_relation_info = NULL;
static set_rel_pathlist_hook_type previous_pathlist = NULL;
static ProcessUtility_hook_type previous_utility = NULL;
static ExecutorStart_hook_type previous_start = NULL;
static ExecutorCheckPerms_hook_type previous_check = NULL;
static emit_log_hook_type previous_log = NULL;

/* ---------- parser ---------- */

static void
on_post_parse(ParseState *pstate, Query *query, JumbleState *jstate)
{
	if (previous_post_parse != NULL)
		previous_post_parse(pstate, query, jstate);
	pr_redirect_parsed(query, pstate->p_sourcetext);
	pr_guard_parsed(query);
}

/* ---------- planner ---------- */

static PlannedStmt *
plan(Query *parse, const char *query_string, int cursor_options, ParamListInfo params)
{
	if (previous_planner != NULL)
		return previous_planner(parse, query_string, cursor_options, params);
	return standard_planner(parse, query_string, cursor_options, params);
}

/* A query that joins a release is planned in two forms. */
static PlannedStmt *
cheapest_plan(Query *parse, const char *query_string, int cursor_options, ParamListInfo params)
{
	Query	   *lateral;
	PlannedStmt *plain_plan;
	PlannedStmt *lateral_plan;

	pr_imply_quals(parse);
	lateral = pr_lateral_alternative(parse);
	plain_plan = plan(parse, query_string, cursor_options, params);
	if (lateral == NULL)
		return plain_plan;
	lateral_plan = plan(lateral, query_string, cursor_options, params);
	return lateral_plan->planTree->total_cost < plain_plan->planTree->total_cost ? lateral_plan : plain_plan;
}

static PlannedStmt *
on_planner(Query *parse, const char *query_string, int cursor_options, ParamListInfo params)
{
	bool		outer = pr_guard_planning(parse);
	PlannedStmt *volatile statement = NULL;

	PG_TRY();
	{
		statement = cheapest_plan(parse, query_string, cursor_options, params);
		pr_guard_planned();
	}
	PG_FINALLY();
	{
		pr_guard_leave_planning(outer);
	}
	PG_END_TRY();
	return statement;
}

static void
on_relation_info(PlannerInfo *root, Oid relid, bool inhparent, RelOptInfo *rel)
{
	if (previous_relation_info != NULL)
		previous_relation_info(root, relid, inhparent, rel);
	pr_guard_relation(root);
	pr_order_hide(root, relid, rel);
	pr_derive_quals(root, relid, inhparent, rel);
}

static void
on_pathlist(PlannerInfo *root, RelOptInfo *rel, Index rti, RangeTblEntry *rte)
{
	if (previous_pathlist != NULL)
		previous_pathlist(root, rel, rti, rte);
	pr_derive_restore(rel);
}

/* ---------- utility commands ---------- */

static void
run_utility(PlannedStmt *statement, const char *query_string, bool read_only, ProcessUtilityContext context,
			ParamListInfo params, QueryEnvironment *environment, DestReceiver *dest, QueryCompletion *completion)
{
	if (previous_utility != NULL)
		previous_utility(statement, query_string, read_only, context, params, environment, dest, completion);
	else
		standard_ProcessUtility(statement, query_string, read_only, context, params, environment, dest, completion);
}

static void
on_utility(PlannedStmt *statement, const char *query_string, bool read_only, ProcessUtilityContext context,
		   ParamListInfo params, QueryEnvironment *environment, DestReceiver *dest, QueryCompletion *completion)
{
	int			watch = pr_guard_enter_utility(statement->utilityStmt);
	const char *stored = pr_redirect_enter_utility(statement->utilityStmt, query_string);

	PG_TRY();
	{
		statement = pr_redirect_copy(statement);
		run_utility(statement, query_string, read_only, context, params, environment, dest, completion);
	}
	PG_FINALLY();
	{
		pr_redirect_leave_utility(stored);
		pr_guard_leave_utility(watch);
	}
	PG_END_TRY();
}

/* ---------- executor ---------- */

static void
start(QueryDesc *query, int eflags)
{
	if (previous_start != NULL)
		previous_start(query, eflags);
	else
		standard_ExecutorStart(query, eflags);
}

static void
on_executor_start(QueryDesc *query, int eflags)
{
	PlannedStmt *outer = pr_guard_enter_start(query->plannedstmt);

	PG_TRY();
	{
		start(query, eflags);
	}
	PG_FINALLY();
	{
		pr_guard_leave_start(outer);
	}
	PG_END_TRY();
}

static bool
on_check_permissions(PR_PERMISSION_PARAMS)
{
	if (previous_check != NULL && !previous_check(PR_PERMISSION_ARGS))
		return false;
	pr_redirect_permits(permissions);
	return pr_guard_permits(PR_PERMISSION_TABLE, permissions, raise);
}

/* ---------- log ---------- */

static void
on_log(ErrorData *message)
{
	if (previous_log != NULL)
		previous_log(message);
	pr_guard_message(message);
}

void
pr_hooks_init(void)
{
	if (!pr_preloaded())
		return;
	previous_post_parse = post_parse_analyze_hook;
	post_parse_analyze_hook = on_post_parse;
	previous_planner = planner_hook;
	planner_hook = on_planner;
	previous_relation_info = get_relation_info_hook;
	get_relation_info_hook = on_relation_info;
	previous_pathlist = set_rel_pathlist_hook;
	set_rel_pathlist_hook = on_pathlist;
	previous_utility = ProcessUtility_hook;
	ProcessUtility_hook = on_utility;
	previous_start = ExecutorStart_hook;
	ExecutorStart_hook = on_executor_start;
	previous_check = ExecutorCheckPerms_hook;
	ExecutorCheckPerms_hook = on_check_permissions;
	previous_log = emit_log_hook;
	emit_log_hook = on_log;
}
