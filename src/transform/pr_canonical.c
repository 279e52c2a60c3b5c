/*
 * pr_canonical.c
 *		The bytes that stand for a value in a keyed function; see
 *		pr_canonical.h for the forms.
 *
 * What an attacker would try here: bend the form of a value by a setting
 * (DateStyle, client_encoding, search_path, extra_float_digits) and so get a
 * second draw of noise.  Nothing here reads one: conversions are looked up in
 * pg_catalog by OID, and types whose binary form is in the client's encoding take
 * another way.
 */
#include "postgres.h"

#include <sys/socket.h>

#include "access/htup_details.h"
#include "catalog/pg_conversion.h"
#include "catalog/pg_enum.h"
#include "catalog/pg_type.h"
#include "common/shortest_dec.h"
#include "common/unicode_norm.h"
#include "fmgr.h"
#include "mb/pg_wchar.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/inet.h"
#include "utils/lsyscache.h"
#include "utils/numeric.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "common/pr_compat.h"
#include "transform/pr_canonical.h"


void
pr_buffer_init(PrBuffer *buffer, MemoryContext context)
{
	buffer->context = context;
	buffer->capacity = 256;
	buffer->length = 0;
	buffer->data = MemoryContextAlloc(context, buffer->capacity);
}

void
pr_buffer_enlarge(PrBuffer *buffer, Size length)
{
	while (buffer->capacity - buffer->length < length)
		buffer->capacity *= 2;
	buffer->data = repalloc_huge(buffer->data, buffer->capacity);
}

void
pr_buffer_append(PrBuffer *buffer, const void *bytes, Size length)
{
	memcpy(pr_buffer_reserve(buffer, length), bytes, length);
	buffer->length += length;
}

static void
append_tag(PrBuffer *buffer, char tag)
{
	*pr_buffer_reserve(buffer, 1) = (uint8) tag;
	buffer->length++;
}

static void
append_be32(PrBuffer *buffer, uint32 number)
{
	pr_enc_length(pr_buffer_reserve(buffer, PR_ENC_LENGTH_SIZE), number);
	buffer->length += PR_ENC_LENGTH_SIZE;
}

static void
append_cstring(PrBuffer *buffer, const char *string)
{
	pr_buffer_append(buffer, string, strlen(string));
}

/* ---- numbers ---- */

static void
append_integer(PrBuffer *buffer, char tag, int64 number)
{
	char	   *out = (char *) pr_buffer_reserve(buffer, 32);

	*out = tag;
	buffer->length += 1 + pg_lltoa(number, out + 1);
}

static void
append_int2(PrCanonical *canonical, Datum value, PrBuffer *buffer)
{
	append_integer(buffer, 'n', DatumGetInt16(value));
}

static void
append_int4(PrCanonical *canonical, Datum value, PrBuffer *buffer)
{
	append_integer(buffer, 'n', DatumGetInt32(value));
}

static void
append_int8(PrCanonical *canonical, Datum value, PrBuffer *buffer)
{
	append_integer(buffer, 'n', DatumGetInt64(value));
}

static void
append_oid(PrCanonical *canonical, Datum value, PrBuffer *buffer)
{
	append_integer(buffer, 'n', (int64) DatumGetObjectId(value));
}

static void
append_numeric(PrCanonical *canonical, Datum value, PrBuffer *buffer)
{
	char	   *string = DatumGetCString(DirectFunctionCall1(numeric_out, value));
	Size		length = strlen(string);

	if (strchr(string, '.') != NULL)
	{
		while (string[length - 1] == '0')
			length--;
		if (string[length - 1] == '.')
			length--;
	}
	append_tag(buffer, 'n');
	pr_buffer_append(buffer, string, length);
	pfree(string);
}

static void
append_zeros(PrBuffer *buffer, int count)
{
	if (count > 0)
	{
		memset(pr_buffer_reserve(buffer, count), '0', count);
		buffer->length += count;
	}
}

/*
 * The shortest decimal that reads back as the number (Ryu), written without an
 * exponent: [-]d[.ddd][e[+-]dd] becomes the form that numeric has.
 */
