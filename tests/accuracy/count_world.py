# SPDX-License-Identifier: MIT
"""Served traffic and user reports, with the truth beside them.

Traffic has a daily cycle and comes in crowds; an outage raises the share of errors by a jump, or lets the traffic vanish. Reports
follow the hours of the week, with negative-binomial counts; an outage multiplies them, rising and falling within minutes."""
import math
import os

import logs

EPOCH = 1_767_225_600_000  # 2026-01-01T00:00:00Z
BIN = 10_000
DAY = 86_400_000
# requests a second on average, and seconds of log: some hundred thousand lines at most
TRAFFIC = ((60, 2400), (60, 2400), (100, 1500), (10, 9000), (10, 9000), (2, 43_200), (0.5, 172_800))


def apart(dice, start, end, lengths, room):
    """Spans of those lengths within [start, end), none nearer to another, or to an end, than room."""
    spans = []
    for length in lengths:
        for _ in range(50):
            a = dice.randrange(start + room, max(start + room + 1, end - room - length))
            if all(a + length + room < s or e + room < a for s, e in spans):
                spans.append((a, a + length))
                break
    return spans


class Requests:
    def __init__(self, dice, quiet=False):
        self.dice = dice
        self.rate, seconds = dice.choice(TRAFFIC[3:] if quiet else TRAFFIC)
        self.start = EPOCH + dice.randrange(24) * 3_600_000
        self.end = self.start + seconds * 1000
        self.normal = dice.choice((0, 0.001, 0.005, 0.02))
        n = 0 if quiet else dice.randint(1, 2)
        lengths = [int(dice.uniform(2, 10) * 60_000) for _ in range(n)]
        self.outages = []
        for a, b in apart(dice, self.start, self.end, lengths, 300_000):
            vanish = dice.random() < 0.3
            jump = 0 if vanish else dice.choice((0.05, dice.uniform(0.05, 0.2), dice.uniform(0.2, 0.9), 1))
            self.outages.append((a, b, vanish, jump, dice.choice((0, 0, 0.01))))

    def load(self, second):
        """Requests a second, by the time of the day."""
        return self.rate * (1 + 0.5 * math.sin(2 * math.pi * (second % 86_400) / 86_400))

    def within(self, second):
        """(outage, share of this second that it takes), or None."""
        t = second * 1000
        for outage in self.outages:
            share = (min(outage[1], t + 1000) - max(outage[0], t)) / 1000
            if share > 0:
                return outage, share
        return None

    def seconds(self):
        dice, crowd = self.dice, 1
        for second in range(self.start // 1000, self.end // 1000):
            if second % 10 == 0:
                crowd = dice.gammavariate(50, 1 / 50)
            rate, bad_share, hit = self.load(second) * crowd, self.normal, self.within(second)
            if hit:
                (_, _, vanish, jump, left), share = hit
                rate *= 1 - share * (1 - left) if vanish else 1
                bad_share += share * jump
            bad_share = min(bad_share, 1)
            yield second, logs.poisson(dice, rate * (1 - bad_share)), logs.poisson(dice, rate * bad_share)

    def write(self, folder):
        logs.write(os.path.join(folder, 'web.log'), logs.access_lines(self.seconds(), self.dice))

    def truth(self):
        return {'interval': BIN, 'rate': self.rate, 'events': [
            {'signal': 'request', 'service': 'web', 'vantage': '', 'start': a, 'end': b, 'before': False, 'open': False,
             'planned': False, 'counts': True, 'vanish': vanish, 'jump': jump,
             # what a count can prove: thirty failures, or thirty requests that did not come
             'firm': self.load(a // 1000) * (b - a) / 1000 * (1 if vanish else jump) >= 30}
            for a, b, vanish, jump, _ in self.outages]}


class Reports:
    """Four weeks to ten of counts in slots; or single complaints over days."""

    def __init__(self, dice, quiet=False):
        self.dice, self.single = dice, dice.random() < 0.4
        if self.single:
            self.width, days, self.level = 60_000, dice.choice((1, 2, 3, 7)), dice.choice((0.02, 0.1, 0.5, 2))
        else:
            self.width = dice.choice((5, 10, 15, 20)) * 60_000
            days, self.level = dice.choice((3, 14, 28, 70)), dice.choice((1, 3, 10, 40))
        self.start, self.end = EPOCH, EPOCH + days * DAY
        self.spread = dice.choice((0.05, 0.1, 0.2, 0.4))
        self.depth = dice.choice((0.3, 0.6))
        n = 0 if quiet else dice.randint(1, 1 if days < 3 else 3)
        lengths = [dice.randint(4, 30) * self.width + dice.randrange(self.width) for _ in range(n)]
        self.surges = [(a, b, self.draw_height(a)) for a, b in apart(dice, self.start, self.end, lengths, 40 * self.width)]

    def draw_height(self, at):
        """Expected reports a bin at the peak, as a multiple of the baseline then."""
        base = self.normal(at)
        if self.dice.random() < 0.25:  # too small to be sure of
            return self.dice.uniform(2, 4)
        return max(self.dice.choice((5, 5, 8, 20, 60)), self.dice.uniform(20, 40) / base)

    def normal(self, t):
        """The baseline a bin: a daily cycle, lower at weekends."""
        hour, day = (t // 3_600_000) % 24, (t // DAY + 4) % 7
        cycle = 1 + self.depth * math.sin(2 * math.pi * (hour - 10) / 24)
        return self.level * cycle * (0.7 if day >= 5 else 1)

    def shape(self, t):
        """How much of its height a surge has reached: up within a bin, two thirds of it left in the end, and a tail."""
        total = 0
        for a, b, height in self.surges:
            if a <= t < b:
                total += (height - 1) * min(1, (t - a) / self.width + 0.3) * (1 - (t - a) / (b - a) / 3)
            elif b <= t < b + 2 * self.width:
                total += (height - 1) * 0.1
        return total

    def bins(self):
        parts = 10
        for t in range(self.start, self.end, self.width):
            mean = sum(self.normal(x) * (1 + self.shape(x)) for x in range(t, t + self.width, self.width // parts)) / parts
            yield t, logs.crowded(self.dice, mean, self.spread)

    def write(self, folder):
        lines = (logs.report_lines(self.bins(), self.width, 'app', self.dice) if self.single
                 else logs.count_lines(self.bins(), 'app'))
        logs.write(os.path.join(folder, 'app.csv'), lines)

    def truth(self):
        return {'interval': self.width, 'events': [
            {'signal': 'report', 'service': 'app', 'vantage': 'eu', 'start': a, 'end': b, 'before': False, 'open': False,
             'planned': False, 'counts': height >= 5 and height * self.normal(a) >= 20, 'height': height}
            for a, b, height in self.surges]}
