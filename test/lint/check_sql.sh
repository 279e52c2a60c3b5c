# Parts of the install script.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

parts=$(files_like '^sql/[0-9].*\.sql$')

# shellcheck disable=SC2086
search '\bOR[[:space:]]+REPLACE\b|\bIF[[:space:]]+NOT[[:space:]]+EXISTS\b' $parts | grep -viE ':[[:space:]]*--' |
    clean "sql: plain CREATE, so that nobody can make our objects before us"

# One statement per record: what is created lies in our schema.
# shellcheck disable=SC2086
search '^CREATE[[:space:]]+(UNLOGGED[[:space:]]+)?(TABLE|VIEW|FUNCTION|PROCEDURE|AGGREGATE|TYPE|DOMAIN|SEQUENCE)[[:space:]]+' $parts |
    grep -vE 'CREATE[[:space:]]+(UNLOGGED[[:space:]]+)?[A-Z]+[[:space:]]+privrelease\.' |
    clean "sql: every object is created in privrelease by its full name"

# shellcheck disable=SC2086
search 'SECURITY[[:space:]]+DEFINER' $parts | clean "sql: no SECURITY DEFINER"

# shellcheck disable=SC2086
search '^\\' $parts | grep -v '\\echo Use "CREATE EXTENSION' | grep -v '\\quit' |
    clean "sql: no psql commands"

ls sql | grep '\.sql$' | grep -vE '^([0-9][0-9]_[a-z_]+|privrelease--.*)\.sql$' |
    clean "sql: parts are numbered (sql/NAME.sql would run instead of test/sql/NAME.sql)"

finish
