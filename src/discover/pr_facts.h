/*
 * pr_facts.h
 *		What is known of the columns of a relation, and what is made of it.
 *
 * Facts are counts: no value outlives the row that it was read with, and none
 * is in any message.
 */
#ifndef PR_FACTS_H
#define PR_FACTS_H

#include "postgres.h"

#include "utils/relcache.h"

#include "core/pr_detect.h"
#include "discover/pr_topic.h"

typedef struct PrFacts
{
	AttrNumber	attnum;
	const char *name;
	char	   *utf8_name;		/* in normal form KC */
	Oid			type;			/* base type; of the elements, if is_array */
	bool		is_array;
	int			kind;			/* PR_OF_ */
	bool		whole;			/* an integer */
	bool		unique;			/* a unique index says that no value is there twice */
	bool		opaque;			/* may hold anything: documents, binary data, arrays, rows */
	bool		read;			/* its values were looked at */
	uint64		filled;			/* values that are not NULL, in the sample */
	uint64		distinct;		/* different ones among them */
	uint64		texts;			/* that are long, or of many words */
	uint64		form[PR_N_DETECTORS];	/* values of this form, with those of full */
	uint64		full[PR_N_DETECTORS];	/* values that pass the check as well */
} PrFacts;

typedef struct PrProposal
{
	const char *kind;
	const char *category;		/* NULL: none */
	const char *detector;		/* NULL: nothing is known of the column */
	double		matched;		/* < 0: no value was looked at for it */
	double		score;
} PrProposal;

/* pr_sample.c: the facts of all columns, from at most sample_rows rows; as the current user, with the active snapshot */
extern PrFacts *pr_sample_columns(Relation rel, int sample_rows, int *n);

/* pr_judge.c: are values of this column asked whether they look like something; like that? */
extern bool pr_has_detectors(const PrFacts *facts);
extern bool pr_detector_fits(const PrFacts *facts, PrDetector detector);
extern PrProposal pr_judge_column(const PrFacts *facts);

#endif							/* PR_FACTS_H */
