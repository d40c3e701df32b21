#!/bin/sh
# Checks the house rule: a room includes base/, model.h, config.h, quality.h and the rooms to its left, nothing else.
# Usage: layers.sh SOURCE_FOLDER
set -eu
cd "$1/src"
faults=0
check() { # ROOM ALLOWED-ROOMS...
    room=$1
    shift
    for file in "$room"/*.[ch]; do
        for header in $(sed -n 's/^#include "\([^"]*\)".*/\1/p' "$file"); do
            case $header in
            base/* | model.h) continue ;;
            config.h | quality.h) [ "$room" != base ] && continue ;;
            "$room"/*) continue ;;
            esac
            allowed=no
            for other in "$@"; do
                case $header in "$other"/"$other".h) allowed=yes ;; esac
            done
            if [ $allowed = no ]; then
                echo "$file includes $header, which stands to the right of $room/ or is private to its room"
                faults=$((faults + 1))
            fi
        done
    done
}
check base
check input
check parse input
check series
check outage series
check impact series outage
check report series outage impact
[ $faults -eq 0 ] && echo "layers: all includes point left"
exit $((faults > 0))