static void
append_shortest(PrBuffer *buffer, const char *shortest)
{
	char		digits[DOUBLE_SHORTEST_DECIMAL_LEN];
	int			n_digits = 0;
	int			point = -1;		/* digits before the decimal point */
	int			exponent = 0;
	const char *at = shortest;

	append_tag(buffer, 'n');
	if (strspn(shortest, "-.0123456789") == 0 || strpbrk(shortest, "NI") != NULL)
	{
		append_cstring(buffer, shortest);
		return;
	}
	if (*at == '-')
		at++;
	for (; *at != '\0' && *at != 'e'; at++)
	{
		if (*at == '.')
			point = n_digits;
		else
			digits[n_digits++] = *at;
	}
	if (point < 0)
		point = n_digits;
	if (*at == 'e')
		exponent = atoi(at + 1);
	point += exponent;

	while (n_digits > 0 && digits[n_digits - 1] == '0')
		n_digits--;
	if (n_digits == 0)
	{
		append_tag(buffer, '0');
		return;
	}
	if (*shortest == '-')
		append_tag(buffer, '-');
	if (point <= 0)
	{
		append_cstring(buffer, "0.");
		append_zeros(buffer, -point);
		pr_buffer_append(buffer, digits, n_digits);
		return;
	}

	{
		int			first = 0;

		/* "0.5" carries a zero before its point. */
		while (first < point - 1 && first < n_digits && digits[first] == '0')
			first++;
		if (n_digits <= point)
		{
			pr_buffer_append(buffer, digits + first, n_digits - first);
			append_zeros(buffer, point - n_digits);
		}
		else
		{
			pr_buffer_append(buffer, digits + first, point - first);
			append_tag(buffer, '.');
			pr_buffer_append(buffer, digits + point, n_digits - point);
		}
	}
}

static void
append_float4(PrCanonical *canonical, Datum value, PrBuffer *buffer)
{
	char		shortest[FLOAT_SHORTEST_DECIMAL_LEN];

	float_to_shortest_decimal_buf(DatumGetFloat4(value), shortest);
	append_shortest(buffer, shortest);
}

static void
append_float8(PrCanonical *canonical, Datum value, PrBuffer *buffer)
{
	char		shortest[DOUBLE_SHORTEST_DECIMAL_LEN];

	double_to_shortest_decimal_buf(DatumGetFloat8(value), shortest);
	append_shortest(buffer, shortest);
}

/* ---- text ---- */

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

void
pr_canonical_append_text(const char *bytes, Size length, PrBuffer *buffer)
{
	if (is_ascii(bytes, length) || !append_utf8(buffer, bytes, length))
		pr_buffer_append(buffer, bytes, length);
}

static void
append_tagged_text(PrBuffer *buffer, const char *bytes, Size length)
{
	Size		start = buffer->length;

	append_tag(buffer, 't');
	if (is_ascii(bytes, length))
		pr_buffer_append(buffer, bytes, length);
	else if (!append_utf8(buffer, bytes, length))
	{
		buffer->data[start] = 'r';
		pr_buffer_append(buffer, bytes, length);
	}
}

static void
append_text(PrCanonical *canonical, Datum value, PrBuffer *buffer)
{
	text	   *string = DatumGetTextPP(value);

	append_tagged_text(buffer, VARDATA_ANY(string), VARSIZE_ANY_EXHDR(string));
	if (string != (text *) DatumGetPointer(value))
		pfree(string);
}

static void
append_bpchar(PrCanonical *canonical, Datum value, PrBuffer *buffer)
{
	text	   *string = DatumGetTextPP(value);
	const char *bytes = VARDATA_ANY(string);
	Size		length = VARSIZE_ANY_EXHDR(string);

	while (length > 0 && bytes[length - 1] == ' ')
		length--;
	append_tagged_text(buffer, bytes, length);
	if (string != (text *) DatumGetPointer(value))
		pfree(string);
}

static void
append_name(PrCanonical *canonical, Datum value, PrBuffer *buffer)
{
	const char *name = NameStr(*DatumGetName(value));

	append_tagged_text(buffer, name, strnlen(name, NAMEDATALEN));
}

static void
append_char(PrCanonical *canonical, Datum value, PrBuffer *buffer)
{
	char		c = DatumGetChar(value);

	append_tagged_text(buffer, &c, c != '\0' ? 1 : 0);
}

