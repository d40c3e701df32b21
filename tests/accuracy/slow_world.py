# SPDX-License-Identifier: MIT
"""Served traffic whose requests become slow, with the truth beside it.

Lengths are log-normal around a median with a daily cycle, one in ten of another kind (a report, an upload) that takes five times as
long; a slow time multiplies all of them. Lines stand where a request ended."""
import math
import os
from datetime import datetime, timezone

import logs
from count_world import BIN, EPOCH, apart

# requests a second, and seconds of log
TRAFFIC = ((20, 7200), (20, 7200), (50, 3600), (100, 1800))


class Slow:
    def __init__(self, dice):
        self.dice = dice
        self.rate, seconds = dice.choice(TRAFFIC)
        self.start = EPOCH + dice.randrange(24) * 3_600_000
        self.end = self.start + seconds * 1000
        self.median = dice.choice((0.05, 0.1, 0.3))  # seconds
        self.sigma = dice.choice((0.2, 0.4, 0.6))
        lengths = [int(dice.uniform(2, 8) * 60_000) for _ in range(dice.randint(1, 2))]
        self.slow = [(a, b, dice.choice((2, 4, 4, 8))) for a, b in apart(dice, self.start, self.end, lengths, 300_000)]

    def took(self, at):
        factor = next((f for a, b, f in self.slow if a <= at < b), 1)
        cycle = 1 + 0.2 * math.sin(2 * math.pi * (at % 86_400_000) / 86_400_000)
        kind = 5 if self.dice.random() < 0.1 else 1
        return factor * cycle * kind * self.median * math.exp(self.dice.gauss(0, self.sigma))

    def lines(self):
        dice, rows = self.dice, []
        for second in range(self.start // 1000, self.end // 1000):
            for _ in range(logs.poisson(dice, self.rate)):
                at = second * 1000 + dice.randrange(1000)
                took = self.took(at)
                status = 502 if dice.random() < 0.002 else 200
                rows.append((at / 1000 + took, took, status, dice.getrandbits(7)))
        for end, took, status, n in sorted(rows):
            clock = datetime.fromtimestamp(int(end), timezone.utc).strftime('%d/%b/%Y:%H:%M:%S +0000')
            yield f'192.0.2.{n + 1} - - [{clock}] "GET /item/{n} HTTP/1.1" {status} 512 "-" "-" rt={took:.3f}'

    def write(self, folder):
        logs.write(os.path.join(folder, 'web.log'), self.lines())

    def truth(self):
        return {'interval': BIN, 'rate': self.rate, 'events': [
            {'signal': 'request', 'service': 'web', 'vantage': '', 'start': a, 'end': b, 'before': False, 'open': False,
             'planned': False, 'vanish': True, 'jump': 0, 'factor': factor, 'counts': factor >= 4}
            for a, b, factor in self.slow]}
