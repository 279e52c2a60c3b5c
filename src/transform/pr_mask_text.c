/*
 * pr_mask_text.c
 *		SQL functions that mask text: partial, partial_email, prefix,
 *		resident_id.
 *
 * The work is in core.  Here a datum is fetched, as little of it as will do,
 * and parameters out of range give NULL: a mask never raises an error, since
 * it would raise it for rows that the reader is not to see.
 */
#include "postgres.h"

#include "access/detoast.h"
#include "fmgr.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"

#include "common/pr_compat.h"
#include "core/pr_resident_id.h"
#include "core/pr_text.h"
#include "transform/pr_mask.h"

PG_FUNCTION_INFO_V1(privrelease_partial);
PG_FUNCTION_INFO_V1(privrelease_partial_email);
PG_FUNCTION_INFO_V1(privrelease_prefix);
PG_FUNCTION_INFO_V1(privrelease_resident_id);

static int
server_char_length(const char *s, size_t remaining)
{
	return pg_encoding_verifymbchar(GetDatabaseEncoding(), s, (int) Min(remaining, MAX_MULTIBYTE_CHAR_LEN));
}

/* A backend never changes its database. */
const PrCharset *
pr_database_charset(void)
{
	static const PrCharset single_byte = {PR_CHARSET_SINGLE_BYTE, NULL};
	static const PrCharset utf8 = {PR_CHARSET_UTF8, NULL};
	static const PrCharset other = {PR_CHARSET_OTHER, server_char_length};
	static const PrCharset *charset = NULL;

	if (unlikely(charset == NULL))
	{
		if (GetDatabaseEncoding() == PG_UTF8)
			charset = &utf8;
		else
			charset = pg_database_encoding_max_length() == 1 ? &single_byte : &other;
	}
	return charset;
}

static inline PrString
string_of(const text *value)
{
	return (PrString)
	{
		VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value)
	};
}

/* Stored in line and uncompressed: nothing to fetch.  (A toast pointer is short, too.) */
static inline bool
is_plain(Datum value)
{
	struct varlena *stored = (struct varlena *) DatumGetPointer(value);

	return !VARATT_IS_EXTENDED(stored) || (VARATT_IS_SHORT(stored) && !VARATT_IS_EXTERNAL(stored));
}

static inline text *
fetch(Datum value)
{
	return is_plain(value) ? (text *) DatumGetPointer(value) : DatumGetTextPP(value);
}

/* Bytes of the value, without fetching it. */
static inline Size
value_bytes(Datum value)
{
	return is_plain(value) ? VARSIZE_ANY_EXHDR(DatumGetPointer(value)) : toast_raw_datum_size(value) - VARHDRSZ;
}

/* At least the first n characters and one byte more, where there are as many. */
static inline text *
fetch_start(Datum value, int n)
{
	if (is_plain(value))
		return (text *) DatumGetPointer(value);
	return (text *) pg_detoast_datum_slice((struct varlena *) DatumGetPointer(value), 0,
										   (n + 1) * PR_TEXT_MAX_CHAR_BYTES);
}

static inline bool
in_range(int32 n)
{
	return n >= 0 && n <= PR_TEXT_MAX_CHARS;
}

/* Room for a result of at most that many bytes; the core writes into VARDATA. */
static inline text *
new_result(Size bytes)
{
	return palloc(VARHDRSZ + bytes);
}

/* partial(value text, "left" int4, "right" int4, fill text, length int4) → text */
Datum
privrelease_partial(PG_FUNCTION_ARGS)
{
	int32		left = PG_GETARG_INT32(1);
	int32		right = PG_GETARG_INT32(2);
	PrString	fill = string_of(fetch(PG_GETARG_DATUM(3)));
	int32		length = PG_GETARG_INT32(4);
	const PrCharset *charset = pr_database_charset();
	text	   *value;
	text	   *result;

	if (!in_range(left) || !in_range(right) || !in_range(length) || !pr_text_fill_valid(charset, fill))
		PG_RETURN_NULL();
	value = right == 0 ? fetch_start(PG_GETARG_DATUM(0), left) : fetch(PG_GETARG_DATUM(0));
	result = new_result((left + right + length) * PR_TEXT_MAX_CHAR_BYTES);
	SET_VARSIZE(result, VARHDRSZ + pr_text_partial(charset, string_of(value), left, right, fill, length,
												   VARDATA(result)));
	PG_RETURN_TEXT_P(result);
}

