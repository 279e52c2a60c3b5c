/*
 * pr_objection_filter.c
 *		How persons are left out: the condition that all statements on the source
 *		of a release have, and the view, once somebody has objected.
 *
 * Whoever asks a source for a release asks "source AS s" and then what
 * pr_derive_columns() says (pr_inquire.c), or pr_derive_from() before that: a
 * join with a relation without columns, whose condition becomes a filter of the
 * scan.  So what is searched, staged, derived, kept in the history and measured
 * is of the same persons.  Without an objection the text is empty.
 *
 * Invariants, and what an attacker would try here:
 *	- An objection belongs to a column of a source and to the name of a release,
 *	  not to a declaration: dropping a release and declaring it anew does not
 *	  bring anybody back; nor does a release that cannot tell who it is, which is
 *	  refused; nor a table that was dropped and made anew under its name.
 *	- Who has objected is looked up with the latest snapshot: a transaction with
 *	  an old one does not build a release that shows him.
 *	- Objecting to every release of a source waits for whoever is building one,
 *	  and keeps others from it until it is over.
 */
#include "postgres.h"

#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "access/xact.h"
#include "common/pr_error.h"
#include "release/pr_objection.h"
#include "release/pr_registry.h"

void
pr_objection_lock(Oid source, bool to_change)
{
	LockDatabaseObject(pr_catalog_table("objection"), source, 0, to_change ? ExclusiveLock : RowShareLock);
}

/*
 * Of the source as it is numbered here; or by its names, where the numbers are another database's or of a table that is gone.
 * Then it must belong to the same role: another one would find out with a table of his own who has objected.
 */
#define DOMAIN_OF_SOURCE \
	"((d.source = $1 AND d.binding = $2)" \
	" OR ((d.source_schema, d.source_name) = ($3::name, $4::name)" \
	" AND CASE WHEN d.binding <> $2 THEN d.source_owner = $8::name ELSE d.source_owner_oid = $7" \
	" AND NOT EXISTS (SELECT FROM pg_catalog.pg_class AS c WHERE c.oid = d.source) END))"

#define CONCERNS_RELEASE \
	"(o.release_name IS NULL OR (o.release_schema, o.release_name) = ($5::name, $6::name))"

static void
add_source_args(PrArgs *args, const PrRelease *release)
{
	pr_arg_oid(args, release->source);
	pr_arg_text(args, pr_this_binding());
	pr_arg_text(args, release->source_schema);
	pr_arg_text(args, release->source_name);
	pr_arg_text(args, release->schema);
	pr_arg_text(args, release->name);
	pr_arg_oid(args, pr_relation_owner(release->source));
	pr_arg_text(args, GetUserNameFromId(pr_relation_owner(release->source), false));
}

/* ---------- can the release leave them out? ---------- */

static void
refuse_subject(const PrRelease *release, const char *subject)
{
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("persons have objected to release %s, which cannot tell who they are", release->label),
			 errdetail("They were named by column \"%s\" of the source.", subject),
			 errhint("SELECT privrelease.drop_release(%s); and declare it anew with subject => %s.",
					 quote_literal_cstr(release->label), quote_literal_cstr(subject))));
}

/* ---------- the condition ---------- */

/* Rows of a person who is NULL, whom nobody can name, stay. */
static char *
condition(const PrRelease *release, const PrDomain *domain)
{
	char	   *capability = release->capabilities != NULL ?
		pr_capability_param(release->capabilities, domain->key, domain->key_version) :
		psprintf("'%d.%d'::privrelease.capability", domain->key, domain->key_version);

	return psprintf("privrelease.has_objected(%s, %s, %s, %s, s.%s) IS NOT TRUE", capability, quote_literal_cstr(domain->domain),
					quote_literal_cstr(release->schema), quote_literal_cstr(release->name), quote_identifier(release->subject));
}

