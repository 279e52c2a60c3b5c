/*
 * pr_inquire.h
 *		From a declaration to what is asked of its source.
 */
#ifndef PR_INQUIRE_H
#define PR_INQUIRE_H

#include "anonymity/pr_inquiry.h"
#include "release/pr_release.h"

/* What an output column is to a model (surface.md, "Quasi-identifiers of a model"). */
typedef enum PrColumnRole
{
	PR_ROLE_QUASI,
	PR_ROLE_SENSITIVE,
	PR_ROLE_FURTHER
} PrColumnRole;

/* model may be NULL.  With notices, an unclassified column and a pseudonym of the subject are told of. */
extern PrColumnRole pr_column_role(const PrRelease *release, const PrRule *rule, const PrModel *model, bool notices);

/* Options of an assessment that need further source columns; quoted SQL over s, or NULL. */
typedef struct PrInquiryOptions
{
	char	   *weight;
	bool		model_only;		/* sensitive columns that the model does not look at are further columns */
	PrCapabilities *capabilities;	/* of inquiries that become one statement; NULL: its own */
} PrInquiryOptions;

/*
 * The inquiry of a release whose rules were bound (pr_load_for_build).  Capabilities of keyed rules become its parameters.
 */
extern PrInquiry *pr_inquire(PrRelease *release, Relation rel, List *rules, const PrInquiryOptions *options);

/* The same with the values of all sensitive columns, of one that was made with model_only; columns is not changed. */
extern PrInquiry *pr_inquire_sensitive(const PrInquiry *inquiry);

#endif							/* PR_INQUIRE_H */
