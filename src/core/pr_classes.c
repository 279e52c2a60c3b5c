/*
 * pr_classes.c
 *		The classes of a node, from those of a less general one; see
 *		pr_classes.h.
 *
 * The inner loop of every search: a new key by replacing the bits of the
 * columns whose level changes, then a look-up in an open table of class numbers,
 * which starts small and grows with the classes it holds, so that a node of few
 * classes stays in the cache whatever it came from.
 */
#include "core/pr_classes.h"

#include "core/pr_runtime.h"
#include "core/pr_rollup.h"

#define BLOCK			PR_ROLLUP_BLOCK
#define BLOCKS_A_TICK	64
#define LEAST_SLOTS		1024
#define NO_CLASS		0		/* in the table: class + 1 */

PrRollup *
pr_rollup_make(PrLattice *lattice, PrConditions *conditions)
{
	const PrProblem *problem = lattice->problem;
	const PrRuntime *runtime = lattice->runtime;
	PrRollup   *rollup = pr_take_zeroed(runtime, 1, sizeof(PrRollup));
	size_t		n = problem->n_units;

	rollup->lattice = lattice;
	rollup->conditions = conditions;
	rollup->key = pr_take(runtime, n * (size_t) lattice->words, sizeof(uint64_t));
	rollup->records = pr_take(runtime, n, sizeof(uint64_t));
	rollup->class_of = pr_take(runtime, n, sizeof(uint32_t));
	rollup->block = pr_take(runtime, (size_t) BLOCK * (size_t) lattice->words, sizeof(uint64_t));
	rollup->changes = pr_take(runtime, (size_t) problem->n_qis, sizeof(PrChange));
	rollup->slots = LEAST_SLOTS;
	rollup->table = pr_take(runtime, rollup->slots, sizeof(uint32_t));
	for (int j = 0; j < problem->n_sensitive; j++)
		if (pr_conditions_use(conditions, j))
			rollup->with_cells = true;
	rollup->with_persons = problem->n_groups > 0;
	rollup->additive = problem->n_groups == 0;
	for (uint32_t unit = 0; unit < problem->n_units; unit++)
	{
		if (problem->persons[unit] != problem->records[unit])
			rollup->with_persons = true;
		if (problem->persons[unit] > problem->records[unit])
			rollup->additive = false;
	}
	pr_cells_room(rollup);
	return rollup;
}

void
pr_rollup_free(PrRollup *rollup)
{
	const PrRuntime *runtime = rollup->lattice->runtime;

	pr_cells_room_free(rollup);
	pr_give_back(runtime, rollup->block);
	pr_give_back(runtime, rollup->changes);
	pr_give_back(runtime, rollup->key);
	pr_give_back(runtime, rollup->records);
	pr_give_back(runtime, rollup->class_of);
	pr_give_back(runtime, rollup->table);
	pr_give_back(runtime, rollup);
}

/*
 * The table of classes
 */

static inline uint64_t
hash_key(const uint64_t *key, int words)
{
	uint64_t	hash = key[0] * UINT64_C(0x9E3779B97F4A7C15);

	for (int w = 1; w < words; w++)
		hash = (hash ^ hash >> 29 ^ key[w]) * UINT64_C(0xBF58476D1CE4E5B9);
	return hash;
}

static inline bool
same_key(const uint64_t *a, const uint64_t *b, int words)
{
	for (int w = 0; w < words; w++)
		if (a[w] != b[w])
			return false;
	return true;
}

static void
empty_table(PrRollup *rollup)
{
	memset(rollup->table, 0, rollup->used_slots * sizeof(uint32_t));
}

static void
enter(PrRollup *rollup, uint32_t class, int words)
{
	uint64_t	mask = rollup->used_slots - 1;
	uint64_t	slot = hash_key(&rollup->key[(size_t) class * words], words) >> rollup->hash_shift;

	while (rollup->table[slot] != NO_CLASS)
		slot = (slot + 1) & mask;
	rollup->table[slot] = class + 1;
}

static void
set_slots(PrRollup *rollup, uint64_t slots)
{
	const PrRuntime *runtime = rollup->lattice->runtime;

	if (slots > rollup->slots)
	{
		pr_give_back(runtime, rollup->table);
		rollup->table = pr_take(runtime, slots, sizeof(uint32_t));
		rollup->slots = slots;
	}
	rollup->used_slots = slots;
	rollup->hash_shift = __builtin_clzll(slots) + 1;
	empty_table(rollup);
}

