/*
 * pr_transform_info.h
 *		What the planner knows of the functions that release views call.
 */
#ifndef PR_TRANSFORM_INFO_H
#define PR_TRANSFORM_INFO_H

#include "postgres.h"

#include "nodes/nodes.h"

typedef enum PrCells
{
	PR_CELLS_RISING,			/* intervals in the order of the results */
	PR_CELLS_FALLING,			/* intervals in the opposite order: age */
	PR_CELLS_PREFIX,			/* intervals in the order of bytes: prefix */
	PR_CELLS_HIERARCHY,			/* lists of values */
	PR_CELLS_SINGLE				/* one value each, known to who has the key: encrypt_fpe */
} PrCells;

typedef struct PrTransformInfo
{
	Oid			function;
	bool		has_cells;		/* false: nothing can be derived */
	PrCells		cells;
	Oid			source;			/* type of the column */
	Oid			result;
	Oid			bound_type;		/* of the first argument of bound */
	Oid			bound;			/* the ..._bound function, decrypt_fpe; InvalidOid for hierarchies */
	bool		null_for_null_only;
} PrTransformInfo;

/* False if it is no transform of this extension, or one without cells. */
extern bool pr_transform_info(Oid function, PrTransformInfo *info);

/*
 * The clause in known_selectivity(), for which the planner takes this share of
 * the rows; scales_index: reading an index for what was derived from it costs
 * as much less than was estimated (see pr_derive_restore()).
 */
extern Node *pr_with_selectivity(Node *clause, double share, bool scales_index);
extern bool pr_is_with_selectivity(const Node *clause);

/* The operator with its sides swapped, if each says so of the other; else InvalidOid. */
extern Oid	pr_commutator(Oid operator);

/* Does the condition of a release's query leave rows out (has_objected)?  What it says of the others must not be hastened. */
extern bool pr_hides_rows(Node *quals);

/* Other functions of this extension that plans use; InvalidOid if absent. */
extern Oid	pr_known_selectivity_function(void);
extern Oid	pr_byte_range_function(void);
extern Oid	pr_conversion_function(Oid from, Oid to);

#endif							/* PR_TRANSFORM_INFO_H */
