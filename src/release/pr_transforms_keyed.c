/*
 * pr_transforms_keyed.c
 *		Rules whose result depends on a key: pseudonyms, substitutes, noise, shifts.
 *
 * The key argument of the rendered call is a capability, a constant that only
 * a superuser's input can make (src/transform/pr_capability.c).  A build makes
 * it while elevated; the audience that runs the view cannot make another.
 */
#include "postgres.h"

#include "catalog/pg_index.h"
#include "catalog/pg_type.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/relcache.h"

#include "common/pr_compat.h"
#include "common/pr_error.h"
#include "release/pr_render.h"
#include "transform/pr_canonical.h"

#define DEFAULT_KEY "default"

void
pr_render_capability(StringInfo out, const PrRelease *release, const PrRule *rule)
{
	if (release->capabilities != NULL)
		appendStringInfo(out, ", %s", pr_capability_param(release->capabilities, rule->key, rule->key_version));
	else
		appendStringInfo(out, ", '%d.%d'::privrelease.capability", rule->key, rule->key_version);
}

/* The value as the type whose canonical bytes are hashed: kinds of text are one type, domains their base. */
static void
render_canonical(StringInfo out, const PrRule *rule)
{
	pr_render_column(out, rule, pr_canonical_supports(rule->type) ? rule->type : TEXTOID);
}

static void
render_subject(StringInfo out, const PrRelease *release)
{
	appendStringInfo(out, ", s.%s", quote_identifier(release->subject));
}

/* ---------- pseudonymize ---------- */

static const PrParam pseudonymize_params[] = {
	{"key", PR_PARAM_KEY, DEFAULT_KEY},
	{"domain", PR_PARAM_TEXT},
	{"as", PR_PARAM_TEXT, "text", false, 0, 0, "text|uuid|bigint"},
	{NULL}
};

static void
check_pseudonymize(const PrRelease *release, Relation rel, PrRule *rule)
{
	if (pr_param_bool(rule, "unique") && strcmp(pr_param(rule, "as"), "bigint") == 0)
		pr_refuse_param(rule, "as", "be text or uuid where the column must stay unique: 63 bits collide");
}

static void
render_pseudonymize(StringInfo out, const PrRelease *release, const PrRule *rule, int output)
{
	char	   *as = pr_param(rule, "as");

	appendStringInfo(out, "privrelease.pseudonymize%s%s(",
					 strcmp(as, "text") == 0 ? "" : "_", strcmp(as, "text") == 0 ? "" : as);
	render_canonical(out, rule);
	pr_render_capability(out, release, rule);
	pr_render_literal(out, rule->domain, TEXTOID);
	appendStringInfoChar(out, ')');
}

const PrTransform pr_pseudonymize = {
	.name = "pseudonymize",
	.family = "pseudonymization",
	.input = "plain built-in types (text, numbers, dates and times, boolean, uuid, inet, bytea, json and more), enum, and arrays of these",
	.params = pseudonymize_params,
	.key_use = PR_KEY_ROTATES,
	.has_domain = true,
	.injective = true,
	.accepts = pr_type_canonical,
	.check = check_pseudonymize,
	.render = render_pseudonymize,
	.leaves_open = "which rows share a value, and how often; linkable within its domain; rows keep the order of the table; whoever has the key can test guesses",
};

/* ---------- encrypt_fpe ---------- */

static const PrParam encrypt_fpe_params[] = {
	{"key", PR_PARAM_KEY, DEFAULT_KEY},
	{"alphabet", PR_PARAM_TEXT, "0123456789"},
	{"keep_left", PR_PARAM_INT, "0", false, 0, 1000},
	{"keep_right", PR_PARAM_INT, "0", false, 0, 1000},
	{NULL}
};

#define FPE_LEAST_DOMAIN 1000000	/* NIST SP 800-38G Rev. 1: radix^length of at least a million */

static int
alphabet_size(const PrRule *rule)
{
	char	   *alphabet = pr_param(rule, "alphabet");
	int			size = 0;

	for (char *at = alphabet; *at != '\0'; at += pg_mblen(at), size++)
		for (char *other = alphabet; other < at; other += pg_mblen(other))
			if (pg_mblen(at) == pg_mblen(other) && memcmp(at, other, pg_mblen(at)) == 0)
				pr_refuse_param(rule, "alphabet", "have no character twice");
	if (size < 2)
		pr_refuse_param(rule, "alphabet", "have at least two characters");
	return size;
}

static int
least_length(int radix)
{
	int			length = 1;

	for (double domain = radix; domain < FPE_LEAST_DOMAIN; domain *= radix)
		length++;
	return Max(length, 2);
}

