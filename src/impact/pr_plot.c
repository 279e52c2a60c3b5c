/*
 * pr_plot.c
 *		Pictures of an assessment, as SVG in the page.
 *
 * Each is 360 wide, so that its letters can be read on a telephone, has a title
 * and a description, and tells by shape what it tells by colour.  No picture is
 * made where there is nothing to show.
 */
#include "postgres.h"

#include <math.h>

#include "impact/pr_html.h"
#include "impact/pr_page.h"

#define PR_WIDTH 360
#define PR_LEFT 10
#define PR_SPAN 340				/* between the margins */

/* ---------- frame ---------- */

/* What is at risk is hatched, in every picture of the page. */
void
pr_plot_patterns(StringInfo out)
{
	appendStringInfoString(out, "<svg class=\"patterns\" aria-hidden=\"true\" width=\"0\" height=\"0\" xmlns=\"http://www.w3.org/2000/svg\"><defs>"
						   "<pattern id=\"hatch\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">"
						   "<line x1=\"0\" y1=\"0\" x2=\"0\" y2=\"6\" class=\"hatch\"/></pattern></defs></svg>\n");
}

static void
begin(StringInfo out, const char *name, int height, const char *title, const char *description)
{
	appendStringInfo(out, "<figure>\n<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-labelledby=\"%s-t %s-d\" xmlns=\"http://www.w3.org/2000/svg\">\n<title id=\"%s-t\">",
					 PR_WIDTH, height, name, name, name);
	pr_html_text(out, title);
	appendStringInfo(out, "</title>\n<desc id=\"%s-d\">", name);
	pr_html_text(out, description);
	appendStringInfoString(out, "</desc>\n");
}

static void
end(StringInfo out, const char *caption)
{
	appendStringInfoString(out, "</svg>\n<figcaption>");
	pr_html_text(out, caption);
	appendStringInfoString(out, "</figcaption>\n</figure>\n");
}

static void
put_text(StringInfo out, double x, double y, const char *class, const char *text, int columns)
{
	appendStringInfo(out, "<text x=\"%.1f\" y=\"%.1f\" class=\"%s\">", x, y, class);
	pr_html_short(out, text, columns);
	appendStringInfoString(out, "</text>\n");
}

static void
put_rect(StringInfo out, double x, double y, double width, double height, const char *class)
{
	appendStringInfo(out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" class=\"%s\"/>\n", x, y, width, height, class);
}

static void
put_line(StringInfo out, double x1, double y1, double x2, double y2, const char *class)
{
	appendStringInfo(out, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" class=\"%s\"/>\n", x1, y1, x2, y2, class);
}

static double
clamp(double value)
{
	return Min(Max(value, 0), 1);
}

/* ---------- balance ---------- */

/* A bar from 0 to 1 with its name above. */
static void
put_share(StringInfo out, int y, const char *name, const char *number, double value, const char *class)
{
	put_text(out, PR_LEFT, y, "name", name, 44);
	put_text(out, PR_LEFT + PR_SPAN, y, "end", number, 12);
	put_rect(out, PR_LEFT, y + 5, PR_SPAN, 12, "rail");
	if (value > 0)
		put_rect(out, PR_LEFT, y + 5, PR_SPAN * clamp(value), 12, class);
}

void
pr_plot_balance(StringInfo out, const PrNode *document)
{
	double		risk;
	double		interest;
	bool		has_interest = pr_double_at(document, "balance.interest", &interest);
	char	   *word = pr_text_at(document, "balance.interest_word");

	if (!pr_double_at(document, "balance.risk", &risk))
		return;
	begin(out, "balance", has_interest ? 80 : 44, "Risk against public interest",
		  psprintf("Risk %s; public interest %s, on a scale from 0 to 1.", pr_number_at(document, "balance.risk"),
				   has_interest ? pr_number_at(document, "balance.interest") : "not declared"));
	put_share(out, 16, "Risk", pr_number_at(document, "balance.risk"), risk, "risky");
	if (has_interest)
		put_share(out, 52, psprintf("Public interest%s%s", word != NULL ? ", " : "", word != NULL ? word : ""), pr_number_at(document, "balance.interest"), interest, "bar");
	end(out, psprintf("Risk is the share of the weight that is not kept; the public interest is the declared word as a number.%s",
					  has_interest ? pr_true_at(document, "balance.outweighs") ? " The interest outweighs the risk." : " The interest does not outweigh the risk." :
					  " No public interest is declared."));
}

