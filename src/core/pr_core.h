/*
 * pr_core.h
 *		Return codes of src/core.
 *
 * core raises nothing, and allocates nothing but from a PrRuntime that it is
 * given (pr_problem.h): a function gives PR_CORE_OK or says why not, and the
 * adapter above it decides what that means.
 */
#ifndef PR_CORE_H
#define PR_CORE_H

typedef enum PrCoreResult
{
	PR_CORE_OK = 0,
	PR_CORE_PARAMETER,			/* an argument outside its documented domain */
	PR_CORE_LIMIT,				/* exact arithmetic would leave 128 bits */
	PR_CORE_SOURCE,				/* the byte source or the cipher failed */
	PR_CORE_NOTHING				/* a search found nothing that is allowed */
} PrCoreResult;

/* Aligned as allocators align, not as the compiler would like it: they lie in structures that PostgreSQL allocates. */
typedef unsigned __int128 pr_uint128 __attribute__((aligned(8)));
typedef __int128 pr_int128 __attribute__((aligned(8)));

#endif							/* PR_CORE_H */
