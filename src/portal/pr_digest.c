/*
 * pr_digest.c
 *		Bytes and SHA-256 of the file that export_csv() makes, in one pass over
 *		the rows.
 */
#include "postgres.h"

#include "common/cryptohash.h"
#include "common/sha2.h"
#include "mb/pg_wchar.h"

#include "portal/pr_portal.h"

typedef struct Digesting
{
	pg_cryptohash_ctx *hash;
	uint64		bytes;
} Digesting;

static void
require(int result)
{
	if (result < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR),
				 errmsg("SHA-256 could not be computed")));
}

static void
add(Digesting *digesting, const char *bytes, size_t length)
{
	require(pg_cryptohash_update(digesting->hash, (const uint8 *) bytes, length));
	digesting->bytes += length;
}

static void
add_line(void *state, const StringInfo line)
{
	char	   *text = pg_server_to_any(line->data, line->len, PG_UTF8);

	add(state, text, text == line->data ? line->len : strlen(text));
	add(state, "\r\n", 2);
}

static void
begin(Digesting *digesting)
{
	digesting->bytes = 0;
	digesting->hash = pg_cryptohash_create(PG_SHA256);
	if (digesting->hash == NULL)
		require(-1);
	require(pg_cryptohash_init(digesting->hash));
}

static void
finish(Digesting *digesting, char hex[PR_SHA256_HEX + 1])
{
	uint8		digest[PG_SHA256_DIGEST_LENGTH];

	require(pg_cryptohash_final(digesting->hash, digest, sizeof(digest)));
	pg_cryptohash_free(digesting->hash);
	for (int i = 0; i < lengthof(digest); i++)
		snprintf(hex + 2 * i, 3, "%02x", digest[i]);
}

void
pr_portal_digest(PrPortal *portal, PrFileDigest *digest)
{
	Digesting	digesting;

	begin(&digesting);
	pr_portal_lines(portal, add_line, &digesting);
	finish(&digesting, digest->hex);
	digest->bytes = digesting.bytes;
}

void
pr_sha256_hex(const char *bytes, size_t length, char hex[PR_SHA256_HEX + 1])
{
	Digesting	digesting;

	begin(&digesting);
	add(&digesting, bytes, length);
	finish(&digesting, hex);
}
