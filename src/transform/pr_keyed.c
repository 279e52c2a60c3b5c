/*
 * pr_keyed.c
 *		What the keyed transforms share; see pr_keyed.h.
 *
 * Everything that a query's constants decide is made at its first row: types,
 * subkey, and the hash state after the constant fields.  A row then costs its
 * canonical bytes and one HMAC.  The state belongs to the expression and goes
 * with its memory context, which zeroes the keyed contexts.
 *
 * What an attacker would try here: have a state that was made for one
 * capability or domain serve another.  A state is reused unseen only where the
 * parse tree holds constants; else both are compared for each row.  Or spell
 * another owner's domain in a way that the catalogue takes for a different one: a
 * domain counts byte by byte, in UTF-8 but not in a normal form, as the catalogue
 * compares it.
 */
#include "postgres.h"

#include "nodes/nodeFuncs.h"
#include "nodes/primnodes.h"
#include "utils/memutils.h"

#include "common/pr_compat.h"
#include "core/pr_enc.h"
#include "transform/pr_capability.h"
#include "transform/pr_keyed.h"

bool
pr_keyed_arg_is_constant(FmgrInfo *flinfo, int arg)
{
	FuncExpr   *call = (FuncExpr *) flinfo->fn_expr;

	return call != NULL && IsA(call, FuncExpr) && arg < list_length(call->args) &&
		IsA(list_nth(call->args, arg), Const);
}

static void
release_contexts(void *arg)
{
	PrKeyed    *keyed = arg;

	pr_hmac_free(keyed->hmac);
	pr_aes_free(keyed->aes);
	keyed->hmac = NULL;
	keyed->aes = NULL;
}

void *
pr_keyed_state(FunctionCallInfo fcinfo, Size size, bool *is_new)
{
	FmgrInfo   *flinfo = fcinfo->flinfo;
	PrKeyed    *keyed = flinfo->fn_extra;

	*is_new = keyed == NULL;
	if (keyed == NULL)
	{
		keyed = MemoryContextAllocZero(flinfo->fn_mcxt, size);
		pr_buffer_init(&keyed->buffer, flinfo->fn_mcxt);
		keyed->release.func = release_contexts;
		keyed->release.arg = keyed;
		MemoryContextRegisterResetCallback(flinfo->fn_mcxt, &keyed->release);
	}
	return keyed;
}

PrCanonical *
pr_keyed_canonical(FunctionCallInfo fcinfo, int arg)
{
	Oid			type = get_fn_expr_argtype(fcinfo->flinfo, arg);

	if (!OidIsValid(type))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("keyed transforms need to know the types of their arguments"),
				 errhint("Call the function in a query.")));
	return pr_canonical_make(type, fcinfo->flinfo->fn_mcxt);
}

static bool
same_text(const text *a, const text *b)
{
	return VARSIZE_ANY_EXHDR(a) == VARSIZE_ANY_EXHDR(b) &&
		memcmp(VARDATA_ANY(a), VARDATA_ANY(b), VARSIZE_ANY_EXHDR(a)) == 0;
}

/* Does what was prepared serve this row? */
static inline bool
still_good(FunctionCallInfo fcinfo, PrKeyed *keyed, int capability_arg, int domain_arg)
{
	if (!keyed->prepared)
		return false;
	if (keyed->constant)
		return true;
	return keyed->capability == PG_GETARG_DATUM(capability_arg) &&
		(domain_arg < 0 || same_text(keyed->domain, PG_GETARG_TEXT_PP(domain_arg)));
}

/* Drop the old contexts, remember what the new ones are for, and give the subkey. */
static const uint8 *
start_preparing(FunctionCallInfo fcinfo, PrKeyed *keyed, PrPurpose purpose, int capability_arg, int domain_arg)
{
	FmgrInfo   *flinfo = fcinfo->flinfo;
	MemoryContext old = MemoryContextSwitchTo(flinfo->fn_mcxt);

	keyed->prepared = false;
	release_contexts(keyed);
	if (keyed->domain != NULL)
		pfree(keyed->domain);
	keyed->domain = domain_arg < 0 ? NULL : PG_GETARG_TEXT_P_COPY(domain_arg);
	keyed->capability = PG_GETARG_DATUM(capability_arg);
	keyed->constant = pr_keyed_arg_is_constant(flinfo, capability_arg) &&
		(domain_arg < 0 || pr_keyed_arg_is_constant(flinfo, domain_arg));
	MemoryContextSwitchTo(old);
	return pr_key_subkey(pr_capability_key(keyed->capability), pr_capability_version(keyed->capability), purpose);
}

