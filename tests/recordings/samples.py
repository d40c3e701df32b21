# SPDX-License-Identifier: MIT
"""samples.py BINARY: the reports of the two sample incidents, held against the truth.json beside each."""
import json
import os

from common import SAMPLES, Band, Verdict, binary, clock, instant, run_report


def load(program, name):
    folder = os.path.join(SAMPLES, name)
    with open(os.path.join(folder, 'truth.json'), encoding='utf-8') as file:
        truth = json.load(file)
    return truth, run_report(program, ['logs'], ['-c', 'incident.yaml'], folder)


def one(verdict, rows, what):
    verdict.check(len(rows) == 1, f'{len(rows)} {what}, 1 expected')
    return rows[0] if rows else None


# ---- the made-up outage ----


def series_windows(report):
    """Windows of single vantages, without blips, by (service, vantage)."""
    found = {}
    for window in report['windows']:
        if window['signal'] == 'probe' and 'blip' not in window['flags']:
            found.setdefault((window['service'], window['vantage']), []).append(window)
    return found


def check_windows(verdict, truth, found):
    """Every true window is a window whose bounds hold both its edges, and no other is there but the vantage's fault."""
    for row in truth['windows']:
        start, end = instant(row['start']), instant(row['end'])
        bands = [(w, Band(w)) for w in found.get((row['service'], row['vantage']), [])]
        holding = [w for w, b in bands if b.start_lo < start <= b.start_hi and b.end_lo < end <= b.end_hi]
        verdict.check(len(holding) == 1, f'{row["service"]} {row["vantage"]} {clock(start)} to {clock(end)} is held by the bounds '
                      f'of {len(holding)} window')
        for window in holding:
            found[(row['service'], row['vantage'])].remove(window)
            verdict.check(not window['flags'], f'  flags: {" ".join(window["flags"]) or "none"}')


def check_vantage_fault(verdict, truth, found, services):
    fault = truth['vantage_fault']
    start, end = instant(fault['start']), instant(fault['end'])
    for service in services:
        rows = found.pop((service, fault['vantage']), [])
        window = one(verdict, rows, f'window of {service} at {fault["vantage"]} beside the outage')
        if window:
            band = Band(window)
            verdict.check('vantage-fault' in window['flags'], f'  {band} is flagged as a fault of the vantage')
            verdict.check(band.start_lo < start <= band.start_hi and band.end_lo < end <= band.end_hi,
                          f'  its bounds hold {clock(start)} to {clock(end)}')


def check_services_up(verdict, truth, report):
    for service in truth['services_up']:
        down = [w for w in report['windows'] if w['service'] == service and w['signal'] == 'service']
        verdict.check(not down, f'{service} has no outage ({len(down)})')
        row = one(verdict, [a for a in report['availability'] if a['service'] == service and a['signal'] == 'service'],
                  f'row of availability of {service}')
        if row:
            verdict.check(row['down_ms'] == 0 and row['partial_ms'] == 0, f'  down {row["down_ms"]} ms, partial {row["partial_ms"]} ms')


def check_verdict(verdict, truth, report):
    """The service is down while more than half of its five vantages are: between the third onset and the third recovery."""
    for service in ('WhatsApp', 'Instagram'):
        long = [w for w in truth['windows'] if w['service'] == service and instant(w['end']) - instant(w['start']) > 3600000]
        starts, ends = sorted(instant(w['start']) for w in long), sorted(instant(w['end']) for w in long)
        window = one(verdict, [w for w in report['windows'] if w['service'] == service and w['signal'] == 'service' and
                               w['state'] == 'down'], f'window of {service} down')
        if window:
            band = Band(window)
            # The bounds suppose one event seen by all; onsets are spread here, so the first one may be before them.
            verdict.check(starts[0] <= band.start <= starts[-1] + 60000, f'  begins {clock(band.start)}: onsets from {clock(starts[0])}')
            verdict.check(ends[0] <= band.end <= ends[-2] + 60000, f'  ends {clock(band.end)}: third recovery at {clock(ends[2])}')


