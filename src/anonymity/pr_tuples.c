/*
 * pr_tuples.c
 *		A dictionary of vectors of codes.  See pr_tuples.h.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "utils/memutils.h"

#include "anonymity/pr_tuples.h"
#include "anonymity/pr_values.h"

typedef struct TupleEntry
{
	uint32		code;
	uint32		hash;
	char		status;
} TupleEntry;

struct PrTuples
{
	MemoryContext context;
	int			width;
	struct tuplehash_hash *table;
	uint32	   *codes;			/* [tuple * width + i] */
	uint32		n;
	uint32		room;
	const uint32 *sought;
};

static bool same_tuple(const PrTuples *tuples, uint32 code);

/* As in pr_values.c: a look-up asks for PR_NO_CODE, which stands for the vector that is sought. */
#define SH_PREFIX tuplehash
#define SH_ELEMENT_TYPE TupleEntry
#define SH_KEY_TYPE uint32
#define SH_KEY code
#define SH_HASH_KEY(tb, key) ((uint32) 0)
#define SH_EQUAL(tb, a, b) ((a) == (b) || same_tuple((const PrTuples *) (tb)->private_data, (a) == PR_NO_CODE ? (b) : (a)))
#define SH_STORE_HASH
#define SH_GET_HASH(tb, entry) ((entry)->hash)
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

static bool
same_tuple(const PrTuples *tuples, uint32 code)
{
	return memcmp(tuples->codes + (Size) code * tuples->width, tuples->sought, tuples->width * sizeof(uint32)) == 0;
}

PrTuples *
pr_tuples_make(int width, MemoryContext context)
{
	PrTuples   *tuples = MemoryContextAllocZero(context, sizeof(PrTuples));

	tuples->context = context;
	tuples->width = width;
	tuples->room = 256;
	tuples->codes = MemoryContextAlloc(context, tuples->room * Max(width, 1) * sizeof(uint32));
	tuples->table = tuplehash_create(context, 256, tuples);
	return tuples;
}

static uint32
hash_of(const PrTuples *tuples, const uint32 *codes)
{
	return hash_bytes((const unsigned char *) codes, tuples->width * sizeof(uint32));
}

static uint32
append(PrTuples *tuples, const uint32 *codes)
{
	if (tuples->n == tuples->room)
	{
		tuples->room *= 2;
		tuples->codes = repalloc_huge(tuples->codes, (Size) tuples->room * Max(tuples->width, 1) * sizeof(uint32));
	}
	memcpy(tuples->codes + (Size) tuples->n * tuples->width, codes, tuples->width * sizeof(uint32));
	return tuples->n++;
}

uint32
pr_tuples_code(PrTuples *tuples, const uint32 *codes)
{
	TupleEntry *entry;
	bool		found;

	tuples->sought = codes;
	entry = tuplehash_insert_hash(tuples->table, PR_NO_CODE, hash_of(tuples, codes), &found);
	if (!found)
		entry->code = append(tuples, codes);
	return entry->code;
}

uint32
pr_tuples_find(PrTuples *tuples, const uint32 *codes)
{
	TupleEntry *entry;

	tuples->sought = codes;
	entry = tuplehash_lookup_hash(tuples->table, PR_NO_CODE, hash_of(tuples, codes));
	return entry != NULL ? entry->code : PR_NO_CODE;
}

uint32
pr_tuples_count(const PrTuples *tuples)
{
	return tuples->n;
}

const uint32 *
pr_tuples_all(const PrTuples *tuples)
{
	return tuples->codes;
}
