/*
 * pr_page.h
 *		The page that impact_report() gives: its parts.
 */
#ifndef PR_PAGE_H
#define PR_PAGE_H

#include "postgres.h"

#include "lib/stringinfo.h"

#include "impact/pr_document.h"

/* pr_page.c: the whole page; pieces of sections */
extern char *pr_page(const PrNode *document);

/* pr_page_summary.c: what stands on top: verdict, reasons, balance, level, who decided */
extern void pr_page_summary(StringInfo out, const PrNode *document);
extern void pr_page_decisions(StringInfo out, const PrNode *document);
extern void pr_page_reasons(StringInfo out, const PrNode *document);

/* pr_page_data.c: columns, classes, risk */
extern void pr_page_columns(StringInfo out, const PrNode *document);
extern void pr_page_classes(StringInfo out, const PrNode *document);
extern void pr_page_risk(StringInfo out, const PrNode *document);

/* pr_page_weights.c: criteria in four dimensions; parameters and where they come from */
extern void pr_page_dimensions(StringInfo out, const PrNode *document);
extern void pr_page_parameters(StringInfo out, const PrNode *document);

/* pr_plot.c: pictures, as SVG */
extern void pr_plot_patterns(StringInfo out);
extern void pr_plot_balance(StringInfo out, const PrNode *document);
extern void pr_plot_classes(StringInfo out, const PrNode *document);
extern void pr_plot_risk(StringInfo out, const PrNode *document);
extern void pr_plot_loss(StringInfo out, const PrNode *document);

/* A size of classes in words: "1", "3 to 4", "100 and more". */
extern char *pr_page_bin(const PrNode *bin);

/* Texts of a list, with commas; NULL: none. */
extern char *pr_page_join(const PrNode *list);

#endif							/* PR_PAGE_H */
