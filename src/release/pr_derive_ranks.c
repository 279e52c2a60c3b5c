/*
 * pr_derive_ranks.c
 *		shuffle and rank_swap: values change persons.
 *
 * What is moved is the distinct value of a person: rows of one person that are
 * equal stay equal.
 *
 *	shuffle		all values in one keyed order, all persons in another: he who is
 *				n-th gets the value that is n-th.  The digests are pseudorandom, so
 *				each permutation is as likely as any other.
 *	rank_swap	core/pr_rank_swap.h over the values in their order, equal ones in a
 *				keyed order.  Of more values than a block holds, each block takes a
 *				keyed random part, which spans all ranks, so that the values move as
 *				far as the rule says.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/memutils.h"

#include "anonymity/pr_ask.h"
#include "common/pr_error.h"
#include "core/pr_rank_swap.h"
#include "crypto/pr_hmac.h"
#include "release/pr_derivation.h"
#include "release/pr_registry.h"

static char *
distinct_values(const PrDerived *derived)
{
	Oid			source = derived->release->source;
	AttrNumber	subject = derived->release->subject_attnum;
	AttrNumber	value = derived->rule->attnum;

	return psprintf("SELECT %s AS subject, %s AS value FROM %s WHERE s.%s IS NOT NULL AND s.%s IS NOT NULL GROUP BY %s, %s",
					pr_derive_form(source, subject), pr_derive_form(source, value), pr_derive_from(derived),
					quote_identifier(derived->release->subject), quote_identifier(derived->rule->column_name),
					pr_derive_column(source, subject), pr_derive_column(source, value));
}

/* Columns subject, value and result, of the types of the first two and of result_column of what is read. */
static void
describe_moved(PrDerived *derived, TupleDesc read, AttrNumber result_column)
{
	static const char *const names[] = {"subject", "value", "result"};
	const AttrNumber from[] = {1, 2, result_column};

	derived->columns = CreateTemplateTupleDesc(3);
	for (int i = 0; i < 3; i++)
	{
		TupleDescCopyEntry(derived->columns, i + 1, read, from[i]);
		namestrcpy(&TupleDescAttr(derived->columns, i)->attname, names[i]);
	}
}

/* ---------- more than one person ---------- */

typedef struct Persons
{
	MemoryContext context;
	bool		any;
	bool		several;
	Datum		first;
} Persons;

static void
note_person(Persons *persons, const PrDerived *derived, Datum subject)
{
	Form_pg_attribute att = TupleDescAttr(derived->columns, 0);

	if (persons->several)
		return;
	if (persons->any)
		persons->several = !datum_image_eq(persons->first, subject, att->attbyval, att->attlen);
	else
	{
		MemoryContext old = MemoryContextSwitchTo(persons->context);

		persons->first = datumCopy(subject, att->attbyval, att->attlen);
		persons->any = true;
		MemoryContextSwitchTo(old);
	}
}

/* A single person would get his own values. */
static void
require_several(const Persons *persons, PrDerived *derived)
{
	if (persons->several && derived->n > 0)
		return;
	tuplestore_clear(derived->rows);
	derived->n = 0;
	ereport(NOTICE,
			(errmsg("released column \"%s\" is NULL everywhere: fewer than two persons have a value in column \"%s\"",
					derived->rule->output_name, derived->rule->column_name)));
}

/* ---------- shuffle ---------- */

typedef struct Shuffle
{
	PrDerived  *derived;
	Persons		persons;
} Shuffle;

static void
describe_shuffle(TupleDesc columns, void *state)
{
	Shuffle    *shuffle = state;
	MemoryContext old = MemoryContextSwitchTo(shuffle->persons.context);

	describe_moved(shuffle->derived, columns, 3);
	MemoryContextSwitchTo(old);
}

static void
read_shuffle(TupleTableSlot *slot, void *state)
{
	Shuffle    *shuffle = state;

	note_person(&shuffle->persons, shuffle->derived, slot->tts_values[0]);
	tuplestore_puttupleslot(shuffle->derived->rows, slot);
	shuffle->derived->n++;
}

void
pr_derive_shuffle(PrDerived *derived)
{
	Shuffle		shuffle = {.derived = derived,.persons = {.context = CurrentMemoryContext}};
	PrArgs	   *args = pr_derive_args(derived);
	char	   *key = pr_derive_key(derived);

	pr_ask(psprintf("WITH u AS MATERIALIZED (SELECT d.subject, d.value, privrelease.shuffle_order(d.subject, d.value%s) AS o"
					" FROM (%s) AS d)"
					" SELECT a.subject, a.value, b.value AS result"
					" FROM (SELECT u.subject, u.value, pg_catalog.row_number() OVER (ORDER BY pg_catalog.substr(u.o, 1, 16)) AS n FROM u) AS a"
					" JOIN (SELECT u.value, pg_catalog.row_number() OVER (ORDER BY pg_catalog.substr(u.o, 17, 16)) AS n FROM u) AS b"
					" ON a.n = b.n", key, distinct_values(derived)),
		   args, describe_shuffle, read_shuffle, &shuffle);
	require_several(&shuffle.persons, derived);
}

/* ---------- rank_swap ---------- */

