#!/usr/bin/env bash
# Installs Debian packages; runs as root, on its own or through sudo.
#
#	packages.sh WORD...		"server" stands for PostgreSQL and its development files
#	packages.sh --optional PACKAGE...	those of them that there are; never an error
#
# The server's package would create and start a cluster of its own; a drop-in
# file, there only while we install, says not to.  One run at a time.

set -uo pipefail
export DEBIAN_FRONTEND=noninteractive
unset MAKEFLAGS MFLAGS MAKELEVEL

dropin=/etc/postgresql-common/createcluster.d/privrelease-setup.conf
made_dirs=()
log=$(mktemp) || exit 1
apt=(apt-get -q -o DPkg::Lock::Timeout=600 -o Acquire::Retries=3)

finish()
{
    local i

    rm -f "$log" "$dropin"
    for ((i = ${#made_dirs[@]} - 1; i >= 0; i--)); do
        rmdir "${made_dirs[$i]}" 2>/dev/null
    done
}
trap finish EXIT
trap 'exit 130' INT TERM HUP

fail()
{
    tail -n 20 "$log" >&2
    printf 'error: %s\nhint: the lines above are the end of what apt-get said\n' "$1" >&2
    exit 1
}

no_cluster()
{
    local dir

    for dir in /etc/postgresql-common /etc/postgresql-common/createcluster.d; do
        if [ ! -d "$dir" ]; then
            mkdir "$dir" || exit 1
            made_dirs+=("$dir")
        fi
    done
    printf "create_main_cluster = false\n" >"$dropin"
}

known()
{
    apt-cache show --no-all-versions "$1" >/dev/null 2>&1
}

# The version whose server is there already, else the newest that apt knows.
server_packages()
{
    local version

    for version in 18 17 16 15; do
        if [ -x "/usr/lib/postgresql/$version/bin/initdb" ] && known "postgresql-server-dev-$version"; then
            echo "postgresql-server-dev-$version"
            return 0
        fi
    done
    for version in 18 17 16 15; do
        if known "postgresql-$version" && known "postgresql-server-dev-$version"; then
            echo "postgresql-$version postgresql-server-dev-$version"
            return 0
        fi
    done
    return 1
}

resolve()
{
    local word
    local server

    packages=()
    for word in "$@"; do
        if [ "$word" = server ]; then
            server=$(server_packages) || return 1
            # shellcheck disable=SC2206
            packages+=($server)
        else
            known "$word" || return 1
            packages+=("$word")
        fi
    done
}

# What some tests can use: without network, or where Debian has no such package, they do without.
install_optional()
{
    local package

    packages=()
    apt=(apt-get -q -o DPkg::Lock::Timeout=600 -o Acquire::Retries=0 -o Acquire::http::Timeout=20)
    for package in "$@"; do
        known "$package" || [ -n "${updated:-}" ] || { "${apt[@]}" update >"$log" 2>&1; updated=1; }
        known "$package" && packages+=("$package")
    done
    [ "${#packages[@]}" -gt 0 ] || return 0
    no_cluster
    echo "  apt-get install ${packages[*]}"
    for package in "${packages[@]}"; do
        "${apt[@]}" install -y --no-install-recommends "$package" >"$log" 2>&1 || echo "  $package could not be installed; tests that use it are skipped"
    done
}

exec 9</etc/apt && flock 9

updated=
if [ "${1:-}" = --optional ]; then
    shift
    install_optional "$@"
    exit 0
fi
if ! resolve "$@"; then
    echo "  apt-get update"
    "${apt[@]}" update >"$log" 2>&1 || fail "apt-get update failed"
    updated=1
    resolve "$@" || fail "apt-get knows no package for: $*"
fi

no_cluster
echo "  apt-get install ${packages[*]}"
if ! "${apt[@]}" install -y --no-install-recommends "${packages[@]}" >"$log" 2>&1; then
    # Lists that are too old name files that are gone.
    [ -z "$updated" ] || fail "apt-get install failed"
    echo "  apt-get update, and once more"
    "${apt[@]}" update >"$log" 2>&1 || fail "apt-get update failed"
    "${apt[@]}" install -y --no-install-recommends "${packages[@]}" >"$log" 2>&1 || fail "apt-get install failed"
fi
