/*
 * pr_json.h
 *		Writes a JSON object key by key.
 *
 * Within a list, what is written has no key: NULL.
 */
#ifndef PR_JSON_H
#define PR_JSON_H

#include "postgres.h"

#include "lib/stringinfo.h"
#include "nodes/pg_list.h"

typedef struct PrJson
{
	StringInfoData text;
	List	   *path;			/* keys of the open objects (char *) */
	List	   *missing;		/* path of what could not be measured, and why, in turn (char *) */
} PrJson;

extern void pr_json_begin(PrJson *json);
extern Datum pr_json_end(PrJson *json);	/* as jsonb, with the object "unavailable" */
extern Datum pr_json_end_plain(PrJson *json);	/* as jsonb, where nothing could be missing */

extern void pr_json_open(PrJson *json, const char *key);
extern void pr_json_close(PrJson *json);
extern void pr_json_open_list(PrJson *json, const char *key);
extern void pr_json_close_list(PrJson *json);
extern void pr_json_boolean(PrJson *json, const char *key, bool value);
extern void pr_json_integer(PrJson *json, const char *key, uint64 value);
extern void pr_json_number(PrJson *json, const char *key, double value);	/* NULL where it is no number */
extern void pr_json_text(PrJson *json, const char *key, const char *value);
extern void pr_json_texts(PrJson *json, const char *key, List *values);
extern void pr_json_document(PrJson *json, const char *key, Datum jsonb);

/* NULL, and the reason in the object "unavailable" at the end. */
extern void pr_json_missing(PrJson *json, const char *key, const char *why);

#endif							/* PR_JSON_H */
