/*
 * pr_table.c
 *		The relation of a release table: made once, changed only where its columns
 *		change.  See pr_table.h.
 *
 * Invariants, and what an attacker would try here:
 *	- The table belongs to the release's role, which nobody can become, from the
 *	  moment it is made; whatever default privileges gave is taken away before
 *	  anything is in it.  Not even the source's owner may write to it: what it
 *	  holds was verified.
 *	- Privileges are given on columns, never on the table, so that PostgreSQL
 *	  itself denies ctid, xmin and tableoid, which tell rows of one refresh from
 *	  those of another.
 *	- A relation of the release's name that is not the release's is never
 *	  touched: neither replaced, nor filled, nor dropped.
 *	- No code of users runs when rows are written: a column of a domain has the
 *	  domain's base type here.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/relation.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/index.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "commands/comment.h"
#include "catalog/pg_class.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "storage/latch.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/resowner.h"
#include "utils/ruleutils.h"
#include "utils/wait_event.h"

#include "anonymity/pr_model.h"
#include "catalog/pr_catalog.h"
#include "common/pr_compat.h"
#include "common/pr_error.h"
#include "common/pr_try.h"
#include "release/pr_registry.h"
#include "release/pr_table.h"

/* A column as it is, or as it is to be. */
typedef struct Column
{
	char	   *name;
	Oid			type;
	int32		typmod;
	Oid			collation;
} Column;

/* ---------- columns ---------- */

static Column *
column_of(Form_pg_attribute att)
{
	Column	   *column = palloc(sizeof(Column));

	column->name = pstrdup(NameStr(att->attname));
	column->typmod = att->atttypmod;
	column->type = getBaseTypeAndTypmod(att->atttypid, &column->typmod);
	column->collation = att->attcollation;
	return column;
}

/* All but release_row. */
static List *
columns_of(TupleDesc desc)
{
	List	   *columns = NIL;

	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(desc, i);

		if (!att->attisdropped && strcmp(NameStr(att->attname), PR_RELEASE_ROW) != 0)
			columns = lappend(columns, column_of(att));
	}
	return columns;
}

static bool
is_same_column(const Column *a, const Column *b)
{
	return strcmp(a->name, b->name) == 0 && a->type == b->type && a->typmod == b->typmod && a->collation == b->collation;
}

static char *
column_definition(const Column *column)
{
	char	   *type = pr_type_name(column->type, column->typmod);

	if (OidIsValid(column->collation) && column->collation != get_typcollation(column->type))
		type = psprintf("%s COLLATE %s", type, generate_collation_name(column->collation));
	return psprintf("%s %s", quote_identifier(column->name), type);
}

/* ---------- whose table ---------- */

static bool
has_key(Relation table)
{
	Form_pg_attribute att = RelationGetNumberOfAttributes(table) > 0 ? TupleDescAttr(RelationGetDescr(table), 0) : NULL;
	PrArgs		args = {0};

	if (att == NULL || att->attisdropped || strcmp(NameStr(att->attname), PR_RELEASE_ROW) != 0 || att->atttypid != UUIDOID)
		return false;
	pr_arg_oid(&args, RelationGetRelid(table));
	return pr_catalog_run("SELECT 1 FROM pg_catalog.pg_index AS i WHERE i.indrelid = $1 AND i.indisprimary"
						  " AND i.indnkeyatts = 1 AND i.indkey[0] = 1", &args) > 0;
}

/*
 * An ordinary table of the release's name and role, or of the superuser who
 * restored it where the role is missing: nobody else can make one of that owner.
 */
bool
pr_table_is_of(Oid relid, const PrRelease *release)
{
	Relation	table = try_relation_open(relid, AccessShareLock);
	bool		is_ours;

	if (table == NULL)
		return false;
	is_ours = table->rd_rel->relkind == RELKIND_RELATION && table->rd_rel->relpersistence == RELPERSISTENCE_PERMANENT &&
		!table->rd_rel->relhassubclass && !table->rd_rel->relispartition && !table->rd_rel->relrowsecurity &&
		!table->rd_rel->relhasrules &&
		(table->rd_rel->relowner == get_role_oid(release->role, true) || superuser_arg(table->rd_rel->relowner)) &&
		strcmp(pr_relation_label(relid), release->label) == 0 && has_key(table);
	relation_close(table, NoLock);
	return is_ours;
}

