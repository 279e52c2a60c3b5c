/*
 * pr_html.c
 *		Pieces of a page that is HTML and well-formed XML at once, in ASCII.
 *
 * What an attacker would try: markup or a script in the name of a column or in
 * a purpose (every text passes through put_character), control characters that
 * no parser takes, letters that turn around what others read (isolated, and the
 * characters that override a direction are replaced), bytes that are no text in
 * a database without an encoding (replaced).
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "mb/pg_wchar.h"

#include "impact/pr_html.h"

#define PR_REPLACEMENT 0xFFFD

/* ---------- characters ---------- */

/* The character at text, of length bytes in the database's encoding. */
static pg_wchar
decode(const char *text, int length)
{
	int			encoding = GetDatabaseEncoding();
	unsigned char utf8[MAX_CONVERSION_GROWTH * MAX_CONVERSION_INPUT_LENGTH + 8] = {0};
	unsigned char character[MAX_CONVERSION_INPUT_LENGTH + 1] = {0};
	Oid			conversion;

	if (!IS_HIGHBIT_SET(*text))
		return (unsigned char) *text;
	if (length > MAX_CONVERSION_INPUT_LENGTH)
		return PR_REPLACEMENT;
	memcpy(character, text, length);
	if (encoding == PG_UTF8 || encoding == PG_SQL_ASCII)
		return pg_utf8_islegal(character, length) ? utf8_to_unicode(character) : PR_REPLACEMENT;
	conversion = FindDefaultConversionProc(encoding, PG_UTF8);
	if (!OidIsValid(conversion) ||
		pg_do_encoding_conversion_buf(conversion, encoding, PG_UTF8, character, length, utf8, sizeof(utf8), true) != length)
		return PR_REPLACEMENT;
	return utf8_to_unicode(utf8);
}

/* In a database without an encoding bytes are taken for UTF-8 where they can be. */
static int
character_length(const char *text)
{
	int			length = GetDatabaseEncoding() == PG_SQL_ASCII ? pg_utf_mblen((const unsigned char *) text) : pg_mblen(text);

	return (int) strnlen(text, length);
}

static bool
turns_direction(pg_wchar c)
{
	return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0x200E || c == 0x200F || c == 0x061C;
}

static bool
is_allowed(pg_wchar c)
{
	if (c < 0x20)
		return c == '\t' || c == '\n' || c == '\r';
	return (c < 0x7F || c > 0x9F) && !(c >= 0xD800 && c <= 0xDFFF) && (c & 0xFFFE) != 0xFFFE && c <= 0x10FFFF && !turns_direction(c);
}

static void
put_character(StringInfo out, pg_wchar c)
{
	if (!is_allowed(c))
		c = PR_REPLACEMENT;
	if (c >= 0x7F || c == '<' || c == '>' || c == '&' || c == '"' || c == '\'')
		appendStringInfo(out, "&#%u;", (unsigned int) c);
	else
		appendStringInfoChar(out, (char) c);
}

void
pr_html_text(StringInfo out, const char *text)
{
	while (*text != '\0')
	{
		int			length = character_length(text);

		put_character(out, decode(text, length));
		text += length;
	}
}

/* Ideographs and their like take two columns. */
static int
width(pg_wchar c)
{
	return c >= 0x1100 ? 2 : 1;
}

void
pr_html_short(StringInfo out, const char *text, int columns)
{
	int			used = 0;

	while (*text != '\0')
	{
		int			length = character_length(text);
		pg_wchar	c = decode(text, length);

		used += width(c);
		if (used > columns - 1 && text[length] != '\0')
		{
			appendStringInfoString(out, "&#8230;");
			return;
		}
		put_character(out, c);
		text += length;
	}
}

/* ---------- elements ---------- */

static void
close_tag(StringInfo out, const char *tag)
{
	appendStringInfo(out, "</%.*s>", (int) strcspn(tag, " "), tag);
}

void
pr_html_element(StringInfo out, const char *tag, const char *text)
{
	appendStringInfo(out, "<%s>", tag);
	pr_html_text(out, text);
	close_tag(out, tag);
	appendStringInfoChar(out, '\n');
}

/* A text of somebody else, which may be written from the right. */
static void
put_foreign(StringInfo out, const char *text)
{
	appendStringInfoString(out, "<span dir=\"auto\">");
	pr_html_text(out, text);
	appendStringInfoString(out, "</span>");
}

/* ---------- tables ---------- */

void
pr_html_table(StringInfo out, const char *caption, const char *const *headers)
{
	appendStringInfoString(out, "<table role=\"table\">\n<caption>");
	pr_html_text(out, caption);
	appendStringInfoString(out, "</caption>\n<thead role=\"rowgroup\"><tr role=\"row\">");
	for (; *headers != NULL; headers++)
	{
		appendStringInfoString(out, "<th scope=\"col\" role=\"columnheader\">");
		pr_html_text(out, *headers);
		appendStringInfoString(out, "</th>");
	}
	appendStringInfoString(out, "</tr></thead>\n<tbody role=\"rowgroup\">\n");
}

void
pr_html_row(StringInfo out)
{
	appendStringInfoString(out, "<tr role=\"row\">");
}

static void
put_cell(StringInfo out, const char *tag, const char *header, const char *text)
{
	appendStringInfo(out, "<%s data-label=\"", tag);
	pr_html_text(out, header);
	appendStringInfoString(out, "\">");
	put_foreign(out, text != NULL ? text : "-");
	close_tag(out, tag);
}

void
pr_html_cell(StringInfo out, const char *header, const char *text)
{
	put_cell(out, "td role=\"cell\"", header, text);
}

void
pr_html_first_cell(StringInfo out, const char *header, const char *text)
{
	put_cell(out, "th scope=\"row\" role=\"rowheader\"", header, text);
}

void
pr_html_row_end(StringInfo out)
{
	appendStringInfoString(out, "</tr>\n");
}

void
pr_html_table_end(StringInfo out)
{
	appendStringInfoString(out, "</tbody>\n</table>\n");
}

/* ---------- facts ---------- */

void
pr_html_facts(StringInfo out)
{
	appendStringInfoString(out, "<dl>\n");
}

void
pr_html_fact(StringInfo out, const char *name, const char *text)
{
	appendStringInfoString(out, "<div><dt>");
	pr_html_text(out, name);
	appendStringInfoString(out, "</dt><dd>");
	if (text != NULL && text[strspn(text, " \t\r\n")] != '\0')
		put_foreign(out, text);
	else
		appendStringInfoString(out, "<em>not stated</em>");
	appendStringInfoString(out, "</dd></div>\n");
}

void
pr_html_facts_end(StringInfo out)
{
	appendStringInfoString(out, "</dl>\n");
}
