/*
 * pr_impact.h
 *		The impact assessment as a document, and the record of those that
 *		decisions were based on.
 */
#ifndef PR_IMPACT_H
#define PR_IMPACT_H

#include "postgres.h"

#include "release/pr_release.h"

/* The document (jsonb) of impact_assessment(), of what is declared now; whoever calls has looked who asks. */
extern Datum pr_impact_document(PrRelease *release);

/*
 * Keeps today's document for the decision step ('submit', 'approve', 'reject', 'publish').  declaration: digest of what
 * is decided on, or NULL.  Returns the verdict, "acceptable", "not acceptable" or "incomplete".
 */
extern char *pr_impact_record(PrRelease *release, const char *step, const char *declaration);

#endif							/* PR_IMPACT_H */
