/*
 * pr_guard_watch.c
 *		The guard: what an audience must not watch of the queries that it runs.
 *
 * A plan shows estimates made from the source's statistics, rows counted below
 * the view, and names of indexes.  PostgreSQL shows it by EXPLAIN, and sends it
 * as a message of level LOG under settings that everybody may change.
 *
 * Invariants, and what an attacker would try here:
 *	- EXPLAIN in any nesting: of EXECUTE, of CREATE TABLE AS, in a function.
 *	  While a command runs that is an EXPLAIN, or was called by one, whatever is
 *	  started is explained.
 *	- debug_print_*, trace_sort: looked at before the parser's tree is printed,
 *	  and again before a plan is, since stored queries are never parsed; and
 *	  after a plan was made, since that may have run a function of the reader.
 *	- auto_explain with client_min_messages = log: such messages do not reach
 *	  the client of a session in which an audience has read a release.  The log
 *	  of the server has them.
 */
#include "postgres.h"

#include "access/relation.h"
#include "access/xact.h"
#include "catalog/pg_class.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "nodes/nodeFuncs.h"
#include "rewrite/rewriteHandler.h"
#include "tcop/utility.h"
#include "utils/guc.h"
#include "utils/rel.h"

#include "catalog/pr_protected.h"
#include "common/pr_compat.h"
#include "common/pr_error.h"
#include "common/pr_guc.h"
#include "common/pr_session.h"
#include "planner/pr_guard.h"
#include "planner/pr_level.h"
#include "planner/pr_planner.h"

static int	explaining = 0;
static bool log_hidden = false;

/* A release is part of what is being planned, for somebody who is not trusted. */
static bool planning_for_stranger = false;

/* ---------- who may watch ---------- */

static bool
refuse_watching(const PrServed *release, bool raise)
{
	if (raise)
		ereport(ERROR,
				(errcode(ERRCODE_PR_GUARD),
				 errmsg("how release %s is read is not shown to its audience", release->label),
				 errdetail("Plans, estimates and traces tell of the source what the release does not."),
				 errhint("Leave EXPLAIN away, and RESET debug_print_parse, debug_print_rewritten, debug_print_plan, trace_sort, client_min_messages;")));
	return false;
}

/* A release is watched by those who may see its source; a source by all who may read it and are no audience. */
bool
pr_guard_may_watch(const PrProtected *relation, bool raise)
{
	const PrServed *release = relation->view_of;

	if (release == NULL || pr_guard_is_trusted(release))
		release = pr_guard_audience_of(relation->releases);
	return release == NULL || refuse_watching(release, raise);
}

/* ---------- EXPLAIN ---------- */

int
pr_guard_enter_utility(const Node *statement)
{
	int			outer = explaining;

	if (statement != NULL && IsA(statement, ExplainStmt))
		explaining++;
	return outer;
}

void
pr_guard_leave_utility(int outer)
{
	explaining = outer;
}

bool
pr_guard_explaining(void)
{
	return explaining > 0;
}

/* ---------- tracing ---------- */

/*
 * Settings of users that have parser, planner or executor print what they do.
 * For a message that the server's log does not take, the hook that keeps it from
 * the client is not called: debug messages, as auto_explain can be set to write,
 * and those of level LOG where the log takes none.  A client that wants such
 * messages is refused as well.
 */
static bool
is_tracing(void)
{
	return Debug_print_parse || Debug_print_rewritten || Debug_print_plan || trace_sort ||
		client_min_messages < LOG || (log_min_messages > ERROR && client_min_messages == LOG);
}

static bool refuse_traced(Node *node, void *context);

/* Views are not expanded when a query has just been parsed. */
static void
refuse_traced_view(Oid relid)
{
	Relation	view = relation_open(relid, AccessShareLock);

	if (view->rd_rel->relkind == RELKIND_VIEW)
		refuse_traced((Node *) get_view_query(view), &relid);
	relation_close(view, NoLock);
}