/* Where the column must stay unique, every value must fit: those that do not become NULL. */
static void
require_all_fit(const PrRelease *release, const PrRule *rule, int least)
{
	int			left = pr_param_int(rule, "keep_left");
	int			right = pr_param_int(rule, "keep_right");
	const char *column = psprintf("s.%s::text", quote_identifier(rule->column_name));
	char	   *misfit;

	misfit = pr_source_aggregate(release, psprintf("bool_or(char_length(%s) < %d OR translate(substr(%s, %d,"
												   " greatest(char_length(%s) - %d, 0)), %s, '') <> '')",
												   column, least, column, left + 1, column, left + right,
												   quote_literal_cstr(pr_param(rule, "alphabet"))));
	if (misfit != NULL && misfit[0] == 't')
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("column \"%s\" holds values that transform \"encrypt_fpe\" cannot encrypt", rule->column_name),
				 errdetail("They are too short or have characters outside the alphabet, and would all become NULL."),
				 errhint("Mend these values, or leave out \"unique\".")));
}

/* Refuse a column in which no value is long enough to hide among a million. */
static void
check_encrypt_fpe(const PrRelease *release, Relation rel, PrRule *rule)
{
	int			kept = pr_param_int(rule, "keep_left") + pr_param_int(rule, "keep_right");
	int			least = least_length(alphabet_size(rule)) + kept;
	char	   *longest;

	longest = pr_source_aggregate(release, psprintf("max(char_length(s.%s::text))", quote_identifier(rule->column_name)));
	if (longest != NULL && atoi(longest) < least)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("values of column \"%s\" are too short for transform \"encrypt_fpe\"", rule->column_name),
				 errdetail("With these parameters a value needs at least %d characters; shorter ones could be tried out.", least),
				 errhint("Use a larger alphabet, keep fewer characters, or pseudonymize the column.")));
	if (pr_param_bool(rule, "unique"))
		require_all_fit(release, rule, least);
}

static void
render_encrypt_fpe(StringInfo out, const PrRelease *release, const PrRule *rule, int output)
{
	appendStringInfoString(out, "privrelease.encrypt_fpe(");
	pr_render_column(out, rule, TEXTOID);
	pr_render_capability(out, release, rule);
	pr_render_param(out, rule, "alphabet", TEXTOID);
	pr_render_param(out, rule, "keep_left", INT4OID);
	pr_render_param(out, rule, "keep_right", INT4OID);
	appendStringInfoChar(out, ')');
}

const PrTransform pr_encrypt_fpe = {
	.name = "encrypt_fpe",
	.family = "pseudonymization",
	.input = "text",
	.params = encrypt_fpe_params,
	.key_use = PR_KEY_ROTATES,
	.injective = true,
	.accepts = pr_type_text,
	.check = check_encrypt_fpe,
	.render = render_encrypt_fpe,
	.leaves_open = "length, alphabet, kept characters and which rows share a value; rows keep the order of the table; whoever has the key can reverse it; values that do not fit become NULL",
};

/* ---------- fake ---------- */

static const PrParam fake_params[] = {
	{"dictionary", PR_PARAM_TEXT, NULL, true},
	{"key", PR_PARAM_KEY, DEFAULT_KEY},
	{"domain", PR_PARAM_TEXT},
	{NULL}
};

static void
render_fake(StringInfo out, const PrRelease *release, const PrRule *rule, int output)
{
	appendStringInfoString(out, "privrelease.fake(");
	pr_render_column(out, rule, TEXTOID);
	pr_render_capability(out, release, rule);
	pr_render_literal(out, psprintf("%d", rule->dictionary), INT4OID);
	pr_render_literal(out, rule->domain, TEXTOID);
	appendStringInfoChar(out, ')');
}

const PrTransform pr_fake = {
	.name = "fake",
	.family = "pseudonymization",
	.input = "text, enum",
	.params = fake_params,
	.key_use = PR_KEY_ROTATES,
	.has_domain = true,
	.accepts = pr_type_text_or_enum,
	.render = render_fake,
	.leaves_open = "which rows share a value, but for collisions; how often the common values occur",
};

/* ---------- noise ---------- */

static const PrParam noise_params[] = {
	{"distribution", PR_PARAM_TEXT, "laplace", false, 0, 0, "laplace|gaussian"},
	{"scale", PR_PARAM_NUMBER, NULL, true},
	{"grid", PR_PARAM_NUMBER},
	{"bottom", PR_PARAM_NUMBER},
	{"top", PR_PARAM_NUMBER},
	{"key", PR_PARAM_KEY, DEFAULT_KEY},
	{"domain", PR_PARAM_TEXT},
	{"per_row", PR_PARAM_ROW},
	{NULL}
};

