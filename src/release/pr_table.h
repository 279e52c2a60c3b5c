/*
 * pr_table.h
 *		The relation of a release table: one table for ever, owned by the
 *		release's role, with the key release_row.
 */
#ifndef PR_TABLE_H
#define PR_TABLE_H

#include "access/tupdesc.h"
#include "lib/stringinfo.h"

#include "release/pr_release.h"

#define PR_RELEASE_ROW "release_row"

/* ---------- pr_table.c ---------- */

/* An error if the table is there but is not as it was made, or something else stands under its name. */
extern void pr_table_require(const PrRelease *release);

/*
 * The table with exactly these columns (and release_row, the first), made or
 * changed where it is not so; release->view is set.  A column of a domain has
 * its base type here.  Only a changed column list takes a lock that readers
 * wait for, with lock_timeout and some retries; then 55P03; the table is empty
 * afterwards, and the number of rows that it had is returned.  A new column is
 * granted to those whom the release is published to, column by column.  Nothing
 * of somebody else's is replaced.
 */
extern uint64 pr_table_ensure(PrRelease *release, TupleDesc columns);

/* Is this relation the table of the release, as it was made? */
extern bool pr_table_is_of(Oid relid, const PrRelease *release);

/* SELECT on each column for a role, never on the table. */
extern void pr_table_grant(const PrRelease *release, const char *role);

/* ---------- pr_table_statistics.c ---------- */

/* After the row of the new version: what pg_stats shows to readers is of this version, where it may not be of the last one. */
extern void pr_table_renew_statistics(const PrRelease *release);

/* ---------- pr_table_definition.c ---------- */

/* The declaration as comments of SQL, without what the search decides. */
extern char *pr_table_declaration(const PrRelease *release, List *rules);

/* The query of the last version's levels, else the first listed. */
extern char *pr_table_select(const PrRelease *release, List *rules);
extern int	pr_table_level(const PrRelease *release, const PrRule *rule);

/* The expression of an output at a level of the search. */
extern void pr_render_level(StringInfo out, const PrRelease *release, const PrRule *rule, int output, int level);

#endif							/* PR_TABLE_H */
