# SPDX-License-Identifier: MIT
"""What the tests in this folder share: where the recordings are, one run of the program, instants, bands of windows.

A band is what a reader of a report would call one outage: windows of one series that overlap or touch (down inside
degraded, degraded before down), with the bounds of its outer edges."""
import datetime
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
SAMPLES = os.path.join(ROOT, 'samples')
SKIP = 77
TIMEOUT_S = 120


def corpus():
    """The folder of recordings, or the end of this test as skipped."""
    shared = os.environ.get('DOWNSPAN_SHARED') or os.path.join(os.path.dirname(ROOT), 'shared')
    folder = os.path.join(shared, 'corpus')
    if not os.path.isdir(folder):
        print(f'skipped: there is no folder {folder}')
        sys.exit(SKIP)
    return folder


def binary():
    if len(sys.argv) < 2:
        sys.exit(f'usage: {os.path.basename(sys.argv[0])} BINARY')
    return os.path.abspath(sys.argv[1])


def run_report(program, inputs, options=(), folder=None):
    """report.json of one run, as Python values. Inputs and a -c option may be relative to `folder`."""
    with tempfile.TemporaryDirectory(prefix='downspan-rec-') as out:
        command = [program, 'report', '-q', '-o', out, '--outputs', 'json', *options, *inputs]
        environment = dict(os.environ, SOURCE_DATE_EPOCH='1767225600', TZ='UTC', LC_ALL='C')
        done = subprocess.run(command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True,
                              timeout=TIMEOUT_S, check=False)
        if done.returncode != 0:
            text = done.stderr.decode('utf-8', 'replace')
            raise RuntimeError(f'exit status {done.returncode} of {" ".join(command)}\n{text}')
        with open(os.path.join(out, 'report.json'), encoding='utf-8') as file:
            return json.load(file)


def instant(text):
    """Milliseconds since 1970 of an RFC 3339 time in UTC; None for None."""
    if text is None:
        return None
    value = datetime.datetime.fromisoformat(text.replace('Z', '+00:00'))
    epoch = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
    return (value - epoch) // datetime.timedelta(milliseconds=1)


def clock(millis):
    """HH:MM:SS.mmm, for people."""
    if millis is None:
        return 'open'
    value = datetime.datetime.fromtimestamp(millis // 1000, datetime.timezone.utc)
    return f'{value:%H:%M:%S}.{millis % 1000:03d}'


class Band:
    """One outage of a series: its span and the intervals that its true edges lie in."""

    def __init__(self, window):
        self.service = window['service']
        self.vantage = window['vantage']
        self.start, self.end = instant(window['start']), instant(window['end'])
        self.start_lo = instant(window['start_after'])
        self.start_hi = instant(window['start_by'])
        self.end_lo = instant(window['end_after'])
        self.end_hi = instant(window['end_by'])
        # Transitions of a monitor have no bounds: the edge itself is all there is, and the check's allowance is added to it.
        self.start_lo = self.start if self.start_lo is None else self.start_lo
        self.start_hi = self.start if self.start_hi is None else self.start_hi
        self.end_lo = self.end if self.end_lo is None else self.end_lo
        self.end_hi = self.end if self.end_hi is None else self.end_hi
        self.states = [window['state'] + (' blip' if 'blip' in window['flags'] else '')]
        self.flags = set(window['flags'])

    def touches(self, other):
        return self.end is None or other.start <= self.end

    def join(self, other):
        """Takes in a window that begins inside this one or where it ends."""
        if other.start == self.start:
            self.start_lo = max(self.start_lo, other.start_lo)
            self.start_hi = min(self.start_hi, other.start_hi)
        if self.end is not None and (other.end is None or other.end > self.end):
            self.end, self.end_lo, self.end_hi = other.end, other.end_lo, other.end_hi
        self.states += other.states
        self.flags |= other.flags

    def __str__(self):
        return f'{clock(self.start)} to {clock(self.end)} {"+".join(self.states)}'


def bands(report, signals, joined=True):
    """Bands by (service, check) of the series-level windows of some signals, in time order."""
    found = {}
    rows = [w for w in report['windows'] if w['signal'] in signals and w['state'] != 'unknown']
    for window in sorted(rows, key=lambda w: (w['start'], w['state'] != 'degraded')):
        row = found.setdefault((window['service'], window['check']), [])
        band = Band(window)
        if joined and row and row[-1].touches(band):
            row[-1].join(band)
        else:
            row.append(band)
    return found


class Verdict:
    """Counts what was held against the truth and prints what does not hold."""

    def __init__(self):
        self.faults = 0
        self.held = 0
        self.explained = 0

    def ok(self, text):
        self.held += 1
        print(f'  ok    {text}')

    def why(self, text, reason):
        self.explained += 1
        print(f'  why   {text}\n        {reason}')

    def fail(self, text):
        self.faults += 1
        print(f'  FAIL  {text}')

    def check(self, holds, text):
        if holds:
            self.ok(text)
        else:
            self.fail(text)

    def exit(self):
        print(f'\n{self.held} hold, {self.explained} explained, {self.faults} fail')
        sys.exit(1 if self.faults else 0)