/* ---------- sizes of classes ---------- */

static double
most_classes(List *bins)
{
	double		most = 0;
	double		classes;
	ListCell   *cell;

	foreach(cell, bins)
		if (pr_double_at(lfirst(cell), "classes", &classes))
			most = Max(most, classes);
	return most;
}

/* Is every size of the bin below the size of which a class is at risk? */
static bool
is_risky(const PrNode *bin, const PrNode *document)
{
	double		to;
	double		size;

	return pr_double_at(bin, "to", &to) && pr_double_at(document, "grading.tau_size", &size) && to < size;
}

static void
put_bin(StringInfo out, const PrNode *bin, double x, double width, double most, const PrNode *document)
{
	double		classes = 0;
	double		height;
	char	   *from = pr_text_at(bin, "from");
	char	   *to = pr_text_at(bin, "to");

	(void) pr_double_at(bin, "classes", &classes);
	classes = Max(classes, 0);
	height = classes > 0 ? Max(classes / most * 110, 2) : 0;
	if (height > 0)
		put_rect(out, x + 4, 130 - height, width - 8, height, is_risky(bin, document) ? "risky" : "bar");
	put_text(out, x + width / 2, 126 - height, "middle", pr_text_at(bin, "classes") != NULL ? pr_text_at(bin, "classes") : "-", 7);
	put_text(out, x + width / 2, 146, "middle soft",
			 from == NULL ? "-" : to == NULL ? psprintf("%s+", from) : strcmp(from, to) == 0 ? from : psprintf("%s-%s", from, to), 7);
}

static char *
bins_in_words(List *bins)
{
	StringInfoData out;
	ListCell   *cell;

	initStringInfo(&out);
	foreach(cell, bins)
		appendStringInfo(&out, "%s%s persons: %s classes", out.len > 0 ? "; " : "", pr_page_bin(lfirst(cell)),
						 pr_text_at(lfirst(cell), "classes") != NULL ? pr_text_at(lfirst(cell), "classes") : "unknown");
	appendStringInfoChar(&out, '.');
	return out.data;
}

void
pr_plot_classes(StringInfo out, const PrNode *document)
{
	List	   *bins = pr_node_items(pr_node_at(document, "class_sizes"));
	double		most = most_classes(bins);
	double		width;
	char	   *size = pr_text_at(document, "grading.tau_size");
	ListCell   *cell;

	if (bins == NIL || list_length(bins) > 20 || most <= 0)
		return;
	width = (double) PR_SPAN / list_length(bins);
	begin(out, "classes", 166, "Sizes of classes", bins_in_words(bins));
	foreach(cell, bins)
		put_bin(out, lfirst(cell), PR_LEFT + width * foreach_current_index(cell), width, most, document);
	put_line(out, PR_LEFT, 130, PR_LEFT + PR_SPAN, 130, "rail");
	put_text(out, PR_LEFT + PR_SPAN / 2.0, 162, "middle soft", "persons in a class", 40);
	end(out, psprintf("How many classes there are of each size.%s", size == NULL ? "" :
					  psprintf(" Hatched: below %s persons, where a class is at risk for this mode of sharing.", size)));
}

/* ---------- risk against thresholds ---------- */

#define PR_DECADES 4			/* 0.0001 to 1 */

/* Where a probability lies on the logarithmic scale. */
static double
place(double value)
{
	double		x = value > 0 ? 1 + log10(value) / PR_DECADES : 0;

	return PR_LEFT + PR_SPAN * clamp(x);
}

typedef struct RiskRow
{
	const char *name;
	double		value;
	const char *number;
	double		limit;
	bool		has_limit;
	bool		is_over;
} RiskRow;

static void
put_risk(StringInfo out, int y, const RiskRow *row)
{
	put_text(out, PR_LEFT, y, "name", row->name, 44);
	put_text(out, PR_LEFT + PR_SPAN, y, "end", row->number, 12);
	put_line(out, PR_LEFT, y + 11, PR_LEFT + PR_SPAN, y + 11, "rail");
	if (row->has_limit)
		put_line(out, place(row->limit), y + 4, place(row->limit), y + 18, "limit");
	appendStringInfo(out, "<circle cx=\"%.1f\" cy=\"%d\" r=\"5\" class=\"%s\"/>\n", place(row->value), y + 11, row->is_over ? "over" : "dot");
}

