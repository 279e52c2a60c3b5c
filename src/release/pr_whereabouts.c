/*
 * pr_whereabouts.c
 *		whereabouts(): where is a person of a source, and where was he?
 *
 * Versions of release tables are looked up in the history, by the person's
 * keyed digest under the domain of each; views are asked now, as the source's
 * owner and restricted.
 *
 * What an attacker would try: ask for persons of a source that is not his (the
 * owner alone), or make a table of the name of one that is gone, and ask for
 * whom its releases held (versions that another role's source was released in are
 * not told).
 */
#include "postgres.h"

#include "access/table.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/tuplestore.h"

#include "release/pr_objection.h"
#include "release/pr_registry.h"

PG_FUNCTION_INFO_V1(privrelease_whereabouts);

/* The person as a value of one column that tells persons apart. */
typedef struct Guise
{
	PrSubject	subject;
	Datum		value;
	Oid			type;
} Guise;

typedef struct Search
{
	Relation	rel;
	const char *text;
	List	   *guises;			/* Guise */
	ReturnSetInfo *result;
} Search;

static void
put(Search *search, const char *release, int64 version)
{
	Datum		values[2];
	bool		nulls[2] = {false, version == 0};

	values[0] = CStringGetTextDatum(release);
	values[1] = Int64GetDatum(version);
	tuplestore_putvalues(search->result->setResult, search->result->setDesc, values, nulls);
}

/* ---------- what the value may mean ---------- */

/* History of the source as it is numbered here, or was while its releases are there; by its name, what its owner of today has released. */
#define HISTORY_OF_SOURCE \
	"(h.source = $1 AND h.binding = $2" \
	" OR EXISTS (SELECT FROM privrelease.release AS r WHERE r.id = h.release AND r.source = $1 AND r.binding = $2)" \
	" OR ((h.source_schema, h.source_name) = ($3::name, $4::name)" \
	" AND (h.binding <> $2 OR NOT EXISTS (SELECT FROM pg_catalog.pg_class AS c WHERE c.oid = h.source))" \
	" AND NOT EXISTS (SELECT FROM privrelease.version AS o WHERE o.release = h.release AND o.source_owner <> $5::name)))"

static PrArgs
source_args(Relation rel)
{
	PrArgs		args = {0};

	pr_arg_oid(&args, RelationGetRelid(rel));
	pr_arg_text(&args, pr_this_binding());
	pr_arg_text(&args, get_namespace_name(RelationGetNamespace(rel)));
	pr_arg_text(&args, RelationGetRelationName(rel));
	pr_arg_text(&args, GetUserNameFromId(rel->rd_rel->relowner, false));
	return args;
}

/* Columns by which releases of the source tell persons apart, or did. */
static List *
subjects_of(Relation rel)
{
	PrArgs		args = source_args(rel);
	List	   *subjects = NIL;
	uint64		rows;

	rows = pr_catalog_run("SELECT DISTINCT a.attname, a.attnum FROM pg_catalog.pg_attribute AS a"
						  " WHERE a.attrelid = $1 AND NOT a.attisdropped AND (EXISTS (SELECT FROM privrelease.release AS r"
						  " WHERE r.source = $1 AND r.binding = $2 AND r.subject_attnum = a.attnum)"
						  " OR EXISTS (SELECT FROM privrelease.history AS h WHERE h.subject = a.attname AND " HISTORY_OF_SOURCE "))"
						  " ORDER BY a.attnum", &args);
	for (uint64 row = 0; row < rows; row++)
	{
		PrSubject  *subject = palloc0(sizeof(PrSubject));

		subject->name = pr_spi_text(row, 1);
		subject->attnum = pr_spi_int(row, 2, NULL);
		subjects = lappend(subjects, subject);
	}
	return subjects;
}

static void
find_guises(Search *search)
{
	List	   *subjects = subjects_of(search->rel);
	ListCell   *cell;

	if (subjects == NIL)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("no release of %s tells one person from another", pr_relation_label(RelationGetRelid(search->rel))),
				 errhint("Declare one with a subject: SELECT privrelease.create_release('schema.name', '%s', subject => 'column');",
						 pr_relation_label(RelationGetRelid(search->rel)))));
	foreach(cell, subjects)
	{
		Guise	   *guise = palloc(sizeof(Guise));

		guise->subject = *(PrSubject *) lfirst(cell);
		guise->subject.type = pr_column_type(search->rel, guise->subject.attnum);
		if (pr_type_canonical(getBaseType(get_atttype(RelationGetRelid(search->rel), guise->subject.attnum))) &&
			pr_person_value(RelationGetRelid(search->rel), &guise->subject, search->text, &guise->value, &guise->type))
			search->guises = lappend(search->guises, guise);
	}
	if (search->guises == NIL)
	{
		Guise		wanted = {.subject = *(PrSubject *) linitial(subjects)};

		wanted.subject.type = pr_column_type(search->rel, wanted.subject.attnum);
		pr_person_refuse_value(&wanted.subject);
	}
}

/* ---------- versions of tables ---------- */

typedef struct Past
{
	int32		release;
	PrDomain	domain;
	char	   *subject;		/* NULL: not known */
} Past;

