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
    seen: dict = None  # of a partial window: the vantages that made it last

    def holds(self, t):
        return self.start <= t < self.end


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
                    rest.append(Window(p.start, cut.start, p.a, p.b2, cut.a, cut.b2, (), (), flags, p.interval))
                if cut.end < p.end:
                    flags = (p.flags - START_FLAGS) | mirrored(cut, END_FLAGS)
                    rest.append(Window(cut.end, p.end, cut.c, cut.d2, p.c, p.d2, (), (), flags, p.interval))
            pieces = rest
        result += pieces
    return result


def mirrored(cut, kinds):
    """Flags of an edge of the cut, told of the piece that it leaves."""
    if "start-unobserved" in cut.flags & kinds:
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
        for level in LEVELS:
            for s in series:
                self.windows[level, s], self.blips[level, s] = s.find(
                    level, lambda start, end, level=level: self.together(level, start, end), period)

    def slow(self, series):
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

    def vote(self, vantage, t, level):
        """True: down, False: up, None: no vote."""
        votes = set()
        for s in self.of(vantage):
            held = [w for w in self.windows[level, s] if w.holds(t)]
            if s.speaks(t):
                if any(w.holds(t) for w in self.faulty[s] if level == "degraded" or w in held):
                    continue
                votes.add(bool(held))
            elif s.ragged(t, level) and self.anyone(t):
                votes.add(False)
        return None if not votes or not self.weight(vantage) else max(votes)

    def bridging(self, vantage, t, level):
        """Whether the vantage says nothing at t, in the midst of a window of its own."""
        return self.vote(vantage, t, level) is None and self.weight(vantage) and any(
            w.holds(t) and w not in self.faulty[s] for s in self.of(vantage)
            for w in self.windows["down", s] + (self.slow(s) if level == "degraded" else []))

    def cuts(self):
        """Every instant at which anything may change."""
        cuts = set(self.period)
        for s in self.series:
            cuts |= {t for span in s.spoken for t in span}
            if s.points:
                cuts |= {s.points[0].time - s.points[0].max_gap, s.points[-1].time + s.points[-1].max_gap}
        for ws in self.windows.values():
            cuts |= {t for w in ws for t in (w.start, w.end)}
        return sorted(cuts)

    def chains(self, vantage, level):
        """The windows of all checks of a vantage; those that touch are one."""
        windows = sorted((w for s in self.of(vantage) for w in self.windows[level, s] if w not in self.faulty[s]),
                         key=lambda w: w.start)
        chains = []
        for w in windows:
            if chains and w.start <= max(x.end for x in chains[-1]):
                chains[-1].append(w)
            else:
                chains.append([w])
        return [self.chained(c) for c in chains]

    @staticmethod
    def chained(chain):
        first, last = min(chain, key=lambda w: (w.start, -w.a, len(w.flags))), max(chain, key=lambda w: (w.end, w.c))
        flags = (first.flags & START_FLAGS) | (last.flags & END_FLAGS)
        return Window(first.start, last.end, first.a, first.b2, last.c, last.d2, sum((w.failed for w in chain), ()),
                      sum((w.flickers for w in chain), ()), flags, first.interval, d=last.d)

    def event(self, vantage, t, level):
        """The last window of the vantage that begins at t or before."""
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

    def carried(self, level, piece, quorum):
        """Whether the window would go on if the vantages in the midst of their own windows went on to vote down."""
        t, _, votes = piece
        votes = {v: True if votes[v] is None and self.bridging(v, t, level) else votes[v] for v in votes}
        return not self.below(self.share(votes), quorum)

    def verdict(self, level, quorum, carried):
        """Windows of the quorum; carried: into it go the pieces over which only bridged windows carry them."""
        pieces, windows, open_at, bridges, sure, i = self.pieces(level), [], None, [], 0, 0

        def close(j, recovered):
            window = self.build(level, pieces, open_at, j, recovered, windows, carried)
            if any(window.start <= t < window.end for t in (bridges[:sure] if recovered is None else bridges)):
                window.flags.add("bridged")
            windows.append(window)
            bridges.clear()

        while i < len(pieces):
            start, end, votes = pieces[i]
            s = self.share(votes)
            if s is None:
                j = i
                while j < len(pieces) and self.share(pieces[j][2]) is None:
                    j += 1
                if open_at is not None and self.goes_on(pieces, i, j, level):
                    bridges.append(start)
                elif open_at is not None:
                    close(i, None)
                    open_at = None
                i = j
                continue
            if open_at is None and self.above(s, quorum):
                open_at = i
            elif open_at is not None and self.below(s, quorum):
                if not self.carried(level, pieces[i], quorum):
                    close(i, i)
                    open_at = None
                else:
                    bridges.append(start)
                    carried[start] = end
                    i += 1
                    continue
            sure = len(bridges)
            i += 1
        if open_at is not None:
            close(len(pieces), None)
        return windows

    def goes_on(self, pieces, i, j, level):
        """Whether a window goes on over the unknown stretch of pieces [i, j)."""
        if j == len(pieces):
            return False
        if pieces[j][0] - pieces[i][0] <= self.options.max_bridge:
            return True
        return all(any(self.bridging(v, p[0], level) or p[2][v] for v in self.vantages) for p in pieces[i:j])

    def build(self, level, pieces, i, j, recovered, before, carried):
        """The window that opens with piece i and is over before piece j."""
        start, flags, a, b2 = self.start_edge(level, pieces, i)
        end, c, d2, more = self.end_edge(level, pieces, i, j, recovered, carried)
        if before:
            start, a, b2 = (max(x, before[-1].end) for x in (start, a, b2))
        w = Window(start, end, a, b2, c, d2, (), (), flags | more)
        w.c, w.b2 = max(w.c, w.a), min(w.b2, w.d2)
        return w

    def start_edge(self, level, pieces, i):
        t, _, votes = pieces[i]
        downs = [v for v in votes if votes[v]]
        events = [self.event(v, t, level) for v in downs]
        if not any(e.start == t for e in events):
            return t, set(), t, t
        a = max(e.a for e in events)
        seen = [e for e in events if e.b2 >= a]
        flags = set.intersection(*(e.flags & START_FLAGS for e in seen))
        return max(a, min(e.start for e in seen)), flags, a, min(e.b2 for e in seen)

    def was_down(self, level, pieces, i, vantage):
        """Whether the last vote of the vantage before piece i was down."""
        votes = [p[2][vantage] for p in pieces[:i] if p[2][vantage] is not None]
        return bool(votes) and votes[-1]

    def end_edge(self, level, pieces, i, j, recovered, carried):
        t = pieces[j][0] if j < len(pieces) else pieces[-1][1]
        if recovered is None:  # nothing is known any more
            x = pieces[j - 1][0]
            downs = [v for v in self.vantages if pieces[j - 1][2][v] or self.bridging(v, x, level)]
            events = [self.event(v, pieces[j - 1][0], level) for v in downs]
            if not events:
                return t, t, t, set()
            flags = {"ongoing"} if any("ongoing" in e.flags for e in events) else {"end-unobserved"}
            end = max(e.end for e in events) if "ongoing" in flags else t
            return end, max(e.c for e in events), min(e.d2 for e in events), flags
        votes = pieces[j][2]
        ups = [v for v in votes if votes[v] is False and any(p[2][v] for p in pieces[i:j])]
        known = j  # what came to light since the last verdict that was known comes to light now
        while known > i and (self.share(pieces[known - 1][2]) is None or pieces[known - 1][0] in carried):
            known -= 1
        ended = [v for v in ups if self.event(v, t - 1, level).end <= t]
        recovered = any(self.was_down(level, pieces, known, v) for v in ended)
        if not recovered or not ended:
            return t, t, t, set()
        events = [self.event(v, t - 1, level) for v in ended]
        c = max(e.c for e in events)
        seen = [e for e in events if e.d2 >= c]
        flags = set.intersection(*(e.flags & END_FLAGS for e in seen))
        if "end-unobserved" in flags or all(e.d is None for e in seen):
            end = max(e.end for e in seen)
        else:
            end = min(e.d for e in seen if e.d is not None)
        return max(c, end), c, min(e.d2 for e in seen), flags

    def partial(self, downs, carried):
        """Partial windows: known time with 0 < share outside of down windows, less edges seen late."""
        cuts, windows, last = downs + self.late(downs), [], None
        for start, end, votes in self.pieces("down"):
            s = self.share(votes)
            for x, y in cut_out(start, end, cuts):
                if last and any(last.end <= w.start < x or last.end < w.end <= x for w in cuts):
                    last = None
                if s:
                    bad = {v: self.event(v, x, "down") for v in votes if votes[v]}
                    if last:
                        if last.end < x:
                            last.flags.add("bridged")
                        last.end = last.c = last.d2 = y
                        last.seen = bad
                    else:
                        last = Window(x, y, x, x, y, y, seen=bad)
                        last.flags = self.common(e.flags & START_FLAGS for e in bad.values() if e.start == x)
                        windows.append(last)
                elif last and s == 0 and self.carried("down", (start, end, votes), 0):
                    carried[start] = end
                elif last and (s == 0 or y - last.end > self.options.max_bridge):
                    last = None
        for w in windows:
            w.flags |= self.common(e.flags & END_FLAGS for e in w.seen.values()
                                   if e.end == w.end or ("ongoing" in e.flags and w is last))
            if "ongoing" in w.flags:
                w.end = w.d2 = max(w.end, self.period[1])
        return windows

    @staticmethod
    def common(flags):
        flags = list(flags)
        return set.intersection(*flags) if flags else set()

    def late(self, downs):
        """Partial time at the edges of the down windows that is those edges seen late."""
        pieces = []
        for start, end, votes in self.pieces("down"):
            if self.share(votes):
                pieces += [(x, y, {v for v in votes if votes[v]}) for x, y in cut_out(start, end, downs)]
        late = []
        for w in downs:
            for at_start in (True, False):
                at = w.start if at_start else w.end
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
        if at_start:
            spans = (event.a, event.b2), (window.a, window.b2)
        else:
            spans = (event.c, event.d2), (window.c, window.d2)
        (a, b), (c, d) = spans
        return a < d <= b if c == d else max(a, c) < min(b, d)  # an instant has no length, yet lies somewhere


