/*
 * pr_session_rows.c
 *		Does a source show one reader other rows than another?
 *
 * A release is the same for all its readers.  But the policies of a source with
 * row-level security run inside its view, and current_user in them is the
 * reader; the same in a source that is a view.  So what decides the rows must
 * not ask who reads.
 *
 * What an attacker would try: hide the question in a function (any function of
 * a user that is not immutable counts as asking), in a subquery (counts as
 * asking, and could not be read by the release role anyway), below a view
 * (views are followed, with the policies that apply to their owners).
 */
#include "postgres.h"

#include "access/table.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_proc.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "rewrite/rewriteHandler.h"
#include "rewrite/rowsecurity.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/rls.h"

#include "common/pr_compat.h"
#include "common/pr_error.h"
#include "release/pr_release.h"

/* Functions of PostgreSQL whose answer depends on who asks or on settings of the session. */
static const char *const session_functions[] = {
	"current_setting", "session_user", "current_user", "pg_has_role", "has_table_privilege", "has_column_privilege",
	"has_any_column_privilege", "has_schema_privilege", "has_database_privilege", "has_function_privilege",
	"has_sequence_privilege", "has_language_privilege", "has_server_privilege", "has_tablespace_privilege",
	"has_type_privilege", "has_foreign_data_wrapper_privilege", "has_parameter_privilege", "row_security_active",
	"inet_client_addr", "inet_client_port", "pg_backend_pid", "current_query", "current_schemas", "current_schema",
	"getpgusername", "set_config", "pg_show_all_settings", "query_to_xml", "query_to_xml_and_xmlschema", "cursor_to_xml",
	"table_to_xml", "schema_to_xml", "database_to_xml", "pg_my_temp_schema", "txid_current", "pg_current_xact_id", NULL
};

static bool
is_session_function(Oid function)
{
	char	   *name = get_func_name(function);

	if (get_func_namespace(function) != PG_CATALOG_NAMESPACE)
		return false;
	for (int i = 0; session_functions[i] != NULL; i++)
		if (strcmp(session_functions[i], name) == 0)
			return true;
	return false;
}

static bool
asks_for_user(Node *node)
{
	if (!IsA(node, SQLValueFunction))
		return false;
	switch (((SQLValueFunction *) node)->op)
	{
		case SVFOP_CURRENT_DATE:
		case SVFOP_CURRENT_TIME:
		case SVFOP_CURRENT_TIME_N:
		case SVFOP_CURRENT_TIMESTAMP:
		case SVFOP_CURRENT_TIMESTAMP_N:
		case SVFOP_LOCALTIME:
		case SVFOP_LOCALTIME_N:
		case SVFOP_LOCALTIMESTAMP:
		case SVFOP_LOCALTIMESTAMP_N:
			return false;
		default:
			return true;
	}
}

/* ---------- policies ---------- */

static bool
function_may_ask(Oid function, void *context)
{
	return is_session_function(function) ||
		(get_func_namespace(function) != PG_CATALOG_NAMESPACE && func_volatile(function) != PROVOLATILE_IMMUTABLE);
}

static bool
policy_asks(Node *node, void *context)
{
	if (node == NULL)
		return false;
	/* A subquery of a policy runs with the release role's rights, which reach the source's columns only. */
	if (IsA(node, Query) || IsA(node, SubLink) || asks_for_user(node))
		return true;
	if (check_functions_in_node(node, function_may_ask, context))
		return true;
	return expression_tree_walker(node, policy_asks, context);
}

static bool
policy_applies(const RowSecurityPolicy *policy, Oid reader)
{
	Oid		   *roles = (Oid *) ARR_DATA_PTR(policy->roles);
	int			n = ARR_DIMS(policy->roles)[0];

	if (policy->polcmd != '*' && policy->polcmd != ACL_SELECT_CHR)
		return false;
	for (int i = 0; i < n; i++)
		if (roles[i] == ACL_ID_PUBLIC || has_privs_of_role(reader, roles[i]))
			return true;
	return false;
}

