/*
 * pr_perturb.c
 *		pram(), and the keyed orders that shuffle, rank_swap and microaggregate
 *		take the persons of a source in.
 *
 *	seed  = HMAC-SHA-256(subkey, enc("pram", domain, canonical(subject), canonical(category)))
 *	u     = the first 8 bytes of the stream PRS1 of seed
 *	order = HMAC-SHA-256(subkey, enc(purpose, domain, canonical(subject)[, canonical(value)]))
 *
 * Invariants, and what an attacker would try here:
 *	- Reading again: a category is drawn once for a person and for ever, whatever
 *	  rows, plans and refreshes do.
 *	- Order as a channel: whoever cannot compute the order cannot know whose value
 *	  went where, and rows that a table was filled with first are not first here.
 *	- A category that nobody declared: NULL, never itself.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "core/pr_pram.h"
#include "core/pr_stream.h"
#include "transform/pr_keyed.h"

PG_FUNCTION_INFO_V1(privrelease_pram);
PG_FUNCTION_INFO_V1(privrelease_shuffle_order);
PG_FUNCTION_INFO_V1(privrelease_rank_swap_order);
PG_FUNCTION_INFO_V1(privrelease_microaggregate_order);

/* ---------- pram ---------- */

#define ARG_VALUE 0
#define ARG_SUBJECT 1
#define ARG_KEY 2
#define ARG_DOMAIN 3
#define ARG_CATEGORIES 4
#define ARG_WEIGHTS 5
#define ARG_DIAGONAL 6
#define ARG_ALPHA 7

typedef struct Category
{
	const char *bytes;
	int			length;
	int			number;			/* in the matrix */
} Category;

typedef struct PramState
{
	PrKeyed		keyed;
	PrCanonical *subject;
	PrCanonical *value;
	bool		known;			/* what follows is of this query's constants */
	bool		constant;
	int			n;				/* 0: the parameters make no sense */
	Category   *sorted;			/* [n], by their bytes */
	text	  **text;			/* [n], by their number */
	uint64	   *threshold;
	MemoryContext context;		/* of the above */
} PramState;

static int
compare_bytes(const char *a, int a_length, const char *b, int b_length)
{
	int			order = memcmp(a, b, Min(a_length, b_length));

	return order != 0 ? order : a_length - b_length;
}

static int
compare_categories(const void *a, const void *b)
{
	const Category *x = a;
	const Category *y = b;

	return compare_bytes(x->bytes, x->length, y->bytes, y->length);
}

/* The elements of an array without NULL, or -1 of them. */
static int
elements_of(ArrayType *array, Oid type, int16 length, bool by_value, char align, Datum **elements)
{
	bool	   *nulls;
	int			n;

	deconstruct_array(array, type, length, by_value, align, elements, &nulls, &n);
	for (int i = 0; i < n; i++)
		if (nulls[i])
			return -1;
	return n;
}

static bool
sort_categories(PramState *state, const Datum *categories, int n)
{
	state->sorted = palloc(n * sizeof(Category));
	state->text = palloc(n * sizeof(text *));
	for (int i = 0; i < n; i++)
	{
		state->text[i] = DatumGetTextPP(categories[i]);
		state->sorted[i] = (Category) {VARDATA_ANY(state->text[i]), VARSIZE_ANY_EXHDR(state->text[i]), i};
	}
	qsort(state->sorted, n, sizeof(Category), compare_categories);
	for (int i = 1; i < n; i++)
		if (compare_categories(&state->sorted[i - 1], &state->sorted[i]) == 0)
			return false;
	return true;
}

/* Matrix and categories; leaves n at 0 if they make no sense. */
static void
read_parameters(FunctionCallInfo fcinfo, PramState *state)
{
	Datum	   *categories;
	Datum	   *weights;
	double	   *weight;
	double	   *matrix;
	int			n;

	n = elements_of(PG_GETARG_ARRAYTYPE_P_COPY(ARG_CATEGORIES), TEXTOID, -1, false, TYPALIGN_INT, &categories);
	if (n < 2 || n > PR_PRAM_MOST ||
		elements_of(PG_GETARG_ARRAYTYPE_P(ARG_WEIGHTS), FLOAT8OID, 8, FLOAT8PASSBYVAL, TYPALIGN_DOUBLE, &weights) != n ||
		!sort_categories(state, categories, n))
		return;
	weight = palloc(n * sizeof(double));
	for (int i = 0; i < n; i++)
		weight[i] = DatumGetFloat8(weights[i]);
	matrix = palloc((Size) n * n * sizeof(double));
	state->threshold = palloc((Size) n * n * sizeof(uint64));
	if (pr_pram_matrix(n, weight, PG_GETARG_FLOAT8(ARG_DIAGONAL), PG_GETARG_FLOAT8(ARG_ALPHA), matrix) != PR_CORE_OK)
		return;
	pr_pram_thresholds(n, matrix, state->threshold);
	pfree(matrix);
	state->n = n;
}

