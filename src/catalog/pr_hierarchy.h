/*
 * pr_hierarchy.h
 *		Hierarchies: trees of labels by which a value is made coarser.
 *
 * privrelease.hierarchy has a row for each, privrelease.hierarchy_value a row
 * for each leaf with its path, level 1 first; the last label is the same for
 * all.  The cache is per backend and per hierarchy, filled at first use.
 */
#ifndef PR_HIERARCHY_H
#define PR_HIERARCHY_H

#include "postgres.h"

#include "nodes/pg_list.h"

/* Limits that keep the cache and an index entry within bounds. */
#define PR_HIERARCHY_MAX_LEVELS		20
#define PR_HIERARCHY_MAX_LEAVES		1000000
#define PR_HIERARCHY_MAX_LABEL		1000	/* bytes */
#define PR_HIERARCHY_MAX_NAME		200		/* bytes */

typedef struct PrHierarchy PrHierarchy;

/* Does a hierarchy of that name exist, and how many levels above the leaves does it have?  levels may be NULL. */
extern bool pr_hierarchy_exists(const char *name, int *levels);

/*
 * The cached hierarchy; an error if there is none.  It stays valid until the
 * cache's generation changes, which any opening of a relation may bring about:
 * look up and copy at once.
 */
extern const PrHierarchy *pr_hierarchy_get(const char *name, int length);
extern uint64 pr_hierarchy_generation(void);

extern int	pr_hierarchy_levels(const PrHierarchy *hierarchy);

/* The label of all values at the top level. */
extern const text *pr_hierarchy_top(const PrHierarchy *hierarchy);

/* The label of a leaf at level 1 .. levels, NULL if it is not a leaf; at level 0 the leaf itself. */
extern const text *pr_hierarchy_label(const PrHierarchy *hierarchy, const char *leaf, int length, int level);

/* Number of leaves. */
extern int64 pr_hierarchy_size(const PrHierarchy *hierarchy);

/* Leaves (text *, not copied) that have this label at level 1 .. levels. */
extern List *pr_hierarchy_leaves(const PrHierarchy *hierarchy, int level, const char *label, int length);

#endif							/* PR_HIERARCHY_H */
