/*
 * pr_local_merge.c
 *		Local recoding, last part: classes that look alike are one, and what has no
 *		home is absorbed; see pr_local.h.
 */
#include <math.h>

#include "core/pr_local.h"
#include "core/pr_runtime.h"

#define MOST_STEPS 64			/* classes absorbed one by one; then all */

/*
 * Classes that look alike
 */

/* A number for what a reader sees of a cell. */
static uint64_t
look(const PrLocal *local, uint32_t class, int j)
{
	const PrQi *qi = &local->problem->qis[j];
	int			level = local->levels[(size_t) class * local->n_qis + j];
	uint32_t	code = local->code[(size_t) local->class[class].head * local->n_qis + j];
	uint32_t	value = level == 0 ? code : qi->value[level][code];

	return qi->shown != NULL ? qi->shown[level][value] : (uint64_t) (level + 1) << 32 | value;
}

static bool
look_alike(const PrLocal *local, uint32_t a, uint32_t b)
{
	for (int j = 0; j < local->n_qis; j++)
		if (look(local, a, j) != look(local, b, j))
			return false;
	return true;
}

static uint64_t
hash_look(const PrLocal *local, uint32_t class)
{
	uint64_t	hash = 1;

	for (int j = 0; j < local->n_qis; j++)
	{
		hash = (hash ^ look(local, class, j)) * UINT64_C(0x9E3779B97F4A7C15);
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

/* Among the classes that look like first, one with the same levels; if there is none, class becomes one of them. */
static void
merge_or_link(PrLocal *local, uint32_t first, uint32_t class, uint32_t *alike)
{
	size_t		n = (size_t) local->n_qis;

	for (uint32_t other = first; other != PR_NOWHERE; other = alike[other])
		if (memcmp(local->levels + other * n, local->levels + class * n, n) == 0)
		{
			move_all(local, class, other);
			return;
		}
	alike[class] = alike[first];
	alike[first] = class;
}

/*
 * Classes of different levels that look alike are one to a reader.  That one
 * holds as they do where counts of persons add up; if not, they are taken apart.
 */
static bool
hold_together(PrLocal *local, uint32_t first, const uint32_t *alike)
{
	uint32_t	next;

	if (alike[first] == PR_NOWHERE || local->problem->n_groups == 0 || pr_local_hold_together(local, first, alike))
		return true;
	for (uint32_t class = first; class != PR_NOWHERE; class = next)
	{
		next = alike[class];
		move_all(local, class, PR_NOWHERE);
	}
	return false;
}

uint32_t
pr_local_merge(PrLocal *local)
{
	uint64_t	slots = 16;
	uint32_t	failures = 0;
	uint32_t   *table;
	uint32_t   *alike = pr_take(local->runtime, local->n_classes, sizeof(uint32_t));

	while (slots < (uint64_t) local->n_classes * 2)
		slots *= 2;
	table = pr_take(local->runtime, slots, sizeof(uint32_t));
	memset(table, 0xFF, slots * sizeof(uint32_t));
	for (uint32_t class = 0; class < local->n_classes; class++)
	{
		uint64_t	slot;

		alike[class] = PR_NOWHERE;
		if (local->class[class].head == PR_NOWHERE)
			continue;
		slot = hash_look(local, class) & (slots - 1);
		while (table[slot] != PR_NOWHERE && !look_alike(local, table[slot], class))
			slot = (slot + 1) & (slots - 1);
		if (table[slot] == PR_NOWHERE)
			table[slot] = class;
		else
			merge_or_link(local, table[slot], class, alike);
	}
	for (uint64_t slot = 0; slot < slots; slot++)
		if (table[slot] != PR_NOWHERE)
			failures += !hold_together(local, table[slot], alike);
	pr_give_back(local->runtime, table);
	pr_give_back(local->runtime, alike);
	return failures;
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