static void
prepare_parameters(FunctionCallInfo fcinfo, PramState *state)
{
	MemoryContext old;

	if (state->known && state->constant)
		return;
	MemoryContextReset(state->context);
	old = MemoryContextSwitchTo(state->context);
	state->n = 0;
	read_parameters(fcinfo, state);
	MemoryContextSwitchTo(old);
	state->constant = true;
	for (int arg = ARG_CATEGORIES; arg <= ARG_ALPHA; arg++)
		state->constant = state->constant && pr_keyed_arg_is_constant(fcinfo->flinfo, arg);
	state->known = true;
}

static const Category *
find_category(const PramState *state, const text *value)
{
	Category	wanted = {VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value), 0};

	if (state->n == 0)
		return NULL;
	return bsearch(&wanted, state->sorted, state->n, sizeof(Category), compare_categories);
}

/* 64 bits that belong to the subject and the category. */
static uint64
draw(FunctionCallInfo fcinfo, PramState *state)
{
	uint8		seed[PR_HMAC_SIZE];
	PrStream	stream;
	PrBytes		bytes;
	uint8		first[8];
	uint64		u = 0;

	state->keyed.buffer.length = 0;
	pr_canonical_append_field(state->subject, PG_GETARG_DATUM(ARG_SUBJECT), &state->keyed.buffer);
	pr_canonical_append_field(state->value, PG_GETARG_DATUM(ARG_VALUE), &state->keyed.buffer);
	pr_keyed_digest(&state->keyed, seed);
	pr_stream_start(&stream, pr_hmac_prf, NULL, seed);
	bytes = pr_stream_bytes(&stream);
	if (pr_bytes_take(&bytes, first, sizeof(first)) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_EXTERNAL_ROUTINE_EXCEPTION),
				 errmsg("could not draw from a keyed stream")));
	for (int i = 0; i < 8; i++)
		u = u << 8 | first[i];
	pr_cleanse(&stream, sizeof(stream));
	return u;
}

Datum
privrelease_pram(PG_FUNCTION_ARGS)
{
	PramState  *state = fcinfo->flinfo->fn_extra;
	const Category *category;
	text	   *result;

	if (unlikely(state == NULL))
	{
		bool		is_new;

		state = pr_keyed_state(fcinfo, sizeof(PramState), &is_new);
		state->subject = pr_keyed_canonical(fcinfo, ARG_SUBJECT);
		state->value = pr_keyed_canonical(fcinfo, ARG_VALUE);
		state->context = AllocSetContextCreate(fcinfo->flinfo->fn_mcxt, "privrelease pram", ALLOCSET_DEFAULT_SIZES);
		fcinfo->flinfo->fn_extra = state;
	}
	if (!PR_KEYED_READY(&state->keyed))
		pr_keyed_prepare(fcinfo, &state->keyed, PR_PURPOSE_PRAM, ARG_KEY, ARG_DOMAIN);
	prepare_parameters(fcinfo, state);
	category = find_category(state, PG_GETARG_TEXT_PP(ARG_VALUE));
	if (category == NULL)
		PG_RETURN_NULL();
	result = state->text[pr_pram_choose(state->n, state->threshold, category->number, draw(fcinfo, state))];
	/* A copy: what is returned must outlive the state. */
	PG_RETURN_DATUM(PointerGetDatum(memcpy(palloc(VARSIZE_ANY(result)), result, VARSIZE_ANY(result))));
}

/* ---------- keyed orders ---------- */

typedef struct OrderState
{
	PrKeyed		keyed;
	PrCanonical *field[2];
} OrderState;

/* order of the first n arguments, which capability and domain follow */
static Datum
keyed_order(FunctionCallInfo fcinfo, PrPurpose purpose, int n)
{
	OrderState *state = fcinfo->flinfo->fn_extra;
	bytea	   *result;

	if (unlikely(state == NULL))
	{
		bool		is_new;

		state = pr_keyed_state(fcinfo, sizeof(OrderState), &is_new);
		for (int i = 0; i < n; i++)
			state->field[i] = pr_keyed_canonical(fcinfo, i);
		fcinfo->flinfo->fn_extra = state;
	}
	if (!PR_KEYED_READY(&state->keyed))
		pr_keyed_prepare(fcinfo, &state->keyed, purpose, n, n + 1);
	state->keyed.buffer.length = 0;
	for (int i = 0; i < n; i++)
		pr_canonical_append_field(state->field[i], PG_GETARG_DATUM(i), &state->keyed.buffer);
	result = palloc(VARHDRSZ + PR_HMAC_SIZE);
	SET_VARSIZE(result, VARHDRSZ + PR_HMAC_SIZE);
	pr_keyed_digest(&state->keyed, (uint8 *) VARDATA(result));
	PG_RETURN_BYTEA_P(result);
}

Datum
privrelease_shuffle_order(PG_FUNCTION_ARGS)
{
	return keyed_order(fcinfo, PR_PURPOSE_SHUFFLE, 2);
}

Datum
privrelease_rank_swap_order(PG_FUNCTION_ARGS)
{
	return keyed_order(fcinfo, PR_PURPOSE_RANKSWAP, 2);
}

Datum
privrelease_microaggregate_order(PG_FUNCTION_ARGS)
{
	return keyed_order(fcinfo, PR_PURPOSE_MICROAGGREGATE, 1);
}