static void
append_enum(PrCanonical *canonical, Datum value, PrBuffer *buffer)
{
	HeapTuple	tuple = SearchSysCache1(ENUMOID, value);

	append_tag(buffer, 'e');
	if (!HeapTupleIsValid(tuple))
		return;
	{
		const char *label = NameStr(((Form_pg_enum) GETSTRUCT(tuple))->enumlabel);

		pr_canonical_append_text(label, strlen(label), buffer);
	}
	ReleaseSysCache(tuple);
}

/* ---- other scalars ---- */

static void
append_bytea(PrCanonical *canonical, Datum value, PrBuffer *buffer)
{
	bytea	   *bytes = DatumGetByteaPP(value);

	append_tag(buffer, 'x');
	pr_buffer_append(buffer, VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes));
	if (bytes != (bytea *) DatumGetPointer(value))
		pfree(bytes);
}

static void
append_bool(PrCanonical *canonical, Datum value, PrBuffer *buffer)
{
	append_cstring(buffer, DatumGetBool(value) ? "b1" : "b0");
}

static void
append_uuid(PrCanonical *canonical, Datum value, PrBuffer *buffer)
{
	append_tag(buffer, 'u');
	pr_buffer_append(buffer, DatumGetUUIDP(value)->data, UUID_LEN);
}

static void
append_date(PrCanonical *canonical, Datum value, PrBuffer *buffer)
{
	DateADT		date = DatumGetDateADT(value);

	if (DATE_NOT_FINITE(date))
		append_cstring(buffer, DATE_IS_NOBEGIN(date) ? "d-Infinity" : "dInfinity");
	else
		append_integer(buffer, 'd', date);
}

static void
append_timestamp(PrCanonical *canonical, Datum value, PrBuffer *buffer)
{
	Timestamp	timestamp = DatumGetTimestamp(value);
	char		tag = canonical->type == TIMESTAMPTZOID ? 'z' : 's';

	if (TIMESTAMP_NOT_FINITE(timestamp))
	{
		append_tag(buffer, tag);
		append_cstring(buffer, TIMESTAMP_IS_NOBEGIN(timestamp) ? "-Infinity" : "Infinity");
	}
	else
		append_integer(buffer, tag, timestamp);
}

static void
append_inet(PrCanonical *canonical, Datum value, PrBuffer *buffer)
{
	inet	   *address = DatumGetInetPP(value);

	append_tag(buffer, 'i');
	append_tag(buffer, ip_family(address) == PGSQL_AF_INET ? '4' : '6');
	append_tag(buffer, (char) ip_bits(address));
	pr_buffer_append(buffer, ip_addr(address), ip_addrsize(address));
	if (address != (inet *) DatumGetPointer(value))
		pfree(address);
}

static void
append_by_output(PrCanonical *canonical, Datum value, PrBuffer *buffer)
{
	char	   *string = OutputFunctionCall(&canonical->function, value);

	append_tag(buffer, 'j');
	append_be32(buffer, canonical->type);
	pr_canonical_append_text(string, strlen(string), buffer);
	pfree(string);
}

static void
append_by_send(PrCanonical *canonical, Datum value, PrBuffer *buffer)
{
	bytea	   *bytes = SendFunctionCall(&canonical->function, value);

	append_tag(buffer, 'o');
	append_be32(buffer, canonical->type);
	pr_buffer_append(buffer, VARDATA(bytes), VARSIZE(bytes) - VARHDRSZ);
	pfree(bytes);
}

static void
append_array(PrCanonical *canonical, Datum value, PrBuffer *buffer)
{
	ArrayType  *array = DatumGetArrayTypeP(value);
	Datum	   *elements;
	bool	   *nulls;
	int			n;

	append_tag(buffer, 'a');
	append_be32(buffer, ARR_NDIM(array));
	for (int i = 0; i < ARR_NDIM(array); i++)
	{
		append_be32(buffer, ARR_DIMS(array)[i]);
		append_be32(buffer, ARR_LBOUND(array)[i]);
	}
	deconstruct_array(array, ARR_ELEMTYPE(array), canonical->length, canonical->by_value, canonical->align,
					  &elements, &nulls, &n);
	for (int i = 0; i < n; i++)
	{
		if (nulls[i])
			append_be32(buffer, PG_UINT32_MAX);
		else
			pr_canonical_append_field(canonical->element, elements[i], buffer);
	}
	pfree(elements);
	pfree(nulls);
	if (array != (ArrayType *) DatumGetPointer(value))
		pfree(array);
}

