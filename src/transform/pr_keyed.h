/*
 * pr_keyed.h
 *		What the keyed transforms share: a keyed context for one call site,
 *		prepared at its first row.
 */
#ifndef PR_KEYED_H
#define PR_KEYED_H

#include "postgres.h"

#include "fmgr.h"

#include "catalog/pr_key.h"
#include "crypto/pr_hmac.h"
#include "transform/pr_canonical.h"

/* The beginning of the state of each keyed transform in fn_extra. */
typedef struct PrKeyed
{
	bool		constant;		/* capability and domain are constants of the query */
	bool		prepared;
	Datum		capability;
	text	   *domain;			/* NULL if the transform takes none */
	PrHmac	   *hmac;			/* keyed, after the fields before the values */
	PrAes	   *aes;
	PrBuffer	buffer;			/* fields of the current row */
	MemoryContextCallback release;
} PrKeyed;

/* The argument of the call as the parser saw it is a constant. */
extern bool pr_keyed_arg_is_constant(FmgrInfo *flinfo, int arg);

/* State of size bytes in fn_extra, new and zeroed at the first call. */
extern void *pr_keyed_state(FunctionCallInfo fcinfo, Size size, bool *is_new);

/*
 * Make hmac ready for enc(purpose, domain, ...), the domain left out if
 * domain_arg < 0; to be called for each row.  Errors are those of
 * pr_key_subkey().
 */
/* Nothing to prepare: what was made serves all rows of the query. */
#define PR_KEYED_READY(keyed) likely((keyed)->prepared && (keyed)->constant)

extern void pr_keyed_prepare(FunctionCallInfo fcinfo, PrKeyed *keyed, PrPurpose purpose, int capability_arg,
							 int domain_arg);

/*
 * The same for pseudonyms and choices: HMAC under a node key HMAC(subkey, enc(purpose,
 * domain)), ready for enc(purpose, ...).  The shorter message saves a block of
 * the hash for most values.
 */
extern void pr_keyed_prepare_node(FunctionCallInfo fcinfo, PrKeyed *keyed, PrPurpose purpose, int capability_arg,
								  int domain_arg);

/* Make aes ready with the subkey itself. */
extern void pr_keyed_prepare_aes(FunctionCallInfo fcinfo, PrKeyed *keyed, PrPurpose purpose, int capability_arg);

/* HMAC of what was prepared and of the fields in the buffer. */
extern void pr_keyed_digest(PrKeyed *keyed, uint8 digest[PR_HMAC_SIZE]);

/* Canonical form of the type of an argument. */
extern PrCanonical *pr_keyed_canonical(FunctionCallInfo fcinfo, int arg);

#endif							/* PR_KEYED_H */
