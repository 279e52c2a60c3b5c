/*
 * pr_portal.c
 *		Who may have a release as a file or a document, and what the catalogue
 *		knows of it.
 *
 * What an attacker would try: reach by a function what SELECT does not give him.
 * The rows are read by an ordinary query with the caller's own rights, which the
 * guard judges like any other; only for whoever may inspect a release without
 * reading it (an approver, who is told the digest of the file and no row) are
 * they read as the owner of the source, in a security-restricted operation.
 *
 * And have a superuser run what was planted below a view: functions that a view
 * calls run as whoever reads it.  A superuser reads a view as the owner of its
 * source, too, and gets the same rows.
 */
#include "postgres.h"

#include "executor/spi.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"

#include "common/pr_compat.h"
#include "common/pr_error.h"
#include "portal/pr_portal.h"
#include "release/pr_lifecycle.h"

/* A statement on our own tables that sees what the query sees that called us. */
static uint64
look(const char *sql, PrArgs *args)
{
	PrIdentity	saved;

	pr_elevate(&saved);
	if (SPI_execute_with_args(sql, args->n, args->types, args->values, args->nulls, true, 0) < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR),
				 errmsg_internal("statement on the privrelease catalogue failed")));
	pr_restore_identity(&saved);
	return SPI_processed;
}

/* ---------- who ---------- */

static bool
may_read(Oid relid)
{
	return pg_class_aclcheck(relid, GetUserId(), ACL_SELECT) == ACLCHECK_OK ||
		pg_attribute_aclcheck_all(relid, GetUserId(), ACL_SELECT, ACLMASK_ALL) == ACLCHECK_OK;
}

static bool
may_inspect(const PrRelease *release)
{
	return pr_owns_relation(release->source, GetUserId()) || pr_has_duty("approver") || pr_has_duty("auditor");
}

static void
set_reader(PrPortal *portal, bool to_describe)
{
	const PrRelease *release = portal->release;

	if (may_read(release->view) && (!superuser() || release->is_table))
		return;
	if (!superuser() && (!to_describe || !OidIsValid(get_rel_namespace(release->source)) || !may_inspect(release)))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("permission denied for release %s", release->label),
				 errhint("The owner of its source publishes it: SELECT privrelease.publish(%s, %s);",
						 quote_literal_cstr(release->label), quote_literal_cstr(pr_caller_name()))));
	portal->reader = pr_relation_owner(release->source);
}

/* ---------- what ---------- */

static void
refuse_withdrawn(const PrRelease *release)
{
	PrArgs		args = {0};
	char	   *reason;

	if (strcmp(release->state, "withdrawn") != 0)
		return;
	pr_arg_int4(&args, release->id);
	pr_catalog_run("SELECT COALESCE(withdrawn_reason, '') FROM privrelease.release WHERE id = $1", &args);
	reason = pr_spi_text(0, 1);
	ereport(ERROR,
			(errcode(ERRCODE_PR_WITHDRAWN),
			 errmsg("release %s was withdrawn: %s", release->label, reason),
			 errhint("The owner of the source publishes it anew: SELECT privrelease.%s(%s); SELECT privrelease.publish(%s, 'role');",
					 release->is_table ? "refresh" : "build", quote_literal_cstr(release->label), quote_literal_cstr(release->label))));
}

static void
require_made(const PrRelease *release)
{
	if (!OidIsValid(release->view) || get_rel_relkind(release->view) != pr_release_relkind(release))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("release %s is not %s", release->label, release->is_table ? "refreshed" : "built"),
				 errhint("SELECT privrelease.%s(%s);", release->is_table ? "refresh" : "build", quote_literal_cstr(release->label))));
}

/* A document tells how the data were made, and that is certain of what was published. */
static void
require_published(const PrRelease *release)
{
	if (!pr_is_live(release))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("release %s is not published", release->label),
				 errhint("SELECT privrelease.publish(%s, 'role');", quote_literal_cstr(release->label))));
}

