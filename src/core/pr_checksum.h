/*
 * pr_checksum.h
 *		Check digits of numbers and codes.
 *
 * Arguments are characters that were folded before: ASCII, letters in upper
 * case, nothing between them.  A character that a code does not have makes the
 * check fail.
 */
#ifndef PR_CHECKSUM_H
#define PR_CHECKSUM_H

#include <stdbool.h>
#include <stddef.h>

/* Luhn, the last digit being the check digit: cards, IMEI.  One digit over and over fails, although zeros would pass. */
extern bool pr_check_luhn(const char *digits, size_t n);

/* ISO 13616 (MOD 97-10): country, two check digits, account. */
extern bool pr_check_iban(const char *iban, size_t n);

/* Length of the IBANs of a country; 0: it has none that are known here. */
extern int	pr_iban_length(const char *iban);

/* GB 32100, 18 characters: the check character of the whole. */
#define PR_CREDIT_CODE_LENGTH 18
extern bool pr_check_credit_code(const char code[PR_CREDIT_CODE_LENGTH]);

/* GB 11714: the check character of the organization code in places 9 to 17 of a credit code. */
#define PR_ORGANIZATION_CODE_LENGTH 9
extern bool pr_check_organization_code(const char code[PR_ORGANIZATION_CODE_LENGTH]);

/* ICAO 9303: the check digit of a field of a machine-readable zone; '\0' if the field cannot have one. */
extern char pr_check_digit_731(const char *field, size_t n);

#endif							/* PR_CHECKSUM_H */
