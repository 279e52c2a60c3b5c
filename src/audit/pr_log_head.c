/*
 * pr_log_head.c
 *		log_head(): the newest entry, to be kept elsewhere; and reading one that
 *		was kept.
 *
 * What an attacker would try: hand an auditor a head that fits a log that was
 * cut (a head says nothing about where it was kept; its signature shows that
 * this server once had it); make verify_log() fail or pass by a document of an
 * odd shape (every field is checked, and signature and key belong together).
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/fmgrprotos.h"

#include "audit/pr_log_head.h"
#include "common/pr_session.h"
#include "core/pr_log_text.h"

PG_FUNCTION_INFO_V1(privrelease_log_head);

/* ---------- log_head() ---------- */

static void
require_auditor(void)
{
	if (superuser())
		return;
	pr_spi("SELECT pg_catalog.int4(privrelease.has_duty('auditor'))", NULL);
	if (pr_spi_int(0, 1, NULL) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("permission denied to call log_head()"),
				 errhint("A superuser gives the duty: SELECT privrelease.grant_duty('auditor', 'role');")));
}

Datum
privrelease_log_head(PG_FUNCTION_ARGS)
{
	PrIdentity	saved;
	Jsonb	   *head;
	Jsonb	   *copy;
	bool		isnull;

	SPI_connect();
	require_auditor();
	pr_elevate(&saved);
	pr_spi("SELECT pg_catalog.jsonb_build_object('entry', coalesce(e.entry, 0), 'digest', coalesce(e.digest, '" PR_LOG_NO_DIGEST "'),"
		   " 'signature', e.signature, 'key_version', e.key_version, 'public_key', k.public_key, 'at', e.body::json->'at')"
		   " FROM (VALUES (1)) AS one (one) LEFT JOIN (SELECT * FROM privrelease.log_entry ORDER BY entry DESC LIMIT 1) AS e ON true"
		   " LEFT JOIN privrelease.log_key AS k ON k.version = e.key_version", NULL);
	head = DatumGetJsonbP(pr_spi_datum(0, 1, &isnull));
	copy = SPI_palloc(VARSIZE(head));
	memcpy(copy, head, VARSIZE(head));
	pr_restore_identity(&saved);
	SPI_finish();
	PG_RETURN_JSONB_P(copy);
}

/* ---------- a head that was kept ---------- */

static void
refuse(const char *what)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("head is not what log_head() gives"),
			 errdetail("%s", what),
			 errhint("SELECT privrelease.log_head();")));
}

/* Digits of an integer from least on, and no more of them than it can have. */
static int64
number(const char *text, int digits, int64 least, const char *complaint)
{
	size_t		length = text != NULL ? strlen(text) : 0;

	if (length == 0 || length > digits || strspn(text, "0123456789") != length || strtoll(text, NULL, 10) < least)
		refuse(complaint);
	return strtoll(text, NULL, 10);
}

static void
check_signature(PrLogHead *head, const char *signature_text, const char *public_text, const char *version_text)
{
	uint8_t		signature[PR_SIGNATURE_SIZE];
	char	   *text = pr_log_signed_text(head->entry, head->digest);

	head->key_version = (int32) number(version_text, 9, 1, "\"key_version\" is not the version of a key.");
	if (public_text == NULL || !pr_sign_decode_public_key(public_text, head->public_key))
		refuse("\"public_key\" is not an Ed25519 key.");
	if (signature_text == NULL || !pr_sign_decode_signature(signature_text, signature) ||
		!pr_sign_verify(head->public_key, text, strlen(text), signature))
		refuse("\"signature\" is not that of its entry, digest and public key.");
	head->has_key = true;
}

PrLogHead *
pr_log_head_parse(Jsonb *document)
{
	PrLogHead  *head = palloc0(sizeof(PrLogHead));
	PrArgs		args = {0};
	char	   *fields[5];

	if (!JB_ROOT_IS_OBJECT(document))
		refuse("It is not an object.");
	pr_arg(&args, JSONBOID, JsonbPGetDatum(document));
	pr_spi("SELECT $1 OPERATOR(pg_catalog.->>) 'entry', $1 OPERATOR(pg_catalog.->>) 'digest', $1 OPERATOR(pg_catalog.->>) 'signature',"
		   " $1 OPERATOR(pg_catalog.->>) 'public_key', $1 OPERATOR(pg_catalog.->>) 'key_version'", &args);
	for (int i = 0; i < lengthof(fields); i++)
		fields[i] = pr_spi_text(0, i + 1);

	head->entry = number(fields[0], 18, 0, "\"entry\" is not the number of an entry.");
	head->digest = fields[1];
	if (head->digest == NULL || !pr_log_text_is_hex(head->digest, PR_LOG_DIGEST_LENGTH))
		refuse("\"digest\" is not 64 lower-case hexadecimal digits.");
	if (head->entry == 0 && strcmp(head->digest, PR_LOG_NO_DIGEST) != 0)
		refuse("\"digest\" of an empty log is 64 zeros.");
	if (fields[2] != NULL || fields[3] != NULL || fields[4] != NULL)
		check_signature(head, fields[2], fields[3], fields[4]);
	return head;
}
