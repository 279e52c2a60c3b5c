/*
 * pr_suda.c
 *		The search for minimal sample uniques.
 *
 * Sets of variables are visited depth first.  A node holds the rows in groups
 * that are equal in its variables; a further variable splits each group.  A
 * record that is alone in its group is unique there, hence in every larger set,
 * and is taken out: what remains shrinks fast.  Groups without a record that is
 * unique at all are taken out too, and so are groups that a variable does not
 * split: it belongs to no minimal set beyond.  Variables with many values come
 * first, since most sets begin with them.
 *
 * A record taken out at a set S was not alone in the set that S was reached
 * from, but may be so in another subset of S: such finds are sorted out at the
 * end, since the smaller subset is a find as well.
 */
#include "core/pr_suda.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A distinct combination of codes. */
typedef struct Unit
{
	uint32_t	row;			/* one that has it */
	uint32_t	records;		/* at most UINT32_MAX */
} Unit;

typedef struct Find
{
	uint32_t	unit;
	uint64_t	set;
} Find;

/* Rows of a node, in groups. */
typedef struct Node
{
	uint32_t   *units;
	uint32_t   *ends;			/* of the groups in units */
	uint32_t	n_groups;
} Node;

typedef struct Search
{
	const PrKeys *keys;
	const PrRuntime *runtime;
	Unit	   *unit;
	uint32_t	n_units;
	uint32_t   *unit_of;		/* [row] */
	int			order[PR_KEYS_MOST];	/* variables, those with most values first */
	uint32_t   *column[PR_KEYS_MOST];	/* [position in order][unit]: code */
	uint32_t	n_codes[PR_KEYS_MOST];	/* [key] */

	/* of one split, by code */
	uint32_t   *touched;
	uint32_t   *members;
	uint32_t   *records;
	uint32_t   *place;
	bool	   *has_unique;

	Find	   *find;
	uint64_t	n_finds;
	uint64_t	allocated;
	uint64_t	steps;
	bool		too_much;
} Search;

/* ---------- distinct combinations ---------- */

static bool
same_row(const PrKeys *keys, uint32_t a, uint32_t b)
{
	return memcmp(keys->codes + (size_t) a * keys->n_keys, keys->codes + (size_t) b * keys->n_keys,
				  keys->n_keys * sizeof(uint32_t)) == 0;
}

static uint64_t
hash_row(const PrKeys *keys, uint32_t row)
{
	uint64_t	hash = 0;

	for (int key = 0; key < keys->n_keys; key++)
		hash = pr_key_mix(hash, pr_key_code(keys, row, key));
	return (hash * UINT64_C(0xD6E8FEB86659FD93)) >> 32;
}

static void
add_records(Unit *unit, uint64_t records)
{
	uint64_t	sum = unit->records + records;

	unit->records = sum > UINT32_MAX ? UINT32_MAX : (uint32_t) sum;
}

static void
collect_units(Search *search)
{
	const PrKeys *keys = search->keys;
	const PrRuntime *runtime = search->runtime;
	uint64_t	size = 16;
	uint32_t   *slot;

	while (size < (uint64_t) keys->n_rows * 2)
		size *= 2;
	slot = runtime->alloc(runtime->state, size * sizeof(uint32_t));
	memset(slot, 0, size * sizeof(uint32_t));
	search->unit = runtime->alloc(runtime->state, (size_t) keys->n_rows * sizeof(Unit));
	search->unit_of = runtime->alloc(runtime->state, (size_t) keys->n_rows * sizeof(uint32_t));
	for (uint32_t row = 0; row < keys->n_rows; row++)
	{
		uint64_t	at = hash_row(keys, row) & (size - 1);

		pr_key_tick(keys, row, runtime);
		while (slot[at] != 0 && !same_row(keys, search->unit[slot[at] - 1].row, row))
			at = (at + 1) & (size - 1);
		if (slot[at] == 0)
		{
			search->unit[search->n_units] = (Unit) {.row = row};
			slot[at] = ++search->n_units;
		}
		add_records(&search->unit[slot[at] - 1], pr_key_records(keys, row));
		search->unit_of[row] = slot[at] - 1;
	}
	runtime->release(runtime->state, slot);
}

