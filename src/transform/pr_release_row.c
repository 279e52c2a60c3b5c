/*
 * pr_release_row.c
 *		The key of a row of a release table.
 *
 *	digest      = HMAC-SHA-256(subkey, enc("row", release, field, field, ...))
 *	release_row = digest for the first of several equal rows, and
 *				  HMAC-SHA-256(subkey, enc("row", digest, occurrence)) for the others
 *
 * as UUIDs of version 8 (RFC 9562).  A row keeps its key as long as its content
 * stays, so that a refresh changes changed rows only; the order of the keys is
 * random to whoever has not the secret, so that it says nothing of the source.
 *
 * A field is what tells two values of a column apart that differ in any
 * character: text as it is, everything else in its binary form (a numeric with
 * its scale).  This is not the canonical form of pseudonyms, by which 1.0 is 1:
 * two rows that a reader can tell apart are two contents.
 *
 * What an attacker would try: recompute digests of guesses (needs a capability),
 * or have two different rows get one key (the encoding is injective; NULL has a
 * length that no value has).
 */
#include "postgres.h"

#include <math.h>

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "port/pg_bswap.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/float.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"
#include "utils/uuid.h"

#include "common/pr_compat.h"
#include "transform/pr_keyed.h"

PG_FUNCTION_INFO_V1(privrelease_tuple_digest);
PG_FUNCTION_INFO_V1(privrelease_release_row);

/* Arguments, from 0. */
#define ARG_KEY 0
#define ARG_RELEASE 1
#define ARG_ROW 2
#define ARG_DIGEST 1
#define ARG_OCCURRENCE 2

/* How the bytes of one type are made. */
typedef struct Field
{
	enum
	{
		FIELD_TEXT,				/* output function, in UTF-8 */
		FIELD_CHARACTERS,		/* text and its kin: what the output function would give, without a copy */
		FIELD_WORD,				/* passed by value: what the send function would give */
		FIELD_FLOAT,			/* what the send function would give, but one NaN */
		FIELD_BINARY,			/* send function */
		FIELD_ARRAY				/* dimensions and elements */
	}			kind;
	FmgrInfo	function;
	struct Field *element;
	int16		length;
	bool		by_value;
	char		align;
	Oid			element_type;
} Field;

typedef struct DigestState
{
	PrKeyed		keyed;
	Oid			type;			/* of the row that fields describe */
	int32		typmod;
	TupleDesc	columns;
	Field	   *fields;
	Datum	   *values;
	bool	   *nulls;
} DigestState;

/* ---------- fields ---------- */

static bool
is_text(Oid type)
{
	char		category;
	bool		preferred;

	get_type_category_preferred(type, &category, &preferred);
	return category == TYPCATEGORY_STRING || category == TYPCATEGORY_ENUM || category == TYPCATEGORY_UNKNOWN ||
		type == JSONOID || type == JSONBOID || type == XMLOID || type == NAMEOID || type == CHAROID;
}

static bool
is_plain_word(Oid type)
{
	return type == INT2OID || type == INT4OID || type == INT8OID || type == DATEOID || type == TIMESTAMPOID ||
		type == TIMESTAMPTZOID || type == BOOLOID;
}

static void
describe_field(Field *field, Oid declared)
{
	Oid			type = getBaseType(declared);
	Oid			function;
	bool		is_varlena;

	field->element_type = get_element_type(type);
	if (OidIsValid(field->element_type))
	{
		field->kind = FIELD_ARRAY;
		field->element = palloc0(sizeof(Field));
		get_typlenbyvalalign(field->element_type, &field->length, &field->by_value, &field->align);
		describe_field(field->element, field->element_type);
	}
	else if (type == TEXTOID || type == VARCHAROID || type == BPCHAROID)
		field->kind = FIELD_CHARACTERS;
	else if (is_plain_word(type))
	{
		field->kind = FIELD_WORD;
		field->length = get_typlen(type);
	}
	else if (type == FLOAT4OID || type == FLOAT8OID)
	{
		field->kind = FIELD_FLOAT;
		field->length = get_typlen(type);
	}
	else if (!is_text(type) && get_typtype(type) == TYPTYPE_BASE && type < FirstNormalObjectId)
	{
		field->kind = FIELD_BINARY;
		getTypeBinaryOutputInfo(type, &function, &is_varlena);
		fmgr_info(function, &field->function);
	}
	else
	{
		field->kind = FIELD_TEXT;
		getTypeOutputInfo(type, &function, &is_varlena);
		fmgr_info(function, &field->function);
	}
}

