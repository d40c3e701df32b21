#!/bin/sh
# Builds downspan and writes the report of every sample incident. Installs what is missing first (see tools/install.sh).
# Usage: samples/run.sh [NAME...]     only these samples; all unless told
set -eu
cd "$(dirname "$0")/.."
sh tools/install.sh
sh tools/build.sh release

if [ $# -eq 0 ]; then
    set -- samples/*/
fi
written=
for sample in "$@"; do
    name=$(basename "$sample")
    folder=samples/$name
    if [ ! -f "$folder/incident.yaml" ]; then
        echo "$0: there is no $folder/incident.yaml" >&2
        exit 1
    fi
    out=build/reports/$name
    printf '\n== %s\n' "$name"
    build/release/downspan report -q -c "$folder/incident.yaml" -o "$out" "$folder/logs"
    written="$written
  $out/postmortem.html"
done
printf '\nThe reports are in:%s\n' "$written"
