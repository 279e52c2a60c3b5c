/*
 * pr_imply.c
 *		What a query is told before it is planned.
 *
 * PostgreSQL pushes a filter below a barrier only if its operators are
 * leakproof.  LIKE is not, nor are comparisons between a date and a timestamp.
 * Here such a filter on a released column gets a leakproof one beside it that
 * it implies, on the same column of the view: PostgreSQL pushes that one by its
 * own rules, and pr_derive.c finds it below.
 *
 * "column LIKE 'x%'" is nothing but "column ^@ 'x'" and is replaced.  Where a
 * filter stays, its implied one has done its part of the selection already, so
 * that the planner is to take all rows for it.
 *
 * A release that leaves persons out, who have objected, is told nothing.
 *
 * And a query that needs no column of a release, as count(*) does, need not
 * have one computed.  Nothing can pass a barrier then: it is taken away, so that
 * the view becomes part of the query and its source is counted as such.
 */
#include "postgres.h"

#include "access/stratnum.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/clauses.h"
#include "optimizer/optimizer.h"
#include "parser/parsetree.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

#include "catalog/pr_protected.h"
#include "common/pr_compat.h"
#include "common/pr_guc.h"
#include "planner/pr_level.h"
#include "planner/pr_planner.h"
#include "planner/pr_transform_info.h"

/* ---------- releases in a query ---------- */

const Node *
pr_without_relabels(const Node *node)
{
	while (node != NULL && IsA(node, RelabelType))
		node = (const Node *) ((const RelabelType *) node)->arg;
	return node;
}

bool
pr_is_release(const RangeTblEntry *rte)
{
	return rte->rtekind == RTE_SUBQUERY && rte->security_barrier && OidIsValid(pr_view_of(rte)) &&
		pr_protected_by_view(pr_view_of(rte)) != NULL && !pr_hides_rows(rte->subquery->jointree->quals);
}

bool
pr_level_has_release(const Query *query)
{
	ListCell   *cell;

	foreach(cell, query->rtable)
		if (pr_is_release(lfirst(cell)))
			return true;
	return false;
}

Index
pr_released_column(const Query *query, const Node *node)
{
	const Var  *var = (const Var *) pr_without_relabels(node);

	if (var == NULL || !IsA(var, Var) || var->varlevelsup != 0 || var->varattno <= 0 ||
		!pr_is_release(rt_fetch(var->varno, query->rtable)))
		return 0;
	return var->varno;
}

List *
pr_reading_roles(PlannerInfo *root)
{
	List	   *roles = NIL;
	ListCell   *cell;

	for (; root != NULL; root = root->parent_root)
		foreach(cell, pr_permissions_of(root->parse))
		{
			const PrPermission *permission = lfirst(cell);

			if (OidIsValid(permission->checkAsUser) && pr_protected_by_role(permission->checkAsUser) != NULL)
				roles = list_append_unique_oid(roles, permission->checkAsUser);
		}
	return roles;
}

/* ---------- implied filters ---------- */

static bool
is_known_beforehand(Node *node)
{
	return !contain_vars_of_level(node, 0) && !contain_volatile_functions(node) && !contain_subplans(node);
}

/* The literal start of a LIKE pattern with escape \; *rest: what follows it. */
static char *
literal_start(const char *pattern, const char **rest)
{
	char	   *start = palloc(strlen(pattern) + 1);
	int			n = 0;

	while (*pattern != '\0' && *pattern != '%' && *pattern != '_')
	{
		if (*pattern == '\\' && *++pattern == '\0')
			break;
		start[n++] = *pattern++;
	}
	start[n] = '\0';
	*rest = pattern;
	return start;
}

static Oid
starts_with_operator(void)
{
	return OpernameGetOprid(list_make2(makeString("pg_catalog"), makeString("^@")), TEXTOID, TEXTOID);
}

/* column LIKE 'x%': the same as, or implying, column ^@ 'x' */
static Node *
with_prefix(OpExpr *clause)
{
	Const	   *pattern = lsecond(clause->args);
	const char *rest;
	char	   *start;
	Node	   *prefix;

	if (!IsA(pattern, Const) || pattern->constisnull || !OidIsValid(clause->inputcollid) ||
		!get_collation_isdeterministic(clause->inputcollid))
		return (Node *) clause;
	start = literal_start(TextDatumGetCString(pattern->constvalue), &rest);
	if (*start == '\0' || rest[-1] == '\\')
		return (Node *) clause;
	prefix = (Node *) make_opclause(starts_with_operator(), BOOLOID, false, copyObject(linitial(clause->args)),
									(Expr *) makeConst(TEXTOID, -1, pattern->constcollid, -1, CStringGetTextDatum(start),
													   false, false), InvalidOid, clause->inputcollid);
	if (strcmp(rest, "%") == 0)
		return prefix;
	return make_and_qual((Node *) clause, prefix);
}

/* What a date or time is compared with, as the column's own type; NULL: it depends on more. */
static Expr *
as_type_of_column(Expr *value, Oid column)
{
	Oid			type = exprType((Node *) value);
	Oid			function = InvalidOid;

	if (column == DATEOID && type == TIMESTAMPOID)
		function = F_DATE_TIMESTAMP;
	else if ((column == TIMESTAMPOID && type == DATEOID) ||
			 (column == TIMESTAMPTZOID && (type == DATEOID || type == TIMESTAMPOID)))
		function = pr_conversion_function(type, column);
	if (!OidIsValid(function))
		return NULL;
	return (Expr *) makeFuncExpr(function, column, list_make1(copyObject(value)), InvalidOid, InvalidOid, COERCE_EXPLICIT_CALL);
}

