/*
 * pr_release.c
 *		Names, binding and loading of declared releases.
 *
 * Every entry point of the release modules has one shape: pr_begin(); find the
 * release with pr_release_for_owner(), which refuses everybody but the owner
 * of its source and locks the declaration; work; pr_end().  Reading the
 * catalogue tables needs elevation, because no role has a right on them.
 *
 * A declaration is bound to one database by its system identifier and OID.  In
 * any other database, where a dump was restored, its OIDs mean nothing, so it
 * is unbound there and nothing but rebind() and drop_release() touches it.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/xact.h"
#include "access/xlog.h"
#include "catalog/namespace.h"
#include "executor/spi.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"
#include "utils/varlena.h"

#include "catalog/pr_catalog.h"
#include "common/pr_compat.h"
#include "common/pr_error.h"
#include "common/pr_installed.h"
#include "release/pr_registry.h"
#include "release/pr_release.h"

#define RELEASE_COLUMNS \
	"id, release_schema, release_name, binding, source, source_kind, source_schema, source_name, " \
	"subject, subject_attnum, subject_type, purpose, derive_quals, release_role, state, view, declared_by, source_owner, role_oid, source_owner_oid, " \
	"kind, model, version, row_key, row_key_version, " \
	"draft, suspended, declaration, coalesce(approval, 0), published_digest, published_model, published_purpose, published_derive_quals"

/*
 * Names are written, compared and logged in one spelling, however the caller likes to see them.  Until the end of the SQL
 * function, or of the transaction.
 */
static void
quote_as_needed(void)
{
	if (quote_all_identifiers)
		(void) set_config_option("quote_all_identifiers", "off", PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
}

void
pr_begin(void)
{
	pr_require_same_version();
	quote_as_needed();
	SPI_connect();
}

void
pr_begin_to_write(const char *function)
{
	pr_require_writable(function);
	pr_begin();
}

void
pr_end(void)
{
	SPI_finish();
}

Datum
pr_end_text(const char *value)
{
	int			len = strlen(value);
	text	   *result = SPI_palloc(len + VARHDRSZ);

	SET_VARSIZE(result, len + VARHDRSZ);
	memcpy(VARDATA(result), value, len);
	SPI_finish();
	return PointerGetDatum(result);
}

/* A statement on our own tables. */
uint64
pr_catalog_run(const char *sql, PrArgs *args)
{
	PrIdentity	saved;
	uint64		rows;

	pr_elevate(&saved);
	rows = pr_spi(sql, args);
	pr_restore_identity(&saved);
	return rows;
}

/*
 * A look at our tables, and at PostgreSQL's, as they are now, whatever snapshot
 * the transaction has.  For what decides whether something is shown: an old
 * snapshot would tell what a source and a duty were.  And with one, a row of
 * pg_attribute that another transaction has changed since, and this one after
 * it, is there twice.
 */
uint64
pr_catalog_look(const char *sql, PrArgs *args)
{
	PrIdentity	saved;
	int			rc;

	pr_elevate(&saved);
	CommandCounterIncrement();
	PushActiveSnapshot(GetLatestSnapshot());
	rc = SPI_execute_with_args(sql, args->n, args->types, args->values, args->nulls, true, 0);
	PopActiveSnapshot();
	pr_restore_identity(&saved);
	if (rc < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR),
				 errmsg_internal("statement on the privrelease catalogue failed: %s", SPI_result_code_string(rc))));
	return SPI_processed;
}

/* DDL of a build, with our rights.  The text holds quoted identifiers and literals only. */
static bool ddl_is_ours = false;

void
pr_ddl(const char *sql)
{
	const bool	outer = ddl_is_ours;

	ddl_is_ours = true;
	PG_TRY();
	{
		pr_catalog_run(sql, NULL);
	}
	PG_FINALLY();
	{
		ddl_is_ours = outer;
	}
	PG_END_TRY();
}

bool
pr_ddl_is_ours(void)
{
	return ddl_is_ours;
}

const char *
pr_caller_name(void)
{
	return GetUserNameFromId(GetUserId(), false);
}

/* The first column of what a statement on our tables gives. */
List *
pr_catalog_texts(const char *sql, PrArgs *args)
{
	uint64		rows = pr_catalog_run(sql, args);
	List	   *texts = NIL;

	for (uint64 row = 0; row < rows; row++)
		texts = lappend(texts, pr_spi_text(row, 1));
	return texts;
}

