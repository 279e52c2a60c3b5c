/*
 * pr_csv.h
 *		A release as a CSV file: RFC 4180, one form for each value whatever the
 *		settings of the session, guarded against formulas.
 */
#ifndef PR_CSV_H
#define PR_CSV_H

#include "postgres.h"

#include "access/htup.h"
#include "access/tupdesc.h"
#include "datatype/timestamp.h"
#include "fmgr.h"
#include "lib/stringinfo.h"

/* What is done with a text that a spreadsheet would run as a formula. */
typedef enum PrCsvGuard
{
	PR_GUARD_PREFIX,			/* ' before it */
	PR_GUARD_REJECT,			/* an error */
	PR_GUARD_OFF
} PrCsvGuard;

/* What a column is to a reader of the file. */
typedef enum PrCsvKind
{
	PR_CSV_STRING,
	PR_CSV_INTEGER,
	PR_CSV_NUMBER,
	PR_CSV_BOOLEAN,
	PR_CSV_DATE,
	PR_CSV_DATETIME,
	PR_CSV_TIME,
	PR_CSV_DURATION,
	PR_CSV_UUID,
	PR_CSV_BINARY,
	PR_CSV_RANGE,
	PR_CSV_JSON,
	PR_CSV_ARRAY
} PrCsvKind;

/* Bits of PrCsvColumn.seen: what its values turned out to be. */
#define PR_SEEN_INFINITY	1	/* of a date, a time stamp or a duration */
#define PR_SEEN_OBJECT		2	/* of JSON */
#define PR_SEEN_ARRAY		4
#define PR_SEEN_SCALAR		8

typedef struct PrCsvColumn
{
	char	   *name;			/* in the database */
	char	   *field;			/* in the file: guarded, and different from all others */
	Oid			type;			/* a domain's base type */
	int32		typmod;
	PrCsvKind	kind;
	bool		required;		/* never NULL */
	FmgrInfo	output;
	int			seen;
} PrCsvColumn;

typedef struct PrCsv
{
	const char *label;			/* of the release */
	PrCsvGuard	guard;
	bool		bom;
	int			n;
	PrCsvColumn *columns;
} PrCsv;

extern PrCsvGuard pr_csv_guard(const char *word);
extern const char *pr_csv_guard_word(PrCsvGuard guard);

/* The columns of a relation that are not dropped.  Set guard, bom and label before. */
extern void pr_csv_describe(PrCsv *csv, TupleDesc columns);

/*
 * A line without its end.  The tuple has the columns described, in their order.
 * What is allocated goes with the current context.
 */
extern void pr_csv_header(const PrCsv *csv, StringInfo line);
extern void pr_csv_line(PrCsv *csv, StringInfo line, HeapTuple tuple, TupleDesc desc);

/* pr_csv_value.c */
extern PrCsvKind pr_csv_kind(Oid basetype);
extern char *pr_csv_value(const PrCsv *csv, PrCsvColumn *column, Datum value);

/* Settings that values would otherwise look different under; back with AtEOXact_GUC(false, ...). */
extern int	pr_csv_pin_settings(void);

/* A time as RFC 3339 has it, in UTC. */
extern char *pr_csv_time(TimestampTz time);

#endif							/* PR_CSV_H */
