/*
 * pr_objection_person.c
 *		A person as the owner of a source types him, as a digest.
 *
 * What is typed becomes a value of the subject's type without its length, so
 * that nothing is rounded or cut to somebody else's; a value of a domain, one of
 * its base type, so that no constraint of anybody runs.  The digest is of the
 * canonical form: 1.0 and 1.00 are one person, as are char(n) with and without
 * trailing blanks.
 *
 * What an attacker would try: learn from an error who is in a source (the source
 * is not looked at), or have a person's identity written to the server log by an
 * error (no message of ours holds it, and that of an input function is dropped).
 */
#include "postgres.h"

#include "access/table.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/uuid.h"

#include "catalog/pr_key.h"
#include "common/pr_error.h"
#include "common/pr_try.h"
#include "release/pr_objection.h"
#include "release/pr_registry.h"
#include "transform/pr_capability.h"

void
pr_person_require_text(const char *value, const char *what, const char *function)
{
	if (value == NULL || strspn(value, " \t\r\n") == strlen(value))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s needs a %s", function, what),
				 errhint("Give a text that is not empty.")));
}

/* ---------- values ---------- */

typedef struct Conversion
{
	Oid			type;
	const char *text;
	Datum		value;
} Conversion;

static void
convert(void *state)
{
	Conversion *conversion = state;
	Oid			input;
	Oid			io_param;

	getTypeInputInfo(conversion->type, &input, &io_param);
	conversion->value = OidInputFunctionCall(input, pstrdup(conversion->text), io_param, -1);
}

bool
pr_person_value(Oid source, const PrSubject *subject, const char *text, Datum *value, Oid *type)
{
	Conversion	conversion = {.text = text};
	PrIdentity	saved;
	ErrorData  *error;

	conversion.type = getBaseType(get_atttype(source, subject->attnum));
	pr_read_as_owner(source, &saved);
	error = pr_try(convert, &conversion);
	pr_restore_identity(&saved);
	*value = conversion.value;
	*type = conversion.type;
	return error == NULL;
}

void
pr_person_refuse_value(const PrSubject *subject)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
			 errmsg("subject value is not a value of column \"%s\", which is of type %s", subject->name, subject->type),
			 errhint("Give it as the source shows it.")));
}

/* Values of all numeric types have one canonical form, those of text types another (pr_canonical.h). */
char *
pr_person_form(Oid source, AttrNumber attnum)
{
	Oid			type = getBaseType(get_atttype(source, attnum));

	if (pr_type_number(type))
		return pstrdup("number");
	return pr_type_text(type) ? pstrdup("text") : pr_type_name(type, -1);
}

void
pr_person_require_form(Oid source, AttrNumber attnum, const char *type, const char *form)
{
	char	   *column = get_attname(source, attnum, false);

	if (strcmp(pr_person_form(source, attnum), form) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_PR_STALE),
				 errmsg("persons objected when column \"%s\" of %s was of type %s", column, pr_relation_label(source), type),
				 errdetail("It is of type %s now, so that they would not be found.", pr_type_name(get_atttype(source, attnum), -1)),
				 errhint("ALTER TABLE %s ALTER COLUMN %s TYPE %s;", pr_relation_label(source), quote_identifier(column), type)));
}

/* ---------- digests ---------- */

Datum
pr_person_digest(const char *function, const PrDomain *domain, Datum value, Oid type)
{
	PrArgs		args = {0};
	bool		isnull;

	pr_arg(&args, pr_capability_type(), pr_capability_datum(domain->key, domain->key_version));
	pr_arg_text(&args, domain->domain);
	pr_arg(&args, type, value);
	pr_catalog_run(psprintf("SELECT privrelease.%s($1, $2, $3)", function), &args);
	return datumCopy(pr_spi_datum(0, 1, &isnull), false, UUID_LEN);
}

/* ---------- domains ---------- */

static void
add_domain_args(PrArgs *args, Relation rel, const PrSubject *subject)
{
	pr_arg_oid(args, RelationGetRelid(rel));
	pr_arg_text(args, pr_this_binding());
	pr_arg_text(args, get_namespace_name(RelationGetNamespace(rel)));
	pr_arg_text(args, RelationGetRelationName(rel));
	pr_arg_text(args, subject->name);
	pr_arg_int4(args, subject->attnum);
	pr_arg_oid(args, rel->rd_rel->relowner);
	pr_arg_text(args, GetUserNameFromId(rel->rd_rel->relowner, false));
}

