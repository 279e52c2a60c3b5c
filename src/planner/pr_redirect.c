/*
 * pr_redirect.c
 *		Transparent mode: a query of a mapped role that names a source is
 *		answered from the release that the role is mapped to.
 *
 * After parse analysis every range table entry of such a source becomes one of
 * the release view, and core does the rest: it expands the view, checks the
 * role's privilege on it, locks and invalidates.  The source's columns become
 * those of the release by name, so that their order need not agree
 * (pr_redirect_columns.c).  Where the answer would not be what the same words
 * mean on the release, the query is refused; it is never given another meaning.
 *
 * Nothing rests on this file: a role that is not redirected, for whatever
 * reason, is denied the source by privileges.
 *
 * Invariants, and what an attacker would try here:
 *	- A plan that is cached under one role and executed under another: every
 *	  Query that mentions a mapped source is marked as dependent on the role,
 *	  redirected or not, so that the plan cache analyses it anew.  Where there
 *	  is no plan cache in between (SQL functions before 18), the entry carries
 *	  the role that it was redirected for, and execution under another is
 *	  refused.  A change of memberships drops cached plans.
 *	- A mapping that changes while a query is analysed: the view is locked
 *	  first, and the mapping looked up again under the lock.
 *	- Queries that are stored (views, materialized views) stay with the source;
 *	  rules, policies and bodies BEGIN ATOMIC never pass here.
 *	- The owner of a source, its members and superusers are never redirected.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_constraint.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "nodes/nodes.h"
#include "parser/parsetree.h"
#include "storage/lmgr.h"
#include "tcop/utility.h"
#include "utils/acl.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/plancache.h"
#include "utils/syscache.h"

#include "catalog/pr_protected.h"
#include "common/pr_compat.h"
#include "common/pr_error.h"
#include "planner/pr_planner.h"
#include "planner/pr_redirect.h"

/* What one walk over a query found. */
typedef struct Walk
{
	Oid			user;
	bool		is_stored;		/* a materialized view's query */
	const Query *exists;		/* the query of the last EXISTS */
	bool		depends_on_role;
} Walk;

/* Text of the CREATE VIEW that is being run: its query is stored. */
static const char *stored_text = NULL;

/* ---------- memberships ---------- */

/* Who is mapped may have changed with a role or a membership, of which plans know nothing. */
static void
on_role_invalidation(Datum arg, int cacheid, uint32 hash)
{
	ResetPlanCache();
}

/* From the first mapping that this backend meets. */
static void
watch_roles(void)
{
	static bool registered = false;

	if (registered)
		return;
	CacheRegisterSyscacheCallback(AUTHMEMROLEMEM, on_role_invalidation, (Datum) 0);
	CacheRegisterSyscacheCallback(AUTHOID, on_role_invalidation, (Datum) 0);
	registered = true;
}

/* ---------- which release ---------- */

static bool
is_mapped(const PrServed *release, Oid user)
{
	ListCell   *cell;

	foreach(cell, release->mapped)
		if (has_privs_of_role(user, lfirst_oid(cell)))
			return true;
	return false;
}

static void
refuse_ambiguous(const char *one, const char *other)
{
	ereport(ERROR,
			(errcode(ERRCODE_PR_NOT_TRANSPARENT),
			 errmsg("the source is mapped to two releases for this role, %s and %s", one, other),
			 errhint("Name the release in the query, or have the owner of the source call privrelease.unmap_audience() for one of the roles.")));
}

/* Rows of the source can be reached through it, but it is not what was mapped. */
static void
refuse_relative(Oid relid, const char *label)
{
	ereport(ERROR,
			(errcode(ERRCODE_PR_NOT_TRANSPARENT),
			 errmsg("relation \"%s\" is a partition, child or parent of the source of release %s", get_rel_name(relid), label),
			 errdetail("Only queries that name the source itself are answered from its release."),
			 errhint("SELECT * FROM %s;", label)));
}

/* The release that stands for this relation when this user names it.  False: none, the relation stays. */
static bool
find_release(Oid relid, Walk *walk, PrRedirection *found)
{
	const PrServed *exact = NULL;
	const PrServed *relative = NULL;
	ListCell   *cell;

	foreach(cell, pr_protected_by_source(relid))
	{
		const PrServed *release = lfirst(cell);

		if (release->mapped == NIL)
			continue;
		walk->depends_on_role = true;
		if (!is_mapped(release, walk->user) || pr_owns_relation(release->source, walk->user))
			continue;
		if (release->source != relid)
			relative = release;
		else if (exact == NULL)
			exact = release;
		else
			refuse_ambiguous(exact->label, release->label);
	}
	if ((exact == NULL && relative == NULL) || pr_owns_relation(relid, walk->user))
		return false;
	if (exact == NULL)
		refuse_relative(relid, relative->label);
	found->source = relid;
	found->view = exact->view;
	found->label = pstrdup(exact->label);
	return true;
}

