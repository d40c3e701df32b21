# SPDX-License-Identifier: MIT
"""The semantics of probes a second time: slow, short, and written from docs/semantics.md alone.

compare.py holds the program against it on random scenarios. Every rule is evaluated as it is defined: time is cut at
every instant at which anything changes, and each piece is asked what holds in it. Nothing here is fast, and nothing is
shared with the program, so that a fault has to be made twice to stay unseen.

observations  (time, service, vantage, check, state, duration), times in milliseconds, state one of STATES
options       see Options; times in milliseconds
result        reference(observations, options) -> rows (list of dicts), sums (dict by series)
"""

from dataclasses import dataclass, field

STATES = ("unknown", "up", "degraded", "down")  # each worse than the one before; unknown says nothing
LEVELS = {"down": ("down",), "degraded": ("degraded", "down")}


@dataclass
class Options:
    start: int = None  # --from, --to
    end: int = None
    confirm_down: int = 2
    confirm_up: int = 2
    confirm_together: float = 0.8
    max_gap: int = None
    max_bridge: int = 3_600_000
    interval: int = None
    quorum: float = 0.5
    min_vantages: int = 1
    weights: dict = field(default_factory=dict)
    maintenance: list = field(default_factory=list)  # (start, end, service or "")
    mode: str = "honour"


@dataclass
class Point:
    """A known observation."""

    time: int
    state: str
    done: int  # time + duration
    until: int  # it speaks for [time, until)
    interval: int
    max_gap: int


@dataclass
class Window:
    """Of a series or of a service; the true start lies in (a, b2], the true end in (c, d2]."""

    start: int
    end: int
    a: int
    b2: int
    c: int
    d2: int
    failed: tuple = ()  # times of failures and flickers
    flickers: tuple = ()
    flags: set = field(default_factory=set)
    interval: int = 0
    d: int = None  # the first not-down of the recovery, also where the end was not seen

    @property
    def stop(self):
        return float("inf") if "ongoing" in self.flags else self.end

    def holds(self, t):
        return self.start <= t < self.stop

    def meets(self, other):
        return self.start < other.stop and other.start < self.stop


START_FLAGS = {"started-before", "start-unobserved"}
END_FLAGS = {"ongoing", "end-unobserved", "weak"}


def united(spans):
    result = []
    for start, end in sorted(s for s in spans if s[0] < s[1]):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return result


def length(spans, start, end):
    """Of the union of the spans within [start, end)."""
    return sum(max(0, min(e, end) - max(s, start)) for s, e in united(spans))


