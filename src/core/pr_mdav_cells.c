/*
 * pr_mdav_cells.c
 *		MDAV: records in cells of 64 neighbours, each with the box around them.
 *
 * What is left shrinks: a cell closes up behind a record that goes, empty cells
 * go, and when half of the records are gone the cells are made anew.  Records
 * with a NULL are in no cell.  How records lie in cells decides nothing but
 * time.
 */
#include "core/pr_mdav_part.h"

#include <math.h>
#include <string.h>

static void *
get_zeros(const PrRuntime *runtime, size_t number, size_t size)
{
	void	   *memory = get_memory(runtime, number, size);

	memset(memory, 0, (number > 0 ? number : 1) * size);
	return memory;
}

/* ---------- cells ---------- */

/* The box around the records of a cell. */
static void
set_box(Part *part, uint32_t cell)
{
	for (int j = 0; j < part->p; j++)
	{
		const double *value = part->value + ((size_t) cell * part->p + j) * LANES;
		double		low = value[0];
		double		high = value[0];

		for (uint32_t i = 1; i < part->count[cell]; i++)
		{
			low = value[i] < low ? value[i] : low;
			high = value[i] > high ? value[i] : high;
		}
		part->low[(size_t) j * part->cell_room + cell] = low;
		part->high[(size_t) j * part->cell_room + cell] = high;
	}
}

static void
put_in_cell(Part *part, uint32_t cell, uint32_t lane, uint32_t record)
{
	for (int j = 0; j < part->p; j++)
		part->value[((size_t) cell * part->p + j) * LANES + lane] = part->z[(size_t) j * part->n + record];
	part->record[(size_t) cell * LANES + lane] = record;
	part->place[record] = cell * LANES + lane;
}

static void
make_cell(Part *part, const uint32_t *records, uint32_t n)
{
	uint32_t	cell = part->n_cells++;

	part->count[cell] = n;
	for (uint32_t i = 0; i < n; i++)
		put_in_cell(part, cell, i, records[i]);
	set_box(part, cell);
}

/* Full cells, by halving the records at the median of their widest variable. */
static void
make_cells(Part *part, uint32_t *records, uint32_t n)
{
	uint32_t	rank;

	if (n <= LANES)
	{
		make_cell(part, records, n);
		return;
	}
	rank = ((n + LANES - 1) / LANES + 1) / 2 * LANES;
	pr_part_halve(part->z, part->n, part->p, records, n, rank);
	make_cells(part, records, rank);
	make_cells(part, records + rank, n - rank);
}

void
pr_part_remake_cells(Part *part)
{
	uint32_t	n = 0;

	for (uint32_t cell = 0; cell < part->n_cells; cell++)
		for (uint32_t i = 0; i < part->count[cell]; i++)
			part->order[n++] = part->record[(size_t) cell * LANES + i];
	part->n_cells = 0;
	part->celled = n;
	if (n > 0)
		make_cells(part, part->order, n);
}

/* The last cell takes the place of an empty one. */
static void
drop_cell(Part *part, uint32_t cell)
{
	uint32_t	last = --part->n_cells;

	if (cell == last)
		return;
	part->count[cell] = part->count[last];
	memcpy(part->value + (size_t) cell * part->p * LANES, part->value + (size_t) last * part->p * LANES,
		   (size_t) part->p * LANES * sizeof(double));
	for (uint32_t i = 0; i < part->count[cell]; i++)
	{
		part->record[(size_t) cell * LANES + i] = part->record[(size_t) last * LANES + i];
		part->place[part->record[(size_t) cell * LANES + i]] = cell * LANES + i;
	}
	for (int j = 0; j < part->p; j++)
	{
		part->low[(size_t) j * part->cell_room + cell] = part->low[(size_t) j * part->cell_room + last];
		part->high[(size_t) j * part->cell_room + cell] = part->high[(size_t) j * part->cell_room + last];
	}
}

static bool
on_box(const Part *part, uint32_t cell, uint32_t record)
{
	for (int j = 0; j < part->p; j++)
	{
		double		value = part->z[(size_t) j * part->n + record];

		if (value == part->low[(size_t) j * part->cell_room + cell] ||
			value == part->high[(size_t) j * part->cell_room + cell])
			return true;
	}
	return false;
}

