/*
 * pr_study_load.h
 *		What the files of the study share.
 */
#ifndef PR_STUDY_LOAD_H
#define PR_STUDY_LOAD_H

#include "anonymity/pr_study.h"
#include "anonymity/pr_tuples.h"

/* Units by their codes. */
typedef struct PrUnitIndex
{
	PrTuples   *units;			/* quasi-identifiers, then sensitive columns: number = unit */
	PrTuples   *combinations;	/* quasi-identifiers alone */
	uint32	   *first_unit;		/* [combination] */
} PrUnitIndex;

/* pr_study_levels.c: the quasi-identifiers of the problem, from the distinct values at their finest level */
extern void pr_study_make_qis(PrStudy *study);

/*
 * Asks what the distinct values become at levels 1 .. levels-1 (coarser[i], over
 * b.v).  level[i] gets the values of each level, value[i][code] their numbers.
 */
extern void pr_study_ask_levels(PrStudy *study, PrValues *base, int levels, char **coarser, PrValues **level,
								uint32 **value);

/* pr_study_sensitive.c: the sensitive columns of the problem; renumbers study->problem.values */
extern void pr_study_make_sensitive(PrStudy *study, uint32 *values);

/* [number]: place of the value in the order of its type under a collation, NULL last. */
extern uint32 *pr_study_order(PrStudy *study, const PrValues *values, Oid collation);

/* pr_study_model.c: the conditions of the model in the terms of the problem */
extern void pr_study_make_model(PrStudy *study);

#endif							/* PR_STUDY_LOAD_H */
