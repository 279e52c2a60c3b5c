-- The impact assessment: what was measured and what was declared, weighed by numbers that an office can change.

-- ---------- whose numbers ----------

CREATE TABLE privrelease.impact_criterion (
    criterion  text PRIMARY KEY,
    dimension  text NOT NULL CHECK (dimension IN ('policy', 'technology', 'data', 'users', 'grading', 'balance', 'record')),
    position   int4 NOT NULL UNIQUE,
    weight     numeric NOT NULL CHECK (weight >= 0),
    threshold  numeric NOT NULL,
    comparison text NOT NULL CHECK (comparison IN ('at least', 'at most', 'below', 'parameter')),
    unit       text NOT NULL,
    least      numeric NOT NULL,
    most       numeric NOT NULL,
    decisive   boolean NOT NULL,
    title      text NOT NULL,
    title_zh   text,
    origin     text NOT NULL,
    CHECK (threshold BETWEEN least AND most)
);
COMMENT ON TABLE privrelease.impact_criterion IS
    'What an impact assessment weighs, as it comes with the extension; an office''s own weights and thresholds are in impact_setting';

INSERT INTO privrelease.impact_criterion
    (criterion, dimension, position, weight, threshold, comparison, unit, least, most, decisive, title, origin) VALUES
    ('policy.purpose', 'policy', 1, 1, 1, 'at least', 'declared', 0, 1, false, 'purpose is stated', 'PIPL Art. 55, 56: purpose and means'),
    ('policy.legal_basis', 'policy', 2, 2, 1, 'at least', 'declared', 0, 1, false, 'legal basis is stated', 'PIPL Art. 13, 25'),
    ('policy.public_interest', 'policy', 3, 1, 1, 'at least', 'declared', 0, 1, false, 'public interest is stated', 'this project'),
    ('policy.retention', 'policy', 4, 1, 1, 'at least', 'declared', 0, 1, false, 'retention is stated', 'PIPL Art. 55, 56'),
    ('policy.contact', 'policy', 5, 1, 1, 'at least', 'declared', 0, 1, false, 'contact is named', 'PIPL Art. 57'),
    ('policy.reevaluation', 'policy', 6, 1, 1, 'at least', 'declared', 0, 1, false, 're-evaluation is planned', 'GB/T 42460-2023, 6'),
    ('policy.team', 'policy', 7, 1, 1, 'at least', 'declared', 0, 1, false, 'assessors are named', 'GB/T 42460-2023, 6'),
    ('policy.separation', 'policy', 8, 2, 1, 'at least', 'yes or no', 0, 1, false, 'another person approves', 'GB/T 37964-2019: policy, executor, supervisor'),
    ('technology.guard', 'technology', 9, 2, 1, 'at least', 'yes or no', 0, 1, false, 'library is preloaded and its guard is on', 'this project'),
    ('technology.model', 'technology', 10, 3, 1, 'at least', 'yes or no', 0, 1, false, 'every version is verified to hold a model', 'GB/T 37964-2019, Annex A'),
    ('technology.unverified', 'technology', 11, 2, 0, 'at most', 'columns', 0, 1000, false, 'columns of expressions that nobody has checked', 'this project'),
    ('technology.reversible', 'technology', 12, 1, 0, 'at most', 'columns', 0, 1000, false, 'columns that a holder of the key can restore or link', 'PIPL Art. 73(3), (4)'),
    ('technology.joint', 'technology', 13, 1, 1, 'at least', 'yes or no', 0, 1, false, 'releases of the source are compared before publication', 'this project'),
    ('technology.audit', 'technology', 14, 3, 0, 'at most', 'findings', 0, 1000, true, 'critical findings of audit()', 'this project'),
    ('data.identifiers', 'data', 15, 3, 0, 'at most', 'columns', 0, 1000, true, 'direct identifiers that are shown', 'GB/T 42460-2023, Annex A'),
    ('data.assessment', 'data', 16, 3, 1, 'at least', 'yes or no', 0, 1, true, 'assess() passes', 'this project'),
    ('data.risk', 'data', 17, 3, 0.05, 'below', 'probability', 0, 1, false, 'risk of re-identification R', 'GB/T 42460-2023, Annex D, from a secondary source; the grade decides by grading.acceptable'),
    ('data.min_class', 'data', 18, 2, 5, 'at least', 'persons', 1, 1000000, false, 'smallest class', 'this project; GB/T 39725-2020 wants more than 5 for health data'),
    ('data.mean_risk', 'data', 19, 1, 0.05, 'at most', 'probability', 0, 1, false, 'mean risk over records |J|/N', 'this project'),
    ('data.uniques', 'data', 20, 2, 0, 'at most', 'classes', 0, 1000000000, false, 'classes of one person', 'this project'),
    ('data.population', 'data', 21, 1, 0.05, 'at most', 'share', 0, 1, false, 'estimated share of population uniques', 'this project'),
    ('data.joint', 'data', 22, 2, 5, 'at least', 'persons', 1, 1000000, false, 'smallest class of readers who combine releases', 'this project'),
    ('data.sensitive', 'data', 23, 2, 0, 'at most', 'columns', 0, 1000, false, 'sensitive columns without diversity or closeness', 'PIPL Art. 28, 29'),
    ('data.diversity', 'data', 24, 1, 2, 'at least', 'values', 1, 1000000, false, 'fewest sensitive values in a class', 'GB/T 37964-2019, Annex A'),
    ('data.unclassified', 'data', 25, 1, 0, 'at most', 'columns', 0, 1000, false, 'released columns that nobody has classified', 'GB/T 37964-2019: identify the identifiers'),
    ('data.suppressed', 'data', 26, 1, 0.1, 'at most', 'share', 0, 1, false, 'share of records suppressed', 'this project'),
    ('data.loss', 'data', 27, 1, 0.7, 'at most', 'share', 0, 1, false, 'information lost', 'GB/T 37964-2019: data still useful'),
    ('users.sharing', 'users', 28, 1, 1, 'at least', 'declared', 0, 1, false, 'sharing mode is stated', 'GB/T 37964-2019; GB/T 42460-2023'),
    ('users.level.public', 'users', 29, 3, 3, 'at least', 'level', 1, 4, true, 'level for public sharing', 'this project; levels of GB/T 42460-2023'),
    ('users.level.controlled', 'users', 30, 3, 2, 'at least', 'level', 1, 4, true, 'level for controlled sharing', 'this project; levels of GB/T 42460-2023'),
    ('users.level.enclave', 'users', 31, 3, 2, 'at least', 'level', 1, 4, true, 'level for sharing in an enclave', 'this project; levels of GB/T 42460-2023'),
    ('users.beside', 'users', 32, 1, 0, 'at most', 'releases', 0, 1000, false, 'other published releases of the source', 'GB/T 37964-2019: later releases and collusion'),
    ('users.recalls', 'users', 33, 2, 0, 'at most', 'versions', 0, 1000, false, 'versions that were recalled', 'PIPL Art. 57'),
    ('grading.tau.public', 'grading', 34, 0, 20, 'parameter', 'persons, tau = 1/x', 1, 99, false, 'class size at which a class is at risk, public', 'GB/T 42460-2023, Annex D, from a secondary source'),
    ('grading.tau.controlled', 'grading', 35, 0, 5, 'parameter', 'persons, tau = 1/x', 1, 99, false, 'the same, controlled', 'GB/T 42460-2023, Annex D, from a secondary source'),
    ('grading.tau.enclave', 'grading', 36, 0, 3, 'parameter', 'persons, tau = 1/x', 1, 99, false, 'the same, enclave', 'GB/T 42460-2023, Annex D, from a secondary source'),
    ('grading.tau.inclusive', 'grading', 37, 0, 0, 'parameter', '0: risk above tau, 1: also equal to tau', 0, 1, false, 'a class whose risk is tau counts', 'GB/T 42460-2023, Annex D, from a secondary source'),
    ('grading.acceptable', 'grading', 38, 0, 0.05, 'parameter', 'probability', 0, 1, false, 'acceptable risk', 'GB/T 42460-2023, Annex D, from a secondary source'),
    ('grading.acceptable.inclusive', 'grading', 39, 0, 0, 'parameter', '0: R must be below, 1: may be equal', 0, 1, false, 'a risk that is equal is acceptable', 'GB/T 42460-2023, Annex D, from a secondary source'),
    ('grading.pr.deliberate', 'grading', 40, 0, 1, 'parameter', 'probability', 0, 1, false, 'probability of a deliberate attempt, not public', 'this project: 1 until an office has an estimate'),
    ('grading.pr.inadvertent', 'grading', 41, 0, 1, 'parameter', 'probability', 0, 1, false, 'probability of an inadvertent recognition, not public', 'this project: 1 until an office has an estimate'),
    ('grading.pr.breach', 'grading', 42, 0, 1, 'parameter', 'probability', 0, 1, false, 'probability of a breach, not public', 'this project: 1 until an office has an estimate'),
    ('balance.low', 'balance', 43, 0, 0.25, 'parameter', 'interest', 0, 1, false, 'a low public interest', 'this project'),
    ('balance.medium', 'balance', 44, 0, 0.5, 'parameter', 'interest', 0, 1, false, 'a medium public interest', 'this project'),
    ('balance.high', 'balance', 45, 0, 0.75, 'parameter', 'interest', 0, 1, false, 'a high public interest', 'this project'),
    ('balance.margin', 'balance', 46, 0, 0, 'parameter', 'interest', 0, 1, false, 'how far the interest must exceed the risk', 'this project'),
    ('record.years', 'record', 47, 0, 3, 'parameter', 'years', 1, 1000, false, 'how long a decision and its assessment are kept', 'PIPL Art. 56: at least 3 years');

