/*
 * pr_render.h
 *		Pieces of expressions and checks shared by the transforms of the registry.
 */
#ifndef PR_RENDER_H
#define PR_RENDER_H

#include "release/pr_registry.h"

/* The source column as a value of type want; a domain or a kin type is cast. */
extern void pr_render_column(StringInfo out, const PrRule *rule, Oid want);

/* ", 'text'::type" for a further argument of a call. */
extern void pr_render_literal(StringInfo out, const char *value, Oid type);
extern void pr_render_param(StringInfo out, const PrRule *rule, const char *name, Oid type);

/* ", capability" of the key that the rule draws from: a parameter, or a constant. */
extern void pr_render_capability(StringInfo out, const PrRelease *release, const PrRule *rule);

/* Does the number fit the type, as it must to be rendered as one? */
extern bool pr_number_fits(const char *number, Oid type);
extern int	pr_number_compare(const char *a, const char *b);
extern char *pr_number_product(const char *a, const char *b);
extern bool pr_number_is_multiple(const char *number, const char *of);

/* One value computed from the whole source column, read as the source's owner: SELECT expression FROM source s. */
extern char *pr_source_aggregate(const PrRelease *release, const char *expression);

extern void pr_refuse_param(const PrRule *rule, const char *param, const char *must);

/* Transforms by the file that holds them. */
extern const PrTransform pr_keep,
			pr_suppress,
			pr_constant,
			pr_partial,
			pr_partial_email,
			pr_prefix,
			pr_resident_id,
			pr_bin,
			pr_round,
			pr_date_trunc,
			pr_age,
			pr_hierarchy,
			pr_network,
			pr_grid,
			pr_pseudonymize,
			pr_encrypt_fpe,
			pr_fake,
			pr_noise,
			pr_date_shift,
			pr_shuffle,
			pr_rank_swap_rule,
			pr_microaggregate,
			pr_pram_rule,
			pr_expression;

#endif							/* PR_RENDER_H */
