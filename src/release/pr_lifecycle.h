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

/* pr_declaration.c: SHA-256, hexadecimal, of what is declared today, or of what was published. */
extern char *pr_declaration_digest(const PrRelease *release);	/* with purpose and governed metadata */
extern char *pr_technical_digest(const PrRelease *release, bool published); /* of what readers see only */
extern void pr_require_as_published(const PrRelease *release);

/* pr_lifecycle.c.  Live: published, or suspended until the next refresh. */
extern bool pr_is_live(const PrRelease *release);
extern bool pr_has_draft(const PrRelease *release);
extern void pr_take_published(PrRelease *release);	/* nothing to take unless it is live */
extern void pr_notice_draft(const PrRelease *release);
extern PrRelease *pr_end_if_dropped(PrRelease *release);	/* pr_build.c; the release as it is then */
extern void pr_use_published(PrRelease *release);	/* the same, whatever has changed since */
extern void pr_remember_editors_of_hierarchy(const char *hierarchy);
extern List *pr_acting_roles(void); /* OIDs: acting, logged in, authenticated */
extern void pr_mark_published(PrRelease *release);
extern void pr_mark_published_unknown(PrRelease *release);	/* pr_adopt.c: published before 0.2.0, and changed since */
extern bool pr_published_is_unknown(const PrRelease *release);
extern void pr_mark_withdrawn(const PrRelease *release, const char *reason);
extern void pr_void_approval(const PrRelease *release); /* of what is withdrawn */
extern void pr_mark_suspended(const PrRelease *release, const char *reason);
extern void pr_mark_resumed(const PrRelease *release);

/* pr_approval.c: an error unless what is declared today is approved, where approval is required. */
extern void pr_require_approved(const PrRelease *release);
extern void pr_require_steward(const char *function);	/* where approval is required */
extern void pr_require_not_failed(const PrRelease *release);	/* by the last assessment of what is declared today */

/* pr_metadata.c: the required keys that nobody has filled, as a list of names; NIL: none. */
extern List *pr_missing_metadata(const PrRelease *release);
extern void pr_set_metadata(const PrRelease *release, Jsonb *document);	/* keys that it does not have stay */
extern void pr_replace_metadata(const PrRelease *release, Jsonb *document);

/*
 * pr_publish.c.  Takes the grants away and empties what replicas hold; the audience is remembered, and pr_resume(),
 * which a refresh calls when it has verified a new version, gives them back.
 */
extern void pr_suspend(PrRelease *release, const char *reason);
extern void pr_resume(PrRelease *release);

/* Whoever could read it cannot any more, for the history. */
extern void pr_end_readership(const PrRelease *release);

/* Takes the grants away for good: withdraw(). */
extern void pr_withdraw(PrRelease *release, const char *reason);

#endif							/* PR_LIFECYCLE_H */
