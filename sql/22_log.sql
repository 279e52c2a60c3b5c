-- The log: what is declared, measured, decided, released, granted and taken back.

-- What has happened in a transaction that has not ended yet.
CREATE TABLE privrelease.event (
    id           int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    happened_at  timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    session_role name NOT NULL,
    acting_role  name NOT NULL,
    event        text NOT NULL,
    release      text,
    details      jsonb NOT NULL DEFAULT '{}'
);
COMMENT ON TABLE privrelease.event IS 'Events on their way into the log; empty outside transactions';
COMMENT ON COLUMN privrelease.event.session_role IS 'who logged in';
COMMENT ON COLUMN privrelease.event.acting_role IS 'as whom he called';
COMMENT ON COLUMN privrelease.event.event IS 'one word, the name of the function without its schema where there is one';
COMMENT ON COLUMN privrelease.event.details IS 'what it was about; never a value of a source';
