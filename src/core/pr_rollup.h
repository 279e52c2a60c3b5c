/*
 * pr_rollup.h
 *		What pr_classes.c and pr_cells.c share.
 */
#ifndef PR_ROLLUP_H
#define PR_ROLLUP_H

#include "core/pr_classes.h"

#define PR_ROLLUP_BLOCK 256		/* keys are computed in blocks: the loops stay simple */

/* A column whose level changes. */
typedef struct PrChange
{
	const uint32_t *map;
	PrField		field;
} PrChange;

struct PrRollup
{
	PrLattice  *lattice;
	PrConditions *conditions;
	bool		with_persons;	/* persons are not just the records */
	bool		with_cells;		/* a condition looks at sensitive values */
	bool		additive;		/* counts of persons are sums over units, and none is without a record */

	uint64_t   *block;			/* keys */
	PrChange   *changes;		/* [qi] */

	/* of a grouping, as large as the units are many */
	uint64_t   *key;
	uint64_t   *records;
	uint32_t   *class_of;
	uint32_t   *table;			/* class + 1 */
	uint64_t	slots;			/* room */
	uint64_t	used_slots;		/* a power of 2 */
	int			hash_shift;

	/* of cells and spans */
	uint32_t   *first;			/* [class + 1] */
	uint32_t   *order;			/* classes of from, by their class */
	uint32_t   *cell_of;		/* [cell of from] */
	uint32_t   *seen;			/* [class or cell]: number of the span that saw it last */
	uint64_t   *sum;			/* [code of a sensitive column]: zero between classes */
	bool	   *is_touched;		/* [code]: the same */
	uint32_t   *touched;
	uint64_t   *total;			/* [class]: persons with those of spans */
	uint64_t  **cell_total;		/* [sensitive][cell] */
	const uint64_t **cell_persons;	/* [sensitive]: those, or the cells' own */
	size_t		most_codes;
	PrTally    *tally;			/* [sensitive] */
	uint32_t   *tally_code;
	uint64_t   *tally_persons;
};

#define PR_ROLLUP_GONE UINT32_MAX	/* a member that is not kept */

extern void pr_cells_room(PrRollup *rollup);
extern void pr_cells_room_free(PrRollup *rollup);

extern void pr_spans_units(PrRollup *rollup, PrSpans *spans);
extern void pr_spans_roll(PrRollup *rollup, const PrSpans *from, const uint32_t *member_of, uint64_t *persons,
						  uint32_t n_members, PrSpans *to);
extern void pr_spans_keep(PrSpans *spans, const uint32_t *member_of, uint64_t *persons);
extern void pr_spans_free(const PrRuntime *runtime, PrSpans *spans);

extern void pr_cells_units(PrRollup *rollup, PrPartition *partition);
extern void pr_cells_roll(PrRollup *rollup, const PrPartition *from, PrPartition *to, const uint32_t *class_of);
extern void pr_cells_keep(PrRollup *rollup, PrPartition *partition, const bool *keep);
extern void pr_cells_free(PrRollup *rollup, PrCells *cells);

#endif							/* PR_ROLLUP_H */
