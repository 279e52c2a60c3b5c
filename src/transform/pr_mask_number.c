/*
 * pr_mask_number.c
 *		SQL functions bin, round, grid_x and grid_y on integers, floats and
 *		points.  numeric has a file of its own.
 *
 * Parameters that make no sense (a width of 0, a bottom above the top) give
 * NULL; no value raises an error.
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"
#include "utils/geo_decls.h"

#include "core/pr_bin.h"
#include "transform/pr_mask.h"

PG_FUNCTION_INFO_V1(privrelease_bin_int2);
PG_FUNCTION_INFO_V1(privrelease_bin_int4);
PG_FUNCTION_INFO_V1(privrelease_bin_int8);
PG_FUNCTION_INFO_V1(privrelease_bin_float4);
PG_FUNCTION_INFO_V1(privrelease_bin_float8);
PG_FUNCTION_INFO_V1(privrelease_round_int2);
PG_FUNCTION_INFO_V1(privrelease_round_int4);
PG_FUNCTION_INFO_V1(privrelease_round_int8);
PG_FUNCTION_INFO_V1(privrelease_round_float4);
PG_FUNCTION_INFO_V1(privrelease_round_float8);
PG_FUNCTION_INFO_V1(privrelease_grid_x);
PG_FUNCTION_INFO_V1(privrelease_grid_y);

static const PrIntRange int2_range = {PG_INT16_MIN, PG_INT16_MAX};
static const PrIntRange int4_range = {PG_INT32_MIN, PG_INT32_MAX};
static const PrIntRange int8_range = {PG_INT64_MIN, PG_INT64_MAX};

/* ---------- integers ---------- */

/* bin(value T, width T, origin T [, bottom T, top T]) → T */
Datum
privrelease_bin_int2(PG_FUNCTION_ARGS)
{
	PrIntBins	bins = {PG_GETARG_INT16(1), PG_GETARG_INT16(2), PG_INT16_MIN, PG_INT16_MAX};

	if (PG_NARGS() == 5)
	{
		bins.bottom = PG_GETARG_INT16(3);
		bins.top = PG_GETARG_INT16(4);
	}
	if (!pr_bin_int_valid(&bins))
		PG_RETURN_NULL();
	PG_RETURN_INT16((int16) pr_bin_int(PG_GETARG_INT16(0), &bins, int2_range));
}

Datum
privrelease_bin_int4(PG_FUNCTION_ARGS)
{
	PrIntBins	bins = {PG_GETARG_INT32(1), PG_GETARG_INT32(2), PG_INT32_MIN, PG_INT32_MAX};

	if (PG_NARGS() == 5)
	{
		bins.bottom = PG_GETARG_INT32(3);
		bins.top = PG_GETARG_INT32(4);
	}
	if (!pr_bin_int_valid(&bins))
		PG_RETURN_NULL();
	PG_RETURN_INT32((int32) pr_bin_int(PG_GETARG_INT32(0), &bins, int4_range));
}

Datum
privrelease_bin_int8(PG_FUNCTION_ARGS)
{
	PrIntBins	bins = {PG_GETARG_INT64(1), PG_GETARG_INT64(2), PG_INT64_MIN, PG_INT64_MAX};

	if (PG_NARGS() == 5)
	{
		bins.bottom = PG_GETARG_INT64(3);
		bins.top = PG_GETARG_INT64(4);
	}
	if (!pr_bin_int_valid(&bins))
		PG_RETURN_NULL();
	PG_RETURN_INT64(pr_bin_int(PG_GETARG_INT64(0), &bins, int8_range));
}

/* round(value T, "to" T) → T */
Datum
privrelease_round_int2(PG_FUNCTION_ARGS)
{
	if (PG_GETARG_INT16(1) <= 0)
		PG_RETURN_NULL();
	PG_RETURN_INT16((int16) pr_round_int(PG_GETARG_INT16(0), PG_GETARG_INT16(1), int2_range));
}

Datum
privrelease_round_int4(PG_FUNCTION_ARGS)
{
	if (PG_GETARG_INT32(1) <= 0)
		PG_RETURN_NULL();
	PG_RETURN_INT32((int32) pr_round_int(PG_GETARG_INT32(0), PG_GETARG_INT32(1), int4_range));
}

