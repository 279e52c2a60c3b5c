/*
 * pr_model.h
 *		The anonymity that a release table promises: the jsonb of set_model(),
 *		checked and parsed.
 *
 * Decimals stay decimals: l, c, t and the suppression limit are fractions of
 * integers, since a binary 0.2 is not 0.2 (core/pr_condition.h).
 */
#ifndef PR_MODEL_H
#define PR_MODEL_H

#include "postgres.h"

#include "nodes/pg_list.h"
#include "utils/jsonb.h"

#include "core/pr_problem.h"

/* A condition on the sensitive values of each class; column is the name of an output column. */
typedef struct PrDiversityRule
{
	char	   *column;
	PrDiversity condition;		/* sensitive is left 0 */
} PrDiversityRule;

typedef struct PrClosenessRule
{
	char	   *column;
	char	   *hierarchy;		/* of hierarchical distance; NULL: none */
	PrCloseness condition;
} PrClosenessRule;

typedef struct PrModel
{
	int64		k;
	List	   *diversity;		/* PrDiversityRule */
	List	   *closeness;		/* PrClosenessRule */
	char	   *suppression_limit;	/* decimal from 0 to 1 */
	PrMetric	metric;
	bool		local;
} PrModel;

/* The parsed model; an error that names the key for whatever set_model() must refuse.  Needs no catalogue. */
extern PrModel *pr_model_parse(Jsonb *document);

/* Does a condition look at this output column? */
extern bool pr_model_names(const PrModel *model, const char *column);

/* floor(suppression_limit * records), exactly. */
extern uint64 pr_model_most_suppressed(const PrModel *model, uint64 records);

extern const char *pr_metric_name(PrMetric metric);

#endif							/* PR_MODEL_H */
