/*
 * pr_lattice.c
 *		The nodes of a search, and how codes are packed; see pr_lattice.h.
 */
#include "core/pr_lattice.h"

#include "core/pr_runtime.h"

#define WORD_BITS 64

static int
bits_for(uint32_t n_values)
{
	return n_values <= 1 ? 0 : 32 - __builtin_clz(n_values - 1);
}

static uint32_t
most_values(const PrQi *qi)
{
	uint32_t	most = qi->n_codes;

	for (int level = 0; level < qi->levels; level++)
		if (qi->n_values[level] > most)
			most = qi->n_values[level];
	return most;
}

/* First fit, in the order of the columns. */
static void
place_fields(PrLattice *lattice)
{
	int			n = lattice->n_qis;
	int		   *used = pr_take_zeroed(lattice->runtime, (size_t) n + 1, sizeof(int));

	lattice->words = 1;
	for (int j = 0; j < n; j++)
	{
		PrField    *field = &lattice->field[j];
		int			bits = bits_for(most_values(&lattice->problem->qis[j]));
		int			word = 0;

		while (used[word] + bits > WORD_BITS)
			word++;
		field->word = word;
		field->shift = bits == 0 ? 0 : used[word];
		field->mask = (UINT64_C(1) << bits) - 1;
		used[word] += bits;
		if (word + 1 > lattice->words)
			lattice->words = word + 1;
	}
	pr_give_back(lattice->runtime, used);
}

static void
number_nodes(PrLattice *lattice)
{
	pr_uint128	n_nodes = 1;

	for (int j = lattice->n_qis - 1; j >= 0; j--)
	{
		lattice->stride[j] = (uint64_t) n_nodes;
		n_nodes *= (uint64_t) lattice->problem->qis[j].levels;
		if (n_nodes >> 62 != 0)
			n_nodes = (pr_uint128) 1 << 62;
	}
	lattice->n_nodes = n_nodes >> 62 != 0 ? UINT64_MAX : (uint64_t) n_nodes;
}

/* Each value of a level has one parent: what all pruning and all roll-up stand on. */
static PrCoreResult
check_nesting(PrLattice *lattice, const PrQi *qi, int level)
{
	uint32_t   *parent = pr_take_zeroed(lattice->runtime, qi->n_values[level - 1], sizeof(uint32_t));
	PrCoreResult result = PR_CORE_OK;

	for (uint32_t code = 0; code < qi->n_codes && result == PR_CORE_OK; code++)
	{
		uint32_t	child = level == 1 ? code : qi->value[level - 1][code];
		uint32_t	value = qi->value[level][code];

		if (value >= qi->n_values[level] || (parent[child] != 0 && parent[child] != value + 1))
			result = PR_CORE_PARAMETER;
		parent[child] = value + 1;
	}
	pr_give_back(lattice->runtime, parent);
	return result;
}

static PrCoreResult
check_places(PrLattice *lattice, const PrQi *qi)
{
	bool	   *taken = pr_take_zeroed(lattice->runtime, qi->n_codes, sizeof(bool));
	PrCoreResult result = PR_CORE_OK;

	for (uint32_t code = 0; code < qi->n_codes && result == PR_CORE_OK; code++)
	{
		if (qi->place[code] >= qi->n_codes || taken[qi->place[code]])
			result = PR_CORE_PARAMETER;
		else
			taken[qi->place[code]] = true;
	}
	pr_give_back(lattice->runtime, taken);
	return result;
}

static PrCoreResult
check_qi(PrLattice *lattice, int j)
{
	const PrQi *qi = &lattice->problem->qis[j];

	if (qi->levels < 1 || qi->levels > UINT8_MAX || qi->domain < 1 || qi->n_values[0] < qi->n_codes)
		return PR_CORE_PARAMETER;
	for (int level = 1; level < qi->levels; level++)
	{
		PrCoreResult result = check_nesting(lattice, qi, level);

		if (result != PR_CORE_OK)
			return result;
	}
	return qi->place == NULL ? PR_CORE_OK : check_places(lattice, qi);
}

