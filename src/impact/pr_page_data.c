/*
 * pr_page_data.c
 *		Sections of what was measured: columns, classes, risk and level.
 */
#include "postgres.h"

#include "impact/pr_html.h"
#include "impact/pr_page.h"

/* ---------- columns ---------- */

static char *
kind_in_words(const PrNode *column)
{
	char	   *kind = pr_text_at(column, "kind");
	char	   *category = pr_text_at(column, "category");
	char	   *role = pr_text_at(column, "role");
	StringInfoData out;

	initStringInfo(&out);
	appendStringInfoString(&out, kind != NULL ? kind : "unclassified");
	if (category != NULL)
		appendStringInfo(&out, " (%s)", category);
	if (role != NULL && strcmp(role, "quasi_identifier") == 0 && (kind == NULL || strcmp(kind, role) != 0))
		appendStringInfoString(&out, ", counts as quasi-identifier");
	for (char *at = out.data; *at != '\0'; at++)
		if (*at == '_')
			*at = '-';
	return out.data;
}

static char *
technique_in_words(const PrNode *column)
{
	char	   *technique = pr_text_at(column, "technique");
	char	   *chinese = pr_text_at(column, "technique_zh");

	if (technique == NULL)
		return NULL;
	return chinese != NULL ? psprintf("%s (%s)", technique, chinese) : technique;
}

static char *
risks_in_words(const PrNode *column)
{
	char	   *out = pr_text_at(column, "singling_out");
	char	   *link = pr_text_at(column, "linkability");
	char	   *infer = pr_text_at(column, "inference");

	if (out == NULL && link == NULL && infer == NULL)
		return pstrdup("not listed");
	return psprintf("%s / %s / %s", out != NULL ? out : "-", link != NULL ? link : "-", infer != NULL ? infer : "-");
}

static void
put_columns(StringInfo out, const PrNode *document)
{
	static const char *const headers[] = {"Column", "What it is", "Transform", "Technique", "Risk left", "Kept", "Loss", NULL};
	ListCell   *cell;

	pr_html_table(out, "Released columns", headers);
	foreach(cell, pr_node_items(pr_node_at(document, "columns")))
	{
		const PrNode *column = lfirst(cell);

		pr_html_row(out);
		pr_html_first_cell(out, headers[0], pr_text_at(column, "name"));
		pr_html_cell(out, headers[1], kind_in_words(column));
		pr_html_cell(out, headers[2], pr_text_at(column, "transform"));
		pr_html_cell(out, headers[3], technique_in_words(column));
		pr_html_cell(out, headers[4], risks_in_words(column));
		pr_html_cell(out, headers[5], pr_true_at(column, "kept") ? "kept as it is" : "no");
		pr_html_cell(out, headers[6], pr_number_at(column, "loss"));
		pr_html_row_end(out);
	}
	pr_html_table_end(out);
}

static char *
sensitive_in_words(const PrNode *document)
{
	StringInfoData out;
	ListCell   *cell;

	initStringInfo(&out);
	foreach(cell, pr_node_items(pr_node_at(document, "sensitive")))
	{
		char	   *title = pr_text_at(lfirst(cell), "title");
		char	   *chinese = pr_text_at(lfirst(cell), "title_zh");

		appendStringInfo(&out, "%s%s", out.len > 0 ? ", " : "", title != NULL ? title : "-");
		if (chinese != NULL)
			appendStringInfo(&out, " (%s)", chinese);
	}
	return out.len > 0 ? out.data : pstrdup("none of those in PIPL Art. 28 and GB/T 45574-2025, Annex A");
}

static char *
keys_in_words(const PrNode *document)
{
	StringInfoData out;
	ListCell   *cell;

	initStringInfo(&out);
	foreach(cell, pr_node_items(pr_node_at(document, "technology.keys")))
		appendStringInfo(&out, "%snumber %s, version %s", out.len > 0 ? "; " : "",
						 pr_said_at(lfirst(cell), "key"), pr_said_at(lfirst(cell), "version"));
	return out.len > 0 ? out.data : pstrdup("none");
}

void
pr_page_columns(StringInfo out, const PrNode *document)
{
	char	   *kept = pr_page_join(pr_node_at(document, "kept_columns"));

	pr_html_facts(out);
	pr_html_fact(out, "Direct identifiers that are shown", pr_text_at(document, "grading.direct_identifiers"));
	pr_html_fact(out, "Quasi-identifiers", pr_text_at(document, "grading.quasi_identifiers"));
	pr_html_fact(out, "Sensitive personal information", sensitive_in_words(document));
	pr_html_fact(out, "Columns kept as they are", kept != NULL ? kept : "none");
	pr_html_fact(out, "Keys", keys_in_words(document));
	pr_html_facts_end(out);
	pr_html_element(out, "p", "Risk left, in the terms of WP216: singling out / linkability / inference. Loss: 0, nothing is lost; 1, everything.");
	appendStringInfoString(out, "<div class=\"columns\">\n");
	put_columns(out, document);
	appendStringInfoString(out, "</div>\n");
	pr_plot_loss(out, document);
}

