/*
 * pr_refresh.c
 *		refresh(): a new version of a release table.
 *
 *	1. One refresh of a release at a time: a second one errors at once.
 *	2. With one snapshot, as the release's role in a security-restricted operation:
 *	   the classes of the source (pr_study_load), the search (pr_study_solve), the
 *	   tuples of the new version (pr_stage).
 *	3. As the superuser: the table, if its columns changed.
 *	4. As the owner of the table: the difference (pr_difference.c), and the
 *	   verification from the finished rows (pr_verify_rows.c).
 *	5. The version is recorded, and who is in it (pr_history.c).
 *
 * All of it is one transaction: whatever fails, is cancelled or crashes leaves
 * the version before as it was.  No table is made for staging (pr_stage.c).
 *
 * What an attacker would try: code of the source's owner that runs with the
 * rights of whoever calls, or as the owner of the release (it runs as the
 * release's role, and nothing can be written as long as the source is read);
 * rows that another role may not see deciding the classes (a source with policies
 * is refused by the build's checks); a table of the release's name that is not
 * ours (pr_table.c); two refreshes whose differences mix (the lock).
 */
#include "postgres.h"

#include "access/table.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "storage/lock.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/json.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"

#include "catalog/pr_catalog.h"
#include "common/pr_compat.h"
#include "common/pr_error.h"
#include "common/pr_event.h"
#include "common/pr_progress.h"
#include "release/pr_derive.h"
#include "release/pr_history.h"
#include "release/pr_joint.h"
#include "release/pr_lifecycle.h"
#include "release/pr_publish.h"
#include "release/pr_refresh.h"
#include "release/pr_registry.h"
#include "release/pr_replicate.h"
#include "release/pr_table.h"

PG_FUNCTION_INFO_V1(privrelease_refresh);

/* ---------- one at a time ---------- */

/* Until the end of the transaction; taken before the declaration is locked, so that a second call need not wait for it. */
static void
lock_release(const PrRelease *release)
{
	LOCKTAG		tag;

	SET_LOCKTAG_OBJECT(tag, MyDatabaseId, pr_catalog_table("release"), release->id, 0);
	if (LockAcquire(&tag, ExclusiveLock, false, true) == LOCKACQUIRE_NOT_AVAIL)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_IN_USE),
				 errmsg("release %s is being refreshed by another session", release->label),
				 errhint("SELECT * FROM privrelease.progress;")));
}

static void
require_refreshable(const PrRelease *release)
{
	if (!release->is_table)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("release %s is a view, which is never refreshed", release->label),
				 errhint("SELECT privrelease.build(%s);", quote_literal_cstr(release->label))));
	if (release->model == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("release %s has no model, so nothing says what a version must hold", release->label),
				 errhint("SELECT privrelease.set_model(%s, '{\"k\": 5}');", quote_literal_cstr(release->label))));
}

/* ---------- reading the source ---------- */

/* To read the source, whose code must not act as the owner of the release. */
static void
become_reader(const PrRelease *release, PrIdentity *saved)
{
	pr_become_reader(get_role_oid(release->role, false), saved);
	pr_plan_as_maintenance();
}

/* To write the table, on which there is no code of anybody. */
static void
become_writer(const PrRelease *release, PrIdentity *saved)
{
	pr_become(get_role_oid(release->role, false), saved);
	pr_plan_as_maintenance();
}

static bool
may_read_all(const PrRefresh *refresh)
{
	Oid			role = get_role_oid(refresh->release->role, false);
	ListCell   *cell;

	if (pr_schema_aclcheck(get_namespace_oid(refresh->release->schema, false), role, ACL_USAGE) != ACLCHECK_OK ||
		pr_schema_aclcheck(get_namespace_oid(refresh->release->source_schema, false), role, ACL_USAGE) != ACLCHECK_OK)
		return false;
	foreach(cell, pr_needed_columns(refresh->release, refresh->rules))
		if (pg_attribute_aclcheck(refresh->release->source, lfirst_int(cell), role, ACL_SELECT) != ACLCHECK_OK)
			return false;
	return true;
}

static bool
is_definition_of_last_version(const PrRelease *release, const char *definition)
{
	PrArgs		args = {0};

	pr_arg_int4(&args, release->id);
	pr_arg_text(&args, definition);
	return pr_catalog_run("SELECT 1 FROM privrelease.release WHERE id = $1 AND definition = $2", &args) > 0;
}

