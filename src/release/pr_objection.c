/*
 * pr_objection.c
 *		object(), erase(): a person does not want to be in a release, or in any
 *		release of a source; and taking it back.
 *
 * A view hides him from the next query on: the first objection builds it anew
 * with the condition (pr_objection_filter.c), later ones only add a row, at which
 * the condition looks.  A table leaves him out from the next refresh on, and
 * nobody reads it until then, unless the steward defers it.
 *
 * Invariants, and what an attacker would try here:
 *	- Only the owner of the source: everybody else could make rows disappear, and
 *	  read from what disappears who is in a source.
 *	- Nothing tells whether the person is in the source, here or by the time.
 *	- A refresh or build that has begun holds the release's row: the objection
 *	  waits for it, and then takes effect on what it has made.  The row is written
 *	  to, so that a transaction with an older snapshot fails (40001).
 *	- Nobody is named in a table, a message or the log.
 */
#include "postgres.h"

#include "access/table.h"
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/uuid.h"

#include "catalog/pr_intact.h"
#include "common/pr_error.h"
#include "common/pr_event.h"
#include "release/pr_lifecycle.h"
#include "release/pr_objection.h"

PG_FUNCTION_INFO_V1(privrelease_object);
PG_FUNCTION_INFO_V1(privrelease_withdraw_objection);
PG_FUNCTION_INFO_V1(privrelease_erase);
PG_FUNCTION_INFO_V1(privrelease_withdraw_erasure);

#define SUSPENDED "a person has objected; the next refresh leaves him out"

/* ---------- arguments ---------- */

static char *
text_arg(FunctionCallInfo fcinfo, int i)
{
	return PG_ARGISNULL(i) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(i));
}

static void
require_not_null(FunctionCallInfo fcinfo, int i, const char *name, const char *function)
{
	if (PG_ARGISNULL(i))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("%s of %s must not be null", name, function)));
}

/* ---------- the column that tells persons apart ---------- */

static void
refuse_without_subject(const PrRelease *release)
{
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("release %s cannot tell one person from another, so nobody can be left out", release->label),
			 errhint("SELECT privrelease.drop_release(%s); and declare it anew with subject => 'column'.",
					 quote_literal_cstr(release->label))));
}

/* Under a collation by which different texts are equal, one digest would not find all spellings of a person. */
static void
require_one_spelling(Relation rel, AttrNumber attnum)
{
	Oid			collation = TupleDescAttr(RelationGetDescr(rel), attnum - 1)->attcollation;

	if (OidIsValid(collation) && !get_collation_isdeterministic(collation))
		ereport(ERROR,
				(errcode(ERRCODE_INDETERMINATE_COLLATION),
				 errmsg("persons of column \"%s\" have several spellings, and one of them would not be found",
						NameStr(TupleDescAttr(RelationGetDescr(rel), attnum - 1)->attname)),
				 errdetail("Its collation takes different texts for equal."),
				 errhint("Release a view in which the column has one spelling and a deterministic collation.")));
}

static PrSubject *
subject_of(PrRelease *release, Relation rel)
{
	PrSubject  *subject = palloc(sizeof(PrSubject));

	if (release->subject == NULL)
		refuse_without_subject(release);
	pr_bind_subject(release, rel);
	require_one_spelling(rel, release->subject_attnum);
	*subject = (PrSubject) {release->subject, release->subject_attnum, release->subject_type};
	return subject;
}

/* ---------- rows of the table ---------- */

static Datum
digest_of(Relation rel, const PrSubject *subject, const PrDomain *domain, const char *text)
{
	Datum		value;
	Oid			type;

	if (!pr_person_value(RelationGetRelid(rel), subject, text, &value, &type))
		pr_person_refuse_value(subject);
	return pr_person_digest("objection_digest", domain, value, type);
}

/* An objection that an earlier one says already changes nothing; one that was deferred, and is not any more, does. */
static bool
store(const PrDomain *domain, Datum digest, const PrRelease *release, const char *reason, bool deferred)
{
	PrArgs		args = {0};

	pr_arg_text(&args, domain->domain);
	pr_arg(&args, UUIDOID, digest);
	pr_arg_text(&args, release != NULL ? release->schema : NULL);
	pr_arg_text(&args, release != NULL ? release->name : NULL);
	pr_arg_text(&args, reason);
	pr_arg_bool(&args, deferred);
	pr_arg_text(&args, pr_caller_name());
	return pr_catalog_run("INSERT INTO privrelease.objection AS o (domain, digest, release_schema, release_name, reason, deferred, declared_by)"
						  " VALUES ($1, $2, $3::name, $4::name, $5, $6, $7::name)"
						  " ON CONFLICT ON CONSTRAINT objection_once DO UPDATE SET deferred = false"
						  " WHERE o.deferred AND NOT EXCLUDED.deferred RETURNING 1", &args) > 0;
}

