/*
 * pr_impact.c
 *		impact_assessment(): what a release means for the persons in it, and the
 *		record that decisions leave of it.
 *
 * The document is put together by privrelease.impact_document() and its parts,
 * SQL that whoever answers for a release can read.  Here is what SQL cannot
 * know: what a rule does with its column, whether the newest assessment is one
 * of today's declaration, what this server guards.  No source is read, and no
 * value of one is in the document.
 *
 * What an attacker would try: have the document say something better than what
 * is released (an assessment of another declaration does not count; what nobody
 * has checked counts as shown), read the document of another steward's source
 * (owners, approvers, auditors), change or delete the record of a decision (a
 * trigger refuses; nobody has a right on the table), or find code of his run
 * with the extension's rights (the SQL names functions of pg_catalog and of
 * this extension only, with a search_path of its own).
 */
#include "postgres.h"

#include "access/table.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/numeric.h"
#include "utils/rel.h"

#include "common/pr_compat.h"
#include "common/pr_error.h"
#include "common/pr_event.h"
#include "common/pr_guc.h"
#include "common/pr_json.h"
#include "release/pr_impact.h"
#include "release/pr_inquire.h"
#include "release/pr_lifecycle.h"
#include "release/pr_registry.h"

PG_FUNCTION_INFO_V1(privrelease_impact_assessment);
PG_FUNCTION_INFO_V1(privrelease_impact_record_stays);
PG_FUNCTION_INFO_V1(privrelease_set_criterion);

/* ---------- what SQL cannot know ---------- */

/* No key where there is no value. */
static void
put_text(PrJson *json, const char *key, const char *value)
{
	if (value != NULL)
		pr_json_text(json, key, value);
}

static const char *
role_in_words(PrColumnRole role)
{
	switch (role)
	{
		case PR_ROLE_QUASI:
			return "quasi_identifier";
		case PR_ROLE_SENSITIVE:
			return "sensitive";
		default:
			return "further";
	}
}

/* Does an expression read an identifier, whichever column it was set for? */
static bool
reads_identifier(const PrRelease *release, const PrRule *rule)
{
	ListCell   *cell;

	foreach(cell, rule->used)
		if (rule->transform->by_name && pr_is_identifier(release->source, ((PrColumn *) lfirst(cell))->attnum))
			return true;
	return false;
}

static void
put_column(PrJson *json, const PrRelease *release, const PrRule *rule, const PrModel *model, int output)
{
	bool		identifier = pr_is_identifier(release->source, rule->attnum);

	pr_json_open(json, NULL);
	pr_json_text(json, "name", pr_output_column(rule, output));
	pr_json_text(json, "rule", rule->output_name);
	put_text(json, "kind", identifier ? "identifier" : pr_column_kind(release->source, rule->attnum));
	pr_json_text(json, "role", role_in_words(pr_column_role(release, rule, model, false)));
	pr_json_boolean(json, "clear", rule->transform->is_clear != NULL && rule->transform->is_clear(rule));
	pr_json_boolean(json, "ignores_value", rule->transform->ignores_value);
	pr_json_boolean(json, "reads_identifier", reads_identifier(release, rule));
	pr_json_close(json);
}

static void
put_columns(PrJson *json, const PrRelease *release, List *rules)
{
	const PrModel *model = release->model != NULL ? pr_model_parse(release->model) : NULL;
	ListCell   *cell;

	pr_json_open_list(json, "columns");
	foreach(cell, rules)
	{
		const PrRule *rule = lfirst(cell);

		for (int output = 0; output < Max(rule->transform->outputs, 1); output++)
			put_column(json, release, rule, model, output);
	}
	pr_json_close_list(json);
}

/* The newest assessment of what decides what readers see today; NULL: there is none. */
static char *
current_assessment(const PrRelease *release)
{
	PrArgs		args = {0};

	pr_arg_int4(&args, release->id);
	pr_arg_text(&args, pr_technical_digest(release, false));
	if (pr_catalog_run("SELECT a.id FROM privrelease.assessment AS a WHERE a.release = $1 AND a.declaration = $2"
					   " ORDER BY a.id DESC LIMIT 1", &args) == 0)
		return NULL;
	return pr_spi_text(0, 1);
}

