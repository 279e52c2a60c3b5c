/*
 * pr_difference.c
 *		Applies a staged version to the release table.
 *
 * Tuples are compared by their keyed digest and their number of occurrences, so
 * that only what differs is deleted and inserted: readers never wait, a
 * publication sends changes alone, and a row that stays keeps its key.  New rows
 * are inserted in the order of their keys, which is random to everybody.
 *
 * All statements run as the owner of the table and read no source.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/rel.h"
#include "utils/tuplestore.h"

#include "anonymity/pr_ask.h"
#include "common/pr_error.h"
#include "common/pr_progress.h"
#include "release/pr_refresh.h"
#include "release/pr_table.h"
#include "transform/pr_capability.h"

/* The difference while it is collected: columns, digest, rows there were, rows there will be. */
typedef struct Collected
{
	Tuplestorestate *store;
	int64		tuples;
	uint64		to_delete;
	uint64		to_insert;
	int			had;			/* attribute numbers, from 0 */
	int			gets;
} Collected;

static void
collect(TupleTableSlot *slot, void *state)
{
	Collected  *collected = state;
	int64		had = DatumGetInt64(slot->tts_values[collected->had]);
	int64		gets = DatumGetInt64(slot->tts_values[collected->gets]);

	tuplestore_puttupleslot(collected->store, slot);
	collected->tuples++;
	if (had > gets)
		collected->to_delete += had - gets;
	else
		collected->to_insert += gets - had;
	pr_progress_step(1);
}

static void
key_argument(const PrRelease *release, PrArgs *args)
{
	pr_arg(args, pr_capability_type(), pr_capability_datum(release->row_key, release->row_key_version));
}

static char *
digest_of(const PrRefresh *refresh, const char *list)
{
	return psprintf("privrelease.tuple_digest($1, %d, ROW(%s))", refresh->release->id, list);
}

/* Is the release table empty?  Then there is nothing to compare with. */
static bool
is_empty(const PrRefresh *refresh)
{
	return pr_spi(psprintf("SELECT 1 FROM %s LIMIT 1", refresh->release->label), NULL) == 0;
}

static char *
compare_statement(const PrRefresh *refresh)
{
	char	   *staged = pr_stage_column_list(refresh, "s.", true);
	char	   *table = pr_stage_column_list(refresh, "t.", false);

	return psprintf("SELECT %s, coalesce(s.digest, t.digest), coalesce(t.n, 0), coalesce(s.n, 0)"
					" FROM (SELECT s.*, %s AS digest FROM " PR_STAGED " AS s) AS s"
					" FULL JOIN (SELECT %s AS digest, pg_catalog.count(*) AS n FROM ONLY %s AS t GROUP BY %s%s) AS t"
					" ON s.digest = t.digest WHERE s.n IS DISTINCT FROM t.n",
					staged, digest_of(refresh, staged), digest_of(refresh, table), refresh->release->label, table,
					pr_stage_ties(refresh, "t.", false));
}

static void
find_difference(PrRefresh *refresh, Collected *collected)
{
	static const char *const names[] = {"digest", "had", "gets"};
	TupleDesc	columns = pr_stage_tuple_desc(refresh, 3, names);
	PrArgs		args = {0};

	collected->store = tuplestore_begin_heap(true, false, work_mem);
	collected->had = refresh->columns->natts + 1;
	collected->gets = refresh->columns->natts + 2;
	key_argument(refresh->release, &args);
	pr_progress_phase("comparing", 0);
	pr_ask(compare_statement(refresh), &args, NULL, collect, collected);
	pr_stage_register(PR_DIFFERENCE, columns, collected->store, collected->tuples);
}

static void
require_count(const PrRefresh *refresh, uint64 done, uint64 wanted, const char *verb)
{
	if (done != wanted)
		ereport(ERROR,
				(errcode(ERRCODE_PR_STALE),
				 errmsg("release table %s is not as the last refresh left it", refresh->release->label),
				 errdetail("%llu rows were to be %s, %llu were.", (unsigned long long) wanted, verb, (unsigned long long) done),
				 errhint("Somebody changed its rows. Empty it, then SELECT privrelease.refresh(%s);",
						 quote_literal_cstr(refresh->release->label))));
}

