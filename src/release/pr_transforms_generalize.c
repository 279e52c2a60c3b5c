/*
 * pr_transforms_generalize.c
 *		Rules that make a value coarser: bins, calendar units, networks, grids.
 *		Hierarchies are in pr_transforms_hierarchy.c.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "pgtime.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "common/pr_compat.h"
#include "common/pr_error.h"
#include "core/pr_civil.h"
#include "release/pr_render.h"

static void
require_number_fits(const PrRule *rule, const char *param)
{
	char	   *number = pr_param(rule, param);

	if (number != NULL && !pr_number_fits(number, rule->type))
		pr_refuse_param(rule, param, psprintf("fit the column's type %s", pr_type_name(rule->type, -1)));
}

static void
require_positive_number(const PrRule *rule, const char *param, const char *number)
{
	if (!pr_number_fits(number, rule->type))
		pr_refuse_param(rule, param, psprintf("fit the column's type %s", pr_type_name(rule->type, -1)));
	if (pr_number_compare(number, "0") <= 0)
		pr_refuse_param(rule, param, "be greater than 0");
}

static void
require_positive(const PrRule *rule, const char *param)
{
	require_positive_number(rule, param, pr_param(rule, param));
}

/* The step between two neighbouring values of the type, as far as the type says; NULL: no step. */
static const char *
type_step(const PrRule *rule)
{
	if (pr_type_integer(rule->type))
		return "1";
	if (rule->type == NUMERICOID && rule->typmod >= (int32) VARHDRSZ)
	{
		int			scale = (rule->typmod - VARHDRSZ) & 0x7ff;

		if (scale >= 1 && scale <= 1000)
			return psprintf("0.%0*d", scale, 1);
		return "1";
	}
	return NULL;
}

/* Too fine to hide a value: a step of the type, or one, where the type has no step but identifiers are whole numbers. */
static bool
finer_than_type(const PrRule *rule, const char *number)
{
	const char *step = type_step(rule);

	return pr_number_compare(number, step != NULL ? step : "1") <= 0;
}

/* ---------- bin ---------- */

static const PrParam bin_params[] = {
	{"width", PR_PARAM_NUMBER},
	{"levels", PR_PARAM_LIST, .elements = PR_PARAM_NUMBER, .table_only = true},
	{"origin", PR_PARAM_NUMBER, "0"},
	{"bottom", PR_PARAM_NUMBER},
	{"top", PR_PARAM_NUMBER},
	{"bottom_quantile", PR_PARAM_NUMBER, .table_only = true},
	{"top_quantile", PR_PARAM_NUMBER, .table_only = true},
	{NULL}
};

/* Bins of one width lie within bins of the next if they are its multiples: all have the same origin. */
static void
check_widths(const PrRule *rule)
{
	const char *finer = NULL;
	ListCell   *cell;

	foreach(cell, pr_param_list(rule, "levels"))
	{
		const char *width = lfirst(cell);

		require_positive_number(rule, "levels", width);
		if (finer != NULL && (pr_number_compare(width, finer) <= 0 || !pr_number_is_multiple(width, finer)))
			pr_refuse_param(rule, "levels",
							psprintf("nest: each width is a greater multiple of the one before it, and %s is none of %s", width, finer));
		finer = width;
	}
}

static void
check_quantile(const PrRule *rule, const char *bound, const char *quantile)
{
	char	   *share = pr_param(rule, quantile);

	if (share == NULL)
		return;
	if (pr_param(rule, bound) != NULL)
		pr_refuse_param(rule, quantile, psprintf("be absent where \"%s\" is given", bound));
	if (pr_number_compare(share, "0") <= 0 || pr_number_compare(share, "1") >= 0)
		pr_refuse_param(rule, quantile, "be greater than 0 and less than 1: a share of the persons");
}

