/*
 * pr_dcat.c
 *		dcat(): a release as a dataset of DCAT-AP 3.0.1, in JSON-LD.
 *
 * What the profile makes mandatory must be in the metadata: title and description
 * of the dataset, and where the file is offered.  What it recommends is there
 * when somebody has said it.  Words for which there is a list of the EU
 * (frequencies, languages, rights of access) become its terms; others stay words.
 * The catalogue itself is the portal's.
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/builtins.h"

#include "portal/pr_portal.h"

PG_FUNCTION_INFO_V1(privrelease_dcat);

#define AUTHORITY "http://publications.europa.eu/resource/authority/"

typedef struct Term
{
	const char *word;
	const char *term;
} Term;

static const Term context[] = {
	{"dcat", "http://www.w3.org/ns/dcat#"},
	{"dct", "http://purl.org/dc/terms/"},
	{"dcatap", "http://data.europa.eu/r5r/"},
	{"foaf", "http://xmlns.com/foaf/0.1/"},
	{"vcard", "http://www.w3.org/2006/vcard/ns#"},
	{"spdx", "http://spdx.org/rdf/terms#"},
	{"skos", "http://www.w3.org/2004/02/skos/core#"},
	{"rdfs", "http://www.w3.org/2000/01/rdf-schema#"},
	{"xsd", "http://www.w3.org/2001/XMLSchema#"},
	{"eli", "http://data.europa.eu/eli/ontology#"},
	{NULL, NULL}
};

static const Term frequencies[] = {
	{"continuous", "CONT"}, {"hourly", "HOURLY"}, {"daily", "DAILY"}, {"weekly", "WEEKLY"}, {"biweekly", "BIWEEKLY"},
	{"monthly", "MONTHLY"}, {"bimonthly", "BIMONTHLY"}, {"quarterly", "QUARTERLY"}, {"twice a year", "ANNUAL_2"},
	{"annual", "ANNUAL"}, {"annually", "ANNUAL"}, {"yearly", "ANNUAL"}, {"biennial", "BIENNIAL"}, {"irregular", "IRREG"},
	{"never", "NEVER"}, {NULL, NULL}
};

static const Term accesses[] = {
	{"public", "PUBLIC"}, {"controlled", "RESTRICTED"}, {"enclave", "NON_PUBLIC"}, {NULL, NULL}
};

/* BCP 47 to the three letters of the list. */
static const Term languages[] = {
	{"bg", "BUL"}, {"cs", "CES"}, {"da", "DAN"}, {"de", "DEU"}, {"el", "ELL"}, {"en", "ENG"}, {"es", "SPA"}, {"et", "EST"},
	{"fi", "FIN"}, {"fr", "FRA"}, {"ga", "GLE"}, {"hr", "HRV"}, {"hu", "HUN"}, {"it", "ITA"}, {"lt", "LIT"}, {"lv", "LAV"},
	{"mt", "MLT"}, {"nl", "NLD"}, {"pl", "POL"}, {"pt", "POR"}, {"ro", "RON"}, {"sk", "SLK"}, {"sl", "SLV"}, {"sv", "SWE"},
	{"zh", "ZHO"}, {NULL, NULL}
};

static const char *
term_of(const Term *terms, const char *word)
{
	for (; terms->word != NULL; terms++)
		if (pg_strcasecmp(terms->word, word) == 0)
			return terms->term;
	return NULL;
}

/* ---------- nodes ---------- */

static void
write_id(PrJson *json, const char *key, const char *iri)
{
	if (iri == NULL)
		return;
	pr_json_open(json, key);
	pr_json_text(json, "@id", iri);
	pr_json_close(json);
}

static void
write_typed(PrJson *json, const char *key, const char *value, const char *type)
{
	pr_json_open(json, key);
	pr_json_text(json, "@value", value);
	pr_json_text(json, "@type", type);
	pr_json_close(json);
}

