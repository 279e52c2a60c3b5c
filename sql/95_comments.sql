-- What the columns of the listing views mean (\d+ and obj_description show it).

COMMENT ON COLUMN privrelease.transforms.name IS 'word to give as "transform" to set_rule()';
COMMENT ON COLUMN privrelease.transforms.family IS 'technique, as ISO/IEC 20889 names it';
COMMENT ON COLUMN privrelease.transforms.input_types IS 'types of source columns that it takes';
COMMENT ON COLUMN privrelease.transforms.params IS 'parameters with their types and defaults';
COMMENT ON COLUMN privrelease.transforms.keyed IS 'needs a key (create_key)';
COMMENT ON COLUMN privrelease.transforms.needs_subject IS 'needs a release with a subject';
COMMENT ON COLUMN privrelease.transforms.monotone IS 'keeps the order of values: a smaller value never becomes a greater one';
COMMENT ON COLUMN privrelease.transforms.injective IS 'different values stay different; what a rule with "unique": true needs';
COMMENT ON COLUMN privrelease.transforms.verified IS 'its effect is known; false for expressions';
COMMENT ON COLUMN privrelease.transforms.leaves_open IS 'what a reader can still learn';

COMMENT ON COLUMN privrelease.releases.release IS 'name of the release relation, schema-qualified';
COMMENT ON COLUMN privrelease.releases.source IS 'name of the source as it was declared, schema-qualified';
COMMENT ON COLUMN privrelease.releases.subject IS 'column that tells one person from another; NULL if none was named';
COMMENT ON COLUMN privrelease.releases.kind IS 'view: live, column by column; table: a refreshed snapshot that holds its model';
COMMENT ON COLUMN privrelease.releases.purpose IS 'what the release is for, in the steward''s words';
COMMENT ON COLUMN privrelease.releases.state IS 'draft, submitted, approved, published or withdrawn';
COMMENT ON COLUMN privrelease.releases.derive_quals IS 'filters on generalized columns may use the source''s indexes';
COMMENT ON COLUMN privrelease.releases.release_role IS 'role without login that owns the release and may read the columns its rules need';
COMMENT ON COLUMN privrelease.releases.audience IS 'roles that it is published to';
COMMENT ON COLUMN privrelease.releases.unverified IS 'a rule is an expression whose effect nobody has checked';
COMMENT ON COLUMN privrelease.releases.declared_at IS 'time of create_release()';
COMMENT ON COLUMN privrelease.releases.declared_by IS 'role that declared it';
COMMENT ON COLUMN privrelease.releases.built_at IS 'time of the last build() or refresh(); NULL if there was none';
COMMENT ON COLUMN privrelease.releases.built_by IS 'role that built or refreshed it last';
COMMENT ON COLUMN privrelease.releases.withdrawn_reason IS 'reason given to withdraw()';
COMMENT ON COLUMN privrelease.releases.mapped IS 'roles whose queries that name the source are answered from the release (map_audience)';
COMMENT ON COLUMN privrelease.releases.draft IS 'draft, submitted or approved: what was declared since the release was published, and is not shown to its readers yet; NULL: nothing';
COMMENT ON COLUMN privrelease.releases.declaration IS 'SHA-256 of the declaration that was submitted or published last';
COMMENT ON COLUMN privrelease.releases.suspended IS 'withdrawn until the next refresh, since a person objected';
COMMENT ON COLUMN privrelease.releases.failed_at IS 'time of the last scheduled run, if it failed and no refresh has succeeded since';
COMMENT ON COLUMN privrelease.releases.failure IS 'SQLSTATE of its error, and the message where it is ours';
COMMENT ON COLUMN privrelease.releases.model IS 'anonymity that a table promises (set_model); NULL: none';
COMMENT ON COLUMN privrelease.releases.version IS 'last version of a table of this name, 0: none; NULL: a view';

COMMENT ON COLUMN privrelease.versions.release IS 'name of the release table, schema-qualified; it may have been dropped since';
COMMENT ON COLUMN privrelease.versions.version IS 'counted for each name, for ever';
COMMENT ON COLUMN privrelease.versions.refreshed_at IS 'time of refresh()';
COMMENT ON COLUMN privrelease.versions.metric IS 'what the search made least';
COMMENT ON COLUMN privrelease.versions.subjects IS 'persons in the source';
COMMENT ON COLUMN privrelease.versions.classes IS 'combinations of quasi-identifiers that were released';
COMMENT ON COLUMN privrelease.versions.deleted IS 'rows of the version before that are gone';
COMMENT ON COLUMN privrelease.versions.inserted IS 'rows that the version before did not have';
COMMENT ON COLUMN privrelease.versions.model IS 'model that the version holds';
COMMENT ON COLUMN privrelease.versions.refreshed_by IS 'role that called refresh()';

COMMENT ON COLUMN privrelease.rules.release IS 'name of the release relation, schema-qualified';
COMMENT ON COLUMN privrelease.rules.position IS 'place among the columns of the release, from 1';
COMMENT ON COLUMN privrelease.rules.output_name IS 'name of the released column; a release has one rule for each';
COMMENT ON COLUMN privrelease.rules.column_name IS 'source column';
COMMENT ON COLUMN privrelease.rules.column_type IS 'type of the source column when the rule was set';
COMMENT ON COLUMN privrelease.rules.transform IS 'transform, a row of privrelease.transforms';
COMMENT ON COLUMN privrelease.rules.params IS 'parameters as given to set_rule()';
COMMENT ON COLUMN privrelease.rules.domain IS 'columns with the same domain and key share pseudonyms, choices and noise';
COMMENT ON COLUMN privrelease.rules.domain_shared IS 'a superuser let the rule draw from another owner''s domain';
COMMENT ON COLUMN privrelease.rules.key IS 'id of the key (privrelease.keys); NULL if the transform has none';
COMMENT ON COLUMN privrelease.rules.key_version IS 'version of the key that the rule uses';
COMMENT ON COLUMN privrelease.rules.unverified IS 'the rule is an expression whose effect nobody has checked';
COMMENT ON COLUMN privrelease.rules.declared_at IS 'time of set_rule()';
COMMENT ON COLUMN privrelease.rules.declared_by IS 'role that set the rule';

COMMENT ON COLUMN privrelease.classifications.source IS 'name of the source as it was classified, schema-qualified';
COMMENT ON COLUMN privrelease.classifications.column_name IS 'source column';
COMMENT ON COLUMN privrelease.classifications.column_type IS 'type of the column when it was classified';
COMMENT ON COLUMN privrelease.classifications.kind IS 'identifier, quasi_identifier, sensitive or insensitive';
COMMENT ON COLUMN privrelease.classifications.category IS 'category of personal data, a row of privrelease.category';

COMMENT ON COLUMN privrelease.keys.created_at IS 'time of create_key() or rotate_key()';
COMMENT ON COLUMN privrelease.keys.created_by IS 'role that made this version';