static List *
pasts_of(Relation rel)
{
	PrArgs		args = source_args(rel);
	List	   *pasts = NIL;
	uint64		rows;

	rows = pr_catalog_run("SELECT h.release, h.domain, h.key, h.key_version,"
						  " coalesce((SELECT a.attname FROM privrelease.release AS r JOIN pg_catalog.pg_attribute AS a"
						  " ON a.attrelid = $1 AND a.attnum = r.subject_attnum WHERE r.id = h.release AND r.source = $1 AND r.binding = $2),"
						  " h.subject) FROM privrelease.history AS h WHERE " HISTORY_OF_SOURCE " ORDER BY h.release", &args);
	for (uint64 row = 0; row < rows; row++)
	{
		Past	   *past = palloc(sizeof(Past));

		past->release = pr_spi_int(row, 1, NULL);
		past->domain.domain = pr_spi_text(row, 2);
		past->domain.key = pr_spi_int(row, 3, NULL);
		past->domain.key_version = pr_spi_int(row, 4, NULL);
		past->subject = pr_spi_text(row, 5);
		pasts = lappend(pasts, past);
	}
	return pasts;
}

static void
put_versions(Search *search, const Past *past, const Guise *guise)
{
	PrArgs		args = {0};
	uint64		rows;

	pr_arg_int4(&args, past->release);
	pr_arg(&args, UUIDOID, pr_person_digest("subject_digest", &past->domain, guise->value, guise->type));
	rows = pr_catalog_run("SELECT DISTINCT pg_catalog.format('%I.%I', v.release_schema, v.release_name), v.version"
						  " FROM privrelease.version_subject AS s JOIN privrelease.version_person AS p ON p.release = s.release"
						  " AND p.version >= s.first_version AND p.version <= coalesce(s.last_version, p.version)"
						  " JOIN privrelease.version AS v ON v.release = p.release AND v.version = p.version"
						  " WHERE s.release = $1 AND s.subject = $2 ORDER BY 1, 2", &args);
	for (uint64 row = 0; row < rows; row++)
		put(search, pr_spi_text(row, 1), pr_spi_int(row, 2, NULL));
}

static void
search_versions(Search *search)
{
	ListCell   *cell;
	ListCell   *other;

	foreach(cell, pasts_of(search->rel))
	{
		const Past *past = lfirst(cell);

		foreach(other, search->guises)
		{
			const Guise *guise = lfirst(other);

			CHECK_FOR_INTERRUPTS();
			if (past->subject == NULL || strcmp(past->subject, guise->subject.name) == 0)
				put_versions(search, past, guise);
		}
	}
}

/* ---------- views ---------- */

/* Is the person in the source, and has not objected to the release? */
static bool
shows(Search *search, PrRelease *release, const Guise *guise)
{
	PrCapabilities capabilities = {0};
	PrArgs	   *args = &capabilities.args;
	PrIdentity	saved;
	char	   *sql;
	bool		found;

	release->capabilities = &capabilities;
	pr_arg(args, guise->type, guise->value);
	sql = psprintf("SELECT 1 FROM %s AS s%s WHERE s.%s OPERATOR(pg_catalog.=) $1 LIMIT 1", pr_relation_label(release->source),
				   pr_objection_join(release), quote_identifier(guise->subject.name));
	pr_read_as_owner(release->source, &saved);
	found = pr_spi(sql, args) > 0;
	pr_restore_identity(&saved);
	release->capabilities = NULL;
	return found;
}

static List *
views_of(Relation rel)
{
	PrArgs		args = source_args(rel);
	List	   *names = NIL;
	uint64		rows;

	rows = pr_catalog_run("SELECT pg_catalog.format('%I.%I', release_schema, release_name) FROM privrelease.release"
						  " WHERE source = $1 AND binding = $2 AND kind = 'view' AND view IS NOT NULL AND state <> 'withdrawn'"
						  " AND subject IS NOT NULL ORDER BY 1", &args);
	for (uint64 row = 0; row < rows; row++)
		names = lappend(names, pr_spi_text(row, 1));
	return names;
}

static void
search_views(Search *search)
{
	ListCell   *cell;
	ListCell   *other;

	foreach(cell, views_of(search->rel))
	{
		PrRelease  *release = pr_release_to_read(lfirst(cell));

		pr_bind_subject(release, search->rel);
		release->source_schema = get_namespace_name(RelationGetNamespace(search->rel));
		release->source_name = RelationGetRelationName(search->rel);
		foreach(other, search->guises)
		{
			const Guise *guise = lfirst(other);

			if (guise->subject.attnum == release->subject_attnum && shows(search, release, guise))
				put(search, release->label, 0);
		}
	}
}

Datum
privrelease_whereabouts(PG_FUNCTION_ARGS)
{
	Search		search = {0};

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("source and subject_value of %s must not be null", "whereabouts()")));
	InitMaterializedSRF(fcinfo, 0);
	search.result = (ReturnSetInfo *) fcinfo->resultinfo;
	search.text = text_to_cstring(PG_GETARG_TEXT_PP(1));
	pr_begin();
	search.rel = pr_open_source(PG_GETARG_OID(0));
	pr_require_owner(RelationGetRelid(search.rel));
	find_guises(&search);
	search_versions(&search);
	search_views(&search);
	table_close(search.rel, NoLock);
	pr_end();
	return (Datum) 0;
}
