/*
 * search_data.h
 *		Tables for the tests of the search: rows of codes made into a PrProblem,
 *		and the Adult table with its hierarchies.
 */
#ifndef SEARCH_DATA_H
#define SEARCH_DATA_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/pr_search.h"

/*
 * A runtime over malloc() that knows what is still allocated.
 */

typedef struct Heap
{
	size_t		blocks;
	size_t		bytes;
	size_t		most_bytes;
	uint64_t	ticks;
} Heap;

static inline void *
heap_alloc(void *state, size_t size)
{
	Heap	   *heap = state;
	size_t	   *block = malloc(size + 16);

	if (block == NULL)
		abort();
	*block = size;
	heap->blocks++;
	heap->bytes += size;
	if (heap->bytes > heap->most_bytes)
		heap->most_bytes = heap->bytes;
	return memset((char *) block + 16, 0xA5, size < 4096 ? size : 0), (char *) block + 16;
}

static inline void
heap_release(void *state, void *memory)
{
	Heap	   *heap = state;
	size_t	   *block = (size_t *) ((char *) memory - 16);

	heap->blocks--;
	heap->bytes -= *block;
	free(block);
}

static inline void
heap_tick(void *state, uint64_t finished, uint64_t total)
{
	(void) finished;
	(void) total;
	((Heap *) state)->ticks++;
}

static inline PrRuntime
heap_runtime(Heap *heap)
{
	memset(heap, 0, sizeof(Heap));
	return (PrRuntime) {.alloc = heap_alloc, .release = heap_release, .tick = heap_tick, .state = heap};
}

static inline void
free_solution(const PrRuntime *runtime, PrSolution *solution)
{
	runtime->release(runtime->state, solution->levels);
	runtime->release(runtime->state, solution->recoding);
}

/*
 * Dictionaries and hierarchies
 */

#define MOST_LABELS 256
#define MOST_LEVELS 8

typedef struct Labels
{
	uint32_t	n;
	char		label[MOST_LABELS][64];
} Labels;

static inline uint32_t
find_label(Labels *labels, const char *label)
{
	for (uint32_t i = 0; i < labels->n; i++)
		if (strcmp(labels->label[i], label) == 0)
			return i;
	snprintf(labels->label[labels->n], sizeof(labels->label[0]), "%s", label);
	return labels->n++;
}

/* A column with its hierarchy; all of its leaves have a code, the order of the file. */
typedef struct Column
{
	Labels		leaf;
	Labels		level[MOST_LEVELS];
	uint32_t	value[MOST_LEVELS][MOST_LABELS];
	uint64_t	leaves[MOST_LEVELS][MOST_LABELS];
	uint32_t	n_values[MOST_LEVELS];
	const uint32_t *value_at[MOST_LEVELS];
	const uint64_t *leaves_at[MOST_LEVELS];
	int			levels;
} Column;

static inline PrQi
column_qi(Column *column)
{
	for (int level = 0; level < column->levels; level++)
	{
		column->value_at[level] = column->value[level];
		column->leaves_at[level] = column->leaves[level];
	}
	return (PrQi)
	{
		.levels = column->levels,
		.n_codes = column->leaf.n,
		.n_values = column->n_values,
		.value = column->value_at,
		.leaves = column->leaves_at,
		.domain = column->leaf.n
	};
}

static inline bool
read_hierarchy(const char *path, Column *column)
{
	FILE	   *file = fopen(path, "r");
	char		line[1024];

	if (file == NULL)
		return false;
	memset(column, 0, sizeof(Column));
	while (fgets(line, sizeof(line), file) != NULL)
	{
		uint32_t	code = column->leaf.n;
		int			level = 0;

		line[strcspn(line, "\r\n")] = '\0';
		for (char *field = strtok(line, ";"); field != NULL; field = strtok(NULL, ";"), level++)
		{
			uint32_t	value = level == 0 ? find_label(&column->leaf, field) : find_label(&column->level[level], field);

			column->value[level][code] = value;
			column->leaves[level][value]++;
			if (value + 1 > column->n_values[level])
				column->n_values[level] = value + 1;
		}
		column->levels = level;
	}
	fclose(file);
	return true;
}

/*
 * Adult
 */

#define ADULT_COLUMNS 9
#define ADULT_ROWS	  30162

typedef struct Adult
{
	Column		column[ADULT_COLUMNS];
	uint32_t	n;
	uint32_t	code[ADULT_ROWS][ADULT_COLUMNS];
} Adult;

static const char *const adult_names[ADULT_COLUMNS] = {
	"sex", "age", "race", "marital-status", "education", "native-country", "workclass", "occupation", "salary-class"
};

