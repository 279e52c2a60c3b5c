/*
 * pr_has_objected.h
 *		The condition of releases that somebody has objected to, by whose
 *		address the planner recognises it.
 */
#ifndef PR_HAS_OBJECTED_H
#define PR_HAS_OBJECTED_H

#include "postgres.h"

#include "fmgr.h"

extern Datum privrelease_has_objected(PG_FUNCTION_ARGS);

#endif							/* PR_HAS_OBJECTED_H */
