/*
 * pr_topic.h
 *		What the name of a column says of it.
 */
#ifndef PR_TOPIC_H
#define PR_TOPIC_H

#include "postgres.h"

#define PR_IDENTIFIER "identifier"
#define PR_QUASI_IDENTIFIER "quasi_identifier"
#define PR_SENSITIVE "sensitive"

/* Kinds of types that a topic can have. */
#define PR_OF_TEXT		0x01
#define PR_OF_NUMBER	0x02
#define PR_OF_TIME		0x04
#define PR_OF_BOOLEAN	0x08
#define PR_OF_OTHER		0x10
#define PR_OF_ANY		0x1F

typedef struct PrTopic
{
	const char *detector;		/* as discover() names it */
	const char *kind;			/* NULL: nothing is known after all, whatever a shorter word says */
	const char *category;		/* of privrelease.category; NULL: none */
	int			types;
	const char *words;			/* English and pinyin, see pr_topic.c */
	const char *han;			/* Chinese, UTF-8 */
} PrTopic;

/* The topic of a column of this name (UTF-8, normal form KC) and kind of type; NULL: the name says nothing. */
extern const PrTopic *pr_topic_of(const char *name, int type);

#endif							/* PR_TOPIC_H */
