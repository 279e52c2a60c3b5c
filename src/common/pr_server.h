/*
 * pr_server.h
 *		The server that loads this library.
 */
#ifndef PR_SERVER_H
#define PR_SERVER_H

/* Raises unless the running server is one on which a release holds (core/pr_minor.h). */
extern void pr_server_check(void);

#endif							/* PR_SERVER_H */
