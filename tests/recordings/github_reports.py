# SPDX-License-Identifier: MIT
"""github_reports.py BINARY: user reports about GitHub over 16 months in slots of 20 minutes, against the operator's own list of incidents.

Neither side is the truth: three quarters of the operator's incidents drew fewer than three reports a slot, and many a crowd of users has no entry in
the operator's list. So recall has a ceiling (printed: the share of incidents with a slot of at least three reports within an hour of them), and what
is measured here is how near the surges come to it. A surge and an incident match when they are at most an hour apart. Only surges
within the span of the operator's list can be judged."""
import csv, datetime, gzip, os

from common import Verdict, binary, corpus, instant, run_report

HOUR = 3600_000
REPORTS = 'user-reports/outagereport-github-20min.csv.gz'
INCIDENTS = 'statuspage/github-incidents-2019-20.csv'


def operator(path):
    with open(path, encoding='utf8') as file:
        return sorted((int(row['event_start_time']) * 1000, int(row['event_end_time']) * 1000) for row in csv.DictReader(file))


def near(a, b):
    return a[0] <= b[1] + HOUR and b[0] <= a[1] + HOUR


def slots(path):
    """(start, end) of every slot with at least three reports; a slot told twice: the larger."""
    most = {}
    with gzip.open(path, 'rt', encoding='utf8') as file:
        for row in csv.DictReader(file):
            start = int(row['event_time']) * 1000
            most[start] = max(most.get(start, 0), int(row['reports']))
    return [(start, start + 20 * 60_000) for start, count in most.items() if count >= 3]


def day(millis):
    return f'{datetime.datetime.fromtimestamp(millis // 1000, datetime.timezone.utc):%Y-%m-%d %H:%M}'


def score(surges, incidents):
    right = [s for s in surges if any(near(s, i) for i in incidents)]
    found = [i for i in incidents if any(near(s, i) for s in surges)]
    return len(right) / len(surges), len(found) / len(incidents)


def main():
    program, folder = binary(), corpus()
    verdict = Verdict()
    incidents = operator(os.path.join(folder, INCIDENTS))
    told = (incidents[0][0], max(i[1] for i in incidents))
    report = run_report(program, [REPORTS], (), folder)
    weak = {(w['start'], w['service']) for w in report['windows'] if w['signal'] == 'report' and 'weak' in w['flags']}
    surges = [(instant(s['start']), instant(s['end'] or report['period']['end']), (s['start'], s['service']) in weak)
              for s in report['surges']]
    surges = [s for s in surges if near(s, told)]
    firm = [s for s in surges if not s[2]]
    ceiling = sum(any(near(s, i) for s in slots(os.path.join(folder, REPORTS))) for i in incidents) / len(incidents)
    print(f' {len(incidents)} incidents by the operator; {ceiling:.3f} of them drew three reports in a slot')
    for what, chosen, least in (('all surges', surges, (0.53, 0.23)), ('without weak ones', firm, (0.6, 0.2))):
        precision, recall = score(chosen, incidents)
        verdict.check(precision >= least[0] and recall >= least[1],
                      f'{what}: {len(chosen)}, precision {precision:.3f}, recall {recall:.3f} (held: {least[0]}, {least[1]})')
    for s in surges:
        if not any(near(s, i) for i in incidents):
            print(f'  no word of the operator about the surge of {day(s[0])} to {day(s[1])}{" (weak)" if s[2] else ""}')
    verdict.exit()


if __name__ == '__main__':
    main()
