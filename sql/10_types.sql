-- The capability: the argument of keyed transforms that an audience cannot make.  See src/transform/pr_capability.c.
CREATE TYPE privrelease.capability;

CREATE FUNCTION privrelease.capability_in(cstring) RETURNS privrelease.capability
    AS 'MODULE_PATHNAME', 'privrelease_capability_in' LANGUAGE C STRICT STABLE PARALLEL SAFE;
COMMENT ON FUNCTION privrelease.capability_in(cstring) IS
    'Input of type capability, ''KEY_ID.VERSION'': superusers only';
REVOKE ALL ON FUNCTION privrelease.capability_in(cstring) FROM PUBLIC;

CREATE FUNCTION privrelease.capability_out(privrelease.capability) RETURNS cstring
    AS 'MODULE_PATHNAME', 'privrelease_capability_out' LANGUAGE C STRICT IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION privrelease.capability_out(privrelease.capability) IS
    'Output of type capability: key id and version, never key material';

-- Eight bytes by value, as int8.  No receive or send function, no cast, no operator class: each would be another way in.
CREATE TYPE privrelease.capability (
    INPUT = privrelease.capability_in,
    OUTPUT = privrelease.capability_out,
    LIKE = pg_catalog.int8
);
COMMENT ON TYPE privrelease.capability IS
    'Permission to use a key version in a transform: key id and version. Release views hold constants of it; nobody but a superuser can make one';
REVOKE ALL ON TYPE privrelease.capability FROM PUBLIC;
