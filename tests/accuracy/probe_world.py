# SPDX-License-Identifier: MIT
"""Services, vantages and the probes between them, with the truth beside them.

An outage belongs to a service and is seen from some vantages; each vantage may see it begin and end later. A probe fails when
it is sent within an outage or the outage begins before its answer is there. What else happens is told by `Traits`."""
import os
from dataclasses import dataclass, field

import logs

EPOCH = 1_767_225_600_000  # 2026-01-01T00:00:00Z
PERIODS = (1, 5, 10, 15, 30, 30, 60, 60, 60, 120, 300)  # seconds


@dataclass
class Traits:
    noise: float = 0.001  # share of probes that fail by themselves
    lone: float = 0.001  # share of probes in an outage that succeed all the same
    outages: tuple = (1, 3)  # of each service
    short: float = 0.25  # share of outages of half an interval to three
    gaps: bool = True  # lost probes, pauses of one series, silent vantages
    ends: float = 0.15  # chance of an outage still open at the end, and of one begun before the data
    stagger: float = 0  # intervals by which vantages see edges later, at most
    partial: bool = False  # outages seen from a minority only
    fault: bool = False  # a vantage loses its own network
    flap: bool = False  # outages in quick succession
    skew: int = 0  # ms by which clocks are wrong, at most, and not more than an interval; 0: 10 ms, as with NTP
    late: bool = False  # packets sent again 1 and 3 s later can still be answered
    long: bool = False  # outages of days
    many: bool = False  # short outages all the time, of four services
    formats: tuple = ('csv', 'csv', 'jsonl', 'blackbox.log')
    vantages: tuple = (1, 1, 2, 3, 3, 4, 5, 6)
    maintenance: float = 0.1


@dataclass
class Outage:
    start: int
    end: int
    planned: bool = False
    own: dict = field(default_factory=dict)  # vantage -> (start, end)


