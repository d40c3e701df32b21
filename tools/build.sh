#!/bin/sh
# Configures and builds one preset of CMakePresets.json; quiet unless it fails.
# Usage: tools/build.sh PRESET
set -eu
cd "$(dirname "$0")/.."
jobs=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
log=$(mktemp)
trap 'rm -f "$log"' EXIT
echo "Building ($1) ..."
if ! { cmake --preset "$1" && cmake --build "build/$1" -j "$jobs"; } >"$log" 2>&1; then
    tail -60 "$log" >&2
    echo "$0: the $1 build failed" >&2
    exit 1
fi
