# The manual: whatever can be called, read or set has its place in doc/reference.md, and what is described is there.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

manual=doc/reference.md

# Names that the SQL parts create: created FUNCTION|VIEW
created()
{
    # shellcheck disable=SC2046
    grep -hoE "^CREATE ($1) privrelease\.[a-z0-9_]+" $(files_like '^sql/[0-9].*\.sql$') | sed -e 's/.*\.//' | sort -u
}

# Families of internal functions are described as such.
functions=$(created 'FUNCTION|PROCEDURE|AGGREGATE')
for function in $(grep -vE '^(audit|impact)_' <<<"$functions") impact_assessment impact_report impact_page; do
    grep -qE "\b$function\b" "$manual" || echo "$function"
done | clean "every function is in $manual"

grep -oE '^#### `.*' "$manual" | grep -oE '`[A-Za-z ]*\(' | sed -e 's/`//; s/^CALL //; s/(//' | sort -u | grep -vxF "$functions" |
    clean "every function with a heading in $manual is there"

for view in $(created VIEW); do
    grep -qE "\*\*\`$view\`\*\*" "$manual" || echo "$view"
done | clean "every view has its entry in $manual"

# shellcheck disable=SC2046
settings=$(grep -hoE 'DefineCustom[A-Za-z]+Variable\("privrelease\.[a-z_]+' $(files_like '^src/.*\.c$') | sed -e 's/.*"//' | sort)
documented=$(sed -n '/^## Settings/,/^## /p' "$manual" | grep -oE '^\| `privrelease\.[a-z_]+`' | grep -oE 'privrelease\.[a-z_]+' | sort)
diff <(echo "$settings") <(echo "$documented") | grep '^[<>]' | clean "settings of the library are those of $manual"

codes=$(sed -nE "s/.*MAKE_SQLSTATE\('P', 'R', '(.)', '(.)', '(.)'\).*/PR\1\2\3/p" src/common/pr_error.h | sort)
documented=$(sed -n '/^## SQLSTATEs/,/^## /p' "$manual" | grep -oE '^\| PR[0-9]{3}' | grep -oE 'PR[0-9]{3}' | sort)
diff <(echo "$codes") <(echo "$documented") | grep '^[<>]' | clean "SQLSTATEs of the library are those of $manual"

# The anchors of a page, as GitHub makes them: lower case, punctuation gone, blanks to hyphens.
anchors()
{
    grep -E '^#+ ' "$1" | sed -E -e 's/^#+ //' -e 's/[^[:alnum:] _-]//g' -e 's/ /-/g' | tr '[:upper:]' '[:lower:]'
}

# shellcheck disable=SC2013
for page in $(files_like '^(README|CHANGELOG|doc/.*|src/README)\.md$|^(README|CHANGELOG)\.md$'); do
    for link in $(grep -oE '\]\([^)]+\)' "$page" | sed -e 's/^](//' -e 's/)$//' | grep -vE '^[a-z]+:' | sort -u); do
        target=${link%%#*}
        anchor=
        [ "$link" = "$target" ] || anchor=${link#*#}
        if [ -z "$target" ]; then target=$page; else target=$(dirname "$page")/$target; fi
        if [ ! -e "$target" ]; then
            echo "$page: $link: no such page"
        elif [ -n "$anchor" ] && ! anchors "$target" | grep -qxF -- "$anchor"; then
            echo "$page: $link: no such heading"
        fi
    done
done | clean "links between pages lead somewhere"

# Where the threat model says that a test proves something, there is such a test.
grep -oE '`test/[^`]+`' doc/threat-model.md | tr -d '`' | sort -u | while IFS= read -r proof; do
    compgen -G "$proof" >/dev/null || echo "$proof"
done | clean "tests that doc/threat-model.md names are there"

finish
