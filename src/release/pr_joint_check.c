/*
 * pr_joint_check.c
 *		privrelease.joint_risk: what publish() and refresh() do about releases that
 *		break a model together.
 *
 * All published releases of the source count, whoever their audience is: what
 * one reads another may be told.  A release that cannot be measured, because its
 * source is no longer what it was declared for, does not keep others from being
 * published unless the setting is refuse: who asks for that wants to know.
 */
#include "postgres.h"

#include "access/xact.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "storage/lock.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/resowner.h"
#include "utils/snapmgr.h"

#include "common/pr_error.h"
#include "common/pr_guc.h"
#include "common/pr_try.h"
#include "release/pr_joint.h"
#include "release/pr_lifecycle.h"

/* ---------- one at a time ---------- */

/*
 * Until the end of the transaction: of two releases that are published at the
 * same time, the second one is measured with the first one.
 */
static void
lock_source(const PrRelease *release)
{
	LOCKTAG		tag;

	SET_LOCKTAG_OBJECT(tag, MyDatabaseId, pr_catalog_table("release"), release->source, 1);
	(void) LockAcquire(&tag, ExclusiveLock, false, false);
}

/* The published releases of the source, and their versions, as one text. */
static char *
published(const PrRelease *release)
{
	PrArgs		args = {0};
	PrIdentity	saved;
	int			rc;

	pr_arg_oid(&args, release->source);
	pr_arg_int4(&args, release->id);
	pr_elevate(&saved);
	rc = SPI_execute_with_args("SELECT pg_catalog.string_agg(pg_catalog.concat_ws(':', id, version), ',' ORDER BY id)"
							   " FROM privrelease.release WHERE source = $1 AND id <> $2 AND state = 'published'",
							   args.n, args.types, args.values, args.nulls, true, 0);
	pr_restore_identity(&saved);
	if (rc != SPI_OK_SELECT)
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR),
				 errmsg_internal("statement on the privrelease catalogue failed: %s", SPI_result_code_string(rc))));
	return pr_spi_text(0, 1);
}

/* A transaction that keeps its first snapshot does not see what was published since. */
static void
require_new_snapshot(const PrRelease *release)
{
	char	   *seen;
	char	   *now;

	if (!IsolationUsesXactSnapshot())
		return;
	PushActiveSnapshot(GetTransactionSnapshot());
	seen = published(release);
	PopActiveSnapshot();
	PushActiveSnapshot(GetLatestSnapshot());
	now = published(release);
	PopActiveSnapshot();
	if ((seen == NULL) != (now == NULL) || (seen != NULL && strcmp(seen, now) != 0))
		ereport(ERROR,
				(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
				 errmsg("another release of %s was published or refreshed by another transaction",
						quote_qualified_identifier(release->source_schema, release->source_name)),
				 errhint("Try again in a new transaction.")));
}

/* ---------- which releases ---------- */

static bool
is_beside(const PrRelease *other, const PrRelease *release)
{
	return other->id != release->id && other->source == release->source && strcmp(other->binding, release->binding) == 0 &&
		strcmp(other->state, "published") == 0 && OidIsValid(other->view);
}

/* The release, and the published ones beside it; NIL: there are none, or nothing is promised of any. */
static List *
together_with(PrRelease *release)
{
	List	   *together = list_make1(release);
	bool		promised = release->model != NULL;
	ListCell   *cell;

	foreach(cell, pr_all_releases(false))
	{
		PrRelease  *other = lfirst(cell);

		if (!is_beside(other, release))
			continue;
		pr_use_published(other);
		together = lappend(together, other);
		promised |= other->model != NULL;
	}
	return promised && list_length(together) > 1 ? together : NIL;
}

static char *
join_labels(List *releases)
{
	List	   *labels = NIL;
	ListCell   *cell;

	foreach(cell, releases)
		labels = lappend(labels, quote_literal_cstr(((PrRelease *) lfirst(cell))->label));
	return pr_join_texts(labels);
}

