/*
 * pr_local_refine.c
 *		Local recoding, second part: classes whose cells have cheaper homes are
 *		dissolved; what is left out is settled.  See pr_local.h.
 *
 * A home of a cell is either a class that is widened until it has the cell, or a
 * new class with cells that others can spare: those nearest to it, at the levels
 * of one of them.  A class is dissolved as one transaction, if the changes of
 * price of all records come to less than nothing.  A home that is too small, too
 * uniform or too far from the whole in its sensitive values shows when the
 * transaction ends, and nothing has happened.
 */
#include <math.h>
#include <stdlib.h>

#include "core/pr_local.h"
#include "core/pr_runtime.h"

#define NEAREST		48			/* cells that a new class is made of, at most */
#define LEAST_GAIN	1e-9
#define LEAST_PROGRESS 0.001	/* of a round, for another to follow */
#define MOST_PAIRS	1000
#define CELLS_A_BUNDLE 8
#define MOST_DISSOLVED 64		/* cells of a class that is tried */

/* A cell that might be in the same new class. */
typedef struct Near
{
	double		price;			/* of a record of both, at the levels where they agree */
	uint32_t	cell;
} Near;

typedef struct Home
{
	double		change;			/* of the price of all records; INFINITY: there is none */
	uint32_t	class;			/* PR_NOWHERE: a new one */
	int			n;				/* its other cells */
	uint32_t	cell[NEAREST];
} Home;

typedef struct Refine
{
	PrLocal    *local;
	uint32_t	cell;			/* that looks for a home */
	uint8_t   **level;			/* [qi][code]: the finest level at which it agrees with cell */
	double	  **price;			/* [qi][code]: of cell at that level */
	int		   *order;			/* columns, first those where two cells are likely to differ at a price */
	int			n_prefix;		/* so many of them make a bundle */
	uint32_t   *bundled;		/* cells, those equal in these columns together */
	uint32_t   *bundle;			/* [bundle + 1]: into bundled */
	uint32_t	n_bundles;
	uint32_t	open;			/* a class that all may leave */
	Near		near[NEAREST];
	int			n_near;
	Home		home;
} Refine;

typedef struct Mean
{
	double		price;
	int			column;
} Mean;

static int
compare_means(const void *a, const void *b)
{
	const Mean *x = a;
	const Mean *y = b;

	if (x->price != y->price)
		return x->price > y->price ? -1 : 1;
	return x->column - y->column;
}

/* Prices are summed only as long as they are low enough: the dearest columns come first, found from distant pairs of cells. */
static void
order_columns(Refine *refine)
{
	const PrLocal *local = refine->local;
	uint32_t	pairs = local->n_cells < MOST_PAIRS ? local->n_cells : MOST_PAIRS;
	Mean	   *means = pr_take_zeroed(local->runtime, (size_t) local->n_qis, sizeof(Mean));

	for (int j = 0; j < local->n_qis; j++)
	{
		means[j].column = j;
		for (uint32_t i = 0; i < pairs; i++)
		{
			uint64_t	cell = (uint64_t) i * local->n_cells / pairs;
			uint64_t	other = (cell + local->n_cells / 2 + i) % local->n_cells;
			uint32_t	code = local->code[cell * (size_t) local->n_qis + j];
			int			level = 0;

			while (!pr_local_agree(&local->problem->qis[j], level, code, local->code[other * (size_t) local->n_qis + j]))
				level++;
			means[j].price += local->price[j][level][code];
		}
	}
	qsort(means, (size_t) local->n_qis, sizeof(Mean), compare_means);
	for (int j = 0; j < local->n_qis; j++)
		refine->order[j] = means[j].column;
	pr_give_back(local->runtime, means);
}

