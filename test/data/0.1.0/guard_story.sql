CREATE ROLE keeper;
ALTER ROLE keeper WITH NOSUPERUSER INHERIT NOCREATEROLE NOCREATEDB LOGIN NOREPLICATION NOBYPASSRLS;
CREATE ROLE mapped;
ALTER ROLE mapped WITH NOSUPERUSER INHERIT NOCREATEROLE NOCREATEDB LOGIN NOREPLICATION NOBYPASSRLS;
CREATE ROLE privrelease_built_60aaf64f;
ALTER ROLE privrelease_built_60aaf64f WITH NOSUPERUSER NOINHERIT NOCREATEROLE NOCREATEDB NOLOGIN NOREPLICATION NOBYPASSRLS;
CREATE ROLE privrelease_changed_295cd360;
ALTER ROLE privrelease_changed_295cd360 WITH NOSUPERUSER NOINHERIT NOCREATEROLE NOCREATEDB NOLOGIN NOREPLICATION NOBYPASSRLS;
CREATE ROLE privrelease_draft_cedabb96;
ALTER ROLE privrelease_draft_cedabb96 WITH NOSUPERUSER NOINHERIT NOCREATEROLE NOCREATEDB NOLOGIN NOREPLICATION NOBYPASSRLS;
CREATE ROLE privrelease_gone_3dca8434;
ALTER ROLE privrelease_gone_3dca8434 WITH NOSUPERUSER NOINHERIT NOCREATEROLE NOCREATEDB NOLOGIN NOREPLICATION NOBYPASSRLS;
CREATE ROLE privrelease_mapped_3376cb10;
ALTER ROLE privrelease_mapped_3376cb10 WITH NOSUPERUSER NOINHERIT NOCREATEROLE NOCREATEDB NOLOGIN NOREPLICATION NOBYPASSRLS;
CREATE ROLE privrelease_shown_0332cd16;
ALTER ROLE privrelease_shown_0332cd16 WITH NOSUPERUSER NOINHERIT NOCREATEROLE NOCREATEDB NOLOGIN NOREPLICATION NOBYPASSRLS;
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
ALTER TABLE open.built OWNER TO privrelease_built_60aaf64f;
COMMENT ON VIEW open.built IS 'privrelease: live view of personal data, each column by its rule. It protects columns; it promises no anonymity model and hides no rows of its own.';
CREATE VIEW open.changed WITH (security_barrier='true', security_invoker='false') AS
 SELECT s.city,
    privrelease.bin(s.income, 20000, 0) AS income
   FROM src.person s
  WHERE privrelease.release_serves(4);
ALTER TABLE open.changed OWNER TO privrelease_changed_295cd360;
COMMENT ON VIEW open.changed IS 'privrelease: live view of personal data, each column by its rule. It protects columns; it promises no anonymity model and hides no rows of its own.';
CREATE VIEW open.gone WITH (security_barrier='true', security_invoker='false') AS
 SELECT s.city
   FROM src.person s
  WHERE privrelease.release_serves(5);
ALTER TABLE open.gone OWNER TO privrelease_gone_3dca8434;
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
ALTER TABLE open.mapped OWNER TO privrelease_mapped_3376cb10;
COMMENT ON VIEW open.mapped IS 'privrelease: live view of personal data, each column by its rule. It protects columns; it promises no anonymity model and hides no rows of its own.';
CREATE VIEW open.shown WITH (security_barrier='true', security_invoker='false') AS
 SELECT privrelease.pseudonymize(s.id, '1.1'::privrelease.capability, 'src.person.id'::text) AS id,
    privrelease.partial(s.name, 1, 0, '*'::text, 4) AS name,
    privrelease.date_trunc(s.born, 'year'::text) AS born,
    privrelease.hierarchy(s.city, 'place'::text, 1) AS city,
    privrelease.bin(s.income, 10000, 0) AS income
   FROM src.person s
  WHERE privrelease.release_serves(3);
