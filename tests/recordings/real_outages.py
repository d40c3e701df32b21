# SPDX-License-Identifier: MIT
"""real_outages.py BINARY: counts of user reports of outages that happened, in slots of 20 minutes over two to three weeks.

Each outage that the press told of is one incident of its services with shared fate, its edges within a slot of what a
person reads off the counts; one that was going on when the data begin is told so. Other surges of these weeks are real too
(people complained), but nobody wrote down why: they are counted and printed, not judged.

Then the 18 months of WhatsApp, where a slot usually holds 0 to 3 reports. A person who looks at the curve draws every spike of
forty reports or more, the four largest before all, and nothing where no slot has ten."""
import csv
import lzma
import os

from common import Verdict, binary, clock, corpus, instant, run_report

SLOT_MS = 20 * 60 * 1000


class Outage:
    """Edges read off the counts by hand (real-outages/README.md): the slot in which it begins, and when it is over."""

    def __init__(self, what, start, end, services, flags=(), peaks=None):
        self.what, self.start, self.end = what, instant(start), [instant(e) for e in end]
        self.services, self.flags, self.peaks = services, set(flags), peaks or {}


FILES = {
    'reports-2019-07-03.csv.gz': [
        Outage('media could not be sent or loaded', '2019-07-03T13:40:00Z', ('2019-07-03T22:20:00Z', '2019-07-03T23:20:00Z'),
               {'whatsapp', 'instagram', 'facebook'},
               peaks={'whatsapp': ('2019-07-03T14:40:00Z', 367), 'instagram': ('2019-07-03T18:20:00Z', 1053)}),
    ],
    'reports-2019-04-14.csv.gz': [
        Outage('unreachable from about 10:30 for two to three hours; the data begin at 11:20', '2019-04-14T11:20:00Z',
               ('2019-04-14T12:30:00Z', '2019-04-14T13:30:00Z'), {'whatsapp', 'instagram', 'facebook'}, ['started-before']),
    ],
    'reports-2020-04-01.csv.gz': [
        Outage('a short one', '2020-03-20T18:40:00Z', ('2020-03-20T19:00:00Z', '2020-03-20T19:20:00Z'), {'whatsapp', 'instagram'}),
        Outage('trouble in the evening', '2020-04-01T21:00:00Z', ('2020-04-01T21:40:00Z', '2020-04-01T22:00:00Z'),
               {'whatsapp', 'instagram'}, peaks={'whatsapp': ('2020-04-01T21:20:00Z', 248), 'instagram': ('2020-04-01T21:20:00Z', 617)}),
    ],
}


def one_outage(verdict, report, outage):
    print(f' {outage.what}')
    near = [i for i in report['incidents'] if abs(instant(i['start']) - outage.start) <= SLOT_MS and
            outage.services & set(i['services'])]
    verdict.check(len(near) == 1, f'{len(near)} incident begins within a slot of {clock(outage.start)}')
    for incident in near[:1]:
        end = instant(incident['end'])
        verdict.check(outage.end[0] - SLOT_MS <= end <= outage.end[1] + SLOT_MS,
                      f'  ends {clock(end)}, read off: {clock(outage.end[0])} to {clock(outage.end[1])}')
        verdict.check(outage.services <= set(incident['services']), f'  of {", ".join(incident["services"])}')
        verdict.check(incident['shared_fate'] and incident['kind'] == 'reported', '  shared fate, known from users only')
        verdict.check(set(incident['flags']) == outage.flags, f'  flags: {" ".join(incident["flags"]) or "none"}')
    for service, (slot, reports) in outage.peaks.items():
        rows = [s for s in report['surges'] if s['service'] == service and s['peak'][:16] == slot[:16]]
        verdict.check([s['peak_reports'] for s in rows] == [reports], f'  peak of {service}: {[s["peak_reports"] for s in rows]}')


MONTHS = 'user-reports/outagereport-whatsapp-20min.csv.xz'
LARGEST = ('2019-04-14', '2019-07-03', '2020-01-19', '2020-07-14')  # read off the curve
SPIKE, NOTHING = 40, 10  # reports in a slot


def slots_of(path):
    """start of slot -> reports; a slot told twice: the larger."""
    most = {}
    with lzma.open(path, 'rt', encoding='utf-8') as file:
        for row in csv.DictReader(file):
            start = int(row['event_time']) * 1000
            most[start] = max(most.get(start, 0), int(row['reports']))
    return most


def months(verdict, program, folder):
    print(f'\n{MONTHS}')
    report = run_report(program, [MONTHS], (), folder)
    slots = slots_of(os.path.join(folder, MONTHS))
    weak = {w['start'] for w in report['windows'] if w['signal'] == 'report' and 'weak' in w['flags']}
    firm = [s for s in report['surges'] if s['start'] not in weak]
    spans = [(instant(s['start']), instant(s['end'] or report['period']['end'])) for s in firm]
    largest = sorted(firm, key=lambda s: -s['reports'])[:4]
    verdict.check(sorted(s['start'][:10] for s in largest) == sorted(LARGEST), f' the largest: {", ".join(s["start"][:16] for s in largest)}')
    # The last slots of a large outage, when it is fading, may lie behind its end.
    missed = [t for t, n in slots.items() if n >= SPIKE and not any(a - SLOT_MS <= t < b + 2 * SLOT_MS for a, b in spans)]
    verdict.check(not missed, f' slots of {SPIKE} reports or more outside of all firm surges: {len(missed)}')
    flat = [s['start'] for s, (a, b) in zip(firm, spans) if max(n for t, n in slots.items() if a <= t < b) < NOTHING]
    verdict.check(not flat, f' firm surges without a slot of {NOTHING} reports: {flat}')
    print(f' {len(report["surges"])} surges, {len(firm)} firm: {" ".join(s["start"][:10] for s in firm)}')


def main():
    program, folder = binary(), corpus()
    verdict = Verdict()
    months(verdict, program, folder)
    for name, outages in FILES.items():
        print(f'\n{name}')
        report = run_report(program, [f'real-outages/{name}'], (), folder)
        shared = [i for i in report['incidents'] if i['shared_fate']]
        print(f' {len(report["incidents"])} incidents, {len(shared)} with shared fate, {len(report["surges"])} surges')
        for outage in outages:
            one_outage(verdict, report, outage)
    verdict.exit()


if __name__ == '__main__':
    main()
