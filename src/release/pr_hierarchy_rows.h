/*
 * pr_hierarchy_rows.h
 *		A hierarchy on its way into the catalogue: rows of labels, the leaf
 *		first, and the check that they make a tree.
 */
#ifndef PR_HIERARCHY_ROWS_H
#define PR_HIERARCHY_ROWS_H

#include "postgres.h"

typedef struct PrHierarchyRows
{
	const char *name;			/* of the hierarchy, for messages */
	const char *source;			/* quoted table that the rows are from, NULL: an array */
	int			nrows;
	int			ncols;			/* levels + 1 */
	char	  **cells;			/* nrows * ncols, NULL for SQL NULL */
} PrHierarchyRows;

/* An error, which never names a label, unless the rows make a hierarchy. */
extern void pr_hierarchy_rows_check(const PrHierarchyRows *rows);

/* Write them as caller's; a hierarchy of that name is replaced if it is the caller's.  Runs elevated. */
extern void pr_hierarchy_rows_store(const PrHierarchyRows *rows, Oid caller);

#endif							/* PR_HIERARCHY_ROWS_H */
