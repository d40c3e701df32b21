#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Planned work announced by mail: the windows read from each mail are those of truth.jsonl, which came with the mails, and a
mail that calls work off makes a notice and no window. OTHER tells where the truth beside the mails is not that of the text."""
import collections
import csv
import datetime
import io
import json
import os
import subprocess
import sys

from common import SKIP, binary, corpus

OTHER = {
    'att-att1': {(1743429600, 1743433200)},  # no truth is there; 31 March 2025, 14:00 to 15:00 GMT
    'att-att2': {(1743429600, 1743433200)},
    'att-att3': {(1743429600, 1743433200)},
    'cogent-cogent3': {(1667530800, 1667556000)},  # 3 November 22:00 CT; the truth has 11 April as its end, before the start
    'colt-colt3': {(1628283600, 1628312400)},  # the text and the calendar sent with it (colt1); the truth is an hour later, as the subject
    'equinix-equinix1': {(1625220000, 1625238000)},  # no truth is there; 2 July 2021, 10:00 to 15:00 UTC
    'globalcloudxchange-globalcloudxchange1_subject': {(1707728400, 1707757200)},  # as the mail that it is of
    'hgc-hgc2': {(1625763600, 1625767200)},  # the truth of that name is of another mail; 8 July 2021, 17:00 to 18:00 UTC
}
CANCELLED = {'aws-aws2', 'colt-colt5', 'colt-colt6', 'equinix-equinix6'}
UNREAD = {'crowncastle-crowncastle1', 'crowncastle-crowncastle7', 'equinix-equinix5', 'netflix-netflix1', 'netflix-netflix2',
          'seaborn-seaborn1', 'seaborn-seaborn3'}  # expected-formats.tsv tells why


def seconds(text):
    return int(datetime.datetime.fromisoformat(text.replace('Z', '+00:00')).timestamp())


def main():
    program, folder, truth, faults = binary(), os.path.join(corpus(), 'maintenance-mail'), collections.defaultdict(set), []
    with open(os.path.join(folder, 'truth.jsonl'), encoding='utf-8') as file:
        for row in map(json.loads, file):
            truth[row['source'].replace('/', '-', 1)].add((row['start'], row['end']))
    mails = sorted(name[:-4] for name in os.listdir(folder) if name.endswith('.txt'))
    for mail in mails:
        done = subprocess.run([program, 'extract', '-q', os.path.join(folder, mail + '.txt')], capture_output=True, text=True, check=False)
        rows = list(csv.DictReader(io.StringIO(done.stdout)))
        windows = {(seconds(row['time']), seconds(row['until'])) for row in rows if row['signal'] == 'maintenance'}
        off = [row for row in rows if row['signal'] == 'notice' and row['phase'] == 'cancelled']
        expected = set() if mail in CANCELLED | UNREAD else OTHER.get(mail) or truth[mail]
        if windows != expected or len(off) != (mail in CANCELLED) or bool(rows) != (mail not in UNREAD):
            faults.append(f'{mail}: windows {sorted(windows)}, {len(off)} called off; expected {sorted(expected)}')
    for fault in faults:
        print('FAIL', fault)
    print(f'{len(mails)} mails, {len(faults)} faults')
    return 1 if faults else 0


if __name__ == '__main__':
    sys.exit(main() if len(sys.argv) > 1 else SKIP)