/* ---------- classes ---------- */

char *
pr_page_bin(const PrNode *bin)
{
	char	   *from = pr_text_at(bin, "from");
	char	   *to = pr_text_at(bin, "to");

	if (from == NULL)
		return pstrdup("-");
	if (to == NULL)
		return psprintf("%s and more", from);
	return strcmp(from, to) == 0 ? from : psprintf("%s to %s", from, to);
}

void
pr_page_classes(StringInfo out, const PrNode *document)
{
	if (pr_node_at(document, "measured") == NULL)
	{
		pr_html_element(out, "p", "Nothing was measured of what is declared today.");
		return;
	}
	pr_html_element(out, "p", "A class is what a reader cannot tell apart: persons with the same released quasi-identifiers.");
	pr_html_facts(out);
	pr_html_fact(out, "Classes", pr_text_at(document, "measured.classes"));
	pr_html_fact(out, "Persons in the smallest class", pr_text_at(document, "measured.min_class"));
	pr_html_fact(out, "Classes of one person", pr_text_at(document, "measured.uniques"));
	pr_html_fact(out, "Records suppressed", pr_text_at(document, "measured.suppressed") == NULL ? NULL :
				 psprintf("%s of %s (share %s)", pr_said_at(document, "measured.suppressed"), pr_said_at(document, "measured.records"),
						  pr_said_number_at(document, "measured.suppressed_share")));
	if (pr_node_at(document, "measured.joint.min_class") != NULL)
		pr_html_fact(out, "Smallest class of readers who combine the releases of the source", pr_text_at(document, "measured.joint.min_class"));
	pr_html_facts_end(out);
	pr_plot_classes(out, document);
}

/* ---------- risk ---------- */

static void
put_calculation(StringInfo out, const PrNode *document)
{
	static const char *const headers[] = {"Number", "Value", "What it is", NULL};
	static const char *const rows[][3] = {
		{"R_a", "grading.r_a", "share of classes whose risk is above tau; if there is one, R is 1"},
		{"R_b", "grading.r_b", "risk in the smallest class, 1/f"},
		{"R_c", "grading.r_c", "mean risk over classes"},
		{"|J|/N", "measured.mean_risk", "mean risk over persons"},
		{"pr", "grading.pr", "probability that somebody tries, by the context of sharing"},
		{"R", "grading.r", "R_b times pr where sharing is public, R_c times pr otherwise"},
		{"tau", "grading.tau", "threshold of a class"},
		{"acceptable", "grading.acceptable", "R must be below, for level 3"}
	};

	pr_html_table(out, "Calculation, GB/T 42460-2023, Annex D", headers);
	for (int i = 0; i < lengthof(rows); i++)
	{
		pr_html_row(out);
		pr_html_first_cell(out, headers[0], rows[i][0]);
		pr_html_cell(out, headers[1], pr_number_at(document, rows[i][1]));
		pr_html_cell(out, headers[2], rows[i][2]);
		pr_html_row_end(out);
	}
	pr_html_table_end(out);
}

static void
put_question(StringInfo out, const PrNode *document, const char *question, const char *key)
{
	char	   *risk = pr_text_at(document, psprintf("questions.%s.risk", key));

	pr_html_fact(out, question, risk == NULL ? NULL : psprintf("%s: %s", risk, pr_said_at(document, psprintf("questions.%s.why", key))));
}

void
pr_page_risk(StringInfo out, const PrNode *document)
{
	char	   *level = pr_text_at(document, "grading.level");

	pr_html_element(out, "p", level == NULL ? "The level is not known." :
					psprintf("Level %s: %s.", level, pr_said_at(document, "grading.decided_by")));
	pr_plot_risk(out, document);
	put_calculation(out, document);
	pr_html_element(out, "h3", "Is it still a risk?");
	pr_html_facts(out);
	put_question(out, document, "Singling out", "singling_out");
	put_question(out, document, "Linkability", "linkability");
	put_question(out, document, "Inference", "inference");
	pr_html_facts_end(out);
	pr_html_element(out, "p", "Where one of them is, WP216 asks for an analysis of re-identification, and not for a single one.");
}
