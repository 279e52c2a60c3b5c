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

PG_FUNCTION_INFO_V1(privrelease_partial);
PG_FUNCTION_INFO_V1(privrelease_partial_email);
PG_FUNCTION_INFO_V1(privrelease_prefix);
PG_FUNCTION_INFO_V1(privrelease_resident_id);

/* Results up to this size are built on the stack first. */
#define STACK_RESULT	512

static int
server_char_length(const char *s, size_t remaining)
{
	return pg_encoding_verifymbchar(GetDatabaseEncoding(), s, (int) Min(remaining, MAX_MULTIBYTE_CHAR_LEN));
}

static const PrCharset *
database_charset(void)
{
	static const PrCharset single_byte = {PR_CHARSET_SINGLE_BYTE, NULL};
	static const PrCharset utf8 = {PR_CHARSET_UTF8, NULL};
	static const PrCharset other = {PR_CHARSET_OTHER, server_char_length};

	if (GetDatabaseEncoding() == PG_UTF8)
		return &utf8;
	return pg_database_encoding_max_length() == 1 ? &single_byte : &other;
}

static PrString
string_of(text *value)
{
	return (PrString)
	{
		VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value)
	};
}

/* Bytes of the value, without fetching it. */
static Size
value_bytes(Datum value)
{
	return toast_raw_datum_size(value) - VARHDRSZ;
}

/* At least the first n characters and one byte more, where there are as many. */
static text *
fetch_start(Datum value, int n)
{
	struct varlena *stored = (struct varlena *) DatumGetPointer(value);
	int32		enough = (n + 1) * PR_TEXT_MAX_CHAR_BYTES;

	if (VARATT_IS_EXTENDED(stored) && !VARATT_IS_SHORT(stored) && value_bytes(value) > enough)
		return (text *) pg_detoast_datum_slice(stored, 0, enough);
	return (text *) pg_detoast_datum_packed(stored);
}

static bool
in_range(int32 n)
{
	return n >= 0 && n <= PR_TEXT_MAX_CHARS;
}

/* A buffer for a result of at most chars characters: the caller's, if that is large enough. */
static char *
result_buffer(char *stack, int chars)
{
	return chars * PR_TEXT_MAX_CHAR_BYTES <= STACK_RESULT ? stack : palloc(chars * PR_TEXT_MAX_CHAR_BYTES);
}

/* partial(value text, "left" int4, "right" int4, fill text, length int4) → text */
Datum
privrelease_partial(PG_FUNCTION_ARGS)
{
	int32		left = PG_GETARG_INT32(1);
	int32		right = PG_GETARG_INT32(2);
	text	   *fill = PG_GETARG_TEXT_PP(3);
	int32		length = PG_GETARG_INT32(4);
	const PrCharset *charset = database_charset();
	text	   *value;
	char		stack[STACK_RESULT];
	char	   *out;

	if (!in_range(left) || !in_range(right) || !in_range(length) ||
		!pr_text_fill_valid(charset, string_of(fill)))
		PG_RETURN_NULL();
	value = right == 0 ? fetch_start(PG_GETARG_DATUM(0), left) : PG_GETARG_TEXT_PP(0);
	out = result_buffer(stack, left + right + length);
	PG_RETURN_TEXT_P(cstring_to_text_with_len(out, (int) pr_text_partial(charset, string_of(value), left, right,
																		 string_of(fill), length, out)));
}

/* prefix(value text, length int4, fill text) → text */
Datum
privrelease_prefix(PG_FUNCTION_ARGS)
{
	int32		n = PG_GETARG_INT32(1);
	text	   *fill = PG_GETARG_TEXT_PP(2);
	const PrCharset *charset = database_charset();
	text	   *value;
	char		stack[STACK_RESULT];
	char	   *out;

	if (!in_range(n) || !pr_text_fill_valid(charset, string_of(fill)))
		PG_RETURN_NULL();
	value = fetch_start(PG_GETARG_DATUM(0), n);
	out = result_buffer(stack, n + 1);
	PG_RETURN_TEXT_P(cstring_to_text_with_len(out, (int) pr_text_prefix(charset, string_of(value), n,
																		string_of(fill), out)));
}

/* partial_email(value text) → text */
Datum
privrelease_partial_email(PG_FUNCTION_ARGS)
{
	Datum		value = PG_GETARG_DATUM(0);
	PrString	address = {"", 0};
	char		out[PR_EMAIL_OUTPUT_MAX];

	/* What is too long for an address is masked like any other malformed one, unfetched. */
	if (value_bytes(value) <= PR_EMAIL_MAX)
		address = string_of(DatumGetTextPP(value));
	PG_RETURN_TEXT_P(cstring_to_text_with_len(out, (int) pr_text_partial_email(address, out)));
}

/* The parsed second argument of resident_id. */
typedef struct ShowCache
{
	PrString	text;			/* what was parsed; bytes lie behind the struct */
	bool		valid;
	PrResidentShow show;
} ShowCache;

static const ShowCache *
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
	const ShowCache *cache = parsed_show(fcinfo, string_of(PG_GETARG_TEXT_PP(1)));
	char		number[PR_RESIDENT_ID_LENGTH];
	char		out[PR_RESIDENT_OUTPUT_MAX];
	PrString	id;

	if (!cache->valid || value_bytes(value) > PR_RESIDENT_ID_LENGTH)
		PG_RETURN_NULL();
	id = string_of(DatumGetTextPP(value));
	if (!pr_resident_id_normalize(id.bytes, id.length, number))
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text_with_len(out, (int) pr_resident_id_show(number, &cache->show, out)));
}
