/*
 * pr_lifecycle.c
 *		The states of a release, and the draft beside a published one.
 *
 *	release		draft -> submitted -> approved -> published -> withdrawn
 *	draft		none -> draft -> submitted -> approved -> none
 *
 * A published release has two declarations: the one that it was published with
 * (published_rule, published_model ...), which builds and refreshes keep to, and
 * the one that is being edited, which publish() shows its readers.  A suspended
 * release (pr_suspend) is published in all but its grants.
 *
 * Whatever changes a declaration goes through pr_release_changed(), which voids
 * an approval and a submission.  That a state follows another legally is a
 * foreign key to the list of legal changes: keep_previous_state() writes into
 * each row what its state was before.
 *
 * What an attacker would try: have a change seen without an approval (an
 * approval is bound to a digest, pr_approval.c), approve what he has changed
 * himself (every role that acts or has logged in while something is changed is
 * an editor until the next approval), or move a state by hand (the foreign key).
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/rel.h"

#include "common/pr_compat.h"
#include "common/pr_error.h"
#include "release/pr_lifecycle.h"

PG_FUNCTION_INFO_V1(privrelease_keep_previous_state);

/* ---------- legal changes ---------- */

/* The state that the row had, if it has another now; else what was known before. */
static Datum
previous(Relation rel, HeapTuple old, HeapTuple new, const char *column, const char *memory, bool *isnull)
{
	Datum		was = pr_catalog_field(rel, old, column, isnull);
	Datum		is = pr_catalog_field(rel, new, column, isnull);

	if (strcmp(TextDatumGetCString(was), TextDatumGetCString(is)) != 0)
	{
		*isnull = false;
		return was;
	}
	return pr_catalog_field(rel, old, memory, isnull);
}

Datum
privrelease_keep_previous_state(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	int			columns[2];
	Datum		values[2];
	bool		nulls[2];

	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) || !TRIGGER_FIRED_FOR_ROW(trigger->tg_event))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("keep_previous_state() is a row trigger of privrelease.release")));
	columns[0] = pr_catalog_column(trigger->tg_relation, "previous_state");
	columns[1] = pr_catalog_column(trigger->tg_relation, "previous_draft");
	values[0] = previous(trigger->tg_relation, trigger->tg_trigtuple, trigger->tg_newtuple, "state", "previous_state", &nulls[0]);
	values[1] = previous(trigger->tg_relation, trigger->tg_trigtuple, trigger->tg_newtuple, "draft", "previous_draft", &nulls[1]);
	return PointerGetDatum(heap_modify_tuple_by_cols(trigger->tg_newtuple, RelationGetDescr(trigger->tg_relation),
													 2, columns, values, nulls));
}

/* ---------- editing ---------- */

/* The roles that stand behind this call, without those that are the same: acting, logged in, authenticated. */
List *
pr_acting_roles(void)
{
	List	   *roles = list_make1_oid(GetUserId());

	roles = list_append_unique_oid(roles, GetSessionUserId());
	return list_append_unique_oid(roles, GetAuthenticatedUserId());
}

static void
remember_editors(const PrRelease *release)
{
	ListCell   *cell;

	foreach(cell, pr_acting_roles())
	{
		PrArgs		args = {0};

		pr_arg_int4(&args, release->id);
		pr_arg_oid(&args, lfirst_oid(cell));
		pr_arg_text(&args, GetUserNameFromId(lfirst_oid(cell), false));
		pr_catalog_run("INSERT INTO privrelease.editor (release, role_oid, role_name) VALUES ($1, $2, $3::name)"
					   " ON CONFLICT (release, role_oid) DO UPDATE SET role_name = EXCLUDED.role_name"
					   " WHERE editor.role_name <> EXCLUDED.role_name", &args);
	}
}

/* Whoever replaces the labels of a hierarchy has changed what is declared with it, and approves none of that. */
void
pr_remember_editors_of_hierarchy(const char *hierarchy)
{
	PrArgs		args = {0};
	List	   *releases = NIL;
	ListCell   *cell;
	uint64		rows;

	pr_arg_text(&args, hierarchy);
	rows = pr_catalog_run("SELECT r.id FROM privrelease.release AS r WHERE EXISTS (SELECT FROM " PR_ANY_RULE " AS g WHERE g.release = r.id"
						  " AND g.transform = 'hierarchy' AND g.params ->> 'hierarchy' = $1)"
						  " OR pg_catalog.jsonb_path_exists(r.model, 'lax $.t[*] ? (@.hierarchy == $name)',"
						  " pg_catalog.jsonb_build_object('name', $1)) ORDER BY r.id", &args);
	for (uint64 row = 0; row < rows; row++)
		releases = lappend_int(releases, (int) pr_spi_int(row, 1, NULL));
	foreach(cell, releases)
	{
		PrRelease	release = {.id = lfirst_int(cell)};

		remember_editors(&release);
	}
}

/*
 * The declaration has changed.  It is written into the row that every reader
 * of the declaration locks, so that a transaction with an older snapshot fails
 * instead of building what was declared before.  What was submitted or approved
 * is not what is declared now.
 */
