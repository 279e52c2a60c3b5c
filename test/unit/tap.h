/*
 * tap.h
 *		The harness of the unit tests: one line for each check, TAP.
 *
 * A check over a whole domain counts as one: CHECK notes the first failure of
 * the running test, and done() prints its line.
 */
#ifndef TAP_H
#define TAP_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static int	tap_number = 0;
static int	tap_failed = 0;
static const char *tap_failure = NULL;
static int	tap_line = 0;

#define CHECK(condition) \
	do { \
		if (!(condition) && tap_failure == NULL) \
		{ \
			tap_failure = #condition; \
			tap_line = __LINE__; \
		} \
	} while (0)

static inline void
done(const char *name)
{
	printf("%s %d - %s\n", tap_failure == NULL ? "ok" : "not ok", ++tap_number, name);
	if (tap_failure != NULL)
	{
		fprintf(stderr, "%s: line %d: %s\n", name, tap_line, tap_failure);
		tap_failed++;
	}
	tap_failure = NULL;
}

static inline int
finish(void)
{
	printf("1..%d\n", tap_number);
	return tap_failed == 0 ? 0 : 1;
}

#endif							/* TAP_H */
