/*
 * pr_redirect_columns.c
 *		Transparent mode: a source's columns as those of its release.
 *
 * A column of the source is the release's column of that name, if type,
 * modifier and collation are the same, and if the release makes it from that
 * column, or from none.  Parse analysis has recorded which columns a query
 * uses, for column privileges; they must all be such columns.  What remains
 * are mentions that nothing reads: the columns of a join that the query does
 * not name, and the columns that MERGE makes ready for its actions.  Where the
 * release has none for them they become NULL.
 *
 * What an attacker, or a careless steward, would try: a release that shows
 * column b under the name of column a (refused where a is named); a column
 * renamed after the build (looked up by the name of today); a whole row, whose
 * type would be another.
 */
#include "postgres.h"

#include "access/sysattr.h"
#include "access/table.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "parser/parsetree.h"
#include "rewrite/rewriteHandler.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "common/pr_compat.h"
#include "common/pr_error.h"
#include "planner/pr_redirect.h"

/* Which entry's columns are renumbered, and how far below its query we are. */
typedef struct Renumber
{
	const PrRedirection *redirections;	/* by varno */
	int			n;				/* greatest varno */
	int			depth;
} Renumber;

/* Which columns of an entry a query uses. */
typedef struct Used
{
	const Query *query;
	Index		varno;
	int			depth;
	Bitmapset  *columns;
} Used;

/* ---------- which column is which ---------- */

static AttrNumber
find_column(TupleDesc desc, const char *name)
{
	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute column = TupleDescAttr(desc, i);

		if (!column->attisdropped && strcmp(NameStr(column->attname), name) == 0)
			return column->attnum;
	}
	return InvalidAttrNumber;
}

/* Does the view make its column from this column of the source, or from none? */
static bool
is_made_from(Query *definition, AttrNumber output, Oid source, AttrNumber attnum)
{
	TargetEntry *entry = get_tle_by_resno(definition->targetList, output);
	ListCell   *cell;
	bool		any = false;

	foreach(cell, pull_var_clause((Node *) entry->expr, PVC_RECURSE_AGGREGATES | PVC_RECURSE_WINDOWFUNCS))
	{
		Var		   *var = lfirst_node(Var, cell);

		if (rt_fetch(var->varno, definition->rtable)->relid != source)
			continue;
		if (var->varattno == attnum)
			return true;
		any = true;
	}
	return !any;
}

static bool
is_same_type(Form_pg_attribute one, Form_pg_attribute other)
{
	return one->atttypid == other->atttypid && one->atttypmod == other->atttypmod &&
		one->attcollation == other->attcollation;
}

static void
match_columns(PrRedirection *redirection, Relation source, Relation view)
{
	TupleDesc	desc = RelationGetDescr(source);
	TupleDesc	released = RelationGetDescr(view);
	Query	   *definition = get_view_query(view);

	redirection->n_columns = desc->natts;
	redirection->columns = palloc0((desc->natts + 1) * sizeof(AttrNumber));
	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute column = TupleDescAttr(desc, i);
		AttrNumber	output = column->attisdropped ? InvalidAttrNumber : find_column(released, NameStr(column->attname));

		if (output != InvalidAttrNumber && is_same_type(column, TupleDescAttr(released, output - 1)) &&
			is_made_from(definition, output, redirection->source, column->attnum))
			redirection->columns[i] = output;
	}
}

void
pr_redirect_match(PrRedirection *redirection)
{
	Relation	source = table_open(redirection->source, NoLock);	/* by parse analysis */
	Relation	view = try_table_open(redirection->view, NoLock);

	if (view == NULL || view->rd_rel->relkind != RELKIND_VIEW)
		ereport(ERROR,
				(errcode(ERRCODE_PR_STALE),
				 errmsg("the view of release %s is gone", redirection->label),
				 errhint("The owner of the source builds it anew: SELECT privrelease.build(%s);",
						 quote_literal_cstr(redirection->label))));
	match_columns(redirection, source, view);
	table_close(view, NoLock);
	table_close(source, NoLock);
}

/* ---------- what is refused ---------- */

