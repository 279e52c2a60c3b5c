/*
 * pr_version_risk.c
 *		version_risk(): what two versions of a release table say together.
 *
 * Each version holds its model by itself.  Whoever has both, and knows in which
 * class a person was in each, has two sets of sensitive values and looks at what
 * they have in common (m-invariance).  And whoever knows that a person left, or
 * came, looks at the values that fewer, or more, persons of the class have.  Both
 * are counted here: by the declared l of the column, and by what is left when
 * there is one value only.
 *
 * Where some left a class and others came to it who have values of theirs,
 * nobody is counted: which values made up for which cannot be told by counting.
 * That an attacker knows the class of everybody else is not assumed either.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/guc.h"
#include "utils/json.h"

#include "anonymity/pr_model.h"
#include "common/pr_error.h"
#include "common/pr_guc.h"
#include "release/pr_history.h"

PG_FUNCTION_INFO_V1(privrelease_version_risk);

/* Of one column, for those who stayed, left or came. */
typedef struct Exposure
{
	int64		followed;		/* persons whose values could be compared */
	int64		smallest;		/* values left of them; 0: nobody was followed */
	int64		pinned;			/* persons with one value left, where a version alone leaves more */
	int64		at_risk;		/* those, and persons with fewer values left than the model wants */
} Exposure;

typedef enum Part
{
	PART_STAYED,
	PART_LEFT,
	PART_CAME
} Part;

#define N_PARTS (PART_CAME + 1)

static const char *const part_names[N_PARTS] = {"stayed", "left", "came"};

typedef struct Column
{
	char	   *name;
	int64		required;		/* values that the model wants; 1: it says nothing */
	Exposure	exposure[N_PARTS];
} Column;

typedef struct Comparison
{
	const PrRelease *release;
	int64		newest;			/* 0: none is known */
	int64		previous;
	int64		before;			/* persons */
	int64		now;
	int64		left;
	int64		came;
	int64		moved;			/* stayed, in another class */
	bool		several;		/* somebody is in several classes of a version */
	List	   *columns;
	List	   *reasons;
} Comparison;

/* ---------- the statement ---------- */

/*
 * $1 release, $2 version before, $3 newest version, $4 whether somebody is in
 * several classes, $5 columns, $6 values that the model wants of each.  Persons
 * with rows in several classes are in each of them; they left when they are in
 * none.  Nothing here reads of whom nothing changed, unless there are such.
 */
#define CHANGES \
"WITH gone AS MATERIALIZED (SELECT v.subject, v.class FROM privrelease.version_subject AS v" \
"  WHERE v.release = $1 AND v.last_version = $2)," \
" came AS MATERIALIZED (SELECT v.subject, v.class FROM privrelease.version_subject AS v" \
"  WHERE v.release = $1 AND v.first_version = $3)," \
" changed AS (SELECT subject FROM gone UNION SELECT subject FROM came)," \
" still AS (SELECT DISTINCT v.subject FROM privrelease.version_subject AS v WHERE $4 AND v.release = $1 AND v.first_version <= $2" \
"  AND v.last_version IS NULL AND EXISTS (SELECT FROM changed AS c WHERE c.subject = v.subject))," \
" leaver AS (SELECT DISTINCT g.subject FROM gone AS g WHERE NOT EXISTS (SELECT FROM came AS c WHERE c.subject = g.subject)" \
"  AND NOT EXISTS (SELECT FROM still AS s WHERE s.subject = g.subject))," \
" comer AS (SELECT DISTINCT c.subject FROM came AS c WHERE NOT EXISTS (SELECT FROM gone AS g WHERE g.subject = c.subject)" \
"  AND NOT EXISTS (SELECT FROM still AS s WHERE s.subject = c.subject))"

static const char *const persons_query =
CHANGES
" SELECT (SELECT pg_catalog.count(*) FROM leaver), (SELECT pg_catalog.count(*) FROM comer), (SELECT pg_catalog.count(*) FROM changed)";

/*
 * common: values that are left of a person.  None: his value is another one now.
 * alone: values that the version says by itself.  Who stayed in a class is who
 * is in it and did not come to it.  Where some left a class and others came to
 * it, the values that fewer persons have are those of who left if they are as
 * many as these; if not, some were made up for by who came (common is NULL).
 */