/* prefix(value text, length int4, fill text) → text */
Datum
privrelease_prefix(PG_FUNCTION_ARGS)
{
	int32		n = PG_GETARG_INT32(1);
	PrString	fill = string_of(fetch(PG_GETARG_DATUM(2)));
	const PrCharset *charset = pr_database_charset();
	text	   *value;
	text	   *result;

	if (!in_range(n) || !pr_text_fill_valid(charset, fill))
		PG_RETURN_NULL();
	value = fetch_start(PG_GETARG_DATUM(0), n);
	result = new_result((n + 1) * PR_TEXT_MAX_CHAR_BYTES);
	SET_VARSIZE(result, VARHDRSZ + pr_text_prefix(charset, string_of(value), n, fill, VARDATA(result)));
	PG_RETURN_TEXT_P(result);
}

/* partial_email(value text) → text */
Datum
privrelease_partial_email(PG_FUNCTION_ARGS)
{
	Datum		value = PG_GETARG_DATUM(0);
	PrString	address = {"", 0};
	text	   *result = new_result(PR_EMAIL_OUTPUT_MAX);

	/* What is too long for an address is masked like any other malformed one, unfetched. */
	if (value_bytes(value) <= PR_EMAIL_MAX)
		address = string_of(fetch(value));
	SET_VARSIZE(result, VARHDRSZ + pr_text_partial_email(address, VARDATA(result)));
	PG_RETURN_TEXT_P(result);
}

/* The parsed second argument of resident_id. */
typedef struct ShowCache
{
	PrString	text;			/* what was parsed; bytes lie behind the struct */
	bool		valid;
	PrResidentShow show;
} ShowCache;

static inline const ShowCache *
parsed_show(FunctionCallInfo fcinfo, PrString text)
{
	ShowCache  *cache = fcinfo->flinfo->fn_extra;

	if (cache == NULL || cache->text.length != text.length ||
		memcmp(cache->text.bytes, text.bytes, text.length) != 0)
	{
		if (cache != NULL)
			pfree(cache);
		fcinfo->flinfo->fn_extra = NULL;
		cache = MemoryContextAlloc(fcinfo->flinfo->fn_mcxt, sizeof(ShowCache) + text.length);
		cache->text.bytes = memcpy(cache + 1, text.bytes, text.length);
		cache->text.length = text.length;
		cache->valid = pr_resident_id_parse_show(text.bytes, text.length, &cache->show);
		fcinfo->flinfo->fn_extra = cache;
	}
	return cache;
}

/* resident_id(value text, show text) → text */
Datum
privrelease_resident_id(PG_FUNCTION_ARGS)
{
	Datum		value = PG_GETARG_DATUM(0);
	const ShowCache *cache = parsed_show(fcinfo, string_of(fetch(PG_GETARG_DATUM(1))));
	char		number[PR_RESIDENT_ID_LENGTH];
	PrString	id;
	text	   *result;

	if (!cache->valid || value_bytes(value) > PR_RESIDENT_ID_LENGTH)
		PG_RETURN_NULL();
	id = string_of(fetch(value));
	if (!pr_resident_id_normalize(id.bytes, id.length, number))
		PG_RETURN_NULL();
	result = new_result(PR_RESIDENT_OUTPUT_MAX);
	SET_VARSIZE(result, VARHDRSZ + pr_resident_id_show(number, &cache->show, VARDATA(result)));
	PG_RETURN_TEXT_P(result);
}
