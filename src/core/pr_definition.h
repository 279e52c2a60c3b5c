/*
 * pr_definition.h
 *		A second opinion on whether a class holds, for verification.
 *
 * By the measures that an assessment reports (pr_distribution.h).  Nothing is
 * shared with what decides (pr_condition.c, pr_closeness.c), so that an error
 * there does not let a version through.  It is in floating point, and objects
 * only to what is wrong by more than rounding: it never decides a tie.
 */
#ifndef PR_DEFINITION_H
#define PR_DEFINITION_H

#include "core/pr_condition.h"

typedef struct PrDefinition PrDefinition;

/* Closeness is looked at where the population of a sensitive column is given. */
extern PrDefinition *pr_definition_make(const PrProblem *problem, const PrRuntime *runtime);
extern void pr_definition_free(PrDefinition *definition);

/* May a class of these persons and values be released?  tallies as in pr_conditions_hold(), codes ascending. */
extern bool pr_definition_allows(PrDefinition *definition, uint64_t persons, const PrTally *tallies);

#endif							/* PR_DEFINITION_H */