/* What stands under the release's name must be what was made. */
static void
require_intact(const PrRelease *release)
{
	LockRelationOid(release->view, AccessShareLock);
	require_made(release);
	if (strcmp(pr_relation_label(release->view), release->label) != 0 || !pr_relation_is_of(release->view, release))
		ereport(ERROR,
				(errcode(ERRCODE_PR_STALE),
				 errmsg("release %s is no longer as it was made", release->label),
				 errhint("Rename it back, or have the owner of the source make it anew: SELECT privrelease.%s(%s);",
						 release->is_table ? "refresh" : "build", quote_literal_cstr(release->label))));
}

static void
refuse_changed(const PrPortal *portal)
{
	ereport(ERROR,
			(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
			 errmsg("release %s was made by another transaction meanwhile", portal->release->label),
			 errhint("Try again in a new transaction.")));
}

/* Of a table, the version whose rows this query sees; a later one may be there by now. */
static void
load_facts(PrPortal *portal)
{
	PrArgs		args = {0};
	bool		isnull;
	Datum		model;

	pr_arg_int4(&args, portal->release->id);
	/* What an approver weighs is what it was published with; what only describes is what is said today. */
	if (look("SELECT (l.metadata - ARRAY(SELECT k.key FROM privrelease.metadata_key AS k WHERE k.governed))"
			 " || COALESCE((SELECT pg_catalog.jsonb_object_agg(k.key, l.published_metadata -> k.key) FROM privrelease.metadata_key AS k"
			 " WHERE k.governed AND l.published_metadata ? k.key), '{}'), CASE l.kind WHEN 'table' THEN l.version ELSE 0 END,"
			 " COALESCE(v.refreshed_at, l.built_at),"
			 " COALESCE((SELECT pg_catalog.min(a.since) FROM privrelease.readership AS a WHERE a.release = l.id), l.built_at),"
			 " v.model, l.published_declaration, l.published_approval IS NOT NULL"
			 " FROM privrelease.release AS l LEFT JOIN privrelease.version AS v ON v.release = l.id AND v.version = l.version"
			 " WHERE l.id = $1 AND l.built_at IS NOT NULL AND (l.kind = 'view' OR v.model IS NOT NULL)", &args) == 0)
		refuse_changed(portal);
	model = pr_spi_datum(0, 5, &isnull);
	portal->model = isnull ? NULL : DatumGetJsonbPCopy(model);
	portal->metadata = DatumGetJsonbPCopy(pr_spi_datum(0, 1, &isnull));
	portal->declaration = pr_spi_text(0, 6);
	portal->approved = strcmp(pr_spi_text(0, 7), "t") == 0;
	portal->version = pr_spi_int(0, 2, NULL);
	portal->made_at = DatumGetTimestampTz(pr_spi_datum(0, 3, &isnull));
	portal->issued_at = DatumGetTimestampTz(pr_spi_datum(0, 4, &isnull));
}

PrPortal *
pr_portal_open(const char *name, const char *function, bool to_describe)
{
	PrPortal   *portal;

	pr_begin();
	portal = palloc0(sizeof(PrPortal));
	portal->timezone = session_timezone;
	portal->settings = pr_csv_pin_settings();
	portal->function = function;
	portal->release = pr_release_find_to_read(name);
	portal->csv.label = portal->release->label;
	pr_require_bound(portal->release);
	refuse_withdrawn(portal->release);
	require_made(portal->release);
	set_reader(portal, to_describe);
	if (to_describe)
		require_published(portal->release);
	pr_use_published(portal->release);
	require_intact(portal->release);
	load_facts(portal);
	if (to_describe && portal->declaration == NULL)
		refuse_changed(portal);
	return portal;
}

void
pr_portal_close(PrPortal *portal)
{
	AtEOXact_GUC(false, portal->settings);
	pr_end();
}

Datum
pr_portal_close_with(PrPortal *portal, Datum document)
{
	document = SPI_datumTransfer(document, false, -1);
	pr_portal_close(portal);
	return document;
}
