/*
 * pr_study.h
 *		A relation as codes: the input of the search, and the way back from codes
 *		to values.
 *
 * pr_study_load() asks the inquiry with the active snapshot as the current
 * user: one GROUP BY in the engine, the distinct source values of computed
 * levels, the levels of the distinct values.  Everything that it keeps is in
 * the study's own memory context.  A study without a model has one unit for each
 * class, k = 1, and all levels 0.
 */
#ifndef PR_STUDY_H
#define PR_STUDY_H

#include "postgres.h"

#include "anonymity/pr_inquiry.h"
#include "anonymity/pr_values.h"
#include "core/pr_problem.h"

typedef struct PrStudy
{
	MemoryContext context;
	const PrInquiry *inquiry;
	PrProblem	problem;		/* model, limit and metric filled in as well */
	PrRuntime	runtime;		/* allocates in context, checks for interrupts, shows progress */
	uint64		records;
	uint64		subjects;		/* distinct persons: rows where no subject is declared */
	PrValues  **base;			/* [qi]: values at the finest level; code = problem code */
	PrValues ***level;			/* [qi][level]: values of that level (level 0 is base) */
	PrValues  **sensitive;		/* [column]: seen values; sensitive_code turns their number into a problem code */
	uint32	  **sensitive_code;
	double	   *weight;			/* [unit]: sum of weights; NULL: none were asked for */
	struct PrUnitIndex *index;	/* units by their codes */
} PrStudy;

extern PrStudy *pr_study_load(const PrInquiry *inquiry, MemoryContext parent);

/* Searches; an error (PR010) where nothing keeps the promise. */
extern PrSolution *pr_study_solve(PrStudy *study);

/* The same, for those who want to know: PR_CORE_NOTHING or PR_CORE_LIMIT instead of an error. */
extern PrCoreResult pr_study_search(PrStudy *study, PrSolution **solution);

/* Everything at the finest level, which is the only one of a view; no measures. */
extern PrSolution *pr_study_all_released(PrStudy *study);

/*
 * The first unit that has these quasi-identifiers (values at the finest level,
 * in the order of the inquiry); PR_NO_CODE: none.  Units of one combination,
 * which differ in sensitive values, are released alike.
 */
extern uint32 pr_study_unit(const PrStudy *study, const Datum *values, const bool *nulls);

/* What is released of quasi-identifier qi of a unit that is not suppressed. */
extern Datum pr_study_released(const PrStudy *study, const PrSolution *solution, uint32 unit, int qi, bool *isnull);

/* The same of all quasi-identifiers as numbers: equal numbers look the same to a reader (core/pr_problem.h, shown). */
extern void pr_study_shown(const PrStudy *study, const PrSolution *solution, uint32 unit, uint32 *shown);

/*
 * Classes of a solution.  class_of[unit] is a number from 0 or PR_NO_CODE of a
 * suppressed unit; units with equal released values share a class.
 */
typedef struct PrClasses
{
	uint32		n;
	uint32	   *class_of;		/* [unit] */
	uint64	   *records;		/* [class] */
	uint64	   *persons;		/* [class] */
	double	   *weight;			/* [class]; NULL without weights */
} PrClasses;

extern PrClasses *pr_study_classes(const PrStudy *study, const PrSolution *solution);

/*
 * A solution of one study in the terms of another one of the same release that
 * looks at more sensitive columns; no measures.
 */
extern PrSolution *pr_study_carry(const PrStudy *solved, const PrSolution *solution, PrStudy *study);

/* What is in classes that somebody else made: n and class_of are there, records, persons and weight are filled in. */
extern void pr_study_count(const PrStudy *study, PrClasses *classes);

extern void pr_study_free(PrStudy *study);

#endif							/* PR_STUDY_H */