static PrCoreResult
check_units(const PrProblem *problem)
{
	for (uint32_t unit = 0; unit < problem->n_units; unit++)
	{
		for (int j = 0; j < problem->n_qis; j++)
			if (problem->codes[(size_t) unit * problem->n_qis + j] >= problem->qis[j].n_codes)
				return PR_CORE_PARAMETER;
		for (int j = 0; j < problem->n_sensitive; j++)
			if (problem->values[(size_t) unit * problem->n_sensitive + j] >= problem->sensitive[j].n_codes)
				return PR_CORE_PARAMETER;
	}
	for (uint64_t i = 0; i < problem->n_groups; i++)
		for (uint32_t u = 0; u < problem->groups[i].n_units; u++)
			if (problem->groups[i].units[u] >= problem->n_units)
				return PR_CORE_PARAMETER;
	return PR_CORE_OK;
}

PrCoreResult
pr_lattice_make(const PrProblem *problem, const PrRuntime *runtime, PrLattice **made)
{
	PrLattice  *lattice = pr_take_zeroed(runtime, 1, sizeof(PrLattice));
	PrCoreResult result = check_units(problem);
	size_t		n = (size_t) problem->n_qis;

	lattice->problem = problem;
	lattice->runtime = runtime;
	lattice->n_qis = problem->n_qis;
	lattice->field = pr_take_zeroed(runtime, n, sizeof(PrField));
	lattice->stride = pr_take_zeroed(runtime, n, sizeof(uint64_t));
	lattice->up = pr_take_zeroed(runtime, n, sizeof(uint32_t **));
	for (int j = 0; j < problem->n_qis && result == PR_CORE_OK; j++)
	{
		size_t		levels = (size_t) problem->qis[j].levels;

		result = check_qi(lattice, j);
		lattice->up[j] = pr_take_zeroed(runtime, levels * levels, sizeof(uint32_t *));
	}
	if (result != PR_CORE_OK)
	{
		pr_lattice_free(lattice);
		return result;
	}
	place_fields(lattice);
	number_nodes(lattice);
	*made = lattice;
	return PR_CORE_OK;
}

void
pr_lattice_free(PrLattice *lattice)
{
	for (int j = 0; j < lattice->n_qis && lattice->up[j] != NULL; j++)
	{
		int			levels = lattice->problem->qis[j].levels;

		for (int i = 0; i < levels * levels; i++)
			pr_give_back(lattice->runtime, lattice->up[j][i]);
		pr_give_back(lattice->runtime, lattice->up[j]);
	}
	pr_give_back(lattice->runtime, lattice->up);
	pr_give_back(lattice->runtime, lattice->field);
	pr_give_back(lattice->runtime, lattice->stride);
	pr_give_back(lattice->runtime, lattice);
}

const uint32_t *
pr_lattice_up(PrLattice *lattice, int j, int from, int to)
{
	const PrQi *qi = &lattice->problem->qis[j];
	uint32_t  **map = &lattice->up[j][from * qi->levels + to];

	if (from == 0)
		return qi->value[to];
	if (*map == NULL)
	{
		*map = pr_take_zeroed(lattice->runtime, qi->n_values[from], sizeof(uint32_t));
		for (uint32_t code = 0; code < qi->n_codes; code++)
			(*map)[qi->value[from][code]] = qi->value[to][code];
	}
	return *map;
}

void
pr_lattice_levels(const PrLattice *lattice, uint64_t node, uint8_t *levels)
{
	for (int j = 0; j < lattice->n_qis; j++)
		levels[j] = (uint8_t) (node / lattice->stride[j] % (uint64_t) lattice->problem->qis[j].levels);
}

uint64_t
pr_lattice_node(const PrLattice *lattice, const uint8_t *levels)
{
	uint64_t	node = 0;

	for (int j = 0; j < lattice->n_qis; j++)
		node += levels[j] * lattice->stride[j];
	return node;
}
