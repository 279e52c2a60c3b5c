/*
 * pr_try.h
 *		A step that may fail without the call failing.
 */
#ifndef PR_TRY_H
#define PR_TRY_H

#include "postgres.h"

/*
 * Runs step(state) in a subtransaction.  NULL, or the error that it raised, in
 * the caller's memory context, and everything that it did is undone.  A cancel
 * and a shutdown are raised on.
 */
extern ErrorData *pr_try(void (*step) (void *state), void *state);

/* The same, and a cancel is given back as well: for a caller who writes down that it came, and then raises it. */
extern ErrorData *pr_try_all(void (*step) (void *state), void *state);

#endif							/* PR_TRY_H */
