/*
 * pr_progress.h
 *		What a long call is doing, for others to see (view privrelease.progress).
 *
 * Lives in shared memory, so only a preloaded library shows anything; without
 * it all calls do nothing.  One slot for each backend that works; it is given
 * back at the end of the call, by an error, and when the backend ends.
 */
#ifndef PR_PROGRESS_H
#define PR_PROGRESS_H

#include "postgres.h"

#define PR_PROGRESS_LABEL 256	/* bytes of a release's name that are shown */

extern void pr_progress_init(void);	/* at load: asks for shared memory */

/*
 * A call begins and ends.  Calls nest; only the outermost is shown: its numbers,
 * which count rows and combinations of a source, to members of owner alone.
 */
extern void pr_progress_begin(const char *label, Oid owner);
extern void pr_progress_end(void);

/* What it does now, and of how many steps (0: nobody knows).  phase is a constant of the program. */
extern void pr_progress_phase(const char *phase, uint64 total);
extern void pr_progress_step(uint64 n);
extern void pr_progress_at(uint64 done, uint64 total);

#endif							/* PR_PROGRESS_H */