static const char *const exposure_query =
CHANGES ","
" wanted AS (SELECT w.name, w.required FROM ROWS FROM (pg_catalog.unnest($5), pg_catalog.unnest($6)) AS w(name, required)),"
" old AS (SELECT v.class, v.output_name, v.digests, v.persons FROM privrelease.version_value AS v WHERE v.release = $1 AND v.version = $2),"
" new AS (SELECT v.class, v.output_name, v.members, v.digests, v.persons FROM privrelease.version_value AS v"
"  WHERE v.release = $1 AND v.version = $3),"
" arrived AS (SELECT c.class, pg_catalog.count(*) AS persons FROM came AS c GROUP BY c.class),"
" departed AS (SELECT g.class, pg_catalog.count(*) AS persons FROM gone AS g GROUP BY g.class),"
" pair AS (SELECT g.class AS old, c.class AS new, pg_catalog.count(*) AS persons"
"  FROM gone AS g JOIN came AS c ON c.subject = g.subject GROUP BY g.class, c.class),"
" same AS (SELECT 0 AS part, n.output_name, n.members - coalesce(a.persons, 0) AS persons,"
"  privrelease.common_values(o.digests, n.digests) AS common, LEAST(pg_catalog.cardinality(o.digests), pg_catalog.cardinality(n.digests)) AS alone"
"  FROM new AS n JOIN old AS o ON o.class = n.class AND o.output_name = n.output_name LEFT JOIN arrived AS a ON a.class = n.class),"
" moved AS (SELECT 0 AS part, o.output_name, p.persons, privrelease.common_values(o.digests, n.digests) AS common,"
"  LEAST(pg_catalog.cardinality(o.digests), pg_catalog.cardinality(n.digests)) AS alone"
"  FROM pair AS p JOIN old AS o ON o.class = p.old JOIN new AS n ON n.class = p.new AND n.output_name = o.output_name),"
" leaving AS (SELECT l.class, l.persons, CASE WHEN a.class IS NULL THEN 0 ELSE d.persons END AS at_least"
"  FROM (SELECT g.class, pg_catalog.count(*) AS persons FROM gone AS g JOIN leaver AS l ON l.subject = g.subject GROUP BY g.class) AS l"
"  JOIN departed AS d ON d.class = l.class LEFT JOIN arrived AS a ON a.class = l.class),"
" coming AS (SELECT l.class, l.persons, CASE WHEN d.class IS NULL THEN 0 ELSE a.persons END AS at_least"
"  FROM (SELECT c.class, pg_catalog.count(*) AS persons FROM came AS c JOIN comer AS l ON l.subject = c.subject GROUP BY c.class) AS l"
"  JOIN arrived AS a ON a.class = l.class LEFT JOIN departed AS d ON d.class = l.class),"
" gone_values AS (SELECT 1 AS part, o.output_name, l.persons,"
"  privrelease.fewer_values(o.digests, o.persons, n.digests, n.persons, l.at_least) AS common, pg_catalog.cardinality(o.digests) AS alone"
"  FROM leaving AS l JOIN old AS o ON o.class = l.class LEFT JOIN new AS n ON n.class = l.class AND n.output_name = o.output_name),"
" new_values AS (SELECT 2 AS part, n.output_name, c.persons,"
"  privrelease.fewer_values(n.digests, n.persons, o.digests, o.persons, c.at_least) AS common, pg_catalog.cardinality(n.digests) AS alone"
"  FROM coming AS c JOIN new AS n ON n.class = c.class LEFT JOIN old AS o ON o.class = c.class AND o.output_name = n.output_name)"
" SELECT x.part, x.output_name, pg_catalog.sum(x.persons)::pg_catalog.int8,"
" coalesce(pg_catalog.min(x.common) FILTER (WHERE x.common > 0), 0)::pg_catalog.int8,"
" coalesce(pg_catalog.sum(x.persons) FILTER (WHERE x.common = 1 AND x.alone > 1), 0)::pg_catalog.int8,"
" coalesce(pg_catalog.sum(x.persons) FILTER (WHERE x.common = 1 AND x.alone > 1"
"  OR x.common BETWEEN 1 AND w.required - 1 AND x.alone >= w.required), 0)::pg_catalog.int8"
" FROM (SELECT * FROM same UNION ALL SELECT * FROM moved UNION ALL SELECT * FROM gone_values UNION ALL SELECT * FROM new_values) AS x"
" JOIN wanted AS w ON w.name = x.output_name WHERE x.persons > 0 AND x.common IS NOT NULL GROUP BY x.part, x.output_name";

