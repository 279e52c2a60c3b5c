/*
 * pr_event.c
 *		An event on its way into the log.  See pr_event.h.
 *
 * The row is chained and signed by a trigger at the end of the transaction
 * (src/audit), so that a long transaction keeps nobody else from being logged.
 *
 * What an attacker would try: have something else be logged than what he did
 * (nobody has a right on the table; both the role that logged in and the one
 * that acts are taken from the session, not from settings), or log so much that
 * nobody can read it (a text has a limit).
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/json.h"

#include "common/pr_event.h"
#include "common/pr_session.h"

/* An entry is read whole, and many at a time, by whoever verifies the log. */
#define MAX_TEXT_SIZE (256 * 1024)

static void
check_size(const char *key, const char *value)
{
	if (value != NULL && strlen(value) > MAX_TEXT_SIZE)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("%s is longer than %d kB, which the log does not take", key, MAX_TEXT_SIZE / 1024),
				 errhint("Say it shorter, and where the rest is to be found.")));
}

static void
append_pair(StringInfo out, const char *key, const char *value)
{
	static const char json[] = PR_EVENT_JSON("");
	bool		is_json = strncmp(key, json, sizeof(json) - 1) == 0;

	check_size(is_json ? key + sizeof(json) - 1 : key, value);
	appendStringInfoString(out, out->len > 1 ? ", " : "");
	escape_json(out, is_json ? key + sizeof(json) - 1 : key);
	appendStringInfoString(out, ": ");
	if (value == NULL)
		appendStringInfoString(out, "null");
	else if (is_json)
		appendStringInfoString(out, value);
	else
		escape_json(out, value);
}

void
pr_event(const char *event, const char *release,...)
{
	StringInfoData details;
	PrArgs		args = {0};
	PrIdentity	saved;
	va_list		pairs;
	const char *key;

	initStringInfo(&details);
	appendStringInfoChar(&details, '{');
	va_start(pairs, release);
	while ((key = va_arg(pairs, const char *)) != NULL)
		append_pair(&details, key, va_arg(pairs, const char *));
	va_end(pairs);
	appendStringInfoChar(&details, '}');

	pr_arg_text(&args, GetUserNameFromId(GetSessionUserId(), false));
	pr_arg_text(&args, GetUserNameFromId(GetUserId(), false));
	pr_arg_text(&args, event);
	pr_arg_text(&args, release);
	pr_arg(&args, JSONBOID, DirectFunctionCall1(jsonb_in, CStringGetDatum(details.data)));
	pr_elevate(&saved);
	pr_spi("INSERT INTO privrelease.event (session_role, acting_role, event, release, details, release_id, source_owner)"
		   " SELECT $1::name, $2::name, $3, $4, $5, r.id, r.source_owner FROM (VALUES (1)) AS one (one)"
		   " LEFT JOIN privrelease.release AS r ON pg_catalog.format('%I.%I', r.release_schema, r.release_name) = $4", &args);
	pr_restore_identity(&saved);
}
