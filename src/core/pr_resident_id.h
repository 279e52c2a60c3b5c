/*
 * pr_resident_id.h
 *		The Chinese resident identity number, GB 11643: six digits of region,
 *		eight of birth date, three of sequence (odd = male), a check character
 *		by ISO 7064 MOD 11-2.  The old form has fifteen digits, a year of two
 *		and no check character.
 */
#ifndef PR_RESIDENT_ID_H
#define PR_RESIDENT_ID_H

#include <stdbool.h>
#include <stddef.h>

#define PR_RESIDENT_ID_LENGTH		18
#define PR_RESIDENT_ID_OLD_LENGTH	15

typedef enum PrResidentPart
{
	PR_RESIDENT_REGION,			/* 6 digits */
	PR_RESIDENT_CITY,			/* 4 digits */
	PR_RESIDENT_PROVINCE,		/* 2 digits */
	PR_RESIDENT_BIRTH_YEAR,		/* 1901 */
	PR_RESIDENT_BIRTH_MONTH,	/* 1901-02 */
	PR_RESIDENT_SEX				/* M or F */
} PrResidentPart;

#define PR_RESIDENT_MAX_PARTS		6

typedef struct PrResidentShow
{
	int			n;
	PrResidentPart parts[PR_RESIDENT_MAX_PARTS];
} PrResidentShow;

/* Longest result of pr_resident_id_show(). */
#define PR_RESIDENT_OUTPUT_MAX		32

/* Parts joined by '+', each at most once; false if anything else is there. */
extern bool pr_resident_id_parse_show(const char *text, size_t length, PrResidentShow *show);

/*
 * Write the number in its form of 18 characters (upper case X, no
 * terminator).  False unless check character, date (1900 to 2099: an
 * immutable function knows no today) and province code are right.
 */
extern bool pr_resident_id_normalize(const char *value, size_t length, char number[PR_RESIDENT_ID_LENGTH]);

/* Check character of 17 digits: ISO 7064 MOD 11-2. */
extern char pr_resident_id_check_character(const char *number);

/* The chosen parts of a normalized number joined by '-'; returns the bytes written. */
extern size_t pr_resident_id_show(const char number[PR_RESIDENT_ID_LENGTH], const PrResidentShow *show, char *out);

#endif							/* PR_RESIDENT_ID_H */
