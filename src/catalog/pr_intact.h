/*
 * pr_intact.h
 *		Is a release still what was built?
 *
 * A build records two digests beside the view: of what the view says, and of
 * what it reads.  Whoever serves the release compares.  Pending changes of the
 * declaration do not count: readers get what was built until the next build.
 */
#ifndef PR_INTACT_H
#define PR_INTACT_H

#include "postgres.h"

#include "catalog/pr_protected.h"

/* Is the role one that only owns its release: no login, no power, no member? */
extern bool pr_intact_role(Oid role);

/* Does the view belong to the role, and is it a barrier that reads as its owner? */
extern bool pr_intact_view(Oid view, Oid role);

/*
 * SHA-256 of the view's stored query, its columns' names and types; of the
 * source's kind, its query and those of the views below it if it is a view, whether it has row-level security,
 * and the names and types of the columns that the view uses.  They hold OIDs: another database has others.
 * NULL: the view or the source is gone.
 */
extern bytea *pr_intact_view_digest(Oid view);
extern bytea *pr_intact_source_digest(Oid source, Oid view);

/* Views that a source view reads, and those that they read; NIL: none, or it is no view. */
extern List *pr_intact_views_below(Oid source);

/* What is no longer as it was built, as a sentence; NULL: nothing. */
extern const char *pr_intact_flaw(const PrServed *release);

#endif							/* PR_INTACT_H */
