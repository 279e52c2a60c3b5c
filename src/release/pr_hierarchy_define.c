/*
 * pr_hierarchy_define.c
 *		SQL functions create_hierarchy and load_hierarchy.
 *
 * Anybody may define a hierarchy; it is his who made it.  A table is read with
 * the caller's own rights in a security-restricted operation, and for a
 * superuser with those of the table's owner, so that a view, cast or policy
 * that somebody planted gains nothing.
 */
#include "postgres.h"

#include "access/relation.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "catalog/pr_hierarchy.h"
#include "common/pr_compat.h"
#include "common/pr_event.h"
#include "common/pr_number_text.h"
#include "common/pr_session.h"
#include "release/pr_hierarchy_rows.h"
#include "release/pr_lifecycle.h"

PG_FUNCTION_INFO_V1(privrelease_create_hierarchy);
PG_FUNCTION_INFO_V1(privrelease_load_hierarchy);

static char *
checked_name(text *name)
{
	char	   *result = text_to_cstring(name);

	if (result[0] == '\0' || strlen(result) > PR_HIERARCHY_MAX_NAME)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("name of a hierarchy must have 1 to %d bytes", PR_HIERARCHY_MAX_NAME),
				 errhint("Choose another name.")));
	return result;
}

/* ---------- from an array ---------- */

static void
rows_from_array(PrHierarchyRows *rows, ArrayType *array)
{
	Datum	   *labels;
	bool	   *nulls;
	int			n;

	if (ARR_NDIM(array) != 2 && ARR_NDIM(array) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("rows of hierarchy \"%s\" must be an array of two dimensions", rows->name),
				 errhint("For example ARRAY[['39', '30-39', '*'], ['40', '40-49', '*']].")));
	rows->source = NULL;
	rows->nrows = ARR_NDIM(array) == 0 ? 0 : ARR_DIMS(array)[0];
	rows->ncols = ARR_NDIM(array) == 0 ? 0 : ARR_DIMS(array)[1];
	deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &labels, &nulls, &n);
	rows->cells = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(char *) * (Size) Max(n, 1));
	for (int i = 0; i < n; i++)
		rows->cells[i] = nulls[i] ? NULL : TextDatumGetCString(labels[i]);
}

/* Stores it, and says so; of its labels, which may be values of a source, their number. */
static void
store(const PrHierarchyRows *rows, const char *event)
{
	pr_hierarchy_rows_store(rows, GetUserId());
	SPI_connect();
	pr_remember_editors_of_hierarchy(rows->name);
	pr_event(event, NULL, "hierarchy", rows->name, "source", rows->source, PR_EVENT_JSON("levels"), psprintf("%d", rows->ncols - 1),
			 PR_EVENT_JSON("leaves"), psprintf("%d", rows->nrows), NULL);
	SPI_finish();
}

/* create_hierarchy(hierarchy text, rows text[]) */
Datum
privrelease_create_hierarchy(PG_FUNCTION_ARGS)
{
	PrHierarchyRows rows = {0};

	pr_require_writable("create_hierarchy()");
	rows.name = checked_name(PG_GETARG_TEXT_PP(0));
	rows_from_array(&rows, PG_GETARG_ARRAYTYPE_P(1));
	pr_hierarchy_rows_check(&rows);
	store(&rows, "create_hierarchy");
	PG_RETURN_VOID();
}

/* ---------- from a table ---------- */

static void
check_relkind(Relation rel)
{
	switch (rel->rd_rel->relkind)
	{
		case RELKIND_RELATION:
		case RELKIND_PARTITIONED_TABLE:
		case RELKIND_FOREIGN_TABLE:
		case RELKIND_VIEW:
		case RELKIND_MATVIEW:
			return;
		default:
			ereport(ERROR,
					(errcode(ERRCODE_WRONG_OBJECT_TYPE),
					 errmsg("\"%s\" is not a table or view", RelationGetRelationName(rel)),
					 errhint("Give a table whose columns are the levels in order.")));
	}
}

