/*
 * pr_mask.h
 *		Transforms whose cells are computed by calling them (pr_cell.c), and by
 *		whose address the planner recognises them.
 */
#ifndef PR_MASK_H
#define PR_MASK_H

#include "postgres.h"

#include "fmgr.h"

#include "core/pr_text.h"

/* How characters are told apart in this database. */
extern const PrCharset *pr_database_charset(void);

extern Datum privrelease_bin_int2(PG_FUNCTION_ARGS);
extern Datum privrelease_bin_int4(PG_FUNCTION_ARGS);
extern Datum privrelease_bin_int8(PG_FUNCTION_ARGS);
extern Datum privrelease_bin_float4(PG_FUNCTION_ARGS);
extern Datum privrelease_bin_float8(PG_FUNCTION_ARGS);
extern Datum privrelease_round_int2(PG_FUNCTION_ARGS);
extern Datum privrelease_round_int4(PG_FUNCTION_ARGS);
extern Datum privrelease_round_int8(PG_FUNCTION_ARGS);
extern Datum privrelease_round_float4(PG_FUNCTION_ARGS);
extern Datum privrelease_round_float8(PG_FUNCTION_ARGS);
extern Datum privrelease_date_trunc_date(PG_FUNCTION_ARGS);
extern Datum privrelease_date_trunc_timestamp(PG_FUNCTION_ARGS);
extern Datum privrelease_date_trunc_timestamptz(PG_FUNCTION_ARGS);
extern Datum privrelease_age(PG_FUNCTION_ARGS);
extern Datum privrelease_network(PG_FUNCTION_ARGS);
extern Datum privrelease_prefix(PG_FUNCTION_ARGS);
extern Datum privrelease_hierarchy_text(PG_FUNCTION_ARGS);
extern Datum privrelease_hierarchy_int2(PG_FUNCTION_ARGS);
extern Datum privrelease_hierarchy_int4(PG_FUNCTION_ARGS);
extern Datum privrelease_hierarchy_int8(PG_FUNCTION_ARGS);
extern Datum privrelease_encrypt_fpe(PG_FUNCTION_ARGS);

#endif							/* PR_MASK_H */
