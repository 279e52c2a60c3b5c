/*
 * pr_number_text.c
 *		The text under which a number stands in a hierarchy.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "common/shortest_dec.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"

#include "common/pr_compat.h"
#include "common/pr_number_text.h"
#include "core/pr_decimal.h"

bool
pr_is_number(Oid type)
{
	return type == INT2OID || type == INT4OID || type == INT8OID || type == NUMERICOID ||
		type == FLOAT4OID || type == FLOAT8OID;
}

static char *
canonical(const char *text, int *length)
{
	Size		n = strlen(text);
	char	   *out = palloc(n + PR_DECIMAL_GROWTH + 1);

	n = pr_decimal_canonical(text, n, out);
	out[n] = '\0';
	if (length != NULL)
		*length = (int) n;
	return out;
}

static char *
integer_text(int64 value, int *length)
{
	char	   *out = palloc(MAXINT8LEN + 1);
	int			n = pg_lltoa(value, out);

	if (length != NULL)
		*length = n;
	return out;
}

char *
pr_number_text(Datum value, Oid type, int *length)
{
	char		shortest[DOUBLE_SHORTEST_DECIMAL_LEN];

	switch (type)
	{
		case INT2OID:
			return integer_text(DatumGetInt16(value), length);
		case INT4OID:
			return integer_text(DatumGetInt32(value), length);
		case INT8OID:
			return integer_text(DatumGetInt64(value), length);
		case FLOAT4OID:
			float_to_shortest_decimal_buf(DatumGetFloat4(value), shortest);
			return canonical(shortest, length);
		case FLOAT8OID:
			double_to_shortest_decimal_buf(DatumGetFloat8(value), shortest);
			return canonical(shortest, length);
		default:
			return canonical(DatumGetCString(DirectFunctionCall1(numeric_out, value)), length);
	}
}
