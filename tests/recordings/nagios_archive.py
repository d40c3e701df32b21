# SPDX-License-Identifier: MIT
"""nagios_archive.py BINARY: seconds per state of Nagios archives and worked cases of availability, as others reckon them.

The archives are the test logs of a published availability library with the seconds it must give. It lets the last state of
a log hold to the end of the query; downspan lets it hold to the last dated line (docs/semantics.md, Transitions). So a state
line of another host, as each new archive begins with, is put at the end of the query; without it, all after the last line is
unknown, which is looked at too. Where the two differ for another reason the table says why."""
import datetime
import json
import os
import tempfile

from common import Verdict, binary, corpus, instant, run_report

LAST = '[{}] CURRENT HOST STATE: another;UP;HARD;1;\n'

# (case, object; '*' for all): why ours is another figure, and what it must be then: (up, degraded, down, unknown) s.
STOPPED = 'the monitor was stopped for 73 s (1264194669): theirs lets states hold over that, ours is unknown until a state is told again'
RESTART = 'a restart of 5 s is no stop (below 30 s, and the states are kept over it)'
SOFT = ('theirs leaves soft states out and knows nothing before the first hard one; ours knows of WARNING;SOFT at 1264111946, which never '
        'hardened and ended in UNKNOWN at 1264112006: a blip of 60 s, up in the sums')
WORKHOURS = ('theirs reckons within the report period "workhours", which the log tells by TIMEPERIOD TRANSITION; ours takes hours of service '
             'from its config alone')
DIFFERENT = {
    ('30-host_with_downtime', '*'): ((507250, 0, 0, 97550), RESTART),
    ('30-service_with_hostdowntimes', '*'): ((507250, 0, 0, 97550), RESTART),
    ('31-host_with_services', 'up'): ((79869, 0, 0, 524931), STOPPED),
    ('31-host_with_services', 'degraded'): ((0, 79869, 0, 524931), STOPPED),
    ('32-service', '*'): ((60, 0, 647, 85693), SOFT),
    ('35-timeperiods-workhours', '*'): ((230, 0, 70, 0), WORKHOURS),
    ('38-breakdown2', '*'): ((114560, 500, 4796, 85693), SOFT),
}
NOTHING = {
    '36-nologs': 'no log at all: theirs is told to take every state as up, ours has nothing to read and says so (exit 3)',
    '37-no_initial_log': 'a log that tells of no object: theirs is told to take every state as ok, ours measures nothing (exit 3)',
}


