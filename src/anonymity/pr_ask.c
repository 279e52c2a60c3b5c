/*
 * pr_ask.c
 *		One parallel statement, its rows given to a function.  See pr_ask.h.
 *
 * A cursor would never run in parallel, and SPI_execute() would keep every row:
 * so the plan is executed once, into a receiver of our own, as CREATE TABLE AS
 * does it.  The reader runs in the leader while parallel mode is on: it may look
 * up catalogues, but must write nothing that needs a transaction id.
 */
#include "postgres.h"

#include "executor/spi.h"
#include "miscadmin.h"
#include "nodes/params.h"
#include "tcop/dest.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/plancache.h"
#include "utils/snapmgr.h"

#include "anonymity/pr_ask.h"

typedef struct RowReceiver
{
	DestReceiver pub;
	void		(*describe) (TupleDesc columns, void *state);
	PrRowReader reader;
	void	   *state;
	MemoryContext per_row;		/* what the reader leaves behind goes with the row */
} RowReceiver;

static void
receive_startup(DestReceiver *self, int operation, TupleDesc columns)
{
	RowReceiver *receiver = (RowReceiver *) self;

	if (receiver->describe != NULL)
		receiver->describe(columns, receiver->state);
}

static bool
receive_row(TupleTableSlot *slot, DestReceiver *self)
{
	RowReceiver *receiver = (RowReceiver *) self;
	MemoryContext outer = MemoryContextSwitchTo(receiver->per_row);

	slot_getallattrs(slot);
	receiver->reader(slot, receiver->state);
	MemoryContextSwitchTo(outer);
	MemoryContextReset(receiver->per_row);
	return true;
}

static void
receive_nothing(DestReceiver *self)
{
}

static ParamListInfo
param_list(const PrArgs *args)
{
	ParamListInfo list = makeParamList(args->n);

	for (int i = 0; i < args->n; i++)
	{
		list->params[i].value = args->values[i];
		list->params[i].isnull = args->nulls[i] == 'n';
		list->params[i].pflags = PARAM_FLAG_CONST;
		list->params[i].ptype = args->types[i];
	}
	return list;
}

/* Analysed as ours, too: the guard looks at a statement before it is planned. */
static SPIPlanPtr
prepare(const char *sql, const PrArgs *args)
{
	SPIPlanPtr	volatile plan;

	pr_session_ask(true);
	PG_TRY();
	{
		plan = SPI_prepare_cursor(sql, args != NULL ? args->n : 0, args != NULL ? (Oid *) args->types : NULL,
								  CURSOR_OPT_PARALLEL_OK);
	}
	PG_FINALLY();
	{
		pr_session_ask(false);
	}
	PG_END_TRY();
	if (plan == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR),
				 errmsg_internal("could not prepare a statement on a source: %s", SPI_result_code_string(SPI_result))));
	return plan;
}

TupleDesc
pr_ask_columns(const char *sql, const PrArgs *args)
{
	SPIPlanPtr	plan = prepare(sql, args);
	TupleDesc	columns;

	columns = CreateTupleDescCopy(((CachedPlanSource *) linitial(SPI_plan_get_plan_sources(plan)))->resultDesc);
	SPI_freeplan(plan);
	return columns;
}

uint64
pr_ask(const char *sql, PrArgs *args, void (*describe) (TupleDesc columns, void *state),
	   PrRowReader reader, void *state)
{
	RowReceiver receiver = {
		.pub = {receive_row, receive_startup, receive_nothing, receive_nothing, DestTuplestore},
		.describe = describe,
		.reader = reader,
		.state = state,
		.per_row = AllocSetContextCreate(CurrentMemoryContext, "privrelease row", ALLOCSET_DEFAULT_SIZES)
	};
	SPIExecuteOptions options = {.read_only = true, .must_return_tuples = true, .dest = &receiver.pub};
	SPIPlanPtr	plan = prepare(sql, args);
	int			nestlevel = NewGUCNestLevel();
	volatile int rc;

	Assert(ActiveSnapshotSet());
	if (args != NULL && args->n > 0)
		options.params = param_list(args);
	pr_session_ask(true);
	PG_TRY();
	{
		rc = SPI_execute_plan_extended(plan, &options);
	}
	PG_FINALLY();
	{
		pr_session_ask(false);
	}
	PG_END_TRY();
	/* What functions of the source have set is not for the next statement. */
	AtEOXact_GUC(false, nestlevel);
	if (rc < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR),
				 errmsg_internal("statement on a source failed: %s", SPI_result_code_string(rc))));
	SPI_freeplan(plan);
	MemoryContextDelete(receiver.per_row);
	return SPI_processed;
}
