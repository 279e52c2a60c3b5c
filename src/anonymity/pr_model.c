/*
 * pr_model.c
 *		The document of set_model(): every key checked, every number exact.
 *
 * Invariants:
 *	- What is accepted means one thing: unknown keys are errors, and so are a
 *	  number written as text, c where it says nothing, and conditions that every
 *	  class holds (k = 1, l = 1, t = 1): they would read like a promise.
 *	- Numbers are never binary: jsonb holds decimals, and decimals of at most
 *	  nine places become fractions of 64-bit integers, so that the products of
 *	  the conditions stay within 128 bits (core/pr_condition.h).
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/jsonb.h"
#include "utils/numeric.h"

#include "anonymity/pr_model.h"
#include "core/pr_fraction.h"

#define MOST_DECIMALS	9
#define MOST_PERSONS	"1000000000"
#define MOST_VALUES		"1000000"

/* An object of the document. */
typedef struct Section
{
	JsonbContainer *object;
	const char *name;			/* in messages */
	const char *const *keys;	/* those that it may have; ends with NULL */
} Section;

static const char *const model_keys[] = {"k", "l", "t", "suppression_limit", "metric", "search", NULL};
static const char *const diversity_keys[] = {"column", "variant", "l", "c", NULL};
static const char *const closeness_keys[] = {"column", "distance", "hierarchy", "t", NULL};

/* In the order of the enums. */
static const char *const metric_names[] = {"loss", "discernibility", "aecs", "entropy", NULL};
static const char *const variant_names[] = {"distinct", "entropy", "recursive", NULL};
static const char *const distance_names[] = {"equal", "ordered", "hierarchical", NULL};
static const char *const search_names[] = {"optimal", "local", NULL};

/* ---------- refusals ---------- */

#define EXAMPLE "For example '{\"k\": 5, \"l\": {\"column\": \"diagnosis\", \"variant\": \"distinct\", \"l\": 3}, \"suppression_limit\": 0.05}'."

static char *
list_words(const char *const *words)
{
	StringInfoData list;

	initStringInfo(&list);
	for (int i = 0; words[i] != NULL; i++)
		appendStringInfo(&list, "%s%s", i > 0 ? ", " : "", words[i]);
	return list.data;
}

static void
refuse_value(const Section *section, const char *key, const char *must)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("\"%s\" of %s must be %s", key, section->name, must),
			 errhint(EXAMPLE)));
}

static void
refuse_missing(const Section *section, const char *key)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("%s needs \"%s\"", section->name, key),
			 errhint(EXAMPLE)));
}

/* A key that says nothing beside the others. */
static void
refuse_needless(const Section *section, const char *key, const char *only)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("\"%s\" of %s has a meaning only with %s", key, section->name, only),
			 errhint("Leave it out.")));
}

/* ---------- reading ---------- */

static void
require_known_keys(const Section *section)
{
	JsonbIterator *iterator = JsonbIteratorInit(section->object);
	JsonbIteratorToken token;
	JsonbValue	value;

	while ((token = JsonbIteratorNext(&iterator, &value, true)) != WJB_DONE)
	{
		char	   *key;
		int			i = 0;

		if (token != WJB_KEY)
			continue;
		key = pnstrdup(value.val.string.val, value.val.string.len);
		while (section->keys[i] != NULL && strcmp(section->keys[i], key) != 0)
			i++;
		if (section->keys[i] == NULL)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("%s has no key \"%s\"", section->name, key),
					 errhint("Keys: %s.", list_words(section->keys))));
	}
}

static bool
get(const Section *section, const char *key, JsonbValue *value)
{
	return getKeyJsonValueFromContainer(section->object, key, strlen(key), value) != NULL;
}

/* A text that is not empty; NULL if it is absent. */
static char *
text_of(const Section *section, const char *key)
{
	JsonbValue	value;

	if (!get(section, key, &value))
		return NULL;
	if (value.type != jbvString || value.val.string.len == 0)
		refuse_value(section, key, "a text that is not empty");
	return pnstrdup(value.val.string.val, value.val.string.len);
}

static char *
required_text(const Section *section, const char *key)
{
	char	   *text = text_of(section, key);

	if (text == NULL)
		refuse_missing(section, key);
	return text;
}

/* The number of a word; the first one where the key is absent. */
static int
word_of(const Section *section, const char *key, const char *const *words)
{
	char	   *text = text_of(section, key);

	if (text == NULL)
		return 0;
	for (int i = 0; words[i] != NULL; i++)
		if (strcmp(words[i], text) == 0)
			return i;
	refuse_value(section, key, psprintf("one of: %s", list_words(words)));
	return 0;
}

