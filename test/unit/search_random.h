/*
 * search_random.h
 *		Random tables for the oracle, and the PrProblem of a table.
 */
#ifndef SEARCH_RANDOM_H
#define SEARCH_RANDOM_H

#include "search_oracle.h"

/* Values of a level merge at random into those of the next; numbers stay dense enough. */
static inline void
draw_levels(uint32_t parent[MOST_DEPTH][MOST_CODES], int levels, uint32_t n_codes, bool one_top)
{
	for (uint32_t code = 0; code < MOST_CODES; code++)
		parent[0][code] = code;
	for (int level = 1; level < levels; level++)
	{
		uint32_t	to[MOST_CODES];

		for (uint32_t value = 0; value < MOST_CODES; value++)
			to[value] = one_top && level == levels - 1 ? 0 : draw(n_codes > 2 ? n_codes - (uint32_t) level % n_codes : n_codes);
		for (uint32_t code = 0; code < MOST_CODES; code++)
			parent[level][code] = to[parent[level - 1][code]];
	}
}

static inline void
draw_qi(Table *table, int j)
{
	uint32_t	more;

	table->levels[j] = 1 + (int) draw(MOST_DEPTH);
	table->n_codes[j] = 1 + draw(MOST_CODES);
	draw_levels(table->parent[j], table->levels[j], table->n_codes[j], draw(3) > 0);
	more = draw(3);
	table->domain[j] = table->n_codes[j] + more;
	for (int level = 0; level < table->levels[j]; level++)
		for (uint32_t value = 0; value < MOST_CODES; value++)
		{
			uint64_t	leaves = 0;

			for (uint32_t code = 0; code < table->n_codes[j]; code++)
				leaves += table->parent[j][level][code] == value;
			if (table->parent[j][level][0] == value && level > 0)
				leaves += more; /* leaves that never occur */
			table->leaves[j][level][value] = leaves == 0 ? 1 : leaves;
		}
}

/* Within a level values look different; one of them may look like a suppressed cell. */
static inline void
draw_looks(Table *table, int j)
{
	for (int level = 0; level < table->levels[j]; level++)
	{
		uint32_t	shift = draw(MOST_CODES);
		uint32_t	null = draw(2 * MOST_CODES);

		for (uint32_t value = 0; value < MOST_CODES; value++)
			table->shown[j][level][value] = value == null ? PR_SHOWN_NULL : 1 + (value + shift) % MOST_CODES;
	}
}

static inline void
draw_table(Table *table)
{
	int			kind = (int) draw(4);

	memset(table, 0, sizeof(Table));
	table->n = 1 + (int) draw(MOST_ROWS);
	table->times = 1;
	table->n_qis = 1 + (int) draw(MOST_QIS);
	table->n_sensitive = (int) draw(MOST_COLUMNS + 1);
	table->shares = draw(2) == 0;
	for (int j = 0; j < table->n_qis; j++)
	{
		draw_qi(table, j);
		draw_looks(table, j);
	}
	for (int j = 0; j < table->n_sensitive; j++)
	{
		table->heights[j] = 2 + (int) draw(MOST_DEPTH - 1);
		table->n_values[j] = 1 + draw(MOST_CODES);
		table->has_null[j] = draw(3) == 0;
		draw_levels(table->above[j], table->heights[j], table->n_values[j], true);
	}
	for (int i = 0; i < table->n; i++)
	{
		for (int j = 0; j < table->n_qis; j++)
			table->code[i][j] = draw(table->n_codes[j]);
		for (int j = 0; j < table->n_sensitive; j++)
			table->value[i][j] = draw(table->n_values[j]);
		/* one row each; few persons with many rows; some rows without a person */
		table->person[i] = kind < 2 ? i : (int) draw(kind == 2 ? 6 : (uint32_t) table->n);
		if (kind == 3 && draw(6) == 0)
			table->person[i] = NOBODY;
	}
}

/* The arrays of a problem made from a table; everything by value, no allocation. */
typedef struct Made
{
	PrProblem	problem;
	PrQi		qis[MOST_QIS];
	uint32_t	n_at[MOST_QIS][MOST_DEPTH];
	const uint32_t *value_at[MOST_QIS][MOST_DEPTH];
	const uint64_t *leaves_at[MOST_QIS][MOST_DEPTH];
	const uint32_t *shown_at[MOST_QIS][MOST_DEPTH];
	PrSensitive sensitive[MOST_COLUMNS];
	uint32_t	sensitive_n[MOST_COLUMNS][MOST_DEPTH];
	const uint32_t *sensitive_at[MOST_COLUMNS][MOST_DEPTH];
	uint32_t	codes[MOST_ROWS * MOST_QIS];
	uint32_t	values[MOST_ROWS * MOST_COLUMNS];
	uint64_t	records[MOST_ROWS];
	uint64_t	persons[MOST_ROWS];
	uint32_t	unit_of[MOST_ROWS];	/* [row] */
	PrPersonGroup groups[MOST_ROWS];
	uint32_t	group_units[MOST_ROWS][MOST_ROWS];
	PrDiversity diversity[2];
	PrCloseness closeness[2];
} Made;

static inline bool
same_unit(const Table *table, int a, int b)
{
	return memcmp(table->code[a], table->code[b], sizeof(table->code[a])) == 0 &&
		memcmp(table->value[a], table->value[b], sizeof(table->value[a])) == 0;
}

