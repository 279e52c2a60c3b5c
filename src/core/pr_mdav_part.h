/*
 * pr_mdav_part.h
 *		Records that are grouped together, in cells; for the files of MDAV only.
 */
#ifndef PR_MDAV_PART_H
#define PR_MDAV_PART_H

#include "core/pr_problem.h"

#define LANES 64				/* records of a cell; loops over them have a constant length and become vector code */

/* A sum whose error is that of its last addition only. */
typedef struct Sum
{
	double		high;
	double		low;
} Sum;

/* A point that distances are taken from. */
typedef struct Query
{
	double	   *x;				/* [variable] */
	int			m;				/* variables that it has ... */
	int		   *variable;		/* ... and which */
} Query;

typedef struct Candidate
{
	double		distance;
	uint32_t	record;
} Candidate;

/* Records that are grouped together; record numbers are those of the part. */
typedef struct Part
{
	const PrRuntime *runtime;
	uint32_t	n;
	int			p;
	uint32_t	k;
	const double *z;			/* [variable * n + record]: standardized, NaN for NULL */
	bool		has_null;		/* of some record */
	uint32_t	left;

	Sum		   *sum;			/* [variable] of what is left */
	uint32_t   *values;			/* [variable]: how many values those are */

	uint32_t	n_cells;
	uint32_t	cell_room;		/* multiple of LANES */
	uint32_t	celled;			/* records in cells when they were made ... */
	uint32_t	in_cells;		/* ... and now */
	uint32_t   *count;			/* [cell] */
	uint32_t   *record;			/* [cell * LANES + lane] */
	double	   *value;			/* [(cell * p + variable) * LANES + lane] */
	double	   *low;			/* [variable * cell_room + cell] */
	double	   *high;
	double	   *bound;			/* [cell], of the running query */
	uint32_t   *place;			/* [record]: cell * LANES + lane, or number in loose */

	uint32_t	n_loose;		/* records with a NULL */
	uint32_t   *loose;

	uint32_t   *order;			/* room for the records while cells are made */
	Candidate  *heap;			/* of the k-1 nearest; the worst on top */
	uint32_t	heap_size;
	Query		centroid;
	Query		extreme;

	uint32_t   *group;			/* [record] */
	uint32_t	n_groups;
} Part;

/* pr_mdav_cells.c */
extern void pr_part_start(Part *part, const PrRuntime *runtime, uint32_t n, int p, uint32_t k, const double *z);
extern void pr_part_end(Part *part);
extern void pr_part_remake_cells(Part *part);
extern void pr_part_remove(Part *part, uint32_t record);

/* pr_mdav_near.c */
extern uint32_t pr_part_farthest(Part *part, const Query *query);	/* of what is left */
extern void pr_part_nearest(Part *part, const Query *query);	/* the k-1 nearest of what is left, into the heap */

/* pr_mdav.c */
extern void pr_sum_add(Sum *sum, double x);

/* Puts those records first, rank of them, that come first in their widest variable; z[variable * stride + record]. */
extern void pr_part_halve(const double *z, size_t stride, int p, uint32_t *records, uint32_t n, uint32_t rank);

/* ---------- memory ---------- */

static inline void *
get_memory(const PrRuntime *runtime, size_t number, size_t size)
{
	return runtime->alloc(runtime->state, (number > 0 ? number : 1) * size);
}

static inline void
give_back(const PrRuntime *runtime, void *memory)
{
	runtime->release(runtime->state, memory);
}

#endif							/* PR_MDAV_PART_H */
