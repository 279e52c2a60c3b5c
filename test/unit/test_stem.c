/*
 * test_stem.c
 *		The cells of prefix(), against all short strings over hostile alphabets.
 *
 * What a stem selects must hold every value that the filter means, and of no
 * cell a part: values with one output lie inside together or outside together.
 */
#include <stdint.h>
#include <stdlib.h>

#include "core/pr_stem.h"
#include "tap.h"

/* A double-byte encoding in the manner of EUC: a lead byte and a trail byte, both above 0xA0. */
static int
euc_length(const char *s, size_t remaining)
{
	if ((unsigned char) s[0] < 0xA1)
		return (unsigned char) s[0] < 0x80;
	return remaining >= 2 && (unsigned char) s[1] >= 0xA1 ? 2 : 0;
}

static const PrCharset single = {PR_CHARSET_SINGLE_BYTE, NULL};
static const PrCharset utf8 = {PR_CHARSET_UTF8, NULL};
static const PrCharset euc = {PR_CHARSET_OTHER, euc_length};

static PrString
str(const char *s)
{
	return (PrString) {s, strlen(s)};
}

static int
compare(PrString a, PrString b)
{
	int			order = memcmp(a.bytes, b.bytes, a.length < b.length ? a.length : b.length);

	return order != 0 ? order : (a.length > b.length) - (a.length < b.length);
}

static bool
begins(PrString value, PrString with)
{
	return value.length >= with.length && memcmp(value.bytes, with.bytes, with.length) == 0;
}

/* ---------- all strings ---------- */

#define MAX_CHARACTERS 4
#define MAX_STRINGS 5000

typedef struct Value
{
	PrString	text;
	char		bytes[MAX_CHARACTERS * PR_TEXT_MAX_CHAR_BYTES + 1];
	int			characters;
	PrString	shown;			/* what prefix() makes of it */
	char		shown_bytes[(MAX_CHARACTERS + 1) * PR_TEXT_MAX_CHAR_BYTES];
	int			cell;			/* the first value with the same output */
} Value;

static Value values[MAX_STRINGS];
static int	n_values;

static void
add_strings(const char *const *alphabet, const char *start, int characters)
{
	Value	   *value = &values[n_values++];

	strcpy(value->bytes, start);
	value->text = str(value->bytes);
	value->characters = characters;
	if (characters < MAX_CHARACTERS)
		for (const char *const *letter = alphabet; *letter != NULL; letter++)
		{
			char		longer[sizeof(value->bytes)];

			strcat(strcpy(longer, start), *letter);
			add_strings(alphabet, longer, characters + 1);
		}
}

static void
show_strings(const PrCharset *charset, int n, PrString fill)
{
	for (int i = 0; i < n_values; i++)
	{
		Value	   *value = &values[i];

		value->shown = (PrString) {value->shown_bytes, pr_text_prefix(charset, value->text, n, fill, value->shown_bytes)};
		for (value->cell = 0; compare(values[value->cell].shown, value->shown) != 0; value->cell++)
			;
	}
}

/* The stem's end, written into room of the promised size; length 0: none, and then nothing is said. */
static PrString
successor(const PrCharset *charset, PrString stem, char **room)
{
	*room = malloc(stem.length + PR_STEM_GROWTH);
	return (PrString) {*room, pr_stem_successor(charset, stem, *room)};
}

/* From just after the stem up to its end, as the SQL function has it. */
static bool
is_selected(PrString value, PrString stem, PrString end)
{
	return compare(value, stem) > 0 && compare(value, end) < 0;
}

static bool
is_meant(const Value *value, PrString text, bool whole)
{
	return whole ? compare(value->shown, text) == 0 : begins(value->shown, text);
}

/* One filter against all values. */
static void
check_filter(const PrCharset *charset, PrString text, bool whole, int n, PrString fill, bool *selected)
{
	size_t		length = 0;
	PrStemResult result = pr_stem_of(charset, text, whole, n, fill, &length);
	PrString	stem = {text.bytes, length};
	PrString	end;
	char	   *room;

	if (result == PR_STEM_NONE)
		for (int i = 0; i < n_values; i++)
			CHECK(!is_meant(&values[i], text, whole));
	if (result != PR_STEM_RANGE)
		return;
	CHECK(length > 0 && length <= text.length);
	end = successor(charset, stem, &room);
	for (int i = 0; i < n_values && end.length > 0; i++)
	{
		selected[i] = is_selected(values[i].text, stem, end);
		CHECK(selected[i] || !is_meant(&values[i], text, whole));
		CHECK(selected[i] == selected[values[i].cell]);
	}
	free(room);
}