static inline Adult *
read_adult(void)
{
	const char *data = getenv("PR_DATA");
	Adult	   *adult = calloc(1, sizeof(Adult));
	char		path[1024];
	char		line[1024];
	FILE	   *file;

	if (data == NULL)
		data = "../shared/data";
	for (int j = 0; j < ADULT_COLUMNS; j++)
	{
		snprintf(path, sizeof(path), "%s/adult/adult_hierarchy_%s.csv", data, adult_names[j]);
		if (!read_hierarchy(path, &adult->column[j]))
		{
			free(adult);
			return NULL;
		}
	}
	snprintf(path, sizeof(path), "%s/adult/adult.csv", data);
	file = fopen(path, "r");
	if (file == NULL || fgets(line, sizeof(line), file) == NULL)
	{
		free(adult);
		return NULL;
	}
	while (adult->n < ADULT_ROWS && fgets(line, sizeof(line), file) != NULL)
	{
		int			j = 0;

		line[strcspn(line, "\r\n")] = '\0';
		for (char *field = strtok(line, ";"); field != NULL && j < ADULT_COLUMNS; field = strtok(NULL, ";"), j++)
			adult->code[adult->n][j] = find_label(&adult->column[j].leaf, field);
		adult->n++;
	}
	fclose(file);
	return adult;
}

/*
 * Rows into units
 */

typedef struct Rows
{
	int			n_qis;
	int			n_sensitive;
	uint32_t	n;
	uint32_t   *code;			/* [row * (n_qis + n_sensitive)] */
} Rows;

static int	rows_width;

static inline int
compare_rows(const void *a, const void *b)
{
	const uint32_t *x = a;
	const uint32_t *y = b;

	for (int i = 0; i < rows_width; i++)
		if (x[i] != y[i])
			return x[i] < y[i] ? -1 : 1;
	return 0;
}

/* One row, one person.  The arrays are one block of malloc(), problem->codes. */
static inline void
count_units(const Rows *rows, uint64_t times, PrProblem *problem)
{
	int			width = rows->n_qis + rows->n_sensitive;
	size_t		size = (size_t) rows->n * width * sizeof(uint32_t);
	uint32_t   *sorted = malloc(size + 1);
	char	   *block = malloc(size + rows->n * sizeof(uint64_t) + 1);
	uint64_t   *records = (uint64_t *) block;
	uint32_t   *codes = (uint32_t *) (records + rows->n);
	uint32_t   *values = codes + (size_t) rows->n * rows->n_qis;
	uint32_t	n = 0;

	memcpy(sorted, rows->code, size);
	rows_width = width;
	qsort(sorted, rows->n, width * sizeof(uint32_t), compare_rows);
	for (uint32_t i = 0; i < rows->n; i++)
	{
		uint32_t   *row = sorted + (size_t) i * width;

		if (i > 0 && compare_rows(row, row - width) == 0)
		{
			records[n - 1] += times;
			continue;
		}
		memcpy(codes + (size_t) n * rows->n_qis, row, rows->n_qis * sizeof(uint32_t));
		memcpy(values + (size_t) n * rows->n_sensitive, row + rows->n_qis, rows->n_sensitive * sizeof(uint32_t));
		records[n++] = times;
	}
	free(sorted);
	problem->n_units = n;
	problem->codes = codes;
	problem->values = values;
	problem->records = records;
	problem->persons = records;
}

static inline void
free_units(PrProblem *problem)
{
	free((void *) problem->records);
}

/* All columns but the sensitive one are quasi-identifiers; -1: all are. */
static inline PrProblem
adult_problem(Adult *adult, PrQi *qis, PrSensitive *sensitive, int sensitive_column, uint64_t times)
{
	PrProblem	problem = {.qis = qis, .sensitive = sensitive, .k = 5};
	Rows		rows = {.n = adult->n, .n_sensitive = sensitive_column >= 0};
	uint32_t   *at;

	rows.n_qis = ADULT_COLUMNS - rows.n_sensitive;
	rows.code = at = malloc((size_t) adult->n * ADULT_COLUMNS * sizeof(uint32_t));
	for (uint32_t i = 0; i < adult->n; i++)
	{
		for (int j = 0; j < ADULT_COLUMNS; j++)
			if (j != sensitive_column)
				*at++ = adult->code[i][j];
		if (sensitive_column >= 0)
			*at++ = adult->code[i][sensitive_column];
	}
	for (int j = 0; j < ADULT_COLUMNS; j++)
		if (j != sensitive_column)
			qis[problem.n_qis++] = column_qi(&adult->column[j]);
	if (sensitive_column >= 0)
	{
		PrQi		qi = column_qi(&adult->column[sensitive_column]);

		sensitive[0] = (PrSensitive) {.n_codes = qi.n_codes, .levels = qi.levels, .n_values = qi.n_values, .value = qi.value};
		problem.n_sensitive = 1;
	}
	count_units(&rows, times, &problem);
	free(rows.code);
	return problem;
}

#endif							/* SEARCH_DATA_H */
