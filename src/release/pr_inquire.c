/*
 * pr_inquire.c
 *		From a declaration to what is asked of its source: see
 *		anonymity/pr_inquiry.h for what each part means.
 *
 * All text that is written here holds quoted identifiers and what transforms
 * render; capabilities of keyed rules are parameters.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/table.h"
#include "catalog/pg_index.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/relcache.h"
#include "utils/syscache.h"
#include "utils/typcache.h"

#include "catalog/pr_hierarchy.h"
#include "common/pr_error.h"
#include "release/pr_derive.h"
#include "release/pr_inquire.h"
#include "release/pr_registry.h"

/* ---------- persons ---------- */

/* Do equal values of the column count as equal in the index, whatever order it is in? */
static bool
equal_as_column(Relation index, Form_pg_attribute att)
{
	Oid			collation = index->rd_indcollation[0];

	if (index->rd_opfamily[0] != lookup_type_cache(att->atttypid, TYPECACHE_BTREE_OPFAMILY)->btree_opf)
		return false;
	return collation == att->attcollation ||
		(get_collation_isdeterministic(collation) && get_collation_isdeterministic(att->attcollation));
}

/*
 * Does this index say that no two rows have the same value in the column?  One
 * under another collation or operator class may let in two spellings of what the
 * column's type takes for one person.
 */
static bool
makes_unique(Oid indexid, Form_pg_attribute att)
{
	Relation	index = index_open(indexid, AccessShareLock);
	Form_pg_index form = index->rd_index;
	bool		unique = form->indisunique && form->indimmediate && form->indisvalid && form->indnkeyatts == 1 &&
		form->indkey.values[0] == att->attnum && heap_attisnull(index->rd_indextuple, Anum_pg_index_indpred, NULL) &&
		equal_as_column(index, att);

	index_close(index, AccessShareLock);
	return unique;
}

/* An index of a parent says nothing of its children, unless they are partitions. */
static bool
is_unique(Relation rel, AttrNumber attnum)
{
	ListCell   *cell;

	if (rel->rd_rel->relkind != RELKIND_PARTITIONED_TABLE &&
		(rel->rd_rel->relkind != RELKIND_RELATION || has_subclass(RelationGetRelid(rel))))
		return false;
	foreach(cell, RelationGetIndexList(rel))
		if (makes_unique(lfirst_oid(cell), TupleDescAttr(RelationGetDescr(rel), attnum - 1)))
			return true;
	return false;
}

/* ---------- quasi-identifiers ---------- */

static char *
rendered(const PrRelease *release, const PrRule *rule, int output)
{
	StringInfoData out;

	initStringInfo(&out);
	rule->transform->render(&out, release, rule, output);
	return out.data;
}

static char *
coarser(const PrRule *rule, const char *base, int level)
{
	StringInfoData out;

	initStringInfo(&out);
	rule->transform->render_coarser(&out, rule, base, level);
	return out.data;
}

static bool
has_equality(Oid type)
{
	return OidIsValid(lookup_type_cache(type, TYPECACHE_EQ_OPR)->eq_opr);
}

/*
 * The source column, if its distinct values are the leaves below what is
 * released: whatever is computed from this column alone.  Kept values are their
 * own leaves; values that come from elsewhere are too.
 */
static char *
leaf_source(const PrRule *rule)
{
	const PrTransform *transform = rule->transform;

	if (transform->key_use != PR_UNKEYED || transform->by_name || transform->table_only || rule->used != NIL ||
		strcmp(transform->name, "keep") == 0 || Max(transform->outputs, 1) > 1 || !has_equality(rule->declared))
		return NULL;
	return psprintf("s.%s", quote_identifier(rule->column_name));
}

static PrQuasi *
make_quasi(const PrRelease *release, const PrRule *rule, int output)
{
	const PrTransform *transform = rule->transform;
	PrQuasi    *quasi = palloc0(sizeof(PrQuasi));

	quasi->name = pr_output_column(rule, output);
	quasi->base = rendered(release, rule, output);
	quasi->levels = transform->levels != NULL ? transform->levels(rule) : 1;
	quasi->coarser = palloc0(quasi->levels * sizeof(char *));
	quasi->direct = palloc0(quasi->levels * sizeof(char *));
	quasi->direct[0] = quasi->base;
	for (int level = 1; level < quasi->levels; level++)
	{
		quasi->coarser[level] = coarser(rule, "b.v", level);
		quasi->direct[level] = coarser(rule, quasi->base, level);
	}
	if (transform->leaves != NULL)
		quasi->hierarchy = transform->leaves(rule, &quasi->first_level);
	if (quasi->hierarchy == NULL)
		quasi->source = leaf_source(rule);
	else
		quasi->outside = psprintf("s.%s IS NOT NULL AND (%s) IS NULL", quote_identifier(rule->column_name), quasi->base);
	return quasi;
}

/* ---------- sensitive columns ---------- */

/* The hierarchy by which the model measures the closeness of a column; NULL: none. */
static const char *
closeness_hierarchy(const PrModel *model, const char *column)
{
	ListCell   *cell;

	if (model == NULL)
		return NULL;
	foreach(cell, model->closeness)
	{
		const PrClosenessRule *rule = lfirst(cell);

		if (rule->hierarchy != NULL && strcmp(rule->column, column) == 0)
			return rule->hierarchy;
	}
	return NULL;
}

