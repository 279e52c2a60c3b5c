/*
 * pr_csv_value.c
 *		One form for each value: that of XML Schema, which Table Schema asks for.
 *
 * What an attacker would try: a cast to json or to text of his own type, which
 * would run as whoever exports.  No cast is looked for: values of types that
 * somebody has made are written by their output functions, which only superusers
 * make, and JSON is made of built-in types.
 *
 * Nothing here depends on DateStyle, IntervalStyle, TimeZone, extra_float_digits
 * or bytea_output, so that the file that somebody writes today is, byte by byte,
 * the file whose digest somebody else has computed.
 */
#include "postgres.h"

#include "access/transam.h"
#include "catalog/pg_type.h"
#include "common/base64.h"
#include "common/shortest_dec.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/datetime.h"
#include "utils/fmgrprotos.h"
#include "utils/guc.h"
#include "utils/json.h"
#include "utils/lsyscache.h"
#include "utils/timestamp.h"

#include "common/pr_compat.h"
#include "portal/pr_csv.h"

/* ---------- kinds ---------- */

PrCsvKind
pr_csv_kind(Oid basetype)
{
	switch (basetype)
	{
		case BOOLOID:
			return PR_CSV_BOOLEAN;
		case INT2OID:
		case INT4OID:
		case INT8OID:
		case OIDOID:
			return PR_CSV_INTEGER;
		case FLOAT4OID:
		case FLOAT8OID:
		case NUMERICOID:
			return PR_CSV_NUMBER;
		case DATEOID:
			return PR_CSV_DATE;
		case TIMESTAMPOID:
		case TIMESTAMPTZOID:
			return PR_CSV_DATETIME;
		case TIMEOID:
		case TIMETZOID:
			return PR_CSV_TIME;
		case INTERVALOID:
			return PR_CSV_DURATION;
		case UUIDOID:
			return PR_CSV_UUID;
		case BYTEAOID:
			return PR_CSV_BINARY;
		case JSONOID:
		case JSONBOID:
			return PR_CSV_JSON;
		default:
			break;
	}
	if (OidIsValid(get_element_type(basetype)))
		return PR_CSV_ARRAY;
	return type_is_range(basetype) ? PR_CSV_RANGE : PR_CSV_STRING;
}

/* ---------- settings ---------- */

/* For types whose output functions look at them: arrays and composites of the above, money, names of objects. */
int
pr_csv_pin_settings(void)
{
	static const char *const pinned[][2] = {
		{"DateStyle", "ISO, YMD"},
		{"IntervalStyle", "iso_8601"},
		{"TimeZone", "UTC"},
		{"extra_float_digits", "1"},
		{"bytea_output", "hex"},
		{"lc_monetary", "C"},
		{"quote_all_identifiers", "off"}
	};
	int			level = NewGUCNestLevel();

	for (int i = 0; i < lengthof(pinned); i++)
		(void) set_config_option(pinned[i][0], pinned[i][1], PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
	return level;
}

/* ---------- times ---------- */

/* XML Schema counts years before the first as astronomers do: 1 BC is 0000, 2 BC is -0001. */
static char *
without_era(char *text)
{
	size_t		length = strlen(text);
	char	   *rest;
	long		year;

	if (length < 3 || strcmp(text + length - 3, " BC") != 0)
		return text;
	text[length - 3] = '\0';
	year = strtol(text, &rest, 10) - 1;
	return psprintf("%s%04ld%s", year > 0 ? "-" : "", year, rest);
}

static char *
calendar(Datum value, Oid type)
{
	char	   *text = palloc(MAXDATELEN + 1);
	int			utc = 0;

	JsonEncodeDateTime(text, value, type, type == TIMESTAMPTZOID ? &utc : NULL);
	return without_era(text);
}

char *
pr_csv_time(TimestampTz time)
{
	return calendar(TimestampTzGetDatum(time), TIMESTAMPTZOID);
}

static bool
is_infinite(Datum value, Oid type)
{
	if (type == DATEOID)
		return DATE_NOT_FINITE(DatumGetDateADT(value));
	if (type == INTERVALOID)
		return pr_interval_sign_of_infinity(DatumGetIntervalP(value)) != 0;
	return (type == TIMESTAMPOID || type == TIMESTAMPTZOID) && TIMESTAMP_NOT_FINITE(DatumGetTimestamp(value));
}

static uint64
magnitude(int64 value)
{
	return value < 0 ? -(uint64) value : (uint64) value;
}

static void
append_part(StringInfo out, uint64 value, char unit)
{
	if (value > 0)
		appendStringInfo(out, UINT64_FORMAT "%c", value, unit);
}

static void
append_clock(StringInfo out, uint64 time)
{
	uint64		seconds = time % USECS_PER_MINUTE / USECS_PER_SEC;
	uint64		fraction = time % USECS_PER_SEC;

	if (time == 0)
		return;
	appendStringInfoChar(out, 'T');
	append_part(out, time / USECS_PER_HOUR, 'H');
	append_part(out, time % USECS_PER_HOUR / USECS_PER_MINUTE, 'M');
	if (fraction == 0)
		append_part(out, seconds, 'S');
	else
		appendStringInfo(out, "%u.%06uS", (unsigned) seconds, (unsigned) fraction);
}

/* The duration of XML Schema has one sign. */
static char *
duration(const PrCsv *csv, const PrCsvColumn *column, const Interval *value)
{
	bool		negative = value->month < 0 || value->day < 0 || value->time < 0;
	int			infinite = pr_interval_sign_of_infinity(value);
	StringInfoData out;

	if (infinite != 0)
		return pstrdup(infinite < 0 ? "-infinity" : "infinity");
	if (negative && (value->month > 0 || value->day > 0 || value->time > 0))
		ereport(ERROR,
				(errcode(ERRCODE_INTERVAL_FIELD_OVERFLOW),
				 errmsg("an interval in column %s of release %s has parts of both signs", quote_identifier(column->name), csv->label),
				 errdetail("A duration of ISO 8601 has one sign."),
				 errhint("Release the interval as a number, for example of days, by a source view.")));
	initStringInfo(&out);
	appendStringInfoString(&out, negative ? "-P" : "P");
	append_part(&out, magnitude(value->month) / MONTHS_PER_YEAR, 'Y');
	append_part(&out, magnitude(value->month) % MONTHS_PER_YEAR, 'M');
	append_part(&out, magnitude(value->day), 'D');
	append_clock(&out, magnitude(value->time));
	if (out.data[out.len - 1] == 'P')
		appendStringInfoString(&out, "T0S");
	return out.data;
}

/* ---------- numbers and bytes ---------- */

static char *
number(PrCsvColumn *column, Datum value)
{
	char	   *text;

	if (column->type == FLOAT8OID)
		double_to_shortest_decimal_buf(DatumGetFloat8(value), text = palloc(DOUBLE_SHORTEST_DECIMAL_LEN));
	else if (column->type == FLOAT4OID)
		float_to_shortest_decimal_buf(DatumGetFloat4(value), text = palloc(FLOAT_SHORTEST_DECIMAL_LEN));
	else
		text = OutputFunctionCall(&column->output, value);
	if (strcmp(text, "Infinity") == 0)
		return pstrdup("INF");
	return strcmp(text, "-Infinity") == 0 ? pstrdup("-INF") : text;
}

static char *
base64(Datum value)
{
	bytea	   *bytes = DatumGetByteaPP(value);
	int			room = pg_b64_enc_len(VARSIZE_ANY_EXHDR(bytes));
	char	   *text = palloc(room + 1);
	int			length = pg_b64_encode((void *) VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes), text, room);

	Assert(length >= 0);
	text[length] = '\0';
	return text;
}

