/*
 * neighbour.c
 *		An extension with hooks of its own, for test/t/070_neighbours.pl.
 *
 * It does what extensions that steer plans do: it changes settings around the
 * planner, takes indexes out of a relation's information, and replaces queries.
 *
 *	neighbour.no_index		name of an index that the planner is not shown
 *	neighbour.instead		query that is planned instead of one that holds
 *							the word "replaced"
 *	neighbour.calls			how often the planner was called (read only)
 */
#include "postgres.h"

#include "fmgr.h"
#include "nodes/pathnodes.h"
#include "optimizer/paths.h"
#include "optimizer/plancat.h"
#include "optimizer/planner.h"
#include "tcop/tcopprot.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"

PG_MODULE_MAGIC;

void		_PG_init(void);

static char *no_index = NULL;
static char *instead = NULL;
static int	calls = 0;

static planner_hook_type previous_planner = NULL;
static get_relation_info_hook_type previous_relation_info = NULL;
static set_rel_pathlist_hook_type previous_pathlist = NULL;

/* Rewritten after every other extension has looked at the query that was parsed. */
static Query *
other_query(void)
{
	RawStmt    *statement = linitial_node(RawStmt, pg_parse_query(instead));

	return linitial_node(Query, pg_analyze_and_rewrite_fixedparams(statement, instead, NULL, 0, NULL));
}

static PlannedStmt *
neighbour_planner(Query *parse, const char *query_string, int cursor_options, ParamListInfo params)
{
	int			level = NewGUCNestLevel();
	PlannedStmt *plan;

	calls++;
	if (*instead != '\0' && query_string != NULL && strstr(query_string, "replaced") != NULL)
		parse = other_query();
	(void) set_config_option("enable_hashagg", "off", PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
	plan = previous_planner != NULL ? previous_planner(parse, query_string, cursor_options, params) :
		standard_planner(parse, query_string, cursor_options, params);
	AtEOXact_GUC(true, level);
	return plan;
}

static void
neighbour_relation_info(PlannerInfo *root, Oid relid, bool inhparent, RelOptInfo *rel)
{
	ListCell   *cell;

	if (previous_relation_info != NULL)
		previous_relation_info(root, relid, inhparent, rel);
	foreach(cell, rel->indexlist)
	{
		char	   *name = get_rel_name(((IndexOptInfo *) lfirst(cell))->indexoid);

		if (name != NULL && strcmp(name, no_index) == 0)
			rel->indexlist = foreach_delete_current(rel->indexlist, cell);
	}
}

static void
neighbour_pathlist(PlannerInfo *root, RelOptInfo *rel, Index rti, RangeTblEntry *rte)
{
	if (previous_pathlist != NULL)
		previous_pathlist(root, rel, rti, rte);
}

static const char *
show_calls(void)
{
	static char text[12];

	snprintf(text, sizeof(text), "%d", calls);
	return text;
}

void
_PG_init(void)
{
	static int	unused = 0;

	DefineCustomStringVariable("neighbour.no_index", "Index that the planner is not shown.", NULL, &no_index, "",
							   PGC_USERSET, 0, NULL, NULL, NULL);
	DefineCustomStringVariable("neighbour.instead", "Query that is planned instead.", NULL, &instead, "",
							   PGC_USERSET, 0, NULL, NULL, NULL);
	DefineCustomIntVariable("neighbour.calls", "Calls of the planner.", NULL, &unused, 0, 0, 0,
							PGC_INTERNAL, 0, NULL, NULL, show_calls);
	previous_planner = planner_hook;
	planner_hook = neighbour_planner;
	previous_relation_info = get_relation_info_hook;
	get_relation_info_hook = neighbour_relation_info;
	previous_pathlist = set_rel_pathlist_hook;
	set_rel_pathlist_hook = neighbour_pathlist;
}
