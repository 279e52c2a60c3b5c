/*
 * pr_values.c
 *		A dictionary of the distinct values of one column.  See pr_values.h.
 */
#include "postgres.h"

#include "access/nbtree.h"
#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/typcache.h"

#include "anonymity/pr_values.h"

typedef struct ValueEntry
{
	uint32		code;
	uint32		hash;
	char		status;
} ValueEntry;

struct PrValues
{
	MemoryContext context;
	Oid			type;
	Oid			collation;
	int16		length;
	bool		by_value;
	FmgrInfo	equal;
	FmgrInfo	hash;			/* the type's hash, or its output where it has none */
	bool		hash_by_text;
	bool		by_look;		/* equal values that look different are different */
	FmgrInfo	output;			/* what they look like */
	struct valuehash_hash *table;
	Datum	   *datums;
	uint32		n;
	uint32		room;
	uint32		null_code;		/* PR_NO_CODE: no NULL seen */
	Datum		sought;			/* the value that is being looked up */
};

static bool same_value(const PrValues *values, uint32 code);

/* The key of an entry is its code; a look-up asks for PR_NO_CODE, which stands for the value that is sought. */
#define SH_PREFIX valuehash
#define SH_ELEMENT_TYPE ValueEntry
#define SH_KEY_TYPE uint32
#define SH_KEY code
#define SH_HASH_KEY(tb, key) ((uint32) 0)
#define SH_EQUAL(tb, a, b) ((a) == (b) || same_value((const PrValues *) (tb)->private_data, (a) == PR_NO_CODE ? (b) : (a)))
#define SH_STORE_HASH
#define SH_GET_HASH(tb, entry) ((entry)->hash)
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

/* The same bytes look the same; so may others. */
static bool
looks_same(const PrValues *values, Datum a, Datum b)
{
	FmgrInfo   *output = (FmgrInfo *) &values->output;

	return datum_image_eq(a, b, values->by_value, values->length) ||
		strcmp(OutputFunctionCall(output, a), OutputFunctionCall(output, b)) == 0;
}

static bool
same_value(const PrValues *values, uint32 code)
{
	Datum		known = values->datums[code];

	return DatumGetBool(FunctionCall2Coll((FmgrInfo *) &values->equal, values->collation, known, values->sought)) &&
		(!values->by_look || looks_same(values, known, values->sought));
}

/*
 * As B-tree deduplication asks.  Two kinds that its catalogue takes for equal by
 * image are not: intervals before PostgreSQL 17 (a day and 24 hours), and bpchar
 * of no length (trailing blanks).
 */
bool
pr_values_look_equal(Oid type, Oid collation)
{
	TypeCacheEntry *cache = lookup_type_cache(getBaseType(type), TYPECACHE_BTREE_OPFAMILY);
	Oid			proc;

	if (!OidIsValid(cache->btree_opf) || cache->btree_opintype == INTERVALOID || cache->btree_opintype == BPCHAROID)
		return false;
	proc = get_opfamily_proc(cache->btree_opf, cache->btree_opintype, cache->btree_opintype, BTEQUALIMAGE_PROC);
	return OidIsValid(proc) &&
		DatumGetBool(OidFunctionCall1Coll(proc, collation, ObjectIdGetDatum(cache->btree_opintype)));
}

/* concat() shows a value by its output function; a cast to text would trim a bpchar. */
char *
pr_values_tie(const char *expression)
{
	return psprintf(", pg_catalog.concat(%s) COLLATE pg_catalog.\"C\"", expression);
}

PrValues *
pr_values_make_seen(Oid type, Oid collation, MemoryContext context)
{
	PrValues   *values = pr_values_make(type, collation, context);
	Oid			output;
	bool		is_varlena;

	values->by_look = !pr_values_look_equal(type, collation);
	getTypeOutputInfo(type, &output, &is_varlena);
	fmgr_info_cxt(output, &values->output, context);
	return values;
}

