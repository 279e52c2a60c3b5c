/*
 * pr_cells.c
 *		Sensitive values and persons of several classes, as classes merge; and
 *		the judgement of classes.  See pr_classes.h.
 *
 * A person in several classes must not count twice where they meet.  Spans list
 * the members a person is in, each once; the same holds of cells, where a person
 * of several classes may have the same value in two of them.
 */
#include "core/pr_rollup.h"

#include <stdlib.h>

#include "core/pr_runtime.h"

#define A_TICK 16384

static uint32_t
most_codes(const PrProblem *problem)
{
	uint32_t	most = 0;

	for (int j = 0; j < problem->n_sensitive; j++)
		if (problem->sensitive[j].n_codes > most)
			most = problem->sensitive[j].n_codes;
	return most;
}

void
pr_cells_room(PrRollup *rollup)
{
	const PrProblem *problem = rollup->lattice->problem;
	const PrRuntime *runtime = rollup->lattice->runtime;
	size_t		n = problem->n_units;
	size_t		codes = most_codes(problem);

	rollup->most_codes = codes;
	if (rollup->with_persons || rollup->with_cells)
	{
		rollup->seen = pr_take(runtime, n, sizeof(uint32_t));
		rollup->total = pr_take(runtime, n, sizeof(uint64_t));
	}
	if (!rollup->with_cells)
		return;
	rollup->first = pr_take(runtime, n + 1, sizeof(uint32_t));
	rollup->order = pr_take(runtime, n, sizeof(uint32_t));
	rollup->cell_of = pr_take(runtime, n, sizeof(uint32_t));
	rollup->sum = pr_take_zeroed(runtime, codes, sizeof(uint64_t));
	rollup->is_touched = pr_take_zeroed(runtime, codes, sizeof(bool));
	rollup->touched = pr_take(runtime, codes, sizeof(uint32_t));
	rollup->tally = pr_take_zeroed(runtime, (size_t) problem->n_sensitive, sizeof(PrTally));
	rollup->tally_code = pr_take(runtime, codes * (size_t) problem->n_sensitive, sizeof(uint32_t));
	rollup->tally_persons = pr_take(runtime, codes * (size_t) problem->n_sensitive, sizeof(uint64_t));
	rollup->cell_total = pr_take_zeroed(runtime, (size_t) problem->n_sensitive, sizeof(uint64_t *));
	rollup->cell_persons = pr_take_zeroed(runtime, (size_t) problem->n_sensitive, sizeof(uint64_t *));
	for (int j = 0; j < problem->n_sensitive && problem->n_groups > 0; j++)
		rollup->cell_total[j] = pr_take(runtime, n, sizeof(uint64_t));
}

void
pr_cells_room_free(PrRollup *rollup)
{
	const PrRuntime *runtime = rollup->lattice->runtime;

	pr_give_back(runtime, rollup->seen);
	pr_give_back(runtime, rollup->total);
	if (!rollup->with_cells)
		return;
	for (int j = 0; j < rollup->lattice->problem->n_sensitive; j++)
		pr_give_back(runtime, rollup->cell_total[j]);
	pr_give_back(runtime, rollup->cell_total);
	pr_give_back(runtime, rollup->cell_persons);
	pr_give_back(runtime, rollup->first);
	pr_give_back(runtime, rollup->order);
	pr_give_back(runtime, rollup->cell_of);
	pr_give_back(runtime, rollup->sum);
	pr_give_back(runtime, rollup->is_touched);
	pr_give_back(runtime, rollup->touched);
	pr_give_back(runtime, rollup->tally);
	pr_give_back(runtime, rollup->tally_code);
	pr_give_back(runtime, rollup->tally_persons);
}

/*
 * Spans
 */

static void
spans_alloc(const PrRuntime *runtime, PrSpans *spans, uint64_t n, uint64_t members)
{
	spans->n = 0;
	spans->start = pr_take(runtime, n + 1, sizeof(uint64_t));
	spans->start[0] = 0;
	spans->member = pr_take(runtime, members, sizeof(uint32_t));
	spans->persons = pr_take(runtime, n, sizeof(uint64_t));
}

void
pr_spans_units(PrRollup *rollup, PrSpans *spans)
{
	const PrProblem *problem = rollup->lattice->problem;
	uint64_t	members = 0;

	if (problem->n_groups == 0)
		return;
	for (uint64_t i = 0; i < problem->n_groups; i++)
		members += problem->groups[i].n_units;
	spans_alloc(rollup->lattice->runtime, spans, problem->n_groups, members);
	spans->n = problem->n_groups;
	for (uint64_t i = 0; i < problem->n_groups; i++)
	{
		const PrPersonGroup *group = &problem->groups[i];

		memcpy(spans->member + spans->start[i], group->units, group->n_units * sizeof(uint32_t));
		spans->start[i + 1] = spans->start[i] + group->n_units;
		spans->persons[i] = group->persons;
	}
}

