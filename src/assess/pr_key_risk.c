/*
 * pr_key_risk.c
 *		Risk of classes by the frequencies of their keys: sample and population
 *		frequencies, individual and global risk, SUDA.
 *
 * A row of the keys is a class of at least one person.  NULL in a quasi-
 * identifier is a wildcard for frequencies and nothing for SUDA, as in sdcMicro;
 * classes themselves count it as a value (disclosure-control section 1).  Where
 * all quasi-identifiers are NULL, nothing of a person is shown.
 *
 * Frequencies count persons.  A person with several rows in a class weighs what
 * his rows weigh on average.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "assess/pr_assess.h"
#include "core/pr_risk.h"

/* ---------- keys ---------- */

static bool
has_all_keys(const PrAssessment *assessment)
{
	return assessment->n_keys > 0 && assessment->n_keys <= PR_KEYS_MOST;
}

/* The classes that somebody is in. */
static PrKeys
make_keys(PrAssessment *assessment)
{
	const PrClasses *classes = assessment->classes;
	int			n_keys = assessment->n_keys;
	uint32	   *codes = pr_assess_array(assessment, (Size) classes->n * n_keys, sizeof(uint32));
	uint64	   *records = pr_assess_array(assessment, classes->n, sizeof(uint64));
	double	   *weight = pr_assess_array(assessment, classes->n, sizeof(double));
	PrKeys		keys = {0, n_keys, codes, records, weight};

	assessment->suda_row = pr_assess_array(assessment, classes->n, sizeof(uint32));
	for (uint32 class = 0; class < classes->n; class++)
	{
		uint64		persons = classes->persons[class];

		assessment->suda_row[class] = PR_NO_CODE;
		if (persons == 0)
			continue;
		memcpy(codes + (Size) keys.n_rows * n_keys, assessment->shown + (Size) class * n_keys, n_keys * sizeof(uint32));
		records[keys.n_rows] = persons;
		weight[keys.n_rows] = classes->weight == NULL ? (double) persons
			: classes->weight[class] / (double) classes->records[class] * (double) persons;
		assessment->suda_row[class] = keys.n_rows++;
	}
	return keys;
}

/* Without keys, or with too many for a wildcard, a frequency is the size of the class. */
static void
set_frequencies(PrAssessment *assessment, const PrKeys *keys)
{
	double	   *f = pr_assess_array(assessment, keys->n_rows, sizeof(double));
	double	   *F = pr_assess_array(assessment, keys->n_rows, sizeof(double));
	uint32		n = assessment->classes->n;

	if (!has_all_keys(assessment) || pr_risk_frequencies(keys, 1, &assessment->study->runtime, f, F) != PR_CORE_OK)
		for (uint32 row = 0; row < keys->n_rows; row++)
		{
			f[row] = (double) keys->records[row];
			F[row] = keys->weight[row];
		}
	assessment->f = pr_assess_array(assessment, n, sizeof(double));
	assessment->population_f = pr_assess_array(assessment, n, sizeof(double));
	assessment->risk = pr_assess_array(assessment, n, sizeof(double));
	for (uint32 class = 0; class < n; class++)
	{
		uint32		row = assessment->suda_row[class];

		if (row == PR_NO_CODE || f[row] == 0)
			continue;
		CHECK_FOR_INTERRUPTS();
		assessment->f[class] = f[row];
		assessment->population_f[class] = F[row];
		assessment->risk[class] = pr_risk_individual(f[row], f[row] / F[row]);
	}
	pfree(f);
	pfree(F);
}

static void
set_suda(PrAssessment *assessment, const PrKeys *keys)
{
	PrSuda	   *suda;

	if (assessment->n_keys == 0 || keys->n_rows == 0)
	{
		assessment->suda_missing = "nothing is released that tells persons apart";
		return;
	}
	suda = pr_assess_array(assessment, 1, sizeof(PrSuda));
	if (pr_suda(keys, PR_SUDA_FACTORIAL, assessment->options->sampling_fraction, &assessment->study->runtime, suda) == PR_CORE_OK)
		assessment->suda = suda;
	else
		assessment->suda_missing = "too many quasi-identifiers";
}

void
pr_assess_keys(PrAssessment *assessment)
{
	PrKeys		keys = make_keys(assessment);

	set_frequencies(assessment, &keys);
	set_suda(assessment, &keys);
}

/* ---------- report ---------- */

static void
report_global(const PrAssessment *assessment, PrJson *json)
{
	const PrClasses *classes = assessment->classes;
	double		expected = 0;
	double		max = 0;
	uint64		persons = 0;

	for (uint32 class = 0; class < classes->n; class++)
	{
		expected += (double) classes->persons[class] * assessment->risk[class];
		persons += classes->persons[class];
		max = Max(max, assessment->risk[class]);
	}
	pr_json_open(json, "global");
	pr_json_number(json, "expected", expected);
	pr_json_number(json, "rate", persons > 0 ? expected / (double) persons : 0);
	pr_json_close(json);
	pr_json_open(json, "individual");
	pr_json_number(json, "max", max);
	pr_json_close(json);
}

static void
report_households(const PrAssessment *assessment, PrJson *json)
{
	pr_json_open(json, "household");
	if (assessment->household == NULL)
	{
		pr_json_missing(json, "expected", "option \"household\" was not given");
		pr_json_missing(json, "rate", "option \"household\" was not given");
	}
	else
	{
		PrHouseholdRisk risk = pr_assess_households(assessment);

		pr_json_number(json, "expected", risk.expected);
		pr_json_number(json, "rate", risk.persons > 0 ? risk.expected / (double) risk.persons : 0);
		pr_json_number(json, "max", risk.max);
	}
	pr_json_close(json);
}

static void
report_suda_scores(const PrAssessment *assessment, PrJson *json)
{
	const PrSuda *suda = assessment->suda;

	pr_json_integer(json, "records", suda->records);
	pr_json_integer(json, "msus", suda->msus);
	pr_json_number(json, "score_sum", suda->score_sum);
	pr_json_number(json, "score_max", suda->score_max);
	if (suda->has_dis)
	{
		pr_json_number(json, "dis_sum", suda->dis_sum);
		pr_json_number(json, "dis_max", suda->dis_max);
	}
	else
		pr_json_missing(json, "dis_max", "the score is defined for fewer than 28 quasi-identifiers");
}

/* Which columns make records unique. */
static void
report_contributions(const PrAssessment *assessment, PrJson *json)
{
	ListCell   *cell;

	pr_json_open(json, "contributions");
	foreach(cell, assessment->key_names)
		pr_json_number(json, lfirst(cell), assessment->suda->contribution[foreach_current_index(cell)]);
	pr_json_close(json);
}

static void
report_suda(const PrAssessment *assessment, PrJson *json)
{
	static const char *const keys[] = {"records", "msus", "score_sum", "score_max", "dis_max"};

	pr_json_open(json, "suda");
	if (assessment->suda != NULL)
	{
		report_suda_scores(assessment, json);
		report_contributions(assessment, json);
	}
	else
		for (int i = 0; i < lengthof(keys); i++)
			pr_json_missing(json, keys[i], assessment->suda_missing);
	pr_json_close(json);
}

void
pr_report_key_risk(const PrAssessment *assessment, PrJson *json)
{
	report_global(assessment, json);
	report_households(assessment, json);
	report_suda(assessment, json);
}
