/*
 * pr_rebind.c
 *		rebind(): after a restore, find again what the declarations meant.
 *
 * A dump carries names; OIDs, attribute numbers and roles are new.  rebind()
 * accepts a declaration only if every name that it uses is there with exactly
 * the type that was declared; then it gives the release its role back and
 * builds the view anew, with the key versions of before; a table stays what its
 * last refresh has verified.  Whatever does not
 * match is reported and stays unbound, and an unbound release serves nobody.
 *
 * What an attacker would try: put a table of the expected name and types where
 * a dump is restored (he would have to own the schema: the superuser who runs
 * rebind() is told what was bound), or a view of the release's name that is
 * not a release (refused).
 */
#include "postgres.h"

#include "access/table.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/resowner.h"
#include "utils/tuplestore.h"

#include "catalog/pr_catalog.h"
#include "common/pr_compat.h"
#include "common/pr_error.h"
#include "common/pr_event.h"
#include "common/pr_try.h"
#include "release/pr_lifecycle.h"
#include "release/pr_drift.h"
#include "release/pr_registry.h"
#include "release/pr_release.h"

PG_FUNCTION_INFO_V1(privrelease_rebind);

static void
put_finding(ReturnSetInfo *rsinfo, const char *release, const char *finding)
{
	Datum		values[2];
	bool		nulls[2] = {0};

	values[0] = CStringGetTextDatum(release);
	values[1] = CStringGetTextDatum(finding);
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
}

/* An error that becomes a finding of this release. */
#define mismatch(...) \
	ereport(ERROR, (errcode(ERRCODE_PR_STALE), errmsg(__VA_ARGS__)))

static AttrNumber
match_column(Relation rel, const char *name, const char *type)
{
	AttrNumber	attnum = pr_find_column(rel, name);

	if (attnum == InvalidAttrNumber)
		mismatch("column \"%s\" of %s does not exist", name, pr_relation_label(RelationGetRelid(rel)));
	if (strcmp(pr_column_type(rel, attnum), type) != 0)
		mismatch("column \"%s\" of %s is of type %s, declared was %s", name,
				 pr_relation_label(RelationGetRelid(rel)), pr_column_type(rel, attnum), type);
	return attnum;
}

static Relation
match_source(const char *schema, const char *name)
{
	Oid			nspid = get_namespace_oid(schema, true);
	Oid			relid = OidIsValid(nspid) ? get_relname_relid(name, nspid) : InvalidOid;

	if (!OidIsValid(relid))
		mismatch("source %s does not exist", quote_qualified_identifier(schema, name));
	return pr_open_source(relid);
}

/* ---------- classification ---------- */

static void
rebind_class(uint64 row, SPITupleTable *table)
{
	char	   *field[6];
	Relation	rel;
	PrArgs		args = {0};

	for (int i = 0; i < 6; i++)
		field[i] = SPI_getvalue(table->vals[row], table->tupdesc, i + 1);
	rel = match_source(field[2], field[3]);
	pr_arg_oid(&args, RelationGetRelid(rel));
	pr_arg_int4(&args, match_column(rel, field[4], field[5]));
	pr_arg_text(&args, pr_this_binding());
	pr_arg_text(&args, field[0]);
	pr_arg_text(&args, field[1]);
	pr_catalog_run("UPDATE privrelease.classification AS c SET source = $1, attnum = $2, binding = $3"
				   " WHERE c.ctid = $4::pg_catalog.tid AND c.binding = $5", &args);
	table_close(rel, NoLock);
}

/* ---------- one release ---------- */

/* Default domains stay with the column that they were declared for. */
static void
move_claims(const PrRelease *unbound, AttrNumber old, Oid source, AttrNumber attnum)
{
	PrArgs		args = {0};

	pr_arg_oid(&args, unbound->source);
	pr_arg_int4(&args, old);
	pr_arg_text(&args, unbound->binding);
	pr_arg_oid(&args, source);
	pr_arg_int4(&args, attnum);
	pr_arg_text(&args, pr_this_binding());
	pr_catalog_run("UPDATE privrelease.key_domain AS d SET source = $4, attnum = $5, binding = $6,"
				   " owner_oid = coalesce((SELECT r.oid FROM pg_catalog.pg_roles AS r WHERE r.rolname = d.owner), 0)"
				   " WHERE d.source = $1 AND d.attnum = $2 AND d.binding = $3", &args);
}

