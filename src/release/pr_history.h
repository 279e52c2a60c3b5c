/*
 * pr_history.h
 *		Who was in which version, for later versions to be judged by.
 *
 * A refresh collects while it reads the source, and stores when its version is
 * certain.  A release without a subject has no history: nobody can be told to
 * be the same person.
 */
#ifndef PR_HISTORY_H
#define PR_HISTORY_H

#include "crypto/pr_hmac.h"
#include "release/pr_refresh.h"
#include "transform/pr_canonical.h"

typedef struct PrHistory PrHistory;

/* Reads persons and classes of the solution: with the snapshot and the rights that the source is read with.  NULL: no subject. */
extern PrHistory *pr_history_collect(PrRefresh *refresh);

/* Writes them down as those of release->version.  history may be NULL. */
extern void pr_history_store(PrRefresh *refresh, PrHistory *history);

/* pr_history_rows.c: pairs of subject (in this column) and class become rows that begin with release->version */
extern void pr_history_insert_subjects(const PrRelease *release, Tuplestorestate *pairs, TupleDesc columns, int subject);

/* pr_history_values.c: the sensitive values of the classes, for the two newest versions */
extern void pr_history_store_values(PrRefresh *refresh, const int64 *class_digest);

/* The bytes of values of a type: canonical, or its text where the type has no canonical form. */
typedef struct PrHistoryField
{
	Oid			type;
	PrCanonical *canonical;
} PrHistoryField;

extern PrHistoryField pr_history_field(Oid type);
extern void pr_history_append(const PrHistoryField *field, Datum value, bool isnull, PrBuffer *buffer);

/* A keyed context for digests of the release that goes with the memory context, and 64 bits of a digest. */
extern PrHmac *pr_history_hmac(const PrRelease *release, MemoryContext context);
extern int64 pr_history_number(PrHmac *hmac, const PrBuffer *buffer);

/* Memory and plans for statements on the history; returns what AtEOXact_GUC() takes. */
extern int	pr_history_begin_plans(void);

/* pr_version_risk.c: warns or refuses where the version and the one before break the model together (privrelease.joint_risk) */
extern void pr_version_risk_check(PrRelease *release);

#endif							/* PR_HISTORY_H */
