/*
 * pr_local_class.c
 *		The cells and classes of local recoding, and changes that can be taken
 *		back; see pr_local.h.
 *
 * Invariants: the cells of a class agree at its levels.  After a transaction
 * every class that it touched holds the model or has no cells; otherwise it
 * left no trace.
 */
#include <stdlib.h>

#include "core/pr_local.h"
#include "core/pr_runtime.h"

#define FIRST_ROOM		256
#define MOST_TIGHTENED	64		/* cells: larger classes keep their levels */

typedef struct Moved
{
	uint32_t	cell;
	uint32_t	class;			/* where it was */
} Moved;

struct PrLocalJournal
{
	uint32_t	number;			/* of the transaction; 0: none */
	uint32_t	count;			/* of transactions */
	uint32_t	n_classes;		/* when it began */
	double		total;			/* the same */
	Moved	   *moved;
	size_t		n_moved;
	size_t		moved_room;
	uint32_t   *touched;		/* classes */
	uint8_t    *levels;			/* as they were: [touched * n_qis + qi] */
	double	   *price;
	size_t		n_touched;
	size_t		touched_room;
};

/*
 * Making
 */

static void
make_cells(PrLocal *local)
{
	const PrProblem *problem = local->problem;
	size_t		n = problem->n_units;
	size_t		n_qis = (size_t) problem->n_qis;

	local->first_unit = pr_take(local->runtime, n + 1, sizeof(uint32_t));
	local->code = pr_take(local->runtime, n * n_qis, sizeof(uint32_t));
	local->records = pr_take(local->runtime, n, sizeof(uint64_t));
	local->weight = pr_take(local->runtime, n, sizeof(uint64_t));
	for (uint32_t unit = 0; unit < problem->n_units; unit++)
	{
		const uint32_t *codes = problem->codes + unit * n_qis;
		uint32_t	cell = local->n_cells - 1;

		if (unit == 0 || memcmp(codes, codes - n_qis, n_qis * sizeof(uint32_t)) != 0)
		{
			cell = local->n_cells++;
			local->first_unit[cell] = unit;
			memcpy(local->code + cell * n_qis, codes, n_qis * sizeof(uint32_t));
			local->records[cell] = 0;
			local->weight[cell] = 0;
		}
		local->records[cell] += problem->records[unit];
		local->weight[cell] += problem->persons[unit];
	}
	local->first_unit[local->n_cells] = problem->n_units;
}

static void
make_prices(PrLocal *local)
{
	const PrRuntime *runtime = local->runtime;

	local->price = pr_take(runtime, (size_t) local->n_qis, sizeof(double **));
	for (int j = 0; j < local->n_qis; j++)
	{
		const PrQi *qi = &local->problem->qis[j];

		local->price[j] = pr_take(runtime, (size_t) qi->levels, sizeof(double *));
		for (int level = 0; level < qi->levels; level++)
		{
			double	   *price = pr_take(runtime, qi->n_codes, sizeof(double));

			for (uint32_t code = 0; code < qi->n_codes; code++)
			{
				uint64_t	leaves = qi->leaves[level][level == 0 ? code : qi->value[level][code]];

				price[code] = qi->domain < 2 ? 0 : (double) (leaves - 1) / (double) (qi->domain - 1);
			}
			local->price[j][level] = price;
		}
	}
}

static void
make_journal(PrLocal *local)
{
	struct PrLocalJournal *journal = pr_take_zeroed(local->runtime, 1, sizeof(struct PrLocalJournal));

	journal->moved_room = FIRST_ROOM;
	journal->moved = pr_take(local->runtime, FIRST_ROOM, sizeof(Moved));
	journal->touched_room = FIRST_ROOM;
	journal->touched = pr_take(local->runtime, FIRST_ROOM, sizeof(uint32_t));
	journal->levels = pr_take(local->runtime, FIRST_ROOM * (size_t) local->n_qis, sizeof(uint8_t));
	journal->price = pr_take(local->runtime, FIRST_ROOM, sizeof(double));
	local->journal = journal;
}

PrLocal *
pr_local_make(const PrLocalInput *input, const PrRuntime *runtime, PrConditions *conditions)
{
	PrLocal    *local = pr_take_zeroed(runtime, 1, sizeof(PrLocal));
	size_t		n = input->problem.n_units;

	local->problem = &input->problem;
	local->runtime = runtime;
	local->conditions = conditions;
	local->n_qis = input->problem.n_qis;
	local->only_k = input->problem.n_diversity == 0 && input->problem.n_closeness == 0 && input->problem.n_groups == 0;
	make_cells(local);
	make_prices(local);
	make_journal(local);
	pr_local_tally_make(local);
	local->class_of = pr_take(runtime, n, sizeof(uint32_t));
	local->next = pr_take(runtime, n, sizeof(uint32_t));
	local->previous = pr_take(runtime, n, sizeof(uint32_t));
	for (uint32_t cell = 0; cell < local->n_cells; cell++)
		local->class_of[cell] = PR_NOWHERE;
	local->room = FIRST_ROOM;
	local->class = pr_take(runtime, FIRST_ROOM, sizeof(PrLocalClass));
	local->spare = pr_take(runtime, FIRST_ROOM, sizeof(int64_t));
	local->new_levels = pr_take(runtime, (size_t) local->n_qis, sizeof(uint8_t));
	local->levels = pr_take(runtime, FIRST_ROOM * (size_t) local->n_qis, sizeof(uint8_t));
	return local;
}

