/*
 * pr_page.c
 *		The page of an impact assessment, made from its document and nothing else.
 *
 * One file that needs no other: no script, no picture, font or style from
 * elsewhere, and a policy in its head that forbids them.  The sections follow
 * GB/T 42460-2023, 6, with what was decided, and by whom, on top.
 *
 * What an attacker would try: markup in what stewards write (pr_html.c), a
 * document that is none (what is absent is said to be, pr_document.c), something
 * about single persons (the document has none; sizes of classes are in bins).
 */
#include "postgres.h"

#include "impact/pr_html.h"
#include "impact/pr_page.h"
#include "impact/pr_page_style.h"

/* ---------- pieces ---------- */

char *
pr_page_join(const PrNode *list)
{
	StringInfoData out;
	ListCell   *cell;

	initStringInfo(&out);
	foreach(cell, pr_node_items(list))
	{
		char	   *text = pr_node_text(lfirst(cell));

		if (text != NULL)
			appendStringInfo(&out, "%s%s", out.len > 0 ? ", " : "", text);
	}
	return out.len > 0 ? out.data : NULL;
}

/* chinese is made of character references. */
static void
heading(StringInfo out, int number, const char *title, const char *chinese)
{
	appendStringInfo(out, "<h2 id=\"s%d\">%d. %s <span lang=\"zh-Hans\">%s</span></h2>\n", number, number, title, chinese);
}

static void
declared(StringInfo out, const PrNode *document, const char *name, const char *key)
{
	pr_html_fact(out, name, pr_text_at(document, psprintf("declared.%s", key)));
}

/* ---------- head ---------- */

static void
put_head(StringInfo out, const PrNode *document)
{
	appendStringInfoString(out, "<!DOCTYPE html>\n"
						   "<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\" xml:lang=\"en\">\n<head>\n"
						   "<meta charset=\"utf-8\"/>\n"
						   "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\"/>\n"
						   "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
						   "<meta name=\"robots\" content=\"noindex\"/>\n"
						   "<meta name=\"referrer\" content=\"no-referrer\"/>\n<title>Impact assessment: ");
	pr_html_text(out, pr_said_at(document, "release"));
	appendStringInfoString(out, "</title>\n<style>\n");
	appendStringInfoString(out, page_style);
	appendStringInfoString(out, "</style>\n</head>\n<body>\n");
}

static void
put_title(StringInfo out, const PrNode *document)
{
	char	   *title = pr_text_at(document, "declared.title");
	/* personal information protection impact assessment */
	appendStringInfoString(out, "<header>\n<h1>Impact assessment: ");
	pr_html_text(out, title != NULL ? title : pr_said_at(document, "release"));
	appendStringInfoString(out, "<br/><span lang=\"zh-Hans\">&#20010;&#20154;&#20449;&#24687;&#20445;&#25252;&#24433;&#21709;&#35780;&#20272;&#25253;&#21578;</span></h1>\n<p class=\"by\">");
	pr_html_text(out, psprintf("Release %s. Made on %s by %s from what is declared and was measured.",
							   pr_said_at(document, "release"), pr_time_at(document, "made_at"), pr_said_at(document, "made_by")));
	appendStringInfoString(out, "</p>\n</header>\n");
}

/* ---------- sections ---------- */

static char *
version_in_words(const PrNode *document)
{
	if (pr_node_at(document, "version") == NULL)
		return pstrdup("none yet");
	return psprintf("%s of %s", pr_said_at(document, "version.version"), pr_time_at(document, "version.refreshed_at"));
}

static void
section_data_set(StringInfo out, const PrNode *document)
{
	char	   *kind = pr_text_at(document, "kind");
	bool		is_table = kind != NULL && strcmp(kind, "table") == 0;

	heading(out, 1, "Data set", "&#25968;&#25454;&#38598;");
	pr_html_facts(out);
	pr_html_fact(out, "Release", pr_text_at(document, "release"));
	pr_html_fact(out, "Source", pr_text_at(document, "source"));
	pr_html_fact(out, "Kind", is_table ? "table: a snapshot, verified at each refresh" : "view: live, one row for each row of the source");
	pr_html_fact(out, "State", pr_text_at(document, "state"));
	pr_html_fact(out, "Declaration, SHA-256", pr_text_at(document, "declaration"));
	pr_html_fact(out, "Persons are told apart by", pr_text_at(document, "subject"));
	pr_html_fact(out, "Records; persons", pr_node_at(document, "measured") == NULL ? NULL :
				 psprintf("%s; %s (rows for each person: %s)", pr_said_at(document, "measured.records"), pr_said_at(document, "measured.subjects"),
						  pr_said_number_at(document, "measured.rows_per_person")));
	if (is_table)
	{
		pr_html_fact(out, "Model", pr_text_at(document, "model"));
		pr_html_fact(out, "Newest version", version_in_words(document));
	}
	declared(out, document, "Description", "description");
	pr_html_facts_end(out);
}