/* A stable counting sort of the bundled cells. */
static void
sort_by_column(Refine *refine, int j, uint32_t *room)
{
	const PrLocal *local = refine->local;
	uint32_t	n_codes = local->problem->qis[j].n_codes;
	uint32_t   *start = pr_take_zeroed(local->runtime, (size_t) n_codes + 1, sizeof(uint32_t));

	for (uint32_t cell = 0; cell < local->n_cells; cell++)
		start[local->code[(size_t) cell * local->n_qis + j] + 1]++;
	for (uint32_t code = 0; code < n_codes; code++)
		start[code + 1] += start[code];
	for (uint32_t i = 0; i < local->n_cells; i++)
	{
		uint32_t	cell = refine->bundled[i];

		room[start[local->code[(size_t) cell * local->n_qis + j]]++] = cell;
	}
	memcpy(refine->bundled, room, local->n_cells * sizeof(uint32_t));
	pr_give_back(local->runtime, start);
}

static bool
same_prefix(const Refine *refine, uint32_t a, uint32_t b)
{
	const PrLocal *local = refine->local;

	for (int i = 0; i < refine->n_prefix; i++)
		if (local->code[(size_t) a * local->n_qis + refine->order[i]] != local->code[(size_t) b * local->n_qis + refine->order[i]])
			return false;
	return true;
}

/* Whole bundles are too far away by their first columns alone. */
static void
make_bundles(Refine *refine)
{
	const PrLocal *local = refine->local;
	uint64_t	bundles = 1;
	uint32_t   *room = pr_take(local->runtime, local->n_cells, sizeof(uint32_t));

	refine->bundled = pr_take(local->runtime, local->n_cells, sizeof(uint32_t));
	refine->bundle = pr_take(local->runtime, (size_t) local->n_cells + 1, sizeof(uint32_t));
	for (uint32_t cell = 0; cell < local->n_cells; cell++)
		refine->bundled[cell] = cell;
	while (refine->n_prefix < local->n_qis && bundles * CELLS_A_BUNDLE < local->n_cells)
		bundles *= local->problem->qis[refine->order[refine->n_prefix++]].n_codes;
	for (int i = refine->n_prefix - 1; i >= 0; i--)
		sort_by_column(refine, refine->order[i], room);
	for (uint32_t i = 0; i < local->n_cells; i++)
		if (i == 0 || !same_prefix(refine, refine->bundled[i - 1], refine->bundled[i]))
			refine->bundle[refine->n_bundles++] = i;
	refine->bundle[refine->n_bundles] = local->n_cells;
	pr_give_back(local->runtime, room);
}

static Refine *
open_refine(PrLocal *local)
{
	Refine	   *refine = pr_take_zeroed(local->runtime, 1, sizeof(Refine));

	refine->local = local;
	refine->open = PR_NOWHERE;
	refine->level = pr_take(local->runtime, (size_t) local->n_qis, sizeof(uint8_t *));
	refine->price = pr_take(local->runtime, (size_t) local->n_qis, sizeof(double *));
	for (int j = 0; j < local->n_qis; j++)
	{
		refine->level[j] = pr_take(local->runtime, local->problem->qis[j].n_codes, sizeof(uint8_t));
		refine->price[j] = pr_take(local->runtime, local->problem->qis[j].n_codes, sizeof(double));
	}
	refine->order = pr_take(local->runtime, (size_t) local->n_qis, sizeof(int));
	order_columns(refine);
	make_bundles(refine);
	return refine;
}

static void
close_refine(Refine *refine)
{
	const PrRuntime *runtime = refine->local->runtime;

	for (int j = 0; j < refine->local->n_qis; j++)
	{
		pr_give_back(runtime, refine->level[j]);
		pr_give_back(runtime, refine->price[j]);
	}
	pr_give_back(runtime, refine->order);
	pr_give_back(runtime, refine->bundled);
	pr_give_back(runtime, refine->bundle);
	pr_give_back(runtime, refine->level);
	pr_give_back(runtime, refine->price);
	pr_give_back(runtime, refine);
}

/*
 * Homes
 */

static void
look_from(Refine *refine, uint32_t cell)
{
	const PrLocal *local = refine->local;

	refine->cell = cell;
	for (int j = 0; j < local->n_qis; j++)
	{
		const PrQi *qi = &local->problem->qis[j];
		uint32_t	own = local->code[(size_t) cell * local->n_qis + j];

		for (uint32_t code = 0; code < qi->n_codes; code++)
		{
			int			level = 0;

			while (!pr_local_agree(qi, level, own, code))
				level++;
			refine->level[j][code] = (uint8_t) level;
			refine->price[j][code] = local->price[j][level][own];
		}
	}
}