char *
pr_redirect_hint(const PrRedirection *redirection)
{
	Relation	view = table_open(redirection->view, AccessShareLock);
	TupleDesc	desc = RelationGetDescr(view);
	StringInfoData query;

	initStringInfo(&query);
	for (int i = 0; i < desc->natts; i++)
		appendStringInfo(&query, "%s%s", i > 0 ? ", " : "SELECT ", quote_identifier(NameStr(TupleDescAttr(desc, i)->attname)));
	appendStringInfo(&query, " FROM %s;", redirection->label);
	table_close(view, NoLock);
	return query.data;
}

static char *
type_of(Form_pg_attribute column)
{
	return format_type_extended(column->atttypid, column->atttypmod, FORMAT_TYPE_TYPEMOD_GIVEN);
}

static void
refuse_column(const PrRedirection *redirection, Relation source, Relation view, AttrNumber attnum)
{
	Form_pg_attribute column = TupleDescAttr(RelationGetDescr(source), attnum - 1);
	const char *name = NameStr(column->attname);
	AttrNumber	output = find_column(RelationGetDescr(view), name);
	Form_pg_attribute released = output == InvalidAttrNumber ? NULL : TupleDescAttr(RelationGetDescr(view), output - 1);

	if (released == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_PR_NOT_TRANSPARENT),
				 errmsg("column \"%s\" is not in release %s", name, redirection->label),
				 errdetail("The query is answered from this release; SELECT * means all columns of the source."),
				 errhint("%s", pr_redirect_hint(redirection))));
	if (!is_same_type(column, released))
		ereport(ERROR,
				(errcode(ERRCODE_PR_NOT_TRANSPARENT),
				 errmsg("column \"%s\" is of another type in release %s", name, redirection->label),
				 errdetail("It is of type %s in the source, of type %s in the release.", type_of(column), type_of(released)),
				 errhint("%s", pr_redirect_hint(redirection))));
	ereport(ERROR,
			(errcode(ERRCODE_PR_NOT_TRANSPARENT),
			 errmsg("column \"%s\" of release %s is not made from column \"%s\" of the source", name, redirection->label, name),
			 errhint("%s", pr_redirect_hint(redirection))));
}

static void
refuse_special(const PrRedirection *redirection, const char *what)
{
	ereport(ERROR,
			(errcode(ERRCODE_PR_NOT_TRANSPARENT),
			 errmsg("%s of the source cannot be answered from release %s", what, redirection->label),
			 errhint("%s", pr_redirect_hint(redirection))));
}

void
pr_redirect_check(const PrRedirection *redirection, const Bitmapset *selected)
{
	Relation	source = table_open(redirection->source, NoLock);
	Relation	view = table_open(redirection->view, NoLock);
	int			member = -1;

	while ((member = bms_next_member(selected, member)) >= 0)
	{
		AttrNumber	attnum = member + FirstLowInvalidHeapAttributeNumber;

		if (attnum == InvalidAttrNumber)
			refuse_special(redirection, "a whole row");
		if (attnum < 0)
			refuse_special(redirection, "a system column");
		if (redirection->columns[attnum - 1] == InvalidAttrNumber)
			refuse_column(redirection, source, view, attnum);
	}
	table_close(view, NoLock);
	table_close(source, NoLock);
}

/* ---------- what EXISTS uses ---------- */

static bool
depends_on_list(const Query *query)
{
	ListCell   *cell;

	if (query->commandType != CMD_SELECT || query->setOperations != NULL || query->hasAggs || query->hasTargetSRFs ||
		query->hasWindowFuncs || query->groupClause != NIL || query->groupingSets != NIL || query->havingQual != NULL ||
		query->distinctClause != NIL || query->sortClause != NIL)
		return true;
	foreach(cell, query->targetList)
		if (!IsA(lfirst_node(TargetEntry, cell)->expr, Var))
			return true;
	return false;
}

/* Whole rows of joins are left to what parse analysis has recorded. */
static bool
mentions_join(Node *node, Used *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, Var))
	{
		const Var  *var = (Var *) node;

		return var->varlevelsup == context->depth && var->varattno == InvalidAttrNumber &&
			rt_fetch(var->varno, context->query->rtable)->rtekind == RTE_JOIN;
	}
	if (IsA(node, Query))
	{
		bool		found;

		context->depth++;
		found = query_tree_walker((Query *) node, mentions_join, context, QTW_IGNORE_JOINALIASES);
		context->depth--;
		return found;
	}
	return expression_tree_walker(node, mentions_join, context);
}