static uint64
delete_rows(const PrRefresh *refresh)
{
	PrArgs		args = {0};

	key_argument(refresh->release, &args);
	return pr_spi(psprintf("DELETE FROM ONLY %s AS t USING (SELECT privrelease.release_row($1, d.digest, d.i) AS id"
						   " FROM (SELECT d.digest, pg_catalog.generate_series(d.gets + 1, d.had) AS i FROM " PR_DIFFERENCE " AS d"
						   " WHERE d.had > d.gets) AS d) AS d WHERE t." PR_RELEASE_ROW " = d.id", refresh->release->label), &args);
}

static List *
column_names(const PrRefresh *refresh)
{
	List	   *names = NIL;

	for (int i = 0; i < refresh->columns->natts; i++)
		names = lappend(names, NameStr(TupleDescAttr(refresh->columns, i)->attname));
	return lappend(names, PR_RELEASE_ROW);
}

/* One row for each i, in the order of the keys; rows: a relation of the columns, digest and i. */
static uint64
insert_rows(const PrRefresh *refresh, const char *rows)
{
	PrArgs		args = {0};
	uint64		inserted;
	char	   *query = psprintf("SELECT %s, privrelease.release_row($1, d.digest, d.i) AS id FROM (%s) AS d ORDER BY id",
								 pr_stage_column_list(refresh, "d.", true), rows);

	key_argument(refresh->release, &args);
	if (pr_load_rows(refresh->release->view, query, &args, column_names(refresh), &inserted))
		return inserted;
	return pr_spi(psprintf("INSERT INTO %s (%s, " PR_RELEASE_ROW ") %s", refresh->release->label,
						   pr_stage_column_list(refresh, "", false), query), &args);
}

/* Into an empty table: every staged tuple, as often as it occurs. */
static PrDifference
apply_all(PrRefresh *refresh)
{
	char	   *columns = pr_stage_column_list(refresh, "s.", true);
	PrDifference difference = {0};

	pr_progress_phase("applying", refresh->n_records);
	difference.inserted = insert_rows(refresh, psprintf("SELECT %s, %s AS digest, pg_catalog.generate_series(1, s.n) AS i FROM "
														PR_STAGED " AS s", columns, digest_of(refresh, columns)));
	require_count(refresh, difference.inserted, refresh->n_records, "inserted");
	return difference;
}

static PrDifference
apply_difference(PrRefresh *refresh)
{
	Collected	collected = {0};
	PrDifference difference = {0};

	find_difference(refresh, &collected);
	pr_progress_phase("applying", collected.to_delete + collected.to_insert);
	if (collected.to_delete > 0)
		difference.deleted = delete_rows(refresh);
	require_count(refresh, difference.deleted, collected.to_delete, "deleted");
	pr_progress_at(difference.deleted, collected.to_delete + collected.to_insert);
	if (collected.to_insert > 0)
		difference.inserted = insert_rows(refresh, psprintf("SELECT %s, d.digest, pg_catalog.generate_series(d.had + 1, d.gets) AS i FROM "
															PR_DIFFERENCE " AS d WHERE d.gets > d.had",
															pr_stage_column_list(refresh, "d.", true)));
	require_count(refresh, difference.inserted, collected.to_insert, "inserted");
	pr_stage_unregister(PR_DIFFERENCE);
	tuplestore_end(collected.store);
	return difference;
}

/*
 * Digests hold some values as they are written (ranges, composite types), which
 * no setting of a session may change: a row that is there would not be found.
 */
static void
write_values_one_way(void)
{
	static const char *const settings[][2] = {
		{"datestyle", "ISO, YMD"}, {"intervalstyle", "postgres"}, {"timezone", "UTC"}, {"extra_float_digits", "1"}, {"bytea_output", "hex"}
	};

	for (int i = 0; i < (int) lengthof(settings); i++)
		(void) set_config_option(settings[i][0], settings[i][1], PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
}

PrDifference
pr_difference_apply(PrRefresh *refresh)
{
	int			nestlevel = NewGUCNestLevel();
	PrDifference difference;

	write_values_one_way();
	difference = is_empty(refresh) ? apply_all(refresh) : apply_difference(refresh);
	AtEOXact_GUC(true, nestlevel);
	pr_stage_unregister(PR_STAGED);
	tuplestore_end(refresh->staged);
	refresh->staged = NULL;
	return difference;
}