/* The whole output of a longer value is one cell and nothing else; so that the rule "nothing can be said" is no way out. */
static void
check_exact(const PrCharset *charset, const Value *value, int n, PrString fill)
{
	size_t		length;
	PrString	stem;
	PrString	end;
	char	   *room;

	if (value->characters <= n || memcmp(value->shown.bytes + value->shown.length - 2 * fill.length, fill.bytes, fill.length) == 0)
		return;
	CHECK(pr_stem_of(charset, value->shown, true, n, fill, &length) == PR_STEM_RANGE);
	stem = (PrString) {value->shown.bytes, length};
	CHECK(length == value->shown.length - fill.length && begins(value->text, stem));
	end = successor(charset, stem, &room);
	for (int i = 0; i < n_values && end.length > 0; i++)
		CHECK(is_selected(values[i].text, stem, end) == (values[i].cell == value->cell));
	free(room);
}

static void
check_alphabet(const PrCharset *charset, const char *const *alphabet, const char *const *fills)
{
	static bool selected[MAX_STRINGS];

	n_values = 0;
	add_strings(alphabet, "", 0);
	for (; *fills != NULL; fills++)
		for (int n = 1; n < MAX_CHARACTERS; n++)
		{
			show_strings(charset, n, str(*fills));
			for (int i = 0; i < n_values; i++)
			{
				check_filter(charset, values[i].text, true, n, str(*fills), selected);
				check_filter(charset, values[i].text, false, n, str(*fills), selected);
				if (values[i].cell == i)
					check_exact(charset, &values[i], n, str(*fills));
			}
		}
}

static void
test_cells(void)
{
	static const char *const ascii[] = {"*", "!", "a", "b", "\001", NULL};
	static const char *const last[] = {"*", "~", "\x7F", "a", NULL};
	static const char *const wide[] = {"*", "\xC3\xA9", "\xE5\x8C\x97", "\xED\x9F\xBF", "\xEE\x80\x80", NULL};
	static const char *const ends[] = {"*", "\x7F", "\xC2\x80", "\xDF\xBF", "\xF4\x8F\xBF\xBF", NULL};
	static const char *const star[] = {"*", NULL};
	static const char *const star_and_a[] = {"*", "a", NULL};
	static const char *const star_and_e[] = {"*", "\xC3\xA9", NULL};
	static const char *const star_and_end[] = {"*", "\xF4\x8F\xBF\xBF", NULL};

	check_alphabet(&utf8, ascii, star_and_a);
	done("ASCII: a stem selects whole cells, and every value that is meant");
	check_alphabet(&utf8, last, star);
	done("the last ASCII characters: the same");
	check_alphabet(&utf8, wide, star_and_e);
	done("more bytes, and both sides of the surrogates: the same");
	check_alphabet(&utf8, ends, star_and_end);
	done("where characters get longer, and the last of all: the same");
}

/* Other encodings: what has an end is right, and what is not ASCII has none. */
static void
test_encodings(void)
{
	static const char *const letters[] = {"*", "a", "b", "~", "\xE9", NULL};
	static const char *const of_euc[] = {"*", "a", "~", "\xB0\xA1", "\xB0\xFE", NULL};
	static const char *const star[] = {"*", NULL};
	char		out[16];

	check_alphabet(&single, letters, star);
	check_alphabet(&euc, of_euc, star);
	CHECK(pr_stem_successor(&single, str("\xE9"), out) == 0 && pr_stem_successor(&single, str("a\xE9"), out) == 0);
	CHECK(pr_stem_successor(&single, str("\x7F"), out) == 0 && pr_stem_successor(&euc, str("\xB0\xA1"), out) == 0);
	CHECK(pr_stem_successor(&euc, str("a\xB0\xA1"), out) == 0);
	CHECK(pr_stem_successor(&single, str("a~"), out) == 2 && memcmp(out, "a\x7F", 2) == 0);
	done("single-byte and EUC");
}

/* ---------- successors ---------- */

static size_t
put(uint32_t code, char *out)
{
	static const unsigned char marks[] = {0, 0, 0xC0, 0xE0, 0xF0};
	size_t		length = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;

	for (size_t i = length - 1; i > 0; i--, code >>= 6)
		out[i] = (char) (0x80 | (code & 0x3F));
	out[0] = (char) (marks[length] | code);
	return length;
}

