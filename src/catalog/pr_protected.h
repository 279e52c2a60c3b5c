/*
 * pr_protected.h
 *		What the hooks must know of every release: which relations are sources,
 *		which views and roles serve them, and to whom.
 *
 * A hook calls pr_protected_refresh() first, and works with what the look-ups
 * give until it returns; it keeps nothing across planning or execution of
 * anything, since a nested query may refresh.
 */
#ifndef PR_PROTECTED_H
#define PR_PROTECTED_H

#include "postgres.h"

#include "nodes/pg_list.h"

/* What was found when a release was last compared with its build (pr_intact.c). */
typedef struct PrVerdict
{
	bool		known;
	const char *flaw;			/* NULL: none */
} PrVerdict;

/* A built release of this database. */
typedef struct PrServed
{
	int32		id;
	const char *label;			/* quoted name */
	Oid			source;
	Oid			source_owner;	/* at the last build */
	Oid			view;			/* the view, or the table */
	bool		is_table;		/* nothing of the source is read when it is */
	Oid			role;			/* that owns the view and may read the source */
	bool		derive_quals;
	const char *withdrawn;		/* reason; NULL: not withdrawn */
	List	   *audience;		/* OIDs of roles that it is published to */
	List	   *mapped;			/* OIDs of roles in transparent mode */
	const bytea *view_digest;	/* at the last build */
	const bytea *source_digest;
	PrVerdict  *verdict;
} PrServed;

/* What a relation has to do with releases. */
typedef struct PrProtected
{
	Oid			relid;
	List	   *releases;		/* whose source it is, as pr_protected_by_source() says; NIL: none */
	const PrServed *view_of;	/* the release that it is the view of; NULL: none */
	const PrServed *table_of;	/* the release that it is the table of; NULL: none */
} PrProtected;

/* Brings the cache up to date.  False: nothing is protected here, and no look-up finds anything. */
extern bool pr_protected_refresh(void);

/* All of them (PrServed *), in the order of declaration. */
extern List *pr_protected_all(void);

/* Is any role in transparent mode? */
extern bool pr_protected_any_mapped(void);

/* Everything about one relation, in one look-up; NULL: it has to do with no release. */
extern const PrProtected *pr_protected_find(Oid relid);

/* The release that this role owns, that this view is; NULL: none. */
extern const PrServed *pr_protected_by_role(Oid role);
extern const PrServed *pr_protected_by_view(Oid view);

/*
 * Releases (PrServed *) whose source this relation is, or is a partition,
 * child, parent or further relation of: rows of the source can be reached
 * through it.  NIL: none.
 */
extern List *pr_protected_by_source(Oid relid);

#endif							/* PR_PROTECTED_H */