/* With commas between them. */
char *
pr_join_texts(List *texts)
{
	StringInfoData out;
	ListCell   *cell;

	initStringInfo(&out);
	foreach(cell, texts)
		appendStringInfo(&out, "%s%s", foreach_current_index(cell) > 0 ? ", " : "", (char *) lfirst(cell));
	return out.data;
}

char *
pr_relation_label(Oid relid)
{
	return quote_qualified_identifier(get_namespace_name(get_rel_namespace(relid)), get_rel_name(relid));
}

/* SplitIdentifierString() truncates without a word, and would then name another relation. */
static bool
was_truncated(const char *raw, const char *schema, const char *name)
{
	size_t		quotes = 0;

	for (const char *c = raw; *c; c++)
		quotes += (*c == '"');
	return (strlen(schema) == NAMEDATALEN - 1 || strlen(name) == NAMEDATALEN - 1) &&
		strlen(raw) - quotes > strlen(schema) + strlen(name) + 1;
}

/*
 * Split the name of a release.  It must name its schema, since the caller's
 * search_path is not ours to rely on.
 */
void
pr_parse_release_name(const char *release, char **schema, char **name)
{
	List	   *names;

	if (!SplitIdentifierString(pstrdup(release), '.', &names) || list_length(names) != 2)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_NAME),
				 errmsg("release name \"%s\" is not of the form schema.name", release),
				 errhint("Name the release by where it appears, for example 'open.residents'.")));
	*schema = linitial(names);
	*name = lsecond(names);

	if (was_truncated(release, *schema, *name))
		ereport(ERROR,
				(errcode(ERRCODE_NAME_TOO_LONG),
				 errmsg("release name is too long"),
				 errhint("Use at most %d bytes for the schema and for the name.", NAMEDATALEN - 1)));
}

/* The release's role under the name that it has today, where its OID means anything. */
static void
follow_renamed_role(PrRelease *release)
{
	char	   *name;

	if (strcmp(release->binding, pr_this_binding()) != 0)
		return;
	name = GetUserNameFromId(release->role_oid, true);
	if (name != NULL)
		release->role = name;
}

static Jsonb *
jsonb_of(uint64 row, int col)
{
	bool		isnull;
	Datum		value = pr_spi_datum(row, col, &isnull);

	return isnull ? NULL : DatumGetJsonbPCopy(value);
}

/* What release tables have besides. */
static void
table_from_row(PrRelease *release, uint64 row)
{
	release->is_table = strcmp(pr_spi_text(row, 21), "table") == 0;
	release->model = jsonb_of(row, 22);
	release->version = pr_spi_int(row, 23, NULL);
	release->row_key = pr_spi_int(row, 24, NULL);
	release->row_key_version = pr_spi_int(row, 25, NULL);
}

/* What was decided, and what was published. */
static void
lifecycle_from_row(PrRelease *release, uint64 row)
{
	const char *derive_quals = pr_spi_text(row, 33);

	release->draft = pr_spi_text(row, 26);
	release->suspended = pr_spi_text(row, 27)[0] == 't';
	release->declaration = pr_spi_text(row, 28);
	release->approval = pr_spi_int(row, 29, NULL);
	release->published_digest = pr_spi_text(row, 30);
	release->published_model = jsonb_of(row, 31);
	release->published_purpose = pr_spi_text(row, 32);
	release->published_derive_quals = derive_quals != NULL && derive_quals[0] == 't';
}

static PrRelease *
release_from_row(uint64 row)
{
	PrRelease  *release = palloc0(sizeof(PrRelease));

	release->id = pr_spi_int(row, 1, NULL);
	release->schema = pr_spi_text(row, 2);
	release->name = pr_spi_text(row, 3);
	release->label = quote_qualified_identifier(release->schema, release->name);
	release->binding = pr_spi_text(row, 4);
	release->source = (Oid) pr_spi_int(row, 5, NULL);
	release->source_kind = pr_spi_text(row, 6)[0];
	release->source_schema = pr_spi_text(row, 7);
	release->source_name = pr_spi_text(row, 8);
	release->subject = pr_spi_text(row, 9);
	release->subject_attnum = pr_spi_int(row, 10, NULL);
	release->subject_type = pr_spi_text(row, 11);
	release->purpose = pr_spi_text(row, 12);
	release->derive_quals = pr_spi_text(row, 13)[0] == 't';
	release->role = pr_spi_text(row, 14);
	release->state = pr_spi_text(row, 15);
	release->view = (Oid) pr_spi_int(row, 16, NULL);
	release->declared_by = pr_spi_text(row, 17);
	release->source_owner = pr_spi_text(row, 18);
	release->role_oid = (Oid) pr_spi_int(row, 19, NULL);
	release->source_owner_oid = (Oid) pr_spi_int(row, 20, NULL);
	table_from_row(release, row);
	lifecycle_from_row(release, row);
	follow_renamed_role(release);
	return release;
}