static inline void
make_units(const Table *table, Made *made)
{
	PrProblem  *problem = &made->problem;

	for (int i = 0; i < table->n; i++)
	{
		int			first = 0;
		uint32_t	unit;

		while (!same_unit(table, first, i))
			first++;
		if (first < i)
		{
			made->unit_of[i] = made->unit_of[first];
			made->records[made->unit_of[i]] += table->times;
			continue;
		}
		unit = problem->n_units++;
		made->unit_of[i] = unit;
		made->records[unit] = table->times;
		memcpy(made->codes + unit * (uint32_t) table->n_qis, table->code[i], (size_t) table->n_qis * sizeof(uint32_t));
		memcpy(made->values + unit * (uint32_t) table->n_sensitive, table->value[i],
			   (size_t) table->n_sensitive * sizeof(uint32_t));
	}
	problem->codes = made->codes;
	problem->values = made->values;
	problem->records = made->records;
	problem->persons = made->persons;
}

/* Persons of one unit, and groups of those of several; each person is a group of his own. */
static inline void
make_persons(const Table *table, Made *made)
{
	PrProblem  *problem = &made->problem;

	for (int i = 0; i < table->n; i++)
	{
		uint32_t   *units = made->group_units[problem->n_groups];
		uint32_t	n = 0;
		bool		again = table->person[i] == NOBODY;

		for (int h = 0; h < i; h++)
			again |= table->person[h] == table->person[i];
		if (again)
			continue;
		for (uint32_t unit = 0; unit < problem->n_units; unit++)
			for (int h = 0; h < table->n; h++)
				if (table->person[h] == table->person[i] && made->unit_of[h] == unit && (n == 0 || units[n - 1] != unit))
					units[n++] = unit;
		if (n == 1)
			made->persons[units[0]] += table->times;
		else
			made->groups[problem->n_groups++] = (PrPersonGroup) {.persons = table->times, .n_units = n, .units = units};
	}
	problem->groups = made->groups;
}

static inline void
make_problem(const Table *table, Made *made)
{
	memset(made, 0, sizeof(Made));
	for (int j = 0; j < table->n_qis; j++)
	{
		for (int level = 0; level < table->levels[j]; level++)
		{
			made->n_at[j][level] = MOST_CODES;
			made->value_at[j][level] = table->parent[j][level];
			made->leaves_at[j][level] = table->leaves[j][level];
			made->shown_at[j][level] = table->shown[j][level];
		}
		made->qis[j] = (PrQi)
		{
			.levels = table->levels[j],
			.n_codes = table->n_codes[j],
			.n_values = made->n_at[j],
			.value = made->value_at[j],
			.leaves = made->leaves_at[j],
			.domain = table->domain[j],
			.shown = table->shares ? made->shown_at[j] : NULL
		};
	}
	for (int j = 0; j < table->n_sensitive; j++)
	{
		for (int level = 0; level < table->heights[j]; level++)
		{
			made->sensitive_n[j][level] = MOST_CODES;
			made->sensitive_at[j][level] = table->above[j][level];
		}
		made->sensitive[j] = (PrSensitive)
		{
			.n_codes = table->n_values[j],
			.has_null = table->has_null[j],
			.levels = table->heights[j],
			.n_values = made->sensitive_n[j],
			.value = made->sensitive_at[j]
		};
	}
	made->problem = (PrProblem)
	{
		.n_qis = table->n_qis,
		.qis = made->qis,
		.n_sensitive = table->n_sensitive,
		.sensitive = made->sensitive,
		.diversity = made->diversity,
		.closeness = made->closeness
	};
	make_units(table, made);
	make_persons(table, made);
}

static inline void
draw_model(const Table *table, Made *made)
{
	PrProblem  *problem = &made->problem;
	uint64_t	n = (uint64_t) table->n;

	problem->k = 1 + draw(4);
	problem->metric = (PrMetric) draw(4);
	problem->most_suppressed = draw(3) == 0 ? 0 : draw(2) == 0 ? draw((uint32_t) n) / 3 : n;
	if (table->n_sensitive == 0)
		return;
	problem->n_diversity = (int) draw(3);
	for (int i = 0; i < problem->n_diversity; i++)
		made->diversity[i] = (PrDiversity)
		{
			.sensitive = (int) draw((uint32_t) table->n_sensitive),
			.variant = (PrDiversityVariant) draw(3),
			.l_num = 1 + draw(3),
			.l_den = 1,
			.c_num = 1 + draw(6),
			.c_den = 1 + draw(3)
		};
	for (int i = 0; i < problem->n_diversity; i++)
		if (made->diversity[i].variant == PR_DIVERSITY_ENTROPY && draw(2) == 0)
		{
			made->diversity[i].l_num = 11 + draw(20);
			made->diversity[i].l_den = 10;
		}
	problem->n_closeness = (int) draw(2);
	for (int i = 0; i < problem->n_closeness; i++)
		made->closeness[i] = (PrCloseness)
		{
			.sensitive = (int) draw((uint32_t) table->n_sensitive),
			.distance = (PrDistance) draw(3),
			.t_num = draw(11),
			.t_den = 20
		};
}

#endif							/* SEARCH_RANDOM_H */
