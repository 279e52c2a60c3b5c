/*
 * pr_waypoints.h
 *		The partition of any node, by way of nodes that many others come by.
 */
#ifndef PR_WAYPOINTS_H
#define PR_WAYPOINTS_H

#include "core/pr_classes.h"

typedef struct PrWaypoints PrWaypoints;

/* from stays the caller's. */
extern PrWaypoints *pr_waypoints_make(PrLattice *lattice, PrRollup *rollup, const PrPartition *from);
extern void pr_waypoints_free(PrWaypoints *waypoints);

/* The partition of a node that is not below from; given back by pr_classes_free(). */
extern PrPartition *pr_waypoints_reach(PrWaypoints *waypoints, const uint8_t *levels);

#endif							/* PR_WAYPOINTS_H */
