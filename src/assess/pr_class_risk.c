/*
 * pr_class_risk.c
 *		Risk that depends on the sizes of classes alone, and what those sizes say
 *		of the population.
 *
 * A reader who knows that a person is in the release, and all quasi-identifiers
 * of the person, is left with one class: 1 of its persons is the one.
 */
#include "postgres.h"

#include "assess/pr_assess.h"
#include "core/pr_population.h"

/* ---------- sums over classes ---------- */

typedef struct ClassSums
{
	uint64		records;		/* released */
	uint64		persons;		/* of all classes; who is in several counts in each */
	uint64		uniques;		/* classes of one person */
	uint64		smallest;		/* persons */
} ClassSums;

static ClassSums
sum_classes(const PrAssessment *assessment)
{
	const PrClasses *classes = assessment->classes;
	ClassSums	sums = {0};

	for (uint32 class = 0; class < classes->n; class++)
	{
		uint64		persons = pr_assess_persons(assessment, class);

		sums.records += classes->records[class];
		sums.persons += persons;
		sums.uniques += persons == 1;
		if (class == 0 || persons < sums.smallest)
			sums.smallest = persons;
	}
	return sums;
}

static double
share(uint64 part, uint64 whole)
{
	return whole > 0 ? (double) part / (double) whole : 0;
}

/* Records of classes where one person is found with more than this probability: 1/size is rounded as the threshold is. */
static uint64
records_above(const PrAssessment *assessment, double threshold)
{
	uint64		records = 0;

	for (uint32 class = 0; class < assessment->classes->n; class++)
		if (1.0 / (double) pr_assess_persons(assessment, class) > threshold)
			records += assessment->classes->records[class];
	return records;
}

static uint64
records_violating(const PrAssessment *assessment, uint64 k)
{
	uint64		records = 0;

	for (uint32 class = 0; class < assessment->classes->n; class++)
		if (assessment->classes->persons[class] < k)
			records += assessment->classes->records[class];
	return records;
}

static void
report_thresholds(const PrAssessment *assessment, const ClassSums *sums, PrJson *json)
{
	static const struct
	{
		const char *label;
		uint64		k;
	}			sizes[] = {{"2", 2}, {"3", 3}, {"5", 5}};
	ListCell   *cell;

	pr_json_open(json, "at_risk");
	foreach(cell, assessment->options->thresholds)
	{
		const PrThreshold *threshold = lfirst(cell);

		pr_json_number(json, threshold->label, share(records_above(assessment, threshold->value), sums->records));
	}
	pr_json_close(json);
	pr_json_open(json, "violating");
	for (int i = 0; i < lengthof(sizes); i++)
		pr_json_integer(json, sizes[i].label, records_violating(assessment, sizes[i].k));
	pr_json_close(json);
}

void
pr_report_class_risk(const PrAssessment *assessment, PrJson *json)
{
	ClassSums	sums = sum_classes(assessment);
	double		max = sums.smallest > 0 ? 1.0 / (double) sums.smallest : 0;
	double		average = share(assessment->classes->n, sums.persons);

	pr_json_open(json, "prosecutor");
	pr_json_number(json, "max", max);
	pr_json_number(json, "average", average);
	pr_json_close(json);
	/* Nothing is known of the population's classes: who asks for a journalist has to fear a prosecutor. */
	pr_json_open(json, "journalist");
	pr_json_number(json, "max", max);
	pr_json_close(json);
	pr_json_number(json, "marketer", average);
	pr_json_integer(json, "uniques", sums.uniques);
	report_thresholds(assessment, &sums, json);
}

/* ---------- what columns tell apart ---------- */

/* Distinct values over persons, and the share of pairs of persons that differ. */
static void
report_separation(PrJson *json, uint64 distinct, double pairs_alike, double persons)
{
	pr_json_number(json, "distinction", persons > 0 ? (double) distinct / persons : 0);
	pr_json_number(json, "separation", persons > 1 ? 1 - pairs_alike / (persons * (persons - 1)) : 0);
}

static void
report_column(const PrAssessment *assessment, int key, uint64 persons, PrJson *json)
{
	const PrClasses *classes = assessment->classes;
	uint32		most = 0;
	uint64	   *count;
	uint64		distinct = 0;
	double		alike = 0;

	for (uint32 class = 0; class < classes->n; class++)
		if (assessment->shown[(Size) class * assessment->n_keys + key] != PR_KEY_NULL)
			most = Max(most, assessment->shown[(Size) class * assessment->n_keys + key] + 1);
	count = pr_assess_array(assessment, most + 1, sizeof(uint64));	/* NULL is the value behind the last */
	for (uint32 class = 0; class < classes->n; class++)
		count[Min(assessment->shown[(Size) class * assessment->n_keys + key], most)] += pr_assess_persons(assessment, class);
	for (uint32 value = 0; value <= most; value++)
	{
		distinct += count[value] > 0;
		alike += (double) count[value] * ((double) count[value] - 1);
	}
	report_separation(json, distinct, alike, (double) persons);
	pfree(count);
}