-- What an office has decided otherwise.  A table of its own, so that a dump restores it beside the rows above.
CREATE TABLE privrelease.impact_setting (
    criterion  text PRIMARY KEY,
    weight     numeric CHECK (weight >= 0 AND weight < 'Infinity'),
    threshold  numeric CHECK (threshold > '-Infinity' AND threshold < 'Infinity'),
    changed_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    changed_by name NOT NULL DEFAULT current_user
);
COMMENT ON TABLE privrelease.impact_setting IS 'Weights and thresholds of an office (set_criterion); NULL: as it comes with the extension';
SELECT pg_catalog.pg_extension_config_dump('privrelease.impact_setting', '');

CREATE VIEW privrelease.impact_criteria AS
    SELECT c.criterion, c.dimension, coalesce(s.weight, c.weight) AS weight, coalesce(s.threshold, c.threshold) AS threshold,
           c.comparison, c.unit, c.decisive, c.title, c.title_zh,
           CASE WHEN s.criterion IS NULL THEN c.origin
                ELSE pg_catalog.format('set by %s on %s', s.changed_by, s.changed_at::pg_catalog.date) END AS origin,
           c.weight AS default_weight, c.threshold AS default_threshold, c.origin AS default_origin, c.least, c.most, c.position
    FROM privrelease.impact_criterion AS c LEFT JOIN privrelease.impact_setting AS s ON s.criterion OPERATOR(pg_catalog.=) c.criterion;
COMMENT ON VIEW privrelease.impact_criteria IS 'What an impact assessment weighs: weights and thresholds in force, and what they would be without set_criterion()';
COMMENT ON COLUMN privrelease.impact_criteria.criterion IS 'name, for set_criterion()';
COMMENT ON COLUMN privrelease.impact_criteria.dimension IS 'policy, technology, data or users; parameters: grading, balance or record';
COMMENT ON COLUMN privrelease.impact_criteria.weight IS 'in force; 0: looked at but not weighed';
COMMENT ON COLUMN privrelease.impact_criteria.threshold IS 'in force';
COMMENT ON COLUMN privrelease.impact_criteria.comparison IS 'what a value must be to the threshold; parameter: a number that a calculation uses';
COMMENT ON COLUMN privrelease.impact_criteria.unit IS 'of the threshold';
COMMENT ON COLUMN privrelease.impact_criteria.decisive IS 'where it is not kept, no public interest outweighs it';
COMMENT ON COLUMN privrelease.impact_criteria.title IS 'in English';
COMMENT ON COLUMN privrelease.impact_criteria.title_zh IS 'in Chinese, where the database''s encoding has it';
COMMENT ON COLUMN privrelease.impact_criteria.origin IS 'where the numbers come from; never the text of a law';
COMMENT ON COLUMN privrelease.impact_criteria.default_weight IS 'without set_criterion()';
COMMENT ON COLUMN privrelease.impact_criteria.default_threshold IS 'without set_criterion()';
COMMENT ON COLUMN privrelease.impact_criteria.default_origin IS 'where the default comes from';
COMMENT ON COLUMN privrelease.impact_criteria.least IS 'least threshold that has a meaning';
COMMENT ON COLUMN privrelease.impact_criteria.most IS 'greatest threshold that has a meaning';
COMMENT ON COLUMN privrelease.impact_criteria.position IS 'place in the report';
GRANT SELECT ON privrelease.impact_criteria TO PUBLIC;

CREATE FUNCTION privrelease.set_criterion(criterion text, weight numeric DEFAULT NULL, threshold numeric DEFAULT NULL) RETURNS void
    AS 'MODULE_PATHNAME', 'privrelease_set_criterion' LANGUAGE C SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION privrelease.set_criterion(text, numeric, numeric) IS
    'Sets weight and threshold of a criterion of impact assessments (privrelease.impact_criteria); NULL: as it comes with the extension. Superusers only';
REVOKE ALL ON FUNCTION privrelease.set_criterion(text, numeric, numeric) FROM PUBLIC;

-- Transforms in the terms of ISO/IEC 20889, GB/T 37964-2019 and the opinion 05/2014 of the Article 29 Working Party (WP216).
CREATE TABLE privrelease.technique (
    transform    text PRIMARY KEY,
    technique    text NOT NULL,
    title_zh     text,
    singling_out text CHECK (singling_out IN ('yes', 'may not', 'no')),
    linkability  text CHECK (linkability IN ('yes', 'may not', 'no')),
    inference    text CHECK (inference IN ('yes', 'may not', 'no'))
);
COMMENT ON TABLE privrelease.technique IS
    'Terms for transforms, and whether singling out, linkability and inference are still a risk (WP216); NULL: not listed, or as the model has it';

INSERT INTO privrelease.technique (transform, technique, singling_out, linkability, inference) VALUES
    ('keep', 'none', 'yes', 'yes', 'yes'),
    ('expression', 'none that is known', 'yes', 'yes', 'yes'),
    ('suppress', 'suppression: local', NULL, NULL, NULL),
    ('constant', 'suppression: masking', NULL, NULL, NULL),
    ('partial', 'suppression: masking', NULL, NULL, NULL),
    ('partial_email', 'suppression: masking', NULL, NULL, NULL),
    ('pseudonymize', 'pseudonymization', 'yes', 'yes', 'yes'),
    ('fake', 'pseudonymization', 'yes', 'yes', 'may not'),
    ('encrypt_fpe', 'cryptographic: format-preserving', 'yes', 'yes', 'may not'),
    ('bin', 'generalization: rounding', NULL, NULL, NULL),
    ('round', 'generalization: rounding', NULL, NULL, NULL),
    ('date_trunc', 'generalization: rounding', NULL, NULL, NULL),
    ('age', 'generalization: rounding', NULL, NULL, NULL),
    ('prefix', 'generalization: combining', NULL, NULL, NULL),
    ('hierarchy', 'generalization: combining', NULL, NULL, NULL),
    ('network', 'generalization: combining', NULL, NULL, NULL),
    ('grid', 'generalization: rounding', NULL, NULL, NULL),
    ('resident_id', 'generalization: combining', NULL, NULL, NULL),
    ('noise', 'randomization: noise', 'yes', 'may not', 'may not'),
    ('date_shift', 'randomization: noise', 'yes', 'may not', 'may not'),
    ('shuffle', 'randomization: permutation', 'yes', 'may not', 'may not'),
    ('rank_swap', 'randomization: permutation', 'yes', 'may not', 'may not'),
    ('microaggregate', 'randomization: micro-aggregation', NULL, NULL, NULL),
    ('pram', 'randomization: substitution', 'yes', 'yes', 'may not');