/* Rounded outwards: "<" a timestamp is "<=" its date, and so is "<" a date beyond the range of timestamps. */
static int
outward(int strategy)
{
	switch (strategy)
	{
		case BTLessStrategyNumber:
			return BTLessEqualStrategyNumber;
		case BTGreaterStrategyNumber:
			return BTGreaterEqualStrategyNumber;
		default:
			return strategy;
	}
}

/* column operator value, of different types */
static Node *
with_own_type(Node *clause, Expr *column, Oid operator, Expr *value)
{
	Oid			type = exprType((Node *) column);
	Oid			family;
	int			strategy;
	Expr	   *converted;
	Oid			own;

	if (type != DATEOID && type != TIMESTAMPOID && type != TIMESTAMPTZOID)
		return clause;
	family = lookup_type_cache(type, TYPECACHE_BTREE_OPFAMILY)->btree_opf;
	strategy = get_op_opfamily_strategy(operator, family);
	if (strategy == 0 || !is_known_beforehand((Node *) value) || (converted = as_type_of_column(value, type)) == NULL)
		return clause;
	own = get_opfamily_member(family, type, type, outward(strategy));
	return make_and_qual(pr_with_selectivity(clause, 1.0, false), (Node *) make_opclause(own, BOOLOID, false, copyObject(column), converted,
																  InvalidOid, InvalidOid));
}

/* The clause, with what it implies. */
static Node *
with_implied(const Query *query, Node *node)
{
	OpExpr	   *clause = (OpExpr *) node;

	if (!IsA(node, OpExpr) || list_length(clause->args) != 2)
		return node;
	if (pr_released_column(query, linitial(clause->args)) != 0)
	{
		if (get_opcode(clause->opno) == F_TEXTLIKE)
			return with_prefix(clause);
		return with_own_type(node, linitial(clause->args), clause->opno, lsecond(clause->args));
	}
	if (pr_released_column(query, lsecond(clause->args)) != 0 && OidIsValid(pr_commutator(clause->opno)))
		return with_own_type(node, lsecond(clause->args), pr_commutator(clause->opno), linitial(clause->args));
	return node;
}

/* Members of a list of filters only: below NOT, OR or CASE nothing is implied for the row. */
static Node *
imply_in_quals(const Query *query, Node *quals)
{
	List	   *members = NIL;
	ListCell   *cell;

	check_stack_depth();
	if (quals == NULL)
		return NULL;
	if (!is_andclause(quals))
		return with_implied(query, quals);
	foreach(cell, ((BoolExpr *) quals)->args)
		members = lappend(members, imply_in_quals(query, lfirst(cell)));
	return (Node *) make_andclause(members);
}

static void
imply_in_jointree(const Query *query, Node *node)
{
	ListCell   *cell;

	check_stack_depth();
	if (node == NULL)
		return;
	if (IsA(node, FromExpr))
	{
		foreach(cell, ((FromExpr *) node)->fromlist)
			imply_in_jointree(query, lfirst(cell));
		((FromExpr *) node)->quals = imply_in_quals(query, ((FromExpr *) node)->quals);
	}
	else if (IsA(node, JoinExpr))
	{
		imply_in_jointree(query, ((JoinExpr *) node)->larg);
		imply_in_jointree(query, ((JoinExpr *) node)->rarg);
		((JoinExpr *) node)->quals = imply_in_quals(query, ((JoinExpr *) node)->quals);
	}
}

/* ---------- columns that nobody needs ---------- */

typedef struct Search
{
	const Query *query;
	Index		varno;
	int			depth;
} Search;

/* A variable of the entry, or of a join, which may stand for it. */
static bool
needs_column(Node *node, void *context)
{
	Search	   *search = context;

	if (node == NULL)
		return false;
	if (IsA(node, Var))
	{
		Var		   *var = (Var *) node;

		return var->varlevelsup == search->depth &&
			(var->varno == search->varno || rt_fetch(var->varno, search->query->rtable)->rtekind == RTE_JOIN);
	}
	if (IsA(node, Query))
	{
		bool		found;

		search->depth++;
		found = query_tree_walker((Query *) node, needs_column, context, QTW_IGNORE_JOINALIASES);
		search->depth--;
		return found;
	}
	return expression_tree_walker(node, needs_column, context);
}

static void
drop_unneeded_barriers(Query *query)
{
	Index		varno = 0;
	ListCell   *cell;

	if (query->commandType != CMD_SELECT || query->rowMarks != NIL)
		return;
	foreach(cell, query->rtable)
	{
		RangeTblEntry *rte = lfirst(cell);
		Search		search = {query, ++varno, 0};

		if (pr_is_release(rte) && !query_tree_walker(query, needs_column, &search, QTW_IGNORE_JOINALIASES))
			rte->security_barrier = false;
	}
}

/* ---------- all levels ---------- */

static bool
imply_in_query(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, Query))
	{
		Query	   *query = (Query *) node;

		if (pr_level_has_release(query))
		{
			imply_in_jointree(query, (Node *) query->jointree);
			drop_unneeded_barriers(query);
		}
		return query_tree_walker(query, imply_in_query, context, 0);
	}
	return expression_tree_walker(node, imply_in_query, context);
}

void
pr_imply_quals(Query *parse)
{
	if (pr_guc_enable_derived_quals && parse->commandType != CMD_UTILITY && pr_protected_refresh())
		(void) imply_in_query((Node *) parse, NULL);
}