/* Text in the language of the metadata. */
static void
write_words(const PrPortal *portal, PrJson *json, const char *key, const char *text)
{
	char	   *language = pr_portal_text(portal, "language");

	if (text == NULL)
		return;
	pr_json_open(json, key);
	pr_json_text(json, "@value", text);
	if (language != NULL)
		pr_json_text(json, "@language", language);
	pr_json_close(json);
}

/* A thing that is known by a label only. */
static void
write_labelled(const PrPortal *portal, PrJson *json, const char *key, const char *type, const char *property, const char *label)
{
	pr_json_open(json, key);
	pr_json_text(json, "@type", type);
	write_words(portal, json, property, label);
	pr_json_close(json);
}

static void
write_ids(PrJson *json, const char *key, List *iris, const char *type)
{
	ListCell   *cell;

	if (iris == NIL)
		return;
	pr_json_open_list(json, key);
	foreach(cell, iris)
	{
		pr_json_open(json, NULL);
		pr_json_text(json, "@id", lfirst(cell));
		pr_json_text(json, "@type", type);
		pr_json_close(json);
	}
	pr_json_close_list(json);
}

/* ---------- identifiers and languages ---------- */

static bool
is_uuid(const char *text)
{
	for (int i = 0; i < 36; i++)
		if ((i == 8 || i == 13 || i == 18 || i == 23) ? text[i] != '-' : !isxdigit((unsigned char) text[i]))
			return false;
	return text[36] == '\0';
}

/* What the dataset is called everywhere; NULL: its identifier, if any, is known in its catalogue only. */
static char *
dataset_iri(const PrPortal *portal)
{
	char	   *identifier = pr_portal_text(portal, "identifier");

	if (identifier == NULL)
		return NULL;
	if (is_uuid(identifier))
		return psprintf("urn:uuid:%s", identifier);
	if (strncmp(identifier, "10.", 3) == 0 && strchr(identifier, '/') != NULL)
		identifier = psprintf("https://doi.org/%s", identifier);
	return pr_portal_is_url(identifier) ? identifier : NULL;
}

/* A tag is letters and digits in parts of one to eight. */
static void
check_language(const PrPortal *portal)
{
	const char *language = pr_portal_text(portal, "language");
	int			part = 0;

	for (const char *c = language; c != NULL && *c != '\0'; c++)
	{
		part = *c == '-' ? 0 : part + 1;
		if (!(isalnum((unsigned char) *c) || (*c == '-' && c[1] != '\0' && c[1] != '-' && c != language)) ||
			IS_HIGHBIT_SET(*c) || part > 8)
			pr_portal_bad_metadata(portal, "language", "a language tag (BCP 47) such as en or zh-CN");
	}
}

static void
write_language(const PrPortal *portal, PrJson *json)
{
	char	   *language = pr_portal_text(portal, "language");
	const char *code;

	if (language == NULL)
		return;
	code = term_of(languages, pnstrdup(language, strcspn(language, "-")));
	if (code != NULL)
		write_id(json, "dct:language", psprintf(AUTHORITY "language/%s", code));
}

/* ---------- the file ---------- */

static void
write_checksum(const PrFileDigest *file, PrJson *json)
{
	pr_json_open(json, "spdx:checksum");
	pr_json_text(json, "@type", "spdx:Checksum");
	write_id(json, "spdx:algorithm", "http://spdx.org/rdf/terms#checksumAlgorithm_sha256");
	write_typed(json, "spdx:checksumValue", file->hex, "xsd:hexBinary");
	pr_json_close(json);
}

static void
write_licence(const PrPortal *portal, PrJson *json)
{
	char	   *url = pr_portal_url(portal, "licence_url");
	char	   *name = pr_portal_text(portal, "licence");
	char	   *title = pr_portal_text(portal, "licence_title");

	if (url == NULL && name == NULL)
		return;
	pr_json_open(json, "dct:license");
	if (url != NULL)
		pr_json_text(json, "@id", url);
	pr_json_text(json, "@type", "dct:LicenseDocument");
	if (name != NULL)
		pr_json_text(json, "dct:identifier", name);
	write_words(portal, json, "dct:title", title);
	pr_json_close(json);
}