/* Grid steps that the samplers take at most: their integers must not overflow. */
#define NOISE_MOST_LAPLACE "1099511627776"	/* 2^40 */
#define NOISE_MOST_GAUSSIAN "33554432"	/* 2^25 */

/* The declared grid, else the scale that the column's type declares. */
static char *
noise_grid(const PrRule *rule)
{
	char	   *grid = pr_param(rule, "grid");

	if (grid != NULL)
		return grid;
	if (pr_type_integer(rule->type))
		return pstrdup("1");
	if (rule->type == NUMERICOID && rule->typmod >= (int32) VARHDRSZ)
	{
		int			scale = (rule->typmod - VARHDRSZ) & 0x7ff;

		if (scale == 0)
			return pstrdup("1");
		if (scale <= 1000)
			return psprintf("0.%0*d", scale, 1);
	}
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("transform \"noise\" on column \"%s\" needs parameter \"grid\"", rule->column_name),
			 errdetail("Values are rounded to a grid before noise is added; type %s declares none.",
					   pr_type_name(rule->declared, rule->typmod)),
			 errhint("For example '{\"scale\": 5, \"grid\": 0.01}'.")));
}

static void
check_noise_bound(const PrRule *rule, const char *param, const char *grid)
{
	char	   *bound = pr_param(rule, param);

	if (bound == NULL)
		return;
	if (!pr_number_fits(bound, rule->type))
		pr_refuse_param(rule, param, psprintf("fit the column's type %s", pr_type_name(rule->type, -1)));
	if (!pr_number_is_multiple(bound, grid))
		pr_refuse_param(rule, param, psprintf("be a multiple of the grid, %s", grid));
}

/*
 * The columns that tell one subject's rows apart: what the rule names, or the
 * primary key.  Never ctid or anything that a reload would give out anew.
 */
static void
add_used_column(PrRule *rule, Relation rel, AttrNumber attnum)
{
	PrColumn   *column = palloc(sizeof(PrColumn));

	column->attnum = attnum;
	column->name = pstrdup(NameStr(TupleDescAttr(RelationGetDescr(rel), attnum - 1)->attname));
	column->type = pr_column_type(rel, attnum);
	if (!pr_canonical_supports(getBaseType(TupleDescAttr(RelationGetDescr(rel), attnum - 1)->atttypid)))
		pr_refuse_param(rule, "per_row", psprintf("name columns of plain types, which \"%s\" is not", column->name));
	rule->used = lappend(rule->used, column);
}

static void
add_row_columns(Relation rel, PrRule *rule)
{
	char	   *per_row = pr_param(rule, "per_row");
	Oid			pkey;

	rule->used = NIL;
	if (per_row == NULL || strcmp(per_row, "false") == 0)
		return;
	if (strcmp(per_row, "true") != 0)
	{
		AttrNumber	attnum = pr_find_column(rel, per_row);

		if (attnum == InvalidAttrNumber)
			pr_refuse_param(rule, "per_row", "name a column of the source");
		add_used_column(rule, rel, attnum);
		return;
	}

	RelationGetIndexList(rel);
	pkey = rel->rd_pkindex;
	if (!OidIsValid(pkey))
		pr_refuse_param(rule, "per_row", "name a column, since the source has no primary key");
	else
	{
		Relation	index = RelationIdGetRelation(pkey);

		for (int i = 0; i < index->rd_index->indnkeyatts; i++)
			add_used_column(rule, rel, index->rd_index->indkey.values[i]);
		RelationClose(index);
	}
}

/* What makes two draws of one value the same draw. */
static char *
describe_draw(const PrRelease *release, const PrRule *rule, const char *scale, const char *grid)
{
	StringInfoData out;
	ListCell   *cell;

	initStringInfo(&out);
	appendStringInfo(&out, "%s scale %s grid %s subject %d", pr_param(rule, "distribution"), scale, grid,
					 release->subject_attnum);
	foreach(cell, rule->used)
		appendStringInfo(&out, " %d", ((PrColumn *) lfirst(cell))->attnum);
	return out.data;
}

