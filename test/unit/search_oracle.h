/*
 * search_oracle.h
 *		Anonymity by brute force, from rows: every node, every class, every
 *		condition as it is defined, nothing inferred.
 *
 * Rows are few and counts small, so that M^M fits 128 bits.  The oracle knows
 * rows and persons; a PrProblem is made from them separately.
 */
#ifndef SEARCH_ORACLE_H
#define SEARCH_ORACLE_H

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/pr_search.h"

#define MOST_ROWS	20
#define MOST_QIS	4
#define MOST_CODES	6
#define MOST_DEPTH	4
#define MOST_COLUMNS 2
#define NOBODY		(-1)

typedef struct Table
{
	int			n;
	int			n_qis;
	int			n_sensitive;
	uint32_t	code[MOST_ROWS][MOST_QIS];
	uint32_t	value[MOST_ROWS][MOST_COLUMNS];
	int			person[MOST_ROWS];	/* NOBODY: a row without a subject */
	uint64_t	times;			/* each row and each person stands for so many */

	int			levels[MOST_QIS];
	uint32_t	n_codes[MOST_QIS];
	uint32_t	parent[MOST_QIS][MOST_DEPTH][MOST_CODES];	/* value at a level */
	uint64_t	leaves[MOST_QIS][MOST_DEPTH][MOST_CODES];
	uint64_t	domain[MOST_QIS];
	bool		shares;			/* values of several levels may look alike */
	uint32_t	shown[MOST_QIS][MOST_DEPTH][MOST_CODES];

	int			heights[MOST_COLUMNS];	/* levels of sensitive columns */
	uint32_t	n_values[MOST_COLUMNS];
	uint32_t	above[MOST_COLUMNS][MOST_DEPTH][MOST_CODES];
	bool		has_null[MOST_COLUMNS];
} Table;

static uint64_t random_state;

static inline uint32_t
draw(uint32_t n)
{
	random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t) ((random_state >> 33) % n);
}

/*
 * Classes of rows
 */

/* Who is in a class: in[row] */
static inline uint64_t
count_persons(const Table *table, const bool *in)
{
	uint64_t	n = 0;

	for (int i = 0; i < table->n; i++)
	{
		bool		again = table->person[i] == NOBODY;

		for (int h = 0; h < i && in[i]; h++)
			again |= in[h] && table->person[h] == table->person[i];
		n += in[i] && !again;
	}
	return n * table->times;
}

static inline uint64_t
count_rows(const Table *table, const bool *in)
{
	uint64_t	n = 0;

	for (int i = 0; i < table->n; i++)
		n += in[i];
	return n * table->times;
}

/* Persons with a value of a sensitive column, divided by times. */
static inline uint64_t
count_value(const Table *table, const bool *in, int column, uint32_t value)
{
	bool		with[MOST_ROWS];

	for (int i = 0; i < table->n; i++)
		with[i] = in[i] && table->value[i][column] == value;
	return count_persons(table, with) / table->times;
}

static inline pr_uint128
power(uint64_t base, uint64_t exponent)
{
	pr_uint128	result = 1;

	for (uint64_t i = 0; i < exponent; i++)
		result *= base;
	return result;
}

static inline bool
oracle_diverse(const Table *table, const bool *in, const PrDiversity *rule)
{
	uint64_t	count[MOST_CODES];
	uint64_t	m = 0;
	uint64_t	tail = 0;
	uint32_t	n = table->n_values[rule->sensitive];
	int			d = 0;

	if (table->has_null[rule->sensitive])
		n--;
	for (uint32_t v = 0; v < n; v++)
	{
		uint64_t	c = count_value(table, in, rule->sensitive, v);
		int			at = d;

		if (c == 0)
			continue;
		for (d++; at > 0 && count[at - 1] < c; at--)
			count[at] = count[at - 1];
		count[at] = c;
		m += c;
	}
	if ((uint64_t) d * rule->l_den < rule->l_num)
		return false;
	if (rule->variant == PR_DIVERSITY_DISTINCT)
		return true;
	if (rule->variant == PR_DIVERSITY_ENTROPY)
	{
		/* l = l_num / l_den; both small */
		pr_uint128	left = power(m, m);
		pr_uint128	right = 1;

		for (int i = 0; i < d; i++)
			right *= power(count[i], count[i]);
		/* (left / right) >= (l_num / l_den)^m, one factor at a time in long double but for whole l */
		if (rule->l_den == 1)
			return left >= right * power(rule->l_num, m);
		return logl((long double) left) - logl((long double) right) >=
			(long double) m * (logl((long double) rule->l_num) - logl((long double) rule->l_den)) - 1e-12L;
	}
	for (int i = (int) (rule->l_num / rule->l_den) - 1; i < d; i++)
		tail += count[i];
	return count[0] * rule->c_den < tail * rule->c_num;
}

