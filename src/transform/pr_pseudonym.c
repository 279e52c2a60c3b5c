/*
 * pr_pseudonym.c
 *		pseudonymize(): a keyed name for a value.
 *
 *	node  = HMAC-SHA-256(subkey, enc("pseudonym", domain))
 *	token = HMAC-SHA-256(node, enc("pseudonym", canonical(value)))
 *
 * The first 128 bits of the token as 32 hexadecimal digits, or as a UUID of
 * version 8 (RFC 9562), or its first 63 bits as a non-negative bigint.  Equal
 * values of one domain get equal pseudonyms in all releases, whatever their
 * number type; different domains cannot be joined.
 *
 * What an attacker would try: compute tokens for guesses (needs a capability),
 * learn the length of a value (constant size), or join domains (they are fields
 * of an injective encoding).
 */
#include "postgres.h"

#include "fmgr.h"
#include "port/pg_bswap.h"
#include "utils/uuid.h"

#include "common/pr_compat.h"
#include "transform/pr_keyed.h"

PG_FUNCTION_INFO_V1(privrelease_pseudonymize);
PG_FUNCTION_INFO_V1(privrelease_pseudonymize_uuid);
PG_FUNCTION_INFO_V1(privrelease_pseudonymize_bigint);

/* Arguments, from 0. */
#define ARG_VALUE 0
#define ARG_KEY 1
#define ARG_DOMAIN 2

#define TEXT_BYTES 16

typedef struct PseudonymState
{
	PrKeyed		keyed;
	PrCanonical *canonical;
} PseudonymState;

static inline PseudonymState *
get_state(FunctionCallInfo fcinfo)
{
	PseudonymState *state = fcinfo->flinfo->fn_extra;

	if (unlikely(state == NULL))
	{
		bool		is_new;

		state = pr_keyed_state(fcinfo, sizeof(PseudonymState), &is_new);
		state->canonical = pr_keyed_canonical(fcinfo, ARG_VALUE);
		fcinfo->flinfo->fn_extra = state;
	}
	return state;
}

static inline void
make_token(FunctionCallInfo fcinfo, uint8 token[PR_HMAC_SIZE])
{
	PseudonymState *state = get_state(fcinfo);

	if (!PR_KEYED_READY(&state->keyed))
		pr_keyed_prepare_node(fcinfo, &state->keyed, PR_PURPOSE_PSEUDONYM, ARG_KEY, ARG_DOMAIN);
	state->keyed.buffer.length = 0;
	pr_canonical_append_field(state->canonical, PG_GETARG_DATUM(ARG_VALUE), &state->keyed.buffer);
	pr_keyed_digest(&state->keyed, token);
}

/* TEXT_BYTES bytes as hexadecimal digits, eight bytes at a time. */
static inline void
write_hex(const uint8 *bytes, char *out)
{
	for (int i = 0; i < TEXT_BYTES; i += 4)
	{
		uint64		nibbles = ((uint64) bytes[i] << 56) | ((uint64) bytes[i + 1] << 40) |
			((uint64) bytes[i + 2] << 24) | ((uint64) bytes[i + 3] << 8);
		uint64		letters;

		/* A nibble to each byte, then '0' to each, and 39 more to those above 9. */
		nibbles = (nibbles >> 4 & UINT64CONST(0x0f000f000f000f00)) | (nibbles >> 8 & UINT64CONST(0x000f000f000f000f));
		letters = (nibbles + UINT64CONST(0x0606060606060606)) >> 4 & UINT64CONST(0x0101010101010101);
		nibbles = pg_hton64(nibbles + UINT64CONST(0x3030303030303030) + letters * ('a' - '0' - 10));
		memcpy(out + 2 * i, &nibbles, sizeof(nibbles));
	}
}

Datum
privrelease_pseudonymize(PG_FUNCTION_ARGS)
{
	uint8		token[PR_HMAC_SIZE];
	text	   *result;

	make_token(fcinfo, token);
	result = palloc(VARHDRSZ + 2 * TEXT_BYTES);
	SET_VARSIZE(result, VARHDRSZ + 2 * TEXT_BYTES);
	write_hex(token, VARDATA(result));
	PG_RETURN_TEXT_P(result);
}

Datum
privrelease_pseudonymize_uuid(PG_FUNCTION_ARGS)
{
	uint8		token[PR_HMAC_SIZE];
	pg_uuid_t  *result;

	make_token(fcinfo, token);
	token[6] = (token[6] & 0x0f) | 0x80;	/* version 8 */
	token[8] = (token[8] & 0x3f) | 0x80;	/* variant of RFC 9562 */
	result = palloc(sizeof(pg_uuid_t));
	memcpy(result->data, token, UUID_LEN);
	PG_RETURN_UUID_P(result);
}

Datum
privrelease_pseudonymize_bigint(PG_FUNCTION_ARGS)
{
	uint8		token[PR_HMAC_SIZE];
	uint64		number = 0;

	make_token(fcinfo, token);
	for (int i = 0; i < 8; i++)
		number = number << 8 | token[i];
	PG_RETURN_INT64((int64) (number >> 1));
}