static void
grow_table(PrRollup *rollup, uint32_t n_classes, int words)
{
	set_slots(rollup, rollup->used_slots * 8);
	for (uint32_t class = 0; class < n_classes; class++)
		enter(rollup, class, words);
}

/*
 * Grouping
 */

static int
find_changes(PrRollup *rollup, const PrPartition *from, const uint8_t *levels)
{
	PrLattice  *lattice = rollup->lattice;
	int			n = 0;

	for (int j = 0; j < lattice->n_qis; j++)
		if (levels[j] != from->levels[j] && lattice->field[j].mask != 0)
			rollup->changes[n++] = (PrChange)
			{
				.map = pr_lattice_up(lattice, j, from->levels[j], levels[j]),
				.field = lattice->field[j]
			};
	return n;
}

static inline void
make_keys(uint64_t *keys, const uint64_t *old, uint32_t n, const PrChange *changes, int n_changes, int words)
{
	memcpy(keys, old, (size_t) n * words * sizeof(uint64_t));
	for (int c = 0; c < n_changes; c++)
	{
		const uint32_t *map = changes[c].map;
		int			shift = changes[c].field.shift;
		uint64_t	mask = changes[c].field.mask;
		uint64_t   *key = keys + changes[c].field.word;

		for (uint32_t i = 0; i < n; i++, key += words)
		{
			uint64_t	value = *key >> shift & mask;

			*key ^= (value ^ map[value]) << shift;
		}
	}
}

/* Inlined with a constant number of words.  Returns the number of classes. */
static inline uint32_t
group(PrRollup *rollup, const PrPartition *from, const PrChange *changes, int n_changes, uint32_t *class_of, int words)
{
	uint64_t   *keys = rollup->block;
	uint64_t	hashes[BLOCK];
	uint32_t	n_classes = 0;

	for (uint32_t start = 0; start < from->n; start += BLOCK)
	{
		uint32_t	n = from->n - start < BLOCK ? from->n - start : BLOCK;

		make_keys(keys, &from->key[(size_t) start * words], n, changes, n_changes, words);
		if (rollup->used_slots < ((uint64_t) n_classes + n) * 2)
			grow_table(rollup, n_classes, words);
		for (uint32_t i = 0; i < n; i++)
		{
			hashes[i] = hash_key(&keys[(size_t) i * words], words) >> rollup->hash_shift;
			__builtin_prefetch(&rollup->table[hashes[i]]);
		}
		for (uint32_t i = 0; i < n; i++)
		{
			const uint64_t *key = &keys[(size_t) i * words];
			uint64_t	slot = hashes[i];
			uint32_t	class;

			while (rollup->table[slot] != NO_CLASS &&
				   !same_key(&rollup->key[(size_t) (rollup->table[slot] - 1) * words], key, words))
				slot = (slot + 1) & (rollup->used_slots - 1);
			if (rollup->table[slot] == NO_CLASS)
			{
				class = n_classes++;
				rollup->table[slot] = class + 1;
				memcpy(&rollup->key[(size_t) class * words], key, (size_t) words * sizeof(uint64_t));
				rollup->records[class] = 0;
			}
			else
				class = rollup->table[slot] - 1;
			rollup->records[class] += from->records[start + i];
			if (class_of != NULL)
				class_of[start + i] = class;
		}
		if (start / BLOCK % BLOCKS_A_TICK == 0)
			pr_lattice_tick(rollup->lattice);
	}
	return n_classes;
}

static uint32_t
group_words(PrRollup *rollup, const PrPartition *from, const PrChange *changes, int n_changes, uint32_t *class_of)
{
	switch (rollup->lattice->words)
	{
		case 1:
			return group(rollup, from, changes, n_changes, class_of, 1);
		case 2:
			return group(rollup, from, changes, n_changes, class_of, 2);
		default:
			return group(rollup, from, changes, n_changes, class_of, rollup->lattice->words);
	}
}

static void *
copy(const PrRuntime *runtime, const void *from, size_t n, size_t size)
{
	return memcpy(pr_take(runtime, n, size), from, n * size);
}

static PrPartition *
empty_partition(PrRollup *rollup, uint32_t n)
{
	const PrRuntime *runtime = rollup->lattice->runtime;
	PrPartition *partition = pr_take_zeroed(runtime, 1, sizeof(PrPartition));

	partition->levels = pr_take(runtime, (size_t) rollup->lattice->n_qis, sizeof(uint8_t));
	partition->n = n;
	return partition;
}

