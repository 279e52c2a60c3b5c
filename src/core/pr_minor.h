/*
 * pr_minor.h
 *		Which versions of the server hold what a release promises.
 *
 * A release stands on the server's own barrier views and privileges.  Until
 * CVE-2025-8713 was mended, the planner handed sampled values of a table to
 * functions of the reader's choice, through a barrier view too; until
 * CVE-2024-10976 was, a plan made for one role could serve another.  On such a
 * server a release leaks whatever we do, so there is none.
 *
 * A major that is not in the table is not supported either: nobody has looked
 * what its planner and executor do with our hooks.
 */
#ifndef PR_MINOR_H
#define PR_MINOR_H

typedef enum PrServerVerdict
{
	PR_SERVER_SUPPORTED,
	PR_SERVER_OLD_MINOR,		/* a known major, before its first safe minor */
	PR_SERVER_UNKNOWN_MAJOR
} PrServerVerdict;

/*
 * server is the number of server_version_num: 150014 is 15.14.  *least becomes
 * the first supported number of the same major, or 0 if the major is not known.
 */
extern PrServerVerdict pr_minor_check(int server, int *least);

#endif							/* PR_MINOR_H */
