/*
 * pr_detect_text.h
 *		Detectors of text, for pr_detect.c.
 */
#ifndef PR_DETECT_TEXT_H
#define PR_DETECT_TEXT_H

#include "core/pr_detect.h"

extern bool pr_detect_is_email(const char *s, size_t n);
extern bool pr_detect_is_ip(const char *s, size_t n);	/* RFC 4291 and IPv4, a prefix length behind it or not */
extern bool pr_detect_is_mac(const char *s, size_t n);
extern bool pr_detect_is_url(const char *s, size_t n);
extern PrMatch pr_detect_person_name(const char *s, size_t n);
extern bool pr_detect_is_sex(const char *s, size_t n);
extern bool pr_detect_is_ethnic_group(const char *s, size_t n);

/*
 * A plate: one of the characters of provinces, then ASCII of which separators
 * are left out and which is written to rest in upper case, then perhaps one of
 * the characters of last.  Returns the length of rest, 0 if this is no plate.
 */
extern size_t pr_detect_plate(const char *s, size_t n, const char *provinces, const char *last,
							  char *rest, size_t room, bool *marked);

/* The eight digits of a day: 1901-02-28, 1901/2/28, 1901.2.28, 19010228, with a time behind it or not, or in Chinese. */
extern bool pr_detect_day_digits(const char *s, size_t n, char digits[8]);

#endif							/* PR_DETECT_TEXT_H */
