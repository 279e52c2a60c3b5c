/*
 * pr_canonical.c
 *		The bytes that stand for a value in a keyed function; see
 *		pr_canonical.h for the forms.
 *
 * What an attacker would try here: bend the form of a value by a setting
 * (DateStyle, client_encoding, extra_float_digits) and so get a second draw of
 * noise.  Nothing here reads one, and types whose binary form is in the client's
 * encoding take another way.
 */
#include "postgres.h"

#include <sys/socket.h>

#include "access/htup_details.h"
#include "catalog/pg_enum.h"
#include "catalog/pg_type.h"
#include "common/shortest_dec.h"
#include "fmgr.h"
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
#include "common/pr_numeric.h"
#include "core/pr_decimal.h"
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
append_decimal(PrBuffer *buffer, const char *decimal)
{
	Size		length = strlen(decimal);
	char	   *out = (char *) pr_buffer_reserve(buffer, 1 + length + PR_DECIMAL_GROWTH);

	*out = 'n';
	buffer->length += 1 + pr_decimal_canonical(decimal, length, out + 1);
}

static void
append_numeric(PrCanonical *canonical, Datum value, PrBuffer *buffer)
{
	struct varlena *number = PG_DETOAST_DATUM_PACKED(value);
	PrNumericParts parts;

	pr_numeric_parts(number, &parts);
	append_tag(buffer, 'n');
	switch (parts.kind)
	{
		case PR_NUMERIC_FINITE:
			buffer->length += pr_numeric_decimal(&parts, (char *) pr_buffer_reserve(buffer,
																					pr_numeric_decimal_size(&parts)));
			break;
		case PR_NUMERIC_NAN:
			append_cstring(buffer, "NaN");
			break;
		case PR_NUMERIC_MINUS_INFINITY:
			append_cstring(buffer, "-Infinity");
			break;
		case PR_NUMERIC_PLUS_INFINITY:
			append_cstring(buffer, "Infinity");
			break;
	}
	if (number != (struct varlena *) DatumGetPointer(value))
		pfree(number);
}

/* The shortest decimal that reads back as the number: what numeric would hold. */
static void
append_float4(PrCanonical *canonical, Datum value, PrBuffer *buffer)
{
	char		shortest[FLOAT_SHORTEST_DECIMAL_LEN];

	float_to_shortest_decimal_buf(DatumGetFloat4(value), shortest);
	append_decimal(buffer, shortest);
}

static void
append_float8(PrCanonical *canonical, Datum value, PrBuffer *buffer)
{
	char		shortest[DOUBLE_SHORTEST_DECIMAL_LEN];

	double_to_shortest_decimal_buf(DatumGetFloat8(value), shortest);
	append_decimal(buffer, shortest);
}

/* ---- text ---- */

static void
append_tagged_text(PrBuffer *buffer, const char *bytes, Size length)
{
	Size		start = buffer->length;

	append_tag(buffer, 't');
	if (!pr_canonical_append_text(bytes, length, buffer))
		buffer->data[start] = 'r';
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

		(void) pr_canonical_append_text(label, strlen(label), buffer);
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
	(void) pr_canonical_append_text(string, strlen(string), buffer);
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
