#!/bin/sh
# verify-log.sh LOG HEAD [KEY-VERSION.pem ...]
#
# Checks an exported log with sh, sed and openssl alone, without a server: each entry follows the one before it, has the digest
# of its text and is signed; and the log has the entry of HEAD, an answer of log_head() that was kept elsewhere. How to export
# both: doc/operations.md. The public key of HEAD signs; keys of other versions are given as files named key-VERSION.pem.
# Ends with 0 and says so if nothing is wrong; otherwise names what is, from the first wrong entry on, and ends with 1.

LC_ALL=C
export LC_ALL
if [ $# -lt 2 ]; then
    echo "usage: $0 LOG HEAD [KEY-VERSION.pem ...]" >&2
    exit 2
fi
log=$1
head=$2
shift 2
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
wrong=0

complain()
{
    echo "entry $1: $2"
    wrong=1
}

# field NAME: of the head, which is one line of JSON without nested objects
field()
{
    sed -n -e 's/.*"'"$1"'": *"\{0,1\}\([A-Za-z0-9+/=:.-]*\).*/\1/p' "$head" | head -n 1
}

# signed ENTRY DIGEST SIGNATURE KEYFILE: is it the signature of this entry?
signed()
{
    printf 'privrelease log 1\n%s\n%s\n' "$1" "$2" >"$work/text"
    printf '%s' "$3" | openssl base64 -d -A >"$work/signature" 2>/dev/null &&
        openssl pkeyutl -verify -rawin -pubin -inkey "$4" -in "$work/text" -sigfile "$work/signature" >/dev/null 2>&1
}

head_entry=$(field entry)
head_digest=$(field digest)
head_key=$(field key_version)
case $head_entry in
    '' | *[!0-9]*) echo "$head is not what log_head() gives" >&2; exit 2 ;;
esac
for key in "$@"; do
    cp "$key" "$work/$(basename "$key")" || exit 2
done
if [ "$head_key" != null ] && [ -n "$head_key" ]; then
    printf -- '-----BEGIN PUBLIC KEY-----\n%s\n-----END PUBLIC KEY-----\n' "$(field public_key)" >"$work/key-$head_key.pem"
    signed "$head_entry" "$head_digest" "$(field signature)" "$work/key-$head_key.pem" ||
        complain "$head_entry" "the head is not signed by its own key"
fi

last=0
digest=0000000000000000000000000000000000000000000000000000000000000000
[ "$head_entry" != 0 ] && found=no || found=yes

while read -r entry previous its_digest signature version body; do
    [ "$entry" = $((last + 1)) ] || complain $((last + 1)) "missing, or not in its place: entry $entry follows"
    case $body in
        "{\"entry\": $entry, "*) ;;
        *) complain "$entry" "was written as another entry" ;;
    esac
    [ "$previous" = "$digest" ] || complain "$entry" "does not follow the entry before it"
    computed=$(printf 'privrelease log 1\n%s\n%s' "$previous" "$body" | openssl dgst -sha256 -r)
    [ "${computed%% *}" = "$its_digest" ] || complain "$entry" "was changed: its digest is another"
    if [ "$signature" = - ]; then
        complain "$entry" "not signed"
    elif [ ! -f "$work/key-$version.pem" ]; then
        complain "$entry" "public key $version was not given"
    else
        signed "$entry" "$its_digest" "$signature" "$work/key-$version.pem" || complain "$entry" "its signature is not that of key $version"
    fi
    if [ "$entry" = "$head_entry" ]; then
        found=yes
        [ "$its_digest" = "$head_digest" ] || complain "$entry" "is not the entry of the head: the log was replaced"
    fi
    last=$entry
    digest=$its_digest
done <"$log"

[ "$found" = yes ] || complain $((last + 1)) "missing: the log ends before entry $head_entry of the head"
[ "$wrong" = 0 ] || exit 1
echo "$last entries, nothing is wrong"
