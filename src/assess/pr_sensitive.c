/*
 * pr_sensitive.c
 *		What classes say of their sensitive values: diversity and closeness.
 *
 * Persons are counted, once for each value of a class, whichever units of theirs
 * meet there.  The values of all units are sorted by class, so that memory grows
 * with units, not with classes times values.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "assess/pr_assess.h"
#include "core/pr_distribution.h"

/* Persons of a class with a value. */
typedef struct Entry
{
	uint32		class;
	uint32		code;
	uint64		persons;
} Entry;

typedef struct Entries
{
	Entry	   *entry;
	Size		n;
} Entries;

typedef struct Least
{
	bool		any;
	PrDiversityMeasure diversity;
	double		distance[PR_DISTANCE_HIERARCHICAL + 1];
} Least;

static uint32
value_of(const PrAssessment *assessment, uint32 unit, int column)
{
	const PrProblem *problem = &assessment->study->problem;

	return problem->values[(Size) unit * problem->n_sensitive + column];
}

static int
compare_entries(const void *a, const void *b)
{
	const Entry *x = a;
	const Entry *y = b;

	if (x->class != y->class)
		return x->class < y->class ? -1 : 1;
	return x->code < y->code ? -1 : x->code > y->code;
}

/* Of one person group: each class and value once.  whole: all of the input is one class. */
static void
add_group(const PrAssessment *assessment, const PrPersonGroup *group, int column, bool whole, Entries *entries)
{
	Entry	   *first = entries->entry + entries->n;
	Size		n = 0;
	Size		kept = 0;

	for (uint32 i = 0; i < group->n_units; i++)
	{
		uint32		class = whole ? 0 : assessment->classes->class_of[group->units[i]];

		if (class != PR_NO_CODE)
			first[n++] = (Entry) {class, value_of(assessment, group->units[i], column), group->persons};
	}
	qsort(first, n, sizeof(Entry), compare_entries);
	for (Size i = 0; i < n; i++)
		if (i == 0 || compare_entries(&first[i], &first[kept - 1]) != 0)
			first[kept++] = first[i];
	entries->n += kept;
}

/* All persons by class and value, sorted; not yet added up. */
static Entries
collect_entries(const PrAssessment *assessment, int column, bool whole)
{
	const PrProblem *problem = &assessment->study->problem;
	Size		room = problem->n_units;
	Entries		entries = {0};

	for (uint64 group = 0; group < problem->n_groups; group++)
		room += problem->groups[group].n_units;
	entries.entry = pr_assess_array(assessment, room, sizeof(Entry));
	for (uint32 unit = 0; unit < problem->n_units; unit++)
	{
		uint32		class = whole ? 0 : assessment->classes->class_of[unit];

		if (class != PR_NO_CODE && problem->persons[unit] > 0)
			entries.entry[entries.n++] = (Entry) {class, value_of(assessment, unit, column), problem->persons[unit]};
	}
	for (uint64 group = 0; group < problem->n_groups; group++)
	{
		CHECK_FOR_INTERRUPTS();
		add_group(assessment, &problem->groups[group], column, whole, &entries);
	}
	if (!whole)
		qsort(entries.entry, entries.n, sizeof(Entry), compare_entries);
	return entries;
}

/* Persons with each value in the whole input, released or not. */
static uint64 *
count_population(const PrAssessment *assessment, int column)
{
	uint64	   *population = pr_assess_array(assessment, assessment->study->problem.sensitive[column].n_codes, sizeof(uint64));
	Entries		entries = collect_entries(assessment, column, true);

	for (Size i = 0; i < entries.n; i++)
		population[entries.entry[i].code] += entries.entry[i].persons;
	pfree(entries.entry);
	return population;
}

/* ---------- one column ---------- */

static void
measure_class(const PrAssessment *assessment, const PrSensitive *sensitive, PrWhole *whole, const PrSeen *seen, uint32 n,
			  Least *least)
{
	PrDiversityMeasure diversity;

	pr_distribution_diversity(sensitive, seen, n, &assessment->study->runtime, &diversity);
	if (!least->any)
		least->diversity = diversity;
	least->any = true;
	least->diversity.distinct = Min(least->diversity.distinct, diversity.distinct);
	least->diversity.entropy = Min(least->diversity.entropy, diversity.entropy);
	least->diversity.recursive = Min(least->diversity.recursive, diversity.recursive);
	for (int distance = 0; distance <= PR_DISTANCE_HIERARCHICAL; distance++)
	{
		double		d = pr_distribution_distance(whole, distance, seen, n);

		least->distance[distance] = Max(least->distance[distance], d);
	}
}

