#!/usr/bin/env python3
"""run.py [--update NAME|all] BINARY [NAME...]: run golden cases and compare every byte of what they give.

A case is a folder beside this file:
  cmd            the arguments after the program's name, one line
  input/         the files it reads (the case runs in a scratch folder that holds a copy, and an empty out/)
  exit           the exit status, 0 where the file is missing
  stdout, stderr, out/...
                 what must come out, byte for byte: stdout (or stdout.csv, stdout.json: the same, named for editors), and
                 files below out/ that the run must write; what has no file here is not compared
  figures        lines PATH = VALUE (JSON) that out/report.json must hold: dots for members, [n], [key=value,...] for the row
                 of a list that has these values, .length; # begins a comment
  stdout-to      a file that standard output is sent to instead, such as /dev/full
  README.md      why the case exists and how the right answer was found

--update writes what came out over the files that exist (and stdout, exit); read the difference before it is kept."""
import difflib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ENVIRONMENT = {'SOURCE_DATE_EPOCH': '1767225600', 'TZ': 'Pacific/Kiritimati', 'LC_ALL': 'C', 'NO_COLOR': '1'}
TIMEOUT_S = 60


def read(path):
    with open(path, 'rb') as file:
        return file.read()


def expected_files(case):
    """Pairs of (what it is compared with, path of the expected bytes)."""
    pairs = []
    for name in sorted(os.listdir(case)):
        stem = name.split('.')[0]
        if stem in ('stdout', 'stderr') and os.path.isfile(f'{case}/{name}'):
            pairs.append((stem, f'{case}/{name}'))
    for folder, _, names in sorted(os.walk(f'{case}/out')):
        for name in sorted(names):
            path = f'{folder}/{name}'
            pairs.append((os.path.relpath(path, case), path))
    return pairs


def difference(name, wanted, got):
    lines = difflib.unified_diff(wanted.decode('utf8', 'replace').splitlines(), got.decode('utf8', 'replace').splitlines(),
                                 f'{name} expected', f'{name} found', lineterm='', n=1)
    return '\n'.join('    ' + line for line in list(lines)[:40])


def look(value, path):
    for name, pick in re.findall(r'([^.\[\]]+)|\[([^\]]*)\]', path):
        if name == 'length':
            value = len(value)
        elif name:
            value = value[name]
        elif pick.isdigit():
            value = value[int(pick)]
        else:
            wanted = [part.split('=', 1) for part in pick.split(',')]
            value = next(row for row in value if all(str(row.get(key)) == text for key, text in wanted))
    return value


def wrong_figures(path, report):
    """What of the lines PATH = VALUE does not hold in a report; fractions may differ in the last bits."""
    faults = []
    for line in read(path).decode('utf8').splitlines():
        line = line.split('#')[0].strip()
        if not line:
            continue
        name, wanted = (part.strip() for part in line.rsplit(' = ', 1))
        wanted = json.loads(wanted)
        try:
            found = look(report, name)
        except (KeyError, IndexError, TypeError, StopIteration):
            faults.append(f'{name}: not there, expected {json.dumps(wanted)}')
            continue
        near = isinstance(wanted, float) and isinstance(found, (int, float)) and abs(found - wanted) <= 1e-9 * max(1, abs(wanted))
        if not near and (found != wanted or isinstance(found, bool) != isinstance(wanted, bool)):
            faults.append(f'{name}: {json.dumps(found)}, expected {json.dumps(wanted)}')
    return faults


def run(binary, case, update):
    faults = []
    with open(f'{case}/cmd', encoding='utf8') as file:
        arguments = shlex.split(file.read())
    with tempfile.TemporaryDirectory() as scratch:
        if os.path.isdir(f'{case}/input'):
            shutil.copytree(f'{case}/input', f'{scratch}/input')
        os.mkdir(f'{scratch}/out')
        sink = read(f'{case}/stdout-to').decode().strip() if os.path.exists(f'{case}/stdout-to') else None
        target = open(sink, 'wb') if sink else subprocess.PIPE
        try:
            done = subprocess.run([binary, *arguments], cwd=scratch, stdout=target, stderr=subprocess.PIPE, timeout=TIMEOUT_S,
                                  env={**os.environ, **ENVIRONMENT}, check=False)
        except subprocess.TimeoutExpired:
            return [f'no answer in {TIMEOUT_S} s']
        finally:
            if sink:
                target.close()
        status_file = f'{case}/exit'
        status = int(read(status_file)) if os.path.exists(status_file) else 0
        if done.returncode != status:
            if update and done.returncode >= 0:
                with open(status_file, 'w', encoding='utf8') as file:
                    file.write(f'{done.returncode}\n')
            else:
                faults.append(f'exit {done.returncode}, expected {status}: {done.stderr.decode("utf8", "replace")[:2000]}')
        pairs = expected_files(case)
        figures = f'{case}/figures'
        if os.path.exists(figures) and os.path.exists(f'{scratch}/out/report.json'):
            faults += wrong_figures(figures, json.loads(read(f'{scratch}/out/report.json')))
        elif os.path.exists(figures):
            faults.append('out/report.json was not written')
        elif not pairs and not update:
            return faults + ['the case expects nothing; --update writes its stdout']
        if update and not os.path.exists(figures) and not any(kind == 'stdout' for kind, _ in pairs):
            pairs.append(('stdout', f'{case}/stdout'))
        for kind, path in pairs:
            found = f'{scratch}/{kind}'
            got = done.stdout if kind == 'stdout' else done.stderr if kind == 'stderr' else \
                read(found) if os.path.exists(found) else None
            if got is None:
                faults.append(f'{kind} was not written')
            elif update:
                with open(path, 'wb') as file:
                    file.write(got)
            elif got != read(path):
                faults.append(f'{kind} differs\n{difference(kind, read(path), got)}')
    return faults


def main(arguments):
    update = None
    if arguments[:1] == ['--update']:
        update, arguments = arguments[1:2], arguments[2:]
    if not arguments or update == []:
        sys.exit(__doc__)
    binary = os.path.abspath(arguments[0])
    names = sorted(n for n in os.listdir(HERE) if os.path.exists(f'{HERE}/{n}/cmd'))
    picked = arguments[1:] or (update if update and update != ['all'] else names)
    failed = 0
    for name in picked:
        if not re.fullmatch(r'[\w.-]+', name) or name not in names:
            sys.exit(f'there is no case {name}; cases: {", ".join(names)}')
        faults = run(binary, f'{HERE}/{name}', bool(update) and update[0] in (name, 'all'))
        failed += bool(faults)
        for fault in faults:
            print(f'{name}: {fault}')
    print(f'{len(picked) - failed} passed, {failed} failed')
    return failed > 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
