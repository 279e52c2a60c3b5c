-- Perturbation in release tables: the keyed replacement of categories, and the keyed orders that shuffle, rank_swap and
-- microaggregate take persons in.  As in 35_keyed.sql, an audience cannot make the capability.

CREATE FUNCTION privrelease.pram(value text, subject "any", key privrelease.capability, domain text, categories text[], weights float8[], diagonal float8, alpha float8) RETURNS text
    AS 'MODULE_PATHNAME', 'privrelease_pram' LANGUAGE C STRICT STABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION privrelease.pram(text, "any", privrelease.capability, text, text[], float8[], float8, float8) IS
    'Sticky replacement of a category by one of categories, with the probabilities that keep the distribution weights: P has diagonal on its diagonal and is made invariant, alpha of that and 1 - alpha of no change; NULL for a value that is none of the categories';

CREATE FUNCTION privrelease.shuffle_order(subject "any", value "any", key privrelease.capability, domain text) RETURNS bytea
    AS 'MODULE_PATHNAME', 'privrelease_shuffle_order' LANGUAGE C STRICT STABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION privrelease.shuffle_order("any", "any", privrelease.capability, text) IS
    'Keyed digest of a value of a subject, 32 bytes: its place among those that receive a value in the first half, among those that give one in the second';

CREATE FUNCTION privrelease.rank_swap_order(subject "any", value "any", key privrelease.capability, domain text) RETURNS bytea
    AS 'MODULE_PATHNAME', 'privrelease_rank_swap_order' LANGUAGE C STRICT STABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION privrelease.rank_swap_order("any", "any", privrelease.capability, text) IS
    'Keyed digest of a value of a subject, 32 bytes: the order of equal values, and the seed of the choice of a partner';

CREATE FUNCTION privrelease.microaggregate_order(subject "any", key privrelease.capability, domain text) RETURNS bytea
    AS 'MODULE_PATHNAME', 'privrelease_microaggregate_order' LANGUAGE C STRICT STABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION privrelease.microaggregate_order("any", privrelease.capability, text) IS
    'Keyed digest of a subject, 32 bytes: who comes first where distances are equal';
