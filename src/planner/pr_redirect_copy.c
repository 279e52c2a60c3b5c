/*
 * pr_redirect_copy.c
 *		Transparent mode: COPY source TO becomes COPY (SELECT ... FROM source) TO,
 *		whose query is then redirected, or refused, as any other.
 *
 * COPY of a table copies all its columns but the generated ones, and not its
 * children; so does the query, or it is refused.  The statement may belong to
 * a cached plan: it is copied, never changed.  COPY FROM needs INSERT on the
 * source, which is privileges' business.
 */
#include "postgres.h"

#include "access/table.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_inherits.h"
#include "nodes/makefuncs.h"
#include "nodes/plannodes.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "catalog/pr_protected.h"
#include "common/pr_compat.h"
#include "common/pr_error.h"
#include "planner/pr_planner.h"
#include "planner/pr_redirect.h"

static ResTarget *
target(char *column)
{
	ColumnRef  *reference = makeNode(ColumnRef);
	ResTarget  *result = makeNode(ResTarget);

	reference->fields = list_make1(makeString(column));
	reference->location = -1;
	result->val = (Node *) reference;
	result->location = -1;
	return result;
}

/* The columns that COPY names, or those that it means where it names none. */
static List *
targets(const CopyStmt *copy, Oid source)
{
	List	   *result = NIL;
	ListCell   *cell;
	Relation	rel;

	foreach(cell, copy->attlist)
		result = lappend(result, target(strVal(lfirst(cell))));
	if (copy->attlist != NIL)
		return result;
	rel = table_open(source, AccessShareLock);
	for (int i = 0; i < RelationGetDescr(rel)->natts; i++)
	{
		Form_pg_attribute column = TupleDescAttr(RelationGetDescr(rel), i);

		if (!column->attisdropped && column->attgenerated == '\0')
			result = lappend(result, target(pstrdup(NameStr(column->attname))));
	}
	table_close(rel, NoLock);
	return result;
}

static void
refuse_children(const PrRedirection *redirection)
{
	ereport(ERROR,
			(errcode(ERRCODE_PR_NOT_TRANSPARENT),
			 errmsg("COPY of a table without its children cannot be answered from release %s", redirection->label),
			 errhint("%s", pr_redirect_hint(redirection))));
}

static SelectStmt *
select_from(const CopyStmt *copy, const PrRedirection *redirection)
{
	SelectStmt *select = makeNode(SelectStmt);

	if (get_rel_relkind(redirection->source) == RELKIND_RELATION && has_subclass(redirection->source) &&
		find_inheritance_children(redirection->source, NoLock) != NIL)
		refuse_children(redirection);
	select->targetList = targets(copy, redirection->source);
	select->fromClause = list_make1(makeRangeVar(get_namespace_name(get_rel_namespace(redirection->source)),
												 get_rel_name(redirection->source), -1));
	return select;
}

PlannedStmt *
pr_redirect_copy(PlannedStmt *statement)
{
	const CopyStmt *copy = (CopyStmt *) statement->utilityStmt;
	CopyStmt   *result;
	PrRedirection redirection;
	Oid			relid;

	if (!IsA(copy, CopyStmt) || copy->is_from || copy->relation == NULL || !IsTransactionState() ||
		!pr_protected_refresh() || !pr_protected_any_mapped())
		return statement;
	relid = RangeVarGetRelid(copy->relation, NoLock, true);
	if (!OidIsValid(relid) || !pr_redirect_find(relid, &redirection))
		return statement;

	statement = copyObject(statement);
	result = (CopyStmt *) statement->utilityStmt;
	result->query = (Node *) select_from(copy, &redirection);
	result->relation = NULL;
	result->attlist = NIL;
	return statement;
}
