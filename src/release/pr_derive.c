/*
 * pr_derive.c
 *		What the rules of a release table derive from all rows; see pr_derive.h.
 */
#include "postgres.h"

#include "release/pr_derive.h"
#include "release/pr_registry.h"

char *
pr_derive_columns(PrRelease *release, Relation rel, List *rules)
{
	return pstrdup("");
}
