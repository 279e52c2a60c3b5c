/*
 * pr_lattice.h
 *		The nodes of a search, and how the codes of a unit are packed into words.
 *
 * A node is a level for each quasi-identifier.  The key of a class has the
 * values of its node, each in bits of its own within one word, so that another
 * level of a column is a look-up and a replacement of its bits.
 */
#ifndef PR_LATTICE_H
#define PR_LATTICE_H

#include "core/pr_problem.h"

/* Where the value of a column is in a key. */
typedef struct PrField
{
	int			word;
	int			shift;
	uint64_t	mask;			/* not shifted; 0: the column has one value only */
} PrField;

typedef struct PrLattice
{
	const PrProblem *problem;
	const PrRuntime *runtime;
	int			n_qis;
	int			words;			/* of a key */
	PrField    *field;			/* [qi] */
	uint32_t ***up;				/* [qi][from * levels + to][value]: made when needed */
	uint64_t	n_nodes;		/* UINT64_MAX: more than that */
	uint64_t   *stride;			/* [qi]: the last column varies fastest, so that numbers are in lexicographic order */
	uint64_t	done;			/* for tick() */
	uint64_t	total;
} PrLattice;

/* PR_CORE_PARAMETER if codes are out of range or levels do not nest. */
extern PrCoreResult pr_lattice_make(const PrProblem *problem, const PrRuntime *runtime, PrLattice **made);
extern void pr_lattice_free(PrLattice *lattice);

/* [value at level from]: value at level to >= from */
extern const uint32_t *pr_lattice_up(PrLattice *lattice, int qi, int from, int to);

extern void pr_lattice_levels(const PrLattice *lattice, uint64_t node, uint8_t *levels);
extern uint64_t pr_lattice_node(const PrLattice *lattice, const uint8_t *levels);

static inline uint64_t
pr_lattice_value(const PrLattice *lattice, const uint64_t *key, int qi)
{
	const PrField *field = &lattice->field[qi];

	return key[field->word] >> field->shift & field->mask;
}

static inline void
pr_lattice_tick(const PrLattice *lattice)
{
	lattice->runtime->tick(lattice->runtime->state, lattice->done, lattice->total);
}

#endif							/* PR_LATTICE_H */
