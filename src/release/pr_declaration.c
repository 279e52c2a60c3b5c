/*
 * pr_declaration.c
 *		What is declared, as a digest: what an approval is given to, and what a
 *		published release is compared with before it is built or refreshed.
 *
 * Two digests (SHA-256, hexadecimal).  The technical one covers what decides
 * what readers see: kind, subject, model, rules, the classes of the columns that
 * they use, the hierarchies, the text of a source view and of what it is made of.
 * The whole one adds what an approver weighs: the purpose and the governed
 * metadata.  Names, not OIDs, so that a restored database has the same digest; not
 * the source's own name, which may change without anything else changing; not the
 * version of a key.
 *
 * What an attacker would try: change something after the approval that decides
 * what is seen and is not in the digest.  So: a hierarchy's rows, a class that
 * makes a column no quasi-identifier any more, the query of a source view, of a
 * view below it, a function that they call.  Or have a digest taken of what was,
 * in a transaction with an old snapshot (each is of what is there now), or of
 * what is there again (publish() wants the one that a build was made with).
 */
#include "postgres.h"

#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/bytea.h"
#include "utils/fmgrprotos.h"

#include "common/pr_error.h"
#include "release/pr_lifecycle.h"

/*
 * What a source view is made of: its query, those of all views below it, and the functions of users that they call, by an
 * operator or an aggregate too.  What a function calls inside is not found, nor is what an extension brought looked at.
 */
#define BELOW_QUERY \
"WITH RECURSIVE below (class, object) AS (" \
" SELECT 'pg_catalog.pg_class'::pg_catalog.regclass::oid, r.source FROM privrelease.release AS r" \
"  WHERE r.id = $1 AND r.source_kind IN ('v', 'm')" \
" UNION SELECT d.refclassid, d.refobjid FROM below AS b" \
"  LEFT JOIN pg_catalog.pg_rewrite AS w ON b.class = 'pg_catalog.pg_class'::pg_catalog.regclass AND w.ev_class = b.object AND w.ev_type = '1'" \
"  JOIN pg_catalog.pg_depend AS d ON (d.classid, d.objid) = (CASE WHEN w.oid IS NULL THEN b.class" \
"   ELSE 'pg_catalog.pg_rewrite'::pg_catalog.regclass END, coalesce(w.oid, b.object))" \
"  WHERE d.deptype = 'n' AND (w.oid IS NOT NULL OR b.class <> 'pg_catalog.pg_class'::pg_catalog.regclass)" \
"   AND d.refclassid IN ('pg_catalog.pg_class'::pg_catalog.regclass, 'pg_catalog.pg_proc'::pg_catalog.regclass," \
"   'pg_catalog.pg_operator'::pg_catalog.regclass)" \
"), part (kind, name, content) AS (" \
" SELECT 'view', CASE WHEN c.oid <> r.source THEN n.nspname || '.' || c.relname ELSE '' END, pg_catalog.pg_get_viewdef(c.oid)" \
"  FROM below AS b JOIN pg_catalog.pg_class AS c ON b.class = 'pg_catalog.pg_class'::pg_catalog.regclass AND c.oid = b.object" \
"  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace JOIN privrelease.release AS r ON r.id = $1 WHERE c.relkind IN ('v', 'm')" \
" UNION ALL SELECT 'function', b.object::pg_catalog.regprocedure::text," \
"  CASE WHEN p.prokind <> 'a' THEN pg_catalog.pg_get_functiondef(p.oid) ELSE '' END" \
"  FROM below AS b JOIN pg_catalog.pg_proc AS p ON b.class = 'pg_catalog.pg_proc'::pg_catalog.regclass AND p.oid = b.object" \
"  WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS e WHERE e.classid = b.class AND e.objid = b.object AND e.deptype = 'e'))"

