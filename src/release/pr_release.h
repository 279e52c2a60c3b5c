/*
 * pr_release.h
 *		Releases and rules as the release modules pass them around.
 *
 * Everything here is allocated in the SPI procedure context of the entry point
 * that loaded it and goes away with SPI_finish().
 */
#ifndef PR_RELEASE_H
#define PR_RELEASE_H

#include "postgres.h"

#include "access/attnum.h"
#include "nodes/pg_list.h"
#include "utils/jsonb.h"
#include "utils/relcache.h"

#include "catalog/pr_catalog.h"
#include "common/pr_session.h"

struct PrTransform;				/* pr_registry.h */

/* Capabilities of keyed rules as parameters of a statement (pr_preview.c); NULL: rendered as constants. */
typedef struct PrCapabilities
{
	PrArgs		args;
} PrCapabilities;

/* A declared release: a row of privrelease.release. */
typedef struct PrRelease
{
	int32		id;
	char	   *schema;
	char	   *name;
	char	   *label;			/* schema.name, quoted where needed */
	char	   *binding;
	Oid			source;
	char		source_kind;
	char	   *source_schema;
	char	   *source_name;
	char	   *subject;		/* NULL: none */
	AttrNumber	subject_attnum;
	char	   *subject_type;
	char	   *purpose;
	bool		derive_quals;
	char	   *role;			/* its name today */
	Oid			role_oid;
	char	   *state;
	Oid			view;			/* the view or the table; InvalidOid: never built or refreshed */
	char	   *declared_by;
	Oid			source_owner_oid;
	char	   *source_owner;	/* when the release was declared, or last built */
	PrCapabilities *capabilities;
	List	   *derived;		/* relations that pr_derive_columns() made */
	bool		is_table;		/* kind 'table' */
	Jsonb	   *model;			/* of a table; NULL: none */
	int64		version;		/* last version of a release of this name, which may have been dropped since; 0: none */
	int32		row_key;		/* of a table: key of release_row, and its version, for ever */
	int32		row_key_version;
	char	   *draft;			/* of the draft beside a live release: none, draft, submitted, approved */
	bool		suspended;
	char	   *declaration;	/* digest of what was submitted, approved or published; NULL: changed since */
	int64		approval;		/* of that; 0: none */
	bool		as_published;	/* rules and model are those that readers see (pr_take_published) */
	char	   *published_digest;
	Jsonb	   *published_model;
	char	   *published_purpose;
	bool		published_derive_quals;
} PrRelease;

/* A rule: a row of privrelease.rule. */
typedef struct PrRule
{
	char	   *output_name;
	AttrNumber	attnum;
	char	   *column_name;
	char	   *column_type;	/* as pr_column_type() says it */
	Oid			declared;		/* type of the column */
	Oid			type;			/* its base type */
	int32		typmod;
	const struct PrTransform *transform;
	Jsonb	   *params;
	char	   *domain;			/* NULL: transform has none */
	bool		domain_shared;	/* a superuser let it draw from another owner's domain */
	char	   *draw;			/* what a sticky draw depends on besides key and domain; NULL: none */
	int32		key;			/* 0: unkeyed */
	int32		key_version;
	int32		dictionary;		/* 0: none */
	List	   *used;			/* further source columns: PrColumn */
	char	   *quantile_bottom;	/* bounds that the first version took from quantiles; NULL: none */
	char	   *quantile_top;
} PrRule;

/* A source column as it was when it was declared. */
typedef struct PrColumn
{
	AttrNumber	attnum;
	char	   *name;
	char	   *type;
} PrColumn;

/* pr_release.c: names, binding, loading */
extern void pr_begin(void);
extern void pr_begin_to_write(const char *function);	/* refuses on a standby and in a read-only transaction */
extern void pr_end(void);
extern Datum pr_end_text(const char *value);	/* SPI_finish(), and the value as text */
extern uint64 pr_catalog_run(const char *sql, PrArgs *args);
extern uint64 pr_catalog_look(const char *sql, PrArgs *args);	/* with the latest snapshot; args are not NULL */
extern void pr_ddl(const char *sql);
extern bool pr_ddl_is_ours(void);	/* is a statement of pr_ddl() running? */
extern void pr_parse_release_name(const char *release, char **schema, char **name);
extern PrRelease *pr_release_lookup(const char *release);
extern PrRelease *pr_release_find(const char *release);
extern PrRelease *pr_release_find_to_read(const char *release);
extern List *pr_all_releases(bool to_change);
extern void pr_release_changed(const PrRelease *release);
extern PrRelease *pr_release_for_owner(const char *release);
extern PrRelease *pr_release_to_read(const char *release);
extern PrRelease *pr_release_for_drop(const char *release);
extern PrRelease *pr_release_for_drift(const char *release);
extern void pr_require_bound(const PrRelease *release);
extern List *pr_release_rules(const PrRelease *release);
extern const char *pr_rule_table(const PrRelease *release); /* that its rules are in (pr_lifecycle.c) */
extern PrRule *pr_rule_from_row(uint64 row);
extern void pr_require_owner(Oid relid);
extern const char *pr_caller_name(void);
extern List *pr_catalog_texts(const char *sql, PrArgs *args);
extern char *pr_join_texts(List *texts);
extern char *pr_relation_label(Oid relid);
extern void pr_read_as_owner(Oid source, PrIdentity *saved);