static void
check_noise(const PrRelease *release, Relation rel, PrRule *rule)
{
	char	   *scale = pr_param(rule, "scale");
	char	   *grid = noise_grid(rule);
	bool		gaussian = strcmp(pr_param(rule, "distribution"), "gaussian") == 0;
	const char *most = gaussian ? NOISE_MOST_GAUSSIAN : NOISE_MOST_LAPLACE;

	if (!pr_number_fits(grid, rule->type) || pr_number_compare(grid, "0") <= 0)
		pr_refuse_param(rule, "grid", "be a number of the column's type greater than 0");
	if (strlen(scale) > 100 || pr_number_compare(scale, grid) < 0)
		pr_refuse_param(rule, "scale", psprintf("be at least the grid, %s: less noise hides nothing", grid));
	if (pr_number_compare(scale, pr_number_product(grid, most)) > 0)
		pr_refuse_param(rule, "scale", psprintf("be at most %s times the grid: use a coarser grid", most));
	check_noise_bound(rule, "bottom", grid);
	check_noise_bound(rule, "top", grid);
	if (pr_param(rule, "bottom") != NULL && pr_param(rule, "top") != NULL &&
		pr_number_compare(pr_param(rule, "bottom"), pr_param(rule, "top")) >= 0)
		pr_refuse_param(rule, "bottom", "be less than \"top\"");
	add_row_columns(rel, rule);
	rule->draw = describe_draw(release, rule, scale, grid);
}

static void
render_noise(StringInfo out, const PrRelease *release, const PrRule *rule, int output)
{
	char	   *bottom = pr_param(rule, "bottom");
	char	   *top = pr_param(rule, "top");

	appendStringInfoString(out, "privrelease.noise(");
	pr_render_column(out, rule, rule->type);
	render_subject(out, release);
	pr_render_capability(out, release, rule);
	pr_render_literal(out, rule->domain, TEXTOID);
	pr_render_param(out, rule, "distribution", TEXTOID);
	pr_render_param(out, rule, "scale", NUMERICOID);
	pr_render_literal(out, noise_grid(rule), NUMERICOID);
	pr_render_literal(out, bottom != NULL ? bottom : "-Infinity", NUMERICOID);
	pr_render_literal(out, top != NULL ? top : "Infinity", NUMERICOID);
	if (list_length(rule->used) == 1)
		appendStringInfo(out, ", s.%s", quote_identifier(((PrColumn *) linitial(rule->used))->name));
	else if (rule->used != NIL)
	{
		/* A composite key is one value: the array of its columns' pseudonyms needs no common type. */
		ListCell   *cell;

		appendStringInfoString(out, ", ARRAY[");
		foreach(cell, rule->used)
		{
			appendStringInfo(out, "%sprivrelease.pseudonymize(s.%s", cell == list_head(rule->used) ? "" : ", ",
							 quote_identifier(((PrColumn *) lfirst(cell))->name));
			pr_render_capability(out, release, rule);
			pr_render_literal(out, rule->domain, TEXTOID);
			appendStringInfoChar(out, ')');
		}
		appendStringInfoChar(out, ']');
	}
	appendStringInfoChar(out, ')');
}

const PrTransform pr_noise = {
	.name = "noise",
	.family = "randomization",
	.input = "smallint, integer, bigint, numeric, real, double precision",
	.params = noise_params,
	.key_use = PR_KEY_STAYS,
	.has_domain = true,
	.needs_subject = true,
	.accepts = pr_type_number,
	.check = check_noise,
	.render = render_noise,
	.leaves_open = "the rough size; that a value did not change; outliers, where the noise is small against the spread; rows keep the order of the table",
};

/* ---------- date_shift ---------- */

static const PrParam date_shift_params[] = {
	{"max_days", PR_PARAM_INT, NULL, true, 1, 36500},
	{"key", PR_PARAM_KEY, DEFAULT_KEY},
	{NULL}
};

static void
check_date_shift(const PrRelease *release, Relation rel, PrRule *rule)
{
	rule->draw = psprintf("%s subject %d", pr_param(rule, "max_days"), release->subject_attnum);
}

static void
render_date_shift(StringInfo out, const PrRelease *release, const PrRule *rule, int output)
{
	appendStringInfoString(out, "privrelease.date_shift(");
	pr_render_column(out, rule, rule->type);
	render_subject(out, release);
	pr_render_capability(out, release, rule);
	pr_render_param(out, rule, "max_days", INT4OID);
	appendStringInfoChar(out, ')');
}

const PrTransform pr_date_shift = {
	.name = "date_shift",
	.family = "randomization",
	.input = "date, timestamp, timestamp with time zone",
	.params = date_shift_params,
	.key_use = PR_KEY_STAYS,
	.needs_subject = true,
	.accepts = pr_type_calendar,
	.check = check_date_shift,
	.render = render_date_shift,
	.leaves_open = "the days between two dates of one person; one known date reveals the others",
};
