/*
 * pr_uniform.h
 *		Uniform integers from a byte source, without bias.
 */
#ifndef PR_UNIFORM_H
#define PR_UNIFORM_H

#include "core/pr_core.h"
#include "core/pr_stream.h"

/*
 * Uniform on 0 .. m-1 for any m >= 1, by masking and rejection.  m = 1 takes no
 * byte.  How many bytes are taken is a function of the bytes alone.
 */
extern PrCoreResult pr_below(PrBytes *bytes, pr_uint128 m, pr_uint128 *result);

#endif							/* PR_UNIFORM_H */
