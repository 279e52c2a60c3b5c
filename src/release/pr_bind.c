/*
 * pr_bind.c
 *		Does the source still mean what was declared?
 *
 * A declaration names a relation by OID and a column by attribute number; the
 * names and types beside them say what those numbers meant.  A rename keeps
 * the numbers, so it is followed.  What must never happen is that a rule meets
 * another column than the one that its author saw, so everything that is not
 * plainly a rename is an error:
 *	- the number is gone (column dropped, table re-created);
 *	- the type has changed (the mask was chosen for the old one);
 *	- the name has moved to another number of the same kind (two columns or two
 *	  tables swapped names: the author may mean either).
 * An attacker who owns neither the source nor the release has no way in here;
 * what is defended against is the honest migration script.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/catalog.h"
#include "catalog/namespace.h"
#include "catalog/pg_collation.h"
#include "executor/spi.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/ruleutils.h"
#include "utils/rel.h"
#include "utils/syscache.h"

#include "catalog/pr_catalog.h"
#include "catalog/pr_intact.h"
#include "common/pr_compat.h"
#include "common/pr_error.h"
#include "release/pr_registry.h"
#include "release/pr_release.h"

/* Type of a column with everything that makes it this type: typmod, and a collation of its own. */
char *
pr_column_type(Relation rel, AttrNumber attnum)
{
	Form_pg_attribute att = TupleDescAttr(RelationGetDescr(rel), attnum - 1);
	char	   *type = pr_type_name(att->atttypid, att->atttypmod);

	if (OidIsValid(att->attcollation) && att->attcollation != get_typcollation(att->atttypid))
		type = psprintf("%s COLLATE %s", type, generate_collation_name(att->attcollation));
	return type;
}

/* Number of a live user column, or InvalidAttrNumber. */
AttrNumber
pr_find_column(Relation rel, const char *column)
{
	TupleDesc	desc = RelationGetDescr(rel);

	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(desc, i);

		if (!att->attisdropped && strcmp(NameStr(att->attname), column) == 0)
			return att->attnum;
	}
	return InvalidAttrNumber;
}

/* Open a source for as long as the transaction lasts, so that it stays what was checked. */
Relation
pr_open_source(Oid relid)
{
	return table_open(relid, AccessShareLock);
}

/* Views that the source reads stay what they are, too, as long as the transaction lasts. */
void
pr_lock_below(Oid source)
{
	List	   *views;
	List	   *locked = NIL;

	while (list_difference_oid(views = pr_intact_views_below(source), locked) != NIL)
	{
		ListCell   *cell;

		foreach(cell, views)
			if (!list_member_oid(locked, lfirst_oid(cell)))
				LockRelationOid(lfirst_oid(cell), AccessShareLock);
		locked = list_concat_unique_oid(locked, views);
	}
}

/* Refuse what can be no source. */
void
pr_check_source_kind(Relation rel)
{
	Oid			schema = RelationGetNamespace(rel);
	char		kind = rel->rd_rel->relkind;

	if (kind != RELKIND_RELATION && kind != RELKIND_PARTITIONED_TABLE && kind != RELKIND_VIEW &&
		kind != RELKIND_MATVIEW && kind != RELKIND_FOREIGN_TABLE)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("%s is not a table or view", pr_relation_label(RelationGetRelid(rel)))));
	if (rel->rd_rel->relpersistence == RELPERSISTENCE_TEMP)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("a temporary table cannot be the source of a release")));
	if (IsCatalogNamespace(schema) || schema == get_namespace_oid("information_schema", true) ||
		schema == get_namespace_oid(PR_SCHEMA, true))
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("system relation %s cannot be the source of a release",
						pr_relation_label(RelationGetRelid(rel)))));
	if (kind == RELKIND_VIEW && RelationHasSecurityInvoker(rel))
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("view %s reads its tables as its caller", pr_relation_label(RelationGetRelid(rel))),
				 errdetail("A release over it would need rights on those tables."),
				 errhint("ALTER VIEW %s SET (security_invoker = false);", pr_relation_label(RelationGetRelid(rel)))));
}

/*
 * The source of a release, opened.  A renamed or moved source is followed (the
 * release then carries the new names); one whose old name now means another
 * relation is an error.
 */
Relation
pr_bind_source(PrRelease *release)
{
	Relation	rel = pr_open_source(release->source);
	char	   *schema = get_namespace_name(RelationGetNamespace(rel));
	char	   *name = pstrdup(RelationGetRelationName(rel));
	Oid			old_schema = get_namespace_oid(release->source_schema, true);
	Oid			namesake;

	if (rel->rd_rel->relkind != release->source_kind)
		ereport(ERROR,
				(errcode(ERRCODE_PR_STALE),
				 errmsg("source %s of release %s has become another kind of relation",
						pr_relation_label(release->source), release->label)));
	pr_check_source_kind(rel);

	namesake = OidIsValid(old_schema) ? get_relname_relid(release->source_name, old_schema) : InvalidOid;
	if (OidIsValid(namesake) && namesake != release->source)
		ereport(ERROR,
				(errcode(ERRCODE_PR_STALE),
				 errmsg("source of release %s was renamed to %s, and its old name is now another relation",
						release->label, pr_relation_label(release->source)),
				 errhint("Drop the release and declare it on the relation that you mean, or rename them back.")));

	release->source_schema = schema;
	release->source_name = name;
	return rel;
}

