/*
 * pr_table.h
 *		The relation of a release table: one table for ever, owned by the
 *		release's role, with the key release_row.
 */
#ifndef PR_TABLE_H
#define PR_TABLE_H

#include "access/tupdesc.h"

#include "release/pr_release.h"

#define PR_RELEASE_ROW "release_row"

/*
 * The table with exactly these columns (and release_row), made or changed where
 * it is not so; release->view is set.  Only a changed column list takes a lock
 * that readers wait for, with lock_timeout and some retries; then 55P03.  A new
 * column is granted to those whom the release is published to, column by column.
 * Nothing of somebody else's is replaced.
 */
extern void pr_table_ensure(PrRelease *release, TupleDesc columns);

/* Is this relation the table of the release, as it was made? */
extern bool pr_table_is_of(Oid relid, const PrRelease *release);

#endif							/* PR_TABLE_H */
