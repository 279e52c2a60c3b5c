/*
 * pr_catalog.h
 *		The extension's own tables, seen from C.
 *
 * Transforms read these tables while a query of an audience runs, so they are
 * read directly (table and index scans, no SPI, no privileges involved) and
 * cached per backend.  A cache registers with pr_catalog_watch(); statement
 * triggers on the tables (privrelease.catalog_changed) send the relcache
 * invalidation that makes every backend forget.
 */
#ifndef PR_CATALOG_H
#define PR_CATALOG_H

#include "postgres.h"

#include "access/htup.h"
#include "utils/relcache.h"

#define PR_SCHEMA "privrelease"

/* OID of a table or an index in schema privrelease; an error if the extension is not installed here. */
extern Oid	pr_catalog_table(const char *name);
extern Oid	pr_catalog_index(const char *name);

/* OID of a type in schema privrelease. */
extern Oid	pr_catalog_type(const char *name);

/* Is the extension here, with its tables?  Never raises. */
extern bool pr_catalog_installed(void);

/* What a declaration made in this database is bound to: system identifier and database. */
extern const char *pr_this_binding(void);

/* A column of a row of one of our tables, by its name. */
extern Datum pr_catalog_field(Relation table, HeapTuple row, const char *column, bool *isnull);
extern AttrNumber pr_catalog_column(Relation table, const char *column);

/* Has the table the column?  Hooks run in a database whose tables are of the version before, too. */
extern bool pr_catalog_has_column(Relation table, const char *column);

/* An error if there is no such relation. */
extern Oid	pr_relation_owner(Oid relid);

/* Have forget() called whenever relid, or everything, is invalidated.  Registering twice is harmless. */
extern void pr_catalog_watch(Oid relid, void (*forget) (void));

#endif							/* PR_CATALOG_H */
