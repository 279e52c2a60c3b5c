#!/usr/bin/env bash
# chroot.sh VERSION RELEASE WORKSPACE: tests one major version in a chroot of a
# Debian release; as root, called by run.sh, with the lease as standard input.
#
# This part makes a private directory, and namespaces for mounts, processes and
# System V memory, in which system.sh does the work.  Invariants:
#  - all mounts are in the namespace: when its first process ends, for whatever
#    reason, the kernel ends all its processes and the mounts are gone.  So
#    nothing of this machine is mounted when the directory is removed;
#  - the first process is killed when this one ends, and this one ends when
#    nobody writes to the lease any more;
#  - a directory that was left by kill -9 or a power cut is not locked; the next
#    run removes it and never uses it.

set -uo pipefail
exec 6<&0 </dev/null

VERSION=$1
RELEASE=$2
WORKSPACE=$3
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd) || exit 1
PLACE=
SYSTEM=
LEASE=

# shellcheck source=test/setup/workspace.sh
. "$HERE/../setup/workspace.sh"

finish()
{
    trap '' HUP INT TERM
    [ -z "$LEASE" ] || kill "$LEASE" 2>/dev/null
    [ -z "$SYSTEM" ] || kill -s KILL "$SYSTEM" 2>/dev/null
    wait 2>/dev/null
    [ -z "$PLACE" ] || remove "$PLACE"
}

# Processes of the namespace may write for a moment after their first one is dead.
remove()
{
    for _ in 1 2 3 4 5; do
        rm -rf --one-file-system "$1" 2>/dev/null && return
        sleep 1
    done
    say "could not remove $1"
}

check_rights()
{
    local command

    [ "$(id -u)" = 0 ] || die "a chroot with PostgreSQL $VERSION needs root"
    for command in unshare setpriv chroot mount tar gzip; do
        command -v "$command" >/dev/null || die "$command is missing"
    done
    unshare --mount --ipc --pid --fork --kill-child --mount-proc true 2>/dev/null ||
        die "this machine lets root make no namespaces (a container without CAP_SYS_ADMIN?)"
}

# Missing on a machine that never made another Debian.
install_debootstrap()
{
    if ! command -v debootstrap >/dev/null || [ ! -e /usr/share/keyrings/debian-archive-keyring.gpg ]; then
        say "Installing debootstrap"
        bash "$HERE/../setup/packages.sh" debootstrap debian-archive-keyring || die "debootstrap could not be installed"
    fi
}

# Directories of runs that are dead: ours by owner, and locked by nobody.
sweep()
{
    local dir

    for dir in "$1"/privrelease-matrix.*; do
        [ -d "$dir" ] && [ ! -L "$dir" ] && [ -O "$dir" ] || continue
        (flock -n 9 && remove "$dir") 9>>"$dir/lock"
    done
}

# Devices must work there and programs must run.
usable()
{
    printf '#!/bin/sh\nexec >"$0.null"\n' >"$1/probe" && chmod 755 "$1/probe" && mknod "$1/probe.null" c 1 3 2>/dev/null &&
        "$1/probe" 2>/dev/null && rm -f "$1/probe" "$1/probe.null"
}

# Sets PLACE, and locks it for as long as any process of ours lives.
make_place()
{
    local parent

    for parent in ${TMPDIR:+"$TMPDIR"} /var/tmp /tmp; do
        exec 9<"$parent" && flock 9 || continue
        sweep "$parent"
        PLACE=$(mktemp -d "$parent/privrelease-matrix.XXXXXX") && exec 8>"$PLACE/lock" && flock 8
        exec 9<&-
        [ -n "$PLACE" ] && usable "$PLACE" && return
        [ -z "$PLACE" ] || remove "$PLACE"
        PLACE=
    done
    die "neither /var/tmp nor /tmp lets root make devices and run programs" "set TMPDIR to a directory with 3 GB that does"
}

trap finish EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
check_rights
install_debootstrap
make_place
mkdir "$PLACE/root" || exit 1

setpriv --pdeathsig KILL unshare --mount --ipc --pid --fork --kill-child --mount-proc \
    bash "$HERE/system.sh" "$VERSION" "$RELEASE" "$PLACE/root" "$WORKSPACE" 6<&- &
SYSTEM=$!
cat <&6 >/dev/null &
LEASE=$!
wait -n "$SYSTEM" "$LEASE"
status=$?
if ! kill -s 0 "$LEASE" 2>/dev/null; then
    say "the run was stopped"
    # Whoever made the workspace may have had no time to remove it.
    rm -rf --one-file-system "$WORKSPACE"
    exit 143
fi
SYSTEM=
exit "$status"
