#!/usr/bin/env python3
"""Times the binary beside zcat on the same file. Usage: compare.py BINARY LINES FOLDER"""
import os, resource, subprocess, sys, time

ROUNDS = 5


def timed(command):
    start, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, shell=True, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.monotonic() - start, after.ru_utime - before.ru_utime


def peak(binary, path):
    """Peak resident memory in MB of one run, told by a child of its own so that other children do not count."""
    code = ('import os, resource, subprocess, sys; subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True); '
            'print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)')
    out = subprocess.run([sys.executable, '-c', code, binary, 'windows', path], stdout=subprocess.PIPE, check=True)
    return int(out.stdout) / 1024


def main(binary, lines, folder):
    generate = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'generate.py')
    print(f'{"file":<8} {"lines":>10} {"zcat|wc":>9} {"downspan":>9} {"ratio":>6} {"user":>7} {"peak MB":>8}')
    for kind in ('probes', 'access'):
        path = os.path.join(folder, f'{kind}-{lines}.gz')
        if not os.path.exists(path):
            subprocess.run([sys.executable, generate, kind, lines, path], check=True)
        pairs = [(timed(f'zcat {path} | wc -l'), timed(f'{binary} windows {path}')) for _ in range(ROUNDS)]
        zcat, own = min(p[0][0] for p in pairs), min(p[1][0] for p in pairs)
        user = min(p[1][1] for p in pairs)
        print(f'{kind:<8} {int(lines):>10,} {zcat:>8.2f}s {own:>8.2f}s {own / zcat:>6.2f} {user:>6.2f}s {peak(binary, path):>8.1f}')


if __name__ == '__main__':
    main(*sys.argv[1:])
