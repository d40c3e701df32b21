#!/bin/sh
# Measures the program against scenarios with known truth and writes the tables into docs/accuracy.md.
# Usage: tests/accuracy/run.sh [BINARY]     BINARY: build/release/downspan unless told; built where it is missing
set -eu
cd "$(dirname "$0")/../.."
binary=${1:-build/release/downspan}
python=/usr/bin/python3
[ -x "$python" ] || python=python3
if [ ! -x "$binary" ]; then
    sh tools/build.sh release
fi
exec "$python" tests/accuracy/score.py "$binary" --markdown docs/accuracy.md
