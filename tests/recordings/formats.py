#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every file of the corpus is recognised without help, as what it is, quickly, and read nearly whole.

expected-formats.tsv says how: lines of path or glob (of the corpus; * does not pass a /), the reading as `parsers detect`
names it (`a | b`: either; `-`: none, on purpose), the least percentage of entries that are accepted or ignored (empty: 99)
and, where it is less or no parser reads the file, why. The first line that fits counts. A file that no line fits fails,
and so does a line that fits no file. Then a folder that mixes thirty formats is read at once: each file must be found as
it is alone."""
import collections
import fnmatch
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

from common import HERE, SKIP, binary, corpus

TABLE = os.path.join(HERE, 'expected-formats.tsv')
SECONDS = 0.5  # of processor time, for one file; most of it is the start of the program
MIXED = 30


def table():
    rows = []
    with open(TABLE, encoding='utf-8') as file:
        for number, line in enumerate(file, 1):
            if not line.strip() or line.startswith('#'):
                continue
            cells = (line.rstrip('\n').split('\t') + ['', ''])[:4]
            if (cells[2] or cells[1] == '-') and not cells[3]:
                sys.exit(f'{TABLE}:{number}: a reason is needed')
            rows.append((number, cells[0], set(cells[1].split(' | ')), float(cells[2] or 99), cells[3]))
    return rows


def fits(path, pattern):
    return path.count('/') == pattern.count('/') and fnmatch.fnmatchcase(path, pattern)


def detect(program, folder, path):
    """Readings of a file (several for an archive) and the seconds of processor time that it took."""
    before = os.times()
    done = subprocess.run([program, 'parsers', 'detect', path], cwd=folder, capture_output=True, timeout=60, check=False)
    after = os.times()
    text = done.stdout.decode('utf-8', 'replace')
    found = re.findall(r'^\S.* \([a-z0-9]+\): (.*)$', text, re.M)
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    return ['-' if name.startswith('no parser') else name for name in found] or ['-'], spent


def taken(program, folder, path):
    """Percentage of entries that are accepted or ignored; None where there is no report (nothing to measure)."""
    with tempfile.TemporaryDirectory() as out:
        subprocess.run([program, 'report', '-q', '--outputs', 'json', '-o', out, path], cwd=folder, capture_output=True,
                       timeout=120, check=False)
        report = os.path.join(out, 'report.json')
        if not os.path.exists(report):
            return None
        with open(report, encoding='utf-8') as file:
            inputs = json.load(file)['inputs']
    entries = sum(row['entries'] for row in inputs)
    good = sum(row['accepted'] + row['ignored'] for row in inputs)
    return 100 * good / entries if entries else None


def check_file(program, folder, path, row):
    names, spent = detect(program, folder, path)
    if spent > SECONDS:  # another program may have been in the way
        spent = min(spent, detect(program, folder, path)[1])
    faults = [f'read as {name}, expected {" | ".join(sorted(row[2]))}' for name in sorted(set(names)) if name not in row[2]]
    if spent > SECONDS:
        faults.append(f'{spent:.2f} s to find its format')
    if not faults and names[0] != '-':
        share = taken(program, folder, path)
        if share is not None and share < row[3]:
            faults.append(f'{share:.2f} % of its entries are accepted or ignored, expected {row[3]:g}')
    return names[0], faults


def check_mixed(program, folder, readings):
    """One file of each of thirty formats, spread over the alphabet, in one folder."""
    first = collections.OrderedDict()
    for path, name in sorted(readings.items()):
        if name != '-' and os.path.getsize(os.path.join(folder, path)) < 1 << 20 and not path.endswith(('.zip', '.tar.gz')):
            first.setdefault(name, path)
    names = list(first)
    chosen = [names[i * len(names) // MIXED] for i in range(MIXED)]
    with tempfile.TemporaryDirectory() as place:
        expected = {}
        for name in chosen:
            copy = first[name].replace('/', '--')
            shutil.copy(os.path.join(folder, first[name]), os.path.join(place, copy))
            expected[copy] = name
        out = os.path.join(place, 'out')
        done = subprocess.run([program, 'report', '-q', '--outputs', 'json', '-o', out, *sorted(expected)], cwd=place,
                              capture_output=True, timeout=300, check=False)
        if done.returncode != 0:
            return [f'the mixed folder: exit status {done.returncode}: {done.stderr.decode("utf-8", "replace")[:300]}']
        with open(os.path.join(out, 'report.json'), encoding='utf-8') as file:
            inputs = json.load(file)['inputs']
    got = {row['path']: row['parser'] or '-' for row in inputs}
    return [f'in the mixed folder {path} is read as {got.get(path)}, alone as {name}'
            for path, name in sorted(expected.items()) if got.get(path) != name]


def main():
    program, folder, rows = binary(), corpus(), table()
    paths = sorted(os.path.relpath(os.path.join(at, name), folder) for at, _, names in os.walk(folder) for name in names)
    used, readings, faults = set(), {}, []
    begun = time.monotonic()
    for path in paths:
        row = next((row for row in rows if fits(path, row[1])), None)
        if not row:
            faults.append(f'{path}: no line of the table fits it; found {detect(program, folder, path)[0]}')
            continue
        used.add(row[0])
        readings[path], wrong = check_file(program, folder, path, row)
        faults += [f'{path}: {fault} (line {row[0]})' for fault in wrong]
    faults += [f'line {row[0]} fits no file: {row[1]}' for row in rows if row[0] not in used]
    faults += check_mixed(program, folder, readings)
    for fault in faults:
        print('FAIL', fault)
    none = sum(name == '-' for name in readings.values())
    print(f'{len(paths)} files, {len(paths) - none} recognised, {none} of no format; {len(faults)} faults; '
          f'{time.monotonic() - begun:.0f} s')
    return 1 if faults else 0


if __name__ == '__main__':
    sys.exit(main() if len(sys.argv) > 1 else SKIP)
