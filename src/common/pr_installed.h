/*
 * pr_installed.h
 *		Which version of the extension's SQL objects is installed in this database.
 */
#ifndef PR_INSTALLED_H
#define PR_INSTALLED_H

/* NULL: the extension is not installed here. */
extern char *pr_installed_version(void);

/*
 * An error if SQL objects and library are of two versions: between the
 * installation of a new package and ALTER EXTENSION ... UPDATE, and before the
 * restart that a preloaded library needs.
 */
extern void pr_require_same_version(void);

#endif							/* PR_INSTALLED_H */