/* Check one declared column against the source; follow a rename. */
static void
bind_column(const PrRelease *release, Relation rel, AttrNumber attnum, char **name, const char *type,
			bool follow, const char *what)
{
	TupleDesc	desc = RelationGetDescr(rel);
	Form_pg_attribute att = NULL;

	if (attnum > 0 && attnum <= desc->natts)
		att = TupleDescAttr(desc, attnum - 1);
	if (att == NULL || att->attisdropped)
		ereport(ERROR,
				(errcode(ERRCODE_PR_STALE),
				 errmsg("column \"%s\" of %s, %s, no longer exists",
						*name, pr_relation_label(release->source), what),
				 errhint("SELECT * FROM privrelease.drift(%s);", quote_literal_cstr(release->label))));
	if (strcmp(NameStr(att->attname), *name) != 0)
	{
		if (!follow || pr_find_column(rel, *name) != InvalidAttrNumber)
			ereport(ERROR,
					(errcode(ERRCODE_PR_STALE),
					 errmsg("column \"%s\" of %s, %s, is now named \"%s\"",
							*name, pr_relation_label(release->source), what, NameStr(att->attname)),
					 errdetail(follow ? "Another column has taken its old name." : "An expression names its columns."),
					 errhint("Set the rule again for the column that you mean.")));
		*name = pstrdup(NameStr(att->attname));
	}
	if (strcmp(pr_column_type(rel, attnum), type) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_PR_STALE),
				 errmsg("column \"%s\" of %s, %s, was of type %s and is now of type %s",
						*name, pr_relation_label(release->source), what, type, pr_column_type(rel, attnum)),
				 errhint("Set the rule again, for the new type.")));
}

void
pr_rule_set_type(Relation rel, PrRule *rule)
{
	Form_pg_attribute att = TupleDescAttr(RelationGetDescr(rel), rule->attnum - 1);

	rule->declared = att->atttypid;
	rule->typmod = att->atttypmod;
	rule->type = getBaseTypeAndTypmod(att->atttypid, &rule->typmod);
}

void
pr_bind_rule(const PrRelease *release, Relation rel, PrRule *rule)
{
	char	   *what = psprintf("source of released column \"%s\"", rule->output_name);
	bool		follow = !rule->transform->by_name;
	ListCell   *cell;

	bind_column(release, rel, rule->attnum, &rule->column_name, rule->column_type, follow, what);
	foreach(cell, rule->used)
	{
		PrColumn   *column = lfirst(cell);

		bind_column(release, rel, column->attnum, &column->name, column->type, follow, what);
	}
	pr_rule_set_type(rel, rule);
}

void
pr_bind_subject(PrRelease *release, Relation rel)
{
	if (release->subject != NULL)
		bind_column(release, rel, release->subject_attnum, &release->subject, release->subject_type, true,
					"subject of the release");
}

/*
 * Is the column classified as an identifier?  A column, or a table, that was
 * made anew under the same names is another one, but as long as nobody has
 * said what it is, it counts as what its name was.
 */
bool
pr_is_identifier(Oid source, AttrNumber attnum)
{
	PrArgs		args = {0};

	pr_arg_oid(&args, source);
	pr_arg_int4(&args, attnum);
	pr_arg_text(&args, pr_this_binding());
	pr_arg_text(&args, get_attname(source, attnum, false));
	pr_arg_text(&args, get_rel_name(source));
	pr_arg_text(&args, get_namespace_name(get_rel_namespace(source)));
	return pr_catalog_run("SELECT 1 FROM privrelease.classification AS c WHERE c.kind = 'identifier' AND"
						  " ((c.source = $1 AND c.attnum = $2 AND c.binding = $3)"
						  " OR (c.column_name = $4::name AND c.source_name = $5::name AND c.source_schema = $6::name"
						  " AND NOT EXISTS (SELECT FROM privrelease.classification AS d"
						  " WHERE d.source = $1 AND d.attnum = $2 AND d.binding = $3)))", &args) > 0;
}

/* What exactly this column was classified as; NULL: nothing. */
char *
pr_column_kind(Oid source, AttrNumber attnum)
{
	PrArgs		args = {0};

	pr_arg_oid(&args, source);
	pr_arg_int4(&args, attnum);
	pr_arg_text(&args, pr_this_binding());
	if (pr_catalog_run("SELECT kind FROM privrelease.classification WHERE source = $1 AND attnum = $2 AND binding = $3",
					   &args) == 0)
		return NULL;
	return pr_spi_text(0, 1);
}
