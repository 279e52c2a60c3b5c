/*
 * pr_fpe.c
 *		encrypt_fpe(): format-preserving encryption of the middle of a text, and
 *		decrypt_fpe(), by which the planner finds the row of a pseudonym.
 *
 * FF1 with AES-256 under the subkey of purpose "fpe"; the tweak is
 * enc("fpe", left part, right part), the parts in UTF-8 and normal form C.  The
 * result has the length and the alphabet of the input.
 *
 * NULL, never the value, where there is nothing to protect it with: a character
 * of the middle outside the alphabet, a middle of less than 10^6 possible values
 * or longer than FF1 is given (1024 characters), parameters that make no sense.
 */
#include "postgres.h"

#include "fmgr.h"
#include "mb/pg_wchar.h"
#include "utils/memutils.h"

#include "common/pr_compat.h"
#include "core/pr_enc.h"
#include "core/pr_ff1.h"
#include "transform/pr_keyed.h"
#include "transform/pr_mask.h"

PG_FUNCTION_INFO_V1(privrelease_encrypt_fpe);
PG_FUNCTION_INFO_V1(privrelease_decrypt_fpe);

#define ARG_VALUE 0
#define ARG_KEY 1
#define ARG_ALPHABET 2
#define ARG_LEFT 3
#define ARG_RIGHT 4

#define MAX_ALPHABET 4096		/* characters */

/* A character of any server encoding (at most 4 bytes) as a number. */
typedef struct Letter
{
	uint32		code;
	uint16		digit;
} Letter;

typedef struct FpeState
{
	PrKeyed		keyed;
	bool		alphabet_constant;
	bool		alphabet_known;
	bool		alphabet_ok;
	text	   *alphabet;		/* what the tables below are for */
	int			radix;
	int32		single[256];	/* digit of a one-byte character, or -1 */
	Letter	   *sorted;			/* by code */
	const char **letter;		/* in alphabet, by digit */
	int		   *letter_size;
} FpeState;

/* Size of the character at at, 0 if it is cut off at end. */
static int
character_size(const char *at, const char *end)
{
	int			size = pg_encoding_mblen(GetDatabaseEncoding(), at);

	return size > 0 && size <= end - at && size <= MAX_MULTIBYTE_CHAR_LEN ? size : 0;
}

static uint32
character_code(const char *at, int size)
{
	uint32		code = 0;

	while (size-- > 0)
		code = code << 8 | (uint8) *at++;
	return code;
}

static int
compare_letters(const void *a, const void *b)
{
	uint32		x = ((const Letter *) a)->code;
	uint32		y = ((const Letter *) b)->code;

	return x < y ? -1 : x > y;
}

/* Fill the tables; false unless the alphabet has 2 to MAX_ALPHABET different characters. */
static bool
read_alphabet(FpeState *state)
{
	const char *at = VARDATA_ANY(state->alphabet);
	const char *end = at + VARSIZE_ANY_EXHDR(state->alphabet);

	memset(state->single, -1, sizeof(state->single));
	for (state->radix = 0; at < end; state->radix++)
	{
		int			size = character_size(at, end);

		if (size == 0 || state->radix >= MAX_ALPHABET)
			return false;
		if (size == 1)
			state->single[(uint8) *at] = state->radix;
		state->sorted[state->radix].code = character_code(at, size);
		state->sorted[state->radix].digit = (uint16) state->radix;
		state->letter[state->radix] = at;
		state->letter_size[state->radix] = size;
		at += size;
	}
	qsort(state->sorted, state->radix, sizeof(Letter), compare_letters);
	for (int i = 1; i < state->radix; i++)
		if (state->sorted[i].code == state->sorted[i - 1].code)
			return false;
	return state->radix >= 2;
}

static void
prepare_alphabet(FunctionCallInfo fcinfo, FpeState *state)
{
	text	   *alphabet = PG_GETARG_TEXT_PP(ARG_ALPHABET);
	Size		length = VARSIZE_ANY_EXHDR(alphabet);
	Size		room = Min(length, MAX_ALPHABET) + 1;
	MemoryContext old;

	if (state->alphabet_known &&
		(state->alphabet_constant ||
		 (VARSIZE_ANY_EXHDR(state->alphabet) == length &&
		  memcmp(VARDATA_ANY(state->alphabet), VARDATA_ANY(alphabet), length) == 0)))
		return;
	if (state->alphabet_known)
	{
		pfree(state->alphabet);
		pfree(state->sorted);
		pfree(state->letter);
		pfree(state->letter_size);
	}
	state->alphabet_known = false;
	old = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);
	state->alphabet = PG_GETARG_TEXT_P_COPY(ARG_ALPHABET);
	state->sorted = palloc(room * sizeof(Letter));
	state->letter = palloc(room * sizeof(char *));
	state->letter_size = palloc(room * sizeof(int));
	MemoryContextSwitchTo(old);
	state->alphabet_constant = pr_keyed_arg_is_constant(fcinfo->flinfo, ARG_ALPHABET);
	state->alphabet_ok = read_alphabet(state);
	state->alphabet_known = true;
}

/* Digit of a character, -1 if it is not in the alphabet. */
static int
digit_of(const FpeState *state, const char *at, int size)
{
	Letter		key;
	Letter	   *found;

	if (size == 1)
		return state->single[(uint8) *at];
	key.code = character_code(at, size);
	found = bsearch(&key, state->sorted, state->radix, sizeof(Letter), compare_letters);
	return found != NULL ? found->digit : -1;
}