static int
required_word(const Section *section, const char *key, const char *const *words)
{
	(void) required_text(section, key);
	return word_of(section, key, words);
}

static int
compare_to(Numeric number, const char *bound)
{
	Datum		other = DirectFunctionCall3(numeric_in, CStringGetDatum(bound), ObjectIdGetDatum(InvalidOid),
											Int32GetDatum(-1));

	return DatumGetInt32(DirectFunctionCall2(numeric_cmp, NumericGetDatum(number), other));
}

/* Bounds of a number; those that are open are no value of it. */
typedef struct Range
{
	const char *least;
	const char *most;
	bool		open_below;
	bool		open_above;
	bool		whole;
	const char *words;			/* what it must be */
} Range;

static const Range persons_range = {"2", MOST_PERSONS, .whole = true, .words = "a whole number from 2 to " MOST_PERSONS};
static const Range values_range = {"2", MOST_VALUES, .whole = true, .words = "a whole number from 2 to " MOST_VALUES};
static const Range entropy_range = {"1", MOST_VALUES, .open_below = true, .words = "a number greater than 1, at most " MOST_VALUES ", with at most 9 decimals"};
static const Range factor_range = {"0", MOST_VALUES, .open_below = true, .words = "a number greater than 0, at most " MOST_VALUES ", with at most 9 decimals"};
static const Range distance_range = {"0", "1", .open_above = true, .words = "a number from 0 to less than 1, with at most 9 decimals"};
static const Range share_range = {"0", "1", .words = "a number from 0 to 1, with at most 9 decimals"};

static bool
is_in_range(Numeric number, const Range *range)
{
	int			below = compare_to(number, range->least);
	int			above = compare_to(number, range->most);

	return (range->open_below ? below > 0 : below >= 0) && (range->open_above ? above < 0 : above <= 0);
}

/* A plain decimal within the range, without trailing zeros; NULL if it is absent. */
static char *
decimal_of(const Section *section, const char *key, const Range *range)
{
	JsonbValue	value;
	char	   *text;
	char	   *point;

	if (!get(section, key, &value))
		return NULL;
	if (value.type != jbvNumeric || !is_in_range(value.val.numeric, range))
		refuse_value(section, key, range->words);
	text = DatumGetCString(DirectFunctionCall1(numeric_out, DirectFunctionCall1(numeric_trim_scale,
																			   NumericGetDatum(value.val.numeric))));
	point = strchr(text, '.');
	if (point != NULL && (range->whole || strlen(point + 1) > MOST_DECIMALS))
		refuse_value(section, key, range->words);
	return text;
}

static char *
required_decimal(const Section *section, const char *key, const Range *range)
{
	char	   *text = decimal_of(section, key, range);

	if (text == NULL)
		refuse_missing(section, key);
	return text;
}

/* ---------- fractions ---------- */

static uint64
ten_to(int decimals)
{
	uint64		power = 1;

	for (int i = 0; i < decimals; i++)
		power *= 10;
	return power;
}

/* A decimal that was checked, as the fraction in lowest terms. */
static void
as_fraction(const char *decimal, uint64_t *num, uint64_t *den)
{
	pr_uint128	mantissa;
	int			decimals;
	uint64		a;
	uint64		b;

	if (pr_decimal_parse(decimal, &mantissa, &decimals) != PR_CORE_OK)
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR),
				 errmsg_internal("decimal of a model cannot be read")));
	*num = (uint64) mantissa;
	*den = ten_to(decimals);
	for (a = *num, b = *den; b != 0;)
	{
		uint64		rest = a % b;

		a = b;
		b = rest;
	}
	*num /= a;
	*den /= a;
}

/* ---------- conditions ---------- */

static void
add_diversity(PrModel *model, const Section *section)
{
	PrDiversityRule *rule = palloc0(sizeof(PrDiversityRule));
	PrDiversity *condition = &rule->condition;
	char	   *c = decimal_of(section, "c", &factor_range);

	rule->column = required_text(section, "column");
	condition->variant = (PrDiversityVariant) required_word(section, "variant", variant_names);
	as_fraction(required_decimal(section, "l", condition->variant == PR_DIVERSITY_ENTROPY ? &entropy_range : &values_range),
				&condition->l_num, &condition->l_den);
	condition->c_den = 1;
	if (condition->variant == PR_DIVERSITY_RECURSIVE)
		as_fraction(required_decimal(section, "c", &factor_range), &condition->c_num, &condition->c_den);
	else if (c != NULL)
		refuse_needless(section, "c", "\"variant\": \"recursive\"");
	model->diversity = lappend(model->diversity, rule);
}

