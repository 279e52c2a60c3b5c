/*
 * pr_error.h
 *		SQLSTATEs of our own, class PR.  Everything that PostgreSQL has a code
 *		for uses PostgreSQL's; these are the conditions a script wants to tell
 *		apart.  doc/reference lists them.
 */
#ifndef PR_ERROR_H
#define PR_ERROR_H

#include "postgres.h"

#define ERRCODE_PR_KEY_UNAVAILABLE		MAKE_SQLSTATE('P', 'R', '0', '0', '1')	/* keyring, key or version absent or changed */
#define ERRCODE_PR_UNBOUND				MAKE_SQLSTATE('P', 'R', '0', '0', '2')	/* declaration belongs to another database */
#define ERRCODE_PR_STALE				MAKE_SQLSTATE('P', 'R', '0', '0', '3')	/* source or release is no longer what was declared */
#define ERRCODE_PR_CLEAR_IDENTIFIER		MAKE_SQLSTATE('P', 'R', '0', '0', '4')	/* an identifier would be kept clear */
#define ERRCODE_PR_BOUNDARY				MAKE_SQLSTATE('P', 'R', '0', '0', '5')	/* an audience could reach the source */
#define ERRCODE_PR_NOT_PRELOADED		MAKE_SQLSTATE('P', 'R', '0', '0', '6')	/* library is not in shared_preload_libraries, or its guard is off */
#define ERRCODE_PR_GUARD				MAKE_SQLSTATE('P', 'R', '0', '0', '7')	/* the guard refuses what privileges would allow */
#define ERRCODE_PR_WITHDRAWN			MAKE_SQLSTATE('P', 'R', '0', '0', '8')	/* the release was withdrawn */
#define ERRCODE_PR_NOT_TRANSPARENT		MAKE_SQLSTATE('P', 'R', '0', '0', '9')	/* a query on a source cannot be answered from its release */
#define ERRCODE_PR_NOT_ANONYMOUS		MAKE_SQLSTATE('P', 'R', '0', '1', '0')	/* a release table cannot hold its model, or a version would not */
#define ERRCODE_PR_JOINT_RISK			MAKE_SQLSTATE('P', 'R', '0', '1', '1')	/* releases, or versions, break a model together */
#define ERRCODE_PR_NOT_APPROVED			MAKE_SQLSTATE('P', 'R', '0', '1', '2')	/* approval is required, and the declaration has none */

#endif							/* PR_ERROR_H */
