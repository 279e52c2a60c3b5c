#!/usr/bin/env bash
# system.sh VERSION RELEASE ROOT WORKSPACE: a Debian in ROOT, and "make test" in
# it; called by chroot.sh as the first process of namespaces of its own, so that
# nothing needs to be unmounted or stopped here.
#
# The base system comes from debootstrap, or from PR_MATRIX_CACHE, if the file
# there is whole, of this release, and apt can bring it up to date; else it is
# made from nothing.  What else the tests need they install, as on any machine.

set -uo pipefail

VERSION=$1
RELEASE=$2
ROOT=$3
WORKSPACE=$4
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd) || exit 1
CACHED=${PR_MATRIX_CACHE:+$PR_MATRIX_CACHE/$RELEASE-$(dpkg --print-architecture).tar.gz}
LOG=$ROOT.log
KEPT=

# shellcheck source=test/setup/workspace.sh
. "$HERE/../setup/workspace.sh"
# shellcheck source=test/matrix/apt.sh
. "$HERE/apt.sh"

# inside COMMAND...: in the chroot, with proxies and nothing else of the environment.
inside()
{
    local name
    local proxies=()

    for name in http_proxy https_proxy ftp_proxy no_proxy; do
        [ -z "${!name:-}" ] || proxies+=("$name=${!name}")
    done
    chroot "$ROOT" env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
        DEBIAN_FRONTEND=noninteractive CI="${CI:-}" "${proxies[@]}" "$@" </dev/null
}

# quietly WHAT COMMAND...: its output only if it fails.
quietly()
{
    local what=$1
    shift
    say "  $what"
    "$@" >"$LOG" 2>&1 && return
    tail -n 20 "$LOG" | sed -e 's/^/#   /'
    return 1
}

mount_system()
{
    mount -t proc -o nosuid,nodev,noexec proc "$ROOT/proc" &&
        mkdir -p "$ROOT/dev/shm" && mount -t tmpfs -o nosuid,nodev,mode=1777 tmpfs "$ROOT/dev/shm"
}

# No package may start a service.
forbid_services()
{
    printf '#!/bin/sh\nexit 101\n' >"$ROOT/usr/sbin/policy-rc.d" && chmod 755 "$ROOT/usr/sbin/policy-rc.d"
}

prepare()
{
    carry_apt "$ROOT" "$RELEASE" "$MIRROR" && forbid_services && mount_system
}

# An older debootstrap does not know a newer release by name; they are all made like sid.
bootstrap()
{
    local scripts=/usr/share/debootstrap/scripts
    local script=

    [ -e "$scripts/$RELEASE" ] || script=$scripts/sid
    debootstrap --variant=minbase --include=ca-certificates "$RELEASE" "$ROOT" "$MIRROR" ${script:+"$script"}
}

# Whoever may write to the cache is root in the chroot and chooses what is tested.
check_cache()
{
    [ -z "$CACHED" ] && return
    [ -d "$PR_MATRIX_CACHE" ] || die "there is no directory $PR_MATRIX_CACHE" "mkdir $PR_MATRIX_CACHE"
    case $(stat -Lc '%u %A' "$PR_MATRIX_CACHE") in
        "0 drwx"?-??-?|"${SUDO_UID:-0} drwx"?-??-?) ;;
        *) die "PR_MATRIX_CACHE=$PR_MATRIX_CACHE can be written by others" "chmod go-w $PR_MATRIX_CACHE" ;;
    esac
}

empty_root()
{
    KEPT=
    umount "$ROOT/proc" "$ROOT/dev/shm" 2>/dev/null
    find "$ROOT" -xdev -mindepth 1 -delete
}

# What is installed, as a word.
installed()
{
    cksum <"$ROOT/var/lib/dpkg/status"
}

# A file that was cut short fails its checksum; a system that was not finished, its own audit.
restore_base()
{
    [ -n "$CACHED" ] && [ -e "$CACHED" ] || return
    quietly "unpacks the cached base system" tar -xzpf "$CACHED" --numeric-owner -C "$ROOT" &&
        grep -qx "VERSION_CODENAME=$RELEASE" "$ROOT/etc/os-release" &&
        prepare &&
        [ -z "$(inside dpkg --audit)" ] && KEPT=$(installed) &&
        quietly "updates it" inside sh -c 'apt-get -q update && apt-get -qy dist-upgrade' && return
    say "  the cached base system is of no use; it is made anew"
    empty_root
    return 1
}

make_base()
{
    quietly "makes a base system: debootstrap $RELEASE" bootstrap || die "no base system of Debian $RELEASE from the mirror of this machine's apt"
    prepare || die "apt could not be set up, or /proc and /dev/shm not be mounted, in the chroot"
    quietly "apt-get update" inside apt-get -q update || die "apt-get update failed in Debian $RELEASE"
}

# Under another name first: a file of the right name is a whole one.
keep_base()
{
    local new

    [ -n "$CACHED" ] && [ "$KEPT" != "$(installed)" ] || return 0
    find "$PR_MATRIX_CACHE" -maxdepth 1 -name "${CACHED##*/}.??????" -mmin +60 -delete
    new=$(mktemp "$CACHED.XXXXXX") || return
    quietly "keeps the base system" tar --one-file-system --numeric-owner -C "$ROOT" --exclude=./srv/privrelease \
        --exclude='./etc/apt/auth.conf*' --exclude='./var/cache/apt/*' --exclude='./var/lib/apt/lists/*' -I 'gzip -1' -cpf "$new" . &&
        mv "$new" "$CACHED" || { rm -f "$new"; say "  the base system was not kept"; }
}

copy_sources()
{
    mkdir -p "$ROOT/srv/privrelease" && cp -R "$WORKSPACE/src" "$ROOT/srv/privrelease/" || die "the sources could not be copied"
    [ ! -d "$WORKSPACE/shared" ] || cp -R "$WORKSPACE/shared" "$ROOT/srv/privrelease/"
    chown -R 0:0 "$ROOT/srv/privrelease"
}

# The same steps as at the beginning of "make test", so that they can be kept.
install_packages()
{
    # shellcheck disable=SC2016
    inside bash -c 'cd /srv/privrelease/src && PR_NEEDS_PERL=1 && . test/setup/workspace.sh && install_missing && find_server && install_optional'
}

[ "$$" = 1 ] || die "system.sh is called by chroot.sh"
check_cache
MIRROR=$(find_mirror) || die "apt has no mirror of this machine's Debian" "PR_MATRIX_MIRROR=URL names one"
say "PostgreSQL $VERSION in Debian $RELEASE"
restore_base || make_base
copy_sources
install_packages || die "packages could not be installed in Debian $RELEASE"
[ -x "$ROOT/usr/lib/postgresql/$VERSION/bin/initdb" ] || die "Debian $RELEASE has no PostgreSQL $VERSION"
keep_base
inside PG_CONFIG="/usr/lib/postgresql/$VERSION/bin/pg_config" bash /srv/privrelease/src/test/run.sh