/* The release of that name, its row locked if it may be changed; NULL if there is none. */
static PrRelease *
lookup(const char *release, bool to_change)
{
	char	   *schema;
	char	   *name;
	PrArgs		args = {0};

	pr_parse_release_name(release, &schema, &name);
	pr_arg_text(&args, schema);
	pr_arg_text(&args, name);
	if (pr_catalog_run(psprintf("SELECT " RELEASE_COLUMNS " FROM privrelease.release"
								" WHERE release_schema = $1::name AND release_name = $2::name%s",
								to_change ? " FOR UPDATE" : ""), &args) == 0)
		return NULL;
	return release_from_row(0);
}

PrRelease *
pr_release_lookup(const char *name)
{
	return lookup(name, true);
}

static PrRelease *
find(const char *name, bool to_change)
{
	PrRelease  *release = lookup(name, to_change);

	if (release == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("release %s does not exist", name),
				 errhint("SELECT privrelease.create_release(%s, 'schema.table');", quote_literal_cstr(name))));
	return release;
}

PrRelease *
pr_release_find(const char *name)
{
	return find(name, true);
}

/* The release, whoever asks: not for what only its source's owner may see. */
PrRelease *
pr_release_find_to_read(const char *name)
{
	return find(name, false);
}

/* All releases, in the order of their names; locking them is for superusers. */
List *
pr_all_releases(bool to_change)
{
	uint64		rows = pr_catalog_run(psprintf("SELECT " RELEASE_COLUMNS " FROM privrelease.release"
											   " ORDER BY release_schema, release_name%s", to_change ? " FOR UPDATE" : ""), NULL);
	List	   *releases = NIL;

	for (uint64 row = 0; row < rows; row++)
		releases = lappend(releases, release_from_row(row));
	return releases;
}

void
pr_require_owner(Oid relid)
{
	if (!pr_owns_relation(relid, GetUserId()))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("must be owner of %s", pr_relation_label(relid)),
				 errhint("Only the owner of a source declares and inspects its releases.")));
}

void
pr_require_bound(const PrRelease *release)
{
	if (strcmp(release->binding, pr_this_binding()) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_PR_UNBOUND),
				 errmsg("release %s was declared in another database and is unbound here", release->label),
				 errhint("SELECT * FROM privrelease.rebind();")));
}

static void
require_source_exists(const PrRelease *release)
{
	if (get_rel_relkind(release->source) != release->source_kind)
		ereport(ERROR,
				(errcode(ERRCODE_PR_STALE),
				 errmsg("source %s of release %s no longer exists as it was declared",
						quote_qualified_identifier(release->source_schema, release->source_name), release->label),
				 errdetail("A table of that name that was created later is another table."),
				 errhint("SELECT privrelease.drop_release(%s); or, to bind to the new table, SELECT * FROM privrelease.rebind();",
						 quote_literal_cstr(release->label))));
}

static PrRelease *
require_owner_of_source(PrRelease *release)
{
	pr_require_bound(release);
	require_source_exists(release);
	pr_require_owner(release->source);
	return release;
}

/* The release, locked, for somebody who may change it: its source's owner. */
PrRelease *
pr_release_for_owner(const char *name)
{
	return require_owner_of_source(find(name, true));
}

/* The same for looking at it, which needs no lock and works in a read-only transaction. */
PrRelease *
pr_release_to_read(const char *name)
{
	return require_owner_of_source(find(name, false));
}

/* In another database the view's OID may be anybody's; there the view is the one of the release's name, if it is one. */
static void
find_view_by_name(PrRelease *release)
{
	Oid			schema = get_namespace_oid(release->schema, true);

	if (strcmp(release->binding, pr_this_binding()) == 0)
		return;
	release->view = OidIsValid(schema) ? get_relname_relid(release->name, schema) : InvalidOid;
	if (!OidIsValid(release->view) || !pr_relation_is_of(release->view, release))
		release->view = InvalidOid;
}

