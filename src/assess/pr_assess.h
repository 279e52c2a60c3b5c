/*
 * pr_assess.h
 *		What the files of an assessment share.
 *
 * An assessment looks at classes: records that a reader cannot tell apart.  They
 * come from a study of the source (anonymity/pr_study.h) and a solution of it: of
 * a table the one that a refresh would write now, of a view the finest levels,
 * which are all it has.  Every measure is computed from the classes, but those of
 * households and single records, which stream the source once more.
 */
#ifndef PR_ASSESS_H
#define PR_ASSESS_H

#include "postgres.h"

#include "utils/jsonb.h"

#include "anonymity/pr_study.h"
#include "common/pr_json.h"
#include "core/pr_keys.h"
#include "core/pr_suda.h"
#include "release/pr_inquire.h"
#include "release/pr_release.h"

typedef struct PrThreshold
{
	char	   *label;			/* as it was given */
	double		value;
} PrThreshold;

/* pr_options.c */
typedef struct PrAssessOptions
{
	char	   *weight;			/* source column; NULL: none */
	char	   *household;		/* source column; NULL: none */
	double		population;		/* 0: not given */
	List	   *thresholds;		/* PrThreshold */
	double		sampling_fraction;
} PrAssessOptions;

/* Refuses unknown keys and values that are of no use. */
extern PrAssessOptions *pr_options_parse(Jsonb *document);

/* Quoted SQL of the columns that the options name, or an error. */
extern char *pr_options_weight(const PrAssessOptions *options, Relation rel);
extern char *pr_options_household(const PrAssessOptions *options, Relation rel);

/* An error, as the reader of the source, unless all weights are positive numbers. */
extern void pr_options_check_weights(const PrAssessOptions *options, const PrInquiry *inquiry);

typedef struct PrAssessment
{
	PrRelease  *release;
	Relation	rel;
	List	   *rules;
	PrAssessOptions *options;
	char	   *household;		/* quoted SQL; NULL: none */
	PrInquiry  *inquiry;
	PrStudy    *study;
	PrSolution *solution;		/* NULL: nothing keeps the model */
	PrClasses  *classes;
	List	   *reasons;		/* why it fails (char *) */

	/* with the published releases of the source, where there are any */
	bool		has_joint;
	uint64		joint_smallest;
	uint64		joint_k;
	const char *joint_missing;	/* why not */

	/* pr_key_risk.c, [class] */
	int			n_keys;
	List	   *key_names;		/* (char *) */
	uint32	   *shown;			/* [class * n_keys + key]: number of the value, PR_KEY_NULL */
	double	   *f;
	double	   *population_f;
	double	   *risk;
	PrSuda	   *suda;			/* NULL: not measured */
	uint32	   *suda_row;		/* [class] */
	const char *suda_missing;	/* why not */
} PrAssessment;

/* Memory that lives as long as the study. */
static inline void *
pr_assess_array(const PrAssessment *assessment, Size n, Size element)
{
	return MemoryContextAllocExtended(assessment->study->context, Max(n, 1) * element, MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
}

/* Persons of a class.  Rows of nobody (the subject is NULL) hide nobody either: such a class counts as one. */
static inline uint64
pr_assess_persons(const PrAssessment *assessment, uint32 class)
{
	return Max(assessment->classes->persons[class], 1);
}

/* pr_assess.c: as the owner of the source, with the active snapshot; study and classes are then there. */
extern void pr_assess_load(PrAssessment *assessment);

/* pr_class_risk.c: prosecutor, journalist, marketer, uniques, shares above thresholds, sizes of classes, population uniques */
extern void pr_report_class_risk(const PrAssessment *assessment, PrJson *json);
extern void pr_report_class_sizes(const PrAssessment *assessment, PrJson *json);
extern void pr_report_class_average(const PrAssessment *assessment, PrJson *json);
extern void pr_report_separation(const PrAssessment *assessment, PrJson *json);
extern void pr_report_population(const PrAssessment *assessment, PrJson *json);

/* pr_key_risk.c: frequencies, individual risk and SUDA of classes */
extern void pr_assess_keys(PrAssessment *assessment);
extern void pr_report_key_risk(const PrAssessment *assessment, PrJson *json);

/* pr_record_risk.c: households, and one row for each record */
typedef struct PrHouseholdRisk
{
	double		expected;		/* persons whose household is re-identified */
	double		max;
	uint64		persons;
} PrHouseholdRisk;

extern PrHouseholdRisk pr_assess_households(const PrAssessment *assessment);

/* pr_sensitive.c: diversity and closeness; adds reasons where the model is not kept */
extern void pr_report_sensitive(PrAssessment *assessment, PrJson *json);

/* pr_columns.c: utility of columns; pr_numeric_loss.c: of numeric ones */
extern void pr_report_utility(const PrAssessment *assessment, PrJson *json);
extern void pr_report_numeric(const PrAssessment *assessment, PrJson *json);

/* pr_report.c: all keys; the parts of it that a combination of releases has too */
extern Datum pr_report(PrAssessment *assessment, bool *passes);
extern void pr_report_classes(const PrAssessment *assessment, PrJson *json);
extern void pr_report_risk(PrAssessment *assessment, PrJson *json);

#endif							/* PR_ASSESS_H */