static bool
take_back(const PrDomain *domain, Datum digest, const PrRelease *release)
{
	PrArgs		args = {0};

	pr_arg_text(&args, domain->domain);
	pr_arg(&args, UUIDOID, digest);
	pr_arg_text(&args, release != NULL ? release->schema : NULL);
	pr_arg_text(&args, release != NULL ? release->name : NULL);
	return pr_catalog_run("DELETE FROM privrelease.objection WHERE domain = $1 AND digest = $2"
						  " AND release_schema IS NOT DISTINCT FROM $3::name AND release_name IS NOT DISTINCT FROM $4::name RETURNING 1",
						  &args) > 0;
}

/* Transactions that have an older snapshot and lock the release are to fail. */
static void
touch(const PrRelease *release)
{
	PrArgs		args = {0};

	pr_arg_int4(&args, release->id);
	pr_catalog_run("UPDATE privrelease.release SET changed_at = changed_at WHERE id = $1", &args);
}

/* ---------- what it does to a release ---------- */

static bool
is_withdrawn(const PrRelease *release)
{
	return strcmp(release->state, "withdrawn") == 0;
}

static bool
is_served(const PrRelease *release)
{
	return OidIsValid(release->view) && get_rel_relkind(release->view) == pr_release_relkind(release) && !is_withdrawn(release);
}

static void
defer_until_refresh(const PrRelease *release)
{
	ereport(NOTICE,
			(errmsg("readers of release %s see the person until its next refresh", release->label),
			 errhint("SELECT privrelease.refresh(%s);", quote_literal_cstr(release->label))));
}

/* Is the condition in the view that is there? */
static bool
hides_already(const PrRelease *release)
{
	PrArgs		args = {0};
	ListCell   *cell;

	foreach(cell, pr_objection_conditions(release))
	{
		args.n = 0;
		pr_arg_int4(&args, release->id);
		pr_arg_text(&args, lfirst(cell));
		if (pr_catalog_run("SELECT 1 FROM privrelease.release WHERE id = $1 AND pg_catalog.strpos(definition, $2) > 0", &args) == 0)
			return false;
	}
	return true;
}

/* Does the view read what it was built from?  If not it serves nobody, and building it anew would show what nobody published. */
static bool
reads_what_was_built(const PrRelease *release)
{
	PrArgs		args = {0};
	bytea	   *source;

	pr_lock_below(release->source);
	source = pr_intact_source_digest(release->source, release->view);
	if (source == NULL)
		return false;
	pr_arg_int4(&args, release->id);
	pr_arg(&args, BYTEAOID, PointerGetDatum(source));
	return pr_catalog_look("SELECT 1 FROM privrelease.release WHERE id = $1 AND source_digest = $2", &args) > 0;
}

/* As it is, not as it is declared by now. */
static void
build_anew(PrRelease *release)
{
	if (pr_is_live(release) && !reads_what_was_built(release))
	{
		ereport(NOTICE,
				(errmsg("release %s serves nobody, since its source has changed; it leaves the person out when it is built", release->label)));
		return;
	}
	pr_use_published(release);
	(void) pr_build(release, false);
}

/* A release that nobody reads leaves the person out when it is built or refreshed. */
static void
take_effect(PrRelease *release, bool defer)
{
	touch(release);
	if (!is_served(release))
		return;
	if (!release->is_table && !hides_already(release))
		build_anew(release);
	else if (release->is_table && defer)
		defer_until_refresh(release);
	else if (release->is_table)
		pr_suspend(release, SUSPENDED);
}

/* ---------- object ---------- */

Datum
privrelease_object(PG_FUNCTION_ARGS)
{
	char	   *name;
	char	   *value;
	char	   *reason;
	bool		defer;
	PrRelease  *release;
	Relation	rel;
	PrSubject  *subject;
	PrDomain   *domain;

	require_not_null(fcinfo, 0, "release", "object()");
	require_not_null(fcinfo, 1, "subject_value", "object()");
	pr_begin_to_write("object()");
	name = text_arg(fcinfo, 0);
	value = text_arg(fcinfo, 1);
	reason = text_arg(fcinfo, 2);
	defer = !PG_ARGISNULL(3) && PG_GETARG_BOOL(3);
	release = pr_release_for_owner(name);
	pr_person_require_text(reason, "reason", "object()");
	rel = pr_bind_source(release);
	subject = subject_of(release, rel);
	domain = pr_person_domain(rel, subject);
	if (store(domain, digest_of(rel, subject, domain, value), release, reason, defer && release->is_table))
	{
		take_effect(release, defer);
		pr_event("object", release->label, "deferred", defer && release->is_table ? "yes" : "no", "reason", reason, NULL);
	}
	table_close(rel, NoLock);
	pr_end();
	PG_RETURN_VOID();
}