static void
add_closeness(PrModel *model, const Section *section)
{
	PrClosenessRule *rule = palloc0(sizeof(PrClosenessRule));

	rule->column = required_text(section, "column");
	rule->condition.distance = (PrDistance) required_word(section, "distance", distance_names);
	rule->hierarchy = text_of(section, "hierarchy");
	if (rule->condition.distance == PR_DISTANCE_HIERARCHICAL)
		rule->hierarchy = required_text(section, "hierarchy");
	else if (rule->hierarchy != NULL)
		refuse_needless(section, "hierarchy", "\"distance\": \"hierarchical\"");
	as_fraction(required_decimal(section, "t", &distance_range), &rule->condition.t_num, &rule->condition.t_den);
	model->closeness = lappend(model->closeness, rule);
}

typedef void (*AddCondition) (PrModel *model, const Section *section);

static bool
is_object(const JsonbValue *value)
{
	return value->type == jbvBinary && JsonContainerIsObject(value->val.binary.data);
}

/* "l" and "t": an object, or an array of them. */
static void
read_conditions(PrModel *model, const Section *document, const char *key, Section part, AddCondition add)
{
	static const char must[] = "an object or an array of objects, which is not empty";
	JsonbValue	value;
	uint32		n;

	if (!get(document, key, &value))
		return;
	if (is_object(&value))
	{
		part.object = value.val.binary.data;
		require_known_keys(&part);
		add(model, &part);
		return;
	}
	if (value.type != jbvBinary || !JsonContainerIsArray(value.val.binary.data) ||
		JsonContainerIsScalar(value.val.binary.data) || JsonContainerSize(value.val.binary.data) == 0)
		refuse_value(document, key, must);
	n = JsonContainerSize(value.val.binary.data);
	for (uint32 i = 0; i < n; i++)
	{
		JsonbValue *element = getIthJsonbValueFromContainer(value.val.binary.data, i);

		if (!is_object(element))
			refuse_value(document, key, must);
		part.object = element->val.binary.data;
		require_known_keys(&part);
		add(model, &part);
	}
}

/* ---------- the model ---------- */

PrModel *
pr_model_parse(Jsonb *document)
{
	const Section model_section = {&document->root, "the model", model_keys};
	const Section diversity_section = {NULL, "condition \"l\" of the model", diversity_keys};
	const Section closeness_section = {NULL, "condition \"t\" of the model", closeness_keys};
	PrModel    *model = palloc0(sizeof(PrModel));

	if (!JB_ROOT_IS_OBJECT(document))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a model must be a JSON object"),
				 errhint(EXAMPLE)));
	require_known_keys(&model_section);
	model->k = strtoll(required_decimal(&model_section, "k", &persons_range), NULL, 10);
	read_conditions(model, &model_section, "l", diversity_section, add_diversity);
	read_conditions(model, &model_section, "t", closeness_section, add_closeness);
	model->suppression_limit = decimal_of(&model_section, "suppression_limit", &share_range);
	if (model->suppression_limit == NULL)
		model->suppression_limit = pstrdup("0");
	model->metric = (PrMetric) word_of(&model_section, "metric", metric_names);
	model->local = word_of(&model_section, "search", search_names) == 1;
	if (model->local && model->metric != PR_METRIC_LOSS)
		refuse_needless(&model_section, "metric", "\"search\": \"optimal\"; \"local\" goes for the least loss");
	return model;
}

uint64
pr_model_most_suppressed(const PrModel *model, uint64 records)
{
	uint64		num;
	uint64		den;

	as_fraction(model->suppression_limit, &num, &den);
	return (uint64) ((pr_uint128) records * num / den);
}

const char *
pr_metric_name(PrMetric metric)
{
	return metric_names[metric];
}

bool
pr_model_names(const PrModel *model, const char *column)
{
	ListCell   *cell;

	if (model == NULL)
		return false;
	foreach(cell, model->diversity)
		if (strcmp(((PrDiversityRule *) lfirst(cell))->column, column) == 0)
			return true;
	foreach(cell, model->closeness)
		if (strcmp(((PrClosenessRule *) lfirst(cell))->column, column) == 0)
			return true;
	return false;
}