static void
write_distribution(const PrPortal *portal, const PrFileDigest *file, PrJson *json)
{
	pr_json_open_list(json, "dcat:distribution");
	pr_json_open(json, NULL);
	pr_json_text(json, "@type", "dcat:Distribution");
	write_id(json, "dcat:accessURL", pr_portal_url(portal, "access_url"));
	write_id(json, "dcat:downloadURL", pr_portal_url(portal, "download_url"));
	pr_json_text(json, "dct:title", psprintf("%s.csv", pr_portal_slug(portal->release)));
	write_id(json, "dct:format", AUTHORITY "file-type/CSV");
	write_id(json, "dcat:mediaType", "https://www.iana.org/assignments/media-types/text/csv");
	write_typed(json, "dcat:byteSize", psprintf(UINT64_FORMAT, file->bytes), "xsd:nonNegativeInteger");
	write_checksum(file, json);
	write_typed(json, "dct:modified", pr_csv_time(portal->made_at), "xsd:dateTime");
	write_licence(portal, json);
	pr_json_close(json);
	pr_json_close_list(json);
}

/* ---------- the dataset ---------- */

static void
write_publisher(const PrPortal *portal, PrJson *json)
{
	char	   *name = pr_portal_text(portal, "publisher");
	char	   *url = pr_portal_url(portal, "publisher_url");
	char	   *code = pr_portal_text(portal, "publisher_code");

	if (name == NULL)
		return;
	pr_json_open(json, "dct:publisher");
	if (url != NULL)
		pr_json_text(json, "@id", url);
	pr_json_text(json, "@type", "foaf:Agent");
	write_words(portal, json, "foaf:name", name);
	if (code != NULL)
		pr_json_text(json, "dct:identifier", code);
	pr_json_close(json);
}

static void
write_contact(const PrPortal *portal, PrJson *json)
{
	char	   *contact = pr_portal_text(portal, "contact");
	char	   *email = pr_portal_email(portal, "contact_email");

	if (contact == NULL && email == NULL)
		return;
	pr_json_open(json, "dcat:contactPoint");
	pr_json_text(json, "@type", "vcard:Organization");
	if (contact != NULL)
		write_words(portal, json, "vcard:fn", contact);
	if (email != NULL)
		write_id(json, "vcard:hasEmail", psprintf("mailto:%s", email));
	pr_json_close(json);
}

static void
write_spatial(const PrPortal *portal, PrJson *json)
{
	char	   *area = pr_portal_text(portal, "spatial");

	if (area == NULL)
		return;
	if (pr_portal_is_url(area))
		write_id(json, "dct:spatial", area);
	else
		write_labelled(portal, json, "dct:spatial", "dct:Location", "skos:prefLabel", area);
}

static void
write_temporal(const PrPortal *portal, PrJson *json)
{
	char	   *start = pr_portal_text(portal, "temporal_start");
	char	   *end = pr_portal_text(portal, "temporal_end");

	if (start == NULL && end == NULL)
		return;
	if (start != NULL && end != NULL && strcmp(start, end) > 0)
		pr_portal_bad_metadata(portal, "temporal_end", "a day after \"temporal_start\"");
	pr_json_open(json, "dct:temporal");
	pr_json_text(json, "@type", "dct:PeriodOfTime");
	if (start != NULL)
		write_typed(json, "dcat:startDate", start, "xsd:date");
	if (end != NULL)
		write_typed(json, "dcat:endDate", end, "xsd:date");
	pr_json_close(json);
}

static void
write_frequency(const PrPortal *portal, PrJson *json)
{
	char	   *words = pr_portal_text(portal, "frequency");
	const char *code = words != NULL ? term_of(frequencies, words) : NULL;

	if (code != NULL)
		write_id(json, "dct:accrualPeriodicity", psprintf(AUTHORITY "frequency/%s", code));
	else if (words != NULL && pr_portal_is_url(words))
		write_id(json, "dct:accrualPeriodicity", words);
	else if (words != NULL)
		write_labelled(portal, json, "dct:accrualPeriodicity", "dct:Frequency", "rdfs:label", words);
}

