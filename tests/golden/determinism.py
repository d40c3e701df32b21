#!/usr/bin/env python3
"""determinism.py BINARY [SAMPLE_FOLDER]: the same bytes whatever the threads and the order of the inputs.

Runs `report` and `windows` over a sample with one and with several threads, and with its logs named forwards, backwards,
from the middle on, as a folder and as a pattern; the md5 of every file that was written (the workbook as well) and of
what was printed must not change. SOURCE_DATE_EPOCH is set, so that nothing has a reason to."""
import hashlib
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
SAMPLE = os.path.join(HERE, '..', '..', 'samples', 'social-apps-outage')
TIMEOUT_S = 300


def logs_below(folder):
    return sorted(os.path.relpath(os.path.join(at, name), folder)
                  for at, _, names in os.walk(os.path.join(folder, 'logs')) for name in names)


def md5(data):
    return hashlib.md5(data).hexdigest()


def call(binary, arguments, zone):
    environment = {**os.environ, 'SOURCE_DATE_EPOCH': '1767225600', 'TZ': zone, 'NO_COLOR': '1'}
    done = subprocess.run([binary, *arguments], capture_output=True, timeout=TIMEOUT_S, env=environment, check=False)
    if done.returncode:
        sys.exit(f'{" ".join(arguments)}\nexit {done.returncode}: {done.stderr.decode("utf8", "replace")}')
    return done.stdout


def sums(binary, paths, threads, zone):
    """File -> md5 of all that one way of running gives."""
    found = {}
    with tempfile.TemporaryDirectory() as out:
        common = ['-q', '-c', 'incident.yaml', '-j', str(threads)]
        call(binary, ['report', *common, '-o', out, *paths], zone)
        for at, _, names in os.walk(out):
            for name in names:
                path = os.path.join(at, name)
                with open(path, 'rb') as file:
                    found[os.path.relpath(path, out)] = md5(file.read())
        found['windows --json'] = md5(call(binary, ['windows', *common, '--json', *paths], zone))
    return found


def main(arguments):
    if not 1 <= len(arguments) <= 2:
        sys.exit(__doc__)
    binary = os.path.abspath(arguments[0])
    os.chdir(arguments[1] if len(arguments) == 2 else SAMPLE)
    logs = logs_below('.')
    middle = len(logs) // 2
    ways = [('forwards, one thread', logs, 1, 'UTC'),
            ('forwards, two threads', logs, 2, 'UTC'),
            ('backwards, one thread', logs[::-1], 1, 'Asia/Tokyo'),
            ('backwards, two threads', logs[::-1], 2, 'America/New_York'),
            ('from the middle on, four threads', logs[middle:] + logs[:middle], 4, 'UTC'),
            ('the folder, two threads', ['logs'], 2, 'UTC'),
            ('two patterns, one thread', ['logs/[m-z]*', 'logs/[!m-z]*'], 1, 'UTC')]
    first, failed = None, 0
    for name, paths, threads, zone in ways:
        found = sums(binary, paths, threads, zone)
        first = first or found
        for file in sorted(first.keys() | found.keys()):
            if first.get(file) != found.get(file):
                failed += 1
                print(f'{name}: {file} is not that of "{ways[0][0]}"')
    print(f'{len(ways)} ways of running, {len(first)} outputs each, {failed} differ')
    return failed > 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
