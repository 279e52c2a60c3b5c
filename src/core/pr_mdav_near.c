/*
 * pr_mdav_near.c
 *		MDAV: the farthest record and the nearest ones.
 *
 * A cell whose box is farther than the worst of the nearest so far, or nearer
 * than the farthest, is skipped.  That is exact and no estimate: the distance to
 * a box is computed by the same operations in the same order as that to a record
 * in it, and rounding is monotone.  (It needs arithmetic that is not contracted
 * to fused operations: -ffp-contract=off.)
 */
#include "core/pr_mdav_part.h"

#include <math.h>
#include <string.h>

/* ---------- distances ---------- */

/* A record that two agree in nothing with is farther than all. */
static double
loose_distance(const Part *part, const Query *query, uint32_t record)
{
	double		sum = 0;
	int			shared = 0;

	for (int i = 0; i < query->m; i++)
	{
		int			j = query->variable[i];
		double		value = part->z[(size_t) j * part->n + record];

		if (!isnan(value))
		{
			double		difference = value - query->x[j];

			sum += difference * difference;
			shared++;
		}
	}
	return shared > 0 ? sum / shared : INFINITY;
}

/* The sum becomes the mean where some record has a NULL, so that all distances compare. */
static void
finish_distances(const Part *part, const Query *query, double d[LANES])
{
	if (query->m == 0)
	{
		for (int i = 0; i < LANES; i++)
			d[i] = INFINITY;
	}
	else if (part->has_null)
	{
		double		m = query->m;

		for (int i = 0; i < LANES; i++)
			d[i] /= m;
	}
}

static void
cell_distances(const Part *part, const Query *query, uint32_t cell, double *restrict d)
{
	memset(d, 0, LANES * sizeof(double));
	for (int v = 0; v < query->m; v++)
	{
		int			j = query->variable[v];
		const double *restrict value = part->value + ((size_t) cell * part->p + j) * LANES;
		double		x = query->x[j];

		for (int i = 0; i < LANES; i++)
			d[i] += (value[i] - x) * (value[i] - x);
	}
	finish_distances(part, query, d);
}

/* bound[cell] = least distance that a record in the box can have */
static void
bounds_below(Part *part, const Query *query)
{
	for (uint32_t base = 0; base < part->n_cells; base += LANES)
	{
		double	   *restrict bound = part->bound + base;

		memset(bound, 0, LANES * sizeof(double));
		for (int v = 0; v < query->m; v++)
		{
			int			j = query->variable[v];
			const double *restrict low = part->low + (size_t) j * part->cell_room + base;
			const double *restrict high = part->high + (size_t) j * part->cell_room + base;
			double		x = query->x[j];

			for (int i = 0; i < LANES; i++)
			{
				double		below = low[i] - x;
				double		above = x - high[i];
				double		outside = below > above ? below : above;

				outside = outside > 0 ? outside : 0;
				bound[i] += outside * outside;
			}
		}
		finish_distances(part, query, bound);
	}
}

/* bound[cell] = greatest distance that a record in the box can have */
static void
bounds_above(Part *part, const Query *query)
{
	for (uint32_t base = 0; base < part->n_cells; base += LANES)
	{
		double	   *restrict bound = part->bound + base;

		memset(bound, 0, LANES * sizeof(double));
		for (int v = 0; v < query->m; v++)
		{
			int			j = query->variable[v];
			const double *restrict low = part->low + (size_t) j * part->cell_room + base;
			const double *restrict high = part->high + (size_t) j * part->cell_room + base;
			double		x = query->x[j];

			for (int i = 0; i < LANES; i++)
			{
				double		down = x - low[i];
				double		up = high[i] - x;
				double		far = down > up ? down : up;

				bound[i] += far * far;
			}
		}
		finish_distances(part, query, bound);
	}
}

/* ---------- the farthest ---------- */

static void
note_farther(Candidate *best, double distance, uint32_t record)
{
	if (distance > best->distance || (distance == best->distance && record < best->record))
	{
		best->distance = distance;
		best->record = record;
	}
}