/* The same, with the view locked.  Waiting for the lock may bring news. */
static bool
lock_release(Oid relid, Walk *walk, PrRedirection *found)
{
	while (find_release(relid, walk, found))
	{
		PrRedirection again;

		LockRelationOid(found->view, AccessShareLock);
		(void) pr_protected_refresh();
		if (find_release(relid, walk, &again) && again.view == found->view)
			return true;
		UnlockRelationOid(found->view, AccessShareLock);
	}
	return false;
}

bool
pr_redirect_find(Oid relid, PrRedirection *found)
{
	Walk		walk = {.user = GetUserId()};

	return pr_protected_refresh() && find_release(relid, &walk, found);
}

/* ---------- what is refused ---------- */

static void
refuse(const PrRedirection *redirection, const char *what)
{
	ereport(ERROR,
			(errcode(ERRCODE_PR_NOT_TRANSPARENT),
			 errmsg("%s cannot be answered from release %s", what, redirection->label),
			 errhint("%s", pr_redirect_hint(redirection))));
}

static bool
is_locked_by_query(const Query *query, Index varno)
{
	ListCell   *cell;

	foreach(cell, query->rowMarks)
		if (lfirst_node(RowMarkClause, cell)->rti == varno)
			return true;
	return false;
}

/* GROUP BY the key of the source let further columns be selected; the release has no such key. */
static bool
rests_on_key(const Query *query, Oid source)
{
	ListCell   *cell;

	foreach(cell, query->constraintDeps)
	{
		HeapTuple	tuple = SearchSysCache1(CONSTROID, ObjectIdGetDatum(lfirst_oid(cell)));
		bool		found = HeapTupleIsValid(tuple) && ((Form_pg_constraint) GETSTRUCT(tuple))->conrelid == source;

		if (HeapTupleIsValid(tuple))
			ReleaseSysCache(tuple);
		if (found)
			return true;
	}
	return false;
}

static void
check_use(const Query *query, Index varno, const PrRedirection *redirection, const Walk *walk)
{
	const RangeTblEntry *rte = rt_fetch(varno, query->rtable);

	if (walk->is_stored)
		refuse(redirection, "a query that is stored");
	if (varno == query->resultRelation)
		refuse(redirection, "a statement that writes to the source");
	if (is_locked_by_query(query, varno))
		refuse(redirection, "a query that locks rows of the source");
	if (rte->tablesample != NULL)
		refuse(redirection, "TABLESAMPLE");
	if (!rte->inh)
		refuse(redirection, "ONLY");
	if (rests_on_key(query, redirection->source))
		refuse(redirection, "a query that groups by the key of the source alone");
	if (pr_permission_of(query, rte)->requiredPerms & ~ACL_SELECT)
		refuse(redirection, "anything but reading");
}

/* ---------- redirecting ---------- */

/*
 * For whom an entry was redirected is kept with it, through rewriting and
 * planning: as the columns that it inserts, of which an entry that only reads
 * has none.  Members 0 to 31 are the bits of the role's OID, 32 is the mark.
 */
#define MARK 32

static Bitmapset *
mark_of(Oid user)
{
	Bitmapset  *mark = bms_make_singleton(MARK);

	for (int bit = 0; bit < MARK; bit++)
		if (user & ((Oid) 1 << bit))
			mark = bms_add_member(mark, bit);
	return mark;
}

static void
redirect_entry(Query *query, RangeTblEntry *rte, const PrRedirection *redirection, const Walk *walk)
{
	PrPermission *permission = pr_permission_of(query, rte);

	permission->selectedCols = pr_redirect_selected(redirection, permission->selectedCols);
	permission->insertedCols = mark_of(walk->user);
	permission->relid = redirection->view;
	rte->relid = redirection->view;
	rte->relkind = RELKIND_VIEW;
	rte->rellockmode = AccessShareLock;
	pr_redirect_names(redirection, rte);
}