static void
require_ours(Oid relid, const PrRelease *release)
{
	if (pr_table_is_of(relid, release))
		return;
	ereport(ERROR,
			(errcode(ERRCODE_PR_STALE),
			 errmsg("table %s is no longer as a refresh made it", release->label),
			 errdetail("Its owner or its key was changed, or it has got children, rules or row-level security."),
			 errhint("Undo that, or drop the table: the next refresh makes it anew.")));
}

/* ---------- privileges ---------- */

/* SELECT on these columns. */
static void
grant_columns(const PrRelease *release, List *columns, const char *role)
{
	StringInfoData names;
	ListCell   *cell;

	initStringInfo(&names);
	foreach(cell, columns)
		appendStringInfo(&names, "%s%s", names.len > 0 ? ", " : "", quote_identifier(((Column *) lfirst(cell))->name));
	if (names.len > 0)
		pr_ddl(psprintf("GRANT SELECT (%s) ON TABLE %s TO %s", names.data, release->label, quote_identifier(role)));
}

static List *
columns_of_table(Oid relid)
{
	Relation	table = table_open(relid, AccessShareLock);
	List	   *columns = columns_of(RelationGetDescr(table));

	table_close(table, NoLock);
	return columns;
}

void
pr_table_grant(const PrRelease *release, const char *role)
{
	Column		key = {.name = PR_RELEASE_ROW};

	grant_columns(release, lcons(&key, columns_of_table(release->view)), role);
}

/* A new column is for those who read the others. */
static void
grant_to_audience(const PrRelease *release, List *columns)
{
	PrArgs		args = {0};
	uint64		rows;
	List	   *roles = NIL;
	ListCell   *cell;

	pr_arg_int4(&args, release->id);
	rows = pr_catalog_run("SELECT r.rolname FROM privrelease.audience AS a JOIN pg_catalog.pg_roles AS r ON r.oid = a.role_oid"
						  " WHERE a.release = $1 ORDER BY 1", &args);
	for (uint64 row = 0; row < rows; row++)
		roles = lappend(roles, pr_spi_text(row, 1));
	foreach(cell, roles)
		grant_columns(release, columns, lfirst(cell));
}

/* The source's owner reads what is made of his source; he changes with the source. */
static void
grant_to_owner(const PrRelease *release)
{
	Oid			owner = pr_relation_owner(release->source);
	PrArgs		args = {0};

	pr_arg_oid(&args, release->view);
	pr_arg_oid(&args, owner);
	if (pr_catalog_run("SELECT 1 FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = $1 AND a.attnum > 0 AND NOT a.attisdropped"
					   " AND NOT EXISTS (SELECT FROM pg_catalog.aclexplode(a.attacl) AS x"
					   " WHERE x.grantee = $2 AND x.privilege_type = 'SELECT') LIMIT 1", &args) > 0)
		pr_table_grant(release, GetUserNameFromId(owner, false));
}

/* ---------- making the table ---------- */

static char *
description(const PrRelease *release)
{
	const PrModel *model = pr_model_parse(release->model);

	return psprintf("privrelease: refreshed table made of personal data. Every version was verified from its finished rows before anybody read it:"
					" each combination of quasi-identifiers is shared by at least " INT64_FORMAT " persons. Model: %s%s%s",
					model->k, JsonbToCString(NULL, &release->model->root, VARSIZE(release->model)),
					release->purpose != NULL ? ". Purpose: " : "", release->purpose != NULL ? release->purpose : "");
}

static void
describe(const PrRelease *release)
{
	char	   *text = description(release);
	char	   *old = GetComment(release->view, RelationRelationId, 0);

	if (old == NULL || strcmp(old, text) != 0)
		pr_ddl(psprintf("COMMENT ON TABLE %s IS %s", release->label, quote_literal_cstr(text)));
}

static void
create_table(PrRelease *release, List *columns)
{
	const char *owner = quote_identifier(GetUserNameFromId(pr_relation_owner(release->source), false));
	StringInfoData create;
	ListCell   *cell;

	initStringInfo(&create);
	appendStringInfo(&create, "CREATE TABLE %s (%s uuid PRIMARY KEY", release->label, PR_RELEASE_ROW);
	foreach(cell, columns)
		appendStringInfo(&create, ", %s", column_definition(lfirst(cell)));
	appendStringInfoChar(&create, ')');
	pr_ddl(create.data);
	release->view = get_relname_relid(release->name, get_namespace_oid(release->schema, false));

	/*
	 * Default privileges may have opened the new table to somebody, or let the
	 * source's owner write.  It changes hands first: what is taken from a superuser
	 * who owns the source must not be taken from the new owner of the table.
	 */
	pr_ddl(psprintf("ALTER TABLE %s OWNER TO %s", release->label, quote_identifier(release->role)));
	pr_revoke_from_everybody(release);
	pr_ddl(psprintf("REVOKE ALL ON TABLE %s FROM %s CASCADE", release->label, owner));
	pr_ddl(psprintf("COMMENT ON COLUMN %s.%s IS %s", release->label, PR_RELEASE_ROW,
					quote_literal_cstr("key of the row, made from its content under a secret key: it says nothing that the row does not")));
}

