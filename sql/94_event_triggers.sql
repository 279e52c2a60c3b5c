-- What the extension does when others issue commands.

CREATE FUNCTION privrelease.refuse_drop() RETURNS event_trigger
    AS 'MODULE_PATHNAME', 'privrelease_refuse_drop' LANGUAGE C;
COMMENT ON FUNCTION privrelease.refuse_drop() IS 'Refuses to drop the extension while there are releases';
REVOKE ALL ON FUNCTION privrelease.refuse_drop() FROM PUBLIC;

CREATE EVENT TRIGGER privrelease_refuse_drop ON ddl_command_start WHEN TAG IN ('DROP EXTENSION', 'DROP OWNED')
    EXECUTE FUNCTION privrelease.refuse_drop();
COMMENT ON EVENT TRIGGER privrelease_refuse_drop IS 'DROP EXTENSION privrelease only after privrelease.uninstall()';

CREATE FUNCTION privrelease.watch_ddl() RETURNS event_trigger
    AS 'MODULE_PATHNAME', 'privrelease_watch_ddl' LANGUAGE C;
COMMENT ON FUNCTION privrelease.watch_ddl() IS 'Warns when a command has opened a way from an audience to a source';
REVOKE ALL ON FUNCTION privrelease.watch_ddl() FROM PUBLIC;

CREATE EVENT TRIGGER privrelease_watch_ddl ON ddl_command_end
    WHEN TAG IN ('GRANT', 'ALTER DEFAULT PRIVILEGES', 'CREATE PUBLICATION', 'ALTER PUBLICATION', 'CREATE TABLE', 'ALTER TABLE', 'ALTER VIEW',
                 'CREATE FUNCTION', 'CREATE PROCEDURE', 'ALTER FUNCTION', 'ALTER PROCEDURE', 'ALTER ROUTINE')
    EXECUTE FUNCTION privrelease.watch_ddl();
COMMENT ON EVENT TRIGGER privrelease_watch_ddl IS 'Warns when a command has opened a way from an audience to a source';