-- Chinese titles, written so that this file is ASCII; a database whose encoding has no such characters does without.
DO $do$
BEGIN
    EXECUTE $sql$
        UPDATE privrelease.impact_criterion AS c SET title_zh = t.title_zh FROM (VALUES
            ('policy.purpose', U&'\76EE\7684\5DF2\8BF4\660E'),
            ('policy.legal_basis', U&'\5408\6CD5\6027\57FA\7840\5DF2\8BF4\660E'),
            ('policy.public_interest', U&'\516C\5171\5229\76CA\5DF2\8BF4\660E'),
            ('policy.retention', U&'\4FDD\5B58\671F\9650\5DF2\8BF4\660E'),
            ('policy.contact', U&'\8054\7CFB\65B9\5F0F\5DF2\516C\5E03'),
            ('policy.reevaluation', U&'\518D\8BC4\4F30\8BA1\5212\5DF2\5236\5B9A'),
            ('policy.team', U&'\8BC4\4F30\56E2\961F\5DF2\660E\786E'),
            ('policy.separation', U&'\5BA1\6279\4E0E\7F16\5236\5206\79BB'),
            ('technology.guard', U&'\9632\62A4\5DF2\542F\7528'),
            ('technology.model', U&'\6BCF\4E2A\7248\672C\5747\7ECF\6A21\578B\9A8C\8BC1'),
            ('technology.unverified', U&'\672A\7ECF\6838\9A8C\7684\8868\8FBE\5F0F\5217\6570'),
            ('technology.reversible', U&'\6301\5BC6\94A5\8005\53EF\8FD8\539F\6216\5173\8054\7684\5217\6570'),
            ('technology.joint', U&'\53D1\5E03\524D\4E0E\540C\6E90\53D1\5E03\6BD4\5BF9'),
            ('technology.audit', U&'audit() \4E25\91CD\53D1\73B0\6570'),
            ('data.identifiers', U&'\76F4\63A5\6807\8BC6\7B26\5217\6570'),
            ('data.assessment', U&'assess() \901A\8FC7'),
            ('data.risk', U&'\91CD\6807\8BC6\98CE\9669 R'),
            ('data.min_class', U&'\6700\5C0F\7B49\4EF7\7C7B'),
            ('data.mean_risk', U&'\8BB0\5F55\5E73\5747\98CE\9669 |J|/N'),
            ('data.uniques', U&'\5355\4EBA\7B49\4EF7\7C7B\6570'),
            ('data.population', U&'\603B\4F53\552F\4E00\8005\4F30\8BA1\6BD4\4F8B'),
            ('data.joint', U&'\591A\53D1\5E03\5408\5E76\540E\7684\6700\5C0F\7B49\4EF7\7C7B'),
            ('data.sensitive', U&'\65E0\591A\6837\6027\6216\63A5\8FD1\6027\7EA6\675F\7684\654F\611F\5217\6570'),
            ('data.diversity', U&'\7B49\4EF7\7C7B\5185\6700\5C11\654F\611F\503C\6570'),
            ('data.unclassified', U&'\672A\5206\7C7B\7684\53D1\5E03\5217\6570'),
            ('data.suppressed', U&'\88AB\6291\5236\8BB0\5F55\7684\6BD4\4F8B'),
            ('data.loss', U&'\4FE1\606F\635F\5931'),
            ('users.sharing', U&'\5171\4EAB\65B9\5F0F\5DF2\8BF4\660E'),
            ('users.level.public', U&'\5B8C\5168\516C\5F00\5171\4EAB\6240\9700\7B49\7EA7'),
            ('users.level.controlled', U&'\53D7\63A7\516C\5F00\5171\4EAB\6240\9700\7B49\7EA7'),
            ('users.level.enclave', U&'\9886\5730\516C\5F00\5171\4EAB\6240\9700\7B49\7EA7'),
            ('users.beside', U&'\540C\6E90\5176\4ED6\5DF2\53D1\5E03\6570'),
            ('users.recalls', U&'\5DF2\53EC\56DE\7248\672C\6570'),
            ('grading.tau.public', U&'\5B8C\5168\516C\5F00\5171\4EAB\9608\503C tau'),
            ('grading.tau.controlled', U&'\53D7\63A7\516C\5F00\5171\4EAB\9608\503C tau'),
            ('grading.tau.enclave', U&'\9886\5730\516C\5F00\5171\4EAB\9608\503C tau'),
            ('grading.tau.inclusive', U&'\7B49\4E8E tau \662F\5426\8BA1\5165'),
            ('grading.acceptable', U&'\53EF\63A5\53D7\98CE\9669'),
            ('grading.acceptable.inclusive', U&'\7B49\4E8E\53EF\63A5\53D7\98CE\9669\662F\5426\53EF\63A5\53D7'),
            ('grading.pr.deliberate', U&'\84C4\610F\653B\51FB\6982\7387'),
            ('grading.pr.inadvertent', U&'\65E0\610F\8BC6\522B\6982\7387'),
            ('grading.pr.breach', U&'\6570\636E\6CC4\9732\6982\7387'),
            ('balance.low', U&'\516C\5171\5229\76CA: \4F4E'),
            ('balance.medium', U&'\516C\5171\5229\76CA: \4E2D'),
            ('balance.high', U&'\516C\5171\5229\76CA: \9AD8'),
            ('balance.margin', U&'\516C\5171\5229\76CA\987B\8D85\51FA\98CE\9669\7684\5E45\5EA6'),
            ('record.years', U&'\51B3\5B9A\4E0E\8BC4\4F30\7684\4FDD\5B58\5E74\9650')
        ) AS t(criterion, title_zh) WHERE c.criterion OPERATOR(pg_catalog.=) t.criterion
    $sql$;
    EXECUTE $sql$
        UPDATE privrelease.technique AS c SET title_zh = t.title_zh FROM (VALUES
            ('keep', U&'\672A\5904\7406'),
            ('expression', U&'\672A\77E5'),
            ('suppress', U&'\6291\5236: \5C40\90E8\6291\5236'),
            ('constant', U&'\6291\5236: \5C4F\853D'),
            ('partial', U&'\6291\5236: \5C4F\853D'),
            ('partial_email', U&'\6291\5236: \5C4F\853D'),
            ('pseudonymize', U&'\5047\540D\5316'),
            ('fake', U&'\5047\540D\5316'),
            ('encrypt_fpe', U&'\5BC6\7801\6280\672F: \4FDD\7559\683C\5F0F'),
            ('bin', U&'\6CDB\5316: \53D6\6574'),
            ('round', U&'\6CDB\5316: \53D6\6574'),
            ('date_trunc', U&'\6CDB\5316: \53D6\6574'),
            ('age', U&'\6CDB\5316: \53D6\6574'),
            ('prefix', U&'\6CDB\5316'),
            ('hierarchy', U&'\6CDB\5316'),
            ('network', U&'\6CDB\5316'),
            ('grid', U&'\6CDB\5316: \53D6\6574'),
            ('resident_id', U&'\6CDB\5316'),
            ('noise', U&'\968F\673A\5316: \566A\58F0\6DFB\52A0'),
            ('date_shift', U&'\968F\673A\5316: \566A\58F0\6DFB\52A0'),
            ('shuffle', U&'\968F\673A\5316: \7F6E\6362'),
            ('rank_swap', U&'\968F\673A\5316: \7F6E\6362'),
            ('microaggregate', U&'\968F\673A\5316: \5FAE\805A\96C6'),
            ('pram', U&'\968F\673A\5316: \66FF\6362')
        ) AS t(transform, title_zh) WHERE c.transform OPERATOR(pg_catalog.=) t.transform
    $sql$;