/* ---------- changing its columns ---------- */

#define LOCK_TIMEOUT		"2s"
#define LOCK_TRIES			5
#define LOCK_PAUSE			500L	/* milliseconds in which readers pass */

static void
lock_for_a_while(void *state)
{
	int			nest = NewGUCNestLevel();

	(void) set_config_option("lock_timeout", LOCK_TIMEOUT, PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
	LockRelationOid(*(Oid *) state, AccessExclusiveLock);
	AtEOXact_GUC(false, nest);
}

/* In a subtransaction, so that waiting too long is no error yet; the lock stays with the transaction. */
static bool
try_to_lock(Oid table)
{
	ErrorData  *error = pr_try(lock_for_a_while, &table);

	if (error != NULL && error->sqlerrcode != ERRCODE_LOCK_NOT_AVAILABLE)
		ReThrowError(error);
	return error == NULL;
}

static void
lock_table(const PrRelease *release)
{
	for (int i = 0; i < LOCK_TRIES; i++)
	{
		if (try_to_lock(release->view))
			return;
		(void) WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH, LOCK_PAUSE, PG_WAIT_EXTENSION);
		ResetLatch(MyLatch);
		CHECK_FOR_INTERRUPTS();
	}
	ereport(ERROR,
			(errcode(ERRCODE_LOCK_NOT_AVAILABLE),
			 errmsg("release %s has another list of columns, and its readers leave no moment to change the table", release->label),
			 errdetail("%d times a lock was waited for %s.", LOCK_TRIES, LOCK_TIMEOUT),
			 errhint("Refresh again when nobody reads for long: SELECT privrelease.refresh(%s);", quote_literal_cstr(release->label))));
}

/*
 * How many of the new columns, from the first on, are there in the same order.
 * Columns can be added at the end only, so the ones after them are made anew.
 * kept: those of the old ones that stay.
 */
static int
match_columns(List *old, List *new, List **kept)
{
	int			matched = 0;
	ListCell   *cell;

	*kept = NIL;
	foreach(cell, old)
		if (matched < list_length(new) && is_same_column(lfirst(cell), list_nth(new, matched)))
		{
			*kept = lappend(*kept, lfirst(cell));
			matched++;
		}
	return matched;
}

/* CREATE INDEX statements of create_index(), with the columns that they need. */
static List *
indexes_of(Oid table)
{
	PrArgs		args = {0};
	List	   *indexes = NIL;
	uint64		rows;

	pr_arg_oid(&args, table);
	rows = pr_catalog_run("SELECT c.relname, pg_catalog.pg_get_indexdef(i.indexrelid) FROM pg_catalog.pg_index AS i"
						  " JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid WHERE i.indrelid = $1 AND NOT i.indisprimary ORDER BY 1", &args);
	for (uint64 row = 0; row < rows; row++)
		indexes = lappend(indexes, list_make2(pr_spi_text(row, 1), pr_spi_text(row, 2)));
	return indexes;
}

/* Does the index stand on columns that will be there? */
static bool
index_fits(Oid table, const char *index, List *columns)
{
	PrArgs		args = {0};
	StringInfoData names;
	ListCell   *cell;

	initStringInfo(&names);
	appendStringInfo(&names, "{%s", PR_RELEASE_ROW);
	foreach(cell, columns)
	{
		char	   *name = ((Column *) lfirst(cell))->name;

		appendStringInfoString(&names, ",\"");
		for (; *name != '\0'; name++)
			appendStringInfo(&names, "%s%c", *name == '"' || *name == '\\' ? "\\" : "", *name);
		appendStringInfoChar(&names, '"');
	}
	appendStringInfoChar(&names, '}');
	pr_arg_oid(&args, table);
	pr_arg_text(&args, index);
	pr_arg_text(&args, names.data);
	return pr_catalog_run("SELECT 1 FROM pg_catalog.pg_index AS i JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid"
						  " JOIN pg_catalog.pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)"
						  " WHERE i.indrelid = $1 AND c.relname = $2::name AND a.attname <> ALL ($3::name[]) LIMIT 1", &args) == 0;
}

