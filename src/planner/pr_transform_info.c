/*
 * pr_transform_info.c
 *		What the planner knows of the functions that release views call.
 *
 * A function is recognised by the address of its C code, which only a
 * superuser can give a name in SQL, and by being a member of this extension;
 * never by its name.  What was found is kept until a function changes.
 */
#include "postgres.h"

#include "catalog/dependency.h"
#include "catalog/namespace.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "commands/extension.h"
#include "fmgr.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/syscache.h"

#include "catalog/pr_catalog.h"
#include "common/pr_compat.h"
#include "planner/pr_transform_info.h"
#include "transform/pr_cell.h"
#include "transform/pr_has_objected.h"
#include "transform/pr_mask.h"

typedef struct Known
{
	PGFunction	address;
	PrCells		cells;
	const char *bound;			/* name of the function of bounds; NULL: none */
	bool		null_for_null_only;
} Known;

static const Known known[] = {
	{privrelease_bin_int2, PR_CELLS_RISING, "bin_bound", true},
	{privrelease_bin_int4, PR_CELLS_RISING, "bin_bound", true},
	{privrelease_bin_int8, PR_CELLS_RISING, "bin_bound", true},
	{privrelease_bin_float4, PR_CELLS_RISING, "bin_bound", true},
	{privrelease_bin_float8, PR_CELLS_RISING, "bin_bound", true},
	{privrelease_round_int2, PR_CELLS_RISING, "round_bound", true},
	{privrelease_round_int4, PR_CELLS_RISING, "round_bound", true},
	{privrelease_round_int8, PR_CELLS_RISING, "round_bound", true},
	{privrelease_round_float4, PR_CELLS_RISING, "round_bound", true},
	{privrelease_round_float8, PR_CELLS_RISING, "round_bound", true},
	{privrelease_date_trunc_date, PR_CELLS_RISING, "date_trunc_bound", false},
	{privrelease_date_trunc_timestamp, PR_CELLS_RISING, "date_trunc_bound", false},
	{privrelease_date_trunc_timestamptz, PR_CELLS_RISING, "date_trunc_bound", false},
	{privrelease_age, PR_CELLS_FALLING, "age_bound", false},
	{privrelease_network, PR_CELLS_RISING, "network_bound", true},
	{privrelease_prefix, PR_CELLS_PREFIX, "prefix_bound", true},
	{privrelease_hierarchy_text, PR_CELLS_HIERARCHY, NULL, false},
	{privrelease_hierarchy_int2, PR_CELLS_HIERARCHY, NULL, false},
	{privrelease_hierarchy_int4, PR_CELLS_HIERARCHY, NULL, false},
	{privrelease_hierarchy_int8, PR_CELLS_HIERARCHY, NULL, false},
	{privrelease_encrypt_fpe, PR_CELLS_SINGLE, "decrypt_fpe", false},
};

static HTAB *infos = NULL;
static bool infos_valid = false;
static Oid	known_selectivity = InvalidOid;
static Oid	has_objected = InvalidOid;

static void
on_function_invalidation(Datum arg, int cacheid, uint32 hash)
{
	infos_valid = false;
}

/* An empty table, if a function has changed since it was filled. */
static void
prepare(void)
{
	HASHCTL		ctl = {.keysize = sizeof(Oid),.entrysize = sizeof(PrTransformInfo)};
	static bool registered = false;

	if (infos_valid)
		return;
	if (!registered)
	{
		CacheRegisterSyscacheCallback(PROCOID, on_function_invalidation, (Datum) 0);
		registered = true;
	}
	if (infos != NULL)
		hash_destroy(infos);
	infos = hash_create("privrelease functions", 64, &ctl, HASH_ELEM | HASH_BLOBS);
	known_selectivity = InvalidOid;
	has_objected = InvalidOid;
	infos_valid = true;
}

static bool
is_ours(Oid function)
{
	return get_func_namespace(function) == get_namespace_oid(PR_SCHEMA, true) &&
		getExtensionOfObject(ProcedureRelationId, function) == get_extension_oid("privrelease", true);
}

/* A function of ours by its name and argument types. */
static Oid
find_function(const char *name, int nargs, const Oid *types)
{
	Oid			found = GetSysCacheOid3(PROCNAMEARGSNSP, Anum_pg_proc_oid, CStringGetDatum(name),
										PointerGetDatum(buildoidvector(types, nargs)),
										ObjectIdGetDatum(get_namespace_oid(PR_SCHEMA, true)));

	return OidIsValid(found) && is_ours(found) ? found : InvalidOid;
}

static const Known *
recognise(Oid function)
{
	FmgrInfo	flinfo;

	if (!is_ours(function))
		return NULL;
	fmgr_info(function, &flinfo);
	for (int i = 0; i < lengthof(known); i++)
		if (known[i].address == flinfo.fn_addr)
			return &known[i];
	return NULL;
}