class World:
    def __init__(self, dice, traits):
        self.dice, self.traits = dice, traits
        self.period = (300 if traits.long else dice.choice(PERIODS)) * 1000
        self.services = [f's{i}.example.org' for i in range(3 if traits.fault else 4 if traits.many else dice.choice((1, 1, 2, 3, 4)))]
        n = max(3, dice.choice(traits.vantages)) if traits.fault or traits.partial else dice.choice(traits.vantages)
        self.vantages = [f'v{i}' for i in range(n)]
        count = 2000 if traits.long else 1500 if traits.many else max(200, min(700, 6000 // (len(self.services) * n)))
        self.start, self.end = EPOCH, EPOCH + count * self.period
        self.format = dice.choice(traits.formats)
        self.jitter = dice.choice((0, 0.02, 0.1))
        self.retry = self.period // 5 if self.period >= 10_000 and dice.random() < 0.3 else 0
        self.timeout = min(5000, int(self.period * dice.choice((0.3, 0.5, 0.8))))
        self.clock = {v: self.draw_clock() for v in self.vantages}
        self.outages = {s: self.draw_outages() for s in self.services}
        self.faults = self.draw_faults() if traits.fault else {}
        self.silent = {(s, v): self.draw_silences() for s in self.services for v in self.vantages}
        if traits.gaps and dice.random() < 0.2:  # the whole station is away
            self.silence_vantage(dice.choice(self.vantages))

    # Drawing ---------------------------------------------------------------------------------------------------------

    def draw_clock(self):
        most = min(self.traits.skew, self.period) or 10
        return self.dice.uniform(-most, most), self.dice.uniform(-50e-6, 50e-6) if self.traits.skew else 0

    def draw_length(self):
        dice = self.dice
        if self.traits.long:
            return int(dice.uniform(0.5, 3) * 86_400_000)
        if dice.random() < self.traits.short:
            return int(dice.uniform(0.5, 3) * self.period)
        return int(dice.choice((dice.uniform(3.05, 6), dice.uniform(6, 15), dice.uniform(15, 60))) * self.period)

    def draw_outages(self):
        """Apart by twelve intervals at least, so that each is one event for every reader."""
        dice, room, result = self.dice, 12 * self.period, []
        if self.traits.flap:
            return self.draw_in_a_row(dice.randint(3, 6), 3.1, 6)
        if self.traits.many:
            return self.draw_in_a_row(1000, 6, 9)
        for _ in range(dice.randint(*self.traits.outages)):
            for _ in range(20):
                start = dice.randrange(self.start + room, self.end - room)
                end = start + self.draw_length()
                if end < self.end - room and all(end + room < o.start or o.end + room < start for o in result):
                    result.append(Outage(start, end))
                    break
        planned = [o for o in result if o.end - o.start > 4 * self.period]
        if planned and dice.random() < self.traits.maintenance:
            planned[0].planned = True
        last = max([o.end for o in result] + [self.start])
        first = min([o.start for o in result] + [self.end])
        if dice.random() < self.traits.ends and last < self.end - 50 * self.period:
            result.append(Outage(self.end - int(dice.uniform(3.1, 25) * self.period), self.end + self.period * 100))
        if dice.random() < self.traits.ends and first > self.start + 50 * self.period:
            result.append(Outage(self.start - self.period * 100, self.start + int(dice.uniform(3.1, 25) * self.period)))
        for outage in result:
            self.spread(outage)
        return sorted(result, key=lambda o: o.start)

    def draw_in_a_row(self, count, least, most):
        """Outages of three to eight intervals with so many between them."""
        dice, result, at = self.dice, [], self.start + 30 * self.period
        while len(result) < count and at < self.end - 30 * self.period:
            end = at + int(dice.uniform(3.1, 8) * self.period)
            result.append(Outage(at, end))
            self.spread(result[-1])
            at = end + int(dice.uniform(least, most) * self.period)
        return result

    def spread(self, outage):
        dice, traits = self.dice, self.traits
        seen = self.vantages
        if traits.partial:
            seen = dice.sample(self.vantages, dice.randint(1, (len(self.vantages) - 1) // 2))
        most = int(traits.stagger * self.period)
        for v in seen:
            outage.own[v] = (outage.start + dice.randint(0, most), outage.end + dice.randint(0, most))

    def draw_faults(self):
        start = self.dice.randrange(self.start + 20 * self.period, self.end - 60 * self.period)
        return {self.dice.choice(self.vantages): (start, start + int(self.dice.uniform(3.1, 30) * self.period))}

    def draw_silences(self):
        if not self.traits.gaps or self.dice.random() > 0.3:
            return []
        start = self.dice.randrange(self.start, self.end)
        return [(start, start + int(self.dice.uniform(1, 20) * self.period))]

    def silence_vantage(self, vantage):
        start = self.dice.randrange(self.start, self.end)
        end = start + int(self.dice.uniform(5, 40) * self.period)
        for s in self.services:
            self.silent[s, vantage].append((start, end))

    # Probing ---------------------------------------------------------------------------------------------------------

    def down(self, service, vantage):
        """Sorted spans in which the vantage cannot reach the service."""
        spans = [o.own[vantage] for o in self.outages[service] if vantage in o.own]
        spans += [self.faults[vantage]] if vantage in self.faults else []
        return unite(spans)

    def outcome(self, spans, t, hard):
        """(up, duration, reason) of a probe sent at t. hard: refused at once; otherwise it waits for its timeout."""
        dice = self.dice
        latency = min(int(dice.lognormvariate(3.7, 0.5)) + 3, self.timeout)
        failed = (False, latency if hard else self.timeout, 'connect-refused' if hard else 'timeout')
        for start, end in spans:
            if start <= t < end and dice.random() >= self.traits.lone:
                again = [wait for wait in (1000, 3000) if t + wait >= end and wait + latency < self.timeout]
                if self.traits.late and not hard and again:
                    return True, again[0] + latency, ''
                return failed
            if t < start < t + latency:
                return failed
        if dice.random() < self.traits.noise:
            return False, self.timeout, 'timeout'
        return True, latency, ''

    def probes_of(self, service, vantage):
        dice, period, spans = self.dice, self.period, self.down(service, vantage)
        hard, retries = dice.random() < 0.5, 0
        t, rows = self.start + dice.randrange(period), []
        while t < self.end:
            up, duration, reason = self.outcome(spans, t, hard)
            lost = self.traits.gaps and dice.random() < 0.002
            if not lost and not any(a <= t < b for a, b in self.silent[service, vantage]):
                rows.append((t, service, up, duration, reason))
            retries = 0 if up else retries + 1
            step = self.retry if self.retry and 1 <= retries <= 3 else period
            t += max(1, int(step * (1 + dice.uniform(-self.jitter, self.jitter))))
        return rows

    def write(self, folder):
        rules = []
        for v in self.vantages:
            offset, drift = self.clock[v]
            rows = [p for s in self.services for p in self.probes_of(s, v)]
            rows = sorted((int(p[0] + offset + drift * (p[0] - self.start)), *p[1:]) for p in rows)
            if rows:
                name = f'{v}.{self.format}'
                logs.write(os.path.join(folder, name), logs.PROBE_WRITERS[self.format](rows, v))
                rules.append(f'  - {{path: {name}, vantage: {v}}}')
        planned = [(s, o) for s in self.services for o in self.outages[s] if o.planned]
        if planned:
            logs.write(os.path.join(folder, 'maintenance.csv'), ['start,end,service,reason'] + [
                f'{logs.stamp(o.start - 2 * self.period)},{logs.stamp(o.end + 2 * self.period)},{s},upgrade' for s, o in planned])
        logs.write(os.path.join(folder, 'incident.yaml'), ['inputs:', *rules])

    # Truth -----------------------------------------------------------------------------------------------------------

    def truth(self):
        events = []
        for s in self.services:
            for v in self.vantages:
                for start, end in self.down(s, v):
                    events.append(self.event('probe', s, v, start, end))
            for start, end in verdict({v: unite([o.own[v] for o in self.outages[s] if v in o.own]) for v in self.vantages}):
                events.append(self.event('service', s, '', start, end))
        return {'interval': self.period, 'vantages': len(self.vantages), 'events': events,
                'faults': [[v, *span] for v, span in self.faults.items()],
                'format': self.format}

    def event(self, signal, service, vantage, start, end):
        """counts: at least three intervals of it could be seen, and it begins and ends where somebody looked."""
        first, last = max(start, self.start), min(end, self.end)
        blind = [0]
        for v in [vantage] if vantage else self.vantages:
            blind.append(sum(max(0, min(b, last) - max(a, first)) for a, b in unite(self.silent[service, v])))
        planned = any(o.planned and o.start <= start < o.end for o in self.outages[service])
        return {'signal': signal, 'service': service, 'vantage': vantage, 'start': first, 'end': last,
                'before': start < self.start, 'open': end > self.end, 'planned': planned,
                'counts': last - first - max(blind) >= 3 * self.period}


def unite(spans):
    result = []
    for start, end in sorted(spans):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return result


def verdict(down):
    """Spans in which more than half of the vantages are down; at exactly half it stays as it was."""
    edges = sorted({t for spans in down.values() for span in spans for t in span})
    result, since = [], None
    for t in edges:
        share = sum(any(a <= t < b for a, b in spans) for spans in down.values()) / len(down)
        if since is None and share > 0.5:
            since = t
        elif since is not None and share < 0.5:
            result.append((since, t))
            since = None
    return result