static void append_field(const Field *field, Datum value, bool isnull, PrBuffer *buffer);

static void
append_word(PrBuffer *buffer, uint32 word)
{
	word = pg_hton32(word);
	pr_buffer_append(buffer, &word, sizeof(word));
}

static void
append_array(const Field *field, Datum value, PrBuffer *buffer)
{
	ArrayType  *array = DatumGetArrayTypeP(value);
	Datum	   *elements;
	bool	   *nulls;
	int			n;

	append_word(buffer, ARR_NDIM(array));
	for (int i = 0; i < ARR_NDIM(array); i++)
	{
		append_word(buffer, ARR_DIMS(array)[i]);
		append_word(buffer, ARR_LBOUND(array)[i]);
	}
	deconstruct_array(array, field->element_type, field->length, field->by_value, field->align, &elements, &nulls, &n);
	for (int i = 0; i < n; i++)
		append_field(field->element, elements[i], nulls[i], buffer);
}

/* Bytes of a number, the highest first. */
static void
append_number(PrBuffer *buffer, int64 number, int length)
{
	uint64		bytes = pg_hton64((uint64) number);

	pr_buffer_append(buffer, (uint8 *) &bytes + sizeof(bytes) - length, length);
}

static int64
word_of(Datum value, int length)
{
	switch (length)
	{
		case 1:
			return DatumGetBool(value);
		case 2:
			return DatumGetInt16(value);
		case 4:
			return DatumGetInt32(value);
		default:
			return DatumGetInt64(value);
	}
}

/* NaN has many bit patterns, which nobody can tell apart. */
static void
append_float(Datum value, int length, PrBuffer *buffer)
{
	if (length == sizeof(float4))
		append_number(buffer, DatumGetInt32(isnan(DatumGetFloat4(value)) ? Float4GetDatum(get_float4_nan()) : value), length);
	else
	{
		float8		number = isnan(DatumGetFloat8(value)) ? get_float8_nan() : DatumGetFloat8(value);
		int64		bits;

		memcpy(&bits, &number, sizeof(bits));
		append_number(buffer, bits, length);
	}
}

static void
append_characters(Datum value, PrBuffer *buffer)
{
	struct varlena *text = PG_DETOAST_DATUM_PACKED(value);

	pr_canonical_append_exact(VARDATA_ANY(text), VARSIZE_ANY_EXHDR(text), buffer);
}

static void
append_bytes(const Field *field, Datum value, PrBuffer *buffer)
{
	if (field->kind == FIELD_CHARACTERS)
		append_characters(value, buffer);
	else if (field->kind == FIELD_WORD)
		append_number(buffer, word_of(value, field->length), field->length);
	else if (field->kind == FIELD_FLOAT)
		append_float(value, field->length, buffer);
	else if (field->kind == FIELD_ARRAY)
		append_array(field, value, buffer);
	else if (field->kind == FIELD_BINARY)
	{
		bytea	   *bytes = SendFunctionCall((FmgrInfo *) &field->function, value);

		pr_buffer_append(buffer, VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes));
	}
	else
	{
		char	   *text = OutputFunctionCall((FmgrInfo *) &field->function, value);

		pr_canonical_append_exact(text, strlen(text), buffer);
	}
}

/* be32(length) and the bytes; a length that no value has for NULL. */
static void
append_field(const Field *field, Datum value, bool isnull, PrBuffer *buffer)
{
	Size		start = buffer->length;

	append_word(buffer, PG_UINT32_MAX);
	if (isnull)
		return;
	append_bytes(field, value, buffer);
	pr_enc_length(buffer->data + start, (uint32) (buffer->length - start - PR_ENC_LENGTH_SIZE));
}

/* ---------- rows ---------- */