static void
section_sharing(StringInfo out, const PrNode *document)
{
	char	   *audience = pr_page_join(pr_node_at(document, "audience"));
	char	   *beside = pr_page_join(pr_node_at(document, "beside"));
	char	   *mode = pr_text_at(document, "sharing.mode");

	heading(out, 2, "Use and sharing", "&#20351;&#29992;&#19982;&#20849;&#20139;&#22330;&#26223;");
	pr_html_facts(out);
	declared(out, document, "Purpose", "purpose");
	pr_html_fact(out, "Sharing", mode == NULL ? NULL : psprintf("%s%s", mode, pr_true_at(document, "sharing.declared") ? "" : " (not declared: judged as the most open)"));
	pr_html_fact(out, "Audience", audience != NULL ? audience : "nobody so far");
	pr_html_fact(out, "Published beside it, from the same source", beside != NULL ? beside : "nothing");
	declared(out, document, "Public interest", "public_interest");
	declared(out, document, "Retention", "retention");
	pr_html_facts_end(out);
}

static void
section_team(StringInfo out, const PrNode *document)
{
	heading(out, 3, "Who assessed", "&#35780;&#20272;&#22242;&#38431;");
	pr_html_facts(out);
	declared(out, document, "Team", "team");
	pr_html_fact(out, "Owner of the source", pr_text_at(document, "source_owner"));
	pr_html_fact(out, "Declared by", pr_text_at(document, "declared_by"));
	pr_html_fact(out, "Last changed by", pr_text_at(document, "changed_by") == NULL ? NULL :
				 psprintf("%s on %s", pr_text_at(document, "changed_by"), pr_time_at(document, "changed_at")));
	pr_html_fact(out, "Measured by", pr_text_at(document, "measured.assessed_by") == NULL ? NULL :
				 psprintf("%s on %s", pr_text_at(document, "measured.assessed_by"), pr_time_at(document, "measured.assessed_at")));
	pr_html_facts_end(out);
}

static void
section_basis(StringInfo out, const PrNode *document)
{
	heading(out, 4, "Legal basis", "&#35780;&#20272;&#20381;&#25454;");
	pr_html_facts(out);
	declared(out, document, "Legal basis", "legal_basis");
	pr_html_fact(out, "Assessed after", "PIPL Art. 55 and 56; GB/T 42460-2023 (levels), GB/T 37964-2019 and ISO/IEC 20889:2018 (techniques), WP216 (three questions)");
	pr_html_facts_end(out);
}

static void
section_conclusion(StringInfo out, const PrNode *document)
{
	heading(out, 9, "Conclusion and approval", "&#32467;&#35770;&#19982;&#23457;&#25209;");
	pr_html_element(out, "p", psprintf("Verdict: %s.", pr_said_at(document, "verdict")));
	pr_page_reasons(out, document);
	pr_page_decisions(out, document);
}

static void
section_recipients(StringInfo out, const PrNode *document)
{
	heading(out, 10, "Recipients and persons", "&#19982;&#25509;&#25910;&#26041;&#30340;&#27807;&#36890;");
	pr_html_facts(out);
	declared(out, document, "Contact", "contact");
	pr_html_fact(out, "Critical findings of audit()", pr_node_at(document, "technology.audit") != NULL ? pr_text_at(document, "technology.audit.critical") : "not looked for before it is built");
	pr_html_fact(out, "Versions so far", pr_text_at(document, "history.versions"));
	if (pr_node_at(document, "history.recalls") != NULL)
		pr_html_fact(out, "Versions recalled", pr_text_at(document, "history.recalls"));
	if (pr_node_at(document, "history.objections") != NULL)
		pr_html_fact(out, "Objections in force", pr_text_at(document, "history.objections"));
	pr_html_facts_end(out);
}

static void
section_again(StringInfo out, const PrNode *document)
{
	heading(out, 11, "Re-evaluation and records", "&#20877;&#35780;&#20272;&#19982;&#30041;&#23384;&#25991;&#26723;");
	pr_html_facts(out);
	declared(out, document, "Re-evaluation", "reevaluation");
	pr_html_fact(out, "Kept until, at least", pr_time_at(document, "keep_until"));
	pr_html_fact(out, "Documents kept", "this assessment with each decision (impact_records), the measures (assessments), the versions of a table (versions), the log (log)");
	pr_html_facts_end(out);
}

/* ---------- the page ---------- */

char *
pr_page(const PrNode *document)
{
	StringInfoData out;

	initStringInfo(&out);
	put_head(&out, document);
	put_title(&out, document);
	appendStringInfoString(&out, "<main>\n");
	pr_plot_patterns(&out);
	pr_page_summary(&out, document);
	section_data_set(&out, document);
	section_sharing(&out, document);
	section_team(&out, document);
	section_basis(&out, document);
	heading(&out, 5, "Identifiers and how they are treated", "&#26631;&#35782;&#31526;&#28165;&#21333;&#19982;&#22788;&#29702;");
	pr_page_columns(&out, document);
	heading(&out, 6, "Classes", "&#31561;&#20215;&#31867;");
	pr_page_classes(&out, document);
	heading(&out, 7, "Risk and level", "&#39118;&#38505;&#35745;&#31639;&#19982;&#20998;&#32423;");
	pr_page_risk(&out, document);
	heading(&out, 8, "Four dimensions", "&#22235;&#20010;&#32500;&#24230;");
	pr_page_dimensions(&out, document);
	section_conclusion(&out, document);
	section_recipients(&out, document);
	section_again(&out, document);
	heading(&out, 12, "Numbers and where they come from", "&#21442;&#25968;&#21450;&#20854;&#26469;&#28304;");
	pr_page_parameters(&out, document);
	appendStringInfoString(&out, "</main>\n<footer><p>Numbers marked with a standard set defaults of this software; they are not the text of a standard or a law."
						   " An office changes them with set_criterion().</p></footer>\n</body>\n</html>\n");
	return out.data;
}