def utc(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime('%Y-%m-%dT%H:%M:%SZ')


def theirs(figures):
    up = figures.get('time_up', 0) + figures.get('time_ok', 0)
    down = figures.get('time_down', 0) + figures.get('time_unreachable', 0) + figures.get('time_critical', 0)
    unknown = sum(figures.get(f'time_{k}', 0) for k in ('unknown', 'indeterminate_nodata', 'indeterminate_notrunning'))
    return up, figures.get('time_warning', 0), down, unknown


def planned(figures):
    return sum(value for key, value in figures.items() if key.startswith('scheduled_time_'))


def ours(report):
    """Seconds (up, degraded, down, unknown) and of maintenance by service."""
    rows = {}
    for row in report['availability']:
        if row['signal'] == 'service':
            seconds = [row[key] / 1000 for key in ('up_ms', 'degraded_ms', 'down_ms', 'unknown_ms')]
            rows[row['service']] = tuple(int(s) if s == int(s) else s for s in seconds), row['maintenance_ms'] / 1000
    return rows


def objects(case):
    """Pairs of our name and their figures; a service is host/service."""
    expected = case['expected_seconds']
    for host, figures in expected['hosts'].items():
        yield host, figures
    for host, services in expected['services'].items():
        for service, figures in services.items():
            yield f'{host}/{service}', figures


def run(program, folder, lines, start, end, *options):
    path = os.path.join(folder, 'nagios.log')
    with open(path, 'w', encoding='utf-8') as file:
        file.write(lines)
    return ours(run_report(program, [path], ['--from', utc(start), '--to', utc(end), *options]))


def reason(name, figures):
    """Which entry of DIFFERENT speaks of this object, if one does."""
    up, degraded, _, unknown = theirs(figures)
    if name.startswith('31-') and not up and not degraded:
        return None
    state = 'up' if up else 'degraded' if degraded else 'none'
    return DIFFERENT.get((name, '*')) or DIFFERENT.get((name, state))


def one_case(verdict, program, folder, name, case):
    print(f'\n{name}')
    start, end = case['query']['start'], case['query']['end']
    with open(os.path.join(folder, case['log']), encoding='utf-8') as file:
        lines = file.read()
    closed = f'{lines.rstrip()}\n{LAST.format(end)}'
    with tempfile.TemporaryDirectory(prefix='downspan-rec-') as scratch:
        plain = run(program, scratch, closed, start, end, '--maintenance', 'ignore')
        honoured = run(program, scratch, closed, start, end)
        cut = run(program, scratch, lines, start, end, '--maintenance', 'ignore')
    last = max(int(line[1:line.index(']')]) for line in lines.splitlines() if line.startswith('['))
    for key, figures in objects(case):
        want, got = theirs(figures), plain.get(key, (None, 0))[0]
        expected = reason(name, figures)
        text = f'{key}: theirs {want}, ours {got} (up, degraded, down, unknown)'
        if got == want and not expected:
            verdict.ok(text)
        elif expected and got == expected[0]:
            verdict.why(text, expected[1])
        else:
            verdict.fail(f'{text}, expected {expected[0] if expected else "the same"}')
        seconds = honoured.get(key, (None, 0))[1]
        text = f'{key}: planned, theirs {planned(figures)}, ours {seconds:g}'
        if seconds != planned(figures):
            verdict.fail(text)
        elif planned(figures):
            verdict.ok(text)
        if key in cut:
            verdict.check(cut[key][0][3] >= end - max(last, start), f'{key}: without a last line {cut[key][0][3]} s are unknown')


def breakdown(verdict, program, folder, case):
    """Theirs by day; ours is one run a day."""
    with open(os.path.join(folder, case['log']), encoding='utf-8') as file:
        lines = f'{file.read().rstrip()}\n{LAST.format(case["query"]["end"])}'
    for key, figures in objects(case):
        for day, part in figures['breakdown'].items():
            with tempfile.TemporaryDirectory(prefix='downspan-rec-') as scratch:
                got = run(program, scratch, lines, part['timestamp'], part['timestamp'] + 86400)[key][0]
            verdict.check(got == theirs(part), f'{key} on {day}: theirs {theirs(part)}, ours {got}')


def soft_recovery(verdict, program, folder):
    """A recovery told as OK;SOFT after CRITICAL;HARD ends the outage (INDEX: 1301 s)."""
    print('\nissue-730: a recovery that is told SOFT only')
    report = run_report(program, [f'issue-730-nagios-02-0{day}-2020-00.log' for day in (6, 7)], (), folder)
    down = [w for w in report['windows'] if w['signal'] == 'service' and w['state'] == 'down' and w['end']]
    seconds = [(instant(w['end']) - instant(w['start'])) / 1000 for w in down]
    verdict.check(seconds == [1301], f'one outage of 1301 s: {seconds}')


def main():
    program, folder = binary(), os.path.join(corpus(), 'nagios-archive')
    with open(os.path.join(folder, 'expected.json'), encoding='utf-8') as file:
        cases = json.load(file)['cases']
    verdict = Verdict()
    for name, case in cases.items():
        if name in NOTHING:
            verdict.why(name, NOTHING[name])
            continue
        one_case(verdict, program, folder, name, case)
    breakdown(verdict, program, folder, cases['34-breakdown'])
    soft_recovery(verdict, program, folder)
    verdict.exit()


if __name__ == '__main__':
    main()