ALTER TABLE open.shown OWNER TO privrelease_shown_0332cd16;
COMMENT ON VIEW open.shown IS 'privrelease: live view of personal data, each column by its rule. It protects columns; it promises no anonymity model and hides no rows of its own. Purpose: a story';
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
COPY privrelease.release (id, release_schema, release_name, kind, binding, source, source_kind, source_schema, source_name, subject, subject_attnum, subject_type, source_owner, source_owner_oid, purpose, derive_quals, release_role, role_oid, state, view, definition, built_columns, view_digest, source_digest, built_at, built_by, withdrawn_reason, declared_at, declared_by, changed_at, changed_by) FROM stdin;
1	open	draft	view	7711131381033888362/17487	17828	r	src	person	id	1	integer	keeper	17488	\N	t	privrelease_draft_cedabb96	17842	draft	\N	\N	\N	\N	\N	\N	\N	\N	2026-11-22 22:50:40.827218+00	keeper	2026-11-22 22:50:40.828632+00	keeper
3	open	shown	view	7711131381033888362/17487	17828	r	src	person	id	1	integer	keeper	17488	a story	t	privrelease_shown_0332cd16	17848	published	17849	GRANT USAGE ON SCHEMA src TO privrelease_shown_0332cd16;\nREVOKE ALL ON TABLE src.person FROM privrelease_shown_0332cd16;\nGRANT SELECT (id, name, born, city, income) ON TABLE src.person TO privrelease_shown_0332cd16;\nCREATE OR REPLACE VIEW open.shown WITH (security_barrier=true, security_invoker=false) AS\nSELECT privrelease.pseudonymize(s.id, '1.1'::privrelease.capability, 'src.person.id') AS id,\n       privrelease.partial(s.name, 1, 0, '*', 4) AS name,\n       privrelease.date_trunc(s.born, 'year') AS born,\n       privrelease.hierarchy(s.city, 'place', 1) AS city,\n       privrelease.bin(s.income, 10000, 0) AS income\n  FROM src.person AS s\n WHERE privrelease.release_serves(3);\nALTER VIEW open.shown OWNER TO privrelease_shown_0332cd16;\nGRANT SELECT ON open.shown TO keeper;\nCOMMENT ON VIEW open.shown IS 'privrelease: live view of personal data, each column by its rule. It protects columns; it promises no anonymity model and hides no rows of its own. Purpose: a story';	{"1": {"name": "id", "type": "integer"}, "2": {"name": "name", "type": "text"}, "3": {"name": "born", "type": "date"}, "4": {"name": "city", "type": "text"}, "5": {"name": "income", "type": "integer"}, "6": {"name": "ill", "type": "text"}}	\\x1d7e2dc16e28e624adbc60751f3454b53a3c0f4e2d370396fa2d7644b28599c2	\\xd1da955e83bd436b6fd2745911d392f88db0f1a8e0119edcd170986252dc0e46	2026-11-22 22:50:40.866495+00	keeper	\N	2026-11-22 22:50:40.854318+00	keeper	2026-11-22 22:50:40.864471+00	keeper
2	open	built	view	7711131381033888362/17487	17828	r	src	person	id	1	integer	keeper	17488	\N	t	privrelease_built_60aaf64f	17843	built	17844	GRANT USAGE ON SCHEMA src TO privrelease_built_60aaf64f;\nREVOKE ALL ON TABLE src.person FROM privrelease_built_60aaf64f;\nGRANT SELECT (id, name, income) ON TABLE src.person TO privrelease_built_60aaf64f;\nCREATE OR REPLACE VIEW open.built WITH (security_barrier=true, security_invoker=false) AS\nSELECT privrelease.fake(s.name, '1.1'::privrelease.capability, 1, 'src.person.name') AS name,\n       privrelease.noise(s.income, s.id, '1.1'::privrelease.capability, 'src.person.income', 'laplace', '500'::numeric, '100'::numeric, '0'::numeric, '60000'::numeric) AS income\n  FROM src.person AS s\n WHERE privrelease.release_serves(2);\nALTER VIEW open.built OWNER TO privrelease_built_60aaf64f;\nGRANT SELECT ON open.built TO keeper;\nCOMMENT ON VIEW open.built IS 'privrelease: live view of personal data, each column by its rule. It protects columns; it promises no anonymity model and hides no rows of its own.';	{"1": {"name": "id", "type": "integer"}, "2": {"name": "name", "type": "text"}, "3": {"name": "born", "type": "date"}, "4": {"name": "city", "type": "text"}, "5": {"name": "income", "type": "integer"}, "6": {"name": "ill", "type": "text"}}	\\x5cbb6e1d3b3cbe0517d5ef978f1fb90ce29ac87ec01d2ce6c7d41750f3ba5fb4	\\xaa5bc9ebfd959f47af2220abb5be18854dfb1c586aa561e9ffa33bc56f963be6	2026-11-22 22:50:40.839226+00	keeper	\N	2026-11-22 22:50:40.833185+00	keeper	2026-11-22 22:50:40.835415+00	keeper
6	open	mapped	view	7711131381033888362/17487	17835	r	src	other	\N	\N	\N	keeper	17488	\N	t	privrelease_mapped_3376cb10	17863	published	17864	GRANT USAGE ON SCHEMA src TO privrelease_mapped_3376cb10;\nREVOKE ALL ON TABLE src.other FROM privrelease_mapped_3376cb10;\nGRANT SELECT (name, income) ON TABLE src.other TO privrelease_mapped_3376cb10;\nCREATE OR REPLACE VIEW open.mapped WITH (security_barrier=true, security_invoker=false) AS\nSELECT privrelease.partial(s.name, 2, 0, '*', 4) AS name,\n       privrelease.round(s.income, 5000) AS income\n  FROM src.other AS s\n WHERE privrelease.release_serves(6);\nALTER VIEW open.mapped OWNER TO privrelease_mapped_3376cb10;\nGRANT SELECT ON open.mapped TO keeper;\nCOMMENT ON VIEW open.mapped IS 'privrelease: live view of personal data, each column by its rule. It protects columns; it promises no anonymity model and hides no rows of its own.';	{"1": {"name": "id", "type": "integer"}, "2": {"name": "name", "type": "text"}, "3": {"name": "income", "type": "integer"}}	\\x770ac031020736f2da47d1239a7679b7dc9507b49b266b3440f3bed91dfa9ae0	\\xe03fc4390ca1e231f03ad7d8a5b1cf1f9793bb7d1b816d199c35621e035fc86f	2026-11-22 22:50:40.936876+00	keeper	\N	2026-11-22 22:50:40.919403+00	keeper	2026-11-22 22:50:40.936091+00	keeper
4	open	changed	view	7711131381033888362/17487	17828	r	src	person	id	1	integer	keeper	17488	\N	t	privrelease_changed_295cd360	17853	published	17854	GRANT USAGE ON SCHEMA src TO privrelease_changed_295cd360;\nREVOKE ALL ON TABLE src.person FROM privrelease_changed_295cd360;\nGRANT SELECT (id, city, income) ON TABLE src.person TO privrelease_changed_295cd360;\nCREATE OR REPLACE VIEW open.changed WITH (security_barrier=true, security_invoker=false) AS\nSELECT s.city AS city,\n       privrelease.bin(s.income, 20000, 0) AS income\n  FROM src.person AS s\n WHERE privrelease.release_serves(4);\nALTER VIEW open.changed OWNER TO privrelease_changed_295cd360;\nGRANT SELECT ON open.changed TO keeper;\nCOMMENT ON VIEW open.changed IS 'privrelease: live view of personal data, each column by its rule. It protects columns; it promises no anonymity model and hides no rows of its own.';	{"1": {"name": "id", "type": "integer"}, "2": {"name": "name", "type": "text"}, "3": {"name": "born", "type": "date"}, "4": {"name": "city", "type": "text"}, "5": {"name": "income", "type": "integer"}, "6": {"name": "ill", "type": "text"}}	\\x6406dfc07c66f563b4955b7538fbc74ec4a1a9935a7d60ff790d16be26ec9f58	\\x8d9c212f7c182251eee4d0e9d65259472f646cf8dbf3bed894fde6c1ef8ccf66	2026-11-22 22:50:40.882176+00	keeper	\N	2026-11-22 22:50:40.88048+00	keeper	2026-11-22 22:50:40.90071+00	keeper
5	open	gone	view	7711131381033888362/17487	17828	r	src	person	\N	\N	\N	keeper	17488	\N	t	privrelease_gone_3dca8434	17858	withdrawn	17859	GRANT USAGE ON SCHEMA src TO privrelease_gone_3dca8434;\nREVOKE ALL ON TABLE src.person FROM privrelease_gone_3dca8434;\nGRANT SELECT (city) ON TABLE src.person TO privrelease_gone_3dca8434;\nCREATE OR REPLACE VIEW open.gone WITH (security_barrier=true, security_invoker=false) AS\nSELECT s.city AS city\n  FROM src.person AS s\n WHERE privrelease.release_serves(5);\nALTER VIEW open.gone OWNER TO privrelease_gone_3dca8434;\nGRANT SELECT ON open.gone TO keeper;\nCOMMENT ON VIEW open.gone IS 'privrelease: live view of personal data, each column by its rule. It protects columns; it promises no anonymity model and hides no rows of its own.';	{"1": {"name": "id", "type": "integer"}, "2": {"name": "name", "type": "text"}, "3": {"name": "born", "type": "date"}, "4": {"name": "city", "type": "text"}, "5": {"name": "income", "type": "integer"}, "6": {"name": "ill", "type": "text"}}	\\x2978d5dbb7ecbb8547df6178a251579e1badf4dc8c90ff122ddc54f2fbb6d9e3	\\x1aa59146516e3fbb16d8241acf076ed135a4dcd8333b83307af96b10eeb94135	2026-11-22 22:50:40.902342+00	keeper	was a mistake	2026-11-22 22:50:40.901343+00	keeper	2026-11-22 22:50:40.901679+00	keeper
\.
COPY privrelease.audience (release, role_oid, role_name, schema_oid, granted_usage, published_at, published_by) FROM stdin;
3	17489	reader	17813	t	2026-11-22 22:50:40.875209+00	keeper
4	17489	reader	17813	t	2026-11-22 22:50:40.895546+00	keeper
6	17490	mapped	17813	t	2026-11-22 22:50:40.944277+00	keeper
\.
COPY privrelease.audience_map (release, role_oid, role_name, mapped_at, mapped_by) FROM stdin;
6	17490	mapped	2026-11-22 22:50:40.94718+00	keeper
\.
COPY privrelease.classification (source, attnum, source_schema, source_name, column_name, column_type, kind, category, binding) FROM stdin;
17828	2	src	person	name	text	identifier	basic	7711131381033888362/17487
17828	1	src	person	id	integer	identifier	identity_document	7711131381033888362/17487
17828	3	src	person	born	date	quasi_identifier	\N	7711131381033888362/17487
17828	4	src	person	city	text	quasi_identifier	\N	7711131381033888362/17487
17828	6	src	person	ill	text	sensitive	health	7711131381033888362/17487
\.
COPY privrelease.dictionary (id, digest, loaded_from, loaded_at) FROM stdin;
1	4e626359407c6f2719f6cd3295ede3ce964ee9a91591bd61d7bea56f6daf14a8	public.word	2026-11-22 22:50:40.833528+00
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
COPY privrelease.key (id, name, current_version, created_at, created_by) FROM stdin;
1	k	1	2026-11-22 22:50:40.803558+00	postgres
\.
COPY privrelease.key_domain (key, transform, domain, version, owner, owner_oid, source, attnum, binding, by_default) FROM stdin;
1	fake	src.person.name	1	keeper	17488	17828	2	7711131381033888362/17487	t
1	noise	src.person.income	1	keeper	17488	17828	5	7711131381033888362/17487	t
1	pseudonymize	src.person.id	1	keeper	17488	17828	1	7711131381033888362/17487	t
\.
COPY privrelease.key_version (key, version, fingerprint, created_at, created_by) FROM stdin;
1	1	f2ca73f7b3a426f60da12d7703e017d6	2026-11-22 22:50:40.803558+00	postgres
\.
COPY privrelease.rule (release, output_name, "position", attnum, column_name, column_type, transform, params, domain, domain_shared, draw, key, key_version, dictionary, used_attnums, used_columns, used_types, declared_at, declared_by) FROM stdin;
1	city	1	4	city	text	keep	{}	\N	f	\N	\N	\N	\N	{}	{}	{}	2026-11-22 22:50:40.828632+00	keeper
2	name	1	2	name	text	fake	{"key": "k", "dictionary": "public.word"}	src.person.name	f	\N	1	1	1	{}	{}	{}	2026-11-22 22:50:40.833528+00	keeper
2	income	2	5	income	integer	noise	{"key": "k", "top": 60000, "grid": 100, "scale": 500, "bottom": 0, "distribution": "laplace"}	src.person.income	f	laplace scale 500 grid 100 subject 1	1	1	\N	{}	{}	{}	2026-11-22 22:50:40.835415+00	keeper
3	id	1	1	id	integer	pseudonymize	{"key": "k"}	src.person.id	f	\N	1	1	\N	{}	{}	{}	2026-11-22 22:50:40.859252+00	keeper
3	name	2	2	name	text	partial	{"left": 1}	\N	f	\N	\N	\N	\N	{}	{}	{}	2026-11-22 22:50:40.861068+00	keeper
3	born	3	3	born	date	date_trunc	{"unit": "year"}	\N	f	\N	\N	\N	\N	{}	{}	{}	2026-11-22 22:50:40.861748+00	keeper
3	city	4	4	city	text	hierarchy	{"level": 1, "hierarchy": "place"}	\N	f	\N	\N	\N	\N	{}	{}	{}	2026-11-22 22:50:40.862493+00	keeper
3	income	5	5	income	integer	bin	{"width": 10000}	\N	f	\N	\N	\N	\N	{}	{}	{}	2026-11-22 22:50:40.864471+00	keeper
4	city	1	4	city	text	keep	{}	\N	f	\N	\N	\N	\N	{}	{}	{}	2026-11-22 22:50:40.880871+00	keeper
4	income	2	5	income	integer	bin	{"width": 1000}	\N	f	\N	\N	\N	\N	{}	{}	{}	2026-11-22 22:50:40.90071+00	keeper
5	city	1	4	city	text	keep	{}	\N	f	\N	\N	\N	\N	{}	{}	{}	2026-11-22 22:50:40.901679+00	keeper
6	name	1	2	name	text	partial	{"left": 2}	\N	f	\N	\N	\N	\N	{}	{}	{}	2026-11-22 22:50:40.931024+00	keeper
6	income	2	3	income	integer	round	{"to": 5000}	\N	f	\N	\N	\N	\N	{}	{}	{}	2026-11-22 22:50:40.936091+00	keeper
\.
COPY public.seen (release, rows, digest) FROM stdin;
open.shown	60	ad0c5bcf31cc5ab4d650d408b1285942
open.changed	60	f72bfb1d688a3e1afa69008938d294dd
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
\.
SELECT pg_catalog.setval('privrelease.dictionary_id_seq', 1, true);
SELECT pg_catalog.setval('privrelease.hierarchy_id_seq', 1, true);
SELECT pg_catalog.setval('privrelease.release_id_seq', 6, true);
ALTER TABLE ONLY public.seen
    ADD CONSTRAINT seen_pkey PRIMARY KEY (release);
