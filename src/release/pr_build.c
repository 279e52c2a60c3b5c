/*
 * pr_build.c
 *		From declaration to view: definition() and build().
 *
 * One list of statements is the definition, and a build runs exactly that
 * list, in one transaction.  The view is
 *
 *	CREATE OR REPLACE VIEW ... WITH (security_barrier=true, security_invoker=false) AS
 *	 SELECT <one expression for each rule> FROM <source> AS s
 *	  WHERE privrelease.release_serves(<id>)
 *	    [AND privrelease.has_objected(...) IS NOT TRUE OFFSET 0];	once somebody has
 *
 * Both options are spelled out, because what is left to a default can be
 * changed by one.  release_serves() is evaluated while a query is planned and
 * refuses a view that is not the one built here (pr_serves.c).
 *
 * What an attacker would try: a name or a constant that breaks out of the text
 * (everything is quoted, pr_render.c), a relation of the release's name that
 * is not ours (refused), a rebuild that loses the barrier or the grants (one
 * transaction, grants carried over), views of others that keep showing dropped
 * columns (listed and refused; never CASCADE).
 */
#include "postgres.h"

#include "access/table.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/plancache.h"
#include "utils/rel.h"

#include "catalog/pr_catalog.h"
#include "catalog/pr_intact.h"
#include "catalog/pr_key.h"
#include "common/pr_compat.h"
#include "common/pr_error.h"
#include "common/pr_event.h"
#include "release/pr_lifecycle.h"
#include "release/pr_objection.h"
#include "release/pr_registry.h"
#include "release/pr_release.h"
#include "release/pr_table.h"

PG_FUNCTION_INFO_V1(privrelease_definition);
PG_FUNCTION_INFO_V1(privrelease_build);

/* ---------- the declaration, checked against today's source ---------- */

/* Pseudonyms take the newest version of their key at each build; noise and shifts never do. */
static void
take_current_key(PrRule *rule)
{
	int32		id;
	int32		current;

	if (rule->transform->key_use == PR_KEY_ROTATES && pr_key_find(pr_param(rule, "key"), &id, &current) && id == rule->key)
		rule->key_version = current;
}

/* Source opened, rules loaded and bound; an error if they could not be built. */
List *
pr_load_to_look(PrRelease *release, Relation *rel, bool rotate)
{
	List	   *rules = pr_release_rules(release);
	ListCell   *cell;

	*rel = pr_bind_source(release);
	pr_lock_below(release->source);
	pr_bind_subject(release, *rel);
	if (rules == NIL)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("release %s has no rule, so it would have no column", release->label),
				 errhint("SELECT privrelease.set_rule(%s, 'column', 'transform'); or, to stop its readers, privrelease.withdraw(%s, 'why');",
						 quote_literal_cstr(release->label), quote_literal_cstr(release->label))));
	foreach(cell, rules)
	{
		PrRule	   *rule = lfirst(cell);

		pr_bind_rule(release, *rel, rule);
		if (rule->transform->recheck != NULL)
			rule->transform->recheck(release, rule);
		pr_recheck_key(release, rule);
		if (rotate)
			take_current_key(rule);
	}
	pr_require_distinct_outputs(release, rules);
	pr_check_policies(*rel, release->role);
	return rules;
}

/* The same for whatever shows the release to somebody: no identifier is clear. */
List *
pr_load_for_build(PrRelease *release, Relation *rel, bool rotate)
{
	List	   *rules = pr_load_to_look(release, rel, rotate);
	ListCell   *cell;

	foreach(cell, rules)
		pr_require_not_clear(release, lfirst(cell));
	return rules;
}

/* ---------- the statements ---------- */

/*
 * Nobody sees who has objected.  OFFSET 0 keeps PostgreSQL from evaluating anything of a reader's query before that: also
 * a function that is given no column, and tells how many rows it was called for, or an indexed filter, which tells by its time.
 */
static void
append_objections(StringInfo out, const PrRelease *release)
{
	List	   *conditions = pr_objection_conditions(release);
	ListCell   *cell;

	foreach(cell, conditions)
		appendStringInfo(out, "\n   AND %s", (char *) lfirst(cell));
	if (conditions != NIL)
		appendStringInfoString(out, "\nOFFSET 0");
}