static void
rebind_rules(const PrRelease *unbound, const PrRelease *release, Relation rel)
{
	ListCell   *cell;

	foreach(cell, pr_release_rules(release))
	{
		PrRule	   *rule = lfirst(cell);
		PrArgs		args = {0};
		AttrNumber	attnum;
		StringInfoData used;
		ListCell   *other;

		initStringInfo(&used);
		foreach(other, rule->used)
		{
			PrColumn   *column = lfirst(other);

			appendStringInfo(&used, "%s%d", used.len > 0 ? "," : "", match_column(rel, column->name, column->type));
		}
		attnum = match_column(rel, rule->column_name, rule->column_type);
		move_claims(unbound, rule->attnum, release->source, attnum);
		pr_arg_int4(&args, release->id);
		pr_arg_text(&args, rule->output_name);
		pr_arg_int4(&args, attnum);
		pr_arg_text(&args, psprintf("{%s}", used.data));
		pr_catalog_run(psprintf("UPDATE %s SET attnum = $3, used_attnums = $4::int2[]"
								" WHERE release = $1 AND output_name = $2::name", pr_rule_table(release)), &args);
	}
}

/* Those that are declared, and those that readers see. */
static void
rebind_all_rules(const PrRelease *unbound, const PrRelease *release, Relation rel)
{
	PrRelease	published = *release;

	rebind_rules(unbound, release, rel);
	pr_use_published(&published);
	if (published.as_published)
		rebind_rules(unbound, &published, rel);
}

/* The restored view, if there is one. */
static Oid
match_view(const PrRelease *release)
{
	Oid			nspid = get_namespace_oid(release->schema, true);
	Oid			view = OidIsValid(nspid) ? get_relname_relid(release->name, nspid) : InvalidOid;

	if (OidIsValid(view) && !pr_relation_is_of(view, release))
		mismatch("relation %s is not the %s", release->label,
				 release->is_table ? "table that privrelease refreshed" : "view that privrelease built");
	return view;
}

static void
give_role(PrRelease *release)
{
	if (!OidIsValid(get_role_oid(release->role, true)))
		pr_make_release_role(release->role);
	release->role_oid = get_role_oid(release->role, false);
	pr_check_release_role(release, release->role_oid);
}

/* Audiences of another database are known by their names. */
static void
rebind_audience(const PrRelease *release)
{
	PrArgs		args = {0};

	pr_arg_int4(&args, release->id);
	pr_catalog_run("UPDATE privrelease.audience AS a SET schema_oid = coalesce((SELECT n.oid FROM pg_catalog.pg_namespace AS n"
				   " JOIN privrelease.release AS l ON l.release_schema = n.nspname WHERE l.id = $1), 0)"
				   " WHERE a.release = $1", &args);
	pr_catalog_run("DELETE FROM privrelease.audience AS a WHERE a.release = $1"
				   " AND NOT EXISTS (SELECT FROM pg_catalog.pg_roles AS r WHERE r.rolname = a.role_name)", &args);
	pr_catalog_run("UPDATE privrelease.audience AS a SET role_oid = r.oid FROM pg_catalog.pg_roles AS r"
				   " WHERE a.release = $1 AND r.rolname = a.role_name", &args);
	pr_catalog_run("DELETE FROM privrelease.audience_map AS m WHERE m.release = $1"
				   " AND NOT EXISTS (SELECT FROM pg_catalog.pg_roles AS r WHERE r.rolname = m.role_name)", &args);
	pr_catalog_run("UPDATE privrelease.audience_map AS m SET role_oid = r.oid FROM pg_catalog.pg_roles AS r"
				   " WHERE m.release = $1 AND r.rolname = m.role_name", &args);
}

/* Editors too: whoever has that name here approves nothing that was changed under it. */
static void
rebind_editors(const PrRelease *release)
{
	PrArgs		args = {0};

	pr_arg_int4(&args, release->id);
	pr_catalog_run("WITH old AS (DELETE FROM privrelease.editor WHERE release = $1 RETURNING role_name)"
				   " INSERT INTO privrelease.editor (release, role_oid, role_name)"
				   " SELECT $1, r.oid, r.rolname FROM old JOIN pg_catalog.pg_roles AS r ON r.rolname = old.role_name", &args);
}

