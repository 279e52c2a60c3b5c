/*
 * fuzz_detect.c
 *		The detectors, on any bytes: they read what they are given and nothing
 *		else, and say of one value the same however it is written.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/pr_detect.h"

#define REQUIRE(condition) do { if (!(condition)) abort(); } while (0)

#define TODAY 20250630

static PrMatch
match(PrDetector detector, const char *bytes, size_t length)
{
	PrDetectValue value;

	pr_detect_prepare(&value, bytes, length, TODAY);
	REQUIRE(value.length <= length && value.compact_length <= PR_COMPACT_MAX);
	REQUIRE(value.text >= bytes && value.text + value.length <= bytes + length);
	return pr_detect(detector, &value);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* A copy of the exact size, so that a read beyond it is seen; and one with white space around. */
	char	   *exact = malloc(size + 1);
	char	   *padded = malloc(size + 2);
	int			d;

	REQUIRE(exact != NULL && padded != NULL);
	if (size > 0)
		memcpy(exact, data, size);
	exact = realloc(exact, size > 0 ? size : 1);
	REQUIRE(exact != NULL);
	padded[0] = ' ';
	if (size > 0)
		memcpy(padded + 1, data, size);
	padded[size + 1] = '\n';
	for (d = 0; d < PR_N_DETECTORS; d++)
	{
		PrMatch		found = match(d, exact, size);

		REQUIRE(found >= PR_MATCH_NONE && found <= PR_MATCH_FULL);
		REQUIRE(match(d, padded, size + 2) == found);
	}
	free(exact);
	free(padded);
	return 0;
}