def made_up(verdict, program):
    print('\nsocial-apps-outage')
    truth, report = load(program, 'social-apps-outage')
    incident = one(verdict, report['incidents'], 'incident')
    if incident:
        verdict.check(incident['services'] == ['Instagram', 'WhatsApp'] and incident['kind'] == 'outage', f'of {incident["services"]}')
        verdict.check(incident['shared_fate'], f'they share fate, onsets {incident["onset_spread_ms"]} ms apart')
        starts = [min(instant(w['start']) for w in truth['windows'] if w['service'] == s) for s in incident['services']]
        verdict.check(abs(incident['onset_spread_ms'] - abs(starts[0] - starts[1])) <= 30000,
                      f'  true onsets are {abs(starts[0] - starts[1])} ms apart')
        verdict.check(len(incident['vantages']) == 5, f'seen from {incident["vantages"]}')
    found = series_windows(report)
    check_windows(verdict, truth, found)
    check_vantage_fault(verdict, truth, found, ['WhatsApp', 'Instagram', *truth['services_up']])
    rest = [w for rows in found.values() for w in rows]
    verdict.check(not rest, f'no other windows but blips: {"; ".join(str(Band(w)) for w in rest) or "none"}')
    faulty = [a for a in report['agreement'] if a['fault']]
    verdict.check(not faulty, f'no vantage was at fault in the evening ({len(faulty)} rows of the agreement say so)')
    check_services_up(verdict, truth, report)
    check_verdict(verdict, truth, report)
    verdict.check([n['time'] for n in report['notices']] == truth['notices'], f'{len(report["notices"])} notices at their times')
    check_first(verdict, report, ['probe', 'report', 'notice'], instant(truth['notices'][0]))
    resolved = [r['time'] for r in report['responses'] if r['kind'] == 'resolved']
    verdict.check(resolved == truth['notices'][-1:], f'declared resolved {resolved}')


def check_first(verdict, report, order, first_notice):
    """Who saw it first, and by how much each was ahead of the first word."""
    rows = report['sightings']
    verdict.check([r['signal'] for r in rows] == order, f'seen in this order: {", ".join(r["signal"] for r in rows)}')
    for row in rows:
        verdict.check(row['lead_ms'] == first_notice - instant(row['first']),
                      f'  {row["signal"]} from {clock(instant(row["first"]))}, {row["lead_ms"]} ms ahead of the first word')


# ---- the real one ----


def check_peaks(verdict, truth, report):
    for service, peak in truth['peaks'].items():
        rows = [s for s in report['surges'] if s['service'] == service]
        surge = one(verdict, rows, f'surge of {service}')
        if surge:
            verdict.check(instant(surge['peak']) == instant(peak['slot']) and surge['peak_reports'] == peak['reports'],
                          f'  its peak: {surge["peak_reports"]} at {clock(instant(surge["peak"]))}')


def reported(verdict, program):
    print('\nsocial-apps-2019-07-03')
    truth, report = load(program, 'social-apps-2019-07-03')
    want = truth['incident']
    incident = one(verdict, report['incidents'], 'incident')
    if incident:
        services = incident['services']
        verdict.check(incident['kind'] == want['kind'], f'known from users only: {incident["kind"]}')
        verdict.check(set(want['services_in']) <= set(services), f'of {services}')
        verdict.check(not set(want['services_out']) & set(services), f'without {want["services_out"]}')
        verdict.check(incident['shared_fate'] == want['shared_fate'], 'they share fate')
        verdict.check(instant(incident['start']) == instant(want['onset_slot']), f'onset in the slot {clock(instant(incident["start"]))}')
        low, high = map(instant, want['end_between'])
        verdict.check(low <= instant(incident['end']) <= high, f'ends {clock(instant(incident["end"]))}')
    check_peaks(verdict, truth, report)
    out = [s['service'] for s in report['surges'] if s['service'] in want['services_out']]
    verdict.check(not out, f'no surge of {want["services_out"]}')
    check_first(verdict, report, ['report', 'notice'], instant(want['company_first_word']))
    lead = [r['lead_ms'] for r in report['sightings'] if r['signal'] == 'report']
    verdict.check(lead == [want['users_ahead_ms']], f'users were {lead} ms ahead of the company')


def main():
    program = binary()
    verdict = Verdict()
    made_up(verdict, program)
    reported(verdict, program)
    verdict.exit()


if __name__ == '__main__':
    main()
