# Sourced: the mirror, settings and keys of this machine's apt, for another Debian.
#
# Nothing about mirrors or proxies is written down in this tree; what apt uses
# here is asked of apt.  Passwords (auth.conf) reach the chroot and no cache.

# The first mirror of this machine's own Debian release, which has the others too.
find_mirror()
{
    local codename
    local uri

    [ -z "${PR_MATRIX_MIRROR:-}" ] || { echo "$PR_MATRIX_MIRROR"; return; }
    codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
    # shellcheck disable=SC2016
    uri=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(CODENAME) $(COMPONENT)' 'Created-By: Packages' 2>/dev/null |
        awk -v codename="$codename" '($2 == codename || $3 == codename) && $4 == "main" { print $1; exit }')
    case $uri in
        mirror+file:*) awk '!/^#/ && NF { print $1; exit }' "${uri#mirror+file:}" | grep . ;;
        *) printf '%s\n' "$uri" | grep . ;;
    esac
}

# Settings that decide how files are fetched; none that say what to do with packages.
fetch_settings()
{
    apt-config dump | grep -E '^(Acquire|APT::Sandbox)::' | grep -vE '^Acquire::(IndexTargets|CompressionTypes|cdrom|Changelogs)\b|Auto-?Detect'
}

# Files that such settings name: authorities and certificates.
copy_named_files()
{
    local file

    sed -nE 's/^Acquire::https.*"(\/[^"]+)";$/\1/p' | while IFS= read -r file; do
        [ ! -e "$file" ] || cp -RL --parents "$file" "$1/"
    done
}

# carry_apt ROOT RELEASE MIRROR
carry_apt()
{
    local apt=$1/etc/apt
    local key

    mkdir -p "$apt/apt.conf.d" "$apt/trusted.gpg.d" "$apt/auth.conf.d"
    printf 'deb %s %s main\n' "$3" "$2" >"$apt/sources.list"
    rm -f "$apt"/sources.list.d/*
    fetch_settings >"$apt/apt.conf.d/90machine"
    copy_named_files "$1" <"$apt/apt.conf.d/90machine"
    for key in /etc/apt/trusted.gpg.d/*.asc /etc/apt/trusted.gpg.d/*.gpg; do
        [ ! -e "$key" ] || [ -e "$apt/trusted.gpg.d/${key##*/}" ] || cp -L "$key" "$apt/trusted.gpg.d/"
    done
    [ ! -e /etc/apt/auth.conf ] || cp -p /etc/apt/auth.conf "$apt/"
    cp -Rp /etc/apt/auth.conf.d/. "$apt/auth.conf.d/" 2>/dev/null
    cp -L /etc/resolv.conf /etc/hosts "$1/etc/"
    # An https mirror may be known to this machine's authorities only.
    if [ -e /etc/ssl/certs/ca-certificates.crt ]; then
        mkdir -p "$1/etc/ssl/certs" && cp -L /etc/ssl/certs/ca-certificates.crt "$1/etc/ssl/certs/"
    fi
}