/* Rules that are declared, and rules that are published: for what must hold of all of them. */
#define PR_ANY_RULE "(SELECT * FROM privrelease.rule UNION ALL SELECT * FROM privrelease.published_rule)"

/* pr_bind.c: does the source still mean what was declared? */
extern char *pr_column_type(Relation rel, AttrNumber attnum);
extern AttrNumber pr_find_column(Relation rel, const char *column);
extern Relation pr_open_source(Oid relid);
extern void pr_lock_below(Oid source);
extern void pr_check_source_kind(Relation rel);
extern Relation pr_bind_source(PrRelease *release);
extern void pr_bind_rule(const PrRelease *release, Relation rel, PrRule *rule);
extern void pr_rule_set_type(Relation rel, PrRule *rule);
extern void pr_bind_subject(PrRelease *release, Relation rel);
extern bool pr_is_identifier(Oid source, AttrNumber attnum);
extern char *pr_column_kind(Oid source, AttrNumber attnum);

/* pr_boundary.c: roles and privileges */
extern void pr_make_release_role(const char *role);
extern char *pr_create_release_role(const char *name);
extern void pr_drop_release_role(const PrRelease *release);
extern void pr_check_release_role(const PrRelease *release, Oid role);
extern void pr_check_schema(const char *schema);
extern void pr_pin_schema(Oid nspid, const char *name);
extern void pr_lock_rights(const PrRelease *release);
extern void pr_check_audience(const PrRelease *release, Oid audience, const char *name);
extern void pr_revoke_from_everybody(const PrRelease *release);
extern void pr_forget_audience(const PrRelease *release);
extern List *pr_needed_columns(const PrRelease *release, List *rules);
extern List *pr_source_grants(const PrRelease *release, Relation rel, List *rules);

/* pr_declare.c */
extern void pr_classify(Oid source, const char *column, const char *kind, const char *category);
extern bool pr_kind_is_table(const char *kind);
extern void pr_create_release(PrRelease *release);
extern void pr_store_model(PrRelease *release, Jsonb *model);

/* pr_rule.c */
extern void pr_set_rule(PrRelease *release, const char *column, const char *transform, Jsonb *params,
						const char *output_name);
extern void pr_drop_rule(const PrRelease *release, const char *output_name);

/* pr_key_use.c: which key, in which domain */
extern void pr_set_key(const PrRelease *release, PrRule *rule, const PrRule *old);
extern void pr_recheck_key(const PrRelease *release, const PrRule *rule);
extern void pr_require_one_draw(const PrRelease *release, const PrRule *rule, const PrRule *old);

/* pr_check.c: what holds for the rules of one release together */
extern void pr_require_not_clear(const PrRelease *release, const PrRule *rule);
extern void pr_require_distinct_outputs(const PrRelease *release, List *rules);
extern void pr_require_table_for(const PrRelease *release, const PrRule *rule);
extern void pr_require_fits_kind(const PrRelease *release, const PrRule *rule); /* after its key is set */
extern void pr_require_comparable(const char *column, Oid type);

/* pr_column_role.c: what the rules of a release table must be for its model; nothing to check in a view */
extern void pr_check_model(const PrRelease *release, List *rules, bool notices);
extern void pr_require_model_fits(const PrRelease *release, List *rules);	/* all rules of the release */

/* pr_transforms_hierarchy.c: its levels above the leaves; an error unless it is there and the release may trust it */
extern int	pr_require_hierarchy(const PrRelease *release, const char *name);

/* pr_session_rows.c: does a source show one reader other rows than another? */
extern char *pr_session_dependence(Relation rel, Oid reader);
extern bool pr_asks_session(Node *expression);
extern void pr_check_policies(Relation rel, const char *role);

/* pr_build.c */
extern bool pr_relation_is_of(Oid relid, const PrRelease *release);
extern void pr_refuse_dependents(const PrRelease *release, const char *verb, const char *columns);
extern void pr_drop_relation(const PrRelease *release);
extern char pr_release_relkind(const PrRelease *release);
extern Oid	pr_existing_relation(const PrRelease *release);
extern void pr_require_schema(const PrRelease *release);
extern void pr_require_release_role(const PrRelease *release);
extern void pr_run_statements(List *statements);
extern char *pr_output_column(const PrRule *rule, int output);
extern List *pr_load_to_look(PrRelease *release, Relation *rel, bool rotate);
extern List *pr_load_for_build(PrRelease *release, Relation *rel, bool rotate);
extern char *pr_definition_text(const PrRelease *release, Relation rel, List *rules);
extern Oid	pr_build(PrRelease *release, bool rotate);

/* pr_build_store.c */
extern void pr_store_build(const PrRelease *release, List *rules, const char *definition);
extern void pr_revoke_from_former_owner(const PrRelease *release);

/* pr_preview.c */
extern char *pr_capability_param(PrCapabilities *capabilities, int32 key, int32 version);

#endif							/* PR_RELEASE_H */
