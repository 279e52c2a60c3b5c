/*
 * pr_catalogue.c
 *		catalogue(): a release as an entry of a government information catalogue.
 *
 * Names of elements and words for types are rows of privrelease.catalogue_element,
 * a standard of them; this file knows what goes where.  What an office decides
 * (classification, sharing, opening) is in the metadata and is passed on as it
 * was said; the code of the provider is checked, GB 32100.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "common/pr_error.h"
#include "core/pr_checksum.h"
#include "portal/pr_portal.h"

PG_FUNCTION_INFO_V1(privrelease_catalogue);

#define METADATA "metadata."

typedef struct Element
{
	char	   *content;
	char	   *within;			/* NULL: none */
	char	   *name;
	bool		required;
} Element;

typedef struct Catalogue
{
	PrPortal   *portal;
	const char *standard;
	List	   *elements;		/* Element, in their order */
} Catalogue;

/* ---------- elements ---------- */

static void
refuse_unknown(const char *standard)
{
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_OBJECT),
			 errmsg("there is no catalogue standard \"%s\"", standard),
			 errhint("SELECT DISTINCT standard FROM privrelease.catalogue_elements;")));
}

static void
refuse_nameless(const char *standard)
{
	ereport(ERROR,
			(errcode(ERRCODE_UNTRANSLATABLE_CHARACTER),
			 errmsg("the encoding %s of this database has no characters for the catalogue \"%s\"", GetDatabaseEncodingName(), standard),
			 errhint("Call catalogue() in a database of encoding UTF8 or EUC_CN, or give the elements other names: a standard of your own in privrelease.catalogue_element.")));
}

static void
load_elements(Catalogue *catalogue)
{
	PrArgs		args = {0};
	uint64		rows;

	pr_arg_text(&args, catalogue->standard);
	rows = pr_catalog_run("SELECT content, within, name, required FROM privrelease.catalogue_element"
						  " WHERE standard = $1 ORDER BY position, content", &args);
	if (rows == 0)
		refuse_unknown(catalogue->standard);
	for (uint64 row = 0; row < rows; row++)
	{
		Element    *element = palloc(sizeof(Element));

		element->content = pr_spi_text(row, 1);
		element->within = pr_spi_text(row, 2);
		element->name = pr_spi_text(row, 3);
		element->required = strcmp(pr_spi_text(row, 4), "t") == 0;
		if (element->name == NULL)
			refuse_nameless(catalogue->standard);
		catalogue->elements = lappend(catalogue->elements, element);
	}
}

/* The name of an element or a word; NULL: the standard has none. */
static const char *
name_of(const Catalogue *catalogue, const char *content)
{
	ListCell   *cell;

	foreach(cell, catalogue->elements)
		if (strcmp(((Element *) lfirst(cell))->content, content) == 0)
			return ((Element *) lfirst(cell))->name;
	return NULL;
}

/* The key of the metadata that an element takes; NULL: it takes none. */
static const char *
key_of(const Element *element)
{
	return strncmp(element->content, METADATA, strlen(METADATA)) == 0 ? element->content + strlen(METADATA) : NULL;
}

/* What stands in a group that is not there would be left out without a word. */
static void
require_groups(const Catalogue *catalogue)
{
	ListCell   *cell;

	foreach(cell, catalogue->elements)
	{
		const Element *element = lfirst(cell);

		if (element->within != NULL && name_of(catalogue, element->within) == NULL)
			ereport(ERROR,
					(errcode(ERRCODE_UNDEFINED_OBJECT),
					 errmsg("catalogue standard \"%s\" has no element \"%s\", in which \"%s\" stands",
							catalogue->standard, element->within, element->content),
					 errhint("SELECT * FROM privrelease.catalogue_elements WHERE standard = %s;", quote_literal_cstr(catalogue->standard))));
	}
}

static void
require_metadata(const Catalogue *catalogue)
{
	const char **keys = palloc0(sizeof(char *) * (list_length(catalogue->elements) + 1));
	int			n = 0;
	ListCell   *cell;

	foreach(cell, catalogue->elements)
	{
		const Element *element = lfirst(cell);

		if (element->required && key_of(element) != NULL)
			keys[n++] = key_of(element);
	}
	pr_portal_require(catalogue->portal, keys);
}

/* ---------- the provider ---------- */

static void
check_provider_code(const PrPortal *portal)
{
	char	   *code = pr_portal_text(portal, "publisher_code");
	char		folded[PR_CREDIT_CODE_LENGTH];

	if (code == NULL)
		return;
	for (int i = 0; i < PR_CREDIT_CODE_LENGTH && strlen(code) == PR_CREDIT_CODE_LENGTH; i++)
		folded[i] = pg_ascii_toupper((unsigned char) code[i]);
	if (strlen(code) != PR_CREDIT_CODE_LENGTH || !pr_check_credit_code(folded) ||
		!pr_check_organization_code(folded + PR_CREDIT_CODE_LENGTH - PR_ORGANIZATION_CODE_LENGTH - 1))
		pr_portal_bad_metadata(portal, "publisher_code", "a unified social credit code (GB 32100, 18 characters with check characters)");
}

