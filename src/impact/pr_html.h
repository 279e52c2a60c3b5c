/*
 * pr_html.h
 *		Pieces of a page that is HTML and well-formed XML at once, in ASCII.
 */
#ifndef PR_HTML_H
#define PR_HTML_H

#include "postgres.h"

#include "lib/stringinfo.h"

/*
 * A text of anybody, in the database's encoding.  Nothing of it is markup: what
 * is not plain ASCII becomes a character reference, what XML does not know and
 * what would turn the direction of other text around becomes U+FFFD.
 */
extern void pr_html_text(StringInfo out, const char *text);

/* The first characters of it that fit into so many columns, with an ellipsis where some are left out. */
extern void pr_html_short(StringInfo out, const char *text, int columns);

/* <p class="...">text</p>; tag may have attributes of our own. */
extern void pr_html_element(StringInfo out, const char *tag, const char *text);

/* Tables have headers, and each cell its header's text, for narrow windows. */
extern void pr_html_table(StringInfo out, const char *caption, const char *const *headers);
extern void pr_html_row(StringInfo out);
extern void pr_html_cell(StringInfo out, const char *header, const char *text);	/* NULL: a dash */
extern void pr_html_first_cell(StringInfo out, const char *header, const char *text);
extern void pr_html_row_end(StringInfo out);
extern void pr_html_table_end(StringInfo out);

/* A list of facts: dl, dt, dd.  A fact that is NULL is said to be missing. */
extern void pr_html_facts(StringInfo out);
extern void pr_html_fact(StringInfo out, const char *name, const char *text);
extern void pr_html_facts_end(StringInfo out);

#endif							/* PR_HTML_H */