/* Members become the members they are part of; who is in one only joins its persons. */
void
pr_spans_roll(PrRollup *rollup, const PrSpans *from, const uint32_t *member_of, uint64_t *persons, uint32_t n_members,
			  PrSpans *to)
{
	uint32_t   *seen = rollup->seen;
	uint32_t	mark = 0;

	if (from->n == 0)
		return;
	spans_alloc(rollup->lattice->runtime, to, from->n, from->start[from->n]);
	memset(seen, 0, n_members * sizeof(uint32_t));
	for (uint64_t i = 0; i < from->n; i++)
	{
		uint64_t	start = to->start[to->n];
		uint64_t	at = start;

		if (++mark == 0)
		{
			memset(seen, 0, n_members * sizeof(uint32_t));
			mark = 1;
		}
		for (uint64_t m = from->start[i]; m < from->start[i + 1]; m++)
		{
			uint32_t	member = member_of[from->member[m]];

			if (seen[member] != mark)
				to->member[at++] = member;
			seen[member] = mark;
		}
		if (at == start + 1)
			persons[to->member[start]] += from->persons[i];
		else
		{
			to->persons[to->n++] = from->persons[i];
			to->start[to->n] = at;
		}
		if (i % A_TICK == 0)
			pr_lattice_tick(rollup->lattice);
	}
}

/* Members that are gone take nobody along who has others. */
void
pr_spans_keep(PrSpans *spans, const uint32_t *member_of, uint64_t *persons)
{
	uint64_t	n = 0;
	uint64_t	at = 0;

	for (uint64_t i = 0; i < spans->n; i++)
	{
		uint64_t	start = at;
		uint64_t	from = spans->start[i];
		uint64_t	end = spans->start[i + 1];

		spans->start[n] = start;
		for (; from < end; from++)
			if (member_of[spans->member[from]] != PR_ROLLUP_GONE)
				spans->member[at++] = member_of[spans->member[from]];
		if (at > start + 1)
			spans->persons[n++] = spans->persons[i];
		else
		{
			if (at == start + 1)
				persons[spans->member[start]] += spans->persons[i];
			at = start;
		}
	}
	if (spans->n > 0)
		spans->start[n] = at;
	spans->n = n;
}

void
pr_spans_free(const PrRuntime *runtime, PrSpans *spans)
{
	pr_give_back(runtime, spans->start);
	pr_give_back(runtime, spans->member);
	pr_give_back(runtime, spans->persons);
}

/* Persons of members with those of spans; persons itself where there are none. */
static const uint64_t *
with_spans(const PrSpans *spans, const uint64_t *persons, uint32_t n, uint64_t *room)
{
	if (spans->n == 0)
		return persons;
	memcpy(room, persons, n * sizeof(uint64_t));
	for (uint64_t i = 0; i < spans->n; i++)
		for (uint64_t m = spans->start[i]; m < spans->start[i + 1]; m++)
			room[spans->member[m]] += spans->persons[i];
	return room;
}

/*
 * Cells
 */

void
pr_cells_units(PrRollup *rollup, PrPartition *partition)
{
	const PrProblem *problem = rollup->lattice->problem;
	const PrRuntime *runtime = rollup->lattice->runtime;
	uint32_t	n = problem->n_units;

	partition->cells = pr_take_zeroed(runtime, (size_t) problem->n_sensitive, sizeof(PrCells));
	for (int j = 0; j < problem->n_sensitive; j++)
	{
		PrCells    *cells = &partition->cells[j];

		if (!pr_conditions_use(rollup->conditions, j))
			continue;
		cells->start = pr_take(runtime, (size_t) n + 1, sizeof(uint32_t));
		cells->code = pr_take(runtime, n, sizeof(uint32_t));
		cells->persons = pr_take(runtime, n, sizeof(uint64_t));
		for (uint32_t unit = 0; unit < n; unit++)
		{
			cells->start[unit] = unit;
			cells->code[unit] = problem->values[(size_t) unit * problem->n_sensitive + j];
			cells->persons[unit] = problem->persons[unit];
		}
		cells->start[n] = n;
		pr_spans_units(rollup, &cells->spans);
	}
}