/* The records of one block. */
typedef struct Ranks
{
	PrDerived  *derived;
	Persons		persons;
	int			p;				/* percent */
	int64		part;
	uint32		n;
	Datum	   *subject;
	Datum	   *value;
	uint8	   *seeds;
	int16		length[2];
	bool		by_value[2];
} Ranks;

static void
start_block(Ranks *ranks)
{
	MemoryContextReset(ranks->derived->block);
	ranks->n = 0;
	ranks->subject = MemoryContextAlloc(ranks->derived->block, PR_DERIVE_BLOCK * sizeof(Datum));
	ranks->value = MemoryContextAlloc(ranks->derived->block, PR_DERIVE_BLOCK * sizeof(Datum));
	ranks->seeds = MemoryContextAlloc(ranks->derived->block, PR_DERIVE_BLOCK * PR_SEED_SIZE);
}

static void
end_block(Ranks *ranks)
{
	PrDerived  *derived = ranks->derived;
	PrRuntime	runtime = pr_derive_runtime(derived->block);
	uint32	   *source;

	if (ranks->n < 2)
		return;
	source = MemoryContextAlloc(derived->block, ranks->n * sizeof(uint32));
	if (pr_rank_swap(ranks->n, Max((uint64) ranks->n * ranks->p / 100, 1), ranks->seeds, pr_hmac_prf, NULL, &runtime,
					 source) != PR_CORE_OK)
		ereport(ERROR,
				(errcode(ERRCODE_EXTERNAL_ROUTINE_EXCEPTION),
				 errmsg("could not draw from a keyed stream")));
	for (uint32 i = 0; i < ranks->n; i++)
	{
		Datum		values[3] = {ranks->subject[i], ranks->value[i], ranks->value[source[i]]};
		bool		nulls[3] = {false, false, false};

		pr_derive_put(derived, values, nulls);
	}
}

static void
describe_ranks(TupleDesc columns, void *state)
{
	Ranks	   *ranks = state;
	MemoryContext old = MemoryContextSwitchTo(ranks->persons.context);

	describe_moved(ranks->derived, columns, 2);
	for (int i = 0; i < 2; i++)
	{
		ranks->length[i] = TupleDescAttr(columns, i)->attlen;
		ranks->by_value[i] = TupleDescAttr(columns, i)->attbyval;
	}
	MemoryContextSwitchTo(old);
	start_block(ranks);
}

/* subject, value, order, part; sorted by part, value, order */
static void
read_rank(TupleTableSlot *slot, void *state)
{
	Ranks	   *ranks = state;
	MemoryContext old;
	bytea	   *seed;

	if (ranks->n > 0 && DatumGetInt64(slot->tts_values[3]) != ranks->part)
	{
		end_block(ranks);
		start_block(ranks);
	}
	Assert(ranks->n < PR_DERIVE_BLOCK);
	ranks->part = DatumGetInt64(slot->tts_values[3]);
	note_person(&ranks->persons, ranks->derived, slot->tts_values[0]);
	old = MemoryContextSwitchTo(ranks->derived->block);
	ranks->subject[ranks->n] = datumCopy(slot->tts_values[0], ranks->by_value[0], ranks->length[0]);
	ranks->value[ranks->n] = datumCopy(slot->tts_values[1], ranks->by_value[1], ranks->length[1]);
	MemoryContextSwitchTo(old);
	seed = DatumGetByteaPP(slot->tts_values[2]);
	memcpy(ranks->seeds + (Size) ranks->n * PR_SEED_SIZE, VARDATA_ANY(seed), PR_SEED_SIZE);
	ranks->n++;
	pr_derive_check_memory(ranks->derived);
}

void
pr_derive_rank_swap(PrDerived *derived)
{
	uint64		n = pr_derive_count(derived, psprintf("SELECT pg_catalog.count(*) FROM (%s) AS u", distinct_values(derived)));
	uint64		parts = (n + PR_DERIVE_BLOCK - 1) / PR_DERIVE_BLOCK;
	Ranks		ranks = {.derived = derived,.persons = {.context = CurrentMemoryContext},.p = pr_param_int(derived->rule, "p")};
	PrArgs	   *args = pr_derive_args(derived);
	char	   *key = pr_derive_key(derived);
	char	   *part = parts > 1 ? psprintf("(pg_catalog.row_number() OVER (ORDER BY d.o) - 1) * %llu / %llu",
											(unsigned long long) parts, (unsigned long long) n) : "0::bigint";

	pr_derive_require_memory(derived, n, 2 * sizeof(Datum) + PR_SEED_SIZE + 2 * sizeof(uint32) + 64);
	pr_ask(psprintf("SELECT e.subject, e.value, e.o, e.part FROM"
					" (SELECT d.subject, d.value, d.o, %s AS part FROM"
					" (SELECT u.subject, u.value, privrelease.rank_swap_order(u.subject, u.value%s) AS o FROM (%s) AS u) AS d) AS e"
					" ORDER BY e.part, e.value, e.o", part, key, distinct_values(derived)),
		   args, describe_ranks, read_rank, &ranks);
	end_block(&ranks);
	require_several(&ranks.persons, derived);
}
