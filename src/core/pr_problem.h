/*
 * pr_problem.h
 *		What an anonymity search is given, and what it answers.
 *
 * A relation has become codes (src/anonymity): for each quasi-identifier the
 * values at its finest level are numbered, and so are those of its coarser
 * levels and of the sensitive columns.  A unit is one distinct combination of
 * codes; the size of a problem grows with units, never with rows.
 *
 * Classes count persons.  A person who occurs in one unit only is in
 * persons[unit]; one who occurs in several is in a group of persons that have
 * the same set of units, and counts once in each class, and once for each
 * sensitive value of a class, however many of his units meet there.  The
 * suppression limit and the costs count records.
 */
#ifndef PR_PROBLEM_H
#define PR_PROBLEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/pr_core.h"

/*
 * Memory and interruption.  alloc() gives memory that is aligned to 8 bytes,
 * not zeroed and never NULL; both it and tick() may leave by longjmp, after which
 * the memory is its owner's to reclaim.  tick() is called at least every few
 * milliseconds.
 */
typedef struct PrRuntime
{
	void	   *(*alloc) (void *state, size_t size);
	void		(*release) (void *state, void *memory);
	void		(*tick) (void *state, uint64_t done, uint64_t total);
	void	   *state;
} PrRuntime;

/* A quasi-identifier: its levels, finest first.  value[0] is the identity. */
typedef struct PrQi
{
	int			levels;			/* >= 1 */
	uint32_t	n_codes;		/* values at level 0 */
	const uint32_t *n_values;	/* [level] */
	const uint32_t *const *value;	/* [level][code]: number of the value that code has at that level */
	const uint64_t *const *leaves;	/* [level][value]: leaves below it, at least 1 */
	uint64_t	domain;			/* D: leaves of the whole hierarchy, at least 1 */

	/*
	 * [level][value]: number of the value as a reader sees it.  Values of two
	 * levels with the same number look the same (a bin of 5 and one of 10 that
	 * begin at 20), and PR_SHOWN_NULL looks like a suppressed cell.  Classes of
	 * local recoding are made by what is seen.  NULL: no two levels share a value.
	 */
	const uint32_t *const *shown;

	/*
	 * [code]: its place in an order of the values that no numbering has a say in,
	 * by which local recoding decides ties; a permutation.  NULL: the codes
	 * themselves are in such an order.
	 */
	const uint32_t *place;
} PrQi;

#define PR_SHOWN_NULL 0

/* A sensitive column.  Codes are in the order of the type; NULL, where it occurs, is the last code. */
typedef struct PrSensitive
{
	uint32_t	n_codes;
	bool		has_null;		/* the last code is NULL */
	int			levels;			/* of its hierarchy, with level 0; 1: none */
	const uint32_t *n_values;
	const uint32_t *const *value;	/* [level][code] */
	const uint64_t *population; /* [code]: persons with this value in the whole input; NULL: those of the problem */
} PrSensitive;

typedef enum PrDiversityVariant
{
	PR_DIVERSITY_DISTINCT,
	PR_DIVERSITY_ENTROPY,
	PR_DIVERSITY_RECURSIVE
} PrDiversityVariant;

/* l = l_num / l_den (a whole number for distinct and recursive), c = c_num / c_den; fractions of decimals. */
typedef struct PrDiversity
{
	int			sensitive;
	PrDiversityVariant variant;
	uint64_t	l_num;
	uint64_t	l_den;
	uint64_t	c_num;
	uint64_t	c_den;
} PrDiversity;

typedef enum PrDistance
{
	PR_DISTANCE_EQUAL,
	PR_DISTANCE_ORDERED,
	PR_DISTANCE_HIERARCHICAL
} PrDistance;

typedef struct PrCloseness
{
	int			sensitive;
	PrDistance	distance;
	uint64_t	t_num;
	uint64_t	t_den;
} PrCloseness;

typedef enum PrMetric
{
	PR_METRIC_LOSS,
	PR_METRIC_DISCERNIBILITY,
	PR_METRIC_AECS,
	PR_METRIC_ENTROPY
} PrMetric;

/* Persons that occur in the same units, two or more. */
typedef struct PrPersonGroup
{
	uint64_t	persons;
	uint32_t	n_units;
	const uint32_t *units;		/* ascending */
} PrPersonGroup;

typedef struct PrProblem
{
	int			n_qis;
	const PrQi *qis;
	int			n_sensitive;
	const PrSensitive *sensitive;

	uint32_t	n_units;
	const uint32_t *codes;		/* [unit * n_qis + qi]: code at level 0 */
	const uint32_t *values;		/* [unit * n_sensitive + column]; units differ in codes or values */
	const uint64_t *records;	/* [unit] */
	const uint64_t *persons;	/* [unit]: persons that occur in this unit only */
	uint64_t	n_groups;
	const PrPersonGroup *groups;

	uint64_t	k;
	int			n_diversity;
	const PrDiversity *diversity;
	int			n_closeness;
	const PrCloseness *closeness;
	uint64_t	most_suppressed;	/* records: floor(limit * records), computed exactly by the caller */
	PrMetric	metric;
} PrProblem;

/* What a solution reveals and costs; formulas in core/pr_measure.h. */
typedef struct PrMeasures
{
	uint64_t	records;		/* input */
	uint64_t	suppressed;		/* records in no released class */
	uint64_t	classes;		/* released */
	uint64_t	min_class;		/* persons in the smallest released class; 0: no class */
	double		loss;
	double		loss_arithmetic;
	pr_uint128	discernibility;
	double		aecs;
	double		entropy;
	double		entropy_most;	/* NUE_max */
	pr_uint128	discernibility_least;	/* DM_0 */
	uint64_t	raw_classes;	/* u */
} PrMeasures;

/*
 * Who is released at which levels.  Full-domain recoding has one recoding;
 * local recoding has one for each pass.  A level equal to qis[j].levels means
 * that the cell is suppressed (NULL), and costs what the top of a hierarchy
 * costs; only local recoding does it.
 */
#define PR_SUPPRESSED (-1)

typedef struct PrSolution
{
	int			n_recodings;
	uint8_t    *levels;			/* [recoding * n_qis + qi] */
	int32_t    *recoding;		/* [unit]: which recoding, or PR_SUPPRESSED */
	double		cost;			/* of the problem's metric */
	PrMeasures	measures;
	uint64_t	nodes_checked;
} PrSolution;

#endif							/* PR_PROBLEM_H */
