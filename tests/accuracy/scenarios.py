#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Scenarios with known truth. Same family and seed, same bytes.

Usage: scenarios.py FAMILY SEED FOLDER     writes the logs, incident.yaml and truth.json
       scenarios.py --list"""
import json
import os
import random
import sys
from dataclasses import replace

from count_world import Reports, Requests
from probe_world import Traits, World
from slow_world import Slow

PLAIN = Traits()
FEW = replace(PLAIN, outages=(1, 2), short=0)
# family -> (what is special, how many scenarios in the full run, traits or a class)
FAMILIES = {
    'default': ('all that usually happens: noise 0.1 %, retries, timeouts, gaps, silent vantages, maintenance, open ends', 80, PLAIN),
    'clean': ('as default, without noise', 20, replace(PLAIN, noise=0, lone=0)),
    'noisy': ('as default, noise 0.5 %', 30, replace(PLAIN, noise=0.005, lone=0.005)),
    'days': ('outages of half a day to three days, probed every five minutes', 6, replace(PLAIN, long=True, vantages=(1, 2, 3))),
    'many': ('hundreds of outages of 3 to 8 intervals, for the mean bias of their durations', 30,
             replace(FEW, many=True, gaps=False, ends=0, maintenance=0)),
    'flapping': ('three to six outages of 3 to 8 intervals, 3 to 6 apart', 12, replace(FEW, flap=True, gaps=False, ends=0)),
    'staggered': ('each vantage sees each edge up to three intervals later', 15, replace(FEW, stagger=3, vantages=(3, 4, 5, 6))),
    'partial': ('outages seen from a minority of vantages', 12, replace(FEW, partial=True, ends=0, maintenance=0)),
    'fault': ('a vantage loses its own network', 12, replace(FEW, fault=True, gaps=False)),
    'skewed': ('clocks of vantages wrong by up to 30 s, drifting by up to 50 ppm', 12, replace(FEW, skew=30_000)),
    'late': ('packets sent again after 1 and 3 s may be answered after an outage', 12, replace(FEW, late=True)),
    'fping': ('fping -l -D: failures stamped at the end of a timeout that the log does not tell', 12,
              replace(FEW, gaps=False, formats=('fping.log',))),
    'quiet': ('no outage at all: probes with noise 0.1 %, traffic or reports', 100, replace(PLAIN, outages=(0, 0), ends=0)),
    'requests': ('access logs of 0.5 to 100 requests a second', 60, Requests),
    'slow': ('access logs of 20 to 100 requests a second that for 2 to 8 minutes take 2 to 8 times as long (2: may be missed)', 30, Slow),
    'reports': ('user reports: counts in slots over weeks, or single ones over days', 80, Reports),
}
# The detectors of counts were adjusted while looking at lower seeds; the full run takes others.
FIRST = {'requests': 2000, 'reports': 1000}


def make(family, seed, folder):
    """Writes the logs and gives their truth."""
    dice = random.Random(f'{family} {seed}')
    what = FAMILIES[family][2]
    if family == 'quiet' and seed % 4 == 3:
        what = Requests if seed % 8 == 3 else Reports
        world = what(dice, quiet=True)
    else:
        if family == 'many':
            what = replace(what, vantages=(seed % 6 + 1,))
        world = World(dice, what) if isinstance(what, Traits) else what(dice)
    if family == 'fping':
        world.retry, world.jitter = 0, 0
    world.write(folder)
    truth = dict(world.truth(), family=family, seed=seed, period=[world.start, world.end],
                 config=os.path.exists(os.path.join(folder, 'incident.yaml')))
    with open(os.path.join(folder, 'truth.json'), 'w', encoding='utf-8') as file:
        json.dump(truth, file, indent=1)
    return truth


def main():
    if sys.argv[1:] == ['--list']:
        for name, (what, count, _) in FAMILIES.items():
            print(f'{name:10} {count:4}  {what}')
        return
    if len(sys.argv) != 4 or sys.argv[1] not in FAMILIES:
        sys.exit(__doc__)
    os.makedirs(sys.argv[3], exist_ok=True)
    make(sys.argv[1], int(sys.argv[2]), sys.argv[3])


if __name__ == '__main__':
    main()
