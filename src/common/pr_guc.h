/*
 * pr_guc.h
 *		The settings of this extension.
 */
#ifndef PR_GUC_H
#define PR_GUC_H

#include "postgres.h"

/* privrelease.keyring_file; empty: beside the data directory. */
extern char *pr_guc_keyring_file;

/* privrelease.guard: refuse what privileges alone do not (superuser). */
extern bool pr_guc_guard;

/* privrelease.enable_derived_quals: planner speed only (user). */
extern bool pr_guc_enable_derived_quals;

extern void pr_guc_init(void);

#endif							/* PR_GUC_H */
