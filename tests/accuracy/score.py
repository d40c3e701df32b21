#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs the program over scenarios with known truth and says how near it came.

Usage: score.py BINARY [--quick] [--family NAME[:FIRST..LAST]]... [--wrong] [--markdown FILE] [--jobs N]

--quick takes some seeds of each family and lower thresholds, since few events make coarse shares. --wrong lists every miss,
invention and edge outside its bounds. --markdown puts the tables between the marks in FILE. Exit status 1 where a figure that
must hold does not."""
import argparse
import collections
import concurrent.futures
import json
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import scenarios  # noqa: E402
import tables  # noqa: E402
from logs import instant  # noqa: E402
from measures import Tally, overlap  # noqa: E402

QUICK_SHARE = 0.12
TIMEOUT_S = 300


def run(program, folder, config):
    command = [program, 'report', '-q', '-j', '1', '-o', 'out', '--outputs', 'json']
    command += ['-c', 'incident.yaml'] if config else []
    inputs = sorted(f for f in os.listdir(folder) if f not in ('truth.json', 'incident.yaml'))
    environment = dict(os.environ, SOURCE_DATE_EPOCH='1767225600', TZ='UTC', LC_ALL='C')
    done = subprocess.run(command + inputs, cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True,
                          timeout=TIMEOUT_S, check=False)
    if done.returncode != 0:
        raise RuntimeError(f'exit status {done.returncode} of {" ".join(command)}\n{done.stderr.decode("utf-8", "replace")}')
    with open(os.path.join(folder, 'out', 'report.json'), encoding='utf-8') as file:
        return json.load(file)


def windows_of(report, states):
    """Confirmed windows, with instants as numbers; one that goes on ends with the period."""
    result = []
    for w in report['windows']:
        if 'blip' in w['flags'] or w['state'] not in states:
            continue
        row = {k: w[k] for k in ('service', 'vantage', 'signal', 'state', 'flags', 'likely_ms')}
        row['start'], row['end'] = instant(w['start']), instant(w['end'] or report['period']['end'])
        row['bounds'] = {'start': (instant(w['start_after']), instant(w['start_by'])),
                         'end': (instant(w['end_after']), instant(w['end_by']))}
        result.append(row)
    return result


def rate_class(truth):
    return {0.5: '0.5/s', 2: '2/s', 10: '10/s'}.get(truth['rate'], '>= 50/s')


def tally_signal(truth, windows, signal, where):
    """One Tally of all series of that signal."""
    tally = Tally()
    events = [e for e in truth['events'] if e['signal'] == signal]
    mine = [w for w in windows if w['signal'] == signal and w['state'] in ('down', 'surge', 'degraded')]
    for key in sorted({(x['service'], x['vantage']) for x in events + mine}):
        of_key = lambda rows: [x for x in rows if (x['service'], x['vantage']) == key]  # noqa: E731
        tally.series(of_key(events), of_key(mine), truth['interval'], truth['period'], f'{where} {signal} {" ".join(key)}')
    return tally


def told_as_outage(report, incident, event):
    """Does the incident have a window of this outage?"""
    for w in (report['windows'][k] for k in incident['windows']):
        span = {'start': instant(w['start']), 'end': instant(w['end'] or report['period']['end'])}
        if w['service'] == event['service'] and overlap(span, event):
            return True
    return False


def extras(truth, report, windows):
    """Figures that are no matter of single windows."""
    found = collections.Counter()
    outages = [i for i in report['incidents'] if i['kind'] != 'maintenance']
    if truth['family'] == 'quiet':
        found['quiet scenarios'] += 1
        found['quiet scenarios with an incident'] += bool(outages)
    for vantage, start, end in truth.get('faults', ()):
        span = {'start': start, 'end': end}
        others = [e for e in truth['events'] if e['signal'] == 'service' and overlap(e, span)]
        for w in windows:
            if w['signal'] == 'probe' and w['vantage'] == vantage and overlap(w, span) and not others:
                found['windows of a vantage at fault, without another outage'] += 1
                found['of them flagged'] += 'vantage-fault' in w['flags']
        found['faults without another outage'] += not others
        found['of them no incident'] += not others and not any(
            w['signal'] == 'service' and w['state'] in ('down', 'partial') and overlap(w, span) for w in windows)
    for e in truth['events']:
        if e['signal'] == 'probe' and truth['family'] == 'partial' and e['counts']:
            found['outages at a minority'] += 1
            found['of them partial'] += any(w['state'] == 'partial' and w['service'] == e['service'] and overlap(w, e) for w in windows)
        if e['signal'] == 'service' and e['planned'] and e['counts']:
            found['planned outages'] += 1
            found['of them without an incident'] += not any(told_as_outage(report, i, e) for i in outages)
        if e['signal'] == 'probe' and e['open'] and e['counts']:
            hits = [w for w in windows if w['signal'] == 'probe' and (w['service'], w['vantage']) ==
                    (e['service'], e['vantage']) and overlap(w, e)]
            found['outages open at the end'] += 1
            found['of them ongoing'] += any({'ongoing', 'end-unobserved'} & set(w['flags']) for w in hits)
    return found


def judge(job):
    """(family, tallies by kind, extras, pairs of jumps, onsets) of one scenario."""
    program, family, seed = job
    with tempfile.TemporaryDirectory(prefix='downspan-acc-') as folder:
        truth = scenarios.make(family, seed, folder)
        report = run(program, folder, truth['config'])
    windows = windows_of(report, ('down', 'surge', 'partial') + (('degraded',) if family == 'slow' else ()))
    where = f'{family} {seed}'
    tallies = {}
    signals = {e['signal'] for e in truth['events']} | {w['signal'] for w in windows if w['signal'] != 'service'}
    signals |= {'service'} if truth['config'] else set()
    for signal in sorted(signals - {'monitor'}):
        kind = f'request {rate_class(truth)}' if signal == 'request' else signal
        tallies[kind] = tally_signal(truth, windows, signal, where)
    if family == 'many' and 'service' in tallies:
        tallies[f'service, {truth["vantages"]} vantage{"s" if truth["vantages"] > 1 else ""}'] = tallies['service']
    found = extras(truth, report, windows)
    for e in truth['events']:
        if e['signal'] == 'request' and not e['vanish']:
            hit = any(w['signal'] == 'request' and overlap(w, e) for w in windows)
            found[f'jumps at {rate_class(truth)}'] += 1
            found[f'jumps found at {rate_class(truth)}'] += hit
    return family, tallies, found


def jobs_of(args):
    chosen = args.family or list(scenarios.FAMILIES)
    for word in chosen:
        name, _, seeds = word.partition(':')
        count = scenarios.FAMILIES[name][1]
        first = 0 if args.quick else scenarios.FIRST.get(name, 0)
        last = first + (max(3, int(count * QUICK_SHARE)) if args.quick else count)
        if seeds:
            first, last = (int(x) for x in seeds.split('..'))
        for seed in range(first, last):
            yield os.path.abspath(args.binary), name, seed


def main():
    parser = argparse.ArgumentParser(description='Scores the program on scenarios with known truth.')
    parser.add_argument('binary')
    parser.add_argument('--quick', action='store_true')
    parser.add_argument('--family', action='append')
    parser.add_argument('--wrong', action='store_true')
    parser.add_argument('--markdown')
    parser.add_argument('--jobs', type=int, default=os.cpu_count())
    args = parser.parse_args()
    result = collections.defaultdict(lambda: collections.defaultdict(Tally))
    found, jobs = collections.Counter(), list(jobs_of(args))
    with concurrent.futures.ProcessPoolExecutor(args.jobs) as pool:
        for family, tallies, some in pool.map(judge, jobs, chunksize=1):
            found.update(some)
            for kind, tally in tallies.items():
                result[family][kind].add(tally)
    for family in result.values():
        for tally in family.values():
            if args.wrong:
                print('\n'.join(tally.wrong))
    figures = {family: {kind: t.figures() for kind, t in kinds.items()} for family, kinds in result.items()}
    goals = tables.goals(figures, found, args.quick)
    text = tables.text(figures, found, goals, len(jobs))
    print(text)
    if args.markdown:
        tables.put(args.markdown, text)
    sys.exit(0 if all(g.met for g in goals) else 1)


if __name__ == '__main__':
    main()