/* What a record of a cell costs now; left out, as much as can be. */
static double
present_price(const PrLocal *local, uint32_t cell)
{
	uint32_t	class = local->class_of[cell];

	return class == PR_NOWHERE ? local->n_qis : local->class[class].price;
}

/* The price of a class that has the cell as well, or anything from most on. */
static double
price_widened(const Refine *refine, uint32_t class, double most)
{
	const PrLocal *local = refine->local;
	const uint8_t *levels = local->levels + (size_t) class * local->n_qis;
	const uint32_t *code = local->code + (size_t) local->class[class].head * local->n_qis;
	const uint32_t *own = local->code + (size_t) refine->cell * local->n_qis;
	double		price = 0;

	for (int i = 0; i < local->n_qis && price < most; i++)
	{
		int			j = refine->order[i];
		uint8_t		level = refine->level[j][code[j]];

		price += level >= levels[j] ? refine->price[j][code[j]] : local->price[j][levels[j]][own[j]];
	}
	return price;
}

static void
look_at_classes(Refine *refine)
{
	const PrLocal *local = refine->local;
	uint32_t	own = local->class_of[refine->cell];
	double		records = (double) local->records[refine->cell];
	double		paid = records * present_price(local, refine->cell);

	for (uint32_t number = 0; number < local->n_classes; number++)
	{
		const PrLocalClass *class = &local->class[number];
		double		all = (double) class->records + records;
		double		most;
		double		price;

		if (class->head == PR_NOWHERE || number == own || number == refine->open)
			continue;
		/* all * price - class->records * class->price - paid < change */
		most = (refine->home.change + (double) class->records * class->price + paid) / all;
		if (most <= class->price)
			continue;
		price = price_widened(refine, number, most);
		if (price < most)
			refine->home = (Home) {.change = all * price - (double) class->records * class->price - paid, .class = number};
	}
}

/* May a cell leave its class for another? */
static bool
can_spare(const Refine *refine, uint32_t cell, uint64_t taken)
{
	const PrLocal *local = refine->local;
	uint32_t	class = local->class_of[cell];

	return class == PR_NOWHERE || class == refine->open || local->spare[class] >= (int64_t) (taken + local->weight[cell]);
}

/* The price of a record of both cells, of some of the columns in their order, or anything from most on. */
static double
price_together(const Refine *refine, uint32_t cell, int from, int to, double price, double most)
{
	const uint32_t *code = refine->local->code + (size_t) cell * refine->local->n_qis;

	for (int i = from; i < to && price < most; i++)
		price += refine->price[refine->order[i]][code[refine->order[i]]];
	return price;
}

static void
add_near(Refine *refine, uint32_t cell, double price)
{
	int			at;

	if (refine->n_near < NEAREST)
		refine->n_near++;
	for (at = refine->n_near - 1; at > 0 && refine->near[at - 1].price > price; at--)
		refine->near[at] = refine->near[at - 1];
	refine->near[at] = (Near) {.price = price, .cell = cell};
}

/* The cells that can be spared and are cheapest together with the one that looks, below a price. */
static void
find_near(Refine *refine, double most)
{
	const PrLocal *local = refine->local;

	refine->n_near = 0;
	for (uint32_t bundle = 0; bundle < refine->n_bundles; bundle++)
	{
		uint32_t	i = refine->bundle[bundle];
		double		prefix = price_together(refine, refine->bundled[i], 0, refine->n_prefix, 0, most);

		for (; i < refine->bundle[bundle + 1] && prefix < most; i++)
		{
			uint32_t	cell = refine->bundled[i];
			double		price;

			if (cell == refine->cell || !can_spare(refine, cell, 0))
				continue;
			price = price_together(refine, cell, refine->n_prefix, local->n_qis, prefix, most);
			if (price >= most)
				continue;
			add_near(refine, cell, price);
			if (refine->n_near == NEAREST)
				most = refine->near[NEAREST - 1].price;
		}
	}
}

