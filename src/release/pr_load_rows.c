/*
 * pr_load_rows.c
 *		Puts the rows of a query into a release table, many at a time.
 *
 * As COPY does it: a page is written and logged once for all rows that go into
 * it, and the executor is not asked row by row.  Only for a table that is as a
 * refresh makes it; where somebody has added a trigger, a check or a default, the
 * caller uses INSERT, which heeds them.
 */
#include "postgres.h"

#include "access/heapam.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/pg_am.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"

#include "anonymity/pr_ask.h"
#include "common/pr_compat.h"
#include "common/pr_progress.h"
#include "release/pr_refresh.h"

#define ROWS_AT_ONCE	1000
#define BYTES_AT_ONCE	(256 * 1024)

typedef struct RowLoader
{
	Relation	table;
	EState	   *estate;
	ResultRelInfo *indexes;
	BulkInsertState bulk;
	CommandId	command;
	TupleTableSlot *rows[ROWS_AT_ONCE];
	int			n;
	Size		bytes;
	AttrNumber *target;			/* [column of the query]: attribute of the table, from 0 */
	uint64		done;
} RowLoader;

/* ---------- the table ---------- */

static bool
is_plain(Relation table)
{
	const TupleConstr *constraints = RelationGetDescr(table)->constr;

	return table->rd_rel->relam == HEAP_TABLE_AM_OID && table->trigdesc == NULL &&
		(constraints == NULL || (constraints->num_check == 0 && constraints->num_defval == 0 &&
								 !constraints->has_generated_stored));
}

/* Attributes of the table by the names of the query's columns. */
static AttrNumber *
find_targets(Relation table, List *names)
{
	AttrNumber *target = palloc(list_length(names) * sizeof(AttrNumber));
	ListCell   *cell;

	foreach(cell, names)
	{
		AttrNumber	attnum = get_attnum(RelationGetRelid(table), lfirst(cell));

		if (attnum == InvalidAttrNumber)
			ereport(ERROR,
					(errcode(ERRCODE_UNDEFINED_COLUMN),
					 errmsg("column \"%s\" of relation \"%s\" does not exist", (char *) lfirst(cell), RelationGetRelationName(table))));
		target[foreach_current_index(cell)] = attnum - 1;
	}
	return target;
}

/* Of a table that nobody has seen yet the indexes are built at the end, from all rows at once. */
static bool
is_new(Relation table)
{
	return table->rd_createSubid != InvalidSubTransactionId;
}

static void
open_indexes(RowLoader *loader)
{
	loader->indexes = makeNode(ResultRelInfo);
	InitResultRelInfo(loader->indexes, loader->table, 1, NULL, 0);
	ExecOpenIndices(loader->indexes, false);
}

/* ---------- the rows ---------- */

static void
index_row(RowLoader *loader, TupleTableSlot *row)
{
	if (loader->indexes == NULL || loader->indexes->ri_NumIndices == 0)
		return;
	list_free(pr_insert_index_tuples(loader->indexes, row, loader->estate));
	ResetPerTupleExprContext(loader->estate);
}

static void
flush(RowLoader *loader)
{
	if (loader->n == 0)
		return;
	table_multi_insert(loader->table, loader->rows, loader->n, loader->command, 0, loader->bulk);
	for (int i = 0; i < loader->n; i++)
	{
		index_row(loader, loader->rows[i]);
		ExecClearTuple(loader->rows[i]);
	}
	pr_progress_step(loader->n);
	loader->done += loader->n;
	loader->n = 0;
	loader->bytes = 0;
}

static TupleTableSlot *
free_row(RowLoader *loader)
{
	if (loader->rows[loader->n] == NULL)
	{
		MemoryContext outer = MemoryContextSwitchTo(loader->estate->es_query_cxt);

		loader->rows[loader->n] = table_slot_create(loader->table, NULL);
		MemoryContextSwitchTo(outer);
	}
	return loader->rows[loader->n];
}

static void
load_row(TupleTableSlot *slot, void *state)
{
	RowLoader  *loader = state;
	TupleTableSlot *row = free_row(loader);

	ExecClearTuple(row);
	memset(row->tts_isnull, true, row->tts_tupleDescriptor->natts * sizeof(bool));
	for (int i = 0; i < slot->tts_tupleDescriptor->natts; i++)
	{
		row->tts_values[loader->target[i]] = slot->tts_values[i];
		row->tts_isnull[loader->target[i]] = slot->tts_isnull[i];
	}
	ExecStoreVirtualTuple(row);
	ExecMaterializeSlot(row);
	loader->bytes += ((HeapTupleTableSlot *) row)->tuple->t_len;
	if (++loader->n == ROWS_AT_ONCE || loader->bytes >= BYTES_AT_ONCE)
		flush(loader);
}

bool
pr_load_rows(Oid relid, const char *sql, PrArgs *args, List *names, uint64 *rows)
{
	RowLoader  *loader;
	bool		anew;

	*rows = 0;
	loader = palloc0(sizeof(RowLoader));
	loader->table = table_open(relid, RowExclusiveLock);
	if (!is_plain(loader->table))
	{
		table_close(loader->table, NoLock);
		return false;
	}
	loader->target = find_targets(loader->table, names);
	loader->command = GetCurrentCommandId(true);
	loader->bulk = GetBulkInsertState();
	loader->estate = CreateExecutorState();
	anew = is_new(loader->table);
	if (!anew)
		open_indexes(loader);
	pr_ask(sql, args, NULL, load_row, loader);
	flush(loader);
	*rows = loader->done;
	FreeBulkInsertState(loader->bulk);
	table_finish_bulk_insert(loader->table, 0);
	for (int i = 0; i < ROWS_AT_ONCE && loader->rows[i] != NULL; i++)
		ExecDropSingleTupleTableSlot(loader->rows[i]);
	if (!anew)
		ExecCloseIndices(loader->indexes);
	FreeExecutorState(loader->estate);
	table_close(loader->table, NoLock);
	if (anew)
	{
		CommandCounterIncrement();
		pr_ddl(psprintf("REINDEX TABLE %s", pr_relation_label(relid)));
	}
	return true;
}