void
pr_local_free(PrLocal *local)
{
	const PrRuntime *runtime = local->runtime;

	for (int j = 0; j < local->n_qis; j++)
	{
		for (int level = 0; level < local->problem->qis[j].levels; level++)
			pr_give_back(runtime, local->price[j][level]);
		pr_give_back(runtime, local->price[j]);
	}
	pr_give_back(runtime, local->price);
	pr_local_tally_free(local);
	pr_give_back(runtime, local->journal->moved);
	pr_give_back(runtime, local->journal->touched);
	pr_give_back(runtime, local->journal->levels);
	pr_give_back(runtime, local->journal->price);
	pr_give_back(runtime, local->journal);
	pr_give_back(runtime, local->first_unit);
	pr_give_back(runtime, local->code);
	pr_give_back(runtime, local->records);
	pr_give_back(runtime, local->weight);
	pr_give_back(runtime, local->class_of);
	pr_give_back(runtime, local->next);
	pr_give_back(runtime, local->previous);
	pr_give_back(runtime, local->class);
	pr_give_back(runtime, local->levels);
	pr_give_back(runtime, local->new_levels);
	pr_give_back(runtime, local->spare);
	pr_give_back(runtime, local);
}

/* *array, with room for at least one more than n */
static void
grow(const PrRuntime *runtime, void **array, size_t n, size_t room, size_t size)
{
	void	   *larger = pr_take(runtime, room, size);

	memcpy(larger, *array, n * size);
	pr_give_back(runtime, *array);
	*array = larger;
}

/*
 * Changes
 */

static void
touch(PrLocal *local, uint32_t class)
{
	struct PrLocalJournal *journal = local->journal;
	size_t		n_qis = (size_t) local->n_qis;

	if (journal->number == 0 || local->class[class].touched == journal->number)
		return;
	local->class[class].touched = journal->number;
	if (journal->n_touched == journal->touched_room)
	{
		size_t		room = journal->touched_room * 2;

		grow(local->runtime, (void **) &journal->touched, journal->n_touched, room, sizeof(uint32_t));
		grow(local->runtime, (void **) &journal->levels, journal->n_touched * n_qis, room * n_qis, sizeof(uint8_t));
		grow(local->runtime, (void **) &journal->price, journal->n_touched, room, sizeof(double));
		journal->touched_room = room;
	}
	journal->touched[journal->n_touched] = class;
	memcpy(journal->levels + journal->n_touched * n_qis, local->levels + class * n_qis, n_qis);
	journal->price[journal->n_touched++] = local->class[class].price;
}

uint32_t
pr_local_class_make(PrLocal *local)
{
	size_t		n_qis = (size_t) local->n_qis;
	uint32_t	class = local->n_classes;

	if (class == local->room)
	{
		size_t		room = (size_t) local->room * 2;

		grow(local->runtime, (void **) &local->class, class, room, sizeof(PrLocalClass));
		grow(local->runtime, (void **) &local->spare, class, room, sizeof(int64_t));
		grow(local->runtime, (void **) &local->levels, class * n_qis, room * n_qis, sizeof(uint8_t));
		local->room = (uint32_t) room;
	}
	local->n_classes++;
	local->class[class] = (PrLocalClass) {.head = PR_NOWHERE};
	local->spare[class] = -(int64_t) local->problem->k;
	memset(local->levels + class * n_qis, 0, n_qis);
	touch(local, class);
	return class;
}

/* What the records of a class cost; to be called before and after each change of it. */
static double
bill(const PrLocal *local, uint32_t class)
{
	return (double) local->class[class].records * local->class[class].price;
}

static void
leave(PrLocal *local, uint32_t cell)
{
	PrLocalClass *class = &local->class[local->class_of[cell]];
	uint32_t	next = local->next[cell];
	uint32_t	previous = local->previous[cell];

	if (next != PR_NOWHERE)
		local->previous[next] = previous;
	if (previous != PR_NOWHERE)
		local->next[previous] = next;
	else
		class->head = next;
	class->cells--;
	class->records -= local->records[cell];
	class->weight -= local->weight[cell];
	local->spare[local->class_of[cell]] -= (int64_t) local->weight[cell];
}

static void
join(PrLocal *local, uint32_t cell, uint32_t number)
{
	PrLocalClass *class = &local->class[number];

	local->next[cell] = class->head;
	local->previous[cell] = PR_NOWHERE;
	if (class->head != PR_NOWHERE)
		local->previous[class->head] = cell;
	else
		class->price = pr_local_price(local, cell, local->levels + (size_t) number * local->n_qis);
	class->head = cell;
	class->cells++;
	class->records += local->records[cell];
	class->weight += local->weight[cell];
	local->spare[number] += (int64_t) local->weight[cell];
}

