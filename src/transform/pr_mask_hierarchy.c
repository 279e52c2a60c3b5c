/*
 * pr_mask_hierarchy.c
 *		SQL function hierarchy: the label of a value at a level.
 *
 * Not strict: at the top level every value, NULL too, has the one label of
 * all.  Below it a value that is no leaf gives NULL; set_rule looks for such
 * values when the rule is made.  Only a hierarchy that does not exist raises
 * an error, and that depends on the rule, not on a value.
 */
#include "postgres.h"

#include "access/detoast.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/builtins.h"

#include "catalog/pr_hierarchy.h"
#include "common/pr_compat.h"
#include "common/pr_number_text.h"
#include "transform/pr_mask.h"

PG_FUNCTION_INFO_V1(privrelease_hierarchy_text);
PG_FUNCTION_INFO_V1(privrelease_hierarchy_int2);
PG_FUNCTION_INFO_V1(privrelease_hierarchy_int4);
PG_FUNCTION_INFO_V1(privrelease_hierarchy_int8);
PG_FUNCTION_INFO_V1(privrelease_hierarchy_numeric);
PG_FUNCTION_INFO_V1(privrelease_hierarchy_float4);
PG_FUNCTION_INFO_V1(privrelease_hierarchy_float8);

/* The hierarchy of the last call. */
typedef struct Cache
{
	const PrHierarchy *hierarchy;
	uint64		generation;
	int			length;			/* of the name that follows */
	char		name[FLEXIBLE_ARRAY_MEMBER];
} Cache;

static const PrHierarchy *
find_hierarchy(FunctionCallInfo fcinfo, text *name)
{
	Cache	   *cache = fcinfo->flinfo->fn_extra;
	const char *bytes = VARDATA_ANY(name);
	int			length = VARSIZE_ANY_EXHDR(name);

	if (likely(cache != NULL && cache->generation == pr_hierarchy_generation() &&
			   cache->length == length && memcmp(cache->name, bytes, length) == 0))
		return cache->hierarchy;

	fcinfo->flinfo->fn_extra = NULL;
	if (cache != NULL)
		pfree(cache);
	cache = MemoryContextAlloc(fcinfo->flinfo->fn_mcxt, offsetof(Cache, name) + length);
	cache->generation = pr_hierarchy_generation();
	cache->hierarchy = pr_hierarchy_get(bytes, length);
	cache->length = length;
	memcpy(cache->name, bytes, length);
	fcinfo->flinfo->fn_extra = cache;
	return cache->hierarchy;
}

static Datum
copied(FunctionCallInfo fcinfo, const text *label)
{
	if (label == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(memcpy(palloc(VARSIZE(label)), label, VARSIZE(label)));
}

/*
 * The leaf's bytes, NULL for a value that cannot be one.  Fetched before the
 * hierarchy is looked up: fetching may open a relation.
 */
static const char *
leaf_bytes(FunctionCallInfo fcinfo, Oid type, int *length)
{
	text	   *value;

	if (PG_ARGISNULL(0))
		return NULL;
	if (type != TEXTOID)
		return pr_number_text(PG_GETARG_DATUM(0), type, length);
	if (toast_raw_datum_size(PG_GETARG_DATUM(0)) - VARHDRSZ > PR_HIERARCHY_MAX_LABEL)
		return NULL;
	value = PG_GETARG_TEXT_PP(0);
	*length = VARSIZE_ANY_EXHDR(value);
	return VARDATA_ANY(value);
}

static Datum
label_of(FunctionCallInfo fcinfo, Oid type)
{
	const PrHierarchy *hierarchy;
	const char *leaf;
	int			length = 0;
	int			level;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		PG_RETURN_NULL();
	leaf = leaf_bytes(fcinfo, type, &length);
	level = PG_GETARG_INT32(2);
	hierarchy = find_hierarchy(fcinfo, PG_GETARG_TEXT_PP(1));
	if (level == pr_hierarchy_levels(hierarchy))
		return copied(fcinfo, pr_hierarchy_top(hierarchy));
	if (level < 0 || level > pr_hierarchy_levels(hierarchy) || leaf == NULL)
		PG_RETURN_NULL();
	return copied(fcinfo, pr_hierarchy_label(hierarchy, leaf, length, level));
}

/* hierarchy(value T, hierarchy text, level int4) → text */
Datum
privrelease_hierarchy_text(PG_FUNCTION_ARGS)
{
	return label_of(fcinfo, TEXTOID);
}

Datum
privrelease_hierarchy_int2(PG_FUNCTION_ARGS)
{
	return label_of(fcinfo, INT2OID);
}

Datum
privrelease_hierarchy_int4(PG_FUNCTION_ARGS)
{
	return label_of(fcinfo, INT4OID);
}

Datum
privrelease_hierarchy_int8(PG_FUNCTION_ARGS)
{
	return label_of(fcinfo, INT8OID);
}

Datum
privrelease_hierarchy_numeric(PG_FUNCTION_ARGS)
{
	return label_of(fcinfo, NUMERICOID);
}

Datum
privrelease_hierarchy_float4(PG_FUNCTION_ARGS)
{
	return label_of(fcinfo, FLOAT4OID);
}

Datum
privrelease_hierarchy_float8(PG_FUNCTION_ARGS)
{
	return label_of(fcinfo, FLOAT8OID);
}
