-- To the portal: a release as a file, and the documents that describe it.

CREATE FUNCTION privrelease.export_csv(release text, guard text DEFAULT 'prefix', bom boolean DEFAULT false) RETURNS SETOF text
    AS 'MODULE_PATHNAME', 'privrelease_export_csv' LANGUAGE C STRICT STABLE PARALLEL UNSAFE COST 1000 ROWS 10000
    SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION privrelease.export_csv(text, text, boolean) IS
    'The lines of a release as a CSV file (RFC 4180), the header first; each ends with CR, and whoever writes it down adds LF. guard against formulas: prefix, reject, off. With the rights of the caller';

CREATE FUNCTION privrelease.datapackage(release text, guard text DEFAULT 'prefix', bom boolean DEFAULT false) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'privrelease_datapackage' LANGUAGE C STRICT STABLE PARALLEL UNSAFE COST 1000
    SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION privrelease.datapackage(text, text, boolean) IS
    'A release as a Data Package 2.0: what it is, the file that export_csv() gives with the same arguments and its SHA-256, types of its columns, and how it was anonymized';

CREATE FUNCTION privrelease.dcat(release text, guard text DEFAULT 'prefix', bom boolean DEFAULT false) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'privrelease_dcat' LANGUAGE C STRICT STABLE PARALLEL UNSAFE COST 1000
    SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION privrelease.dcat(text, text, boolean) IS
    'A release as a dataset of DCAT-AP 3.0.1 in JSON-LD, with its file as distribution. Needs title, description and access_url in the metadata';

-- Elements of government information catalogues.  Which there are, what they are called and what must be filled differs by
-- province and changes with the rules, so that they are rows: a standard of an office's own stands beside the one here.
-- That a group is there is checked by catalogue(): each pg_dump would warn of a foreign key to the same table.
CREATE TABLE privrelease.catalogue_element (
    standard text    NOT NULL,
    content  text    NOT NULL CHECK (content LIKE 'metadata.%' OR content LIKE 'group.%' OR content LIKE 'type.%'
                                     OR content IN ('format', 'issued', 'items', 'item.name', 'item.type', 'item.length')),
    position int4    NOT NULL,
    within   text,
    name     text    CHECK (name <> ''),
    required boolean NOT NULL DEFAULT false,
    PRIMARY KEY (standard, content),
    CHECK ((within LIKE 'group.%') IS NOT FALSE AND (within IS NULL OR content LIKE 'metadata.%'))
);
COMMENT ON TABLE privrelease.catalogue_element IS
    'Elements of government information catalogues (catalogue). Standard guide-2017: core metadata of the guide of 2017 for catalogues of government information resources, names as secondary sources give them';
COMMENT ON COLUMN privrelease.catalogue_element.standard IS 'catalogue that it belongs to; those of an office''s own are dumped, guide-2017 comes with the extension';
COMMENT ON COLUMN privrelease.catalogue_element.content IS
    'what goes there: metadata.KEY, group.NAME (an object of those within it), format, issued, items and item.name, item.type, item.length, or the words for types, type.KIND';
COMMENT ON COLUMN privrelease.catalogue_element.position IS 'order in which they are looked at';
COMMENT ON COLUMN privrelease.catalogue_element.within IS 'the group that it stands in; NULL: none';
COMMENT ON COLUMN privrelease.catalogue_element.name IS 'what it is called there; NULL: the encoding of this database has no such characters';
COMMENT ON COLUMN privrelease.catalogue_element.required IS 'of metadata: catalogue() insists on it';

INSERT INTO privrelease.catalogue_element (standard, content, position, within, required) VALUES
    ('guide-2017', 'group.sharing', 9, NULL, false),
    ('guide-2017', 'group.opening', 10, NULL, false),
    ('guide-2017', 'metadata.category_code', 1, NULL, true),
    ('guide-2017', 'metadata.title', 2, NULL, true),
    ('guide-2017', 'metadata.identifier', 3, NULL, true),
    ('guide-2017', 'metadata.description', 4, NULL, true),
    ('guide-2017', 'metadata.publisher', 5, NULL, true),
    ('guide-2017', 'metadata.publisher_code', 6, NULL, true),
    ('guide-2017', 'format', 7, NULL, false),
    ('guide-2017', 'items', 8, NULL, false),
    ('guide-2017', 'item.name', 1, NULL, false),
    ('guide-2017', 'item.type', 2, NULL, false),
    ('guide-2017', 'item.length', 3, NULL, false),
    ('guide-2017', 'metadata.sharing_type', 1, 'group.sharing', true),
    ('guide-2017', 'metadata.sharing_condition', 2, 'group.sharing', false),
    ('guide-2017', 'metadata.sharing_method', 3, 'group.sharing', false),
    ('guide-2017', 'metadata.open_type', 1, 'group.opening', true),
    ('guide-2017', 'metadata.open_condition', 2, 'group.opening', false),
    ('guide-2017', 'metadata.frequency', 11, NULL, true),
    ('guide-2017', 'issued', 12, NULL, false),
    ('guide-2017', 'metadata.related_codes', 13, NULL, false),
    ('guide-2017', 'type.string', 1, NULL, false),
    ('guide-2017', 'type.integer', 2, NULL, false),
    ('guide-2017', 'type.number', 3, NULL, false),
    ('guide-2017', 'type.boolean', 4, NULL, false),
    ('guide-2017', 'type.date', 5, NULL, false),
    ('guide-2017', 'type.datetime', 6, NULL, false),
    ('guide-2017', 'type.binary', 7, NULL, false);

