/*
 * pr_objection.h
 *		Persons who are left out of a release: objections and erasures.
 */
#ifndef PR_OBJECTION_H
#define PR_OBJECTION_H

#include "release/pr_release.h"

/* ---------- pr_objection_filter.c ---------- */

/*
 * Conditions that leave out whoever has objected (char *), over the source as
 * s; NIL: nobody has.  An error where somebody has whom the release cannot leave
 * out, because it has no subject or another one.  Capabilities are parameters
 * where the release has them so (release->capabilities), else constants.
 */
extern List *pr_objection_conditions(const PrRelease *release);

/* The same as what is to stand right after "source AS s": a join that adds no column; an empty text. */
extern char *pr_objection_join(const PrRelease *release);

/* An error if somebody has objected since the version of a release table that is there. */
extern void pr_objection_require_refreshed(const PrRelease *release);

/* What a build or a refresh has found under new names is kept under these. */
extern void pr_objection_store_names(const PrRelease *release);

/* Until the transaction ends, nobody objects to every release of the source, or: nobody builds or refreshes one. */
extern void pr_objection_lock(Oid source, bool to_change);

/* ---------- pr_objection_person.c ---------- */

/* A column that tells persons apart. */
typedef struct PrSubject
{
	char	   *name;
	AttrNumber	attnum;
	char	   *type;			/* as pr_column_type() says it */
} PrSubject;

/* By what name the persons of a source are digested, and with which key. */
typedef struct PrDomain
{
	char	   *domain;
	int32		key;
	int32		key_version;
} PrDomain;

/* The person's value as the subject's type has it; false: it is no value of that type.  Reads nothing of the source. */
extern bool pr_person_value(Oid source, const PrSubject *subject, const char *text, Datum *value, Oid *type);
extern void pr_person_refuse_value(const PrSubject *subject);

/* Columns of one form give the same digests. */
extern char *pr_person_form(Oid source, AttrNumber attnum);
extern void pr_person_require_form(Oid source, AttrNumber attnum, const char *type, const char *form);	/* those of the objections */

/* Where objections of the source are kept; made if there is none. */
extern PrDomain *pr_person_domain(Relation rel, const PrSubject *subject);

/* Digest of the person under a function of ours: objection_digest, subject_digest. */
extern Datum pr_person_digest(const char *function, const PrDomain *domain, Datum value, Oid type);

extern void pr_person_require_text(const char *value, const char *what, const char *function);

#endif							/* PR_OBJECTION_H */
