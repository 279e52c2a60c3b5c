/*
 * pr_options.c
 *		Options of assess() and record_risk().
 */
#include "postgres.h"

#include "access/table.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/numeric.h"
#include "utils/rel.h"
#include "utils/typcache.h"

#include "anonymity/pr_ask.h"
#include "assess/pr_assess.h"
#include "release/pr_registry.h"

#define DEFAULT_SAMPLING_FRACTION 0.01

/* ---------- values ---------- */

static void
refuse_value(const char *key, const char *wanted)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("option \"%s\" must be %s", key, wanted)));
}

static char *
column_value(const char *key, const JsonbValue *value)
{
	if (value->type != jbvString)
		refuse_value(key, "the name of a source column");
	return pnstrdup(value->val.string.val, value->val.string.len);
}

static double
number_value(const char *key, const JsonbValue *value, const char *wanted)
{
	if (value->type != jbvNumeric)
		refuse_value(key, wanted);
	return DatumGetFloat8(DirectFunctionCall1(numeric_float8_no_overflow, NumericGetDatum(value->val.numeric)));
}

static PrThreshold *
threshold_value(const JsonbValue *value)
{
	PrThreshold *threshold = palloc(sizeof(PrThreshold));

	threshold->value = number_value("thresholds", value, "an array of numbers from 0 to 1");
	if (!(threshold->value >= 0 && threshold->value <= 1))
		refuse_value("thresholds", "an array of numbers from 0 to 1");
	threshold->label = DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(value->val.numeric)));
	return threshold;
}

#define MOST_THRESHOLDS 100

static List *
threshold_values(const JsonbValue *value)
{
	JsonbIterator *iterator;
	JsonbIteratorToken token;
	JsonbValue	element;
	List	   *thresholds = NIL;

	if (value->type != jbvBinary || !JsonContainerIsArray(value->val.binary.data) || JsonContainerIsScalar(value->val.binary.data))
		refuse_value("thresholds", "an array of numbers from 0 to 1");
	iterator = JsonbIteratorInit(value->val.binary.data);
	while ((token = JsonbIteratorNext(&iterator, &element, true)) != WJB_DONE)
		if (token == WJB_ELEM)
			thresholds = lappend(thresholds, threshold_value(&element));
	if (list_length(thresholds) > MOST_THRESHOLDS)
		refuse_value("thresholds", psprintf("an array of at most %d numbers", MOST_THRESHOLDS));
	return thresholds;
}

static List *
default_thresholds(void)
{
	static const char *const labels[] = {"0.05", "0.1", "0.2", "0.5"};
	static const double values[] = {0.05, 0.1, 0.2, 0.5};
	List	   *thresholds = NIL;

	for (int i = 0; i < lengthof(labels); i++)
	{
		PrThreshold *threshold = palloc(sizeof(PrThreshold));

		threshold->label = pstrdup(labels[i]);
		threshold->value = values[i];
		thresholds = lappend(thresholds, threshold);
	}
	return thresholds;
}

static void
set_option(PrAssessOptions *options, const char *key, const JsonbValue *value)
{
	if (strcmp(key, "weight") == 0)
		options->weight = column_value(key, value);
	else if (strcmp(key, "household") == 0)
		options->household = column_value(key, value);
	else if (strcmp(key, "population") == 0)
	{
		options->population = number_value(key, value, "a number from 1 to 1e15");
		if (!(options->population >= 1 && options->population <= 1e15))
			refuse_value(key, "a number from 1 to 1e15");
	}
	else if (strcmp(key, "thresholds") == 0)
		options->thresholds = threshold_values(value);
	else if (strcmp(key, "sampling_fraction") == 0)
	{
		options->sampling_fraction = number_value(key, value, "a number above 0 and below 1");
		if (!(options->sampling_fraction > 0 && options->sampling_fraction < 1))
			refuse_value(key, "a number above 0 and below 1");
	}
	else
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unknown option \"%s\"", key),
				 errhint("Options are weight, household, population, thresholds and sampling_fraction.")));
}

PrAssessOptions *
pr_options_parse(Jsonb *document)
{
	PrAssessOptions *options = palloc0(sizeof(PrAssessOptions));
	JsonbIterator *iterator;
	JsonbIteratorToken token;
	JsonbValue	value;
	char	   *key = NULL;

	options->sampling_fraction = DEFAULT_SAMPLING_FRACTION;
	options->thresholds = default_thresholds();
	if (!JB_ROOT_IS_OBJECT(document))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("options must be a JSON object")));
	iterator = JsonbIteratorInit(&document->root);
	(void) JsonbIteratorNext(&iterator, &value, false);
	while ((token = JsonbIteratorNext(&iterator, &value, true)) != WJB_DONE)
	{
		if (token == WJB_KEY)
			key = pnstrdup(value.val.string.val, value.val.string.len);
		else if (token == WJB_VALUE)
			set_option(options, key, &value);
	}
	return options;
}

/* ---------- columns ---------- */

static AttrNumber
find_column(const char *key, const char *column, Relation rel)
{
	for (int i = 0; i < RelationGetDescr(rel)->natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(RelationGetDescr(rel), i);

		if (!att->attisdropped && strcmp(NameStr(att->attname), column) == 0)
			return att->attnum;
	}
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_COLUMN),
			 errmsg("option \"%s\": column \"%s\" of %s does not exist", key, column, pr_relation_label(RelationGetRelid(rel)))));
}

static Oid
type_of(Relation rel, AttrNumber attnum)
{
	return getBaseType(TupleDescAttr(RelationGetDescr(rel), attnum - 1)->atttypid);
}

char *
pr_options_weight(const PrAssessOptions *options, Relation rel)
{
	if (options->weight == NULL)
		return NULL;
	if (!pr_type_number(type_of(rel, find_column("weight", options->weight, rel))))
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("column \"%s\" is not numeric and cannot be a weight", options->weight)));
	return psprintf("s.%s", quote_identifier(options->weight));
}

char *
pr_options_household(const PrAssessOptions *options, Relation rel)
{
	Oid			type;

	if (options->household == NULL)
		return NULL;
	type = type_of(rel, find_column("household", options->household, rel));
	if (!OidIsValid(lookup_type_cache(type, TYPECACHE_LT_OPR)->lt_opr))
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("column \"%s\" has no order and cannot tell households apart", options->household)));
	return psprintf("s.%s", quote_identifier(options->household));
}

/* ---------- weights ---------- */

static void
read_finding(TupleTableSlot *slot, void *state)
{
	bool	   *found = state;

	*found = !slot->tts_isnull[0] && DatumGetBool(slot->tts_values[0]);
}

void
pr_options_check_weights(const PrAssessOptions *options, const PrInquiry *inquiry)
{
	bool		unusable = false;

	if (inquiry->weight == NULL)
		return;
	/* NaN is above every number. */
	pr_ask(psprintf("SELECT pg_catalog.bool_or(w.w IS NULL OR w.w <= 0 OR w.w > 1e15)"
					" FROM (SELECT (%s)::pg_catalog.numeric AS w FROM %s) AS w", inquiry->weight, inquiry->from),
		   (PrArgs *) &inquiry->args, NULL, read_finding, &unusable);
	if (unusable)
		ereport(ERROR,
				(errcode(ERRCODE_DATA_EXCEPTION),
				 errmsg("column \"%s\" has weights that are null, not above zero or above 1e15", options->weight),
				 errhint("Say for each record how many persons of the population it stands for.")));
}
