/*
 * pr_guard.c
 *		The guard: refuses an audience what privileges alone allow.
 *
 * Judged is what a query is about to read, at every start of the executor, from
 * the list of its permissions: that list is there for cursors, cached plans,
 * COPY, functions and parallel workers alike, it is made after every view was
 * expanded, and other extensions have had their say.  The guard only refuses;
 * what it lets pass, privileges have allowed before.
 *
 * Invariants, and what an attacker would try here:
 *	- A source is read by the role of a release only as part of that release:
 *	  as often as the view is named.  A further view of that role, slipped in
 *	  beside the release, makes one too many.
 *	- Views and SECURITY DEFINER functions of others read a source as somebody
 *	  who may: the users of the session decide, not that somebody.
 *	- Foreign keys read the source as its owner, in queries that PostgreSQL
 *	  writes.  They are told by that owner and by their shape, in their own
 *	  security context; what a trigger runs in the midst of them, on whatever
 *	  table, has another user or another shape.
 *	- A plan that was made before a withdrawal, or before the release role got a
 *	  member, is judged when it runs.
 */
#include "postgres.h"

#include "access/parallel.h"
#include "access/xact.h"
#include "miscadmin.h"
#include "nodes/primnodes.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "catalog/pr_catalog.h"
#include "catalog/pr_intact.h"
#include "catalog/pr_protected.h"
#include "common/pr_compat.h"
#include "common/pr_error.h"
#include "common/pr_guc.h"
#include "common/pr_session.h"
#include "planner/pr_guard.h"
#include "planner/pr_planner.h"

/* What is being started: the permissions of one query. */
typedef struct Reading
{
	const List *table;			/* its range table */
	const List *permissions;
	bool		raise;
} Reading;

/* The statement whose executor is being started. */
static PlannedStmt *starting = NULL;

/* In a parallel worker, the part of its leader's statement that it runs: the first one that starts. */
static PlannedStmt *leaders = NULL;

PlannedStmt *
pr_guard_enter_start(PlannedStmt *statement)
{
	PlannedStmt *outer = starting;

	if (leaders == NULL && IsParallelWorker())
		leaders = statement;
	starting = statement;
	return outer;
}

void
pr_guard_leave_start(PlannedStmt *outer)
{
	starting = outer;
}

/* ---------- refusals: raise, or return false ---------- */

static bool
refuse_outside(const PrServed *release, bool raise)
{
	if (raise)
		ereport(ERROR,
				(errcode(ERRCODE_PR_GUARD),
				 errmsg("the source of release %s is reached only through the release", release->label),
				 errdetail("A user of this session is an audience of the release, or a member of its role."),
				 errhint("SELECT ... FROM %s;", release->label)));
	return false;
}

static bool
refuse_beside(const PrServed *release, bool raise)
{
	if (raise)
		ereport(ERROR,
				(errcode(ERRCODE_PR_GUARD),
				 errmsg("the role of release %s reads nothing but the release", release->label),
				 errdetail("Another view belongs to that role, or a policy of a source reads further tables."),
				 errhint("Drop that view or policy. A build tells of policies: SELECT privrelease.build(%s);",
						 quote_literal_cstr(release->label))));
	return false;
}

static const char *
maker_of(const PrServed *release)
{
	return release->is_table ? "refresh" : "build";
}

static bool
refuse_withdrawn(const PrServed *release, bool raise)
{
	if (raise)
		ereport(ERROR,
				(errcode(ERRCODE_PR_WITHDRAWN),
				 errmsg("release %s was withdrawn: %s", release->label, release->withdrawn),
				 errhint("The owner of the source publishes it anew: SELECT privrelease.%s(%s); SELECT privrelease.publish(%s, 'role');",
						 maker_of(release), quote_literal_cstr(release->label), quote_literal_cstr(release->label))));
	return false;
}

static bool
refuse_stale(const PrServed *release, const char *flaw, bool raise)
{
	if (raise)
		ereport(ERROR,
				(errcode(ERRCODE_PR_STALE),
				 errmsg("release %s is no longer as it was built", release->label),
				 errdetail_internal("%s", flaw),
				 errhint("The owner of the source %s it anew: SELECT privrelease.%s(%s);",
						 release->is_table ? "refreshes" : "builds", maker_of(release), quote_literal_cstr(release->label))));
	return false;
}

/* ---------- a release ---------- */

static bool
may_read_release(const PrServed *release, bool raise)
{
	bool		trusted = pr_guard_is_trusted(release);
	const char *flaw;

	if (release->withdrawn != NULL && !trusted)
		return refuse_withdrawn(release, raise);
	if (!pr_guard_is_superuser() && (flaw = pr_intact_flaw(release)) != NULL)
		return refuse_stale(release, flaw, raise);
	if (!trusted)
		pr_guard_hide_execution();
	return true;
}

/* Its rows were verified, and how they are read tells nothing else; who could have written others counts. */
static bool
may_read_table(const PrServed *release, bool raise)
{
	const char *flaw;

	if (GetUserId() == release->role)
		return true;			/* a refresh */
	if (release->withdrawn != NULL && !pr_guard_is_trusted(release))
		return refuse_withdrawn(release, raise);
	if (!pr_guard_is_superuser() && (flaw = pr_intact_flaw(release)) != NULL)
		return refuse_stale(release, flaw, raise);
	return true;
}

