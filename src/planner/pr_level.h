/*
 * pr_level.h
 *		Release views in a rewritten query, before it is planned.
 */
#ifndef PR_LEVEL_H
#define PR_LEVEL_H

#include "postgres.h"

#include "nodes/parsenodes.h"
#include "nodes/pathnodes.h"

/* The node without changes of type that change no byte. */
extern const Node *pr_without_relabels(const Node *node);

/* Is this range table entry a release's expanded view? */
extern bool pr_is_release(const RangeTblEntry *rte);

/* Is there one at this level of the query? */
extern bool pr_level_has_release(const Query *query);

/* The entry of a plain column of a release at this level, perhaps relabelled; 0: it is none. */
extern Index pr_released_column(const Query *query, const Node *node);

/* Roles of releases for which something is read at this level of planning or above it. */
extern List *pr_reading_roles(PlannerInfo *root);

#endif							/* PR_LEVEL_H */
