/*
 * reference.h
 *		Reference data for unit tests: ../shared/data, or the directory PR_DATA.
 *
 * A test without it skips.  Cells stay text; a column becomes codes in the order
 * in which its values come.
 */
#ifndef REFERENCE_H
#define REFERENCE_H

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "core/pr_keys.h"
#include "tap.h"

static inline void *
memory_alloc(void *state, size_t size)
{
	void	   *memory = malloc(size > 0 ? size : 1);

	if (memory == NULL)
		abort();
	memset(memory, 0x7F, size);
	return memory;
}

static inline void
memory_release(void *state, void *memory)
{
	free(memory);
}

static inline void
memory_tick(void *state, uint64_t done_so_far, uint64_t total)
{
}

static const PrRuntime runtime = {memory_alloc, memory_release, memory_tick, NULL};

typedef struct Csv
{
	char	   *text;
	int			n_columns;
	uint32_t	n_rows;
	char	  **names;
	char	  **cells;			/* [row * n_columns + column] */
} Csv;

/* Cuts a line into fields, without quotes; returns the start of the next line. */
static inline char *
csv_line(char *line, char separator, char **fields, int *n)
{
	char	   *end = line + strcspn(line, "\r\n");
	char	   *next = end + strspn(end, "\r\n");

	*end = '\0';
	for (*n = 0; line != NULL; (*n)++)
	{
		char	   *cut = strchr(line, separator);
		char	   *field = line;

		if (cut != NULL)
			*cut = '\0';
		if (*field == '"')
		{
			field++;
			field[strcspn(field, "\"")] = '\0';
		}
		fields[*n] = field;
		line = cut != NULL ? cut + 1 : NULL;
	}
	return next;
}

static inline bool
csv_read(Csv *csv, const char *file, char separator)
{
	const char *directory = getenv("PR_DATA");
	char		path[1024];
	char	   *fields[64];
	char	   *at;
	FILE	   *in;
	long		size;
	int			n;

	snprintf(path, sizeof(path), "%s/%s", directory != NULL ? directory : "../shared/data", file);
	in = fopen(path, "rb");
	if (in == NULL)
	{
		printf("ok %d - %s # SKIP no reference data\n", ++tap_number, file);
		return false;
	}
	fseek(in, 0, SEEK_END);
	size = ftell(in);
	rewind(in);
	csv->text = malloc(size + 1);
	if (fread(csv->text, 1, size, in) != (size_t) size)
		abort();
	csv->text[size] = '\0';
	fclose(in);
	at = csv_line(csv->text, separator, fields, &csv->n_columns);
	csv->names = malloc(csv->n_columns * sizeof(char *));
	memcpy(csv->names, fields, csv->n_columns * sizeof(char *));
	csv->cells = malloc((size + 1) * sizeof(char *));
	for (csv->n_rows = 0; *at != '\0'; csv->n_rows++)
		at = csv_line(at, separator, csv->cells + (size_t) csv->n_rows * csv->n_columns, &n);
	return true;
}

static inline void
csv_free(Csv *csv)
{
	free(csv->text);
	free(csv->names);
	free(csv->cells);
}

static inline int
csv_column(const Csv *csv, const char *name)
{
	for (int column = 0; column < csv->n_columns; column++)
		if (strcmp(csv->names[column], name) == 0)
			return column;
	abort();
}

static inline const char *
csv_cell(const Csv *csv, uint32_t row, int column)
{
	return csv->cells[(size_t) row * csv->n_columns + column];
}

/* Codes in the order of the numbers in a column, or of its first occurrences if they are words. */
static inline uint32_t
csv_codes(const Csv *csv, int column, uint32_t *codes, int stride, bool numeric)
{
	const char **seen = malloc((csv->n_rows + 1) * sizeof(char *));
	uint32_t	n = 0;

	for (uint32_t row = 0; row < csv->n_rows; row++)
	{
		const char *cell = csv_cell(csv, row, column);
		uint32_t	code = 0;

		while (code < n && strcmp(seen[code], cell) != 0)
			code++;
		if (code < n)
			continue;
		for (code = n++; numeric && code > 0 && atof(seen[code - 1]) > atof(cell); code--)
			seen[code] = seen[code - 1];
		seen[code] = cell;
	}
	for (uint32_t row = 0; row < csv->n_rows; row++)
	{
		uint32_t	code = 0;

		while (strcmp(seen[code], csv_cell(csv, row, column)) != 0)
			code++;
		codes[(size_t) row * stride] = code;
	}
	free(seen);
	return n;
}

/* The keys of these columns. */
static inline uint32_t *
csv_keys(const Csv *csv, const char *const *names, int n, PrKeys *keys)
{
	uint32_t   *codes = malloc(((size_t) csv->n_rows * n + 1) * sizeof(uint32_t));

	for (int key = 0; key < n; key++)
		(void) csv_codes(csv, csv_column(csv, names[key]), codes + key, n, true);
	*keys = (PrKeys) {.n_rows = csv->n_rows, .n_keys = n, .codes = codes};
	return codes;
}

static inline double *
csv_numbers(const Csv *csv, const char *name)
{
	double	   *numbers = malloc((csv->n_rows + 1) * sizeof(double));

	for (uint32_t row = 0; row < csv->n_rows; row++)
		numbers[row] = atof(csv_cell(csv, row, csv_column(csv, name)));
	return numbers;
}

/* Equal to the digits that are given: relative, or of the last digit. */
static inline bool
near(double value, double wanted, double tolerance)
{
	bool		is = fabs(value - wanted) <= tolerance * fabs(wanted);

	if (!is)
		fprintf(stderr, "%.15g is not %.15g\n", value, wanted);
	return is;
}

static inline bool
close_to(double value, double wanted, double distance)
{
	bool		is = fabs(value - wanted) <= distance;

	if (!is)
		fprintf(stderr, "%.15g is not %.15g\n", value, wanted);
	return is;
}

#endif							/* REFERENCE_H */
