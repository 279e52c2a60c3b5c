/*
 * pr_audit.h
 *		What the catalogues say of ways to a source.
 */
#ifndef PR_AUDIT_H
#define PR_AUDIT_H

#include "postgres.h"

#include "executor/spi.h"
#include "utils/array.h"

/* Columns of the findings, all text. */
#define PR_AUDIT_SEVERITY	1
#define PR_AUDIT_OBJECT		2
#define PR_AUDIT_FINDING	3
#define PR_AUDIT_HINT		4

/*
 * All findings, or those of some releases; as the catalogues were when the
 * active snapshot was taken, or as they are.  Between SPI_connect() and
 * SPI_finish().
 */
extern SPITupleTable *pr_audit_findings(bool everything, ArrayType *releases, bool before);

#endif							/* PR_AUDIT_H */