static void
check_bin(const PrRelease *release, Relation rel, PrRule *rule)
{
	pr_require_levels(release, rule, "width");
	check_widths(rule);
	if (pr_param(rule, "width") != NULL)
		require_positive(rule, "width");
	require_number_fits(rule, "origin");
	require_number_fits(rule, "bottom");
	require_number_fits(rule, "top");
	check_quantile(rule, "bottom", "bottom_quantile");
	check_quantile(rule, "top", "top_quantile");
	if (pr_param(rule, "bottom_quantile") != NULL && pr_param(rule, "top_quantile") != NULL &&
		pr_number_compare(pr_param(rule, "bottom_quantile"), pr_param(rule, "top_quantile")) >= 0)
		pr_refuse_param(rule, "bottom_quantile", "be less than \"top_quantile\"");
	if (pr_param(rule, "bottom") != NULL && pr_param(rule, "top") != NULL &&
		pr_number_compare(pr_param(rule, "bottom"), pr_param(rule, "top")) >= 0)
		pr_refuse_param(rule, "bottom", "be less than \"top\"");
}

static const char *
lowest(Oid type)
{
	switch (type)
	{
		case INT2OID:
			return "-32768";
		case INT4OID:
			return "-2147483648";
		case INT8OID:
			return "-9223372036854775808";
		default:
			return "-Infinity";
	}
}

static const char *
highest(Oid type)
{
	switch (type)
	{
		case INT2OID:
			return "32767";
		case INT4OID:
			return "2147483647";
		case INT8OID:
			return "9223372036854775807";
		default:
			return "Infinity";
	}
}

/* What follows the value in a call of bin(). */
static void
render_bin_arguments(StringInfo out, const PrRule *rule, int level)
{
	char	   *bottom = pr_param(rule, "bottom");
	char	   *top = pr_param(rule, "top");

	bottom = bottom != NULL ? bottom : rule->quantile_bottom;
	top = top != NULL ? top : rule->quantile_top;
	pr_render_literal(out, pr_level_param(rule, "width", level), rule->type);
	pr_render_param(out, rule, "origin", rule->type);
	if (bottom != NULL || top != NULL)
	{
		pr_render_literal(out, bottom != NULL ? bottom : lowest(rule->type), rule->type);
		pr_render_literal(out, top != NULL ? top : highest(rule->type), rule->type);
	}
	appendStringInfoChar(out, ')');
}

static void
render_bin(StringInfo out, const PrRelease *release, const PrRule *rule, int output)
{
	appendStringInfoString(out, "privrelease.bin(");
	pr_render_column(out, rule, rule->type);
	render_bin_arguments(out, rule, 0);
}

static void
render_coarser_bin(StringInfo out, const PrRule *rule, const char *base, int level)
{
	appendStringInfo(out, "privrelease.bin(%s", base);
	render_bin_arguments(out, rule, level);
}

static bool
bin_is_clear(const PrRule *rule)
{
	return finer_than_type(rule, pr_level_param(rule, "width", 0));
}

const PrTransform pr_bin = {
	.name = "bin",
	.family = "generalization",
	.input = "smallint, integer, bigint, numeric, real, double precision",
	.params = bin_params,
	.monotone = true,
	.accepts = pr_type_number,
	.check = check_bin,
	.is_clear = bin_is_clear,
	.levels = pr_level_count,
	.render_coarser = render_coarser_bin,
	.render = render_bin,
	.leaves_open = "the bin; extreme values unless bottom and top are given; on numeric columns no comparison is leakproof, so filters scan",
};

/* ---------- round ---------- */

static const PrParam round_params[] = {
	{"to", PR_PARAM_NUMBER, NULL, true},
	{NULL}
};

static void
check_round(const PrRelease *release, Relation rel, PrRule *rule)
{
	require_positive(rule, "to");
}

static void
render_round(StringInfo out, const PrRelease *release, const PrRule *rule, int output)
{
	appendStringInfoString(out, "privrelease.round(");
	pr_render_column(out, rule, rule->type);
	pr_render_param(out, rule, "to", rule->type);
	appendStringInfoChar(out, ')');
}