/* Rights on the source change with the rules only: no refresh touches its catalogue rows for nothing. */
static void
grant_source(PrRefresh *refresh, const char *definition)
{
	if (is_definition_of_last_version(refresh->release, definition) && may_read_all(refresh))
		return;
	pr_lock_rights(refresh->release);
	pr_run_statements(pr_source_grants(refresh->release, refresh->rel, refresh->rules));
}

static void
make_version(PrRefresh *refresh)
{
	PrInquiryOptions options = {.model_only = true};
	PrIdentity	saved;

	become_reader(refresh->release, &saved);
	PushActiveSnapshot(GetTransactionSnapshot());
	refresh->inquiry = pr_inquire(refresh->release, refresh->rel, refresh->rules, &options);
	pr_stage_describe(refresh);
	refresh->study = pr_study_load(refresh->inquiry, CurrentMemoryContext);
	refresh->solution = pr_study_solve(refresh->study);
	if (refresh->release->subject != NULL)
		refresh->classes = pr_study_classes(refresh->study, refresh->solution);
	pr_stage(refresh);
	refresh->history = pr_history_collect(refresh);
	pr_derive_end(refresh->release);
	PopActiveSnapshot();
	pr_restore_identity(&saved);
}

/* ---------- applying it ---------- */

static PrDifference
apply_version(PrRefresh *refresh)
{
	PrIdentity	saved;
	PrDifference difference;

	become_writer(refresh->release, &saved);
	PushActiveSnapshot(GetTransactionSnapshot());
	difference = pr_difference_apply(refresh);
	PopActiveSnapshot();
	CommandCounterIncrement();
	/* The finished rows, as they now are. */
	PushActiveSnapshot(GetTransactionSnapshot());
	pr_verify_rows(refresh);
	PopActiveSnapshot();
	pr_restore_identity(&saved);
	return difference;
}

/* ---------- recording it ---------- */

static void
append_levels_of(StringInfo out, const PrStudy *study, const PrSolution *solution, int qi)
{
	int			n_qis = study->problem.n_qis;
	int			most = study->problem.qis[qi].levels;
	bool	   *used = palloc0((most + 1) * sizeof(bool));
	bool		first = true;

	if (study->inquiry->model == NULL || !study->inquiry->model->local)
	{
		appendStringInfo(out, "%d", solution->n_recodings > 0 ? solution->levels[qi] : most - 1);
		return;
	}
	for (uint32 unit = 0; unit < study->problem.n_units; unit++)
		if (solution->recoding[unit] != PR_SUPPRESSED)
			used[solution->levels[(Size) solution->recoding[unit] * n_qis + qi]] = true;
	appendStringInfoChar(out, '[');
	for (int level = 0; level <= most; level++)
		if (used[level])
		{
			appendStringInfo(out, first ? "%d" : ", %d", level);
			first = false;
		}
	appendStringInfoChar(out, ']');
	pfree(used);
}

/* {"column": level}, from 0, the finest; of local recoding all levels that occur, the last one beyond the rule's for suppressed cells. */
Datum
pr_levels_document(const PrStudy *study, const PrSolution *solution)
{
	StringInfoData out;
	ListCell   *cell;

	initStringInfo(&out);
	appendStringInfoChar(&out, '{');
	foreach(cell, study->inquiry->quasi)
	{
		if (foreach_current_index(cell) > 0)
			appendStringInfoString(&out, ", ");
		escape_json(&out, ((PrQuasi *) lfirst(cell))->name);
		appendStringInfoString(&out, ": ");
		append_levels_of(&out, study, solution, foreach_current_index(cell));
	}
	appendStringInfoChar(&out, '}');
	return DirectFunctionCall1(jsonb_in, CStringGetDatum(out.data));
}

