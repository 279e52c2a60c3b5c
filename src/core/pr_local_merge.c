/*
 * pr_local_merge.c
 *		Local recoding, last part: classes of equal values are one, and what has no
 *		home is absorbed; see pr_local.h.
 */
#include <math.h>

#include "core/pr_local.h"
#include "core/pr_runtime.h"

#define MOST_STEPS 64			/* classes absorbed one by one; then all */

/*
 * Equal classes
 */

static uint32_t
released_value(const PrLocal *local, uint32_t class, int j)
{
	int			level = local->levels[(size_t) class * local->n_qis + j];
	uint32_t	code = local->code[(size_t) local->class[class].head * local->n_qis + j];

	return level == 0 ? code : local->problem->qis[j].value[level][code];
}

static bool
same_release(const PrLocal *local, uint32_t a, uint32_t b)
{
	size_t		n = (size_t) local->n_qis;

	if (memcmp(local->levels + a * n, local->levels + b * n, n) != 0)
		return false;
	for (int j = 0; j < local->n_qis; j++)
		if (released_value(local, a, j) != released_value(local, b, j))
			return false;
	return true;
}

static uint64_t
hash_release(const PrLocal *local, uint32_t class)
{
	uint64_t	hash = 1;

	for (int j = 0; j < local->n_qis; j++)
	{
		hash ^= (uint64_t) local->levels[(size_t) class * local->n_qis + j] << 32 | released_value(local, class, j);
		hash *= UINT64_C(0x9E3779B97F4A7C15);
		hash ^= hash >> 32;
	}
	return hash;
}

static void
move_all(PrLocal *local, uint32_t from, uint32_t to)
{
	while (local->class[from].head != PR_NOWHERE)
		pr_local_move(local, local->class[from].head, to);
}

void
pr_local_merge(PrLocal *local)
{
	uint64_t	slots = 16;
	uint32_t   *table;

	while (slots < (uint64_t) local->n_classes * 2)
		slots *= 2;
	table = pr_take(local->runtime, slots, sizeof(uint32_t));
	memset(table, 0xFF, slots * sizeof(uint32_t));
	for (uint32_t class = 0; class < local->n_classes; class++)
	{
		uint64_t	slot;

		if (local->class[class].head == PR_NOWHERE)
			continue;
		slot = hash_release(local, class) & (slots - 1);
		while (table[slot] != PR_NOWHERE && !same_release(local, table[slot], class))
			slot = (slot + 1) & (slots - 1);
		if (table[slot] == PR_NOWHERE)
			table[slot] = class;
		else
			move_all(local, class, table[slot]);
	}
	pr_give_back(local->runtime, table);
}

/*
 * Absorption
 */

/* What it would cost to put two classes together, beyond what they cost now. */
static double
price_of_union(PrLocal *local, uint32_t a, uint32_t b)
{
	const PrLocalClass *x = &local->class[a];
	const PrLocalClass *y = &local->class[b];
	double		records = (double) x->records + (double) y->records;
	double		price = 0;

	for (int j = 0; j < local->n_qis; j++)
	{
		const PrQi *qi = &local->problem->qis[j];
		uint32_t	code = local->code[(size_t) x->head * local->n_qis + j];
		uint32_t	other = local->code[(size_t) y->head * local->n_qis + j];
		int			level = local->levels[(size_t) a * local->n_qis + j];

		if (local->levels[(size_t) b * local->n_qis + j] > level)
			level = local->levels[(size_t) b * local->n_qis + j];
		while (!pr_local_agree(qi, level, code, other))
			level++;
		price += local->price[j][level][code];
	}
	return records * price - (double) x->records * x->price - (double) y->records * y->price;
}

static uint32_t
nearest_class(PrLocal *local, uint32_t to)
{
	uint32_t	nearest = PR_NOWHERE;
	double		least = INFINITY;

	for (uint32_t class = 0; class < local->n_classes; class++)
		if (class != to && local->class[class].head != PR_NOWHERE)
		{
			double		price = price_of_union(local, to, class);

			if (nearest == PR_NOWHERE || price < least)
			{
				nearest = class;
				least = price;
			}
		}
	local->runtime->tick(local->runtime->state, 0, 0);
	return nearest;
}

static void
swallow(PrLocal *local, uint32_t class, uint32_t into)
{
	uint8_t    *levels = local->levels + (size_t) into * local->n_qis;

	for (int j = 0; j < local->n_qis; j++)
		local->new_levels[j] = local->levels[(size_t) class * local->n_qis + j] > levels[j] ?
			local->levels[(size_t) class * local->n_qis + j] : levels[j];
	pr_local_set_levels(local, into, local->new_levels);
	pr_local_widen(local, into, local->class[class].head);
	move_all(local, class, into);
}

PrCoreResult
pr_local_absorb(PrLocal *local)
{
	uint32_t	rest = pr_local_class_make(local);
	uint32_t	next;

	for (uint32_t cell = 0; cell < local->n_cells; cell++)
		if (local->class_of[cell] == PR_NOWHERE)
		{
			pr_local_widen(local, rest, cell);
			pr_local_move(local, cell, rest);
		}
	if (local->class[rest].head == PR_NOWHERE)
		return PR_CORE_OK;
	for (int step = 0; !pr_local_holds(local, rest); step++)
	{
		next = nearest_class(local, rest);
		if (next == PR_NOWHERE)
			return PR_CORE_NOTHING;
		swallow(local, next, rest);
		if (step < MOST_STEPS)
			continue;
		for (uint32_t class = 0; class < rest; class++)
			if (local->class[class].head != PR_NOWHERE)
				swallow(local, class, rest);
	}
	return PR_CORE_OK;
}
