/*
 * pr_replicate.c
 *		create_publication(): a release table goes to read replicas.
 *
 * A replica reads what a publication sends, past all grants, and nothing can be
 * called back from it but by what is sent next.  So rows are sent only while the
 * release is published: see pr_replicate.h.
 *
 * What an attacker would try: have a source sent along (the publication is made
 * of one table, and belongs to nobody who can change it); have a version sent
 * that nobody approved, by refreshing a release that is withdrawn (it is in none
 * of our publications then, and is not refreshed while it is in another one);
 * a publication under the name of somebody else's (PostgreSQL refuses that).
 */
#include "postgres.h"

#include "catalog/pg_authid.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "common/pr_error.h"
#include "common/pr_event.h"
#include "release/pr_lifecycle.h"
#include "release/pr_replicate.h"
#include "release/pr_table.h"

PG_FUNCTION_INFO_V1(privrelease_create_publication);

/* ---------- create_publication() ---------- */

static void
require_table(const PrRelease *release)
{
	if (!release->is_table)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("release %s is a view, and only tables can be replicated", release->label),
				 errhint("Declare a release with kind => 'table': SELECT privrelease.create_release('schema.name', %s, kind => 'table', model => '{\"k\": 5}');",
						 quote_literal_cstr(pr_relation_label(release->source)))));
	if (!OidIsValid(release->view) || get_rel_relkind(release->view) != RELKIND_RELATION)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("release %s is not refreshed", release->label),
				 errhint("SELECT privrelease.refresh(%s);", quote_literal_cstr(release->label))));
}

/* Whoever subscribes reads it all, so it must be what was meant to be read. */
static void
require_published(const PrRelease *release)
{
	if (strcmp(release->state, "published") != 0)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("release %s is not published, so it goes to no replica", release->label),
				 errhint("SELECT privrelease.publish(%s, 'role'); the role that subscribers connect as is an audience.", quote_literal_cstr(release->label))));
	pr_pin_schema(get_rel_namespace(release->view), release->schema);
	pr_table_require(release);
}

static void
make_publication(const PrRelease *release, const char *name)
{
	pr_ddl(psprintf("CREATE PUBLICATION %s FOR TABLE ONLY %s", quote_identifier(name), release->label));
	pr_ddl(psprintf("ALTER PUBLICATION %s OWNER TO %s", quote_identifier(name), quote_identifier(release->role)));
}

Datum
privrelease_create_publication(PG_FUNCTION_ARGS)
{
	char	   *name = NameStr(*PG_GETARG_NAME(1));
	PrRelease  *release;

	pr_begin_to_write("create_publication()");
	release = pr_release_for_owner(text_to_cstring(PG_GETARG_TEXT_PP(0)));
	require_table(release);
	require_published(release);
	make_publication(release, name);
	pr_event("create_publication", release->label, "publication", name, NULL);
	ereport(NOTICE,
			(errmsg("a role with REPLICATION can decode every table of this database, source %s included", pr_relation_label(release->source)),
			 errhint("Let subscribers whom the source is not for connect to a hub, a server that holds subscribed release tables only: doc/operations.md.")));
	pr_end();
	PG_RETURN_VOID();
}

/* ---------- publications that are there ---------- */

/* Names of the publications that belong to the release's role; having: the table is in them, or is not. */
static List *
publications_of(const PrRelease *release, bool having)
{
	PrArgs		args = {0};
	List	   *names = NIL;
	uint64		rows;

	pr_arg_oid(&args, get_role_oid(release->role, true));
	pr_arg_oid(&args, release->view);
	pr_arg_bool(&args, having);
	rows = pr_catalog_run("SELECT p.pubname FROM pg_catalog.pg_publication AS p WHERE p.pubowner = $1"
						  " AND $3 = EXISTS (SELECT FROM pg_catalog.pg_publication_rel AS r WHERE r.prpubid = p.oid AND r.prrelid = $2)"
						  " ORDER BY 1", &args);
	for (uint64 row = 0; row < rows; row++)
		names = lappend(names, pr_spi_text(row, 1));
	return names;
}

void
pr_replicate_withdraw(const PrRelease *release)
{
	ListCell   *cell;

	foreach(cell, publications_of(release, true))
		pr_ddl(psprintf("ALTER PUBLICATION %s DROP TABLE ONLY %s", quote_identifier(lfirst(cell)), release->label));
}

