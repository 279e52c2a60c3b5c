/*
 * pr_minor.c
 *		Which versions of the server are supported; see pr_minor.h.
 */
#include "core/pr_minor.h"

#define NUMBERS_PER_MAJOR 10000

/*
 * The first minor of each major with the fixes of CVE-2025-8713 (2025-08-14)
 * and CVE-2024-10976 (2024-11-14).
 */
static const int first_safe[] = {150014, 160010, 170006, 180000};

PrServerVerdict
pr_minor_check(int server, int *least)
{
	*least = 0;
	for (unsigned i = 0; i < sizeof(first_safe) / sizeof(first_safe[0]); i++)
	{
		if (server / NUMBERS_PER_MAJOR != first_safe[i] / NUMBERS_PER_MAJOR)
			continue;
		*least = first_safe[i];
		return server >= first_safe[i] ? PR_SERVER_SUPPORTED : PR_SERVER_OLD_MINOR;
	}
	return PR_SERVER_UNKNOWN_MAJOR;
}
