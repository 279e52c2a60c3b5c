/*
 * pr_joint.c
 *		The classes of several releases together; see pr_joint.h.
 *
 * Each release is studied by itself, to know what it shows and what it suppresses
 * of today's source: a table at the levels of its last version, or, before the
 * first one and with local recoding, as a refresh would make it now.  Then one
 * study of all quasi-identifiers gives the combinations, and each is looked up in
 * every release.
 */
#include "postgres.h"

#include "access/table.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/numeric.h"
#include "utils/rel.h"

#include "anonymity/pr_tuples.h"
#include "release/pr_derive.h"
#include "release/pr_joint.h"
#include "release/pr_refresh.h"
#include "release/pr_registry.h"

/* ---------- binding ---------- */

static const PrModel *
model_of(const PrRelease *release)
{
	return release->is_table && release->model != NULL ? pr_model_parse(release->model) : NULL;
}

/* The levels of the last version, by output column; NULL: there is no version. */
static Jsonb *
last_levels(const PrRelease *release)
{
	PrArgs		args = {0};
	bool		isnull;

	if (!release->is_table || release->version == 0)
		return NULL;
	pr_arg_int4(&args, release->id);
	pr_arg_int8(&args, release->version);
	if (pr_catalog_run("SELECT levels FROM privrelease.version WHERE release = $1 AND version = $2", &args) == 0)
		return NULL;
	return DatumGetJsonbPCopy(pr_spi_datum(0, 1, &isnull));
}

static PrJointMember *
bind_member(PrRelease *release, Relation *rel)
{
	PrJointMember *member = palloc0(sizeof(PrJointMember));
	Jsonb	   *levels = last_levels(release);

	if (*rel != NULL)
		table_close(*rel, NoLock);
	member->release = release;
	member->rules = pr_load_to_look(release, rel, true);
	member->model = model_of(release);
	if (levels != NULL)
		member->levels = JsonbPGetDatum(levels);
	pr_check_model(release, member->rules, false);
	return member;
}

PrJoint *
pr_joint_bind(List *releases)
{
	PrJoint    *joint = palloc0(sizeof(PrJoint));
	ListCell   *cell;

	foreach(cell, releases)
	{
		PrJointMember *member = bind_member(lfirst(cell), &joint->rel);

		joint->members = lappend(joint->members, member);
		if (member->model != NULL && (joint->k == 0 || member->model->k < joint->k))
			joint->k = member->model->k;
	}
	return joint;
}

/* ---------- one release ---------- */

/* The level that a document of levels has for a column; -1: none, or not one alone. */
static int
level_in(Jsonb *levels, const char *column, int most)
{
	JsonbValue	found;
	int			level;

	if (getKeyJsonValueFromContainer(&levels->root, column, strlen(column), &found) == NULL || found.type != jbvNumeric)
		return -1;
	level = DatumGetInt32(DirectFunctionCall1(numeric_int4, NumericGetDatum(found.val.numeric)));
	return level >= 0 && level < most ? level : -1;
}

/* Leaves one level to each quasi-identifier, if the document has one for all of them. */
static bool
fix_levels(PrInquiry *inquiry, Jsonb *levels)
{
	ListCell   *cell;

	foreach(cell, inquiry->quasi)
	{
		const PrQuasi *quasi = lfirst(cell);

		if (level_in(levels, quasi->name, quasi->levels) < 0)
			return false;
	}
	foreach(cell, inquiry->quasi)
	{
		PrQuasi    *quasi = lfirst(cell);
		int			level = level_in(levels, quasi->name, quasi->levels);

		quasi->base = quasi->direct[level];
		quasi->levels = 1;
		quasi->first_level += level;
		quasi->outside = NULL;
	}
	return true;
}

static void
load_member(PrJointMember *member, Relation rel, PrCapabilities *capabilities)
{
	PrInquiryOptions options = {.capabilities = capabilities,.model_only = member->model != NULL};

	member->inquiry = pr_inquire(member->release, rel, member->rules, &options);
	if (member->levels != (Datum) 0 && !member->model->local && fix_levels(member->inquiry, DatumGetJsonbP(member->levels)))
	{
		/* The levels were found when the source was another: what does not hold at them is absent. */
		PrModel    *model = palloc(sizeof(PrModel));

		*model = *member->model;
		model->suppression_limit = "1";
		member->inquiry->model = model;
	}
	else
		member->levels = (Datum) 0;
}

static void
study_member(PrJointMember *member)
{
	member->study = pr_study_load(member->inquiry, CurrentMemoryContext);
	member->solution = member->model != NULL ? pr_study_solve(member->study) : pr_study_all_released(member->study);
	member->classes = pr_study_classes(member->study, member->solution);
	if (member->levels == (Datum) 0)
		member->levels = pr_levels_document(member->study, member->solution);
}

/* ---------- all quasi-identifiers ---------- */

/* The place of a quasi-identifier in the combination; expressions that are the same share one. */
static int
place_quasi(PrInquiry *inquiry, const PrQuasi *quasi)
{
	PrQuasi    *placed;
	ListCell   *cell;

	foreach(cell, inquiry->quasi)
		if (strcmp(((PrQuasi *) lfirst(cell))->base, quasi->base) == 0)
			return foreach_current_index(cell);
	placed = palloc0(sizeof(PrQuasi));
	placed->name = quasi->name;
	placed->base = quasi->base;
	placed->levels = 1;
	placed->coarser = palloc0(sizeof(char *));
	placed->direct = palloc0(sizeof(char *));
	placed->direct[0] = quasi->base;
	inquiry->quasi = lappend(inquiry->quasi, placed);
	return list_length(inquiry->quasi) - 1;
}