static int
compare_codes(const void *a, const void *b)
{
	uint32_t	x = *(const uint32_t *) a;
	uint32_t	y = *(const uint32_t *) b;

	return (x > y) - (x < y);
}

static void
sort_codes(uint32_t *codes, uint32_t n)
{
	if (n > 24)
	{
		qsort(codes, n, sizeof(uint32_t), compare_codes);
		return;
	}
	for (uint32_t i = 1; i < n; i++)
	{
		uint32_t	code = codes[i];
		uint32_t	at = i;

		for (; at > 0 && codes[at - 1] > code; at--)
			codes[at] = codes[at - 1];
		codes[at] = code;
	}
}

/* The parts of each class, by counting. */
static void
order_parts(PrRollup *rollup, uint32_t n_from, uint32_t n_to, const uint32_t *class_of)
{
	uint32_t   *first = rollup->first;

	memset(first, 0, ((size_t) n_to + 1) * sizeof(uint32_t));
	for (uint32_t i = 0; i < n_from; i++)
		first[class_of[i]]++;
	for (uint32_t c = 0, sum = 0; c <= n_to; c++)
	{
		sum += first[c];
		first[c] = sum;
	}
	for (uint32_t i = n_from; i-- > 0;)
		rollup->order[--first[class_of[i]]] = i;
}

/* The values of a class from those of its parts; returns the number of cells made, from cell at on. */
static uint32_t
merge_class(PrRollup *rollup, const PrCells *from, PrCells *to, uint32_t class, uint32_t at)
{
	uint64_t   *sum = rollup->sum;
	uint32_t	n = 0;

	for (uint32_t i = rollup->first[class]; i < rollup->first[class + 1]; i++)
	{
		uint32_t	part = rollup->order[i];

		for (uint32_t cell = from->start[part]; cell < from->start[part + 1]; cell++)
		{
			uint32_t	code = from->code[cell];

			if (!rollup->is_touched[code])
			{
				rollup->is_touched[code] = true;
				rollup->touched[n++] = code;
			}
			sum[code] += from->persons[cell];
		}
	}
	sort_codes(rollup->touched, n);
	for (uint32_t i = 0; i < n; i++)
	{
		uint32_t	code = rollup->touched[i];

		to->code[at + i] = code;
		to->persons[at + i] = sum[code];
		sum[code] = from->spans.n > 0 ? at + i : 0;
	}
	for (uint32_t i = rollup->first[class]; i < rollup->first[class + 1] && from->spans.n > 0; i++)
	{
		uint32_t	part = rollup->order[i];

		for (uint32_t cell = from->start[part]; cell < from->start[part + 1]; cell++)
			rollup->cell_of[cell] = (uint32_t) sum[from->code[cell]];
	}
	for (uint32_t i = 0; i < n; i++)
	{
		sum[rollup->touched[i]] = 0;
		rollup->is_touched[rollup->touched[i]] = false;
	}
	return n;
}

static void
roll_column(PrRollup *rollup, const PrPartition *partition, const PrCells *from, uint32_t n_from, PrCells *to)
{
	const PrRuntime *runtime = rollup->lattice->runtime;
	uint32_t	at = 0;

	to->start = pr_take(runtime, (size_t) partition->n + 1, sizeof(uint32_t));
	to->code = pr_take(runtime, from->start[n_from], sizeof(uint32_t));
	to->persons = pr_take(runtime, from->start[n_from], sizeof(uint64_t));
	for (uint32_t class = 0; class < partition->n; class++)
	{
		to->start[class] = at;
		at += merge_class(rollup, from, to, class, at);
		if (class % A_TICK == 0)
			pr_lattice_tick(rollup->lattice);
	}
	to->start[partition->n] = at;
	pr_spans_roll(rollup, &from->spans, rollup->cell_of, to->persons, at, &to->spans);
}

void
pr_cells_roll(PrRollup *rollup, const PrPartition *from, PrPartition *to, const uint32_t *class_of)
{
	const PrProblem *problem = rollup->lattice->problem;

	to->cells = pr_take_zeroed(rollup->lattice->runtime, (size_t) problem->n_sensitive, sizeof(PrCells));
	order_parts(rollup, from->n, to->n, class_of);
	for (int j = 0; j < problem->n_sensitive; j++)
		if (pr_conditions_use(rollup->conditions, j))
			roll_column(rollup, to, &from->cells[j], from->n, &to->cells[j]);
}