/*
 * SELECT of all columns in order: numbers as they are, for they get their
 * canonical text here, anything else as text.
 */
static char *
select_of(Relation rel, int *ncols)
{
	TupleDesc	desc = RelationGetDescr(rel);
	StringInfoData sql;

	initStringInfo(&sql);
	appendStringInfoString(&sql, "SELECT ");
	*ncols = 0;
	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(desc, i);

		if (att->attisdropped)
			continue;
		appendStringInfo(&sql, "%s%s%s", *ncols > 0 ? ", " : "", quote_identifier(NameStr(att->attname)),
						 pr_is_number(getBaseType(att->atttypid)) ? "" : "::pg_catalog.text");
		(*ncols)++;
	}
	appendStringInfo(&sql, " FROM %s",
					 quote_qualified_identifier(get_namespace_name(RelationGetNamespace(rel)),
												RelationGetRelationName(rel)));
	return sql.data;
}

/* A field of SPI_tuptable as text in context; NULL for SQL NULL. */
static char *
fetched_cell(uint64 row, int col, MemoryContext context)
{
	TupleDesc	desc = SPI_tuptable->tupdesc;
	Oid			type = getBaseType(SPI_gettypeid(desc, col));
	MemoryContext caller = MemoryContextSwitchTo(context);
	bool		null;
	Datum		value = SPI_getbinval(SPI_tuptable->vals[row], desc, col, &null);
	char	   *result = null ? NULL : pr_is_number(type) ? pr_number_text(value, type, NULL) : TextDatumGetCString(value);

	MemoryContextSwitchTo(caller);
	return result;
}

static void
rows_from_query(PrHierarchyRows *rows, const char *sql)
{
	MemoryContext context = CurrentMemoryContext;

	SPI_connect();
	/* One row more than allowed is enough to refuse. */
	if (SPI_execute(sql, true, PR_HIERARCHY_MAX_LEAVES + 1) != SPI_OK_SELECT)
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR),
				 errmsg_internal("could not read the rows of a hierarchy")));
	rows->nrows = (int) SPI_processed;
	rows->cells = MemoryContextAllocHuge(context, sizeof(char *) * Max((Size) rows->nrows * rows->ncols, 1));
	for (int row = 0; row < rows->nrows; row++)
	{
		CHECK_FOR_INTERRUPTS();
		for (int col = 0; col < rows->ncols; col++)
			rows->cells[(Size) row * rows->ncols + col] = fetched_cell(row, col + 1, context);
	}
	SPI_finish();
}

static void
rows_from_relation(PrHierarchyRows *rows, Relation rel)
{
	Oid			reader = superuser() ? rel->rd_rel->relowner : GetUserId();
	char	   *sql;
	PrIdentity	saved;

	check_relkind(rel);
	sql = select_of(rel, &rows->ncols);
	rows->source = quote_qualified_identifier(get_namespace_name(RelationGetNamespace(rel)),
											  RelationGetRelationName(rel));
	if (rows->ncols > PR_HIERARCHY_MAX_LEVELS + 1)
		return;					/* the check refuses it, unread */
	pr_become(reader, &saved);
	rows_from_query(rows, sql);
	pr_restore_identity(&saved);
}

/* load_hierarchy(hierarchy text, source regclass) */
Datum
privrelease_load_hierarchy(PG_FUNCTION_ARGS)
{
	PrHierarchyRows rows = {0};
	Relation	rel;

	pr_require_writable("load_hierarchy()");
	rows.name = checked_name(PG_GETARG_TEXT_PP(0));
	rel = relation_open(PG_GETARG_OID(1), AccessShareLock);
	rows_from_relation(&rows, rel);
	relation_close(rel, NoLock);
	pr_hierarchy_rows_check(&rows);
	store(&rows, "load_hierarchy");
	PG_RETURN_VOID();
}
