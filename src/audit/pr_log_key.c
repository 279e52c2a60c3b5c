/*
 * pr_log_key.c
 *		The key that signs the log: Ed25519, its seed a subkey of the reserved key.
 *
 * The key is made by the first event, when it happens and not when the
 * transaction ends, since making one takes the lock of the keyring.  Whatever
 * goes wrong with it, withdrawing and dropping must go on, so nothing here fails
 * but pr_log_require_key().
 *
 * What an attacker would try: get hold of the seed (it is in static storage of
 * catalog/pr_key.c and in OpenSSL's heap, zeroed, and in no memory context);
 * have an entry signed that did not happen (a superuser can write events, and
 * is not stopped: what is signed stays signed, so he cannot take it back).
 */
#include "postgres.h"

#include "commands/trigger.h"
#include "fmgr.h"

#include "audit/pr_log.h"
#include "catalog/pr_key.h"
#include "common/pr_error.h"
#include "common/pr_session.h"
#include "common/pr_try.h"

PG_FUNCTION_INFO_V1(privrelease_log_prepare);

/* ---------- steps that may fail ---------- */

static void
make_key(void *unused)
{
	int32		id;
	int32		version;

	pr_key_reserved(&id, &version);
}

typedef struct SignStep
{
	const char *text;
	PrLogSignature *signature;
	bool		done;
} SignStep;

static void
sign_step(void *state)
{
	SignStep   *step = (SignStep *) state;
	uint8_t		bytes[PR_SIGNATURE_SIZE];
	uint8_t		public_key[PR_PUBLIC_KEY_SIZE];
	const uint8_t *seed;
	int32		id;

	if (!pr_key_find(PR_RESERVED_KEY, &id, &step->signature->key_version))
		return;
	seed = pr_key_subkey(id, step->signature->key_version, PR_PURPOSE_LOG);
	step->done = pr_sign(seed, step->text, strlen(step->text), bytes) &&
		pr_sign_public_key(seed, public_key) &&
		pr_sign_encode_signature(bytes, step->signature->signature) &&
		pr_sign_encode_public_key(public_key, step->signature->public_key);
	if (!step->done)
		ereport(ERROR,
				(errcode(ERRCODE_EXTERNAL_ROUTINE_EXCEPTION),
				 errmsg("could not make an Ed25519 signature")));
}

typedef struct DeriveStep
{
	int32		key_version;
	uint8_t    *public_key;
	bool		done;
} DeriveStep;

static void
derive_step(void *state)
{
	DeriveStep *step = (DeriveStep *) state;
	int32		id;
	int32		current;

	if (pr_key_find(PR_RESERVED_KEY, &id, &current))
		step->done = pr_sign_public_key(pr_key_subkey(id, step->key_version, PR_PURPOSE_LOG), step->public_key);
}

static void
require_step(void *unused)
{
	int32		id;
	int32		version;

	pr_key_reserved(&id, &version);
	(void) pr_key_subkey(id, version, PR_PURPOSE_LOG);
}

/* ---------- using them ---------- */

bool
pr_log_sign(int64 entry, const char *digest, PrLogSignature *signature)
{
	SignStep	step = {pr_log_signed_text(entry, digest), signature, false};
	ErrorData  *error;

	if (!pr_preloaded())
		return false;
	error = pr_try(sign_step, &step);
	if (error != NULL)
		ereport(WARNING,
				(errcode(ERRCODE_PR_KEY_UNAVAILABLE),
				 errmsg("entry %lld of the log is not signed", (long long) entry),
				 errdetail("%s.", error->message),
				 error->hint != NULL ? errhint("%s", error->hint) : 0));
	return error == NULL && step.done;
}

bool
pr_log_derive_public_key(int32 key_version, uint8_t public_key[PR_PUBLIC_KEY_SIZE])
{
	DeriveStep	step = {key_version, public_key, false};

	return pr_preloaded() && pr_try(derive_step, &step) == NULL && step.done;
}

void
pr_log_require_key(void)
{
	ErrorData  *error;

	if (!pr_preloaded())
		return;
	error = pr_try(require_step, NULL);
	if (error != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_PR_KEY_UNAVAILABLE),
				 errmsg("a decision that cannot be signed in the log is not taken"),
				 errdetail("%s.", error->message),
				 errhint("%s", error->hint != NULL ? error->hint : "Restore the keyring file that belongs to this database.")));
}

/* BEFORE INSERT on privrelease.event, for each statement: there is a key, if there can be one. */
Datum
privrelease_log_prepare(PG_FUNCTION_ARGS)
{
	int32		id;
	int32		version;

	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("log_prepare() is a trigger")));
	if (pr_preloaded() && !pr_key_find(PR_RESERVED_KEY, &id, &version))
		(void) pr_try(make_key, NULL);
	PG_RETURN_POINTER(NULL);
}