static void
keep_column(PrRollup *rollup, uint32_t n_classes, const bool *keep, PrCells *cells)
{
	uint32_t	n = 0;
	uint32_t	at = 0;

	for (uint32_t class = 0, cell = 0; class < n_classes; class++)
	{
		uint32_t	end = cells->start[class + 1];

		if (keep[class])
			cells->start[n++] = at;
		for (; cell < end; cell++)
		{
			rollup->cell_of[cell] = keep[class] ? at : PR_ROLLUP_GONE;
			if (!keep[class])
				continue;
			cells->code[at] = cells->code[cell];
			cells->persons[at++] = cells->persons[cell];
		}
	}
	cells->start[n] = at;
	pr_spans_keep(&cells->spans, rollup->cell_of, cells->persons);
}

void
pr_cells_keep(PrRollup *rollup, PrPartition *partition, const bool *keep)
{
	for (int j = 0; j < rollup->lattice->problem->n_sensitive; j++)
		if (pr_conditions_use(rollup->conditions, j))
			keep_column(rollup, partition->n, keep, &partition->cells[j]);
}

void
pr_cells_free(PrRollup *rollup, PrCells *cells)
{
	const PrRuntime *runtime = rollup->lattice->runtime;

	for (int j = 0; j < rollup->lattice->problem->n_sensitive; j++)
	{
		pr_give_back(runtime, cells[j].start);
		pr_give_back(runtime, cells[j].code);
		pr_give_back(runtime, cells[j].persons);
		pr_spans_free(runtime, &cells[j].spans);
	}
	pr_give_back(runtime, cells);
}

/*
 * Judgement
 */

/* The values of a class that persons have: a cell may be of records without a person. */
static void
tally_class(PrRollup *rollup, const PrCells *cells, const uint64_t *persons, uint32_t class, int column)
{
	size_t		room = (size_t) column * rollup->most_codes;
	uint32_t   *code = rollup->tally_code + room;
	uint64_t   *count = rollup->tally_persons + room;
	uint32_t	n = 0;

	for (uint32_t cell = cells->start[class]; cell < cells->start[class + 1]; cell++)
		if (persons[cell] > 0)
		{
			code[n] = cells->code[cell];
			count[n++] = persons[cell];
		}
	rollup->tally[column] = (PrTally) {.n = n, .code = code, .persons = count};
}

static void
note(PrVerdict *verdict, bool released, uint64_t records, uint64_t persons, uint64_t stuck)
{
	if (!released)
	{
		verdict->suppressed += records;
		verdict->stuck += stuck < records ? stuck : records;
		return;
	}
	verdict->classes++;
	if (verdict->smallest == 0 || persons < verdict->smallest)
		verdict->smallest = persons;
}

static PrVerdict
judge_persons(const PrPartition *partition, const uint64_t *persons, uint64_t k, bool *holds)
{
	PrVerdict	verdict = {0};

	if (k == 0)
		k = 1;
	for (uint32_t class = 0; class < partition->n; class++)
	{
		bool		released = persons[class] >= k;

		note(&verdict, released, partition->records[class], persons[class], UINT64_MAX);
		if (holds != NULL)
			holds[class] = released;
	}
	return verdict;
}

PrVerdict
pr_classes_judge(PrRollup *rollup, const PrPartition *partition, bool *holds)
{
	const PrProblem *problem = rollup->lattice->problem;
	const uint64_t *persons = with_spans(&partition->spans, partition->persons, partition->n, rollup->total);
	const uint64_t **cell_persons = rollup->cell_persons;
	PrVerdict	verdict = {0};

	if (!rollup->with_cells)
		return judge_persons(partition, persons, problem->k, holds);
	for (int j = 0; j < problem->n_sensitive; j++)
		if (pr_conditions_use(rollup->conditions, j))
			cell_persons[j] = with_spans(&partition->cells[j].spans, partition->cells[j].persons,
										 partition->cells[j].start[partition->n], rollup->cell_total[j]);
	for (uint32_t class = 0; class < partition->n; class++)
	{
		bool		released = persons[class] >= problem->k;
		uint64_t	stuck = UINT64_MAX;

		if (released)
		{
			for (int j = 0; j < problem->n_sensitive; j++)
				if (pr_conditions_use(rollup->conditions, j))
					tally_class(rollup, &partition->cells[j], cell_persons[j], class, j);
			released = pr_conditions_hold(rollup->conditions, persons[class], rollup->tally);
			if (!released)
				stuck = pr_conditions_stuck(rollup->conditions, persons[class], rollup->tally, rollup->additive);
		}
		note(&verdict, released, partition->records[class], persons[class], stuck);
		if (holds != NULL)
			holds[class] = released;
		if (class % A_TICK == 0)
			pr_lattice_tick(rollup->lattice);
	}
	return verdict;
}
