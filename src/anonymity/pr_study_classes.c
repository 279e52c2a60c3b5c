/*
 * pr_study_classes.c
 *		From a solution back to values and classes.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "anonymity/pr_study_load.h"

static int
level_of(const PrStudy *study, const PrSolution *solution, uint32 unit, int qi)
{
	return solution->levels[(Size) solution->recoding[unit] * study->problem.n_qis + qi];
}

Datum
pr_study_released(const PrStudy *study, const PrSolution *solution, uint32 unit, int qi, bool *isnull)
{
	const PrQi *column = &study->problem.qis[qi];
	int			level = level_of(study, solution, unit, qi);
	uint32		code = study->problem.codes[(Size) unit * study->problem.n_qis + qi];

	if (level >= column->levels)
	{
		*isnull = true;
		return (Datum) 0;
	}
	return pr_values_get(study->level[qi][level], column->value[level][code], isnull);
}

/* What a reader sees of a unit, as numbers. */
void
pr_study_shown(const PrStudy *study, const PrSolution *solution, uint32 unit, uint32 *shown)
{
	for (int qi = 0; qi < study->problem.n_qis; qi++)
	{
		const PrQi *column = &study->problem.qis[qi];
		int			level = level_of(study, solution, unit, qi);
		uint32		code = study->problem.codes[(Size) unit * study->problem.n_qis + qi];

		shown[qi] = level >= column->levels ? PR_SHOWN_NULL : column->shown[level][column->value[level][code]];
	}
}

static void *
class_array(const PrStudy *study, Size n, Size element)
{
	return MemoryContextAllocExtended(study->context, Max(n, 1) * element, MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
}

static int
compare_classes(const void *a, const void *b)
{
	uint32		left = *(const uint32 *) a;
	uint32		right = *(const uint32 *) b;

	return left < right ? -1 : left > right;
}

/* Persons of several units count once in each class. */
static void
add_groups(const PrStudy *study, PrClasses *classes)
{
	for (uint64 group = 0; group < study->problem.n_groups; group++)
	{
		const PrPersonGroup *persons = &study->problem.groups[group];
		uint32	   *touched = palloc(persons->n_units * sizeof(uint32));
		uint32		n = 0;

		CHECK_FOR_INTERRUPTS();
		for (uint32 i = 0; i < persons->n_units; i++)
			if (classes->class_of[persons->units[i]] != PR_NO_CODE)
				touched[n++] = classes->class_of[persons->units[i]];
		qsort(touched, n, sizeof(uint32), compare_classes);
		for (uint32 i = 0; i < n; i++)
			if (i == 0 || touched[i] != touched[i - 1])
				classes->persons[touched[i]] += persons->persons;
		pfree(touched);
	}
}

PrSolution *
pr_study_all_released(PrStudy *study)
{
	PrSolution *solution = class_array(study, 1, sizeof(PrSolution));

	solution->n_recodings = 1;
	solution->levels = class_array(study, study->problem.n_qis, sizeof(uint8_t));
	solution->recoding = class_array(study, study->problem.n_units, sizeof(int32_t));
	return solution;
}

PrSolution *
pr_study_carry(const PrStudy *solved, const PrSolution *solution, PrStudy *study)
{
	int			n_qis = study->problem.n_qis;
	PrSolution *carried = class_array(study, 1, sizeof(PrSolution));
	Datum	   *values = palloc((n_qis + 1) * sizeof(Datum));
	bool	   *nulls = palloc((n_qis + 1) * sizeof(bool));

	carried->n_recodings = solution->n_recodings;
	carried->cost = solution->cost;
	carried->levels = class_array(study, (Size) solution->n_recodings * n_qis, sizeof(uint8_t));
	if (solution->n_recodings > 0)
		memcpy(carried->levels, solution->levels, (Size) solution->n_recodings * n_qis);
	carried->recoding = class_array(study, study->problem.n_units, sizeof(int32_t));
	for (uint32 unit = 0; unit < study->problem.n_units; unit++)
	{
		uint32		found;

		CHECK_FOR_INTERRUPTS();
		for (int qi = 0; qi < n_qis; qi++)
			values[qi] = pr_values_get(study->base[qi], study->problem.codes[(Size) unit * n_qis + qi], &nulls[qi]);
		found = pr_study_unit(solved, values, nulls);
		carried->recoding[unit] = found == PR_NO_CODE ? PR_SUPPRESSED : solution->recoding[found];
	}
	return carried;
}

void
pr_study_count(const PrStudy *study, PrClasses *classes)
{
	const PrProblem *problem = &study->problem;

	classes->records = class_array(study, classes->n, sizeof(uint64));
	classes->persons = class_array(study, classes->n, sizeof(uint64));
	if (study->weight != NULL)
		classes->weight = class_array(study, classes->n, sizeof(double));
	for (uint32 unit = 0; unit < problem->n_units; unit++)
	{
		uint32		class = classes->class_of[unit];

		CHECK_FOR_INTERRUPTS();
		if (class == PR_NO_CODE)
			continue;
		classes->records[class] += problem->records[unit];
		classes->persons[class] += problem->persons[unit];
		if (study->weight != NULL)
			classes->weight[class] += study->weight[unit];
	}
	add_groups(study, classes);
}

PrClasses *
pr_study_classes(const PrStudy *study, const PrSolution *solution)
{
	const PrProblem *problem = &study->problem;
	PrClasses  *classes = class_array(study, 1, sizeof(PrClasses));
	PrTuples   *seen = pr_tuples_make(problem->n_qis, study->context);
	uint32	   *shown = palloc((problem->n_qis + 1) * sizeof(uint32));

	classes->class_of = class_array(study, problem->n_units, sizeof(uint32));
	for (uint32 unit = 0; unit < problem->n_units; unit++)
	{
		CHECK_FOR_INTERRUPTS();
		classes->class_of[unit] = PR_NO_CODE;
		if (solution->recoding[unit] == PR_SUPPRESSED)
			continue;
		pr_study_shown(study, solution, unit, shown);
		classes->class_of[unit] = pr_tuples_code(seen, shown);
	}
	classes->n = pr_tuples_count(seen);
	pr_study_count(study, classes);
	return classes;
}