/* %s: the table of the rules, the column of the model, the column of derive_quals. */
#define TECHNICAL_QUERY \
BELOW_QUERY \
" SELECT pg_catalog.jsonb_build_object(" \
" 'kind', l.kind," \
" 'subject', (SELECT a.attname FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = l.source AND a.attnum = l.subject_attnum)," \
" 'source', (SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_array(b.kind, b.name, b.content)" \
"   ORDER BY b.kind COLLATE \"C\", b.name COLLATE \"C\") FROM part AS b)," \
" 'derive_quals', l.%3$s," \
" 'model', l.%2$s," \
" 'columns', (SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_array(a.attname, k.kind, k.category) ORDER BY k.attnum)" \
"   FROM privrelease.classification AS k JOIN pg_catalog.pg_attribute AS a ON a.attrelid = k.source AND a.attnum = k.attnum" \
"   WHERE k.source = l.source AND k.binding = l.binding AND NOT a.attisdropped AND (k.attnum = l.subject_attnum" \
"   OR EXISTS (SELECT FROM %1$s AS r WHERE r.release = l.id AND (r.attnum = k.attnum OR k.attnum = ANY (r.used_attnums)))))," \
" 'hierarchies', (SELECT pg_catalog.jsonb_object_agg(h.name," \
"   (SELECT pg_catalog.jsonb_agg(pg_catalog.to_jsonb(v.leaf || v.path) ORDER BY v.leaf COLLATE \"C\")" \
"    FROM privrelease.hierarchy_value AS v WHERE v.hierarchy = h.id))" \
"   FROM privrelease.hierarchy AS h WHERE h.name IN" \
"   (SELECT r.params ->> 'hierarchy' FROM %1$s AS r WHERE r.release = l.id AND r.transform = 'hierarchy'" \
"    UNION ALL SELECT m ->> 'hierarchy' FROM pg_catalog.jsonb_path_query(l.%2$s, 'lax $.t[*]') AS m))," \
" 'rules', (SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_array(a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod)," \
"   r.output_name, r.transform, r.params, r.domain) ORDER BY r.position)" \
"   FROM %1$s AS r JOIN pg_catalog.pg_attribute AS a ON a.attrelid = l.source AND a.attnum = r.attnum AND NOT a.attisdropped" \
"   WHERE r.release = l.id))::text" \
" FROM privrelease.release AS l WHERE l.id = $1"

static char *
sha256_hex(const char *content)
{
	Datum		digest = DirectFunctionCall1(sha256_bytea, CStringGetTextDatum(content));

	return TextDatumGetCString(DirectFunctionCall2(binary_encode, digest, CStringGetTextDatum("hex")));
}

static char *
technical_text(const PrRelease *release, bool published)
{
	PrArgs		args = {0};

	pr_arg_int4(&args, release->id);
	if (published)
		pr_catalog_look(psprintf(TECHNICAL_QUERY, "privrelease.published_rule", "published_model", "published_derive_quals"), &args);
	else
		pr_catalog_look(psprintf(TECHNICAL_QUERY, "privrelease.rule", "model", "derive_quals"), &args);
	return pr_spi_text(0, 1);
}

/* What a person has said that an approver weighs. */
static char *
governed_text(const PrRelease *release)
{
	PrArgs		args = {0};

	pr_arg_int4(&args, release->id);
	pr_catalog_look("SELECT pg_catalog.jsonb_build_object('purpose', l.purpose, 'metadata',"
				   " (SELECT pg_catalog.jsonb_object_agg(k.key, l.metadata -> k.key) FROM privrelease.metadata_key AS k"
				   " WHERE k.governed AND l.metadata ? k.key))::text FROM privrelease.release AS l WHERE l.id = $1", &args);
	return pr_spi_text(0, 1);
}

char *
pr_technical_digest(const PrRelease *release, bool published)
{
	return sha256_hex(technical_text(release, published));
}

char *
pr_declaration_digest(const PrRelease *release)
{
	return sha256_hex(psprintf("%s\n%s", technical_text(release, false), governed_text(release)));
}

/* A build or a refresh shows readers what was published, and nothing else. */
void
pr_require_as_published(const PrRelease *release)
{
	if (strcmp(pr_technical_digest(release, true), release->published_digest) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_PR_STALE),
				 errmsg("what release %s was published with has changed", release->label),
				 errdetail("A column of its source, a classification, a hierarchy or the source view is not what it was."),
				 errhint("SELECT privrelease.publish(%s); shows its readers what is declared now.",
						 quote_literal_cstr(release->label))));
}
