/*
 * pr_local.h
 *		Local recoding: what its parts share.
 *
 * A cell is a combination of quasi-identifiers at level 0 with all its records:
 * what is released alike.  A class is a set of cells with the levels at which
 * they are released; its cells agree at those levels.
 */
#ifndef PR_LOCAL_H
#define PR_LOCAL_H

#include "core/pr_condition.h"
#include "core/pr_search.h"

#define PR_NOWHERE UINT32_MAX

/* The arrays of a column. */
typedef struct PrLocalColumn
{
	int			n_levels;
	uint32_t   *n_values;
	uint32_t  **value;
	const uint64_t **leaves;
	const uint32_t **shown;
	uint64_t   *own_leaves;
	uint32_t   *own_shown;
} PrLocalColumn;

/*
 * A problem whose codes are places of values and whose units are sorted by them,
 * with a level of suppressed cells where the top has several values.
 */
typedef struct PrLocalInput
{
	PrProblem	problem;
	uint32_t   *unit;			/* [unit]: number in the given problem */
	PrQi	   *qis;
	PrLocalColumn *column;		/* [qi] */
	uint32_t   *members;		/* of groups of persons */
} PrLocalInput;

extern PrLocalInput *pr_local_input_make(const PrProblem *given, const PrRuntime *runtime);
extern void pr_local_input_free(PrLocalInput *input, const PrRuntime *runtime);

typedef struct PrLocalClass
{
	uint32_t	head;			/* its first cell; PR_NOWHERE: none */
	uint32_t	cells;
	uint64_t	records;
	uint64_t	weight;			/* of its cells */
	double		price;			/* of a record */
	uint32_t	touched;		/* number of the transaction that touched it last */
} PrLocalClass;

typedef struct PrLocal
{
	const PrProblem *problem;
	const PrRuntime *runtime;
	PrConditions *conditions;
	int			n_qis;
	bool		only_k;

	uint32_t	n_cells;
	uint32_t   *first_unit;		/* [cell + 1] */
	uint32_t   *code;			/* [cell * n_qis + qi] */
	uint64_t   *records;		/* [cell] */
	uint64_t   *weight;			/* [cell]: persons in it */
	uint32_t   *class_of;		/* [cell]; PR_NOWHERE: suppressed so far */
	uint32_t   *next;			/* [cell]: in its class */
	uint32_t   *previous;
	double	 ***price;			/* [qi][level][code]: (leaves - 1) / (D - 1) */

	PrLocalClass *class;
	int64_t    *spare;			/* [class]: its weight beyond k */
	uint8_t    *levels;			/* [class * n_qis + qi] */
	uint32_t	n_classes;
	uint32_t	room;

	uint8_t    *new_levels;		/* room */
	double		total;			/* price of all records that are in a class */

	struct PrLocalJournal *journal;
	struct PrLocalTally *tally;
	uint64_t	work;			/* spent looking for homes */
} PrLocal;

/* Cells of an input, none of which is in a class yet. */
extern PrLocal *pr_local_make(const PrLocalInput *input, const PrRuntime *runtime, PrConditions *conditions);
extern void pr_local_free(PrLocal *local);

/*
 * Classes.  Between begin and end every change can be taken back.
 */

/* All at level 0, without a cell. */
extern uint32_t pr_local_class_make(PrLocal *local);
extern void pr_local_set_levels(PrLocal *local, uint32_t class, const uint8_t *levels);

/* PR_NOWHERE: out of every class. */
extern void pr_local_move(PrLocal *local, uint32_t cell, uint32_t class);

/* Levels of a class: no coarser than its cells need; or as coarse as another cell needs. */
extern void pr_local_tighten(PrLocal *local, uint32_t class);
extern void pr_local_widen(PrLocal *local, uint32_t class, uint32_t cell);

extern void pr_local_begin(PrLocal *local);

/* Takes everything back unless wanted and every class that was touched holds. */
extern bool pr_local_end(PrLocal *local, bool wanted);

/* Counts of classes, exact; also made and freed with the cells. */
extern void pr_local_tally_make(PrLocal *local);
extern void pr_local_tally_free(PrLocal *local);
extern bool pr_local_holds(PrLocal *local, uint32_t class);

/* Do classes hold as one?  next[class], to PR_NOWHERE. */
extern bool pr_local_hold_together(PrLocal *local, uint32_t first, const uint32_t *next);

/* The price of a record of a cell at these levels. */
extern double pr_local_price(const PrLocal *local, uint32_t cell, const uint8_t *levels);

/* Do two codes have the same value at a level? */
static inline bool
pr_local_agree(const PrQi *qi, int level, uint32_t a, uint32_t b)
{
	return a == b || (level > 0 && qi->value[level][a] == qi->value[level][b]);
}

/*
 * Parts of the search
 */

/* Each cell is released by the first node, by rising price, where it has company; what has none is left out. */
extern PrCoreResult pr_local_sweep(PrLocal *local);

/* Dissolves classes whose cells have cheaper homes, until work is used up. */
extern void pr_local_refine(PrLocal *local, uint64_t most_work);

/* Homes for what is left out, where there is one that the model allows; unless at any price, only if suppressing costs more. */
extern void pr_local_house(PrLocal *local, bool at_any_price);

/* Merges classes of equal levels and values; takes apart what looks alike and does not hold as one, and counts that. */
extern uint32_t pr_local_merge(PrLocal *local);

/*
 * All that is left out becomes one class, together with as many others as it
 * takes for it to hold.  PR_CORE_NOTHING if all together do not.
 */
extern PrCoreResult pr_local_absorb(PrLocal *local);

#endif							/* PR_LOCAL_H */
