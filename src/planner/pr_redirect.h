/*
 * pr_redirect.h
 *		Between the files of transparent mode: a source, the release that stands
 *		for it, and how the columns of one become those of the other.
 */
#ifndef PR_REDIRECT_H
#define PR_REDIRECT_H

#include "postgres.h"

#include "access/attnum.h"
#include "nodes/bitmapset.h"
#include "nodes/parsenodes.h"

typedef struct PrRedirection
{
	Oid			source;
	Oid			view;
	char	   *label;			/* quoted name of the release */
	int			n_columns;		/* of the source, dropped ones included */
	AttrNumber *columns;		/* for each, that of the view; 0: none that means the same */
} PrRedirection;

/* pr_redirect.c: the release that stands for this relation when the current user names it; false: none. */
extern bool pr_redirect_find(Oid relid, PrRedirection *found);

/* pr_redirect_columns.c */

/* Fills in columns. */
extern void pr_redirect_match(PrRedirection *redirection);

/* An error if the query uses (selected) what the release does not have under that name, of that type. */
extern void pr_redirect_check(const PrRedirection *redirection, const Bitmapset *selected);

/* EXISTS (SELECT * ...) reads no column: empties the list, if nothing depends on it.  Then these are the columns used. */
extern bool pr_redirect_empty_list(Query *query);
extern Bitmapset *pr_redirect_used(Query *query, Index varno);

/* The columns that a query uses, and the names that it gives them, for the view. */
extern Bitmapset *pr_redirect_selected(const PrRedirection *redirection, const Bitmapset *selected);
extern void pr_redirect_names(const PrRedirection *redirection, RangeTblEntry *rte);

/* Renumbers the columns of every redirected entry, in the query and below; redirections[varno].columns NULL: not redirected. */
extern void pr_redirect_vars(Query *query, const PrRedirection *redirections);

/* The query to type instead. */
extern char *pr_redirect_hint(const PrRedirection *redirection);

#endif							/* PR_REDIRECT_H */
