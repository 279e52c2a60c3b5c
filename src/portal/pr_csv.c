/*
 * pr_csv.c
 *		Columns and lines of a CSV file.  See pr_csv.h.
 *
 * A NULL is an empty field, an empty text is "".  Where a file has one column,
 * a NULL is "" as well: many readers skip an empty line.
 *
 * What an attacker would try: a value, or the name of a column, that a
 * spreadsheet runs (=cmd...).  Quotes of CSV do not help against that; the guard
 * puts ' before it.  Only texts are guarded: what numbers, times, durations,
 * base64 and JSON can begin with runs nothing.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "common/pr_compat.h"
#include "portal/pr_csv.h"

/* ---------- the guard ---------- */

static const char *const guard_words[] = {
	[PR_GUARD_PREFIX] = "prefix", [PR_GUARD_REJECT] = "reject", [PR_GUARD_OFF] = "off"
};

PrCsvGuard
pr_csv_guard(const char *word)
{
	for (int i = 0; i < lengthof(guard_words); i++)
		if (strcmp(word, guard_words[i]) == 0)
			return (PrCsvGuard) i;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("\"%s\" is no guard against formulas", word),
			 errhint("Guards: prefix, reject, off.")));
}

const char *
pr_csv_guard_word(PrCsvGuard guard)
{
	return guard_words[guard];
}

/* The first character, in UTF-8 where it is not ASCII and the encoding of the database is known. */
static const char *
first_character(const char *text)
{
	int			encoding = GetDatabaseEncoding();

	if (encoding == PG_UTF8 || encoding == PG_SQL_ASCII || !IS_HIGHBIT_SET(*text))
		return text;
	return pg_server_to_any(text, pg_encoding_mblen(encoding, text), PG_UTF8);
}

static bool
begins_as_formula(const char *text)
{
	/* U+FF1D, U+FF0B, U+FF0D, U+FF20: full-width = + - @ */
	static const char *const wide[] = {"\xEF\xBC\x9D", "\xEF\xBC\x8B", "\xEF\xBC\x8D", "\xEF\xBC\xA0"};

	if (*text == '\0')
		return false;
	if (!IS_HIGHBIT_SET(*text))
		return strchr("=+-@\t\r\n", *text) != NULL;
	text = first_character(text);
	for (int i = 0; i < lengthof(wide); i++)
		if (strncmp(text, wide[i], strlen(wide[i])) == 0)
			return true;
	return false;
}

/* Says whether ' is to stand before a text; what: where the text is, for the error. */
static bool
needs_prefix(const PrCsv *csv, const PrCsvColumn *column, const char *text, const char *what)
{
	if (csv->guard == PR_GUARD_OFF || !begins_as_formula(text))
		return false;
	if (csv->guard == PR_GUARD_REJECT)
		ereport(ERROR,
				(errcode(ERRCODE_DATA_EXCEPTION),
				 errmsg("%s of column %s of release %s begins as a formula does", what, quote_identifier(column->name), csv->label),
				 errhint("SELECT privrelease.export_csv(%s, guard => 'prefix');", quote_literal_cstr(csv->label))));
	return true;
}

/* ---------- columns ---------- */

static bool
is_taken(const PrCsv *csv, const char *field, int but)
{
	for (int i = 0; i < csv->n; i++)
		if (i != but && strcmp(csv->columns[i].field, field) == 0)
			return true;
	return false;
}

/* A name with ' before it may be the name of another column. */
static void
guard_field(const PrCsv *csv, int i)
{
	PrCsvColumn *column = &csv->columns[i];

	if (!needs_prefix(csv, column, column->name, "the name"))
		return;
	do
		column->field = psprintf("'%s", column->field);
	while (is_taken(csv, column->field, i));
}

static void
describe(PrCsvColumn *column, Form_pg_attribute att)
{
	Oid			output;
	bool		varlena;

	column->name = column->field = pstrdup(NameStr(att->attname));
	column->typmod = att->atttypmod;
	column->type = getBaseTypeAndTypmod(att->atttypid, &column->typmod);
	column->kind = pr_csv_kind(column->type);
	column->required = att->attnotnull;
	getTypeOutputInfo(column->type, &output, &varlena);
	fmgr_info(output, &column->output);
}

void
pr_csv_describe(PrCsv *csv, TupleDesc columns)
{
	csv->columns = palloc0(sizeof(PrCsvColumn) * columns->natts);
	csv->n = 0;
	for (int i = 0; i < columns->natts; i++)
		if (!TupleDescAttr(columns, i)->attisdropped)
			describe(&csv->columns[csv->n++], TupleDescAttr(columns, i));
	for (int i = 0; i < csv->n; i++)
		guard_field(csv, i);
}

/* ---------- lines ---------- */

/* "\." alone on a line ends the data for PostgreSQL's own COPY. */
static bool
needs_quotes(const char *text)
{
	return *text == '\0' || strpbrk(text, ",\"\r\n") != NULL || strcmp(text, "\\.") == 0;
}

/* Where a text begins with spaces, with or without quotes, readers differ: they are kept as they are. */
static void
append_field(StringInfo line, const char *text, bool prefix)
{
	if (!prefix && !needs_quotes(text))
	{
		appendStringInfoString(line, text);
		return;
	}
	appendStringInfoString(line, prefix ? "\"'" : "\"");
	for (const char *c = text; *c != '\0'; c++)
	{
		if (*c == '"')
			appendStringInfoChar(line, '"');
		appendStringInfoChar(line, *c);
	}
	appendStringInfoChar(line, '"');
}

static void
append_value(PrCsv *csv, StringInfo line, PrCsvColumn *column, Datum value)
{
	const char *text = pr_csv_value(csv, column, value);

	append_field(line, text, column->kind == PR_CSV_STRING && needs_prefix(csv, column, text, "a value"));
}

static void
append_null(const PrCsv *csv, StringInfo line)
{
	if (csv->n == 1)
		appendStringInfoString(line, "\"\"");
}

void
pr_csv_header(const PrCsv *csv, StringInfo line)
{
	for (int i = 0; i < csv->n; i++)
	{
		if (i > 0)
			appendStringInfoChar(line, ',');
		append_field(line, csv->columns[i].field, false);
	}
}

void
pr_csv_line(PrCsv *csv, StringInfo line, HeapTuple tuple, TupleDesc desc)
{
	for (int i = 0; i < csv->n; i++)
	{
		bool		isnull;
		Datum		value = heap_getattr(tuple, i + 1, desc, &isnull);

		if (i > 0)
			appendStringInfoChar(line, ',');
		if (isnull)
			append_null(csv, line);
		else
			append_value(csv, line, &csv->columns[i], value);
	}
}