static char *
select_statement(const PrRelease *release, List *rules)
{
	StringInfoData out;
	ListCell   *cell;

	initStringInfo(&out);
	appendStringInfoString(&out, "SELECT ");
	foreach(cell, rules)
	{
		PrRule	   *rule = lfirst(cell);

		for (int output = 0; output < Max(rule->transform->outputs, 1); output++)
		{
			if (out.len > strlen("SELECT "))
				appendStringInfoString(&out, ",\n       ");
			rule->transform->render(&out, release, rule, output);
			appendStringInfo(&out, " AS %s", quote_identifier(pr_output_column(rule, output)));
		}
	}
	appendStringInfo(&out, "\n  FROM %s AS s\n WHERE privrelease.release_serves(%d)",
					 quote_qualified_identifier(release->source_schema, release->source_name), release->id);
	append_objections(&out, release);
	return out.data;
}

static char *
create_statement(const PrRelease *release, List *rules)
{
	return psprintf("CREATE OR REPLACE VIEW %s WITH (security_barrier=true, security_invoker=false) AS\n%s",
					release->label, select_statement(release, rules));
}

/* What the view hides. */
static const char *
hidden(const PrRelease *release)
{
	return pr_objection_conditions(release) != NIL ? "hides the persons who have objected, and no other rows of its own"
		: "hides no rows of its own";
}

static char *
description(const PrRelease *release)
{
	return psprintf("privrelease: live view of personal data, each column by its rule."
					" It protects columns; it promises no anonymity model and %s.%s%s", hidden(release),
					release->purpose != NULL ? " Purpose: " : "", release->purpose != NULL ? release->purpose : "");
}

static List *
view_statements(const PrRelease *release, List *rules)
{
	const char *owner = quote_identifier(GetUserNameFromId(pr_relation_owner(release->source), false));

	return list_make4(create_statement(release, rules),
					  psprintf("ALTER VIEW %s OWNER TO %s", release->label, quote_identifier(release->role)),
					  psprintf("GRANT SELECT ON %s TO %s", release->label, owner),
					  psprintf("COMMENT ON VIEW %s IS %s", release->label, quote_literal_cstr(description(release))));
}

static List *
build_statements(const PrRelease *release, Relation rel, List *rules)
{
	return list_concat(pr_source_grants(release, rel, rules), view_statements(release, rules));
}

/* All that a build would run, as text. */
static char *
join_statements(List *statements)
{
	StringInfoData out;
	ListCell   *cell;

	initStringInfo(&out);
	foreach(cell, statements)
		appendStringInfo(&out, "%s%s;", out.len > 0 ? "\n" : "", (char *) lfirst(cell));
	return out.data;
}

/* What a build makes and a publication compares: of a table, whatever levels the last refresh has chosen. */
char *
pr_definition_text(const PrRelease *release, Relation rel, List *rules)
{
	if (release->is_table)
		return psprintf("%s\n%s", join_statements(pr_source_grants(release, rel, rules)),
						pr_table_declaration(release, rules));
	return join_statements(build_statements(release, rel, rules));
}

Datum
privrelease_definition(PG_FUNCTION_ARGS)
{
	PrRelease  *release;
	Relation	rel;
	List	   *rules;
	char	   *result;

	pr_begin();
	release = pr_release_to_read(text_to_cstring(PG_GETARG_TEXT_PP(0)));
	rules = pr_load_for_build(release, &rel, true);
	result = pr_definition_text(release, rel, rules);
	if (release->is_table)
		result = psprintf("%s\n%s;", result, pr_table_select(release, rules));
	table_close(rel, NoLock);
	return pr_end_text(result);
}

/* ---------- replacing a view ---------- */

char
pr_release_relkind(const PrRelease *release)
{
	return release->is_table ? RELKIND_RELATION : RELKIND_VIEW;
}

static void
refuse_renamed(const PrRelease *release)
{
	ereport(ERROR,
			(errcode(ERRCODE_PR_STALE),
			 errmsg("the %s of release %s was renamed to %s", release->is_table ? "table" : "view", release->label,
					pr_relation_label(release->view)),
			 errhint("Rename it back, or drop it.")));
}