/* ---------- documents ---------- */

static int
json_kind(const char *text)
{
	text += strspn(text, " \t\r\n");
	if (*text == '{')
		return PR_SEEN_OBJECT;
	return *text == '[' ? PR_SEEN_ARRAY : PR_SEEN_SCALAR;
}

/* The same array of texts. */
static ArrayType *
as_texts(ArrayType *array)
{
	Oid			type = ARR_ELEMTYPE(array);
	int16		length;
	bool		by_value;
	char		align;
	char		delimiter;
	Oid			io_param;
	Oid			output;
	Datum	   *elements;
	bool	   *nulls;
	int			n;

	get_type_io_data(type, IOFunc_output, &length, &by_value, &align, &delimiter, &io_param, &output);
	deconstruct_array(array, type, length, by_value, align, &elements, &nulls, &n);
	for (int i = 0; i < n; i++)
		if (!nulls[i])
			elements[i] = CStringGetTextDatum(OidOutputFunctionCall(output, elements[i]));
	return construct_md_array(elements, nulls, ARR_NDIM(array), ARR_DIMS(array), ARR_LBOUND(array), TEXTOID, -1, false, TYPALIGN_INT);
}

static char *
array_document(Datum value)
{
	ArrayType  *array = DatumGetArrayTypeP(value);

	if (getBaseType(ARR_ELEMTYPE(array)) >= FirstNormalObjectId)
		array = as_texts(array);
	return TextDatumGetCString(DirectFunctionCall1(array_to_json, PointerGetDatum(array)));
}

char *
pr_csv_value(const PrCsv *csv, PrCsvColumn *column, Datum value)
{
	char	   *text;

	switch (column->kind)
	{
		case PR_CSV_BOOLEAN:
			return DatumGetBool(value) ? "true" : "false";
		case PR_CSV_NUMBER:
			return number(column, value);
		case PR_CSV_BINARY:
			return base64(value);
		case PR_CSV_ARRAY:
			return array_document(value);
		case PR_CSV_JSON:
			text = OutputFunctionCall(&column->output, value);
			column->seen |= json_kind(text);
			return text;
		case PR_CSV_DURATION:
		case PR_CSV_DATE:
		case PR_CSV_DATETIME:
		case PR_CSV_TIME:
			if (is_infinite(value, column->type))
				column->seen |= PR_SEEN_INFINITY;
			return column->kind == PR_CSV_DURATION ? duration(csv, column, DatumGetIntervalP(value)) : calendar(value, column->type);
		default:
			return OutputFunctionCall(&column->output, value);
	}
}
