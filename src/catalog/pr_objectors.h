/*
 * pr_objectors.h
 *		Who has objected to a release, as digests.
 */
#ifndef PR_OBJECTORS_H
#define PR_OBJECTORS_H

#include "postgres.h"

#include "utils/uuid.h"

typedef struct PrObjectors PrObjectors;

/*
 * The persons of a domain who are left out of a release.  What is returned is
 * good as long as pr_objectors_generation stays; call again when it has changed.
 */
extern uint64 pr_objectors_generation;
extern const PrObjectors *pr_objectors_find(const char *domain, const char *release_schema, const char *release_name);

extern bool pr_objectors_is_empty(const PrObjectors *objectors);
extern bool pr_objectors_has(const PrObjectors *objectors, const pg_uuid_t *digest);

#endif							/* PR_OBJECTORS_H */