/* Labels of a released value: numbers are leaves as they are, everything else as text. */
static char *
label_of(Oid type, const char *hierarchy, int level)
{
	return psprintf("privrelease.hierarchy(b.v%s, %s::pg_catalog.text, %d)", pr_type_number(getBaseType(type)) ? "" : "::pg_catalog.text",
					quote_literal_cstr(hierarchy), level);
}

static PrSensitiveColumn *
make_sensitive(const PrRelease *release, const PrRule *rule, int output, const PrModel *model)
{
	PrSensitiveColumn *sensitive = palloc0(sizeof(PrSensitiveColumn));
	int			above;

	sensitive->name = pr_output_column(rule, output);
	sensitive->value = rendered(release, rule, output);
	sensitive->hierarchy = closeness_hierarchy(model, sensitive->name);
	if (sensitive->hierarchy == NULL)
		return sensitive;
	if (!pr_hierarchy_exists(sensitive->hierarchy, &above))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("hierarchy \"%s\" does not exist", sensitive->hierarchy),
				 errhint("SELECT privrelease.load_hierarchy(%s, 'schema.table');", quote_literal_cstr(sensitive->hierarchy))));
	sensitive->levels = above + 1;
	sensitive->labels = palloc0((sensitive->levels + 1) * sizeof(char *));
	for (int level = 0; level <= above; level++)
		sensitive->labels[level + 1] = label_of(rule->declared, sensitive->hierarchy, level);
	return sensitive;
}

/* ---------- the inquiry ---------- */

static PrFurther *
make_further(const PrRelease *release, const PrRule *rule, int output)
{
	PrFurther  *further = palloc0(sizeof(PrFurther));

	further->name = pr_output_column(rule, output);
	further->value = rendered(release, rule, output);
	return further;
}

static void
add_column(PrInquiry *inquiry, const PrRelease *release, const PrRule *rule, int output, PrColumnRole role, bool model_only)
{
	PrOutputColumn *column = palloc0(sizeof(PrOutputColumn));
	List	  **list;

	column->name = pr_output_column(rule, output);
	column->is_sensitive = role == PR_ROLE_SENSITIVE;
	if (column->is_sensitive && model_only && !pr_model_names(inquiry->model, column->name))
		role = PR_ROLE_FURTHER;
	switch (role)
	{
		case PR_ROLE_QUASI:
			column->list = PR_LIST_QUASI;
			list = &inquiry->quasi;
			*list = lappend(*list, make_quasi(release, rule, output));
			break;
		case PR_ROLE_SENSITIVE:
			column->list = PR_LIST_SENSITIVE;
			list = &inquiry->sensitive;
			*list = lappend(*list, make_sensitive(release, rule, output, inquiry->model));
			break;
		default:
			column->list = PR_LIST_FURTHER;
			list = &inquiry->further;
			*list = lappend(*list, make_further(release, rule, output));
			break;
	}
	column->number = list_length(*list) - 1;
	inquiry->columns = lappend(inquiry->columns, column);
}

PrInquiry *
pr_inquire(PrRelease *release, Relation rel, List *rules, const PrInquiryOptions *options)
{
	PrInquiry  *inquiry = palloc0(sizeof(PrInquiry));
	PrCapabilities *capabilities = options != NULL && options->capabilities != NULL ? options->capabilities
		: palloc0(sizeof(PrCapabilities));
	char	   *joins;
	ListCell   *cell;

	release->capabilities = capabilities;
	joins = pr_derive_columns(release, rules);
	inquiry->label = release->label;
	inquiry->model = release->model != NULL ? pr_model_parse(release->model) : NULL;
	inquiry->from = psprintf("%s AS s%s", quote_qualified_identifier(release->source_schema, release->source_name), joins);
	if (release->subject != NULL)
	{
		inquiry->subject = psprintf("s.%s", quote_identifier(release->subject));
		inquiry->one_row_each = is_unique(rel, release->subject_attnum);
	}
	inquiry->weight = options != NULL ? options->weight : NULL;
	foreach(cell, rules)
	{
		PrRule	   *rule = lfirst(cell);
		PrColumnRole role = pr_column_role(release, rule, inquiry->model, false);

		for (int output = 0; output < Max(rule->transform->outputs, 1); output++)
			add_column(inquiry, release, rule, output, role, options != NULL && options->model_only);
	}
	inquiry->args = capabilities->args;
	return inquiry;
}

PrInquiry *
pr_inquire_sensitive(const PrInquiry *inquiry)
{
	PrInquiry  *result = palloc(sizeof(PrInquiry));
	ListCell   *cell;

	*result = *inquiry;
	result->sensitive = list_copy(inquiry->sensitive);
	foreach(cell, inquiry->columns)
	{
		const PrOutputColumn *column = lfirst(cell);
		PrSensitiveColumn *sensitive;

		if (!column->is_sensitive || column->list != PR_LIST_FURTHER)
			continue;
		sensitive = palloc0(sizeof(PrSensitiveColumn));
		sensitive->name = column->name;
		sensitive->value = ((PrFurther *) list_nth(inquiry->further, column->number))->value;
		result->sensitive = lappend(result->sensitive, sensitive);
	}
	return result;
}
