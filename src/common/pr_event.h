/*
 * pr_event.h
 *		What happens is written down.
 */
#ifndef PR_EVENT_H
#define PR_EVENT_H

#include "postgres.h"

/* A key whose value is a JSON document: PR_EVENT_JSON("params"), "{}". */
#define PR_EVENT_JSON(key) "json:" key

/*
 * Goes into the log (src/audit) when the transaction commits, and is forgotten
 * when it does not.  event: one word.  release: its label, or NULL.  Then pairs
 * of texts, key and value, ended by a NULL key; a NULL value is JSON's null.
 * Never a value of a source, never the identity of a person: an auditor reads
 * this.  Between SPI_connect() and SPI_finish().
 */
extern void pr_event(const char *event, const char *release,...);

#endif							/* PR_EVENT_H */