static void
store_version(const PrRefresh *refresh, const PrDifference *difference, const char *definition)
{
	const PrRelease *release = refresh->release;
	const PrMeasures *measures = &refresh->solution->measures;
	PrArgs		args = {0};

	pr_arg_int4(&args, release->id);
	pr_arg_int8(&args, release->version);
	pr_arg_text(&args, release->schema);
	pr_arg_text(&args, release->name);
	pr_arg_text(&args, GetUserNameFromId(pr_relation_owner(release->source), false));
	pr_arg_text(&args, pr_caller_name());
	pr_arg_int8(&args, refresh->study->records);
	pr_arg_int8(&args, refresh->study->subjects);
	pr_arg_int8(&args, measures->suppressed);
	pr_arg_int8(&args, measures->classes);
	pr_arg_int8(&args, measures->min_class);
	pr_arg(&args, JSONBOID, pr_levels_document(refresh->study, refresh->solution));
	pr_arg_text(&args, pr_metric_name(refresh->inquiry->model->metric));
	pr_arg(&args, FLOAT8OID, Float8GetDatum(refresh->solution->cost));
	pr_arg_int8(&args, difference->deleted);
	pr_arg_int8(&args, difference->inserted);
	pr_arg(&args, JSONBOID, JsonbPGetDatum(release->model));
	pr_arg_text(&args, definition);
	pr_catalog_run("INSERT INTO privrelease.version (release, version, release_schema, release_name, source_owner, refreshed_by,"
				   " records, subjects, suppressed, classes, min_class, levels, metric, cost, deleted, inserted, model, definition)"
				   " VALUES ($1, $2, $3::name, $4::name, $5::name, $6::name, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
				   &args);
}

static void
notice_version(const PrRefresh *refresh)
{
	const PrMeasures *measures = &refresh->solution->measures;

	ereport(NOTICE,
			(errmsg("version %lld of release %s: %llu records, %llu suppressed, smallest class %llu",
					(long long) refresh->release->version, refresh->release->label,
					(unsigned long long) measures->records, (unsigned long long) measures->suppressed,
					(unsigned long long) measures->min_class)));
}

static void
log_version(const PrRefresh *refresh)
{
	const PrMeasures *measures = &refresh->solution->measures;

	pr_event("refresh", refresh->release->label, "version", psprintf(INT64_FORMAT, refresh->release->version),
			 "records", psprintf(UINT64_FORMAT, measures->records), "suppressed", psprintf(UINT64_FORMAT, measures->suppressed),
			 "min_class", psprintf(UINT64_FORMAT, measures->min_class), "digest", pr_technical_digest(refresh->release, refresh->release->as_published), NULL);
}

/* ---------- the call ---------- */

static int64
refresh_release(PrRelease *release)
{
	PrRefresh	refresh = {.release = release};
	PrDifference difference;
	char	   *definition;
	uint64		removed;

	pr_require_schema(release);
	pr_require_release_role(release);
	pr_replicate_require_published(release);
	refresh.rules = pr_load_for_build(release, &refresh.rel, true);
	pr_check_model(release, refresh.rules, true);
	pr_pin_schema(get_rel_namespace(release->source), release->source_schema);
	pr_pin_schema(get_namespace_oid(release->schema, false), release->schema);
	definition = pr_definition_text(release, refresh.rel, refresh.rules);
	grant_source(&refresh, definition);
	make_version(&refresh);
	removed = pr_table_ensure(release, refresh.columns);
	difference = apply_version(&refresh);
	difference.deleted += removed;
	pr_revoke_from_former_owner(release);
	pr_progress_phase("recording the version", 0);
	release->version++;
	pr_store_build(release, refresh.rules, definition);
	pr_derive_keep(release, refresh.rules);
	store_version(&refresh, &difference, definition);
	pr_table_renew_statistics(release);
	pr_history_store(&refresh, refresh.history);
	notice_version(&refresh);
	if (release->as_published)
		pr_require_as_published(release);	/* once more: whatever was read is locked by now */
	log_version(&refresh);
	pr_study_free(refresh.study);
	table_close(refresh.rel, NoLock);
	return release->version;
}

/* Seen from outside while it runs. */
int64
pr_refresh(PrRelease *release)
{
	volatile int64 version = 0;

	require_refreshable(release);
	lock_release(release);
	pr_progress_begin(release->label, pr_relation_owner(release->source));
	PG_TRY();
	{
		version = refresh_release(release);
	}
	PG_FINALLY();
	{
		pr_progress_end();
	}
	PG_END_TRY();
	return version;
}

Datum
privrelease_refresh(PG_FUNCTION_ARGS)
{
	char	   *name = text_to_cstring(PG_GETARG_TEXT_PP(0));
	PrRelease  *release;
	int64		version;

	pr_begin_to_write("refresh()");
	release = pr_release_to_read(name);
	require_refreshable(release);
	lock_release(release);
	release = pr_end_if_dropped(pr_release_for_owner(name));
	pr_take_published(release);
	version = pr_refresh(release);
	pr_notice_draft(release);
	pr_resume(release);
	if (strcmp(release->state, "published") == 0)
		pr_joint_check(release);
	pr_end();
	PG_RETURN_INT64(version);
}
