/*
 * pr_ask.h
 *		One parallel statement, its rows given to a function one by one.
 *
 * Nothing is materialized: memory does not grow with the rows.  The statement
 * reads with the active snapshot, as the current user; between SPI_connect()
 * and SPI_finish().
 */
#ifndef PR_ASK_H
#define PR_ASK_H

#include "postgres.h"

#include "executor/tuptable.h"

#include "common/pr_session.h"

/* Sees a row; all attributes are deformed (slot->tts_values, tts_isnull), and it may keep nothing of them. */
typedef void (*PrRowReader) (TupleTableSlot *slot, void *state);

/* The columns that a statement would give. */
extern TupleDesc pr_ask_columns(const char *sql, const PrArgs *args);

/* Runs SELECT text; returns the number of rows.  describe, if not NULL, is called with the columns before the first row. */
extern uint64 pr_ask(const char *sql, PrArgs *args, void (*describe) (TupleDesc columns, void *state),
					 PrRowReader reader, void *state);

#endif							/* PR_ASK_H */
