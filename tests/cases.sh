#!/bin/sh
# Runs the shared cases (small inputs with the right answer) where they lie beside the checkout; 77: skipped.
# Usage: cases.sh SOURCE_FOLDER PYTHON BINARY
set -eu
shared=${DOWNSPAN_SHARED:-$1/../shared}
if [ ! -f "$shared/cases/run.py" ]; then
    echo "skipped: no cases in $shared (DOWNSPAN_SHARED names another folder)"
    exit 77
fi
exec "$2" "$shared/cases/run.py" "$3" "$shared/cases"
