# SPDX-License-Identifier: MIT
"""How well found windows fit true events, of one kind of signal over many scenarios.

Events and windows are dicts with start and end in milliseconds. Affiliation precision and recall: Huet, Navarro, Rossi, "Local
evaluation of time series anomaly detection algorithms" (KDD 2022): each event owns the time nearest to it, and within that
every instant is judged by how often a random one would lie further away."""
import statistics
from dataclasses import dataclass, field

SAMPLES = 64


def overlap(a, b):
    return max(0, min(a['end'], b['end']) - max(a['start'], b['start']))


def iou(a, b):
    both = overlap(a, b)
    return both / (a['end'] - a['start'] + b['end'] - b['start'] - both) if both else 0


def covered(spans):
    """United spans."""
    result = []
    for start, end in sorted(spans):
        if result and start <= result[-1][1]:
            result[-1][1] = max(end, result[-1][1])
        else:
            result.append([start, end])
    return result


def outside(spans, others):
    """How much of spans lies outside the others; both united."""
    return sum(e - s for s, e in spans) - sum(max(0, min(e, f) - max(s, r)) for s, e in spans for r, f in others)


def zones(events, start, end):
    """The time that each event owns: to the middle between it and its neighbour."""
    cuts = [start] + [(a['end'] + b['start']) / 2 for a, b in zip(events, events[1:])] + [end]
    return zip(events, cuts, cuts[1:])


def samples(start, end):
    return [start + (end - start) * (i + 0.5) / SAMPLES for i in range(SAMPLES)]


def affiliation(events, windows, start, end):
    """([precision of each event's zone that has a window], [recall of each event])."""
    precision, recall = [], []
    found = covered((max(w['start'], start), min(w['end'], end)) for w in windows)
    for event, low, high in zones(sorted(events, key=lambda e: e['start']), start, end):
        inside = [(max(s, low), min(e, high)) for s, e in found if s < high and e > low]
        if high <= low or not inside:
            recall.append(0.0)
            continue
        total = sum(e - s for s, e in inside) or 1
        value = 0
        for s, e in inside:
            for x in samples(s, e):
                away = max(event['start'] - x, x - event['end'], 0)
                further = max(0, event['start'] - away - low) + max(0, high - event['end'] - away)
                value += (e - s) / SAMPLES / total * (further / (high - low) if away else 1)
        precision.append(value)
        value = 0
        for y in samples(event['start'], event['end']):
            away = min(max(s - y, y - e, 0) for s, e in inside)
            value += 1 - (min(high, y + away) - max(low, y - away)) / (high - low)
        recall.append(value / SAMPLES)
    return precision, recall


def quantile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(share * len(values)))] if values else None


@dataclass
class Tally:
    """Sums of one kind of signal in one family."""

    true: int = 0  # events that count
    seen: int = 0  # of them, touched by a window
    found: int = 0  # windows
    right: int = 0  # of them, touching any event
    fit: int = 0  # pairs with IoU >= 0.5
    edges: dict = field(default_factory=lambda: {'start': [], 'end': []})  # found - true, in intervals
    longer: list = field(default_factory=list)  # observed - true duration, in intervals
    bounds: list = field(default_factory=list)  # of each bounded edge: does it hold the true one?
    missed: float = 0  # ms
    invented: float = 0
    truth: float = 0
    precision: list = field(default_factory=list)  # affiliation
    recall: list = field(default_factory=list)
    wrong: list = field(default_factory=list)  # where to look

    def add(self, other):
        for name, value in vars(other).items():
            mine = getattr(self, name)
            if isinstance(value, dict):
                for key in value:
                    mine[key] += value[key]
            else:
                setattr(self, name, mine + value)

    def series(self, events, windows, interval, span, where):
        """One series of one scenario. Events that do not count are neither asked for nor held against a window."""
        wanted = [e for e in events if e['counts']]
        self.true += len(wanted)
        self.found += len(windows)
        for event in wanted:
            if any(overlap(event, w) for w in windows):
                self.seen += 1
            else:
                self.wrong.append(f'{where}: missed {event}')
        for window in windows:
            if any(overlap(window, e) for e in events):
                self.right += 1
            else:
                self.wrong.append(f'{where}: invented {window}')
        self.pairs(wanted, windows, interval, where)
        true, found = covered((e['start'], e['end']) for e in events), covered((w['start'], w['end']) for w in windows)
        self.truth += sum(e - s for s, e in true)
        self.missed += outside(true, found)
        self.invented += outside(found, true)
        if wanted:
            precision, recall = affiliation(events, windows, *span)
            self.precision += precision
            self.recall += [r for r, e in zip(recall, sorted(events, key=lambda e: e['start'])) if e['counts']]

    def pairs(self, events, windows, interval, where):
        """Each event with the window that fits it best, each window once."""
        order = sorted(((iou(e, w), i, k) for i, e in enumerate(events) for k, w in enumerate(windows)), reverse=True)
        used_events, used_windows = set(), set()
        for fits, i, k in order:
            if not fits or i in used_events or k in used_windows:
                continue
            used_events.add(i)
            used_windows.add(k)
            self.fit += fits >= 0.5
            self.edge_errors(events[i], windows[k], interval, where)

    def edge_errors(self, event, window, interval, where):
        flags = window['flags']
        cut = {'start': event['before'] or 'started-before' in flags, 'end': event['open'] or 'ongoing' in flags}
        for edge in ('start', 'end'):
            low, high = window['bounds'][edge]
            if not cut[edge] and low is not None and high is not None:
                self.bounds.append(low < event[edge] <= high)
                if not self.bounds[-1]:
                    self.wrong.append(f'{where}: {edge} {event[edge]} outside ({low}, {high}] of {window}')
            if not cut[edge] and f'{edge}-unobserved' not in flags:
                self.edges[edge].append((window[edge] - event[edge]) / interval)
        if not any(cut.values()) and not {'start-unobserved', 'end-unobserved', 'bridged'} & set(flags):
            self.longer.append((window['end'] - window['start'] - event['end'] + event['start']) / interval)

    def figures(self):
        share = lambda a, b: a / b if b else None  # noqa: E731
        mean = lambda values: sum(values) / len(values) if values else None  # noqa: E731
        errors = {edge: [abs(x) for x in values] for edge, values in self.edges.items()}
        return {'true': self.true, 'found': self.found, 'recall': share(self.seen, self.true),
                'precision': share(self.right, self.found), 'recall_iou': share(self.fit, self.true),
                'start_median': statistics.median(errors['start']) if errors['start'] else None,
                'start_p90': quantile(errors['start'], 0.9),
                'end_median': statistics.median(errors['end']) if errors['end'] else None,
                'end_p90': quantile(errors['end'], 0.9),
                'near': {edge: mean([x <= 1 for x in values]) for edge, values in errors.items()}, 'bias': mean(self.longer),
                'bias_error': statistics.stdev(self.longer) / len(self.longer) ** 0.5 if len(self.longer) > 1 else None,
                'within': mean(self.bounds), 'edges': len(self.bounds), 'missed_min': self.missed / 60_000,
                'invented_min': self.invented / 60_000, 'true_min': self.truth / 60_000,
                'aff_precision': mean(self.precision), 'aff_recall': mean(self.recall)}
