/*
 * pr_guard.h
 *		Whom the guard refuses.
 *
 * A session is judged by every user it acts as: the current one, the one that
 * SET ROLE chose, and the one that it belongs to.  What one of them may not
 * have, none can get by acting as another, and a SECURITY DEFINER function
 * changes nothing.  All look-ups read catalogues: only in a transaction.
 */
#ifndef PR_GUARD_H
#define PR_GUARD_H

#include "postgres.h"

#include "catalog/pr_protected.h"

/*
 * Is one of the users a member, direct or indirect, of a role that the release
 * is published to, or of the release's own role?  Superusers are not, nor is
 * the source's owner.
 */
extern bool pr_guard_is_audience(const PrServed *release);

/* The first of these releases whose audience is among the users; NULL: none. */
extern const PrServed *pr_guard_audience_of(const List *releases);

/* Not audience, and each of the users a superuser or a member of the source's owner. */
extern bool pr_guard_is_trusted(const PrServed *release);

/* Are all of the users superusers? */
extern bool pr_guard_is_superuser(void);

/* How often does one reading of the release read this relation as this role? */
extern int	pr_guard_reads(const PrServed *release, Oid relid, Oid reader);

/* May the plan of a query that reads this relation be shown?  Raises if not, or returns false. */
extern bool pr_guard_may_watch(const PrProtected *relation, bool raise);

/* Is an EXPLAIN under way? */
extern bool pr_guard_explaining(void);

/*
 * Somebody reads a release who is not trusted: messages about execution are not
 * for this session's client any more, and what it reads is not counted.
 */
extern void pr_guard_hide_execution(void);

#endif							/* PR_GUARD_H */