/* context: the view that this is the query of, for which the query has entries that read nothing; NULL: none. */
static bool
refuse_traced(Node *node, void *context)
{
	const Oid  *within = context;

	if (node == NULL)
		return false;
	if (IsA(node, RangeTblEntry))
	{
		const RangeTblEntry *rte = (RangeTblEntry *) node;
		const PrProtected *relation = OidIsValid(rte->relid) ? pr_protected_find(rte->relid) : NULL;

		if (relation != NULL)
			pr_guard_may_watch(relation, true);
		else if (rte->rtekind == RTE_RELATION && rte->relkind == RELKIND_VIEW && (within == NULL || *within != rte->relid))
			refuse_traced_view(rte->relid);
		return false;
	}
	if (IsA(node, Query))
	{
		check_stack_depth();
		return query_tree_walker((Query *) node, refuse_traced, context, QTW_EXAMINE_RTES_BEFORE);
	}
	return expression_tree_walker(node, refuse_traced, context);
}

/* Begins planning; returns what pr_guard_leave_planning() wants. */
bool
pr_guard_planning(Query *query)
{
	bool		outer = planning_for_stranger;

	planning_for_stranger = false;
	if (pr_guc_guard && is_tracing() && IsTransactionState() && !pr_session_asks() && pr_protected_refresh())
		refuse_traced((Node *) query, NULL);
	return outer;
}

/* A relation is being planned at this level: for a release, perhaps below a source that is a view? */
void
pr_guard_relation(PlannerInfo *root)
{
	ListCell   *cell;

	if (!pr_guc_guard || planning_for_stranger || !pr_protected_refresh())
		return;
	foreach(cell, pr_reading_roles(root))
	{
		if (pr_guard_is_trusted(pr_protected_by_role(lfirst_oid(cell))))
			continue;
		planning_for_stranger = true;
		pr_guard_hide_execution();
	}
}

/* Planning is over, with a plan or without. */
void
pr_guard_leave_planning(bool outer)
{
	planning_for_stranger = outer;
}

/* A function that was evaluated while the plan was made may have set what was not set before. */
void
pr_guard_planned(void)
{
	if (planning_for_stranger && is_tracing())
		ereport(ERROR,
				(errcode(ERRCODE_PR_GUARD),
				 errmsg("tracing was switched on while a query on a release was planned"),
				 errhint("RESET debug_print_parse, debug_print_rewritten, debug_print_plan, trace_sort, client_min_messages;")));
}

/* The query, or the one that a utility command will run. */
void
pr_guard_parsed(Query *query)
{
	if (!pr_guc_guard || !is_tracing() || !IsTransactionState() || pr_session_asks() || !pr_protected_refresh())
		return;
	if (query->commandType == CMD_UTILITY)
		query = UtilityContainsQuery(query->utilityStmt);
	if (query != NULL)
		refuse_traced((Node *) query, NULL);
}

/* ---------- messages ---------- */

/*
 * Rows fetched from a source, by partition, are counted where everybody can look
 * (pg_stat_xact_all_tables).  A setting of superusers, here set for the session
 * of somebody who is none.  It becomes the value that RESET ALL and a rollback
 * return to: else whoever has a cursor open would have the rest of it counted.
 * A superuser may have set it in the session, which only another SET overrides.
 */
static void
stop_counting(void)
{
	if (!pgstat_track_counts)
		return;
	if (IsInParallelMode())
	{
		pgstat_track_counts = false;	/* no setting may be changed */
		return;
	}
	(void) set_config_option("track_counts", "off", PGC_SUSET, PGC_S_OVERRIDE, GUC_ACTION_SET, true, 0, false);
	if (pgstat_track_counts)
		(void) set_config_option("track_counts", "off", PGC_SUSET, PGC_S_SESSION, GUC_ACTION_SET, true, 0, false);
}

void
pr_guard_hide_execution(void)
{
	log_hidden = true;
	stop_counting();
}

/* No catalogue is read here: a message can come at any time. */
void
pr_guard_message(ErrorData *message)
{
	if (log_hidden && pr_guc_guard && message->elevel <= LOG_SERVER_ONLY)
		message->output_to_client = false;
}