/* Does a cell agree with the one that looks, wherever another one does? */
static bool
agrees_with(const Refine *refine, uint32_t cell, uint32_t other)
{
	const PrLocal *local = refine->local;
	const uint32_t *a = local->code + (size_t) cell * local->n_qis;
	const uint32_t *b = local->code + (size_t) other * local->n_qis;

	for (int j = 0; j < local->n_qis; j++)
		if (refine->level[j][a[j]] > refine->level[j][b[j]])
			return false;
	return true;
}

/* What cells chosen so far take of a class. */
static uint64_t
taken_of(const PrLocal *local, const Home *home, uint32_t class)
{
	uint64_t	taken = 0;

	for (int i = 0; i < home->n; i++)
		if (local->class_of[home->cell[i]] == class)
			taken += local->weight[home->cell[i]];
	return taken;
}

/*
 * A new class at the levels where a near cell agrees: those that pay least for
 * it, until there are k, and all who gain.
 */
static void
look_at_levels(Refine *refine, int chosen)
{
	const PrLocal *local = refine->local;
	double		price = refine->near[chosen].price;
	double		change = (price - present_price(local, refine->cell)) * (double) local->records[refine->cell];
	uint64_t	weight = local->weight[refine->cell];
	double		pays[NEAREST];
	uint32_t	cells[NEAREST];
	int			n = 0;
	Home		home = {.class = PR_NOWHERE};

	for (int i = 0; i < refine->n_near && refine->near[i].price <= price + LEAST_GAIN; i++)
	{
		uint32_t	cell = refine->near[i].cell;
		double		pay = (price - present_price(local, cell)) * (double) local->records[cell];
		int			at;

		if (!agrees_with(refine, cell, refine->near[chosen].cell))
			continue;
		for (at = n++; at > 0 && pays[at - 1] > pay; at--)
		{
			pays[at] = pays[at - 1];
			cells[at] = cells[at - 1];
		}
		pays[at] = pay;
		cells[at] = cell;
	}
	for (int i = 0; i < n && (weight < local->problem->k || pays[i] < 0); i++)
	{
		uint32_t	class = local->class_of[cells[i]];

		if (!can_spare(refine, cells[i], class == PR_NOWHERE || class == refine->open ? 0 : taken_of(local, &home, class)))
			continue;
		home.cell[home.n++] = cells[i];
		weight += local->weight[cells[i]];
		change += pays[i];
	}
	if (weight < local->problem->k || change >= refine->home.change)
		return;
	home.change = change;
	refine->home = home;
}

/*
 * How dear a new class may be for it to be worth a look: cells that pay for it
 * seldom gain more than the one that looks.
 */
static double
most_price(const PrLocal *local, uint32_t cell)
{
	return local->class_of[cell] == PR_NOWHERE ? INFINITY : 1.25 * present_price(local, cell);
}

/* The cheapest home of a cell that changes the price by less than this. */
static bool
find_home(Refine *refine, uint32_t cell, double most)
{
	PrLocal    *local = refine->local;
	uint64_t	weight = local->weight[cell];

	look_from(refine, cell);
	refine->home = (Home) {.change = most, .class = PR_NOWHERE};
	look_at_classes(refine);
	find_near(refine, most_price(local, cell));
	for (int i = 0; i < refine->n_near; i++)
		weight += local->weight[refine->near[i].cell];
	for (int i = 0; i < refine->n_near && weight >= local->problem->k; i++)
		look_at_levels(refine, i);
	local->work += (uint64_t) local->n_classes + local->n_cells;
	local->runtime->tick(local->runtime->state, local->work, 0);
	return refine->home.change < most;
}

/*
 * Moving in
 */

static void
take_cell(Refine *refine, uint32_t cell, uint32_t class)
{
	PrLocal    *local = refine->local;
	uint32_t	old = local->class_of[cell];

	pr_local_widen(local, class, cell);
	pr_local_move(local, cell, class);
	if (old != PR_NOWHERE && old != refine->open)
		pr_local_tighten(local, old);
}