/* ---------- a source ---------- */

static Oid
reader_of(const PrPermission *permission)
{
	return OidIsValid(permission->checkAsUser) ? permission->checkAsUser : GetUserId();
}

/* How often the query reads the relation as this role. */
static int
count_readings(const Reading *reading, Oid relid, Oid reader)
{
	ListCell   *cell;
	int			n = 0;

	foreach(cell, reading->permissions)
	{
		const PrPermission *permission = lfirst(cell);

		if (permission->requiredPerms != 0 && permission->relid == relid && reader_of(permission) == reader)
			n++;
	}
	return n;
}

/* How often it would, if the releases that it names were all that it reads. */
static int
count_released(const Reading *reading, Oid relid, Oid reader)
{
	ListCell   *cell;
	int			n = 0;

	foreach(cell, reading->permissions)
	{
		const PrPermission *permission = lfirst(cell);
		const PrProtected *relation;

		if (permission->requiredPerms == 0 || (relation = pr_protected_find(permission->relid)) == NULL)
			continue;
		/* A release that another one has as its source is counted with that one. */
		if (relation->view_of != NULL && pr_protected_by_role(reader_of(permission)) == NULL)
			n += pr_guard_reads(relation->view_of, relid, reader);
	}
	return n;
}

static bool
is_part_of_releases(const Reading *reading, Oid relid, Oid reader)
{
	return count_readings(reading, relid, reader) <= count_released(reading, relid, reader);
}

/* SELECT 1 FROM ONLY source ... FOR KEY SHARE, as a foreign key looks for a row. */
static bool
is_key_look_up(const PlannedStmt *statement)
{
	const TargetEntry *first = list_length(statement->planTree->targetlist) > 0 ? linitial(statement->planTree->targetlist) : NULL;
	ListCell   *cell;

	if (statement->commandType != CMD_SELECT || statement->rowMarks == NIL)
		return false;
	foreach(cell, statement->rowMarks)
		if (((PlanRowMark *) lfirst(cell))->markType != ROW_MARK_KEYSHARE)
			return false;
	foreach(cell, statement->planTree->targetlist)
		if (!((TargetEntry *) lfirst(cell))->resjunk && lfirst(cell) != first)
			return false;
	return first != NULL && !first->resjunk && IsA(first->expr, Const) && ((Const *) first->expr)->consttype == INT4OID;
}

/* UPDATE or DELETE of one table that returns nothing, as a foreign key cascades. */
static bool
is_key_cascade(const PlannedStmt *statement)
{
	return (statement->commandType == CMD_UPDATE || statement->commandType == CMD_DELETE) && !statement->hasReturning;
}

static bool
is_foreign_key_query(const Reading *reading, const PrPermission *source)
{
	ListCell   *cell;
	int			relations = 0;

	if (!InNoForceRLSOperation() || starting == NULL || starting->rtable != reading->table ||
		OidIsValid(source->checkAsUser) || pr_relation_owner(source->relid) != GetUserId())
		return false;
	foreach(cell, reading->permissions)
		if (((PrPermission *) lfirst(cell))->requiredPerms != 0)
			relations++;
	return relations == 1 && starting->subplans == NIL && (is_key_look_up(starting) || is_key_cascade(starting));
}

/*
 * Does a refresh or an assessment read here?  The leader has judged what its
 * workers read for it, but not what a function reads in a worker.
 */
static bool
is_asked_by_us(void)
{
	return pr_session_asks() || (leaders != NULL && starting == leaders && InSecurityRestrictedOperation());
}

static bool
may_read_source(const Reading *reading, const PrPermission *permission, const PrProtected *relation)
{
	Oid			reader = reader_of(permission);
	const PrServed *as = pr_protected_by_role(reader);
	const PrServed *release = as != NULL ? NULL : pr_guard_audience_of(relation->releases);

	if (as == NULL && release == NULL)
		return true;
	/* refresh() and assess() read as the release's role what the release is made from. */
	if (as != NULL && is_asked_by_us() && reader == GetUserId())
		return true;
	if (is_part_of_releases(reading, permission->relid, reader))
		return true;
	if (as != NULL)
		return pr_guard_is_superuser() || refuse_beside(as, reading->raise);
	return is_foreign_key_query(reading, permission) || refuse_outside(release, reading->raise);
}

/* ---------- the query ---------- */

static bool
may_read(const Reading *reading, const PrPermission *permission)
{
	const PrProtected *relation;

	if (permission->requiredPerms == 0 || (relation = pr_protected_find(permission->relid)) == NULL)
		return true;
	if (relation->view_of != NULL && !may_read_release(relation->view_of, reading->raise))
		return false;
	if (relation->table_of != NULL && !may_read_table(relation->table_of, reading->raise))
		return false;
	if (relation->releases != NIL && !may_read_source(reading, permission, relation))
		return false;
	return !pr_guard_explaining() || is_asked_by_us() || pr_guard_may_watch(relation, reading->raise);
}

bool
pr_guard_permits(const List *table, const List *permissions, bool raise)
{
	Reading		reading = {.table = table, .permissions = permissions, .raise = raise};
	ListCell   *cell;

	if (!pr_guc_guard || !IsTransactionState() || !pr_protected_refresh())
		return true;
	foreach(cell, permissions)
		if (!may_read(&reading, lfirst(cell)))
			return false;
	return true;
}
