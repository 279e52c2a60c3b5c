# The tree: nothing lies where nobody looks for it.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

wanted='.ci
.editorconfig
.gitignore
CHANGELOG.md
LICENSE
META.json
Makefile
README.md
doc
expected
privrelease.control
sql
src
test'
diff <(printf '%s\n' "$wanted" | sort) <(files | cut -d/ -f1 | sort -u) | grep '^[<>]' | sed -e 's/^</missing:/' -e 's/^>/not wanted:/' |
    clean "top level holds what it should, and no more"

{ [ -x .ci/run ] || echo ".ci/run"; } | clean ".ci/run can be run"

# shellcheck disable=SC2046
search '\b(TODO|FIXME|XXX|HACK)\b|not (yet )?implemented|placeholder' $(files | grep -vE '^test/lint/|^expected/') |
    clean "nothing is left for later"

version=$(sed -n "s/^default_version *= *'\(.*\)'/\1/p" privrelease.control)
{ [ "$(grep -c "\"version\": \"$version\"" META.json 2>/dev/null)" = 2 ] || echo "META.json: version $version is wanted twice"; } |
    clean "META.json has the version of the control file"
{ grep -qF "$version" CHANGELOG.md 2>/dev/null || echo "CHANGELOG.md: nothing on $version"; } |
    clean "CHANGELOG.md tells of the version"

# Each test has an answer, each answer a test.
for test in $(files_like '^test/sql/.*\.sql$'); do
    name=${test##*/}
    [ -e "expected/${name%.sql}.out" ] || echo "expected/${name%.sql}.out is missing"
done | clean "each regression test has an expected answer"
for answer in $(files_like '^expected/.*\.out$'); do
    name=${answer##*/}
    name=${name%.out}
    [ -e "test/sql/$name.sql" ] || [ -e "test/sql/${name%_[0-9]}.sql" ] || [ -e "test/specs/$name.spec" ] || [ -e "test/specs/${name%_[0-9]}.spec" ] || echo "$answer"
done | clean "each expected answer has a test"

finish
