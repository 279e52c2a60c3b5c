/*
 * pr_page_weights.c
 *		Sections of what was weighed: criteria in four dimensions, and the numbers
 *		that the calculations use, each with where it comes from.
 */
#include "postgres.h"

#include "impact/pr_html.h"
#include "impact/pr_page.h"

static char *
or_dash(char *text)
{
	return text != NULL ? text : pstrdup("-");
}

static const char *
kept_in_words(const PrNode *criterion)
{
	if (pr_true_at(criterion, "kept"))
		return "yes";
	if (pr_false_at(criterion, "kept"))
		return pr_true_at(criterion, "decisive") ? "NO, and it decides" : "NO";
	return "not measured";
}

static void
put_criteria(StringInfo out, const PrNode *dimension, const char *title)
{
	static const char *const headers[] = {"Criterion", "Value", "Must be", "Kept", "Weight", "Score", "Origin of the threshold", NULL};
	ListCell   *cell;

	pr_html_table(out, psprintf("%s: score %s of 1, weight %s", title, or_dash(pr_number_at(dimension, "score")), or_dash(pr_number_at(dimension, "weight"))),
				  headers);
	foreach(cell, pr_node_items(pr_node_at(dimension, "criteria")))
	{
		const PrNode *criterion = lfirst(cell);

		pr_html_row(out);
		pr_html_first_cell(out, headers[0], pr_text_at(criterion, "title"));
		pr_html_cell(out, headers[1], pr_number_at(criterion, "value"));
		pr_html_cell(out, headers[2], psprintf("%s %s (%s)", or_dash(pr_text_at(criterion, "comparison")), or_dash(pr_number_at(criterion, "threshold")),
											   or_dash(pr_text_at(criterion, "unit"))));
		pr_html_cell(out, headers[3], kept_in_words(criterion));
		pr_html_cell(out, headers[4], pr_number_at(criterion, "weight"));
		pr_html_cell(out, headers[5], pr_number_at(criterion, "score"));
		pr_html_cell(out, headers[6], pr_text_at(criterion, "origin"));
		pr_html_row_end(out);
	}
	pr_html_table_end(out);
}

void
pr_page_dimensions(StringInfo out, const PrNode *document)
{
	static const char *const dimensions[][2] = {
		{"policy", "Policy"}, {"technology", "Technology"}, {"data", "Data"}, {"users", "Users"}
	};

	pr_html_element(out, "p", "A score is 1 where the criterion is kept, otherwise half of how near the value comes. The risk is the share of the weight that is not kept;"
					" what was not measured is not weighed. For what is declared and for yes or no, 1 is yes.");
	for (int i = 0; i < lengthof(dimensions); i++)
	{
		const PrNode *dimension = pr_node_at(document, psprintf("dimensions.%s", dimensions[i][0]));

		pr_html_element(out, "h3", dimensions[i][1]);
		put_criteria(out, dimension, dimensions[i][1]);
	}
}

void
pr_page_parameters(StringInfo out, const PrNode *document)
{
	static const char *const headers[] = {"Parameter", "Value", "Unit", "Origin", NULL};
	ListCell   *cell;

	pr_html_table(out, "Parameters", headers);
	foreach(cell, pr_node_items(pr_node_at(document, "parameters")))
	{
		const PrNode *parameter = lfirst(cell);

		pr_html_row(out);
		pr_html_first_cell(out, headers[0], psprintf("%s (%s)", or_dash(pr_text_at(parameter, "title")), or_dash(pr_text_at(parameter, "criterion"))));
		pr_html_cell(out, headers[1], pr_number_at(parameter, "value"));
		pr_html_cell(out, headers[2], pr_text_at(parameter, "unit"));
		pr_html_cell(out, headers[3], pr_text_at(parameter, "origin"));
		pr_html_row_end(out);
	}
	pr_html_table_end(out);
}
