#!/usr/bin/env bash
# make demo [CSV=FILE] [SEPARATOR=C] [HEADER=yes|no]
#
# Builds the extension, starts a private server, tells the story on the made-up
# city registry or on the given file, stops, and leaves nothing behind.

# shellcheck source=test/setup/workspace.sh
. "$(dirname "${BASH_SOURCE[0]}")/../setup/workspace.sh"

check_file()
{
    [ -e "$CSV" ] || die "there is no file $CSV" "make demo CSV=path/to/file.csv"
    [ -f "$CSV" ] || die "$CSV is not a file"
    [ -r "$CSV" ] || die "$CSV cannot be read by $(id -un)"
    [ -s "$CSV" ] || die "$CSV is empty" "the demo needs a line of column names and at least one row"
    [ -z "${SEPARATOR:-}" ] || [ "${#SEPARATOR}" = 1 ] || [ "$SEPARATOR" = tab ] ||
        die "SEPARATOR must be one character, or tab"
    case ${HEADER:-} in
        ''|yes|no) ;;
        *) die "HEADER must be yes or no" ;;
    esac
}

# A copy that the server may read: UTF-8, no byte order mark, LF line ends, no
# blank lines at the end.  What the fields mean is found out in SQL.
copy_file()
{
    local raw=$WORK/raw.csv
    local charset=
    local from=1

    cp -- "$CSV" "$raw" && chmod 600 "$raw" || die "cannot copy $CSV to $WORK"
    case $(head -c 3 "$raw" | od -An -tx1 | tr -d ' ') in
        efbbbf) from=4 ;;
        fffe*|feff*) charset=UTF-16 ;;
        *) ;;
    esac
    if [ -z "$charset" ] && ! iconv -f UTF-8 -t UTF-8 "$raw" >/dev/null 2>&1; then
        charset=LATIN1
        iconv -f GB18030 -t UTF-8 "$raw" >/dev/null 2>&1 && charset=GB18030
    fi
    if [ -n "$charset" ]; then
        say "The file is not UTF-8: read as $charset."
        iconv -f "$charset" -t UTF-8 "$raw" >"$WORK/utf8.csv" || die "the file is not text in $charset"
        mv "$WORK/utf8.csv" "$raw"
    fi
    tail -c "+$from" "$raw" | sed -e 's/\r$//' | sed -e ':a' -e '/^[[:space:]]*$/{$d;N;ba' -e '}' >"$WORK/input.csv"
    rm -f "$raw"
    [ -s "$WORK/input.csv" ] || die "$CSV holds nothing but blank lines"
}

# The separator that occurs most often in the first line, outside quotes.
sniff_separator()
{
    local line
    local best=,
    local most=0
    local count
    local candidate

    line=$(head -n 1 "$WORK/input.csv" | head -c 65536 | sed -e 's/"[^"]*"//g')
    for candidate in ',' ';' $'\t' '|'; do
        count=$(printf '%s' "$line" | tr -cd "$candidate" | wc -c)
        if [ "$count" -gt "$most" ]; then
            most=$count
            best=$candidate
        fi
    done
    [ "$best" != $'\t' ] || best=tab
    echo "$best"
}

[ -z "${CSV:-}" ] || check_file
workspace_open
if [ -n "${CSV:-}" ]; then
    copy_file
    workspace_run bash test/demo/story.sh csv "$(basename -- "$CSV")" "${SEPARATOR:-$(sniff_separator)}" "${HEADER:-}"
else
    workspace_run bash test/demo/story.sh registry
fi
