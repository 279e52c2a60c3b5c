/*
 * pr_capability.h
 *		The type of the key argument of keyed transforms.
 */
#ifndef PR_CAPABILITY_H
#define PR_CAPABILITY_H

#include "postgres.h"

extern Datum pr_capability_datum(int32 key_id, int32 version);
extern int32 pr_capability_key(Datum capability);
extern int32 pr_capability_version(Datum capability);

/* OID of privrelease.capability in this database. */
extern Oid	pr_capability_type(void);

#endif							/* PR_CAPABILITY_H */