PrValues *
pr_values_make(Oid type, Oid collation, MemoryContext context)
{
	MemoryContext outer = MemoryContextSwitchTo(context);
	PrValues   *values = palloc0(sizeof(PrValues));
	TypeCacheEntry *cache = lookup_type_cache(type, TYPECACHE_EQ_OPR_FINFO | TYPECACHE_HASH_PROC_FINFO);
	Oid			output;
	bool		is_varlena;

	if (!OidIsValid(cache->eq_opr_finfo.fn_oid))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_FUNCTION),
				 errmsg("type %s has no equality, so its values cannot be counted", format_type_be(type)),
				 errhint("Leave the column out of the release, or release it by a transform that gives another type.")));
	values->context = context;
	values->type = type;
	values->collation = collation;
	values->null_code = PR_NO_CODE;
	get_typlenbyval(type, &values->length, &values->by_value);
	fmgr_info_cxt(cache->eq_opr_finfo.fn_oid, &values->equal, context);
	values->hash_by_text = !OidIsValid(cache->hash_proc_finfo.fn_oid);
	if (values->hash_by_text)
	{
		getTypeOutputInfo(type, &output, &is_varlena);
		fmgr_info_cxt(output, &values->hash, context);
	}
	else
		fmgr_info_cxt(cache->hash_proc_finfo.fn_oid, &values->hash, context);
	values->table = valuehash_create(context, 64, values);
	MemoryContextSwitchTo(outer);
	return values;
}

static uint32
hash_of(PrValues *values, Datum value)
{
	char	   *text;

	if (!values->hash_by_text)
		return murmurhash32(DatumGetUInt32(FunctionCall1Coll(&values->hash, values->collation, value)));
	text = OutputFunctionCall(&values->hash, value);
	return hash_bytes((unsigned char *) text, strlen(text));
}

static uint32
append(PrValues *values, Datum value, bool isnull)
{
	MemoryContext outer = MemoryContextSwitchTo(values->context);

	if (values->n == values->room)
	{
		values->room = values->room == 0 ? 64 : values->room * 2;
		if (values->datums == NULL)
			values->datums = palloc(values->room * sizeof(Datum));
		else
			values->datums = repalloc_huge(values->datums, values->room * sizeof(Datum));
	}
	values->datums[values->n] = isnull ? (Datum) 0 : datumCopy(value, values->by_value, values->length);
	MemoryContextSwitchTo(outer);
	return values->n++;
}

static Datum
plain_value(const PrValues *values, Datum value)
{
	return values->length == -1 ? PointerGetDatum(PG_DETOAST_DATUM_PACKED(value)) : value;
}

uint32
pr_values_code(PrValues *values, Datum value, bool isnull)
{
	ValueEntry *entry;
	bool		found;

	if (isnull)
	{
		if (values->null_code == PR_NO_CODE)
			values->null_code = append(values, (Datum) 0, true);
		return values->null_code;
	}
	values->sought = plain_value(values, value);
	entry = valuehash_insert_hash(values->table, PR_NO_CODE, hash_of(values, values->sought), &found);
	if (!found)
		entry->code = append(values, values->sought, false);
	return entry->code;
}

uint32
pr_values_find(PrValues *values, Datum value, bool isnull)
{
	ValueEntry *entry;

	if (isnull)
		return values->null_code;
	values->sought = plain_value(values, value);
	entry = valuehash_lookup_hash(values->table, PR_NO_CODE, hash_of(values, values->sought));
	return entry != NULL ? entry->code : PR_NO_CODE;
}

uint32
pr_values_count(const PrValues *values)
{
	return values->n;
}

Datum
pr_values_get(const PrValues *values, uint32 code, bool *isnull)
{
	*isnull = code == values->null_code;
	return values->datums[code];
}

Oid
pr_values_type(const PrValues *values)
{
	return values->type;
}

Oid
pr_values_collation(const PrValues *values)
{
	return values->collation;
}
