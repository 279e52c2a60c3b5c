/*
 * pr_lifecycle.h
 *		From draft to publication: states, duties, approval, what was declared when.
 */
#ifndef PR_LIFECYCLE_H
#define PR_LIFECYCLE_H

#include "postgres.h"

#include "release/pr_release.h"

/* pr_duty.c.  duty: steward, approver, auditor.  Members of a role have its duties, as with privileges. */
extern bool pr_has_duty(const char *duty);
extern void pr_require_duty(const char *duty, const char *function);

/*
 * The release, for whoever may look at what was measured and decided: the owner
 * of its source, approvers, auditors.  None of them is shown a source value.
 */
extern PrRelease *pr_release_to_inspect(const char *release);

/*
 * SHA-256, hexadecimal, of what is declared today: rules, model, subject, purpose, classes of the columns
 * used, hierarchies, governed metadata, the text of a source view.
 */
extern char *pr_declaration_digest(const PrRelease *release);

/*
 * pr_publish.c.  Takes the grants away and empties what replicas hold; the audience is remembered, and pr_resume(),
 * which a refresh calls when it has verified a new version, gives them back.
 */
extern void pr_suspend(PrRelease *release, const char *reason);
extern void pr_resume(PrRelease *release);

/* Takes the grants away for good: withdraw(). */
extern void pr_withdraw(PrRelease *release, const char *reason);

#endif							/* PR_LIFECYCLE_H */
