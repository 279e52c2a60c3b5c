-- Unkeyed transforms of a single value.
--
-- Each is strict, parallel safe and total: a value or parameter that makes no sense gives NULL, nothing raises an error.
-- Each is immutable and independent of TimeZone, DateStyle and search_path.  EXECUTE stays with PUBLIC: a view's functions
-- are called with the reader's rights, and nobody learns anything from an unkeyed function of a value that he knows.

-- ---------- text ----------

CREATE FUNCTION privrelease.partial(value text, "left" int4, "right" int4, fill text, length int4) RETURNS text
    AS 'MODULE_PATHNAME', 'privrelease_partial' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.partial(text, int4, int4, text, int4) IS
    'First left characters, length fills, last right characters (each 0 to 1000); of a value of at most left + right characters the fills only. fill is one character; a byte that is no valid character is shown as fill';

CREATE FUNCTION privrelease.partial_email(value text) RETURNS text
    AS 'MODULE_PATHNAME', 'privrelease_partial_email' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.partial_email(text) IS
    'First letter of the local part and the top-level domain: l***@***.com. A local part of one character or not beginning with a letter is hidden, a top-level domain of more than six letters too; what is no address gives ***@***';

CREATE FUNCTION privrelease.prefix(value text, length int4, fill text) RETURNS text
    AS 'MODULE_PATHNAME', 'privrelease_prefix' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.prefix(text, int4, text) IS
    'First length characters (0 to 1000) and one fill; of a value of at most length characters the first half of them, filled up: always length + 1 characters';

CREATE FUNCTION privrelease.resident_id(value text, show text) RETURNS text
    AS 'MODULE_PATHNAME', 'privrelease_resident_id' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.resident_id(text, text) IS
    'Parts of a Chinese resident identity number (GB 11643) joined by -; show is region, city, province, birth_year, birth_month, sex (M or F) joined by +. A number of 15 digits is read as of 19yy. NULL where check character, date (1900 to 2099) or province is wrong';

-- ---------- numbers ----------

CREATE FUNCTION privrelease.bin(value int2, width int2, origin int2) RETURNS int2
    AS 'MODULE_PATHNAME', 'privrelease_bin_int2' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.bin(int2, int2, int2) IS
    'Lower bound of the bin that holds value, the greatest origin + k * width not above it; a bound below the type''s minimum is that minimum';

CREATE FUNCTION privrelease.bin(value int2, width int2, origin int2, bottom int2, top int2) RETURNS int2
    AS 'MODULE_PATHNAME', 'privrelease_bin_int2' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.bin(int2, int2, int2, int2, int2) IS
    'The same with open ends: values below bottom become bottom, values from top on become top; minimum and maximum of the type mean none';

CREATE FUNCTION privrelease.bin(value int4, width int4, origin int4) RETURNS int4
    AS 'MODULE_PATHNAME', 'privrelease_bin_int4' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.bin(int4, int4, int4) IS
    'Lower bound of the bin that holds value, the greatest origin + k * width not above it; a bound below the type''s minimum is that minimum';

CREATE FUNCTION privrelease.bin(value int4, width int4, origin int4, bottom int4, top int4) RETURNS int4
    AS 'MODULE_PATHNAME', 'privrelease_bin_int4' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.bin(int4, int4, int4, int4, int4) IS
    'The same with open ends: values below bottom become bottom, values from top on become top; minimum and maximum of the type mean none';

CREATE FUNCTION privrelease.bin(value int8, width int8, origin int8) RETURNS int8
    AS 'MODULE_PATHNAME', 'privrelease_bin_int8' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.bin(int8, int8, int8) IS
    'Lower bound of the bin that holds value, the greatest origin + k * width not above it; a bound below the type''s minimum is that minimum';

CREATE FUNCTION privrelease.bin(value int8, width int8, origin int8, bottom int8, top int8) RETURNS int8
    AS 'MODULE_PATHNAME', 'privrelease_bin_int8' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.bin(int8, int8, int8, int8, int8) IS
    'The same with open ends: values below bottom become bottom, values from top on become top; minimum and maximum of the type mean none';

CREATE FUNCTION privrelease.bin(value numeric, width numeric, origin numeric) RETURNS numeric
    AS 'MODULE_PATHNAME', 'privrelease_bin_numeric' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.bin(numeric, numeric, numeric) IS
    'Lower bound of the bin that holds value, the greatest origin + k * width not above it; decimals as the parameters have; NULL for magnitudes from 10^128000 on';

CREATE FUNCTION privrelease.bin(value numeric, width numeric, origin numeric, bottom numeric, top numeric) RETURNS numeric
    AS 'MODULE_PATHNAME', 'privrelease_bin_numeric' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.bin(numeric, numeric, numeric, numeric, numeric) IS
    'The same with open ends: values below bottom become bottom, values from top on and NaN become top; -Infinity and Infinity mean none';

CREATE FUNCTION privrelease.bin(value float4, width float4, origin float4) RETURNS float4
    AS 'MODULE_PATHNAME', 'privrelease_bin_float4' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.bin(float4, float4, float4) IS
    'Lower bound of the bin that holds value, the greatest origin + k * width not above it; infinities and NaN stay';