static bool
round_is_clear(const PrRule *rule)
{
	return finer_than_type(rule, pr_param(rule, "to"));
}

const PrTransform pr_round = {
	.name = "round",
	.family = "generalization",
	.input = "smallint, integer, bigint, numeric, real, double precision",
	.params = round_params,
	.monotone = true,
	.accepts = pr_type_number,
	.check = check_round,
	.is_clear = round_is_clear,
	.render = render_round,
	.leaves_open = "the rounded value; extreme values stay extreme",
};

/* ---------- date_trunc ---------- */

#define UNITS "day|week|month|quarter|year|decade|century"

static const PrParam date_trunc_params[] = {
	{"unit", PR_PARAM_TEXT, .words = UNITS},
	{"levels", PR_PARAM_LIST, .elements = PR_PARAM_TEXT, .words = UNITS, .table_only = true},
	{"timezone", PR_PARAM_TEXT},
	{NULL}
};

/* A week may lie in two months, and the decade 2000 .. 2009 in two centuries: 2001 began the twenty-first. */
static bool
unit_is_within(const char *finer, const char *coarser)
{
	PrDateUnit	from = pr_civil_unit(finer, strlen(finer));
	PrDateUnit	to = pr_civil_unit(coarser, strlen(coarser));

	return from < to && from != PR_UNIT_WEEK && from != PR_UNIT_DECADE;
}

static void
check_units(const PrRule *rule)
{
	const char *finer = NULL;
	ListCell   *cell;

	foreach(cell, pr_param_list(rule, "levels"))
	{
		const char *unit = lfirst(cell);

		if (finer != NULL && !unit_is_within(finer, unit))
			pr_refuse_param(rule, "levels", psprintf("nest: %s is no coarser unit that holds every %s whole", unit, finer));
		finer = unit;
	}
}

static void
check_date_trunc(const PrRelease *release, Relation rel, PrRule *rule)
{
	char	   *zone = pr_param(rule, "timezone");

	pr_require_levels(release, rule, "unit");
	check_units(rule);
	if (rule->type != TIMESTAMPTZOID)
	{
		if (zone != NULL)
			pr_refuse_param(rule, "timezone", "be absent, since the column has no time zone");
		return;
	}
	if (zone == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("transform \"date_trunc\" on column \"%s\" needs parameter \"timezone\"", rule->column_name),
				 errdetail("Days of a timestamp with time zone begin at another moment in each zone."),
				 errhint("For example '{\"unit\": \"day\", \"timezone\": \"Asia/Shanghai\"}'.")));
	if (strlen(zone) > TZ_STRLEN_MAX || pg_tzset(zone) == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("time zone \"%s\" does not exist", zone),
				 errhint("SELECT name FROM pg_timezone_names;")));
}

/* What follows the value in a call of date_trunc(). */
static void
render_unit(StringInfo out, const PrRule *rule, int level)
{
	pr_render_literal(out, pr_level_param(rule, "unit", level), TEXTOID);
	if (rule->type == TIMESTAMPTZOID)
		pr_render_param(out, rule, "timezone", TEXTOID);
	appendStringInfoChar(out, ')');
}

static void
render_date_trunc(StringInfo out, const PrRelease *release, const PrRule *rule, int output)
{
	appendStringInfoString(out, "privrelease.date_trunc(");
	pr_render_column(out, rule, rule->type);
	render_unit(out, rule, 0);
}

static void
render_coarser_date(StringInfo out, const PrRule *rule, const char *base, int level)
{
	appendStringInfo(out, "privrelease.date_trunc(%s", base);
	render_unit(out, rule, level);
}

static bool
date_trunc_is_clear(const PrRule *rule)
{
	return rule->type == DATEOID && strcmp(pr_level_param(rule, "unit", 0), "day") == 0;
}