EXCEPTION WHEN untranslatable_character OR feature_not_supported THEN
    NULL;
END
$do$;

-- ---------- what was decided on which assessment ----------

-- No foreign key: the record outlives its release.
CREATE TABLE privrelease.impact_record (
    id             int8 GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    release        int4 NOT NULL,
    release_schema name NOT NULL,
    release_name   name NOT NULL,
    source_owner   name NOT NULL,
    step           text NOT NULL,
    recorded_at    timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    recorded_by    name NOT NULL,
    declaration    text,
    document       jsonb NOT NULL,
    keep_until     timestamptz NOT NULL
);
CREATE INDEX ON privrelease.impact_record (release, id);
COMMENT ON TABLE privrelease.impact_record IS
    'Impact assessments that decisions were based on; rows are only ever added, and none goes before keep_until';
COMMENT ON COLUMN privrelease.impact_record.step IS 'the decision: submit, approve, reject, publish';
COMMENT ON COLUMN privrelease.impact_record.declaration IS 'digest of the declaration that was decided on';

SELECT pg_catalog.pg_extension_config_dump('privrelease.impact_record', '');
SELECT pg_catalog.pg_extension_config_dump('privrelease.impact_record_id_seq', '');

CREATE FUNCTION privrelease.impact_record_stays() RETURNS trigger
    AS 'MODULE_PATHNAME', 'privrelease_impact_record_stays' LANGUAGE C SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION privrelease.impact_record_stays() IS
    'Trigger of impact_record: rows are not changed, and not deleted before keep_until or while they are what a published release rests on';
REVOKE ALL ON FUNCTION privrelease.impact_record_stays() FROM PUBLIC;

CREATE TRIGGER stays BEFORE UPDATE OR DELETE ON privrelease.impact_record
    FOR EACH ROW EXECUTE FUNCTION privrelease.impact_record_stays();
CREATE TRIGGER stays_whole BEFORE TRUNCATE ON privrelease.impact_record
    FOR EACH STATEMENT EXECUTE FUNCTION privrelease.impact_record_stays();

CREATE VIEW privrelease.impact_records WITH (security_barrier) AS
    SELECT pg_catalog.format('%I.%I', r.release_schema, r.release_name) AS release,
           r.step, r.recorded_at, r.recorded_by, r.declaration, r.document, r.keep_until
    FROM privrelease.impact_record AS r
    WHERE privrelease.may_inspect(r.source_owner, r.release);
COMMENT ON VIEW privrelease.impact_records IS
    'Impact assessments that decisions were based on, of dropped releases too; shown to the owner of the source, approvers and auditors';
COMMENT ON COLUMN privrelease.impact_records.release IS 'the release, as it was named';
COMMENT ON COLUMN privrelease.impact_records.step IS 'the decision: submit, approve, reject, publish';
COMMENT ON COLUMN privrelease.impact_records.recorded_at IS 'when';
COMMENT ON COLUMN privrelease.impact_records.recorded_by IS 'role that decided';
COMMENT ON COLUMN privrelease.impact_records.declaration IS 'digest of the declaration that was decided on';
COMMENT ON COLUMN privrelease.impact_records.document IS 'the assessment as impact_assessment() gave it then; impact_page() shows it';
COMMENT ON COLUMN privrelease.impact_records.keep_until IS 'nobody deletes it before';
GRANT SELECT ON privrelease.impact_records TO PUBLIC;

-- ---------- the calculation ----------

CREATE FUNCTION privrelease.impact_threshold(criterion text) RETURNS numeric
    LANGUAGE sql STABLE STRICT SET search_path = pg_catalog, pg_temp AS $sql$
    SELECT c.threshold FROM privrelease.impact_criteria AS c WHERE c.criterion = $1
$sql$;
COMMENT ON FUNCTION privrelease.impact_threshold(text) IS 'Threshold in force of a criterion or parameter';
REVOKE ALL ON FUNCTION privrelease.impact_threshold(text) FROM PUBLIC;

-- f is the size of a class, theta = 1/f.  tau is kept as the size x with tau = 1/x, so that the comparison is one of integers.
CREATE FUNCTION privrelease.impact_grade(columns jsonb, measured jsonb, mode text) RETURNS jsonb
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $sql$
    WITH parameter AS (
        SELECT privrelease.impact_threshold('grading.tau.' || mode) AS x,
               privrelease.impact_threshold('grading.tau.inclusive') = 1 AS tau_inclusive,
               privrelease.impact_threshold('grading.acceptable') AS acceptable,
               privrelease.impact_threshold('grading.acceptable.inclusive') = 1 AS acceptable_inclusive,
               CASE mode WHEN 'public' THEN 1
                    ELSE greatest(privrelease.impact_threshold('grading.pr.deliberate'), privrelease.impact_threshold('grading.pr.inadvertent'),
                                  privrelease.impact_threshold('grading.pr.breach')) END AS pr
    ), found AS (
        SELECT count(*) FILTER (WHERE c ->> 'identifier' = 'direct') AS direct,
               count(*) FILTER (WHERE c ->> 'identifier' = 'indirect') AS indirect,
               count(*) FILTER (WHERE c ->> 'role' = 'quasi_identifier') AS quasi
        FROM jsonb_array_elements(columns) AS c
    ), size AS (
        SELECT (measured ->> 'classes')::numeric AS classes, greatest((measured ->> 'min_class')::numeric, 1) AS smallest,
               round((measured ->> 'average_class_risk')::numeric, 12) AS average,
               (SELECT coalesce(sum(s.value::numeric), 0) FROM jsonb_each_text(measured -> 'class_sizes') AS s
                WHERE s.key ~ '^[0-9]+$' AND (s.key::numeric < p.x OR (p.tau_inclusive AND s.key::numeric = p.x))) AS above
        FROM parameter AS p
    ), risk AS (
        SELECT s.*, s.above / nullif(s.classes, 0) AS r_a, 1 / s.smallest AS r_b, s.average AS r_c,
               s.smallest < p.x OR (p.tau_inclusive AND s.smallest = p.x) AS is_above
        FROM size AS s, parameter AS p
    ), result AS (
        SELECT r.*, CASE WHEN r.classes > 0 THEN round(CASE WHEN r.is_above THEN 1 WHEN mode = 'public' THEN r.r_b * p.pr ELSE r.r_c * p.pr END, 12) END AS r
        FROM risk AS r, parameter AS p
    )
    SELECT jsonb_build_object(
        'standard', 'GB/T 42460-2023',
        'mode', mode,
        'level', CASE WHEN f.direct > 0 THEN 1 WHEN f.quasi + f.indirect = 0 THEN 4 WHEN r.r IS NULL THEN NULL
                      WHEN r.r < p.acceptable OR (p.acceptable_inclusive AND r.r = p.acceptable) THEN 3 ELSE 2 END,
        'decided_by', CASE WHEN f.direct > 0 THEN 'a direct identifier is shown' WHEN f.quasi + f.indirect = 0 THEN 'no identifier is there'
                           WHEN r.r IS NULL THEN 'no class was measured'
                           WHEN r.r < p.acceptable OR (p.acceptable_inclusive AND r.r = p.acceptable) THEN 'the risk is acceptable'
                           ELSE 'the risk is not acceptable' END,
        'direct_identifiers', f.direct, 'quasi_identifiers', f.quasi,
        'r_a', trim_scale(round(r.r_a, 12)), 'r_b', CASE WHEN r.classes > 0 THEN trim_scale(round(r.r_b, 12)) END,
        'r_c', CASE WHEN r.classes > 0 THEN trim_scale(r.r_c) END, 'pr', p.pr, 'r', trim_scale(r.r),
        'tau', trim_scale(round(1 / p.x, 12)), 'tau_size', p.x, 'tau_comparison', CASE WHEN p.tau_inclusive THEN '>=' ELSE '>' END,
        'acceptable', p.acceptable, 'acceptable_comparison', CASE WHEN p.acceptable_inclusive THEN '<=' ELSE '<' END)
    FROM found AS f, parameter AS p, result AS r