class Series:
    """All observations of one service, vantage and check."""

    def __init__(self, key, told, options):
        self.key, self.options = key, options
        at = {}
        for time, state, duration in told:
            at.setdefault(time, []).append((STATES.index(state), duration))
        self.times = sorted(at)
        steps = [y - x for x, y in zip(self.times, self.times[1:])]
        self.points, self.first, self.last = [], self.times[0], self.times[-1]
        for i, time in enumerate(self.times):
            state, duration = max(at[time])  # the worst; of its copies the longest
            interval = self.interval_of(steps, i)
            max_gap = 3 * interval if options.max_gap is None else options.max_gap
            until = time + interval
            if i < len(steps):
                until = self.times[i + 1] if steps[i] <= max_gap else min(until, self.times[i + 1])
            self.last_gap = max_gap
            if state:
                self.points.append(Point(time, STATES[state], time + duration, until, interval, max_gap))
        self.spoken = united((p.time, p.until) for p in self.points)

    def interval_of(self, steps, i):
        if self.options.interval is not None:
            return self.options.interval
        near = sorted(steps[max(0, i - 10):i] + steps[i:i + 10], reverse=True)
        if not near:
            return 60_000
        p = 1 if len(near) == 1 else max(2, -(-len(near) // 4))
        return near[p - 1]

    def speaks(self, t):
        return any(s <= t < e for s, e in self.spoken)

    def unknown(self, start, end):
        return max(0, end - start) - length(self.spoken, start, end)

    def silent_until(self, t, end):
        """When the series speaks again, at or after t."""
        return min([s for s, _ in self.spoken if s >= t], default=end)

    def gap(self, i):
        """Unknown time between point i and the next."""
        return self.points[i + 1].time - self.points[i].until

    def runs(self, level):
        """Raw runs (first point, last point)."""
        result = []
        for i, p in enumerate(self.points):
            if p.state not in LEVELS[level]:
                continue
            if result and result[-1][1] == i - 1 and self.gap(i - 1) == 0:
                result[-1][1] = i
            else:
                result.append([i, i])
        return result

    def ragged(self, t, level):
        """Whether t lies within max-gap before a first or after a last record that is not bad."""
        if not self.points:
            return False
        first, last = self.points[0], self.points[-1]
        before = first.time - first.max_gap <= t < first.time and first.state not in LEVELS[level] and first.time == self.first
        after = last.time <= t < last.time + last.max_gap and last.state not in LEVELS[level] and last.time == self.last
        return before or after

    def find(self, level, together, period):
        """Windows and blips of one level, not yet clipped. together(first, last) confirms a run."""
        points, n = self.points, len(self.points)
        bad = [p.state in LEVELS[level] for p in points]
        windows, blips, i = [], [], 0
        runs = dict(self.runs(level))
        while i < n:
            if not bad[i]:
                i += 1
                continue
            last = runs[i]
            if last - i + 1 < self.options.confirm_down and not together(points[i].time, points[last].until):
                blips.append(self.window(i, last, None, bad, period))
                blips[-1].flags.add("blip")
                i = last + 1
                continue
            last, after, flickers, weak = self.recovery(i, last, bad)
            window = self.window(i, last, after, bad, period)
            window.flickers = flickers
            if weak:
                window.flags.add("weak")
            if any(self.gap(k) for k in range(i, last)):
                window.flags.add("bridged")
            windows.append(window)
            i = last + 1
        return windows, blips

    def ends_data(self, i):
        """Whether the data end after point i: with the series, or at a gap that is not bridged."""
        return i == len(self.points) - 1 or self.gap(i) > self.options.max_bridge

    def recovery(self, first, last, bad):
        """Last bad point of the window, first of its recovery (None: none), flickers, whether the end is weak."""
        flickers, k = (), last
        while not self.ends_data(k):
            k += 1
            if bad[k]:
                last = k
                continue
            m = k
            while m - k + 1 < self.options.confirm_up and not self.ends_data(m) and not bad[m + 1]:
                m += 1
            if m - k + 1 >= self.options.confirm_up:
                return last, k, flickers, False
            if self.ends_data(m):
                return last, k, flickers, True
            flickers, k = flickers + (self.points[k].time,), m
        return last, None, flickers, False

    def window(self, first, last, after, bad, period):
        """From point first to last; after: the first of its recovery."""
        points, flags = self.points, set()
        b, c = points[first], points[last]
        good = [i for i in range(first) if not bad[i]]
        data = max([i + 1 for i in range(first) if self.ends_data(i)], default=0)  # where its data begin
        good = [i for i in good if i >= data]
        if good:
            a = points[good[-1]].time
            if any(self.gap(i) for i in range(good[-1], first)):
                flags.add("start-unobserved")
        elif data:
            a = points[data - 1].time
            flags.add("start-unobserved")
        else:
            a = min(period[0], b.time)
            flags.add("start-unobserved" if first and self.gap(first - 1) else "started-before")
        if after is None and not self.ends_data(last):  # of blips
            after = last + 1
        if after is not None:
            d2, end = points[after].done, points[after].time
            if self.gap(last):
                end = c.until
                flags.add("end-unobserved")
        elif last < len(points) - 1:
            d2, end = points[last + 1].done, c.until
            flags.add("end-unobserved")
        else:
            d2, end = period[1], c.until
            if c.time >= period[1]:
                d2 = max(end, period[1])
                flags.add("end-unobserved")
            elif period[1] - c.time <= c.max_gap and self.last == c.time:
                flags.add("ongoing")
                end = period[1]
            else:
                flags.add("end-unobserved")
        failed = tuple(points[i].time for i in range(first, last + 1) if bad[i])
        d = points[after].time if after is not None else points[last + 1].time if last < len(points) - 1 else None
        return Window(b.time, end, a, b.done, c.time, d2, failed, (), flags, b.interval, d=d)


def clip(window, period):
    """None where nothing is left of it."""
    start, end = period
    w = Window(**{**window.__dict__, "flags": set(window.flags)})
    if w.end <= start or w.start >= end:
        return None
    if w.start < start:
        w.start = start
        w.flags = w.flags - START_FLAGS | {"clipped"}
    if w.end > end:
        w.end = end
        if "ongoing" not in w.flags or w.c >= end:
            w.flags = w.flags - END_FLAGS - {"monitor-outage"} | {"clipped"}
    w.a, w.b2, w.c, w.d2 = (min(max(x, start), end) for x in (w.a, w.b2, w.c, w.d2))
    return w


def less(windows, cuts):
    """The windows without the time of the cuts (windows too): an edge so made has the bounds of the cut."""
    result = []
    for w in windows:
        pieces = [w]
        for cut in sorted(cuts, key=lambda x: x.start):
            rest = []
            for p in pieces:
                if cut.end <= p.start or cut.start >= p.end:
                    rest.append(p)
                    continue
                if p.start < cut.start:
                    flags = (p.flags - END_FLAGS) | mirrored(cut, START_FLAGS)
                    rest.append(Window(p.start, cut.start, p.a, p.b2, cut.a, cut.b2, (), (), flags, p.interval, d=cut.start))
                if cut.end < p.end:
                    flags = (p.flags - START_FLAGS) | mirrored(cut, END_FLAGS)
                    rest.append(Window(cut.end, p.end, cut.c, cut.d2, p.c, p.d2, (), (), flags, p.interval, d=p.d))
            pieces = rest
        result += pieces
    return result


def mirrored(cut, kinds):
    """An edge that nobody saw of the cut is one that nobody saw of the piece that it leaves."""
    if cut.flags & kinds & START_FLAGS:
        return {"end-unobserved"}
    if "end-unobserved" in cut.flags & kinds:
        return {"start-unobserved"}
    return set()


class Service:
    """The verdict over the vantages of one service."""

    def __init__(self, name, series, options, period):
        self.name, self.series, self.options, self.period = name, series, options, period
        self.vantages = sorted({s.key[1] for s in series})
        self.windows = {}  # (level, series) -> windows, not clipped
        self.blips = {}
        self.cache = {}
        self.faulty = {s: [] for s in series}  # windows without a vote
        self.slow = {}  # degraded windows of a series
        for level in LEVELS:
            for s in series:
                self.windows[level, s], self.blips[level, s] = s.find(
                    level, lambda start, end, level=level: self.together(level, start, end), period)
        for s in series:
            self.slow[s] = self.slow_of(s)

    def slow_of(self, series):
        """Degraded windows of a series: those of the level, less the down windows."""
        level = self.windows["degraded", series]
        windows = less(level, self.windows["down", series])
        for w in windows:
            source = next(x for x in level if x.start <= w.start < x.end)
            w.failed = tuple(t for t in source.failed if w.holds(t))
            w.flickers = tuple(t for t in source.flickers if w.holds(t))
            self.trim(w, series)
        return windows

    @staticmethod
    def trim(w, s):
        """What is left of a degraded window begins and ends with what was seen."""
        inside = [p for p in s.points if w.holds(p.time)]
        if "ongoing" not in w.flags and s.unknown(inside[-1].until, w.end):
            w.end = inside[-1].until
            w.flags.add("end-unobserved")
        if s.unknown(w.start, inside[0].time):
            w.start = inside[0].time
            w.flags.add("start-unobserved")

    def weight(self, vantage):
        return self.options.weights.get(vantage, 1)

    def together(self, level, start, end):
        """Whether enough vantages are raw down at some instant of [start, end)."""
        if self.options.confirm_together == 0:
            return False
        spans = {v: [] for v in self.vantages}
        for s in self.series:
            spans[s.key[1]] += [(s.points[i].time, s.points[j].until) for i, j in s.runs(level)]
        instants = {start} | {t for s in self.series for x in s.spoken for t in x if start < t < end}
        instants |= {t for v in spans.values() for x in v for t in x if start < t < end}
        instants |= {t for t in self.cuts() if start < t < end}
        for t in instants:
            down = [v for v in self.vantages if self.weight(v) and any(x <= t < y for x, y in spans[v])]
            known = [v for v in self.vantages if any(s.speaks(t) for s in self.of(v))]
            total = sum(self.weight(v) for v in known)
            if len(down) >= 3 and sum(map(self.weight, down)) >= self.options.confirm_together * total - 1e-9:
                return True
        return False

    def of(self, vantage):
        return [s for s in self.series if s.key[1] == vantage]

    def anyone(self, t):
        return any(s.speaks(t) for s in self.series)

    def known(self, vantage, t, level):
        return any(s.speaks(t) or (s.ragged(t, level) and self.anyone(t)) for s in self.of(vantage))

    def own(self, level, s):
        """The windows by which a series votes bad at a level: the listed ones, less those of a fault."""
        listed = self.windows["down", s] + (self.slow[s] if level == "degraded" else [])
        return [w for w in listed if w not in self.faulty[s]]

    def vote(self, vantage, t, level):
        """True: bad, False: up, None: no vote."""
        votes = set()
        for s in self.of(vantage):
            if s.speaks(t):
                if not any(w.holds(t) for w in self.faulty[s]):
                    votes.add(any(w.holds(t) for w in self.own(level, s)))
            elif s.ragged(t, level) and self.anyone(t):
                votes.add(False)
        return None if not votes or not self.weight(vantage) else max(votes)

    def amid(self, vantage, t, level):
        """Whether the vantage is in the midst of a window of its own."""
        return any(w.holds(t) for s in self.of(vantage) for w in self.own(level, s))

    def cuts(self):
        """Every instant at which anything may change."""
        cuts = set(self.period)
        for s in self.series:
            cuts |= {t for span in s.spoken for t in span}
            if s.points:
                cuts |= {s.points[0].time - s.points[0].max_gap, s.points[-1].time + s.points[-1].max_gap}
        for ws in (*self.windows.values(), *self.slow.values()):
            cuts |= {t for w in ws for t in (w.start, w.end)}
        return sorted(cuts)

    def chains(self, vantage, level):
        """The windows of all checks of a vantage; those that overlap or touch are one."""
        chains = []
        for w in sorted((w for s in self.of(vantage) for w in self.own(level, s)), key=lambda w: w.start):
            if chains and w.start <= max(x.stop for x in chains[-1]):
                chains[-1].append(w)
            else:
                chains.append([w])
        return [self.chained(c) for c in chains]

    def chained(self, chain):
        """Of several that share an edge the tighter bounds hold, and a flag that all have."""
        first = [w for w in chain if w.start == min(x.start for x in chain)]
        last = [w for w in chain if w.stop == max(x.stop for x in chain)]
        return Window(first[0].start, last[0].end, max(w.a for w in first), min(w.b2 for w in first),
                      max(w.c for w in last), min(w.d2 for w in last),
                      flags=self.common(w.flags & START_FLAGS for w in first) |
                      self.common(w.flags & END_FLAGS for w in last),
                      d=min((w.d for w in last if w.d is not None), default=None))

    def event(self, vantage, t, level):
        """The window of the vantage at t, or the last before."""
        return [w for w in self.chains(vantage, level) if w.start <= t][-1]

    def pieces(self, level):
        """(start, end, votes): time cut wherever a vote may change."""
        key = level, sum(map(len, self.faulty.values()))
        if key in self.cache:
            return self.cache[key]
        cuts = self.cuts()
        self.cache[key] = [(s, e, {v: self.vote(v, s, level) for v in self.vantages}) for s, e in zip(cuts, cuts[1:])]
        return self.cache[key]

    def share(self, votes):
        """Down share of the known weight; None: unknown."""
        known = [v for v in votes if votes[v] is not None]
        if len(known) < max(1, self.options.min_vantages):
            return None
        return sum(self.weight(v) for v in known if votes[v]) / sum(self.weight(v) for v in known)

    @staticmethod
    def above(s, quorum):
        return s == 1 if quorum == 1 else s > quorum + 1e-9

    @staticmethod
    def below(s, quorum):
        return s == 0 if quorum == 0 else s < quorum - 1e-9

    def believed(self, level, piece):
        """The share if the vantages that are silent in the midst of their own windows went on to vote bad."""
        t, _, votes = piece
        return self.share({v: True if x is None and self.weight(v) and self.amid(v, t, level) else x
                           for v, x in votes.items()})

    def verdict(self, level, quorum):
        """Windows of the quorum; for each piece the share where the verdict is known, None where it is not."""
        pieces, known, windows, opened, few = self.pieces(level), [], [], None, None
        for j, piece in enumerate(pieces):
            s = self.share(piece[2])
            if s is None:
                few = j if few is None else few
                known.append(None)
                continue
            if opened is not None and few is not None and piece[0] - pieces[few][0] > self.options.max_bridge:
                windows.append(self.build(level, pieces, known, opened, None, windows))
                opened = None
            few = None
            believed = self.believed(level, piece)
            if opened is None and self.above(s, quorum):
                opened = j
            elif opened is not None and self.below(s, quorum) and self.below(believed, quorum):
                windows.append(self.build(level, pieces, known, opened, j, windows))
                opened = None
            carried = opened is not None and self.below(s, quorum)
            silent = opened is None and level == "down" and s == 0 and believed > 0
            known.append(None if carried or silent else s)
        if opened is not None:
            windows.append(self.build(level, pieces, known, opened, None, windows))
        return windows, known

    @staticmethod
    def unknown_from(known, i):
        """The first piece of the unknown time that ends where piece i begins; i where the verdict is known till then."""
        while i > 0 and known[i - 1] is None:
            i -= 1
        return i

    def build(self, level, pieces, known, i, j, before):
        """The window that opens with piece i and recovers with piece j; None: what was known ends before."""
        start, a, b2, flags = self.start_edge(level, pieces, known, i)
        if before:
            start, a, b2 = (max(x, before[-1].end) for x in (start, a, b2))
        if j is None:
            end, c, d2, more = self.silent_end(level, pieces, known)
        else:
            end, c, d2, more = self.end_edge(level, pieces, known, j, start)
        return Window(start, max(start, end), a, b2, c, d2, flags=flags | more)

    def start_edge(self, level, pieces, known, i):
        t, _, votes = pieces[i]
        events = [self.event(v, t, level) for v in votes if votes[v]]
        if not any(e.start == t for e in events):
            u = self.unknown_from(known, i)
            if u == 0:
                return t, min(t, self.period[0]), t, {"started-before"}
            return t, pieces[u][0], t, {"start-unobserved"} if u < i else set()
        a = max(e.a for e in events)
        seen = [e for e in events if e.b2 >= a]
        return max(a, min(e.start for e in seen)), a, min(e.b2 for e in seen), self.common(
            e.flags & START_FLAGS for e in seen)

    def silent_end(self, level, pieces, known):
        """Nothing is known any more, or not for long."""
        u = self.unknown_from(known, len(known))
        t = pieces[u][0] if u < len(pieces) else pieces[-1][1]
        x, _, votes = pieces[u - 1]
        events = [self.event(v, x, level) for v in votes
                  if votes[v] or (votes[v] is None and self.amid(v, x, level))]
        c, d2 = min(t, max(e.c for e in events)), max(t, min(e.d2 for e in events))
        if len(known) == len(pieces) and any("ongoing" in e.flags for e in events):
            return max(t, self.period[1]), c, self.period[1], {"ongoing"}
        return t, c, d2, {"end-unobserved"}

    def end_edge(self, level, pieces, known, j, start):
        t, _, votes = pieces[j]
        u = self.unknown_from(known, j)
        ups = {v: self.event(v, t, level) for v in votes
               if votes[v] is False and not self.amid(v, t, level) and self.before(pieces, j, v, start)}
        if not any(self.last_vote(pieces, j, v) for v in ups):
            return pieces[u][0], pieces[u][0], t, {"end-unobserved"} if u < j else set()
        c = max(e.c for e in ups.values())
        seen = [e for e in ups.values() if e.d2 >= c]
        flags = self.common(e.flags & END_FLAGS for e in seen)
        d2 = min(e.d2 for e in seen)
        if "end-unobserved" not in flags:
            end = min(e.d for e in seen if e.d is not None)
        else:
            end = min(d2, pieces[u][0] if u < j else max(e.end for e in seen))
        return max(c, end), c, d2, flags

    @staticmethod
    def before(pieces, j, vantage, start):
        """Whether the vantage voted bad after start and before piece j."""
        return any(votes[vantage] for _, end, votes in pieces[:j] if end > start)

    @staticmethod
    def last_vote(pieces, j, vantage):
        return ([votes[vantage] for _, _, votes in pieces[:j] if votes[vantage] is not None] or [False])[-1]

    def partial(self, downs, known):
        """Partial windows: known time with 0 < share outside of down windows, less edges seen late."""
        pieces = self.pieces("down")
        cuts, windows, last = downs + self.late(downs, known), [], None
        for (start, end, votes), s in zip(pieces, known):
            for x, y in cut_out(start, end, cuts):
                if last and any(last.end <= w.start < x or last.end < w.end <= x for w in cuts):
                    last = None
                if s is None:
                    continue
                if s == 0:
                    last = None
                elif last and x - last.end <= self.options.max_bridge:
                    last.end = last.c = last.d2 = y
                else:
                    last = Window(x, y, x, x, y, y)
                    windows.append(last)
        over = max((end for (_, end, _), s in zip(pieces, known) if s is not None), default=None)
        for w in windows:
            chains = [x for v in self.vantages for x in self.chains(v, "down")]
            w.flags = self.common(x.flags & START_FLAGS for x in chains if x.start == w.start)
            w.flags |= self.common(x.flags & END_FLAGS for x in chains if x.stop == w.end)
            if w.end == over and any("ongoing" in x.flags and x.start < w.end for x in chains):
                w.flags = w.flags - END_FLAGS | {"ongoing"}
                w.c = max(x.c for x in chains if x.holds(w.end - 1))
                w.end = w.d2 = max(w.end, self.period[1])
        return windows

    @staticmethod
    def common(flags):
        flags = list(flags)
        return set.intersection(*flags) if flags else set()

    def late(self, downs, known):
        """Partial time at the edges of the down windows that is those edges seen late."""
        pieces = []
        for (start, end, votes), s in zip(self.pieces("down"), known):
            if s:
                pieces += [(x, y, {v for v in votes if votes[v]}) for x, y in cut_out(start, end, downs)]
        late = []
        for w in downs:
            for at_start in (True, False):
                at = w.start if at_start else w.stop
                for x, y, vantages in reversed(pieces) if at_start else pieces:
                    if (y if at_start else x) != at:
                        continue
                    if not all(self.overlap(self.event(v, x, "down"), w, at_start) for v in vantages):
                        break
                    late.append(Window(x, y, x, x, y, y))
                    at = x if at_start else y
        return late

    @staticmethod
    def overlap(event, window, at_start):
        """Whether both edges may be one event; an edge (x, x] is the instant x."""
        if at_start:
            (a, b), (c, d) = (event.a, event.b2), (window.a, window.b2)
        else:
            (a, b), (c, d) = (event.c, event.d2), (window.c, window.d2)
        return max(a - (a == b), c - (c == d)) < min(b, d)

    def known_time(self, levels, cuts):
        """Spans in which the verdict is known. A degraded verdict that is not leaves open what is neither down nor partial."""
        down, slow = levels
        spans = []
        for (start, end, _), x, y in zip(self.pieces("down"), down, slow):
            if x is not None and y is not None:
                spans.append((start, end))
            elif x is not None:
                spans += [(max(start, w.start), min(end, w.end)) for w in cuts]
        return united(spans)


def cut_out(start, end, windows):
    """Pieces of [start, end) outside of the windows."""
    cuts = sorted({start, end} | {t for w in windows for t in (w.start, w.end) if start < t < end})
    return [(x, y) for x, y in zip(cuts, cuts[1:]) if not any(w.holds(x) for w in windows)]


def seen_part(window, cuts, known):
    """What is left of a degraded window without the cuts; where it was cut it begins and ends with known time."""
    for w in less([window], cuts):
        seen = [(max(s, w.start), min(e, w.stop)) for s, e in known if s < w.stop and w.start < e]
        if not seen:
            continue
        if w.start > window.start and w.start < seen[0][0]:
            w.start, w.b2 = seen[0][0], max(w.b2, seen[0][0])
            w.flags.add("start-unobserved")
        if w.stop < window.stop and w.end > seen[-1][1]:
            w.end, w.c = seen[-1][1], min(w.c, seen[-1][1])
            w.flags.add("end-unobserved")
        yield w


def flag_faults(services):
    """Windows of vantages that are at fault lose their vote."""
    everything = [(service, s, w) for service in services for s in service.series for w in service.windows["down", s]]
    votes = {}

    def down_spans(service, vantage):
        key = service.name, vantage
        if key not in votes:
            votes[key] = [(x, y) for x, y, v in service.pieces("down") if v[vantage]]
        return votes[key]

    def others(service, vantage):
        return [v for v in service.vantages if v != vantage]

    def touched(service, vantage, start, end):
        return any(length(down_spans(service, v), start, end) for v in others(service, vantage))

    def with_others(service, vantage, w):
        return touched(service, vantage, w.a, w.start + w.interval)

    def alone(service, vantage, w):
        known = any(r.speaks(w.start) for v in others(service, vantage) for r in service.of(v))
        return known and not with_others(service, vantage, w) and all(
            5 * length(down_spans(service, v), w.start, w.end) <= w.end - w.start for v in others(service, vantage))

    at_fault = []
    for service, s, w in everything:
        vantage, counted, hit = s.key[1], 0, 0
        for other in services:
            if vantage not in other.vantages or touched(other, vantage, w.start, w.end):
                continue
            own = [x for o, r, x in everything if o is other and r.key[1] == vantage and x.holds(w.start)]
            if any(with_others(other, vantage, x) for x in own):
                continue
            counted += 1
            hit += any(alone(other, vantage, x) for x in own)
        if hit >= 2 and hit >= 0.8 * counted - 1e-9:
            at_fault.append((vantage, w.start))
    for service in services:
        for s in service.series:
            times = [t for v, t in at_fault if v == s.key[1]]
            for w in service.windows["down", s] + service.slow[s]:
                if any(w.holds(t) for t in times):
                    service.faulty[s].append(w)


def monitor_outages(services, period, options):
    """vantage -> spans in which none of its series speaks."""
    result = {}
    for vantage in {v for s in services for v in s.vantages}:
        series = [x for s in services for x in s.series if x.key[1] == vantage]
        if len(series) < 2:
            continue
        spoken = united(span for s in series for span in s.spoken)
        ends = [min(s.first for s in series)] + [t for span in spoken for t in span] + [period[1]]
        silent = [(x, y) for x, y in zip(ends[::2], ends[1::2]) if x < y]
        due = max(s.last for s in series) + max(s.last_gap for s in series)
        if silent and silent[-1][1] == period[1] <= due:
            silent.pop()
        result[vantage] = silent
    return result


class Reference:
    def __init__(self, observations, options):
        self.options = options
        told = {}
        for time, service, vantage, check, state, duration in observations:
            told.setdefault((service, vantage, check), []).append((time, state, duration))
        series = [Series(key, told[key], options) for key in sorted(told)]
        start, end = options.start, options.end
        if start is None:
            start = min(s.first for s in series)
        if end is None:
            end = max([p.until for s in series for p in s.points], default=start)
        self.period = start, max(start, end)
        self.services = [Service(n, [s for s in series if s.key[0] == n], options, self.period)
                         for n in sorted({k[0] for k in told})]
        flag_faults(self.services)
        self.monitor = monitor_outages(self.services, self.period, options)
        self.rows, self.sums = [], {}
        for service in self.services:
            for s in service.series:
                self.add_series(service, s)
            self.add_service(service)
        for vantage, spans in self.monitor.items():
            for span in spans:
                w = clip(Window(*span, *span, *span), self.period)
                if w:
                    self.row(("", vantage, ""), "monitor", "unknown", w, lambda x, y: y - x, False)

    def planned(self, service):
        return united((s, self.period[1] if e is None else e) for s, e, n in self.options.maintenance
                      if n in ("", service))

    def count(self, times):
        return sum(self.period[0] <= t < self.period[1] for t in times)

    def row(self, key, signal, state, w, unknown, bounds=True):
        """Puts a clipped window into the result."""
        flags = set(w.flags)
        if unknown and not unknown(w.start, w.end):
            flags.discard("bridged")
        if key[0] and length(self.planned(key[0]), w.start, w.end):
            flags.add("maintenance")
        r = dict(service=key[0], vantage=key[1], check=key[2], signal=signal, state=state, start=w.start,
                 end=None if "ongoing" in flags else w.end, observed=w.end - w.start, failed=self.count(w.failed),
                 flickers=self.count(w.flickers), flags=" ".join(sorted(flags)),
                 min=None, max=None, likely=None, unknown=0, bounds=None)
        if unknown:
            r["unknown"] = unknown(w.start, w.end)
            if bounds:
                r["min"] = max(0, w.c - w.b2 - unknown(w.b2, w.c))
                r["max"] = max(0, w.d2 - w.a)
                r["bounds"] = w.a, w.b2, w.c, w.d2
                if not flags & (START_FLAGS | END_FLAGS):
                    r["likely"] = max(0, int((w.c + w.d2 - w.a - w.b2) / 2))  # cut
        self.rows.append(r)

    def add_series(self, service, s):
        downs, slow = service.windows["down", s], service.slow[s]
        blips = [("down", b) for b in service.blips["down", s]]
        for w in less(service.blips["degraded", s], service.blips["down", s]):
            w.failed = tuple(p.time for p in s.points if p.state == "degraded" and w.holds(p.time))
            if w.failed:
                w.flags.add("blip")
                blips.append(("degraded", w))
        rows = [("down", w) for w in downs] + [("degraded", w) for w in slow] + blips
        shown = {}
        for state, w in rows:
            if "end-unobserved" in w.flags and any(
                    x < min(s.silent_until(w.end, self.period[1]), self.period[1]) and w.end <= y
                    for x, y in self.monitor.get(s.key[1], [])):
                w.flags.add("monitor-outage")
            clipped = clip(w, self.period)
            if clipped:
                if w in service.faulty[s]:
                    clipped.flags.add("vantage-fault")
                shown.setdefault((state, "blip" in w.flags), []).append((clipped.start, clipped.end))
                self.row(s.key, "probe", state, clipped, s.unknown)
        pick = lambda state, blip: shown.get((state, blip), [])
        blip_spans = pick("down", True) + pick("degraded", True)
        self.sum(s.key, "probe", s.spoken, pick("down", False), [], pick("degraded", False), blip_spans)

    def sum(self, key, signal, spoken, down, partial, slow, blips):
        """The partition of the period, piece by piece."""
        total = dict.fromkeys(("up", "partial", "degraded", "down", "maintenance", "unknown", "blip"), 0)
        planned = self.planned(key[0]) if self.options.mode != "ignore" else []
        cuts = set(self.period)
        for spans in (spoken, down, partial, slow, blips, planned):
            cuts |= {t for span in spans for t in span if self.period[0] < t < self.period[1]}
        cuts = sorted(cuts)
        within = lambda spans, t: any(s <= t < e for s, e in spans)
        for start, end in zip(cuts, cuts[1:]):
            state = ("maintenance" if within(planned, start) else "unknown" if not within(spoken, start)
                     else "down" if within(down, start) else "partial" if within(partial, start)
                     else "degraded" if within(slow, start) else "up")
            if state == "maintenance" and self.options.mode == "exclude":
                continue
            total[state] += end - start
            if state == "up" and within(blips, start):
                total["blip"] += end - start
        self.sums[(*key, signal)] = total

    def add_service(self, service):
        downs, known_down = service.verdict("down", self.options.quorum)
        slow, known_slow = service.verdict("degraded", self.options.quorum)
        partial = service.partial(downs, known_down)
        known = service.known_time((known_down, known_slow), downs + partial)
        unknown = lambda start, end: max(0, end - start) - length(known, start, end)
        spans = {}
        slow = [w for x in slow for w in seen_part(x, downs + partial, known)]
        for state, windows in (("down", downs), ("partial", partial), ("degraded", slow)):
            for w in windows:
                votes = [x for s in service.series for x in (service.slow[s] if state == "degraded" else
                                                            service.windows["down", s])
                         if x not in service.faulty[s] and x.meets(w)]
                w.failed, w.flickers = sum((x.failed for x in votes), ()), sum((x.flickers for x in votes), ())
                w.c, w.b2 = max(w.c, w.a), min(w.b2, w.d2)
                inside = [(max(s, w.start), min(e, w.end)) for s, e in known if s < w.end and w.start < e]
                if len(inside) > 1:
                    w.flags.add("bridged")
                clipped = clip(w, self.period)
                if clipped:
                    spans.setdefault(state, []).append((clipped.start, clipped.end))
                    self.row((service.name, "", ""), "service", state, clipped, unknown, state != "partial")
        self.sum((service.name, "", ""), "service", known,
                 *(spans.get(x, []) for x in ("down", "partial", "degraded")), [])


def reference(observations, options):
    result = Reference(observations, options)
    return result.rows, result.sums