/* The threshold of a criterion, as it was weighed. */
static bool
threshold_of(const PrNode *document, const char *criterion, double *limit)
{
	ListCell   *cell;

	foreach(cell, pr_node_items(pr_node_at(document, "dimensions.data.criteria")))
	{
		char	   *name = pr_text_at(lfirst(cell), "criterion");

		if (name != NULL && strcmp(name, criterion) == 0)
			return pr_double_at(lfirst(cell), "threshold", limit);
	}
	return false;
}

static int
collect_risks(const PrNode *document, RiskRow *rows)
{
	static const char *const sources[][2] = {
		{"grading.r", "R of the calculation"},
		{"grading.r_b", "R_b, smallest class"},
		{"grading.r_c", "R_c, mean over classes"},
		{"measured.mean_risk", "|J|/N, mean over persons"}
	};
	int			n = 0;

	for (int i = 0; i < lengthof(sources); i++)
	{
		RiskRow    *row = &rows[n];

		if (!pr_double_at(document, sources[i][0], &row->value))
			continue;
		row->name = sources[i][1];
		row->number = pr_number_at(document, sources[i][0]);
		row->has_limit = i == 0 ? pr_double_at(document, "grading.acceptable", &row->limit) :
			i == 3 ? threshold_of(document, "data.mean_risk", &row->limit) :
			i == 1 ? pr_double_at(document, "grading.tau", &row->limit) : false;
		row->is_over = row->has_limit && (i == 0 ? row->value >= row->limit : row->value > row->limit * (1 + 1e-9));
		n++;
	}
	return n;
}

static char *
risks_in_words(const RiskRow *rows, int n)
{
	StringInfoData out;

	initStringInfo(&out);
	for (int i = 0; i < n; i++)
	{
		appendStringInfo(&out, "%s%s is %s", i > 0 ? "; " : "", rows[i].name, rows[i].number);
		if (rows[i].has_limit)
			appendStringInfo(&out, ", threshold %.4g", rows[i].limit);
	}
	appendStringInfoChar(&out, '.');
	return out.data;
}

void
pr_plot_risk(StringInfo out, const PrNode *document)
{
	static const char *const marks[] = {"0.0001", "0.001", "0.01", "0.1", "1"};
	RiskRow		rows[4];
	int			n = collect_risks(document, rows);
	int			bottom = 4 + n * 34;

	if (n == 0)
		return;
	begin(out, "risk", bottom + 20, "Risk against thresholds", risks_in_words(rows, n));
	for (int i = 0; i < n; i++)
		put_risk(out, 14 + i * 34, &rows[i]);
	for (int i = 0; i < lengthof(marks); i++)
		put_text(out, PR_LEFT + PR_SPAN * i / (double) PR_DECADES, bottom + 14,
				 i == 0 ? "soft" : i == PR_DECADES ? "end soft" : "middle soft", marks[i], 8);
	end(out, "Full circles keep their threshold (upright line), hollow ones do not. The scale is logarithmic; what is smaller stands at its left end.");
}

/* ---------- loss ---------- */

void
pr_plot_loss(StringInfo out, const PrNode *document)
{
	List	   *columns = NIL;
	ListCell   *cell;
	double		loss;
	int			y = 16;

	foreach(cell, pr_node_items(pr_node_at(document, "columns")))
		if (pr_double_at(lfirst(cell), "loss", &loss))
			columns = lappend(columns, lfirst(cell));
	if (columns == NIL)
		return;
	begin(out, "loss", 10 + list_length(columns) * 32, "Loss of each quasi-identifier", "From 0, nothing is lost, to 1, everything; the numbers are in the table of columns.");
	foreach(cell, columns)
	{
		const PrNode *column = lfirst(cell);
		char	   *name = pr_text_at(column, "name");

		(void) pr_double_at(column, "loss", &loss);
		put_share(out, y, name != NULL ? name : "-", pr_number_at(column, "loss"), loss, "bar");
		y += 32;
	}
	end(out, "What generalization and suppression took from each quasi-identifier.");
}
