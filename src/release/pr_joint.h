/*
 * pr_joint.h
 *		What readers see who combine several releases of one source.
 *
 * A person whom two releases show in the classes a and b is one of those whom
 * both show so: the classes of the combination are the intersections.  What a
 * release suppresses is absent from it, which tells the person apart from those
 * whom it shows.
 */
#ifndef PR_JOINT_H
#define PR_JOINT_H

#include "anonymity/pr_study.h"
#include "release/pr_inquire.h"
#include "release/pr_release.h"

/* One of the releases. */
typedef struct PrJointMember
{
	PrRelease  *release;
	List	   *rules;
	const PrModel *model;		/* NULL: a view */
	PrInquiry  *inquiry;		/* a table's levels are those of its last version */
	PrStudy    *study;
	PrSolution *solution;
	PrClasses  *classes;
	Datum		levels;			/* jsonb */
	int		   *place;			/* [qi]: quasi-identifier of the combination */
} PrJointMember;

typedef struct PrJoint
{
	Relation	rel;
	List	   *members;		/* PrJointMember */
	PrInquiry  *inquiry;		/* all quasi-identifiers and sensitive columns */
	PrStudy    *study;
	PrClasses  *classes;		/* of the study; who is in no release is in none */
	uint32	   *shown;			/* [class * members + member]: class of the member, PR_NO_CODE: absent */
	uint64		k;				/* of the weakest model; 0: none has a model */
} PrJoint;

/*
 * The releases (PrRelease) are of one source.  Persons are those of the one with
 * the weakest model.  pr_joint_bind() looks at the catalogue with the rights of
 * the caller, pr_joint_load() reads the source as the current user with the
 * active snapshot.
 */
extern PrJoint *pr_joint_bind(List *releases);
extern void pr_joint_load(PrJoint *joint);
extern void pr_joint_free(PrJoint *joint);

/* Persons in the smallest class; 0: there is none. */
extern uint64 pr_joint_smallest(const PrJoint *joint);

/*
 * Persons in the smallest class that this release and the published ones of the
 * same source leave together, and the weakest k.  false: none is published
 * beside it, or nothing is promised of any.  Where it cannot be measured, *why
 * says why, and the numbers are 0.
 */
extern bool pr_joint_measure(PrRelease *release, uint64 *smallest, uint64 *k, const char **why);

/*
 * Warns, or refuses, as privrelease.joint_risk says, if this release and the
 * published ones of the same source leave a class below the weakest k.  Whoever
 * publishes or refreshes calls it.
 */
extern void pr_joint_check(PrRelease *release);

#endif							/* PR_JOINT_H */