static void
finish_preparing(PrKeyed *keyed)
{
	if (keyed->hmac == NULL && keyed->aes == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_EXTERNAL_ROUTINE_EXCEPTION),
				 errmsg("could not prepare a key")));
	keyed->prepared = true;
}

/* enc(purpose[, domain]) in the buffer, as the beginning of a longer list. */
static void
encode_constants(PrKeyed *keyed, PrPurpose purpose, bool with_domain)
{
	PrBuffer   *buffer = &keyed->buffer;
	const char *name = pr_purpose_name(purpose);
	Size		name_length = strlen(name);
	uint8	   *start;
	uint8	   *end;

	buffer->length = 0;
	start = pr_buffer_reserve(buffer, PR_ENC_TAG_SIZE + PR_ENC_FIELD_SIZE(name_length));
	end = pr_enc_field(pr_enc_start(start), name, (uint32) name_length);
	buffer->length = end - start;
	if (with_domain)
	{
		Size		at = buffer->length;

		(void) pr_buffer_reserve(buffer, PR_ENC_LENGTH_SIZE);
		buffer->length += PR_ENC_LENGTH_SIZE;
		pr_canonical_append_exact(VARDATA_ANY(keyed->domain), VARSIZE_ANY_EXHDR(keyed->domain), buffer);
		pr_enc_length(buffer->data + at, (uint32) (buffer->length - at - PR_ENC_LENGTH_SIZE));
	}
}

void
pr_keyed_prepare(FunctionCallInfo fcinfo, PrKeyed *keyed, PrPurpose purpose, int capability_arg, int domain_arg)
{
	const uint8 *subkey;

	if (likely(still_good(fcinfo, keyed, capability_arg, domain_arg)))
		return;
	subkey = start_preparing(fcinfo, keyed, purpose, capability_arg, domain_arg);
	encode_constants(keyed, purpose, domain_arg >= 0);
	keyed->hmac = pr_hmac_new(subkey, keyed->buffer.data, keyed->buffer.length);
	finish_preparing(keyed);
}

void
pr_keyed_prepare_node(FunctionCallInfo fcinfo, PrKeyed *keyed, PrPurpose purpose, int capability_arg, int domain_arg)
{
	const uint8 *subkey;
	uint8		node[PR_HMAC_SIZE];
	bool		ok;

	if (likely(still_good(fcinfo, keyed, capability_arg, domain_arg)))
		return;
	subkey = start_preparing(fcinfo, keyed, purpose, capability_arg, domain_arg);
	encode_constants(keyed, purpose, true);
	ok = pr_hmac_prf(NULL, subkey, keyed->buffer.data, keyed->buffer.length, node) == 0;
	encode_constants(keyed, purpose, false);
	if (ok)
		keyed->hmac = pr_hmac_new(node, keyed->buffer.data, keyed->buffer.length);
	pr_cleanse(node, sizeof(node));
	finish_preparing(keyed);
}

void
pr_keyed_prepare_aes(FunctionCallInfo fcinfo, PrKeyed *keyed, PrPurpose purpose, int capability_arg)
{
	if (likely(still_good(fcinfo, keyed, capability_arg, -1)))
		return;
	keyed->aes = pr_aes_new(start_preparing(fcinfo, keyed, purpose, capability_arg, -1), PR_KEY_SIZE);
	finish_preparing(keyed);
}

void
pr_keyed_digest(PrKeyed *keyed, uint8 digest[PR_HMAC_SIZE])
{
	if (unlikely(!pr_hmac(keyed->hmac, keyed->buffer.data, keyed->buffer.length, digest)))
		ereport(ERROR,
				(errcode(ERRCODE_EXTERNAL_ROUTINE_EXCEPTION),
				 errmsg("could not compute a keyed digest")));
}