CREATE FUNCTION privrelease.bin(value float4, width float4, origin float4, bottom float4, top float4) RETURNS float4
    AS 'MODULE_PATHNAME', 'privrelease_bin_float4' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.bin(float4, float4, float4, float4, float4) IS
    'The same with open ends: values below bottom become bottom, values from top on and NaN become top; -Infinity and Infinity mean none';

CREATE FUNCTION privrelease.bin(value float8, width float8, origin float8) RETURNS float8
    AS 'MODULE_PATHNAME', 'privrelease_bin_float8' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.bin(float8, float8, float8) IS
    'Lower bound of the bin that holds value, the greatest origin + k * width not above it; infinities and NaN stay';

CREATE FUNCTION privrelease.bin(value float8, width float8, origin float8, bottom float8, top float8) RETURNS float8
    AS 'MODULE_PATHNAME', 'privrelease_bin_float8' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.bin(float8, float8, float8, float8, float8) IS
    'The same with open ends: values below bottom become bottom, values from top on and NaN become top; -Infinity and Infinity mean none';

CREATE FUNCTION privrelease.round(value int2, "to" int2) RETURNS int2
    AS 'MODULE_PATHNAME', 'privrelease_round_int2' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.round(int2, int2) IS
    'Nearest multiple of to, ties away from zero; beyond the type the multiple on the inner side';

CREATE FUNCTION privrelease.round(value int4, "to" int4) RETURNS int4
    AS 'MODULE_PATHNAME', 'privrelease_round_int4' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.round(int4, int4) IS
    'Nearest multiple of to, ties away from zero; beyond the type the multiple on the inner side';

CREATE FUNCTION privrelease.round(value int8, "to" int8) RETURNS int8
    AS 'MODULE_PATHNAME', 'privrelease_round_int8' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.round(int8, int8) IS
    'Nearest multiple of to, ties away from zero; beyond the type the multiple on the inner side';

CREATE FUNCTION privrelease.round(value numeric, "to" numeric) RETURNS numeric
    AS 'MODULE_PATHNAME', 'privrelease_round_numeric' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.round(numeric, numeric) IS
    'Nearest multiple of to, ties away from zero; decimals as to has; NULL for magnitudes from 10^128000 on';

CREATE FUNCTION privrelease.round(value float4, "to" float4) RETURNS float4
    AS 'MODULE_PATHNAME', 'privrelease_round_float4' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.round(float4, float4) IS
    'Nearest multiple of to, ties away from zero; infinities and NaN stay';

CREATE FUNCTION privrelease.round(value float8, "to" float8) RETURNS float8
    AS 'MODULE_PATHNAME', 'privrelease_round_float8' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.round(float8, float8) IS
    'Nearest multiple of to, ties away from zero; infinities and NaN stay';

-- ---------- dates ----------

CREATE FUNCTION privrelease.date_trunc(value date, unit text) RETURNS date
    AS 'MODULE_PATHNAME', 'privrelease_date_trunc_date' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.date_trunc(date, text) IS
    'First day of the unit (day, week, month, quarter, year, decade, century) that holds value; infinities stay';

CREATE FUNCTION privrelease.date_trunc(value timestamp, unit text) RETURNS timestamp
    AS 'MODULE_PATHNAME', 'privrelease_date_trunc_timestamp' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.date_trunc(timestamp, text) IS
    'Start of the unit (day, week, month, quarter, year, decade, century) that holds value; infinities stay';

CREATE FUNCTION privrelease.date_trunc(value timestamptz, unit text, timezone text) RETURNS timestamptz
    AS 'MODULE_PATHNAME', 'privrelease_date_trunc_timestamptz' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.date_trunc(timestamptz, text, text) IS
    'Start, in the time zone, of the unit (day, week, month, quarter, year, decade, century) that holds value; infinities stay';

CREATE FUNCTION privrelease.age(value date, at date, width int4) RETURNS int4
    AS 'MODULE_PATHNAME', 'privrelease_age' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.age(date, date, int4) IS
    'Completed years at the date at, as the lower bound of a bin of width years; NULL for a birth after at';

-- ---------- addresses and places ----------

CREATE FUNCTION privrelease.network(value inet, v4 int4, v6 int4) RETURNS inet
    AS 'MODULE_PATHNAME', 'privrelease_network' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.network(inet, int4, int4) IS
    'Network of an address: mask of v4 (0 to 32) or v6 (0 to 128) bits, or the value''s own if that is shorter; host bits 0';

CREATE FUNCTION privrelease.grid_x(value point, size float8) RETURNS float8
    AS 'MODULE_PATHNAME', 'privrelease_grid_x' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.grid_x(point, float8) IS
    'x of the lower left corner of the square of that size (units of the coordinates) that holds value';

CREATE FUNCTION privrelease.grid_y(value point, size float8) RETURNS float8
    AS 'MODULE_PATHNAME', 'privrelease_grid_y' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION privrelease.grid_y(point, float8) IS
    'y of the lower left corner of the square of that size (units of the coordinates) that holds value';