/* Deleted and inserted, so that each row is sent; a subscriber that was emptied skips what it has not. */
static void
send_rows(const PrRelease *release)
{
	PrIdentity	saved;

	pr_become(get_role_oid(release->role, false), &saved);
	pr_spi(psprintf("WITH gone AS (DELETE FROM ONLY %s RETURNING *) INSERT INTO %s SELECT * FROM gone ORDER BY %s",
					release->label, release->label, PR_RELEASE_ROW), NULL);
	pr_restore_identity(&saved);
}

void
pr_replicate_publish(const PrRelease *release)
{
	List	   *publications = release->is_table ? publications_of(release, false) : NIL;
	ListCell   *cell;

	if (publications == NIL)
		return;
	foreach(cell, publications)
		pr_ddl(psprintf("ALTER PUBLICATION %s ADD TABLE ONLY %s", quote_identifier(lfirst(cell)), release->label));
	send_rows(release);
}

void
pr_replicate_require_published(const PrRelease *release)
{
	PrArgs		args = {0};

	if (pr_is_live(release))
		return;
	pr_arg_oid(&args, release->view);
	pr_arg_text(&args, release->schema);
	pr_arg_oid(&args, release->source);
	/* Who is sent the source as well learns nothing from its release. */
	if (pr_catalog_run("SELECT p.pubname FROM pg_catalog.pg_publication AS p"
					   " WHERE (EXISTS (SELECT FROM pg_catalog.pg_publication_rel AS r WHERE r.prpubid = p.oid AND r.prrelid = $1)"
					   " OR EXISTS (SELECT FROM pg_catalog.pg_publication_namespace AS s JOIN pg_catalog.pg_namespace AS n ON n.oid = s.pnnspid"
					   " WHERE s.pnpubid = p.oid AND n.nspname = $2::name))"
					   " AND NOT EXISTS (SELECT FROM pg_catalog.pg_publication_tables AS t JOIN pg_catalog.pg_namespace AS n ON n.nspname = t.schemaname"
					   " JOIN pg_catalog.pg_class AS c ON c.relnamespace = n.oid AND c.relname = t.tablename"
					   " WHERE t.pubname = p.pubname AND c.oid = $3) ORDER BY 1 LIMIT 1", &args) == 0)
		return;
	ereport(ERROR,
			(errcode(ERRCODE_PR_BOUNDARY),
			 errmsg("publication \"%s\" would send release %s to its subscribers before it is published", pr_spi_text(0, 1), release->label),
			 errhint("Take the table, or its schema, out of that publication; one that privrelease.create_publication() makes waits for publish().")));
}

/* ---------- a release that goes ---------- */

static bool
carries_anything(const char *publication)
{
	PrArgs		args = {0};

	pr_arg_text(&args, publication);
	return pr_catalog_run("SELECT 1 FROM pg_catalog.pg_publication AS p WHERE p.pubname = $1::name AND (p.puballtables"
						  " OR EXISTS (SELECT FROM pg_catalog.pg_publication_rel AS r WHERE r.prpubid = p.oid)"
						  " OR EXISTS (SELECT FROM pg_catalog.pg_publication_namespace AS s WHERE s.pnpubid = p.oid))", &args) > 0;
}

static void
leave_publication(const char *publication)
{
	const char *owner = GetUserNameFromId(BOOTSTRAP_SUPERUSERID, false);

	pr_ddl(psprintf("ALTER PUBLICATION %s OWNER TO %s", quote_identifier(publication), quote_identifier(owner)));
	ereport(NOTICE,
			(errmsg("publication \"%s\" carries other tables too and stays; it belongs to %s now", publication, quote_identifier(owner))));
}

void
pr_replicate_forget(const PrRelease *release)
{
	ListCell   *cell;

	if (!release->is_table || !OidIsValid(get_role_oid(release->role, true)))
		return;
	foreach(cell, publications_of(release, false))
	{
		const char *publication = lfirst(cell);

		if (carries_anything(publication))
			leave_publication(publication);
		else
			pr_ddl(psprintf("DROP PUBLICATION %s", quote_identifier(publication)));
	}
}