static inline int64_t
positive(int64_t x)
{
	return x > 0 ? x : 0;
}

/* b * distance * G * M on the left, a times the same on the right; all as small integers */
static inline bool
oracle_close(const Table *table, const bool *in, const PrCloseness *rule)
{
	bool		all[MOST_ROWS];
	int64_t		e[MOST_CODES];
	int64_t		g = 0;
	int64_t		m = 0;
	int64_t		sum = 0;
	int64_t		prefix = 0;
	int			r = (int) table->n_values[rule->sensitive];
	int			h = table->heights[rule->sensitive] - 1;
	int64_t		scale;

	memset(all, true, sizeof(all));
	for (int v = 0; v < r; v++)
	{
		g += (int64_t) count_value(table, all, rule->sensitive, (uint32_t) v);
		m += (int64_t) count_value(table, in, rule->sensitive, (uint32_t) v);
	}
	for (int v = 0; v < r; v++)
		e[v] = m * (int64_t) count_value(table, all, rule->sensitive, (uint32_t) v) -
			g * (int64_t) count_value(table, in, rule->sensitive, (uint32_t) v);
	switch (rule->distance)
	{
		case PR_DISTANCE_EQUAL:
			for (int v = 0; v < r; v++)
				sum += llabs(e[v]);
			scale = 2;
			break;
		case PR_DISTANCE_ORDERED:
			for (int v = 0; v < r; v++)
			{
				prefix += e[v];
				sum += llabs(prefix);
			}
			scale = r - 1;
			break;
		default:
			for (int level = 1; level <= h; level++)
				for (uint32_t node = 0; node < MOST_CODES; node++)
				{
					int64_t		pos = 0;
					int64_t		neg = 0;

					for (uint32_t child = 0; child < MOST_CODES; child++)
					{
						int64_t		below = 0;

						for (int v = 0; v < r; v++)
							if ((level == 1 ? (uint32_t) v : table->above[rule->sensitive][level - 1][v]) == child &&
								table->above[rule->sensitive][level][v] == node)
								below += e[v];
						pos += positive(below);
						neg += positive(-below);
					}
					sum += level * (pos < neg ? pos : neg);
				}
			scale = h;
			break;
	}
	return m > 0 && (int64_t) rule->t_den * sum <= (int64_t) rule->t_num * scale * g * m;
}

static inline bool
oracle_holds(const Table *table, const PrProblem *model, const bool *in)
{
	if (count_persons(table, in) < model->k || count_persons(table, in) == 0)
		return false;
	for (int i = 0; i < model->n_diversity; i++)
		if (!oracle_diverse(table, in, &model->diversity[i]))
			return false;
	for (int i = 0; i < model->n_closeness; i++)
		if (!oracle_close(table, in, &model->closeness[i]))
			return false;
	return true;
}

/*
 * Solutions: levels of each row, which differ in local recoding
 */

static inline uint32_t
released_code(const Table *table, int row, int j, int level)
{
	return level == table->levels[j] ? 0 : level == 0 ? table->code[row][j] : table->parent[j][level][table->code[row][j]];
}

/* What a reader sees of a cell. */
static inline uint32_t
look(const Table *table, int row, int j, int level)
{
	if (table->shares)
		return level == table->levels[j] ? PR_SHOWN_NULL : table->shown[j][level][released_code(table, row, j, level)];
	return (uint32_t) (level * MOST_CODES) + released_code(table, row, j, level);
}

static inline bool
same_release(const Table *table, uint8_t (*levels)[MOST_QIS], int a, int b)
{
	for (int j = 0; j < table->n_qis; j++)
		if (look(table, a, j, levels[a][j]) != look(table, b, j, levels[b][j]))
			return false;
	return true;
}

/* Rows released like a row, those that are suppressed left out. */
static inline void
class_of_row(const Table *table, uint8_t (*levels)[MOST_QIS], const bool *released, int row, bool *in)
{
	for (int i = 0; i < table->n; i++)
		in[i] = released[i] && same_release(table, levels, row, i);
}

typedef struct Outcome
{
	uint64_t	suppressed;
	uint64_t	classes;
	uint64_t	smallest;
	long double loss;			/* the product of 1 + L */
	long double entropy;
	pr_uint128	discernibility;
	long double aecs;
} Outcome;

static inline long double
oracle_column_loss(const Table *table, uint8_t (*levels)[MOST_QIS], const bool *released, int j)
{
	long double d = table->domain[j];
	long double x = 0;

	if (table->domain[j] == 1)
		return 0;
	for (int i = 0; i < table->n; i++)
		x += !released[i] || levels[i][j] == table->levels[j] ? 1 :
			table->leaves[j][levels[i][j]][released_code(table, i, j, levels[i][j])] / d;
	return (x / table->n - 1 / d) / (1 - 1 / d);
}