bool
pr_redirect_empty_list(Query *query)
{
	Used		context = {.query = query};
	List	   *list = query->targetList;

	if (depends_on_list(query))
		return false;
	query->targetList = NIL;
	if (!query_tree_walker(query, mentions_join, &context, QTW_IGNORE_JOINALIASES))
		return true;
	query->targetList = list;
	return false;
}

/* A merged column of a join is in the join's condition as well, so joins' own columns can be passed over. */
static bool
used_walker(Node *node, Used *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, Var))
	{
		const Var  *var = (Var *) node;

		if (var->varlevelsup == context->depth && var->varno == context->varno)
			context->columns = bms_add_member(context->columns, var->varattno - FirstLowInvalidHeapAttributeNumber);
		return false;
	}
	if (IsA(node, Query))
	{
		context->depth++;
		(void) query_tree_walker((Query *) node, used_walker, context, QTW_IGNORE_JOINALIASES);
		context->depth--;
		return false;
	}
	return expression_tree_walker(node, used_walker, context);
}

Bitmapset *
pr_redirect_used(Query *query, Index varno)
{
	Used		context = {.query = query, .varno = varno};

	(void) query_tree_walker(query, used_walker, &context, QTW_IGNORE_JOINALIASES);
	return context.columns;
}

/* ---------- renumbering ---------- */

Bitmapset *
pr_redirect_selected(const PrRedirection *redirection, const Bitmapset *selected)
{
	Bitmapset  *result = NULL;
	int			member = -1;

	while ((member = bms_next_member(selected, member)) >= 0)
		result = bms_add_member(result, redirection->columns[member + FirstLowInvalidHeapAttributeNumber - 1] -
								FirstLowInvalidHeapAttributeNumber);
	return result;
}

/* The query's name of the source column that this column of the view stands for; NULL: of none. */
static char *
given_name(const PrRedirection *redirection, const List *names, AttrNumber output)
{
	for (int i = 0; i < redirection->n_columns && i < list_length(names); i++)
		if (redirection->columns[i] == output)
			return strVal(list_nth(names, i));
	return NULL;
}

void
pr_redirect_names(const PrRedirection *redirection, RangeTblEntry *rte)
{
	Relation	view = table_open(redirection->view, NoLock);
	TupleDesc	desc = RelationGetDescr(view);
	List	   *names = NIL;

	for (int i = 0; i < desc->natts; i++)
	{
		char	   *name = given_name(redirection, rte->eref->colnames, i + 1);

		names = lappend(names, makeString(pstrdup(name != NULL ? name : NameStr(TupleDescAttr(desc, i)->attname))));
	}
	table_close(view, NoLock);
	rte->eref = makeAlias(rte->eref->aliasname, names);
	if (rte->alias != NULL && rte->alias->colnames != NIL)
		rte->alias = makeAlias(rte->alias->aliasname, copyObject(names));
}

static Node *
renumber_var(const Var *var, const PrRedirection *redirection)
{
	AttrNumber	attnum;
	Var		   *result;

	if (var->varattno <= 0 || var->varattno > redirection->n_columns)
		refuse_special(redirection, "a whole row or system column");
	attnum = redirection->columns[var->varattno - 1];
	if (attnum == InvalidAttrNumber)
		return (Node *) makeNullConst(var->vartype, var->vartypmod, var->varcollid);
	result = copyObject(unconstify(Var *, var));
	result->varattno = attnum;
	if (var->varnosyn == var->varno && var->varattnosyn == var->varattno)
		result->varattnosyn = attnum;
	return (Node *) result;
}

static Node *
renumber_mutator(Node *node, Renumber *context)
{
	if (node == NULL)
		return NULL;
	if (IsA(node, Var))
	{
		Var		   *var = (Var *) node;

		if (var->varlevelsup == context->depth && var->varno <= context->n &&
			context->redirections[var->varno].columns != NULL)
			return renumber_var(var, &context->redirections[var->varno]);
	}
	else if (IsA(node, Query))
	{
		Query	   *query;

		context->depth++;
		query = query_tree_mutator((Query *) node, renumber_mutator, context, 0);
		context->depth--;
		return (Node *) query;
	}
	return expression_tree_mutator(node, renumber_mutator, context);
}

void
pr_redirect_vars(Query *query, const PrRedirection *redirections)
{
	Renumber	context = {.redirections = redirections, .n = list_length(query->rtable)};

	(void) query_tree_mutator(query, renumber_mutator, &context, QTW_DONT_COPY_QUERY);
}