/* ---- choice by type ---- */

/* Built-in types whose binary form is in the client's encoding. */
static bool
goes_by_output(Oid type)
{
	switch (type)
	{
		case JSONOID:
		case JSONBOID:
		case XMLOID:
		case JSONPATHOID:
		case TSVECTOROID:
		case TSQUERYOID:
			return true;
		default:
			return false;
	}
}

/* Built-in types whose binary form says all and depends on nothing. */
static bool
goes_by_send(Oid type)
{
	switch (type)
	{
		case TIMEOID:
		case TIMETZOID:
		case INTERVALOID:
		case MACADDROID:
		case MACADDR8OID:
		case BITOID:
		case VARBITOID:
		case CASHOID:
		case POINTOID:
		case LSEGOID:
		case PATHOID:
		case BOXOID:
		case POLYGONOID:
		case LINEOID:
		case CIRCLEOID:
		case PG_LSNOID:
		case TIDOID:
		case INT4RANGEOID:
		case INT8RANGEOID:
		case NUMRANGEOID:
		case DATERANGEOID:
		case TSRANGEOID:
		case TSTZRANGEOID:
		case INT4MULTIRANGEOID:
		case INT8MULTIRANGEOID:
		case NUMMULTIRANGEOID:
		case DATEMULTIRANGEOID:
		case TSMULTIRANGEOID:
		case TSTZMULTIRANGEOID:
			return true;
		default:
			return false;
	}
}

typedef void (*AppendFunction) (PrCanonical *canonical, Datum value, PrBuffer *buffer);

/* The form of a scalar base type; NULL if it has none. */
static AppendFunction
scalar_form(Oid type)
{
	switch (type)
	{
		case INT2OID:
			return append_int2;
		case INT4OID:
			return append_int4;
		case INT8OID:
			return append_int8;
		case OIDOID:
			return append_oid;
		case NUMERICOID:
			return append_numeric;
		case FLOAT4OID:
			return append_float4;
		case FLOAT8OID:
			return append_float8;
		case TEXTOID:
		case VARCHAROID:
			return append_text;
		case BPCHAROID:
			return append_bpchar;
		case NAMEOID:
			return append_name;
		case CHAROID:
			return append_char;
		case BYTEAOID:
			return append_bytea;
		case BOOLOID:
			return append_bool;
		case UUIDOID:
			return append_uuid;
		case DATEOID:
			return append_date;
		case TIMESTAMPOID:
		case TIMESTAMPTZOID:
			return append_timestamp;
		case INETOID:
		case CIDROID:
			return append_inet;
		default:
			break;
	}
	if (goes_by_output(type))
		return append_by_output;
	if (goes_by_send(type))
		return append_by_send;
	return type_is_enum(type) ? append_enum : NULL;
}

bool
pr_canonical_supports(Oid type)
{
	Oid			base = getBaseType(type);
	Oid			element = get_base_element_type(base);

	if (scalar_form(base) != NULL)
		return true;
	return OidIsValid(element) && pr_canonical_supports(element);
}

PrCanonical *
pr_canonical_make(Oid type, MemoryContext context)
{
	PrCanonical *canonical = MemoryContextAllocZero(context, sizeof(PrCanonical));
	Oid			function;
	bool		is_varlena;

	canonical->type = getBaseType(type);
	canonical->append = scalar_form(canonical->type);
	if (canonical->append == NULL)
	{
		Oid			element = get_element_type(canonical->type);

		if (!OidIsValid(element) || !pr_canonical_supports(element))
			ereport(ERROR,
					(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					 errmsg("keyed transforms do not take values of type %s", format_type_be(type)),
					 errhint("Use another transform, or a source view that casts the column.")));
		canonical->append = append_array;
		canonical->element = pr_canonical_make(element, context);
		get_typlenbyvalalign(element, &canonical->length, &canonical->by_value, &canonical->align);
	}
	else if (canonical->append == append_by_output)
	{
		getTypeOutputInfo(canonical->type, &function, &is_varlena);
		fmgr_info_cxt(function, &canonical->function, context);
	}
	else if (canonical->append == append_by_send)
	{
		getTypeBinaryOutputInfo(canonical->type, &function, &is_varlena);
		fmgr_info_cxt(function, &canonical->function, context);
	}
	return canonical;
}
