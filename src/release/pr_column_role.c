/*
 * pr_column_role.c
 *		What a released column is to a model: a quasi-identifier, sensitive, or
 *		neither.
 *
 * A column that is taken for a quasi-identifier although it is none costs
 * utility; one that is not taken for one although it is costs somebody his
 * anonymity.  So everything is a quasi-identifier but what a person who may
 * classify has said to be something else:
 *	- Only what was said of this very column counts.  A column that was made anew
 *	  under an old name is unclassified here, although it may still count as an
 *	  identifier elsewhere (pr_is_identifier).
 *	- A pseudonym that shows characters of its value is no pseudonym.
 *	- An expression is what the columns are that it reads.
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "common/pr_error.h"
#include "release/pr_inquire.h"
#include "release/pr_registry.h"

/* ---------- columns of the model ---------- */

/* Has the rule an output column of this name? */
static bool
makes_column(const PrRule *rule, const char *column)
{
	for (int output = 0; output < Max(rule->transform->outputs, 1); output++)
		if (strcmp(pr_output_column(rule, output), column) == 0)
			return true;
	return false;
}

/* Names of the output columns that conditions l and t look at. */
static List *
columns_of_model(const PrModel *model)
{
	List	   *columns = NIL;
	ListCell   *cell;

	foreach(cell, model->diversity)
		columns = lappend(columns, ((PrDiversityRule *) lfirst(cell))->column);
	foreach(cell, model->closeness)
		columns = lappend(columns, ((PrClosenessRule *) lfirst(cell))->column);
	return columns;
}

static bool
is_named_by_model(const PrRule *rule, const PrModel *model)
{
	ListCell   *cell;

	if (model == NULL)
		return false;
	foreach(cell, columns_of_model(model))
		if (makes_column(rule, lfirst(cell)))
			return true;
	return false;
}

/* ---------- roles ---------- */

static bool
is_transform(const PrRule *rule, const char *name)
{
	return strcmp(rule->transform->name, name) == 0;
}

/* A keyed stand-in that shows nothing of the value. */
static bool
is_pseudonym(const PrRule *rule)
{
	if (rule->transform->key_use != PR_KEY_ROTATES)
		return false;
	return !is_transform(rule, "encrypt_fpe") ||
		(pr_param_int(rule, "keep_left") == 0 && pr_param_int(rule, "keep_right") == 0);
}

static PrColumnRole
role_of(const PrRule *rule, const PrModel *model, const char *kind)
{
	if (is_named_by_model(rule, model))
		return PR_ROLE_SENSITIVE;
	if (rule->transform->ignores_value)
		return PR_ROLE_FURTHER;
	if (kind == NULL)
		return PR_ROLE_QUASI;
	if (strcmp(kind, "sensitive") == 0)
		return PR_ROLE_SENSITIVE;
	if (strcmp(kind, "insensitive") == 0 || (strcmp(kind, "identifier") == 0 && is_pseudonym(rule)))
		return PR_ROLE_FURTHER;
	return PR_ROLE_QUASI;
}

static void
notice_unclassified(const PrRelease *release, const PrRule *rule)
{
	ereport(NOTICE,
			(errmsg("released column \"%s\" counts as a quasi-identifier, since column \"%s\" is unclassified",
					rule->output_name, rule->column_name),
			 errhint("SELECT privrelease.classify(%s, %s, 'quasi_identifier'); or what else it is.",
					 quote_literal_cstr(pr_relation_label(release->source)), quote_literal_cstr(rule->column_name))));
}

static void
notice_linkable(const PrRelease *release, const PrRule *rule)
{
	if (release->subject != NULL && rule->attnum == release->subject_attnum && is_pseudonym(rule))
		ereport(NOTICE,
				(errmsg("released column \"%s\" is a pseudonym of the subject and makes the rows of one person linkable",
						rule->output_name)));
}

/* Values that are drawn anew for each person make classes of one, or say nothing of who is in them. */
static void
refuse_drawn(const PrRelease *release, const PrRule *rule)
{
	if (!is_transform(rule, "noise") && !is_transform(rule, "date_shift") && !is_transform(rule, "shuffle"))
		return;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("transform \"%s\" on quasi-identifier \"%s\" is refused in a release with a model",
					rule->transform->name, rule->output_name),
			 errdetail("Nobody can tell how many persons share a value that is drawn."),
			 errhint("Generalize the column, or, if it is none: SELECT privrelease.classify(%s, %s, 'sensitive');",
					 quote_literal_cstr(pr_relation_label(release->source)), quote_literal_cstr(rule->column_name))));
}

/*
 * What the rule's column was classified as; NULL: nothing.  An expression is as
 * telling as the most telling column that it reads, whichever it was set for.
 */
static const char *
kind_of(const PrRelease *release, const PrRule *rule)
{
	const char *kind = "insensitive";
	ListCell   *cell;

	if (!rule->transform->by_name || rule->used == NIL)
		return pr_column_kind(release->source, rule->attnum);
	foreach(cell, rule->used)
	{
		const char *used = pr_column_kind(release->source, ((PrColumn *) lfirst(cell))->attnum);

		if (used == NULL)
			return NULL;
		if (strcmp(used, "insensitive") != 0 && strcmp(kind, "quasi_identifier") != 0)
			kind = strcmp(used, "sensitive") == 0 ? "sensitive" : "quasi_identifier";
	}
	return kind;
}

PrColumnRole
pr_column_role(const PrRelease *release, const PrRule *rule, const PrModel *model, bool notices)
{
	const char *kind = kind_of(release, rule);
	PrColumnRole role = role_of(rule, model, kind);

	if (role == PR_ROLE_QUASI && model != NULL)
		refuse_drawn(release, rule);
	if (notices && role == PR_ROLE_QUASI && kind == NULL)
		notice_unclassified(release, rule);
	if (notices)
		notice_linkable(release, rule);
	return role;
}

/* ---------- the model and the rules together ---------- */

void
pr_check_model(const PrRelease *release, List *rules, bool notices)
{
	const PrModel *model;
	ListCell   *cell;

	if (release->model == NULL)
		return;
	model = pr_model_parse(release->model);
	foreach(cell, rules)
		(void) pr_column_role(release, lfirst(cell), model, notices);
}

static bool
is_output(List *rules, const char *column)
{
	ListCell   *cell;

	foreach(cell, rules)
		if (makes_column(lfirst(cell), column))
			return true;
	return false;
}

/*
 * What a model looks at is there: every column that it names, and every
 * hierarchy, whose owner could otherwise make all values close to each other.
 */
void
pr_require_model_fits(const PrRelease *release, List *rules)
{
	const PrModel *model;
	ListCell   *cell;

	if (release->model == NULL)
		return;
	model = pr_model_parse(release->model);
	foreach(cell, columns_of_model(model))
		if (!is_output(rules, lfirst(cell)))
			ereport(ERROR,
					(errcode(ERRCODE_UNDEFINED_COLUMN),
					 errmsg("the model of release %s names column \"%s\", which the release does not have", release->label,
							(char *) lfirst(cell)),
					 errhint("Set a rule for it, or another model.")));
	foreach(cell, model->closeness)
		if (((PrClosenessRule *) lfirst(cell))->hierarchy != NULL)
			(void) pr_require_hierarchy(release, ((PrClosenessRule *) lfirst(cell))->hierarchy);
}
