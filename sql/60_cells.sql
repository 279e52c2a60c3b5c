-- What a filter on a released column says about the source column.
--
-- The planner adds bounds on the source column to filters on bins, roundings, calendar units, ages, networks and prefixes, so
-- that an index or the partitions of the source are used.  For a constant it computes the bound, for a parameter the plan
-- calls these functions.  They depend on the query and the rule only, so EXECUTE stays with PUBLIC.

-- ---------- bin ----------

CREATE FUNCTION privrelease.bin_bound(bound int8, operator text, width int2, origin int2) RETURNS int2
    AS 'MODULE_PATHNAME', 'privrelease_bin_bound' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.bin_bound(int8, text, int2, int2) IS
    'The outermost value x with "bin(x, width, origin) operator bound", operator being <, <=, >= or >: the greatest for < and <=, the least for >= and >; NULL if there is none';

CREATE FUNCTION privrelease.bin_bound(bound int8, operator text, width int2, origin int2, bottom int2, top int2) RETURNS int2
    AS 'MODULE_PATHNAME', 'privrelease_bin_bound' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.bin_bound(int8, text, int2, int2, int2, int2) IS
    'The outermost value x with "bin(x, width, origin, bottom, top) operator bound", operator being <, <=, >= or >: the greatest for < and <=, the least for >= and >; NULL if there is none';

CREATE FUNCTION privrelease.bin_bound(bound int8, operator text, width int4, origin int4) RETURNS int4
    AS 'MODULE_PATHNAME', 'privrelease_bin_bound' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.bin_bound(int8, text, int4, int4) IS
    'The outermost value x with "bin(x, width, origin) operator bound", operator being <, <=, >= or >: the greatest for < and <=, the least for >= and >; NULL if there is none';

CREATE FUNCTION privrelease.bin_bound(bound int8, operator text, width int4, origin int4, bottom int4, top int4) RETURNS int4
    AS 'MODULE_PATHNAME', 'privrelease_bin_bound' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.bin_bound(int8, text, int4, int4, int4, int4) IS
    'The outermost value x with "bin(x, width, origin, bottom, top) operator bound", operator being <, <=, >= or >: the greatest for < and <=, the least for >= and >; NULL if there is none';

CREATE FUNCTION privrelease.bin_bound(bound int8, operator text, width int8, origin int8) RETURNS int8
    AS 'MODULE_PATHNAME', 'privrelease_bin_bound' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.bin_bound(int8, text, int8, int8) IS
    'The outermost value x with "bin(x, width, origin) operator bound", operator being <, <=, >= or >: the greatest for < and <=, the least for >= and >; NULL if there is none';

CREATE FUNCTION privrelease.bin_bound(bound int8, operator text, width int8, origin int8, bottom int8, top int8) RETURNS int8
    AS 'MODULE_PATHNAME', 'privrelease_bin_bound' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.bin_bound(int8, text, int8, int8, int8, int8) IS
    'The outermost value x with "bin(x, width, origin, bottom, top) operator bound", operator being <, <=, >= or >: the greatest for < and <=, the least for >= and >; NULL if there is none';

CREATE FUNCTION privrelease.bin_bound(bound float8, operator text, width float4, origin float4) RETURNS float4
    AS 'MODULE_PATHNAME', 'privrelease_bin_bound' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.bin_bound(float8, text, float4, float4) IS
    'The outermost value x with "bin(x, width, origin) operator bound", operator being <, <=, >= or >: the greatest for < and <=, the least for >= and >; NULL if there is none';

CREATE FUNCTION privrelease.bin_bound(bound float8, operator text, width float4, origin float4, bottom float4, top float4) RETURNS float4
    AS 'MODULE_PATHNAME', 'privrelease_bin_bound' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.bin_bound(float8, text, float4, float4, float4, float4) IS
    'The outermost value x with "bin(x, width, origin, bottom, top) operator bound", operator being <, <=, >= or >: the greatest for < and <=, the least for >= and >; NULL if there is none';

CREATE FUNCTION privrelease.bin_bound(bound float8, operator text, width float8, origin float8) RETURNS float8
    AS 'MODULE_PATHNAME', 'privrelease_bin_bound' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.bin_bound(float8, text, float8, float8) IS
    'The outermost value x with "bin(x, width, origin) operator bound", operator being <, <=, >= or >: the greatest for < and <=, the least for >= and >; NULL if there is none';

