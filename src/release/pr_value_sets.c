/*
 * pr_value_sets.c
 *		Comparing the values of two classes: ascending arrays of digests, with the
 *		persons of each.
 *
 * Arrays that are not ascending, or hold NULL, are compared all the same, with
 * some answer: nothing here is trusted or kept.
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/array.h"

#include "common/pr_compat.h"

PG_FUNCTION_INFO_V1(privrelease_common_values);
PG_FUNCTION_INFO_V1(privrelease_fewer_values);

typedef struct Elements
{
	const int64 *data;
	int			n;
} Elements;

/* The elements of an array without NULLs, in place; none of any other. */
static Elements
elements_of(FunctionCallInfo fcinfo, int arg)
{
	ArrayType  *array;

	if (PG_ARGISNULL(arg))
		return (Elements) {NULL, 0};
	array = PG_GETARG_ARRAYTYPE_P(arg);
	if (ARR_HASNULL(array))
		return (Elements) {NULL, 0};
	return (Elements) {(const int64 *) ARR_DATA_PTR(array), ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array))};
}

Datum
privrelease_common_values(PG_FUNCTION_ARGS)
{
	Elements	a = elements_of(fcinfo, 0);
	Elements	b = elements_of(fcinfo, 1);
	int			common = 0;
	int			i = 0;
	int			j = 0;

	while (i < a.n && j < b.n)
	{
		if (a.data[i] == b.data[j])
			common++;
		if (a.data[i] <= b.data[j])
			i++;
		else
			j++;
	}
	PG_RETURN_INT32(common);
}

/* fewer_values(a, a_persons, b, b_persons, at_least): NULL if the persons who are missing are fewer than at_least */
Datum
privrelease_fewer_values(PG_FUNCTION_ARGS)
{
	Elements	a = elements_of(fcinfo, 0);
	Elements	a_persons = elements_of(fcinfo, 1);
	Elements	b = elements_of(fcinfo, 2);
	Elements	b_persons = elements_of(fcinfo, 3);
	int64		missing = 0;
	int			fewer = 0;
	int			j = 0;

	a.n = Min(a.n, a_persons.n);
	b.n = Min(b.n, b_persons.n);
	for (int i = 0; i < a.n; i++)
	{
		while (j < b.n && b.data[j] < a.data[i])
			j++;
		if (j == b.n || b.data[j] != a.data[i])
			missing += a_persons.data[i];
		else if (b_persons.data[j] < a_persons.data[i])
			missing += a_persons.data[i] - b_persons.data[j];
		else
			continue;
		fewer++;
	}
	if (!PG_ARGISNULL(4) && missing < PG_GETARG_INT64(4))
		PG_RETURN_NULL();
	PG_RETURN_INT32(fewer);
}