static void
restore_indexes(const PrRelease *release, List *indexes)
{
	ListCell   *cell;

	foreach(cell, indexes)
	{
		char	   *name = linitial(lfirst_node(List, cell));

		if (!OidIsValid(get_relname_relid(name, get_rel_namespace(release->view))))
			pr_ddl((char *) lsecond(lfirst_node(List, cell)));
	}
}

/* Rows of other columns are other rows.  DELETE, since TRUNCATE would empty the table for older snapshots too. */
static uint64
delete_rows(const PrRelease *release)
{
	PrIdentity	saved;
	uint64		deleted;

	pr_become(get_role_oid(release->role, false), &saved);
	deleted = pr_spi(psprintf("DELETE FROM ONLY %s", release->label), NULL);
	pr_restore_identity(&saved);
	return deleted;
}

static bool
is_kept(const Column *column, List *kept)
{
	return list_member_ptr(kept, column);
}

static char *
alter_statement(const PrRelease *release, List *old, List *kept, List *added)
{
	StringInfoData alter;
	ListCell   *cell;
	const char *separator = "";

	initStringInfo(&alter);
	appendStringInfo(&alter, "ALTER TABLE %s", release->label);
	foreach(cell, old)
		if (!is_kept(lfirst(cell), kept))
		{
			appendStringInfo(&alter, "%s DROP COLUMN %s RESTRICT", separator, quote_identifier(((Column *) lfirst(cell))->name));
			separator = ",";
		}
	foreach(cell, added)
	{
		appendStringInfo(&alter, "%s ADD COLUMN %s", separator, column_definition(lfirst(cell)));
		separator = ",";
	}
	return alter.data;
}

/* Views of others over columns that go. */
static void
refuse_dependents(const PrRelease *release, List *old, List *kept)
{
	StringInfoData gone;
	ListCell   *cell;

	initStringInfo(&gone);
	foreach(cell, old)
		if (!is_kept(lfirst(cell), kept))
			appendStringInfo(&gone, "%s%d", gone.len > 0 ? "," : "", get_attnum(release->view, ((Column *) lfirst(cell))->name));
	if (gone.len > 0)
		pr_refuse_dependents(release, "change", psprintf("{%s}", gone.data));
}

static uint64
change_columns(PrRelease *release, List *old, List *new)
{
	List	   *kept;
	List	   *added = list_copy_tail(new, match_columns(old, new, &kept));
	List	   *indexes = NIL;
	ListCell   *cell;
	uint64		deleted;

	if (added == NIL && list_length(kept) == list_length(old))
		return 0;
	lock_table(release);
	refuse_dependents(release, old, kept);
	foreach(cell, indexes_of(release->view))
		if (index_fits(release->view, linitial(lfirst_node(List, cell)), new))
			indexes = lappend(indexes, lfirst(cell));
	deleted = delete_rows(release);
	pr_ddl(alter_statement(release, old, kept, added));
	restore_indexes(release, indexes);
	grant_to_audience(release, added);
	return deleted;
}

/* ---------- the part of a refresh ---------- */

/* Asked before an hour of search as well as after it. */
void
pr_table_require(const PrRelease *release)
{
	if (OidIsValid(pr_existing_relation(release)))
		require_ours(release->view, release);
}

uint64
pr_table_ensure(PrRelease *release, TupleDesc columns)
{
	List	   *wanted = columns_of(columns);
	ListCell   *cell;
	uint64		deleted = 0;

	foreach(cell, wanted)
		pr_require_comparable(((Column *) lfirst(cell))->name, ((Column *) lfirst(cell))->type);
	if (!OidIsValid(pr_existing_relation(release)))
	{
		/* A table that was dropped took its grants along: who it was published to is to be decided again. */
		pr_forget_audience(release);
		create_table(release, wanted);
	}
	else
	{
		LockRelationOid(release->view, AccessShareLock);
		require_ours(release->view, release);
		if (superuser_arg(pr_relation_owner(release->view)))
			pr_ddl(psprintf("ALTER TABLE %s OWNER TO %s", release->label, quote_identifier(release->role)));
		deleted = change_columns(release, columns_of_table(release->view), wanted);
	}
	grant_to_owner(release);
	describe(release);
	return deleted;
}