$sql$;
COMMENT ON FUNCTION privrelease.impact_grade(jsonb, jsonb, text) IS
    'Level 1 to 4 of a release: the calculation of GB/T 42460-2023, Annex D, from sizes of classes';
REVOKE ALL ON FUNCTION privrelease.impact_grade(jsonb, jsonb, text) FROM PUBLIC;

-- A distribution that nobody can be found in by counting: eight bins.
CREATE FUNCTION privrelease.impact_bins(class_sizes jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $sql$
    SELECT jsonb_agg(jsonb_build_object('from', b.least, 'to', b.most, 'classes',
               (SELECT coalesce(sum(s.value::numeric), 0) FROM jsonb_each_text(class_sizes) AS s
                WHERE CASE WHEN s.key = '100+' THEN b.most IS NULL ELSE s.key::numeric BETWEEN b.least AND b.most END)) ORDER BY b.least)
    FROM (VALUES (1, 1), (2, 2), (3, 4), (5, 9), (10, 19), (20, 49), (50, 99), (100, NULL)) AS b(least, most)
    WHERE class_sizes <> '{}'
$sql$;
COMMENT ON FUNCTION privrelease.impact_bins(jsonb) IS 'Sizes of classes as assess() has them, in eight bins; NULL: no class';
REVOKE ALL ON FUNCTION privrelease.impact_bins(jsonb) FROM PUBLIC;

CREATE FUNCTION privrelease.impact_keeps(value numeric, comparison text, threshold numeric) RETURNS boolean
    LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $sql$
    SELECT CASE comparison WHEN 'at least' THEN value >= threshold WHEN 'at most' THEN value <= threshold WHEN 'below' THEN value < threshold END
$sql$;
COMMENT ON FUNCTION privrelease.impact_keeps(numeric, text, numeric) IS 'Does a value keep a criterion? NULL: it was not measured';
REVOKE ALL ON FUNCTION privrelease.impact_keeps(numeric, text, numeric) FROM PUBLIC;

-- 1 where it is kept; otherwise half of how near it comes, so that what is not kept never counts for more than half.
CREATE FUNCTION privrelease.impact_score(value numeric, comparison text, threshold numeric) RETURNS numeric
    LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $sql$
    SELECT CASE WHEN value IS NULL THEN NULL
                WHEN privrelease.impact_keeps(value, comparison, threshold) THEN 1
                WHEN comparison = 'at least' THEN round(greatest(value, 0) / threshold / 2, 6)
                WHEN value > 0 THEN round(threshold / value / 2, 6)
                ELSE 0 END
$sql$;
COMMENT ON FUNCTION privrelease.impact_score(numeric, text, numeric) IS 'Score of a criterion, 0 to 1; NULL: it was not measured';
REVOKE ALL ON FUNCTION privrelease.impact_score(numeric, text, numeric) FROM PUBLIC;

-- ---------- what is there ----------

-- The word that public_interest begins with; in Chinese where the encoding is UTF-8.
CREATE FUNCTION privrelease.impact_interest(public_interest text) RETURNS text
    LANGUAGE sql STABLE STRICT SET search_path = pg_catalog, pg_temp AS $sql$
    SELECT coalesce(lower((regexp_match(btrim($1, E' \t\r\n'), '^(low|medium|high)(?![a-z0-9])', 'i'))[1]),
                    CASE WHEN getdatabaseencoding() = 'UTF8' THEN
                        CASE ascii(btrim($1, E' \t\r\n')) WHEN 20302 THEN 'low' WHEN 20013 THEN 'medium' WHEN 39640 THEN 'high' END END)
$sql$;
COMMENT ON FUNCTION privrelease.impact_interest(text) IS 'low, medium or high: the word that a public interest begins with; NULL: none of them';
REVOKE ALL ON FUNCTION privrelease.impact_interest(text) FROM PUBLIC;

-- What was said of a release, and what submit() would still insist on.
CREATE FUNCTION privrelease.impact_declared(release int4) RETURNS jsonb
    LANGUAGE sql STABLE STRICT SET search_path = pg_catalog, pg_temp AS $sql$
    WITH said AS (
        SELECT CASE WHEN l.purpose IS NOT NULL AND NOT l.metadata ? 'purpose' THEN l.metadata || jsonb_build_object('purpose', l.purpose)
                    ELSE l.metadata END AS metadata
        FROM privrelease.release AS l WHERE l.id = $1
    ), mode AS (
        SELECT lower(btrim(s.metadata ->> 'sharing')) AS word FROM said AS s
    )
    SELECT jsonb_build_object(
        'values', s.metadata,
        'titles', (SELECT jsonb_object_agg(k.key, k.title) FROM privrelease.metadata_key AS k),
        'missing', coalesce((SELECT jsonb_agg(k.key ORDER BY k.key) FROM privrelease.metadata_key AS k
                             WHERE k.required AND coalesce(btrim(s.metadata ->> k.key, E' \t\r\n'), '') = ''), '[]'),
        'sharing', CASE WHEN m.word IN ('public', 'controlled', 'enclave') THEN m.word ELSE 'public' END,
        'sharing_declared', coalesce(m.word IN ('public', 'controlled', 'enclave'), false),
        'interest', privrelease.impact_interest(s.metadata ->> 'public_interest'))
    FROM said AS s, mode AS m
$sql$;
COMMENT ON FUNCTION privrelease.impact_declared(int4) IS 'What only a person can state of a release, and what of it is missing';
REVOKE ALL ON FUNCTION privrelease.impact_declared(int4) FROM PUBLIC;

-- columns: what C says of each rule, in the order of the release.
CREATE FUNCTION privrelease.impact_columns(release int4, columns jsonb, result jsonb) RETURNS jsonb
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $sql$
    SELECT coalesce(jsonb_agg(jsonb_build_object(
        'name', c ->> 'name', 'column', r.column_name, 'transform', r.transform, 'params', r.params, 'kind', c ->> 'kind',
        'category', k.category, 'sensitive', coalesce(k.kind = 'sensitive' OR g.sensitive, false), 'role', c ->> 'role',
        -- What an expression does with an identifier nobody has checked.
        'identifier', CASE WHEN c ->> 'kind' = 'identifier' OR (c ->> 'reads_identifier')::boolean THEN
                          CASE WHEN (c ->> 'clear')::boolean OR r.transform = 'expression' THEN 'direct'
                               WHEN NOT (c ->> 'ignores_value')::boolean THEN 'indirect' END END,
        'kept', (c ->> 'clear')::boolean, 'unverified', r.transform = 'expression', 'empty', (c ->> 'ignores_value')::boolean, 'keyed', r.key IS NOT NULL,
        'conditioned', coalesce(jsonb_path_exists(l.model, 'lax $.*[*] ? (@.column == $column)', jsonb_build_object('column', c ->> 'name')), false),
        'technique', t.technique, 'technique_zh', t.title_zh,
        'singling_out', coalesce(t.singling_out, CASE WHEN t.technique LIKE 'generalization%' THEN CASE WHEN l.model IS NOT NULL THEN 'no' ELSE 'yes' END END),
        'linkability', coalesce(t.linkability, CASE WHEN t.technique LIKE 'generalization%' THEN 'yes' END),
        'inference', coalesce(t.inference, CASE WHEN t.technique LIKE 'generalization%' THEN
                              CASE WHEN l.model ?| ARRAY['l', 't'] THEN 'may not' ELSE 'yes' END END),
        'loss', trim_scale(round(1 - (result #>> ARRAY['utility', 'columns', c ->> 'name'])::numeric, 6))) ORDER BY o), '[]')
    FROM privrelease.release AS l, jsonb_array_elements(columns) WITH ORDINALITY AS e(c, o)
        JOIN privrelease.rule AS r ON r.release = $1 AND r.output_name = (c ->> 'rule')::name
        LEFT JOIN privrelease.technique AS t ON t.transform = r.transform
        LEFT JOIN privrelease.classification AS k ON k.attnum = r.attnum
            AND (k.source, k.binding) = (SELECT x.source, x.binding FROM privrelease.release AS x WHERE x.id = $1)
        LEFT JOIN privrelease.category AS g ON g.category = k.category
    WHERE l.id = $1
$sql$;
COMMENT ON FUNCTION privrelease.impact_columns(int4, jsonb, jsonb) IS
    'Released columns: what they are, by which technique they are made (ISO/IEC 20889, GB/T 37964), what is still a risk (WP216), what was lost';
REVOKE ALL ON FUNCTION privrelease.impact_columns(int4, jsonb, jsonb) FROM PUBLIC;

-- The measures of an assessment that weigh; NULL: none of today's declaration.
CREATE FUNCTION privrelease.impact_measured(assessment int8) RETURNS jsonb
    LANGUAGE sql STABLE STRICT SET search_path = pg_catalog, pg_temp AS $sql$
    SELECT jsonb_build_object(
        'assessed_at', a.assessed_at, 'assessed_by', a.assessed_by, 'options', a.options, 'verdict', a.verdict, 'reasons', a.result -> 'reasons',
        'records', a.result -> 'records', 'subjects', a.result -> 'subjects', 'suppressed', a.result -> 'suppressed',
        'rows_per_person', trim_scale(round((a.result ->> 'records')::numeric / nullif((a.result ->> 'subjects')::numeric, 0), 6)),
        'suppressed_share', trim_scale(round((a.result ->> 'suppressed')::numeric / nullif((a.result ->> 'records')::numeric, 0), 6)),
        'classes', a.result -> 'classes', 'min_class', a.result -> 'min_class', 'class_sizes', coalesce(a.result -> 'class_sizes', '{}'),
        'average_class_risk', a.result #> '{risk,classes,average}', 'mean_risk', a.result #> '{risk,prosecutor,average}',
        'max_risk', a.result #> '{risk,prosecutor,max}', 'uniques', a.result #> '{risk,uniques}', 'at_risk', a.result #> '{risk,at_risk}',
        'population_uniques', a.result #> '{risk,population,uniques}', 'levels', a.result -> 'levels',
        'diversity', a.result -> 'diversity', 'closeness', a.result -> 'closeness',
        'least_diversity', (SELECT min((d.value ->> 'distinct')::numeric) FROM jsonb_each(CASE jsonb_typeof(a.result -> 'diversity')
                            WHEN 'object' THEN a.result -> 'diversity' ELSE '{}' END) AS d WHERE jsonb_typeof(d.value) = 'object'),
        'loss', a.result #> '{utility,loss}', 'joint', a.result -> 'joint', 'unavailable', a.result -> 'unavailable')
    FROM privrelease.assessment AS a WHERE a.id = $1
$sql$;
COMMENT ON FUNCTION privrelease.impact_measured(int8) IS 'What weighs of an assessment';
REVOKE ALL ON FUNCTION privrelease.impact_measured(int8) FROM PUBLIC;

-- ---------- weighing ----------

-- The measured or declared value of each criterion; NULL, or absent: not measured, or of no meaning for this release.
CREATE FUNCTION privrelease.impact_values(document jsonb) RETURNS TABLE (criterion text, value numeric)
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $sql$
    SELECT 'policy.' || k, CASE WHEN coalesce(btrim(document #>> ARRAY['declared', k], E' \t\r\n'), '') <> '' THEN 1 ELSE 0 END
    FROM unnest(ARRAY['purpose', 'legal_basis', 'public_interest', 'retention', 'contact', 'reevaluation', 'team']) AS k
    UNION ALL
    SELECT 'technology.' || k, (document #>> ARRAY['technology', k])::boolean::int4
    FROM unnest(ARRAY['guard', 'model', 'joint']) AS k
    UNION ALL
    SELECT 'technology.unverified', count(*) FILTER (WHERE (c ->> 'unverified')::boolean) FROM jsonb_array_elements(document -> 'columns') AS c
    UNION ALL
    SELECT 'technology.reversible', count(*) FILTER (WHERE c ->> 'linkability' = 'yes' AND (c ->> 'keyed')::boolean)
    FROM jsonb_array_elements(document -> 'columns') AS c
    UNION ALL
    SELECT 'data.sensitive', count(*) FILTER (WHERE c ->> 'role' = 'sensitive' AND NOT (c ->> 'conditioned')::boolean)
    FROM jsonb_array_elements(document -> 'columns') AS c
    UNION ALL
    SELECT 'data.unclassified', count(*) FILTER (WHERE c ->> 'kind' IS NULL AND NOT (c ->> 'empty')::boolean) FROM jsonb_array_elements(document -> 'columns') AS c
    UNION ALL
    SELECT v.criterion, v.value FROM (VALUES
        ('policy.separation', (document #>> '{technology,require_approval}')::boolean::int4),
        ('technology.audit', (document #>> '{technology,audit,critical}')::numeric),
        ('data.identifiers', (document #>> '{grading,direct_identifiers}')::numeric),
        ('data.assessment', (document #>> '{measured,verdict}' = 'pass')::int4),
        ('data.risk', (document #>> '{grading,r}')::numeric),
        ('data.min_class', CASE WHEN (document #>> '{measured,classes}')::numeric > 0 THEN (document #>> '{measured,min_class}')::numeric END),
        ('data.mean_risk', (document #>> '{measured,mean_risk}')::numeric),
        ('data.uniques', (document #>> '{measured,uniques}')::numeric),
        ('data.population', (document #>> '{measured,population_uniques}')::numeric),
        ('data.joint', (document #>> '{measured,joint,min_class}')::numeric),
        ('data.diversity', (document #>> '{measured,least_diversity}')::numeric),
        ('data.suppressed', (document #>> '{measured,suppressed_share}')::numeric),
        ('data.loss', (document #>> '{measured,loss}')::numeric),
        ('users.sharing', (document #>> '{sharing,declared}')::boolean::int4),
        ('users.level.' || (document #>> '{sharing,mode}'), (document #>> '{grading,level}')::numeric),
        ('users.beside', jsonb_array_length(document -> 'beside')),
        ('users.recalls', (document #>> '{history,recalls}')::numeric)) AS v(criterion, value)
$sql$;
COMMENT ON FUNCTION privrelease.impact_values(jsonb) IS 'Value of each criterion for a document of impact_assessment()';
REVOKE ALL ON FUNCTION privrelease.impact_values(jsonb) FROM PUBLIC;

CREATE FUNCTION privrelease.impact_dimensions(document jsonb) RETURNS jsonb
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $sql$
    WITH scored AS (
        SELECT c.*, v.value, privrelease.impact_keeps(v.value, c.comparison, c.threshold) AS keeps,
               privrelease.impact_score(v.value, c.comparison, c.threshold) AS score
        FROM privrelease.impact_criteria AS c LEFT JOIN privrelease.impact_values(document) AS v ON v.criterion = c.criterion
        WHERE c.dimension IN ('policy', 'technology', 'data', 'users')
            -- The level that another mode of sharing would need says nothing here.
            AND (c.criterion NOT LIKE 'users.level.%' OR c.criterion = 'users.level.' || (document #>> '{sharing,mode}'))
    ), whole AS (
        SELECT s.dimension, min(s.position) AS position, sum(s.weight) FILTER (WHERE s.score IS NOT NULL) AS weight,
               sum(s.weight * s.score) AS weighted,
               jsonb_agg(jsonb_build_object('criterion', s.criterion, 'title', s.title, 'title_zh', s.title_zh, 'value', trim_scale(s.value),
                   'comparison', s.comparison, 'threshold', trim_scale(s.threshold), 'unit', s.unit, 'weight', trim_scale(s.weight),
                   'score', trim_scale(s.score), 'kept', s.keeps, 'decisive', s.decisive, 'origin', s.origin) ORDER BY s.position) AS criteria
        FROM scored AS s GROUP BY s.dimension
    )
    SELECT jsonb_object_agg(w.dimension, jsonb_build_object('weight', trim_scale(w.weight), 'score', trim_scale(round(w.weighted / nullif(w.weight, 0), 6)),
                                                            'criteria', w.criteria))
    FROM whole AS w
$sql$;
COMMENT ON FUNCTION privrelease.impact_dimensions(jsonb) IS 'The criteria in four dimensions, each with value, threshold, weight and score';
REVOKE ALL ON FUNCTION privrelease.impact_dimensions(jsonb) FROM PUBLIC;

-- Risk is the share of the weight that is not kept; what the public gains must exceed it.
CREATE FUNCTION privrelease.impact_balance(document jsonb) RETURNS jsonb
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $sql$
    WITH weighed AS (
        SELECT round(1 - sum((c ->> 'weight')::numeric * (c ->> 'score')::numeric) / nullif(sum((c ->> 'weight')::numeric), 0), 6) AS risk
        FROM jsonb_each(document -> 'dimensions') AS d, jsonb_array_elements(d.value -> 'criteria') AS c
        WHERE c ->> 'score' IS NOT NULL
    ), gained AS (
        SELECT document #>> '{interest}' AS word, privrelease.impact_threshold('balance.' || (document #>> '{interest}')) AS interest,
               privrelease.impact_threshold('balance.margin') AS margin
    )
    SELECT jsonb_build_object('risk', trim_scale(w.risk), 'interest', g.interest, 'interest_word', g.word, 'margin', g.margin,
                              'outweighs', g.interest - w.risk >= g.margin)
    FROM weighed AS w, gained AS g
$sql$;
COMMENT ON FUNCTION privrelease.impact_balance(jsonb) IS 'Risk against public interest';
REVOKE ALL ON FUNCTION privrelease.impact_balance(jsonb) FROM PUBLIC;

CREATE FUNCTION privrelease.impact_verdict(document jsonb) RETURNS jsonb
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $sql$
    WITH reason (place, refuses, reason) AS (
        SELECT row_number() OVER (), true,
               format('%s: %s, and it must be %s %s', c ->> 'title', c ->> 'value', c ->> 'comparison', c ->> 'threshold')
        FROM unnest(ARRAY['policy', 'technology', 'data', 'users']) AS d, jsonb_array_elements(document #> ARRAY['dimensions', d, 'criteria']) AS c
        WHERE (c ->> 'decisive')::boolean AND NOT (c ->> 'kept')::boolean
        UNION ALL
        SELECT 100, true, format('the risk of %s is not outweighed by a %s public interest of %s', document #>> '{balance,risk}',
                                 document #>> '{balance,interest_word}', document #>> '{balance,interest}')
        WHERE NOT (document #>> '{balance,outweighs}')::boolean
        UNION ALL
        SELECT 101, false, format('nothing was measured of what is declared today: SELECT privrelease.assess(%L);', document ->> 'release')
        WHERE document -> 'measured' = 'null'
        UNION ALL
        SELECT 102, false, format('the level of GB/T 42460-2023 is not known: %s', document #>> '{grading,decided_by}')
        WHERE document -> 'measured' <> 'null' AND document #>> '{grading,level}' IS NULL
        UNION ALL
        SELECT 103, false, 'not declared: ' || string_agg(k, ', ' ORDER BY k) FROM jsonb_array_elements_text(document -> 'missing') AS k HAVING count(*) > 0
        UNION ALL
        SELECT 104, false, 'public_interest begins with none of the words low, medium and high'
        WHERE document #>> '{interest}' IS NULL AND NOT document -> 'missing' ? 'public_interest'
    )
    SELECT jsonb_build_object('verdict', CASE WHEN coalesce(bool_or(r.refuses), false) THEN 'not acceptable' WHEN count(*) > 0 THEN 'incomplete' ELSE 'acceptable' END,
                              'reasons', coalesce(jsonb_agg(r.reason ORDER BY r.place), '[]'))
    FROM reason AS r
$sql$;
COMMENT ON FUNCTION privrelease.impact_verdict(jsonb) IS 'acceptable, not acceptable, or incomplete, and why';
REVOKE ALL ON FUNCTION privrelease.impact_verdict(jsonb) FROM PUBLIC;

-- The three questions of WP216 of the release as a whole: the worst column decides, where no model has it otherwise.
CREATE FUNCTION privrelease.impact_questions(document jsonb) RETURNS jsonb
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $sql$
    WITH told AS (
        SELECT (document #>> '{technology,model}')::boolean AND (document #>> '{measured,uniques}')::numeric = 0 AS has_classes,
               count(*) FILTER (WHERE c ->> 'linkability' = 'yes' AND (c ->> 'keyed')::boolean) AS pseudonyms,
               count(*) FILTER (WHERE c ->> 'role' = 'quasi_identifier') AS quasi,
               count(*) FILTER (WHERE c ->> 'role' = 'sensitive') AS sensitive,
               count(*) FILTER (WHERE c ->> 'role' = 'sensitive' AND (c ->> 'conditioned')::boolean) AS conditioned
        FROM jsonb_array_elements(document -> 'columns') AS c
    )
    SELECT jsonb_build_object(
        'singling_out', CASE WHEN has_classes THEN jsonb_build_object('risk', 'no', 'why', 'no class of one person was measured, and every version is verified')
                             WHEN quasi = 0 AND pseudonyms = 0 THEN jsonb_build_object('risk', 'may not', 'why', 'no column tells persons apart')
                             ELSE jsonb_build_object('risk', 'yes', 'why', 'nothing keeps a person from being the only one of his class') END,
        'linkability', CASE WHEN pseudonyms > 0 THEN jsonb_build_object('risk', 'yes', 'why', 'pseudonyms link the rows of a person')
                            WHEN quasi = 0 THEN jsonb_build_object('risk', 'may not', 'why', 'no column is known from elsewhere')
                            ELSE jsonb_build_object('risk', 'yes', 'why', 'classes can be linked with what is known from elsewhere') END,
        'inference', CASE WHEN sensitive = 0 THEN jsonb_build_object('risk', 'may not', 'why', 'no sensitive column is released')
                          WHEN sensitive = conditioned THEN jsonb_build_object('risk', 'may not', 'why', 'diversity or closeness holds for every sensitive column')
                          ELSE jsonb_build_object('risk', 'yes', 'why', 'persons of a class may share a sensitive value') END)
    FROM told
$sql$;
COMMENT ON FUNCTION privrelease.impact_questions(jsonb) IS 'Singling out, linkability, inference: is it still a risk, and why';
REVOKE ALL ON FUNCTION privrelease.impact_questions(jsonb) FROM PUBLIC;

-- ---------- the document ----------

-- facts: what C knows of the server, the rules and the assessment of today's declaration.
CREATE FUNCTION privrelease.impact_document(release int4, facts jsonb) RETURNS jsonb
    LANGUAGE plpgsql STABLE STRICT SET search_path = pg_catalog, pg_temp AS $plpgsql$
DECLARE
    l        privrelease.release;
    result   jsonb;
    said     jsonb := privrelease.impact_declared($1);
    document jsonb;
BEGIN
    SELECT * INTO STRICT l FROM privrelease.release AS r WHERE r.id = $1;
    SELECT a.result INTO result FROM privrelease.assessment AS a WHERE a.id = (facts ->> 'assessment')::int8;

    document := jsonb_build_object(
        'privrelease_impact', 1,
        'release', format('%I.%I', l.release_schema, l.release_name), 'source', format('%I.%I', l.source_schema, l.source_name),
        'kind', l.kind, 'subject', l.subject, 'state', l.state, 'model', l.model, 'source_owner', l.source_owner,
        'declared_at', l.declared_at, 'declared_by', l.declared_by, 'changed_at', l.changed_at, 'changed_by', l.changed_by,
        'made_at', now(), 'made_by', facts ->> 'caller', 'declaration', facts ->> 'declaration',
        'declared', said -> 'values', 'titles', said -> 'titles', 'missing', said -> 'missing', 'interest', said -> 'interest',
        'sharing', jsonb_build_object('mode', said -> 'sharing', 'declared', said -> 'sharing_declared'));

    document := document || jsonb_build_object(
        'columns', privrelease.impact_columns($1, facts -> 'columns', result),
        'measured', coalesce(privrelease.impact_measured((facts ->> 'assessment')::int8), 'null'),
        'version', (SELECT jsonb_build_object('version', v.version, 'refreshed_at', v.refreshed_at, 'refreshed_by', v.refreshed_by, 'records', v.records,
                           'subjects', v.subjects, 'suppressed', v.suppressed, 'classes', v.classes, 'min_class', v.min_class, 'levels', v.levels)
                    FROM privrelease.version AS v WHERE v.release = $1 ORDER BY v.version DESC LIMIT 1),
        'technology', jsonb_build_object('guard', facts -> 'guard', 'require_approval', facts -> 'require_approval', 'joint', facts -> 'joint', 'audit', facts -> 'audit',
                                         'model', l.kind = 'table' AND l.model IS NOT NULL,
                                         'keys', (SELECT coalesce(jsonb_agg(DISTINCT jsonb_build_object('key', r.key, 'version', r.key_version)), '[]')
                                                  FROM privrelease.rule AS r WHERE r.release = $1 AND r.key IS NOT NULL)),
        'audience', (SELECT coalesce(jsonb_agg(r.rolname ORDER BY r.rolname), '[]')
                     FROM privrelease.audience AS a JOIN pg_roles AS r ON r.oid = a.role_oid WHERE a.release = $1),
        'beside', (SELECT coalesce(jsonb_agg(format('%I.%I', o.release_schema, o.release_name) ORDER BY o.release_schema, o.release_name), '[]')
                   FROM privrelease.release AS o WHERE o.source = l.source AND o.binding = l.binding AND o.id <> $1 AND o.state = 'published'),
        'history', jsonb_build_object(
            'versions', (SELECT count(*) FROM privrelease.version AS v WHERE v.release = $1),
            'recalls', (SELECT count(*) FROM privrelease.version AS v WHERE v.release = $1 AND v.recalled_at IS NOT NULL),
            'objections', (SELECT count(*) FROM privrelease.objection AS o JOIN privrelease.objection_domain AS d ON d.domain = o.domain
                           WHERE d.source = l.source AND d.binding = l.binding
                           AND (o.release_name IS NULL OR (o.release_schema = l.release_schema AND o.release_name = l.release_name)))),
        'decisions', (SELECT coalesce(jsonb_agg(r.document #> '{decisions,-1}' ORDER BY r.id), '[]') FROM privrelease.impact_record AS r WHERE r.release = $1),
        'keep_until', now() + make_interval(years => privrelease.impact_threshold('record.years')::int4));

    document := document || jsonb_build_object(
        'sensitive', (SELECT coalesce(jsonb_agg(DISTINCT jsonb_build_object('category', g.category, 'title', g.title, 'title_zh', g.title_zh)), '[]')
                      FROM jsonb_array_elements(document -> 'columns') AS c JOIN privrelease.category AS g ON g.category = c ->> 'category' WHERE g.sensitive),
        'kept_columns', (SELECT coalesce(jsonb_agg(c ->> 'name'), '[]') FROM jsonb_array_elements(document -> 'columns') AS c WHERE (c ->> 'kept')::boolean),
        'grading', privrelease.impact_grade(document -> 'columns', document -> 'measured', document #>> '{sharing,mode}'),
        'questions', privrelease.impact_questions(document),
        'class_sizes', coalesce(privrelease.impact_bins(document #> '{measured,class_sizes}'), 'null'),
        'parameters', (SELECT jsonb_agg(jsonb_build_object('criterion', c.criterion, 'title', c.title, 'title_zh', c.title_zh, 'value', trim_scale(c.threshold),
                                        'unit', c.unit, 'origin', c.origin) ORDER BY c.position)
                       FROM privrelease.impact_criteria AS c WHERE c.comparison = 'parameter'));
    document := document #- '{measured,class_sizes}';
    document := document || jsonb_build_object('dimensions', privrelease.impact_dimensions(document));
    document := document || jsonb_build_object('balance', privrelease.impact_balance(document));
    RETURN document || privrelease.impact_verdict(document);
END
$plpgsql$;
COMMENT ON FUNCTION privrelease.impact_document(int4, jsonb) IS 'The document of impact_assessment(), step by step';
REVOKE ALL ON FUNCTION privrelease.impact_document(int4, jsonb) FROM PUBLIC;

-- The document with the decision that it is recorded for, which was taken before it is recorded.
CREATE FUNCTION privrelease.impact_decided(document jsonb, release int4, step text, role name) RETURNS jsonb
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $sql$
    SELECT jsonb_set(document, '{decisions}', document -> 'decisions' || jsonb_build_array(jsonb_build_object(
        'step', step, 'by', role, 'at', now(), 'verdict', document -> 'verdict', 'note',
        (SELECT a.note FROM privrelease.approval AS a
         WHERE a.release = $2 AND a.decided_by = role AND a.decision = CASE step WHEN 'approve' THEN 'approved' WHEN 'reject' THEN 'rejected' END
         ORDER BY a.id DESC LIMIT 1))))
$sql$;
COMMENT ON FUNCTION privrelease.impact_decided(jsonb, int4, text, name) IS 'A document of impact_assessment() with the decision that it is recorded for';
REVOKE ALL ON FUNCTION privrelease.impact_decided(jsonb, int4, text, name) FROM PUBLIC;

CREATE FUNCTION privrelease.impact_assessment(release text) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'privrelease_impact_assessment' LANGUAGE C STRICT SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION privrelease.impact_assessment(text) IS
    'What a release means for the persons in it: measured and declared facts in four dimensions, the level of GB/T 42460-2023, risk against public interest, and a verdict. Source owners, approvers and auditors';

CREATE FUNCTION privrelease.impact_report(release text) RETURNS text
    AS 'MODULE_PATHNAME', 'privrelease_impact_report' LANGUAGE C STRICT SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION privrelease.impact_report(text) IS
    'The impact assessment as one HTML page that needs no other file. Source owners, approvers and auditors';

CREATE FUNCTION privrelease.impact_page(document jsonb) RETURNS text
    AS 'MODULE_PATHNAME', 'privrelease_impact_page' LANGUAGE C STRICT STABLE SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION privrelease.impact_page(jsonb) IS
    'The page of a document of impact_assessment(), such as privrelease.impact_records keeps';