void
pr_release_changed(const PrRelease *release)
{
	PrArgs		args = {0};

	pr_arg_int4(&args, release->id);
	pr_arg_text(&args, pr_caller_name());
	pr_catalog_run("UPDATE privrelease.release SET changed_at = pg_catalog.now(), changed_by = $2::name,"
				   " state = CASE WHEN state IN ('submitted', 'approved') THEN 'draft' ELSE state END,"
				   " draft = CASE WHEN state = 'published' OR suspended THEN 'draft' ELSE draft END,"
				   " declaration = NULL, approval = NULL WHERE id = $1", &args);
	remember_editors(release);
}

/* ---------- two declarations ---------- */

bool
pr_is_live(const PrRelease *release)
{
	return strcmp(release->state, "published") == 0 || release->suspended;
}

/* Is something declared that its readers do not see yet? */
bool
pr_has_draft(const PrRelease *release)
{
	return pr_is_live(release) &&
		(strcmp(release->draft, "none") != 0 || strcmp(pr_technical_digest(release, false), release->published_digest) != 0);
}

/* The declaration that readers see, which is not the one that is edited. */
void
pr_use_published(PrRelease *release)
{
	if (!pr_is_live(release))
		return;
	release->as_published = true;
	release->model = release->published_model;
	release->purpose = release->published_purpose;
	release->derive_quals = release->published_derive_quals;
}

/* For a build or a refresh: what is published must still mean what it meant. */
void
pr_take_published(PrRelease *release)
{
	if (pr_is_live(release))
		pr_require_as_published(release);
	pr_use_published(release);
}

/* For whoever has changed something, and built or refreshed: it is not what readers see. */
void
pr_notice_draft(const PrRelease *release)
{
	if (!pr_is_live(release) || strcmp(release->draft, "none") == 0)
		return;
	ereport(NOTICE,
			(release->is_table ?
			 errmsg("release %s is refreshed as it was published; what was changed since is a draft", release->label) :
			 errmsg("release %s is built as it was published; what was changed since is a draft", release->label),
			 errhint("SELECT privrelease.publish(%s); shows it to its readers.", quote_literal_cstr(release->label))));
}

const char *
pr_rule_table(const PrRelease *release)
{
	return release->as_published ? "privrelease.published_rule" : "privrelease.rule";
}

/* What is declared now is what readers see from now on. */
void
pr_mark_published(PrRelease *release)
{
	PrArgs		args = {0};

	pr_arg_int4(&args, release->id);
	pr_arg_text(&args, pr_technical_digest(release, false));
	pr_arg_text(&args, pr_declaration_digest(release));
	pr_catalog_run("DELETE FROM privrelease.published_rule WHERE release = $1", &args);
	pr_catalog_run("INSERT INTO privrelease.published_rule SELECT * FROM privrelease.rule WHERE release = $1", &args);
	pr_catalog_run("UPDATE privrelease.release SET state = 'published', suspended = false, draft = 'none', withdrawn_reason = NULL,"
				   " published_digest = $2, published_declaration = $3, declaration = $3,"
				   " published_approval = CASE WHEN declaration = $3 THEN approval"
				   " WHEN published_declaration = $3 THEN published_approval END,"
				   " approval = CASE WHEN declaration = $3 THEN approval"
				   " WHEN published_declaration = $3 THEN published_approval END,"
				   " published_model = model, published_purpose = purpose, published_metadata = metadata, published_derive_quals = derive_quals"
				   " WHERE id = $1", &args);
}

/*
 * Nobody reads it any more.  What is declared is the only declaration then, and
 * the approval of what was published stays if that is what is declared.
 */
void
pr_mark_withdrawn(const PrRelease *release, const char *reason)
{
	PrArgs		args = {0};

	pr_arg_int4(&args, release->id);
	pr_arg_text(&args, reason);
	pr_catalog_run("DELETE FROM privrelease.published_rule WHERE release = $1", &args);
	pr_catalog_run("UPDATE privrelease.release SET state = 'withdrawn', suspended = false, draft = 'none', withdrawn_reason = $2,"
				   " published_digest = NULL, published_declaration = NULL, published_approval = NULL,"
				   " published_model = NULL, published_purpose = NULL, published_metadata = NULL, published_derive_quals = NULL WHERE id = $1", &args);
}

/* What was approved has shown to be wrong: whoever approved it decides anew. */
void
pr_void_approval(const PrRelease *release)
{
	PrArgs		args = {0};

	pr_arg_int4(&args, release->id);
	pr_catalog_run("UPDATE privrelease.release SET declaration = NULL, approval = NULL,"
				   " state = CASE WHEN state IN ('submitted', 'approved') THEN 'draft' ELSE state END WHERE id = $1", &args);
}

void
pr_mark_suspended(const PrRelease *release, const char *reason)
{
	PrArgs		args = {0};

	pr_arg_int4(&args, release->id);
	pr_arg_text(&args, reason);
	pr_catalog_run("UPDATE privrelease.release SET state = 'withdrawn', suspended = true, withdrawn_reason = $2 WHERE id = $1", &args);
}

void
pr_mark_resumed(const PrRelease *release)
{
	PrArgs		args = {0};

	pr_arg_int4(&args, release->id);
	pr_catalog_run("UPDATE privrelease.release SET state = 'published', suspended = false, withdrawn_reason = NULL WHERE id = $1", &args);
}
