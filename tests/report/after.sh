#!/bin/sh
# SPDX-License-Identifier: MIT
# after.sh BINARY PYTHON: the sheets about accounting after the fact hold what report.json tells (readback.py), on the
# golden inputs that have overrides, objectives and an earlier report.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
check() {
  name=$1
  shift
  (cd "$here/../golden/$name" && "$BINARY" report -q -o "$out/$name" "$@" >"$out/said") || { cat "$out/said"; exit 1; }
  echo "$name"
  "$PYTHON" "$here/readback.py" "$out/$name"
}
BINARY=$1 PYTHON=$2
check overrides -c input/incident.yaml input/probes.csv
check objectives -c input/incident.yaml input/probes.csv
check compare --compare input/old.json input/probes.csv
