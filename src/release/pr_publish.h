/*
 * pr_publish.h
 *		Who may read a release.
 */
#ifndef PR_PUBLISH_H
#define PR_PUBLISH_H

#include "release/pr_release.h"

/* An error unless the declaration could be shown to readers: it was built or refreshed, or is a draft that can be. */
extern void pr_require_publishable(PrRelease *release);

/* pr_refresh.c: a new version; of a live release of what was published, or of what is declared now. */
extern int64 pr_refresh(PrRelease *release);

#endif							/* PR_PUBLISH_H */
