/*
 * pr_history_rows.c
 *		Writing many rows of the history at once.
 *
 * All rows of a call begin with the same version of the same release, so their
 * pages are filled many rows at a time, and the block-range index hears once of
 * each page.  That the rows fit the table is what the code above makes sure of;
 * no trigger or check stands on it.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/heapam.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/index.h"
#include "catalog/pg_am.h"
#include "executor/executor.h"
#include "executor/tuptable.h"
#include "miscadmin.h"
#include "utils/rel.h"
#include "utils/tuplestore.h"

#include "catalog/pr_catalog.h"
#include "common/pr_compat.h"
#include "common/pr_progress.h"
#include "release/pr_history.h"

#define ROWS_AT_ONCE 1000

/* Columns of privrelease.version_subject; see sql/84_history.sql. */
#define SUBJECT 0
#define CLASS 1
#define FIRST_VERSION 2
#define LAST_VERSION 3
#define RELEASE 4
#define N_COLUMNS 5

typedef struct Writer
{
	Relation	table;
	Relation	index;
	IndexInfo  *index_info;
	BulkInsertState bulk;
	TupleTableSlot *slots[ROWS_AT_ONCE];
	int			n;
	BlockNumber told;			/* block that the index knows */
} Writer;

static void
open_writer(Writer *writer)
{
	writer->table = table_open(pr_catalog_table("version_subject"), RowExclusiveLock);
	writer->index = index_open(pr_catalog_index("version_subject_release"), RowExclusiveLock);
	if (writer->index->rd_rel->relam != BRIN_AM_OID || RelationGetNumberOfAttributes(writer->table) != N_COLUMNS ||
		list_length(RelationGetIndexList(writer->table)) != 1)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("table privrelease.version_subject is not as the extension made it")));
	writer->index_info = BuildIndexInfo(writer->index);
	writer->bulk = GetBulkInsertState();
	writer->n = 0;
	writer->told = InvalidBlockNumber;
	for (int i = 0; i < ROWS_AT_ONCE; i++)
		writer->slots[i] = NULL;
}

/* The values of a range of blocks are known from any of its rows: all rows of a call are alike to this index. */
static void
tell_index(Writer *writer, TupleTableSlot *slot)
{
	BlockNumber block = ItemPointerGetBlockNumber(&slot->tts_tid);
	Datum		values[INDEX_MAX_KEYS];
	bool		nulls[INDEX_MAX_KEYS];

	if (block == writer->told)
		return;
	FormIndexDatum(writer->index_info, slot, NULL, values, nulls);
	index_insert(writer->index, values, nulls, &slot->tts_tid, writer->table, UNIQUE_CHECK_NO, false, writer->index_info);
	writer->told = block;
}

static void
flush(Writer *writer)
{
	CHECK_FOR_INTERRUPTS();
	if (writer->n == 0)
		return;
	table_multi_insert(writer->table, writer->slots, writer->n, GetCurrentCommandId(true), 0, writer->bulk);
	for (int i = 0; i < writer->n; i++)
		tell_index(writer, writer->slots[i]);
	pr_progress_step(writer->n);
	writer->n = 0;
}

static void
close_writer(Writer *writer)
{
	flush(writer);
	for (int i = 0; i < ROWS_AT_ONCE && writer->slots[i] != NULL; i++)
		ExecDropSingleTupleTableSlot(writer->slots[i]);
	FreeBulkInsertState(writer->bulk);
	table_finish_bulk_insert(writer->table, 0);
	pr_index_insert_done(writer->index, writer->index_info);
	index_close(writer->index, RowExclusiveLock);
	table_close(writer->table, RowExclusiveLock);
}

static TupleTableSlot *
next_slot(Writer *writer)
{
	TupleTableSlot **slot = &writer->slots[writer->n++];

	if (*slot == NULL)
		*slot = table_slot_create(writer->table, NULL);
	return ExecClearTuple(*slot);
}

void
pr_history_insert_subjects(const PrRelease *release, Tuplestorestate *pairs, TupleDesc columns, int subject)
{
	TupleTableSlot *pair = MakeSingleTupleTableSlot(columns, &TTSOpsMinimalTuple);
	Writer	   *writer = palloc(sizeof(Writer));

	open_writer(writer);
	tuplestore_rescan(pairs);
	while (tuplestore_gettupleslot(pairs, true, false, pair))
	{
		TupleTableSlot *slot = next_slot(writer);

		slot_getallattrs(pair);
		memset(slot->tts_isnull, false, N_COLUMNS * sizeof(bool));
		slot->tts_values[SUBJECT] = pair->tts_values[subject];
		slot->tts_values[CLASS] = pair->tts_values[subject + 1];
		slot->tts_values[FIRST_VERSION] = Int64GetDatum(release->version);
		slot->tts_isnull[LAST_VERSION] = true;
		slot->tts_values[LAST_VERSION] = (Datum) 0;
		slot->tts_values[RELEASE] = Int32GetDatum(release->id);
		ExecStoreVirtualTuple(slot);
		ExecMaterializeSlot(slot);	/* the next pair takes the place of this one's bytes */
		if (writer->n == ROWS_AT_ONCE)
			flush(writer);
	}
	close_writer(writer);
	ExecDropSingleTupleTableSlot(pair);
	pfree(writer);
	CommandCounterIncrement();
}
