/*
 * pr_collation.h
 *		Whether a collation orders text by its bytes.
 */
#ifndef PR_COLLATION_H
#define PR_COLLATION_H

#include "postgres.h"

extern bool pr_collation_is_c(Oid collation);

#endif							/* PR_COLLATION_H */
