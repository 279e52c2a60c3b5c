/*
 * pr_rows.c
 *		export_csv(), and the lines that it and the digest of a file are made of.
 *
 * The order of the lines must say nothing of the source.  A release table has
 * the keyed-random order of release_row; a view has none of its own, so that its
 * rows are sorted by all that they show, and after that by how it looks: values
 * that are equal can look different (1.0 and 1.00), and their physical order
 * would be seen.
 *
 * One row is in memory at a time, besides what a cursor has fetched; lines go to
 * a tuplestore, which is a temporary file above work_mem.
 */
#include "postgres.h"

#include "access/table.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "funcapi.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/tuplestore.h"
#include "utils/typcache.h"

#include "common/pr_compat.h"
#include "portal/pr_portal.h"
#include "release/pr_table.h"

#define ROWS_AT_ONCE 500

PG_FUNCTION_INFO_V1(privrelease_export_csv);

/* ---------- the query ---------- */

/* Types whose equal values look the same. */
static bool
looks_as_it_is(Oid type)
{
	switch (type)
	{
		case BOOLOID:
		case CHAROID:
		case INT2OID:
		case INT4OID:
		case INT8OID:
		case OIDOID:
		case NAMEOID:
		case TEXTOID:
		case VARCHAROID:
		case BYTEAOID:
		case UUIDOID:
		case DATEOID:
		case TIMEOID:
		case TIMESTAMPOID:
		case TIMESTAMPTZOID:
			return true;
		default:
			return get_typtype(type) == TYPTYPE_ENUM;
	}
}

static void
append_key(StringInfo out, const char *expression, bool collate)
{
	appendStringInfo(out, "%s%s%s", out->len > 0 ? ", " : "", expression, collate ? " COLLATE pg_catalog.\"C\"" : "");
}

static void
append_order(const PrCsvColumn *column, StringInfo by_value, StringInfo by_look)
{
	const char *name = psprintf("r.%s", quote_identifier(column->name));

	if (OidIsValid(lookup_type_cache(column->type, TYPECACHE_LT_OPR)->lt_opr))
		append_key(by_value, name, type_is_collatable(column->type));
	/* concat() writes a value by its output function; a cast to text may be somebody's own. */
	if (!looks_as_it_is(column->type))
		append_key(by_look, psprintf("pg_catalog.concat(%s)", name), true);
}

static char *
query(const PrPortal *portal)
{
	StringInfoData list;
	StringInfoData by_value;
	StringInfoData by_look;

	initStringInfo(&list);
	initStringInfo(&by_value);
	initStringInfo(&by_look);
	for (int i = 0; i < portal->csv.n; i++)
	{
		append_key(&list, psprintf("r.%s", quote_identifier(portal->csv.columns[i].name)), false);
		if (!portal->release->is_table)
			append_order(&portal->csv.columns[i], &by_value, &by_look);
	}
	if (portal->release->is_table)
		append_key(&by_value, "r." PR_RELEASE_ROW, false);
	return psprintf("SELECT %s FROM %s AS r ORDER BY %s%s%s", list.data, portal->release->label,
					by_value.data, by_value.len > 0 && by_look.len > 0 ? ", " : "", by_look.data);
}

/* ---------- lines ---------- */

static void
emit(StringInfo line, PrLineSink sink, void *state)
{
	if (GetDatabaseEncoding() == PG_SQL_ASCII)
		pg_verify_mbstr(PG_UTF8, line->data, line->len, false);
	sink(state, line);
}

/* Lines of the rows that were fetched; what they allocate goes with each row. */
static void
emit_batch(PrPortal *portal, MemoryContext per_row, PrLineSink sink, void *state)
{
	MemoryContext outer = MemoryContextSwitchTo(per_row);

	for (uint64 row = 0; row < SPI_processed; row++)
	{
		StringInfoData line;

		CHECK_FOR_INTERRUPTS();
		MemoryContextReset(per_row);
		initStringInfo(&line);
		pr_csv_line(&portal->csv, &line, SPI_tuptable->vals[row], SPI_tuptable->tupdesc);
		emit(&line, sink, state);
	}
	MemoryContextSwitchTo(outer);
}

static void
emit_rows(PrPortal *portal, PrLineSink sink, void *state)
{
	MemoryContext per_row = AllocSetContextCreate(CurrentMemoryContext, "row of a file", ALLOCSET_DEFAULT_SIZES);
	SPIPlanPtr	plan = SPI_prepare(query(portal), 0, NULL);
	Portal		cursor = SPI_cursor_open(NULL, plan, NULL, NULL, true);

	for (;;)
	{
		SPI_cursor_fetch(cursor, true, ROWS_AT_ONCE);
		if (SPI_processed == 0)
			break;
		emit_batch(portal, per_row, sink, state);
		SPI_freetuptable(SPI_tuptable);
	}
	SPI_cursor_close(cursor);
	MemoryContextDelete(per_row);
}

/* U+FEFF, which spreadsheets take for a sign of UTF-8. */
#define BYTE_ORDER_MARK "\xEF\xBB\xBF"

static void
append_mark(const PrPortal *portal, StringInfo line)
{
	if (!portal->csv.bom)
		return;
	if (GetDatabaseEncoding() != PG_UTF8 && GetDatabaseEncoding() != PG_SQL_ASCII)
		ereport(ERROR,
				(errcode(ERRCODE_UNTRANSLATABLE_CHARACTER),
				 errmsg("the encoding %s of this database has no byte order mark", GetDatabaseEncodingName()),
				 errhint("Leave bom away, and write the bytes EF BB BF before the first line.")));
	appendStringInfoString(line, BYTE_ORDER_MARK);
}

static void
emit_header(const PrPortal *portal, PrLineSink sink, void *state)
{
	StringInfoData line;

	initStringInfo(&line);
	append_mark(portal, &line);
	pr_csv_header(&portal->csv, &line);
	emit(&line, sink, state);
}

void
pr_portal_describe(PrPortal *portal)
{
	Relation	rel = table_open(portal->release->view, AccessShareLock);

	pr_csv_describe(&portal->csv, RelationGetDescr(rel));
	table_close(rel, NoLock);
}

void
pr_portal_lines(PrPortal *portal, PrLineSink sink, void *state)
{
	PrIdentity	saved;

	pr_portal_describe(portal);
	if (OidIsValid(portal->reader))
		pr_become(portal->reader, &saved);
	emit_header(portal, sink, state);
	emit_rows(portal, sink, state);
	if (OidIsValid(portal->reader))
		pr_restore_identity(&saved);
}

/* ---------- export_csv() ---------- */

/* CR belongs to the line, LF is what ends a line wherever one is written down. */
static void
put_line(void *state, const StringInfo line)
{
	ReturnSetInfo *result = state;
	bool		isnull = false;
	Datum		value;

	appendStringInfoChar(line, '\r');
	value = PointerGetDatum(cstring_to_text_with_len(line->data, line->len));
	tuplestore_putvalues(result->setResult, result->setDesc, &value, &isnull);
}

Datum
privrelease_export_csv(PG_FUNCTION_ARGS)
{
	PrPortal   *portal;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	portal = pr_portal_open(text_to_cstring(PG_GETARG_TEXT_PP(0)), "export_csv()", false);
	portal->csv.guard = pr_csv_guard(text_to_cstring(PG_GETARG_TEXT_PP(1)));
	portal->csv.bom = PG_GETARG_BOOL(2);
	pr_portal_lines(portal, put_line, fcinfo->resultinfo);
	pr_portal_close(portal);
	return (Datum) 0;
}
