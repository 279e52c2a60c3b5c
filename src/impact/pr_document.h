/*
 * pr_document.h
 *		Reading a jsonb document whose shape nobody promises.
 *
 * What is absent, null or of another type is NULL, no item or no number: a page
 * can be made of any document, an old one or a hostile one.
 */
#ifndef PR_DOCUMENT_H
#define PR_DOCUMENT_H

#include "postgres.h"

#include "nodes/pg_list.h"
#include "utils/jsonb.h"

typedef JsonbValue PrNode;

extern PrNode *pr_node_of(Jsonb *document);

/* What lies below the keys of a path "a.b.c"; NULL: nothing, or null. */
extern PrNode *pr_node_at(const PrNode *node, const char *path);

/* Elements of an array (PrNode); NIL: none, or no array. */
extern List *pr_node_items(const PrNode *node);

/* Keys of an object (char *); NIL: none, or no object. */
extern List *pr_node_keys(const PrNode *node);
extern PrNode *pr_node_key(const PrNode *node, const char *key);

/* As text: strings as they are, numbers with all digits, true and false as yes and no; NULL: nothing. */
extern char *pr_node_text(const PrNode *node);

/* The same of what a path leads to. */
extern char *pr_text_at(const PrNode *node, const char *path);

/* The same for a sentence: "unknown" where there is nothing. */
extern char *pr_said_at(const PrNode *node, const char *path);

/* A number for people: a whole one as it is, another with 4 digits; text where it is none. */
extern char *pr_number_at(const PrNode *node, const char *path);	/* NULL: nothing */
extern char *pr_said_number_at(const PrNode *node, const char *path);

/* A point in time to the minute; "unknown" where there is none. */
extern char *pr_time_at(const PrNode *node, const char *path);

/* false: no number */
extern bool pr_double_at(const PrNode *node, const char *path, double *value);
extern bool pr_true_at(const PrNode *node, const char *path);
extern bool pr_false_at(const PrNode *node, const char *path);

#endif							/* PR_DOCUMENT_H */