static char *
asking_policy(Relation rel, Oid reader)
{
	ListCell   *cell;

	if (!rel->rd_rel->relrowsecurity || rel->rd_rsdesc == NULL ||
		check_enable_rls(RelationGetRelid(rel), reader, true) != RLS_ENABLED)
		return NULL;
	foreach(cell, rel->rd_rsdesc->policies)
	{
		RowSecurityPolicy *policy = lfirst(cell);

		if (policy_applies(policy, reader) && policy_asks((Node *) policy->qual, NULL))
			return psprintf("row-level policy \"%s\" of %s", policy->policy_name,
							pr_relation_label(RelationGetRelid(rel)));
	}
	return NULL;
}

/* ---------- views ---------- */

typedef struct ViewWalk
{
	Oid			view;
	Oid			owner;
	List	  **seen;			/* views that were walked: many may use one */
	char	   *found;
} ViewWalk;

static char *relation_asks(Relation rel, Oid reader, List **seen);

static bool
function_asks(Oid function, void *context)
{
	return is_session_function(function);
}

static void
walk_relations(Query *query, ViewWalk *walk)
{
	ListCell   *cell;

	foreach(cell, query->rtable)
	{
		RangeTblEntry *rte = lfirst_node(RangeTblEntry, cell);
		Relation	rel;

		if (rte->rtekind != RTE_RELATION || rte->relid == walk->view || walk->found != NULL)
			continue;
		rel = table_open(rte->relid, AccessShareLock);
		walk->found = relation_asks(rel, walk->owner, walk->seen);
		table_close(rel, AccessShareLock);
	}
}

static bool
view_asks(Node *node, void *context)
{
	ViewWalk   *walk = context;

	if (node == NULL)
		return false;
	if (IsA(node, Query))
	{
		walk_relations((Query *) node, walk);
		return walk->found != NULL || query_tree_walker((Query *) node, view_asks, context, 0);
	}
	if (asks_for_user(node) || check_functions_in_node(node, function_asks, NULL))
	{
		walk->found = psprintf("view %s", pr_relation_label(walk->view));
		return true;
	}
	return expression_tree_walker(node, view_asks, context);
}

static bool
expression_asks(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (asks_for_user(node) || check_functions_in_node(node, function_asks, NULL))
		return true;
	return expression_tree_walker(node, expression_asks, context);
}

/* ---------- what callers ask ---------- */

static char *
relation_asks(Relation rel, Oid reader, List **seen)
{
	ViewWalk	walk = {.view = RelationGetRelid(rel), .owner = rel->rd_rel->relowner, .seen = seen};

	check_stack_depth();
	CHECK_FOR_INTERRUPTS();
	if (rel->rd_rel->relkind != RELKIND_VIEW)
		return asking_policy(rel, reader);
	/* Below another view it reads as the session's user, whoever owns that view. */
	if (RelationHasSecurityInvoker(rel))
		return psprintf("view %s, which reads as its caller,", pr_relation_label(RelationGetRelid(rel)));
	if (list_member_oid(*seen, RelationGetRelid(rel)))
		return NULL;
	*seen = lappend_oid(*seen, RelationGetRelid(rel));
	(void) view_asks((Node *) get_view_query(rel), &walk);
	return walk.found;
}

/* What of the relation, read as the role, depends on the session that reads; NULL: nothing. */
char *
pr_session_dependence(Relation rel, Oid reader)
{
	List	   *seen = NIL;

	return relation_asks(rel, reader, &seen);
}

/* Does an expression ask who reads? */
bool
pr_asks_session(Node *expression)
{
	return expression_asks(expression, NULL);
}

/* Refuse a source that would show one reader other rows than another. */
void
pr_check_policies(Relation rel, const char *role)
{
	char	   *found = pr_session_dependence(rel, get_role_oid(role, false));

	if (found != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_PR_BOUNDARY),
				 errmsg("%s depends on the session that reads", found),
				 errdetail("A release shows every reader the same rows;"
						   " what asks for the current user, a setting or another table would be answered for the reader."),
				 errhint("Let the policy be for the roles that it is meant for, ALTER POLICY ... TO ..., and create one for the release's role, which privrelease.releases names; or let the view not ask who reads.")));
}