/* The function of bounds has the bound in the place of the value, and says after it which. */
static Oid
find_bound(const Known *entry, const PrTransformInfo *info, int nargs, const Oid *argtypes)
{
	Oid			types[FUNC_MAX_ARGS];
	int			n = 0;

	types[n++] = info->bound_type;
	if (entry->cells != PR_CELLS_SINGLE)
		types[n++] = TEXTOID;
	if (entry->cells == PR_CELLS_PREFIX)
		types[n++] = BOOLOID;
	for (int i = 1; i < nargs; i++)
		types[n++] = argtypes[i];
	return find_function(entry->bound, n, types);
}

static void
find_info(Oid function, PrTransformInfo *info)
{
	const Known *entry = recognise(function);
	Oid		   *argtypes;
	int			nargs;

	info->has_cells = false;
	if (entry == NULL)
		return;
	info->cells = entry->cells;
	info->null_for_null_only = entry->null_for_null_only;
	info->result = get_func_signature(function, &argtypes, &nargs);
	info->source = argtypes[0];
	info->bound_type = pr_cell_bound_type(info->result);
	info->bound = entry->bound != NULL ? find_bound(entry, info, nargs, argtypes) : InvalidOid;
	info->has_cells = entry->bound == NULL || OidIsValid(info->bound);
}

bool
pr_transform_info(Oid function, PrTransformInfo *info)
{
	PrTransformInfo *entry;
	PrTransformInfo fresh = {.function = function};
	bool		found;

	prepare();
	entry = hash_search(infos, &function, HASH_FIND, NULL);
	if (entry == NULL)
	{
		find_info(function, &fresh);
		prepare();				/* looking up may have brought an invalidation */
		entry = hash_search(infos, &function, HASH_ENTER, &found);
		*entry = fresh;
	}
	*info = *entry;
	return info->has_cells;
}

/* Anybody may declare an operator of his the commutator of one of PostgreSQL's. */
Oid
pr_commutator(Oid operator)
{
	Oid			commutator = get_commutator(operator);

	return OidIsValid(commutator) && get_commutator(commutator) == operator ? commutator : InvalidOid;
}

Oid
pr_known_selectivity_function(void)
{
	static const Oid types[] = {BOOLOID, FLOAT8OID, BOOLOID};

	prepare();
	if (!OidIsValid(known_selectivity))
		known_selectivity = find_function("known_selectivity", lengthof(types), types);
	return known_selectivity;
}

Node *
pr_with_selectivity(Node *clause, double share, bool scales_index)
{
	Const	   *value = makeConst(FLOAT8OID, -1, InvalidOid, 8, Float8GetDatum(share), false, FLOAT8PASSBYVAL);
	Oid			function = pr_known_selectivity_function();

	if (!OidIsValid(function))
		return clause;
	return (Node *) makeFuncExpr(function, BOOLOID, list_make3(clause, value, makeBoolConst(scales_index, false)),
								 InvalidOid, InvalidOid, COERCE_EXPLICIT_CALL);
}

static bool
is_constant(const Node *node)
{
	return IsA(node, Const) && !((const Const *) node)->constisnull;
}

/* A call as we write it: users may call the function with other arguments. */
bool
pr_is_with_selectivity(const Node *clause)
{
	const FuncExpr *call = (const FuncExpr *) clause;
	double		share;

	if (clause == NULL || !IsA(clause, FuncExpr) || !OidIsValid(call->funcid) ||
		call->funcid != pr_known_selectivity_function() || !is_constant(lsecond(call->args)) ||
		!is_constant(lthird(call->args)))
		return false;
	share = DatumGetFloat8(((const Const *) lsecond(call->args))->constvalue);
	return share >= 0 && share <= 1;
}

static Oid
has_objected_function(void)
{
	prepare();
	if (!OidIsValid(has_objected))
	{
		const Oid	types[] = {pr_catalog_type("capability"), TEXTOID, NAMEOID, NAMEOID, ANYELEMENTOID};

		has_objected = find_function("has_objected", lengthof(types), types);
	}
	return has_objected;
}

static bool
hides_rows(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, FuncExpr) && ((FuncExpr *) node)->funcid == *(Oid *) context)
		return true;
	return expression_tree_walker(node, hides_rows, context);
}

bool
pr_hides_rows(Node *quals)
{
	Oid			function = has_objected_function();

	return OidIsValid(function) && hides_rows(quals, &function);
}

Oid
pr_byte_range_function(void)
{
	static const Oid types[] = {TEXTOID, TEXTOID, TEXTOID, FLOAT8OID};

	return find_function("in_byte_range", lengthof(types), types);
}

Oid
pr_conversion_function(Oid from, Oid to)
{
	return find_function(to == TIMESTAMPOID ? "as_timestamp" : "as_timestamptz", 1, &from);
}