/* Duties of another database: whoever bears the name here has it. */
static void
rebind_duties(void)
{
	PrArgs		args = {0};
	SPITupleTable *given;
	uint64		rows;

	pr_arg_text(&args, pr_this_binding());
	rows = pr_catalog_run("WITH old AS (DELETE FROM privrelease.duty WHERE binding <> $1 RETURNING duty, role_name, granted_at, granted_by)"
						  " INSERT INTO privrelease.duty (duty, role_oid, role_name, granted_at, granted_by, binding)"
						  " SELECT old.duty, r.oid, r.rolname, old.granted_at, old.granted_by, $1"
						  " FROM old JOIN pg_catalog.pg_roles AS r ON r.rolname = old.role_name ON CONFLICT DO NOTHING"
						  " RETURNING duty, role_name", &args);
	given = SPI_tuptable;
	for (uint64 row = 0; row < rows; row++)
		pr_event("rebind", NULL, "duty", SPI_getvalue(given->vals[row], given->tupdesc, 1),
				 "role", SPI_getvalue(given->vals[row], given->tupdesc, 2), NULL);
}

static void
store_binding(PrRelease *release, Relation rel)
{
	PrArgs		args = {0};

	pr_arg_int4(&args, release->id);
	pr_arg_text(&args, pr_this_binding());
	pr_arg_oid(&args, release->source);
	if (release->subject != NULL)
		pr_arg_int4(&args, match_column(rel, release->subject, release->subject_type));
	else
		pr_arg_null(&args, INT4OID);
	pr_arg_oid(&args, release->role_oid);
	pr_arg_oid(&args, pr_relation_owner(release->source));
	pr_catalog_run("UPDATE privrelease.release SET binding = $2, source = $3, subject_attnum = $4, role_oid = $5,"
				   " source_owner_oid = $6 WHERE id = $1", &args);
	if (strcmp(release->binding, pr_this_binding()) == 0)
		return;
	rebind_audience(release);
	rebind_editors(release);
}

/* By number in the database of the declaration, where roles may have been renamed; by name elsewhere. */
static bool
has_same_owner(const PrRelease *unbound, Relation rel)
{
	Oid			owner = pr_relation_owner(RelationGetRelid(rel));

	if (strcmp(unbound->binding, pr_this_binding()) == 0)
		return owner == unbound->source_owner_oid;
	return strcmp(GetUserNameFromId(owner, false), unbound->source_owner) == 0;
}

/* The release has no relation here any more. */
static void
forget_table(const PrRelease *release)
{
	PrArgs		args = {0};

	pr_forget_audience(release);
	if (pr_is_live(release))
		pr_mark_withdrawn(release, "its table was not restored");
	pr_arg_int4(&args, release->id);
	pr_catalog_run("UPDATE privrelease.release SET view = NULL, definition = NULL, built_at = NULL, built_columns = NULL, built_source = NULL,"
				   " state = CASE state WHEN 'withdrawn' THEN state ELSE 'draft' END WHERE id = $1", &args);
}

/* A table that was restored keeps its rows and its grants; whom it belongs to, and what its role may read, is set right. */
static const char *
rebind_table(PrRelease *release)
{
	PrArgs		args = {0};
	Relation	rel;
	List	   *rules;

	release->view = match_view(release);
	if (!OidIsValid(release->view))
	{
		forget_table(release);
		return "bound, its table is gone and comes with the next refresh";
	}
	rules = pr_load_for_build(release, &rel, false);
	pr_lock_rights(release);
	pr_run_statements(pr_source_grants(release, rel, rules));
	table_close(rel, NoLock);
	pr_ddl(psprintf("ALTER TABLE %s OWNER TO %s", release->label, quote_identifier(release->role)));
	pr_arg_int4(&args, release->id);
	pr_arg_oid(&args, release->view);
	pr_catalog_run("UPDATE privrelease.release SET view = $2 WHERE id = $1", &args);
	pr_drift_record(release);
	return "bound, table kept as it is";
}

