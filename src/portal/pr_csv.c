/*
 * pr_csv.c
 *		Columns and lines of a CSV file.  See pr_csv.h.
 *
 * A NULL is an empty field, an empty text is "".  Where a file has one column,
 * a NULL is "" as well: many readers skip an empty line.
 *
 * What an attacker would try: a value, or the name of a column, that a
 * spreadsheet runs (=cmd...).  Quotes of CSV do not help against that; the guard
 * puts ' before it, also behind blanks, and inside a text where a spreadsheet
 * that separates by ; begins another cell.  Only texts are guarded: what
 * numbers, times, durations and base64 can begin with runs nothing, and ; in
 * JSON is written as an escape.
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

/* Does this stand here, in UTF-8? */
static bool
begins_with_any(const char *text, const char *const *words, int n)
{
	for (int i = 0; i < n; i++)
		if (strncmp(text, words[i], strlen(words[i])) == 0)
			return true;
	return false;
}

/* The character here, in UTF-8 where it is not ASCII and the encoding of the database is known. */
static const char *
in_utf8(const char *text)
{
	int			encoding = GetDatabaseEncoding();

	if (encoding == PG_UTF8 || encoding == PG_SQL_ASCII || !IS_HIGHBIT_SET(*text))
		return text;
	return pg_server_to_any(text, pg_encoding_mblen(encoding, text), PG_UTF8);
}

/* What spreadsheets take away before they look: blanks of all kinds, marks that nobody sees, and quotes. */
static bool
is_skipped(const char *text)
{
	/* U+00A0, U+00AD, U+200B, U+200E, U+200F, U+2060, U+3000, U+FEFF */
	static const char *const unseen[] = {"\xC2\xA0", "\xC2\xAD", "\xE2\x80\x8B", "\xE2\x80\x8E", "\xE2\x80\x8F", "\xE2\x81\xA0", "\xE3\x80\x80", "\xEF\xBB\xBF"};

	if (!IS_HIGHBIT_SET(*text))
		return *text == ' ' || *text == '"' || *text == '\v' || *text == '\f';
	return begins_with_any(in_utf8(text), unseen, lengthof(unseen));
}

static bool
begins_as_formula(const char *text)
{
	/* U+FF1D, U+FF0B, U+FF0D, U+FF20: full-width = + - @ */
	static const char *const wide[] = {"\xEF\xBC\x9D", "\xEF\xBC\x8B", "\xEF\xBC\x8D", "\xEF\xBC\xA0"};

	while (*text != '\0' && is_skipped(text))
		text += pg_mblen(text);
	if (*text == '\0')
		return false;
	if (!IS_HIGHBIT_SET(*text))
		return strchr("=+-@\t\r\n", *text) != NULL;
	return begins_with_any(in_utf8(text), wide, lengthof(wide));
}

/*
 * Where another cell begins for a spreadsheet that takes ; or the tab for the
 * separator, as it does wherever the comma is in numbers: quotes inside a line
 * are no quotes for it then.
 */
#define CELL_ENDS ";\t\r\n"

static bool
ends_cell(char c)
{
	return c != '\0' && strchr(CELL_ENDS, c) != NULL;
}

/* The last of several ends is what another cell begins behind. */
static bool
another_cell_is_formula(const char *end)
{
	return !ends_cell(end[1]) && begins_as_formula(end + 1);
}

static bool
cell_begins_as_formula(const char *text)
{
	if (begins_as_formula(text))
		return true;
	for (text = strpbrk(text, CELL_ENDS); text != NULL; text = strpbrk(text + 1, CELL_ENDS))
		if (another_cell_is_formula(text))
			return true;
	return false;
}

/* ' before each cell that begins as a formula. */
static char *
guarded(const char *text)
{
	StringInfoData out;

	initStringInfo(&out);
	if (begins_as_formula(text))
		appendStringInfoChar(&out, '\'');
	for (; *text != '\0'; text++)
	{
		appendStringInfoChar(&out, *text);
		if (ends_cell(*text) && another_cell_is_formula(text))
			appendStringInfoChar(&out, '\'');
	}
	return out.data;
}

/* The same document: ; is only in its texts, and can be written as a number. */
static char *
guarded_document(const char *text)
{
	StringInfoData out;

	initStringInfo(&out);
	for (; *text != '\0'; text++)
		if (*text == ';' && begins_as_formula(text + 1))
			appendStringInfoString(&out, "\\u003b");
		else
			appendStringInfoChar(&out, *text);
	return out.data;
}

/* Says whether ' is to stand in a text; what: where the text is, for the error. */
static bool
needs_guard(const PrCsv *csv, const PrCsvColumn *column, const char *text, const char *what)
{
	if (csv->guard == PR_GUARD_OFF || !cell_begins_as_formula(text))
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

	if (!needs_guard(csv, column, column->name, "the name"))
		return;
	column->field = guarded(column->name);
	while (is_taken(csv, column->field, i))
		column->field = psprintf("'%s", column->field);
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
append_field(StringInfo line, const char *text, bool quotes)
{
	if (!quotes && !needs_quotes(text))
	{
		appendStringInfoString(line, text);
		return;
	}
	appendStringInfoChar(line, '"');
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

	if (column->kind == PR_CSV_JSON || column->kind == PR_CSV_ARRAY)
		append_field(line, csv->guard == PR_GUARD_OFF ? text : guarded_document(text), false);
	else if ((column->kind == PR_CSV_STRING || column->kind == PR_CSV_RANGE) && needs_guard(csv, column, text, "a value"))
		append_field(line, guarded(text), true);
	else
		append_field(line, text, false);
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
