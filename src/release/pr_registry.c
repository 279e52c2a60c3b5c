/*
 * pr_registry.c
 *		The list of transforms, and the view of it.
 */
#include "postgres.h"

#include "fmgr.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/jsonb.h"

#include "common/pr_error.h"
#include "release/pr_registry.h"
#include "release/pr_render.h"

PG_FUNCTION_INFO_V1(privrelease_transform_list);

/* From what shows most to what shows least, as the reference lists them. */
const PrTransform *const pr_transforms[] = {
	&pr_keep,
	&pr_suppress,
	&pr_constant,
	&pr_partial,
	&pr_partial_email,
	&pr_pseudonymize,
	&pr_encrypt_fpe,
	&pr_fake,
	&pr_bin,
	&pr_round,
	&pr_date_trunc,
	&pr_age,
	&pr_prefix,
	&pr_hierarchy,
	&pr_network,
	&pr_grid,
	&pr_resident_id,
	&pr_noise,
	&pr_date_shift,
	&pr_shuffle,
	&pr_rank_swap_rule,
	&pr_microaggregate,
	&pr_pram_rule,
	&pr_expression,
	NULL
};

static char *
list_names(void)
{
	StringInfoData buf;

	initStringInfo(&buf);
	for (int i = 0; pr_transforms[i] != NULL; i++)
		appendStringInfo(&buf, "%s%s", i > 0 ? ", " : "", pr_transforms[i]->name);
	return buf.data;
}

const PrTransform *
pr_transform_find(const char *name)
{
	for (int i = 0; pr_transforms[i] != NULL; i++)
		if (strcmp(pr_transforms[i]->name, name) == 0)
			return pr_transforms[i];
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_OBJECT),
			 errmsg("transform \"%s\" does not exist", name),
			 errhint("Transforms: %s.", list_names())));
}

static const char *
param_type(const PrParam *param)
{
	switch (param->kind)
	{
		case PR_PARAM_INT:
			return "integer";
		case PR_PARAM_NUMBER:
			return "number";
		case PR_PARAM_CHARACTER:
			return "character";
		case PR_PARAM_DATE:
			return "date";
		case PR_PARAM_BOOL:
			return "boolean";
		case PR_PARAM_SCALAR:
			return "text, number or boolean";
		case PR_PARAM_KEY:
			return "name of a key";
		case PR_PARAM_ROW:
			return "true or name of a column";
		case PR_PARAM_LEVEL:
			return "integer or auto";
		case PR_PARAM_LIST:
			return "array";
		case PR_PARAM_WEIGHTS:
			return "object of numbers";
		default:
			return "text";
	}
}

/* {"width": {"type": "number", "required": true}, ...}, and "unique", which every transform takes. */
static Datum
params_as_jsonb(const PrTransform *transform)
{
	StringInfoData buf;

	initStringInfo(&buf);
	appendStringInfoChar(&buf, '{');
	for (const PrParam *param = transform->params; param->name != NULL; param++)
	{
		appendStringInfo(&buf, "\"%s\": {\"type\": \"%s\", \"required\": %s", param->name, param_type(param),
						 param->required ? "true" : "false");
		if (param->fallback != NULL)
			appendStringInfo(&buf, ", \"default\": \"%s\"", param->fallback);
		if (param->words != NULL)
			appendStringInfo(&buf, ", \"values\": \"%s\"", param->words);
		if (param->table_only)
			appendStringInfoString(&buf, ", \"tables_only\": true");
		if (param->least != param->most)
			appendStringInfo(&buf, ", \"least\": " INT64_FORMAT ", \"most\": " INT64_FORMAT, param->least, param->most);
		appendStringInfoString(&buf, "}, ");
	}
	appendStringInfoString(&buf, "\"unique\": {\"type\": \"boolean\", \"required\": false, \"default\": \"false\"}}");
	return DirectFunctionCall1(jsonb_in, CStringGetDatum(buf.data));
}

/* Rows of the view privrelease.transforms. */
Datum
privrelease_transform_list(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;

	InitMaterializedSRF(fcinfo, 0);
	for (int i = 0; pr_transforms[i] != NULL; i++)
	{
		const PrTransform *transform = pr_transforms[i];
		Datum		values[10];
		bool		nulls[10] = {0};

		values[0] = CStringGetTextDatum(transform->name);
		values[1] = CStringGetTextDatum(transform->family);
		values[2] = CStringGetTextDatum(transform->input);
		values[3] = params_as_jsonb(transform);
		values[4] = BoolGetDatum(transform->key_use != PR_UNKEYED);
		values[5] = BoolGetDatum(transform->needs_subject);
		values[6] = BoolGetDatum(transform->monotone);
		values[7] = BoolGetDatum(transform->injective);
		values[8] = BoolGetDatum(transform != &pr_expression);
		values[9] = CStringGetTextDatum(transform->leaves_open);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	return (Datum) 0;
}