/* ---------- measuring ---------- */

static void
measure(List *releases, uint64 *smallest, uint64 *k)
{
	PrJoint    *joint = pr_joint_bind(releases);
	PrIdentity	saved;

	PushActiveSnapshot(GetTransactionSnapshot());
	pr_read_as_owner(((PrRelease *) linitial(releases))->source, &saved);
	pr_plan_as_maintenance();
	pr_joint_load(joint);
	*smallest = pr_joint_smallest(joint);
	*k = joint->k;
	pr_joint_free(joint);
	pr_restore_identity(&saved);
	PopActiveSnapshot();
}

static bool
must_be_raised(const ErrorData *error)
{
	return pr_guc_joint_risk == PR_JOINT_RISK_REFUSE ||
		ERRCODE_TO_CATEGORY(error->sqlerrcode) == ERRCODE_INSUFFICIENT_RESOURCES;
}

/* What our own errors say holds no value of a source; of others only the code is told. */
static const char *
reason_of(const ErrorData *error)
{
	if (ERRCODE_TO_CATEGORY(error->sqlerrcode) == ERRCODE_TO_CATEGORY(ERRCODE_PR_JOINT_RISK))
		return error->message;
	return psprintf("SQLSTATE %s", unpack_sql_state(error->sqlerrcode));
}

typedef struct Measurement
{
	List	   *releases;
	uint64		smallest;
	uint64		k;
} Measurement;

static void
take_measurement(void *state)
{
	Measurement *measurement = state;

	measure(measurement->releases, &measurement->smallest, &measurement->k);
}

/* The same in a subtransaction; false, with a warning, where some release cannot be measured. */
static bool
try_to_measure(List *releases, uint64 *smallest, uint64 *k)
{
	Measurement measurement = {.releases = releases};
	ErrorData  *error = pr_try(take_measurement, &measurement);

	*smallest = measurement.smallest;
	*k = measurement.k;
	if (error == NULL)
		return true;
	if (must_be_raised(error))
		ReThrowError(error);
	ereport(WARNING,
			(errcode(ERRCODE_PR_JOINT_RISK),
			 errmsg("what releases %s tell together could not be measured", join_labels(releases)),
			 errdetail_internal("%s", reason_of(error))));
	return false;
}

bool
pr_joint_measure(PrRelease *release, uint64 *smallest, uint64 *k, const char **why)
{
	Measurement measurement = {.releases = together_with(release)};
	ErrorData  *error;

	*smallest = *k = 0;
	*why = NULL;
	if (measurement.releases == NIL)
		return false;
	error = pr_try(take_measurement, &measurement);
	if (error != NULL && ERRCODE_TO_CATEGORY(error->sqlerrcode) == ERRCODE_INSUFFICIENT_RESOURCES)
		ReThrowError(error);
	if (error != NULL)
	{
		*why = reason_of(error);
		return true;
	}
	*smallest = measurement.smallest;
	*k = measurement.k;
	return true;
}

void
pr_joint_check(PrRelease *release)
{
	List	   *releases;
	uint64		smallest = 0;
	uint64		k = 0;

	if (pr_guc_joint_risk == PR_JOINT_RISK_OFF)
		return;
	lock_source(release);
	require_new_snapshot(release);
	releases = together_with(release);
	if (releases == NIL || !try_to_measure(releases, &smallest, &k) || smallest >= k)
		return;
	ereport(pr_guc_joint_risk == PR_JOINT_RISK_REFUSE ? ERROR : WARNING,
			(errcode(ERRCODE_PR_JOINT_RISK),
			 errmsg("releases of %s break their model together",
					quote_qualified_identifier(release->source_schema, release->source_name)),
			 errdetail("Whoever combines them finds classes of %llu persons; the weakest model says %llu.",
					   (unsigned long long) smallest, (unsigned long long) k),
			 errhint("SELECT privrelease.joint_risk(%s); withdraw one, or give them columns and levels in common.",
					 join_labels(releases))));
}