static Least
measure_column(const PrAssessment *assessment, int column)
{
	const PrSensitive *sensitive = &assessment->study->problem.sensitive[column];
	uint64	   *population = count_population(assessment, column);
	Entries		entries = collect_entries(assessment, column, false);
	PrSeen	   *seen = pr_assess_array(assessment, entries.n, sizeof(PrSeen));
	Least		least = {0};
	PrWhole		whole;
	uint32		n = 0;

	pr_distribution_whole(sensitive, population, &assessment->study->runtime, &whole);
	for (Size i = 0; i < entries.n; i++)
	{
		const Entry *entry = &entries.entry[i];

		if (i > 0 && compare_entries(entry, &entries.entry[i - 1]) == 0)
			seen[n - 1].persons += entry->persons;
		else
			seen[n++] = (PrSeen) {entry->code, entry->persons};
		if (i + 1 < entries.n && entries.entry[i + 1].class == entry->class)
			continue;
		CHECK_FOR_INTERRUPTS();
		measure_class(assessment, sensitive, &whole, seen, n, &least);
		n = 0;
	}
	pr_distribution_forget(&assessment->study->runtime, &whole);
	pfree(population);
	pfree(entries.entry);
	pfree(seen);
	return least;
}

/* ---------- the model ---------- */

/* A measure is a double; what it cannot decide the search has decided exactly. */
#define TIE 1e-9

static void
judge_diversity(PrAssessment *assessment, int column, const char *name, const Least *least)
{
	for (int i = 0; i < assessment->study->problem.n_diversity; i++)
	{
		const PrDiversity *condition = &assessment->study->problem.diversity[i];
		double		l = (double) condition->l_num / (double) condition->l_den;

		if (condition->sensitive != column ||
			(condition->variant == PR_DIVERSITY_ENTROPY ? least->diversity.entropy >= l - TIE : least->diversity.distinct >= l))
			continue;
		assessment->reasons = lappend(assessment->reasons,
									  psprintf("column \"%s\": a class has less diversity than the model asks for", name));
	}
}

static void
judge_closeness(PrAssessment *assessment, int column, const char *name, const Least *least)
{
	for (int i = 0; i < assessment->study->problem.n_closeness; i++)
	{
		const PrCloseness *condition = &assessment->study->problem.closeness[i];

		if (condition->sensitive == column &&
			least->distance[condition->distance] > (double) condition->t_num / (double) condition->t_den + TIE)
			assessment->reasons = lappend(assessment->reasons,
										  psprintf("column \"%s\": a class is farther from the whole than the model allows", name));
	}
}

/* ---------- report ---------- */

static void
report_distances(PrJson *json, const PrSensitive *sensitive, const Least *least)
{
	pr_json_number(json, "equal", least->distance[PR_DISTANCE_EQUAL]);
	pr_json_number(json, "ordered", least->distance[PR_DISTANCE_ORDERED]);
	if (sensitive->levels > 1)
		pr_json_number(json, "hierarchical", least->distance[PR_DISTANCE_HIERARCHICAL]);
	else
		pr_json_missing(json, "hierarchical", "the model names no hierarchy for this column");
}

static void
report_diversity(PrJson *json, const Least *least)
{
	pr_json_integer(json, "distinct", least->diversity.distinct);
	pr_json_number(json, "entropy", least->diversity.entropy);
	pr_json_integer(json, "recursive", least->diversity.recursive);
}

void
pr_report_sensitive(PrAssessment *assessment, PrJson *json)
{
	List	   *columns = assessment->inquiry->sensitive;
	Least	   *least = palloc0((list_length(columns) + 1) * sizeof(Least));
	ListCell   *cell;

	pr_json_open(json, "diversity");
	foreach(cell, columns)
	{
		int			column = foreach_current_index(cell);
		const char *name = ((PrSensitiveColumn *) lfirst(cell))->name;

		least[column] = measure_column(assessment, column);
		pr_json_open(json, name);
		report_diversity(json, &least[column]);
		pr_json_close(json);
		if (least[column].any)
		{
			judge_diversity(assessment, column, name, &least[column]);
			judge_closeness(assessment, column, name, &least[column]);
		}
	}
	pr_json_close(json);
	pr_json_open(json, "closeness");
	foreach(cell, columns)
	{
		int			column = foreach_current_index(cell);

		pr_json_open(json, ((PrSensitiveColumn *) lfirst(cell))->name);
		report_distances(json, &assessment->study->problem.sensitive[column], &least[column]);
		pr_json_close(json);
	}
	pr_json_close(json);
}