CREATE FUNCTION privrelease.bin_bound(bound float8, operator text, width float8, origin float8, bottom float8, top float8) RETURNS float8
    AS 'MODULE_PATHNAME', 'privrelease_bin_bound' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.bin_bound(float8, text, float8, float8, float8, float8) IS
    'The outermost value x with "bin(x, width, origin, bottom, top) operator bound", operator being <, <=, >= or >: the greatest for < and <=, the least for >= and >; NULL if there is none';

-- ---------- round ----------

CREATE FUNCTION privrelease.round_bound(bound int8, operator text, "to" int2) RETURNS int2
    AS 'MODULE_PATHNAME', 'privrelease_round_bound' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.round_bound(int8, text, int2) IS
    'The outermost value x with "round(x, to) operator bound", operator being <, <=, >= or >: the greatest for < and <=, the least for >= and >; NULL if there is none';

CREATE FUNCTION privrelease.round_bound(bound int8, operator text, "to" int4) RETURNS int4
    AS 'MODULE_PATHNAME', 'privrelease_round_bound' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.round_bound(int8, text, int4) IS
    'The outermost value x with "round(x, to) operator bound", operator being <, <=, >= or >: the greatest for < and <=, the least for >= and >; NULL if there is none';

CREATE FUNCTION privrelease.round_bound(bound int8, operator text, "to" int8) RETURNS int8
    AS 'MODULE_PATHNAME', 'privrelease_round_bound' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.round_bound(int8, text, int8) IS
    'The outermost value x with "round(x, to) operator bound", operator being <, <=, >= or >: the greatest for < and <=, the least for >= and >; NULL if there is none';

CREATE FUNCTION privrelease.round_bound(bound float8, operator text, "to" float4) RETURNS float4
    AS 'MODULE_PATHNAME', 'privrelease_round_bound' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.round_bound(float8, text, float4) IS
    'The outermost value x with "round(x, to) operator bound", operator being <, <=, >= or >: the greatest for < and <=, the least for >= and >; NULL if there is none';

CREATE FUNCTION privrelease.round_bound(bound float8, operator text, "to" float8) RETURNS float8
    AS 'MODULE_PATHNAME', 'privrelease_round_bound' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.round_bound(float8, text, float8) IS
    'The outermost value x with "round(x, to) operator bound", operator being <, <=, >= or >: the greatest for < and <=, the least for >= and >; NULL if there is none';

-- ---------- dates ----------

CREATE FUNCTION privrelease.date_trunc_bound(bound date, operator text, unit text) RETURNS date
    AS 'MODULE_PATHNAME', 'privrelease_date_trunc_bound' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.date_trunc_bound(date, text, text) IS
    'The outermost value x with "date_trunc(x, unit) operator bound", operator being <, <=, >= or >: the greatest for < and <=, the least for >= and >; NULL if there is none';

CREATE FUNCTION privrelease.date_trunc_bound(bound timestamp, operator text, unit text) RETURNS timestamp
    AS 'MODULE_PATHNAME', 'privrelease_date_trunc_bound' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.date_trunc_bound(timestamp, text, text) IS
    'The outermost value x with "date_trunc(x, unit) operator bound", operator being <, <=, >= or >: the greatest for < and <=, the least for >= and >; NULL if there is none';

CREATE FUNCTION privrelease.date_trunc_bound(bound timestamptz, operator text, unit text, timezone text) RETURNS timestamptz
    AS 'MODULE_PATHNAME', 'privrelease_date_trunc_bound' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.date_trunc_bound(timestamptz, text, text, text) IS
    'The outermost value x with "date_trunc(x, unit, timezone) operator bound", operator being <, <=, >= or >: the greatest for < and <=, the least for >= and >; NULL if there is none. In a zone whose clocks were set back over a boundary of the unit an infinity, which says nothing';

CREATE FUNCTION privrelease.age_bound(bound int8, operator text, at date, width int4) RETURNS date
    AS 'MODULE_PATHNAME', 'privrelease_age_bound' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.age_bound(int8, text, date, int4) IS
    'The outermost birth x with "age(x, at, width) operator bound", operator being <, <=, >= or >: the earliest for < and <=, the latest for >= and >; NULL if there is none';