def cut_out(start, end, windows):
    """Pieces of [start, end) outside of the windows."""
    cuts = sorted({start, end} | {t for w in windows for t in (w.start, w.end) if start < t < end})
    return [(x, y) for x, y in zip(cuts, cuts[1:]) if not any(w.holds(x) for w in windows)]


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
            for w in service.windows["down", s] + service.slow(s):
                if any(w.holds(t) for t in times):
                    service.faulty[s].append(w)


def monitor_outages(services, period, options):
    """vantage -> spans in which none of its series speaks."""
    result = {}
    for vantage in {v for s in services for v in s.vantages}:
        series = [x for s in services for x in s.series if x.key[1] == vantage]
        if len(series) < 2 or not any(s.points for s in series):
            continue
        spoken = united(span for s in series for span in s.spoken)
        ends = [min(s.first for s in series)] + [t for span in spoken for t in span] + [period[1]]
        silent = [(x, y) for x, y in zip(ends[::2], ends[1::2]) if x < y]
        due = max(s.last for s in series) + max(s.points[-1].max_gap for s in series if s.points)
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
        downs, slow = service.windows["down", s], service.slow(s)
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
                    x < s.silent_until(w.end, self.period[1]) and w.end <= y
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
        carried, carried_slow = {}, {}
        quorum = self.options.quorum
        downs = service.verdict("down", quorum, carried)
        slow = service.verdict("degraded", quorum, carried_slow)
        partial_windows = service.partial(downs, carried)
        carried.update(carried_slow)
        known = united((s, e) for s, e, votes in service.pieces("down")
                       if service.share(votes) is not None and s not in carried)
        unknown = lambda start, end: max(0, end - start) - length(known, start, end)
        key = service.name, "", ""
        cuts = downs + partial_windows
        slow = less(slow, cuts)
        spans = {}
        for state, windows in (("down", downs), ("partial", partial_windows), ("degraded", slow)):
            level = "degraded" if state == "degraded" else "down"
            for w in windows:
                own = [x for v in service.vantages for x in service.chains(v, level)
                       if x.start < w.end and w.start < x.end]
                w.failed, w.flickers = sum((x.failed for x in own), ()), sum((x.flickers for x in own), ())
                clipped = clip(w, self.period)
                if clipped:
                    spans.setdefault(state, []).append((clipped.start, clipped.end))
                    self.row(key, "service", state, clipped, unknown, state != "partial")
        self.sum(key, "service", known, *(spans.get(x, []) for x in ("down", "partial", "degraded")), [])


def reference(observations, options):
    result = Reference(observations, options)
    return result.rows, result.sums
