/*
 * pr_study_sensitive.c
 *		The sensitive columns of a problem.
 *
 * Their codes are in the order of the type, which ordered closeness counts by;
 * NULL is a value of its own, and the last (disclosure-control section 1).
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/typcache.h"

#include "anonymity/pr_study_load.h"
#include "common/pr_error.h"

typedef struct Sorting
{
	const PrValues *values;
	bool		has_order;
	FmgrInfo	compare;
	Oid			collation;
	FmgrInfo	output;
} Sorting;

/* By the type; of a type without an order, or of values that are equal but look different, by what they look like. */
static int
compare_values(Sorting *sorting, Datum left, Datum right)
{
	int			order = sorting->has_order ? DatumGetInt32(FunctionCall2Coll(&sorting->compare, sorting->collation, left, right)) : 0;

	return order != 0 ? order : strcmp(OutputFunctionCall(&sorting->output, left), OutputFunctionCall(&sorting->output, right));
}

/* NULLs last. */
static int
compare_codes(const void *a, const void *b, void *arg)
{
	Sorting    *sorting = arg;
	bool		left_null;
	bool		right_null;
	Datum		left = pr_values_get(sorting->values, *(const uint32 *) a, &left_null);
	Datum		right = pr_values_get(sorting->values, *(const uint32 *) b, &right_null);

	if (left_null || right_null)
		return (int) left_null - (int) right_null;
	return compare_values(sorting, left, right);
}

/* Turns numbers of values as they came into numbers in the order of the type under a collation. */
uint32 *
pr_study_order(PrStudy *study, const PrValues *values, Oid collation)
{
	uint32		n = pr_values_count(values);
	uint32	   *sorted = MemoryContextAllocHuge(study->context, Max(n, 1) * sizeof(uint32));
	uint32	   *code = MemoryContextAllocHuge(study->context, Max(n, 1) * sizeof(uint32));
	TypeCacheEntry *cache = lookup_type_cache(pr_values_type(values), TYPECACHE_CMP_PROC_FINFO);
	Sorting		sorting = {.values = values,.collation = collation};
	Oid			output;
	bool		is_varlena;

	sorting.has_order = OidIsValid(cache->cmp_proc_finfo.fn_oid);
	if (sorting.has_order)
		fmgr_info_copy(&sorting.compare, &cache->cmp_proc_finfo, study->context);
	getTypeOutputInfo(pr_values_type(values), &output, &is_varlena);
	fmgr_info_cxt(output, &sorting.output, study->context);
	for (uint32 i = 0; i < n; i++)
		sorted[i] = i;
	qsort_arg(sorted, n, sizeof(uint32), compare_codes, &sorting);
	for (uint32 i = 0; i < n; i++)
		code[sorted[i]] = i;
	pfree(sorted);
	return code;
}

/* ---------- hierarchies ---------- */

static void
refuse_outside(const PrStudy *study, const PrSensitiveColumn *column)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("column \"%s\" of release %s has values that hierarchy \"%s\" does not have",
					column->name, study->inquiry->label, column->hierarchy),
			 errhint("List them with SELECT DISTINCT, add them, and load the hierarchy again.")));
}

/* A value that the hierarchy does not have has no label below the top; level 1 is the label of leaves by themselves. */
static void
require_leaves(const PrStudy *study, const PrSensitiveColumn *column, PrValues *values, PrValues *leaf, const uint32 *value)
{
	for (uint32 i = 0; i < pr_values_count(values); i++)
	{
		bool		isnull;
		bool		no_label;

		(void) pr_values_get(values, i, &isnull);
		(void) pr_values_get(leaf, value[i], &no_label);
		if (no_label && !isnull)
			refuse_outside(study, column);
	}
}

/* Labels of each level, by the number of the value as it came, turned into those by problem code. */
static void
read_hierarchy(PrStudy *study, const PrSensitiveColumn *column, int number, PrSensitive *sensitive)
{
	PrValues   *values = study->sensitive[number];
	int			asked = column->levels + 1; /* the value, its leaf, then the levels above */
	PrValues  **level = MemoryContextAllocZero(study->context, asked * sizeof(PrValues *));
	uint32	  **value = MemoryContextAllocZero(study->context, asked * sizeof(uint32 *));
	uint32	  **by_code = MemoryContextAllocZero(study->context, column->levels * sizeof(uint32 *));
	uint32	   *n_values = MemoryContextAllocZero(study->context, column->levels * sizeof(uint32));
	uint32		n = pr_values_count(values);

	pr_study_ask_levels(study, values, asked, column->labels, level, value);
	require_leaves(study, column, values, level[1], value[1]);
	for (int i = 0; i < column->levels; i++)
	{
		by_code[i] = MemoryContextAllocHuge(study->context, Max(n, 1) * sizeof(uint32));
		for (uint32 seen = 0; seen < n; seen++)
			by_code[i][study->sensitive_code[number][seen]] = i == 0 ? study->sensitive_code[number][seen] : value[i + 1][seen];
		n_values[i] = i == 0 ? n : pr_values_count(level[i + 1]);
	}
	sensitive->levels = column->levels;
	sensitive->value = (const uint32_t *const *) by_code;
	sensitive->n_values = n_values;
}

/* ---------- the columns ---------- */

static bool
has_null(const PrValues *values)
{
	for (uint32 i = 0; i < pr_values_count(values); i++)
	{
		bool		isnull;

		(void) pr_values_get(values, i, &isnull);
		if (isnull)
			return true;
	}
	return false;
}

static void
renumber(const PrStudy *study, uint32 *values, int number)
{
	int			n = list_length(study->inquiry->sensitive);

	for (uint32 unit = 0; unit < study->problem.n_units; unit++)
		values[(Size) unit * n + number] = study->sensitive_code[number][values[(Size) unit * n + number]];
}

/* A column without a hierarchy has one level, the values themselves. */
static void
make_flat(PrStudy *study, PrSensitive *sensitive)
{
	uint32	   *identity = MemoryContextAllocHuge(study->context, Max(sensitive->n_codes, 1) * sizeof(uint32));
	uint32	  **value = MemoryContextAlloc(study->context, sizeof(uint32 *));
	uint32	   *n_values = MemoryContextAlloc(study->context, sizeof(uint32));

	for (uint32 code = 0; code < sensitive->n_codes; code++)
		identity[code] = code;
	value[0] = identity;
	n_values[0] = sensitive->n_codes;
	sensitive->levels = 1;
	sensitive->value = (const uint32_t *const *) value;
	sensitive->n_values = n_values;
}

void
pr_study_make_sensitive(PrStudy *study, uint32 *values)
{
	int			n = list_length(study->inquiry->sensitive);
	PrSensitive *sensitive = MemoryContextAllocZero(study->context, (n + 1) * sizeof(PrSensitive));
	ListCell   *cell;

	study->sensitive_code = MemoryContextAllocZero(study->context, (n + 1) * sizeof(uint32 *));
	study->problem.sensitive = sensitive;
	foreach(cell, study->inquiry->sensitive)
	{
		int			number = foreach_current_index(cell);
		const PrSensitiveColumn *column = lfirst(cell);

		study->sensitive_code[number] = pr_study_order(study, study->sensitive[number], pr_values_collation(study->sensitive[number]));
		renumber(study, values, number);
		sensitive[number].n_codes = pr_values_count(study->sensitive[number]);
		sensitive[number].has_null = has_null(study->sensitive[number]);
		if (column->hierarchy != NULL && sensitive[number].n_codes > 0)
			read_hierarchy(study, column, number, &sensitive[number]);
		else
			make_flat(study, &sensitive[number]);
	}
}
