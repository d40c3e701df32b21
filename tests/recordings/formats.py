#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every file of the corpus is recognised without help, as what it is, quickly, and read nearly whole.

expected-formats.tsv says how: lines of path or glob (of the corpus; * does not pass a /), the reading as `parsers detect`
names it (`a | b`: either; `-`: none, on purpose), the least percentage of entries that are accepted or ignored (empty: 99)
and, where it is less or no parser reads the file, why. The first line that fits counts. A file that no line fits fails,
and so does a line that fits no file. Then a folder that mixes thirty formats is read at once: each file must be found as
it is alone."""
import collections
import concurrent.futures
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
BATCH = 40


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


def batches(paths):
    """Files that one run of the program is given: most of the time of a run goes into its start."""
    return [paths[i:i + BATCH] for i in range(0, len(paths), BATCH)]


def file_of(name, paths):
    """The path that an input's name (a member of an archive: path!member) belongs to."""
    return name if name in paths else name.split('!')[0]


def detect(program, folder, paths):
    """path -> readings (several for an archive), and the seconds of processor time that all of them took."""
    before = os.times()
    done = subprocess.run([program, 'parsers', 'detect', *paths], cwd=folder, capture_output=True, timeout=300, check=False)
    after = os.times()
    found = {path: [] for path in paths}
    for name, reading in re.findall(r'^(\S.*) \([a-z0-9]+\): (.*)$', done.stdout.decode('utf-8', 'replace'), re.M):
        found[file_of(name, found)].append('-' if reading.startswith('no parser') else reading)
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    return {path: names or ['-'] for path, names in found.items()}, spent


def slow(program, folder, paths):
    """Files that take longer than they may, of those that together did."""
    spent = {path: min(detect(program, folder, [path])[1] for _ in range(2)) for path in paths}
    return {path: seconds for path, seconds in spent.items() if seconds > SECONDS}


def taken(program, folder, paths):
    """path -> percentage of entries that are accepted or ignored, of files that are read at once and make a report."""
    with tempfile.TemporaryDirectory() as out:
        subprocess.run([program, 'report', '-q', '--outputs', 'json', '-o', out, *paths], cwd=folder, capture_output=True,
                       timeout=600, check=False)
        report = os.path.join(out, 'report.json')
        if not os.path.exists(report):
            return {} if len(paths) == 1 else {k: v for path in paths for k, v in taken(program, folder, [path]).items()}
        with open(report, encoding='utf-8') as file:
            inputs = json.load(file)['inputs']
    sums = {}
    for row in inputs:
        total = sums.setdefault(file_of(row['path'], paths), [0, 0])
        total[0] += row['accepted'] + row['ignored']
        total[1] += row['entries']
    return {path: 100 * good / entries for path, (good, entries) in sums.items() if entries}


def check_batch(program, folder, paths, rows):
    """(readings, faults) of some files; rows: the line of the table for each."""
    found, spent = detect(program, folder, paths)
    late = slow(program, folder, paths) if spent > SECONDS * len(paths) else {}
    faults = {path: [f'{seconds:.2f} s to find its format'] for path, seconds in late.items()}
    for path, names in found.items():
        wanted = rows[path][2]
        faults.setdefault(path, []).extend(f'read as {name}, expected {" | ".join(sorted(wanted))}'
                                           for name in sorted(set(names)) if name not in wanted)
    shares = taken(program, folder, [path for path in paths if found[path][0] != '-']) if any(n != ['-'] for n in found.values()) else {}
    for path, share in shares.items():
        if share < rows[path][3]:
            faults[path].append(f'{share:.2f} % of its entries are accepted or ignored, expected {rows[path][3]:g}')
    return {path: names[0] for path, names in found.items()}, faults


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
    program, folder, table_rows = binary(), corpus(), table()
    paths = sorted(os.path.relpath(os.path.join(at, name), folder) for at, _, names in os.walk(folder) for name in names)
    rows = {path: next((row for row in table_rows if fits(path, row[1])), None) for path in paths}
    faults = [f'{path}: no line of the table fits it; found {detect(program, folder, [path])[0][path]}'
              for path in paths if not rows[path]]
    begun, readings = time.monotonic(), {}
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        groups = batches([path for path in paths if rows[path]])
        for found, wrong in pool.map(lambda group: check_batch(program, folder, group, rows), groups):
            readings.update(found)
            faults += [f'{path}: {fault} (line {rows[path][0]})' for path, all_of in sorted(wrong.items()) for fault in all_of]
    used = {row[0] for row in rows.values() if row}
    faults += [f'line {row[0]} fits no file: {row[1]}' for row in table_rows if row[0] not in used]
    faults += check_mixed(program, folder, readings)
    for fault in faults:
        print('FAIL', fault)
    none = sum(name == '-' for name in readings.values())
    print(f'{len(paths)} files, {len(paths) - none} recognised, {none} of no format; {len(faults)} faults; '
          f'{time.monotonic() - begun:.0f} s')
    return 1 if faults else 0


if __name__ == '__main__':
    sys.exit(main() if len(sys.argv) > 1 else SKIP)
