CREATE ROLE keeper;
ALTER ROLE keeper WITH NOSUPERUSER INHERIT NOCREATEROLE NOCREATEDB LOGIN NOREPLICATION NOBYPASSRLS;
CREATE ROLE mapped;
ALTER ROLE mapped WITH NOSUPERUSER INHERIT NOCREATEROLE NOCREATEDB LOGIN NOREPLICATION NOBYPASSRLS;
CREATE ROLE privrelease_built_9c8e376c;
ALTER ROLE privrelease_built_9c8e376c WITH NOSUPERUSER NOINHERIT NOCREATEROLE NOCREATEDB NOLOGIN NOREPLICATION NOBYPASSRLS;
CREATE ROLE privrelease_changed_4da966a5;
ALTER ROLE privrelease_changed_4da966a5 WITH NOSUPERUSER NOINHERIT NOCREATEROLE NOCREATEDB NOLOGIN NOREPLICATION NOBYPASSRLS;
CREATE ROLE privrelease_draft_b492bb6f;
ALTER ROLE privrelease_draft_b492bb6f WITH NOSUPERUSER NOINHERIT NOCREATEROLE NOCREATEDB NOLOGIN NOREPLICATION NOBYPASSRLS;
CREATE ROLE privrelease_gone_22f3c95f;
ALTER ROLE privrelease_gone_22f3c95f WITH NOSUPERUSER NOINHERIT NOCREATEROLE NOCREATEDB NOLOGIN NOREPLICATION NOBYPASSRLS;
CREATE ROLE privrelease_mapped_c0ada99a;
ALTER ROLE privrelease_mapped_c0ada99a WITH NOSUPERUSER NOINHERIT NOCREATEROLE NOCREATEDB NOLOGIN NOREPLICATION NOBYPASSRLS;
CREATE ROLE privrelease_shown_75f57907;
ALTER ROLE privrelease_shown_75f57907 WITH NOSUPERUSER NOINHERIT NOCREATEROLE NOCREATEDB NOLOGIN NOREPLICATION NOBYPASSRLS;
CREATE ROLE privrelease_tab_82a86c9b;
ALTER ROLE privrelease_tab_82a86c9b WITH NOSUPERUSER NOINHERIT NOCREATEROLE NOCREATEDB NOLOGIN NOREPLICATION NOBYPASSRLS;
CREATE ROLE privrelease_tab_changed_280dd4c1;
ALTER ROLE privrelease_tab_changed_280dd4c1 WITH NOSUPERUSER NOINHERIT NOCREATEROLE NOCREATEDB NOLOGIN NOREPLICATION NOBYPASSRLS;
CREATE ROLE privrelease_tab_gone_819807c2;
ALTER ROLE privrelease_tab_gone_819807c2 WITH NOSUPERUSER NOINHERIT NOCREATEROLE NOCREATEDB NOLOGIN NOREPLICATION NOBYPASSRLS;
CREATE ROLE reader;
ALTER ROLE reader WITH NOSUPERUSER INHERIT NOCREATEROLE NOCREATEDB LOGIN NOREPLICATION NOBYPASSRLS;
CREATE SCHEMA open;
ALTER SCHEMA open OWNER TO keeper;
CREATE SCHEMA src;
ALTER SCHEMA src OWNER TO keeper;
CREATE TABLE src.person (
    id integer NOT NULL,
    name text,
    born date,
    city text,
    income integer,
    ill text
);
ALTER TABLE src.person OWNER TO keeper;
CREATE VIEW open.built WITH (security_barrier='true', security_invoker='false') AS
 SELECT privrelease.fake(s.name, '1.1'::privrelease.capability, 1, 'src.person.name'::text) AS name,
    privrelease.noise(s.income, s.id, '1.1'::privrelease.capability, 'src.person.income'::text, 'laplace'::text, '500'::numeric, '100'::numeric, '0'::numeric, '60000'::numeric) AS income
   FROM src.person s
  WHERE privrelease.release_serves(2);
ALTER TABLE open.built OWNER TO privrelease_built_9c8e376c;
COMMENT ON VIEW open.built IS 'privrelease: live view of personal data, each column by its rule. It protects columns; it promises no anonymity model and hides no rows of its own.';
CREATE VIEW open.changed WITH (security_barrier='true', security_invoker='false') AS
 SELECT s.city,
    privrelease.bin(s.income, 20000, 0) AS income
   FROM src.person s
  WHERE privrelease.release_serves(4);
ALTER TABLE open.changed OWNER TO privrelease_changed_4da966a5;
COMMENT ON VIEW open.changed IS 'privrelease: live view of personal data, each column by its rule. It protects columns; it promises no anonymity model and hides no rows of its own.';
CREATE VIEW open.gone WITH (security_barrier='true', security_invoker='false') AS
 SELECT s.city
   FROM src.person s
  WHERE privrelease.release_serves(5);
ALTER TABLE open.gone OWNER TO privrelease_gone_22f3c95f;
COMMENT ON VIEW open.gone IS 'privrelease: live view of personal data, each column by its rule. It protects columns; it promises no anonymity model and hides no rows of its own.';
CREATE TABLE src.other (
    id integer NOT NULL,
    name text,
    income integer
);
ALTER TABLE src.other OWNER TO keeper;
CREATE VIEW open.mapped WITH (security_barrier='true', security_invoker='false') AS
 SELECT privrelease.partial(s.name, 2, 0, '*'::text, 4) AS name,
    privrelease.round(s.income, 5000) AS income
   FROM src.other s
  WHERE privrelease.release_serves(6);
ALTER TABLE open.mapped OWNER TO privrelease_mapped_c0ada99a;
COMMENT ON VIEW open.mapped IS 'privrelease: live view of personal data, each column by its rule. It protects columns; it promises no anonymity model and hides no rows of its own.';
CREATE VIEW open.shown WITH (security_barrier='true', security_invoker='false') AS
 SELECT privrelease.pseudonymize(s.id, '1.1'::privrelease.capability, 'src.person.id'::text) AS id,
    privrelease.partial(s.name, 1, 0, '*'::text, 4) AS name,
    privrelease.date_trunc(s.born, 'year'::text) AS born,
    privrelease.hierarchy(s.city, 'place'::text, 1) AS city,
    privrelease.bin(s.income, 10000, 0) AS income
   FROM src.person s
  WHERE privrelease.release_serves(3);
ALTER TABLE open.shown OWNER TO privrelease_shown_75f57907;
COMMENT ON VIEW open.shown IS 'privrelease: live view of personal data, each column by its rule. It protects columns; it promises no anonymity model and hides no rows of its own. Purpose: a story';
CREATE TABLE open.tab (
    release_row uuid NOT NULL,
    born date,
    city text,
    ill text
);
ALTER TABLE open.tab OWNER TO privrelease_tab_82a86c9b;
COMMENT ON TABLE open.tab IS 'privrelease: refreshed table made of personal data. Every version was verified from its finished rows before anybody read it: each combination of quasi-identifiers is shared by at least 5 persons. Model: {"k": 5, "l": {"l": 2, "column": "ill", "variant": "distinct"}}';
COMMENT ON COLUMN open.tab.release_row IS 'key of the row, made from its content under a secret key: it says nothing that the row does not';
CREATE TABLE open.tab_changed (
    release_row uuid NOT NULL,
    income integer
);
ALTER TABLE open.tab_changed OWNER TO privrelease_tab_changed_280dd4c1;
COMMENT ON TABLE open.tab_changed IS 'privrelease: refreshed table made of personal data. Every version was verified from its finished rows before anybody read it: each combination of quasi-identifiers is shared by at least 4 persons. Model: {"k": 4}';
COMMENT ON COLUMN open.tab_changed.release_row IS 'key of the row, made from its content under a secret key: it says nothing that the row does not';
CREATE TABLE open.tab_gone (
    release_row uuid NOT NULL,
    income integer
);
ALTER TABLE open.tab_gone OWNER TO privrelease_tab_gone_819807c2;
COMMENT ON TABLE open.tab_gone IS 'privrelease: refreshed table made of personal data. Every version was verified from its finished rows before anybody read it: each combination of quasi-identifiers is shared by at least 4 persons. Model: {"k": 4}';
COMMENT ON COLUMN open.tab_gone.release_row IS 'key of the row, made from its content under a secret key: it says nothing that the row does not';
CREATE VIEW public.dashboard AS
 SELECT l.release,
    l.state
   FROM privrelease.releases l;
