# The rules of .editorconfig, and scripts that parse.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

text=$(files | grep -E '\.(c|h|sql|md|sh|pl|pm|spec|out|json|control|map|csv)$|^(Makefile|LICENSE|\.ci/run)$')

# shellcheck disable=SC2086
search '[[:space:]]$' $(printf '%s\n' $text | grep -vE '^expected/|^test/.*\.csv$') | cut -c 1-100 | clean "no white space at the end of a line"

for file in $text; do
    [ -s "$file" ] && [ -n "$(tail -c 1 "$file")" ] && echo "$file"
done | clean "files end with a newline"

# shellcheck disable=SC2086
grep -lI $'\r' $(printf '%s\n' $text | grep -vE '^test/.*\.csv$') | clean "lines end with LF"

for file in $text; do
    iconv -f UTF-8 -t UTF-8 "$file" >/dev/null 2>&1 || echo "$file"
done | clean "text is UTF-8"

# shellcheck disable=SC2046
search '^    ' $(files_like '^(src|test)/.*\.([ch]|pl)$') | cut -c 1-100 | clean "C and Perl are indented with tabs"

# shellcheck disable=SC2046
search $'^\t' $(files_like '\.(sql|md|sh)$') | cut -c 1-100 | clean "SQL, Markdown and shell scripts are indented with spaces"

for file in $(files_like '\.sh$|^\.ci/run$'); do
    bash -n "$file" 2>&1
done | clean "shell scripts parse"

finish
