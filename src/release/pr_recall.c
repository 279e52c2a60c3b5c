/*
 * pr_recall.c
 *		recall(): a version should not have been released.
 *
 * What was read cannot be taken back.  The version is marked, with the notice
 * for those who have read it; the release is withdrawn if it is what they read
 * now; and the roles that could read it are listed, so that they can be told.
 *
 * Who could read it is who had a grant of ours on the release between this
 * refresh and the next one.  Members of these roles are not kept over time.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"

#include "common/pr_event.h"
#include "release/pr_lifecycle.h"
#include "release/pr_objection.h"

PG_FUNCTION_INFO_V1(privrelease_recall);

/* ---------- whose version it is ---------- */

/* The release of that name, locked, if the version is one of its own; NULL: the version is of one that was dropped. */
static PrRelease *
release_of_version(const char *name, int64 version)
{
	PrRelease  *release = pr_release_lookup(name);
	PrArgs		args = {0};

	if (release == NULL)
		return NULL;
	pr_arg_int4(&args, release->id);
	pr_arg_int8(&args, version);
	if (pr_catalog_run("SELECT 1 FROM privrelease.version WHERE release = $1 AND version = $2", &args) == 0)
		return NULL;
	return pr_release_for_owner(name);
}

static void
refuse_version(const char *name, int64 version)
{
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_OBJECT),
			 errmsg("release %s has no version " INT64_FORMAT, name, version),
			 errhint("SELECT release, version FROM privrelease.versions;")));
}

/* Of a dropped release: whoever has the privileges of the role that its source belonged to. */
static void
require_former_owner(const char *name, const char *schema, const char *relation, int64 version)
{
	PrArgs		args = {0};
	Oid			owner;

	pr_arg_text(&args, schema);
	pr_arg_text(&args, relation);
	pr_arg_int8(&args, version);
	if (pr_catalog_run("SELECT source_owner FROM privrelease.version WHERE (release_schema, release_name) = ($1::name, $2::name)"
					   " AND version = $3", &args) == 0)
		refuse_version(name, version);
	owner = get_role_oid(pr_spi_text(0, 1), true);
	if (!superuser() && (!OidIsValid(owner) || !has_privs_of_role(GetUserId(), owner)))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("must be owner of the source of release %s", name)));
}

/* ---------- the version ---------- */

static PrArgs
version_args(const char *schema, const char *relation, int64 version)
{
	PrArgs		args = {0};

	pr_arg_text(&args, schema);
	pr_arg_text(&args, relation);
	pr_arg_int8(&args, version);
	return args;
}

/* The time of a first recall stays; its notice can be written better. */
static void
mark(const char *schema, const char *relation, int64 version, const char *notice)
{
	PrArgs		args = version_args(schema, relation, version);

	pr_arg_text(&args, notice);
	pr_arg_text(&args, pr_caller_name());
	pr_catalog_run("UPDATE privrelease.version SET notice = $4, recalled_at = coalesce(recalled_at, pg_catalog.clock_timestamp()),"
				   " recalled_by = coalesce(recalled_by, $5::name)"
				   " WHERE (release_schema, release_name) = ($1::name, $2::name) AND version = $3", &args);
}

/* The version that is in the table: nobody is to read it, and it is not to come back by itself. */
static void
stop_readers(PrRelease *release, const char *notice)
{
	if (!OidIsValid(release->view))
		return;
	if (strcmp(release->state, "withdrawn") != 0 || release->suspended)
		pr_withdraw(release, notice);
	pr_void_approval(release);
}

static void
put_readers(ReturnSetInfo *result, const char *schema, const char *relation, int64 version)
{
	PrArgs		args = version_args(schema, relation, version);
	uint64		rows;

	rows = pr_catalog_run("WITH shown AS (SELECT pg_catalog.tstzrange(v.refreshed_at, (SELECT pg_catalog.min(n.refreshed_at)"
						  " FROM privrelease.version AS n WHERE (n.release_schema, n.release_name) = ($1::name, $2::name) AND n.version > $3)) AS during"
						  " FROM privrelease.version AS v WHERE (v.release_schema, v.release_name) = ($1::name, $2::name) AND v.version = $3)"
						  " SELECT r.role_name, pg_catalog.lower(b.during), pg_catalog.upper(b.during) FROM privrelease.readership AS r, shown AS s,"
						  " LATERAL (SELECT pg_catalog.tstzrange(r.since, r.until) * s.during) AS b(during)"
						  " WHERE (r.release_schema, r.release_name) = ($1::name, $2::name) AND NOT pg_catalog.isempty(b.during)"
						  " ORDER BY 2, 1", &args);
	for (uint64 row = 0; row < rows; row++)
	{
		Datum		values[3];
		bool		nulls[3];

		for (int i = 0; i < 3; i++)
			values[i] = pr_spi_datum(row, i + 1, &nulls[i]);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
}

Datum
privrelease_recall(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	char	   *name;
	char	   *schema;
	char	   *relation;
	char	   *notice;
	int64		version;
	PrRelease  *release;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("release and version of %s must not be null", "recall()")));
	pr_require_writable("recall()");
	InitMaterializedSRF(fcinfo, 0);
	pr_begin_to_write("recall()");
	name = text_to_cstring(PG_GETARG_TEXT_PP(0));
	version = PG_GETARG_INT64(1);
	notice = PG_ARGISNULL(2) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(2));
	pr_parse_release_name(name, &schema, &relation);
	release = release_of_version(name, version);
	if (release == NULL)
		require_former_owner(name, schema, relation, version);
	pr_person_require_text(notice, "notice", "recall()");
	mark(schema, relation, version, notice);
	if (release != NULL && release->version == version)
		stop_readers(release, notice);
	pr_event("recall", quote_qualified_identifier(schema, relation), "version", psprintf(INT64_FORMAT, version), "notice", notice, NULL);
	put_readers(result, schema, relation, version);
	pr_end();
	return (Datum) 0;
}