/* Of one node. */
static inline long double
oracle_column_entropy(const Table *table, const uint8_t *levels, const bool *released, int j)
{
	long double sum = 0;
	long double suppressed = 0;

	for (int i = 0; i < table->n; i++)
		suppressed += !released[i];
	for (int i = 0; i < table->n; i++)
	{
		long double same = 0;
		long double grouped = 0;
		long double grouped_suppressed = 0;

		for (int h = 0; h < table->n; h++)
		{
			bool		together = released_code(table, i, j, levels[j]) == released_code(table, h, j, levels[j]);

			same += table->code[i][j] == table->code[h][j];
			grouped += together;
			grouped_suppressed += together && !released[h];
		}
		sum += log2l(grouped / same);
		if (!released[i])
			sum += log2l(suppressed / grouped_suppressed);
	}
	return sum * table->times;
}

/* entropy only if all rows have the same levels */
static inline Outcome
oracle_measure(const Table *table, uint8_t (*levels)[MOST_QIS], const bool *released)
{
	Outcome		outcome = {.loss = 1};
	bool		in[MOST_ROWS];

	for (int i = 0; i < table->n; i++)
	{
		bool		first = true;

		if (!released[i])
		{
			outcome.suppressed += table->times;
			continue;
		}
		class_of_row(table, levels, released, i, in);
		for (int h = 0; h < i; h++)
			first &= !in[h];
		if (!first)
			continue;
		outcome.classes++;
		outcome.discernibility += (pr_uint128) count_rows(table, in) * count_rows(table, in);
		if (outcome.smallest == 0 || count_persons(table, in) < outcome.smallest)
			outcome.smallest = count_persons(table, in);
	}
	outcome.discernibility += (pr_uint128) outcome.suppressed * table->n * table->times;
	outcome.aecs = (long double) (table->n * table->times) / (outcome.classes + (outcome.suppressed > 0));
	for (int j = 0; j < table->n_qis; j++)
	{
		outcome.loss *= 1 + oracle_column_loss(table, levels, released, j);
		outcome.entropy += oracle_column_entropy(table, levels[0], released, j);
	}
	return outcome;
}

/* The solution of a node: each class that fails is suppressed whole. */
static inline Outcome
oracle_node(const Table *table, const PrProblem *model, const uint8_t *node, bool *released)
{
	uint8_t		levels[MOST_ROWS][MOST_QIS];
	bool		all[MOST_ROWS];
	bool		in[MOST_ROWS];

	memset(all, true, sizeof(all));
	for (int i = 0; i < table->n; i++)
		memcpy(levels[i], node, MOST_QIS);
	for (int i = 0; i < table->n; i++)
	{
		class_of_row(table, levels, all, i, in);
		released[i] = oracle_holds(table, model, in);
	}
	return oracle_measure(table, levels, released);
}

static inline long double
oracle_cost(const Outcome *outcome, PrMetric metric)
{
	switch (metric)
	{
		case PR_METRIC_LOSS:
			return outcome->loss;
		case PR_METRIC_DISCERNIBILITY:
			return (long double) outcome->discernibility;
		case PR_METRIC_AECS:
			return outcome->aecs;
		case PR_METRIC_ENTROPY:
			return outcome->entropy;
	}
	return 0;
}

/* Lexicographic enumeration; the first of equals stays unless a later one wins the tie. */
static inline bool
oracle_optimum(const Table *table, const PrProblem *model, uint8_t *best, Outcome *best_outcome)
{
	uint8_t		node[MOST_QIS] = {0};
	bool		found = false;
	int			best_sum = 0;

	for (;;)
	{
		bool		released[MOST_ROWS];
		Outcome		outcome = oracle_node(table, model, node, released);
		int			sum = node[0] + node[1] + node[2] + node[3];
		int			j = table->n_qis - 1;

		if (outcome.suppressed <= model->most_suppressed)
		{
			long double cost = oracle_cost(&outcome, model->metric);
			long double least = found ? oracle_cost(best_outcome, model->metric) : 0;
			bool		tie = found && fabsl(cost - least) <= 1e-13L * fabsl(cost);

			if (!found || (!tie && cost < least) ||
				(tie && (outcome.suppressed < best_outcome->suppressed ||
						 (outcome.suppressed == best_outcome->suppressed && sum < best_sum))))
			{
				found = true;
				*best_outcome = outcome;
				best_sum = sum;
				memcpy(best, node, MOST_QIS);
			}
		}
		while (j >= 0 && node[j] == table->levels[j] - 1)
			node[j--] = 0;
		if (j < 0)
			return found;
		node[j]++;
	}
}

#endif							/* SEARCH_ORACLE_H */