/* What audit() finds of it, as numbers; there is nothing to be reached before it is built. */
static void
put_audit(PrJson *json, const PrRelease *release)
{
	PrArgs		args = {0};
	PrIdentity	saved;

	if (!OidIsValid(release->view))
		return;
	pr_arg_int4(&args, release->id);
	pr_elevate(&saved);
	pr_plan_as_maintenance();
	pr_spi("SELECT pg_catalog.count(*) FILTER (WHERE f.severity = 'critical'), pg_catalog.count(*) FILTER (WHERE f.severity = 'warning')"
		   " FROM privrelease.audit_findings() AS f WHERE f.releases IS NULL OR $1 = ANY (f.releases)", &args);
	pr_restore_identity(&saved);
	pr_json_open(json, "audit");
	pr_json_integer(json, "critical", (uint64) pr_spi_int(0, 1, NULL));
	pr_json_integer(json, "warning", (uint64) pr_spi_int(0, 2, NULL));
	pr_json_close(json);
}

static Datum
gather_facts(PrRelease *release)
{
	PrJson		json;
	Relation	rel;
	List	   *rules = pr_load_to_look(release, &rel, true);

	pr_json_begin(&json);
	pr_json_text(&json, "caller", pr_caller_name());
	pr_json_text(&json, "declaration", pr_declaration_digest(release));
	put_text(&json, "assessment", current_assessment(release));
	pr_json_boolean(&json, "guard", pr_preloaded() && pr_guc_guard);
	pr_json_boolean(&json, "require_approval", pr_guc_require_approval);
	pr_json_boolean(&json, "joint", pr_guc_joint_risk != PR_JOINT_RISK_OFF);
	put_audit(&json, release);
	put_columns(&json, release, rules);
	table_close(rel, NoLock);
	return pr_json_end_plain(&json);
}

/* ---------- the document ---------- */

Datum
pr_impact_document(PrRelease *release)
{
	PrArgs		args = {0};
	bool		isnull;

	pr_arg_int4(&args, release->id);
	pr_arg(&args, JSONBOID, gather_facts(release));
	pr_catalog_run("SELECT privrelease.impact_document($1, $2)", &args);
	return JsonbPGetDatum(DatumGetJsonbPCopy(pr_spi_datum(0, 1, &isnull)));
}

Datum
privrelease_impact_assessment(PG_FUNCTION_ARGS)
{
	Datum		result;

	pr_begin();
	result = pr_impact_document(pr_release_to_inspect(text_to_cstring(PG_GETARG_TEXT_PP(0))));
	result = SPI_datumTransfer(result, false, -1);
	pr_end();
	PG_RETURN_DATUM(result);
}

/* ---------- the record ---------- */

char *
pr_impact_record(PrRelease *release, const char *step, const char *declaration)
{
	PrArgs		args = {0};

	pr_arg_int4(&args, release->id);
	pr_arg_text(&args, step);
	pr_arg_text(&args, pr_caller_name());
	pr_arg_text(&args, declaration);
	pr_arg(&args, JSONBOID, pr_impact_document(release));
	pr_catalog_run("INSERT INTO privrelease.impact_record (release, release_schema, release_name, source_owner, step, recorded_by,"
				   " declaration, document, keep_until)"
				   " SELECT l.id, l.release_schema, l.release_name, l.source_owner, $2, $3::name, $4, privrelease.impact_decided($5, $1, $2, $3::name),"
				   " pg_catalog.now() + pg_catalog.make_interval(years => privrelease.impact_threshold('record.years')::pg_catalog.int4)"
				   " FROM privrelease.release AS l WHERE l.id = $1 RETURNING document ->> 'verdict'", &args);
	return pr_spi_text(0, 1);
}

static void
refuse_change(const char *what, const char *hint)
{
	ereport(ERROR,
			(errcode(ERRCODE_INTEGRITY_CONSTRAINT_VIOLATION),
			 errmsg("a record of an impact assessment cannot be %s", what),
			 errdetail("It shows what a decision was based on."),
			 hint != NULL ? errhint("%s", hint) : 0));
}

/* May a row go: its time is over, and no release that is still published rests on it. */
static bool
may_be_deleted(HeapTuple row, TupleDesc columns)
{
	PrArgs		args = {0};
	bool		isnull;
	Datum		release = SPI_getbinval(row, columns, SPI_fnumber(columns, "release"), &isnull);
	Datum		keep_until = SPI_getbinval(row, columns, SPI_fnumber(columns, "keep_until"), &isnull);

	pr_arg(&args, INT4OID, release);
	pr_arg(&args, TIMESTAMPTZOID, keep_until);
	return pr_catalog_run("SELECT 1 WHERE pg_catalog.now() > $2 AND NOT EXISTS"
						  " (SELECT FROM privrelease.release WHERE id = $1 AND state = 'published')", &args) > 0;
}