static void
refuse_unknown(const char *what)
{
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_OBJECT),
			 errmsg("there is no such %s", what),
			 errhint("SELECT * FROM privrelease.objections;")));
}

Datum
privrelease_withdraw_objection(PG_FUNCTION_ARGS)
{
	PrRelease  *release;
	Relation	rel;
	PrSubject  *subject;
	PrDomain   *domain;

	require_not_null(fcinfo, 0, "release", "withdraw_objection()");
	require_not_null(fcinfo, 1, "subject_value", "withdraw_objection()");
	pr_begin_to_write("withdraw_objection()");
	release = pr_release_for_owner(text_arg(fcinfo, 0));
	rel = pr_bind_source(release);
	subject = subject_of(release, rel);
	domain = pr_person_domain(rel, subject);
	if (!take_back(domain, digest_of(rel, subject, domain, text_arg(fcinfo, 1)), release))
		refuse_unknown("objection");
	touch(release);
	pr_event("withdraw_objection", release->label, NULL);
	table_close(rel, NoLock);
	pr_end();
	PG_RETURN_VOID();
}

/* ---------- erase ---------- */

/* Releases of the source, locked, in the order of their numbers. */
static List *
releases_of(Oid source)
{
	List	   *names = NIL;
	List	   *releases = NIL;
	ListCell   *cell;
	PrArgs		args = {0};
	uint64		rows;

	pr_arg_oid(&args, source);
	pr_arg_text(&args, pr_this_binding());
	rows = pr_catalog_run("SELECT pg_catalog.format('%I.%I', release_schema, release_name) FROM privrelease.release"
						  " WHERE source = $1 AND binding = $2 ORDER BY id", &args);
	for (uint64 row = 0; row < rows; row++)
		names = lappend(names, pr_spi_text(row, 1));
	foreach(cell, names)
		releases = lappend(releases, pr_release_for_owner(lfirst(cell)));
	return releases;
}

/* A restored release serves before it is bound, and its numbers say nothing of its source. */
static void
refuse_unbound(Relation rel)
{
	PrArgs		args = {0};

	pr_arg_text(&args, get_namespace_name(RelationGetNamespace(rel)));
	pr_arg_text(&args, RelationGetRelationName(rel));
	pr_arg_text(&args, pr_this_binding());
	if (pr_catalog_run("SELECT 1 FROM privrelease.release WHERE (source_schema, source_name) = ($1::name, $2::name) AND binding <> $3"
					   " LIMIT 1", &args) > 0)
		ereport(ERROR,
				(errcode(ERRCODE_PR_UNBOUND),
				 errmsg("releases of %s were declared in another database and are unbound here",
						pr_relation_label(RelationGetRelid(rel))),
				 errhint("SELECT * FROM privrelease.rebind();")));
}

/* The column by which releases of the source, or objections to them, tell persons apart: it must be one. */
static PrSubject *
subject_of_source(Relation rel, List *releases)
{
	PrSubject  *subject = NULL;
	ListCell   *cell;

	foreach(cell, releases)
	{
		PrRelease  *release = lfirst(cell);

		if (release->subject == NULL)
			continue;
		if (subject == NULL)
			subject = subject_of(release, rel);
		else if (subject->attnum != release->subject_attnum)
			ereport(ERROR,
					(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
					 errmsg("releases of %s tell persons apart by different columns", pr_relation_label(RelationGetRelid(rel))),
					 errdetail("%s has subject \"%s\", another one \"%s\".", release->label, release->subject, subject->name),
					 errhint("Object to each of them: SELECT privrelease.object(%s, 'value', 'reason');",
							 quote_literal_cstr(release->label))));
	}
	if (subject == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("no release of %s tells one person from another", pr_relation_label(RelationGetRelid(rel))),
				 errhint("Declare one: SELECT privrelease.create_release('schema.name', '%s', subject => 'column');",
						 pr_relation_label(RelationGetRelid(rel)))));
	return subject;
}

/* What shows the person and cannot leave him out must not stay. */
static void
require_all_can(List *releases)
{
	ListCell   *cell;

	foreach(cell, releases)
	{
		const PrRelease *release = lfirst(cell);

		if (release->subject == NULL && is_served(release))
			ereport(ERROR,
					(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
					 errmsg("release %s cannot tell one person from another, so nobody can be left out", release->label),
					 errhint("SELECT privrelease.withdraw(%s, 'why'); and declare it anew with a subject.",
							 quote_literal_cstr(release->label))));
	}
}

