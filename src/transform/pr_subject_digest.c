/*
 * pr_subject_digest.c
 *		What stands for a person in the history of versions.
 *
 *	node   = HMAC-SHA-256(subkey, enc("history", domain))
 *	digest = HMAC-SHA-256(node, enc("history", canonical(subject)))
 *
 * as a UUID of version 8 (RFC 9562).  The domain is the source's, not the
 * release's: a person is found again in every version of every release of one
 * source (whereabouts), and nothing of a source can be joined with another.
 *
 * What an attacker would try: find a person in a stolen table of digests (needs
 * the key, which is in no dump), or compute digests of guesses (needs a
 * capability).
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/uuid.h"

#include "common/pr_compat.h"
#include "transform/pr_keyed.h"

PG_FUNCTION_INFO_V1(privrelease_subject_digest);

/* Arguments, from 0. */
#define ARG_KEY 0
#define ARG_DOMAIN 1
#define ARG_SUBJECT 2

typedef struct SubjectState
{
	PrKeyed		keyed;
	PrCanonical *canonical;
} SubjectState;

Datum
privrelease_subject_digest(PG_FUNCTION_ARGS)
{
	SubjectState *state = fcinfo->flinfo->fn_extra;
	uint8		digest[PR_HMAC_SIZE];
	pg_uuid_t  *result;

	if (unlikely(state == NULL))
	{
		bool		is_new;

		state = pr_keyed_state(fcinfo, sizeof(SubjectState), &is_new);
		state->canonical = pr_keyed_canonical(fcinfo, ARG_SUBJECT);
		fcinfo->flinfo->fn_extra = state;
	}
	if (!PR_KEYED_READY(&state->keyed))
		pr_keyed_prepare_node(fcinfo, &state->keyed, PR_PURPOSE_HISTORY, ARG_KEY, ARG_DOMAIN);
	state->keyed.buffer.length = 0;
	pr_canonical_append_field(state->canonical, PG_GETARG_DATUM(ARG_SUBJECT), &state->keyed.buffer);
	pr_keyed_digest(&state->keyed, digest);
	digest[6] = (digest[6] & 0x0f) | 0x80;	/* version 8 */
	digest[8] = (digest[8] & 0x3f) | 0x80;	/* variant of RFC 9562 */
	result = palloc(sizeof(pg_uuid_t));
	memcpy(result->data, digest, UUID_LEN);
	return UUIDPGetDatum(result);
}