/* The view or table that a former build or refresh made, still under its name; InvalidOid: none. */
Oid
pr_existing_relation(const PrRelease *release)
{
	Oid			found = get_relname_relid(release->name, get_namespace_oid(release->schema, false));

	if (OidIsValid(found) && found != release->view)
		ereport(ERROR,
				(errcode(ERRCODE_DUPLICATE_TABLE),
				 errmsg("relation %s exists already and was not built by privrelease", release->label),
				 errhint("Rename or drop that relation.")));
	if (!OidIsValid(found) && get_rel_relkind(release->view) == pr_release_relkind(release))
		refuse_renamed(release);
	return found;
}

/* Are the view's columns the first columns of the statement, so that it can be replaced in place? */
static bool
columns_are_kept(Oid view, const char *select)
{
	PrIdentity	saved;
	SPIPlanPtr	plan;
	TupleDesc	new;
	Relation	rel = table_open(view, AccessShareLock);
	TupleDesc	old = RelationGetDescr(rel);
	bool		kept;

	pr_elevate(&saved);
	plan = SPI_prepare(select, 0, NULL);
	pr_restore_identity(&saved);
	if (plan == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR),
				 errmsg_internal("could not prepare a release view: %s", SPI_result_code_string(SPI_result))));
	new = ((CachedPlanSource *) linitial(SPI_plan_get_plan_sources(plan)))->resultDesc;

	kept = new->natts >= old->natts;
	for (int i = 0; kept && i < old->natts; i++)
	{
		Form_pg_attribute a = TupleDescAttr(old, i);
		Form_pg_attribute b = TupleDescAttr(new, i);

		kept = strcmp(NameStr(a->attname), NameStr(b->attname)) == 0 && a->atttypid == b->atttypid &&
			a->atttypmod == b->atttypmod && a->attcollation == b->attcollation;
	}
	SPI_freeplan(plan);
	table_close(rel, NoLock);
	return kept;
}

/*
 * Objects of others that a DROP of the view or table would break, in words;
 * NULL: none.  columns: of a table, only these ("{1,2}"); NULL: all.  What
 * depends on a table automatically, as its indexes do, goes with it.
 */
static char *
dependents(Oid view, bool is_table, const char *columns)
{
	PrArgs		args = {0};
	StringInfoData out;
	uint64		rows;

	pr_arg_oid(&args, view);
	pr_arg_text(&args, is_table ? "n" : "a");
	pr_arg_text(&args, columns);
	rows = pr_catalog_run("SELECT DISTINCT CASE WHEN w.oid IS NULL"
						  " THEN pg_catalog.pg_describe_object(d.classid, d.objid, d.objsubid)"
						  " ELSE pg_catalog.pg_describe_object('pg_catalog.pg_class'::pg_catalog.regclass, w.ev_class, 0) END"
						  " FROM pg_catalog.pg_depend AS d"
						  " LEFT JOIN pg_catalog.pg_rewrite AS w"
						  " ON d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass AND w.oid = d.objid"
						  " WHERE d.deptype IN ('n', $2::\"char\") AND w.ev_class IS DISTINCT FROM $1"
						  " AND ((d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = $1"
						  " AND ($3 IS NULL OR d.refobjsubid = ANY ($3::int4[])))"
						  " OR ($3 IS NULL AND d.refclassid = 'pg_catalog.pg_type'::pg_catalog.regclass AND d.refobjid IN"
						  " (SELECT t.oid FROM pg_catalog.pg_type AS t WHERE t.typrelid = $1 UNION ALL"
						  " SELECT t.typarray FROM pg_catalog.pg_type AS t WHERE t.typrelid = $1)))"
						  " ORDER BY 1", &args);
	if (rows == 0)
		return NULL;
	initStringInfo(&out);
	for (uint64 row = 0; row < rows; row++)
		appendStringInfo(&out, "%s%s", row > 0 ? "\n" : "", pr_spi_text(row, 1));
	return out.data;
}

void
pr_refuse_dependents(const PrRelease *release, const char *verb, const char *columns)
{
	char	   *list = dependents(release->view, release->is_table, columns);

	if (list != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_DEPENDENT_OBJECTS_STILL_EXIST),
				 errmsg("cannot %s release %s %s because other objects depend on it", verb,
						release->is_table ? "table" : "view", release->label),
				 errdetail_internal("%s", list),
				 errhint("Drop these objects first, and make them anew afterwards.")));
}

