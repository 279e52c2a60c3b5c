/*
 * pr_runtime.h
 *		Memory of a PrRuntime.
 */
#ifndef PR_RUNTIME_H
#define PR_RUNTIME_H

#include <string.h>

#include "core/pr_problem.h"

/* Not zeroed. */
static inline void *
pr_take(const PrRuntime *runtime, size_t n, size_t size)
{
	return runtime->alloc(runtime->state, (n == 0 ? 1 : n) * size);
}

static inline void *
pr_take_zeroed(const PrRuntime *runtime, size_t n, size_t size)
{
	return memset(pr_take(runtime, n, size), 0, (n == 0 ? 1 : n) * size);
}

static inline void
pr_give_back(const PrRuntime *runtime, void *memory)
{
	if (memory != NULL)
		runtime->release(runtime->state, memory);
}

#endif							/* PR_RUNTIME_H */
