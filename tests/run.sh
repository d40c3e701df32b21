#!/bin/sh
# Builds with sanitizers and runs every test. Installs what is missing first (see tools/install.sh).
# Usage: tests/run.sh [CTEST-OPTION...]     e.g. tests/run.sh -R unit
set -eu
cd "$(dirname "$0")/.."
sh tools/install.sh tests
sh tools/build.sh debug
ctest --test-dir build/debug --output-on-failure -j2 "$@"
