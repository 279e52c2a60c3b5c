/*
 * pr_canonical_text.c
 *		Text in UTF-8, whatever the database's encoding; see pr_canonical.h.
 *
 * What an attacker would try here: a default conversion of his own that
 * search_path finds first (conversions are looked up in pg_catalog), or invalid
 * bytes that raise an error for one row (they are taken as they are, under
 * another tag).
 */
#include "postgres.h"

#include "catalog/pg_conversion.h"
#include "catalog/pg_namespace.h"
#include "common/unicode_norm.h"
#include "mb/pg_wchar.h"

#include "transform/pr_canonical.h"

static bool
is_ascii(const char *bytes, Size length)
{
	while (length >= sizeof(uint64))
	{
		uint64		chunk;

		memcpy(&chunk, bytes, sizeof(chunk));
		if (chunk & UINT64CONST(0x8080808080808080))
			return false;
		bytes += sizeof(chunk);
		length -= sizeof(chunk);
	}
	while (length-- > 0)
		if (IS_HIGHBIT_SET(*bytes++))
			return false;
	return true;
}

/*
 * Valid UTF-8 of a string that is not ASCII in the database's encoding, palloc'd
 * unless it is the string itself; NULL if the string is not valid.
 */
static char *
to_utf8(const char *bytes, Size length, Size *utf8_length)
{
	static Oid	conversion = InvalidOid;
	int			encoding = GetDatabaseEncoding();
	Size		room;
	char	   *utf8;
	int			converted;

	/* A database without encoding usually holds UTF-8. */
	if (encoding == PG_UTF8 || encoding == PG_SQL_ASCII)
	{
		*utf8_length = length;
		return pg_verify_mbstr(PG_UTF8, bytes, (int) length, true) ? (char *) bytes : NULL;
	}

	/* Not by search_path, where a default conversion of the reader might come first. */
	if (!OidIsValid(conversion))
		conversion = FindDefaultConversion(PG_CATALOG_NAMESPACE, encoding, PG_UTF8);
	if (!OidIsValid(conversion))
		return NULL;
	room = length * MAX_CONVERSION_GROWTH + 1;
	utf8 = palloc(room);
	converted = pg_do_encoding_conversion_buf(conversion, encoding, PG_UTF8, (unsigned char *) bytes, (int) length,
											  (unsigned char *) utf8, (int) room, true);
	if (converted != (int) length)
	{
		pfree(utf8);
		return NULL;
	}
	*utf8_length = strlen(utf8);
	return utf8;
}

/* Code points of valid UTF-8, zero-terminated. */
static pg_wchar *
decode_utf8(const char *utf8, Size length)
{
	pg_wchar   *points = palloc((length + 1) * sizeof(pg_wchar));
	const unsigned char *at = (const unsigned char *) utf8;
	const unsigned char *end = at + length;
	Size		n = 0;

	while (at < end)
	{
		points[n++] = utf8_to_unicode(at);
		at += pg_utf_mblen(at);
	}
	points[n] = 0;
	return points;
}

static void
append_code_points(PrBuffer *buffer, const pg_wchar *points)
{
	for (; *points != 0; points++)
	{
		unsigned char *out = pr_buffer_reserve(buffer, MAX_MULTIBYTE_CHAR_LEN);

		unicode_to_utf8(*points, out);
		buffer->length += pg_utf_mblen(out);
	}
}

/* Append in normal form C. */
static void
append_nfc(PrBuffer *buffer, const char *utf8, Size length)
{
	pg_wchar   *points = decode_utf8(utf8, length);

	if (unicode_is_normalized_quickcheck(UNICODE_NFC, points) == UNICODE_NORM_QC_YES)
		pr_buffer_append(buffer, utf8, length);
	else
	{
		pg_wchar   *normalized = unicode_normalize(UNICODE_NFC, points);

		append_code_points(buffer, normalized);
		pfree(normalized);
	}
	pfree(points);
}

/* Append in UTF-8 and normal form C; false and nothing appended if that cannot be. */
static bool
append_utf8(PrBuffer *buffer, const char *bytes, Size length)
{
	char	   *utf8;
	Size		utf8_length;

	if (length > PR_CANON_MAX_NFC)
		return false;
	utf8 = to_utf8(bytes, length, &utf8_length);
	if (utf8 == NULL)
		return false;
	append_nfc(buffer, utf8, utf8_length);
	if (utf8 != bytes)
		pfree(utf8);
	return true;
}

bool
pr_canonical_append_text(const char *bytes, Size length, PrBuffer *buffer)
{
	bool		ascii = is_ascii(bytes, length);

	if (!ascii && append_utf8(buffer, bytes, length))
		return true;
	pr_buffer_append(buffer, bytes, length);
	return ascii;
}

/*
 * Does valid UTF-8 say all of the string it was made of?  EUC_TW and EUC_JP have
 * two codes for some characters.
 */
static bool
converts_back(const char *utf8, Size utf8_length, const char *bytes, Size length)
{
	int			encoding = GetDatabaseEncoding();
	Size		room = utf8_length * MAX_CONVERSION_GROWTH + 1;
	Oid			conversion;
	char	   *back;
	bool		same;

	if (utf8 == bytes)
		return true;
	conversion = FindDefaultConversion(PG_CATALOG_NAMESPACE, PG_UTF8, encoding);
	if (!OidIsValid(conversion))
		return false;
	back = palloc(room);
	same = pg_do_encoding_conversion_buf(conversion, PG_UTF8, encoding, (unsigned char *) utf8, (int) utf8_length,
										 (unsigned char *) back, (int) room, true) == (int) utf8_length &&
		strlen(back) == length && memcmp(back, bytes, length) == 0;
	pfree(back);
	return same;
}

void
pr_canonical_append_exact(const char *bytes, Size length, PrBuffer *buffer)
{
	static const uint8 stored = 0xFF;	/* nowhere in UTF-8 */
	Size		utf8_length = length;
	char	   *utf8 = is_ascii(bytes, length) ? (char *) bytes : to_utf8(bytes, length, &utf8_length);

	if (utf8 != NULL && converts_back(utf8, utf8_length, bytes, length))
		pr_buffer_append(buffer, utf8, utf8_length);
	else
	{
		pr_buffer_append(buffer, &stored, 1);
		pr_buffer_append(buffer, bytes, length);
	}
	if (utf8 != NULL && utf8 != bytes)
		pfree(utf8);
}
