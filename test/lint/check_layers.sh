# Who may include whom: src/README.md has the map.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

level()
{
    case $1 in
        core) echo 0 ;;
        common|crypto) echo 1 ;;
        catalog) echo 2 ;;
        transform|anonymity|audit) echo 3 ;;
        release|planner) echo 4 ;;
        assess|discover|impact|portal) echo 5 ;;
        .) echo 6 ;;
        *) echo "unknown folder src/$1" >&2 ; return 1 ;;
    esac
}

# Folder of a header of ours; empty for anybody else's.
owner_of()
{
    local found

    if [ -e "src/$1" ]; then
        dirname "$1"
    else
        found=$(find src -name "${1##*/}" | head -n 1)
        [ -z "$found" ] || dirname "${found#src/}"
    fi
}

upward_includes()
{
    local file
    local line
    local from
    local to
    local name

    files_like '^src/.*\.[ch]$' | while IFS= read -r file; do
        from=$(dirname "${file#src/}")
        level "$from" >/dev/null || echo "$file: in a folder that the map does not know"
        grep -nE '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' "$file" | while IFS= read -r line; do
            name=$(printf '%s' "$line" | sed -e 's/^[^"]*"//' -e 's/".*//')
            to=$(owner_of "$name")
            [ -n "$to" ] && [ "$to" != "$from" ] || continue
            if [ "$from/$to" = crypto/common ]; then
                continue
            fi
            [ "$(level "$to")" -lt "$(level "$from")" ] || echo "$file:${line%%:*}: includes $name of src/$to"
        done
    done
}

upward_includes | clean "src: includes go downwards only"

files_like '^src/core/.*\.[ch]$' | while IFS= read -r file; do
    grep -HnE '^[[:space:]]*#[[:space:]]*include' "$file" |
        grep -vE '<(assert|ctype|errno|float|inttypes|limits|math|stdalign|stdarg|stdbool|stddef|stdint|stdio|stdlib|string)\.h>' |
        grep -vE '"(core/)?pr_[a-z0-9_]+\.h"'
done | clean "src/core: includes the C library and itself only"

# shellcheck disable=SC2046
search 'include[[:space:]]*[<"]openssl/' $(files_like '^src/.*\.[ch]$' | grep -v '^src/crypto/') |
    clean "src: OpenSSL in src/crypto only"

# shellcheck disable=SC2046
search 'PG_VERSION_NUM|PG_MAJORVERSION' $(files_like '^src/.*\.[ch]$' | grep -v '^src/common/pr_compat\.h$') |
    clean "src: versions of PostgreSQL tested in pr_compat.h only"

files_like '^src/.*\.[ch]$' | xargs -r wc -l | awk '$2 != "total" && $1 > 800 { print $2 ": " $1 " lines" }' |
    clean "src: no file above 800 lines"

finish
