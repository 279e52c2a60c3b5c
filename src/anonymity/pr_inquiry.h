/*
 * pr_inquiry.h
 *		What is to be asked of a source, as SQL: the declaration of a release in
 *		the words of the search.
 *
 * src/release writes an inquiry (pr_inquire.h), src/anonymity asks it.  All
 * expressions read one relation with the alias s; keys are parameters of the
 * statements (args), so that no capability is ever typed.
 */
#ifndef PR_INQUIRY_H
#define PR_INQUIRY_H

#include "postgres.h"

#include "nodes/pg_list.h"

#include "anonymity/pr_model.h"
#include "common/pr_session.h"

/* An output column that tells persons apart together with others. */
typedef struct PrQuasi
{
	const char *name;			/* of the output column, as the audience sees it */
	char	   *base;			/* its value at the finest level */
	int			levels;			/* >= 1 */
	char	  **coarser;		/* [1 .. levels-1]: the value at that level, from the value b.v at the finest; [0] is unused */
	char	  **direct;			/* [0 .. levels-1]: the value at that level, from s */
	char	   *source;			/* the source column, whose distinct values are the leaves; NULL: each value at level 0 is a leaf */
	const char *hierarchy;		/* the leaves are counted by this hierarchy instead; NULL: by the source */
	int			first_level;	/* of the hierarchy, that search level 0 is */
	char	   *outside;		/* true of a source row whose value the hierarchy does not have; NULL: nothing to check */
} PrQuasi;

/* A sensitive column that the model, or an assessment, looks at. */
typedef struct PrSensitiveColumn
{
	const char *name;			/* of the output column */
	char	   *value;			/* what is released of it */
	const char *hierarchy;		/* for hierarchical closeness; NULL: none */
	int			levels;			/* of the hierarchy, with the leaves */
	char	  **labels;			/* [1 .. levels]: the label at level i-1 of the value b.v; 1 is the leaf itself, NULL if it is none */
} PrSensitiveColumn;

/* A released column that is neither. */
typedef struct PrFurther
{
	const char *name;
	char	   *value;
} PrFurther;

/* Where an output column stands in the lists of the inquiry. */
typedef enum PrColumnList
{
	PR_LIST_QUASI,
	PR_LIST_SENSITIVE,
	PR_LIST_FURTHER
} PrColumnList;

typedef struct PrOutputColumn
{
	const char *name;
	PrColumnList list;
	int			number;
	bool		is_sensitive;	/* also if the inquiry has no need to look at its values */
} PrOutputColumn;

typedef struct PrInquiry
{
	const char *label;			/* of the release, for messages */
	char	   *from;			/* "schema.table AS s", without persons who have objected, with joins where derived columns need them */
	PrArgs		args;
	char	   *subject;		/* NULL: each row is a person */
	bool		one_row_each;	/* a unique index says that no subject has two rows */
	char	   *weight;			/* of a record, for an assessment; NULL: none */
	List	   *quasi;			/* PrQuasi */
	List	   *sensitive;		/* PrSensitiveColumn */
	List	   *further;		/* PrFurther */
	List	   *columns;		/* PrOutputColumn, in the order of the release */
	const PrModel *model;		/* NULL: none */
} PrInquiry;

#endif							/* PR_INQUIRY_H */
