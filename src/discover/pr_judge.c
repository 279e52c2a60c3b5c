/*
 * pr_judge.c
 *		From facts to a proposal: what a column is.
 *
 * Evidence is a column's name, the form of its values, their check digits, its
 * type, and how many values are different.  Each makes a candidate with a
 * score, the best is proposed.  A value that has a form but fails its check
 * counts half: that lowers the score, and clears nothing, since numbers that
 * were mistyped or issued wrongly are numbers all the same.  A few values that
 * pass a strong check are enough, whatever the column's name says: e-mail
 * addresses among remarks name persons.
 *
 * Doubt is safe: of what nothing is known, the proposal is what an unclassified
 * column counts as.  Nothing is ever proposed to be insensitive.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "discover/pr_facts.h"

typedef struct Detector
{
	const char *name;
	const char *kind;
	const char *category;
	double		strength;		/* of form and check: a passport number looks like many a code */
	double		alone;			/* share of values that pass, which tells without a telling name */
	double		alone_form;		/* the same for the form without the check; above 1: never */
} Detector;

#define NEVER 2.0

static const Detector detectors[PR_N_DETECTORS] = {
	[PR_DETECT_RESIDENT_ID] = {"resident_id", PR_IDENTIFIER, "identity_document", 1.0, 0.01, 0.5},
	[PR_DETECT_CREDIT_CODE] = {"credit_code", PR_IDENTIFIER, "identity_document", 1.0, 0.5, NEVER},
	[PR_DETECT_PASSPORT] = {"passport", PR_IDENTIFIER, "identity_document", 0.5, 0.8, NEVER},
	[PR_DETECT_TRAVEL_PERMIT] = {"travel_permit", PR_IDENTIFIER, "identity_document", 0.5, 0.9, NEVER},
	[PR_DETECT_BANK_CARD] = {"bank_card", PR_IDENTIFIER, "finance", 0.9, 0.5, NEVER},
	[PR_DETECT_CREDIT_CARD] = {"credit_card", PR_IDENTIFIER, "finance", 0.8, 0.5, NEVER},
	[PR_DETECT_IBAN] = {"iban", PR_IDENTIFIER, "finance", 1.0, 0.1, NEVER},
	[PR_DETECT_IMEI] = {"imei", PR_IDENTIFIER, "device", 0.7, 0.8, NEVER},
	[PR_DETECT_LICENCE_PLATE] = {"licence_plate", PR_IDENTIFIER, "property", 0.9, 0.3, NEVER},
	[PR_DETECT_MOBILE] = {"mobile", PR_IDENTIFIER, "basic", 0.8, 0.2, NEVER},
	[PR_DETECT_LANDLINE] = {"landline", PR_IDENTIFIER, "basic", 0.6, 0.8, NEVER},
	[PR_DETECT_PHONE] = {"phone", PR_IDENTIFIER, "basic", 0.8, 0.3, NEVER},
	[PR_DETECT_EMAIL] = {"email", PR_IDENTIFIER, "basic", 1.0, 0.05, NEVER},
	[PR_DETECT_IP] = {"ip", PR_IDENTIFIER, "network_identity", 0.9, 0.5, NEVER},
	[PR_DETECT_MAC] = {"mac", PR_IDENTIFIER, "device", 0.9, 0.3, NEVER},
	[PR_DETECT_URL] = {"url", PR_IDENTIFIER, "network_identity", 0.5, 0.5, NEVER},
	[PR_DETECT_PERSON_NAME] = {"person_name", PR_IDENTIFIER, "basic", 0.35, 0.7, NEVER},
	[PR_DETECT_SEX] = {"sex", PR_QUASI_IDENTIFIER, "basic", 0.8, 0.95, NEVER},
	[PR_DETECT_ETHNIC_GROUP] = {"ethnic_group", PR_QUASI_IDENTIFIER, "basic", 0.8, 0.9, NEVER},
	[PR_DETECT_DATE] = {"date", PR_QUASI_IDENTIFIER, NULL, 0.3, 0.9, NEVER},
};

#define SCORE_NAME 0.4
#define SCORE_ALONE 0.5
#define SCORE_MATCHED 0.6
#define SCORE_KEY 0.35
#define SCORE_UUID 0.3
#define SCORE_FREE_TEXT 0.26
#define SCORE_DISTINCT 0.25
#define SCORE_TIME 0.2
#define SCORE_NUMBERS 0.15
#define SCORE_DOCUMENT 0.1

/* Below this many values, that all are different says nothing. */
#define FEW_VALUES 20
#define NEARLY_ALL 0.95
#define MANY_TEXTS 0.3

#define NOT_LOOKED_AT (-1.0)

static void
suggest(PrProposal *best, const char *detector, const char *kind, const char *category, double matched, double score)
{
	if (score <= best->score)
		return;
	best->detector = detector;
	best->kind = kind;
	best->category = category;
	best->matched = matched;
	best->score = score;
}

static double
share(uint64 part, uint64 whole)
{
	return whole == 0 ? 0 : (double) part / whole;
}

/* ---------- name, form, check ---------- */

bool
pr_has_detectors(const PrFacts *facts)
{
	return facts->read && (facts->kind == PR_OF_TEXT || facts->kind == PR_OF_NUMBER);
}

