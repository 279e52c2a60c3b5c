/*
 * pr_cell_text.c
 *		SQL function prefix_bound: the cells of prefix().
 *
 * core/pr_stem.h says which intervals are unions of cells.  Values that begin
 * with a stem and go on lie from stem || U+0001 up to the stem's successor, in
 * the order of bytes; a text holds no U+0000.
 *
 * A parameter is known only when the query runs, and its bounds must exist
 * whatever it is.  Where nothing can be said they are the empty string and a
 * byte that no valid UTF-8 has; so only databases in UTF-8 use them.
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/builtins.h"

#include "common/pr_compat.h"
#include "transform/pr_cell.h"
#include "transform/pr_mask.h"

PG_FUNCTION_INFO_V1(privrelease_prefix_bound);

static PrString
string_of(text *value)
{
	return (PrString) {VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value)};
}

/* stem || U+0001 */
static text *
just_after(PrString stem)
{
	text	   *result = palloc(VARHDRSZ + stem.length + 1);

	SET_VARSIZE(result, VARHDRSZ + stem.length + 1);
	memcpy(VARDATA(result), stem.bytes, stem.length);
	VARDATA(result)[stem.length] = '\001';
	return result;
}

static text *
after_all(PrString stem)
{
	text	   *result = palloc(VARHDRSZ + stem.length + PR_STEM_GROWTH);
	size_t		length = pr_stem_successor(pr_database_charset(), stem, VARDATA(result));

	if (length == 0)
		return NULL;
	SET_VARSIZE(result, VARHDRSZ + length);
	return result;
}

PrStemResult
pr_prefix_cell(text *value, bool whole, int32 length, text *fill, text **lower, text **upper)
{
	PrString	stem = string_of(value);
	PrStemResult result = pr_stem_of(pr_database_charset(), stem, whole, length, string_of(fill), &stem.length);

	*lower = *upper = NULL;
	if (result != PR_STEM_RANGE)
		return result;
	*lower = just_after(stem);
	*upper = after_all(stem);
	/* The last characters of all have no end, those of other encodings none that is known. */
	return *upper != NULL ? PR_STEM_RANGE : PR_STEM_ALL;
}

/* prefix_bound(bound text, operator text, whole boolean, length int4, fill text) → text */
Datum
privrelease_prefix_bound(PG_FUNCTION_ARGS)
{
	bool		is_lower = *text_to_cstring(PG_GETARG_TEXT_PP(1)) == '>';
	text	   *lower;
	text	   *upper;

	switch (pr_prefix_cell(PG_GETARG_TEXT_PP(0), PG_GETARG_BOOL(2), PG_GETARG_INT32(3), PG_GETARG_TEXT_PP(4), &lower, &upper))
	{
		case PR_STEM_NONE:
			PG_RETURN_NULL();
		case PR_STEM_RANGE:
			PG_RETURN_TEXT_P(is_lower ? lower : upper);
		case PR_STEM_ALL:
			break;
	}
	PG_RETURN_TEXT_P(is_lower ? cstring_to_text("") : cstring_to_text_with_len("\xFF", 1));
}