static void
remove_from_cell(Part *part, uint32_t record)
{
	uint32_t	cell = part->place[record] / LANES;
	uint32_t	lane = part->place[record] % LANES;
	uint32_t	last = --part->count[cell];

	part->in_cells--;
	if (last == 0)
	{
		drop_cell(part, cell);
		return;
	}
	if (lane != last)
		put_in_cell(part, cell, lane, part->record[(size_t) cell * LANES + last]);
	if (on_box(part, cell, record))
		set_box(part, cell);
}

static bool
is_complete(const Part *part, uint32_t record)
{
	if (part->has_null)
		for (int j = 0; j < part->p; j++)
			if (isnan(part->z[(size_t) j * part->n + record]))
				return false;
	return true;
}

void
pr_part_remove(Part *part, uint32_t record)
{
	if (is_complete(part, record))
		remove_from_cell(part, record);
	else
	{
		uint32_t	moved = part->loose[--part->n_loose];

		part->loose[part->place[record]] = moved;
		part->place[moved] = part->place[record];
	}
	for (int j = 0; j < part->p; j++)
	{
		double		value = part->z[(size_t) j * part->n + record];

		if (!isnan(value))
		{
			pr_sum_add(&part->sum[j], -value);
			part->values[j]--;
		}
	}
	part->left--;
}

/* ---------- a part from beginning to end ---------- */

static void
start_query(Query *query, const PrRuntime *runtime, int p)
{
	query->x = get_zeros(runtime, p, sizeof(double));
	query->variable = get_zeros(runtime, p, sizeof(int));
	query->m = 0;
}

static void
sort_out_records(Part *part)
{
	uint32_t	n = 0;

	for (size_t i = 0; i < (size_t) part->p * part->n && !part->has_null; i++)
		part->has_null = isnan(part->z[i]);
	for (uint32_t record = 0; record < part->n; record++)
	{
		if (is_complete(part, record))
			part->order[n++] = record;
		else
		{
			part->place[record] = part->n_loose;
			part->loose[part->n_loose++] = record;
		}
		for (int j = 0; j < part->p; j++)
		{
			double		value = part->z[(size_t) j * part->n + record];

			if (!isnan(value))
			{
			pr_sum_add(&part->sum[j], value);
				part->values[j]++;
			}
		}
	}
	part->celled = part->in_cells = n;
}

void
pr_part_start(Part *part, const PrRuntime *runtime, uint32_t n, int p, uint32_t k, const double *z)
{
	uint32_t	cells = n / LANES + 1;

	memset(part, 0, sizeof(*part));
	part->runtime = runtime;
	part->n = part->left = n;
	part->p = p;
	part->k = k;
	part->z = z;
	part->cell_room = (cells + LANES - 1) / LANES * LANES;
	part->sum = get_zeros(runtime, p, sizeof(Sum));
	part->values = get_zeros(runtime, p, sizeof(uint32_t));
	part->count = get_zeros(runtime, part->cell_room, sizeof(uint32_t));
	part->record = get_zeros(runtime, (size_t) cells * LANES, sizeof(uint32_t));
	part->value = get_zeros(runtime, (size_t) cells * p * LANES, sizeof(double));
	part->low = get_zeros(runtime, (size_t) p * part->cell_room, sizeof(double));
	part->high = get_zeros(runtime, (size_t) p * part->cell_room, sizeof(double));
	part->bound = get_zeros(runtime, part->cell_room, sizeof(double));
	part->place = get_zeros(runtime, n, sizeof(uint32_t));
	part->loose = get_zeros(runtime, n, sizeof(uint32_t));
	part->order = get_zeros(runtime, n, sizeof(uint32_t));
	part->heap = get_zeros(runtime, k, sizeof(Candidate));
	part->group = get_zeros(runtime, n, sizeof(uint32_t));
	start_query(&part->centroid, runtime, p);
	start_query(&part->extreme, runtime, p);
	sort_out_records(part);
	if (part->celled > 0)
		make_cells(part, part->order, part->celled);
}

void
pr_part_end(Part *part)
{
	void	   *memory[] = {
		part->sum, part->values, part->count, part->record, part->value, part->low, part->high, part->bound,
		part->place, part->loose, part->order, part->heap, part->group, part->centroid.x, part->centroid.variable,
		part->extreme.x, part->extreme.variable
	};

	for (size_t i = 0; i < sizeof(memory) / sizeof(memory[0]); i++)
		give_back(part->runtime, memory[i]);
}