/* Where the source is gone, its release is left to whoever declared it. */
static void
require_declarer(const PrRelease *release)
{
	Oid			declarer = get_role_oid(release->declared_by, true);

	if (!OidIsValid(declarer) || !has_privs_of_role(GetUserId(), declarer))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("source of release %s no longer exists, and another role declared the release", release->label),
				 errhint("Ask a superuser to drop the release.")));
}

static PrRelease *
for_drop(PrRelease *release)
{
	if (superuser())
	{
		find_view_by_name(release);
		return release;
	}
	pr_require_bound(release);
	if (OidIsValid(get_rel_namespace(release->source)))
		pr_require_owner(release->source);
	else
		require_declarer(release);
	return release;
}

/* For drop_release(), which must also work where the source or the binding is gone. */
PrRelease *
pr_release_for_drop(const char *name)
{
	return for_drop(find(name, true));
}

/* For drift(), which tells that the source is gone. */
PrRelease *
pr_release_for_drift(const char *name)
{
	PrRelease  *release = for_drop(find(name, false));

	pr_require_bound(release);
	return release;
}

/* One column of a row, a text[], as a list of strings. */
static List *
spi_array(uint64 row, int col)
{
	bool		isnull;
	Datum		value = pr_spi_datum(row, col, &isnull);
	Datum	   *elements;
	bool	   *nulls;
	int			n;
	List	   *result = NIL;

	deconstruct_array(DatumGetArrayTypeP(value), TEXTOID, -1, false, TYPALIGN_INT, &elements, &nulls, &n);
	for (int i = 0; i < n; i++)
		result = lappend(result, TextDatumGetCString(elements[i]));
	return result;
}

PrRule *
pr_rule_from_row(uint64 row)
{
	PrRule	   *rule = palloc0(sizeof(PrRule));
	bool		isnull;
	List	   *attnums = spi_array(row, 11);
	List	   *names = spi_array(row, 12);
	List	   *types = spi_array(row, 13);

	rule->output_name = pr_spi_text(row, 1);
	rule->attnum = pr_spi_int(row, 2, NULL);
	rule->column_name = pr_spi_text(row, 3);
	rule->column_type = pr_spi_text(row, 4);
	rule->transform = pr_transform_find(pr_spi_text(row, 5));
	rule->params = DatumGetJsonbPCopy(pr_spi_datum(row, 6, &isnull));
	rule->domain = pr_spi_text(row, 7);
	rule->key = pr_spi_int(row, 8, NULL);
	rule->key_version = pr_spi_int(row, 9, NULL);
	rule->dictionary = pr_spi_int(row, 10, NULL);
	rule->domain_shared = pr_spi_text(row, 14)[0] == 't';
	rule->draw = pr_spi_text(row, 15);
	rule->quantile_bottom = pr_spi_text(row, 16);
	rule->quantile_top = pr_spi_text(row, 17);
	for (int i = 0; i < list_length(attnums); i++)
	{
		PrColumn   *column = palloc(sizeof(PrColumn));

		column->attnum = atoi(list_nth(attnums, i));
		column->name = list_nth(names, i);
		column->type = list_nth(types, i);
		rule->used = lappend(rule->used, column);
	}
	return rule;
}

/* All rules in the order of the release's columns. */
List *
pr_release_rules(const PrRelease *release)
{
	PrArgs		args = {0};
	List	   *rules = NIL;
	uint64		rows;

	pr_arg_int4(&args, release->id);
	rows = pr_catalog_run(psprintf("SELECT output_name, attnum, column_name, column_type, transform, params, domain, key,"
								   " key_version, dictionary, used_attnums::text[], used_columns::text[], used_types, domain_shared, draw,"
								   " quantile_bottom, quantile_top FROM %s WHERE release = $1 ORDER BY position",
								   pr_rule_table(release)), &args);
	for (uint64 row = 0; row < rows; row++)
		rules = lappend(rules, pr_rule_from_row(row));
	return rules;
}

/*
 * Become the role that reads the source: its owner, restricted, so that code
 * planted in the source runs with no more rights than its owner has.
 */
void
pr_read_as_owner(Oid source, PrIdentity *saved)
{
	pr_become(pr_relation_owner(source), saved);
}
