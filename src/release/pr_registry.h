/*
 * pr_registry.h
 *		The transforms that a rule can name, and how each becomes SQL.
 *
 * One PrTransform says everything about a transform: what it takes, what it
 * refuses, the expression it turns into.  set_rule() checks with it, build()
 * renders with it and the view privrelease.transforms shows it.  The functions
 * that the expressions call are in src/transform.
 */
#ifndef PR_REGISTRY_H
#define PR_REGISTRY_H

#include "postgres.h"

#include "lib/stringinfo.h"

#include "release/pr_release.h"

typedef enum PrParamKind
{
	PR_PARAM_INT,
	PR_PARAM_NUMBER,
	PR_PARAM_TEXT,
	PR_PARAM_CHARACTER,			/* exactly one character */
	PR_PARAM_DATE,
	PR_PARAM_BOOL,
	PR_PARAM_SCALAR,			/* any JSON scalar but null */
	PR_PARAM_KEY,				/* name of a key */
	PR_PARAM_ROW,				/* true, or the name of a source column */
	PR_PARAM_LEVEL,				/* a PR_PARAM_INT, or "auto" in a release table */
	PR_PARAM_LIST,				/* array of PrParam.elements, not empty */
	PR_PARAM_WEIGHTS			/* object of numbers greater than 0 */
} PrParamKind;

typedef struct PrParam
{
	const char *name;
	PrParamKind kind;
	const char *fallback;		/* default as text; NULL: none */
	bool		required;
	int64		least;			/* bounds of PR_PARAM_INT */
	int64		most;
	const char *words;			/* "a|b|c": the only values of a PR_PARAM_TEXT */
	PrParamKind elements;		/* of a PR_PARAM_LIST; the bounds and words above are theirs */
	bool		table_only;		/* needs a search, or all rows of a snapshot */
} PrParam;

/* What kind of release key a transform draws from; also the purpose of sticky key versions. */
typedef enum PrKeyUse
{
	PR_UNKEYED,
	PR_KEY_ROTATES,				/* pseudonyms: newest version at each build */
	PR_KEY_STAYS				/* noise, shifts: one version for ever */
} PrKeyUse;

typedef struct PrTransform
{
	const char *name;
	const char *family;			/* ISO/IEC 20889 */
	const char *input;			/* input types, in words */
	const PrParam *params;		/* ends with a NULL name */
	PrKeyUse	key_use;
	bool		has_domain;
	bool		needs_subject;
	bool		ignores_value;	/* its expression does not read the column */
	bool		by_name;		/* its params name source columns, so that a rename is not followed */
	bool		table_only;		/* depends on all rows of a snapshot: in release tables alone (pr_derive.h) */
	bool		monotone;
	bool		injective;
	bool		(*accepts) (Oid basetype);
	void		(*check) (const PrRelease *release, Relation rel, PrRule *rule);	/* may be NULL */
	void		(*recheck) (const PrRelease *release, const PrRule *rule);	/* what may have changed by a build; may be NULL */
	bool		(*is_clear) (const PrRule *rule);	/* shows the value as it is; NULL: never */
	int			outputs;		/* columns that one rule makes; 0 means 1 */
	int			(*levels) (const PrRule *rule); /* how many levels the search may choose from; NULL: 1 */
	/* The value at level 1 .. levels-1 from base, an expression of what render() gives: level 0 decides all others. */
	void		(*render_coarser) (StringInfo out, const PrRule *rule, const char *base, int level);
	/* The hierarchy that counts the leaves below a value, and its level at search level 0; NULL: distinct source values. */
	const char *(*leaves) (const PrRule *rule, int *first_level);
	void		(*render) (StringInfo out, const PrRelease *release, const PrRule *rule, int output);
	const char *leaves_open;
} PrTransform;

extern const PrTransform *const pr_transforms[];	/* ends with NULL */

/* The transform of that name; an error that lists them if there is none. */
extern const PrTransform *pr_transform_find(const char *name);

/* pr_params.c: typed access to the params of a rule */
extern void pr_params_check(const PrRelease *release, const PrTransform *transform, Jsonb *params);
extern List *pr_param_list(const PrRule *rule, const char *name);	/* texts (char *); NIL: absent */
extern char *pr_param(const PrRule *rule, const char *name);	/* as text, with the default; NULL: absent */
extern int64 pr_param_int(const PrRule *rule, const char *name);
/*
 * A rule has one fixed value of a parameter, or "levels" of it for the search
 * to choose from.  An error unless exactly one of the two is given.
 */
extern void pr_require_levels(const PrRelease *release, const PrRule *rule, const char *fixed);
extern int	pr_level_count(const PrRule *rule);
extern char *pr_level_param(const PrRule *rule, const char *fixed, int level);
extern void pr_param_weights(const PrRule *rule, const char *name, List **names, List **weights);	/* texts (char *) */
extern Jsonb *pr_empty_params(void);
extern bool pr_param_bool(const PrRule *rule, const char *name);

/* pr_types.c: types in words and in classes */
extern char *pr_type_name(Oid type, int32 typmod);
extern bool pr_type_any(Oid type);
extern bool pr_type_text(Oid type);
extern bool pr_type_text_or_enum(Oid type);
extern bool pr_type_number(Oid type);
extern bool pr_type_integer(Oid type);
extern bool pr_type_calendar(Oid type);
extern bool pr_type_date(Oid type);
extern bool pr_type_inet(Oid type);
extern bool pr_type_point(Oid type);
extern bool pr_type_leaf(Oid type);
extern bool pr_type_canonical(Oid type);
extern bool pr_type_input_is_safe(Oid type);

#endif							/* PR_REGISTRY_H */