Datum
privrelease_impact_record_stays(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	bool		may;

	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_BEFORE(trigger->tg_event))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("impact_record_stays() was not called as a trigger before a change")));
	if (TRIGGER_FIRED_BY_TRUNCATE(trigger->tg_event))
		refuse_change("truncated", "DELETE FROM privrelease.impact_record WHERE keep_until < now();");
	if (TRIGGER_FIRED_BY_UPDATE(trigger->tg_event))
		refuse_change("changed", NULL);
	pr_begin();
	may = may_be_deleted(trigger->tg_trigtuple, trigger->tg_relation->rd_att);
	pr_end();
	if (!may)
		refuse_change("deleted before its time, or while the release is published", "SELECT release, step, keep_until FROM privrelease.impact_records;");
	return PointerGetDatum(trigger->tg_trigtuple);
}

/* ---------- whose numbers ---------- */

static void
require_superuser(void)
{
	if (!superuser())
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("permission denied to call set_criterion()"),
				 errhint("Ask a superuser: who is measured does not choose the measure.")));
}

/* An error unless the criterion is there and takes these numbers; $1 criterion, $2 weight, $3 threshold. */
static void
require_fits(PrArgs *args, const char *criterion)
{
	char	   *least;
	char	   *most;

	if (pr_catalog_run("SELECT least, most, comparison = 'parameter' AND $2 IS NOT NULL,"
					   " $2 < 0 OR $2 >= 'Infinity', $3 < least OR $3 > most"
					   " FROM privrelease.impact_criterion WHERE criterion = $1", args) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("criterion \"%s\" does not exist", criterion),
				 errhint("SELECT criterion, title FROM privrelease.impact_criteria;")));
	least = pr_spi_text(0, 1);
	most = pr_spi_text(0, 2);
	if (strcmp(pr_spi_text(0, 3), "t") == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("\"%s\" is a parameter and has no weight", criterion),
				 errhint("SELECT privrelease.set_criterion(%s, threshold => %s);", quote_literal_cstr(criterion), most)));
	if (pr_spi_text(0, 4) != NULL && strcmp(pr_spi_text(0, 4), "t") == 0)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("a weight must be a number from 0 on")));
	if (pr_spi_text(0, 5) != NULL && strcmp(pr_spi_text(0, 5), "t") == 0)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("threshold of \"%s\" must be between %s and %s", criterion, least, most)));
}

static void
store_setting(PrArgs *args)
{
	PrArgs		name = {0};

	if (args->nulls[1] == 'n' && args->nulls[2] == 'n')
	{
		pr_arg(&name, TEXTOID, args->values[0]);
		pr_catalog_run("DELETE FROM privrelease.impact_setting WHERE criterion = $1", &name);
		return;
	}
	pr_arg_text(args, pr_caller_name());
	pr_catalog_run("INSERT INTO privrelease.impact_setting (criterion, weight, threshold, changed_by) VALUES ($1, $2, $3, $4::name)"
				   " ON CONFLICT (criterion) DO UPDATE SET weight = EXCLUDED.weight, threshold = EXCLUDED.threshold,"
				   " changed_at = pg_catalog.now(), changed_by = EXCLUDED.changed_by", args);
}

static void
arg_numeric(PrArgs *args, FunctionCallInfo fcinfo, int n)
{
	if (PG_ARGISNULL(n))
		pr_arg_null(args, NUMERICOID);
	else
		pr_arg(args, NUMERICOID, PG_GETARG_DATUM(n));
}

static char *
numeric_text(FunctionCallInfo fcinfo, int n)
{
	return PG_ARGISNULL(n) ? NULL : DatumGetCString(DirectFunctionCall1(numeric_out, PG_GETARG_DATUM(n)));
}

Datum
privrelease_set_criterion(PG_FUNCTION_ARGS)
{
	PrArgs		args = {0};
	char	   *criterion;

	require_superuser();
	if (PG_ARGISNULL(0))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("criterion must not be null")));
	pr_begin_to_write("set_criterion()");
	criterion = text_to_cstring(PG_GETARG_TEXT_PP(0));
	pr_arg_text(&args, criterion);
	arg_numeric(&args, fcinfo, 1);
	arg_numeric(&args, fcinfo, 2);
	require_fits(&args, criterion);
	store_setting(&args);
	pr_event("set_criterion", NULL, "criterion", criterion, "weight", numeric_text(fcinfo, 1), "threshold", numeric_text(fcinfo, 2), NULL);
	pr_end();
	PG_RETURN_VOID();
}