ALTER TABLE public.dashboard OWNER TO postgres;
CREATE TABLE public.seen (
    release text NOT NULL,
    rows bigint,
    digest text
);
ALTER TABLE public.seen OWNER TO postgres;
CREATE TABLE public.word (
    word text NOT NULL
);
ALTER TABLE public.word OWNER TO postgres;
COPY open.tab (release_row, born, city, ill) FROM stdin;
04c50a3d-6a92-8838-b686-712f29f8dd89	1960-01-01	*	ill 2
088eb598-ec10-88a4-bdf5-e1922681c45a	1960-01-01	*	ill 1
0bcb1fb5-fc87-8bac-8dc4-6a969faf1b28	1960-01-01	*	ill 1
0c44ff61-4212-89fc-93fd-5e8fd94f7440	1960-01-01	*	ill 0
0d41eb9d-54e7-8c32-a6cd-6d54310ae78f	1970-01-01	*	ill 2
1527c687-2bbb-80f5-a3b5-c44d7291d306	1970-01-01	*	ill 1
17d800a3-15ba-81fb-9a02-d109269efa20	1960-01-01	*	ill 2
1a013dcb-4ebe-8d39-afc0-d21a819218b3	1970-01-01	*	ill 0
2281afa2-ac03-871c-929a-777eb71ad5f9	1960-01-01	*	ill 2
25ea6511-423d-8470-8778-c682ec1c297e	1970-01-01	*	ill 0
29a97c2e-c02e-86fe-a514-428f6d8c52b6	1960-01-01	*	ill 0
2b81d0ff-a5cc-8e7b-bb38-8cbd220775d9	1970-01-01	*	ill 2
33496826-9f32-888e-98f1-63eb70b8b6c7	1970-01-01	*	ill 1
378460a5-2439-8505-bf76-56e97d0de822	1960-01-01	*	ill 0
3b7f46c6-bef2-8812-9161-2c6118365f12	1970-01-01	*	ill 0
449cbff5-18e5-8ad9-9b42-969f4ee2132d	1970-01-01	*	ill 1
4529d6a7-fa54-8232-aaf0-ef00ae3b9fe0	1970-01-01	*	ill 1
45806d11-c5d9-8e59-a3e6-b3707c2f6c15	1960-01-01	*	ill 1
47498166-802f-8599-ba91-9e2ba00a8fdb	1960-01-01	*	ill 0
4bb33d52-310f-81d2-ba22-309d2aa75251	1970-01-01	*	ill 2
4bd466c9-e2aa-8117-9f32-788dbcf01c20	1960-01-01	*	ill 1
4d06f139-703b-86e9-a0da-6e7a83cbaa23	1970-01-01	*	ill 2
509eba5b-62e9-8916-b81c-f29ba3a007e2	1970-01-01	*	ill 2
518a2baf-d1b9-8295-9c1f-553442864093	1960-01-01	*	ill 1
521d4757-e4d5-8600-b035-ab25aa903279	1960-01-01	*	ill 2
54c45e0b-cbf7-86be-8d5d-9ad7b7ac14e4	1970-01-01	*	ill 2
54cbd087-736e-84d0-a6d1-0e7d8499148d	1960-01-01	*	ill 0
665803d0-fb74-857b-a9cf-03fc3b8bfd05	1960-01-01	*	ill 1
6baae929-8318-8b41-a7e4-d3408ce9e6f8	1960-01-01	*	ill 2
6d713898-0691-8dcb-b9f8-fbdd0cdee155	1960-01-01	*	ill 0
707399b5-d90c-8ec1-a59e-14e3380a315c	1970-01-01	*	ill 1
71be9770-fa52-8f1d-bcff-7076b0e936c0	1960-01-01	*	ill 2
797f7a1f-291a-83df-aad5-f2acfbeeb5a8	1960-01-01	*	ill 2
7c97f15a-2f7c-841f-9744-4d47c75fb3aa	1970-01-01	*	ill 0
7e7e44a2-cc03-8a81-a1c0-11454be6fb53	1960-01-01	*	ill 1
85d99358-54be-8b3c-b72d-057693c7c846	1960-01-01	*	ill 0
8946d9a3-305e-83f4-906d-036fc603e5dc	1970-01-01	*	ill 1
89ad6663-284d-899e-9d35-41ebc42b1424	1960-01-01	*	ill 1
8c18e880-118b-851f-97bc-686c9ea00f44	1970-01-01	*	ill 0
8c742963-b0b1-8924-9855-f59fabc9745d	1970-01-01	*	ill 0
93268265-d97d-8af8-949f-003828210a9c	1970-01-01	*	ill 1
947074da-dd8a-8d2c-bb5b-54849c1004e9	1960-01-01	*	ill 1
94cd99d9-e77a-8654-8897-b724b6d0114d	1960-01-01	*	ill 0
a362ace0-242c-8ed3-9cdd-225aba255d22	1970-01-01	*	ill 2
ad773c91-9e25-855b-b98d-193cb3b70ee0	1960-01-01	*	ill 0
b86f9455-f91e-8c67-92ce-22d59cd01d58	1960-01-01	*	ill 2
c0edb2c7-98de-816e-ad41-dc5c57db77e9	1960-01-01	*	ill 0
c8ada35f-f167-83e2-9e38-dc1f78b4ebab	1960-01-01	*	ill 0
d2c81683-6386-8cde-be1c-e2a10299d1a9	1970-01-01	*	ill 2
d8ffe33a-653a-813d-866d-e6d10b81cbdb	1970-01-01	*	ill 2
da164bb0-b604-8318-9d89-b149811fefad	1970-01-01	*	ill 1
e4591a8e-ef3a-8d08-bc80-e413fba17f39	1960-01-01	*	ill 2
e88dd7d7-4d8c-8f50-878b-66682b7a2dd0	1960-01-01	*	ill 2
e8d86f71-dc83-8507-85cd-8a3db9a0d709	1960-01-01	*	ill 1
eedfba30-65df-8d24-b0bd-96933d931206	1970-01-01	*	ill 0
f0e4308e-8b79-85da-96ad-184366f0ec62	1960-01-01	*	ill 1
f3db6b6e-db5d-821e-bc31-48909c48ba6d	1970-01-01	*	ill 0
f928825d-995e-814a-960d-898233d71a47	1970-01-01	*	ill 0
ff9a8bbe-16ec-894a-9619-1a3873a4ed64	1960-01-01	*	ill 2
fff4a9aa-2fe6-84c0-9f1f-adaa8b33abae	1970-01-01	*	ill 1
02ae96bd-82b7-89a2-8dd6-61fd2c52852a	1960-01-01	*	ill 1
066d3f9f-c0cd-8c04-82fe-678816acea4c	1960-01-01	*	ill 1
1d9659af-ed06-8de8-9330-51efce12cb4a	1960-01-01	*	ill 0
82fb2af8-0f72-8ef9-9067-c87958ccb7eb	1960-01-01	*	ill 2
beca0542-050a-8a83-a6a9-11d5fb597b2d	1960-01-01	*	ill 2
f391c8bd-91bf-8efe-a120-a7e634473c13	1960-01-01	*	ill 0
\.
COPY open.tab_changed (release_row, income) FROM stdin;
1272c0bb-5459-8850-b83b-133227543d31	0
1816897c-522b-8594-8f80-5d657336a19f	20000
1a755c4d-b6b5-8da7-a8ad-cf0a057c4997	30000
1acbacd2-a3d6-8a48-8000-37aeabdf8f45	30000
1f503fde-4d5b-8bf0-92a7-0bc53653ceb3	0
2a98a3d0-ac6c-8549-89a4-236fcb089400	10000
30ce66e3-c0d1-8d49-bc50-ebc33f20ba75	20000
38e8bc29-4d91-8286-b1fb-c5fdca16a7a0	30000
395a5f9b-4166-88f3-b5cd-d6a846458b90	0
3e3dbfc3-b519-8227-a55c-a63d43c3a0e5	10000
4374969f-7129-8fc3-9bc1-d87716e0134e	30000
468d281e-7df2-8fcf-94bf-e1af595b6b87	20000
5316f23f-7cbc-8311-b789-d5ec0255fa65	20000
53d7df73-38b8-864f-b446-97d4584d25b0	10000
5e5695ef-a081-80fc-b208-ecec54df3a50	0
62a1ad7a-1e54-853a-a6db-1bdcd90b6c04	20000
672c4738-42d2-8274-98c6-875119225a92	10000
6cd200bc-083d-8e96-9409-81e6dfc077b1	10000
7284d46f-68e5-84ce-8923-72268bd76a74	20000
793d42e4-b3c8-8c75-b465-870d368acca8	20000
7cfb1db7-7e45-8e36-b7c2-e5943abe4c42	0
7e518b6e-6256-8777-8889-d42a93781e5d	10000
8c6ffda9-349d-8da0-9f9d-e63e54f9033b	10000
8e321782-47ab-8fe2-bdb5-fd74ae192b9f	30000
8f57e26c-5156-853c-a8a4-bf9ab89223b4	0
8ff66def-94a3-8fa5-85a2-a5baae685c56	20000
94993874-8eac-84e4-bcb0-bba009f1ed92	10000
a3a9c484-1bee-895f-8634-356dc17aec20	0
a44e574d-2489-82f3-acd7-b4dad9fbe08a	20000
aaf39e11-1337-864b-b546-2f7113a597bb	30000
ad0902ac-3236-8e04-a7e2-f83e5d689870	30000
b0b77b0f-9e6a-8027-8560-f40a6765e80e	30000
b193cf6b-0017-8fd7-a0a8-6f62f5d885ea	0
c0b8cbb1-f76d-804e-ba46-c70d42b66b11	20000
c31e77ed-e242-845b-95d9-410af4cefab5	10000
d35704d7-4297-864e-9c1b-77859fe370ff	10000
e04ef631-7eef-8296-8541-a4518e830509	30000
e7b04810-a0f8-883c-aafc-c86e560f5469	30000
fa2c7c98-19a1-85ef-a882-efd257e8b535	30000
fe421b30-ac65-83a4-9534-ac5fee869dfe	0
\.
COPY open.tab_gone (release_row, income) FROM stdin;
008b6801-03c5-8e55-b4d2-92472995440f	0
0736f0f2-0896-8ebf-9647-f5ab3696e227	0
0961ea85-d284-8d3d-a634-ed6048fc674e	0
0a5b32a8-bee4-8baf-9870-57445d317fa5	0
0d2945c8-f037-8f3b-b3e2-ab97ff34569d	20000
0f0cfafb-2330-80f5-8df0-cac6591f0cbd	20000
12196ae1-19a0-8aa5-ab31-94d58331d6af	20000
1b559f2c-69ff-8bab-9f00-f68d7837dcf4	20000
1c02c580-d197-8e02-b90d-2631d7267467	20000
26edf884-f5ea-80af-921b-50e472cfc137	20000
30d299c3-c664-815a-9ebb-ddb6876621a1	0
3b5c56b2-a163-84a4-9cf3-298640ee0ff7	10000
3ed12131-26fd-8352-a841-7411cf4d4cf8	10000
490596db-ac2e-8ba2-b44c-299cff8897c5	30000
496a5f39-dea0-8cc7-a685-1e41ce31cfb7	30000
4d53e35f-5ede-8564-985c-fcc83c0ff499	30000
4f0305fd-aea0-8635-8a8c-7c4d3bcb1f90	10000
5be0ab3f-1134-87be-8af0-2024f35c15bf	10000
5c9f48fd-aa92-8c7a-9779-3f2dae454753	30000
64155b71-3772-8812-b2bf-90c324e730ff	0
66898c75-c77c-830c-9837-dddad02c8e13	10000
72df1d8f-5dab-8715-a9e1-26c542247cd4	0
7a6e987a-b67f-8d6b-9ce1-d5680c2ce73a	10000
90f79f72-2657-8423-a329-374c47edd605	0
9466a7c1-c562-8a85-9713-cd171a125713	20000
98229389-3fea-841c-a662-d453c4c455ea	30000
9b6de977-8eee-8bce-b5d5-780a3772a528	30000
9c41a664-efe6-85cd-8c6f-e217ae132926	10000
b0282225-fd8a-8261-82f8-66e76a43d6d3	30000
b2e7ed0b-0a64-81b4-b3c4-b85159b26164	10000
b60e812f-e544-81dc-9f23-d47b5ea04087	10000
c0ad7733-27ea-86b5-8b42-c380a36d221c	30000
c0cf1975-13ef-8acd-a0d7-acd4e6a769c4	10000
c2f55b8e-9ae7-80ec-aecd-3f3bcb6e1ff2	20000
cded585a-0b62-8572-ba9b-e1c9561a0304	30000
ce702e1f-3a20-84fe-b273-796652d91879	30000
d1bcb753-a715-8349-9f96-81a4bf89d161	20000
eaf24e0a-015c-8268-adc5-8fea6b2f9dca	20000
ed377bb9-1ba7-8b14-9334-d176968e8cbe	30000
fc6eea00-5c00-8442-92a1-fd88f31688da	0
\.
COPY privrelease.assessment (id, release, release_schema, release_name, kind, source_owner, assessed_at, assessed_by, options, result, verdict, model, definition) FROM stdin;
1	7	open	tab	table	keeper	2026-11-22 22:50:44.037038+00	keeper	{}	{"risk": {"suda": {"msus": 0, "dis_max": 0, "dis_sum": 0, "records": 0, "score_max": 0, "score_sum": 0, "contributions": {"born": 0, "city": 0}}, "global": {"rate": 0.03333333333333333, "expected": 2}, "at_risk": {"0.1": 0, "0.2": 0, "0.5": 0, "0.05": 0}, "columns": {"born": {"separation": 0.5033898305084745, "distinction": 0.03333333333333333}, "city": {"separation": 0, "distinction": 0.016666666666666666}}, "uniques": 0, "marketer": 0.03333333333333333, "household": {"rate": null, "expected": null}, "violating": {"2": 0, "3": 0, "5": 0}, "individual": {"max": 0.037037037037037035}, "journalist": {"max": 0.037037037037037035}, "population": {"pitman": null, "zayatz": null}, "prosecutor": {"max": 0.037037037037037035, "average": 0.03333333333333333}, "separation": 0.5033898305084745, "distinction": 0.03333333333333333}, "levels": {"born": 1, "city": 2}, "classes": 2, "reasons": [], "records": 60, "utility": {"aecs": 0.5089285714285714, "cost": {"aecs": 30, "loss": 0.7198531149031608, "entropy": 288.8469684972426, "discernibility": 1818, "loss_arithmetic": 0.7394736842105263}, "loss": 0.7198531149031608, "columns": {"born": 0.5210526315789474, "city": 0}, "entropy": 0.17096489724442165, "numeric": {}, "precision": 0, "granularity": 0.3061855670103093, "discernibility": 0.5042444821731749}, "verdict": "pass", "subjects": 60, "closeness": {"ill": {"equal": 0, "ordered": 0, "hierarchical": null}}, "diversity": {"ill": {"entropy": 2.9999999999999996, "distinct": 3, "recursive": 3}}, "min_class": 27, "suppressed": 0, "unavailable": {"risk.household.rate": "option \\"household\\" was not given", "risk.population.pitman": "option \\"population\\" was not given", "risk.population.zayatz": "option \\"population\\" was not given", "risk.household.expected": "option \\"household\\" was not given", "closeness.ill.hierarchical": "the model names no hierarchy for this column"}}	pass	{"k": 5, "l": {"l": 2, "column": "ill", "variant": "distinct"}}	GRANT USAGE ON SCHEMA open TO privrelease_tab_82a86c9b;\nGRANT USAGE ON SCHEMA src TO privrelease_tab_82a86c9b;\nREVOKE ALL ON TABLE src.person FROM privrelease_tab_82a86c9b;\nGRANT SELECT (id, born, city, ill) ON TABLE src.person TO privrelease_tab_82a86c9b;\n-- release table open.tab, subject id, model {"k": 5, "l": {"l": 2, "column": "ill", "variant": "distinct"}}\n-- born, quasi-identifier: date_trunc of born (date) {"levels": ["year", "decade"]}\n-- city, quasi-identifier: hierarchy of city (text) {"level": "auto", "hierarchy": "place"}\n-- ill, sensitive: keep of ill (text)
\.
COPY privrelease.release (id, release_schema, release_name, kind, binding, source, source_kind, source_schema, source_name, subject, subject_attnum, subject_type, source_owner, source_owner_oid, purpose, derive_quals, model, version, row_key, row_key_version, release_role, role_oid, state, view, definition, built_columns, view_digest, source_digest, built_at, built_by, withdrawn_reason, declared_at, declared_by, changed_at, changed_by) FROM stdin;
1	open	draft	view	7711131547672688486/17756	18187	r	src	person	id	1	integer	keeper	17757	\N	t	\N	0	\N	\N	privrelease_draft_b492bb6f	18201	draft	\N	\N	\N	\N	\N	\N	\N	\N	2026-11-22 22:50:43.839399+00	keeper	2026-11-22 22:50:43.840085+00	keeper
3	open	shown	view	7711131547672688486/17756	18187	r	src	person	id	1	integer	keeper	17757	a story	t	\N	0	\N	\N	privrelease_shown_75f57907	18207	published	18208	GRANT USAGE ON SCHEMA src TO privrelease_shown_75f57907;\nREVOKE ALL ON TABLE src.person FROM privrelease_shown_75f57907;\nGRANT SELECT (id, name, born, city, income) ON TABLE src.person TO privrelease_shown_75f57907;\nCREATE OR REPLACE VIEW open.shown WITH (security_barrier=true, security_invoker=false) AS\nSELECT privrelease.pseudonymize(s.id, '1.1'::privrelease.capability, 'src.person.id') AS id,\n       privrelease.partial(s.name, 1, 0, '*', 4) AS name,\n       privrelease.date_trunc(s.born, 'year') AS born,\n       privrelease.hierarchy(s.city, 'place', 1) AS city,\n       privrelease.bin(s.income, 10000, 0) AS income\n  FROM src.person AS s\n WHERE privrelease.release_serves(3);\nALTER VIEW open.shown OWNER TO privrelease_shown_75f57907;\nGRANT SELECT ON open.shown TO keeper;\nCOMMENT ON VIEW open.shown IS 'privrelease: live view of personal data, each column by its rule. It protects columns; it promises no anonymity model and hides no rows of its own. Purpose: a story';	{"1": {"name": "id", "type": "integer"}, "2": {"name": "name", "type": "text"}, "3": {"name": "born", "type": "date"}, "4": {"name": "city", "type": "text"}, "5": {"name": "income", "type": "integer"}, "6": {"name": "ill", "type": "text"}}	\\xc4e59c2e06626ba9eee243e85d9a5865dd772ea8d6dd070492e010b2b9935577	\\xd1da955e83bd436b6fd2745911d392f88db0f1a8e0119edcd170986252dc0e46	2026-11-22 22:50:43.900016+00	keeper	\N	2026-11-22 22:50:43.886797+00	keeper	2026-11-22 22:50:43.899181+00	keeper
2	open	built	view	7711131547672688486/17756	18187	r	src	person	id	1	integer	keeper	17757	\N	t	\N	0	\N	\N	privrelease_built_9c8e376c	18202	built	18203	GRANT USAGE ON SCHEMA src TO privrelease_built_9c8e376c;\nREVOKE ALL ON TABLE src.person FROM privrelease_built_9c8e376c;\nGRANT SELECT (id, name, income) ON TABLE src.person TO privrelease_built_9c8e376c;\nCREATE OR REPLACE VIEW open.built WITH (security_barrier=true, security_invoker=false) AS\nSELECT privrelease.fake(s.name, '1.1'::privrelease.capability, 1, 'src.person.name') AS name,\n       privrelease.noise(s.income, s.id, '1.1'::privrelease.capability, 'src.person.income', 'laplace', '500'::numeric, '100'::numeric, '0'::numeric, '60000'::numeric) AS income\n  FROM src.person AS s\n WHERE privrelease.release_serves(2);\nALTER VIEW open.built OWNER TO privrelease_built_9c8e376c;\nGRANT SELECT ON open.built TO keeper;\nCOMMENT ON VIEW open.built IS 'privrelease: live view of personal data, each column by its rule. It protects columns; it promises no anonymity model and hides no rows of its own.';	{"1": {"name": "id", "type": "integer"}, "2": {"name": "name", "type": "text"}, "3": {"name": "born", "type": "date"}, "4": {"name": "city", "type": "text"}, "5": {"name": "income", "type": "integer"}, "6": {"name": "ill", "type": "text"}}	\\xd80889feed647d7dfc58adb7474147bfa73f796756f984acdaea55ab4ce1f660	\\xaa5bc9ebfd959f47af2220abb5be18854dfb1c586aa561e9ffa33bc56f963be6	2026-11-22 22:50:43.871188+00	keeper	\N	2026-11-22 22:50:43.851262+00	keeper	2026-11-22 22:50:43.857387+00	keeper
6	open	mapped	view	7711131547672688486/17756	18194	r	src	other	\N	\N	\N	keeper	17757	\N	t	\N	0	\N	\N	privrelease_mapped_c0ada99a	18222	published	18223	GRANT USAGE ON SCHEMA src TO privrelease_mapped_c0ada99a;\nREVOKE ALL ON TABLE src.other FROM privrelease_mapped_c0ada99a;\nGRANT SELECT (name, income) ON TABLE src.other TO privrelease_mapped_c0ada99a;\nCREATE OR REPLACE VIEW open.mapped WITH (security_barrier=true, security_invoker=false) AS\nSELECT privrelease.partial(s.name, 2, 0, '*', 4) AS name,\n       privrelease.round(s.income, 5000) AS income\n  FROM src.other AS s\n WHERE privrelease.release_serves(6);\nALTER VIEW open.mapped OWNER TO privrelease_mapped_c0ada99a;\nGRANT SELECT ON open.mapped TO keeper;\nCOMMENT ON VIEW open.mapped IS 'privrelease: live view of personal data, each column by its rule. It protects columns; it promises no anonymity model and hides no rows of its own.';	{"1": {"name": "id", "type": "integer"}, "2": {"name": "name", "type": "text"}, "3": {"name": "income", "type": "integer"}}	\\xd0298442c17cfaa4bad81f1f6bcdae40a3df4644796db29dacbeda1e61160acf	\\xe03fc4390ca1e231f03ad7d8a5b1cf1f9793bb7d1b816d199c35621e035fc86f	2026-11-22 22:50:43.968662+00	keeper	\N	2026-11-22 22:50:43.964414+00	keeper	2026-11-22 22:50:43.968023+00	keeper
4	open	changed	view	7711131547672688486/17756	18187	r	src	person	id	1	integer	keeper	17757	\N	t	\N	0	\N	\N	privrelease_changed_4da966a5	18212	published	18213	GRANT USAGE ON SCHEMA src TO privrelease_changed_4da966a5;\nREVOKE ALL ON TABLE src.person FROM privrelease_changed_4da966a5;\nGRANT SELECT (id, city, income) ON TABLE src.person TO privrelease_changed_4da966a5;\nCREATE OR REPLACE VIEW open.changed WITH (security_barrier=true, security_invoker=false) AS\nSELECT s.city AS city,\n       privrelease.bin(s.income, 20000, 0) AS income\n  FROM src.person AS s\n WHERE privrelease.release_serves(4);\nALTER VIEW open.changed OWNER TO privrelease_changed_4da966a5;\nGRANT SELECT ON open.changed TO keeper;\nCOMMENT ON VIEW open.changed IS 'privrelease: live view of personal data, each column by its rule. It protects columns; it promises no anonymity model and hides no rows of its own.';	{"1": {"name": "id", "type": "integer"}, "2": {"name": "name", "type": "text"}, "3": {"name": "born", "type": "date"}, "4": {"name": "city", "type": "text"}, "5": {"name": "income", "type": "integer"}, "6": {"name": "ill", "type": "text"}}	\\x2f8e6a2d12dbc719f41af070a7d1065810f7a95fcee96e31d9499c79c3f669eb	\\x8d9c212f7c182251eee4d0e9d65259472f646cf8dbf3bed894fde6c1ef8ccf66	2026-11-22 22:50:43.923178+00	keeper	\N	2026-11-22 22:50:43.912796+00	keeper	2026-11-22 22:50:43.933326+00	keeper
5	open	gone	view	7711131547672688486/17756	18187	r	src	person	\N	\N	\N	keeper	17757	\N	t	\N	0	\N	\N	privrelease_gone_22f3c95f	18217	withdrawn	18218	GRANT USAGE ON SCHEMA src TO privrelease_gone_22f3c95f;\nREVOKE ALL ON TABLE src.person FROM privrelease_gone_22f3c95f;\nGRANT SELECT (city) ON TABLE src.person TO privrelease_gone_22f3c95f;\nCREATE OR REPLACE VIEW open.gone WITH (security_barrier=true, security_invoker=false) AS\nSELECT s.city AS city\n  FROM src.person AS s\n WHERE privrelease.release_serves(5);\nALTER VIEW open.gone OWNER TO privrelease_gone_22f3c95f;\nGRANT SELECT ON open.gone TO keeper;\nCOMMENT ON VIEW open.gone IS 'privrelease: live view of personal data, each column by its rule. It protects columns; it promises no anonymity model and hides no rows of its own.';	{"1": {"name": "id", "type": "integer"}, "2": {"name": "name", "type": "text"}, "3": {"name": "born", "type": "date"}, "4": {"name": "city", "type": "text"}, "5": {"name": "income", "type": "integer"}, "6": {"name": "ill", "type": "text"}}	\\xd6176482c2a2ba0eb4f72388efbacf8b6491f6d7860ec8fdb58dac50936ca6f9	\\x1aa59146516e3fbb16d8241acf076ed135a4dcd8333b83307af96b10eeb94135	2026-11-22 22:50:43.940855+00	keeper	was a mistake	2026-11-22 22:50:43.939629+00	keeper	2026-11-22 22:50:43.940144+00	keeper
7	open	tab	table	7711131547672688486/17756	18187	r	src	person	id	1	integer	keeper	17757	\N	t	{"k": 5, "l": {"l": 2, "column": "ill", "variant": "distinct"}}	2	2	1	privrelease_tab_82a86c9b	18227	published	18228	GRANT USAGE ON SCHEMA open TO privrelease_tab_82a86c9b;\nGRANT USAGE ON SCHEMA src TO privrelease_tab_82a86c9b;\nREVOKE ALL ON TABLE src.person FROM privrelease_tab_82a86c9b;\nGRANT SELECT (id, born, city, ill) ON TABLE src.person TO privrelease_tab_82a86c9b;\n-- release table open.tab, subject id, model {"k": 5, "l": {"l": 2, "column": "ill", "variant": "distinct"}}\n-- born, quasi-identifier: date_trunc of born (date) {"levels": ["year", "decade"]}\n-- city, quasi-identifier: hierarchy of city (text) {"level": "auto", "hierarchy": "place"}\n-- ill, sensitive: keep of ill (text)	{"1": {"name": "id", "type": "integer"}, "2": {"name": "name", "type": "text"}, "3": {"name": "born", "type": "date"}, "4": {"name": "city", "type": "text"}, "5": {"name": "income", "type": "integer"}, "6": {"name": "ill", "type": "text"}}	\N	\N	2026-11-22 22:50:44.053742+00	keeper	\N	2026-11-22 22:50:43.991467+00	keeper	2026-11-22 22:50:43.995514+00	keeper
9	open	tab_gone	table	7711131547672688486/17756	18194	r	src	other	id	1	integer	keeper	17757	\N	t	{"k": 4}	1	2	1	privrelease_tab_gone_819807c2	18246	withdrawn	18247	GRANT USAGE ON SCHEMA open TO privrelease_tab_gone_819807c2;\nGRANT USAGE ON SCHEMA src TO privrelease_tab_gone_819807c2;\nREVOKE ALL ON TABLE src.other FROM privrelease_tab_gone_819807c2;\nGRANT SELECT (id, income) ON TABLE src.other TO privrelease_tab_gone_819807c2;\n-- release table open.tab_gone, subject id, model {"k": 4}\n-- income, quasi-identifier: bin of income (integer) {"top": 30000, "levels": [10000, 20000]}	{"1": {"name": "id", "type": "integer"}, "2": {"name": "name", "type": "text"}, "3": {"name": "income", "type": "integer"}}	\N	\N	2026-11-22 22:50:44.128123+00	keeper	was another mistake	2026-11-22 22:50:44.12032+00	keeper	2026-11-22 22:50:44.1272+00	keeper
8	open	tab_changed	table	7711131547672688486/17756	18194	r	src	other	id	1	integer	keeper	17757	\N	t	{"k": 2}	1	2	1	privrelease_tab_changed_280dd4c1	18239	published	18240	GRANT USAGE ON SCHEMA open TO privrelease_tab_changed_280dd4c1;\nGRANT USAGE ON SCHEMA src TO privrelease_tab_changed_280dd4c1;\nREVOKE ALL ON TABLE src.other FROM privrelease_tab_changed_280dd4c1;\nGRANT SELECT (id, income) ON TABLE src.other TO privrelease_tab_changed_280dd4c1;\n-- release table open.tab_changed, subject id, model {"k": 4}\n-- income, quasi-identifier: bin of income (integer) {"top": 30000, "levels": [10000, 20000]}	{"1": {"name": "id", "type": "integer"}, "2": {"name": "name", "type": "text"}, "3": {"name": "income", "type": "integer"}}	\N	\N	2026-11-22 22:50:44.095198+00	keeper	\N	2026-11-22 22:50:44.087107+00	keeper	2026-11-22 22:50:44.119643+00	keeper
\.
COPY privrelease.audience (release, role_oid, role_name, schema_oid, granted_usage, published_at, published_by) FROM stdin;
3	17758	reader	18172	t	2026-11-22 22:50:43.911178+00	keeper
4	17758	reader	18172	t	2026-11-22 22:50:43.931276+00	keeper
6	17759	mapped	18172	t	2026-11-22 22:50:43.978838+00	keeper
7	17758	reader	18172	t	2026-11-22 22:50:44.043181+00	keeper
8	17758	reader	18172	t	2026-11-22 22:50:44.10937+00	keeper
\.
COPY privrelease.audience_map (release, role_oid, role_name, mapped_at, mapped_by) FROM stdin;
6	17759	mapped	2026-11-22 22:50:43.980097+00	keeper
\.
COPY privrelease.classification (source, attnum, source_schema, source_name, column_name, column_type, kind, category, binding) FROM stdin;
18187	2	src	person	name	text	identifier	basic	7711131547672688486/17756
18187	1	src	person	id	integer	identifier	identity_document	7711131547672688486/17756
18187	3	src	person	born	date	quasi_identifier	\N	7711131547672688486/17756
18187	4	src	person	city	text	quasi_identifier	\N	7711131547672688486/17756
18187	6	src	person	ill	text	sensitive	health	7711131547672688486/17756
\.
COPY privrelease.dictionary (id, digest, loaded_from, loaded_at) FROM stdin;
1	4e626359407c6f2719f6cd3295ede3ce964ee9a91591bd61d7bea56f6daf14a8	public.word	2026-11-22 22:50:43.851694+00
\.
COPY privrelease.dictionary_entry (dictionary, "position", value) FROM stdin;
1	0	word1
1	1	word10
1	2	word11
1	3	word12
1	4	word13
1	5	word14
1	6	word15
1	7	word16
1	8	word17
1	9	word18
1	10	word19
1	11	word2
1	12	word20
1	13	word3
1	14	word4
1	15	word5
1	16	word6
1	17	word7
1	18	word8
1	19	word9
\.
COPY privrelease.hierarchy (id, name, owner, levels, leaves) FROM stdin;
1	place	keeper	2	3
\.
COPY privrelease.hierarchy_value (hierarchy, leaf, path) FROM stdin;
1	east	{land,*}
1	west	{land,*}
1	north	{sea,*}
\.
COPY privrelease.history (release, source, source_schema, source_name, binding, domain, key, key_version) FROM stdin;
7	18187	src	person	7711131547672688486/17756	src.person.id	2	1
8	18194	src	other	7711131547672688486/17756	src.other.id	2	1
9	18194	src	other	7711131547672688486/17756	src.other.id	2	1
\.
COPY privrelease.key (id, name, current_version, created_at, created_by) FROM stdin;
1	k	1	2026-11-22 22:50:43.776469+00	postgres
2	privrelease	1	2026-11-22 22:50:43.991467+00	postgres
\.
COPY privrelease.key_domain (key, transform, domain, version, owner, owner_oid, source, attnum, binding, by_default) FROM stdin;
1	fake	src.person.name	1	keeper	17757	18187	2	7711131547672688486/17756	t
1	noise	src.person.income	1	keeper	17757	18187	5	7711131547672688486/17756	t
1	pseudonymize	src.person.id	1	keeper	17757	18187	1	7711131547672688486/17756	t
\.
COPY privrelease.key_version (key, version, fingerprint, created_at, created_by) FROM stdin;
1	1	430c35ce476f331d7e91cf20e9fc160d	2026-11-22 22:50:43.776469+00	postgres
2	1	a1ba028ab4d9acc0b8b6f6b10de12780	2026-11-22 22:50:43.991467+00	postgres
\.
COPY privrelease.rule (release, output_name, "position", attnum, column_name, column_type, transform, params, domain, domain_shared, draw, quantile_bottom, quantile_top, key, key_version, dictionary, used_attnums, used_columns, used_types, declared_at, declared_by) FROM stdin;
1	city	1	4	city	text	keep	{}	\N	f	\N	\N	\N	\N	\N	\N	{}	{}	{}	2026-11-22 22:50:43.840085+00	keeper
2	name	1	2	name	text	fake	{"key": "k", "dictionary": "public.word"}	src.person.name	f	\N	\N	\N	1	1	1	{}	{}	{}	2026-11-22 22:50:43.851694+00	keeper
2	income	2	5	income	integer	noise	{"key": "k", "top": 60000, "grid": 100, "scale": 500, "bottom": 0, "distribution": "laplace"}	src.person.income	f	laplace scale 500 grid 100 subject 1	\N	\N	1	1	\N	{}	{}	{}	2026-11-22 22:50:43.857387+00	keeper
3	id	1	1	id	integer	pseudonymize	{"key": "k"}	src.person.id	f	\N	\N	\N	1	1	\N	{}	{}	{}	2026-11-22 22:50:43.887456+00	keeper
3	name	2	2	name	text	partial	{"left": 1}	\N	f	\N	\N	\N	\N	\N	\N	{}	{}	{}	2026-11-22 22:50:43.888295+00	keeper
3	born	3	3	born	date	date_trunc	{"unit": "year"}	\N	f	\N	\N	\N	\N	\N	\N	{}	{}	{}	2026-11-22 22:50:43.888889+00	keeper
3	city	4	4	city	text	hierarchy	{"level": 1, "hierarchy": "place"}	\N	f	\N	\N	\N	\N	\N	\N	{}	{}	{}	2026-11-22 22:50:43.889499+00	keeper
3	income	5	5	income	integer	bin	{"width": 10000}	\N	f	\N	\N	\N	\N	\N	\N	{}	{}	{}	2026-11-22 22:50:43.899181+00	keeper
4	city	1	4	city	text	keep	{}	\N	f	\N	\N	\N	\N	\N	\N	{}	{}	{}	2026-11-22 22:50:43.913254+00	keeper
4	income	2	5	income	integer	bin	{"width": 1000}	\N	f	\N	\N	\N	\N	\N	\N	{}	{}	{}	2026-11-22 22:50:43.933326+00	keeper
5	city	1	4	city	text	keep	{}	\N	f	\N	\N	\N	\N	\N	\N	{}	{}	{}	2026-11-22 22:50:43.940144+00	keeper
6	name	1	2	name	text	partial	{"left": 2}	\N	f	\N	\N	\N	\N	\N	\N	{}	{}	{}	2026-11-22 22:50:43.967185+00	keeper
6	income	2	3	income	integer	round	{"to": 5000}	\N	f	\N	\N	\N	\N	\N	\N	{}	{}	{}	2026-11-22 22:50:43.968023+00	keeper
7	born	1	3	born	date	date_trunc	{"levels": ["year", "decade"]}	\N	f	\N	\N	\N	\N	\N	\N	{}	{}	{}	2026-11-22 22:50:43.992714+00	keeper
7	city	2	4	city	text	hierarchy	{"level": "auto", "hierarchy": "place"}	\N	f	\N	\N	\N	\N	\N	\N	{}	{}	{}	2026-11-22 22:50:43.993544+00	keeper
7	ill	3	6	ill	text	keep	{}	\N	f	\N	\N	\N	\N	\N	\N	{}	{}	{}	2026-11-22 22:50:43.995514+00	keeper
8	income	1	3	income	integer	bin	{"top": 30000, "levels": [10000, 20000]}	\N	f	\N	\N	\N	\N	\N	\N	{}	{}	{}	2026-11-22 22:50:44.087817+00	keeper
9	income	1	3	income	integer	bin	{"top": 30000, "levels": [10000, 20000]}	\N	f	\N	\N	\N	\N	\N	\N	{}	{}	{}	2026-11-22 22:50:44.1272+00	keeper
\.
COPY privrelease.version (release, version, release_schema, release_name, source_owner, refreshed_at, refreshed_by, records, subjects, suppressed, classes, min_class, levels, metric, cost, deleted, inserted, model, definition) FROM stdin;
7	1	open	tab	keeper	2026-11-22 22:50:44.014839+00	keeper	60	60	0	2	27	{"born": 1, "city": 2}	loss	0.7198531149031608	0	60	{"k": 5, "l": {"l": 2, "column": "ill", "variant": "distinct"}}	GRANT USAGE ON SCHEMA open TO privrelease_tab_82a86c9b;\nGRANT USAGE ON SCHEMA src TO privrelease_tab_82a86c9b;\nREVOKE ALL ON TABLE src.person FROM privrelease_tab_82a86c9b;\nGRANT SELECT (id, born, city, ill) ON TABLE src.person TO privrelease_tab_82a86c9b;\n-- release table open.tab, subject id, model {"k": 5, "l": {"l": 2, "column": "ill", "variant": "distinct"}}\n-- born, quasi-identifier: date_trunc of born (date) {"levels": ["year", "decade"]}\n-- city, quasi-identifier: hierarchy of city (text) {"level": "auto", "hierarchy": "place"}\n-- ill, sensitive: keep of ill (text)
7	2	open	tab	keeper	2026-11-22 22:50:44.06522+00	keeper	66	66	0	2	27	{"born": 1, "city": 2}	loss	0.7223551251218469	0	6	{"k": 5, "l": {"l": 2, "column": "ill", "variant": "distinct"}}	GRANT USAGE ON SCHEMA open TO privrelease_tab_82a86c9b;\nGRANT USAGE ON SCHEMA src TO privrelease_tab_82a86c9b;\nREVOKE ALL ON TABLE src.person FROM privrelease_tab_82a86c9b;\nGRANT SELECT (id, born, city, ill) ON TABLE src.person TO privrelease_tab_82a86c9b;\n-- release table open.tab, subject id, model {"k": 5, "l": {"l": 2, "column": "ill", "variant": "distinct"}}\n-- born, quasi-identifier: date_trunc of born (date) {"levels": ["year", "decade"]}\n-- city, quasi-identifier: hierarchy of city (text) {"level": "auto", "hierarchy": "place"}\n-- ill, sensitive: keep of ill (text)
8	1	open	tab_changed	keeper	2026-11-22 22:50:44.108654+00	keeper	40	40	0	4	9	{"income": 0}	loss	0.23205128205128206	0	40	{"k": 4}	GRANT USAGE ON SCHEMA open TO privrelease_tab_changed_280dd4c1;\nGRANT USAGE ON SCHEMA src TO privrelease_tab_changed_280dd4c1;\nREVOKE ALL ON TABLE src.other FROM privrelease_tab_changed_280dd4c1;\nGRANT SELECT (id, income) ON TABLE src.other TO privrelease_tab_changed_280dd4c1;\n-- release table open.tab_changed, subject id, model {"k": 4}\n-- income, quasi-identifier: bin of income (integer) {"top": 30000, "levels": [10000, 20000]}
9	1	open	tab_gone	keeper	2026-11-22 22:50:44.142435+00	keeper	40	40	0	4	9	{"income": 0}	loss	0.23205128205128206	0	40	{"k": 4}	GRANT USAGE ON SCHEMA open TO privrelease_tab_gone_819807c2;\nGRANT USAGE ON SCHEMA src TO privrelease_tab_gone_819807c2;\nREVOKE ALL ON TABLE src.other FROM privrelease_tab_gone_819807c2;\nGRANT SELECT (id, income) ON TABLE src.other TO privrelease_tab_gone_819807c2;\n-- release table open.tab_gone, subject id, model {"k": 4}\n-- income, quasi-identifier: bin of income (integer) {"top": 30000, "levels": [10000, 20000]}
\.
COPY privrelease.version_person (release, version, persons, pairs) FROM stdin;
7	1	60	60
7	2	66	66
8	1	40	40
9	1	40	40
\.
COPY privrelease.version_subject (subject, class, first_version, last_version, release) FROM stdin;
e9254216-9933-8da7-b070-48e54e174c0c	-4860118401410994609	1	\N	7
5a85506a-3184-884e-95be-c9c985a46d9c	-4860118401410994609	1	\N	7
73946444-289b-88f1-9310-a20e8a733d47	-4860118401410994609	1	\N	7
a7268edf-27c1-8dea-b576-179787fa6a1c	-4860118401410994609	1	\N	7
dadc341f-5512-8cd9-8111-54e20665f00f	-4860118401410994609	1	\N	7
741237dc-dc01-8bca-8559-96a77875485b	-4860118401410994609	1	\N	7
1eb15722-3b25-8287-ade9-1cebcec013d5	-4860118401410994609	1	\N	7
c619321b-f9cf-8a11-ad88-cfa31ce5e58c	-4860118401410994609	1	\N	7
a5e31150-6d92-898f-924c-dbc654dd56e6	-4860118401410994609	1	\N	7
24c8f22e-ec1f-8846-9a3a-0fd279e4a384	-4860118401410994609	1	\N	7
c5872804-e2eb-8a5e-a749-5c2b9dcb028b	-3698559603107946016	1	\N	7
ee604044-b19b-837e-9f92-4da8eccbddfb	-3698559603107946016	1	\N	7
9b0be366-8fd8-8d8d-9ffb-6a06f15e3524	-3698559603107946016	1	\N	7
4c69baa9-b49b-8807-a4b8-16a241aaae6c	-3698559603107946016	1	\N	7
f4570425-b2b7-863f-8949-5e17f0c90550	-3698559603107946016	1	\N	7
c07e1ba4-f7d9-8ed3-80eb-7c1c774cee6e	-3698559603107946016	1	\N	7
9e83e484-69de-8a9f-99a5-16a9df05b8b7	-3698559603107946016	1	\N	7
cac27afc-2292-8dde-a519-7ba695a2c775	-3698559603107946016	1	\N	7
af0044b1-06e6-82a1-8617-fb97ed3f9acf	-3698559603107946016	1	\N	7
53ffec7d-c7cb-874f-bf3c-72d6e96c0ae6	-4860118401410994609	1	\N	7
0f2debf6-3a6c-87ea-8c76-056ddc677d81	-4860118401410994609	1	\N	7
08b17151-6da7-8b75-9352-a3cf9e191191	-4860118401410994609	1	\N	7
b51d7010-60db-8b37-a898-0168e9a39d97	-4860118401410994609	1	\N	7
dcfc50a0-443e-8ca3-9e59-8b8c3864546c	-4860118401410994609	1	\N	7
50ac3b2d-68fe-8d85-a508-fd0e2b653453	-4860118401410994609	1	\N	7
1eeca940-0371-84ef-9dfb-eacf8f42a030	-4860118401410994609	1	\N	7
6be2596e-1489-8587-a604-3a3789e51e1a	-4860118401410994609	1	\N	7
ac0ded59-00c6-871b-a7bc-392d9d79efd1	-4860118401410994609	1	\N	7
52cc252b-3385-8983-8f98-f5ce5f256b92	-4860118401410994609	1	\N	7
66ba718d-6f4c-8509-b060-a7b1a9286b0a	-4860118401410994609	1	\N	7
1c0d4ec4-765f-81a9-bd69-525f7f0219b8	-3698559603107946016	1	\N	7
7b5b7cd7-0c1b-8ab1-9347-bef4372bfa79	-3698559603107946016	1	\N	7
4f462ef5-d330-8093-8e74-7e362b5b124f	-3698559603107946016	1	\N	7
5b876538-decb-8bfc-ad70-6c784a756d81	-3698559603107946016	1	\N	7
cb12d59e-91f5-8979-a4e7-d883a680a0bd	-3698559603107946016	1	\N	7
4a43a19f-6b13-8dd6-9cf8-a0cf71f2f45d	-3698559603107946016	1	\N	7
99d692bf-cf73-87fd-a6e7-4d9d0d062ada	-3698559603107946016	1	\N	7
3e5eed18-bf6a-8e55-9a48-e19939c42af5	-3698559603107946016	1	\N	7
d3063669-ff39-8682-9b72-10cef15d267c	-3698559603107946016	1	\N	7
f1e90b4c-0ecc-8ff4-9a75-9fe4f3bab198	-4860118401410994609	1	\N	7
8597031f-9bb2-831f-b18b-ee320a9ac074	-4860118401410994609	1	\N	7
3eed5c6f-35fe-85f6-9edd-3132f63b00c4	-4860118401410994609	1	\N	7
dcfa9d1b-5784-8b7c-9587-c6b623728e96	-4860118401410994609	1	\N	7
80da1686-e331-8656-b8bb-496250bcdfc0	-4860118401410994609	1	\N	7
963429fa-d3ba-8048-8f8d-696e546b2a27	-4860118401410994609	1	\N	7
0b5894be-414d-82c3-a0b1-dfa82ebf31a1	-4860118401410994609	1	\N	7
a524eb2c-c70e-8828-b553-45667d082c6d	-4860118401410994609	1	\N	7
22f25082-4306-84dd-a5d2-be180e3fcc11	-4860118401410994609	1	\N	7
f00e6a28-4835-852e-9661-c6d34c13d25c	-4860118401410994609	1	\N	7
16a76558-4b6f-8ac7-b022-160da3e42ad6	-4860118401410994609	1	\N	7
cfc0fdf3-5914-8336-8afa-a825c0abaef1	-3698559603107946016	1	\N	7
a088ac92-006d-8026-9b27-d343c0955134	-3698559603107946016	1	\N	7
4514dec1-1169-8da7-a656-4fdae89fb67e	-3698559603107946016	1	\N	7
7b163db9-3a79-8718-923e-4dab5e5f0ab1	-3698559603107946016	1	\N	7
2bc7188b-1edb-867a-93c6-57d642a7ffb2	-3698559603107946016	1	\N	7
2b682deb-0310-8a33-98c4-829ec14865e2	-3698559603107946016	1	\N	7
720551a7-5f98-8f83-b178-f8198014482b	-3698559603107946016	1	\N	7
8fd624ce-3568-81a8-be04-4e85ceb35883	-3698559603107946016	1	\N	7
e6410867-29a6-896c-8103-392f1d1310ef	-3698559603107946016	1	\N	7
49c24c6e-8c1c-8fc1-84b0-759101e393ff	-4860118401410994609	1	\N	7
d3b96bd7-5544-8f64-8279-daaab8b33e4e	-4860118401410994609	2	\N	7
5b056c7e-8f3b-84e1-998a-89cb47387f75	-4860118401410994609	2	\N	7
64c25815-e28b-8c3c-a2c1-963950c0aa79	-4860118401410994609	2	\N	7
3bec679d-c2a8-8415-a33a-8a9776d20452	-4860118401410994609	2	\N	7
ed3dee7c-5e7a-88f2-824e-67bc3550ccdb	-4860118401410994609	2	\N	7
6972d6ee-385a-8194-aa88-a5a33fef729e	-4860118401410994609	2	\N	7
482f604f-12dc-81f5-9199-4b5ba61c68ef	-8975465949494536775	1	\N	8
3f1e8cbf-da50-8341-8379-3ff274467542	-8975465949494536775	1	\N	8
4b1ed2fb-7c4f-8d9c-9372-386b36f7ab82	-8975465949494536775	1	\N	8
c1ee84c2-b845-87fb-8c3c-c5e92d62f647	-8975465949494536775	1	\N	8
947d4203-8ccc-8edb-8482-5fdc9432eead	-8975465949494536775	1	\N	8
a273b4c4-9012-82d7-af80-4da0b55106d7	-8975465949494536775	1	\N	8
a204defe-6455-82c1-bfbd-f11b359fbb90	-8975465949494536775	1	\N	8
3ff1753c-e531-83bd-8608-1987584fb105	-8975465949494536775	1	\N	8
459a9e34-af43-8187-88f7-5dfd00f79c29	-8975465949494536775	1	\N	8
270a96e3-8557-83d8-bd32-18df446ddc29	-7789136345434916662	1	\N	8
39450c70-384e-8593-b481-5d7f27696da2	-7789136345434916662	1	\N	8
12159510-5f4b-86ad-8bf9-6bf27e315374	-7789136345434916662	1	\N	8
8aba0521-6cf3-8c4f-9584-585c8aaf6738	-7789136345434916662	1	\N	8
5b6b552b-5f4d-81db-923d-4bd70695094f	-7789136345434916662	1	\N	8
03640192-7df3-8ac8-8471-1672d2ba14d2	-7789136345434916662	1	\N	8
2b8e61c2-ca48-8a2c-8a4c-924672e40aff	-7789136345434916662	1	\N	8
e25f2d87-741e-8a3b-b0b7-bd0c4b328d3c	-7789136345434916662	1	\N	8
1265c872-5ff5-8480-b5f2-41c63fd38327	-7789136345434916662	1	\N	8
35d7b8ae-f8b6-84e0-80d7-a57eae7f9bde	-7789136345434916662	1	\N	8
33b9165d-4b79-8923-8e11-1c63dba99cee	1057871189890755719	1	\N	8
bb9fd01f-7300-8569-893c-3bf628c20e44	1057871189890755719	1	\N	8
0060a186-e148-8efd-b159-10799d765e35	1057871189890755719	1	\N	8
10518b94-c9ce-86ee-a099-83d543bbb607	1057871189890755719	1	\N	8
966474d3-cf4d-80ea-b718-1afa67f47821	1057871189890755719	1	\N	8
3ded4116-b667-8303-b3e0-92e980ed20fd	1057871189890755719	1	\N	8
9a9f246a-bf1c-8670-818e-53e2fdeb23cd	1057871189890755719	1	\N	8
2e26d71a-ef39-8e6f-806a-06a5f88c389d	1057871189890755719	1	\N	8
b2156d26-b687-8cb7-bda5-7ff7d0e16806	1057871189890755719	1	\N	8
c9f355c1-a478-8bd3-a126-7c2ba764d56e	1057871189890755719	1	\N	8
ad4d6475-5b01-8d85-8d6d-1c7aa81e9db7	3198720966116717085	1	\N	8
a7316156-ba8e-85a9-a236-8484edbd45d6	3198720966116717085	1	\N	8
bd22c0dc-d368-891d-88e2-d5fd0f387234	3198720966116717085	1	\N	8
87c479f0-0618-8692-910a-168bfe0d9131	3198720966116717085	1	\N	8
48588c18-a7b5-8be8-b0f4-4ee5a244f0fb	3198720966116717085	1	\N	8
54082e1c-03f0-896a-9e4e-91314ff6d76f	3198720966116717085	1	\N	8
92a539a4-d2f8-8841-988b-05d42a61d7e8	3198720966116717085	1	\N	8
4eec9b0f-3b85-8b47-9549-77b06ecdc906	3198720966116717085	1	\N	8
f97bf207-da5a-8278-8ba1-edc11489c82c	3198720966116717085	1	\N	8
b58f2c4c-f6c6-864f-88d2-83b200510283	3198720966116717085	1	\N	8
b3717120-df0f-8bac-9dab-f34c9cc2f3df	3198720966116717085	1	\N	8
482f604f-12dc-81f5-9199-4b5ba61c68ef	6742088022361128714	1	\N	9
3f1e8cbf-da50-8341-8379-3ff274467542	6742088022361128714	1	\N	9
4b1ed2fb-7c4f-8d9c-9372-386b36f7ab82	6742088022361128714	1	\N	9
c1ee84c2-b845-87fb-8c3c-c5e92d62f647	6742088022361128714	1	\N	9
947d4203-8ccc-8edb-8482-5fdc9432eead	6742088022361128714	1	\N	9
a273b4c4-9012-82d7-af80-4da0b55106d7	6742088022361128714	1	\N	9
a204defe-6455-82c1-bfbd-f11b359fbb90	6742088022361128714	1	\N	9
3ff1753c-e531-83bd-8608-1987584fb105	6742088022361128714	1	\N	9
459a9e34-af43-8187-88f7-5dfd00f79c29	6742088022361128714	1	\N	9
270a96e3-8557-83d8-bd32-18df446ddc29	3952611020921484857	1	\N	9
39450c70-384e-8593-b481-5d7f27696da2	3952611020921484857	1	\N	9
12159510-5f4b-86ad-8bf9-6bf27e315374	3952611020921484857	1	\N	9
8aba0521-6cf3-8c4f-9584-585c8aaf6738	3952611020921484857	1	\N	9
5b6b552b-5f4d-81db-923d-4bd70695094f	3952611020921484857	1	\N	9
03640192-7df3-8ac8-8471-1672d2ba14d2	3952611020921484857	1	\N	9
2b8e61c2-ca48-8a2c-8a4c-924672e40aff	3952611020921484857	1	\N	9
e25f2d87-741e-8a3b-b0b7-bd0c4b328d3c	3952611020921484857	1	\N	9
1265c872-5ff5-8480-b5f2-41c63fd38327	3952611020921484857	1	\N	9
35d7b8ae-f8b6-84e0-80d7-a57eae7f9bde	3952611020921484857	1	\N	9
33b9165d-4b79-8923-8e11-1c63dba99cee	-7195631446425264771	1	\N	9
bb9fd01f-7300-8569-893c-3bf628c20e44	-7195631446425264771	1	\N	9
0060a186-e148-8efd-b159-10799d765e35	-7195631446425264771	1	\N	9
10518b94-c9ce-86ee-a099-83d543bbb607	-7195631446425264771	1	\N	9
966474d3-cf4d-80ea-b718-1afa67f47821	-7195631446425264771	1	\N	9
3ded4116-b667-8303-b3e0-92e980ed20fd	-7195631446425264771	1	\N	9
9a9f246a-bf1c-8670-818e-53e2fdeb23cd	-7195631446425264771	1	\N	9
2e26d71a-ef39-8e6f-806a-06a5f88c389d	-7195631446425264771	1	\N	9
b2156d26-b687-8cb7-bda5-7ff7d0e16806	-7195631446425264771	1	\N	9
c9f355c1-a478-8bd3-a126-7c2ba764d56e	-7195631446425264771	1	\N	9
ad4d6475-5b01-8d85-8d6d-1c7aa81e9db7	6290466789025820230	1	\N	9
a7316156-ba8e-85a9-a236-8484edbd45d6	6290466789025820230	1	\N	9
bd22c0dc-d368-891d-88e2-d5fd0f387234	6290466789025820230	1	\N	9
87c479f0-0618-8692-910a-168bfe0d9131	6290466789025820230	1	\N	9
48588c18-a7b5-8be8-b0f4-4ee5a244f0fb	6290466789025820230	1	\N	9
54082e1c-03f0-896a-9e4e-91314ff6d76f	6290466789025820230	1	\N	9
92a539a4-d2f8-8841-988b-05d42a61d7e8	6290466789025820230	1	\N	9
4eec9b0f-3b85-8b47-9549-77b06ecdc906	6290466789025820230	1	\N	9
f97bf207-da5a-8278-8ba1-edc11489c82c	6290466789025820230	1	\N	9
b58f2c4c-f6c6-864f-88d2-83b200510283	6290466789025820230	1	\N	9
b3717120-df0f-8bac-9dab-f34c9cc2f3df	6290466789025820230	1	\N	9
\.
COPY privrelease.version_value (release, version, class, output_name, members, digests, persons) FROM stdin;
7	1	-4860118401410994609	ill	33	{-3995667455675433145,-3881684977660273146,7659114907003090577}	{11,11,11}
7	1	-3698559603107946016	ill	27	{-3995667455675433145,-3881684977660273146,7659114907003090577}	{9,9,9}
7	2	-4860118401410994609	ill	39	{-3995667455675433145,-3881684977660273146,7659114907003090577}	{13,13,13}
7	2	-3698559603107946016	ill	27	{-3995667455675433145,-3881684977660273146,7659114907003090577}	{9,9,9}
\.
COPY public.seen (release, rows, digest) FROM stdin;
open.shown	66	febdbe41256a746ce22f5c61508cb017
open.changed	66	d7adcb55799d089936c53d0f1793f3cd
open.tab	66	fcd40de38fd6ddab5826bc252a73d63a
open.tab_changed	40	7576200f77602b7e19f3e8d3f016169b
open.mapped	40	cdff8e49f4a7b118aea6f654d45fdaf8
\.
COPY public.word (word) FROM stdin;
word1
word2
word3
word4
word5
word6
word7
word8
word9
word10
word11
word12
word13
word14
word15
word16
word17
word18
word19
word20
\.
COPY src.other (id, name, income) FROM stdin;
1	MARKER1	1000
2	MARKER2	2000
3	MARKER3	3000
4	MARKER4	4000
5	MARKER5	5000
6	MARKER6	6000
7	MARKER7	7000
8	MARKER8	8000
9	MARKER9	9000
10	MARKER10	10000
11	MARKER11	11000
12	MARKER12	12000
13	MARKER13	13000
14	MARKER14	14000
15	MARKER15	15000
16	MARKER16	16000
17	MARKER17	17000
18	MARKER18	18000
19	MARKER19	19000
20	MARKER20	20000
21	MARKER21	21000
22	MARKER22	22000
23	MARKER23	23000
24	MARKER24	24000
25	MARKER25	25000
26	MARKER26	26000
27	MARKER27	27000
28	MARKER28	28000
29	MARKER29	29000
30	MARKER30	30000
31	MARKER31	31000
32	MARKER32	32000
33	MARKER33	33000
34	MARKER34	34000
35	MARKER35	35000
36	MARKER36	36000
37	MARKER37	37000
38	MARKER38	38000
39	MARKER39	39000
40	MARKER40	40000
\.
COPY src.person (id, name, born, city, income, ill) FROM stdin;
1	MARKER1	1960-12-31	west	1000	ill 1
2	MARKER2	1961-12-31	north	2000	ill 2
3	MARKER3	1962-12-31	east	3000	ill 0
4	MARKER4	1963-12-31	west	4000	ill 1
5	MARKER5	1964-12-30	north	5000	ill 2
6	MARKER6	1965-12-30	east	6000	ill 0
7	MARKER7	1966-12-30	west	7000	ill 1
8	MARKER8	1967-12-30	north	8000	ill 2
9	MARKER9	1968-12-29	east	9000	ill 0
10	MARKER10	1969-12-29	west	10000	ill 1
11	MARKER11	1970-12-29	north	11000	ill 2
12	MARKER12	1971-12-29	east	12000	ill 0
13	MARKER13	1972-12-28	west	13000	ill 1
14	MARKER14	1973-12-28	north	14000	ill 2
15	MARKER15	1974-12-28	east	15000	ill 0
16	MARKER16	1975-12-28	west	16000	ill 1
17	MARKER17	1976-12-27	north	17000	ill 2
18	MARKER18	1977-12-27	east	18000	ill 0
19	MARKER19	1978-12-27	west	19000	ill 1
20	MARKER20	1960-01-01	north	20000	ill 2
21	MARKER21	1960-12-31	east	21000	ill 0
22	MARKER22	1961-12-31	west	22000	ill 1
23	MARKER23	1962-12-31	north	23000	ill 2
24	MARKER24	1963-12-31	east	24000	ill 0
25	MARKER25	1964-12-30	west	25000	ill 1
26	MARKER26	1965-12-30	north	26000	ill 2
27	MARKER27	1966-12-30	east	27000	ill 0
28	MARKER28	1967-12-30	west	28000	ill 1
29	MARKER29	1968-12-29	north	29000	ill 2
30	MARKER30	1969-12-29	east	30000	ill 0
31	MARKER31	1970-12-29	west	31000	ill 1
32	MARKER32	1971-12-29	north	32000	ill 2
33	MARKER33	1972-12-28	east	33000	ill 0
34	MARKER34	1973-12-28	west	34000	ill 1
35	MARKER35	1974-12-28	north	35000	ill 2
36	MARKER36	1975-12-28	east	36000	ill 0
37	MARKER37	1976-12-27	west	37000	ill 1
38	MARKER38	1977-12-27	north	38000	ill 2
39	MARKER39	1978-12-27	east	39000	ill 0
40	MARKER40	1960-01-01	west	40000	ill 1
41	MARKER41	1960-12-31	north	41000	ill 2
42	MARKER42	1961-12-31	east	42000	ill 0
43	MARKER43	1962-12-31	west	43000	ill 1
44	MARKER44	1963-12-31	north	44000	ill 2
45	MARKER45	1964-12-30	east	45000	ill 0
46	MARKER46	1965-12-30	west	46000	ill 1
47	MARKER47	1966-12-30	north	47000	ill 2
48	MARKER48	1967-12-30	east	48000	ill 0
49	MARKER49	1968-12-29	west	49000	ill 1
50	MARKER50	1969-12-29	north	50000	ill 2
51	MARKER51	1970-12-29	east	51000	ill 0
52	MARKER52	1971-12-29	west	52000	ill 1
53	MARKER53	1972-12-28	north	53000	ill 2
54	MARKER54	1973-12-28	east	54000	ill 0
55	MARKER55	1974-12-28	west	55000	ill 1
56	MARKER56	1975-12-28	north	56000	ill 2
57	MARKER57	1976-12-27	east	57000	ill 0
58	MARKER58	1977-12-27	west	58000	ill 1
59	MARKER59	1978-12-27	north	59000	ill 2
60	MARKER60	1960-01-01	east	60000	ill 0
61	MARKER61	1960-12-31	west	61000	ill 1
62	MARKER62	1961-12-31	north	62000	ill 2
63	MARKER63	1962-12-31	east	63000	ill 0
64	MARKER64	1963-12-31	west	64000	ill 1
65	MARKER65	1964-12-30	north	65000	ill 2
66	MARKER66	1965-12-30	east	66000	ill 0
\.
SELECT pg_catalog.setval('privrelease.assessment_id_seq', 1, true);
SELECT pg_catalog.setval('privrelease.dictionary_id_seq', 1, true);
SELECT pg_catalog.setval('privrelease.hierarchy_id_seq', 1, true);
SELECT pg_catalog.setval('privrelease.release_id_seq', 9, true);
ALTER TABLE ONLY open.tab_changed
    ADD CONSTRAINT tab_changed_pkey PRIMARY KEY (release_row);
