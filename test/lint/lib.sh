# Sourced by the checks: TAP output and the list of files.

set -uo pipefail
export LC_ALL=C.UTF-8
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
FAILED=0

# The files of the tree, without what a build makes.
files()
{
    if [ -e .git ] && command -v git >/dev/null; then
        git -c safe.directory="$PWD" ls-files -co --exclude-standard | while IFS= read -r file; do
            [ ! -e "$file" ] || printf '%s\n' "$file"
        done
    else
        find . -type f ! -name '*.o' ! -name '*.so' ! -name '*.bc' ! -path './sql/privrelease--*' \
            ! -path './results/*' ! -path './output_iso/*' ! -path './tmp_check*' ! -path './log/*' \
            ! -name 'regression.diffs' ! -name 'regression.out' | sed -e 's,^\./,,'
    fi | sort
}

# files_like REGEX
files_like()
{
    files | grep -E -- "$1"
}

# clean NAME: standard input lists what offends; nothing is a pass.
clean()
{
    local offences

    offences=$(cat)
    if [ -z "$offences" ]; then
        printf 'ok - %s\n' "$1"
    else
        printf 'not ok - %s\n' "$1"
        printf '%s\n' "$offences" | head -n 40 | sed -e 's/^/#   /'
        FAILED=1
    fi
}

# search REGEX FILE...: file:line:text, silent without files.
search()
{
    local pattern=$1
    shift
    [ $# = 0 ] || grep -HnE -- "$pattern" "$@" || true
}

finish()
{
    exit "$FAILED"
}
