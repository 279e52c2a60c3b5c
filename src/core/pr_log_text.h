/*
 * pr_log_text.h
 *		The text of a log entry: ASCII, so that it is the same bytes in every
 *		encoding of a server, a client and a file.
 */
#ifndef PR_LOG_TEXT_H
#define PR_LOG_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Most bytes that one byte of a JSON document becomes, in either function. */
#define PR_LOG_TEXT_GROWTH 6

/*
 * A JSON document in UTF-8 with every character past ASCII written as \uXXXX
 * (two of them past U+FFFF), which means the same.  out has room for
 * PR_LOG_TEXT_GROWTH * length bytes and gets no NUL; returns the bytes written, or
 * (size_t) -1 if the document is not UTF-8.
 */
extern size_t pr_log_text_ascii(const char *json, size_t length, char *out);

/* The same for bytes of which nobody knows the characters: each past ASCII becomes the four characters \xNN of a JSON string. */
extern size_t pr_log_text_bytes(const char *json, size_t length, char *out);

/* Lower-case hexadecimal, 2 * length digits and a NUL. */
extern void pr_log_text_hex(const uint8_t *bytes, size_t length, char *out);

/* Is text n lower-case hexadecimal digits, and nothing else? */
extern bool pr_log_text_is_hex(const char *text, size_t n);

#endif							/* PR_LOG_TEXT_H */
