/*
 * pr_expression.c
 *		Rules whose SQL a superuser wrote.
 *
 * The one place where text from outside becomes part of a view.  It is a
 * superuser's text, and it is still parsed alone before it is spliced, so that
 * what stands in the view is the one expression that was read: no second
 * column, no FROM, no comment that swallows what follows.  It may use columns
 * of the source and nothing else, so that the release role's rights can be
 * exactly its columns.  Whether it is total, or hides anything, nobody has
 * checked: every list of releases marks it unverified.
 */
#include "postgres.h"

#include "access/sysattr.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "parser/analyze.h"
#include "parser/parser.h"
#include "utils/builtins.h"
#include "utils/rel.h"

#include "common/pr_compat.h"
#include "release/pr_render.h"

static const PrParam expression_params[] = {
	{"sql", PR_PARAM_TEXT, NULL, true},
	{NULL}
};

/* An error in the expression shows its place in the expression, not in the call of set_rule(). */
static void
point_into_expression(void *arg)
{
	int			position = geterrposition();

	if (position > 0)
	{
		errposition(0);
		internalerrposition(position);
		internalerrquery((const char *) arg);
	}
}

static void
push_error_place(ErrorContextCallback *callback, char *text)
{
	callback->callback = point_into_expression;
	callback->arg = text;
	callback->previous = error_context_stack;
	error_context_stack = callback;
}

static List *
parse_text(char *text)
{
	ErrorContextCallback callback;
	List	   *statements;

	push_error_place(&callback, text);
	statements = raw_parser(text, RAW_PARSE_DEFAULT);
	error_context_stack = callback.previous;
	return statements;
}

static void
refuse_expression(const char *why)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("parameter \"sql\" of transform \"expression\" %s", why),
			 errhint("Give one expression over columns of the source, for example 'upper(left(name, 1))'.")));
}

/* SELECT <sql>: one statement, one column, no clause. */
static void
check_form(const char *sql)
{
	List	   *statements = parse_text(psprintf("SELECT %s\n", sql));
	SelectStmt *select;

	if (list_length(statements) != 1)
		refuse_expression("is not one expression");
	select = (SelectStmt *) linitial_node(RawStmt, statements)->stmt;
	if (!IsA(select, SelectStmt) || list_length(select->targetList) != 1 ||
		linitial_node(ResTarget, select->targetList)->name != NULL ||
		select->fromClause || select->whereClause || select->groupClause || select->havingClause ||
		select->windowClause || select->valuesLists || select->sortClause || select->limitOffset ||
		select->limitCount || select->lockingClause || select->withClause || select->distinctClause ||
		select->intoClause || select->op != SETOP_NONE)
		refuse_expression("is more than one expression");
}

static char *
expression_query(const PrRelease *release, const char *sql)
{
	return psprintf("SELECT (%s\n) FROM %s AS s", sql,
					quote_qualified_identifier(release->source_schema, release->source_name));
}

static Query *
analyze_expression(const PrRelease *release, const char *sql)
{
	char	   *text = expression_query(release, sql);
	RawStmt    *raw = linitial_node(RawStmt, parse_text(text));
	ErrorContextCallback callback;
	Query	   *query;

	push_error_place(&callback, text);
	query = parse_analyze_fixedparams(raw, text, NULL, 0, NULL);
	error_context_stack = callback.previous;
	return query;
}

static void
check_expression(const PrRelease *release, Relation rel, PrRule *rule)
{
	char	   *sql = pr_param(rule, "sql");
	Query	   *query;
	ListCell   *cell;

	if (!superuser())
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("only a superuser may set a rule of transform \"expression\""),
				 errhint("See SELECT * FROM privrelease.transforms; for those that a source's owner may use.")));

	check_form(sql);
	query = analyze_expression(release, sql);
	if (query->hasSubLinks || query->hasAggs || query->hasWindowFuncs || query->hasTargetSRFs)
		refuse_expression("must have no subquery, aggregate, window function or set");
	if (contain_volatile_functions((Node *) query->targetList))
		refuse_expression("must not be volatile: it would be drawn anew at each reading");

	if (pr_asks_session((Node *) query->targetList))
		refuse_expression("must not ask who reads");

	rule->used = NIL;
	foreach(cell, pull_var_clause((Node *) query->targetList, PVC_RECURSE_PLACEHOLDERS))
	{
		Var		   *var = lfirst_node(Var, cell);
		PrColumn   *column = palloc(sizeof(PrColumn));

		if (var->varattno <= 0)
			refuse_expression("must name columns, not system columns or whole rows");
		column->attnum = var->varattno;
		column->name = pstrdup(NameStr(TupleDescAttr(RelationGetDescr(rel), var->varattno - 1)->attname));
		column->type = pr_column_type(rel, var->varattno);
		rule->used = lappend(rule->used, column);
	}
}

static void
render_expression(StringInfo out, const PrRelease *release, const PrRule *rule, int output)
{
	appendStringInfo(out, "(%s\n)", pr_param(rule, "sql"));
}

const PrTransform pr_expression = {
	.name = "expression",
	.family = "none",
	.input = "any; superusers only",
	.params = expression_params,
	.by_name = true,
	.accepts = pr_type_any,
	.check = check_expression,
	.render = render_expression,
	.leaves_open = "unknown: unverified",
};
