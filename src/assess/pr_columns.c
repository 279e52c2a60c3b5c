/*
 * pr_columns.c
 *		Utility of a release: the metrics, and what each quasi-identifier kept.
 *
 * Loss counts what is lost, 0 = untouched; all other utilities count what is
 * kept, 1 = untouched.  The costs that a search minimizes are beside them.
 */
#include "postgres.h"

#include "assess/pr_assess.h"
#include "core/pr_search.h"

/* ---------- columns ---------- */

/* Leaves below the values of a column, summed over the records; who is suppressed has all.  A sum of integers. */
static double
covered(const PrAssessment *assessment, int qi)
{
	const PrProblem *problem = &assessment->study->problem;
	const PrQi *column = &problem->qis[qi];
	double		sum = 0;

	for (uint32 unit = 0; unit < problem->n_units; unit++)
	{
		int32		recoding = assessment->solution->recoding[unit];
		int			level = recoding == PR_SUPPRESSED ? column->levels
			: assessment->solution->levels[(Size) recoding * problem->n_qis + qi];
		uint32		code = problem->codes[(Size) unit * problem->n_qis + qi];
		uint64		leaves = level >= column->levels ? column->domain : column->leaves[level][column->value[level][code]];

		sum += (double) problem->records[unit] * (double) leaves;
	}
	return sum;
}

/* Level over highest level, averaged over the records. */
static double
height(const PrAssessment *assessment, int qi)
{
	const PrProblem *problem = &assessment->study->problem;
	int			top = problem->qis[qi].levels - 1;
	double		sum = 0;

	for (uint32 unit = 0; unit < problem->n_units; unit++)
	{
		int32		recoding = assessment->solution->recoding[unit];
		int			level = recoding == PR_SUPPRESSED ? top + 1
			: assessment->solution->levels[(Size) recoding * problem->n_qis + qi];

		if (level > top)
			sum += (double) problem->records[unit];
		else if (top > 0)
			sum += (double) problem->records[unit] * level / top;
	}
	return assessment->study->records > 0 ? sum / (double) assessment->study->records : 0;
}

/* 0: one leaf each; 1: all of them. */
static double
column_loss(double leaves, double records, uint64 domain)
{
	return domain <= 1 || records == 0 ? 0 : (leaves - records) / (records * (double) (domain - 1));
}

static void
report_columns(const PrAssessment *assessment, PrJson *json)
{
	const PrProblem *problem = &assessment->study->problem;
	double		records = (double) assessment->study->records;
	double		mean = 0;
	double		least = 0;
	double		climbed = 0;
	ListCell   *cell;

	pr_json_open(json, "columns");
	foreach(cell, assessment->inquiry->quasi)
	{
		int			qi = foreach_current_index(cell);
		double		domain = (double) problem->qis[qi].domain;
		double		leaves = covered(assessment, qi);

		pr_json_number(json, ((PrQuasi *) lfirst(cell))->name, 1 - column_loss(leaves, records, problem->qis[qi].domain));
		mean += records > 0 ? leaves / (records * domain) / problem->n_qis : 0;
		least += 1 / domain / problem->n_qis;
		climbed += height(assessment, qi) / problem->n_qis;
	}
	pr_json_close(json);
	pr_json_number(json, "granularity", least < 1 ? 1 - (mean - least) / (1 - least) : 1);
	pr_json_number(json, "precision", 1 - climbed);
}

/* ---------- metrics ---------- */

static double
kept(double lost, double most)
{
	return most > 0 ? 1 - lost / most : 1;
}

/* Average size of the released classes, from that of the raw ones (0 lost) to one class of all. */
static double
aecs_utility(const PrMeasures *measures)
{
	double		n = (double) measures->records;
	double		average;
	double		raw;

	if (measures->classes == 0 || measures->raw_classes == 0)
		return 0;
	average = (n - (double) measures->suppressed) / (double) measures->classes;
	raw = n / (double) measures->raw_classes;
	return kept(average - raw, n - raw);
}

static void
report_costs(const PrMeasures *measures, PrJson *json)
{
	pr_json_open(json, "cost");
	pr_json_number(json, "loss", measures->loss);
	pr_json_number(json, "loss_arithmetic", measures->loss_arithmetic);
	if (measures->discernibility <= PG_UINT64_MAX)
		pr_json_integer(json, "discernibility", (uint64) measures->discernibility);
	else
		pr_json_number(json, "discernibility", (double) measures->discernibility);
	pr_json_number(json, "aecs", measures->aecs);
	pr_json_number(json, "entropy", measures->entropy);
	pr_json_close(json);
}

void
pr_report_utility(const PrAssessment *assessment, PrJson *json)
{
	const PrMeasures *measures = &assessment->solution->measures;
	double		n = (double) measures->records;
	double		least = (double) measures->discernibility_least;

	pr_json_number(json, "loss", measures->loss);
	pr_json_number(json, "discernibility", kept((double) measures->discernibility - least, n * n - least));
	pr_json_number(json, "aecs", aecs_utility(measures));
	pr_json_number(json, "entropy", kept(measures->entropy, measures->entropy_most));
	report_columns(assessment, json);
	report_costs(measures, json);
	pr_report_numeric(assessment, json);
}
