#!/usr/bin/env python3
"""Writes a gzip file of made-up probe lines (CSV) or access-log lines.  Usage: generate.py probes|access LINES FILE.gz"""
import datetime, gzip, random, sys


def probes(lines, dice):
    services, vantages, t = ['shop', 'search', 'mail', 'login', 'pay'], ['fra', 'nyc'], 1790000000
    yield 'time,service,vantage,status,latency_ms,reason\n'
    for n in range(0, lines, 10):
        t += 30
        second = datetime.datetime.fromtimestamp(t, datetime.timezone.utc).strftime('%Y-%m-%dT%H:%M:%S')
        for s in services:
            for v in vantages:
                up = dice.random() > .001
                yield (f'{second}.{dice.randrange(1000):03d}Z,{s},{v},'
                       f'{"up" if up else "down"},{dice.randrange(20, 200) if up else 5000},{"" if up else "timeout"}\n')


def access(lines, dice):
    t = 1790000000.0
    for n in range(lines):
        t += dice.expovariate(40)
        second = datetime.datetime.fromtimestamp(t, datetime.timezone.utc).strftime('%d/%b/%Y:%H:%M:%S')
        status = 200 if dice.random() > .002 else 503
        yield (f'192.0.2.{dice.randrange(250)} - - [{second} +0000] "GET /item/{dice.randrange(10 ** 5)} HTTP/1.1" '
               f'{status} {dice.randrange(200, 9000)} "-" "Mozilla/5.0 (X11; Linux x86_64)"\n')


def main(kind, lines, path):
    with gzip.open(path, 'wt', compresslevel=6) as out:
        out.writelines({'probes': probes, 'access': access}[kind](int(lines), random.Random(1)))


if __name__ == '__main__':
    main(*sys.argv[1:])
