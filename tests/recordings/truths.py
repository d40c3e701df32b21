# SPDX-License-Identifier: MIT
"""The faults that were put in by hand in the lab runs, by short names, and which tool sees which.

Read off lab?-truth.json by hand: `service`, `seen_by`, `vantages` and `fault` say who can see what; the notes of the
corpus say how. A fault of the vantage hits every target of fra; the outage of the region every host of 198.51.100.0/24
as sin sees it."""
import json

from common import instant

NOTED_LATE_MS = 30  # truth is noted just after a rule took hold (lab3-truth.json): the real instant may be this much earlier

# Short name: words that stand in `fault` of the truth, in `service` where that is not enough, and which of several.
NAMES = {
    'http503': ('HTTP 503 from the application', '', 0),
    'unplugged': ('cable of the host unplugged', '', 0),
    'prohibited': ('icmp host-prohibited', '', 0),
    'killed': ('server process killed', 'web 198', 0),
    'blip': ('packets dropped for 3 s', '', 0),
    'region': ('region outage', '', 0),
    'flap1': ('flap 1 of 4', '', 0),
    'flap2': ('flap 2 of 4', '', 0),
    'flap3': ('flap 3 of 4', '', 0),
    'lossy': ('40 % of packets lost at random', '', 0),
    'flap4': ('flap 4 of 4', '', 0),
    'dropped': ('router drops all packets to the host', '198.51.100.10', 0),
    'killed2': ('server process killed', 'web2 ', 0),
    'port-down': ('router port to the host administratively down', '', 0),
    'dns-killed': ('DNS server process killed', '', 0),
    'slow': ('slow: first byte after 6 s', '', 0),
    'uplink': ('far end of the uplink of fra down', '', 0),
    'interface': ('own interface of fra down', '', 0),
    'half-second': ('router drops all packets to the host', '198.51.100.10', 1),   # lab3
    'lossy10': ('10 % of packets at random', '198.51.100.10', 0),                  # lab3
    'dropped3': ('router drops all packets to the host', '198.51.100.10', 2),      # lab3
}

# Faults of one kind of target, as one kind of check sees them, in time order.
FRA = ['uplink', 'interface']
GW = ['unplugged', 'flap1', 'flap2', 'flap3', 'flap4', 'port-down']
WEB_PING = ['dropped']
WEB_HTTP = ['http503', 'killed', 'dropped', 'slow']
WEB2_HTTP = ['killed2']
DB_PING = ['prohibited', 'blip', 'lossy']
DB_DNS = ['prohibited', 'blip', 'lossy', 'dns-killed']
REGION = ['region']


class Truth:
    """One fault: when it really began and ended."""

    def __init__(self, name, start, end, random=False):
        self.name, self.start, self.end, self.random = name, start, end, random

    def joined(self, other):
        return Truth(f'{self.name}+{other.name}', self.start, other.end)


class Truths:
    def __init__(self, path):
        with open(path, encoding='utf-8') as file:
            data = json.load(file)
        self.start = instant(data['analysed']['start'])
        self.end = instant(data['analysed']['end'])
        self.by_name = {}
        for name, (fault, service, nth) in NAMES.items():
            rows = [w for w in data['windows'] if fault in w['fault'] and service in w['service']]
            if nth < len(rows):
                row = rows[nth]
                self.by_name[name] = Truth(name, instant(row['start']), instant(row['end']), 'at random' in row['fault'])

    def pick(self, names):
        return sorted((self.by_name[name] for name in names), key=lambda t: t.start)
