/*
 * pr_table_statistics.c
 *		The planner's statistics of a release table, which its readers see too.
 *
 * pg_stats shows whoever may read a column values of the rows that ANALYZE saw.
 * These may be rows of a version before, that nobody was to read: made by other
 * rules, at finer levels, or withdrawn since.  So a version that is not made as
 * the last one was gets statistics of its own.
 */
#include "postgres.h"

#include "catalog/heap.h"
#include "executor/spi.h"
#include "storage/lmgr.h"

#include "release/pr_table.h"

/* Was the version before made by another declaration, or at other levels? */
static bool
is_made_otherwise(const PrRelease *release)
{
	PrArgs		args = {0};

	pr_arg_int4(&args, release->id);
	pr_arg_int8(&args, release->version);
	return pr_catalog_run("SELECT 1 FROM privrelease.version AS v, LATERAL (SELECT o.definition, o.levels FROM privrelease.version AS o"
						  " WHERE o.release = v.release AND o.version < v.version ORDER BY o.version DESC LIMIT 1) AS o"
						  " WHERE v.release = $1 AND v.version = $2"
						  " AND (v.definition, v.levels) IS DISTINCT FROM (o.definition, o.levels)", &args) > 0;
}

void
pr_table_renew_statistics(const PrRelease *release)
{
	if (strcmp(release->state, "withdrawn") != 0 && !is_made_otherwise(release))
		return;
	/* Until the end: an ANALYZE that has read the rows of before must not tell of them afterwards. */
	LockRelationOid(release->view, ShareUpdateExclusiveLock);
	/* ANALYZE leaves those of an empty table as they are. */
	RemoveStatistics(release->view, InvalidAttrNumber);
	pr_ddl(psprintf("ANALYZE %s", release->label));
}