/* ---------- columns ---------- */

static const char *
type_word(PrCsvKind kind)
{
	switch (kind)
	{
		case PR_CSV_INTEGER:
			return "type.integer";
		case PR_CSV_NUMBER:
			return "type.number";
		case PR_CSV_BOOLEAN:
			return "type.boolean";
		case PR_CSV_DATE:
			return "type.date";
		case PR_CSV_DATETIME:
			return "type.datetime";
		case PR_CSV_BINARY:
			return "type.binary";
		default:
			return "type.string";
	}
}

/* Most characters, or digits, of a value; 0: no bound. */
static int
length_of(const PrCsvColumn *column)
{
	switch (column->type)
	{
		case VARCHAROID:
		case BPCHAROID:
			return column->typmod > VARHDRSZ ? column->typmod - VARHDRSZ : 0;
		case NUMERICOID:
			return column->typmod > VARHDRSZ ? ((column->typmod - VARHDRSZ) >> 16) & 0xffff : 0;
		case INT2OID:
			return 5;
		case INT4OID:
			return 10;
		case INT8OID:
			return 19;
		case DATEOID:
			return 10;
		case UUIDOID:
			return 36;
		default:
			return 0;
	}
}

static void
write_text(PrJson *json, const char *name, const char *text)
{
	if (name != NULL && text != NULL)
		pr_json_text(json, name, text);
}

static void
write_item(const Catalogue *catalogue, const PrCsvColumn *column, PrJson *json)
{
	const char *length_name = name_of(catalogue, "item.length");
	int			length = length_of(column);

	pr_json_open(json, NULL);
	write_text(json, name_of(catalogue, "item.name"), column->field);
	write_text(json, name_of(catalogue, "item.type"), name_of(catalogue, type_word(column->kind)));
	if (length_name != NULL && length > 0)
		pr_json_integer(json, length_name, length);
	pr_json_close(json);
}

static void
write_items(const Catalogue *catalogue, const char *name, PrJson *json)
{
	const PrCsv *csv = &catalogue->portal->csv;

	pr_json_open_list(json, name);
	for (int i = 0; i < csv->n; i++)
		write_item(catalogue, &csv->columns[i], json);
	pr_json_close_list(json);
}

/* ---------- the entry ---------- */

/* The day, where whoever asks is. */
static char *
day_of(const PrPortal *portal)
{
	struct pg_tm tm;
	fsec_t		fsec;
	int			offset;

	if (timestamp2tm(portal->issued_at, &offset, &tm, &fsec, NULL, portal->timezone) != 0)
		return NULL;
	return psprintf("%04d-%02d-%02d", tm.tm_year, tm.tm_mon, tm.tm_mday);
}

static void
write_metadata(const Catalogue *catalogue, const Element *element, PrJson *json)
{
	char	   *text = pr_portal_text(catalogue->portal, key_of(element));
	List	   *texts = pr_portal_texts(catalogue->portal, key_of(element));

	if (text != NULL)
		pr_json_text(json, element->name, text);
	else if (texts != NIL)
		pr_json_texts(json, element->name, texts);
}

static void
write_group(const Catalogue *catalogue, const Element *group, PrJson *json)
{
	ListCell   *cell;

	pr_json_open(json, group->name);
	foreach(cell, catalogue->elements)
	{
		const Element *element = lfirst(cell);

		if (element->within != NULL && strcmp(element->within, group->content) == 0)
			write_metadata(catalogue, element, json);
	}
	pr_json_close(json);
}

static void
write_element(const Catalogue *catalogue, const Element *element, PrJson *json)
{
	if (key_of(element) != NULL)
		write_metadata(catalogue, element, json);
	else if (strncmp(element->content, "group.", 6) == 0)
		write_group(catalogue, element, json);
	else if (strcmp(element->content, "format") == 0)
		pr_json_text(json, element->name, "CSV");
	else if (strcmp(element->content, "issued") == 0)
		write_text(json, element->name, day_of(catalogue->portal));
	else if (strcmp(element->content, "items") == 0)
		write_items(catalogue, element->name, json);
}

Datum
privrelease_catalogue(PG_FUNCTION_ARGS)
{
	Catalogue	catalogue = {.portal = pr_portal_open(text_to_cstring(PG_GETARG_TEXT_PP(0)), "catalogue()", true)};
	ListCell   *cell;
	PrJson		json;

	catalogue.standard = text_to_cstring(PG_GETARG_TEXT_PP(1));
	load_elements(&catalogue);
	require_groups(&catalogue);
	require_metadata(&catalogue);
	check_provider_code(catalogue.portal);
	pr_portal_describe(catalogue.portal);
	pr_json_begin(&json);
	foreach(cell, catalogue.elements)
		if (((Element *) lfirst(cell))->within == NULL)
			write_element(&catalogue, lfirst(cell), &json);
	return pr_portal_close_with(catalogue.portal, pr_json_end_plain(&json));
}