/* Whoever shows the same persons through a partition, a parent or a child is another source. */
static void
warn_of_relatives(Relation rel)
{
	PrArgs		args = {0};
	uint64		rows;

	pr_arg_oid(&args, RelationGetRelid(rel));
	pr_arg_text(&args, pr_this_binding());
	rows = pr_catalog_run("WITH RECURSIVE down(relid) AS (SELECT $1 UNION SELECT i.inhrelid"
						  " FROM pg_catalog.pg_inherits AS i JOIN down ON i.inhparent = down.relid),"
						  " up(relid) AS (SELECT $1 UNION SELECT i.inhparent"
						  " FROM pg_catalog.pg_inherits AS i JOIN up ON i.inhrelid = up.relid)"
						  " SELECT pg_catalog.format('%I.%I', r.release_schema, r.release_name), r.source::pg_catalog.regclass"
						  " FROM privrelease.release AS r WHERE r.binding = $2 AND r.source <> $1"
						  " AND r.source IN (SELECT relid FROM down UNION SELECT relid FROM up) ORDER BY 1", &args);
	for (uint64 row = 0; row < rows; row++)
		ereport(WARNING,
				(errmsg("release %s reads %s, which is another source with rows of this one", pr_spi_text(row, 1), pr_spi_text(row, 2)),
				 errhint("SELECT privrelease.erase('%s', 'value', 'reason');", pr_spi_text(row, 2))));
}

/* Rows of releases first, which whoever builds has locked; those that were declared meanwhile afterwards. */
static List *
lock_source(Relation rel)
{
	Oid			source = RelationGetRelid(rel);

	if (IsolationUsesXactSnapshot())
		ereport(ERROR,
				(errcode(ERRCODE_ACTIVE_SQL_TRANSACTION),
				 errmsg("releases of a source can be seen as they are now only at isolation level READ COMMITTED"),
				 errhint("BEGIN ISOLATION LEVEL READ COMMITTED;")));
	(void) releases_of(source);
	pr_objection_lock(source, true);
	return releases_of(source);
}

Datum
privrelease_erase(PG_FUNCTION_ARGS)
{
	char	   *value;
	char	   *reason;
	Relation	rel;
	List	   *releases;
	ListCell   *cell;
	PrSubject  *subject;
	PrDomain   *domain;

	require_not_null(fcinfo, 0, "source", "erase()");
	require_not_null(fcinfo, 1, "subject_value", "erase()");
	pr_begin_to_write("erase()");
	value = text_arg(fcinfo, 1);
	reason = text_arg(fcinfo, 2);
	rel = pr_open_source(PG_GETARG_OID(0));
	pr_require_owner(RelationGetRelid(rel));
	pr_person_require_text(reason, "reason", "erase()");
	refuse_unbound(rel);
	releases = lock_source(rel);
	subject = subject_of_source(rel, releases);
	require_all_can(releases);
	domain = pr_person_domain(rel, subject);
	if (store(domain, digest_of(rel, subject, domain, value), NULL, reason, false))
	{
		foreach(cell, releases)
			take_effect(lfirst(cell), false);
		pr_event("erase", NULL, "source", pr_relation_label(RelationGetRelid(rel)), "reason", reason, NULL);
	}
	warn_of_relatives(rel);
	table_close(rel, NoLock);
	pr_end();
	PG_RETURN_VOID();
}

Datum
privrelease_withdraw_erasure(PG_FUNCTION_ARGS)
{
	Relation	rel;
	List	   *releases;
	ListCell   *cell;
	PrSubject  *subject;
	PrDomain   *domain;

	require_not_null(fcinfo, 0, "source", "withdraw_erasure()");
	require_not_null(fcinfo, 1, "subject_value", "withdraw_erasure()");
	pr_begin_to_write("withdraw_erasure()");
	rel = pr_open_source(PG_GETARG_OID(0));
	pr_require_owner(RelationGetRelid(rel));
	releases = lock_source(rel);
	subject = subject_of_source(rel, releases);
	domain = pr_person_domain(rel, subject);
	if (!take_back(domain, digest_of(rel, subject, domain, text_arg(fcinfo, 1)), NULL))
		refuse_unknown("erasure");
	foreach(cell, releases)
		touch(lfirst(cell));
	pr_event("withdraw_erasure", NULL, "source", pr_relation_label(RelationGetRelid(rel)), NULL);
	table_close(rel, NoLock);
	pr_end();
	PG_RETURN_VOID();
}
