/*
 * pr_study_model.c
 *		The model in the terms of the problem, and its solution.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/memutils.h"

#include "anonymity/pr_study_load.h"
#include "common/pr_error.h"
#include "common/pr_progress.h"
#include "core/pr_search.h"

static int
sensitive_number(const PrStudy *study, const char *column)
{
	ListCell   *cell;

	foreach(cell, study->inquiry->sensitive)
		if (strcmp(((PrSensitiveColumn *) lfirst(cell))->name, column) == 0)
			return foreach_current_index(cell);
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_COLUMN),
			 errmsg("the model of release %s names column \"%s\", which the release does not have",
					study->inquiry->label, column),
			 errhint("SELECT privrelease.set_rule(%s, 'column', 'keep', output_name => %s); or change the model.",
					 quote_literal_cstr(study->inquiry->label), quote_literal_cstr(column))));
}

static void
set_diversity(PrStudy *study, const PrModel *model)
{
	PrDiversity *conditions = MemoryContextAllocZero(study->context, (list_length(model->diversity) + 1) * sizeof(PrDiversity));
	ListCell   *cell;

	foreach(cell, model->diversity)
	{
		const PrDiversityRule *rule = lfirst(cell);
		PrDiversity *condition = &conditions[foreach_current_index(cell)];

		*condition = rule->condition;
		condition->sensitive = sensitive_number(study, rule->column);
	}
	study->problem.n_diversity = list_length(model->diversity);
	study->problem.diversity = conditions;
}

static void
set_closeness(PrStudy *study, const PrModel *model)
{
	PrCloseness *conditions = MemoryContextAllocZero(study->context, (list_length(model->closeness) + 1) * sizeof(PrCloseness));
	ListCell   *cell;

	foreach(cell, model->closeness)
	{
		const PrClosenessRule *rule = lfirst(cell);
		PrCloseness *condition = &conditions[foreach_current_index(cell)];

		*condition = rule->condition;
		condition->sensitive = sensitive_number(study, rule->column);
	}
	study->problem.n_closeness = list_length(model->closeness);
	study->problem.closeness = conditions;
}

void
pr_study_make_model(PrStudy *study)
{
	const PrModel *model = study->inquiry->model;

	study->problem.k = 1;
	if (model == NULL)
		return;
	study->problem.k = model->k;
	study->problem.metric = model->metric;
	study->problem.most_suppressed = pr_model_most_suppressed(model, study->records);
	set_diversity(study, model);
	set_closeness(study, model);
}

static void
refuse_model(const PrStudy *study, PrCoreResult result)
{
	if (result == PR_CORE_LIMIT)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("release %s has more than %d combinations of levels", study->inquiry->label, PR_SEARCH_MOST_NODES),
				 errhint("List fewer levels in its rules, or let the model say \"search\": \"local\".")));
	ereport(ERROR,
			(errcode(ERRCODE_PR_NOT_ANONYMOUS),
			 errmsg("release %s cannot hold its model", study->inquiry->label),
			 errdetail("No combination of the declared levels keeps it with at most %llu of %llu records suppressed.",
					   (unsigned long long) study->problem.most_suppressed, (unsigned long long) study->records),
			 errhint("Add coarser levels to its rules, raise suppression_limit, or use \"search\": \"local\".")));
}

PrCoreResult
pr_study_search(PrStudy *study, PrSolution **solution)
{
	*solution = MemoryContextAllocZero(study->context, sizeof(PrSolution));
	pr_progress_phase("searching", 0);
	if (study->inquiry->model != NULL && study->inquiry->model->local)
		return pr_search_local(&study->problem, &study->runtime, *solution);
	return pr_search_optimal(&study->problem, &study->runtime, *solution);
}

PrSolution *
pr_study_solve(PrStudy *study)
{
	PrSolution *solution;
	PrCoreResult result = pr_study_search(study, &solution);

	if (result != PR_CORE_OK)
		refuse_model(study, result);
	return solution;
}
