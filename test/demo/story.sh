#!/usr/bin/env bash
# The story of "make demo", inside the workspace, as the unprivileged user.
#
#	story.sh registry
#	story.sh csv FILE-NAME SEPARATOR HEADER
#
# A part of the story is a heading, one line that says why, and the SQL as it
# would be typed, with what it answered.  The audience reads and is refused in
# sessions of its own.

# shellcheck source=test/setup/server.sh
. "$(dirname "${BASH_SOURCE[0]}")/../setup/server.sh"

DATABASE=city
AUDIENCE=open_reader
STEP=0

step()
{
    STEP=$((STEP + 1))
    printf '\n%d. %s\n' "$STEP" "$1"
    printf '%s\n\n' "${1//?/-}${STEP//?/-}--"
    shift
    [ $# = 0 ] || { printf '   %s\n' "$@" && echo; }
}

# psql as a user, with our habits and none of anybody's start-up files.
session()
{
    local user=$1
    shift
    psql -X -q -U "$user" -d "$DATABASE" -v ON_ERROR_STOP=1 -v SHOW_CONTEXT=never \
        -P pager=off -P footer=off -P 'null=(null)' "$@" 2>&1
}

broke_off()
{
    tail -n 10 "$WORK/demo.log" >&2
    die "the story broke off at the statement above"
}

# Show the statements of standard input, each followed by what it answers.
tell()
{
    session "$1" -e || broke_off
}

# The same for statements whose answer is void: they say enough themselves.
tell_calls()
{
    { echo '\o /dev/null'; cat; } | session "$1" -e | sed -e '/^$/d' || broke_off
}

# A statement that the audience must not get through.
refused()
{
    local answer

    printf '%s\n' "$1"
    if answer=$(session "$AUDIENCE" -v ON_ERROR_STOP=1 -c "$1"); then
        printf '%s\n' "$answer"
        die "the audience was not refused"
    fi
    printf '%s\n' "$answer" | sed -e '/^LINE /d' -e '/^ *^ *$/d' -e 's/^/    /'
    echo
}

ask()
{
    session postgres -A -t -c "$1"
}

# The first columns of a release, as many as fit a screen.
some_columns()
{
    ask "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum)
           FROM (SELECT attname, attnum FROM pg_attribute WHERE attrelid = '$1'::regclass AND attnum > 0 AND NOT attisdropped
                  ORDER BY attnum LIMIT $2) a"
}

build_and_publish()
{
    step "Build the release" "The view is owned by a role of its own that can log in nowhere and may read those columns only."
    tell "$STEWARD" <<SQL
SELECT privrelease.build('$RELEASE');
SQL

    step "Look at what was built" "definition() gives the SQL of a build.  A key appears as its number; the key itself is in a file."
    tell "$STEWARD" <<SQL
\\pset format unaligned
\\pset tuples_only on
SELECT privrelease.definition('$RELEASE');
SQL

    step "Compare before anybody else does" "preview() shows source beside release, to the owner of the source alone."
    tell "$STEWARD" <<SQL
SELECT * FROM privrelease.preview('$RELEASE', 2);
SQL

    step "Publish" "Nobody but the owner could read it until now."
    tell_calls "$STEWARD" <<SQL
SELECT privrelease.publish('$RELEASE', '$AUDIENCE');
SQL
}

read_as_audience()
{
    local columns=$1

    step "What the audience reads" "A login of its own: psql -U $AUDIENCE"
    tell "$AUDIENCE" <<SQL
SELECT session_user, current_user;
SELECT $columns
  FROM $RELEASE LIMIT 10;
SELECT count(*) FROM $RELEASE;
SQL
}

refuse_audience()
{
    step "What the audience is refused" "The same login.  It has no right on the source, and cannot make the key's argument for values of its own."
    refused "SELECT * FROM $SOURCE;"
    refused "SELECT $HIDDEN FROM $RELEASE;"
    refused "SELECT * FROM privrelease.preview('$RELEASE');"
    refused "SELECT privrelease.pseudonymize('a guess'::text, '1.1'::privrelease.capability, '$SOURCE');"
    refused "SELECT pg_read_file(current_setting('privrelease.keyring_file'));"
    refused "DELETE FROM $RELEASE;"
}

if [ -n "${PR_INSTALLED:-}" ]; then
    use_installation "$PR_INSTALLED"
else
    say "Building privrelease for $("$REAL_PG_CONFIG" --version) ..."
    private_installation
    build || die "the build failed"
fi
say "Starting a private server ..."
server_start demo "$(preloaded demo)"
psql -X -q -c "CREATE DATABASE $DATABASE" || die "no database could be made"

case $1 in
    registry)
        . test/demo/story_registry.sh
        ;;
    csv)
        shift
        . test/demo/story_csv.sh
        ;;
    *) die "unknown story $1" ;;
esac

printf '\n\nDone in %s seconds.  The server is stopped and its directory removed.\n' "$(seconds)"