-- Their names, written so that this file is ASCII; a database whose encoding has no such characters does without.
DO $do$
BEGIN
    EXECUTE $sql$
        UPDATE privrelease.catalogue_element AS e SET name = t.name FROM (VALUES
            ('metadata.category_code', U&'\4FE1\606F\8D44\6E90\5206\7C7B'),
            ('metadata.title', U&'\4FE1\606F\8D44\6E90\540D\79F0'),
            ('metadata.identifier', U&'\4FE1\606F\8D44\6E90\4EE3\7801'),
            ('metadata.description', U&'\4FE1\606F\8D44\6E90\6458\8981'),
            ('metadata.publisher', U&'\4FE1\606F\8D44\6E90\63D0\4F9B\65B9'),
            ('metadata.publisher_code', U&'\63D0\4F9B\65B9\4EE3\7801'),
            ('format', U&'\4FE1\606F\8D44\6E90\683C\5F0F'),
            ('items', U&'\4FE1\606F\9879\4FE1\606F'),
            ('item.name', U&'\4FE1\606F\9879\540D\79F0'),
            ('item.type', U&'\6570\636E\7C7B\578B'),
            ('item.length', U&'\957F\5EA6'),
            ('group.sharing', U&'\5171\4EAB\5C5E\6027'),
            ('metadata.sharing_type', U&'\5171\4EAB\7C7B\578B'),
            ('metadata.sharing_condition', U&'\5171\4EAB\6761\4EF6'),
            ('metadata.sharing_method', U&'\5171\4EAB\65B9\5F0F'),
            ('group.opening', U&'\5F00\653E\5C5E\6027'),
            ('metadata.open_type', U&'\662F\5426\5411\793E\4F1A\5F00\653E'),
            ('metadata.open_condition', U&'\5F00\653E\6761\4EF6'),
            ('metadata.frequency', U&'\66F4\65B0\5468\671F'),
            ('issued', U&'\53D1\5E03\65E5\671F'),
            ('metadata.related_codes', U&'\5173\8054\8D44\6E90\4EE3\7801'),
            ('type.string', U&'\5B57\7B26\578B'),
            ('type.integer', U&'\6574\578B'),
            ('type.number', U&'\6570\503C\578B'),
            ('type.boolean', U&'\903B\8F91\578B'),
            ('type.date', U&'\65E5\671F\578B'),
            ('type.datetime', U&'\65E5\671F\65F6\95F4\578B'),
            ('type.binary', U&'\901A\7528\578B')
        ) AS t(content, name) WHERE e.content OPERATOR(pg_catalog.=) t.content
    $sql$;
EXCEPTION WHEN untranslatable_character OR feature_not_supported THEN
    NULL;
END
$do$;

INSERT INTO privrelease.metadata_key (key, type, required, governed, title) VALUES
    ('related_codes', 'texts', false, false, 'codes of related resources in a government information catalogue');

CREATE VIEW privrelease.catalogue_elements AS
    SELECT e.standard, e.content, e.position, e.within, e.name, e.required FROM privrelease.catalogue_element AS e;
COMMENT ON VIEW privrelease.catalogue_elements IS 'Elements of government information catalogues, as catalogue() fills them';
COMMENT ON COLUMN privrelease.catalogue_elements.standard IS 'catalogue that it belongs to';
COMMENT ON COLUMN privrelease.catalogue_elements.content IS 'what goes there';
COMMENT ON COLUMN privrelease.catalogue_elements.position IS 'order';
COMMENT ON COLUMN privrelease.catalogue_elements.within IS 'the group that it stands in';
COMMENT ON COLUMN privrelease.catalogue_elements.name IS 'what it is called there';
COMMENT ON COLUMN privrelease.catalogue_elements.required IS 'catalogue() insists on it';
GRANT SELECT ON privrelease.catalogue_elements TO PUBLIC;

SELECT pg_catalog.pg_extension_config_dump('privrelease.catalogue_element', $$WHERE standard <> 'guide-2017'$$);

CREATE FUNCTION privrelease.catalogue(release text, standard text DEFAULT 'guide-2017') RETURNS jsonb
    AS 'MODULE_PATHNAME', 'privrelease_catalogue' LANGUAGE C STRICT STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION privrelease.catalogue(text, text) IS
    'A release as an entry of a Chinese government information catalogue; names of elements are rows of privrelease.catalogue_element, values come from the metadata';
