/*
 * pr_adopt.c
 *		Releases of versions before 0.2.0 (sql/update/from_0.1.0_after.sql).
 *
 * Those versions did not keep what a release was published with: a build showed
 * its readers whatever was declared.  The update shows them nothing else than
 * they saw, so what is declared is taken for what was published only where the
 * definition that was built says the same.  Otherwise nobody knows what was
 * published: readers keep what was built, what is declared is the draft beside
 * it, and builds and refreshes are refused until publish() (pr_declaration.c).
 *
 * The first versions did not remember what a view looked like when it was
 * built, either.  What they left is looked at once, here: who could have changed
 * such a view until now is a superuser.
 */
#include "postgres.h"

#include "access/table.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "catalog/pr_intact.h"
#include "common/pr_compat.h"
#include "common/pr_error.h"
#include "common/pr_try.h"
#include "release/pr_lifecycle.h"

PG_FUNCTION_INFO_V1(privrelease_adopt_releases);

/* In the place of a digest, which has another form. */
#define UNKNOWN "unknown"

bool
pr_published_is_unknown(const PrRelease *release)
{
	return release->published_digest != NULL && strcmp(release->published_digest, UNKNOWN) == 0;
}

void
pr_mark_published_unknown(PrRelease *release)
{
	PrArgs		args = {0};

	pr_arg_int4(&args, release->id);
	pr_catalog_run("INSERT INTO privrelease.published_rule SELECT * FROM privrelease.rule WHERE release = $1", &args);
	pr_catalog_run("UPDATE privrelease.release SET state = 'published', draft = 'draft', declaration = NULL,"
				   " published_digest = '" UNKNOWN "', published_declaration = '" UNKNOWN "',"
				   " published_model = model, published_purpose = purpose, published_metadata = metadata, published_derive_quals = derive_quals"
				   " WHERE id = $1", &args);
}

/* ---------- what was published ---------- */

typedef struct Comparison
{
	PrRelease  *release;
	bool		same;
} Comparison;

static void
compare_definitions(void *state)
{
	Comparison *comparison = state;
	PrRelease  *release = comparison->release;
	PrArgs		args = {0};
	Relation	rel;
	List	   *rules = pr_load_for_build(release, &rel, false);

	pr_arg_int4(&args, release->id);
	pr_arg_text(&args, pr_definition_text(release, rel, rules));
	table_close(rel, NoLock);
	comparison->same = pr_catalog_run("SELECT 1 FROM privrelease.release WHERE id = $1 AND definition = $2", &args) > 0;
}

static void
adopt_published(PrRelease *release)
{
	Comparison	comparison = {.release = release};

	if (strcmp(release->binding, pr_this_binding()) != 0)
	{
		pr_mark_published_unknown(release); /* rebind() looks further */
		return;
	}
	if (pr_try(compare_definitions, &comparison) == NULL && comparison.same)
	{
		pr_mark_published(release);
		return;
	}
	pr_mark_published_unknown(release);
	ereport(WARNING,
			(errcode(ERRCODE_PR_STALE),
			 errmsg("release %s is not declared as it was published any more", release->label),
			 errdetail("Its readers see what they saw. No build or refresh shows them more until it is published again."),
			 errhint("SELECT privrelease.publish(%s);", quote_literal_cstr(release->label))));
}

/* ---------- what was built ---------- */

/* Nothing has the digest that stays where something is wrong with the view: it serves nobody until it is built again. */
static void
adopt_view(const PrRelease *release)
{
	PrArgs		args = {0};
	bytea	   *view;
	bytea	   *source;

	pr_arg_int4(&args, release->id);
	if (release->is_table || !OidIsValid(release->view) || strcmp(release->binding, pr_this_binding()) != 0 ||
		pr_catalog_run("SELECT 1 FROM privrelease.release WHERE id = $1 AND view_digest = ''", &args) == 0 ||
		!pr_intact_role(release->role_oid) || !pr_intact_view(release->view, release->role_oid))
		return;
	view = pr_intact_view_digest(release->view);
	source = pr_intact_source_digest(release->source, release->view);
	if (view == NULL || source == NULL)
		return;
	pr_arg(&args, BYTEAOID, PointerGetDatum(view));
	pr_arg(&args, BYTEAOID, PointerGetDatum(source));
	pr_catalog_run("UPDATE privrelease.release SET view_digest = $2, source_digest = $3 WHERE id = $1", &args);
}

static bool
contains(ArrayType *ids, int32 id)
{
	const int32 *elements = (const int32 *) ARR_DATA_PTR(ids);
	int			n = ArrayGetNItems(ARR_NDIM(ids), ARR_DIMS(ids));

	for (int i = 0; i < n; i++)
		if (elements[i] == id)
			return true;
	return false;
}

/* adopt_releases(ids of those that are published): exists while an update script runs. */
Datum
privrelease_adopt_releases(PG_FUNCTION_ARGS)
{
	ArrayType  *published = PG_GETARG_ARRAYTYPE_P(0);
	ListCell   *cell;

	if (!superuser())
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("must be superuser to update releases")));
	if (ARR_HASNULL(published))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("the number of a release must not be null")));
	pr_begin_to_write("adopt_releases()");
	foreach(cell, pr_all_releases(true))
	{
		PrRelease  *release = lfirst(cell);

		CHECK_FOR_INTERRUPTS();
		adopt_view(release);
		if (contains(published, release->id))
			adopt_published(release);
	}
	pr_end();
	PG_RETURN_VOID();
}