/* Number of characters; -1 if the text is cut off inside one. */
static int
count_characters(const char *at, const char *end)
{
	int			n = 0;

	for (; at < end; n++)
	{
		int			size = character_size(at, end);

		if (size == 0)
			return -1;
		at += size;
	}
	return n;
}

static const char *
skip_characters(const char *at, const char *end, int n)
{
	while (n-- > 0)
		at += character_size(at, end);
	return at;
}

static void
append_part(PrBuffer *buffer, const char *from, const char *to)
{
	Size		start = buffer->length;

	(void) pr_buffer_reserve(buffer, PR_ENC_LENGTH_SIZE);
	buffer->length += PR_ENC_LENGTH_SIZE;
	(void) pr_canonical_append_text(from, to - from, buffer);
	pr_enc_length(buffer->data + start, (uint32) (buffer->length - start - PR_ENC_LENGTH_SIZE));
}

/* enc("fpe", left, right) */
static void
encode_tweak(PrBuffer *buffer, const char *left, const char *left_end, const char *right, const char *right_end)
{
	const char *purpose = pr_purpose_name(PR_PURPOSE_FPE);
	Size		length = strlen(purpose);
	uint8	   *start;

	buffer->length = 0;
	start = pr_buffer_reserve(buffer, PR_ENC_TAG_SIZE + PR_ENC_FIELD_SIZE(length));
	buffer->length = pr_enc_field(pr_enc_start(start), purpose, (uint32) length) - start;
	append_part(buffer, left, left_end);
	append_part(buffer, right, right_end);
}

/* left || letters of the digits || right */
static text *
assemble(const FpeState *state, const char *left, const char *left_end, const uint16 *digits, int n,
		 const char *right, const char *right_end)
{
	Size		size = VARHDRSZ + (left_end - left) + (Size) n * MAX_MULTIBYTE_CHAR_LEN + (right_end - right);
	text	   *result = palloc(size);
	char	   *out = VARDATA(result);

	memcpy(out, left, left_end - left);
	out += left_end - left;
	for (int i = 0; i < n; i++)
	{
		memcpy(out, state->letter[digits[i]], state->letter_size[digits[i]]);
		out += state->letter_size[digits[i]];
	}
	memcpy(out, right, right_end - right);
	out += right_end - right;
	SET_VARSIZE(result, out - (char *) result);
	return result;
}

typedef PrCoreResult (*Ff1) (PrBlockCipher cipher, void *state, uint32_t radix, const uint8_t *tweak,
							 size_t tweak_length, uint16_t *digits, size_t length);

/* Both directions: the parts that are kept, and with them the tweak, are the same. */
static Datum
crypt_middle(FunctionCallInfo fcinfo, Ff1 ff1)
{
	bool		is_new;
	FpeState   *state = pr_keyed_state(fcinfo, sizeof(FpeState), &is_new);
	text	   *value = PG_GETARG_TEXT_PP(ARG_VALUE);
	int32		keep_left = PG_GETARG_INT32(ARG_LEFT);
	int32		keep_right = PG_GETARG_INT32(ARG_RIGHT);
	const char *start = VARDATA_ANY(value);
	const char *end = start + VARSIZE_ANY_EXHDR(value);
	const char *middle;
	const char *right;
	uint16		digits[PR_FF1_MAX_LENGTH];
	int64		n;
	const char *at;
	PrCoreResult rc;

	fcinfo->flinfo->fn_extra = state;
	pr_keyed_prepare_aes(fcinfo, &state->keyed, PR_PURPOSE_FPE, ARG_KEY);
	prepare_alphabet(fcinfo, state);
	if (!state->alphabet_ok || keep_left < 0 || keep_right < 0)
		PG_RETURN_NULL();

	n = (int64) count_characters(start, end) - keep_left - keep_right;
	if (n < 0 || n > PR_FF1_MAX_LENGTH || !pr_ff1_domain_ok(state->radix, (size_t) n))
		PG_RETURN_NULL();
	middle = skip_characters(start, end, keep_left);
	right = skip_characters(middle, end, (int) n);
	at = middle;
	for (int i = 0; i < n; i++)
	{
		int			size = character_size(at, end);
		int			digit = digit_of(state, at, size);

		if (digit < 0)
			PG_RETURN_NULL();
		digits[i] = (uint16) digit;
		at += size;
	}

	encode_tweak(&state->keyed.buffer, start, middle, right, end);
	rc = ff1(pr_aes_block, state->keyed.aes, state->radix, state->keyed.buffer.data,
			 state->keyed.buffer.length, digits, (size_t) n);
	if (rc == PR_CORE_PARAMETER)
		PG_RETURN_NULL();
	if (rc != PR_CORE_OK)
		ereport(ERROR,
				(errcode(ERRCODE_EXTERNAL_ROUTINE_EXCEPTION),
				 errmsg("could not apply format-preserving encryption")));
	PG_RETURN_TEXT_P(assemble(state, start, middle, digits, (int) n, right, end));
}

/* encrypt_fpe(value text, key capability, alphabet text, keep_left int4, keep_right int4) → text */
Datum
privrelease_encrypt_fpe(PG_FUNCTION_ARGS)
{
	return crypt_middle(fcinfo, pr_ff1_encrypt);
}

/* decrypt_fpe with the same arguments → text; NULL where no value can have this pseudonym */
Datum
privrelease_decrypt_fpe(PG_FUNCTION_ARGS)
{
	return crypt_middle(fcinfo, pr_ff1_decrypt);
}