/* Codes by variable, variables by their number of values. */
static void
order_variables(Search *search)
{
	const PrKeys *keys = search->keys;

	for (int key = 0; key < keys->n_keys; key++)
	{
		int			at = key;

		search->runtime->tick(search->runtime->state, key, keys->n_keys);
		for (uint32_t i = 0; i < search->n_units; i++)
		{
			uint32_t	code = pr_key_code(keys, search->unit[i].row, key);

			if (code != PR_KEY_NULL && code >= search->n_codes[key])
				search->n_codes[key] = code + 1;
		}
		for (; at > 0 && search->n_codes[search->order[at - 1]] < search->n_codes[key]; at--)
			search->order[at] = search->order[at - 1];
		search->order[at] = key;
	}
	for (int i = 0; i < keys->n_keys; i++)
	{
		search->column[i] = search->runtime->alloc(search->runtime->state, (size_t) search->n_units * sizeof(uint32_t));
		for (uint32_t unit = 0; unit < search->n_units; unit++)
			search->column[i][unit] = pr_key_code(keys, search->unit[unit].row, search->order[i]);
	}
}

static void
make_scratch(Search *search)
{
	const PrRuntime *runtime = search->runtime;
	size_t		n = search->n_codes[search->order[0]];

	n = n > 0 ? n : 1;
	search->touched = runtime->alloc(runtime->state, n * sizeof(uint32_t));
	search->members = runtime->alloc(runtime->state, n * sizeof(uint32_t));
	search->records = runtime->alloc(runtime->state, n * sizeof(uint32_t));
	search->place = runtime->alloc(runtime->state, n * sizeof(uint32_t));
	search->has_unique = runtime->alloc(runtime->state, n * sizeof(bool));
	memset(search->members, 0, n * sizeof(uint32_t));
	memset(search->records, 0, n * sizeof(uint32_t));
	memset(search->has_unique, 0, n * sizeof(bool));
}

/* ---------- search ---------- */

static void
add_find(Search *search, uint32_t unit, uint64_t set)
{
	const PrRuntime *runtime = search->runtime;

	if (search->n_finds == search->allocated)
	{
		uint64_t	wanted = search->allocated == 0 ? 1024 : search->allocated * 2;
		Find	   *more = runtime->alloc(runtime->state, wanted * sizeof(Find));

		if (search->n_finds > 0)
		{
			memcpy(more, search->find, search->n_finds * sizeof(Find));
			runtime->release(runtime->state, search->find);
		}
		search->find = more;
		search->allocated = wanted;
	}
	search->find[search->n_finds++] = (Find) {unit, set};
}

#define NOWHERE UINT32_MAX

/* Splits one group by a column; what is worth a further look goes to child, what is alone is a find. */
static void
split_group(Search *search, const uint32_t *units, uint32_t n, const uint32_t *column, uint64_t set, Node *child)
{
	uint32_t	n_touched = 0;
	uint32_t	filled = child->n_groups > 0 ? child->ends[child->n_groups - 1] : 0;

	for (uint32_t i = 0; i < n; i++)
	{
		uint32_t	code = column[units[i]];
		uint32_t	records = search->unit[units[i]].records;

		if (code == PR_KEY_NULL)
			continue;
		if (search->members[code]++ == 0)
			search->touched[n_touched++] = code;
		search->records[code] = search->records[code] > UINT32_MAX - records ? UINT32_MAX : search->records[code] + records;
		search->has_unique[code] |= records == 1;
	}
	for (uint32_t i = 0; i < n_touched; i++)
	{
		uint32_t	code = search->touched[i];

		search->place[code] = NOWHERE;
		if (search->records[code] > 1 && search->has_unique[code] && search->members[code] < n)
		{
			search->place[code] = filled;
			filled += search->members[code];
			child->ends[child->n_groups++] = filled;
		}
	}
	for (uint32_t i = 0; i < n; i++)
	{
		uint32_t	code = column[units[i]];

		if (code == PR_KEY_NULL)
			continue;
		if (search->records[code] == 1)
			add_find(search, units[i], set);
		else if (search->place[code] != NOWHERE)
			child->units[search->place[code]++] = units[i];
	}
	for (uint32_t i = 0; i < n_touched; i++)
	{
		uint32_t	code = search->touched[i];

		search->members[code] = search->records[code] = 0;
		search->has_unique[code] = false;
	}
}

