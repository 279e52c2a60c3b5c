/*
 * pr_replicate.h
 *		Publications of release tables.
 *
 * A publication that create_publication() made belongs to the release's role,
 * which nobody can become: so nobody but a superuser puts another table into it.
 * That is also how it is known again, after a dump too.
 */
#ifndef PR_REPLICATE_H
#define PR_REPLICATE_H

#include "release/pr_release.h"

/*
 * Replicas hold what was published, and nothing else.  A withdrawn release leaves
 * its publications after its rows have gone from them; publish() puts it back, and
 * sends its rows anew.
 */
extern void pr_replicate_withdraw(const PrRelease *release);
extern void pr_replicate_publish(const PrRelease *release);

/*
 * An error if a new version of a release that is not published would reach the
 * subscribers of a publication that somebody else made.
 */
extern void pr_replicate_require_published(const PrRelease *release);

/* Its table is gone: so are its publications, unless a superuser has put something else into them. */
extern void pr_replicate_forget(const PrRelease *release);

#endif							/* PR_REPLICATE_H */
