/*
 * pr_detect.h
 *		What a single value looks like: an identity number, a telephone number, a
 *		card, a name ...
 *
 * A value that looks like something may be something else, and the other way
 * round: many values together decide (src/discover).  Text is UTF-8 that was
 * brought to normal form KC before, so that full-width digits are digits; bytes
 * that are no valid UTF-8 match nothing.
 */
#ifndef PR_DETECT_H
#define PR_DETECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum PrDetector
{
	PR_DETECT_RESIDENT_ID,		/* GB 11643, with permits of the same form */
	PR_DETECT_CREDIT_CODE,		/* GB 32100 */
	PR_DETECT_PASSPORT,
	PR_DETECT_TRAVEL_PERMIT,
	PR_DETECT_BANK_CARD,		/* UnionPay */
	PR_DETECT_CREDIT_CARD,
	PR_DETECT_IBAN,
	PR_DETECT_IMEI,
	PR_DETECT_LICENCE_PLATE,
	PR_DETECT_MOBILE,			/* mainland of China */
	PR_DETECT_LANDLINE,
	PR_DETECT_PHONE,			/* E.164 */
	PR_DETECT_EMAIL,
	PR_DETECT_IP,
	PR_DETECT_MAC,
	PR_DETECT_URL,
	PR_DETECT_PERSON_NAME,		/* Chinese */
	PR_DETECT_SEX,
	PR_DETECT_ETHNIC_GROUP,
	PR_DETECT_DATE				/* a day, as text or as eight digits */
} PrDetector;

#define PR_N_DETECTORS (PR_DETECT_DATE + 1)

typedef enum PrMatch
{
	PR_MATCH_NONE,
	PR_MATCH_FORM,				/* the form, but a check that belongs to it fails */
	PR_MATCH_FULL				/* the form and each check that it has */
} PrMatch;

/* No number that is looked for is longer. */
#define PR_COMPACT_MAX 48

/* A value, prepared once for all detectors. */
typedef struct PrDetectValue
{
	const char *text;			/* without white space around it */
	size_t		length;
	char		compact[PR_COMPACT_MAX];	/* ASCII in upper case, without spaces, hyphens and brackets */
	size_t		compact_length; /* 0: too long, or not only ASCII */
	int32_t		today;			/* year * 10000 + month * 100 + day; nobody was born later */
} PrDetectValue;

/* The value points into utf8. */
extern void pr_detect_prepare(PrDetectValue *value, const char *utf8, size_t length, int32_t today);

extern PrMatch pr_detect(PrDetector detector, const PrDetectValue *value);

/* The code point at the start of s and the bytes that it takes; -1 and 1 byte if none is there.  remaining >= 1. */
extern int32_t pr_detect_code_point(const char *s, size_t remaining, size_t *bytes);

/* Is this, or this followed by next, a Chinese surname?  (pr_surname.c) */
extern bool pr_is_surname(int32_t code_point);
extern bool pr_is_compound_surname(int32_t first, int32_t second);

#endif							/* PR_DETECT_H */
