/*
 * pr_capability.c
 *		The type of the key argument of keyed transforms.
 *
 * An audience executes keyed transforms when it reads a release view, so it may
 * call them; with an argument of its own choosing a pseudonym would be a
 * dictionary of guesses.  One argument is therefore of a type whose values
 * nobody but a superuser can make.  A view holds such a value as a constant that
 * was made when it was built.
 *
 * Invariants, and what an attacker would try here:
 *	- Every conversion from anything else ends in the input function: literals,
 *	  casts through text, domains, arrays, row types, COPY, JSON, parameters,
 *	  PL/pgSQL assignment, WITH INOUT casts of a type of one's own.  It refuses
 *	  whoever is not superuser at that moment, so also inside a SECURITY DEFINER
 *	  function of somebody else.
 *	- There is no receive function (binary COPY, binary parameters), no cast, no
 *	  operator class, and no function returns or stores a capability.
 *	- NULL is a value that anybody has; keyed transforms are STRICT.
 *	- A value holds key id and version, which are public; no key material.
 */
#include "postgres.h"

#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "catalog/pr_catalog.h"
#include "transform/pr_capability.h"

#if SIZEOF_DATUM < 8
#error "privrelease needs a 64-bit PostgreSQL"
#endif

PG_FUNCTION_INFO_V1(privrelease_capability_in);
PG_FUNCTION_INFO_V1(privrelease_capability_out);

Datum
pr_capability_datum(int32 key_id, int32 version)
{
	return Int64GetDatum((int64) (((uint64) (uint32) key_id << 32) | (uint32) version));
}

int32
pr_capability_key(Datum capability)
{
	return (int32) ((uint64) DatumGetInt64(capability) >> 32);
}

int32
pr_capability_version(Datum capability)
{
	return (int32) (uint32) DatumGetInt64(capability);
}

Oid
pr_capability_type(void)
{
	return pr_catalog_type("capability");
}

/* A positive number without sign, blanks or leading zeros; *at moves behind it. */
static bool
parse_part(const char **at, int32 *part)
{
	const char *start = *at;
	int64		value = 0;

	while (**at >= '0' && **at <= '9' && value <= PG_INT32_MAX)
		value = value * 10 + (*(*at)++ - '0');
	*part = (int32) value;
	return *at > start && *start != '0' && value <= PG_INT32_MAX;
}

Datum
privrelease_capability_in(PG_FUNCTION_ARGS)
{
	const char *at = PG_GETARG_CSTRING(0);
	int32		key_id;
	int32		version;

	/* Before anything is looked at: who may not make one learns nothing about the form. */
	if (!superuser())
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("permission denied to make a value of type %s", "privrelease.capability"),
				 errhint("Only a superuser, or a build of a release, makes one.")));

	if (!parse_part(&at, &key_id) || *at++ != '.' || !parse_part(&at, &version) || *at != '\0')
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type %s", "privrelease.capability"),
				 errhint("Write key id and version as in '3.1'; SELECT * FROM privrelease.keys; lists them.")));
	PG_RETURN_DATUM(pr_capability_datum(key_id, version));
}

Datum
privrelease_capability_out(PG_FUNCTION_ARGS)
{
	Datum		capability = PG_GETARG_DATUM(0);

	PG_RETURN_CSTRING(psprintf("%d.%d", pr_capability_key(capability), pr_capability_version(capability)));
}