const PrTransform pr_date_trunc = {
	.name = "date_trunc",
	.family = "generalization",
	.input = "date, timestamp, timestamp with time zone",
	.params = date_trunc_params,
	.monotone = true,
	.accepts = pr_type_calendar,
	.check = check_date_trunc,
	.is_clear = date_trunc_is_clear,
	.levels = pr_level_count,
	.render_coarser = render_coarser_date,
	.render = render_date_trunc,
	.leaves_open = "the calendar unit; rare early and late dates",
};

/* ---------- age ---------- */

static const PrParam age_params[] = {
	{"at", PR_PARAM_DATE, NULL, true},
	{"width", PR_PARAM_INT, "1", false, 1, 1000},
	{NULL}
};

static void
render_age(StringInfo out, const PrRelease *release, const PrRule *rule, int output)
{
	appendStringInfoString(out, "privrelease.age(");
	pr_render_column(out, rule, DATEOID);
	pr_render_param(out, rule, "at", DATEOID);
	pr_render_param(out, rule, "width", INT4OID);
	appendStringInfoChar(out, ')');
}

const PrTransform pr_age = {
	.name = "age",
	.family = "generalization",
	.input = "date",
	.params = age_params,
	.accepts = pr_type_date,
	.render = render_age,
	.leaves_open = "the age in years or its band; very high ages are rare",
};

/* ---------- network ---------- */

static const PrParam network_params[] = {
	{"v4", PR_PARAM_INT, "24", false, 0, 32},
	{"v6", PR_PARAM_INT, "48", false, 0, 128},
	{NULL}
};

static void
render_network(StringInfo out, const PrRelease *release, const PrRule *rule, int output)
{
	appendStringInfoString(out, "privrelease.network(");
	pr_render_column(out, rule, INETOID);
	pr_render_param(out, rule, "v4", INT4OID);
	pr_render_param(out, rule, "v6", INT4OID);
	appendStringInfoChar(out, ')');
}

static bool
network_is_clear(const PrRule *rule)
{
	return pr_param_int(rule, "v4") == 32 || pr_param_int(rule, "v6") == 128;
}

const PrTransform pr_network = {
	.name = "network",
	.family = "generalization",
	.input = "inet, cidr",
	.params = network_params,
	.accepts = pr_type_inet,
	.is_clear = network_is_clear,
	.render = render_network,
	.leaves_open = "the network, which often names the operator and the place",
};

/* ---------- grid ---------- */

static const PrParam grid_params[] = {
	{"size", PR_PARAM_NUMBER, NULL, true},
	{NULL}
};

static void
check_grid(const PrRelease *release, Relation rel, PrRule *rule)
{
	if (!pr_number_fits(pr_param(rule, "size"), FLOAT8OID) || pr_number_compare(pr_param(rule, "size"), "0") <= 0)
		pr_refuse_param(rule, "size", "be a finite number greater than 0, in the units of the coordinates");
}

/* Two columns, <name>_x and <name>_y. */
static void
render_grid(StringInfo out, const PrRelease *release, const PrRule *rule, int output)
{
	appendStringInfo(out, "privrelease.grid_%c(", "xy"[output]);
	pr_render_column(out, rule, POINTOID);
	pr_render_param(out, rule, "size", FLOAT8OID);
	appendStringInfoChar(out, ')');
}

#define GRID_OF_A_METRE "0.00001"	/* degrees of latitude */

static bool
grid_is_clear(const PrRule *rule)
{
	return pr_number_compare(pr_param(rule, "size"), GRID_OF_A_METRE) <= 0;
}

const PrTransform pr_grid = {
	.name = "grid",
	.family = "generalization",
	.input = "point",
	.params = grid_params,
	.accepts = pr_type_point,
	.check = check_grid,
	.is_clear = grid_is_clear,
	.outputs = 2,
	.render = render_grid,
	.leaves_open = "the cell; in thinly settled cells that is an address",
};