List *
pr_objection_conditions(const PrRelease *release)
{
	PrArgs		args = {0};
	List	   *conditions = NIL;
	uint64		rows;

	pr_objection_lock(release->source, false);
	add_source_args(&args, release);
	rows = pr_catalog_look("SELECT d.domain, d.key, d.key_version, d.subject, d.subject_type, d.subject_form,"
					  " CASE WHEN d.source = $1 AND d.binding = $2 THEN d.subject_attnum END"
					  " FROM privrelease.objection_domain AS d WHERE " DOMAIN_OF_SOURCE
					  " AND EXISTS (SELECT FROM privrelease.objection AS o WHERE o.domain = d.domain AND " CONCERNS_RELEASE ")"
					  " ORDER BY d.domain", &args);
	for (uint64 row = 0; row < rows; row++)
	{
		PrDomain	domain;
		bool		by_name;
		char	   *subject;
		AttrNumber	attnum;

		domain.domain = pr_spi_text(row, 1);
		domain.key = pr_spi_int(row, 2, NULL);
		domain.key_version = pr_spi_int(row, 3, NULL);
		subject = pr_spi_text(row, 4);
		attnum = pr_spi_int(row, 7, &by_name);
		if (release->subject == NULL || (by_name ? strcmp(subject, release->subject) != 0 : attnum != release->subject_attnum))
			refuse_subject(release, subject);
		pr_person_require_form(release->source, release->subject_attnum, pr_spi_text(row, 5), pr_spi_text(row, 6));
		conditions = lappend(conditions, condition(release, &domain));
	}
	return conditions;
}

char *
pr_objection_join(const PrRelease *release)
{
	StringInfoData out;
	ListCell   *cell;

	initStringInfo(&out);
	foreach(cell, pr_objection_conditions(release))
		appendStringInfo(&out, "\n  JOIN (SELECT) AS objection_%d_%d ON %s", release->id, foreach_current_index(cell) + 1,
						 (char *) lfirst(cell));
	return out.data;
}

/* ---------- around builds and refreshes ---------- */

void
pr_objection_require_refreshed(const PrRelease *release)
{
	PrArgs		args = {0};

	if (!release->is_table)
		return;
	pr_objection_lock(release->source, false);
	add_source_args(&args, release);
	pr_arg_int4(&args, release->id);
	pr_arg_int8(&args, release->version);
	if (pr_catalog_look("SELECT 1 FROM privrelease.objection AS o JOIN privrelease.objection_domain AS d ON d.domain = o.domain"
				   " JOIN privrelease.version AS v ON v.release = $9 AND v.version = $10"
				   " WHERE " DOMAIN_OF_SOURCE " AND " CONCERNS_RELEASE " AND o.since > v.refreshed_at LIMIT 1", &args) > 0)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("persons have objected to release %s since it was refreshed", release->label),
				 errhint("SELECT privrelease.refresh(%s);", quote_literal_cstr(release->label))));
}

void
pr_objection_store_names(const PrRelease *release)
{
	PrArgs		args = {0};

	if (release->subject == NULL)
		return;
	add_source_args(&args, release);
	pr_arg_text(&args, release->subject);
	pr_arg_int4(&args, release->subject_attnum);
	pr_catalog_run("UPDATE privrelease.objection_domain AS d SET source = $1, binding = $2, source_schema = $3::name,"
				   " source_name = $4::name, source_owner_oid = $7, source_owner = $8::name, subject = $9::name, subject_attnum = $10"
				   " WHERE " DOMAIN_OF_SOURCE
				   " AND CASE WHEN d.source = $1 AND d.binding = $2 THEN d.subject_attnum = $10 ELSE d.subject = $9::name END"
				   " AND (d.source, d.binding, d.source_schema, d.source_name, d.source_owner_oid, d.source_owner, d.subject, d.subject_attnum)"
				   " IS DISTINCT FROM ($1, $2, $3::name, $4::name, $7, $8::name, $9::name, $10::int2)", &args);
}
