/*
 * pr_render.c
 *		Pieces of expressions and checks shared by the transforms of the registry.
 *
 * What is appended here becomes the text of a view that runs in every query of
 * an audience: identifiers are quoted, values are quoted literals with their
 * type, and nothing that a user typed is copied in any other way.
 */
#include "postgres.h"

#include <float.h>
#include <math.h>

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"
#include "utils/numeric.h"

#include "common/pr_error.h"
#include "release/pr_render.h"

/*
 * An enum's label is taken from its output function and not by a cast: a cast
 * from his own enum to text is something that its owner can define, and it
 * would run with the rights of everybody who reads the release.
 */
void
pr_render_column(StringInfo out, const PrRule *rule, Oid want)
{
	if (want == TEXTOID && get_typtype(rule->type) == TYPTYPE_ENUM)
	{
		appendStringInfo(out, "pg_catalog.textin(pg_catalog.enum_out(s.%s))", quote_identifier(rule->column_name));
		return;
	}
	appendStringInfo(out, "s.%s", quote_identifier(rule->column_name));
	if (rule->declared != want)
		appendStringInfo(out, "::%s", pr_type_name(want, -1));
}

/* Whole numbers and texts read best without their type, which the call's other arguments imply. */
void
pr_render_literal(StringInfo out, const char *value, Oid type)
{
	if (type == INT4OID && value[0] != '-')
		appendStringInfo(out, ", %s", value);
	else if (type == TEXTOID)
		appendStringInfo(out, ", %s", quote_literal_cstr(value));
	else
		appendStringInfo(out, ", %s::%s", quote_literal_cstr(value), pr_type_name(type, -1));
}

void
pr_render_param(StringInfo out, const PrRule *rule, const char *name, Oid type)
{
	pr_render_literal(out, pr_param(rule, name), type);
}

static Datum
as_numeric(const char *number)
{
	return DirectFunctionCall3(numeric_in, CStringGetDatum(number), ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));
}

int
pr_number_compare(const char *a, const char *b)
{
	return DatumGetInt32(DirectFunctionCall2(numeric_cmp, as_numeric(a), as_numeric(b)));
}

char *
pr_number_product(const char *a, const char *b)
{
	return DatumGetCString(DirectFunctionCall1(numeric_out,
											   DirectFunctionCall2(numeric_mul, as_numeric(a), as_numeric(b))));
}

bool
pr_number_is_multiple(const char *number, const char *of)
{
	Datum		rest = DirectFunctionCall2(numeric_mod, as_numeric(number), as_numeric(of));

	return DatumGetInt32(DirectFunctionCall2(numeric_cmp, rest, as_numeric("0"))) == 0;
}

bool
pr_number_fits(const char *number, Oid type)
{
	switch (type)
	{
		case INT2OID:
		case INT4OID:
		case INT8OID:
			return strchr(number, '.') == NULL &&
				pr_number_compare(number, type == INT2OID ? "-32768" : type == INT4OID ? "-2147483648" : "-9223372036854775808") >= 0 &&
				pr_number_compare(number, type == INT2OID ? "32767" : type == INT4OID ? "2147483647" : "9223372036854775807") <= 0;
		case FLOAT4OID:
			return fabs(strtod(number, NULL)) <= FLT_MAX &&
				(strtod(number, NULL) == 0 || fabs(strtod(number, NULL)) >= FLT_MIN);
		case FLOAT8OID:
			return isfinite(strtod(number, NULL));
		default:
			return strlen(number) <= 200;	/* nobody bins by wider numbers */
	}
}

void
pr_refuse_param(const PrRule *rule, const char *param, const char *must)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("parameter \"%s\" of transform \"%s\" on column \"%s\" must %s",
					param, rule->transform->name, rule->column_name, must),
			 errhint("SELECT params FROM privrelease.transforms WHERE name = %s;", quote_literal_cstr(rule->transform->name))));
}

char *
pr_source_aggregate(const PrRelease *release, const char *expression)
{
	PrIdentity	saved;
	char	   *result;

	pr_read_as_owner(release->source, &saved);
	pr_spi(psprintf("SELECT %s FROM %s AS s", expression,
					quote_qualified_identifier(release->source_schema, release->source_name)), NULL);
	result = pr_spi_text(0, 1);
	pr_restore_identity(&saved);
	return result;
}