static void
place_sensitive(PrInquiry *inquiry, PrSensitiveColumn *sensitive)
{
	ListCell   *cell;

	foreach(cell, inquiry->sensitive)
		if (strcmp(((PrSensitiveColumn *) lfirst(cell))->value, sensitive->value) == 0)
			return;
	inquiry->sensitive = lappend(inquiry->sensitive, sensitive);
}

static void
place_member(PrJoint *joint, PrJointMember *member)
{
	ListCell   *cell;

	member->place = palloc0((list_length(member->inquiry->quasi) + 1) * sizeof(int));
	foreach(cell, member->inquiry->quasi)
		member->place[foreach_current_index(cell)] = place_quasi(joint->inquiry, lfirst(cell));
	foreach(cell, pr_inquire_sensitive(member->inquiry)->sensitive)
		place_sensitive(joint->inquiry, lfirst(cell));
}

/* The release whose persons are counted. */
static const PrJointMember *
counted_by(const PrJoint *joint)
{
	ListCell   *cell;

	foreach(cell, joint->members)
	{
		const PrJointMember *member = lfirst(cell);

		if (member->model != NULL && member->model->k == joint->k)
			return member;
	}
	return linitial(joint->members);
}

/* One statement about all of them: what each derives is joined, and their parameters are the same. */
static PrInquiry *
make_inquiry(PrJoint *joint, const PrCapabilities *capabilities)
{
	PrInquiry  *inquiry = palloc0(sizeof(PrInquiry));
	const PrJointMember *counted = counted_by(joint);
	char	   *source = psprintf("%s AS s", quote_qualified_identifier(counted->release->source_schema,
																		counted->release->source_name));
	StringInfoData from;
	ListCell   *cell;

	joint->inquiry = inquiry;
	initStringInfo(&from);
	appendStringInfoString(&from, source);
	foreach(cell, joint->members)
	{
		PrJointMember *member = lfirst(cell);

		appendStringInfoString(&from, member->inquiry->from + strlen(source));
		place_member(joint, member);
		member->inquiry->args = capabilities->args;
	}
	inquiry->label = counted->release->label;
	inquiry->from = from.data;
	inquiry->args = capabilities->args;
	inquiry->subject = counted->inquiry->subject;
	inquiry->one_row_each = counted->inquiry->one_row_each;
	return inquiry;
}

/* ---------- the classes ---------- */

/* In which class of a release a combination is. */
static uint32
class_in(const PrJoint *joint, const PrJointMember *member, uint32 unit, Datum *values, bool *nulls)
{
	const PrProblem *problem = &joint->study->problem;
	uint32		found;

	for (int qi = 0; qi < member->study->problem.n_qis; qi++)
	{
		int			place = member->place[qi];

		values[qi] = pr_values_get(joint->study->base[place], problem->codes[(Size) unit * problem->n_qis + place], &nulls[qi]);
	}
	found = pr_study_unit(member->study, values, nulls);
	return found == PR_NO_CODE ? PR_NO_CODE : member->classes->class_of[found];
}

static void
intersect(PrJoint *joint)
{
	int			n = list_length(joint->members);
	MemoryContext context = joint->study->context;
	uint32		n_units = joint->study->problem.n_units;
	PrTuples   *seen = pr_tuples_make(n, context);
	uint32	   *classes = palloc(n * sizeof(uint32));
	Datum	   *values = palloc((joint->study->problem.n_qis + 1) * sizeof(Datum));
	bool	   *nulls = palloc((joint->study->problem.n_qis + 1) * sizeof(bool));

	joint->classes = MemoryContextAllocZero(context, sizeof(PrClasses));
	joint->classes->class_of = MemoryContextAllocHuge(context, Max(n_units, 1) * sizeof(uint32));
	for (uint32 unit = 0; unit < n_units; unit++)
	{
		bool		somewhere = false;
		ListCell   *cell;

		CHECK_FOR_INTERRUPTS();
		foreach(cell, joint->members)
		{
			uint32		class = class_in(joint, lfirst(cell), unit, values, nulls);

			classes[foreach_current_index(cell)] = class;
			somewhere |= class != PR_NO_CODE;
		}
		joint->classes->class_of[unit] = somewhere ? pr_tuples_code(seen, classes) : PR_NO_CODE;
	}
	joint->classes->n = pr_tuples_count(seen);
	joint->shown = MemoryContextAllocHuge(context, Max((Size) joint->classes->n * n, 1) * sizeof(uint32));
	if (joint->classes->n > 0)
		memcpy(joint->shown, pr_tuples_all(seen), (Size) joint->classes->n * n * sizeof(uint32));
	pr_study_count(joint->study, joint->classes);
}

void
pr_joint_load(PrJoint *joint)
{
	PrCapabilities *capabilities = palloc0(sizeof(PrCapabilities));
	ListCell   *cell;

	foreach(cell, joint->members)
		load_member(lfirst(cell), joint->rel, capabilities);
	joint->inquiry = make_inquiry(joint, capabilities);
	foreach(cell, joint->members)
		study_member(lfirst(cell));
	joint->study = pr_study_load(joint->inquiry, CurrentMemoryContext);
	intersect(joint);
}

void
pr_joint_free(PrJoint *joint)
{
	ListCell   *cell;

	foreach(cell, joint->members)
	{
		PrJointMember *member = lfirst(cell);

		pr_study_free(member->study);
		pr_derive_end(member->release);
	}
	pr_study_free(joint->study);
	table_close(joint->rel, NoLock);
}

uint64
pr_joint_smallest(const PrJoint *joint)
{
	uint64		smallest = 0;

	for (uint32 class = 0; class < joint->classes->n; class++)
		if (class == 0 || joint->classes->persons[class] < smallest)
			smallest = joint->classes->persons[class];
	return smallest;
}