static void
write_access(const PrPortal *portal, PrJson *json)
{
	char	   *sharing = pr_portal_text(portal, "sharing");
	const char *code = sharing != NULL ? term_of(accesses, sharing) : NULL;

	if (code != NULL)
		write_id(json, "dct:accessRights", psprintf(AUTHORITY "access-right/%s", code));
}

static void
write_provenance(const PrPortal *portal, PrJson *json)
{
	pr_json_open(json, "dct:provenance");
	pr_json_text(json, "@type", "dct:ProvenanceStatement");
	pr_json_open(json, "rdfs:label");
	pr_json_text(json, "@value", pr_method_words(portal));
	pr_json_text(json, "@language", "en");
	pr_json_close(json);
	pr_json_close(json);
}

static void
write_keywords(const PrPortal *portal, PrJson *json)
{
	List	   *keywords = pr_portal_texts(portal, "keywords");
	ListCell   *cell;

	if (keywords == NIL)
		return;
	pr_json_open_list(json, "dcat:keyword");
	foreach(cell, keywords)
		write_words(portal, json, NULL, lfirst(cell));
	pr_json_close_list(json);
}

static void
write_identity(const PrPortal *portal, PrJson *json)
{
	char	   *iri = dataset_iri(portal);
	char	   *identifier = pr_portal_text(portal, "identifier");

	if (iri != NULL)
		pr_json_text(json, "@id", iri);
	pr_json_text(json, "@type", "dcat:Dataset");
	if (identifier != NULL)
		pr_json_text(json, "dct:identifier", identifier);
	if (portal->release->is_table)
		pr_json_text(json, "dcat:version", psprintf(INT64_FORMAT, portal->version));
}

static void
write_context(PrJson *json)
{
	pr_json_open(json, "@context");
	for (const Term *term = context; term->word != NULL; term++)
		pr_json_text(json, term->word, term->term);
	pr_json_close(json);
}

static void
write_dataset(const PrPortal *portal, const PrFileDigest *file, PrJson *json)
{
	write_context(json);
	write_identity(portal, json);
	write_words(portal, json, "dct:title", pr_portal_text(portal, "title"));
	write_words(portal, json, "dct:description", pr_portal_text(portal, "description"));
	write_publisher(portal, json);
	write_contact(portal, json);
	write_keywords(portal, json);
	write_ids(json, "dcat:theme", pr_portal_urls(portal, "theme"), "skos:Concept");
	write_spatial(portal, json);
	write_temporal(portal, json);
	write_frequency(portal, json);
	write_access(portal, json);
	write_language(portal, json);
	write_id(json, "dcat:landingPage", pr_portal_url(portal, "homepage"));
	write_typed(json, "dct:issued", pr_csv_time(portal->issued_at), "xsd:dateTime");
	write_typed(json, "dct:modified", pr_csv_time(portal->made_at), "xsd:dateTime");
	write_ids(json, "dcatap:applicableLegislation", pr_portal_urls(portal, "legislation"), "eli:LegalResource");
	write_provenance(portal, json);
	write_distribution(portal, file, json);
}

Datum
privrelease_dcat(PG_FUNCTION_ARGS)
{
	static const char *const mandatory[] = {"title", "description", "access_url", NULL};
	PrPortal   *portal = pr_portal_open(text_to_cstring(PG_GETARG_TEXT_PP(0)), "dcat()", true);
	PrFileDigest file;
	PrJson		json;

	portal->csv.guard = pr_csv_guard(text_to_cstring(PG_GETARG_TEXT_PP(1)));
	portal->csv.bom = PG_GETARG_BOOL(2);
	pr_portal_require(portal, mandatory);
	check_language(portal);
	pr_portal_digest(portal, &file);
	pr_json_begin(&json);
	write_dataset(portal, &file, &json);
	return pr_portal_close_with(portal, pr_json_end_plain(&json));
}
