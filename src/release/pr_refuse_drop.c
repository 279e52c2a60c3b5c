/*
 * pr_refuse_drop.c
 *		DROP EXTENSION is refused while there are releases.
 *
 * What PostgreSQL would drop are the tables of the extension, and with CASCADE
 * the views of releases.  What it would leave are the roles of releases with
 * their rights on sources, the grants, and tables that nobody can withdraw any
 * more.  uninstall() takes all of that back first.
 *
 * Asked before the command starts, since afterwards this trigger is gone as
 * well.  The ways to it: DROP EXTENSION privrelease, alone or among others; of
 * another extension that ours needs, with CASCADE; DROP OWNED BY whoever
 * installed it.  Its schema, and what is in it, PostgreSQL drops for nobody.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "commands/event_trigger.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "catalog/pr_catalog.h"
#include "common/pr_compat.h"
#include "common/pr_error.h"
#include "release/pr_release.h"

PG_FUNCTION_INFO_V1(privrelease_refuse_drop);

/* Our extension is one of these, or, with CASCADE, needs one of them or what belongs to it. */
static const char *const drops_us_query =
"SELECT 1 FROM pg_catalog.pg_extension AS e WHERE e.extname = 'privrelease' AND (e.extname = ANY ($1) OR ($2 AND EXISTS ("
"SELECT FROM pg_catalog.pg_depend AS m"
" JOIN pg_catalog.pg_depend AS n ON n.classid = m.classid AND n.objid = m.objid AND n.deptype = 'n'"
" LEFT JOIN pg_catalog.pg_depend AS x ON x.classid = n.refclassid AND x.objid = n.refobjid AND x.deptype = 'e'"
" JOIN pg_catalog.pg_extension AS o ON o.extname = ANY ($1)"
" AND (o.oid = x.refobjid OR (n.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass AND n.refobjid = o.oid))"
" WHERE m.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass AND m.refobjid = e.oid AND m.deptype = 'e')))";

static bool
drops_extension(const DropStmt *drop)
{
	List	   *objects = drop->objects;
	Datum	   *names;
	PrArgs		args = {0};
	int			n = 0;
	ListCell   *cell;

	if (drop->removeType != OBJECT_EXTENSION)
		return false;
	names = palloc(sizeof(Datum) * Max(list_length(objects), 1));
	foreach(cell, objects)
		names[n++] = DirectFunctionCall1(namein, CStringGetDatum(strVal(lfirst(cell))));
	pr_arg(&args, NAMEARRAYOID, PointerGetDatum(construct_array(names, n, NAMEOID, NAMEDATALEN, false, TYPALIGN_CHAR)));
	pr_arg_bool(&args, drop->behavior == DROP_CASCADE);
	return pr_catalog_run(drops_us_query, &args) > 0;
}

static bool
drops_owner(const DropOwnedStmt *drop)
{
	ListCell   *cell;

	foreach(cell, drop->roles)
	{
		Oid			role = get_rolespec_oid(lfirst(cell), true);
		PrArgs		args = {0};

		pr_arg_oid(&args, role);
		if (OidIsValid(role) &&
			pr_catalog_run("SELECT 1 FROM pg_catalog.pg_extension WHERE extname = 'privrelease' AND extowner = $1", &args) > 0)
			return true;
	}
	return false;
}

static bool
drops_us(Node *statement)
{
	if (IsA(statement, DropStmt))
		return drops_extension((DropStmt *) statement);
	return IsA(statement, DropOwnedStmt) && drops_owner((DropOwnedStmt *) statement);
}

/* A role of a release that nobody has declared any more; told by what pr_make_release_role() has written. */
static char *
orphaned_role(void)
{
	if (pr_catalog_run("SELECT pg_catalog.quote_ident(r.rolname) FROM pg_catalog.pg_roles AS r"
					   " WHERE pg_catalog.shobj_description(r.oid, 'pg_authid') LIKE 'owns a privrelease release;%'"
					   " AND EXISTS (SELECT FROM pg_catalog.pg_shdepend AS d JOIN pg_catalog.pg_database AS b ON b.oid = d.dbid"
					   " WHERE b.datname = pg_catalog.current_database()"
					   " AND d.refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass AND d.refobjid = r.oid) ORDER BY 1 LIMIT 1", NULL) == 0)
		return NULL;
	return pr_spi_text(0, 1);
}

static void
refuse_with_releases(void)
{
	char	   *role;

	if (!pr_catalog_installed())
		return;
	if (pr_catalog_run("SELECT 1 FROM privrelease.release LIMIT 1", NULL) > 0)
		ereport(ERROR,
				(errcode(ERRCODE_DEPENDENT_OBJECTS_STILL_EXIST),
				 errmsg("cannot drop extension privrelease while there are releases"),
				 errdetail("Their roles, which may read sources, and their tables would stay, and nobody could withdraw them."),
				 errhint("SELECT privrelease.uninstall();")));
	role = orphaned_role();
	if (role != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_DEPENDENT_OBJECTS_STILL_EXIST),
				 errmsg("cannot drop extension privrelease while role %s of a release has rights in this database", role),
				 errhint("DROP OWNED BY %s; DROP ROLE %s;", role, role)));
}

Datum
privrelease_refuse_drop(PG_FUNCTION_ARGS)
{
	if (!CALLED_AS_EVENT_TRIGGER(fcinfo))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_EVENT_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("refuse_drop() is for an event trigger")));
	SPI_connect();				/* not pr_begin(): a library of another version refuses as well */
	if (drops_us(((EventTriggerData *) fcinfo->context)->parsetree))
		refuse_with_releases();
	SPI_finish();
	PG_RETURN_NULL();
}