Datum
privrelease_round_int8(PG_FUNCTION_ARGS)
{
	if (PG_GETARG_INT64(1) <= 0)
		PG_RETURN_NULL();
	PG_RETURN_INT64(pr_round_int(PG_GETARG_INT64(0), PG_GETARG_INT64(1), int8_range));
}

/* ---------- floats ---------- */

/* The grid of the last width and origin; they are constants in practice. */
typedef struct GridCache
{
	double		width;
	double		origin;
	bool		valid;
	PrFloatGrid grid;
} GridCache;

/* NULL if width or origin is unusable. */
static const PrFloatGrid *
grid_of(FunctionCallInfo fcinfo, double width, double origin, bool single)
{
	GridCache  *cache = fcinfo->flinfo->fn_extra;

	if (unlikely(cache == NULL))
	{
		cache = MemoryContextAlloc(fcinfo->flinfo->fn_mcxt, sizeof(GridCache));
		cache->width = NAN;		/* unequal to everything */
		fcinfo->flinfo->fn_extra = cache;
	}
	if (unlikely(!(cache->width == width && cache->origin == origin)))
	{
		cache->width = width;
		cache->origin = origin;
		cache->valid = pr_float_grid_init(&cache->grid, width, origin, single);
	}
	return cache->valid ? &cache->grid : NULL;
}

Datum
privrelease_bin_float4(PG_FUNCTION_ARGS)
{
	const PrFloatGrid *grid = grid_of(fcinfo, PG_GETARG_FLOAT4(1), PG_GETARG_FLOAT4(2), true);
	double		bottom = PG_NARGS() == 5 ? PG_GETARG_FLOAT4(3) : -INFINITY;
	double		top = PG_NARGS() == 5 ? PG_GETARG_FLOAT4(4) : INFINITY;

	if (grid == NULL || !pr_float_ends_valid(bottom, top))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT4((float4) pr_bin_float(grid, PG_GETARG_FLOAT4(0), bottom, top));
}

Datum
privrelease_bin_float8(PG_FUNCTION_ARGS)
{
	const PrFloatGrid *grid = grid_of(fcinfo, PG_GETARG_FLOAT8(1), PG_GETARG_FLOAT8(2), false);
	double		bottom = PG_NARGS() == 5 ? PG_GETARG_FLOAT8(3) : -INFINITY;
	double		top = PG_NARGS() == 5 ? PG_GETARG_FLOAT8(4) : INFINITY;

	if (grid == NULL || !pr_float_ends_valid(bottom, top))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(pr_bin_float(grid, PG_GETARG_FLOAT8(0), bottom, top));
}

Datum
privrelease_round_float4(PG_FUNCTION_ARGS)
{
	const PrFloatGrid *grid = grid_of(fcinfo, PG_GETARG_FLOAT4(1), 0, true);

	if (grid == NULL)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT4((float4) pr_float_grid_round(grid, PG_GETARG_FLOAT4(0)));
}

Datum
privrelease_round_float8(PG_FUNCTION_ARGS)
{
	const PrFloatGrid *grid = grid_of(fcinfo, PG_GETARG_FLOAT8(1), 0, false);

	if (grid == NULL)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(pr_float_grid_round(grid, PG_GETARG_FLOAT8(0)));
}

/* ---------- points ---------- */

/* grid_x(value point, size float8) → float8 */
Datum
privrelease_grid_x(PG_FUNCTION_ARGS)
{
	const PrFloatGrid *grid = grid_of(fcinfo, PG_GETARG_FLOAT8(1), 0, false);

	if (grid == NULL)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(pr_float_grid_floor(grid, PG_GETARG_POINT_P(0)->x));
}

/* grid_y(value point, size float8) → float8 */
Datum
privrelease_grid_y(PG_FUNCTION_ARGS)
{
	const PrFloatGrid *grid = grid_of(fcinfo, PG_GETARG_FLOAT8(1), 0, false);

	if (grid == NULL)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(pr_float_grid_floor(grid, PG_GETARG_POINT_P(0)->y));
}