/*
 * Is it the view or table of this release?  A view asks release_serves() for this id, and
 * belongs to the release's role or to the superuser who restored it: nobody
 * else can make a view of that owner.
 */
bool
pr_relation_is_of(Oid view, const PrRelease *release)
{
	PrArgs		args = {0};
	Oid			owner;

	if (release->is_table)
		return pr_table_is_of(view, release);
	if (get_rel_relkind(view) != RELKIND_VIEW)
		return false;
	owner = pr_relation_owner(view);
	pr_arg_oid(&args, view);
	pr_arg_text(&args, psprintf("privrelease.release_serves(%d)", release->id));
	return (superuser_arg(owner) || owner == get_role_oid(release->role, true)) &&
		pr_catalog_run("SELECT 1 WHERE pg_catalog.strpos(pg_catalog.pg_get_viewdef($1), $2) > 0", &args) > 0;
}

void
pr_drop_relation(const PrRelease *release)
{
	if (!OidIsValid(release->view) || get_rel_relkind(release->view) != pr_release_relkind(release))
		return;
	pr_refuse_dependents(release, "drop", NULL);
	pr_ddl(psprintf("DROP %s %s RESTRICT", release->is_table ? "TABLE" : "VIEW", pr_relation_label(release->view)));
}

/* GRANT statements that give a new view the privileges of the old one, as far as its columns still exist. */
static List *
grants_on_view(const PrRelease *release)
{
	PrArgs		args = {0};
	List	   *grants = NIL;
	uint64		rows;

	pr_arg_oid(&args, release->view);
	pr_arg_text(&args, release->label);
	rows = pr_catalog_run("SELECT pg_catalog.format('GRANT %s%s ON %s TO %s%s', a.privilege_type,"
						  " CASE WHEN c.attname IS NOT NULL THEN pg_catalog.format(' (%I)', c.attname) END, $2,"
						  " CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(a.grantee)) END,"
						  " CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' END), c.attname"
						  " FROM (SELECT NULL::name AS attname, v.relacl AS acl, v.relowner"
						  " FROM pg_catalog.pg_class AS v WHERE v.oid = $1"
						  " UNION ALL SELECT t.attname, t.attacl, v.relowner FROM pg_catalog.pg_attribute AS t"
						  " JOIN pg_catalog.pg_class AS v ON v.oid = t.attrelid WHERE t.attrelid = $1 AND NOT t.attisdropped) AS c,"
						  " LATERAL pg_catalog.aclexplode(c.acl) AS a WHERE a.grantee <> c.relowner", &args);
	for (uint64 row = 0; row < rows; row++)
		grants = lappend(grants, list_make2(pr_spi_text(row, 1), pr_spi_text(row, 2)));
	return grants;
}

static bool
has_output(List *rules, const char *column)
{
	ListCell   *cell;

	foreach(cell, rules)
	{
		PrRule	   *rule = lfirst(cell);

		for (int output = 0; output < Max(rule->transform->outputs, 1); output++)
			if (strcmp(pr_output_column(rule, output), column) == 0)
				return true;
	}
	return false;
}

/* Make room for another list of columns; returns the grants to give back. */
static List *
make_room(const PrRelease *release, List *rules)
{
	Oid			view = pr_existing_relation(release);
	List	   *grants;

	if (!OidIsValid(view) || columns_are_kept(view, select_statement(release, rules)))
		return NIL;
	pr_refuse_dependents(release, "replace", NULL);
	grants = grants_on_view(release);
	pr_drop_relation(release);
	return grants;
}

/* ---------- build ---------- */

void
pr_require_schema(const PrRelease *release)
{
	if (OidIsValid(release->view) && get_rel_relkind(release->view) == pr_release_relkind(release) &&
		strcmp(pr_relation_label(release->view), release->label) != 0 &&
		!OidIsValid(get_namespace_oid(release->schema, true)))
		refuse_renamed(release);
	if (!OidIsValid(get_namespace_oid(release->schema, true)))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_SCHEMA),
				 errmsg("schema \"%s\" of release %s does not exist", release->schema, release->label),
				 errhint("CREATE SCHEMA %s;", quote_identifier(release->schema))));
	pr_check_schema(release->schema);
	if (release->is_table)
		pr_table_require(release);
}

