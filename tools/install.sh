#!/bin/sh
# Makes sure that what the build (and with "tests" the tests) needs is there: by apt-get on Debian and Ubuntu, as root or
# with sudo, and only where something is missing. Elsewhere it says what to install.
# Usage: tools/install.sh [tests]
set -eu

build="build-essential cmake pkg-config libpcre2-dev zlib1g-dev liblzma-dev libbz2-dev libzstd-dev liblz4-dev libisal-dev
libarchive-dev libxlsxwriter-dev libglib2.0-dev libglib2.0-dev-bin libyaml-dev libjansson-dev libical-dev tzdata"
tests="python3 python3-openpyxl python3-jsonschema xz-utils zstd lz4 bzip2 zip"

wanted=$build
if [ "${1:-}" = tests ]; then
    wanted="$build $tests"
fi

if ! command -v dpkg >/dev/null 2>&1 || ! command -v apt-get >/dev/null 2>&1; then
    # No Debian: trust what the build finds, and name what it looks for where even the basics are missing.
    for tool in cc cmake pkg-config glib-compile-resources; do
        if ! command -v $tool >/dev/null 2>&1; then
            echo "$0: '$tool' is missing. Install a C17 compiler, cmake 3.22 or later, pkg-config, and the development files" >&2
            echo "of: PCRE2, zlib, liblzma, bzip2, zstd, lz4, libarchive, libxlsxwriter, GLib 2.66 or later, libyaml, jansson," >&2
            echo "libical (and ISA-L, for speed). The names on Debian are: $(echo "$build" | tr '\n' ' ')" >&2
            exit 1
        fi
    done
    exit 0
fi

missing=
for package in $wanted; do
    case $(dpkg -s "$package" 2>/dev/null | sed -n 's/^Status: //p') in
    "install ok installed" | "hold ok installed") ;;
    *) missing="$missing $package" ;;
    esac
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -eq 0 ]; then
    as_root=
elif command -v sudo >/dev/null 2>&1; then
    as_root=sudo
else
    echo "$0: missing:$missing" >&2
    echo "Neither root nor sudo is at hand; have them installed with: apt-get install$missing" >&2
    exit 1
fi
echo "Installing:$missing"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086 # a list of names
if ! { $as_root apt-get update -q && $as_root apt-get install -q -y --no-install-recommends $missing; } >"$log" 2>&1; then
    tail -20 "$log" >&2
    echo "$0: apt-get could not install:$missing" >&2
    exit 1
fi
