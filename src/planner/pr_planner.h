/*
 * pr_planner.h
 *		The hooks and what they do: pr_hooks.c saves, dispatches and restores;
 *		the other files of this folder hold the policy.
 *
 * Hooks add speed, refusals and transparency.  No privacy property rests on
 * one having run: an audience has no privilege on a source.
 */
#ifndef PR_PLANNER_H
#define PR_PLANNER_H

#include "postgres.h"

#include "nodes/parsenodes.h"
#include "nodes/pathnodes.h"
#include "nodes/plannodes.h"

/* Installs the hooks, if the library is preloaded; without, there is no half a guard. */
extern void pr_hooks_init(void);

#endif							/* PR_PLANNER_H */