/* Every character, alone and after another: its successor is the next character. */
static void
test_every_character(void)
{
	uint32_t	code = 1;

	while (code < 0x10FFFF)
	{
		uint32_t	next = code == 0xD7FF ? 0xE000 : code + 1;
		char		stem[8];
		char		expected[8];
		char		out[8 + PR_STEM_GROWTH];
		size_t		length = put(code, stem);
		size_t		wanted = put(next, expected);

		CHECK(pr_stem_successor(&utf8, (PrString) {stem, length}, out) == wanted && memcmp(out, expected, wanted) == 0);
		CHECK(wanted <= length + PR_STEM_GROWTH && pr_text_char_length(&utf8, out, wanted) == (int) wanted);
		code = next;
	}
	done("the successor of every character is the next one");
}

static void
test_no_successor(void)
{
	char		out[64];
	char		longest[PR_TEXT_MAX_CHARS * PR_TEXT_MAX_CHAR_BYTES];
	char	   *room = malloc(sizeof(longest) + PR_STEM_GROWTH);

	CHECK(pr_stem_successor(&utf8, str(""), out) == 0);
	CHECK(pr_stem_successor(&utf8, str("\xF4\x8F\xBF\xBF"), out) == 0);
	CHECK(pr_stem_successor(&utf8, str("\xF4\x8F\xBF\xBF\xF4\x8F\xBF\xBF"), out) == 0);
	CHECK(pr_stem_successor(&utf8, str("a\xF4\x8F\xBF\xBF"), out) == 1 && out[0] == 'b');
	CHECK(pr_stem_successor(&utf8, str("\x80"), out) == 0 && pr_stem_successor(&utf8, str("a\xC3"), out) == 0);
	for (size_t i = 0; i < sizeof(longest); i += 4)
		memcpy(longest + i, "\xF4\x8F\xBF\xBF", 4);
	CHECK(pr_stem_successor(&utf8, (PrString) {longest, sizeof(longest)}, room) == 0);
	memcpy(longest, "\xF3\xBF\xBF\xBF", 4);
	CHECK(pr_stem_successor(&utf8, (PrString) {longest, sizeof(longest)}, room) == 4 && memcmp(room, "\xF4\x80\x80\x80", 4) == 0);
	free(room);
	done("the last characters have no successor");
}

/* ---------- chosen filters ---------- */

static bool
gives(const char *text, bool whole, int n, const char *fill, PrStemResult wanted, size_t wanted_length)
{
	size_t		length = 0;

	return pr_stem_of(&utf8, str(text), whole, n, str(fill), &length) == wanted &&
		(wanted != PR_STEM_RANGE || length == wanted_length);
}

static void
test_chosen(void)
{
	CHECK(gives("abc*", true, 3, "*", PR_STEM_RANGE, 3) && gives("abc", false, 3, "*", PR_STEM_RANGE, 3));
	CHECK(gives("abc*", false, 3, "*", PR_STEM_RANGE, 3) && gives("a", false, 3, "*", PR_STEM_RANGE, 1));
	/* two of three characters would cut the cell of "ab" and "ax" */
	CHECK(gives("ab", false, 3, "*", PR_STEM_RANGE, 1) && gives("ab**", true, 3, "*", PR_STEM_RANGE, 1));
	CHECK(gives("****", true, 3, "*", PR_STEM_ALL, 0) && gives("*", false, 3, "*", PR_STEM_ALL, 0));
	CHECK(gives("", false, 3, "*", PR_STEM_ALL, 0) && gives("", true, 3, "*", PR_STEM_NONE, 0));
	CHECK(gives("abc", true, 3, "*", PR_STEM_NONE, 0) && gives("abcd", true, 3, "*", PR_STEM_NONE, 0));
	CHECK(gives("abcd", false, 3, "*", PR_STEM_NONE, 0) && gives("abc**", false, 3, "*", PR_STEM_NONE, 0));
	/* what makes no sense says nothing */
	CHECK(gives("abc*", true, 0, "*", PR_STEM_ALL, 0) && gives("abc*", true, PR_TEXT_MAX_CHARS + 1, "*", PR_STEM_ALL, 0));
	CHECK(gives("abc*", true, 3, "", PR_STEM_ALL, 0) && gives("abc*", true, 3, "**", PR_STEM_ALL, 0));
	CHECK(gives("ab\xC3", false, 3, "*", PR_STEM_ALL, 0) && gives("\xFF", false, 1, "*", PR_STEM_ALL, 0));
	done("chosen filters");
}

int
main(void)
{
	test_chosen();
	test_cells();
	test_encodings();
	test_every_character();
	test_no_successor();
	return finish();
}
