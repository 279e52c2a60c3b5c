/*
 * pr_classes.h
 *		The classes of a node: keys, records, persons, sensitive values; and how
 *		those of a more general node come from them.
 *
 * What is added up along generalization is kept added up: the records of a
 * class, the persons who are in no other class, the persons per sensitive value
 * who are in no other class with it.  Persons of several classes are spans over
 * classes; where all their classes have become one, they join its persons.  So
 * a partition is an input like the raw units, only smaller.
 */
#ifndef PR_CLASSES_H
#define PR_CLASSES_H

#include "core/pr_condition.h"
#include "core/pr_lattice.h"

/* Persons of several members (classes or cells), each listed once. */
typedef struct PrSpans
{
	uint64_t	n;
	uint64_t   *start;			/* [n + 1] */
	uint32_t   *member;
	uint64_t   *persons;		/* [n] */
} PrSpans;

/* Persons per class and value of a sensitive column. */
typedef struct PrCells
{
	uint32_t   *start;			/* [class + 1] */
	uint32_t   *code;			/* ascending within a class */
	uint64_t   *persons;
	PrSpans		spans;			/* over cells */
} PrCells;

typedef struct PrPartition
{
	uint8_t    *levels;			/* [qi] */
	uint32_t	n;				/* classes */
	uint64_t   *key;			/* [class * words + word] */
	uint64_t   *records;
	uint64_t   *persons;		/* is records where each record is a person of his own */
	PrSpans		spans;			/* over classes */
	PrCells    *cells;			/* [sensitive]: those that conditions use; NULL: none do */
} PrPartition;

/* Rooms that roll-ups share. */
typedef struct PrRollup PrRollup;

extern PrRollup *pr_rollup_make(PrLattice *lattice, PrConditions *conditions);
extern void pr_rollup_free(PrRollup *rollup);

/* Each unit is a class; released by pr_classes_free() like any other. */
extern PrPartition *pr_classes_units(PrRollup *rollup);

/*
 * The classes of the node with these levels, none of which is below those of
 * from.  Numbered in the order of their first part.  class_of, if not NULL, gets
 * the class of each class of from.
 */
extern PrPartition *pr_classes_make(PrRollup *rollup, const PrPartition *from, const uint8_t *levels, uint32_t *class_of);
extern void pr_classes_free(PrRollup *rollup, PrPartition *partition);

/* Leaves only some classes, in their order. */
extern void pr_classes_keep(PrRollup *rollup, PrPartition *partition, const bool *keep);

/* What a node releases. */
typedef struct PrVerdict
{
	uint32_t	classes;		/* that hold */
	uint64_t	suppressed;		/* records of the others */
	uint64_t	stuck;			/* records that neither this nor any less general node can release */
	uint64_t	smallest;		/* persons of the smallest class that holds */
} PrVerdict;

/* holds, if not NULL: [class] */
extern PrVerdict pr_classes_judge(PrRollup *rollup, const PrPartition *partition, bool *holds);

#endif							/* PR_CLASSES_H */