/* A domain that nobody's objection is in has no form yet. */
static void
take_form(Relation rel, const PrSubject *subject, const PrDomain *domain)
{
	PrArgs		args = {0};

	pr_arg_text(&args, domain->domain);
	pr_arg_text(&args, subject->type);
	pr_arg_text(&args, pr_person_form(RelationGetRelid(rel), subject->attnum));
	pr_catalog_run("UPDATE privrelease.objection_domain AS d SET subject_type = $2, subject_form = $3 WHERE d.domain = $1"
				   " AND d.subject_form <> $3 AND NOT EXISTS (SELECT FROM privrelease.objection AS o WHERE o.domain = $1)", &args);
	pr_catalog_run("SELECT subject_type, subject_form FROM privrelease.objection_domain WHERE domain = $1", &args);
	pr_person_require_form(RelationGetRelid(rel), subject->attnum, pr_spi_text(0, 1), pr_spi_text(0, 2));
}

static PrDomain *
find_domain(PrArgs *args)
{
	PrDomain   *domain;

	/* The source as numbered here first; by its names and its owner, where the numbers mean nothing any more. */
	if (pr_catalog_run("SELECT d.domain, d.key, d.key_version FROM privrelease.objection_domain AS d"
					   " WHERE (d.source = $1 AND d.binding = $2 AND d.subject_attnum = $6)"
					   " OR ((d.source_schema, d.source_name, d.subject) = ($3::name, $4::name, $5::name)"
					   " AND CASE WHEN d.binding <> $2 THEN d.source_owner = $8::name ELSE d.source_owner_oid = $7"
					   " AND NOT EXISTS (SELECT FROM pg_catalog.pg_class AS c WHERE c.oid = d.source) END)"
					   " ORDER BY d.source = $1 AND d.binding = $2 DESC, d.domain LIMIT 1", args) == 0)
		return NULL;
	domain = palloc(sizeof(PrDomain));
	domain->domain = pr_spi_text(0, 1);
	domain->key = pr_spi_int(0, 2, NULL);
	domain->key_version = pr_spi_int(0, 3, NULL);
	return domain;
}

/* A name that no other source has: nobody is to be the same person in two sources. */
static char *
free_name(Relation rel, const PrSubject *subject)
{
	char	   *first = psprintf("%s.%s", pr_relation_label(RelationGetRelid(rel)), quote_identifier(subject->name));
	char	   *name = first;

	for (int n = 2;; n++)
	{
		PrArgs		args = {0};

		pr_arg_text(&args, name);
		if (pr_catalog_run("SELECT 1 FROM privrelease.objection_domain WHERE domain = $1", &args) == 0)
			return name;
		name = psprintf("%s %d", first, n);
	}
}

PrDomain *
pr_person_domain(Relation rel, const PrSubject *subject)
{
	PrArgs		args = {0};
	PrDomain   *domain;

	add_domain_args(&args, rel, subject);
	domain = find_domain(&args);
	if (domain != NULL)
	{
		take_form(rel, subject, domain);
		return domain;
	}
	domain = palloc(sizeof(PrDomain));
	domain->domain = free_name(rel, subject);
	pr_key_reserved(&domain->key, &domain->key_version);
	pr_arg_text(&args, domain->domain);
	pr_arg_text(&args, subject->type);
	pr_arg_int4(&args, domain->key);
	pr_arg_int4(&args, domain->key_version);
	pr_arg_text(&args, pr_person_form(RelationGetRelid(rel), subject->attnum));
	pr_catalog_run("INSERT INTO privrelease.objection_domain (source, binding, source_schema, source_name, subject, subject_attnum,"
				   " source_owner_oid, source_owner, domain, subject_type, key, key_version, subject_form)"
				   " VALUES ($1, $2, $3::name, $4::name, $5::name, $6, $7, $8::name, $9, $10, $11, $12, $13)", &args);
	return domain;
}