ALTER TABLE ONLY open.tab_gone
    ADD CONSTRAINT tab_gone_pkey PRIMARY KEY (release_row);
ALTER TABLE ONLY open.tab
    ADD CONSTRAINT tab_pkey PRIMARY KEY (release_row);
ALTER TABLE ONLY public.seen
    ADD CONSTRAINT seen_pkey PRIMARY KEY (release);
ALTER TABLE ONLY public.word
    ADD CONSTRAINT word_pkey PRIMARY KEY (word);
ALTER TABLE ONLY src.other
    ADD CONSTRAINT other_pkey PRIMARY KEY (id);
ALTER TABLE ONLY src.person
    ADD CONSTRAINT person_pkey PRIMARY KEY (id);
CREATE INDEX tab_born_idx ON open.tab USING btree (born);
GRANT USAGE ON SCHEMA open TO reader;
GRANT USAGE ON SCHEMA open TO mapped;
GRANT USAGE ON SCHEMA open TO privrelease_tab_82a86c9b;
GRANT USAGE ON SCHEMA open TO privrelease_tab_changed_280dd4c1;
GRANT USAGE ON SCHEMA open TO privrelease_tab_gone_819807c2;
GRANT USAGE ON SCHEMA src TO privrelease_built_9c8e376c;
GRANT USAGE ON SCHEMA src TO privrelease_shown_75f57907;
GRANT USAGE ON SCHEMA src TO privrelease_changed_4da966a5;
GRANT USAGE ON SCHEMA src TO privrelease_gone_22f3c95f;
GRANT USAGE ON SCHEMA src TO privrelease_mapped_c0ada99a;
GRANT USAGE ON SCHEMA src TO privrelease_tab_82a86c9b;
GRANT USAGE ON SCHEMA src TO privrelease_tab_changed_280dd4c1;
GRANT USAGE ON SCHEMA src TO privrelease_tab_gone_819807c2;
GRANT ALL ON FUNCTION privrelease.create_key(key text) TO keeper WITH GRANT OPTION;
GRANT SELECT(id) ON TABLE src.person TO privrelease_built_9c8e376c;
GRANT SELECT(id) ON TABLE src.person TO privrelease_shown_75f57907;
GRANT SELECT(id) ON TABLE src.person TO privrelease_changed_4da966a5;
GRANT SELECT(id) ON TABLE src.person TO privrelease_tab_82a86c9b;
GRANT SELECT(name) ON TABLE src.person TO privrelease_built_9c8e376c;
GRANT SELECT(name) ON TABLE src.person TO privrelease_shown_75f57907;
GRANT SELECT(born) ON TABLE src.person TO privrelease_shown_75f57907;
GRANT SELECT(born) ON TABLE src.person TO privrelease_tab_82a86c9b;
GRANT SELECT(city) ON TABLE src.person TO privrelease_shown_75f57907;
GRANT SELECT(city) ON TABLE src.person TO privrelease_changed_4da966a5;
GRANT SELECT(city) ON TABLE src.person TO privrelease_gone_22f3c95f;
GRANT SELECT(city) ON TABLE src.person TO privrelease_tab_82a86c9b;
GRANT SELECT(income) ON TABLE src.person TO privrelease_built_9c8e376c;
GRANT SELECT(income) ON TABLE src.person TO privrelease_shown_75f57907;
GRANT SELECT(income) ON TABLE src.person TO privrelease_changed_4da966a5;
GRANT SELECT(ill) ON TABLE src.person TO privrelease_tab_82a86c9b;
GRANT SELECT ON TABLE open.built TO keeper;
GRANT SELECT ON TABLE open.changed TO keeper;
GRANT SELECT ON TABLE open.changed TO reader;
GRANT SELECT ON TABLE open.gone TO keeper;
GRANT SELECT(id) ON TABLE src.other TO privrelease_tab_changed_280dd4c1;
GRANT SELECT(id) ON TABLE src.other TO privrelease_tab_gone_819807c2;
GRANT SELECT(name) ON TABLE src.other TO privrelease_mapped_c0ada99a;
GRANT SELECT(income) ON TABLE src.other TO privrelease_mapped_c0ada99a;
GRANT SELECT(income) ON TABLE src.other TO privrelease_tab_changed_280dd4c1;
GRANT SELECT(income) ON TABLE src.other TO privrelease_tab_gone_819807c2;
GRANT SELECT ON TABLE open.mapped TO keeper;
GRANT SELECT ON TABLE open.mapped TO mapped;
GRANT SELECT ON TABLE open.shown TO keeper;
GRANT SELECT ON TABLE open.shown TO reader;
GRANT SELECT(release_row) ON TABLE open.tab TO keeper;
GRANT SELECT(release_row) ON TABLE open.tab TO reader;
GRANT SELECT(born) ON TABLE open.tab TO keeper;
GRANT SELECT(born) ON TABLE open.tab TO reader;
GRANT SELECT(city) ON TABLE open.tab TO keeper;
GRANT SELECT(city) ON TABLE open.tab TO reader;
GRANT SELECT(ill) ON TABLE open.tab TO keeper;
GRANT SELECT(ill) ON TABLE open.tab TO reader;
GRANT SELECT(release_row) ON TABLE open.tab_changed TO keeper;
GRANT SELECT(release_row) ON TABLE open.tab_changed TO reader;
GRANT SELECT(income) ON TABLE open.tab_changed TO keeper;
GRANT SELECT(income) ON TABLE open.tab_changed TO reader;
GRANT SELECT(release_row) ON TABLE open.tab_gone TO keeper;
GRANT SELECT(income) ON TABLE open.tab_gone TO keeper;
REVOKE SELECT ON TABLE privrelease.hierarchies FROM PUBLIC;
GRANT SELECT ON TABLE privrelease.hierarchies TO keeper;
GRANT SELECT ON TABLE public.dashboard TO reader;
GRANT SELECT,INSERT ON TABLE public.seen TO reader;
GRANT SELECT,INSERT ON TABLE public.seen TO mapped;
GRANT SELECT ON TABLE public.word TO PUBLIC;