/* Of numbers only what digits alone can be. */
bool
pr_detector_fits(const PrFacts *facts, PrDetector detector)
{
	if (!pr_has_detectors(facts))
		return false;
	return facts->kind == PR_OF_TEXT || detector == PR_DETECT_RESIDENT_ID || detector == PR_DETECT_BANK_CARD ||
		detector == PR_DETECT_CREDIT_CARD || detector == PR_DETECT_IMEI || detector == PR_DETECT_MOBILE || detector == PR_DETECT_DATE;
}

/* The category of a name is more exact: a child's name is a name. */
static const char *
category_of(const Detector *detector, const PrTopic *topic)
{
	return topic != NULL ? topic->category : detector->category;
}

/* Returns whether the name's topic is one that values were asked for. */
static bool
judge_values(const PrFacts *facts, const PrTopic *topic, PrProposal *best)
{
	bool		asked = false;

	for (int i = 0; i < PR_N_DETECTORS; i++)
	{
		const Detector *d = &detectors[i];
		double		form = share(facts->form[i], facts->filled);
		double		full = share(facts->full[i], facts->filled);
		double		matched = facts->filled > 0 ? (form + full) / 2 : NOT_LOOKED_AT;
		bool		named = topic != NULL && strcmp(topic->detector, d->name) == 0;
		bool		alone = facts->filled > 0 && (full >= d->alone || form >= d->alone_form);

		if (!pr_detector_fits(facts, i))
			continue;
		asked = asked || named;
		if (named || alone)
			suggest(best, d->name, d->kind, category_of(d, named ? topic : NULL), matched,
					(named ? SCORE_NAME : 0) + d->strength * ((alone ? SCORE_ALONE : 0) + SCORE_MATCHED * Max(matched, 0)));
	}
	return asked;
}

static void
judge_name(const PrFacts *facts, PrProposal *best)
{
	const PrTopic *topic = pr_topic_of(facts->utf8_name, facts->kind);

	if (!judge_values(facts, topic, best) && topic != NULL)
		suggest(best, topic->detector, topic->kind, topic->category, NOT_LOOKED_AT, SCORE_NAME);
}

/* ---------- type ---------- */

/* An address of a network or a device needs no detector. */
static void
judge_address(const PrFacts *facts, const char *detector, const char *category, PrProposal *best)
{
	suggest(best, detector, PR_IDENTIFIER, category, facts->filled > 0 ? 1.0 : NOT_LOOKED_AT, SCORE_NAME + SCORE_ALONE);
}

static void
judge_type(const PrFacts *facts, PrProposal *best)
{
	if (facts->type == INETOID || facts->type == CIDROID)
		judge_address(facts, "ip", "network_identity", best);
	else if (facts->type == MACADDROID || facts->type == MACADDR8OID)
		judge_address(facts, "mac", "device", best);
	else if (facts->type == UUIDOID)
		suggest(best, "uuid", PR_IDENTIFIER, NULL, NOT_LOOKED_AT, SCORE_UUID);
	else if (facts->type == POINTOID)
		suggest(best, "coordinates", PR_QUASI_IDENTIFIER, "location", NOT_LOOKED_AT, SCORE_UUID);
	else if (facts->type == DATEOID || facts->type == TIMESTAMPOID || facts->type == TIMESTAMPTZOID)
		suggest(best, "date", PR_QUASI_IDENTIFIER, NULL, NOT_LOOKED_AT, SCORE_TIME);
	if (facts->opaque && !facts->read)
		suggest(best, "document", PR_IDENTIFIER, NULL, NOT_LOOKED_AT, SCORE_DOCUMENT);
}

/* ---------- how many are different ---------- */

static bool
names_key(const char *name)
{
	static const char *const endings[] = {"id", "no", "nr", "number", "code", "key", "serial", "uuid", "编号", "号码", "号"};
	Size		length = strlen(name);

	for (int i = 0; i < lengthof(endings); i++)
	{
		Size		n = strlen(endings[i]);

		if (length >= n && pg_strcasecmp(name + length - n, endings[i]) == 0)
			return true;
	}
	return false;
}

static void
judge_distinctness(const PrFacts *facts, PrProposal *best)
{
	bool		distinct = facts->filled >= FEW_VALUES && share(facts->distinct, facts->filled) >= NEARLY_ALL;

	if (facts->unique)
		suggest(best, "key", PR_IDENTIFIER, NULL, NOT_LOOKED_AT, SCORE_KEY);
	if (facts->kind == PR_OF_TEXT && facts->filled > 0 && share(facts->texts, facts->filled) >= MANY_TEXTS)
		suggest(best, "free_text", PR_IDENTIFIER, NULL, share(facts->texts, facts->filled), SCORE_FREE_TEXT);
	if (!distinct)
		return;
	if (facts->kind == PR_OF_TEXT || (facts->whole && names_key(facts->utf8_name)))
		suggest(best, "distinct", PR_IDENTIFIER, NULL, NOT_LOOKED_AT, SCORE_DISTINCT);
	else if (facts->kind == PR_OF_NUMBER)
		suggest(best, "distinct", PR_QUASI_IDENTIFIER, NULL, NOT_LOOKED_AT, SCORE_NUMBERS);
}

PrProposal
pr_judge_column(const PrFacts *facts)
{
	PrProposal	best = {.kind = PR_QUASI_IDENTIFIER, .matched = NOT_LOOKED_AT};

	judge_name(facts, &best);
	judge_type(facts, &best);
	judge_distinctness(facts, &best);
	return best;
}