/* All sets that have the variables of this node and further ones from position first on. */
static void
visit(Search *search, const Node *node, uint64_t set, int first)
{
	const PrRuntime *runtime = search->runtime;
	uint32_t	n = node->n_groups > 0 ? node->ends[node->n_groups - 1] : 0;
	Node		child;

	if (n == 0 || first == search->keys->n_keys || search->too_much)
		return;
	child.units = runtime->alloc(runtime->state, (size_t) n * sizeof(uint32_t));
	child.ends = runtime->alloc(runtime->state, (size_t) n * sizeof(uint32_t));
	for (int i = first; i < search->keys->n_keys && !search->too_much; i++)
	{
		uint64_t	larger = set | UINT64_C(1) << search->order[i];
		uint32_t	start = 0;

		runtime->tick(runtime->state, 0, 0);
		search->steps += n;
		search->too_much = search->steps > PR_SUDA_MOST_STEPS;
		child.n_groups = 0;
		for (uint32_t group = 0; group < node->n_groups; group++)
		{
			split_group(search, node->units + start, node->ends[group] - start, search->column[i], larger, &child);
			start = node->ends[group];
		}
		visit(search, &child, larger, i + 1);
	}
	runtime->release(runtime->state, child.units);
	runtime->release(runtime->state, child.ends);
}

static void
visit_all(Search *search)
{
	const PrRuntime *runtime = search->runtime;
	Node		root;

	root.units = runtime->alloc(runtime->state, (size_t) search->n_units * sizeof(uint32_t));
	root.ends = &search->n_units;
	root.n_groups = 1;
	for (uint32_t i = 0; i < search->n_units; i++)
		root.units[i] = i;
	visit(search, &root, 0, 0);
	runtime->release(runtime->state, root.units);
}

/* ---------- minimal ones ---------- */

static int
compare_finds(const void *a, const void *b)
{
	const Find *x = a;
	const Find *y = b;
	int			x_size = __builtin_popcountll(x->set);
	int			y_size = __builtin_popcountll(y->set);

	if (x->unit != y->unit)
		return x->unit < y->unit ? -1 : 1;
	if (x_size != y_size)
		return x_size < y_size ? -1 : 1;
	return x->set < y->set ? -1 : x->set > y->set;
}

/* Keeps the finds of which no proper subset is one of the same unit. */
static void
keep_minimal(Search *search)
{
	uint64_t	kept = 0;
	uint64_t	first = 0;		/* kept one of this unit */

	if (search->n_finds > 0)
		qsort(search->find, search->n_finds, sizeof(Find), compare_finds);
	for (uint64_t i = 0; i < search->n_finds; i++)
	{
		bool		minimal = true;

		if (i % 4096 == 0)
			search->runtime->tick(search->runtime->state, i, search->n_finds);
		if (kept == 0 || search->find[kept - 1].unit != search->find[i].unit)
			first = kept;
		for (uint64_t j = first; j < kept && minimal; j++)
			minimal = (search->find[j].set & ~search->find[i].set) != 0;
		if (minimal)
			search->find[kept++] = search->find[i];
	}
	search->n_finds = kept;
}

/* ---------- scores ---------- */

static double
factorial(int n)
{
	double		product = 1;

	for (int i = 2; i <= n; i++)
		product *= i;
	return product;
}

static double
weight_of(PrSudaWeighting weighting, int n_keys, int size)
{
	double		rest = factorial(n_keys - size);

	if (weighting == PR_SUDA_FACTORIAL)
		return rest;
	return (ldexp(1, n_keys - size) - 1) * factorial(size) * rest / factorial(n_keys);
}

static void
add_scores(const Search *search, PrSudaWeighting weighting, double *score, PrSuda *result)
{
	int			n_keys = search->keys->n_keys;
	double		total[PR_KEYS_MOST] = {0};

	for (uint64_t i = 0; i < search->n_finds; i++)
	{
		const Find *find = &search->find[i];
		int			size = __builtin_popcountll(find->set);
		double		weight = weight_of(weighting, n_keys, size);

		result->msus++;
		result->by_size[size]++;
		score[find->unit] += weight;
		result->score_sum += weight;
		for (int key = 0; key < n_keys; key++)
		{
			if (!(find->set >> key & 1))
				continue;
			total[key] += weight;
			result->by_level[key][pr_key_code(search->keys, search->unit[find->unit].row, key)] += weight;
		}
	}
	for (int key = 0; key < n_keys; key++)
	{
		result->contribution[key] = result->score_sum > 0 ? 100 * total[key] / result->score_sum : 0;
		for (uint32_t code = 0; code < result->n_codes[key] && total[key] > 0; code++)
			result->by_level[key][code] *= 100 / total[key];
	}
}

