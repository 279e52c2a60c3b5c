/*
 * test_minor.c
 *		Which versions of the server are supported.
 */
#include "core/pr_minor.h"
#include "tap.h"

static void
check_version(int server, PrServerVerdict wanted, int wanted_least)
{
	int			least = -1;

	CHECK(pr_minor_check(server, &least) == wanted);
	CHECK(least == wanted_least);
}

/* The last minor that is refused, the first that is not, and a late one. */
static void
test_major(const char *name, int major, int first)
{
	int			base = major * 10000;

	if (first > 0)
	{
		check_version(base, PR_SERVER_OLD_MINOR, base + first);
		check_version(base + first - 1, PR_SERVER_OLD_MINOR, base + first);
	}
	check_version(base + first, PR_SERVER_SUPPORTED, base + first);
	check_version(base + first + 1, PR_SERVER_SUPPORTED, base + first);
	check_version(base + 9999, PR_SERVER_SUPPORTED, base + first);
	done(name);
}

static void
test_unknown_majors(void)
{
	check_version(140099, PR_SERVER_UNKNOWN_MAJOR, 0);
	check_version(90624, PR_SERVER_UNKNOWN_MAJOR, 0);
	check_version(190000, PR_SERVER_UNKNOWN_MAJOR, 0);
	check_version(200003, PR_SERVER_UNKNOWN_MAJOR, 0);
	check_version(0, PR_SERVER_UNKNOWN_MAJOR, 0);
	check_version(-1, PR_SERVER_UNKNOWN_MAJOR, 0);
	check_version(-150014, PR_SERVER_UNKNOWN_MAJOR, 0);
	done("majors that nobody has looked at");
}

int
main(void)
{
	test_major("15.14", 15, 14);
	test_major("16.10", 16, 10);
	test_major("17.6", 17, 6);
	test_major("18.0", 18, 0);
	test_unknown_majors();
	return finish();
}
