/*
 * pr_table_index.c
 *		create_index(): indexes of release tables, which are the release role's and
 *		so nobody else's to make.
 *
 * An index is on plain columns, so that no code of users is in it; it stays
 * through refreshes, and is made anew where one of its columns is (pr_table.c).
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "common/pr_compat.h"
#include "common/pr_error.h"
#include "common/pr_event.h"
#include "release/pr_table.h"

PG_FUNCTION_INFO_V1(privrelease_create_index);

static void
require_table(const PrRelease *release)
{
	if (!release->is_table)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("release %s is a view, which has no indexes", release->label),
				 errhint("Filters on its columns use the indexes of the source; index that.")));
	if (!OidIsValid(release->view) || get_rel_relkind(release->view) != RELKIND_RELATION)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("release %s is not refreshed", release->label),
				 errhint("SELECT privrelease.refresh(%s);", quote_literal_cstr(release->label))));
	pr_pin_schema(get_rel_namespace(release->view), release->schema);
	pr_table_require(release);
}

static void
require_column(const PrRelease *release, const char *column)
{
	AttrNumber	attnum = get_attnum(release->view, column);

	if (attnum <= 0)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("release %s has no column \"%s\"", release->label, column),
				 errhint("A rule that was set after the last refresh shows with the next one.")));
}

/* The list of columns, quoted, and as numbers. */
static char *
index_columns(const PrRelease *release, ArrayType *names, char **numbers)
{
	Datum	   *elements;
	bool	   *nulls;
	int			n;
	StringInfoData list;
	StringInfoData attnums;

	deconstruct_array(names, NAMEOID, NAMEDATALEN, false, TYPALIGN_CHAR, &elements, &nulls, &n);
	if (n == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("an index needs at least one column"),
				 errhint("SELECT privrelease.create_index(%s, 'column');", quote_literal_cstr(release->label))));
	initStringInfo(&list);
	initStringInfo(&attnums);
	for (int i = 0; i < n; i++)
	{
		char	   *name;

		if (nulls[i])
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("a column name must not be null")));
		name = NameStr(*DatumGetName(elements[i]));
		require_column(release, name);
		appendStringInfo(&list, "%s%s", i > 0 ? ", " : "", quote_identifier(name));
		appendStringInfo(&attnums, "%s%d", i > 0 ? " " : "", get_attnum(release->view, name));
	}
	*numbers = attnums.data;
	return list.data;
}

static bool
has_index(const PrRelease *release, const char *numbers)
{
	PrArgs		args = {0};

	pr_arg_oid(&args, release->view);
	pr_arg_text(&args, numbers);
	return pr_catalog_run("SELECT 1 FROM pg_catalog.pg_index WHERE indrelid = $1 AND indkey::text = $2 AND indisvalid LIMIT 1",
						  &args) > 0;
}

Datum
privrelease_create_index(PG_FUNCTION_ARGS)
{
	PrRelease  *release;
	char	   *columns;
	char	   *numbers;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("release and column_names must not be null")));
	pr_begin_to_write("create_index()");
	release = pr_release_for_owner(text_to_cstring(PG_GETARG_TEXT_PP(0)));
	require_table(release);
	columns = index_columns(release, PG_GETARG_ARRAYTYPE_P(1), &numbers);
	if (has_index(release, numbers))
		ereport(NOTICE,
				(errmsg("release %s has an index on (%s) already", release->label, columns)));
	else
	{
		pr_ddl(psprintf("CREATE INDEX ON %s (%s)", release->label, columns));
		pr_event("create_index", release->label, "column_names", columns, NULL);
	}
	pr_end();
	PG_RETURN_VOID();
}