ALTER TABLE ONLY public.word
    ADD CONSTRAINT word_pkey PRIMARY KEY (word);
ALTER TABLE ONLY src.other
    ADD CONSTRAINT other_pkey PRIMARY KEY (id);
ALTER TABLE ONLY src.person
    ADD CONSTRAINT person_pkey PRIMARY KEY (id);
GRANT USAGE ON SCHEMA open TO reader;
GRANT USAGE ON SCHEMA open TO mapped;
GRANT USAGE ON SCHEMA src TO privrelease_built_60aaf64f;
GRANT USAGE ON SCHEMA src TO privrelease_shown_0332cd16;
GRANT USAGE ON SCHEMA src TO privrelease_changed_295cd360;
GRANT USAGE ON SCHEMA src TO privrelease_gone_3dca8434;
GRANT USAGE ON SCHEMA src TO privrelease_mapped_3376cb10;
GRANT ALL ON FUNCTION privrelease.create_key(key text) TO keeper WITH GRANT OPTION;
GRANT SELECT(id) ON TABLE src.person TO privrelease_built_60aaf64f;
GRANT SELECT(id) ON TABLE src.person TO privrelease_shown_0332cd16;
GRANT SELECT(id) ON TABLE src.person TO privrelease_changed_295cd360;
GRANT SELECT(name) ON TABLE src.person TO privrelease_built_60aaf64f;
GRANT SELECT(name) ON TABLE src.person TO privrelease_shown_0332cd16;
GRANT SELECT(born) ON TABLE src.person TO privrelease_shown_0332cd16;
GRANT SELECT(city) ON TABLE src.person TO privrelease_shown_0332cd16;
GRANT SELECT(city) ON TABLE src.person TO privrelease_changed_295cd360;
GRANT SELECT(city) ON TABLE src.person TO privrelease_gone_3dca8434;
GRANT SELECT(income) ON TABLE src.person TO privrelease_built_60aaf64f;
GRANT SELECT(income) ON TABLE src.person TO privrelease_shown_0332cd16;
GRANT SELECT(income) ON TABLE src.person TO privrelease_changed_295cd360;
GRANT SELECT ON TABLE open.built TO keeper;
GRANT SELECT ON TABLE open.changed TO keeper;
GRANT SELECT ON TABLE open.changed TO reader;
GRANT SELECT ON TABLE open.gone TO keeper;
GRANT SELECT(name) ON TABLE src.other TO privrelease_mapped_3376cb10;
GRANT SELECT(income) ON TABLE src.other TO privrelease_mapped_3376cb10;
GRANT SELECT ON TABLE open.mapped TO keeper;
GRANT SELECT ON TABLE open.mapped TO mapped;
GRANT SELECT ON TABLE open.shown TO keeper;
GRANT SELECT ON TABLE open.shown TO reader;
REVOKE SELECT ON TABLE privrelease.hierarchies FROM PUBLIC;
GRANT SELECT ON TABLE privrelease.hierarchies TO keeper;
GRANT SELECT ON TABLE public.dashboard TO reader;
GRANT SELECT,INSERT ON TABLE public.seen TO reader;
GRANT SELECT,INSERT ON TABLE public.seen TO mapped;
GRANT SELECT ON TABLE public.word TO PUBLIC;
