/*
 * pr_guc.h
 *		The settings of this extension.
 */
#ifndef PR_GUC_H
#define PR_GUC_H

#include "postgres.h"

/* privrelease.keyring_file; empty: beside the data directory. */
extern char *pr_guc_keyring_file;

/* privrelease.guard: refuse what privileges alone do not (superuser). */
extern bool pr_guc_guard;

/* privrelease.enable_derived_quals: planner speed only (user). */
extern bool pr_guc_enable_derived_quals;

/* privrelease.joint_risk: what publish and refresh do about releases, and versions, that break a model together (superuser). */
typedef enum PrJointRisk
{
	PR_JOINT_RISK_OFF,
	PR_JOINT_RISK_WARN,
	PR_JOINT_RISK_REFUSE
} PrJointRisk;

extern int	pr_guc_joint_risk;
extern bool pr_guc_require_approval;

extern void pr_guc_init(void);

#endif							/* PR_GUC_H */