/* ---------- what the model wants ---------- */

/* l, rounded up: that many values a class has at least, whatever the variant. */
static int64
required_values(const PrModel *model, const char *column)
{
	int64		required = 1;
	ListCell   *cell;

	foreach(cell, model != NULL ? model->diversity : NIL)
	{
		const PrDiversityRule *rule = lfirst(cell);
		const PrDiversity *condition = &rule->condition;

		if (strcmp(rule->column, column) == 0 && condition->l_den > 0)
			required = Max(required, (int64) ((condition->l_num + condition->l_den - 1) / condition->l_den));
	}
	return required;
}

/* The columns whose values the history has. */
static void
load_columns(Comparison *comparison)
{
	const PrModel *model = comparison->release->model != NULL ? pr_model_parse(comparison->release->model) : NULL;
	PrArgs		args = {0};
	uint64		rows;

	pr_arg_int4(&args, comparison->release->id);
	pr_arg_int8(&args, comparison->newest);
	rows = pr_catalog_run("SELECT DISTINCT output_name FROM privrelease.version_value WHERE release = $1 AND version = $2 ORDER BY 1", &args);
	for (uint64 row = 0; row < rows; row++)
	{
		Column	   *column = palloc0(sizeof(Column));

		column->name = pr_spi_text(row, 1);
		column->required = required_values(model, column->name);
		comparison->columns = lappend(comparison->columns, column);
	}
}

/* ---------- comparing ---------- */

/*
 * Statements on the history compare whole versions, of which the planner has no
 * idea while nobody has analyzed them: joins are hashed, not nested, and in the
 * order in which they are written; and nothing is compiled for what looks dear.
 */
