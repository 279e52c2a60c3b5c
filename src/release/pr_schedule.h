/*
 * pr_schedule.h
 *		Refreshes that pg_cron runs.
 */
#ifndef PR_SCHEDULE_H
#define PR_SCHEDULE_H

#include "release/pr_release.h"

/* The job of a release that is dropped goes with it, where it can be reached; where not, a NOTICE says what to type.  Never an error. */
extern void pr_schedule_forget(const PrRelease *release);

#endif							/* PR_SCHEDULE_H */