/* A release role that is gone would leave the release to whoever builds: never. */
void
pr_require_release_role(const PrRelease *release)
{
	pr_check_release_role(release, get_role_oid(release->role, true));
}

/* The statements name the source; what they built must read the relation that was checked. */
static void
require_reads_source(const PrRelease *release)
{
	PrArgs		args = {0};

	pr_arg_oid(&args, release->view);
	pr_arg_oid(&args, release->source);
	if (pr_catalog_run("SELECT 1 FROM pg_catalog.pg_rewrite AS w JOIN pg_catalog.pg_depend AS d"
					   " ON d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass AND d.objid = w.oid"
					   " WHERE w.ev_class = $1 AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass"
					   " AND d.refobjid = $2 LIMIT 1", &args) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_PR_STALE),
				 errmsg("source of release %s was renamed while it was built", release->label),
				 errhint("Build it again.")));
}

void
pr_run_statements(List *statements)
{
	ListCell   *cell;

	foreach(cell, statements)
		pr_ddl((char *) lfirst(cell));
}

static void
give_grants_back(List *grants, List *rules)
{
	ListCell   *cell;

	foreach(cell, grants)
	{
		char	   *column = lsecond(lfirst_node(List, cell));

		if (column == NULL || has_output(rules, column))
			pr_ddl((char *) linitial(lfirst_node(List, cell)));
	}
}

Oid
pr_build(PrRelease *release, bool rotate)
{
	Relation	rel;
	List	   *rules;
	List	   *grants;
	List	   *source_grants;
	List	   *statements;
	char	   *definition;
	bool		anew;

	pr_require_schema(release);
	pr_require_release_role(release);
	rules = pr_load_for_build(release, &rel, rotate);
	pr_pin_schema(get_rel_namespace(release->source), release->source_schema);
	pr_pin_schema(get_namespace_oid(release->schema, false), release->schema);
	/* A view that was dropped took its grants along: who it was published to is to be decided again. */
	if (!OidIsValid(pr_existing_relation(release)))
		pr_forget_audience(release);
	grants = make_room(release, rules);
	anew = !OidIsValid(pr_existing_relation(release));
	source_grants = pr_source_grants(release, rel, rules);
	statements = view_statements(release, rules);
	definition = join_statements(list_concat_copy(source_grants, statements));

	pr_lock_rights(release);
	pr_run_statements(source_grants);
	pr_ddl((char *) linitial(statements));
	release->view = get_relname_relid(release->name, get_namespace_oid(release->schema, false));
	/* Default privileges may have opened the new view to somebody: nobody reads it before it is published. */
	if (anew)
		pr_revoke_from_everybody(release);
	require_reads_source(release);
	pr_run_statements(list_delete_first(statements));
	give_grants_back(grants, rules);
	pr_revoke_from_former_owner(release);
	pr_store_build(release, rules, definition);
	table_close(rel, NoLock);
	return release->view;
}

/* A view or table that somebody dropped took its grants along: who it is published to is to be decided again. */
PrRelease *
pr_end_if_dropped(PrRelease *release)
{
	if (!pr_is_live(release) || get_rel_relkind(release->view) == pr_release_relkind(release))
		return release;
	pr_forget_audience(release);
	pr_mark_withdrawn(release, "its relation was dropped");
	return pr_release_for_owner(release->label);
}

Datum
privrelease_build(PG_FUNCTION_ARGS)
{
	PrRelease  *release;
	Oid			view;

	pr_begin_to_write("build()");
	release = pr_release_for_owner(text_to_cstring(PG_GETARG_TEXT_PP(0)));
	if (release->is_table)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("release %s is a table, and tables are not built", release->label),
				 errdetail("A refresh searches, suppresses and verifies before anybody reads."),
				 errhint("SELECT privrelease.refresh(%s);", quote_literal_cstr(release->label))));
	release = pr_end_if_dropped(release);
	pr_take_published(release);
	view = pr_build(release, true);
	if (release->as_published)
		pr_require_as_published(release);	/* once more: what it reads is locked by now */
	pr_notice_draft(release);
	pr_event("build", release->label, "digest", pr_technical_digest(release, release->as_published), NULL);
	pr_end();
	PG_RETURN_OID(view);
}