/* Declared and published before 0.2.0, in a database that was restored: what is declared is all that is known. */
static PrRelease *
adopted(PrRelease *release)
{
	if (strcmp(release->state, "published") != 0 || !pr_published_is_unknown(release))
		return release;
	pr_mark_published(release);
	return pr_release_find(release->label);
}

static const char *
rebind_release(const PrRelease *unbound)
{
	Relation	rel = match_source(unbound->source_schema, unbound->source_name);
	PrRelease  *release;

	if (rel->rd_rel->relkind != unbound->source_kind)
		mismatch("source %s is another kind of relation than was declared", pr_relation_label(RelationGetRelid(rel)));
	if (!has_same_owner(unbound, rel))
		mismatch("source %s belongs to role %s, declared was %s", pr_relation_label(RelationGetRelid(rel)),
				 quote_identifier(GetUserNameFromId(pr_relation_owner(RelationGetRelid(rel)), false)),
				 quote_identifier(unbound->source_owner));
	release = palloc(sizeof(PrRelease));
	*release = *unbound;
	release->source = RelationGetRelid(rel);
	give_role(release);
	rebind_all_rules(unbound, release, rel);
	store_binding(release, rel);
	table_close(rel, NoLock);
	if (!OidIsValid(unbound->view))
		return "bound";

	release = adopted(pr_release_find(release->label));
	pr_take_published(release);
	if (release->is_table)
		return rebind_table(release);
	release->view = match_view(release);
	pr_build(release, false);
	return "bound, view built anew";
}

/*
 * Run one step in a subtransaction of its own, so that what does not match is
 * reported and undone and the others go on.  Returns the error's message, which
 * is ours or PostgreSQL's about catalogue objects, or NULL.
 */
typedef struct Step
{
	const PrRelease *release;
	SPITupleTable *table;
	uint64		row;
	const char *finding;
} Step;

static void
run_step(void *state)
{
	Step	   *step = state;

	if (step->release != NULL)
	{
		step->finding = rebind_release(step->release);
		pr_event("rebind", step->release->label, "finding", step->finding, NULL);
	}
	else
		rebind_class(step->row, step->table);
}

static void
try_step(Step *step)
{
	ErrorData  *error = pr_try(run_step, step);

	if (error != NULL)
		step->finding = error->message;
}

static bool
needs_binding(const PrRelease *release)
{
	return strcmp(release->binding, pr_this_binding()) != 0 ||
		GetUserNameFromId(release->role_oid, true) == NULL ||
		get_rel_relkind(release->source) != release->source_kind;
}

static void
rebind_classes(ReturnSetInfo *rsinfo)
{
	PrArgs		args = {0};
	uint64		rows;
	SPITupleTable *table;

	pr_arg_text(&args, pr_this_binding());
	rows = pr_catalog_run("SELECT c.ctid::text, c.binding, c.source_schema, c.source_name, c.column_name, c.column_type"
						  " FROM privrelease.classification AS c WHERE c.binding <> $1"
						  " OR NOT EXISTS (SELECT FROM pg_catalog.pg_class AS r WHERE r.oid = c.source)"
						  " ORDER BY 3, 4, 5", &args);
	table = SPI_tuptable;
	for (uint64 row = 0; row < rows; row++)
	{
		Step		step = {.table = table, .row = row};

		CHECK_FOR_INTERRUPTS();
		try_step(&step);
		if (step.finding != NULL)
			put_finding(rsinfo, "", psprintf("classification not bound: %s", step.finding));
	}
}

Datum
privrelease_rebind(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	ListCell   *cell;

	if (!superuser())
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("must be superuser to bind declarations to this database")));
	InitMaterializedSRF(fcinfo, 0);
	pr_begin_to_write("rebind()");
	rebind_duties();
	rebind_classes(rsinfo);
	foreach(cell, pr_all_releases(true))
	{
		PrRelease  *release = lfirst(cell);

		CHECK_FOR_INTERRUPTS();
		if (needs_binding(release))
		{
			Step		step = {.release = release};

			try_step(&step);
			put_finding(rsinfo, release->label, step.finding);
		}
	}
	pr_end();
	return (Datum) 0;
}