int
pr_history_begin_plans(void)
{
	int			nestlevel = NewGUCNestLevel();

	if (maintenance_work_mem > work_mem)
		(void) set_config_option("work_mem", psprintf("%d", maintenance_work_mem), PGC_USERSET, PGC_S_SESSION,
								 GUC_ACTION_SAVE, true, 0, false);
	(void) set_config_option("join_collapse_limit", "1", PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
	(void) set_config_option("enable_mergejoin", "off", PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
	(void) set_config_option("jit", "off", PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
	(void) set_config_option("enable_nestloop", "off", PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
	return nestlevel;
}

static bool
load_versions(Comparison *comparison)
{
	PrArgs		args = {0};
	uint64		rows;

	pr_arg_int4(&args, comparison->release->id);
	rows = pr_catalog_run("SELECT version, persons, pairs > persons FROM privrelease.version_person"
						  " WHERE release = $1 ORDER BY version DESC LIMIT 2", &args);
	if (rows > 0)
	{
		comparison->newest = pr_spi_int(0, 1, NULL);
		comparison->now = pr_spi_int(0, 2, NULL);
	}
	for (uint64 row = 0; row < rows; row++)
		comparison->several = comparison->several || pr_spi_text(row, 3)[0] == 't';
	if (rows > 1)
	{
		comparison->previous = pr_spi_int(1, 1, NULL);
		comparison->before = pr_spi_int(1, 2, NULL);
	}
	return rows > 1;
}

static void
version_args(const Comparison *comparison, PrArgs *args)
{
	pr_arg_int4(args, comparison->release->id);
	pr_arg_int8(args, comparison->previous);
	pr_arg_int8(args, comparison->newest);
	pr_arg_bool(args, comparison->several);
}

static void
count_persons(Comparison *comparison)
{
	PrArgs		args = {0};

	version_args(comparison, &args);
	pr_catalog_run(persons_query, &args);
	comparison->left = pr_spi_int(0, 1, NULL);
	comparison->came = pr_spi_int(0, 2, NULL);
	comparison->moved = pr_spi_int(0, 3, NULL) - comparison->left - comparison->came;
}

static void
column_args(const Comparison *comparison, PrArgs *args)
{
	int			n = list_length(comparison->columns);
	Datum	   *names = palloc(n * sizeof(Datum));
	Datum	   *required = palloc(n * sizeof(Datum));
	ListCell   *cell;

	foreach(cell, comparison->columns)
	{
		const Column *column = lfirst(cell);

		names[foreach_current_index(cell)] = CStringGetTextDatum(column->name);
		required[foreach_current_index(cell)] = Int64GetDatum(column->required);
	}
	pr_arg(args, TEXTARRAYOID, PointerGetDatum(construct_array(names, n, TEXTOID, -1, false, TYPALIGN_INT)));
	pr_arg(args, INT8ARRAYOID, PointerGetDatum(construct_array(required, n, INT8OID, 8, FLOAT8PASSBYVAL, TYPALIGN_DOUBLE)));
}

static Column *
find_column(const Comparison *comparison, const char *name)
{
	ListCell   *cell;

	foreach(cell, comparison->columns)
		if (strcmp(((Column *) lfirst(cell))->name, name) == 0)
			return lfirst(cell);
	return NULL;
}

static void
compare_values(Comparison *comparison)
{
	PrArgs		args = {0};
	uint64		rows;

	if (comparison->columns == NIL)
		return;
	version_args(comparison, &args);
	column_args(comparison, &args);
	rows = pr_catalog_run(exposure_query, &args);
	for (uint64 row = 0; row < rows; row++)
	{
		Column	   *column = find_column(comparison, pr_spi_text(row, 2));
		Exposure   *exposure;

		if (column == NULL)
			continue;
		exposure = &column->exposure[pr_spi_int(row, 1, NULL)];
		exposure->followed = pr_spi_int(row, 3, NULL);
		exposure->smallest = pr_spi_int(row, 4, NULL);
		exposure->pinned = pr_spi_int(row, 5, NULL);
		exposure->at_risk = pr_spi_int(row, 6, NULL);
	}
}

static const char *const part_reasons[N_PARTS] = {
	"stayed, and the values of the two classes have too little in common",
	"left, and too few values went from the class",
	"came, and too few values came to the class",
};

static void
find_reasons(Comparison *comparison)
{
	ListCell   *cell;

	foreach(cell, comparison->columns)
	{
		const Column *column = lfirst(cell);

		for (int part = 0; part < N_PARTS; part++)
		{
			const Exposure *exposure = &column->exposure[part];

			if (exposure->at_risk == 0)
				continue;
			comparison->reasons = lappend(comparison->reasons,
										  psprintf("column \"%s\": %lld %s %s (%lld with one value left%s)", column->name,
												   (long long) exposure->at_risk, exposure->at_risk == 1 ? "person" : "persons",
												   part_reasons[part], (long long) exposure->pinned,
												   column->required > 1 ? psprintf(", the model wants %lld", (long long) column->required) : ""));
		}
	}
}

/* Returns whether there are two versions to compare. */
static bool
compare_versions(Comparison *comparison)
{
	int			nestlevel;

	if (!load_versions(comparison))
		return false;
	nestlevel = pr_history_begin_plans();
	load_columns(comparison);
	count_persons(comparison);
	compare_values(comparison);
	AtEOXact_GUC(false, nestlevel);
	find_reasons(comparison);
	return true;
}

/* ---------- the document ---------- */

static void
append_number_or_null(StringInfo out, const char *key, int64 number, bool known)
{
	if (known)
		appendStringInfo(out, ", \"%s\": %lld", key, (long long) number);
	else
		appendStringInfo(out, ", \"%s\": null", key);
}

static void
append_column(StringInfo out, const Column *column)
{
	escape_json(out, column->name);
	appendStringInfo(out, ": {\"required\": %lld", (long long) column->required);
	for (int part = 0; part < N_PARTS; part++)
	{
		const Exposure *exposure = &column->exposure[part];

		appendStringInfo(out, ", \"%s\": {\"compared\": %lld", part_names[part], (long long) exposure->followed);
		append_number_or_null(out, "smallest", exposure->smallest, exposure->smallest > 0);
		appendStringInfo(out, ", \"pinned\": %lld, \"at_risk\": %lld}", (long long) exposure->pinned, (long long) exposure->at_risk);
	}
	appendStringInfoChar(out, '}');
}

/* The share of persons of either version who are at risk, in the column where it is highest. */
static double
share_at_risk(const Comparison *comparison)
{
	int64		most = 0;
	int64		persons = comparison->before + comparison->came;
	ListCell   *cell;

	foreach(cell, comparison->columns)
	{
		const Column *column = lfirst(cell);
		int64		at_risk = 0;

		for (int part = 0; part < N_PARTS; part++)
			at_risk += column->exposure[part].at_risk;
		most = Max(most, at_risk);
	}
	return persons > 0 ? Min((double) most / persons, 1.0) : 0;
}

static void
append_persons(StringInfo out, const Comparison *comparison)
{
	appendStringInfo(out, ", \"persons\": {\"before\": %lld, \"now\": %lld, \"left\": %lld, \"came\": %lld, \"stayed\": %lld, \"moved\": %lld}",
					 (long long) comparison->before, (long long) comparison->now, (long long) comparison->left,
					 (long long) comparison->came, (long long) (comparison->now - comparison->came), (long long) comparison->moved);
}

static void
append_columns(StringInfo out, const Comparison *comparison)
{
	ListCell   *cell;

	appendStringInfoString(out, ", \"columns\": {");
	foreach(cell, comparison->columns)
	{
		if (foreach_current_index(cell) > 0)
			appendStringInfoString(out, ", ");
		append_column(out, lfirst(cell));
	}
	appendStringInfo(out, "}, \"at_risk\": %.10g", share_at_risk(comparison));
}

static void
append_verdict(StringInfo out, const Comparison *comparison, const char *verdict)
{
	ListCell   *cell;

	appendStringInfo(out, ", \"verdict\": %s%s%s, \"reasons\": [", verdict != NULL ? "\"" : "", verdict != NULL ? verdict : "null",
					 verdict != NULL ? "\"" : "");
	foreach(cell, comparison->reasons)
	{
		if (foreach_current_index(cell) > 0)
			appendStringInfoString(out, ", ");
		escape_json(out, lfirst(cell));
	}
	appendStringInfoChar(out, ']');
}

static char *
describe(Comparison *comparison)
{
	StringInfoData out;
	bool		compared = compare_versions(comparison);

	initStringInfo(&out);
	appendStringInfoString(&out, "{\"release\": ");
	escape_json(&out, comparison->release->label);
	append_number_or_null(&out, "version", comparison->newest, comparison->newest > 0);
	append_number_or_null(&out, "previous", comparison->previous, comparison->previous > 0);
	if (compared)
	{
		append_persons(&out, comparison);
		append_columns(&out, comparison);
	}
	else if (comparison->release->subject == NULL)
		comparison->reasons = list_make1("the release has no subject, so nobody can be told to be in two versions");
	else
		comparison->reasons = list_make1("there is no version before");
	append_verdict(&out, comparison, !compared ? NULL : comparison->reasons == NIL ? "pass" : "fail");
	appendStringInfoChar(&out, '}');
	return out.data;
}

Datum
privrelease_version_risk(PG_FUNCTION_ARGS)
{
	Comparison	comparison = {0};
	PrRelease  *release;
	char	   *document;

	pr_begin();
	release = pr_release_to_read(text_to_cstring(PG_GETARG_TEXT_PP(0)));
	if (!release->is_table)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("release %s is a view, which has no versions", release->label),
				 errhint("SELECT privrelease.assess(%s);", quote_literal_cstr(release->label))));
	comparison.release = release;
	document = MemoryContextStrdup(fcinfo->flinfo->fn_mcxt, describe(&comparison));
	pr_end();
	return DirectFunctionCall1(jsonb_in, CStringGetDatum(document));
}

/* ---------- for a refresh ---------- */

static char *
join_reasons(const Comparison *comparison)
{
	StringInfoData out;
	ListCell   *cell;

	initStringInfo(&out);
	foreach(cell, comparison->reasons)
		appendStringInfo(&out, "%s%s", foreach_current_index(cell) > 0 ? "\n" : "", (char *) lfirst(cell));
	return out.data;
}

void
pr_version_risk_check(PrRelease *release)
{
	Comparison	comparison = {.release = release};

	if (pr_guc_joint_risk == PR_JOINT_RISK_OFF || !compare_versions(&comparison) || comparison.reasons == NIL)
		return;
	ereport(pr_guc_joint_risk == PR_JOINT_RISK_REFUSE ? ERROR : WARNING,
			(errcode(ERRCODE_PR_JOINT_RISK),
			 errmsg("version %lld of release %s breaks the model together with version %lld", (long long) comparison.newest,
					release->label, (long long) comparison.previous),
			 errdetail_internal("%s", join_reasons(&comparison)),
			 errhint("SELECT privrelease.version_risk(%s); fewer versions, with more changes in each, tell less.",
					 quote_literal_cstr(release->label))));
}
