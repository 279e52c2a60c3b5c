# What the built library shows to every other library of the server.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

newest=$(find src sql -newer privrelease.so -name "*.[cs]*" ! -name "*.so" ! -name "privrelease--*" 2>/dev/null | head -n 1)
if [ -f privrelease.so ] && [ -z "$newest" ]; then
    symbols=$(nm -D --defined-only privrelease.so | awk '{ print $NF }')
    printf '%s\n' "$symbols" | grep -vE '^(privrelease_[a-z0-9_]+|pg_finfo_privrelease_[a-z0-9_]+|_PG_init|Pg_magic_func)$' |
        clean "the library shows nothing but its SQL functions"

    # Declared in SQL, and there.
    for symbol in $(sed -nE "s/.*'MODULE_PATHNAME', *'([a-z0-9_]+)'.*/\1/p" sql/[0-9]*.sql | sort -u); do
        grep -qx "$symbol" <<<"$symbols" || echo "$symbol"
    done | clean "every C function of the install script is in the library"
else
    echo "ok - symbols # SKIP the library is not built from these sources"
fi

finish