static void
farthest_in_cell(const Part *part, const Query *query, uint32_t cell, Candidate *best)
{
	double		d[LANES];
	const uint32_t *record = part->record + (size_t) cell * LANES;

	cell_distances(part, query, cell, d);
	for (uint32_t i = 0; i < part->count[cell]; i++)
		note_farther(best, d[i], record[i]);
}

uint32_t
pr_part_farthest(Part *part, const Query *query)
{
	Candidate	best = {-1, UINT32_MAX};
	uint32_t	first = 0;

	if (part->n_cells > 0)
	{
		bounds_above(part, query);
		for (uint32_t cell = 1; cell < part->n_cells; cell++)
			if (part->bound[cell] > part->bound[first])
				first = cell;
		farthest_in_cell(part, query, first, &best);
		for (uint32_t cell = 0; cell < part->n_cells; cell++)
			if (part->bound[cell] >= best.distance && cell != first)
				farthest_in_cell(part, query, cell, &best);
	}
	for (uint32_t i = 0; i < part->n_loose; i++)
		note_farther(&best, loose_distance(part, query, part->loose[i]), part->loose[i]);
	return best.record;
}

/* ---------- the nearest ---------- */

static bool
is_worse(const Candidate *a, const Candidate *b)
{
	return a->distance > b->distance || (a->distance == b->distance && a->record > b->record);
}

static void
sift_down(Candidate *heap, uint32_t size)
{
	Candidate	moved = heap[0];
	uint32_t	at = 0;

	for (;;)
	{
		uint32_t	child = 2 * at + 1;

		if (child >= size)
			break;
		if (child + 1 < size && is_worse(&heap[child + 1], &heap[child]))
			child++;
		if (!is_worse(&heap[child], &moved))
			break;
		heap[at] = heap[child];
		at = child;
	}
	heap[at] = moved;
}

static void
sift_up(Candidate *heap, uint32_t at)
{
	Candidate	moved = heap[at];

	while (at > 0 && is_worse(&moved, &heap[(at - 1) / 2]))
	{
		heap[at] = heap[(at - 1) / 2];
		at = (at - 1) / 2;
	}
	heap[at] = moved;
}

static void
note_nearer(Part *part, double distance, uint32_t record)
{
	Candidate	candidate = {distance, record};

	if (part->heap_size < part->k - 1)
	{
		part->heap[part->heap_size] = candidate;
		sift_up(part->heap, part->heap_size++);
	}
	else if (is_worse(&part->heap[0], &candidate))
	{
		part->heap[0] = candidate;
		sift_down(part->heap, part->heap_size);
	}
}

/* No farther record is among the nearest. */
static double
reach(const Part *part)
{
	return part->heap_size < part->k - 1 ? INFINITY : part->heap[0].distance;
}

static void
nearest_in_cell(Part *part, const Query *query, uint32_t cell)
{
	double		d[LANES];
	const uint32_t *record = part->record + (size_t) cell * LANES;
	double		limit = reach(part);

	cell_distances(part, query, cell, d);
	for (uint32_t i = 0; i < part->count[cell]; i++)
		if (d[i] <= limit)
		{
			note_nearer(part, d[i], record[i]);
			limit = reach(part);
		}
}

/* The k-1 nearest to query of what is left, into the heap. */
void
pr_part_nearest(Part *part, const Query *query)
{
	uint32_t	first = 0;

	part->heap_size = 0;
	if (part->k == 1)
		return;
	if (part->n_cells > 0)
	{
		bounds_below(part, query);
		for (uint32_t cell = 1; cell < part->n_cells; cell++)
			if (part->bound[cell] < part->bound[first])
				first = cell;
		nearest_in_cell(part, query, first);
		for (uint32_t cell = 0; cell < part->n_cells; cell++)
			if (part->bound[cell] <= reach(part) && cell != first)
				nearest_in_cell(part, query, cell);
	}
	for (uint32_t i = 0; i < part->n_loose; i++)
		note_nearer(part, loose_distance(part, query, part->loose[i]), part->loose[i]);
}