static void
put(PrLocal *local, uint32_t cell, uint32_t class)
{
	uint32_t	old = local->class_of[cell];

	if (old != PR_NOWHERE)
	{
		local->total -= bill(local, old);
		leave(local, cell);
		local->total += bill(local, old);
	}
	local->class_of[cell] = class;
	if (class != PR_NOWHERE)
	{
		local->total -= bill(local, class);
		join(local, cell, class);
		local->total += bill(local, class);
	}
}

void
pr_local_move(PrLocal *local, uint32_t cell, uint32_t class)
{
	struct PrLocalJournal *journal = local->journal;

	if (journal->number > 0)
	{
		if (journal->n_moved == journal->moved_room)
		{
			grow(local->runtime, (void **) &journal->moved, journal->n_moved, journal->moved_room * 2, sizeof(Moved));
			journal->moved_room *= 2;
		}
		journal->moved[journal->n_moved++] = (Moved) {.cell = cell, .class = local->class_of[cell]};
	}
	if (local->class_of[cell] != PR_NOWHERE)
		touch(local, local->class_of[cell]);
	if (class != PR_NOWHERE)
		touch(local, class);
	put(local, cell, class);
}

/* The finest level, from level on, at which two codes agree. */
static int
agreement(const PrQi *qi, int level, uint32_t a, uint32_t b)
{
	while (!pr_local_agree(qi, level, a, b))
		level++;
	return level;
}

void
pr_local_set_levels(PrLocal *local, uint32_t class, const uint8_t *levels)
{
	uint32_t	head = local->class[class].head;

	touch(local, class);
	local->total -= bill(local, class);
	memcpy(local->levels + (size_t) class * local->n_qis, levels, (size_t) local->n_qis);
	if (head != PR_NOWHERE)
		local->class[class].price = pr_local_price(local, head, levels);
	local->total += bill(local, class);
}

void
pr_local_tighten(PrLocal *local, uint32_t class)
{
	uint32_t	head = local->class[class].head;
	const uint32_t *first = local->code + (size_t) head * local->n_qis;
	uint8_t    *levels = local->new_levels;

	if (head == PR_NOWHERE || local->class[class].cells > MOST_TIGHTENED)
		return;
	memset(levels, 0, (size_t) local->n_qis);
	for (uint32_t cell = local->next[head]; cell != PR_NOWHERE; cell = local->next[cell])
		for (int j = 0; j < local->n_qis; j++)
			levels[j] = (uint8_t) agreement(&local->problem->qis[j], levels[j], first[j],
											local->code[(size_t) cell * local->n_qis + j]);
	pr_local_set_levels(local, class, levels);
}

void
pr_local_widen(PrLocal *local, uint32_t class, uint32_t cell)
{
	uint32_t	head = local->class[class].head;
	const uint8_t *old = local->levels + (size_t) class * local->n_qis;

	if (head == PR_NOWHERE)
		return;
	for (int j = 0; j < local->n_qis; j++)
		local->new_levels[j] = (uint8_t) agreement(&local->problem->qis[j], old[j],
												   local->code[(size_t) head * local->n_qis + j],
												   local->code[(size_t) cell * local->n_qis + j]);
	pr_local_set_levels(local, class, local->new_levels);
}

double
pr_local_price(const PrLocal *local, uint32_t cell, const uint8_t *levels)
{
	const uint32_t *code = local->code + (size_t) cell * local->n_qis;
	double		price = 0;

	for (int j = 0; j < local->n_qis; j++)
		price += local->price[j][levels[j]][code[j]];
	return price;
}

/*
 * Transactions
 */

void
pr_local_begin(PrLocal *local)
{
	struct PrLocalJournal *journal = local->journal;

	journal->number = ++journal->count;
	journal->n_classes = local->n_classes;
	journal->total = local->total;
	journal->n_moved = 0;
	journal->n_touched = 0;
}

static void
take_back(PrLocal *local)
{
	struct PrLocalJournal *journal = local->journal;
	size_t		n_qis = (size_t) local->n_qis;

	for (size_t i = journal->n_moved; i-- > 0;)
		put(local, journal->moved[i].cell, journal->moved[i].class);
	for (size_t i = 0; i < journal->n_touched; i++)
	{
		uint32_t	class = journal->touched[i];

		memcpy(local->levels + class * n_qis, journal->levels + i * n_qis, n_qis);
		local->class[class].price = journal->price[i];
	}
	local->n_classes = journal->n_classes;
	local->total = journal->total;
}

bool
pr_local_end(PrLocal *local, bool wanted)
{
	struct PrLocalJournal *journal = local->journal;

	for (size_t i = 0; i < journal->n_touched && wanted; i++)
		wanted = local->class[journal->touched[i]].head == PR_NOWHERE || pr_local_holds(local, journal->touched[i]);
	if (!wanted)
		take_back(local);
	journal->number = 0;
	return wanted;
}
