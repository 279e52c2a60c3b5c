/*
 * pr_page_summary.c
 *		What stands on top of the page: the verdict and why, risk against public
 *		interest, and who decided what.
 */
#include "postgres.h"

#include "impact/pr_html.h"
#include "impact/pr_page.h"

/* ---------- verdict ---------- */

static const char *
mark_of(const char *verdict)
{
	if (strcmp(verdict, "acceptable") == 0)
		return "&#10003;";		/* check mark */
	return strcmp(verdict, "not acceptable") == 0 ? "&#10005;" : "&#8230;";
}

static const char *
class_of(const char *verdict)
{
	if (strcmp(verdict, "acceptable") == 0)
		return " good";
	return strcmp(verdict, "not acceptable") == 0 ? " bad" : "";
}

void
pr_page_reasons(StringInfo out, const PrNode *document)
{
	List	   *reasons = pr_node_items(pr_node_at(document, "reasons"));
	ListCell   *cell;

	if (reasons == NIL)
		return;
	appendStringInfoString(out, "<ul>\n");
	foreach(cell, reasons)
	{
		char	   *reason = pr_node_text(lfirst(cell));

		pr_html_element(out, "li", reason != NULL ? reason : "-");
	}
	appendStringInfoString(out, "</ul>\n");
}

static char *
level_in_words(const PrNode *document)
{
	char	   *level = pr_text_at(document, "grading.level");

	if (level == NULL)
		return NULL;
	return psprintf("%s of 4 (%s), %s sharing", level,
					pr_said_at(document, "grading.decided_by"), pr_said_at(document, "sharing.mode"));
}

/* ---------- decisions ---------- */

static char *
last_decision(const PrNode *document)
{
	List	   *decisions = pr_node_items(pr_node_at(document, "decisions"));
	const PrNode *last;

	if (decisions == NIL)
		return pstrdup("nobody has decided yet");
	last = llast(decisions);
	return psprintf("%s by %s on %s", pr_said_at(last, "step"), pr_said_at(last, "by"), pr_time_at(last, "at"));
}

void
pr_page_decisions(StringInfo out, const PrNode *document)
{
	static const char *const headers[] = {"Decision", "By", "On", "Verdict then", "Note", NULL};
	List	   *decisions = pr_node_items(pr_node_at(document, "decisions"));
	ListCell   *cell;

	if (decisions == NIL)
	{
		pr_html_element(out, "p", "Nobody has decided on this release yet.");
		return;
	}
	pr_html_table(out, "Decisions", headers);
	foreach(cell, decisions)
	{
		const PrNode *decision = lfirst(cell);

		pr_html_row(out);
		pr_html_first_cell(out, headers[0], pr_text_at(decision, "step"));
		pr_html_cell(out, headers[1], pr_text_at(decision, "by"));
		pr_html_cell(out, headers[2], pr_time_at(decision, "at"));
		pr_html_cell(out, headers[3], pr_text_at(decision, "verdict"));
		pr_html_cell(out, headers[4], pr_text_at(decision, "note"));
		pr_html_row_end(out);
	}
	pr_html_table_end(out);
}

/* ---------- on top ---------- */

void
pr_page_summary(StringInfo out, const PrNode *document)
{
	char	   *verdict = pr_said_at(document, "verdict");

	appendStringInfo(out, "<section class=\"verdict%s\" aria-labelledby=\"verdict\">\n<h2 id=\"verdict\"><b aria-hidden=\"true\">%s</b> ",
					 class_of(verdict), mark_of(verdict));
	pr_html_text(out, psprintf("%c%s", pg_toupper((unsigned char) verdict[0]), verdict + (verdict[0] != '\0')));
	appendStringInfoString(out, "</h2>\n");
	pr_page_reasons(out, document);
	pr_html_facts(out);
	pr_html_fact(out, "Last decision", last_decision(document));
	pr_html_fact(out, "Level, GB/T 42460-2023", level_in_words(document));
	pr_html_facts_end(out);
	appendStringInfoString(out, "</section>\n");
	pr_plot_balance(out, document);
}
