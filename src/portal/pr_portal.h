/*
 * pr_portal.h
 *		A release on its way to an open-data portal: its rows as a file, what is
 *		said of it, and who may ask.
 */
#ifndef PR_PORTAL_H
#define PR_PORTAL_H

#include "postgres.h"

#include "datatype/timestamp.h"
#include "pgtime.h"
#include "utils/jsonb.h"

#include "common/pr_json.h"
#include "portal/pr_csv.h"
#include "release/pr_release.h"

typedef struct PrPortal
{
	PrRelease  *release;
	const char *function;		/* that was called, as the user types it: "dcat()" */
	int			settings;		/* nesting level of those that are pinned */
	pg_tz	   *timezone;		/* of the session, before */
	Oid			reader;			/* as whom the rows are read, if not as the caller; else InvalidOid */
	PrCsv		csv;
	Jsonb	   *metadata;
	int64		version;		/* of a table; 0: a view */
	Jsonb	   *model;			/* that the version was verified by; NULL: a view */
	char	   *declaration;	/* SHA-256 of what was published */
	bool		approved;		/* it was */
	TimestampTz made_at;		/* this version, or the view */
	TimestampTz issued_at;		/* first published */
} PrPortal;

/* ---------- pr_portal.c ---------- */

/*
 * The release for whoever may read it; where to_describe, a published one, and
 * for whoever may inspect it as well.  A withdrawn one is an error, whoever asks.  Connects to SPI and
 * pins settings, until it is closed.
 */
extern PrPortal *pr_portal_open(const char *release, const char *function, bool to_describe);
extern void pr_portal_close(PrPortal *portal);
extern Datum pr_portal_close_with(PrPortal *portal, Datum document);	/* the jsonb, for the caller */

/* ---------- pr_metadata_text.c ---------- */

/* What set_metadata() has said, NULL or NIL: nothing. */
extern char *pr_portal_text(const PrPortal *portal, const char *key);
extern List *pr_portal_texts(const PrPortal *portal, const char *key);

/* The same, an error unless it is an absolute URL (for _url), or something that identifies a thing everywhere. */
extern char *pr_portal_url(const PrPortal *portal, const char *key);
extern List *pr_portal_urls(const PrPortal *portal, const char *key);
extern char *pr_portal_email(const PrPortal *portal, const char *key);
extern bool pr_portal_is_url(const char *text);
extern void pr_portal_bad_metadata(const PrPortal *portal, const char *key, const char *wanted);

/* An error that lists all that are missing of these keys, which NULL ends. */
extern void pr_portal_require(const PrPortal *portal, const char *const *keys);

/* ---------- pr_rows.c ---------- */

/* Given each line of the file, without its end. */
typedef void (*PrLineSink) (void *state, const StringInfo line);

/* The columns of the file; pr_portal_lines() begins with it. */
extern void pr_portal_describe(PrPortal *portal);

/* All lines, the header first, in an order that tells nothing of the source. */
extern void pr_portal_lines(PrPortal *portal, PrLineSink sink, void *state);

/* ---------- pr_digest.c ---------- */

#define PR_SHA256_HEX 64

/* What the lines are, written down in UTF-8 with CRLF. */
typedef struct PrFileDigest
{
	uint64		bytes;
	char		hex[PR_SHA256_HEX + 1];
} PrFileDigest;

extern void pr_portal_digest(PrPortal *portal, PrFileDigest *digest);
extern void pr_sha256_hex(const char *bytes, size_t length, char hex[PR_SHA256_HEX + 1]);

/* ---------- pr_method.c ---------- */

/* A name for portals: a-z, 0-9, - and _, at most 100 of them, the same as long as the release has its name. */
extern char *pr_portal_slug(const PrRelease *release);

/* Transforms, model, versions: what was done to the data, and nothing that undoes it. */
extern void pr_method_write(const PrPortal *portal, PrJson *json);

/* The same in a paragraph of English. */
extern char *pr_method_words(const PrPortal *portal);

#endif							/* PR_PORTAL_H */
