#!/bin/sh
# Wall time and peak memory of the whole job beside `zcat FILE | wc -l` in one run: five rounds in turn, the best of each counts.
# Usage: run.sh [BINARY] [LINES]   Files are made once, in build/bench.
set -eu
cd "$(dirname "$0")/../.."
binary=${1:-build/release/downspan}
lines=${2:-5000000}
[ -x "$binary" ] || { echo "no program at $binary; build it: cmake --preset release && cmake --build --preset release" >&2; exit 2; }
mkdir -p build/bench
exec python3 tests/bench/compare.py "$binary" "$lines" build/bench