static void
describe_row(FunctionCallInfo fcinfo, DigestState *state, Oid type, int32 typmod)
{
	MemoryContext old = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);

	state->columns = lookup_rowtype_tupdesc_copy(type, typmod);
	state->fields = palloc0(Max(state->columns->natts, 1) * sizeof(Field));
	state->values = palloc(Max(state->columns->natts, 1) * sizeof(Datum));
	state->nulls = palloc(Max(state->columns->natts, 1) * sizeof(bool));
	for (int i = 0; i < state->columns->natts; i++)
		if (!TupleDescAttr(state->columns, i)->attisdropped)
			describe_field(&state->fields[i], TupleDescAttr(state->columns, i)->atttypid);
	state->type = type;
	state->typmod = typmod;
	MemoryContextSwitchTo(old);
}

static void
append_row(DigestState *state, HeapTupleHeader row, PrBuffer *buffer)
{
	HeapTupleData tuple = {.t_len = HeapTupleHeaderGetDatumLength(row),.t_data = row};

	ItemPointerSetInvalid(&tuple.t_self);
	heap_deform_tuple(&tuple, state->columns, state->values, state->nulls);
	for (int i = 0; i < state->columns->natts; i++)
		if (!TupleDescAttr(state->columns, i)->attisdropped)
			append_field(&state->fields[i], state->values[i], state->nulls[i], buffer);
}

static Datum
make_uuid(PrKeyed *keyed)
{
	uint8		digest[PR_HMAC_SIZE];
	pg_uuid_t  *result = palloc(sizeof(pg_uuid_t));

	pr_keyed_digest(keyed, digest);
	digest[6] = (digest[6] & 0x0f) | 0x80;	/* version 8 */
	digest[8] = (digest[8] & 0x3f) | 0x80;	/* variant of RFC 9562 */
	memcpy(result->data, digest, UUID_LEN);
	return UUIDPGetDatum(result);
}

/* tuple_digest(key, release, row) → uuid */
Datum
privrelease_tuple_digest(PG_FUNCTION_ARGS)
{
	HeapTupleHeader row = PG_GETARG_HEAPTUPLEHEADER(ARG_ROW);
	bool		is_new;
	DigestState *state = pr_keyed_state(fcinfo, sizeof(DigestState), &is_new);
	PrBuffer   *buffer = &state->keyed.buffer;

	fcinfo->flinfo->fn_extra = state;
	if (!PR_KEYED_READY(&state->keyed))
		pr_keyed_prepare(fcinfo, &state->keyed, PR_PURPOSE_ROW, ARG_KEY, -1);
	if (state->columns == NULL || state->type != HeapTupleHeaderGetTypeId(row) ||
		state->typmod != HeapTupleHeaderGetTypMod(row))
		describe_row(fcinfo, state, HeapTupleHeaderGetTypeId(row), HeapTupleHeaderGetTypMod(row));
	buffer->length = 0;
	append_word(buffer, sizeof(uint32));
	append_word(buffer, PG_GETARG_INT32(ARG_RELEASE));
	append_row(state, row, buffer);
	return make_uuid(&state->keyed);
}

/* release_row(key, digest, occurrence) → uuid */
Datum
privrelease_release_row(PG_FUNCTION_ARGS)
{
	pg_uuid_t  *digest = PG_GETARG_UUID_P(ARG_DIGEST);
	int64		occurrence = PG_GETARG_INT64(ARG_OCCURRENCE);
	bool		is_new;
	PrKeyed    *keyed;

	if (occurrence == 1)
		PG_RETURN_UUID_P(digest);
	keyed = pr_keyed_state(fcinfo, sizeof(PrKeyed), &is_new);
	fcinfo->flinfo->fn_extra = keyed;
	if (!PR_KEYED_READY(keyed))
		pr_keyed_prepare(fcinfo, keyed, PR_PURPOSE_ROW, ARG_KEY, -1);
	keyed->buffer.length = 0;
	append_word(&keyed->buffer, UUID_LEN);
	pr_buffer_append(&keyed->buffer, digest->data, UUID_LEN);
	append_word(&keyed->buffer, sizeof(int64));
	append_word(&keyed->buffer, (uint32) ((uint64) occurrence >> 32));
	append_word(&keyed->buffer, (uint32) occurrence);
	return make_uuid(keyed);
}