-- ---------- addresses and texts ----------

CREATE FUNCTION privrelease.network_bound(bound inet, operator text, v4 int4, v6 int4) RETURNS inet
    AS 'MODULE_PATHNAME', 'privrelease_network_bound' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.network_bound(inet, text, int4, int4) IS
    'The outermost value x with "network(x, v4, v6) operator bound", operator being <, <=, >= or >: the greatest for < and <=, the least for >= and >; NULL if there is none';

CREATE FUNCTION privrelease.prefix_bound(bound text, operator text, whole bool, length int4, fill text) RETURNS text
    AS 'MODULE_PATHNAME', 'privrelease_prefix_bound' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.prefix_bound(text, text, bool, int4, text) IS
    'Ends, in the order of bytes, of the values x with prefix(x, length, fill) equal to bound (whole) or beginning with bound: operator >= gives the least, < the least string after them; NULL if there are none. Only for databases in UTF-8';

-- ---------- comparisons between types ----------

-- A released timestamp compared with a date is compared once more, with the date as a timestamp: without an error, so that it
-- can stand in any plan.
CREATE FUNCTION privrelease.as_timestamp(value date) RETURNS timestamp
    AS 'MODULE_PATHNAME', 'privrelease_as_timestamp' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.as_timestamp(date) IS
    'Midnight of the date; an infinity beyond the range of the type';

CREATE FUNCTION privrelease.as_timestamptz(value date) RETURNS timestamptz
    AS 'MODULE_PATHNAME', 'privrelease_as_timestamptz_date' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.as_timestamptz(date) IS
    'Midnight of the date in the sessions time zone; an infinity beyond the range of the type';

CREATE FUNCTION privrelease.as_timestamptz(value timestamp) RETURNS timestamptz
    AS 'MODULE_PATHNAME', 'privrelease_as_timestamptz_timestamp' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.as_timestamptz(timestamp) IS
    'The timestamp in the sessions time zone; an infinity beyond the range of the type';

-- ---------- pseudonyms ----------

-- The capability is what an audience cannot make, so all may execute it.
CREATE FUNCTION privrelease.decrypt_fpe(value text, key privrelease.capability, alphabet text, keep_left int4, keep_right int4) RETURNS text
    AS 'MODULE_PATHNAME', 'privrelease_decrypt_fpe' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION privrelease.decrypt_fpe(text, privrelease.capability, text, int4, int4) IS
    'Undoes encrypt_fpe(): the planner looks for a pseudonym by the value it stands for. STABLE, so that no value gets into a plan; NULL for what no value has as its pseudonym';

-- ---------- estimates ----------

CREATE FUNCTION privrelease.known_selectivity_support(internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'privrelease_known_selectivity_support' LANGUAGE C STRICT PARALLEL SAFE;
COMMENT ON FUNCTION privrelease.known_selectivity_support(internal) IS 'Support function of known_selectivity';

-- Stands around a filter while the planner estimates it, and is gone from the plan.
CREATE FUNCTION privrelease.known_selectivity(clause bool, selectivity float8, scales_index bool) RETURNS bool
    AS 'MODULE_PATHNAME', 'privrelease_known_selectivity' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE COST 0.0001
    SUPPORT privrelease.known_selectivity_support;
COMMENT ON FUNCTION privrelease.known_selectivity(bool, float8, bool) IS
    'The clause itself, for which the planner takes selectivity (0 to 1) as the share of rows; scales_index: an index that serves what was derived from it costs as much less';

CREATE FUNCTION privrelease.in_byte_range_support(internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'privrelease_in_byte_range_support' LANGUAGE C STRICT PARALLEL SAFE;
COMMENT ON FUNCTION privrelease.in_byte_range_support(internal) IS 'Support function of in_byte_range';

CREATE FUNCTION privrelease.in_byte_range(value text, lower text, upper text, selectivity float8) RETURNS bool
    AS 'MODULE_PATHNAME', 'privrelease_in_byte_range' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE COST 1
    SUPPORT privrelease.in_byte_range_support;
COMMENT ON FUNCTION privrelease.in_byte_range(text, text, text, float8) IS
    'value ~>=~ lower AND value ~<~ upper, for which the planner takes selectivity (0 to 1) as the share of rows and uses an index of text_pattern_ops';
