/*
 * pr_has_objected.c
 *		Has this person objected?  The digests of objections, and the condition
 *		that leaves people out of releases.
 *
 *	node   = HMAC-SHA-256(subkey, enc("objection", domain))
 *	digest = HMAC-SHA-256(node, enc("objection", canonical(subject)))
 *
 * as a UUID of version 8 (RFC 9562).  The subkey is another one than that of the
 * history of versions: who steals both tables cannot join them.
 *
 * Invariants, and what an attacker would try here:
 *	- What cannot be decided raises: a key or a table that is missing.
 *	- The function looks who has objected when a statement meets its first row,
 *	  and again whenever that was changed meanwhile.  Nothing is folded while a
 *	  query is planned, since the person is a column of the source.
 *	- Nobody but a superuser can ask it about persons of his choice: its first
 *	  argument is a capability.
 */
#include "postgres.h"

#include "fmgr.h"
#include "nodes/supportnodes.h"
#include "utils/builtins.h"
#include "utils/uuid.h"

#include "catalog/pr_objectors.h"
#include "common/pr_compat.h"
#include "transform/pr_keyed.h"
#include "transform/pr_has_objected.h"

PG_FUNCTION_INFO_V1(privrelease_objection_digest);
PG_FUNCTION_INFO_V1(privrelease_has_objected);
PG_FUNCTION_INFO_V1(privrelease_has_objected_support);

/* Arguments, from 0; those of objection_digest. */
#define ARG_KEY 0
#define ARG_DOMAIN 1
#define ARG_DIGEST_SUBJECT 2

/* Those of has_objected. */
#define ARG_SCHEMA 2
#define ARG_NAME 3
#define ARG_SUBJECT 4

/* Estimated share of persons who object. */
#define SHARE_OF_OBJECTORS 0.001

typedef struct ObjectionState
{
	PrKeyed		keyed;
	PrCanonical *canonical;
	const PrObjectors *objectors;
	uint64		generation;		/* of objectors */
	bool		constant;		/* whose they are is said by constants of the query */
} ObjectionState;

static ObjectionState *
get_state(FunctionCallInfo fcinfo, int subject_arg)
{
	ObjectionState *state = fcinfo->flinfo->fn_extra;

	if (unlikely(state == NULL))
	{
		bool		is_new;

		state = pr_keyed_state(fcinfo, sizeof(ObjectionState), &is_new);
		state->canonical = pr_keyed_canonical(fcinfo, subject_arg);
		fcinfo->flinfo->fn_extra = state;
	}
	return state;
}

static void
digest_subject(FunctionCallInfo fcinfo, ObjectionState *state, int subject_arg, pg_uuid_t *result)
{
	uint8		digest[PR_HMAC_SIZE];

	if (!PR_KEYED_READY(&state->keyed))
		pr_keyed_prepare_node(fcinfo, &state->keyed, PR_PURPOSE_OBJECTION, ARG_KEY, ARG_DOMAIN);
	state->keyed.buffer.length = 0;
	pr_canonical_append_field(state->canonical, PG_GETARG_DATUM(subject_arg), &state->keyed.buffer);
	pr_keyed_digest(&state->keyed, digest);
	digest[6] = (digest[6] & 0x0f) | 0x80;	/* version 8 */
	digest[8] = (digest[8] & 0x3f) | 0x80;	/* variant of RFC 9562 */
	memcpy(result->data, digest, UUID_LEN);
}

Datum
privrelease_objection_digest(PG_FUNCTION_ARGS)
{
	pg_uuid_t  *result = palloc(sizeof(pg_uuid_t));

	digest_subject(fcinfo, get_state(fcinfo, ARG_DIGEST_SUBJECT), ARG_DIGEST_SUBJECT, result);
	return UUIDPGetDatum(result);
}

static void
find_objectors(FunctionCallInfo fcinfo, ObjectionState *state)
{
	FmgrInfo   *flinfo = fcinfo->flinfo;

	state->constant = pr_keyed_arg_is_constant(flinfo, ARG_DOMAIN) && pr_keyed_arg_is_constant(flinfo, ARG_SCHEMA) &&
		pr_keyed_arg_is_constant(flinfo, ARG_NAME);
	/* Before they are read: what comes in meanwhile makes them old. */
	state->generation = pr_objectors_generation;
	state->objectors = pr_objectors_find(text_to_cstring(PG_GETARG_TEXT_PP(ARG_DOMAIN)), NameStr(*PG_GETARG_NAME(ARG_SCHEMA)),
										 NameStr(*PG_GETARG_NAME(ARG_NAME)));
}

Datum
privrelease_has_objected(PG_FUNCTION_ARGS)
{
	ObjectionState *state;
	pg_uuid_t	digest;

	state = get_state(fcinfo, ARG_SUBJECT);
	if (unlikely(state->objectors == NULL || state->generation != pr_objectors_generation || !state->constant))
		find_objectors(fcinfo, state);
	if (pr_objectors_is_empty(state->objectors))
		PG_RETURN_BOOL(false);
	digest_subject(fcinfo, state, ARG_SUBJECT, &digest);
	PG_RETURN_BOOL(pr_objectors_has(state->objectors, &digest));
}

Datum
privrelease_has_objected_support(PG_FUNCTION_ARGS)
{
	Node	   *request = (Node *) PG_GETARG_POINTER(0);

	if (!IsA(request, SupportRequestSelectivity) || ((SupportRequestSelectivity *) request)->is_join)
		PG_RETURN_POINTER(NULL);
	((SupportRequestSelectivity *) request)->selectivity = SHARE_OF_OBJECTORS;
	PG_RETURN_POINTER(request);
}