static void
add_persons(PrRollup *rollup, const PrPartition *from, PrPartition *to, const uint32_t *class_of)
{
	if (!rollup->with_persons)
	{
		to->persons = to->records;
		return;
	}
	to->persons = pr_take_zeroed(rollup->lattice->runtime, to->n, sizeof(uint64_t));
	for (uint32_t i = 0; i < from->n; i++)
		to->persons[class_of[i]] += from->persons[i];
	pr_spans_roll(rollup, &from->spans, class_of, to->persons, to->n, &to->spans);
}

PrPartition *
pr_classes_make(PrRollup *rollup, const PrPartition *from, const uint8_t *levels, uint32_t *class_of)
{
	const PrRuntime *runtime = rollup->lattice->runtime;
	int			n_changes = find_changes(rollup, from, levels);
	PrPartition *to;
	uint32_t	n;

	if (class_of == NULL && (rollup->with_cells || rollup->with_persons))
		class_of = rollup->class_of;
	set_slots(rollup, LEAST_SLOTS);
	n = group_words(rollup, from, rollup->changes, n_changes, class_of);
	to = empty_partition(rollup, n);
	memcpy(to->levels, levels, (size_t) rollup->lattice->n_qis);
	to->key = copy(runtime, rollup->key, (size_t) n * rollup->lattice->words, sizeof(uint64_t));
	to->records = copy(runtime, rollup->records, n, sizeof(uint64_t));
	add_persons(rollup, from, to, class_of);
	if (rollup->with_cells)
		pr_cells_roll(rollup, from, to, class_of);
	return to;
}

static void
pack_units(const PrLattice *lattice, PrPartition *partition)
{
	const PrProblem *problem = lattice->problem;

	for (uint32_t unit = 0; unit < problem->n_units; unit++)
		for (int j = 0; j < problem->n_qis; j++)
		{
			const PrField *field = &lattice->field[j];

			partition->key[(size_t) unit * lattice->words + field->word] |=
				(uint64_t) problem->codes[(size_t) unit * problem->n_qis + j] << field->shift;
		}
}

PrPartition *
pr_classes_units(PrRollup *rollup)
{
	const PrLattice *lattice = rollup->lattice;
	const PrProblem *problem = lattice->problem;
	const PrRuntime *runtime = lattice->runtime;
	PrPartition *partition = empty_partition(rollup, problem->n_units);

	memset(partition->levels, 0, (size_t) problem->n_qis);
	partition->key = pr_take_zeroed(runtime, (size_t) problem->n_units * lattice->words, sizeof(uint64_t));
	pack_units(lattice, partition);
	partition->records = copy(runtime, problem->records, problem->n_units, sizeof(uint64_t));
	partition->persons = partition->records;
	if (rollup->with_persons)
	{
		partition->persons = copy(runtime, problem->persons, problem->n_units, sizeof(uint64_t));
		pr_spans_units(rollup, &partition->spans);
	}
	if (rollup->with_cells)
		pr_cells_units(rollup, partition);
	return partition;
}

void
pr_classes_free(PrRollup *rollup, PrPartition *partition)
{
	const PrRuntime *runtime = rollup->lattice->runtime;

	if (partition->cells != NULL)
		pr_cells_free(rollup, partition->cells);
	pr_spans_free(runtime, &partition->spans);
	if (partition->persons != partition->records)
		pr_give_back(runtime, partition->persons);
	pr_give_back(runtime, partition->records);
	pr_give_back(runtime, partition->key);
	pr_give_back(runtime, partition->levels);
	pr_give_back(runtime, partition);
}

/* class_of[] of the rollup: the new number of a class, or PR_ROLLUP_GONE. */
static uint32_t
renumber(PrRollup *rollup, const PrPartition *partition, const bool *keep)
{
	uint32_t	n = 0;

	for (uint32_t class = 0; class < partition->n; class++)
		rollup->class_of[class] = keep[class] ? n++ : PR_ROLLUP_GONE;
	return n;
}

void
pr_classes_keep(PrRollup *rollup, PrPartition *partition, const bool *keep)
{
	size_t		words = (size_t) rollup->lattice->words;
	uint32_t	n = renumber(rollup, partition, keep);

	if (rollup->with_cells)
		pr_cells_keep(rollup, partition, keep);
	for (uint32_t class = 0; class < partition->n; class++)
	{
		uint32_t	to = rollup->class_of[class];

		if (to == PR_ROLLUP_GONE)
			continue;
		memmove(partition->key + to * words, partition->key + class * words, words * sizeof(uint64_t));
		partition->records[to] = partition->records[class];
		partition->persons[to] = partition->persons[class];
	}
	pr_spans_keep(&partition->spans, rollup->class_of, partition->persons);
	partition->n = n;
}
