/*
 * pr_planner.h
 *		The hooks and what they do: pr_hooks.c saves, dispatches and restores;
 *		the other files of this folder hold the policy.
 *
 * Hooks add speed, refusals and transparency.  No privacy property rests on
 * one having run: an audience has no privilege on a source.
 */
#ifndef PR_PLANNER_H
#define PR_PLANNER_H

#include "postgres.h"

#include "nodes/parsenodes.h"
#include "nodes/pathnodes.h"
#include "nodes/plannodes.h"

/* Installs the hooks, if the library is preloaded; without, there is no half a guard. */
extern void pr_hooks_init(void);

/* pr_guard.c: may this relation be read, in this way, by whoever asks? */
extern PlannedStmt *pr_guard_enter_start(PlannedStmt *statement);
extern void pr_guard_leave_start(PlannedStmt *outer);
extern bool pr_guard_permits(const List *table, const List *permissions, bool raise);

/* pr_guard_watch.c: plans, trees and statistics are not for an audience */
extern int	pr_guard_enter_utility(const Node *statement);
extern void pr_guard_leave_utility(int outer);
extern void pr_guard_parsed(Query *query);
extern bool pr_guard_planning(Query *query);
extern void pr_guard_relation(PlannerInfo *root);
extern void pr_guard_planned(void);
extern void pr_guard_leave_planning(bool outer);
extern void pr_guard_message(ErrorData *message);

/* pr_redirect.c: queries that name a source, answered from a release */
extern void pr_redirect_parsed(Query *query, const char *text);
extern void pr_redirect_permits(const List *permissions);
extern const char *pr_redirect_enter_utility(const Node *statement, const char *text);
extern void pr_redirect_leave_utility(const char *outer);

/* pr_redirect_copy.c: COPY source TO; gives the statement to run */
extern PlannedStmt *pr_redirect_copy(PlannedStmt *statement);

/* pr_derive.c: filters on released columns become filters on source columns */
extern void pr_derive_quals(PlannerInfo *root, Oid relid, bool inhparent, RelOptInfo *rel);
extern void pr_derive_restore(RelOptInfo *rel);

/* pr_order.c: rows do not come in the order of a column that is not shown */
extern void pr_order_hide(PlannerInfo *root, Oid relid, RelOptInfo *rel);

/* pr_imply.c: what a query is told before it is planned */
extern void pr_imply_quals(Query *parse);

/* pr_lateral.c: joins with a released column as parameterised scans of the source; NULL: there are none */
extern Query *pr_lateral_alternative(Query *parse);

#endif							/* PR_PLANNER_H */