static void
redirect_level(Query *query, Walk *walk)
{
	int			n = list_length(query->rtable);
	bool		lists_nothing = false;
	PrRedirection *redirections = palloc0((n + 1) * sizeof(PrRedirection));
	bool		any = false;

	for (int varno = 1; varno <= n; varno++)
	{
		RangeTblEntry *rte = rt_fetch(varno, query->rtable);
		PrRedirection *redirection = &redirections[varno];

		if (rte->rtekind != RTE_RELATION || !lock_release(rte->relid, walk, redirection))
			continue;
		pr_redirect_match(redirection);
		check_use(query, varno, redirection, walk);
		if (!any && query == walk->exists)
			lists_nothing = pr_redirect_empty_list(query);
		if (lists_nothing)
			pr_permission_of(query, rte)->selectedCols = pr_redirect_used(query, varno);
		pr_redirect_check(redirection, pr_permission_of(query, rte)->selectedCols);
		redirect_entry(query, rte, redirection, walk);
		any = true;
	}
	if (any)
		pr_redirect_vars(query, redirections);
	pfree(redirections);
}

static bool
redirect_walker(Node *node, Walk *walk)
{
	if (node == NULL)
		return false;
	if (IsA(node, Query))
	{
		Query	   *query = (Query *) node;
		bool		outer = walk->depends_on_role;

		walk->depends_on_role = false;
		redirect_level(query, walk);
		(void) query_tree_walker(query, redirect_walker, walk, 0);
		if (walk->depends_on_role && !walk->is_stored)
			query->hasRowSecurity = true;
		walk->depends_on_role |= outer;
		return false;
	}
	if (IsA(node, SubLink) && ((SubLink *) node)->subLinkType == EXISTS_SUBLINK)
		walk->exists = (Query *) ((SubLink *) node)->subselect;
	return expression_tree_walker(node, redirect_walker, walk);
}

/* The query that a utility statement contains, nested ones looked through. */
static Query *
contained_query(const Query *query, bool *is_stored)
{
	Node	   *statement = query->utilityStmt;

	if (IsA(statement, CreateTableAsStmt))
	{
		*is_stored = ((CreateTableAsStmt *) statement)->objtype == OBJECT_MATVIEW;
		statement = ((CreateTableAsStmt *) statement)->query;
	}
	else if (IsA(statement, ExplainStmt))
		statement = ((ExplainStmt *) statement)->query;
	else if (IsA(statement, DeclareCursorStmt))
		statement = ((DeclareCursorStmt *) statement)->query;
	else
		return NULL;			/* CALL and the others take no subquery */
	if (statement == NULL || !IsA(statement, Query))
		return NULL;
	query = (Query *) statement;
	return query->commandType == CMD_UTILITY ? contained_query(query, is_stored) : (Query *) query;
}

void
pr_redirect_parsed(Query *query, const char *text)
{
	Walk		walk = {.user = GetUserId()};

	if (query->commandType == CMD_UTILITY)
		query = contained_query(query, &walk.is_stored);
	if (query == NULL || (text != NULL && text == stored_text))
		return;
	if (!IsTransactionState() || !pr_protected_refresh() || !pr_protected_any_mapped())
		return;
	watch_roles();
	(void) redirect_walker((Node *) query, &walk);
}

/* ---------- stored queries ---------- */

/* CREATE VIEW analyses its query inside, under the text of the whole statement. */
const char *
pr_redirect_enter_utility(const Node *statement, const char *text)
{
	const char *outer = stored_text;

	if (IsA(statement, ViewStmt))
		stored_text = text;
	return outer;
}

void
pr_redirect_leave_utility(const char *outer)
{
	stored_text = outer;
}

/* ---------- execution ---------- */

/*
 * Refuses a query that was redirected for one role and is executed by another.
 * Only SQL functions before 18 keep a plan across a change of role.
 */
void
pr_redirect_permits(const List *permissions)
{
	ListCell   *cell;

	foreach(cell, permissions)
	{
		const PrPermission *permission = lfirst(cell);
		Bitmapset  *mark;
		bool		same;

		if (permission->requiredPerms != ACL_SELECT || !bms_is_member(MARK, permission->insertedCols))
			continue;
		mark = mark_of(GetUserId());
		same = bms_equal(mark, permission->insertedCols);
		bms_free(mark);
		if (!same)
			ereport(ERROR,
					(errcode(ERRCODE_PR_NOT_TRANSPARENT),
					 errmsg("a query was redirected to a release for another role than the current one"),
					 errhint("Run it again in a new transaction.")));
	}
}