static void
count_pairs(const Search *search, PrSuda *result)
{
	for (uint32_t i = 0; i < search->n_units; i++)
		if (search->unit[i].records == 2 && pr_key_nulls(search->keys, search->unit[i].row) == 0)
			result->pairs += 2;
}

/* DIS = 1 / (1 + P(1-d) / (d A score^Q)), A the sum of score^-Q. */
static void
add_dis(const Search *search, double d, const double *score, double *dis, PrSuda *result)
{
	double		q = 1 + (8 - search->keys->n_keys) / 20.0;
	double		a = 0;

	result->has_dis = search->keys->n_keys < 28;
	for (uint32_t i = 0; i < search->n_units; i++)
		if (score[i] > 0)
			a += pow(score[i], -q);
	for (uint32_t i = 0; i < search->n_units; i++)
	{
		dis[i] = 0;
		if (!(score[i] > 0))
			continue;
		result->records++;
		result->score_max = fmax(result->score_max, score[i]);
		if (!result->has_dis)
			continue;
		dis[i] = 1 / (1 + (double) result->pairs * (1 - d) / (d * a * pow(score[i], q)));
		result->dis_sum += dis[i];
		result->dis_max = fmax(result->dis_max, dis[i]);
	}
}

static void
make_result(Search *search, PrSudaWeighting weighting, double sampling_fraction, PrSuda *result)
{
	const PrRuntime *runtime = search->runtime;
	uint32_t	n_rows = search->keys->n_rows;
	double	   *score = runtime->alloc(runtime->state, (size_t) search->n_units * sizeof(double));
	double	   *dis = runtime->alloc(runtime->state, (size_t) search->n_units * sizeof(double));

	for (uint32_t i = 0; i < search->n_units; i++)
		score[i] = 0;
	for (int key = 0; key < search->keys->n_keys; key++)
	{
		result->n_codes[key] = search->n_codes[key];
		result->by_level[key] = runtime->alloc(runtime->state, ((size_t) search->n_codes[key] + 1) * sizeof(double));
		for (uint32_t code = 0; code < search->n_codes[key]; code++)
			result->by_level[key][code] = 0;
	}
	add_scores(search, weighting, score, result);
	count_pairs(search, result);
	add_dis(search, sampling_fraction, score, dis, result);
	result->score = runtime->alloc(runtime->state, (size_t) n_rows * sizeof(double));
	result->dis = runtime->alloc(runtime->state, (size_t) n_rows * sizeof(double));
	for (uint32_t row = 0; row < n_rows; row++)
	{
		result->score[row] = score[search->unit_of[row]];
		result->dis[row] = dis[search->unit_of[row]];
	}
	runtime->release(runtime->state, score);
	runtime->release(runtime->state, dis);
}

static void
free_search(Search *search)
{
	const PrRuntime *runtime = search->runtime;

	for (int i = 0; i < search->keys->n_keys; i++)
		runtime->release(runtime->state, search->column[i]);
	runtime->release(runtime->state, search->touched);
	runtime->release(runtime->state, search->members);
	runtime->release(runtime->state, search->records);
	runtime->release(runtime->state, search->place);
	runtime->release(runtime->state, search->has_unique);
	runtime->release(runtime->state, search->unit);
	runtime->release(runtime->state, search->unit_of);
	if (search->find != NULL)
		runtime->release(runtime->state, search->find);
}

PrCoreResult
pr_suda(const PrKeys *keys, PrSudaWeighting weighting, double sampling_fraction, const PrRuntime *runtime, PrSuda *result)
{
	Search		search = {.keys = keys, .runtime = runtime};

	memset(result, 0, sizeof(*result));
	if (keys->n_keys < 1 || keys->n_rows < 1 || !(sampling_fraction > 0 && sampling_fraction < 1))
		return PR_CORE_PARAMETER;
	if (keys->n_keys > PR_KEYS_MOST)
		return PR_CORE_LIMIT;
	collect_units(&search);
	order_variables(&search);
	make_scratch(&search);
	visit_all(&search);
	if (!search.too_much)
	{
		keep_minimal(&search);
		make_result(&search, weighting, sampling_fraction, result);
	}
	free_search(&search);
	return search.too_much ? PR_CORE_LIMIT : PR_CORE_OK;
}