void
pr_report_separation(const PrAssessment *assessment, PrJson *json)
{
	ClassSums	sums = sum_classes(assessment);
	double		alike = 0;

	for (uint32 class = 0; class < assessment->classes->n; class++)
	{
		double		persons = (double) pr_assess_persons(assessment, class);

		alike += persons * (persons - 1);
	}
	report_separation(json, assessment->classes->n, alike, (double) sums.persons);
	pr_json_open(json, "columns");
	for (int key = 0; key < assessment->n_keys; key++)
	{
		pr_json_open(json, list_nth(assessment->key_names, key));
		report_column(assessment, key, sums.persons, json);
		pr_json_close(json);
	}
	pr_json_close(json);
}

/* ---------- population ---------- */

static int
compare_sizes(const void *a, const void *b)
{
	uint64		x = *(const uint64 *) a;
	uint64		y = *(const uint64 *) b;

	return x < y ? -1 : x > y;
}

/* How many classes there are of each size. */
static PrClassSizes
class_sizes(const PrAssessment *assessment)
{
	uint32		n = assessment->classes->n;
	uint64	   *sorted = pr_assess_array(assessment, n, sizeof(uint64));
	uint64	   *size = pr_assess_array(assessment, n, sizeof(uint64));
	uint64	   *classes = pr_assess_array(assessment, n, sizeof(uint64));
	PrClassSizes sizes = {0, size, classes};

	for (uint32 class = 0; class < n; class++)
		sorted[class] = pr_assess_persons(assessment, class);
	qsort(sorted, n, sizeof(uint64), compare_sizes);
	for (uint32 i = 0; i < n; i++)
	{
		if (i == 0 || sorted[i] != sorted[i - 1])
			size[sizes.n++] = sorted[i];
		classes[sizes.n - 1]++;
	}
	pfree(sorted);
	return sizes;
}

/*
 * For a distribution, and for whoever grades by other thresholds: classes of
 * each size below 100 persons, and those above as one.
 */
void
pr_report_class_sizes(const PrAssessment *assessment, PrJson *json)
{
	PrClassSizes sizes = class_sizes(assessment);
	uint64		large = 0;

	pr_json_open(json, "class_sizes");
	for (uint32 i = 0; i < sizes.n; i++)
	{
		if (sizes.size[i] < 100)
			pr_json_integer(json, psprintf(UINT64_FORMAT, sizes.size[i]), sizes.classes[i]);
		else
			large += sizes.classes[i];
	}
	if (large > 0)
		pr_json_integer(json, "100+", large);
	pr_json_close(json);
}

/* Each class counts once, whatever its size.  Summed by size, so that the order of classes does not matter. */
void
pr_report_class_average(const PrAssessment *assessment, PrJson *json)
{
	PrClassSizes sizes = class_sizes(assessment);
	double		sum = 0;

	for (uint32 i = 0; i < sizes.n; i++)
		sum += (double) sizes.classes[i] / (double) sizes.size[i];
	pr_json_open(json, "classes");
	pr_json_number(json, "average", assessment->classes->n > 0 ? sum / assessment->classes->n : 0);
	pr_json_close(json);
}

static const char *
why_not(PrEstimate estimate)
{
	switch (estimate)
	{
		case PR_ESTIMATE_POPULATION:
			return "the population is smaller than the persons that are released";
		case PR_ESTIMATE_NO_MODEL:
			return "no parameters of the model explain these classes";
		default:
			return "not estimated";
	}
}

static void
report_preferred(PrJson *json, bool pitman, PrEstimate by_pitman, double pitman_share,
				 PrEstimate by_zayatz, double zayatz_share)
{
	if (pitman && by_pitman == PR_ESTIMATE_OK)
	{
		pr_json_text(json, "preferred", "pitman");
		pr_json_number(json, "uniques", pitman_share);
	}
	else if (by_zayatz == PR_ESTIMATE_OK)
	{
		pr_json_text(json, "preferred", "zayatz");
		pr_json_number(json, "uniques", zayatz_share);
	}
	else
		pr_json_missing(json, "uniques", why_not(by_zayatz));
}

static double
released_persons(const PrClassSizes *sizes)
{
	double		persons = 0;

	for (uint32 i = 0; i < sizes->n; i++)
		persons += (double) sizes->size[i] * (double) sizes->classes[i];
	return persons;
}

void
pr_report_population(const PrAssessment *assessment, PrJson *json)
{
	double		population = assessment->options->population;
	PrClassSizes sizes = class_sizes(assessment);
	PrPitman	pitman;
	double		zayatz = 0;
	PrEstimate	by_pitman;
	PrEstimate	by_zayatz;

	pr_json_open(json, "population");
	if (population == 0)
	{
		pr_json_missing(json, "pitman", "option \"population\" was not given");
		pr_json_missing(json, "zayatz", "option \"population\" was not given");
		pr_json_close(json);
		return;
	}
	by_pitman = pr_population_pitman(&sizes, population, &pitman);
	by_zayatz = pr_population_zayatz(&sizes, population, &zayatz);
	if (by_pitman == PR_ESTIMATE_OK)
		pr_json_number(json, "pitman", pitman.finite);
	else
		pr_json_missing(json, "pitman", why_not(by_pitman));
	if (by_zayatz == PR_ESTIMATE_OK)
		pr_json_number(json, "zayatz", zayatz);
	else
		pr_json_missing(json, "zayatz", why_not(by_zayatz));
	report_preferred(json, pr_population_prefers_pitman(released_persons(&sizes), population),
					 by_pitman, pitman.finite, by_zayatz, zayatz);
	pr_json_close(json);
}