static void
move_in(Refine *refine)
{
	PrLocal    *local = refine->local;
	const Home *home = &refine->home;
	uint32_t	class = home->class;

	if (class == PR_NOWHERE)
		class = pr_local_class_make(local);
	take_cell(refine, refine->cell, class);
	for (int i = 0; i < home->n; i++)
		take_cell(refine, home->cell[i], class);
}

/* All cells of a class find other homes, and all together it is cheaper; or nothing happens. */
static bool
dissolve(Refine *refine, uint32_t class)
{
	PrLocal    *local = refine->local;
	double		before = local->total;
	bool		homes = true;

	pr_local_begin(local);
	refine->open = class;
	while (homes && local->class[class].head != PR_NOWHERE)
	{
		double		left = (double) local->class[class].records * local->class[class].price;

		homes = find_home(refine, local->class[class].head, before - local->total + left);
		if (homes)
			move_in(refine);
	}
	refine->open = PR_NOWHERE;
	return pr_local_end(local, homes && local->total < before - LEAST_GAIN);
}

/* Cells that a class can spare move where it is cheaper, one by one. */
static void
spare_cells(Refine *refine, uint32_t class)
{
	PrLocal    *local = refine->local;
	uint32_t	cells[MOST_DISSOLVED];
	int			n = 0;

	for (uint32_t cell = local->class[class].head; cell != PR_NOWHERE && n < MOST_DISSOLVED; cell = local->next[cell])
		cells[n++] = cell;
	for (int i = 0; i < n; i++)
	{
		double		before = local->total;

		if (local->class_of[cells[i]] != class || !can_spare(refine, cells[i], 0) ||
			!find_home(refine, cells[i], -LEAST_GAIN))
			continue;
		pr_local_begin(local);
		move_in(refine);
		pr_local_end(local, local->total < before - LEAST_GAIN);
	}
}

typedef struct Dear
{
	double		price;
	uint32_t	class;
} Dear;

static int
compare_dear(const void *a, const void *b)
{
	const Dear *x = a;
	const Dear *y = b;

	if (x->price != y->price)
		return x->price > y->price ? -1 : 1;
	return (x->class > y->class) - (x->class < y->class);
}

/* The dearest classes first. */
static void
refine_once(Refine *refine, uint64_t most_work)
{
	PrLocal    *local = refine->local;
	uint32_t	n = 0;
	Dear	   *dear = pr_take(local->runtime, local->n_classes, sizeof(Dear));

	for (uint32_t class = 0; class < local->n_classes; class++)
		if (local->class[class].head != PR_NOWHERE && local->class[class].price > 0)
			dear[n++] = (Dear) {.price = local->class[class].price, .class = class};
	qsort(dear, n, sizeof(Dear), compare_dear);
	for (uint32_t i = 0; i < n && local->work < most_work; i++)
	{
		spare_cells(refine, dear[i].class);
		if (local->class[dear[i].class].cells <= MOST_DISSOLVED && local->class[dear[i].class].head != PR_NOWHERE)
			dissolve(refine, dear[i].class);
	}
	pr_give_back(local->runtime, dear);
}

void
pr_local_refine(PrLocal *local, uint64_t most_work)
{
	Refine	   *refine = open_refine(local);
	double		before;

	do
	{
		before = local->total;
		refine_once(refine, most_work);
	} while (local->work < most_work && local->total < before * (1 - LEAST_PROGRESS));
	close_refine(refine);
}

void
pr_local_house(PrLocal *local, bool at_any_price)
{
	Refine	   *refine = open_refine(local);

	for (uint32_t cell = 0; cell < local->n_cells; cell++)
	{
		if (local->class_of[cell] != PR_NOWHERE || !find_home(refine, cell, at_any_price ? INFINITY : 0))
			continue;
		pr_local_begin(local);
		move_in(refine);
		pr_local_end(local, true);
	}
	close_refine(refine);
}
