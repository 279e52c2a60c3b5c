/*
 * pr_session.h
 *		Who we are while we work: acting as another role, and SQL run on the
 *		extension's own catalogue.
 *
 * No function of this extension is SECURITY DEFINER.  An entry point is called
 * with the caller's rights, decides from GetUserId() whether the caller may do
 * this, and then acts as the bootstrap superuser for exactly the statements
 * that need it.  An error needs no clean-up: transaction and subtransaction
 * abort put user and security context back.
 *
 * Invariants, and what an attacker would try here:
 *	- SQL text that runs elevated holds quoted identifiers, our own words and
 *	  parameters, never text that a user wrote (superusers' expressions apart).
 *	- Whatever reads a source runs as the source's owner in a security-
 *	  restricted operation (pr_become), so that a trigger, view or cast planted
 *	  by the owner gains nothing when a superuser calls us.
 */
#ifndef PR_SESSION_H
#define PR_SESSION_H

#include "postgres.h"

typedef struct PrIdentity
{
	Oid			userid;
	int			sec_context;
	int			nestlevel;		/* GUC nest level, or 0 */
	bool		was_read_only;	/* the transaction, before it read a source */
	bool		reads;			/* nothing may be written, */
	CommandId	command;		/* so that this is still the current command */
} PrIdentity;

/* Is the library loaded by shared_preload_libraries? */
extern bool pr_preloaded(void);
extern void pr_session_init(void);

/*
 * Refuses to write on a standby and in a read-only transaction, for a function
 * that is named as the user typed it: "build()"; and where the SQL objects are
 * of another version than the library.  Asked first of all, so that nobody is
 * told what a statement inside could not do.
 */
extern void pr_require_writable(const char *function);

/*
 * Act as the bootstrap superuser (our own statements only), with a search_path
 * that no code of others has set.
 */
extern void pr_elevate(PrIdentity *saved);

/* Act as role in a security-restricted operation (to read a source). */
extern void pr_become(Oid role, PrIdentity *saved);

/*
 * The same where the role owns something that its reading must not change: code
 * of a source that runs as the role of a release would own the release.  The
 * transaction is read-only, and since RESET gets past that in PostgreSQL 15,
 * pr_restore_identity() refuses if anything was written nevertheless.
 */
extern void pr_become_reader(Oid role, PrIdentity *saved);

/*
 * While another role reads a whole source: the engine may use the memory that it
 * has for other maintenance.  Compiling expressions gains nothing, since they
 * call functions in C.  Goes with the identity.
 */
extern void pr_plan_as_maintenance(void);

/* Within the same: what is grouped gives few rows, although nobody has analyzed the table; workers are worth it. */
extern void pr_plan_for_few_groups(void);

/* Back to what pr_elevate() or pr_become() left, settings too. */
extern void pr_restore_identity(const PrIdentity *saved);

/*
 * A statement that the extension wrote is reading a source (anonymity/pr_ask.c).
 * Only whoever owns the source can bring it about, and the role that it reads as
 * is the owner's or the release's.
 */
extern void pr_session_ask(bool on);
extern bool pr_session_asks(void);

/* Arguments of a statement; bound as parameters, never spliced. */
#define PR_MAX_ARGS 100
typedef struct PrArgs
{
	int			n;
	Oid			types[PR_MAX_ARGS];
	Datum		values[PR_MAX_ARGS];
	char		nulls[PR_MAX_ARGS];
} PrArgs;

extern void pr_arg(PrArgs *args, Oid type, Datum value);
extern void pr_arg_null(PrArgs *args, Oid type);
extern void pr_arg_text(PrArgs *args, const char *value);	/* NULL pointer: SQL NULL */
extern void pr_arg_int4(PrArgs *args, int32 value);
extern void pr_arg_int8(PrArgs *args, int64 value);
extern void pr_arg_oid(PrArgs *args, Oid value);
extern void pr_arg_bool(PrArgs *args, bool value);

/*
 * Run one statement with the current rights between SPI_connect() and
 * SPI_finish(), which the caller does; rows are in SPI_tuptable.  Returns
 * SPI_processed.  args may be NULL.
 */
extern uint64 pr_spi(const char *sql, PrArgs *args);

/* Column col (1-based) of row row of SPI_tuptable, copied into the caller's context; NULL for SQL NULL. */
extern char *pr_spi_text(uint64 row, int col);
extern int64 pr_spi_int(uint64 row, int col, bool *isnull);
extern Datum pr_spi_datum(uint64 row, int col, bool *isnull);	/* lives as long as SPI_tuptable */

#endif							/* PR_SESSION_H */
