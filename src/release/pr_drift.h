/*
 * pr_drift.h
 *		What a build saw of its source.
 */
#ifndef PR_DRIFT_H
#define PR_DRIFT_H

#include "postgres.h"

#include "release/pr_release.h"

/* Keeps what the source is today for drift(); release->source and view are those that the release has now. */
extern void pr_drift_record(const PrRelease *release);

#endif							/* PR_DRIFT_H */
