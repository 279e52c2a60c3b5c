/*
 * pr_guard_below.c
 *		The guard: what a release reads, from its source downwards.
 *
 * A release over a table reads that table once.  One over a view reads what the
 * view reads, as the view's owner.  Any of that may be the source of another
 * release, and the audience of both must be let through here, and here only: so
 * the guard counts how often a release reads a relation, and as whom.
 *
 * What a row-level policy reads is not counted: a build refuses policies that
 * read other tables (pr_session_rows.c), and one that came later is refused so.
 */
#include "postgres.h"

#include "access/relation.h"
#include "catalog/pg_class.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "rewrite/rewriteHandler.h"
#include "utils/rel.h"

#include "common/pr_compat.h"
#include "planner/pr_guard.h"

/* Which readings are counted, and where the walk is. */
typedef struct Walk
{
	Oid			relid;
	Oid			reader;
	int			found;
	Oid			user;			/* as whom the query reads that is being walked */
	Oid			within;			/* the view that it is the query of */
} Walk;

static void count_relation(Walk *walk, Oid relid, Oid user);

static bool
count_query(Node *node, void *context)
{
	Walk	   *walk = context;

	if (node == NULL)
		return false;
	if (IsA(node, RangeTblEntry))
	{
		const RangeTblEntry *rte = (RangeTblEntry *) node;

		/* The query of a view has entries for the view itself, which read nothing. */
		if (rte->rtekind == RTE_RELATION && rte->relid != walk->within)
			count_relation(walk, rte->relid, walk->user);
		return false;
	}
	if (IsA(node, Query))
		return query_tree_walker((Query *) node, count_query, context, QTW_EXAMINE_RTES_BEFORE);
	return expression_tree_walker(node, count_query, context);
}

static void
count_view(Walk *walk, Relation view, Oid user)
{
	Walk		below = *walk;

	below.user = RelationHasSecurityInvoker(view) ? user : view->rd_rel->relowner;
	below.within = RelationGetRelid(view);
	count_query((Node *) get_view_query(view), &below);
	walk->found = below.found;
}

static void
count_relation(Walk *walk, Oid relid, Oid user)
{
	Relation	rel = try_relation_open(relid, AccessShareLock);

	check_stack_depth();
	if (rel == NULL)
		return;
	if (relid == walk->relid && user == walk->reader)
		walk->found++;
	if (rel->rd_rel->relkind == RELKIND_VIEW)
		count_view(walk, rel, user);
	relation_close(rel, AccessShareLock);
}

int
pr_guard_reads(const PrServed *release, Oid relid, Oid reader)
{
	Walk		walk = {.relid = relid, .reader = reader};

	count_relation(&walk, release->source, release->role);
	return walk.found;
}
