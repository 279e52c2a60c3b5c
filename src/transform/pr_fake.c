/*
 * pr_fake.c
 *		fake(): a keyed choice from a dictionary.
 *
 *	node  = HMAC-SHA-256(subkey, enc("fake", domain))
 *	token = HMAC-SHA-256(node, enc("fake", canonical(value)))
 *
 * The entry is below(n) on the bytes of the token (and, should they not suffice,
 * of the stream PRS1 that it seeds): equal values of one domain get equal words,
 * many values share a word, and a word says nothing of the value's length or
 * form.
 */
#include "postgres.h"

#include "fmgr.h"

#include "catalog/pr_dictionary.h"
#include "common/pr_compat.h"
#include "core/pr_uniform.h"
#include "transform/pr_keyed.h"

PG_FUNCTION_INFO_V1(privrelease_fake);

#define ARG_VALUE 0
#define ARG_KEY 1
#define ARG_DICTIONARY 2
#define ARG_DOMAIN 3

typedef struct FakeState
{
	PrKeyed		keyed;
	PrCanonical *canonical;
} FakeState;

Datum
privrelease_fake(PG_FUNCTION_ARGS)
{
	FakeState  *state = fcinfo->flinfo->fn_extra;
	const PrDictionary *dictionary;
	uint8		token[PR_HMAC_SIZE];
	PrStream	stream;
	PrBytes		bytes;
	pr_uint128	choice;
	text	   *entry;

	if (unlikely(state == NULL))
	{
		bool		is_new;

		state = pr_keyed_state(fcinfo, sizeof(FakeState), &is_new);
		state->canonical = pr_keyed_canonical(fcinfo, ARG_VALUE);
		fcinfo->flinfo->fn_extra = state;
	}
	if (!PR_KEYED_READY(&state->keyed))
		pr_keyed_prepare_node(fcinfo, &state->keyed, PR_PURPOSE_FAKE, ARG_KEY, ARG_DOMAIN);
	state->keyed.buffer.length = 0;
	pr_canonical_append_field(state->canonical, PG_GETARG_DATUM(ARG_VALUE), &state->keyed.buffer);
	pr_keyed_digest(&state->keyed, token);

	dictionary = pr_dictionary_get(PG_GETARG_INT32(ARG_DICTIONARY));
	pr_stream_start_at_seed(&stream, pr_hmac_prf, NULL, token);
	bytes = pr_stream_bytes(&stream);
	if (pr_below(&bytes, dictionary->n, &choice) != PR_CORE_OK)
		ereport(ERROR,
				(errcode(ERRCODE_EXTERNAL_ROUTINE_EXCEPTION),
				 errmsg("could not draw from a keyed stream")));

	/* A copy: what is returned must outlive the cache. */
	entry = dictionary->entries[(uint32) choice];
	PG_RETURN_DATUM(PointerGetDatum(memcpy(palloc(VARSIZE_ANY(entry)), entry, VARSIZE_ANY(entry))));
}
